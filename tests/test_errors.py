"""What the operating system says, in the language of whoever reads it."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from pathlib import Path

import pytest

from converter.errors import Xl2JsonError, reason_of
from converter.placing import place
from converter.wording import LANGUAGES, Say, say

COMMON = (
    "ENOENT EACCES EPERM ENOSPC EROFS ENOTDIR EISDIR ENAMETOOLONG EIO ECONNREFUSED ETIMEDOUT EHOSTUNREACH ENETUNREACH"
)
NUMBERS = [getattr(errno, name) for name in COMMON.split()]


@pytest.mark.parametrize(
    "error",
    [
        *(OSError(number, os.strerror(number)) for number in NUMBERS),
        TimeoutError("timed out"),
        socket.gaierror(-2, "Name or service not known"),
        ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"),
        ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED]"),
    ],
    ids=repr,
)
def test_its_common_reasons_have_words_of_ours(error: OSError) -> None:
    reason = reason_of(error)
    assert isinstance(reason, Say)
    assert len({say(reason, lang) for lang in LANGUAGES} - {error.strerror}) == 2


def test_a_rare_one_is_as_the_system_says_it() -> None:
    assert reason_of(OSError(errno.EXDEV, "Invalid cross-device link")) == "Invalid cross-device link"


def test_a_name_that_no_file_can_have_is_told(tmp_path: Path) -> None:
    with pytest.raises(Xl2JsonError) as error:
        place(tmp_path / "a\0b", b"")
    assert error.value.say.params["reason"] == Say("word.reason.bad_name")

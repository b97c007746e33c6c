"""What stops a run. Faults of the data are findings (see `findings`), never exceptions."""

from __future__ import annotations

import errno
from typing import Any

from converter.wording import Say, say


class Xl2JsonError(Exception):
    """The run cannot go on: one plain sentence for the user, and the program's exit code.

    `key` names the sentence in the wording files, `params` fills it in; `message(lang)` renders it.
    """

    exit_code = 3

    def __init__(self, key: str, **params: Any) -> None:
        self.say = Say(f"error.{key}", params)
        super().__init__(say(self.say, "en"))

    def message(self, lang: str = "fr") -> str:
        """The sentence, in `lang` ("fr" or "en")."""
        return say(self.say, lang)


class MisuseError(Xl2JsonError):
    """The program was called in a way that makes no sense (exit code 2)."""

    exit_code = 2


class SpecError(Xl2JsonError):
    """A spec file has mistakes; `problems` lists every one with its path in the file."""

    def __init__(self, name: str, problems: tuple[Say, ...]) -> None:
        self.problems = problems
        super().__init__("spec", name=name, count=len(problems), first=problems[0])


_REASONS = {
    errno.ENOENT: "absent",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
    errno.ENOSPC: "no_room",
    errno.EDQUOT: "no_room",
    errno.EROFS: "read_only",
    errno.ENOTDIR: "no_folder",
    errno.EEXIST: "there_already",
    errno.EISDIR: "a_folder",
    errno.ENAMETOOLONG: "long_name",
    errno.EIO: "disk_fault",
    errno.ECONNREFUSED: "no_connection",
    errno.ETIMEDOUT: "too_slow",
    errno.EHOSTUNREACH: "no_route",
    errno.ENETUNREACH: "no_route",
}


def reason_of(error: OSError | ValueError) -> Say | str:
    """Why a file or a server is not to be had, as part of a sentence; in the system's English where that is rare.

    A ValueError is what Python says of a name that no file can have.
    """
    import socket
    import ssl

    if isinstance(error, ValueError) and not isinstance(error, OSError):
        is_name = isinstance(error, UnicodeEncodeError) or "null" in str(error)
        return Say("word.reason.bad_name") if is_name else str(error)
    if isinstance(error, socket.gaierror):
        return Say("word.reason.no_host")
    if isinstance(error, ssl.SSLError):
        return Say("word.reason.not_private")
    number = errno.ETIMEDOUT if isinstance(error, TimeoutError) else error.errno
    known = _REASONS.get(number or 0)
    return Say(f"word.reason.{known}") if known else error.strerror or str(error)

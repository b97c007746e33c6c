"""Real servers for the tests of mailboxes, and a machine that trusts their certificate."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mailbox import certificate as made, dovecot as imap, smtp
from tests.mailbox.dovecot import Dovecot
from tests.mailbox.smtp import Desk


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost, and its key."""
    return made.make(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def passwords(monkeypatch: pytest.MonkeyPatch, certificate: tuple[Path, Path]) -> None:
    """This machine knows the passwords, and trusts the servers."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setenv("XL2JSON_IMAP_PASSWORD", imap.PASSWORD)
    monkeypatch.setenv("XL2JSON_SMTP_PASSWORD", smtp.PASSWORD)


@pytest.fixture(scope="session")
def with_dovecot() -> None:
    """Skips a test where there is no Dovecot; in CI there must be one."""
    if not imap.is_installed():
        assert not os.environ.get("XL2JSON_NEED_DOVECOT"), "CI must have a Dovecot"
        pytest.skip("no Dovecot here (Debian's dovecot-imapd)")


@pytest.fixture
def server(with_dovecot: None, passwords: None, certificate: tuple[Path, Path]) -> Iterator[Dovecot]:
    """A mailbox of the test's own, empty."""
    with imap.dovecot(certificate) as one:
        yield one


@pytest.fixture
def desk(passwords: None, certificate: tuple[Path, Path]) -> Iterator[Desk]:
    """A server that answers go through."""
    with smtp.smtp(certificate) as one:
        yield one

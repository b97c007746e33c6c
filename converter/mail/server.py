"""The address of a mail server, and the password that goes with it, which is in no address, log or sentence."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from converter.errors import MisuseError, Xl2JsonError, reason_of
from converter.wording import Say

IMAP: Final = ("imap", "imaps")
SMTP: Final = ("smtp", "smtps")
WAIT = 20.0
"""Seconds that a server may be silent before the connection counts as lost.

A program that is told to end (SIGTERM) comes to it when the server has spoken or counts as lost. That must be well
within what a service manager waits before it kills (90 s with systemd), also where a server has several addresses, of
which one after the other is tried.
"""
_PORTS = {"imap": 143, "imaps": 993, "smtp": 587, "smtps": 465}
_OTHERS = {"imap": "imaps", "imaps": "imap", "smtp": "smtps", "smtps": "smtp"}
_KEYRING = "xl2json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a server is and who we are there.

    `folder` is the mailbox's (IMAP), `sender` the address to write from where the user's name is none (SMTP).
    """

    scheme: str
    host: str
    port: int
    user: str | None
    folder: str
    sender: str | None

    @property
    def name(self) -> str:
        """The server, for a person."""
        who = f"{self.user}@" if self.user else ""
        return f"{self.scheme}://{who}{self.host}:{self.port}" + (f"/{self.folder}" if self.folder else "")

    @property
    def is_wrapped(self) -> bool:
        """Whether TLS begins with the connection (else by STARTTLS)."""
        return self.scheme in ("imaps", "smtps")

    @property
    def is_here(self) -> bool:
        """Whether it is this machine: only then may anything travel in the clear."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False


def is_mailbox(source: str) -> bool:
    """Whether a source is a mailbox on a server, by its address."""
    return source.lower().startswith(tuple(f"{scheme}:" for scheme in IMAP))


def read_server(text: str, schemes: tuple[str, ...]) -> Server:
    """The server that an address names (`imaps://user@host/INBOX`, `smtp://user@host:587`).

    Raises MisuseError where it is none, or where it has a password; what was typed is not told again then.
    """
    kind = schemes[0]
    try:
        url, port = urlsplit(text), urlsplit(text).port
        (url.hostname or "").encode("idna")
    except ValueError as error:
        raise MisuseError(f"mailbox.{kind}_address") from error
    who, _, where = url.netloc.rpartition("@")
    if ":" in who:
        raise MisuseError("mailbox.password_typed", variable=_variable(kind))
    host = url.hostname or ""
    user, folder, sender = unquote(who) or None, unquote(url.path.strip("/")), _sender(url)
    texts = (host, user or "", folder, sender or "")
    if url.scheme not in schemes or not where or not host or not all(one.isprintable() for one in texts):
        raise MisuseError(f"mailbox.{kind}_address")
    if kind == "imap":
        if user is None:
            raise MisuseError("mailbox.imap_address")
        folder = folder or "INBOX"
    elif folder:
        raise MisuseError("mailbox.smtp_address")
    return Server(
        scheme=url.scheme, host=host, port=port or _PORTS[url.scheme], user=user, folder=folder, sender=sender
    )


def _sender(url: SplitResult) -> str | None:
    return parse_qs(url.query).get("from", [None])[0]


def password_of(server: Server, environment: Mapping[str, str] = os.environ) -> str:
    """The password of the server's user: from the environment, else from the keyring.

    Raises Xl2JsonError where neither has it, with what to do.
    """
    variable = _variable(server.scheme)
    password = environment.get(variable) or _in_keyring(server)
    if not password:
        who = f"{server.user}@{server.host}"
        raise Xl2JsonError("mailbox.no_password", variable=variable, name=who, service=_KEYRING)
    return password.rstrip("\r\n")  # what a file was read with


def _variable(scheme: str) -> str:
    return f"XL2JSON_{scheme[:4].upper()}_PASSWORD"


def _in_keyring(server: Server) -> str | None:
    try:
        import keyring
        import keyring.errors
    except ImportError:  # an optional part
        return None
    try:
        return keyring.get_password(_KEYRING, f"{server.user}@{server.host}")
    except (keyring.errors.KeyringError, RuntimeError, OSError):  # no keyring on this machine, or it stays locked
        return None


def reason_lost(error: Exception, server: Server) -> Say | str:
    """Why a server cannot be spoken to, as part of a sentence and never in its own words; where TLS seems to begin
    another way on that port, what to type instead.
    """
    other = _OTHERS[server.scheme]
    is_silent = isinstance(error, TimeoutError) or getattr(error, "errno", None) is None
    if server.is_wrapped:
        is_other = isinstance(error, ssl.SSLError) and (error.reason == _IN_THE_CLEAR or server.port == _PORTS[other])
    else:
        is_other = is_silent and server.port == _PORTS[other]
    if is_other:
        return Say("word.mailbox.other_scheme", {"scheme": other})
    return reason_of(error) if isinstance(error, OSError) and not is_silent else Say("word.mailbox.silent")


_IN_THE_CLEAR = "WRONG_VERSION_NUMBER"  # what OpenSSL says of words where TLS should be


def context() -> ssl.SSLContext:
    """How servers are checked: as the system does (`SSL_CERT_FILE` names another list of authorities)."""
    return ssl.create_default_context()

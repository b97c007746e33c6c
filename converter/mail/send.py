"""An answer sent: only to whom we may write, only over an encrypted line, and never in doubt a second time."""

from __future__ import annotations

import base64
import re
import smtplib
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from email.utils import format_datetime, make_msgid
from enum import Enum
from typing import Final

from converter import clock
from converter.errors import MisuseError, Xl2JsonError
from converter.mail.message import Message
from converter.mail.server import WAIT, Server, context, password_of, reason_lost
from converter.wording import Say

_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_DOMAIN: Final = re.compile(r"@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_SCAN = (
    120.0  # seconds: a server that looks through what it was given takes its time, and not to wait is to be in doubt
)
_OURS = frozenset(b"x-unsent from sender reply-to to cc bcc date message-id return-path auto-submitted".split())


class Fate(Enum):
    """What became of an answer: `LATER` and `REFUSED` (for good) say for certain that it has not left."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Allowed:
    """Whom answers may be sent to: addresses, and domains (`@cabinet.fr`, without those below it).

    Raises MisuseError where one is neither, or where there is none.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(one.lower() for one in names)
        wrong = sorted(one for one in self._names if not (_ADDRESS.fullmatch(one) or _DOMAIN.fullmatch(one)))
        if wrong:
            raise MisuseError("mailbox.allow", value=wrong[0])
        if not self._names:
            raise MisuseError("mailbox.allow_nobody")

    def __contains__(self, address: str) -> bool:
        name, domain = address.lower(), "@" + address.lower().rpartition("@")[2]
        return name in self._names or domain in self._names


class Outbox:
    """The server that answers go through, and whom they may go to.

    Raises MisuseError where nobody can be told to be writing, Xl2JsonError where there is no password: both before
    any message is read.
    """

    def __init__(self, server: Server, allowed: Allowed) -> None:
        sender = server.sender or server.user or ""
        if not _ADDRESS.fullmatch(sender):
            raise MisuseError("mailbox.from")
        self.server, self.sender, self._allowed = server, sender, allowed
        self._password = password_of(server) if server.user else None

    def refusal(self, message: Message) -> Say | None:
        """Why no answer to this message may be sent; None where it may."""
        if message.is_automatic:
            return Say("text.mailbox.automatic")
        if message.sender is None or not _ADDRESS.fullmatch(message.sender):
            return Say("text.mailbox.no_sender")
        if message.sender.lower() == self.sender.lower():
            return Say("text.mailbox.ourselves")
        if message.sender not in self._allowed:
            return Say("text.mailbox.not_allowed", {"address": message.sender})
        return None

    def send(self, draft: bytes, to: str) -> tuple[Fate, Say | None]:
        """Send a draft to this address alone, and say what became of it, with the reason where it has not left."""
        answer = made_ready(draft, self.sender, to)
        try:
            with self._connected() as smtp:
                return _spoken(smtp, self.sender, to, answer)
        except Xl2JsonError as error:
            return Fate.LATER, error.say

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """Raises Xl2JsonError, in a sentence that tells nothing that was said, before anything is sent."""
        name = self.server.name
        try:
            smtp = self._logged_in()
        except ssl.SSLCertVerificationError:
            raise Xl2JsonError("mailbox.certificate", name=name) from None
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError):
            raise Xl2JsonError("mailbox.login", name=name) from None
        except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: no base64 where it should be
            reason = reason_lost(error, self.server)
            raise Xl2JsonError("mailbox.unreachable", name=name, reason=reason) from None
        try:
            yield smtp
        finally:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()

    def _logged_in(self) -> smtplib.SMTP:
        smtp = _connect(self.server)
        try:
            if self.server.user is not None and self._password is not None:
                _log_in(smtp, self.server.user, self._password)
        except BaseException:
            smtp.close()
            raise
        return smtp


def made_ready(draft: bytes, sender: str, to: str) -> bytes:
    """The draft as it is sent: from us, to this address alone, and marked as written by a program (RFC 3834).

    All else stays byte for byte, but for the ends of lines.
    """
    head, _, body = re.sub(rb"\r?\n", b"\r\n", draft).partition(b"\r\n\r\n")
    kept = [one for one in re.split(rb"\r\n(?![ \t])", head) if one.partition(b":")[0].strip().lower() not in _OURS]
    ours = {
        "From": sender,
        "To": to,
        "Date": format_datetime(clock.posted()),
        "Message-ID": make_msgid(idstring="xl2json", domain=sender.rpartition("@")[2]),
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
    }
    return b"\r\n".join([*(f"{name}: {value}".encode("ascii") for name, value in ours.items()), *kept, b"", body])


def _connect(server: Server) -> smtplib.SMTP:
    if server.is_wrapped:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=WAIT, context=context())
    smtp = smtplib.SMTP(server.host, server.port, timeout=WAIT)
    try:
        smtp.ehlo_or_helo_if_needed()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=context())
        elif not server.is_here:
            raise Xl2JsonError("mailbox.in_the_clear", name=server.name)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _log_in(smtp: smtplib.SMTP, user: str, password: str) -> None:
    """By whatever the server offers; smtplib itself knows no accents."""
    if (user + password).isascii():
        smtp.login(user, password)
        return
    smtp.ehlo_or_helo_if_needed()
    secret = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code = smtp.docmd("AUTH", f"PLAIN {secret}")[0]
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, b"")


def _spoken(smtp: smtplib.SMTP, sender: str, to: str, answer: bytes) -> tuple[Fate, Say | None]:
    """The dialogue. Once the content is under way, only the server's own word tells whether it has it."""
    try:
        for code in (smtp.mail(sender)[0], smtp.rcpt(to)[0]):
            if code not in (250, 251):
                return _refused(code)
    except (OSError, smtplib.SMTPException):
        return Fate.LATER, Say("text.mailbox.cut")
    try:
        smtp.sock.settimeout(_SCAN)  # type: ignore[union-attr]
        code = smtp.data(answer)[0]
    except smtplib.SMTPDataError as error:
        return _refused(error.smtp_code)
    except (OSError, smtplib.SMTPException):
        return Fate.UNKNOWN, Say("text.mailbox.begun")
    if 200 <= code < 300:
        return Fate.SENT, None
    return _refused(code) if 400 <= code < 600 else (Fate.UNKNOWN, Say("text.mailbox.begun"))


def _refused(code: int) -> tuple[Fate, Say]:
    fate = Fate.REFUSED if code >= 500 else Fate.LATER
    return fate, Say("text.mailbox.refused" if fate is Fate.REFUSED else "text.mailbox.later", {"code": code})

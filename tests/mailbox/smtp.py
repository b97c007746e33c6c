"""A real SMTP server (aiosmtpd) of a test's own: STARTTLS and AUTH, and ways to be difficult."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.mailbox.ports import free_port

USER = "bureau@cabinet.test"
PASSWORD = "Autre secret:4711"  # noqa: S105 - of a server that lives as long as a test


@dataclass
class Desk:
    """What the server has been given, and how it is to behave: `says` answers a step ("MAIL", "RCPT", "DATA") with
    another code, `cuts` hangs up at one.
    """

    port: int = 0
    taken: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    cuts: set[str] = field(default_factory=set)
    logins: int = 0
    password: str = PASSWORD

    @property
    def address(self) -> str:
        """Of this server, with its user."""
        return f"smtp://{USER}@localhost:{self.port}"

    @property
    def recipients(self) -> list[str]:
        """To whom it has taken mail, one for each."""
        return [one for _, to, _ in self.taken for one in to]

    def _step(self, server: SMTP, name: str) -> str | None:
        if name in self.cuts:
            server.transport.abort()
        return self.says.get(name)

    async def handle_MAIL(self, server: SMTP, _: Session, envelope: Envelope, address: str, __: Any) -> str:  # noqa: N802
        envelope.mail_from = address
        return self._step(server, "MAIL") or "250 OK"

    async def handle_RCPT(self, server: SMTP, _: Session, envelope: Envelope, address: str, __: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self._step(server, "RCPT") or "250 OK"

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        said = self._step(server, "DATA")
        if said is None:
            content = envelope.content
            assert isinstance(content, bytes)
            message = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
            self.taken.append((envelope.mail_from or "", list(envelope.rcpt_tos), message))
        if "AFTER" in self.cuts:
            server.transport.abort()
        return said or "250 OK"

    def authenticate(self, _: SMTP, __: Session, ___: Envelope, ____: str, data: Any) -> AuthResult:
        self.logins += 1
        right = LoginPassword(USER.encode(), self.password.encode())
        return AuthResult(success=data == right, handled=False)


@contextmanager
def smtp(certificate: tuple[Path, Path], *, tls: bool = True) -> Iterator[Desk]:
    """A server that runs, on a port of its own."""
    desk = Desk(port=free_port())
    context = None
    if tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
    options: dict[str, Any] = {"tls_context": context, "require_starttls": tls, "auth_require_tls": tls}
    controller = Controller(
        desk, hostname="127.0.0.1", port=desk.port, authenticator=desk.authenticate, auth_required=tls, **options
    )
    controller.start()
    try:
        yield desk
    finally:
        controller.stop()

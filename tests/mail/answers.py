"""Answers, read as a mail program reads them."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from converter.jobs.mail import Handled


def answer(handled: Handled) -> EmailMessage:
    """The draft that a message was answered with."""
    assert handled.draft is not None
    return read(handled.draft)


def read(path: Path) -> EmailMessage:
    """A draft."""
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def text(message: EmailMessage, kind: str = "plain") -> str:
    """What it says, plain or as HTML."""
    body = message.get_body((kind,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def files(message: EmailMessage) -> dict[str, bytes]:
    """What goes along."""
    return {str(one.get_filename()): one.get_content() for one in message.iter_attachments()}


def found(handled: Handled) -> list[tuple[str, str, str | None, str | None]]:
    """Rule, severity, sheet and cell of all findings but what is for information."""
    outcome = handled.outcome
    assert outcome is not None
    some = [one for each in outcome.inputs for one in each.findings if one.severity != "info"]
    return [(one.rule, one.severity, one.sheet, one.cell) for one in some]

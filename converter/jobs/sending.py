"""The answer to one message, sent: claimed, sent, noted, so that it leaves at most once whatever is cut."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from converter.jobs.mail import Handled
from converter.ledger import messages
from converter.ledger.open import Ledger
from converter.mail.send import Fate, Outbox
from converter.wording import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What came of it: `note` says why an answer that was to be sent has not left; `again` where it is tried once more,
    `has_failed` where it is not, though it should have left, or may not have.
    """

    is_sent: bool = False
    note: Say | None = None
    again: bool = False
    has_failed: bool = False


def send_answer(handled: Handled, outbox: Outbox, ledger: str | Path) -> Sending:
    """Send the answer that is due; at most once, whoever else tries. Raises Xl2JsonError where the ledger fails."""
    if handled.begun:
        return Sending(note=Say("text.mailbox.begun"))
    if not handled.is_due:
        return Sending(note=handled.unanswered if handled.is_new and handled.is_ours else None)
    with Ledger.at(ledger).writing() as connection:
        why_not = _claimed(connection, handled.key)
    if why_not is not None:
        return Sending(note=why_not)
    refusal = outbox.refusal(handled.message)
    fate, note = (Fate.REFUSED, refusal) if refusal else _sent(outbox, handled)
    if fate is not Fate.UNKNOWN:
        with Ledger.at(ledger).writing() as connection:
            if fate is Fate.SENT:
                messages.note_sent(connection, handled.key)
            else:
                messages.release_sending(connection, handled.key, is_due=fate is Fate.LATER)
    has_failed = refusal is None and fate in (Fate.REFUSED, Fate.UNKNOWN)
    return Sending(is_sent=fate is Fate.SENT, note=note, again=fate is Fate.LATER, has_failed=has_failed)


def _claimed(connection: Connection, key: str) -> Say | None:
    """Claim the sending of an answer; says why that cannot be."""
    row = messages.handled(connection, key)
    if row is None or row.sent_at is not None:
        return Say("text.mailbox.already")
    if row.claimed_at is not None:
        return Say("text.mailbox.begun")
    if row.digest is None or not messages.stands(connection, row):  # of version 3: to whom it goes is not known
        messages.release_sending(connection, key, is_due=False)
        return Say("text.mailbox.outdated")
    return None if messages.claim_sending(connection, key) else Say("text.mailbox.begun")


def _sent(outbox: Outbox, handled: Handled) -> tuple[Fate, Say | None]:
    try:
        content = handled.draft.read_bytes() if handled.draft else b""
    except OSError:
        content = b""
    if not content:
        return Fate.REFUSED, Say("text.mailbox.no_draft")
    return outbox.send(content, handled.message.sender or "")

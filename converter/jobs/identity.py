"""Which message is this? Its id is whatever its sender wrote; what it carries is what it is."""

from __future__ import annotations

import hashlib
import re

from sqlalchemy import Connection

from converter.ledger import messages
from converter.ledger.messages import Row
from converter.mail.headers import safe_name
from converter.mail.message import Message


def digest_of(message: Message) -> str:
    """The SHA-256 of who wrote a message and all that it carries: what an id alone does not vouch for."""
    mark = hashlib.sha256(f"{message.author}\n{message.sender}\n".encode())
    for one in message.attachments:
        mark.update(f"{one.name}\n{len(one.content)}\n".encode())
        mark.update(one.content)
    return mark.hexdigest()


def known(connection: Connection, message: Message, digest: str) -> tuple[str, Row | None]:
    """What the ledger knows the message by, and what it knows of it: its id, with its digest where that id is another
    message's too.
    """
    row = messages.handled(connection, message.id)
    if row is None or row.digest in (None, digest):
        return message.id, row
    key = f"{message.id}#{digest[:16]}"
    return key, messages.handled(connection, key)


def folder_name(message: Message) -> str:
    """The name of a message's own folder: its day, its sender, and what tells it from all others."""
    mark = hashlib.sha256(f"{message.id}\n{digest_of(message)}".encode())
    day = (message.date or "")[:10] or "sans-date"
    sender = safe_name(re.sub(r"[^A-Za-z0-9.@_+-]", "_", message.sender or "inconnu"))[:40]
    return f"{day}_{sender}_{mark.hexdigest()[:10]}"

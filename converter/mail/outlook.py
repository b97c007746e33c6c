"""Outlook's own files (.msg) as the messages that they once were."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import suppress
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, parseaddr
from typing import TYPE_CHECKING, Any

from converter.mail.headers import plain, words
from converter.mail.parse import MOST_BYTES, parse_head

if TYPE_CHECKING:
    from oxmsg import Message
    from oxmsg.attachment import Attachment

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What such a file begins with."""
_ADDRESSES = {"from", "to", "cc", "reply-to", "sender"}
_OURS = {"content-type", "content-transfer-encoding", "mime-version", "content-disposition"}
_HEADERS, _MESSAGE_ID, _ANSWERED_ID = 0x007D, 0x1035, 0x1042  # numbers of properties, as in MS-OXPROPS
_SHORT_NAME, _FLAGS, _HIDDEN, _IN_TEXT = 0x3704, 0x3714, 0x7FFE, 4
_INNER = "__substg1.0_3701000D"  # where an attachment holds a message
_MOST_DEPTH = 4


def mime_of(content: bytes) -> bytes | None:
    """The message in a `.msg` file, as it would travel; None where it is none, or more than can be taken in.

    The same file gives the same bytes.
    """
    try:
        if _size(content) > MOST_BYTES:
            return None
        from oxmsg import Message

        return _travelling(Message.load(content), hashlib.sha256(content).hexdigest())
    except Exception:  # noqa: BLE001 - whatever the reader makes of such bytes
        return None


def _size(content: bytes) -> int:
    """What all streams of the file come to; several may share the same bytes."""
    from olefile import OleFileIO

    with OleFileIO(io.BytesIO(content)) as ole:
        entries = [one for one in ole.direntries if one is not None]
        return sum(one.size for one in entries)


def _travelling(message: Message, digest: str) -> bytes:
    """The reader does not open messages within messages, so its storages are gone through here."""
    made: Any = MIMEMultipart("mixed", boundary=f"=_{digest[:32]}")
    for name, value in _headers(message):
        made[name] = value
    with suppress(Exception):  # a text in an alphabet that is not known is no reason to lose the files
        made.attach(MIMEText(message.body or "", "plain", "utf-8"))
    for part in _parts(message._storage, 0):
        made.attach(part)
    travelling: bytes = made.as_bytes()
    return travelling


def _headers(message: Message) -> Iterator[tuple[str, str | Header]]:
    """As they travelled, where the file has kept them; else from what it knows."""
    text = message.properties.str_prop_value(_HEADERS) or ""
    kept = parse_head(text.encode("utf-8", "surrogateescape"))
    for name, value in kept.items():
        if name.lower() not in _OURS:
            yield name, _header(name, value)
    if kept["From"] is None and message.sender:
        yield "From", _header("From", message.sender)
    if kept["Subject"] is None:
        yield "Subject", _header("Subject", message.subject)
    if kept["Date"] is None and message.sent_date:
        yield "Date", format_datetime(message.sent_date)
    for name, number in (("Message-ID", _MESSAGE_ID), ("In-Reply-To", _ANSWERED_ID)):
        value = message.properties.str_prop_value(number)
        if kept[name] is None and value:
            yield name, _header(name, value)


def _header(name: str, value: str) -> str | Header:
    """A header as it travels: of an address, only the name before it is encoded."""
    text = " ".join(plain(value).split())
    if text.isascii():
        return text
    address = parseaddr(text) if name.lower() in _ADDRESSES else ("", "")
    return formataddr(address) if address[1] and address[1].isascii() else Header(text, "utf-8")


def _parts(storage: Any, depth: int) -> Iterator[MIMEApplication]:
    """The files of a message, and of those within it."""
    from oxmsg.attachment import Attachment

    for one in storage.iter_attachment_storages():
        inner = next((below for below in one.storages if below.name == _INNER), None)
        if inner is None:
            yield from _part(Attachment(one))
        elif depth < _MOST_DEPTH:
            yield from _parts(inner, depth + 1)


def _part(attachment: Attachment) -> Iterator[MIMEApplication]:
    """A file, unless it is a picture that the text shows."""
    properties, content = attachment.properties, attachment.file_bytes
    is_shown = (properties.int_prop_value(_FLAGS) or 0) & _IN_TEXT or properties.int_prop_value(_HIDDEN)
    if not content or (is_shown and (attachment.mime_type or "").startswith("image/")):
        return
    name = attachment.file_name or properties.str_prop_value(_SHORT_NAME) or ""
    part = MIMEApplication(content)
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", words(name)))
    yield part

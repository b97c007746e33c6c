"""A message as it is worked with: who wrote it, what it carries, and whether a person waits for an answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from email.message import Message as Parsed
from email.utils import parsedate_to_datetime
from typing import Any

from converter.mail.headers import address, header
from converter.mail.language import language_of
from converter.mail.parse import MOST_BYTES, MOST_WORK, parse, parse_head, work_of
from converter.mail.unpack import Attached, Unpacked, unpack
from converter.wording import Say

__all__ = ["MOST_BYTES", "Attached", "Message", "read_message"]

_MOST_REFERENCES = 20
_MOST_SUBJECT = 300
_ID = re.compile(r"<([\x21-\x3b\x3d\x3f-\x7e]{1,250})>")
_HUSHED = {"all", "autoreply"}
_MACHINES = re.compile(
    r"^(mailer-daemon|postmaster|bounces?|.*-bounces|owner-.*|.*-request|(do[-_]?)?(not?|ne[-_]?pas)[-_]?(reply|repondre|répondre))"
    r"([+.=_-].*)?@",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message.

    `id` is its Message-ID without the angle brackets, `sha256:…` of its bytes where it has none; `sender` the address
    that an answer goes to, `author` that of whoever wrote it, domains in lower case (None where there is none that can
    be told); `references` are the ids that it answers, oldest first, without brackets; `date` is `2021-11-30T14:05:09Z`
    (None where it has none that can be read); `language` "fr" or "en" where that can be told; `is_automatic` says that
    no person waits for an answer (lists, bounces, out of office); `attachments` are files as they may lie in a folder,
    no two of one name; `troubles` tell what could not be taken in.
    """

    id: str
    sender: str | None
    author: str | None
    name: str | None
    subject: str
    references: tuple[str, ...]
    date: str | None
    language: str | None
    is_automatic: bool
    attachments: tuple[Attached, ...]
    troubles: tuple[Say, ...]

    @property
    def has_id(self) -> bool:
        """Whether it came with a Message-ID, so that an answer can be threaded."""
        return not self.id.startswith("sha256:")


def read_message(content: bytes) -> Message:
    """The message in `content` (RFC 5322), within bounds; never raises, whatever the bytes."""
    parsed, troubles = _parsed(content)
    unpacked = unpack(parsed) if not troubles else Unpacked(files=(), troubles=troubles, text="")
    sender, author, name = _sender(parsed)
    return Message(
        id=_id(parsed, content),
        sender=sender,
        author=author,
        name=name,
        subject=(header(parsed, "Subject") or "")[:_MOST_SUBJECT],
        references=_references(parsed),
        date=_date(parsed),
        language=language_of(header(parsed, "Content-Language"), unpacked.text),
        is_automatic=_is_automatic(parsed),
        attachments=unpacked.files,
        troubles=unpacked.troubles,
    )


def _parsed(content: bytes) -> tuple[Parsed[Any, Any], tuple[Say, ...]]:
    """The message; of one that would take too long, its first headers, and why it is not taken in."""
    if len(content) > MOST_BYTES:
        return parse_head(content), (Say("mail.trouble.large", {"megabytes": MOST_BYTES // 1_000_000}),)
    parsed = parse(content) if work_of(content) <= MOST_WORK else None
    return (parsed, ()) if parsed is not None else (parse_head(content), (Say("mail.trouble.involved"),))


def _id(parsed: Parsed[Any, Any], content: bytes) -> str:
    match = _ID.search(header(parsed, "Message-ID") or "")
    return match[1] if match else f"sha256:{hashlib.sha256(content).hexdigest()}"


def _references(parsed: Parsed[Any, Any]) -> tuple[str, ...]:
    """What the message answers: the first of the thread, and the last ones."""
    fields = (header(parsed, name) or "" for name in ("References", "In-Reply-To"))
    ids = list(dict.fromkeys(_ID.findall(" ".join(fields))))
    return tuple(ids if len(ids) <= _MOST_REFERENCES else [ids[0], *ids[1 - _MOST_REFERENCES :]])


def _sender(parsed: Parsed[Any, Any]) -> tuple[str | None, str | None, str | None]:
    """Where an answer goes, who wrote, and that one's name: an address to reply to counts only in the writer's own
    domain.
    """
    if len(parsed.get_all("From", [])) != 1:
        return None, None, None
    author, name = address(parsed["From"])
    wish, _ = address(parsed["Reply-To"]) if parsed["Reply-To"] else (None, None)
    if author and wish and wish.rpartition("@")[2] == author.rpartition("@")[2]:
        return wish, author, name
    return author, author, name


def _date(parsed: Parsed[Any, Any]) -> str | None:
    try:
        moment = parsedate_to_datetime(header(parsed, "Date") or "")
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment.replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def _is_automatic(parsed: Parsed[Any, Any]) -> bool:
    """Whether a machine wrote it, or it came through a list (RFC 3834, and what programs do besides)."""
    return any(_signs_of_a_machine(parsed))


def _signs_of_a_machine(parsed: Parsed[Any, Any]) -> Iterator[bool]:
    low = {name: (header(parsed, name) or "").strip().casefold() for name in _TELLING}
    yield low["Auto-Submitted"].partition(";")[0].strip() not in ("", "no")
    yield low["Precedence"] in ("bulk", "junk", "list", "auto_reply")
    yield not _HUSHED.isdisjoint(re.split(r"[\s,;]+", low["X-Auto-Response-Suppress"]))
    yield any(parsed[name] is not None for name in _OF_MACHINES)
    yield parsed["Return-Path"] is not None and low["Return-Path"] in ("", "<>")
    with suppress(Exception):
        yield parsed.get_content_type() == "multipart/report"
    senders = (address(one)[0] or "" for one in parsed.get_all("From", []))
    yield any(_MACHINES.match(one) for one in senders)


_TELLING = ("Auto-Submitted", "Precedence", "X-Auto-Response-Suppress", "Return-Path")
_OF_MACHINES = (
    "List-Id",
    "List-Post",
    "List-Unsubscribe",
    "Mailing-List",
    "X-Autoreply",
    "X-Autorespond",
    "X-Failed-Recipients",
)

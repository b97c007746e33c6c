"""Bytes to a message, in a time that is known beforehand."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from typing import Any

MOST_BYTES = 100_000_000
"""Of a message as it travels."""
MOST_WORK = 30_000_000
"""Lines, times the boundaries that each may be held against: what takes so many is no letter."""
MOST_SIGNS = 4000
"""Of a header's value; what comes behind is of no use to us, and costs time."""
_BOUNDARY = re.compile(rb"boundary", re.IGNORECASE)
_BLANK = re.compile(rb"\r?\n\r?\n")


class _Bounded(Compat32):
    """Headers as they were written, cut where they are too long."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Name and value, while the message is read."""
        name, value = super().header_source_parse(sourcelines)
        return name[:MOST_SIGNS], value[:MOST_SIGNS]

    def header_fetch_parse(self, name: str, value: str) -> str:
        """The value, when it is asked for: never another kind of object."""
        return value


def work_of(content: bytes) -> int:
    """How much work it is to parse `content`, at most."""
    lines = content.count(b"\n") + content.count(b"\r") + 1
    return lines * (2 + len(_BOUNDARY.findall(content)))


def parse(content: bytes) -> Message[Any, Any] | None:
    """The message in `content`; None where Python's parser fails at it."""
    try:
        return message_from_bytes(content, policy=_Bounded())
    except Exception:  # noqa: BLE001 - it raises little, and what that is nobody promises (RecursionError among others)
        return None


def parse_head(content: bytes) -> Message[Any, Any]:
    """The same of its first headers alone, which never fails."""
    head = _BLANK.split(content[:100_000], maxsplit=1)[0]
    parsed = parse(head + b"\n\n")
    return parsed if parsed is not None else message_from_bytes(b"\n", policy=_Bounded())

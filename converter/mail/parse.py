"""Bytes to a message, in a time that is known beforehand."""

from __future__ import annotations

import re
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import Compat32, Policy
from typing import Any

MOST_BYTES = 50_000_000
"""Of a message as it travels: no provider takes more, and reading one takes several times its size in memory."""
MOST_WORK = 30_000_000
"""Lines, times the boundaries that each may be held against: what takes so many is no letter."""
MOST_SIGNS = 4000
"""Of a header's value; what comes behind is of no use to us, and costs time."""
MOST_PARAMETERS = 50
"""Of a header that has any; to take one out, Python looks at all signs as often as there are parameters."""
MOST_HEAD = 1_000_000
"""Bytes before the first blank line."""
MOST_LINES = 2_000_000
"""Of a message; one of `MOST_BYTES` in base64 has a good half of a million."""
MOST_HEADERS = 100_000
"""Lines of headers, of all parts together; that a part begins counts for ten."""
_BOUNDARY = re.compile(rb"boundary", re.IGNORECASE)
_BLANK = re.compile(rb"\n\r?\n|\r\r")
_AT_ONCE = 1 << 16


class InvolvedError(Exception):
    """It would take too long, or too much memory."""


class Bounded(Compat32):
    """Headers as they were written, cut where they are too long.

    All messages that are parsed by one of these have `MOST_HEADERS` together. Raises InvolvedError once that is passed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.__dict__["left"] = MOST_HEADERS  # a policy lets nobody set anything

    def message_factory(self, policy: Policy[Any]) -> Message[Any, Any]:
        """A part that begins."""
        self._take(10)
        return Message(policy)

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Name and value, while the message is read."""
        self._take(len(sourcelines))
        name, value = super().header_source_parse(sourcelines)
        if name.lower().startswith("content-"):
            value = ";".join(value[:MOST_SIGNS].split(";", MOST_PARAMETERS)[:MOST_PARAMETERS])
        return name[:MOST_SIGNS], value[:MOST_SIGNS]

    def header_fetch_parse(self, name: str, value: str) -> str:
        """The value, when it is asked for: never another kind of object."""
        return value

    def _take(self, lines: int) -> None:
        self.__dict__["left"] -= lines
        if self.__dict__["left"] < 0:
            raise InvolvedError


def work_of(content: bytes) -> int:
    """How much work it is to parse `content`, at most."""
    lines = content.count(b"\n") + content.count(b"\r") + 1
    return lines * (2 + len(_BOUNDARY.findall(content)))


def parse(content: bytes, policy: Bounded | None = None) -> Message[Any, Any] | None:
    """The message in `content`; None where it is too involved, or Python's parser fails at it."""
    try:
        return _parsed(content, policy or Bounded())
    except Exception:  # noqa: BLE001 - it raises little, and what that is nobody promises (RecursionError among others)
        return None


def _parsed(content: bytes, policy: Bounded) -> Message[Any, Any]:
    """Piece by piece: as one text of Python's, a large message takes up many times its size."""
    has_long_head = len(content) > MOST_HEAD and not _BLANK.search(content, 0, MOST_HEAD)
    if has_long_head or _lines_of(content) > MOST_LINES:
        raise InvolvedError
    parser = BytesFeedParser(policy=policy)
    for start in range(0, len(content), _AT_ONCE):
        parser.feed(content[start : start + _AT_ONCE])
    return parser.close()


def _lines_of(content: bytes) -> int:
    return content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")


def parse_head(content: bytes) -> Message[Any, Any]:
    """The same of its first headers alone, which never fails."""
    head = _BLANK.split(content[:100_000], maxsplit=1)[0]
    parsed = parse(head + b"\n\n")
    return parsed if parsed is not None else Message(Bounded())

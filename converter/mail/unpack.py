"""What a message carries, taken out within bounds: nested messages, zips, and what cannot be taken in."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message as Parsed
from pathlib import PurePath
from typing import Any

from converter.mail.headers import file_name, plain, safe_name, text_of
from converter.mail.outlook import OLE, mime_of
from converter.mail.parse import MOST_WORK, Bounded, parse, work_of
from converter.wording import Say

MOST_UNPACKED = 300_000_000
"""Of all files that one message carries, zips unpacked."""
MOST_FILES = 500
_MOST_PARTS = 2000
_MOST_DEPTH = 4  # messages within messages
_MOST_RATIO = 200  # a zip of scans hardly shrinks; a bomb does nothing else
_MOST_TEXT = 20_000  # signs that a language shows in
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".xlsb"})
"""Endings of what is converted, whatever its name."""
_ENTRY = b"PK\x01\x02"  # of a zip's directory
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")
_NAMELESS = {
    "application/pdf": "piece.pdf",
    "image/jpeg": "piece.jpg",
    "image/png": "piece.png",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "classeur.xlsx",
    "application/vnd.ms-excel.sheet.macroenabled.12": "classeur.xlsm",
    "application/vnd.ms-excel": "classeur.xls",
    "application/vnd.oasis.opendocument.spreadsheet": "classeur.ods",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that came along: its decoded name (NFC, never a path) and its bytes."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """What a message carries: its files, no two of one name, why others were not taken in, and its text."""

    files: tuple[Attached, ...]
    troubles: tuple[Say, ...]
    text: str


def unpack(message: Parsed[Any, Any]) -> Unpacked:
    """All that `message` carries; never raises.

    Pictures that only adorn the text are left out. Two files of one name and different content get a number each, so
    that neither is taken for the one that the workbook names; of two workbooks there is nothing to be told.
    """
    basket = _Basket()
    basket.take_message(message, 0)
    return Unpacked(files=tuple(_named_apart(basket)), troubles=tuple(basket.troubles), text=basket.text)


class _Basket:
    """What has been taken out so far."""

    def __init__(self) -> None:
        self.files: list[Attached] = []
        self.troubles: list[Say] = []
        self.text = ""
        self._parts, self._bytes, self._work = _MOST_PARTS, MOST_UNPACKED, MOST_WORK
        self._policy = Bounded()

    def trouble(self, key: str, **words: Any) -> None:
        """Note what was not taken in, and why; each once."""
        say = Say(f"mail.trouble.{key}", words)
        if say not in self.troubles and len(self.troubles) < MOST_FILES:
            self.troubles.append(say)

    def take_message(self, message: Parsed[Any, Any], depth: int) -> None:
        """Every file of a message, and of those within it."""
        for part, is_related in _leaves(message):
            self._parts -= 1
            if self._parts < 0:
                return self.trouble("many", most=MOST_FILES)
            self._take_part(part, depth, is_related=is_related)
        return None

    def _take_part(self, part: Parsed[Any, Any], depth: int, *, is_related: bool) -> None:
        kind, name = _kind(part), file_name(part)
        if kind in _TNEF or name.casefold() == "winmail.dat":
            return self.trouble("winmail")
        if kind.startswith("multipart/"):  # one that says so and has no parts
            return None
        content = _content(part)
        if kind.startswith("text/") and not name and not _is_attachment(part):
            return self._read_text(kind, content, part)
        if not content or (is_related and kind.startswith("image/") and part["Content-ID"] is not None):
            return None
        if kind == "message/rfc822":
            name = name if name.casefold().endswith(".eml") else f"{name or 'message'}.eml"
        return self.take(name or _NAMELESS.get(kind, ""), content, depth)

    def _read_text(self, kind: str, content: bytes, part: Parsed[Any, Any]) -> None:
        """The text of the message itself, in which its language shows."""
        if not self.text and kind in ("text/plain", "text/html"):
            text = text_of(content[:_MOST_TEXT], _charset(part))
            self.text = _without_tags(text) if kind == "text/html" else text

    def take(self, name: str, content: bytes, depth: int, *, in_zip: bool = False) -> None:
        """A file; a message or a zip gives what is in it."""
        ending = PurePath(name).suffix.lower()
        self._bytes -= len(content)
        if self._bytes < 0:
            return self.trouble("unpacked", megabytes=MOST_UNPACKED // 1_000_000)
        if ending == ".zip":
            return self.trouble("zip_in_zip", name=name) if in_zip else self._take_zip(name, content, depth)
        if ending == ".eml" or (ending == ".msg" and content.startswith(OLE)):
            return self._take_inner(name, content, depth)
        if len(self.files) >= MOST_FILES:
            return self.trouble("many", most=MOST_FILES)
        if name:
            self.files.append(Attached(name=name, content=content))
        return None

    def _take_inner(self, name: str, content: bytes, depth: int) -> None:
        """A message that came as a file."""
        if depth >= _MOST_DEPTH:
            return self.trouble("deep", name=name)
        inner = mime_of(content) if content.startswith(OLE) else content
        self._work -= work_of(inner or b"")
        message = parse(inner, self._policy) if inner and self._work >= 0 else None
        if message is None:
            return self.trouble("unreadable", name=name)
        return None if _is_a_machines_answer(message) else self.take_message(message, depth + 1)

    def _take_zip(self, name: str, content: bytes, depth: int) -> None:
        if content.count(_ENTRY) > 2 * MOST_FILES:
            return self.trouble("many", most=MOST_FILES)
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for info in self._allowed(archive, name):
                    with archive.open(info) as member:
                        data = member.read(info.file_size + 1)
                    if len(data) != info.file_size:
                        return self.trouble("bad_zip", name=name)
                    if data:
                        self.take(safe_name(plain(info.filename)), data, depth, in_zip=True)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError):
            return self.trouble("bad_zip", name=name)
        return None

    def _allowed(self, archive: zipfile.ZipFile, name: str) -> Iterator[zipfile.ZipInfo]:
        """The files in a zip; none where together they are more than can be taken in, before any is unpacked."""
        infos = [one for one in archive.infolist() if not one.is_dir() and not _is_by_the_way(one.filename)]
        size = sum(one.file_size for one in infos)
        if len(infos) > MOST_FILES or size > self._bytes:
            return self.trouble("unpacked", megabytes=MOST_UNPACKED // 1_000_000)
        if any(one.file_size > _MOST_RATIO * max(one.compress_size, 1000) for one in infos):
            return self.trouble("bad_zip", name=name)
        if any(one.flag_bits & 1 for one in infos):
            return self.trouble("locked_zip", name=name)
        if any(one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for one in infos):
            return self.trouble("bad_zip", name=name)
        yield from infos
        return None


def _leaves(message: Parsed[Any, Any]) -> Iterator[tuple[Parsed[Any, Any], bool]]:
    """Every part that holds no others, and whether it is one of several that make one text."""
    waiting = [(message, False)]
    while waiting:
        part, is_related = waiting.pop()
        if part.is_multipart():
            is_related = is_related or _kind(part) == "multipart/related"
            parts: Any = part.get_payload()
            below = [one for one in parts if not _is_a_machines_answer(one)]
            waiting += [(one, is_related and _kind(part) != "message/rfc822") for one in reversed(below)]
        else:
            yield part, is_related


def _is_a_machines_answer(part: Parsed[Any, Any]) -> bool:
    """Such as one of ours, sent back by another machine: what it carries is no new order."""
    return (part["Auto-Submitted"] or "").strip().casefold().startswith("auto-replied")


def _kind(part: Parsed[Any, Any]) -> str:
    try:
        return part.get_content_type()
    except (ValueError, LookupError, TypeError, AttributeError):
        return "application/octet-stream"


def _charset(part: Parsed[Any, Any]) -> str | None:
    try:
        return part.get_content_charset()
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _is_attachment(part: Parsed[Any, Any]) -> bool:
    return (part["Content-Disposition"] or "").strip().casefold().startswith("attachment")


def _content(part: Parsed[Any, Any]) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001 - encodings that are none
        return b""
    return content if isinstance(content, bytes) else b""


def _without_tags(html: str) -> str:
    first, *others = html.split("<")
    texts = (one.partition(">")[2] for one in others if not one[:6].lower().startswith(("style", "script")))
    return " ".join([first, *texts])


def _is_by_the_way(path: str) -> bool:
    """What a Mac or an open Excel leaves in a zip."""
    parts = path.replace("\\", "/").split("/")
    return "__MACOSX" in parts or parts[-1].startswith(("._", "~$")) or parts[-1] in (".DS_Store", "Thumbs.db")


def _named_apart(basket: _Basket) -> Iterator[Attached]:
    """The files, the same one once; of different ones that bear one name, each with a number."""
    alike: dict[str, dict[bytes, str]] = {}
    for one in basket.files:
        alike.setdefault(one.name.casefold(), {}).setdefault(one.content, one.name)
    taken = set(alike)
    for contents in alike.values():
        if len(contents) == 1:
            yield from (Attached(name=name, content=content) for content, name in contents.items())
            continue
        shared = next(iter(contents.values()))
        if PurePath(shared).suffix.lower() not in WORKBOOKS:
            basket.trouble("same_name", name=shared, count=len(contents))
        number = 0
        for content, name in contents.items():
            path, candidate = PurePath(name), name
            while candidate.casefold() in taken:
                number += 1
                candidate = f"{path.stem} ({number}){path.suffix}"
            taken.add(candidate.casefold())
            yield Attached(name=candidate, content=content)

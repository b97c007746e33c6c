"""What a file is by its content, and whether it opens. Reads a few thousand bytes of a PDF, a whole picture.

A PDF whose end points at a sound table of contents opens; where the end looks otherwise, pypdf has the last word.
"""

from __future__ import annotations

import logging
import os
import re
import warnings
from pathlib import Path
from typing import Any, NamedTuple

_NEAR = 2048
_MOST_PIXELS = 30_000_000  # about 90 MB once decoded
_MAGIC = {"PNG": b"\x89PNG\r\n\x1a\n", "JPG": b"\xff\xd8\xff"}
_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF")
_TABLE = re.compile(rb"\s*(xref\b|\d+\s+\d+\s+obj\b)")


class Ends(NamedTuple):
    """A file's first and last bytes, and its size."""

    head: bytes
    tail: bytes
    size: int


def ends_of(path: Path) -> Ends:
    """Both ends of a file, in one go."""
    with path.open("rb", buffering=0) as file:
        head = file.read(_NEAR)
        size = file.seek(0, os.SEEK_END)
        if size <= len(head):
            return Ends(head, head, size)
        file.seek(max(0, size - _NEAR))
        return Ends(head, file.readall(), size)


def content_of(ends: Ends) -> str | None:
    """PDF, PNG or JPG, by the file's first bytes; None for anything else."""
    if b"%PDF-" in ends.head[:1024]:
        return "PDF"
    return next((name for name, magic in _MAGIC.items() if ends.head.startswith(magic)), None)


def trouble(path: Path, ends: Ends, format_: str) -> str | None:
    """Why the file may not open at the agency's: cut_short, password, broken or picture; None where all seems well."""
    return _pdf_trouble(path, ends) if format_ == "PDF" else _picture_trouble(path)


def _pdf_trouble(path: Path, ends: Ends) -> str | None:
    if b"%%EOF" not in ends.tail:
        return "cut_short"
    pointers = _END.findall(ends.tail)
    if not pointers or int(pointers[-1]) >= ends.size:
        return _pdf_trouble_at_length(path)
    table = _at(path, ends, int(pointers[-1]))
    if not _TABLE.match(table) or b"/Encrypt" in table + ends.tail:
        return _pdf_trouble_at_length(path)
    return None


def _at(path: Path, ends: Ends, offset: int) -> bytes:
    """The bytes from `offset` on, read only where neither end holds them."""
    if offset >= ends.size - len(ends.tail):
        return ends.tail[offset - (ends.size - len(ends.tail)) :]
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(_NEAR)


def _pdf_trouble_at_length(path: Path) -> str | None:
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with path.open("rb") as file:
            reader = pypdf.PdfReader(file)
            if reader.is_encrypted and not reader.decrypt(""):
                return "password"
            return None if len(reader.pages) else "broken"
    except pypdf.errors.DependencyError:  # a cipher that pypdf alone cannot open: nothing is known against the file
        return None
    except Exception:  # noqa: BLE001 - a damaged PDF makes pypdf raise anything at all
        return "broken"


def _picture_trouble(path: Path) -> str | None:
    from PIL import Image

    try:
        warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # `_decode` looks at the size itself
        with Image.open(path, formats=("JPEG", "PNG")) as picture:
            _decode(picture)
    except Exception:  # noqa: BLE001 - a damaged picture makes Pillow raise anything at all
        return "picture"
    return None


def _decode(picture: Any) -> None:
    """Read it to its end, in little memory: a JPEG at an eighth of its size, a large PNG by its checksums."""
    if picture.format == "PNG" and picture.width * picture.height > _MOST_PIXELS:
        picture.verify()
        return
    if picture.format == "JPEG":
        picture.draft("L", (max(1, picture.width // 8), max(1, picture.height // 8)))
    picture.load()

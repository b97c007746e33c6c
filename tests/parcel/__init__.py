"""What the tests of the parcel share: files of every kind, and a folder seen as a whole."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from tests.books import PDF


def pdf(size: int) -> bytes:
    """A sound PDF of so many bytes."""
    head, tail = PDF.split(b"xref\n", 1)
    table, _ = tail.split(b"startxref\n")
    filler = size - len(head) - len(b"xref\n") - len(table) - len(b"startxref\n0000000000\n%%EOF\n")
    padded = head + b"%" + b"x" * (filler - 2) + b"\n"
    whole = padded + b"xref\n" + table + b"startxref\n%010d\n%%%%EOF\n" % len(padded)
    assert len(whole) == size
    return whole


def picture(format_: str, side: int = 40) -> bytes:
    """A sound JPEG or PNG."""
    file = io.BytesIO()
    Image.effect_noise((side, side), 50).save(file, format_)
    return file.getvalue()


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything below `folder`, hidden things too: path -> content, None for a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }

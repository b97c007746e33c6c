"""Putting a file where it belongs: whole, or not at all."""

from __future__ import annotations

import uuid
from pathlib import Path

from converter.errors import Xl2JsonError

_MOST = 1000  # names that are tried


def place(path: Path, content: bytes, key: str = "disk") -> None:
    """Write `content` to `path`, over what stands there, by way of a hidden name; missing folders are made.

    Raises Xl2JsonError with the sentence `key` where the disk refuses; then what stood there stands there still.
    """
    hidden = path.with_name(f".{uuid.uuid4().hex}.xl2json")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            hidden.write_bytes(content)
            hidden.replace(path)
        finally:
            hidden.unlink(missing_ok=True)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise Xl2JsonError(key, name=str(path), reason=getattr(error, "strerror", None) or str(error)) from error


def place_freely(path: Path, content: bytes) -> Path:
    """Write `content` to `path` or, where a file with another content bears that name, under the next free one.

    Returns where it stands. The same content is left alone. Raises Xl2JsonError where the disk refuses.
    """
    try:
        for candidate in (path, *(path.with_stem(f"{path.stem}-{n}") for n in range(2, _MOST))):
            if not candidate.exists():
                place(candidate, content)
                return candidate
            if candidate.is_file() and candidate.read_bytes() == content:
                return candidate
    except OSError as error:
        raise Xl2JsonError("disk", name=str(path), reason=error.strerror or str(error)) from error
    raise Xl2JsonError("exists", name=str(path))

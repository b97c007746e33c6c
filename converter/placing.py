"""Putting a file where it belongs: whole, or not at all."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

from converter.errors import Xl2JsonError, reason_of

_MOST = 1000  # names that are tried


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A deposit as it stands on the disk: its name without ending, its JSON, and for each of its requests, in order,
    the SHA-256 of its attachments (separated by a space).
    """

    name: str
    json: bytes
    pieces: tuple[str, ...]

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the JSON."""
        return hashlib.sha256(self.json).hexdigest()

    @property
    def parcel(self) -> str:
        """What tells one zip from another: the digests of all that is in it."""
        return hashlib.sha256(" ".join(self.pieces).encode()).hexdigest()


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
        raise Xl2JsonError(key, name=str(path), reason=reason_of(error)) from error


def free_name(path: Path) -> Path:
    """`path` or, where something bears that name, the next one of the kind `name-2` that nothing bears."""
    candidates = (path, *(path.with_stem(f"{path.stem}-{n}") for n in range(2, _MOST)))
    found = next((one for one in candidates if not one.exists()), None)
    if found is None:
        raise Xl2JsonError("exists", name=str(path))
    return found


def place_freely(path: Path, content: bytes) -> Path:
    """Write `content` to `path` or, where a file with another content bears that name, under the next free one.

    Returns where it stands. The same content is left alone. Raises Xl2JsonError where the disk refuses.
    """
    try:
        for candidate in chain((path,), (path.with_stem(f"{path.stem}-{n}") for n in range(2, _MOST))):
            if not candidate.exists():
                place(candidate, content)
                return candidate
            if candidate.is_file() and candidate.read_bytes() == content:
                return candidate
    except OSError as error:
        raise Xl2JsonError("disk", name=str(path), reason=reason_of(error)) from error
    raise Xl2JsonError("exists", name=str(path))

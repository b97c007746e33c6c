"""V3 and P4 to P8 of a finished zip: its size, its members against the names in the JSON, and each member's content.

Nothing that the zip says of itself is trusted: members are counted before it is opened, read one at a time and no
further than the agency's limit, and never written under their own names.
"""

from __future__ import annotations

import lzma
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePosixPath

from converter.findings import Finding
from converter.parcel.content import content_of, ends_of, trouble
from converter.parcel.naming import Piece
from converter.spec.model import Spec
from converter.wording import Say

_ENTRY = b"PK\x01\x02"  # what each member has in the zip's directory
_MOST_MEMBERS = 20_000
_MOST_UNPACKED = 2 * 2**30  # more than any deposit can enclose
_CHUNK = 1 << 20
_KNOWN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FAULTS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, EOFError, ValueError,
           OSError, IndexError, OverflowError)  # fmt: skip


def look_into(path: Path, pieces: list[Piece], spec: Spec) -> Iterator[Finding]:
    """All there is to say of the zip at `path`, which encloses `pieces`. Raises OSError where it is out of reach."""
    size = path.stat().st_size
    if size > spec.limits.zip_bytes:
        words = {"megabytes": Decimal(size) / 1_000_000, "most": Decimal(spec.limits.zip_bytes) / 1_000_000}
        yield _whole("large", path.name, **words)
    elif _count(path) > _MOST_MEMBERS:
        yield _whole("crowded", path.name, most=_MOST_MEMBERS)
    else:
        yield from _members(path, pieces, spec)


def _whole(key: str, value: str, **words: object) -> Finding:
    return Finding(rule="V3", severity="error", say=Say(f"say.parcel.{key}", words), value=value)


def _count(path: Path) -> int:
    """At least how many members the zip claims to have; one too many now and then, by chance."""
    found, rest = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found += (rest + chunk).count(_ENTRY)
            rest = chunk[-len(_ENTRY) + 1 :]
    return found


def _members(path: Path, pieces: list[Piece], spec: Spec) -> Iterator[Finding]:
    try:
        archive = zipfile.ZipFile(path)
    except _FAULTS:
        yield _whole("no_zip", path.name)
        return
    with archive, tempfile.TemporaryDirectory() as folder:
        times = Counter(info.filename for info in archive.infolist())
        folders = _folders(times)
        match = _match(pieces, [name for name in times if name not in folders])
        yield from match.findings
        yield from (_whole("twice" if times[name] > 1 else "extra", name) for name in match.strays)
        look = _Look(archive, Path(folder) / "piece", spec)
        for name, piece in match.enclosed.items():
            if times[name] > 1:
                yield piece.finding("V3", "error", Say("say.parcel.twice"))
            if look.unpacked < _MOST_UNPACKED:
                yield from look.at(piece, archive.getinfo(name))


def _folders(names: Iterable[str]) -> set[str]:
    """The folders that hold something: that is told of what they hold."""
    return {f"{name.rstrip('/').rpartition('/')[0]}/" for name in names}


@dataclass(frozen=True, slots=True)
class _Match:
    """The piece that each member is, the members that are none, and what is to be said of pieces that are not there."""

    enclosed: dict[str, Piece]
    strays: list[str]
    findings: list[Finding]


def _match(pieces: list[Piece], names: list[str]) -> _Match:
    """By the name that the JSON gives, else by the one it should give; else the zip may have it elsewhere."""
    free, enclosed, missing = dict.fromkeys(names), dict[str, Piece](), list[Piece]()
    for piece in pieces:
        name = next((one for one in (piece.name, piece.right) if one in free or one in enclosed), None)
        if name is None:
            missing.append(piece)
        else:
            free.pop(name, None)
            enclosed.setdefault(name, piece)
    near = {PurePosixPath(name).name.casefold(): name for name in free}
    findings = []
    for piece in missing:
        like = near.pop((piece.name or "").casefold(), None)
        free.pop(like or "", None)
        if piece.name is not None:
            say = Say("say.parcel.elsewhere", {"member": like}) if like else Say("say.parcel.missing")
            findings.append(piece.finding("V3", "error", say))
    return _Match(enclosed, list(free), findings)


def _formats(spec: Spec) -> dict[str, str]:
    """Ending -> format."""
    column = spec.attachment
    if column is None:
        return {}
    formats = spec.lists[spec.block(column.block)[column.format or ""].list or ""]
    return {ending: code for code, endings in zip(formats.codes, formats.endings, strict=True) for ending in endings}


class _Look:
    """Looks at one member after the other, each put down under a name of ours."""

    def __init__(self, archive: zipfile.ZipFile, path: Path, spec: Spec) -> None:
        self.archive, self.path, self.limits = archive, path, spec.limits
        self.formats = _formats(spec)
        self.unpacked = 0

    def at(self, piece: Piece, info: zipfile.ZipInfo) -> Iterator[Finding]:
        """P4, P5, P6, P8 of one member; V3 where it cannot be unpacked."""
        if info.flag_bits & 1:
            yield piece.finding("V3", "error", Say("say.parcel.encrypted"))
        elif info.compress_type not in _KNOWN_METHODS:
            yield piece.finding("V3", "error", Say("say.parcel.method"))
        else:
            content = self._read(info)
            if content is None:
                yield piece.finding("V3", "error", Say("say.parcel.damaged"))
            elif not content:
                yield piece.finding("P4", "error", Say("say.file.empty"))
            else:
                self.path.write_bytes(content)
                yield from self._content(piece, PurePosixPath(info.filename).suffix.removeprefix(".").lower(), info)

    def _read(self, info: zipfile.ZipInfo) -> bytes | None:
        """The member's content, at most one byte more than the limit; None where it is damaged."""
        try:
            with self.archive.open(info) as file:
                content = file.read(self.limits.attachment_bytes + 1)
        except _FAULTS:
            return None
        self.unpacked += len(content)
        return content

    def _content(self, piece: Piece, ending: str, info: zipfile.ZipInfo) -> Iterator[Finding]:
        ends, format_ = ends_of(self.path), self.formats.get(ending)
        content = content_of(ends)
        if format_ is None:  # its name has been told
            return
        if content != format_:
            say = Say(f"say.file.{'content' if content else 'content_unknown'}", {"content": content, "ending": ending})
            yield piece.finding("P5", "error", say)
            return
        yield from self._size(piece, ends.size, info)
        why = trouble(self.path, ends, format_) if ends.size <= self.limits.attachment_bytes else None
        if why:
            yield piece.finding("P8", "warning", Say(f"say.file.{why}"))

    def _size(self, piece: Piece, size: int, info: zipfile.ZipInfo) -> Iterator[Finding]:
        if size > self.limits.attachment_bytes:
            words = {"megabytes": Decimal(max(info.file_size, size)) / 1_000_000}
            yield piece.finding("P6", "error", Say("say.file.large", words))
        elif size > self.limits.attachment_safe_bytes:
            yield piece.finding("P6", "warning", Say("say.file.rather_large", {"megabytes": Decimal(size) / 1_000_000}))

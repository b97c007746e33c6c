"""P4 to P8: the files that requests name, found below the workbook's folder or `--attachments`, and looked at."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from converter.findings import Finding, Severity
from converter.parcel.content import Ends, content_of, ends_of, trouble
from converter.parcel.folders import Folders
from converter.progress import each
from converter.request import Dossier, Item, Source
from converter.spec.model import Field, Spec
from converter.wording import Say

_Note = tuple[str, Severity, Say]


def gather(dossier: Dossier, spec: Spec, folders: Folders) -> list[Finding]:
    """Find and look at every file; each request gets its `sources`. Returns what there is to say."""
    if spec.attachment is None:
        return []
    gatherer = _Gatherer(spec, spec.attachment, folders)
    findings: list[Finding] = []
    owners: dict[Path, str] = {}
    for request in each("checking", dossier.requests):
        for item in request.items.get(gatherer.column.block, ()):
            notes: list[_Note] = []
            source = gatherer.source(item, notes)
            request.sources.append(source)
            if source is not None and owners.setdefault(source.path, request.demande) != request.demande:
                notes.append(("P7", "warning", Say("say.file.shared", {"other": owners[source.path]})))
            name = gatherer.column.name
            findings += [request.finding(*note, item.place(name), item[name]) for note in notes]
    return findings


class _Gatherer:
    """What the spec says of attachments, ready to be asked for each file."""

    def __init__(self, spec: Spec, column: Field, folders: Folders) -> None:
        self.column, self.folders, self.limits = column, folders, spec.limits
        block = spec.block(column.block)
        kinds = spec.lists[block[column.type or ""].list or ""]
        formats = spec.lists[block[column.format or ""].list or ""]
        self.codes = dict(zip(kinds.codes, kinds.in_names or kinds.codes, strict=True))
        self.formats = {
            ending: (code, endings[0])
            for code, endings in zip(formats.codes, formats.endings, strict=True)
            for ending in endings
        }

    def source(self, item: Item, notes: list[_Note]) -> Source | None:
        """The file that a row names; None where it cannot be used. What there is to say goes to `notes`."""
        text = item[self.column.name]
        if not isinstance(text, str):
            return None
        path = self.folders.find(text)
        real = path.resolve() if path else None
        ends = self._usable(real, text, notes)
        if real is None or ends is None:
            return None
        ending = (path or real).suffix.removeprefix(".").lower()
        if self._format(ending, ends, notes) is None:
            return None
        format_, kept = self.formats[ending]
        notes += self._size(ends.size)
        why = trouble(real, ends, format_) if ends.size <= self.limits.attachment_bytes else None
        if why:
            notes.append(("P8", "warning", Say(f"say.file.{why}")))
        kind = item[self.column.type or ""]
        code = self.codes.get(kind, "") if isinstance(kind, str) else ""
        return Source(path=real, size=ends.size, format=format_, ending=kept, code=code)

    def _usable(self, real: Path | None, text: str, notes: list[_Note]) -> Ends | None:
        """P4: the file is there, is allowed, and can be read."""
        key, words = self._unusable(real, text)
        if real is not None and not key:
            try:
                ends = ends_of(real)
            except OSError as error:
                key, words = "unreadable", {"reason": error.strerror or str(error)}
            else:
                if ends.size:
                    return ends
                key = "empty"
        notes.append((self.column.rule, "error", Say(f"say.file.{key}", words)))
        return None

    def _unusable(self, real: Path | None, text: str) -> tuple[str, dict[str, Any]]:
        folders = {"folders": tuple(str(root.resolve()) for root in self.folders.roots)}
        if real is None:
            near = self.folders.nearest(text)
            return "missing_near" if near else "missing", {**folders, "near": near}
        if not self.folders.holds(real):
            return "outside", folders
        return ("", {}) if real.is_file() else ("no_file", {})

    def _format(self, ending: str, ends: Ends, notes: list[_Note]) -> str | None:
        """P5: the ending is a known one, and the content is what it says."""
        content = content_of(ends)
        if ending not in self.formats:
            say = Say("say.file.ending", {"ending": ending or "–", "known": tuple(self.formats)})
        elif content != self.formats[ending][0]:
            key = "content" if content else "content_unknown"
            say = Say(f"say.file.{key}", {"content": content, "ending": ending})
        else:
            return content
        notes.append(("P5", "error", say))
        return None

    def _size(self, size: int) -> Iterator[_Note]:
        """P6: surely too large, or too large in one reading of "3 Mo"."""
        words = {"megabytes": Decimal(size) / 1_000_000}
        if size > self.limits.attachment_bytes:
            yield "P6", "error", Say("say.file.large", words)
        elif size > self.limits.attachment_safe_bytes:
            yield "P6", "warning", Say("say.file.rather_large", words)

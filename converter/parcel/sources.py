"""P4 to P8: the files that requests name, found below the workbook's folder or `--attachments`, and looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from converter.errors import reason_of
from converter.findings import Finding, Severity
from converter.parcel.content import Ends, content_of, ends_of, trouble
from converter.parcel.folders import Folders
from converter.progress import each
from converter.request import Dossier, Item, Request, Source
from converter.spec.model import Field, Spec
from converter.wording import Say

_Note = tuple[str, Severity, Say]


def gather(dossier: Dossier, spec: Spec, folders: Folders) -> list[Finding]:
    """Find and look at every file; each request gets its `sources`. Returns what there is to say."""
    if spec.attachment is None:
        return []
    gatherer = _Gatherer(spec, spec.attachment, folders)
    findings: list[Finding] = []
    owners: dict[str, str] = {}
    for request in each("checking", dossier.requests):
        for item in request.items.get(gatherer.column.block, ()):
            notes: list[_Note] = []
            source = gatherer.source(item, notes)
            request.sources.append(source)
            other = owners.setdefault(str(source.path), request.demande) if source else request.demande
            if other != request.demande:
                notes.append(("P7", "warning", Say("say.file.shared", {"other": other})))
            if notes:
                name = gatherer.column.name
                findings += [request.finding(*note, item.place(name), item[name]) for note in notes]
    return findings


def shared_files(requests: Iterable[Request], spec: Spec) -> Iterator[Finding]:
    """P7 between any two of `requests`: one file that serves both."""
    column = spec.attachment
    owners: dict[Path, str] = {}
    for request in requests if column else ():
        assert column is not None
        for item, source in zip(request.items.get(column.block, ()), request.sources, strict=False):
            if source is not None and owners.setdefault(source.path, request.demande) != request.demande:
                say = Say("say.file.shared", {"other": owners[source.path]})
                yield request.finding("P7", "warning", say, item.place(column.name), item[column.name])


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
        path = real = self.folders.plain(text)
        if real is None:
            path = self.folders.find(text)
            real = self._allowed(path, text, notes)
        ends = self._ends(real, notes) if real else None
        if path is None or real is None or ends is None:
            return None
        ending = path.suffix.removeprefix(".").lower()
        if self._format(ending, ends, notes) is None:
            return None
        format_, kept = self.formats[ending]
        if ends.size > self.limits.attachment_safe_bytes:
            notes.append(self._large(ends.size))
        why = trouble(real, ends, format_) if ends.size <= self.limits.attachment_bytes else None
        if why:
            notes.append(("P8", "warning", Say(f"say.file.{why}")))
        kind = item[self.column.type or ""]
        code = self.codes.get(kind, "") if isinstance(kind, str) else ""
        return Source(path=real, size=ends.size, format=format_, ending=kept, code=code)

    def _allowed(self, path: Path | None, text: str, notes: list[_Note]) -> Path | None:
        """P4: the file is there, and lies where it may; the path with its links followed."""
        real = path.resolve() if path else None
        if real is None:
            near = self.folders.nearest(text)
            key = "missing_near" if near else "not_enclosed" if self.folders.by_name else "missing"
            notes.append(self._unusable(key, folders=self.folders.shown, near=near))
        elif not self.folders.holds(real):
            notes.append(self._unusable("outside", folders=self.folders.shown))
        elif not real.is_file():
            notes.append(self._unusable("no_file"))
        else:
            return real
        return None

    def _ends(self, real: Path, notes: list[_Note]) -> Ends | None:
        """P4: the file can be read, and holds something."""
        try:
            ends = ends_of(real)
        except OSError as error:
            notes.append(self._unusable("unreadable", reason=reason_of(error)))
            return None
        if not ends.size:
            notes.append(self._unusable("empty"))
        return ends if ends.size else None

    def _unusable(self, key: str, **words: Any) -> _Note:
        return self.column.rule, "error", Say(f"say.file.{key}", words)

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

    def _large(self, size: int) -> _Note:
        """P6: surely too large, or too large in one reading of "3 Mo"."""
        words = {"megabytes": Decimal(size) / 1_000_000}
        if size > self.limits.attachment_bytes:
            return "P6", "error", Say("say.file.large", words)
        return "P6", "warning", Say("say.file.rather_large", words)

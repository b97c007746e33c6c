"""P4 to P8: the files that requests name, found below the workbook's folder or `--attachments`, and looked at."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from converter.cells import fold
from converter.findings import Finding, Severity
from converter.parcel.content import content_of, trouble
from converter.request import Dossier, Item, Request, Source
from converter.spec.model import Field, Spec
from converter.wording import Say


@dataclass(frozen=True)
class Folders:
    """Where source files may lie, in the order they are looked for; `names` remembers the folders' listings."""

    roots: tuple[Path, ...]
    names: dict[Path, dict[str, str]] = field(default_factory=dict)

    def find(self, text: str) -> Path | None:
        """The file that `text` names, None where there is none. Names compare in NFC."""
        relative = PurePosixPath(unicodedata.normalize("NFC", text.replace("\\", "/")))
        for root in self.roots:
            path = self._below(root, relative)
            if path is not None:
                return path
        return None

    def _below(self, root: Path, relative: PurePosixPath) -> Path | None:
        try:
            path = root / relative
            if path.exists():
                return path
        except (OSError, ValueError):  # a name that no file can have
            return None
        path = root
        for part in relative.parts:
            name = part if part in ("..", "/") else self._listing(path).get(part)
            if name is None:
                return None
            path = path / name
        return path

    def _listing(self, folder: Path) -> dict[str, str]:
        """Name in NFC -> name on disk."""
        if folder not in self.names:
            try:
                listed = [one.name for one in folder.iterdir()]
            except OSError:
                listed = []
            self.names[folder] = {unicodedata.normalize("NFC", name): name for name in listed}
        return self.names[folder]

    def holds(self, path: Path) -> bool:
        """Whether `path`, all links followed, lies below one of the roots."""
        real = path.resolve()
        return any(real.is_relative_to(root.resolve()) for root in self.roots)

    def nearest(self, text: str) -> str | None:
        """A file with nearly that name, in the folder where it was looked for."""
        from rapidfuzz import process

        relative = PurePosixPath(text.replace("\\", "/"))
        if relative.is_absolute() or ".." in relative.parts:
            return None
        for root in self.roots:
            names = {fold(name): name for name in self._listing(root / relative.parent)}
            match = process.extractOne(fold(relative.name), list(names), score_cutoff=80)
            if match:
                return str(relative.parent / names[match[0]])
        return None


def gather(dossier: Dossier, spec: Spec, folders: Folders) -> list[Finding]:
    """Find and look at every file; each request gets its `sources`. Returns what there is to say."""
    column = spec.attachment
    if column is None:
        return []
    findings: list[Finding] = []
    owners: dict[Path, str] = {}
    for request in dossier.requests:
        request.sources = []
        for item in request.items.get(column.block, ()):
            source, said = _source(item, column, request, spec, folders)
            request.sources.append(source)
            findings += said
            if source is not None:
                findings += _shared(item, column, request, source, owners)
    return findings


def _shared(item: Item, column: Field, request: Request, source: Source, owners: dict[Path, str]) -> Iterator[Finding]:
    owner = owners.setdefault(source.path.resolve(), request.demande)
    if owner != request.demande:
        say = Say("say.file.shared", {"other": owner})
        yield request.finding("P7", "warning", say, item.place(column.name), item[column.name])


def _source(
    item: Item, column: Field, request: Request, spec: Spec, folders: Folders
) -> tuple[Source | None, list[Finding]]:
    text = item[column.name]
    findings: list[Finding] = []

    def tell(rule: str, severity: Severity, key: str, **words: object) -> None:
        findings.append(request.finding(rule, severity, Say(f"say.file.{key}", words), item.place(column.name), text))

    if not isinstance(text, str):
        return None, findings
    path = folders.find(text)
    fault = _unusable(path, text, folders)
    if fault:
        tell(column.rule, "error", fault[0], **fault[1])
    if path is None or fault:
        return None, findings
    return _looked_at(path, item, column, spec, tell), findings


def _unusable(path: Path | None, text: str, folders: Folders) -> tuple[str, dict[str, object]] | None:
    """P4: why the file cannot be taken."""
    if path is None:
        near = folders.nearest(text)
        words: dict[str, object] = {"folders": tuple(str(root) for root in folders.roots), "near": near}
        return ("missing_near" if near else "missing", words)
    if not folders.holds(path):
        return ("outside", {"folders": tuple(str(root) for root in folders.roots)})
    if not path.is_file():
        return ("no_file", {})
    try:
        with path.open("rb"):
            return ("empty", {}) if path.stat().st_size == 0 else None
    except OSError as error:
        return ("unreadable", {"reason": error.strerror or str(error)})


def _looked_at(path: Path, item: Item, column: Field, spec: Spec, tell: object) -> Source | None:
    """P5, P6, P8: format, size, and whether it opens."""
    assert callable(tell)
    formats = spec.lists[_list_of(column, spec)]
    format_ = next(
        (code for code, ends in zip(formats.codes, formats.endings, strict=True) if _ending(path) in ends), None
    )
    size = path.stat().st_size
    if format_ is None:
        tell(
            "P5",
            "error",
            "ending",
            ending=_ending(path) or "–",
            known=tuple(e for ends in formats.endings for e in ends),
        )
        return None
    content = content_of(path)
    if content != format_:
        tell("P5", "error", "content" if content else "content_unknown", content=content, ending=_ending(path))
        return None
    words = {
        "megabytes": _megabytes(size),
        "bytes": size,
        "most": spec.limits.attachment_bytes,
        "safe": spec.limits.attachment_safe_bytes,
    }
    if size > spec.limits.attachment_bytes:
        tell("P6", "error", "large", **words)
    elif size > spec.limits.attachment_safe_bytes:
        tell("P6", "warning", "rather_large", **words)
    why = trouble(path, format_) if size <= spec.limits.attachment_bytes else None
    if why:
        tell("P8", "warning", why)
    return _made(path, size, format_, item, column, spec)


def _made(path: Path, size: int, format_: str, item: Item, column: Field, spec: Spec) -> Source:
    kinds = spec.lists[spec.block(column.block)[column.type or ""].list or ""]
    names = dict(zip(kinds.codes, kinds.in_names or kinds.codes, strict=True))
    formats = spec.lists[_list_of(column, spec)]
    ending = dict(zip(formats.codes, formats.endings, strict=True))[format_][0]
    kind = item[column.type or ""]
    return Source(
        path=path, size=size, format=format_, ending=ending, code=names.get(kind, "") if isinstance(kind, str) else ""
    )


def _list_of(column: Field, spec: Spec) -> str:
    return spec.block(column.block)[column.format or ""].list or ""


def _ending(path: Path) -> str:
    return path.suffix.removeprefix(".").lower()


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.2f}"

"""What was not used: columns and sheets that nobody reads, files that no request names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath
from typing import Literal

from converter.cells import fold
from converter.findings import Finding
from converter.report.subject import Workbook
from converter.spec.model import Spec
from converter.wording import LANGUAGES, catalog

_MOST_SCANNED = 20_000  # names in the folders
_MOST_NAMED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A sheet that was not read, and why: it is blank, it is the template's own, or nobody knows it."""

    name: str
    why: Literal["blank", "own", "stray"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """What was left out. `others` counts the files of kinds that the agency does not take, `more` those not named."""

    columns: tuple[Finding, ...]
    sheets: tuple[Leftover, ...]
    files: tuple[str, ...]
    more: int
    others: int


def unused(workbook: Workbook, findings: tuple[Finding, ...], spec: Spec) -> Unused:
    """What of a workbook and its folders no request uses."""
    files, others = _files(workbook, spec)
    return Unused(
        columns=tuple(one for one in findings if one.rule == "X2"),
        sheets=tuple(_sheets(workbook, spec)),
        files=tuple(files[:_MOST_NAMED]),
        more=max(0, len(files) - _MOST_NAMED),
        others=others,
    )


def _sheets(workbook: Workbook, spec: Spec) -> Iterator[Leftover]:
    read = {table.title for table in workbook.tables.found.values()}
    known = {fold(sheet.name) for sheet in spec.sheets}
    own = {fold(catalog(lang)[f"template.{name}"]) for lang in LANGUAGES for name in ("guide_sheet", "lists_sheet")}
    for title in workbook.titles:
        if title not in read:
            name = fold(title)
            yield Leftover(name=title, why="blank" if name in known else "own" if name in own else "stray")


def _files(workbook: Workbook, spec: Spec) -> tuple[list[str], int]:
    """The files that could be enclosed and are not, and how many others there are; what the run made is neither."""
    made = {Path(one).resolve() for one in workbook.made}
    used = _used(workbook, spec) | made
    unnamed, others = list[str](), 0
    for folder in _folders(workbook, used - made):
        for path in _listed(folder):
            if path.resolve() in used:
                continue
            if is_scan(path.name, spec):
                unnamed.append(_short(path, workbook))
            else:
                others += 1
    return unnamed, others


def _used(workbook: Workbook, spec: Spec) -> set[Path]:
    """The files that requests name, usable or not."""
    column = spec.attachment
    used: set[Path] = set()
    for request in workbook.dossier.requests if column else ():
        for item, source in zip(request.items.get(column.block if column else "", ()), request.sources, strict=False):
            text = item[column.name] if column else None
            path = source.path if source else workbook.folders.find(text) if isinstance(text, str) else None
            if path is not None:
                used.add(path.resolve())
    return used


def _folders(workbook: Workbook, used: set[Path]) -> list[Path]:
    """Where files were looked for, and where some were found."""
    return list(
        dict.fromkeys([*(root.resolve() for root in workbook.folders.roots), *sorted({p.parent for p in used})])
    )


def _listed(folder: Path) -> Iterator[Path]:
    """The files of a folder, those left out that programs keep for themselves."""
    try:
        some = list(islice(folder.iterdir(), _MOST_SCANNED))
    except OSError:
        return
    yield from sorted(one for one in some if not one.name.startswith((".", "~$")) and one.is_file())


def is_scan(name: str, spec: Spec) -> bool:
    """Whether a file of that name could be enclosed."""
    return PurePath(name).suffix.removeprefix(".").lower() in _endings(spec)


def _endings(spec: Spec) -> set[str]:
    column = spec.attachment
    if column is None:
        return set()
    formats = spec.lists[spec.block(column.block)[column.format or ""].list or ""]
    return {ending for endings in formats.endings for ending in endings}


def _short(path: Path, workbook: Workbook) -> str:
    """The path as the workbook would name it."""
    roots = [root.resolve() for root in workbook.folders.roots]
    root = next((one for one in roots if path.is_relative_to(one)), None)
    return (path.relative_to(root) if root else path).as_posix()

"""An export and its mapping to the tables that a workbook would have given, each place the export's own cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping as Mapped, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from converter.cells import SPACES_AND_DOTS, Raw, clean, fold, nearest, show
from converter.errors import Xl2JsonError
from converter.export.faults import fault
from converter.export.grid import Grid, columns_of, header_of, names_of, read_grids
from converter.export.mapping import Mapping
from converter.findings import Finding, Place, sorted_findings
from converter.spec.model import Sheet, Spec
from converter.wording import Say
from converter.workbook.tables import Table, Tables

_NEAR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTable(Table):
    """A table that was made of an export. Its places are the export's: `lines[n]` is the line that gave the n-th row.

    `origins` says by tag which columns (from 0) of the export a value comes from, none for a constant; an array of
    tables has several, and `origin[n]` is the one that gave the n-th row. `export` is the export as it lies there.
    """

    lines: tuple[int, ...]
    origin: tuple[int, ...]
    origins: tuple[Mapped[str, tuple[int, ...]], ...]
    export: Table

    @property
    def seen(self) -> Table:
        """The export itself: the cells that places speak of."""
        return self.export

    def let_go(self) -> None:
        """Forget the cells, but those that tell which of several a value came from."""
        self.rows.clear()
        if all(len(columns) <= 1 for origins in self.origins for columns in origins.values()):
            object.__setattr__(self, "export", replace(self.export, rows=[]))

    def place(self, row: int, name: str, text: str | None = None) -> Place:
        """The export's cell that gave column `name` in `row`; of several, the one that holds `text`."""
        known = name if name in self.columns else (self.key or next(iter(self.columns), name))
        at = row - self.header - 1
        if not 0 <= at < len(self.lines):
            return Place(self.title, 0, self.export.header, 0, known)
        columns = self.origins[self.origin[at]].get(known, ())
        own = columns or tuple(self.export.columns.values())[:1]
        column = own[0] if len(own) == 1 else _holding(self.export.rows[self.lines[at] - 1], own, text)
        return Place(self.title, 0, self.lines[at], column, known)


def _holding(cells: Sequence[Raw], columns: Sequence[int], text: str | None) -> int:
    """That column of several whose cell holds `text`, else the first that holds something."""
    held = {column: _bare(cells[column]) for column in columns if column < len(cells)}
    wanted = _bare(text).lstrip("0")
    same = (column for column, one in held.items() if wanted and one.lstrip("0") == wanted)
    within = (column for column, one in held.items() if wanted and wanted in one)
    some = (column for column, one in held.items() if one)
    return next(same, next(within, next(some, columns[0])))


def _bare(raw: Raw) -> str:
    return SPACES_AND_DOTS.sub("", show(clean(raw)) or "").upper()


def read_export(path: Path, mapping: Mapping, spec: Spec, given: Iterable[str] = ()) -> Tables:
    """The tables that `mapping` makes of the export, and all that both give to say; `given` as in `read_tables`.

    With any fault of the mapping there are no tables. Raises Xl2JsonError where the export cannot be read.
    """
    if mapping.findings:
        return Tables(found={}, findings=mapping.findings)
    grids = read_grids(path, mapping.sheet, mapping.encoding, mapping.delimiter)
    faults = list(_sheet_faults(grids, mapping))
    if faults:
        return Tables(found={}, findings=tuple(faults))
    grid, header = _chosen(grids, mapping)
    if header == 0:
        raise Xl2JsonError("export.empty", name=path.name)
    columns = columns_of(grid, header)
    _refuse_one_column(path, grid, columns, mapping)
    faults = [*_lacking(grid, header, columns, mapping), *_doubled(grid, header, columns, mapping)]
    if faults:
        return Tables(found={}, findings=sorted_findings(faults))
    from converter.export.rows import Reading  # pandas: not before the export has proven to fit

    own = {name: columns[fold(name)][0] for name in mapping.lines()}
    found, findings = Reading(grid, header, own, mapping, spec).tables()
    missing = _without_source(mapping, spec, frozenset(given))
    return Tables(found=found, findings=(*missing, *findings))


def _sheet_faults(grids: Sequence[Grid], mapping: Mapping) -> Iterator[Finding]:
    titles = [grid.title for grid in grids]
    if mapping.sheet is None or any(grid.is_text for grid in grids) or fold(mapping.sheet) in map(fold, titles):
        return
    near = nearest(mapping.sheet, titles)
    words = {"near": near, "known": tuple(titles), "value": mapping.sheet}
    yield fault("M6", "no_sheet_near" if near else "no_sheet", mapping.name, mapping.sheet_line, "sheet", **words)


def _chosen(grids: Sequence[Grid], mapping: Mapping) -> tuple[Grid, int]:
    """That sheet, and its header's line, which holds most of the columns that the mapping names."""
    wanted = {fold(name) for name in mapping.lines()}
    headers = [header_of(grid, wanted) for grid in grids]
    best = max(range(len(grids)), key=lambda at: (headers[at][1], headers[at][0] > 0, -at), default=None)
    return (grids[best], headers[best][0]) if best is not None else (Grid(title="", rows=[]), 0)


def _refuse_one_column(path: Path, grid: Grid, columns: Mapped[str, object], mapping: Mapping) -> None:
    """A text without any delimiter is no table: that says more than that each column is missing."""
    lacks = any(fold(name) not in columns for name in mapping.lines())
    if grid.is_text and lacks and grid.delimiter is None:
        raise Xl2JsonError("export.one_column", name=path.name)


def _lacking(grid: Grid, header: int, columns: Mapped[str, object], mapping: Mapping) -> Iterator[Finding]:
    """M6, once for each name, with the nearest that are there."""
    from rapidfuzz import fuzz, process

    names = list(names_of(grid, header).values())
    told: set[str] = set()
    for name, line in mapping.lines().items():
        if fold(name) in columns or fold(name) in told:
            continue
        told.add(fold(name))
        best = process.extract(fold(name), list(map(fold, names)), scorer=fuzz.WRatio, limit=_NEAR, score_cutoff=60)
        near = tuple(names[at] for _, _, at in best) or tuple(names[:_NEAR])
        yield fault("M6", "no_column", mapping.name, line, name, value=name, near=near, title=grid.title, header=header)


def _doubled(grid: Grid, header: int, columns: Mapped[str, list[int]], mapping: Mapping) -> Iterator[Finding]:
    """M7: which of two columns of one name is meant, nobody can know."""
    told: set[str] = set()
    for name, line in mapping.lines().items():
        at = columns.get(fold(name), [])
        if len(at) > 1 and fold(name) not in told:
            told.add(fold(name))
            cells = tuple(Place("", 0, header, column, "").cell for column in at)
            yield fault("M7", "column_twice", mapping.name, line, name, value=name, cells=cells, title=grid.title)


def _without_source(mapping: Mapping, spec: Spec, given: frozenset[str]) -> Iterator[Finding]:
    """X1, once for each sheet: required columns for which the mapping names no source."""
    for sheet, columns in without_source(mapping, spec, given).items():
        say = Say("say.mapping.no_source", {"sheet": sheet, "columns": columns, "mapping": mapping.name})
        yield Finding(rule="X1", severity="error", say=say)


def without_source(mapping: Mapping, spec: Spec, given: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """The required columns without a source, by sheet; an optional sheet that the mapping leaves out needs none."""
    named = {sheet.name: _named(sheet, mapping) for sheet in spec.sheets}
    wanted = {
        sheet.name: tuple(
            one.name for one in sheet.fields if one.required and one.name not in given | (named[sheet.name] or set())
        )
        for sheet in spec.sheets
        if named[sheet.name] is not None or not sheet.optional
    }
    return {sheet: columns for sheet, columns in wanted.items() if columns}


def _named(sheet: Sheet, mapping: Mapping) -> set[str] | None:
    """The columns of a sheet that have a source; of an array each table may have its own. None: not in the mapping."""
    entries = [entry for entry in mapping.entries if entry.sheet == sheet.name]
    return {name for entry in entries for name in entry.sources} if entries else None

"""The row around a cell, as it stands in the spreadsheet: the header, the row, and its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from converter.cells import clean, column_letters, show
from converter.findings import Finding, Place
from converter.readback.decode import Node
from converter.readback.strict import shown
from converter.report.subject import Grid
from converter.request import Dossier
from converter.workbook.tables import Table, Tables

_AROUND = 2  # columns on either side of the cell
_LONGEST = 60  # characters of a cell that are shown


def clipped(text: str) -> str:
    """`text`, cut where it is too long for a small cell."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


class Sheets:
    """The grids of a workbook's cells."""

    def __init__(self, tables: Tables) -> None:
        self.by_title = {table.title: table.seen for table in tables.found.values()}

    def grid(self, finding: Finding) -> Grid | None:
        """The surroundings of a finding; None where it has no cell."""
        place = finding.place
        table = self.by_title.get(place.sheet) if place and not place.path else None
        return _grid(table, place) if table and place else None

    def read(self, place: Place) -> str:
        """What a cell holds, as a person sees it."""
        table = self.by_title.get(place.sheet)
        return _text(table, place.row, place.column) if table else ""


def _grid(table: Table, place: Place) -> Grid:
    columns = _columns(table, place)
    numbers = list(_numbers(table, place.row))
    rows = tuple((number, tuple(_text(table, number, column) for column in columns)) for number in numbers)
    return Grid(
        letters=tuple(map(column_letters, columns)),
        rows=rows,
        row=numbers.index(place.row),
        column=columns.index(place.column),
        has_header=table.header > 0,
    )


def _columns(table: Table, place: Place) -> list[int]:
    """The key's column, and those around the cell."""
    widest = max((len(table.rows[n - 1]) for n in {table.header, place.row} if 0 < n <= len(table.rows)), default=1)
    most = max(place.column, widest - 1)
    near = range(max(0, place.column - _AROUND), min(place.column + _AROUND, most) + 1)
    key = {table.columns[table.key]} if table.key else set()
    return sorted(key | set(near))


def _numbers(table: Table, row: int) -> Iterator[int]:
    """The header's row, then the row itself between its neighbours; blank neighbours tell nothing."""
    if table.header:
        yield table.header
    for number in (row - 1, row, row + 1):
        if number > table.header and (number == row or _has_text(table, number)):
            yield number


def _has_text(table: Table, number: int) -> bool:
    return number <= len(table.rows) and any(clean(cell) is not None for cell in table.rows[number - 1])


def _text(table: Table, row: int, column: int) -> str:
    cells = table.rows[row - 1] if 0 < row <= len(table.rows) else []
    return clipped(show(clean(cells[column])) or "") if column < len(cells) else ""


class Objects:
    """The grids of a JSON's values: the object they stand in, as one row."""

    def __init__(self, dossier: Dossier) -> None:
        items = [dossier.header, *(one for r in dossier.requests for some in r.items.values() for one in some)]
        nodes = [item.origin for item in items if isinstance(item.origin, Node)]
        self.trees: dict[str, Mapping[str, Any]] = {node.path: node.tree for node in nodes}

    def grid(self, finding: Finding) -> Grid | None:
        """The object around a finding's value; None where it has no path."""
        path, name = finding.path or "", finding.field or ""
        tree = self.trees.get(path.rpartition(f".{name}")[0]) if path else None
        return around(tree, name) if tree else None


def around(tree: Mapping[str, Any], name: str) -> Grid | None:
    """The keys of an object on either side of one of them, above their values; None where it is not there."""
    names = [one for one, value in tree.items() if not isinstance(value, dict) and not _is_objects(value)]
    if name not in names:
        return None
    at = names.index(name)
    first = max(0, at - _AROUND)
    near = names[first : at + _AROUND + 1]
    rows = (("", tuple(map(clipped, near))), ("", tuple(clipped(literal(tree[one])) for one in near)))
    return Grid(letters=(), rows=rows, row=1, column=at - first, has_header=True)


def _is_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def literal(value: Any) -> str:
    """A value of a JSON as the file has it; texts without their quotes, lists without their brackets."""
    if isinstance(value, list | tuple):
        return ", ".join(map(literal, value)) if value else "[]"
    return shown(value) or ("null" if value is None else "")

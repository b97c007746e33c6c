"""Rows of a workbook carried over into one in the template's form: each cell as it was read, and where it stands now.

Serves those copies that cannot be made of the original itself: of an .ods or .xls, or of some of its requests.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from converter.cells import Broken, Raw, clean, show
from converter.findings import Finding, Place
from converter.spec.model import Sheet, Spec
from converter.wording import Say
from converter.workbook.annotate import annotated_copy, marks_of
from converter.workbook.filled import content_of
from converter.workbook.form import FIRST, columns
from converter.workbook.kept import opened
from converter.workbook.tables import Table, Tables

_FIRST_YEAR = 1901
_LONGEST = 30_000  # characters of a cell; what is longer was refused long before
_IMPOSSIBLE = {0: 0xFFFD, 0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}

Keys = Mapping[str, Mapping[int, Raw]]


@dataclass(slots=True, kw_only=True)
class Carried:
    """Rows by block, as `content_of` takes them. `rows_now` tells where a row has gone: its sheet's name in the source
    and its row there -> the sheet and its row now; `broken` are the cells that hold an error, with what they show.
    """

    spec: Spec
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rows_now: dict[tuple[str, int], tuple[Sheet, int]] = field(default_factory=dict)
    broken: list[tuple[Place, str]] = field(default_factory=list)

    def place(self, old: Place) -> Place | None:
        """Where that cell is now; None for one that was not carried over, such as a header."""
        sheet, row = self.rows_now.get((old.sheet, old.row), (None, 0))
        if sheet is None:
            return None
        names = [one.name for one in columns(self.spec, sheet)]
        column = names.index(old.field) if old.field in names else 0
        return Place(sheet.name, sheet.rank, row, column, names[column])

    def finding(self, old: Finding) -> Finding:
        """The finding at the cell's new place, other rows that it names included."""
        if old.place is None:
            return old
        first = self.rows_now.get((old.place.sheet, old.say.params.get("first", 0)))
        say = Say(old.say.key, {**old.say.params, "first": first[1]}) if first else old.say
        return replace(old, place=self.place(old.place), say=say)


def carry(tables: Tables, spec: Spec, keys: Keys, header: Mapping[str, str]) -> Carried:
    """The rows that `keys` names (sheet of the spec -> row -> the key to write); the file's header is always one.

    What the header leaves blank comes from `header`.
    """
    carried = Carried(spec=spec)
    for sheet in spec.sheets:
        table = tables.found.get(sheet.name)
        block = next(one.id for one in spec.blocks if one.sheet == sheet.name)
        numbers: Iterable[int] = keys.get(sheet.name, {})
        if table is not None and sheet.rows == "file":
            numbers = [n for n in range(table.header + 1, len(table.rows) + 1) if _is_used(table, n)]
        rows = carried.rows[block] = []
        for number in numbers if table is not None else ():
            assert table is not None
            carried.rows_now[table.title, number] = sheet, FIRST + len(rows)
            row = _row(carried, table, number)
            rows.append(row if sheet.rows == "file" else row | {spec.key.column: _typed(keys[sheet.name][number])})
        if sheet.rows == "file":
            rows[:] = rows or [{}]
            rows[0] |= {name: text for name, text in header.items() if clean(rows[0].get(name)) is None}
    return carried


def _is_used(table: Table, number: int) -> bool:
    row = table.rows[number - 1]
    return any(column < len(row) and clean(row[column]) is not None for column in table.columns.values())


def _row(carried: Carried, table: Table, number: int) -> dict[str, Any]:
    raw, row = table.rows[number - 1], {}
    for name, column in table.columns.items():
        value = clean(raw[column]) if column < len(raw) else None
        row[name] = _typed(value)
        place = carried.place(table.place(number, name))
        if isinstance(value, Broken) and place is not None:
            carried.broken.append((place, value.shown or "#N/A"))
    return row


def _typed(raw: Raw) -> Any:
    """A cell's content as a new cell can hold it."""
    match raw:
        case Broken():  # set afterwards: no text may stand for an error
            return None
        case str():
            return raw.encode("utf-8", "replace").decode("utf-8").translate(_IMPOSSIBLE)[:_LONGEST]
        case time() | timedelta():
            return show(raw)
        case date() if raw.year < _FIRST_YEAR:
            return show(raw)
        case float() if not math.isfinite(raw):
            return show(raw)
    return raw


def form_copy(carried: Carried, lang: str) -> bytes:
    """The bytes of the workbook in the template's form that holds the rows."""
    content = content_of(carried.spec, lang, carried.rows)
    if not carried.broken:
        return content
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "form.xlsx")
        path.write_bytes(content)
        made = opened(path)
        for place, shown in carried.broken:
            cell: Any = made.book[place.sheet].cell(place.row, place.column + 1)
            cell.value, cell.data_type = shown, "e"
        return made.packed()


def annotated_form(carried: Carried, findings: Sequence[Finding], lang: str) -> bytes:
    """That workbook with `findings`, which speak of the source's cells, marked at its own, and listed."""
    moved = [carried.finding(one) for one in findings]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "form.xlsx")
        path.write_bytes(form_copy(carried, lang))
        return annotated_copy(path, carried.spec, (), marks_of(moved, lang), lang, todo=moved)

"""The agency's answer in the sheet that is for it: each request's row filled in, the sheet made where it is missing."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from converter.cells import Broken, Raw, clean, fold, show, trim
from converter.spec.model import Sheet, Spec
from converter.values import FAULTY
from converter.values.identifier import repaired_key
from converter.workbook.blank import write_blank
from converter.workbook.kept import anchor, cells, look_of, put
from converter.workbook.tables import Table, Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What the agency said of a request: None where it said nothing. `number` is the editor's number it left under."""

    demande: str
    number: str
    asp: str | None = None
    code: str | None = None
    label: str | None = None


@dataclass(slots=True, kw_only=True)
class _Target:
    """The treatment sheet: where its columns stand (from 0), which one is the key, and which row is whose."""

    page: Worksheet
    columns: dict[str, int]
    key: str
    by_number: bool
    rows: dict[str, int]
    filled: frozenset[int]
    next: int

    def row_of(self, key: str) -> int:
        """The row of that key, a new one where it has none."""
        if key not in self.rows:
            while self.next in self.filled or self.is_merged(self.next):
                self.next += 1
            self.rows[key] = self.next
            self.next += 1
        return self.rows[key]

    def is_merged(self, row: int) -> bool:
        return any(isinstance(self.page.cell(row, one + 1), MergedCell) for one in self.columns.values())

    def put(self, row: int, name: str, text: str | None) -> None:
        cell = anchor(self.page, row, self.columns[name])
        if cell.row == row:
            put(cell, text)


def fill_in(
    book: Workbook, spec: Spec, titles: Sequence[str], tables: Tables, treatments: Sequence[Treatment], lang: str
) -> None:
    """Write the treatments into the sheet of `book` that `tables` was read from; makes what of it is missing."""
    fields = spec.answer
    if fields is None:  # the spec knows no answer
        return
    asp, code, label = (path.partition(".")[2] for path in (fields.asp, fields.code, fields.label))
    sheet = next(one for one in spec.sheets if one.name == spec.block(fields.block).sheet)
    target = _target(book, spec, sheet, titles, tables, lang)
    for one in treatments:
        key = one.number if target.by_number else one.demande
        known = _key(key, spec, target.by_number) or key
        is_new, row = known not in target.rows, target.row_of(known)
        if is_new:
            target.put(row, target.key, key)
        if target.key != spec.number.name:
            target.put(row, spec.number.name, one.number)
        if one.asp is not None:
            target.put(row, asp, one.asp)
        target.put(row, code, one.code)
        target.put(row, label, one.label)


def _target(book: Workbook, spec: Spec, sheet: Sheet, titles: Sequence[str], tables: Tables, lang: str) -> _Target:
    title = next((one for one in titles if fold(one) == fold(sheet.name)), None)
    page = book[title] if title else book.create_sheet(sheet.name)
    table, requests = tables.found.get(sheet.name), tables.found.get(spec.request.sheet)
    by_number = requests is not None and requests.key == spec.number.name
    if table is None:
        header, columns = _whole_sheet(page, spec, sheet, lang)
        rows: list[list[Raw]] = []
    else:
        header, columns, rows = table.header or 1, dict(table.columns), table.rows
        _add_columns(page, header, columns, _missing(table, spec, by_number), spec, lang)
    key = spec.key.column if spec.key.column in columns else spec.number.name
    by_number = by_number or key == spec.number.name
    return _Target(
        page=page,
        columns=columns,
        key=key,
        by_number=by_number,
        rows=_rows(rows, header, columns[key], spec, by_number),
        filled=frozenset(number for number, row in enumerate(rows, 1) if any(clean(raw) is not None for raw in row)),
        next=header + 1,
    )


def _missing(table: Table, spec: Spec, by_number: bool) -> list[str]:
    """The columns that the sheet lacks. Rows that are found by their number are not given another key."""
    names = [one.name for one in table.sheet.fields]
    is_empty = not any(clean(raw) is not None for row in table.rows[table.header or len(table.rows) :] for raw in row)
    if not by_number and (table.key is None or is_empty):
        names.insert(0, spec.key.column)
    return [name for name in names if name not in table.columns]


def _rows(rows: list[list[Raw]], header: int, column: int, spec: Spec, by_number: bool) -> dict[str, int]:
    """Key -> the first row that bears it."""
    found: dict[str, int] = {}
    for number, row in enumerate(rows[header:], header + 1):
        key = _key(row[column], spec, by_number) if column < len(row) else None
        if key is not None:
            found.setdefault(key, number)
    return found


def _key(raw: Raw, spec: Spec, by_number: bool) -> str | None:
    """A key as keys compare; None for a blank cell."""
    if clean(raw) is None or isinstance(raw, Broken):
        return None
    if by_number and spec.number.form:
        value = repaired_key(raw, spec.number.form).value
        if value is not FAULTY:
            return str(value)
    return trim(show(raw) or "")


def _whole_sheet(page: Worksheet, spec: Spec, sheet: Sheet, lang: str) -> tuple[int, dict[str, int]]:
    """Make the template's sheet on a blank page; returns the header's row and where the columns stand."""
    model = _template(spec, lang)[sheet.name]
    for merged in list(page.merged_cells.ranges):
        page.unmerge_cells(str(merged))
    page.column_dimensions.clear()  # of several columns at once, which those of the template would overlap
    for row in model.iter_rows():
        for cell in row:
            _copy_cell(cell, page.cell(cast(int, cell.row), cast(int, cell.column)))
    for number, line in model.row_dimensions.items():
        page.row_dimensions[number].height = line.height
    for letter, column in model.column_dimensions.items():
        _copy_column(column, page.column_dimensions[letter])
    page.freeze_panes, page.sheet_properties.tabColor = model.freeze_panes, model.sheet_properties.tabColor
    header = _header(model, spec)
    return header, {str(cell.value): at for at, cell in enumerate(model[header]) if cell.value}


def _add_columns(
    page: Worksheet, header: int, columns: dict[str, int], names: list[str], spec: Spec, lang: str
) -> None:
    """Give the sheet these columns, to the right of all that it holds."""
    if not names:
        return
    model = next(one for one in _template(spec, lang).worksheets if fold(one.title) == fold(page.title))
    like = {str(cell.value): cell for cell in model[_header(model, spec)]}
    used = {cell.column for cell in cells(page) if cell.value is not None}
    used |= {merged.max_col for merged in page.merged_cells.ranges}
    for column, name in enumerate(names, max(used, default=0) + 1):
        _copy_cell(like[name], page.cell(header, column))
        if look_of(page, column) is None:
            old = model.column_dimensions[cast(Any, like[name]).column_letter]
            _copy_column(old, page.column_dimensions[get_column_letter(column)])
        columns[name] = column - 1


def _template(spec: Spec, lang: str) -> Workbook:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "template.xlsx")
        write_blank(spec, path, lang)
        return load_workbook(path)


def _header(model: Worksheet, spec: Spec) -> int:
    return next(row for row in range(1, 11) if model.cell(row, 1).value == spec.key.column)


def _copy_column(old: Any, new: Any) -> None:
    new.width = old.width
    _copy_look(old, new)


def _copy_cell(old: Any, new: Any) -> None:
    put(new, old.value)
    _copy_look(old, new)


def _copy_look(old: Any, new: Any) -> None:
    for look in ("font", "fill", "border", "alignment", "number_format", "protection"):
        setattr(new, look, copy(getattr(old, look)))

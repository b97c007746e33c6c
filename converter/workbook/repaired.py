"""A copy of a workbook in which some cells hold another value, each of the kind that its column wants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl.styles.numbers import is_date_format

from converter.cells import show_number
from converter.findings import Place
from converter.values.day import shown
from converter.workbook.kept import anchor, opened, put

_DATE, _AMOUNT, _TEXT = "dd/mm/yyyy", "#,##0.00", "@"
_FIRST_YEAR = 1901  # spreadsheet programs count differently, or not at all, before


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What a cell will hold; `kind` is the repair's name, `old` and `new` are shown, `value` is what is written."""

    place: Place
    kind: str
    old: str
    new: str
    value: str | date | Decimal


def repaired_copy(source: Path, repairs: Iterable[Repair]) -> bytes:
    """The bytes of a copy of `source` (.xlsx or .xlsm) with the repairs made; all else stays as it is.

    Dates and amounts are written as such, all else as text. A formula gives way to its repaired value. Raises
    Xl2JsonError where the workbook cannot be read.
    """
    made = opened(source)
    for one in repairs:
        cell = anchor(made.book[one.place.sheet], one.place.row, one.place.column)
        _write(cell, one.value)
    return made.packed()


def _write(cell: Any, value: str | date | Decimal) -> None:
    if isinstance(value, date) and value.year >= _FIRST_YEAR:
        look = cell.number_format
        cell.value = value
        cell.number_format = look if is_date_format(look) and "h" not in look.lower() else _DATE
    elif isinstance(value, Decimal) and Decimal(show_number(float(value))) == value:
        cell.value = value
        cell.number_format = _AMOUNT if cell.number_format in ("General", _TEXT) else cell.number_format
    else:
        put(cell, shown(value) if isinstance(value, date) else str(value))
        cell.number_format = _TEXT

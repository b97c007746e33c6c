"""`.xls` (Excel 97-2003): read with xlrd, which keeps error cells apart and rows as short as they are."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime, time
from pathlib import Path
from typing import Any

from converter.cells import Broken, Raw
from converter.errors import Xl2JsonError


class XlsBook:
    """An `.xls` file. Sheets are read when asked for."""

    def __init__(self, path: Path) -> None:
        import xlrd

        self._xlrd = xlrd
        try:
            self._book = xlrd.open_workbook(path, logfile=io.StringIO(), on_demand=True, ragged_rows=True)
        except xlrd.XLRDError as error:
            key = "workbook.password" if "encrypted" in str(error) else "workbook.damaged"
            raise Xl2JsonError(key, name=path.name) from error

    @property
    def titles(self) -> tuple[str, ...]:
        """The names of the sheets, in order."""
        return tuple(self._book.sheet_names())

    def rows(self, title: str) -> list[list[Raw]]:
        """The sheet's rows from row 1 and column A on; rows are as short as they are."""
        sheet = self._book.sheet_by_name(title)
        return [[self._raw(cell) for cell in sheet.row(row)] for row in range(sheet.nrows)]

    def sheets(self, titles: Iterable[str]) -> dict[str, list[list[Raw]]]:
        """The rows of several sheets."""
        return {title: self.rows(title) for title in titles}

    def close(self) -> None:
        """Let go of the file."""
        self._book.release_resources()

    def _raw(self, cell: Any) -> Raw:
        match cell.ctype:
            case self._xlrd.XL_CELL_ERROR:
                return Broken(self._xlrd.error_text_from_code.get(cell.value, "#N/A"))
            case self._xlrd.XL_CELL_BOOLEAN:
                return bool(cell.value)
            case self._xlrd.XL_CELL_DATE:
                return self._date(cell.value)
            case self._xlrd.XL_CELL_EMPTY | self._xlrd.XL_CELL_BLANK:
                return None
        return cell.value  # type: ignore[no-any-return]

    def _date(self, value: float) -> Raw:
        try:
            day: datetime = self._xlrd.xldate_as_datetime(value, self._book.datemode)
        except (ValueError, OverflowError):
            return value
        if value < 1:
            return day.time()
        return day.date() if day.time() == time() else day

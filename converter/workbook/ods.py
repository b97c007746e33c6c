"""`.ods`: python-calamine reads the values; a pass over the XML beforehand measures the sheets.

In this format a run of equal cells or rows is written once with a count, so that few bytes may unfold to millions of
cells; and a formula's error is an ordinary text to calamine.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any
from xml.parsers import expat

from converter.cells import Broken, Raw, a1
from converter.errors import Xl2JsonError
from converter.workbook.xlsx import MOST_CELLS, refuse_bombs

_LONGEST_TEXT = 32_767
_MOST_SPACES = 10_000  # written as one with a count


@dataclass(kw_only=True)
class _Table:
    row: int = 0
    column: int = 0
    last_row: int = 0
    last_column: int = 0
    rows_repeated: int = 1
    far: str = ""
    broken: dict[tuple[int, int], Broken] = field(default_factory=dict)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)


class _Measure:
    """Expat handlers that follow rows and cells, repeats counted, and note cells without a usable value."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tables: dict[str, _Table] = {}
        self.table: _Table | None = None
        self.cell: dict[str, str] | None = None
        self.text = ""
        self.has_marks = self.in_note = False

    def parse(self, file: Any) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.StartDoctypeDeclHandler = self.doctype
        parser.ParseFile(file)

    def doctype(self, *_: Any) -> None:
        raise Xl2JsonError("workbook.doctype", name=self.name)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self.table = self.tables.setdefault(attributes.get("table:name", ""), _Table())
        elif self.table is None:
            return
        elif tag == "table:table-row":
            self.table.column = 0
            self.table.rows_repeated = int(attributes.get("table:number-rows-repeated", 1))
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self.cell, self.text = attributes, ""
            self.has_marks = False
        elif tag == "office:annotation":
            self.in_note = True
        elif tag == "text:s":
            self.spaces(int(attributes.get("text:c", 1)))
        elif tag in ("text:tab", "text:line-break"):  # calamine would join the words around it
            self.has_marks = True
            self.characters("\t" if tag == "text:tab" else "\n")
        elif tag == "text:p" and self.text:
            self.characters("\n")

    def spaces(self, count: int) -> None:
        if count > _MOST_SPACES:
            raise Xl2JsonError("workbook.odd", name=self.name)
        self.characters(" " * count)

    def characters(self, text: str) -> None:
        if self.cell is not None and not self.in_note and len(self.text) < _LONGEST_TEXT:
            self.text += text

    def end(self, tag: str) -> None:
        if self.table is None:
            return
        if tag == "office:annotation":
            self.in_note = False
        elif tag == "table:table":
            self.table = None
        elif tag == "table:table-row":
            self.table.row += self.table.rows_repeated
        elif tag in ("table:table-cell", "table:covered-table-cell") and self.cell is not None:
            self.end_cell(self.table, self.cell)
            self.cell = None

    def end_cell(self, table: _Table, cell: dict[str, str]) -> None:
        repeated = int(cell.get("table:number-columns-repeated", 1))
        last_row, last_column = table.row + table.rows_repeated, table.column + repeated - 1
        if self.text or cell.get("office:value-type"):
            if last_row * (last_column + 1) > MOST_CELLS:
                table.far = a1(last_row, last_column)
            table.last_row, table.last_column = max(table.last_row, last_row), max(table.last_column, last_column)
        broken = _broken(cell, self.text)
        marked = self.text if self.has_marks and cell.get("office:value-type") == "string" else None
        if (broken or marked) and table.rows_repeated * repeated <= _MOST_SPACES:
            for down, across in product(range(table.rows_repeated), range(repeated)):
                at = (table.row + 1 + down, table.column + across)
                if broken:
                    table.broken[at] = broken
                elif marked:
                    table.texts[at] = marked
        table.column += repeated


def _broken(cell: dict[str, str], text: str) -> Broken | None:
    is_formula = "table:formula" in cell
    if cell.get("calcext:value-type") == "error" or (
        is_formula and text.startswith(("#", "Err:")) and "!" in text + "!"
    ):
        return Broken(text or "#N/A")
    if is_formula and "office:value-type" not in cell and not text:
        return Broken("", formula=True)
    return None


class OdsBook:
    """An `.ods` file. Sheets are read when asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        measure = _Measure(path.name)
        with zipfile.ZipFile(path) as archive:
            self._refuse(archive)
            with archive.open("content.xml") as file:
                measure.parse(file)
        self._tables = measure.tables
        self._values: Any = None

    @property
    def titles(self) -> tuple[str, ...]:
        """The names of the sheets, in order."""
        return tuple(self._tables)

    def rows(self, title: str) -> list[list[Raw]]:
        """The sheet's rows from row 1 and column A on."""
        import python_calamine

        table = self._tables[title]
        if table.last_row * (table.last_column + 1) > MOST_CELLS:
            far = table.far or a1(table.last_row, table.last_column)
            raise Xl2JsonError("workbook.far", name=self.path.name, sheet=title, cell=far)
        if self._values is None:
            with self.path.open("rb") as file:  # not by name, which may be in no alphabet
                self._values = python_calamine.load_workbook(file)
        rows: list[list[Raw]] = self._values.get_sheet_by_name(title).to_python(skip_empty_area=False)
        for (row, column), broken in (table.broken | table.texts).items():
            while len(rows) < row:
                rows.append([])
            rows[row - 1] += [None] * (column + 1 - len(rows[row - 1]))
            rows[row - 1][column] = broken
        return rows

    def sheets(self, titles: Iterable[str]) -> dict[str, list[list[Raw]]]:
        """The rows of several sheets."""
        return {title: self.rows(title) for title in titles}

    def close(self) -> None:
        """Let go of the file."""
        if self._values is not None:
            self._values.close()

    def _refuse(self, archive: zipfile.ZipFile) -> None:
        """Bombs and passwords; the manifest is read to its end, since calamine does so too."""
        refuse_bombs(archive, self.path.name)
        manifest = "META-INF/manifest.xml"
        if manifest in archive.namelist() and b"encryption-data" in archive.read(manifest):
            raise Xl2JsonError("workbook.password", name=self.path.name)

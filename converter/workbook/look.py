"""A second look at a sheet's XML, cell by cell: where it really ends, and which cells have no usable value.

python-calamine lays out the whole rectangle that a sheet spans, and shows neither errors nor formulas that were never
computed. What it needs to be kept from, and what it does not tell, is found here with Python's own parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from converter.cells import Broken, a1, column_number
from converter.errors import Xl2JsonError

LAST_ROW = 1_048_576
LAST_COLUMN = 16_383
_NAME = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_LONGEST_ERROR = 40


@dataclass(kw_only=True)
class Look:
    """A sheet's last row and column in use (as large as a plain sheet can be, until measured), and its broken cells."""

    last_row: int = 99_999
    last_column: int = 25
    broken: dict[tuple[int, int], Broken] = field(default_factory=dict)
    size: int = 0

    @property
    def cells(self) -> int:
        """The rectangle that a reader would have to lay out."""
        return self.last_row * (self.last_column + 1)

    @property
    def far(self) -> str:
        """The corner of that rectangle."""
        return a1(self.last_row, self.last_column)


def measure(chunks: Iterable[bytes], look: Look, name: str) -> None:
    """Fill `look` in from the sheet's XML. Raises Xl2JsonError for what no workbook holds, ExpatError for bad XML."""
    handlers = _Handlers(look, name)
    parser = expat.ParserCreate()
    parser.StartElementHandler = handlers.start
    parser.EndElementHandler = handlers.end
    parser.CharacterDataHandler = handlers.characters
    parser.StartDoctypeDeclHandler = handlers.doctype
    for chunk in chunks:
        look.size += len(chunk)
        parser.Parse(chunk)
    parser.Parse(b"", True)


class _Handlers:
    """Follows rows and cells; a cell or row without a name stands beside or below the one before it."""

    def __init__(self, look: Look, name: str) -> None:
        self.look, self.name = look, name
        self.row, self.column = 0, -1
        self.kind = self.text = ""
        self.in_value = self.has_formula = self.has_value = self.is_used = False

    def doctype(self, *_: object) -> None:
        raise Xl2JsonError("workbook.doctype", name=self.name)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), -1
        elif tag == "c":
            self.row, self.column = self.place(attributes.get("r"))
            self.kind, self.text = attributes.get("t", ""), ""
            self.has_formula = self.has_value = self.is_used = False
        elif tag in ("v", "is", "f"):
            self.is_used, self.in_value = True, tag == "v"
            self.has_formula = self.has_formula or tag == "f"
            self.has_value = self.has_value or tag == "v"

    def place(self, cell: str | None) -> tuple[int, int]:
        if cell is None:
            return self.row, self.column + 1
        match = _NAME.fullmatch(cell)
        if not match:
            raise Xl2JsonError("workbook.odd", name=self.name)
        return int(match[2]), column_number(match[1].upper())

    def characters(self, text: str) -> None:
        if self.in_value and len(self.text) < _LONGEST_ERROR:
            self.text += text

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "v":
            self.in_value = False
        elif tag == "c" and self.is_used:
            self.end_cell()

    def end_cell(self) -> None:
        look, row, column = self.look, self.row, self.column
        if not (0 < row <= LAST_ROW and 0 <= column <= LAST_COLUMN):
            raise Xl2JsonError("workbook.odd", name=self.name)
        look.last_row, look.last_column = max(look.last_row, row), max(look.last_column, column)
        if self.kind == "e":
            look.broken[row, column] = Broken(self.text or "#N/A")
        elif self.has_formula and not self.text and not (self.kind == "str" and self.has_value):
            look.broken[row, column] = Broken("", formula=True)

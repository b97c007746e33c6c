"""`.xlsx` and `.xlsm`: python-calamine reads the values; a look at the XML beforehand keeps it from harm.

calamine is fast, but it takes the machine down with it where one stray cell stands at the far end of a sheet, and it
shows neither Excel's errors nor formulas that were never computed. The look finds those, and zip bombs, in one pass.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from converter.cells import Broken, Raw, column_number
from converter.errors import Xl2JsonError

MOST_CELLS = 4_000_000  # of the rectangle that calamine lays out in memory: about 130 MB
_MOST_RATIO = 100  # honest sheets stay below 20, bombs are above 400
_SMALL = 4 * 2**20  # below that a ratio says nothing
_MOST_UNPACKED = 2**30
_MOST_SPARSE = 64 * 2**20  # what openpyxl may be asked to read
_CHUNK = 4 * 2**20
_LONGEST_ROW = 64 * 2**20

_ROW = re.compile(rb"<(?:\w+:)?row\b")
_ATTR = rb"""\br=["']([A-Z]+)([0-9]+)["']"""
# A cell with a content, beyond column Z or below row 99 999: what may make the rectangle large.
_FAR = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["'](?:([A-Z]{2,3})([0-9]+)|([A-Z])([0-9]{6,}))["'](?:[^>]*[^/])?>""")
_ERROR = re.compile(rb"""<(?:\w+:)?c\b([^>]*\bt=["']e["'][^>]*)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<""", re.S)
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_IS_TEXT = re.compile(rb"""\bt=["']str["']""")


@dataclass(kw_only=True)
class Look:
    """What the look at a sheet's XML found: its last row and column in use, and the cells without a usable value."""

    last_row: int = 99_999
    last_column: int = 25
    far: str | None = None
    broken: dict[tuple[int, int], Broken] = field(default_factory=dict)
    size: int = 0

    def take(self, chunk: bytes, name: str) -> None:
        """Look at one more piece of the sheet; pieces end between rows."""
        for match in _FAR.finditer(chunk):
            letters, row = match[1] or match[3], int(match[2] or match[4])
            if row > self.last_row or column_number(letters.decode()) > self.last_column:
                self.far = f"{letters.decode()}{row}"
            self.last_row = max(self.last_row, row)
            self.last_column = max(self.last_column, column_number(letters.decode()))
        if b't="e"' in chunk or b"t='e'" in chunk:
            for match in _ERROR.finditer(chunk):
                self.broken[_place(match[1], name)] = Broken(match[2].decode("utf-8", "replace"))
        if b"<f" in chunk or b":f" in chunk:
            for match in _FORMULA.finditer(chunk):
                if not _IS_TEXT.search(match[1]):
                    self.broken[_place(match[1], name)] = Broken("", formula=True)

    @property
    def cells(self) -> int:
        """The rectangle that a reader would have to lay out."""
        return self.last_row * (self.last_column + 1)


def _place(attributes: bytes, name: str) -> tuple[int, int]:
    match = re.search(_ATTR, attributes)
    if not match:  # allowed by the standard, written by no spreadsheet program
        raise Xl2JsonError("workbook.odd", name=name)
    return int(match[2]), column_number(match[1].decode())


class XlsxBook:
    """An `.xlsx` or `.xlsm` file. Sheets are read when asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._archive = zipfile.ZipFile(path)
        _refuse_bombs(self._archive, path.name)
        self._members = self._sheet_members()
        for member in ("xl/sharedStrings.xml", "xl/styles.xml"):
            if member in self._archive.namelist():
                for _ in self._chunks(member):
                    pass
        self._values: Any = None

    @property
    def titles(self) -> tuple[str, ...]:
        """The names of the sheets, in order."""
        return tuple(self._members)

    def rows(self, title: str) -> list[list[Raw]]:
        """The sheet's rows from row 1 and column A on; rows may be shorter than the widest one."""
        look = self._look(title)
        rows = self._sparse(title, look) if look.cells > MOST_CELLS else self._dense(title)
        for (row, column), broken in look.broken.items():
            while len(rows) < row:
                rows.append([])
            line = rows[row - 1]
            line += [None] * (column + 1 - len(line))
            line[column] = broken
        return rows

    def close(self) -> None:
        """Let go of the file."""
        self._archive.close()
        if self._values is not None:
            self._values.close()

    def _sheet_members(self) -> dict[str, str]:
        """Sheet name -> member of the zip."""
        targets = {
            one.get("Id", ""): one.get("Target", "")
            for one in self._xml("xl/_rels/workbook.xml.rels")
            if one.get("Type", "").endswith("/worksheet")
        }
        members = {}
        for one in self._xml("xl/workbook.xml").iter():
            if one.tag.endswith("}sheet"):
                relation = next((value for key, value in one.attrib.items() if key.endswith("}id")), "")
                if relation in targets:
                    members[one.get("name", "")] = _member(targets[relation])
        return members

    def _xml(self, member: str) -> ElementTree.Element:
        return ElementTree.fromstring(b"".join(self._chunks(member)))  # noqa: S314 - no DOCTYPE gets this far

    def _chunks(self, member: str) -> Iterator[bytes]:
        """The member's content, its length and checksum proven by reading it to the end."""
        with self._archive.open(member) as file:
            tail = b""
            while chunk := file.read(_CHUNK):
                if b"<!DOCTYPE" in tail + chunk:
                    raise Xl2JsonError("workbook.doctype", name=self.path.name)
                tail = chunk[-16:]
                yield chunk

    def _look(self, title: str) -> Look:
        look, rest = Look(), b""
        for chunk in self._chunks(self._members[title]):
            look.size += len(chunk)
            rest += chunk
            cut = max((match.start() for match in _ROW.finditer(rest, max(0, len(rest) - 2**16))), default=0)
            if cut == 0 and len(rest) > _LONGEST_ROW:
                raise Xl2JsonError("workbook.odd", name=self.path.name)
            look.take(rest[:cut], self.path.name)
            rest = rest[cut:]
        look.take(rest, self.path.name)
        return look

    def _dense(self, title: str) -> list[list[Raw]]:
        import python_calamine

        if self._values is None:
            self._values = python_calamine.load_workbook(str(self.path))
        return self._values.get_sheet_by_name(title).to_python(skip_empty_area=False)  # type: ignore[no-any-return]

    def _sparse(self, title: str, look: Look) -> list[list[Raw]]:
        """The rows of a sheet with a stray cell far out; openpyxl holds only what is there."""
        if look.size > _MOST_SPARSE:
            raise Xl2JsonError("workbook.far", name=self.path.name, sheet=title, cell=look.far)
        import openpyxl

        book = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
        try:
            sheet = book[title]
            sheet.reset_dimensions()
            nothing: list[Raw] = []
            return [[_raw(value) for value in row] if row else nothing for row in sheet.iter_rows(values_only=True)]
        finally:
            book.close()


def _raw(value: Any) -> Raw:
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return value  # type: ignore[no-any-return]


def _member(target: str) -> str:
    path = PurePosixPath("xl") / target
    return str(path).lstrip("/") if target.startswith("/") else str(path)


def _refuse_bombs(archive: zipfile.ZipFile, name: str) -> None:
    for member in archive.infolist():
        if member.file_size > _SMALL and member.file_size > _MOST_RATIO * max(member.compress_size, 1):
            raise Xl2JsonError("workbook.bomb", name=name, megabytes=member.file_size // 2**20)
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > _MOST_UNPACKED:
        raise Xl2JsonError("workbook.bomb", name=name, megabytes=unpacked // 2**20)

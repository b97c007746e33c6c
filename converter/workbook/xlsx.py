"""`.xlsx` and `.xlsm`: python-calamine reads the values; a look at the XML beforehand keeps it from harm.

calamine is fast, but it takes the machine down with it where one stray cell stands at the far end of a sheet, and it
shows neither Excel's errors nor formulas that were never computed. The look finds those, and zip bombs, in one pass.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from converter.cells import Raw
from converter.errors import Xl2JsonError
from converter.workbook.look import Look, measure

MOST_CELLS = 4_000_000  # of the rectangle that calamine lays out in memory: about 130 MB
_MOST_RATIO = 100  # honest sheets stay below 20, bombs are above 400
_SMALL = 4 * 2**20  # below that a ratio says nothing
_MOST_UNPACKED = 2**30
_MOST_SPARSE = 64 * 2**20  # what openpyxl may be asked to read
_CHUNK = 4 * 2**20

# What no spreadsheet program writes for a cell, or lies beyond column Z or row 99 999, or has something to explain.
# Each pattern begins with letters, which are looked for at the speed of memory.
_NOT_PLAIN = (
    re.compile(
        rb"""<c(?!\ r="[A-Z][0-9]{1,5}"(?:\ (?!r=|t="e")[a-z]{1,10}="[^"<>&]{0,40}")*\ ?/?>)[\s>/]""", re.VERBOSE
    ),
    re.compile(rb"<f[\s>/]"),
    re.compile(rb":[cf][\s>/]"),  # the same with a namespace's name before it
    re.compile(rb"\x00"),
)
_LONGEST_START = 1024  # of a plain cell's tag, from its "<" on


class XlsxBook:
    """An `.xlsx` or `.xlsm` file. Sheets are read when asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._archive = zipfile.ZipFile(path)
        refuse_bombs(self._archive, path.name)
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
        return self._read(title, self._look(title))

    def sheets(self, titles: Iterable[str]) -> dict[str, list[list[Raw]]]:
        """The rows of several sheets. While calamine lays one out, which leaves Python free, the next is looked at."""
        with ThreadPoolExecutor(1) as other:
            reading = {title: other.submit(self._read, title, self._look(title)) for title in titles}
        return {title: rows.result() for title, rows in reading.items()}

    def _read(self, title: str, look: Look) -> list[list[Raw]]:
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
        members: dict[str, str] = {}
        seen: set[str] = set()
        for one in self._xml("xl/workbook.xml").iter():
            if one.tag.endswith("}sheet"):
                relations = [value for key, value in one.attrib.items() if key.endswith("}id")]
                relation = relations[0] if relations else ""
                if one.get("name", "") in seen or len(relations) > 1:  # readers differ in which one they take
                    raise Xl2JsonError("workbook.odd", name=self.path.name)
                seen.add(one.get("name", ""))
                if relation in targets:
                    members[one.get("name", "")] = _member(targets[relation])
        return members

    def _xml(self, member: str) -> ElementTree.Element:
        text = b"".join(self._chunks(member))
        if b"\x00" in text:  # an alphabet in which the look for declarations is blind
            raise Xl2JsonError("workbook.odd", name=self.path.name)
        return ElementTree.fromstring(text)  # noqa: S314 - no DOCTYPE gets this far

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
        """Where the sheet ends and what there is to explain; a sheet of plain cells needs no second look."""
        member = self._members[title]
        if self._is_plain(member):
            return Look()
        look = Look(last_row=0, last_column=0)
        measure(self._chunks(member), look, self.path.name)
        return look

    def _is_plain(self, member: str) -> bool:
        """Whether every cell is written as spreadsheet programs do, near, and holds neither formula nor error."""
        rest = b""
        for chunk in self._chunks(member):
            rest += chunk
            end = rest.rfind(b"<", -_LONGEST_START)  # the last tag may go on in the next chunk
            end = len(rest) if end < 0 else end
            if _is_odd(rest, end):
                return False
            rest = rest[min(end, len(rest) - 2) :]
        return not _is_odd(rest, len(rest))

    def _dense(self, title: str) -> list[list[Raw]]:
        import python_calamine

        if self._values is None:
            with self.path.open("rb") as file:  # not by name, which may be in no alphabet
                self._values = python_calamine.load_workbook(file)
        return self._values.get_sheet_by_name(title).to_python(skip_empty_area=False)  # type: ignore[no-any-return]

    def _sparse(self, title: str, look: Look) -> list[list[Raw]]:
        """The rows of a sheet with a stray cell far out; openpyxl holds only what is there."""
        if look.size > _MOST_SPARSE:
            raise Xl2JsonError("workbook.far", name=self.path.name, sheet=title, cell=look.far)
        import openpyxl

        with warnings.catch_warnings(action="ignore"):  # of styles and extensions, which are of no interest here
            book = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
        try:
            sheet = book[title]
            sheet.reset_dimensions()
            return self._cut(sheet.iter_rows(values_only=True), title, look)
        finally:
            book.close()

    def _cut(self, rows: Iterable[tuple[Any, ...]], title: str, look: Look) -> list[list[Raw]]:
        """The rows without what is blank at their ends; refused where even walking them is too much."""
        kept: list[list[Raw]] = []
        walked = 0
        nothing: list[Raw] = []
        for row in rows:
            walked += len(row)
            if walked > MOST_CELLS:
                raise Xl2JsonError("workbook.far", name=self.path.name, sheet=title, cell=look.far)
            last = max((at for at, value in enumerate(row, 1) if value is not None), default=0)
            kept.append([_raw(value) for value in row[:last]] if last else nothing)
        return kept


def _is_odd(text: bytes, end: int) -> bool:
    return any(pattern.search(text, 0, end) for pattern in _NOT_PLAIN)


_FIRST_YEAR = 1900


def _raw(value: Any) -> Raw:
    if isinstance(value, str):
        from openpyxl.utils.escape import unescape

        return str(unescape(value))
    if isinstance(value, date) and value.year < _FIRST_YEAR:
        return str(value)  # a negative number in a date's format
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return value  # type: ignore[no-any-return]


def _member(target: str) -> str:
    path = PurePosixPath("xl") / target
    return str(path).lstrip("/") if target.startswith("/") else str(path)


def refuse_bombs(archive: zipfile.ZipFile, name: str) -> None:
    """Raise Xl2JsonError where a member, or all together, would unfold to what no honest workbook does.

    Also where two members have one name but for the case: readers differ in which of them they take.
    """
    if len({one.lower() for one in archive.namelist()}) < len(archive.namelist()):
        raise Xl2JsonError("workbook.odd", name=name)
    for member in archive.infolist():
        if member.file_size > _SMALL and member.file_size > _MOST_RATIO * max(member.compress_size, 1):
            raise Xl2JsonError("workbook.bomb", name=name, megabytes=member.file_size // 2**20)
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > _MOST_UNPACKED:
        raise Xl2JsonError("workbook.bomb", name=name, megabytes=unpacked // 2**20)

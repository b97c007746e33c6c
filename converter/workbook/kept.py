"""An .xlsx or .xlsm opened to be changed in a few cells, and packed again with what openpyxl drops put back.

openpyxl forgets what formulas came to, the marks "number stored as text is meant", and drop-downs and conditional
formats of the kind that Excel keeps in an extension (those that point to another sheet). All of that is taken from the
source.
"""

from __future__ import annotations

import io
import re
import textwrap
import warnings
import zipfile
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import MergedCell
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from converter.errors import Xl2JsonError

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_EXTENSIONS = ("{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}", "{78C0D931-6437-407D-A8EE-F0AAD7539E65}")  # menus, formats
_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^<>]*)>(<f(?:[^<>]*/>|[^<>]*>[^<]*</f>))<v ?(?:/>|></v>)</c>')
_AFTER_IGNORED = re.compile(rb"<(?:drawing|legacyDrawing|tableParts)\b|</worksheet>")
_NO_SIGN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no XML can hold them
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_MOST_BYTES = 64 * 2**20  # of sheets unpacked: openpyxl holds every cell as an object
_LONGEST = 32_767  # characters in a cell
_WIDTH, _ON_A_LINE, _LINE = 300, 44, 17  # of a comment, in pixels and characters
_PARTS = {  # what openpyxl cannot keep as it was, by what its members begin with
    "pictures": ("xl/media/",),
    "charts": ("xl/charts/", "xl/chartsheets/"),
    "drawings": ("xl/drawings/drawing", "xl/diagrams/"),
    "controls": ("xl/ctrlProps/", "xl/activeX/", "xl/embeddings/"),
    "threads": ("xl/threadedComments/",),
    "slicers": ("xl/slicers/", "xl/timelines/"),
    "queries": ("xl/queryTables/", "xl/connections.xml"),
}


def losses(source: Path) -> tuple[str, ...]:
    """What a copy may lack or show otherwise: some of pictures, charts, drawings, controls, threads, slicers, queries.

    Each is a word under `annotate.loss` in the wording files. The values of the cells are never among them.
    """
    with _archive(source) as archive:
        names = archive.namelist()
    return tuple(part for part, starts in _PARTS.items() if any(name.startswith(starts) for name in names))


@dataclass(slots=True)
class Opened:
    """A workbook open to be changed. `formulas` holds what each formula came to, by sheet and cell."""

    book: Workbook
    source: Path
    members: dict[str, str]
    formulas: dict[str, dict[str, Cell]]

    def packed(self) -> bytes:
        """The workbook's bytes: the same for the same content, whenever they are made."""
        self.book.properties.created = self.book.properties.modified = datetime(*_EPOCH)
        _fit_comments(self.book)
        made, packed = io.BytesIO(), io.BytesIO()
        ExcelWriter(self.book, zipfile.ZipFile(made, "w")).save()
        pages = {cast(Any, page).path[1:]: page.title for page in self.book.worksheets}
        with _archive(self.source) as source, zipfile.ZipFile(made) as old, zipfile.ZipFile(packed, "w") as new:
            for name in sorted(set(old.namelist())):
                content = old.read(name)
                if name in pages:
                    content = self._completed(content, pages[name], source)
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.create_system, entry.external_attr = 3, 0o100644 << 16
                new.writestr(entry, content, zipfile.ZIP_DEFLATED)
        return packed.getvalue()

    def forget(self, title: str) -> None:
        """Take a sheet away, with all that was kept of it."""
        del self.book[title]
        self.members.pop(title, None)
        self.formulas.pop(title, None)

    def _completed(self, content: bytes, title: str, source: zipfile.ZipFile) -> bytes:
        """A sheet's XML with the values of its formulas, and with what openpyxl left out of it."""
        values = self.formulas.get(title, {})
        content = _FORMULA.sub(lambda found: _computed(found, values), content) if values else content
        before = source.read(self.members[title]) if title in self.members else b""
        if b"<ignoredErrors" not in before and b"<extLst" not in before:
            return content
        root = ElementTree.fromstring(before)  # noqa: S314 - proven harmless when it was read
        ignored = b"".join(_xml(one) for one in root.findall(f"{_MAIN}ignoredErrors"))
        extensions = b"".join(_xml(_bare(one)) for one in _extensions(root))
        at = _AFTER_IGNORED.search(content, content.rfind(b"sheetData"))
        assert at is not None
        content = content[: at.start()] + ignored + content[at.start() :]
        end = content.rindex(b"</worksheet>")
        return content[:end] + (b"<extLst>" + extensions + b"</extLst>" if extensions else b"") + content[end:]


def opened(source: Path) -> Opened:
    """The workbook at `source`, which `workbook.read.open_book` has proven harmless.

    Raises Xl2JsonError where openpyxl cannot read it.
    """
    try:
        reader = _read(source, data_only=False)
        has_formulas = any(cell.data_type == "f" for page in reader.wb.worksheets for cell in cells(page))
        computed = _read(source, data_only=True).wb if has_formulas else Workbook()
    except (Xl2JsonError, MemoryError):
        raise
    except Exception as error:  # openpyxl raises any kind of exception for a damaged file
        raise Xl2JsonError("workbook.damaged", name=source.name) from error
    formulas = {page.title: {cell.coordinate: cell for cell in cells(page)} for page in computed.worksheets}
    return Opened(book=reader.wb, source=source, members=reader.members, formulas=formulas)


def cells(page: Worksheet) -> list[Cell]:
    """The cells that a sheet holds; asking openpyxl for rows would make those that it does not."""
    return [cell for cell in cast(Any, page)._cells.values() if isinstance(cell, Cell)]


def has_macros(source: Path) -> bool:
    """Whether the workbook carries macros: then a copy must bear the ending .xlsm.

    Raises Xl2JsonError where it is damaged, or too large to be copied.
    """
    with _archive(source) as archive:
        size = sum(one.file_size for one in archive.infolist() if one.filename.startswith("xl/worksheets/"))
        if size > _MOST_BYTES:
            raise Xl2JsonError("workbook.large", name=source.name, megabytes=_MOST_BYTES // 2**20)
        return b"macroEnabled" in archive.read("[Content_Types].xml")


def _fit_comments(book: Workbook) -> None:
    """Make every comment as high as its text: openpyxl forgets how large they were."""
    for page in book.worksheets:
        for cell in cells(page):
            if cell.comment:
                lines = sum(len(textwrap.wrap(line, _ON_A_LINE)) or 1 for line in cell.comment.text.split("\n"))
                cell.comment.width, cell.comment.height = _WIDTH, 12 + _LINE * lines


class _Archive(zipfile.ZipFile):
    """The source as openpyxl may have it: it strikes out what marks a text as no escape, but in capitals only."""

    def open(self, name: Any, *options: Any, **more: Any) -> IO[bytes]:
        file = super().open(name, *options, **more)
        if not str(name).startswith(("xl/sharedStrings", "xl/worksheets/sheet")):
            return file
        with file:
            return io.BytesIO(file.read().replace(b"_x005F_", b"_x005f_"))


class _Reader(ExcelReader):
    """openpyxl's reader, for which a date stays the number it is: one beyond the calendar would become an error."""

    members: dict[str, str]

    def read_worksheets(self) -> None:
        cast(Any, self.wb)._date_formats = cast(Any, self.wb)._timedelta_formats = frozenset()
        self.members = {sheet.name: relation.target for sheet, relation in self.parser.find_sheets()}
        super().read_worksheets()


def _read(source: Path, *, data_only: bool) -> _Reader:
    keep_vba = has_macros(source) and not data_only
    with source.open("rb") as file, warnings.catch_warnings(action="ignore"):  # of extensions, which are put back
        reader = _Reader(file, keep_vba=keep_vba, data_only=data_only, rich_text=True)
        reader.archive = _Archive(file)
        reader.read()
    return reader


def _archive(source: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except (zipfile.BadZipFile, EOFError) as error:
        raise Xl2JsonError("workbook.damaged", name=source.name) from error


def _computed(found: re.Match[bytes], values: dict[str, Cell]) -> bytes:
    """A formula's cell with what it came to; as it was where it was never computed."""
    cell = values.get(found[1].decode())
    if cell is None or (cell.value is None and cell.data_type not in ("s", "str")):
        return found[0]
    kind = {"s": "str", "str": "str", "b": "b", "e": "e"}.get(cell.data_type, "n")
    value = f"{cell.value:d}" if kind == "b" else "" if cell.value is None else escape(_shown(cell.value))
    return b'<c r="%s"%s t="%s">%s<v>%s</v></c>' % (found[1], found[2], kind.encode(), found[3], value.encode())


def _shown(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _extensions(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for one in root.findall(f"{_MAIN}extLst/{_MAIN}ext"):
        if one.get("uri", "").upper() in _EXTENSIONS:
            yield one


def _bare(extension: ElementTree.Element) -> ElementTree.Element:
    """Without the attributes of other name spaces, such as the marks of who revised it."""
    for one in extension.iter():
        for name in [name for name in one.attrib if name.startswith("{")]:
            del one.attrib[name]
    return extension


def _xml(element: ElementTree.Element) -> bytes:
    element.tail = None
    return ElementTree.tostring(element)


def anchor(page: Worksheet, row: int, column: int) -> Cell:
    """The cell at row (from 1) and column (from 0); of merged cells the first, which alone holds anything."""
    cell = page.cell(row, column + 1)
    if isinstance(cell, MergedCell):
        merged = next(one for one in page.merged_cells.ranges if cell.coordinate in one)
        cell = page.cell(merged.min_row, merged.min_col)
    column_look = look_of(page, cast(int, cell.column))
    if column_look is not None and not cell.has_style:  # a new cell looks as its column does
        cast(Any, cell)._style = copy(column_look._style)
    return cast(Cell, cell)


def look_of(page: Worksheet, column: int) -> Any:
    """What is laid down for that column (from 1), alone or with others beside it; None where nothing is."""
    for letter, one in page.column_dimensions.items():
        first = one.min or column_index_from_string(letter)
        if first <= column <= (one.max or first):
            return one
    return None


def put(cell: Cell, text: str | None) -> None:
    """Text that stays text, whatever it begins with."""
    cell.value = None if text is None else writable(text)
    if text is not None:
        cell.data_type, cast(Any, cell).quotePrefix = "s", int(text[:1] in ("=", "+", "-", "@"))
        cell.number_format = "@" if cell.number_format == "General" else cell.number_format


def writable(text: str) -> str:
    """`text` without the signs that no spreadsheet can hold, and no longer than a cell."""
    text = _NO_SIGN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _LOOKS_ESCAPED.sub("_x005F_", text[:_LONGEST])

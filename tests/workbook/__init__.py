"""The same book as .xlsx, .xls and .ods, written by hand where that is how spreadsheet programs write it.

Beside what `tests.books` knows, a cell may hold a `Fault` (such as `#N/A`) or a `Formula`.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlwt

from tests.books import Book

Grid = list[list[Any]]


@dataclass(frozen=True)
class Fault:
    """A cell that shows an error."""

    shown: str


@dataclass(frozen=True)
class Formula:
    """A cell with a formula and the value that was computed, None where none ever was."""

    cached: Any


def grids(book: Book) -> dict[str, Grid]:
    """Each sheet's cells, the header first."""
    sheets = {}
    for title, rows in book.items():
        names = list(dict.fromkeys(name for row in rows for name in row))
        sheets[title] = [names, *([row.get(name) for name in names] for row in rows)]
    return sheets


# ---------------------------------------------------------------------------------------------------------------- .xlsx

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)


def xlsx(path: Path, sheets: dict[str, Grid]) -> Path:
    """The book as Excel writes it: texts apart from their cells (openpyxl writes them inside)."""
    texts: list[str] = []
    bodies = [_xlsx_sheet(grid, texts) for grid in sheets.values()]
    numbered = list(enumerate(sheets, 1))
    listed = "".join(f'<sheet name={quoteattr(title)} sheetId="{n}" r:id="rId{n}"/>' for n, title in numbered)
    relations = "".join(_relation(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n, _ in numbered)
    relations += _relation("rId98", "styles", "styles.xml") + _relation("rId99", "sharedStrings", "sharedStrings.xml")
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _kinds(len(sheets)))
        archive.writestr("_rels/.rels", _relations(_relation("rId1", "officeDocument", "xl/workbook.xml")))
        archive.writestr("xl/workbook.xml", _part("workbook", f"<sheets>{listed}</sheets>"))
        archive.writestr("xl/_rels/workbook.xml.rels", _relations(relations))
        archive.writestr("xl/styles.xml", _part("styleSheet", _STYLES))
        archive.writestr("xl/sharedStrings.xml", _part("sst", shared))
        for (number, _), body in zip(numbered, bodies, strict=True):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", body)
    return path


def _kinds(sheets: int) -> str:
    """Which part of the file is what."""
    parts = {"workbook": "sheet.main", "styles": "styles", "sharedStrings": "sharedStrings"}
    parts |= {f"worksheets/sheet{number}": "worksheet" for number in range(1, sheets + 1)}
    kinds = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{_KIND}.{kind}+xml"/>' for name, kind in parts.items()
    )
    defaults = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<Types xmlns="{_PACKAGE}/content-types">{defaults}{kinds}</Types>'


def _part(tag: str, content: str) -> str:
    start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    return f'{start}<{tag} xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{content}</{tag}>'


def _relations(content: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{content}</Relationships>'


def _relation(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _xlsx_sheet(grid: Grid, texts: list[str]) -> str:
    rows = ""
    for row, values in enumerate(grid, 1):
        cells = "".join(_xlsx_cell(f"{chr(65 + column)}{row}", value, texts) for column, value in enumerate(values))
        rows += f'<row r="{row}">{cells}</row>' if cells else ""
    return _part("worksheet", f"<sheetData>{rows}</sheetData>")


def _xlsx_cell(name: str, value: Any, texts: list[str]) -> str:
    kind, style, formula, shown = "", "", "", ""
    if isinstance(value, Formula):
        value, formula = value.cached, "<f>A1</f>"
    match value:
        case None:
            return f'<c r="{name}">{formula}</c>' if formula else ""
        case Fault():
            kind, shown = ' t="e"', value.shown
        case bool():
            kind, shown = ' t="b"', f"{value:d}"
        case int() | float():
            shown = repr(value)
        case date():
            style, shown = ' s="1"', repr(_serial(value))
        case _ if formula:
            kind, shown = ' t="str"', escape(value)
        case _:
            kind, shown = ' t="s"', str(len(texts))
            texts.append(value)
    return f'<c r="{name}"{style}{kind}>{formula}<v>{shown}</v></c>'


def _serial(day: date) -> float:
    """The day as Excel counts, in the calendar that begins in 1900."""
    moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)
    passed = moment - datetime(1899, 12, 30)
    return passed.days + passed.seconds / 86_400


# ----------------------------------------------------------------------------------------------------------------- .xls


_XLS_FAULTS = {"#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#N/A": 0x2A}


def xls(path: Path, sheets: dict[str, Grid], *, since_1904: bool = False) -> Path:
    """The book as Excel 97 wrote it (formulas left out: what computes them is not at hand)."""
    book = xlwt.Workbook()
    book.dates_1904 = since_1904
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for title, grid in sheets.items():
        sheet = book.add_sheet(title)
        for row, values in enumerate(grid):
            for column, value in enumerate(values):
                if isinstance(value, Fault):
                    sheet.row(row).set_cell_error(column, _XLS_FAULTS[value.shown])
                elif value is not None:
                    sheet.write(row, column, value, *([day] if isinstance(value, date) else []))
    book.save(str(path))
    return path


# ----------------------------------------------------------------------------------------------------------------- .ods

_ODS_NAMES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
_CALC = ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"


def ods(path: Path, sheets: dict[str, Grid], *, more: str = "", extra: str = "", declared: str = "") -> Path:
    """The book as LibreOffice writes it; with `more` rows (XML) in `Commande`, `extra` sheets, a DOCTYPE `declared`."""
    body = ""
    for title, grid in sheets.items():
        rows = "".join(f"<table:table-row>{''.join(map(_ods_cell, values))}</table:table-row>" for values in grid)
        rows += more if title == "Commande" else ""
        body += f"<table:table table:name={quoteattr(title)}>{rows}</table:table>"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{declared}<office:document-content{_ODS_NAMES}{_CALC}><office:body>'
        f"<office:spreadsheet>{body}{extra}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{_MANIFEST}"><manifest:file-entry manifest:full-path="/"/></manifest:manifest>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _ODS, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


def ods_row(*cells: str, rows: int = 1) -> str:
    """A row of an .ods, of cells in XML; written once, it may stand for many."""
    return f'<table:table-row table:number-rows-repeated="{rows}">{"".join(cells)}</table:table-row>'


def _ods_cell(value: Any) -> str:
    formula = ""
    if isinstance(value, Formula):
        value, formula = value.cached, ' table:formula="of:=[.A1]"'
    match value:
        case None:
            return f"<table:table-cell{formula}/>"
        case Fault():
            formula = ' table:formula="of:=NA()"'
            kind, shown = 'string" office:string-value="" calcext:value-type="error', value.shown
        case bool():
            kind, shown = f'boolean" office:boolean-value="{str(value).lower()}', str(value).upper()
        case int() | float():
            kind, shown = f'float" office:value="{value!r}', str(value)
        case date():
            kind, shown = f'date" office:date-value="{value.isoformat()}', f"{value:%d/%m/%y}"
        case _:
            kind, shown = "string", value
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in shown.split("\n"))
    return f'<table:table-cell{formula} office:value-type="{kind}">{lines}</table:table-cell>'

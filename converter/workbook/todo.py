"""The first sheet of an annotated copy: every finding on a line of its own, with a link to its cell.

No workbook is read from it. A later run knows it by its title and by what it says of itself, and makes it anew.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from copy import copy
from typing import Any, Final, cast

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from converter.findings import Finding, Severity
from converter.wording import LANGUAGES, Say, say
from converter.workbook.kept import Opened, anchor, put

COLOURS: Final[dict[Severity, str]] = {"error": "FFC7CE", "warning": "FFE0B2", "info": "DDEBF7"}
FIRST_LINE = 6  # of the list, below its header
_COLUMNS = {
    "severity": 16,
    "request": 18,
    "sheet": 26,
    "cell": 9,
    "field": 26,
    "value": 28,
    "what": 96,
    "rule": 8,
}  # and their widths
_LINK, _VALUE, _WHAT = 4, 6, 7
_PROGRAM = "xl2json"
_MOST = 20_000  # lines; a sheet takes 65,530 links
_MOST_HEIGHT, _MOST_SEEN = 12, 2_000  # lines of a row, characters of a cell that count for its height
_NAVY, _WHITE, _BLUE = "1F3864", "FFFFFF", "0563C1"
_TOP = ((1, "title", 16, 30), (2, "about", 10, 18), (3, "how", 10, 18), (4, "counts", 10, 22))


def add_list(book: Workbook, findings: Sequence[Finding], lang: str) -> None:
    """Put the list before all other sheets: errors, then warnings, then notes, each in the workbook's order."""
    page = book.create_sheet(_word("sheet_name", lang), 0)
    page.sheet_properties.tabColor, page.sheet_view.showGridLines = "C00000", False
    for number, width in enumerate(_COLUMNS.values(), 1):
        page.column_dimensions[get_column_letter(number)].width = width
    _head(page, findings, lang)
    looks: dict[Any, Any] = {}
    for row, finding in enumerate(_in_order(findings)[:_MOST], FIRST_LINE):
        _line(page, row, finding, looks, lang)
    if len(findings) > _MOST:
        put(anchor(page, FIRST_LINE + _MOST, 0), _word("more", lang, count=len(findings) - _MOST))
    page.freeze_panes = f"A{FIRST_LINE}"
    cast(Any, page).page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    cast(Any, page).sheet_properties.pageSetUpPr.fitToPage = True
    _show_first(book)


def drop_list(made: Opened) -> None:
    """Take off the list of an earlier run, in whatever language; a sheet of that name that is not ours stays."""
    for page in list(made.book.worksheets):
        if _is_list(page) and len(made.book.sheetnames) > 1:
            made.forget(page.title)


def _is_list(page: Worksheet) -> bool:
    titles = tuple(_word("sheet_name", lang) for lang in LANGUAGES)
    return page.title.startswith(titles) and _PROGRAM in str(page["A2"].value)


def _in_order(findings: Sequence[Finding]) -> list[Finding]:
    return [one for severity in COLOURS for one in findings if one.severity == severity]


def _head(page: Worksheet, findings: Sequence[Finding], lang: str) -> None:
    counts = {f"{one}s": sum(finding.severity == one for finding in findings) for one in COLOURS}
    texts = {
        "title": _word("sheet_name", lang),
        "about": _word("about", lang),
        "how": _word("how" if findings else "nothing", lang),
        "counts": say(Say("text.counts", counts), lang),
    }
    for row, name, size, height in _TOP:
        for column in range(1, len(_COLUMNS) + 1):
            page.cell(row, column).fill = PatternFill("solid", fgColor=_NAVY)
        put(anchor(page, row, 0), texts[name])
        page.cell(row, 1).font = Font(name="Arial", size=size, bold=row == 1, color=_WHITE)
        page.cell(row, 1).alignment = Alignment("left", "center", indent=1)
        page.row_dimensions[row].height = height
    for column, name in enumerate(_COLUMNS, 1):
        cell = anchor(page, FIRST_LINE - 1, column - 1)
        put(cell, _word(name, lang))
        cell.font, cell.fill = Font(name="Arial", size=10, bold=True), PatternFill("solid", fgColor="D9E2F3")
        cell.border, cell.alignment = _border(), Alignment("left", "center", indent=1)
    page.row_dimensions[FIRST_LINE - 1].height = 20


def _line(page: Worksheet, row: int, finding: Finding, looks: dict[Any, Any], lang: str) -> None:
    for column, text in enumerate(_texts(finding, lang), 1):
        cell = anchor(page, row, column - 1)
        key = finding.severity if column == 1 else column
        if key not in looks:  # a look is dear: each is made once and copied
            _dress(cell, column, finding.severity)
            looks[key] = cast(Any, cell)._style
        cast(Any, cell)._style = copy(looks[key])
        put(cell, text)
    if finding.sheet and finding.cell:
        link = page.cell(row, _LINK)
        link.hyperlink = Hyperlink(link.coordinate, location=f"{quote_sheetname(finding.sheet)}!{finding.cell}")
    texts = {"what": finding.message(lang), "value": finding.value or ""}
    lines = max(len(textwrap.wrap(text[:_MOST_SEEN], _COLUMNS[name])) for name, text in texts.items())
    page.row_dimensions[row].height = 5 + 13 * min(lines, _MOST_HEIGHT)


def _dress(cell: Cell, column: int, severity: Severity) -> None:
    is_link = column == _LINK
    cell.font = Font(name="Arial", size=10, color=_BLUE if is_link else None, underline="single" if is_link else None)
    cell.border, cell.number_format = _border(), "@"
    cell.alignment = Alignment("left", "top", indent=1, wrap_text=column in (_VALUE, _WHAT))
    if column == 1:
        cell.fill = PatternFill("solid", fgColor=COLOURS[severity])


def _texts(finding: Finding, lang: str) -> Iterator[str | None]:
    yield say(Say(f"text.{finding.severity}"), lang).capitalize()
    yield finding.demande
    yield finding.sheet
    yield finding.cell
    yield finding.field
    yield finding.value
    yield finding.message(lang)
    yield finding.rule


def _show_first(book: Workbook) -> None:
    """Open on the list alone: several sheets selected would all be typed into at once."""
    book.active = 0
    for number, page in enumerate(book.worksheets):
        for view in page.views.sheetView:
            view.tabSelected = number == 0


def _border() -> Border:
    line = Side("thin", color="BFBFBF")
    return Border(left=line, right=line, top=line, bottom=line)


def _word(word: str, lang: str, **params: Any) -> str:
    return say(Say(f"annotate.list.{word}", params), lang)

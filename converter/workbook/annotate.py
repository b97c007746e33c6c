"""A copy of a workbook with the agency's answer in it: the treatment of each request, and marks on the cells at fault.

Only the copy is written to. Whatever else the workbook holds stays: drop-downs, formats, widths, formulas with what
they came to, macros. What openpyxl cannot keep is named by `losses`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from converter.errors import Xl2JsonError
from converter.findings import Severity
from converter.spec.model import Spec
from converter.workbook.kept import anchor, cells, losses, opened, writable
from converter.workbook.read import open_book
from converter.workbook.tables import read_tables
from converter.workbook.treatment import Treatment, fill_in

__all__ = ["Mark", "Treatment", "annotated_copy", "losses"]

_OURS = "──── xl2json ────"  # what stands below it in a comment is ours
_COLOURS: Final[dict[Severity, str]] = {"error": "FFC7CE", "warning": "FFE0B2"}
_WORST: Final[tuple[Severity, ...]] = ("error", "warning", "info")
_WIDTH, _ON_A_LINE, _LINE = 300, 44, 17  # of a comment, in pixels and characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A cell in question, and why: the sheet's name as the workbook has it, row (from 1), column (from 0)."""

    sheet: str
    row: int
    column: int
    severity: Severity
    text: str


def annotated_copy(
    source: Path, spec: Spec, treatments: Sequence[Treatment], marks: Sequence[Mark], lang: str = "fr"
) -> bytes:
    """The bytes of a copy of `source` (.xlsx or .xlsm) with the treatments filled in and the marks set.

    A treatment goes into its request's row of the treatment sheet, else into the first free one; a sheet or columns
    that are missing are made as in the template (in `lang`). A code or label of None empties its cell, but an ASP
    number that stands there is never taken away. Marked cells are coloured and bear a comment, below the one they had;
    marks of an earlier run are taken off first. Formulas stay, with the values they had. The same input gives the same
    bytes. Raises Xl2JsonError where the workbook cannot be read.
    """
    with open_book(source) as book:
        titles, tables = book.titles, read_tables(book, spec)
    made = opened(source)
    if not set(titles) <= set(made.book.sheetnames):  # readers differ in what they see
        raise Xl2JsonError("workbook.odd", name=source.name)
    if treatments:
        fill_in(made.book, spec, titles, tables, treatments, lang)
    _unmark(made.book)
    _mark(made.book, marks)
    _fit_comments(made.book)
    return made.packed()


def _unmark(book: Workbook) -> None:
    """Take off what an earlier run marked: our part of the comment, and our colour."""
    for page in book.worksheets:
        for cell in cells(page):
            if cell.comment and _OURS in cell.comment.text:
                _comment(cell, "")
                if str(cell.fill.fgColor.rgb)[2:] in _COLOURS.values():
                    cell.fill = PatternFill()


def _mark(book: Workbook, marks: Sequence[Mark]) -> None:
    marked: dict[tuple[str, int, int], list[Mark]] = {}
    for one in marks:
        cell = anchor(book[one.sheet], one.row, one.column)
        marked.setdefault((one.sheet, cell.row, cell.column - 1), []).append(one)
    for (sheet, row, column), some in marked.items():
        cell = anchor(book[sheet], row, column)
        worst = min((one.severity for one in some), key=_WORST.index)
        if worst in _COLOURS:
            cell.fill = PatternFill("solid", fgColor=_COLOURS[worst])
        _comment(cell, "\n".join(dict.fromkeys(one.text for one in some)))


def _comment(cell: Cell, text: str) -> None:
    """Set our part of the cell's comment to `text`; what others wrote stays above it."""
    old = cell.comment
    theirs = old.text.partition(_OURS)[0].rstrip("\n") if old else ""
    parts = [theirs, f"{_OURS}\n{writable(text)}" if text else ""]
    whole = "\n\n".join(part for part in parts if part)
    author = old.author if old and theirs else "xl2json"
    cell.comment = Comment(whole, author) if whole else None


def _fit_comments(book: Workbook) -> None:
    """Make every comment as high as its text: openpyxl forgets how large they were."""
    for page in book.worksheets:
        for cell in cells(page):
            if cell.comment:
                lines = sum(len(textwrap.wrap(line, _ON_A_LINE)) or 1 for line in cell.comment.text.split("\n"))
                cell.comment.width, cell.comment.height = _WIDTH, 12 + _LINE * lines

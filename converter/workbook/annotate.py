"""A copy of a workbook with marks on the cells at fault, a list of what to correct, and the agency's answer in it.

Only the copy is written to. Whatever else the workbook holds stays: drop-downs, formats, widths, formulas with what
they came to, macros. What openpyxl cannot keep is named by `losses`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from converter.errors import Xl2JsonError
from converter.findings import Finding, Severity
from converter.spec.model import Spec
from converter.wording import Say, say
from converter.workbook.kept import anchor, cells, losses, opened, writable
from converter.workbook.read import open_book
from converter.workbook.tables import read_tables
from converter.workbook.todo import COLOURS, add_list, drop_list
from converter.workbook.treatment import Treatment, fill_in

__all__ = ["Mark", "Treatment", "annotated_copy", "losses", "marks_of"]

_NO_COLOUR = "00000000"
_OURS = "──── xl2json ────"  # what stands below it in a comment is ours
_WORST: Final[tuple[Severity, ...]] = ("error", "warning", "info")
_MOST_MARKS = 20_000  # cells: more comments than that no spreadsheet program opens in a reasonable time


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A cell in question, and why: the sheet's name as the workbook has it, row (from 1), column (from 0)."""

    sheet: str
    row: int
    column: int
    severity: Severity
    text: str


def marks_of(findings: Iterable[Finding], lang: str) -> tuple[Mark, ...]:
    """A mark for each finding that has a cell: its severity, its rule, and what is to be typed instead."""
    colon = "\u00a0: " if lang == "fr" else ": "
    return tuple(
        Mark(
            sheet=one.place.sheet,
            row=one.place.row,
            column=one.place.column,
            severity=one.severity,
            text=f"{say(Say(f'text.{one.severity}'), lang).capitalize()} {one.rule}{colon}{one.message(lang)}",
        )
        for one in findings
        if one.place and not one.place.path
    )


def annotated_copy(
    source: Path,
    spec: Spec,
    treatments: Sequence[Treatment],
    marks: Sequence[Mark],
    lang: str = "fr",
    todo: Sequence[Finding] | None = None,
) -> bytes:
    """The bytes of a copy of `source` (.xlsx or .xlsm) with the treatments filled in and the marks set.

    A treatment goes into its request's row of the treatment sheet, else into the first free one; a sheet or columns
    that are missing are made as in the template (in `lang`). A code or label of None empties its cell, but an ASP
    number that stands there is never taken away. Marked cells are coloured and bear a comment, below the one they had;
    marks of an earlier run are taken off first, and so is its list. With `todo` a first sheet lists those findings,
    each with a link to its cell. Formulas stay, with the values they had. The same input gives the same bytes. Raises
    Xl2JsonError where the workbook cannot be read.
    """
    with open_book(source) as book:
        titles, tables = book.titles, read_tables(book, spec)
    made = opened(source)
    if not set(titles) <= set(made.book.sheetnames):  # readers differ in what they see
        raise Xl2JsonError("workbook.odd", name=source.name)
    if treatments:
        fill_in(made.book, spec, titles, tables, treatments, lang)
    _unmark(made.book)
    drop_list(made)
    _mark(made.book, marks)
    if todo is not None:
        add_list(made.book, todo, lang)
    return made.packed()


def _unmark(book: Workbook) -> None:
    """Take off what an earlier run marked: our part of the comment, and our colour."""
    for page in book.worksheets:
        for cell in cells(page):
            if cell.comment and _OURS in cell.comment.text:
                _comment(cell, "")
                if str(cell.fill.fgColor.rgb)[2:] in COLOURS.values():
                    cell.fill = _before(cell)


def _before(cell: Cell) -> PatternFill:
    """The look that a marked cell had: its colour waits where a plain fill needs none, behind the mark's own."""
    behind = cell.fill.bgColor
    has_colour = behind.type != "indexed" and not (behind.type == "rgb" and behind.rgb == _NO_COLOUR)
    return PatternFill("solid", fgColor=copy(behind)) if has_colour else PatternFill()


def _coloured(cell: Cell, colour: str) -> PatternFill:
    if cell.fill.fill_type == "solid":
        return PatternFill("solid", fgColor=colour, bgColor=copy(cell.fill.fgColor))
    return PatternFill("solid", fgColor=colour)


def _mark(book: Workbook, marks: Sequence[Mark]) -> None:
    marked: dict[tuple[str, int, int], list[Mark]] = {}
    for one in marks:
        cell = anchor(book[one.sheet], one.row, one.column)
        marked.setdefault((one.sheet, cell.row, cell.column - 1), []).append(one)
    for (sheet, row, column), some in list(marked.items())[:_MOST_MARKS]:
        cell = anchor(book[sheet], row, column)
        worst = min((one.severity for one in some), key=_WORST.index)
        cell.fill = _coloured(cell, COLOURS[worst])
        _comment(cell, "\n".join(dict.fromkeys(one.text for one in some)))


def _comment(cell: Cell, text: str) -> None:
    """Set our part of the cell's comment to `text`; what others wrote stays above it."""
    old = cell.comment
    theirs = old.text.partition(_OURS)[0].rstrip("\n") if old else ""
    parts = [theirs, f"{_OURS}\n{writable(text)}" if text else ""]
    whole = "\n\n".join(part for part in parts if part)
    author = old.author if old and theirs else "xl2json"
    cell.comment = Comment(whole, author) if whole else None

"""What the tests of copies share: running the program, and reading a copy as its user does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from converter.cli.main import main
from tests.books import Book, a_book, a_request

DATE = ("--date", "2021-11-30")
LIST = "À corriger"
RED, ORANGE, BLUE = "FFC7CE", "FFE0B2", "DDEBF7"


def run(*arguments: object) -> Any:
    """`xl2json` in this process, without a ledger: its exit code."""
    with pytest.raises(SystemExit) as exit_:
        main([str(one) for one in arguments])
    return exit_.value.code


def examined(verb: str, workbook: Path, *more: object) -> Any:
    """`xl2json check` or `convert` of the sample day."""
    return run(verb, workbook, *DATE, "--no-ledger", *more)


def colour(path: Path, sheet: str, cell: str) -> str | None:
    """The cell's colour, None where it has none."""
    fill = openpyxl.load_workbook(path)[sheet][cell].fill
    return str(fill.fgColor.rgb)[2:] if fill.fill_type == "solid" else None


def comment(path: Path, sheet: str, cell: str) -> str | None:
    """The text of the cell's comment."""
    found = openpyxl.load_workbook(path)[sheet][cell].comment
    return found.text if found else None


def listed(path: Path, title: str = LIST) -> list[tuple[Any, ...]]:
    """The lines of the list: severity, request, sheet, cell, column, value, what to do, rule."""
    return [row for row in openpyxl.load_workbook(path)[title].iter_rows(min_row=6, values_only=True) if row[0]]


def typed(path: Path, *cells: tuple[str, str, Any]) -> None:
    """Type values into cells and save, as a spreadsheet program does."""
    book = openpyxl.load_workbook(path)
    for sheet, cell, value in cells:
        book[sheet][cell].value = value
    book.save(path)


def faulty() -> Book:
    """Two requests; the second one's amount (Commande!D3), name and telephone are to be mended, or doubtful."""
    book = a_book(a_request(), a_request("CMD-2", "00002", "330001231"))
    book["Commande"][1]["montantSegurHT"] = "31,162.00"
    book["Etablissements"][1]["telephoneClient"] = "12 34"
    book["Etablissements"][1]["nomClient"] = "Clinique"
    return book

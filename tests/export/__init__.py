"""Small exports and mappings in, exact tables and findings out.

export = csv(tmp_path, "N°;Date", "CMD-1;15/11/2021")
tables = read(export, KEY + '[Commande]\\ndateCommande = "Date"')
assert rows(tables, "Commande") == [("CMD-1", "15/11/2021")]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from converter import Finding, load_spec
from converter.cells import Raw
from converter.export import read_export, read_mapping
from converter.workbook.tables import Tables

SPEC = load_spec()
KEY = '["Entête demande"]\ndemande = "N°"\n'
HEADER = '["Entête fichier"]\nnumeroAns = { value = "RIS2021001" }\nSIRET = { value = "73282932000074" }\n'


def mapping(folder: Path, text: str, name: str = "m.toml") -> Path:
    """`text` as a mapping file."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def csv(folder: Path, *lines: str, encoding: str = "utf-8", name: str = "orders.csv", end: str = "\r\n") -> Path:
    """Those lines as a text file."""
    path = folder / name
    path.write_bytes(end.join((*lines, "")).encode(encoding))
    return path


def xlsx(folder: Path, rows: Iterable[Sequence[Any]], title: str = "Commandes", name: str = "orders.xlsx") -> Path:
    """Those rows as a spreadsheet."""
    book = openpyxl.Workbook()
    book.worksheets[0].title = title
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(folder / name)
    return folder / name


def read(export: Path, text: str, given: Iterable[str] = ()) -> Tables:
    """The export as the mapping `text` has it."""
    return read_export(export, read_mapping(mapping(export.parent, text), SPEC), SPEC, given)


def rows(tables: Tables, sheet: str) -> list[tuple[Raw, ...]]:
    """The rows of a table, its key first."""
    return [tuple(row) for row in tables.found[sheet].rows[1:]]


def places(tables: Tables, sheet: str, name: str) -> list[str]:
    """The export's cells that a column's values come from."""
    table = tables.found[sheet]
    return [table.place(row, name).cell for row in range(2, len(table.rows) + 1)]


def told(findings: Iterable[Finding]) -> list[tuple[str, str | None, str | None, str | None, str | None]]:
    """Rule, sheet, cell, field and request of each, but for columns without a source (X1)."""
    return [(one.rule, one.sheet, one.cell, one.field, one.demande) for one in findings if one.rule != "X1"]


def lines(findings: Iterable[Finding]) -> list[tuple[str, int]]:
    """Rule and line of each fault of a mapping."""
    return [(one.rule, one.place.row) for one in findings if one.place]


A_DAY = date(2021, 11, 15)

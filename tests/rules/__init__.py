"""Small workbooks in, exact findings out.

    book = changed("Commande", "regimeTVA", "TVA")
    assert findings(tmp_path, book) == [("C3", "error", "Commande", "C2", "regimeTVA", "CMD-1", "TVA")]

A sound workbook gives no finding at all, so whole lists are compared: what must not be said is held as well. `places` is
the same without the value, for findings about a cell that is not itself what is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from converter import Finding, check, convert, load_spec
from tests.books import DEPOSIT, FINESS, Book, Row, a_book, a_request, write

Told = tuple[str, str, str | None, str | None, str | None, str | None, str | None]
Grids = dict[str, list[list[Any]]]

FILE = "Entête fichier"
MAIN = "Entête demande"
ORDER = "Commande"
WHO = "Bénéficiaires"
ESTABLISHMENTS = "Etablissements"
RADIOLOGISTS = "Radiologues"
PIECES = "Pièces justificatives"
SCENARIO = "Scénario d'installation"
TREATMENT = "Traitement"


def changed(sheet: str, tag: str, value: Any, row: int = 0) -> Book:
    """A sound workbook but for that cell."""
    book = a_book()
    book[sheet][row][tag] = value
    return book


def two() -> Book:
    """Two sound requests, CMD-1 in rows 2 and CMD-2 in rows 3, that have nothing in common."""
    return a_book(a_request(), a_request("CMD-2", "00002", FINESS[1]))


def another(book: Book, sheet: str, **values: Any) -> Book:
    """`book` with the sheet's last row once more, but for those values."""
    book[sheet].append(book[sheet][-1] | values)
    return book


def treated(book: Book, key: str = "CMD-1", **values: Any) -> Book:
    """`book` with one more row in the sheet of the agency's answers."""
    row: Row = dict.fromkeys(("demande", "numeroEditeur", "numeroASP", "codeTraitement", "libelleTraitement"))
    book.setdefault(TREATMENT, []).append(row | {"demande": key} | values)
    return book


def told(path: Path, **asked: Any) -> list[Told]:
    """What `check` says of a workbook, in its order: rule, severity, sheet, cell, field, demande, value."""
    return [_all(one) for one in check(path, **{"spec": _spec(), "deposit": DEPOSIT, **asked}).findings]


def findings(folder: Path, book: Book, **asked: Any) -> list[Told]:
    """What `check` says of `book`."""
    return told(write(folder, book), **asked)


def places(folder: Path, book: Book, **asked: Any) -> list[tuple[str | None, ...]]:
    """The same without the value."""
    return [one[:6] for one in findings(folder, book, **asked)]


_spec = cache(load_spec)


def _all(one: Finding) -> Told:
    return one.rule, one.severity, one.sheet, one.cell, one.field, one.demande, one.value


def document(path: Path, **asked: Any) -> dict[str, Any]:
    """The one JSON that comes of a workbook without error."""
    outcome = convert(path, **{"spec": _spec(), "out": path.parent / "depot", "deposit": DEPOSIT, **asked})
    assert outcome.ok, [_all(one) for one in outcome.findings]
    (file,) = outcome.files
    return dict(json.loads(Path(file.json).read_text("utf-8")))


def requests(folder: Path, book: Book) -> list[dict[str, Any]]:
    """The requests in the JSON that comes of `book`."""
    return list(document(write(folder, book))["lignesImport"])


@contextmanager
def opened(path: Path) -> Iterator[openpyxl.Workbook]:
    """The workbook at `path`, to be changed in ways that rows cannot tell; it is saved afterwards."""
    workbook = openpyxl.load_workbook(path)
    yield workbook
    workbook.save(path)


def grids(book: Book) -> Grids:
    """`book` as sheets of cells, the header in row 1."""
    names = {sheet: list(dict.fromkeys(name for row in rows for name in row)) for sheet, rows in book.items()}
    return {
        sheet: [names[sheet], *([row.get(n) for n in names[sheet]] for row in rows)] for sheet, rows in book.items()
    }


def write_grids(path: Path, sheets: Grids) -> Path:
    """Those sheets as a workbook of the kind that the path's ending names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _WRITERS[path.suffix](path, sheets)
    return path


def _write_xlsx(path: Path, sheets: Grids) -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    workbook.save(path)


def _write_xlsm(path: Path, sheets: Grids) -> None:
    """As Excel marks a workbook that may hold macros: by another content type."""
    _write_xlsx(path, sheets)
    main = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    patch(path, "[Content_Types].xml", main, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")


def patch(path: Path, member: str, old: bytes, new: bytes) -> None:
    """Put `new` for `old` in a member of the zip at `path`."""
    import zipfile

    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert contents[member].count(old) == 1, contents[member]
    contents[member] = contents[member].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


def _write_xls(path: Path, sheets: Grids) -> None:
    import xlwt

    workbook = xlwt.Workbook()
    as_day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for title, rows in sheets.items():
        sheet = workbook.add_sheet(title)
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                if value == "#N/A":
                    sheet.row(y).set_cell_error(x, "#N/A!")  # as xlwt spells it
                elif isinstance(value, date):
                    sheet.write(y, x, value, as_day)
                elif value is not None:
                    sheet.write(y, x, value)
    workbook.save(str(path))


def _write_ods(path: Path, sheets: Grids) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableRow

    workbook = OpenDocumentSpreadsheet()
    for title, rows in sheets.items():
        table = Table(name=title)
        for row in rows:
            line = TableRow()
            for value in row:
                line.addElement(_ods_cell(value))
            table.addElement(line)
        workbook.spreadsheet.addElement(table)
    workbook.save(str(path))


def _ods_cell(value: Any) -> Any:
    """As LibreOffice writes it: the value as an attribute, and what is seen as text."""
    from odf.table import TableCell
    from odf.text import P

    if value is None:
        return TableCell()
    if isinstance(value, bool):
        cell = TableCell(valuetype="boolean", booleanvalue=str(value).lower())
    elif isinstance(value, int | float):
        cell = TableCell(valuetype="float", value=value)
    elif isinstance(value, date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
    elif value.startswith("="):
        return TableCell(formula=f"of:{value}")
    elif value == "#N/A":
        cell = TableCell(valuetype="string", stringvalue="", formula="of:=NA()")
        cell.setAttrNS("urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0", "value-type", "error")
    else:
        cell = TableCell(valuetype="string")
    cell.addElement(P(text=str(value)))
    return cell


_WRITERS: dict[str, Callable[[Path, Grids], None]] = {
    ".xlsx": _write_xlsx,
    ".xlsm": _write_xlsm,
    ".xls": _write_xls,
    ".ods": _write_ods,
}

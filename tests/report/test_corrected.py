"""The faulty sample, corrected by following nothing but the page, converts."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from converter import check, convert, load_spec
from converter.jobs.report import report
from tests.books import DEPOSIT, PDF
from tests.report.browser import Browser

FAULTY = Path(__file__).parents[2] / "sample_workbooks" / "fautes"
Cell = tuple[str, str]
TYPED: dict[Cell, str | None] = {  # where the page leaves the choice to the one who knows the order
    ("Entête fichier", "A4"): "RIS2021001",
    ("Radiologues", "A6"): "CMD-08",
    ("Entête demande", "B5"): None,
    ("Commande", "B4"): "15/11/2021",
    ("Commande", "C6"): "TTC",
    ("Commande", "C8"): "TTC",
    ("Bénéficiaires", "B4"): "Non",
    ("Bénéficiaires", "D5"): None,
    ("Etablissements", "B8"): "330000050",
    ("Etablissements", "E7"): "01 42 00 00 01",
    ("Radiologues", "C5"): "123456782",
    ("Pièces justificatives", "B6"): "BON_COMMANDE",
    ("Scénario d'installation", "B9"): "Non",
    ("Scénario d'installation", "G4"): "Non",
}
DONE_ELSEWHERE: set[Cell] = {  # a file is scanned anew; a row is added (that of CMD-99 was this request's)
    ("Pièces justificatives", "C8"),
    ("Entête demande", "A11"),
}


def errors(browser: Browser) -> dict[Cell, str | None]:
    """Each cell that the page marks as an error, with what it says to type (None where it leaves that open)."""
    found: dict[Cell, str | None] = {}
    for one in browser.all("li.finding[data-severity=error]"):
        types = one.find_elements("css selector", "dd.type")
        place = (one.get_attribute("data-sheet") or "", one.get_attribute("data-cell") or "")
        found[place] = types[0].text if types else None
    return found


def test_following_the_page_is_enough(tmp_path: Path, browser: Browser) -> None:
    folder, page = tmp_path / "fautes", tmp_path / "r.html"
    shutil.copytree(FAULTY, folder, ignore=shutil.ignore_patterns("expected"))
    path = folder / "fautes.xlsx"
    report(page, check(path, deposit=DEPOSIT, evidence=True), load_spec())
    browser.open(page)
    advice = errors(browser)
    told = {place: value for place, value in advice.items() if value is not None}
    assert told == {
        ("Commande", "D7"): "31162,00",
        ("Pièces justificatives", "C7"): "CMD-04.pdf",
        ("Radiologues", "B4"): "10003456786",
        ("Scénario d'installation", "D10"): "MAILIZ (MAI_15)",
    }
    assert advice.keys() - told.keys() == TYPED.keys() | DONE_ELSEWHERE
    correct(path, {**TYPED, **told})
    (folder / "CMD-05.pdf").write_bytes(PDF)
    done = convert(path, out=tmp_path / "depot", deposit=DEPOSIT)
    assert [one for one in done.findings if one.severity == "error"] == []
    assert done.counts.written == 8


def correct(path: Path, cells: dict[Cell, str | None]) -> None:
    book = openpyxl.load_workbook(path)
    for (sheet, cell), value in cells.items():
        book[sheet][cell] = value
    book.save(path)


@pytest.mark.parametrize("place", sorted(TYPED))
def test_each_choice_is_one_that_the_page_asks_for(place: Cell) -> None:
    """No correction is smuggled in: each is of a cell that an error names."""
    found = check(FAULTY / "fautes.xlsx", deposit=DEPOSIT).findings
    assert place in {(one.sheet, one.cell) for one in found if one.severity == "error"}

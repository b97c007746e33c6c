"""list, show and export: what the ledger answers."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import openpyxl
import pytest

from converter.errors import MisuseError, Xl2JsonError
from converter.jobs import ledger as asked
from tests.books import Book
from tests.ledger.office import FIRST, NEXT_DAY, PHONE, SECOND, Office, exit_3, order


@pytest.fixture
def month(office: Office) -> Office:
    """CMD-1 accepted, CMD-2 rejected and replaced, CMD-3 prepared for December."""
    office.convert(order(1), order(2))
    office.answered(accept={"00001": "A1"}, reject={"00002": "Date invalide"})
    office.convert(order(1), order(2, phone=PHONE))
    office.convert(costing(order(3), "100.05"), deposit=NEXT_DAY, name="december.xlsx")
    return office


def costing(request: Book, amount: str) -> Book:
    request["Commande"][0]["montantSegurHT"] = amount
    return request


def test_list_says_all_in_order(month: Office) -> None:
    names = ("demande", "numeroEditeur", "file", "numLigne", "state", "numeroASP")
    names += ("codeTraitement", "libelleTraitement", "replaces")
    rows = [
        ("CMD-1", "00001", f"{FIRST}.json", 1, "accepted", "A1", None, "Demande acceptée", None),
        ("CMD-2", "00002", f"{FIRST}.json", 2, "replaced", None, None, "Date invalide", None),
        ("CMD-2", "00003", f"{SECOND}.json", 1, "prepared", None, None, None, "00002"),
        ("CMD-3", "00004", "JSON-RIS2021001-20211201-001.json", 1, "prepared", None, None, None, None),
    ]
    assert asked.listing(month.ledger).as_dicts() == [dict(zip(names, row, strict=True)) for row in rows]


def test_list_of_one_state(month: Office) -> None:
    assert [one.number for one in asked.listing(month.ledger, state="prepared").entries] == ["00003", "00004"]
    assert asked.listing(month.ledger, state="paid").entries == ()
    with pytest.raises(MisuseError):
        asked.listing(month.ledger, state="lost")


def test_list_of_nothing(office: Office) -> None:
    assert asked.listing(office.ledger).as_dicts() == []


@pytest.mark.parametrize("what", ["CMD-2", "00002", "00003"])
def test_show_tells_the_whole_story_by_key_or_number(month: Office, what: str) -> None:
    listing, story = asked.show(month.ledger, what)
    assert [one.number for one in listing.entries] == ["00002", "00003"]
    assert [(one.number, one.state, one.label) for one in story] == [
        ("00002", "prepared", None),
        ("00002", "deposited", None),
        ("00002", "rejected", "Date invalide"),
        ("00003", "prepared", None),
        ("00002", "replaced", None),
    ]


def test_show_by_the_agency_s_number(month: Office) -> None:
    listing, story = asked.show(month.ledger, "A1")
    assert [one.demande for one in listing.entries] == ["CMD-1"]
    assert [(one.state, one.file, one.line) for one in story][:2] == [("prepared", FIRST, 1), ("deposited", FIRST, 1)]


def test_show_of_what_is_not_there(office: Office) -> None:
    with pytest.raises(Xl2JsonError) as error:
        asked.show(office.ledger, "CMD-9")
    exit_3(error, "ledger.unknown")


def exported(office: Office, month: str | None = None, lang: str = "fr") -> list[list[str]]:
    path = office.folder / f"{month}-{lang}.csv"
    asked.export(office.ledger, path, month=month, lang=lang)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_csv(month: Office) -> None:
    head, *rows = exported(month)
    at = {name: head.index(name) for name in ("demande", "montant HT", "avance", "numéro éditeur", "état")}
    assert [[row[column] for column in at.values()] for row in rows] == [
        ["CMD-1", "31162,00", "9348,60", "00001", "acceptée"],
        ["CMD-2", "31162,00", "9348,60", "00002", "remplacée"],
        ["CMD-2", "31162,00", "9348,60", "00003", "préparée"],
        ["CMD-3", "100,05", "30,02", "00004", "préparée"],
    ]


def test_csv_in_english_has_a_point(month: Office) -> None:
    assert "100.05" in exported(month, lang="en")[-1]


def test_the_deposits_of_a_month(month: Office) -> None:
    assert [row[2] for row in exported(month, "2021-12")[1:]] == ["CMD-3"]
    assert [row[2] for row in exported(month, "2021-11")[1:]] == ["CMD-1", "CMD-2", "CMD-2"]
    assert exported(month, "2020-01")[1:] == []


@pytest.mark.parametrize("text", ["=1+1", "+33 1", "-1", "@SUM(A1)"])
def test_no_cell_of_a_csv_is_a_formula(office: Office, text: str) -> None:
    office.convert(order(1))
    office.answered(reject={"00001": text})
    row = exported(office)[1]
    assert f"'{text}" in row
    assert not [one for one in row if one.startswith(("=", "+", "-", "@"))]


def test_no_cell_of_a_workbook_is_a_formula(office: Office) -> None:
    office.convert(order(1))
    office.answered(reject={"00001": "=1+1"})
    path = office.folder / "export.xlsx"
    asked.export(office.ledger, path, lang="fr")
    cells = [cell for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2) for cell in row]
    assert [(cell.value, cell.data_type) for cell in cells if str(cell.value).startswith("=")] == [("=1+1", "s")]


def test_xlsx_with_the_sums_by_state(month: Office) -> None:
    path = month.folder / "export.xlsx"
    done = asked.export(month.ledger, path, lang="fr")
    assert (done.is_whole, len(done.entries)) == (True, 4)
    page, sums = openpyxl.load_workbook(path).worksheets
    assert [str(row[6].value) for row in page.iter_rows(min_row=2)] == ["00001", "00002", "00003", "00004"]
    assert [[cell.value for cell in row][1:] for row in sums.iter_rows(min_row=2)] == [
        [2, pytest.approx(31262.05), pytest.approx(9378.62)],
        [1, 31162, pytest.approx(9348.6)],
        [1, 31162, pytest.approx(9348.6)],
        [3, pytest.approx(62424.05), pytest.approx(18727.22)],  # all but the replaced one
    ]


def test_thirty_percent_half_up_of_the_sum_not_a_sum_of_roundings(office: Office) -> None:
    from converter.ledger.summary import totals

    office.convert(costing(order(1), "0.05"), costing(order(2), "0.05"), costing(order(3), "0.05"))
    sums = [(one.state, one.count, one.amount, one.advance) for one in totals(office.entries(), "0.30")]
    assert sums == [(state, 3, Decimal("0.15"), Decimal("0.05")) for state in ("prepared", None)]


def test_an_export_overwrites_nothing(office: Office) -> None:
    path = office.folder / "export.csv"
    path.write_text("mine")
    with pytest.raises(Xl2JsonError) as error:
        asked.export(office.ledger, path, lang="fr")
    exit_3(error, "exists")
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["export.txt", "export", "export.xls"])
def test_an_export_of_another_kind(office: Office, name: str) -> None:
    with pytest.raises(MisuseError):
        asked.export(office.ledger, office.folder / name, lang="fr")

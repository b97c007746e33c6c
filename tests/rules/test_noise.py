"""What a run says as a whole: every fault in one run, each once, none because of another, in the order of §4; counts, totals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from converter import check, convert
from tests.books import DEPOSIT, FINESS, PDF, Book, a_book, a_request, many, write
from tests.rules import (
    ESTABLISHMENTS,
    FILE,
    MAIN,
    ORDER,
    PIECES,
    RADIOLOGISTS,
    SCENARIO,
    TREATMENT,
    WHO,
    Told,
    another,
    changed,
    findings,
    grids,
    places,
    told,
    treated,
    two,
    write_grids,
)


def both(sheet: str, tag: str, value: Any) -> Book:
    """Two requests, sound but for that cell, which is the same in both."""
    book = two()
    for row in book[sheet]:
        row[tag] = value
    return book


# ------------------------------------------------------------------------------------------------- no follow-on noise


@pytest.mark.parametrize(
    ("rule", "sheet", "column", "tag", "typed"),
    [
        ("D1", MAIN, "B", "numeroEditeur", "1"),  # not: used twice
        ("B9", ESTABLISHMENTS, "F", "numérosFINESSGeos", "75001"),  # not: in two requests (B15)
        ("B12", RADIOLOGISTS, "C", "AM", "7500"),  # not: in two requests (B15)
        ("P4", PIECES, "C", "fichier", "absent.png"),  # not: one file for two requests (P7)
        ("P3", PIECES, "B", "typeFichier", "DEVIS"),  # not: no purchase order (P1)
        ("C1", ORDER, "B", "dateCommande", "30/02/2017"),  # not: too old (C2)
        ("B1", WHO, "C", "isClientUnique", "?"),  # not: agent missing (B3)
    ],
)
def test_two_requests_with_one_fault_are_two_findings(
    rule: str, sheet: str, column: str, tag: str, typed: str, tmp_path: Path
) -> None:
    """A value that was refused is compared with no other."""
    assert findings(tmp_path, both(sheet, tag, typed)) == [
        (rule, "error", sheet, f"{column}{row}", tag, demande, typed) for row, demande in ((2, "CMD-1"), (3, "CMD-2"))
    ]


def an_agent_for_several(book: Book) -> Book:
    book[WHO][0]["isClientUnique"] = "?"
    return another(book, ESTABLISHMENTS, numeroFINESSJuridique=FINESS[1], numérosFINESSGeos=FINESS[1])


def a_proof_of_no_known_kind(book: Book) -> Book:
    book[ORDER][0]["regimeTVA"] = "HT"
    return another(book, PIECES, typeFichier="PREUVE", fichier="preuve.pdf")


def rows_of_a_wrong_number(book: Book) -> Book:
    book[RADIOLOGISTS][0]["RPPS"] = "123"
    return another(book, RADIOLOGISTS, nomRad="MARTIN", AM="111111111")


def a_wrong_number_twice_in_its_list(book: Book) -> Book:
    book[ESTABLISHMENTS][0]["numérosFINESSGeos"] = "75001; 75001"
    return book


def a_date_that_is_repaired_to_an_old_one(book: Book) -> Book:
    book[ORDER][0]["dateCommande"] = "2017-02-01"
    return book


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (an_agent_for_several, [("B1", WHO, "C2")]),
        (a_proof_of_no_known_kind, [("P3", PIECES, "B3")]),
        (rows_of_a_wrong_number, [("B11", RADIOLOGISTS, "B2"), ("B11", RADIOLOGISTS, "B3")]),
        (a_wrong_number_twice_in_its_list, [("B9", ESTABLISHMENTS, "F2")]),
        (a_date_that_is_repaired_to_an_old_one, [("C2", ORDER, "B2"), ("X7", ORDER, "B2")]),
    ],
)
def test_a_fault_is_told_where_it_is_and_nowhere_else(
    change: Callable[[Book], Book], expected: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    assert [(one[0], one[2], one[3]) for one in findings(tmp_path, change(a_book()))] == expected


def test_a_missing_sheet_is_no_fault_of_its_requests(tmp_path: Path) -> None:
    """However many they are, and whatever the other sheets would ask of it."""
    book = many(5)
    for row in book[MAIN]:
        row["numeroEditeur"] = row["demande"].replace("CMD-", "0000")
    for row in book[ORDER]:
        row["regimeTVA"] = "HT"
    del book[PIECES]
    assert findings(tmp_path, book) == [("X1", "error", None, None, None, None, None)]


# ------------------------------------------------------------------------------------------- all in one run, none twice


def a_mess() -> Book:
    """Three requests, and a fault of nearly every rule that one workbook can break at once."""
    requests = (a_request(), a_request("CMD-2", "00001", FINESS[1]), a_request("CMD-3", "00003", FINESS[2]))
    book = treated(a_book(*requests), "CMD-4", numeroASP="ASP-1")
    book[FILE][0] |= {"numeroAns": "RIS-202101", "SIRET": "73282932000075", "profils": "Mailiz; Autre"}
    another(another(book, MAIN), MAIN, demande=None)
    book[ORDER][0] |= {"dateCommande": "31/02/2021", "regimeTVA": "HT", "montantSegurHT": 0}
    book[ORDER][1] |= {"dateCommande": date(2021, 12, 24), "regimeTVA": "ttc"}
    book[ORDER][2] |= {"regimeTVA": None, "Remarque": "à rappeler"}
    another(book, ORDER)
    book[WHO][0] |= {"isMandataire": "Oui", "isClientUnique": "Oui"}
    book[WHO][1] |= {"isMandataire": "Oui", "isClientUnique": "Non", "nomMandataire": "X" * 50}
    book[WHO][2] |= {"isMandataire": "?"}
    book[ESTABLISHMENTS][1] |= {
        "emailClient": "néant",
        "telephoneClient": "3",
        "numérosFINESSGeos": f"{FINESS[0]}; {FINESS[1]}; {FINESS[1]}",
    }
    book[ESTABLISHMENTS][2] |= {"numeroFINESSJuridique": "21.001.234.1", "telephoneClient": None}
    another(book, ESTABLISHMENTS, demande="CMD-1", numeroFINESSJuridique=FINESS[0], nomClient="HÔPITAL", telephoneClient=None, numérosFINESSGeos=FINESS[4])  # fmt: skip
    book[RADIOLOGISTS] = [book[RADIOLOGISTS][0] | {"RPPS": "10003456787", "AM": "1; 1", "nomRad": None}]
    book[PIECES][1] |= {"fichier": "CMD-1.pdf"}
    book[PIECES][2] |= {"typeFichier": "PREUVE_HT", "fichier": "absent.pdf"}
    del book[SCENARIO][1]
    book[SCENARIO][0] |= {"isIdRef": "Oui", "operateurMessagerie": "API_999", "isPFIToDMP": None}
    book[SCENARIO][1] |= {"isDirectToMSSPro": "Non"}
    return book


MESS = [
    ("F1", "warning", FILE, "A2", None),
    ("F3", "warning", FILE, "B2", None),
    ("S3", "warning", FILE, "C2", None),
    ("X4", "error", MAIN, "A3", "CMD-2"),
    ("D1", "error", MAIN, "B3", "CMD-2"),
    ("P1", "error", MAIN, "A4", "CMD-3"),
    ("X5", "error", MAIN, "A5", "CMD-3"),
    ("X3", "error", MAIN, "A6", None),
    ("X2", "warning", ORDER, "E1", None),
    ("C1", "error", ORDER, "B2", "CMD-1"),
    ("P2", "error", ORDER, "C2", "CMD-1"),
    ("C4", "error", ORDER, "D2", "CMD-1"),
    ("C2", "warning", ORDER, "B3", "CMD-2"),
    ("X7", "info", ORDER, "C3", "CMD-2"),
    ("C3", "error", ORDER, "C4", "CMD-3"),
    ("X4", "error", ORDER, "A5", "CMD-3"),
    ("B2", "warning", WHO, "C2", "CMD-1"),
    ("B4", "error", WHO, "D3", "CMD-2"),
    ("B3", "error", WHO, "E3", "CMD-2"),
    ("B3", "error", WHO, "F3", "CMD-2"),
    ("B1", "error", WHO, "B4", "CMD-3"),
    ("B5", "warning", ESTABLISHMENTS, "D3", "CMD-2"),
    ("B6", "warning", ESTABLISHMENTS, "E3", "CMD-2"),
    ("B13", "error", ESTABLISHMENTS, "F3", "CMD-2"),
    ("B15", "warning", ESTABLISHMENTS, "F3", "CMD-2"),
    ("B9", "warning", ESTABLISHMENTS, "B4", "CMD-3"),
    ("X7", "info", ESTABLISHMENTS, "B4", "CMD-3"),
    ("B8", "error", ESTABLISHMENTS, "E4", "CMD-3"),
    ("B16", "error", ESTABLISHMENTS, "C5", "CMD-1"),
    ("B11", "warning", RADIOLOGISTS, "B2", "CMD-1"),
    ("B12", "error", RADIOLOGISTS, "C2", "CMD-1"),
    ("B10", "error", RADIOLOGISTS, "D2", "CMD-1"),
    ("P7", "warning", PIECES, "C3", "CMD-2"),
    ("P4", "error", PIECES, "C4", "CMD-3"),
    ("S3", "error", SCENARIO, "B2", "CMD-1"),
    ("S2", "error", SCENARIO, "D2", "CMD-1"),
    ("S1", "error", SCENARIO, "I2", "CMD-1"),
    ("S4", "warning", SCENARIO, "J3", "CMD-3"),
    ("X3", "error", TREATMENT, "A2", "CMD-4"),
]


def the_mess(folder: Path, order: Callable[[list[str]], list[str]]) -> list[tuple[str | None, ...]]:
    """What is said of the mess, its sheets in that order: rule, severity, sheet, cell, demande."""
    book = a_mess()
    (folder / "CMD-1.pdf").write_bytes(PDF)
    path = write(folder, {sheet: book[sheet] for sheet in order(list(book))}, pieces=False)
    return [(rule, severity, sheet, cell, demande) for rule, severity, sheet, cell, _, demande, _ in told(path)]


def test_all_findings_of_a_workbook_come_in_one_run_and_each_comes_once(tmp_path: Path) -> None:
    assert sorted(the_mess(tmp_path, list), key=repr) == sorted(MESS, key=repr)


@pytest.mark.parametrize("order", [list, sorted, lambda sheets: list(reversed(sheets))])
def test_findings_come_by_sheet_row_column_and_rule(order: Callable[[list[str]], list[str]], tmp_path: Path) -> None:
    """The sheets in the order of the contract's table, wherever they stand in the workbook."""
    assert the_mess(tmp_path, order) == MESS


def test_what_has_no_place_comes_last(tmp_path: Path) -> None:
    book = changed(SCENARIO, "isIdRef", "?")
    del book[ORDER], book[FILE][0]["SIRET"]
    assert [(one[0], one[3]) for one in findings(tmp_path, book)] == [("S1", "B2"), ("X1", None), ("X1", None)]


def test_row_10_comes_after_row_9_and_column_aa_after_z(tmp_path: Path) -> None:
    """Cells are ordered as in the sheet, not as their names."""
    book = many(9)
    for row in book[MAIN]:
        row["numeroEditeur"] = row["demande"].replace("CMD-", "0000")
    for row in book[SCENARIO]:
        row |= {"isForHospital": "?", "isFinalClientSCM": "?"}
    write(tmp_path, book)
    sheets = grids(book)
    sheets[SCENARIO] = [[None] * 23 + row for row in sheets[SCENARIO]]
    assert [one[3] for one in told(write_grids(tmp_path / "wide.xlsx", sheets))] == [
        f"{column}{row}" for row in range(2, 11) for column in ("Z", "AB")
    ]


def test_faults_of_structure_do_not_hide_those_of_cells(tmp_path: Path) -> None:
    book = changed(ORDER, "regimeTVA", "TVA")
    del book[WHO], book[FILE][0]["SIRET"]
    book[SCENARIO][0]["isIdRef"] = "?"
    assert [(one[0], one[3]) for one in findings(tmp_path, book)] == [
        ("C3", "C2"),
        ("S1", "B2"),
        ("X1", None),
        ("X1", None),
    ]


@pytest.mark.parametrize("gone", ["the requests' sheet", "the requests' key", "the sheet's own key"])
def test_nor_do_they_where_rows_find_no_request(gone: str, tmp_path: Path) -> None:
    """What a cell shows by itself is told though nobody knows whose it is; else it would come up in the next run."""
    book = changed(ORDER, "regimeTVA", "TVA")
    if gone == "the requests' sheet":
        del book[MAIN]
    elif gone == "the requests' key":
        book[MAIN] = [{"note": "CMD-1"}]
    else:
        del book[ORDER][0]["demande"]
    told = [(rule, sheet, field, value) for rule, _, sheet, _, field, _, value in findings(tmp_path, book)]
    assert ("C3", ORDER, "regimeTVA", "TVA") in told
    assert [rule for rule, *_ in told if rule != "X2"] == ["C3", "X1"]


def test_rows_that_belong_to_nobody_are_read_all_the_same(tmp_path: Path) -> None:
    """Rows of no request, and those that a request has too many."""
    book = another(a_book(), ORDER, demande="CMD-9", regimeTVA="TVA")
    another(book, ORDER, demande="CMD-1", regimeTVA="TTC", montantSegurHT=0)
    assert places(tmp_path, book) == [
        ("X3", "error", ORDER, "A3", "demande", "CMD-9"),
        ("C3", "error", ORDER, "C3", "regimeTVA", "CMD-9"),
        ("X4", "error", ORDER, "A4", "demande", "CMD-1"),
        ("C4", "error", ORDER, "D4", "montantSegurHT", "CMD-1"),
    ]


# --------------------------------------------------------------------------------------------------- counts and totals


def priced(*amounts: float) -> Book:
    """Sound requests of those amounts."""
    book = many(len(amounts))
    for row, amount in zip(book[ORDER], amounts, strict=True):
        row["montantSegurHT"] = amount
    return book


def counted(path: Path, **asked: Any) -> tuple[int, int, int, int]:
    """Requests read, written, held and skipped by a conversion."""
    counts = convert(path, out=path.parent / "depot", deposit=DEPOSIT, replace=True, **asked).counts
    return counts.read, counts.written, counts.held, counts.skipped


def test_every_request_is_read_and_written(tmp_path: Path) -> None:
    assert counted(write(tmp_path, many(3))) == (3, 3, 0, 0)


def test_one_error_and_nothing_is_written(tmp_path: Path) -> None:
    book = many(3)
    book[ORDER][1]["regimeTVA"] = "TVA"
    path = write(tmp_path, book)
    read, written, _, skipped = counted(path)
    assert (read, written, skipped) == (3, 0, 0)
    assert not (tmp_path / "depot").exists()


def test_with_partial_the_sound_ones_are_written_and_the_others_held(tmp_path: Path) -> None:
    book = many(3)
    book[ORDER][1]["regimeTVA"] = "TVA"
    assert counted(write(tmp_path, book), partial=True) == (3, 2, 1, 0)


def test_accepted_ones_are_skipped_whatever_is_asked(tmp_path: Path) -> None:
    book = treated(many(3), "CMD-3", numeroEditeur="00099", numeroASP="ASP-1")
    path = write(tmp_path, book)
    assert counted(path) == (3, 2, 0, 1)
    book[ORDER][1]["regimeTVA"] = "TVA"
    assert counted(write(tmp_path, book), partial=True) == (3, 1, 1, 1)


def test_where_all_are_accepted_nothing_is_written(tmp_path: Path) -> None:
    path = write(tmp_path, treated(a_book(), numeroEditeur="00001", numeroASP="ASP-1"))
    assert counted(path) == (1, 0, 0, 1)
    assert not (tmp_path / "depot").exists()


def test_checking_writes_nothing(tmp_path: Path) -> None:
    before = sorted((tmp_path, *tmp_path.iterdir()))
    path = write(tmp_path, a_book(), pieces=False)
    outcome = check(path, deposit=DEPOSIT)
    assert (outcome.counts.read, outcome.counts.written, outcome.files) == (1, 0, ())
    assert sorted((tmp_path, *tmp_path.iterdir())) == sorted([*before, path])


@pytest.mark.parametrize(
    ("amounts", "total", "advance"),
    [
        ((31162,), "31162.00", "9348.60"),
        ((31162,) * 12, "373944.00", "112183.20"),
        ((100.15,), "100.15", "30.05"),
        ((100.05,), "100.05", "30.02"),
        ((0.05, 0.05), "0.10", "0.03"),
        ((0.01,), "0.01", "0.00"),
        ((0.1, 0.2), "0.30", "0.09"),
    ],
)
def test_the_advance_is_30_percent_half_up_to_the_cent(
    amounts: tuple[float, ...], total: str, advance: str, tmp_path: Path
) -> None:
    outcome = check(write(tmp_path, priced(*amounts)), deposit=DEPOSIT)
    assert outcome.as_dict()["totals"] == {"montantSegurHT": total, "avance": advance}
    assert (outcome.amount, outcome.advance) == (Decimal(total), Decimal(advance))


def test_totals_leave_out_requests_with_an_error(tmp_path: Path) -> None:
    """Not those with a warning, nor an amount of which nothing can be known."""
    book = priced(1000, 200, 30, 4)
    book[SCENARIO][1]["isIdRef"] = "?"
    book[SCENARIO][2]["isDirectToDMP"] = "Non"
    book[ORDER][3]["montantSegurHT"] = "?"
    assert check(write(tmp_path, book), deposit=DEPOSIT).as_dict()["totals"] == {
        "montantSegurHT": "1030.00",
        "avance": "309.00",
    }


def test_totals_of_nothing_are_nothing(tmp_path: Path) -> None:
    assert check(write(tmp_path, changed(SCENARIO, "isIdRef", "?")), deposit=DEPOSIT).as_dict()["totals"] == {
        "montantSegurHT": "0.00",
        "avance": "0.00",
    }


def test_strictness_changes_what_is_written_and_no_severity(tmp_path: Path) -> None:
    path = write(tmp_path, changed(SCENARIO, "isDirectToDMP", "Non"))
    mild, strict = (check(path, deposit=DEPOSIT, strict=strictly) for strictly in (False, True))
    assert (mild.exit_code, strict.exit_code) == (0, 1)
    assert mild.findings == strict.findings
    assert counted(path, strict=True)[:2] == (1, 0)
    assert counted(path) == (1, 1, 0, 0)


def test_info_holds_nothing_back(tmp_path: Path) -> None:
    path = write(tmp_path, changed(ORDER, "regimeTVA", "ttc"))
    said: list[Told] = told(path)
    assert [one[:2] for one in said] == [("X7", "info")]
    assert counted(path, strict=True) == (1, 1, 0, 0)

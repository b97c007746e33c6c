"""C1 to C4: the order's date, VAT regime and amount."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.books import Book, a_book
from tests.rules import ORDER, PIECES, another, changed, findings, places, requests


def with_proof(book: Book) -> Book:
    return another(book, PIECES, typeFichier="PREUVE_HT", fichier="preuve.pdf")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("31/02/2021", "31/02/2021"),
        ("15/11/21", "15/11/21"),
        ("11/15/2021", "11/15/2021"),
        ("novembre 2021", "novembre 2021"),
        (44515, "44515"),
        (True, "TRUE"),
        (None, None),
    ],
)
def test_c1_the_date_is_a_real_one(typed: Any, shown: str | None, tmp_path: Path) -> None:
    """And what is no date is not measured against the deposit's day."""
    assert findings(tmp_path, changed(ORDER, "dateCommande", typed)) == [
        ("C1", "error", "Commande", "B2", "dateCommande", "CMD-1", shown)
    ]


@pytest.mark.parametrize("typed", [date(2021, 11, 15), datetime(2021, 11, 15), "15/11/2021", " 15/11/2021 "])
def test_c1_takes_a_date_and_its_french_form(typed: Any, tmp_path: Path) -> None:
    book = changed(ORDER, "dateCommande", typed)
    assert findings(tmp_path, book) == []
    assert requests(tmp_path, book)[0]["commande"]["dateCommande"] == "15/11/2021"


@pytest.mark.parametrize(
    ("typed", "old"),
    [
        ("5/9/2021", "5/9/2021"),
        ("05-09-2021", "05-09-2021"),
        ("05.09.2021", "05.09.2021"),
        ("2021-09-05", "2021-09-05"),
        ("2021-09-05 14:30:00", "2021-09-05 14:30:00"),
        (datetime(2021, 9, 5, 14, 30), "05/09/2021 14:30:00"),
    ],
)
def test_c1_repairs_what_can_only_mean_one_day(typed: Any, old: str, tmp_path: Path) -> None:
    book = changed(ORDER, "dateCommande", typed)
    assert findings(tmp_path, book) == [("X7", "info", "Commande", "B2", "dateCommande", "CMD-1", old)]
    assert requests(tmp_path, book)[0]["commande"]["dateCommande"] == "05/09/2021"


@pytest.mark.parametrize(("day", "shown"), [(date(2021, 12, 1), "01/12/2021"), (date(2019, 11, 29), "29/11/2019")])
def test_c2_an_order_after_the_deposit_or_over_two_years_before_it_is_doubtful(
    day: date, shown: str, tmp_path: Path
) -> None:
    assert findings(tmp_path, changed(ORDER, "dateCommande", day)) == [
        ("C2", "warning", "Commande", "B2", "dateCommande", "CMD-1", shown)
    ]


@pytest.mark.parametrize("day", [date(2021, 11, 30), date(2019, 11, 30)])
def test_c2_the_day_itself_and_two_years_to_the_day_are_not(day: date, tmp_path: Path) -> None:
    assert findings(tmp_path, changed(ORDER, "dateCommande", day)) == []


def test_c2_is_measured_from_the_day_of_the_deposit(tmp_path: Path) -> None:
    assert findings(tmp_path, a_book(), deposit=date(2021, 11, 14)) == [
        ("C2", "warning", "Commande", "B2", "dateCommande", "CMD-1", "15/11/2021")
    ]


@pytest.mark.parametrize(("typed", "shown"), [("TVA", "TVA"), ("T.T.C.", "T.T.C."), (20, "20"), (None, None)])
def test_c3_the_regime_is_ttc_or_ht(typed: Any, shown: str | None, tmp_path: Path) -> None:
    """And where it is neither, nothing is said of the proof that one of them needs."""
    expected = [("C3", "error", "Commande", "C2", "regimeTVA", "CMD-1", shown)]
    assert findings(tmp_path / "alone", changed(ORDER, "regimeTVA", typed)) == expected
    assert findings(tmp_path / "proof", with_proof(changed(ORDER, "regimeTVA", typed))) == expected


def test_c3_takes_either_and_raises_its_case(tmp_path: Path) -> None:
    assert findings(tmp_path / "1", with_proof(changed(ORDER, "regimeTVA", "HT"))) == []
    assert findings(tmp_path / "2", changed(ORDER, "regimeTVA", "ttc")) == [
        ("X7", "info", "Commande", "C2", "regimeTVA", "CMD-1", "ttc")
    ]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (0, "0"),
        (-31162, "-31162"),
        ("-5,00", "-5,00"),
        (100.005, "100.005"),
        ("100,005", "100,005"),
        ("31,162.00", "31,162.00"),
        ("3E4", "3E4"),
        ("environ 31162", "environ 31162"),
        (True, "TRUE"),
        (date(2021, 11, 15), "15/11/2021"),
        (None, None),
    ],
)
def test_c4_the_amount_is_above_zero_with_two_decimals_at_most(typed: Any, shown: str | None, tmp_path: Path) -> None:
    assert findings(tmp_path, changed(ORDER, "montantSegurHT", typed)) == [
        ("C4", "error", "Commande", "D2", "montantSegurHT", "CMD-1", shown)
    ]


@pytest.mark.parametrize(
    ("typed", "written"),
    [(0.01, 0.01), (31162, 31162), (31162.5, 31162.5), (0.1 + 0.2, 0.3), ("31162,00", 31162), ("31162.00", 31162)],
)
def test_c4_takes_numbers_as_excel_shows_them_and_plain_text(typed: Any, written: float, tmp_path: Path) -> None:
    book = changed(ORDER, "montantSegurHT", typed)
    assert findings(tmp_path, book) == []
    assert requests(tmp_path, book)[0]["commande"]["montantSegurHT"] == written


@pytest.mark.parametrize("typed", ["31 162,00 €", "31\u00a0162,00", "31162€", "31\u202f162.00"])
def test_c4_repairs_an_amount_written_for_people(typed: str, tmp_path: Path) -> None:
    book = changed(ORDER, "montantSegurHT", typed)
    assert findings(tmp_path, book) == [("X7", "info", "Commande", "D2", "montantSegurHT", "CMD-1", typed)]
    assert requests(tmp_path, book)[0]["commande"]["montantSegurHT"] == 31162


def test_each_cell_of_a_row_speaks_for_itself(tmp_path: Path) -> None:
    book = a_book()
    book[ORDER][0] |= {"dateCommande": "hier", "regimeTVA": "?", "montantSegurHT": 0}
    assert places(tmp_path, book) == [
        ("C1", "error", "Commande", "B2", "dateCommande", "CMD-1"),
        ("C3", "error", "Commande", "C2", "regimeTVA", "CMD-1"),
        ("C4", "error", "Commande", "D2", "montantSegurHT", "CMD-1"),
    ]

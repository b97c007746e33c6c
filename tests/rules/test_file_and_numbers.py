"""F1 to F3: the file's own header, and the settings that fill it in; D1, D3, D6: the editor's numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from converter import check, convert
from tests.books import DEPOSIT, FINESS, Book, a_book, a_request, many, write
from tests.rules import (
    FILE,
    MAIN,
    SCENARIO,
    TREATMENT,
    changed,
    document,
    findings,
    places,
    requests,
    told,
    treated,
    two,
)

SIRET = "73282932000074"
OTHER = "35600000000048"


def blank_header(**header: str) -> Book:
    """A sound workbook whose file header is blank but for those cells."""
    book = a_book()
    book[FILE] = [dict.fromkeys(("numeroAns", "SIRET", "profils")) | header]
    return book


# ----------------------------------------------------------------------------------------------------------- the file


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("RIS202100", "RIS202100"),
        ("RIS20210012", "RIS20210012"),
        ("RIS/202101", "RIS/202101"),
        ("RIS:202101", "RIS:202101"),
        ("RIS\\202101", "RIS\\202101"),
        ("RIS?202101", "RIS?202101"),
        (123456789, "123456789"),
        (1234567890.5, "1234567890.5"),
        (None, None),
    ],
)
def test_f1_the_ans_number_has_10_characters_fit_for_a_file_name(typed: Any, shown: str | None, tmp_path: Path) -> None:
    """Zeros are never put back."""
    assert findings(tmp_path, changed(FILE, "numeroAns", typed)) == [
        ("F1", "error", FILE, "A2", "numeroAns", None, shown)
    ]


@pytest.mark.parametrize("typed", ["RIS-202101", "RIS_202101", "RÏS2021001"])
def test_f1_other_characters_than_plain_ones_are_doubtful(typed: str, tmp_path: Path) -> None:
    assert findings(tmp_path, changed(FILE, "numeroAns", typed)) == [
        ("F1", "warning", FILE, "A2", "numeroAns", None, typed)
    ]


@pytest.mark.parametrize("typed", ["RIS2021001", "ris2021001", "0000000001"])
def test_f1_takes_letters_and_digits(typed: str, tmp_path: Path) -> None:
    book = changed(FILE, "numeroAns", typed)
    assert findings(tmp_path, book) == []
    assert document(write(tmp_path, book))["numeroAns"] == typed


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("7328293200007", "7328293200007"),
        ("732829320000741", "732829320000741"),
        ("7328293200007A", "7328293200007A"),
        ("7,32829E+13", "7,32829E+13"),
        (73282932000074.5, "73282932000074.5"),
        (5320000200012, "5320000200012"),
        (None, None),
    ],
)
def test_f2_a_siret_has_14_digits(typed: Any, shown: str | None, tmp_path: Path) -> None:
    """A zero that Excel ate is only put back where the check digit proves it."""
    assert findings(tmp_path, changed(FILE, "SIRET", typed)) == [("F2", "error", FILE, "B2", "SIRET", None, shown)]


@pytest.mark.parametrize(
    ("typed", "shown", "written"),
    [
        (73282932000074, "73282932000074", "73282932000074"),
        (5320000200011, "5320000200011", "05320000200011"),
        ("732 829 320 00074", "732 829 320 00074", "73282932000074"),
        ("732\u00a0829\u00a0320\u00a000074", "732\u00a0829\u00a0320\u00a000074", "73282932000074"),
    ],
)
def test_f2_repairs_a_siret(typed: Any, shown: str, written: str, tmp_path: Path) -> None:
    book = changed(FILE, "SIRET", typed)
    assert findings(tmp_path, book) == [("X7", "info", FILE, "B2", "SIRET", None, shown)]
    assert document(write(tmp_path, book))["SIRET"] == written


def test_f3_a_wrong_check_digit_is_doubtful(tmp_path: Path) -> None:
    assert findings(tmp_path, changed(FILE, "SIRET", "73282932000075")) == [
        ("F3", "warning", FILE, "B2", "SIRET", None, "73282932000075")
    ]


@pytest.mark.parametrize("typed", [SIRET, "35600000049837", OTHER])
def test_f3_knows_la_poste(typed: str, tmp_path: Path) -> None:
    """Its establishments have a sum of their own, its seat the usual one."""
    assert findings(tmp_path, changed(FILE, "SIRET", typed)) == []


def test_a_fault_of_the_file_keeps_every_request_back(tmp_path: Path) -> None:
    """Also where sound requests may be written alone."""
    outcome = convert(
        write(tmp_path, changed(FILE, "SIRET", "1")), out=tmp_path / "depot", deposit=DEPOSIT, partial=True
    )
    assert (outcome.counts.read, outcome.counts.written, outcome.files) == (1, 0, ())
    assert not list((tmp_path / "depot").glob("JSON*"))


# --------------------------------------------------------------------------------------------------------- the settings


def test_what_the_header_leaves_blank_comes_from_the_settings_file(tmp_path: Path) -> None:
    """It lies in the workbook's folder or in one above."""
    (tmp_path / "xl2json.toml").write_text(
        f'numeroAns = "RIS2021009"\nSIRET = "{SIRET}"\nprofils = "Mailiz"\n', encoding="utf-8"
    )
    path = write(tmp_path / "2021" / "novembre", blank_header())
    assert told(path) == []
    written = document(path)
    assert (written["numeroAns"], written["SIRET"]) == ("RIS2021009", SIRET)


def test_the_nearest_settings_file_holds(tmp_path: Path) -> None:
    (tmp_path / "xl2json.toml").write_text('numeroAns = "RIS2021008"', encoding="utf-8")
    (tmp_path / "2021").mkdir()
    (tmp_path / "2021" / "xl2json.toml").write_text('numeroAns = "RIS2021009"', encoding="utf-8")
    assert document(write(tmp_path / "2021", blank_header(SIRET=SIRET)))["numeroAns"] == "RIS2021009"


def test_the_header_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xl2json.toml").write_text(
        f'numeroAns = "FILE000001"\nSIRET = "{SIRET}"\nprofils = "Mailiz"\n', encoding="utf-8"
    )
    monkeypatch.setenv("XL2JSON_NUMEROANS", "ENVI000001")
    written = document(write(tmp_path, blank_header()))
    assert (written["numeroAns"], written["SIRET"]) == ("ENVI000001", SIRET)
    monkeypatch.setenv("XL2JSON_SIRET", OTHER)
    written = document(write(tmp_path, blank_header(numeroAns="CELL000001")), file_number=2)
    assert (written["numeroAns"], written["SIRET"]) == ("CELL000001", OTHER)


def test_a_variable_that_is_empty_is_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "xl2json.toml").write_text('numeroAns = "FILE000001"', encoding="utf-8")
    monkeypatch.setenv("XL2JSON_NUMEROANS", "")
    assert document(write(tmp_path, blank_header(SIRET=SIRET)))["numeroAns"] == "FILE000001"


def test_the_profiles_of_the_settings_are_checked_against_the_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = blank_header(numeroAns="RIS2021001", SIRET=SIRET)
    book[SCENARIO][0]["isIdRef"] = "Oui"
    monkeypatch.setenv("XL2JSON_PROFILS", "Mailiz")
    assert places(tmp_path, book) == [("S3", "error", SCENARIO, "B2", "isIdRef", "CMD-1")]
    monkeypatch.setenv("XL2JSON_PROFILS", "Mailiz; Référentiel d'identité")
    assert places(tmp_path, book) == []


@pytest.mark.parametrize("columns", [("numeroAns",), ("SIRET",), ("numeroAns", "SIRET")])
def test_a_column_that_the_settings_fill_in_need_not_be_there(columns: tuple[str, ...], tmp_path: Path) -> None:
    given = {"numeroAns": "RIS2021009", "SIRET": OTHER}
    (tmp_path / "xl2json.toml").write_text("".join(f'{tag} = "{given[tag]}"\n' for tag in columns), encoding="utf-8")
    book = a_book()
    for tag in columns:
        del book[FILE][0][tag]
    path = write(tmp_path, book)
    assert told(path) == []
    written = document(path)
    for tag in columns:
        assert written[tag] == given[tag]


@pytest.mark.parametrize(
    ("name", "value", "rule", "severity"),
    [
        ("XL2JSON_NUMEROANS", "RIS2021", "F1", "error"),
        ("XL2JSON_NUMEROANS", "RIS-202101", "F1", "warning"),
        ("XL2JSON_SIRET", "7328293200007", "F2", "error"),
        ("XL2JSON_SIRET", "73282932000075", "F3", "warning"),
    ],
)
def test_what_comes_from_the_settings_is_held_against_the_same_rules(
    name: str, value: str, rule: str, severity: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told without a place, for it stands in no cell."""
    monkeypatch.setenv("XL2JSON_NUMEROANS", "RIS2021001")
    monkeypatch.setenv("XL2JSON_SIRET", SIRET)
    monkeypatch.setenv("XL2JSON_PROFILS", "Mailiz")
    monkeypatch.setenv(name, value)
    assert findings(tmp_path, blank_header()) == [(rule, severity, None, None, None, None, value)]


def test_a_settings_value_is_not_looked_at_where_the_header_has_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where the header's own is wrong."""
    monkeypatch.setenv("XL2JSON_SIRET", "1")
    assert findings(tmp_path / "sound", a_book()) == []
    monkeypatch.setenv("XL2JSON_SIRET", OTHER)
    assert findings(tmp_path / "wrong", changed(FILE, "SIRET", "1")) == [
        ("F2", "error", FILE, "B2", "SIRET", None, "1")
    ]


def test_the_settings_name_the_second_folder_for_attachments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "livre", a_book())
    (tmp_path / "scans").mkdir()
    (tmp_path / "livre" / "CMD-1.pdf").rename(tmp_path / "scans" / "CMD-1.pdf")
    assert [one[0] for one in told(path)] == ["P4"]
    monkeypatch.setenv("XL2JSON_ATTACHMENTS", str(tmp_path / "scans"))
    assert told(path) == []


# ---------------------------------------------------------------------------------------------------- editor's numbers


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("0001", "0001"),
        ("000001", "000001"),
        ("00-01", "00-01"),
        ("É0001", "É0001"),
        (123456, "123456"),
        (1.5, "1.5"),
        (-1, "-1"),
    ],
)
def test_d1_a_number_has_5_letters_or_digits(typed: Any, shown: str, tmp_path: Path) -> None:
    assert findings(tmp_path, changed(MAIN, "numeroEditeur", typed)) == [
        ("D1", "error", MAIN, "B2", "numeroEditeur", "CMD-1", shown)
    ]


@pytest.mark.parametrize("typed", ["00001", "99999", "AB12z"])
def test_d1_takes_any_5_letters_or_digits(typed: str, tmp_path: Path) -> None:
    book = changed(MAIN, "numeroEditeur", typed)
    assert findings(tmp_path, book) == []
    assert requests(tmp_path, book)[0]["numeroEditeur"] == typed


@pytest.mark.parametrize(("typed", "shown", "written"), [(1, "1", "00001"), (42.0, "42", "00042"), ("000 07", "000 07", "00007")])  # fmt: skip
def test_d1_repairs_a_number(typed: Any, shown: str, written: str, tmp_path: Path) -> None:
    book = changed(MAIN, "numeroEditeur", typed)
    assert findings(tmp_path, book) == [("X7", "info", MAIN, "B2", "numeroEditeur", "CMD-1", shown)]
    assert requests(tmp_path, book)[0]["numeroEditeur"] == written


def test_d1_a_number_is_used_once_in_a_workbook(tmp_path: Path) -> None:
    """The later one is told; a number is compared as it was repaired."""
    book = two()
    book[MAIN][1]["numeroEditeur"] = "00001"
    expected = ("D1", "error", MAIN, "B3", "numeroEditeur", "CMD-2", "00001")
    assert findings(tmp_path / "typed", book) == [expected]
    book[MAIN][0]["numeroEditeur"] = 1
    assert findings(tmp_path / "repaired", book) == [
        ("X7", "info", MAIN, "B2", "numeroEditeur", "CMD-1", "1"),
        expected,
    ]


def test_d1_holds_against_an_accepted_request_too(tmp_path: Path) -> None:
    book = two()
    book[MAIN][1]["numeroEditeur"] = "00001"
    told = findings(tmp_path, treated(book, "CMD-1", numeroEditeur="00001", numeroASP="ASP-1"))
    assert ("D1", "error", MAIN, "B3", "numeroEditeur", "CMD-2", "00001") in told


def test_d3_a_request_that_the_agency_has_numbered_is_skipped(tmp_path: Path) -> None:
    book = treated(two(), "CMD-2", numeroEditeur="00002", numeroASP="ASP-7", libelleTraitement="Demande acceptée")
    path = write(tmp_path, book)
    assert told(path) == [("D3", "info", TREATMENT, "C2", "numeroASP", "CMD-2", "ASP-7")]
    outcome = check(path, deposit=DEPOSIT)
    assert (outcome.counts.read, outcome.counts.skipped) == (2, 1)
    assert [request["numeroEditeur"] for request in document(path)["lignesImport"]] == ["00001"]


@pytest.mark.parametrize("number", [None, " "])
def test_d3_a_request_without_the_agencys_number_is_not(number: str | None, tmp_path: Path) -> None:
    """It was rejected, and comes again."""
    book = treated(a_book(), numeroEditeur="00009", numeroASP=number, libelleTraitement="SIRET inconnu")
    path = write(tmp_path, book)
    assert told(path) == []
    assert len(document(path)["lignesImport"]) == 1


def test_d6_a_number_that_is_allotted_without_a_ledger_is_told(tmp_path: Path) -> None:
    book = many(2)
    path = write(tmp_path, book)
    assert told(path) == [
        ("D6", "warning", MAIN, "B2", "numeroEditeur", "CMD-1", None),
        ("D6", "warning", MAIN, "B3", "numeroEditeur", "CMD-2", None),
    ]
    assert [request["numeroEditeur"] for request in document(path)["lignesImport"]] == ["00001", "00002"]


def test_d6_says_nothing_of_a_number_that_was_typed(tmp_path: Path) -> None:
    book = two()
    book[MAIN][1]["numeroEditeur"] = None
    assert findings(tmp_path, book) == [("D6", "warning", MAIN, "B3", "numeroEditeur", "CMD-2", None)]


def test_d6_the_column_need_not_be_there(tmp_path: Path) -> None:
    book = a_book()
    del book[MAIN][0]["numeroEditeur"]
    path = write(tmp_path, book)
    assert [(rule, severity, sheet, demande) for rule, severity, sheet, _, _, demande, _ in told(path)] == [
        ("D6", "warning", MAIN, "CMD-1")
    ]
    assert document(path)["lignesImport"][0]["numeroEditeur"] == "00001"


@pytest.mark.parametrize(
    ("typed", "asked", "written"),
    [
        (["00007", None], {}, ["00007", "00008"]),
        ([None, "00007"], {}, ["00008", "00007"]),
        ([None, "AB999", None], {}, ["00001", "AB999", "00002"]),
        ([None, None], {"first_number": 41}, ["00041", "00042"]),
        (["00050", None], {"first_number": 41}, ["00050", "00051"]),
    ],
)
def test_d6_allots_the_next_free_number(
    typed: list[str | None], asked: dict[str, int], written: list[str], tmp_path: Path
) -> None:
    """Above all that the workbook has, and from the first that was asked for; letters are passed over in counting."""
    book = a_book(*(a_request(f"CMD-{n}", number, FINESS[n]) for n, number in enumerate(typed)))
    lines = document(write(tmp_path, book), **asked)["lignesImport"]
    assert [request["numeroEditeur"] for request in lines] == written


def test_d6_passes_over_numbers_that_the_agency_has_seen(tmp_path: Path) -> None:
    """A rejected request's old number is never used again."""
    book = treated(many(1), numeroEditeur="00031", libelleTraitement="SIRET inconnu")
    assert document(write(tmp_path, book))["lignesImport"][0]["numeroEditeur"] == "00032"

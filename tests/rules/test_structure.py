"""X1 to X9, and how a workbook is read: its sheets, headers and columns, its keys, its merged rows, its kinds of file."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.books import FINESS, Book, a_book, a_request, many, write
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
    Grids,
    Told,
    another,
    changed,
    document,
    findings,
    grids,
    opened,
    patch,
    places,
    requests,
    told,
    treated,
    two,
    write_grids,
)

KEYED = [MAIN, ORDER, WHO, ESTABLISHMENTS, RADIOLOGISTS, PIECES, SCENARIO]
ONE_EACH = [ORDER, WHO, SCENARIO]
X1: Told = ("X1", "error", None, None, None, None, None)
FAULT = ("C3", "error", ORDER, "C2", "regimeTVA", "CMD-1", "TVA")


def keyed_by_number(*numbers: Any) -> Book:
    """Sound requests without a `demande` column: `numeroEditeur` stands for it in every sheet, typed thus."""
    book = a_book(*(a_request(f"CMD-{n}", None, FINESS[n]) for n in range(len(numbers))))
    for sheet in KEYED:
        for row, number in zip(book[sheet], numbers, strict=True):
            del row["demande"]
            row["numeroEditeur"] = number
    return book


def without(sheet: str, *tags: str) -> Book:
    """A sound workbook but for columns that its sheet has not got."""
    book = a_book()
    for row in book[sheet]:
        for tag in tags:
            del row[tag]
    return book


def places_of(some: list[Told]) -> list[tuple[str | None, ...]]:
    return [one[:6] for one in some]


# ------------------------------------------------------------------------------------------------------------ the keys


@pytest.mark.parametrize("other", [7, 7.0, "7", " 7 "])
@pytest.mark.parametrize("main", [7, 7.0, "7"])
def test_a_key_typed_as_a_number_or_as_text_is_the_same(main: Any, other: Any, tmp_path: Path) -> None:
    book = a_book(a_request("7"))
    for sheet in KEYED:
        book[sheet][0]["demande"] = main if sheet == MAIN else other
    expected = [("X7", "info", sheet, "A2", "demande", "7", other) for sheet in KEYED[1:] if other == " 7 "]
    assert findings(tmp_path, book) == expected


def test_findings_name_a_numeric_key_as_people_see_it(tmp_path: Path) -> None:
    book = a_book(a_request("7"))
    book[MAIN][0]["demande"] = book[ORDER][0]["demande"] = 7
    book[ORDER][0]["regimeTVA"] = "TVA"
    assert findings(tmp_path, book) == [("C3", "error", ORDER, "C2", "regimeTVA", "7", "TVA")]


def test_keys_are_any_text(tmp_path: Path) -> None:
    """Two that differ are two, and the tool reads nothing into them."""
    book = a_book(a_request("BC 2021/11 – n° 7"), a_request("07", "00002", FINESS[1]))
    book[PIECES][0]["fichier"] = "7.pdf"
    assert findings(tmp_path, book) == []


def test_a_workbook_may_be_keyed_by_the_editors_number_throughout(tmp_path: Path) -> None:
    book = keyed_by_number("00001", "AB002")
    assert findings(tmp_path, book) == []
    assert [request["numeroEditeur"] for request in requests(tmp_path, book)] == ["00001", "AB002"]


@pytest.mark.parametrize("typed", [1, 1.0])
def test_such_keys_are_repaired_as_the_number_is(typed: Any, tmp_path: Path) -> None:
    book = keyed_by_number(typed)
    assert findings(tmp_path, book) == [
        ("X7", "info", sheet, cell, "numeroEditeur", "00001", "1")
        for sheet, cell in zip(KEYED, ("A2", "D2", "F2", "F2", "F2", "C2", "M2"), strict=True)
    ]
    assert [request["numeroEditeur"] for request in requests(tmp_path, book)] == ["00001"]


def test_such_keys_are_the_same_however_typed(tmp_path: Path) -> None:
    book = keyed_by_number("00001")
    book[ORDER][0] |= {"numeroEditeur": 1, "regimeTVA": "TVA"}
    assert findings(tmp_path, book) == [
        ("C3", "error", ORDER, "B2", "regimeTVA", "00001", "TVA"),
        ("X7", "info", ORDER, "D2", "numeroEditeur", "00001", "1"),
    ]


def test_a_number_that_is_no_number_is_a_key_all_the_same(tmp_path: Path) -> None:
    """It is told where it numbers the request, and its rows are found."""
    assert findings(tmp_path, keyed_by_number("123")) == [
        ("D1", "error", MAIN, "A2", "numeroEditeur", "123", "123"),
    ]


def test_the_sheet_of_the_answers_alone_may_be_keyed_by_the_number(tmp_path: Path) -> None:
    """Its number finds the request that bears it."""
    book = treated(two(), numeroEditeur="00002", numeroASP="ASP-7")
    del book[TREATMENT][0]["demande"]
    assert findings(tmp_path, book) == [("D3", "info", TREATMENT, "B2", "numeroASP", "CMD-2", "ASP-7")]


# ---------------------------------------------------------------------------------------------------------- the header


@pytest.mark.parametrize("above", range(10))
def test_the_header_is_one_of_the_first_ten_rows(above: int, tmp_path: Path) -> None:
    sheets = grids(changed(ORDER, "regimeTVA", "TVA"))
    for rows in sheets.values():
        rows[:0] = [["Demandes d'avance", None, "novembre 2021"], *([[None]] * 9)][:above]
    write(tmp_path, a_book())
    assert told(write_grids(tmp_path / "titled.xlsx", sheets)) == [
        (*FAULT[:3], f"C{above + 2}", *FAULT[4:]),
    ]


def test_in_the_eleventh_row_it_is_none(tmp_path: Path) -> None:
    write(tmp_path, a_book())
    sheets = grids(a_book())
    sheets[ORDER][:0] = [["Demandes d'avance"]] * 10
    assert set(told(write_grids(tmp_path / "titled.xlsx", sheets))) == {X1}


@pytest.mark.parametrize(
    "above",
    [
        [["Commande", None, None, None]],
        [["dateCommande", "regimeTVA", "montantSegurHT", None]],
        [["demande", "(le même repère partout)", None, None], [None, "date", "regimeTVA", "montantSegurHT"]],
        [["Demande", "dateCommande", "TTC ou HT", "en euros"]],
    ],
)
def test_the_header_has_the_key_and_the_most_known_columns(above: list[list[Any]], tmp_path: Path) -> None:
    """What stands above it is ignored, though it bears a known name."""
    write(tmp_path, a_book())
    sheets = grids(a_book())
    sheets[ORDER][:0] = above
    assert told(write_grids(tmp_path / "titled.xlsx", sheets)) == []


def test_what_stands_above_the_files_own_header_is_ignored_too(tmp_path: Path) -> None:
    write(tmp_path, a_book())
    sheets = grids(changed(FILE, "SIRET", "1"))
    sheets[FILE][:0] = [["Votre société", "SIRET"], [None, "profils", "SIRET"]]
    assert told(write_grids(tmp_path / "titled.xlsx", sheets)) == [("F2", "error", FILE, "B4", "SIRET", None, "1")]


# ------------------------------------------------------------------------------------------------- sheets and columns


def test_sheets_and_columns_come_in_any_order(tmp_path: Path) -> None:
    path = write(tmp_path, changed(ORDER, "dateCommande", date(2021, 11, 16)))
    sheets = {
        title: [list(reversed(row)) for row in rows]
        for title, rows in reversed(grids(changed(ORDER, "dateCommande", date(2021, 11, 16))).items())
    }
    turned = write_grids(tmp_path / "turned.xlsx", sheets)
    assert told(turned) == []
    assert document(turned, out=tmp_path / "1") == document(path, out=tmp_path / "2")


def test_findings_name_cells_where_they_stand(tmp_path: Path) -> None:
    write(tmp_path, a_book())
    sheets = grids(changed(ORDER, "regimeTVA", "TVA"))
    sheets[ORDER] = [[None, None, *reversed(row)] for row in sheets[ORDER]]
    assert told(write_grids(tmp_path / "turned.xlsx", sheets)) == [(*FAULT[:3], "D2", *FAULT[4:])]


@pytest.mark.parametrize(
    ("sheet", "spelt"),
    [
        (FILE, "ENTETE FICHIER"),
        (FILE, " entete fichier "),
        (MAIN, "Entête_demande"),
        (MAIN, "entete-demande"),
        (ORDER, "COMMANDE"),
        (WHO, "Beneficiaires"),
        (WHO, "BE\u0301NE\u0301FICIAIRES"),
        (ESTABLISHMENTS, "Établissements"),
        (PIECES, "PIECES_JUSTIFICATIVES"),
        (SCENARIO, "Scénario d’installation"),
        (SCENARIO, "SCENARIO D`INSTALLATION"),
    ],
)
def test_sheets_match_however_they_are_spelt(sheet: str, spelt: str, tmp_path: Path) -> None:
    write(tmp_path, a_book())
    book = {(spelt if title == sheet else title): rows for title, rows in a_book().items()}
    assert findings(tmp_path, book) == []


@pytest.mark.parametrize(
    ("sheet", "tag", "spelt"),
    [
        (FILE, "numeroAns", "NUMÉRO_ANS"),
        (FILE, "SIRET", " siret "),
        (MAIN, "demande", "Demande"),
        (MAIN, "numeroEditeur", "numéro-éditeur"),
        (ORDER, "dateCommande", "DATE_COMMANDE"),
        (ORDER, "montantSegurHT", "montant_Ségur_HT\u00a0"),
        (ESTABLISHMENTS, "numérosFINESSGeos", "numerosFINESSGéos"),
        (ESTABLISHMENTS, "numeroFINESSJuridique", "nume\u0301roFINESSJuridique"),
        (RADIOLOGISTS, "RPPS", "rpps"),
        (RADIOLOGISTS, "AM", "\nAm\n"),
        (PIECES, "typeFichier", "type-fichier"),
        (SCENARIO, "isIdRef", "ISIDREF"),
    ],
)
def test_columns_match_however_they_are_spelt(sheet: str, tag: str, spelt: str, tmp_path: Path) -> None:
    book = a_book()
    book[sheet] = [{(spelt if name == tag else name): value for name, value in row.items()} for row in book[sheet]]
    assert findings(tmp_path, book) == []


def test_extra_sheets_are_ignored(tmp_path: Path) -> None:
    book = a_book()
    book["Notes"] = [{"demande": "CMD-99", "regimeTVA": "?"}]
    book["Commande (2)"] = deepcopy(book[ORDER])
    assert findings(tmp_path, book) == []


@pytest.mark.parametrize("blank", [None, "", "   ", "\u00a0", "\n\t"])
def test_blank_rows_are_ignored(blank: str | None, tmp_path: Path) -> None:
    """And the rows below them keep their numbers."""
    write(tmp_path, two())
    sheets = grids(two())
    for rows in sheets.values():
        rows[1:1] = [[blank] * len(rows[0])]
        rows.append([blank] * len(rows[0]))
    sheets[ORDER][3][2] = "TVA"
    assert told(write_grids(tmp_path / "spaced.xlsx", sheets)) == [
        ("C3", "error", ORDER, "C4", "regimeTVA", "CMD-2", "TVA")
    ]


def test_hidden_sheets_rows_and_columns_are_read_like_any_other(tmp_path: Path) -> None:
    path = write(tmp_path, changed(ORDER, "regimeTVA", "TVA"))
    with opened(path) as workbook:
        workbook[ORDER].sheet_state = "hidden"
        workbook[WHO].sheet_state = "veryHidden"
        for sheet in workbook.worksheets:
            sheet.row_dimensions[2].hidden = True
            sheet.column_dimensions["C"].hidden = True
    assert told(path) == [FAULT]


def test_columns_that_may_be_blank_need_not_be_there(tmp_path: Path) -> None:
    book = a_book()
    for sheet, tags in {
        WHO: ("nomMandataire", "emailMandataire", "telephoneMandataire"),
        RADIOLOGISTS: ("emailRad", "telephoneRad"),
    }.items():
        for tag in tags:
            del book[sheet][0][tag]
    assert findings(tmp_path, book) == []
    who = requests(tmp_path, book)[0]["beneficiaires"]
    assert who["nomMandataire"] is None
    assert who["radLiberauxClients"][0]["emailRad"] is None


@pytest.mark.parametrize("sheet", [ESTABLISHMENTS, RADIOLOGISTS])
def test_sheets_that_may_be_blank_need_not_be_there(sheet: str, tmp_path: Path) -> None:
    book = a_book()
    del book[sheet]
    assert findings(tmp_path, book) == []


# ------------------------------------------------------------------------------------------------ X1, X2, X9: structure


@pytest.mark.parametrize("sheet", [FILE, *ONE_EACH, PIECES, MAIN])
def test_x1_a_sheet_is_missing(sheet: str, tmp_path: Path) -> None:
    """That is said once, and nothing of what cannot be known without it."""
    book = a_book()
    del book[sheet]
    assert [one for one in findings(tmp_path, book) if one[:2] != ("S3", "info")] == [X1]


@pytest.mark.parametrize(
    ("sheet", "tag"),
    [
        *((FILE, tag) for tag in ("numeroAns", "SIRET")),
        *((sheet, "demande") for sheet in KEYED[1:]),
        *((ORDER, tag) for tag in ("dateCommande", "regimeTVA", "montantSegurHT")),
        *((WHO, tag) for tag in ("isMandataire", "isClientUnique")),
        *((ESTABLISHMENTS, tag) for tag in list(a_book()[ESTABLISHMENTS][0])[1:]),
        *((RADIOLOGISTS, tag) for tag in ("RPPS", "AM", "nomRad")),
        *((PIECES, tag) for tag in ("typeFichier", "fichier")),
        *((SCENARIO, tag) for tag in list(a_book()[SCENARIO][0])[1:]),
    ],
)
def test_x1_a_required_column_is_missing(sheet: str, tag: str, tmp_path: Path) -> None:
    """That is said once, not for every row, and nothing of what hangs on it."""
    assert findings(tmp_path, without(sheet, tag)) == [X1]


def test_x1_all_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    book = without(ORDER, "regimeTVA", "montantSegurHT")
    del book[FILE][0]["SIRET"], book[WHO], book[SCENARIO]
    assert findings(tmp_path, book) == [X1] * 5


def test_x1_is_exit_code_1(tmp_path: Path) -> None:
    from converter import check

    assert check(write(tmp_path, without(ORDER, "regimeTVA"))).exit_code == 1


def test_x2_an_unknown_column_is_told_once(tmp_path: Path) -> None:
    """Whatever stands in it is not read."""
    book = two()
    for row in book[ORDER]:
        row["Remarque"] = "à rappeler"
    assert findings(tmp_path, book) == [("X2", "warning", ORDER, "E1", "Remarque", None, "Remarque")]


def test_x2_a_misspelt_column_is_unknown_and_the_right_one_missing(tmp_path: Path) -> None:
    book = a_book()
    book[ORDER][0]["regimTVA"] = book[ORDER][0].pop("regimeTVA")
    assert findings(tmp_path, book) == [("X2", "warning", ORDER, "D1", "regimTVA", None, "regimTVA"), X1]


def test_x2_is_told_where_the_header_stands(tmp_path: Path) -> None:
    write(tmp_path, a_book())
    sheets = grids(changed(ORDER, "Remarque", None))
    sheets[ORDER][:0] = [["Commandes", "de", "novembre", None, "2021"]] * 2
    assert told(write_grids(tmp_path / "titled.xlsx", sheets)) == [
        ("X2", "warning", ORDER, "E3", "Remarque", None, "Remarque")
    ]


def test_x2_says_nothing_of_columns_without_a_name(tmp_path: Path) -> None:
    write(tmp_path, a_book())
    sheets = grids(a_book())
    sheets[ORDER] = [[*row, extra] for row, extra in zip(sheets[ORDER], (" ", "à rappeler"), strict=True)]
    assert told(write_grids(tmp_path / "noted.xlsx", sheets)) == []


@pytest.mark.parametrize("again", ["regimeTVA", "REGIME_TVA", " régimeTVA"])
def test_x9_two_columns_of_one_name(again: str, tmp_path: Path) -> None:
    """The later one is told; which of the two holds is not to be guessed."""
    write(tmp_path, a_book())
    sheets = grids(a_book())
    sheets[ORDER] = [[*row, extra] for row, extra in zip(sheets[ORDER], (again, "HT"), strict=True)]
    assert places_of(told(write_grids(tmp_path / "doubled.xlsx", sheets))) == [
        ("X9", "error", ORDER, "E1", "regimeTVA", None)
    ]


def test_x9_two_sheets_of_one_name(tmp_path: Path) -> None:
    book = a_book()
    book["COMMANDE_"] = deepcopy(book[ORDER])
    assert places(tmp_path, book) == [("X9", "error", None, None, None, None)]


def test_x9_says_nothing_of_what_is_not_known(tmp_path: Path) -> None:
    """Nor of one name in two sheets."""
    write(tmp_path, a_book())
    book = a_book()
    book["Notes"], book["notes_"] = [{"a": 1}], [{"a": 1}]
    sheets = grids(book)
    sheets[ORDER] = [[*row, extra, extra] for row, extra in zip(sheets[ORDER], ("Note", 1), strict=True)]
    assert [one[0] for one in told(write_grids(tmp_path / "noted.xlsx", sheets))] == ["X2", "X2"]


# ---------------------------------------------------------------------------------------------- X3 to X6: rows and keys


@pytest.mark.parametrize("blank", [None, " ", "\u00a0"])
@pytest.mark.parametrize("sheet", KEYED)
def test_x3_a_row_has_a_key(sheet: str, blank: str | None, tmp_path: Path) -> None:
    book = another(a_book(), sheet, demande=blank)
    assert findings(tmp_path, book) == [("X3", "error", sheet, "A3", "demande", None, None)]


@pytest.mark.parametrize("sheet", KEYED[1:])
def test_x3_a_rows_key_is_one_of_the_requests(sheet: str, tmp_path: Path) -> None:
    book = another(a_book(), sheet, demande="CMD-9")
    assert findings(tmp_path, book) == [("X3", "error", sheet, "A3", "demande", "CMD-9", "CMD-9")]


def test_x3_holds_for_the_sheet_of_the_answers(tmp_path: Path) -> None:
    assert findings(tmp_path, treated(a_book(), "CMD-9", numeroASP="ASP-1")) == [
        ("X3", "error", TREATMENT, "A2", "demande", "CMD-9", "CMD-9")
    ]


def test_x3_is_told_for_every_such_row(tmp_path: Path) -> None:
    book = another(another(a_book(), RADIOLOGISTS, demande="CMD-9"), RADIOLOGISTS, demande="CMD-9")
    assert [(one[0], one[3]) for one in findings(tmp_path, book)] == [("X3", "A3"), ("X3", "A4")]


@pytest.mark.parametrize("sheet", ONE_EACH)
def test_x4_a_request_has_a_row(sheet: str, tmp_path: Path) -> None:
    """Told at its key; of what the row would hold, nothing is said."""
    book = two()
    del book[sheet][1]
    assert places(tmp_path, book) == [("X4", "error", MAIN, "A3", "demande", "CMD-2")]


@pytest.mark.parametrize("sheet", ONE_EACH)
def test_x4_and_not_more_than_one(sheet: str, tmp_path: Path) -> None:
    """Every later one is told, at its key."""
    book = another(another(a_book(), sheet), sheet)
    assert places(tmp_path, book) == [
        ("X4", "error", sheet, "A3", "demande", "CMD-1"),
        ("X4", "error", sheet, "A4", "demande", "CMD-1"),
    ]


def test_x4_the_file_has_one_header(tmp_path: Path) -> None:
    assert places(tmp_path, another(a_book(), FILE)) == [("X4", "error", FILE, "A3", "numeroAns", None)]


def test_a_file_without_a_row_in_its_header_lacks_both_numbers(tmp_path: Path) -> None:
    book = a_book()
    book[FILE] = [dict.fromkeys(book[FILE][0])]
    assert [one for one in findings(tmp_path, book) if one[:2] != ("S3", "info")] == [
        ("F1", "error", FILE, "A2", "numeroAns", None, None),
        ("F2", "error", FILE, "B2", "SIRET", None, None),
    ]


def test_x4_the_agencys_answer_has_one_row_at_most(tmp_path: Path) -> None:
    one = treated(two(), "CMD-1", numeroEditeur="00001")
    assert findings(tmp_path / "one", one) == []
    assert places(tmp_path / "two", treated(one, "CMD-1")) == [("X4", "error", TREATMENT, "A3", "demande", "CMD-1")]


def test_x4_says_nothing_of_sheets_with_any_number_of_rows(tmp_path: Path) -> None:
    book = another(a_book(), RADIOLOGISTS, RPPS="100034567870001")
    del book[ESTABLISHMENTS][0]
    book[ESTABLISHMENTS].append(dict.fromkeys(a_book()[ESTABLISHMENTS][0]))
    assert findings(tmp_path, book) == []


@pytest.mark.parametrize(("first", "again"), [("CMD-1", "CMD-1"), ("CMD-1", " CMD-1"), (7, "7")])
def test_x5_a_key_stands_once_among_the_requests(first: Any, again: Any, tmp_path: Path) -> None:
    """The later one is told."""
    book = a_book(a_request(str(first)))
    book[MAIN] = [{"demande": first, "numeroEditeur": "00001"}, {"demande": again, "numeroEditeur": "00002"}]
    told = [one for one in findings(tmp_path, book) if one[0] != "X7"]
    assert told == [("X5", "error", MAIN, "A3", "demande", str(first), str(first))]


def test_x5_is_told_for_every_later_one(tmp_path: Path) -> None:
    book = another(another(a_book(), MAIN), MAIN)
    assert [(one[0], one[3]) for one in findings(tmp_path, book)] == [("X5", "A3"), ("X5", "A4")]


def test_x5_holds_for_numbers_that_are_keys(tmp_path: Path) -> None:
    """There a number that comes again is a key that comes again, and is told as that alone."""
    book = keyed_by_number("00001")
    another(book, MAIN, numeroEditeur=1)
    told = [one for one in findings(tmp_path, book) if one[0] != "X7"]
    assert told == [("X5", "error", MAIN, "A3", "numeroEditeur", "00001", "00001")]


def test_x6_a_workbook_has_requests(tmp_path: Path) -> None:
    book = a_book()
    for sheet in KEYED:
        book[sheet] = [dict.fromkeys(book[sheet][0])]
    assert findings(tmp_path, book) == [("X6", "error", None, None, None, None, None)]


def test_x6_one_request_is_enough(tmp_path: Path) -> None:
    assert findings(tmp_path, a_book()) == []


# ------------------------------------------------------------------------------------------------ X7, X8: single cells


@pytest.mark.parametrize(
    ("sheet", "tag", "typed", "old", "cell"),
    [
        (ORDER, "demande", " CMD-1", " CMD-1", "A2"),
        (FILE, "SIRET", "732 829 320 00074", "732 829 320 00074", "B2"),
        (FILE, "SIRET", 73282932000074, "73282932000074", "B2"),
        (MAIN, "numeroEditeur", 1, "1", "B2"),
        (ORDER, "dateCommande", "5/9/2021", "5/9/2021", "B2"),
        (ORDER, "regimeTVA", "ttc", "ttc", "C2"),
        (ORDER, "montantSegurHT", "31 162,00 €", "31 162,00 €", "D2"),
        (ESTABLISHMENTS, "nomClient", "Clinique", "Clinique", "C2"),
        (ESTABLISHMENTS, "telephoneClient", 142000001, "142000001", "E2"),
        (RADIOLOGISTS, "AM", 12345678, "12345678", "C2"),
        (SCENARIO, "operateurMessagerie", "api_35", "api_35", "D2"),
    ],
)
def test_x7_every_kind_of_repair_is_told(sheet: str, tag: str, typed: Any, old: str, cell: str, tmp_path: Path) -> None:
    demande = None if sheet == FILE else "CMD-1"
    assert findings(tmp_path, changed(sheet, tag, typed)) == [("X7", "info", sheet, cell, tag, demande, old)]


@pytest.mark.parametrize(
    ("sheet", "tag", "typed"),
    [
        (ORDER, "dateCommande", " 15/11/2021"),
        (ORDER, "montantSegurHT", " 31162 "),
        (WHO, "isMandataire", " Non "),
        (ESTABLISHMENTS, "emailClient", " a@clinique.fr\n"),
        (ESTABLISHMENTS, "numérosFINESSGeos", f" {FINESS[0]} ;\n{FINESS[1]} "),
        (PIECES, "fichier", " CMD-1.pdf"),
    ],
)
def test_x7_outer_space_that_matters_to_nobody_is_cut_without_a_word(
    sheet: str, tag: str, typed: str, tmp_path: Path
) -> None:
    write(tmp_path, a_book())
    assert findings(tmp_path, changed(sheet, tag, typed)) == []


ERROR_CELLS = [
    (FILE, "numeroAns", "A2", None),
    (MAIN, "numeroEditeur", "B2", "CMD-1"),
    (ORDER, "dateCommande", "B2", "CMD-1"),
    (ORDER, "regimeTVA", "C2", "CMD-1"),
    (ORDER, "montantSegurHT", "D2", "CMD-1"),
    (WHO, "isMandataire", "B2", "CMD-1"),
    (WHO, "nomMandataire", "D2", "CMD-1"),
    (ESTABLISHMENTS, "numeroFINESSJuridique", "B2", "CMD-1"),
    (ESTABLISHMENTS, "numérosFINESSGeos", "F2", "CMD-1"),
    (RADIOLOGISTS, "AM", "C2", "CMD-1"),
    (PIECES, "typeFichier", "B2", "CMD-1"),
    (PIECES, "fichier", "C2", "CMD-1"),
    (SCENARIO, "operateurMessagerie", "D2", "CMD-1"),
    (SCENARIO, "isDirectToDMP", "H2", "CMD-1"),
]


@pytest.mark.parametrize(("sheet", "tag", "cell", "demande"), ERROR_CELLS)
def test_x8_an_error_cell_and_a_formula_without_value_are_told_and_nothing_else(
    sheet: str, tag: str, cell: str, demande: str | None, tmp_path: Path
) -> None:
    """The cell is neither blank nor wrong in its own way: it has not been computed."""
    path = write(tmp_path, a_book())
    with opened(path) as workbook:
        workbook[sheet][cell] = "#N/A"
        assert workbook[sheet][cell].data_type == "e"
    assert told(path) == [("X8", "error", sheet, cell, tag, demande, "#N/A")]
    with opened(path) as workbook:
        workbook[sheet][cell] = "=A1&A1"
    assert places_of(told(path)) == [("X8", "error", sheet, cell, tag, demande)]


@pytest.mark.parametrize("shown", ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "#VALUE!"])
def test_x8_knows_every_error(shown: str, tmp_path: Path) -> None:
    path = write(tmp_path, a_book())
    with opened(path) as workbook:
        workbook[ORDER]["D2"] = shown
    assert told(path) == [("X8", "error", ORDER, "D2", "montantSegurHT", "CMD-1", shown)]


def test_x8_a_key_is_not_computed(tmp_path: Path) -> None:
    """Its row belongs to nobody, and that is told in the same breath."""
    path = write(tmp_path, another(a_book(), RADIOLOGISTS))
    with opened(path) as workbook:
        workbook[RADIOLOGISTS]["A3"] = "#REF!"
    assert told(path) == [("X8", "error", RADIOLOGISTS, "A3", "demande", None, "#REF!")]


def test_x8_says_nothing_of_columns_that_are_not_read(tmp_path: Path) -> None:
    path = write(tmp_path, changed(ORDER, "Remarque", None))
    with opened(path) as workbook:
        workbook[ORDER]["E2"], workbook[ORDER]["G9"] = "#N/A", "=1+1"
    assert [one[0] for one in told(path)] == ["X2"]


@pytest.mark.parametrize(
    ("cell", "kind", "cached", "found"),
    [
        ("D2", "n", "31162", []),
        ("B2", "n", "44515", []),
        ("C2", "str", "TTC", []),
        ("C2", "str", "TVA", [FAULT]),
        ("C2", "str", "", [(*FAULT[:6], None)]),
        ("C2", "b", "1", [(*FAULT[:6], "TRUE")]),
        ("C2", "e", "#REF!", [("X8", "error", *FAULT[2:6], "#REF!")]),
    ],
)
def test_a_formula_counts_as_its_cached_value(
    cell: str, kind: str, cached: str, found: list[Told], tmp_path: Path
) -> None:
    """A text that is empty is blank, a number in a cell with a date's format is a date."""
    path = write(tmp_path, a_book())
    with opened(path) as workbook:
        workbook[ORDER][cell] = "=1+1"
        number = workbook.sheetnames.index(ORDER) + 1
        style = f' s="{workbook[ORDER][cell].style_id}"' if cell == "B2" else ""
    old = f'<c r="{cell}"{style}><f>1+1</f><v /></c>'
    new = f'<c r="{cell}"{style} t="{kind}"><f>1+1</f><v>{cached}</v></c>'
    patch(path, f"xl/worksheets/sheet{number}.xml", old.encode(), new.encode())
    assert told(path) == found


# ------------------------------------------------------------------------------------- rows that are one item, and order


def test_rows_that_repeat_a_number_are_one_item(tmp_path: Path) -> None:
    """Their lists are joined in order of appearance, what is repeated counts once, what is blank is filled in."""
    book = a_book()
    book[ESTABLISHMENTS][0] |= {"nomClient": None, "numérosFINESSGeos": FINESS[2]}
    another(book, ESTABLISHMENTS, nomClient="CLINIQUE", emailClient=None, numérosFINESSGeos=f"{FINESS[0]};{FINESS[2]}")
    another(book, ESTABLISHMENTS, telephoneClient=None, numérosFINESSGeos=None)
    another(book, ESTABLISHMENTS, numérosFINESSGeos=f"{FINESS[1]}, {FINESS[0]}")
    assert findings(tmp_path, book) == []
    assert requests(tmp_path, book)[0]["beneficiaires"]["EtablissementsClients"] == [
        {
            "numeroFINESSJuridique": FINESS[0],
            "nomClient": "CLINIQUE",
            "emailClient": "a@clinique.fr",
            "telephoneClient": "01 42 00 00 01",
            "numérosFINESSGeos": [FINESS[2], FINESS[0], FINESS[1]],
        }
    ]


def test_radiologists_are_one_by_their_rpps(tmp_path: Path) -> None:
    """Also where one row has it as a number; others between them keep their place."""
    book = a_book()
    book[RADIOLOGISTS][0] |= {"AM": "111111112"}
    another(book, RADIOLOGISTS, RPPS="100034567870001", AM="111111113", nomRad="MARTIN")
    another(book, RADIOLOGISTS, RPPS=10003456786, AM="111111111", nomRad=None, emailRad="d@sante.fr")
    assert [one[0] for one in findings(tmp_path, book)] == ["X7"]
    radiologists = requests(tmp_path, book)[0]["beneficiaires"]["radLiberauxClients"]
    assert [(one["RPPS"], one["AM"], one["nomRad"], one["emailRad"]) for one in radiologists] == [
        ("10003456786", ["111111112", "111111111"], "DURAND", "d@sante.fr"),
        ("100034567870001", ["111111113"], "MARTIN", None),
    ]


def test_a_list_that_stands_in_a_later_row_is_not_missing(tmp_path: Path) -> None:
    book = another(changed(ESTABLISHMENTS, "numérosFINESSGeos", None), ESTABLISHMENTS, numérosFINESSGeos=FINESS[0])
    assert findings(tmp_path, book) == []


def test_rows_without_their_number_are_items_of_their_own(tmp_path: Path) -> None:
    """Each lacks it by itself."""
    book = another(changed(RADIOLOGISTS, "RPPS", None), RADIOLOGISTS, nomRad="MARTIN")
    assert findings(tmp_path, book) == [
        ("B10", "error", RADIOLOGISTS, cell, "RPPS", "CMD-1", None) for cell in ("B2", "B3")
    ]


def test_a_number_is_repeated_within_one_request_only(tmp_path: Path) -> None:
    """Two requests of one establishment have each their own."""
    book = two()
    book[ESTABLISHMENTS][1] |= {"numeroFINESSJuridique": FINESS[0], "nomClient": "HÔPITAL"}
    first, second = requests(tmp_path, book)
    assert [one["beneficiaires"]["EtablissementsClients"][0]["nomClient"] for one in (first, second)] == [
        "CLINIQUE",
        "HÔPITAL",
    ]


def test_requests_come_in_the_order_of_their_own_sheet(tmp_path: Path) -> None:
    """Whatever that of the other sheets; items in the order of their rows."""
    book = many(3)
    book[MAIN] = [book[MAIN][n] for n in (2, 0, 1)]
    for sheet in KEYED[1:]:
        book[sheet].reverse()
    for n, row in enumerate(book[ORDER]):
        row["montantSegurHT"] = 300 - 100 * n
    another(book, RADIOLOGISTS, RPPS="100034567870001", nomRad="MARTIN")
    lines = requests(tmp_path, book)
    assert [(line["numLigne"], line["numeroEditeur"], line["commande"]["montantSegurHT"]) for line in lines] == [
        (1, "00001", 300),
        (2, "00002", 100),
        (3, "00003", 200),
    ]
    assert [one["nomRad"] for one in lines[1]["beneficiaires"]["radLiberauxClients"]] == ["DURAND", "MARTIN"]


# -------------------------------------------------------------------------------------------------- the kinds of file


def of_every_kind() -> Grids:
    """Two requests whose cells hold text, numbers, booleans and dates; the second has faults that cells can show."""
    book = treated(two(), "CMD-1", numeroEditeur="00009")
    book[MAIN][0]["numeroEditeur"] = 1
    book[FILE][0]["SIRET"] = 73282932000074
    book[WHO][0] |= {"isMandataire": False, "isClientUnique": True}
    book[ORDER][0] |= {"dateCommande": date(2021, 9, 5), "montantSegurHT": 1234.56}
    book[ESTABLISHMENTS][0] |= {"nomClient": "CLINIQUE « L'ÉTÉ »", "telephoneClient": 142000001}
    book[ESTABLISHMENTS][0]["numérosFINESSGeos"] = f"{FINESS[0]}; {FINESS[2]}"
    return grids(book)


SOUND = [
    ("X7", "info", FILE, "B2", "SIRET", None, "73282932000074"),
    ("X7", "info", MAIN, "B2", "numeroEditeur", "CMD-1", "1"),
    ("X7", "info", ESTABLISHMENTS, "E2", "telephoneClient", "CMD-1", "142000001"),
]
FAULTY = [
    *SOUND[:2],
    ("C1", "error", ORDER, "B3", "dateCommande", "CMD-2", "44515"),
    ("X8", "error", ORDER, "D3", "montantSegurHT", "CMD-2", "#N/A"),
    ("B1", "error", WHO, "B3", "isMandataire", "CMD-2", "2.5"),
    SOUND[2],
    ("B12", "error", RADIOLOGISTS, "C3", "AM", "CMD-2", "1234567"),
]
KINDS = [".xlsx", ".xlsm", ".xls", ".ods"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same_json(kind: str, tmp_path: Path) -> None:
    write(tmp_path, two())
    path = write_grids(tmp_path / f"orders{kind}", of_every_kind())
    assert told(path) == SOUND
    first = document(path)["lignesImport"][0]
    assert first["numeroEditeur"] == "00001"
    assert first["commande"] == {"dateCommande": "05/09/2021", "regimeTVA": "TTC", "montantSegurHT": 1234.56}
    who = first["beneficiaires"]
    assert (who["isMandataire"], who["isClientUnique"], who["nomMandataire"]) == (False, True, None)
    assert who["EtablissementsClients"][0]["nomClient"] == "CLINIQUE « L'ÉTÉ »"
    assert who["EtablissementsClients"][0]["numérosFINESSGeos"] == [FINESS[0], FINESS[2]]
    reference = write_grids(tmp_path / "reference.xlsx", of_every_kind())
    assert document(path, out=tmp_path / "1") == document(reference, out=tmp_path / "2")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same_findings(kind: str, tmp_path: Path) -> None:
    write(tmp_path, two())
    sheets = of_every_kind()
    sheets[ORDER][2][1] = 44515
    sheets[ORDER][2][3] = "#N/A"
    sheets[WHO][2][1] = 2.5
    sheets[RADIOLOGISTS][2][2] = 1234567
    assert told(write_grids(tmp_path / f"orders{kind}", sheets)) == FAULTY


@pytest.mark.parametrize("kind", [".xlsx", ".xlsm", ".ods"])
def test_a_formula_that_was_never_computed_is_told_in_every_kind_that_can_hold_one(kind: str, tmp_path: Path) -> None:
    """An .xls always keeps a value beside its formula."""
    write(tmp_path, a_book())
    path = write_grids(tmp_path / f"orders{kind}", grids(changed(ORDER, "montantSegurHT", "=15581*2")))
    assert places_of(told(path)) == [("X8", "error", ORDER, "D2", "montantSegurHT", "CMD-1")]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_counts_rows_and_columns_alike(kind: str, tmp_path: Path) -> None:
    """Blank rows above the header and blank columns before it stand where they stand."""
    write(tmp_path, a_book())
    sheets = grids(changed(ORDER, "regimeTVA", "TVA"))
    sheets[ORDER] = [[None], [None], *([None, None, *row] for row in sheets[ORDER])]
    assert told(write_grids(tmp_path / f"orders{kind}", sheets)) == [(*FAULT[:3], "E4", *FAULT[4:])]

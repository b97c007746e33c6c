"""Cells as a person names and sees them: blank or not, shown, placed; names compared as the contract says (§1)."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st
from openpyxl.utils import column_index_from_string, get_column_letter

from converter.cells import Broken, a1, clean, column_letters, column_number, fold, show, show_number, trim
from tests.values import ODD, PROPERTY, SPEC, any_cell

BLANKS = [
    " ",
    "\t",
    "\n",
    "\r\n",
    "\u00a0",
    "\u202f",
    "\u2007",
    "\u3000",
    "\u200b",
    "\ufeff",
    "\u2060",
    " \u00a0\u200b\n ",
]
NAMES = sorted(
    {sheet.name for sheet in SPEC.sheets} | {one.name for one in SPEC.fields if one.typed} | {SPEC.key.column}
)


# ---------------------------------------------------------------------------------------------------------------- blank


@pytest.mark.parametrize("raw", ["", None, *BLANKS])
def test_white_space_alone_is_blank(raw: str | None) -> None:
    assert clean(raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        0,
        0.0,
        -0.0,
        False,
        "0",
        "-",
        ".",
        " a ",
        "\u0301",
        time(0, 0),
        timedelta(0),
        date(2021, 9, 5),
        Broken("#N/A"),
        Broken(""),
    ],
)
def test_whatever_else_a_cell_holds_is_left_as_it_is(raw: Any) -> None:
    assert clean(raw) is raw


@pytest.mark.parametrize("space", BLANKS)
def test_outer_white_space_is_cut_and_inner_kept(space: str) -> None:
    assert trim(f"{space}a{space}é{space}") == f"a{space}é"
    assert trim(f"{space}a b{space}") == "a b"


def test_text_is_brought_to_one_spelling_of_its_accents() -> None:
    assert trim("e\u0301te\u0301") == "été"


@PROPERTY
@given(text=st.one_of(st.text(), st.text(alphabet=st.sampled_from(ODD))))
def test_cutting_twice_is_cutting_once(text: str) -> None:
    assert trim(trim(text)) == trim(text)
    assert (clean(text) is None) is (trim(text) == "")


# ---------------------------------------------------------------------------------------------------------------- shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (None, None),
        ("", ""),
        (" as it is ", " as it is "),
        (True, "TRUE"),
        (False, "FALSE"),
        (7, "7"),
        (7.0, "7"),
        (-7.0, "-7"),
        (0.0, "0"),
        (-0.0, "0"),
        (31162.5, "31162.5"),
        (0.1 + 0.2, "0.3"),
        (1e15, "1000000000000000"),
        (73282932000074.0, "73282932000074"),
        (100034567860000.0, "100034567860000"),
        (date(2021, 9, 5), "05/09/2021"),
        (date(821, 9, 5), "05/09/0821"),
        (datetime(2021, 9, 5), "05/09/2021"),
        (datetime(2021, 9, 5, 14, 30), "05/09/2021 14:30:00"),
        (Broken("#N/A"), "#N/A"),
        (Broken("#REF!"), "#REF!"),
    ],
)
def test_a_cell_is_shown_as_its_reader_sees_it(raw: Any, shown: str | None) -> None:
    assert show(raw) == shown


@pytest.mark.parametrize(("one", "other"), [(True, 1), (True, 1.0), (False, 0)])
def test_true_is_not_shown_as_one_though_they_are_equal(one: bool, other: float) -> None:
    assert one == other
    assert show(one) != show(other)


@pytest.mark.parametrize("raw", [7, 7.0, "7"])
def test_seven_is_seven_however_it_was_typed(raw: Any) -> None:
    assert show(raw) == "7"


@PROPERTY
@given(raw=any_cell("7", "a b", "05/09/2021"))
def test_every_cell_can_be_shown(raw: Any) -> None:
    assert isinstance(show(raw), str)


@PROPERTY
@given(number=st.integers(-(10**15), 10**15))
def test_whole_numbers_are_shown_with_all_their_digits(number: int) -> None:
    assert show_number(float(number)) == str(number) == show(number)


@PROPERTY
@given(cents=st.integers(1, 10**13))
def test_cents_are_shown_without_what_floats_add(cents: int) -> None:
    euros, rest = divmod(cents, 100)
    assert show_number(cents / 100) == f"{euros}.{rest:02d}".rstrip("0").rstrip(".")


# --------------------------------------------------------------------------------------------------------------- placed


@pytest.mark.parametrize(
    ("row", "column", "name"),
    [
        (1, 0, "A1"),
        (7, 3, "D7"),
        (2, 25, "Z2"),
        (2, 26, "AA2"),
        (9, 701, "ZZ9"),
        (9, 702, "AAA9"),
        (1048576, 16383, "XFD1048576"),
    ],
)
def test_a_cell_is_named_by_its_column_and_row(row: int, column: int, name: str) -> None:
    assert a1(row, column) == name


def test_columns_are_lettered_as_excel_letters_them() -> None:
    columns = range(16384)
    letters = [column_letters(column) for column in columns]
    assert letters == [get_column_letter(column + 1) for column in columns]
    assert (
        [column_number(one) for one in letters]
        == [column_index_from_string(one) - 1 for one in letters]
        == list(columns)
    )


# ------------------------------------------------------------------------------------------------------- names compared


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Entête fichier", "Entête fichier"),
        ("ENTETE FICHIER", "Entête fichier"),
        ("entête_fichier", "Entête fichier"),
        ("Entête-fichier", "Entête fichier"),
        (" Entête fichier ", "Entête fichier"),
        ("Entête\u00a0fichier\u200b", "Entête fichier"),
        ("Ente\u0302te fichier", "Entête fichier"),
        ("Bénéficiaires", "BENEFICIAIRES"),
        ("Établissements", "Etablissements"),
        ("numerosFINESSGeos", "numérosFINESSGeos"),
        ("Numéros FINESS Géos", "numérosFINESSGeos"),
        ("numero_editeur", "numeroEditeur"),
        ("is-Id-Ref", "isIdRef"),
        *((f"Scénario d{apostrophe}installation", "Scénario d'installation") for apostrophe in "'’‘ʼ´`′＇"),
    ],
)
def test_names_match_whatever_their_case_accents_spaces_and_apostrophe(typed: str, name: str) -> None:
    assert fold(typed) == fold(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("isDirectToDMP", "isPFIToDMP"),
        ("isIdRef", "isIdRef2"),
        ("Commande", "Commandes"),
        ("RPPS", "R.P.P.S."),
        ("AM", "AM (1)"),
        ("numeroASP", "numeroANS"),
    ],
)
def test_names_that_differ_otherwise_do_not_match(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_no_two_names_of_the_spec_are_mixed_up() -> None:
    for sheet in SPEC.sheets:
        columns = [SPEC.key.column, *(one.name for one in sheet.fields)]
        assert len({fold(one) for one in columns}) == len(columns)
    assert len({fold(sheet.name) for sheet in SPEC.sheets}) == len(SPEC.sheets)


@PROPERTY
@given(data=st.data(), name=st.sampled_from(NAMES))
def test_a_known_name_is_found_under_any_of_its_disguises(data: st.DataObject, name: str) -> None:
    disguises = (
        *(
            str.upper,
            str.lower,
            str.swapcase,
            lambda text: f" {text}\u00a0",
            lambda text: unicodedata.normalize("NFD", text),
        ),
        *(
            lambda text: text.replace(" ", "_"),
            lambda text: text.replace(" ", "-"),
            lambda text: text.replace("'", "’"),
        ),
    )
    typed = name
    for disguise in data.draw(st.lists(st.sampled_from(disguises), max_size=4)):
        typed = disguise(typed)
    assert fold(typed) == fold(name)


@PROPERTY
@given(text=st.text())
def test_comparing_twice_is_comparing_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)

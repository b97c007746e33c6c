"""Numbers of fixed length: right as they are, put right safely, or refused; never guessed (contract §1; F1 to B13)."""

from __future__ import annotations

import string
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st
from stdnum import luhn

from converter.values import FAULTY
from converter.values.identifier import repaired_key
from tests.values import (
    ABSURD,
    ACCEPTED,
    NO_NUMBERS,
    PROPERTY,
    REFUSED,
    REPAIRED,
    SPEC,
    TIMES,
    almost,
    any_cell,
    holds_together,
    is_stable,
    old_and_new,
    parse,
    said,
)

ANS = "fichier.numeroAns"
SIRET = "fichier.SIRET"
NUMBER = "demande.numeroEditeur"
FINESS = "etablissements.numeroFINESSJuridique"
SITES = "etablissements.numérosFINESSGeos"
RPPS = "radiologues.RPPS"
AM = "radiologues.AM"

SINGLE = (ANS, SIRET, NUMBER, FINESS, RPPS)
LISTS = (SITES, AM)
LENGTHS = {ANS: (10,), SIRET: (14,), NUMBER: (5,), FINESS: (9,), RPPS: (11, 15), SITES: (9,), AM: (9,)}
TYPICAL = (
    *("RIS2021001", "73282932000074", "00001", "A0b1C", "750012346", "2A0000014", "10003456786", "100034567860000"),
    *("712345677", "750012346;330001231", "712345677, 712345678\n712345679", "1,23E+10", "12E03", "810003456786"),
)

WRONG_KEY = [("warning", "check")]


# ------------------------------------------------------------------------------------------------------------- as typed


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        (ANS, "RIS2021001"),
        (ANS, "0000000000"),
        (SIRET, "73282932000074"),
        (SIRET, "00552024200016"),
        (SIRET, "35600000000048"),  # La Poste's seat
        (SIRET, "35600000049837"),  # a post office: not Luhn, but La Poste's own sum
        (NUMBER, "00001"),
        (NUMBER, "ABCDE"),
        (NUMBER, "a0B1c"),
        (NUMBER, "12E03"),
        (FINESS, "750012346"),
        (FINESS, "2A0000014"),  # 2A counts as 21
        (FINESS, "2B0000012"),  # 2B counts as 22
        (RPPS, "10003456786"),
        (RPPS, "100034567860000"),
    ],
)
def test_text_of_the_right_length_is_taken_as_it_is(path: str, typed: str) -> None:
    parsed = parse(path, typed)
    assert (parsed.value, said(parsed)) == (typed, ACCEPTED)


@pytest.mark.parametrize(
    ("path", "typed", "value"),
    [
        (SIRET, "732 829 320 00074", "73282932000074"),
        (SIRET, "732.829.320.00074", "73282932000074"),
        (SIRET, "732\u00a0829\u202f320\u200700074", "73282932000074"),
        (SIRET, "73282932000074 ", "73282932000074"),
        (SIRET, "\ufeff73282932000074", "73282932000074"),
        (SIRET, "73282932\u200b000074", "73282932000074"),
        (SIRET, "73282932000074\n", "73282932000074"),
        (ANS, "RIS 2021 001", "RIS2021001"),
        (ANS, "\u00a0RIS2021001", "RIS2021001"),
        (NUMBER, "000 01", "00001"),
        (NUMBER, " 00001", "00001"),
        (NUMBER, "A.00.01", "A0001"),
        (FINESS, "75 001 234 6", "750012346"),
        (FINESS, "2a0000014", "2A0000014"),
        (FINESS, "2b 000 001 2", "2B0000012"),
        (RPPS, "100 0345 6786", "10003456786"),
        (RPPS, "10003456786\t", "10003456786"),
    ],
)
def test_spaces_dots_and_small_letters_are_put_right_and_told(path: str, typed: str, value: str) -> None:
    parsed = parse(path, typed)
    assert (parsed.value, said(parsed)) == (value, REPAIRED)
    assert old_and_new(parsed) == (typed, value)


def test_small_letters_of_the_vendors_own_number_stay_small() -> None:
    parsed = parse(NUMBER, "abc01")
    assert (parsed.value, said(parsed)) == ("abc01", ACCEPTED)


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        *((path, "") for path in SINGLE),
        *((path, "1") for path in SINGLE),
        (NUMBER, "0001"),
        (NUMBER, "000001"),
        (NUMBER, "0 0 1"),
        (NUMBER, "A-001"),
        (NUMBER, "A/001"),
        (NUMBER, "é0001"),
        (NUMBER, "-0001"),
        (NUMBER, "000½1"),
        (SIRET, "7328293200007"),
        (SIRET, "732829320000740"),
        (SIRET, "7328293200007O"),
        (SIRET, "732-829-320-000"),
        (ANS, "RIS202101"),
        (ANS, "RIS20210011"),
        (FINESS, "75001234"),
        (FINESS, "7500123460"),
        (FINESS, "A50012346"),
        (FINESS, "75A012346"),
        (FINESS, "75001234a"),
        (FINESS, "2É0000014"),
        (RPPS, "1000345678"),
        (RPPS, "100034567860"),
        (RPPS, "1000345678600"),
        (RPPS, "10003456786000"),
        (RPPS, "1000345678600000"),
        (RPPS, "810003456786"),
        (RPPS, "1000345678X"),
    ],
)
def test_text_of_another_length_or_with_other_characters_is_refused(path: str, typed: str) -> None:
    parsed = parse(path, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        (NUMBER, "٠٠٠٠١"),  # Arabic-Indic
        (NUMBER, "０００01"),  # full width
        (NUMBER, "0000²"),
        (NUMBER, "0000Ⅷ"),
        (SIRET, "7328293200007４"),
        (FINESS, "75001234٦"),
        (RPPS, "1000345678६"),
        (AM, "71234567７"),
    ],
)
def test_digits_of_other_scripts_are_no_digits(path: str, typed: str) -> None:
    assert said(parse(path, typed)) == REFUSED


@pytest.mark.parametrize("sign", '/\\:*?"<>|\x00\x1f')
def test_an_ans_number_that_no_file_name_can_bear_is_refused(sign: str) -> None:
    parsed = parse(ANS, f"RIS{sign}202101")
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize("typed", ["RIS.202101", "RIS-202101", "RIS_202101", "RÉS2021001", "RIS202100²"])
def test_an_unusual_ans_number_is_kept_with_a_warning(typed: str) -> None:
    parsed = parse(ANS, typed)
    assert (parsed.value, said(parsed)) == (typed, [("warning", "form")])


def test_an_accent_typed_as_two_characters_counts_as_one() -> None:
    assert parse(ANS, "RE\u0301S2021001").value == "RÉS2021001"


def test_a_number_is_as_long_when_it_is_read_again() -> None:
    """Taking out an invisible character brings a letter and its accent together: RÉS202101 has nine characters."""
    assert said(parse(ANS, "RE\u200b\u0301S202101")) == REFUSED


@pytest.mark.parametrize("path", [*SINGLE, AM])
@pytest.mark.parametrize("typed", ["1,23E+10", "1.23E+13", "1.2e10", "7E+08", "1E13", "7.0003456786E10", " 1.2E10 "])
def test_a_number_that_excel_shortened_is_refused(path: str, typed: str) -> None:
    parsed = parse(path, typed.replace(",", ".") if path == AM else typed)
    assert said(parsed) == REFUSED


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        (NUMBER, "1234.0"),
        (NUMBER, "12345.0"),
        (SIRET, "7328293200007.0"),
        (SIRET, "73282932000074.0"),
        (FINESS, "75001234.0"),
        (FINESS, "750012346.0"),
        (RPPS, "1000345678.0"),
        (RPPS, "10003456786.0"),
        (AM, "71234567.0"),
        (AM, "712345677.0"),
    ],
)
def test_a_number_with_decimals_typed_as_text_is_refused(path: str, typed: str) -> None:
    """An export writes 71234567 as `71234567.0`: dropping the dot alone would make another number of it."""
    parsed = parse(path, typed)
    assert said(parsed) == REFUSED


# --------------------------------------------------------------------------------------------------------- as a number


@pytest.mark.parametrize(
    ("path", "typed", "value"),
    [
        (SIRET, 73282932000074.0, "73282932000074"),
        (ANS, 2021001234.0, "2021001234"),
        (NUMBER, 12345.0, "12345"),
        (FINESS, 750012346.0, "750012346"),
        (RPPS, 10003456786.0, "10003456786"),
        (RPPS, 100034567860000.0, "100034567860000"),
    ],
)
def test_an_integral_float_is_the_integer(path: str, typed: float, value: str) -> None:
    parsed = parse(path, typed)
    assert (parsed.value, said(parsed), old_and_new(parsed)[1]) == (value, REPAIRED, value)


@pytest.mark.parametrize(
    ("path", "typed", "shown", "value"),
    [
        (NUMBER, 1, "1", "00001"),
        (NUMBER, 1.0, "1", "00001"),
        (NUMBER, 42, "42", "00042"),
        (NUMBER, 999.0, "999", "00999"),
        (NUMBER, 1234, "1234", "01234"),
        (SIRET, 552024200016.0, "552024200016", "00552024200016"),
        (FINESS, 10000024, "10000024", "010000024"),
        (FINESS, 10000024.0, "10000024", "010000024"),
        (FINESS, 18, "18", "000000018"),
    ],
)
def test_a_numeric_cell_gets_the_zeros_back_that_excel_ate(path: str, typed: float, shown: str, value: str) -> None:
    parsed = parse(path, typed)
    assert (parsed.value, said(parsed), old_and_new(parsed)) == (value, REPAIRED, (shown, value))


@pytest.mark.parametrize("typed", [12345678, 12345678.0])
def test_an_am_number_gets_one_zero_back(typed: float) -> None:
    parsed = parse(AM, typed)
    assert (parsed.value, said(parsed)) == (("012345678",), REPAIRED)
    assert old_and_new(parsed) == ("12345678", "012345678")


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        (SIRET, 552024200017),  # its key would be wrong: nobody knows which digits are missing
        (SIRET, 7328293200007),
        (FINESS, 10000025),
        (FINESS, 75001234),
        (RPPS, 1000345678),
        (RPPS, 3456786.0),
        (ANS, 202100123),
        (ANS, 1),
        (AM, 1234567),
        (AM, 1),
    ],
)
def test_no_zeros_are_guessed(path: str, typed: float) -> None:
    assert said(parse(path, typed)) == REFUSED


@pytest.mark.parametrize("path", [SIRET, FINESS, RPPS, ANS, AM])
@pytest.mark.parametrize("nothing", [0, 0.0, -0.0])
def test_nothing_is_no_number_though_its_key_would_pass(path: str, nothing: float) -> None:
    assert said(parse(path, nothing)) == REFUSED


@pytest.mark.parametrize("path", [*SINGLE, *LISTS])
@pytest.mark.parametrize(
    "typed", [1.5, 12345.5, 750012346.25, 0.1 + 0.2, -1, -12345, -750012346.0, 1e16, 1e22, *NO_NUMBERS]
)
def test_decimals_negatives_and_shortened_numbers_are_refused(path: str, typed: float) -> None:
    assert said(parse(path, typed)) == REFUSED


@pytest.mark.parametrize("path", [*SINGLE, *LISTS])
@pytest.mark.parametrize("typed", [True, False, date(2021, 9, 5), datetime(2021, 9, 5, 14, 30), *TIMES])
def test_answers_dates_and_times_are_no_numbers(path: str, typed: Any) -> None:
    assert said(parse(path, typed)) == REFUSED


@pytest.mark.parametrize("path", [*SINGLE, *LISTS])
@pytest.mark.parametrize("typed", ABSURD)
def test_an_absurd_number_is_refused_too(path: str, typed: Any) -> None:
    assert said(parse(path, typed)) == REFUSED


# ---------------------------------------------------------------------------------------------------------- check digit


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        (SIRET, "73282932000075"),
        (SIRET, "35600000049838"),
        (FINESS, "750012345"),
        (FINESS, "2A0000015"),
        (FINESS, "2B0000014"),
        (FINESS, "2C0000018"),
        (RPPS, "10003456787"),
    ],
)
def test_a_wrong_check_digit_is_a_warning_and_the_number_stays(path: str, typed: str) -> None:
    parsed = parse(path, typed)
    assert (parsed.value, said(parsed)) == (typed, WRONG_KEY)


@pytest.mark.parametrize("typed", ["1A0000014", "3A0000013", "7B0000013", "9A0000017", "0B0000010"])
def test_a_letter_outside_corsica_has_no_check_digit_that_could_be_right(typed: str) -> None:
    """Only 2A and 2B have numbers to count by (21 and 22)."""
    parsed = parse(FINESS, typed)
    assert (parsed.value, said(parsed)) == (typed, WRONG_KEY)


@pytest.mark.parametrize(
    ("path", "typed", "value"),
    [
        (SIRET, "732 829 320 00075", "73282932000075"),
        (SIRET, 73282932000075.0, "73282932000075"),
        (FINESS, "2a0000015", "2A0000015"),
        (RPPS, 10003456787, "10003456787"),
    ],
)
def test_a_repaired_number_is_held_against_its_check_digit(path: str, typed: str | float, value: str) -> None:
    parsed = parse(path, typed)
    assert (parsed.value, said(parsed)) == (value, REPAIRED + WRONG_KEY)


def test_an_am_number_has_no_check_digit() -> None:
    assert all(said(parse(AM, f"71234567{last}")) == ACCEPTED for last in range(10))


# ---------------------------------------------------------------------------------------------------------------- lists


@pytest.mark.parametrize(
    "typed",
    [
        "712345677;812345676",
        "712345677 812345676",
        "712345677,812345676",
        "712345677\n812345676",
        "712345677\r\n812345676",
        "712345677\t812345676",
        "712345677\u00a0812345676",
        "712345677\u202f;\u202f812345676",
        " ;712345677 ; ,\n812345676;; ",
    ],
)
def test_a_list_is_parted_by_semicolons_commas_and_white_space(typed: str) -> None:
    parsed = parse(AM, typed)
    assert (parsed.value, said(parsed)) == (("712345677", "812345676"), ACCEPTED)


def test_one_number_is_a_list_of_one() -> None:
    parsed = parse(SITES, "750012346")
    assert (parsed.value, said(parsed)) == (("750012346",), ACCEPTED)


def test_white_space_inside_a_list_only_separates() -> None:
    """`71 234 567 7` is four numbers, each too short; they are not glued together."""
    parsed = parse(AM, "71 234 567 7")
    assert (parsed.value, said(parsed)) == ((FAULTY,) * 4, REFUSED * 4)


def test_each_number_of_a_list_is_put_right_by_itself() -> None:
    parsed = parse(SITES, "2a0000014;330001231;75.001.234.6")
    assert (parsed.value, said(parsed)) == (("2A0000014", "330001231", "750012346"), REPAIRED * 2)
    assert [note.value for note in parsed.notes] == ["2a0000014", "75.001.234.6"]


def test_a_number_that_does_not_fit_leaves_the_others_alone() -> None:
    parsed = parse(SITES, "750012346;75001234;330001231")
    assert (parsed.value, said(parsed)) == (("750012346", FAULTY, "330001231"), REFUSED)
    assert parsed.notes[0].value == "75001234"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("typed", [";", "; ;", ",", ",\n;", " ; \u00a0 "])
def test_a_list_of_separators_alone_holds_no_number(path: str, typed: str) -> None:
    """That at least one is needed is for B8 and B10 to say, once for the row."""
    parsed = parse(path, typed)
    assert (parsed.value, said(parsed)) == ((), ACCEPTED)


@pytest.mark.parametrize(
    ("path", "typed", "twice", "repairs"),
    [
        (SITES, "750012346;750012346", "750012346", []),
        (SITES, "750012346;330001231;750012346", "750012346", []),
        (SITES, "750012346;750012346;750012346", "750012346", []),
        (SITES, "2A0000014;2a0000014", "2A0000014", REPAIRED),
        (AM, "712345677 712345677", "712345677", []),
        (AM, "712345677;71.234.567.7", "712345677", REPAIRED),
    ],
)
def test_the_same_number_twice_in_a_cell_is_an_error(path: str, typed: str, twice: str, repairs: list[Any]) -> None:
    parsed = parse(path, typed)
    assert said(parsed) == [*repairs, ("error", "twice")]
    assert parsed.notes[-1].value == twice


def test_two_numbers_that_do_not_fit_are_not_the_same_number() -> None:
    assert said(parse(AM, "1;2")) == REFUSED * 2


def test_each_number_of_a_list_has_its_check_digit() -> None:
    parsed = parse(SITES, "750012345;330001231;330001232")
    assert (parsed.value, said(parsed)) == (("750012345", "330001231", "330001232"), WRONG_KEY * 2)


@pytest.mark.parametrize("typed", [750012346, 750012346.0])
def test_a_numeric_cell_is_a_list_of_one(typed: float) -> None:
    parsed = parse(SITES, typed)
    assert (parsed.value, said(parsed)) == (("750012346",), REPAIRED)


# ------------------------------------------------------------------------------------------------------------- as a key


@pytest.mark.parametrize("typed", ["00001", 1, 1.0, " 00001", "000 01"])
def test_a_key_is_repaired_as_the_number_it_is(typed: str | float) -> None:
    form = SPEC.number.form
    assert form is not None
    assert repaired_key(typed, form).value == "00001"


# ----------------------------------------------------------------------------------------------------------- properties


@pytest.mark.parametrize("path", SINGLE)
@PROPERTY
@given(raw=any_cell(*TYPICAL))
def test_no_cell_makes_it_raise(path: str, raw: Any) -> None:
    assert holds_together(parse(path, raw))


@pytest.mark.parametrize("path", LISTS)
@PROPERTY
@given(raw=any_cell(*TYPICAL))
def test_no_cell_makes_a_list_raise(path: str, raw: Any) -> None:
    parsed = parse(path, raw)
    values = parsed.value if isinstance(parsed.value, tuple) else (parsed.value,)
    assert values.count(FAULTY) == said(parsed).count(("error", "form"))


@pytest.mark.parametrize("path", SINGLE)
@PROPERTY
@given(raw=any_cell(*TYPICAL))
def test_whatever_is_taken_has_the_declared_length(path: str, raw: Any) -> None:
    value = parse(path, raw).value
    assert value is FAULTY or len(value) in LENGTHS[path]


@pytest.mark.parametrize("path", SINGLE)
@PROPERTY
@given(raw=st.one_of(almost(*TYPICAL), st.integers(0, 10**15), st.integers(0, 10**6).map(float)))
def test_whatever_is_taken_is_stable(path: str, raw: Any) -> None:
    parsed = parse(path, raw)
    assert is_stable(path, parsed, str(parsed.value))


@PROPERTY
@given(
    numbers=st.lists(st.sampled_from(("750012346", "33.000.1231", "2a0000014", "712345678", "2A0000014")), min_size=1),
    by=st.sampled_from((";", ",", " ", "\n", "\u00a0", " ; ")),
)
def test_a_list_that_is_taken_is_stable(numbers: list[str], by: str) -> None:
    parsed = parse(SITES, by.join(numbers))
    again = parse(SITES, ";".join(parsed.value))
    assert (again.value, said(again)) == (parsed.value, [note for note in said(parsed) if note != ("info", "repair")])


@pytest.mark.parametrize("path", [*SINGLE, *LISTS])
@PROPERTY
@given(data=st.data())
def test_a_text_too_short_is_never_padded(path: str, data: st.DataObject) -> None:
    typed = data.draw(st.text(alphabet=string.digits, min_size=1, max_size=LENGTHS[path][0] - 1))
    assert said(parse(path, typed)) == REFUSED


@PROPERTY
@given(number=st.integers(0, 99999), as_float=st.booleans())
def test_the_editors_number_gets_back_any_zeros(number: int, as_float: bool) -> None:
    parsed = parse(NUMBER, float(number) if as_float else number)
    assert (parsed.value, said(parsed)) == (f"{number:05d}", REPAIRED)


@PROPERTY
@given(stem=st.integers(1, 10**7 - 1))
def test_a_finess_gets_its_zeros_back_exactly_where_its_key_then_passes(stem: int) -> None:
    right = int(f"{stem}{luhn.calc_check_digit(str(stem))}")
    wrong = right + 1 if right % 10 < 9 else right - 1
    assert parse(FINESS, right).value == f"{right:09d}"
    assert said(parse(FINESS, wrong)) == REFUSED


@PROPERTY
@given(company=st.integers(1, 10**7 - 1), office=st.integers(1, 9999))
def test_a_siret_gets_its_zeros_back_exactly_where_its_key_then_passes(company: int, office: int) -> None:
    stem = f"{company}{luhn.calc_check_digit(str(company))}{office:04d}"
    right = int(stem + luhn.calc_check_digit(stem))
    wrong = right + 1 if right % 10 < 9 else right - 1
    assert parse(SIRET, right).value == f"{right:014d}"
    assert said(parse(SIRET, wrong)) == REFUSED


@pytest.mark.parametrize("path", [RPPS, ANS])
@PROPERTY
@given(data=st.data())
def test_zeros_never_come_back_to_an_rpps_nor_an_ans_number(path: str, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, 10 ** (LENGTHS[path][0] - 1) - 1))
    assert said(parse(path, number)) == REFUSED


@PROPERTY
@given(number=st.integers(1, 99_999_999))
def test_an_am_number_lacks_one_zero_or_is_refused(number: int) -> None:
    parsed = parse(AM, number)
    if number >= 10_000_000:
        assert (parsed.value, said(parsed)) == ((f"0{number}",), REPAIRED)
    else:
        assert (parsed.value, said(parsed)) == ((FAULTY,), REFUSED)

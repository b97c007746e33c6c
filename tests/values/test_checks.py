"""Check digits: right numbers pass, and a slip of the hand does not (F3, B9, B11)."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, strategies as st
from stdnum import luhn as stdnum_luhn

from converter.values.checks import CHECKS, finess, luhn, rpps, siret
from tests.values import PROPERTY

DIGITS = st.text(alphabet=string.digits, min_size=1, max_size=20)


def keyed(stem: str) -> str:
    """`stem` with the digit that makes its Luhn sum right."""
    return stem + stdnum_luhn.calc_check_digit(stem)


def right_number(stem_length: int) -> st.SearchStrategy[str]:
    return st.text(alphabet=string.digits, min_size=stem_length, max_size=stem_length).map(keyed)


RIGHT = {
    "siret": st.tuples(right_number(8).filter(lambda siren: siren != "356000000"), st.integers(0, 9999)).map(
        lambda parts: keyed(f"{parts[0]}{parts[1]:04d}")
    ),
    "finess": right_number(8),
    "rpps": right_number(10),
}


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("73282932000074", True),
        ("73282932000075", False),
        ("73282932000047", False),
        ("00552024200016", True),
        ("35600000000048", True),  # La Poste's seat: Luhn, as everybody
        ("35600000049837", True),  # its post offices: the digits add up to a multiple of 5
        ("35600000049838", False),
        ("35600000049855", True),
        ("35600000149837", False),
    ],
)
def test_siret(number: str, right: bool) -> None:
    assert siret(number) is right


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("750012346", True),
        ("750012345", False),
        ("570012346", False),
        ("010000024", True),
        ("2A0000014", True),  # as 210000014
        ("2A0000012", False),
        ("2B0000012", True),  # as 220000012
        ("2B0000014", False),
        ("2C0000014", False),
        ("971001235", True),
    ],
)
def test_finess(number: str, right: bool) -> None:
    assert finess(number) is right


@pytest.mark.parametrize("number", ["1A0000014", "3A0000013", "7B0000013", "9A0000017"])
def test_only_corsica_has_a_letter_in_its_finess(number: str) -> None:
    assert finess(number) is False


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("10003456786", True),
        ("10003456787", False),
        ("10003456768", False),
        ("100034567860000", True),
        ("100034567870001", True),
    ],
)
def test_rpps_of_eleven_digits_has_a_key_and_of_fifteen_none(number: str, right: bool) -> None:
    assert rpps(number) is right


@pytest.mark.parametrize("text", ["", " ", "1 8", "1.8", "-18", "18\n", "١٨", "１８", "1²", "A", "2A0000014"])
def test_luhn_knows_ascii_digits_only(text: str) -> None:
    assert luhn(text) is False


@PROPERTY
@given(digits=DIGITS)
def test_luhn_agrees_with_the_library(digits: str) -> None:
    assert luhn(digits) is stdnum_luhn.is_valid(digits)
    assert luhn(keyed(digits)) is True


@PROPERTY
@given(text=st.text(max_size=20))
def test_luhn_agrees_with_the_library_on_nonsense(text: str) -> None:
    assert luhn(text) is stdnum_luhn.is_valid(text)


@PROPERTY
@given(text=st.text(max_size=20))
def test_no_text_makes_a_check_raise(text: str) -> None:
    assert {type(check(text)) for check in CHECKS.values()} == {bool}


@pytest.mark.parametrize("check", ["siret", "finess", "rpps"])
@PROPERTY
@given(data=st.data())
def test_one_wrong_digit_is_always_noticed(check: str, data: st.DataObject) -> None:
    right = data.draw(RIGHT[check])
    at = data.draw(st.integers(0, len(right) - 1))
    other = data.draw(st.sampled_from(string.digits.replace(right[at], "")))
    wrong = right[:at] + other + right[at + 1 :]
    assert (CHECKS[check](right), CHECKS[check](wrong)) == (True, False)


@pytest.mark.parametrize("check", ["finess", "rpps"])
@PROPERTY
@given(data=st.data())
def test_two_digits_exchanged_are_noticed_but_for_09_and_90(check: str, data: st.DataObject) -> None:
    right = data.draw(RIGHT[check])
    at = data.draw(st.integers(0, len(right) - 2))
    pair = right[at : at + 2]
    wrong = right[:at] + pair[::-1] + right[at + 2 :]
    assert CHECKS[check](wrong) is (pair in {"09", "90"} or pair[0] == pair[1])


@PROPERTY
@given(
    stem=st.text(alphabet=string.digits, min_size=6, max_size=6),
    department=st.sampled_from([("2A", "21"), ("2B", "22")]),
)
def test_corsica_counts_as_21_and_22(stem: str, department: tuple[str, str]) -> None:
    letters, digits = department
    key = keyed(digits + stem)[-1]
    assert [last for last in string.digits if finess(f"{letters}{stem}{last}")] == [key]

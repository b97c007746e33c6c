"""Amounts are exact: what cannot be read as euros and cents without a guess is refused (contract §1; C4)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from converter.values import FAULTY, amount
from tests.values import (
    ABSURD,
    ACCEPTED,
    NO_NUMBERS,
    PROPERTY,
    REFUSED,
    REPAIRED,
    TIMES,
    almost,
    any_cell,
    holds_together,
    is_stable,
    old_and_new,
    parse,
    said,
)

AMOUNT = "commande.montantSegurHT"
TYPICAL = ("31162", "31162.00", "31162,00", "31 162,00 €", "31,162.00", "1e5", "0,01", "31162,005", "1.000")
CENTS = st.integers(1, 10**12)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (31162, "31162.00"),
        (31162.0, "31162.00"),
        (31162.5, "31162.50"),
        (31162.55, "31162.55"),
        (0.01, "0.01"),
        (0.1 + 0.2, "0.30"),
        (1.1 + 2.2, "3.30"),
        (4.35 * 100, "435.00"),
        (1.005 * 1000, "1005.00"),
        (1e15, "1000000000000000.00"),
        (9999999999999.99, "9999999999999.99"),
        ("31162", "31162.00"),
        ("31162.00", "31162.00"),
        ("31162,00", "31162.00"),
        ("31162,5", "31162.50"),
        ("0.01", "0.01"),
        (" 31162 ", "31162.00"),
        ("\u00a031162,00\n", "31162.00"),
    ],
)
def test_a_number_and_its_plain_spellings_are_taken_silently(typed: str | float, value: str) -> None:
    parsed = parse(AMOUNT, typed)
    assert (str(parsed.value), said(parsed)) == (value, ACCEPTED)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("31 162,00 €", "31162.00"),
        ("31\u00a0162,00\u00a0€", "31162.00"),
        ("31\u202f162,00\u202f€", "31162.00"),
        ("31 162", "31162.00"),
        ("31162€", "31162.00"),
        ("31162.50 €", "31162.50"),
        ("1 234 567,89", "1234567.89"),
        ("€ 31162", "31162.00"),
    ],
)
def test_spaces_and_the_euro_sign_are_left_out_and_told(typed: str, value: str) -> None:
    parsed = parse(AMOUNT, typed)
    assert (str(parsed.value), said(parsed), old_and_new(parsed)) == (value, REPAIRED, (typed, value))


@pytest.mark.parametrize(
    "typed",
    [31162.005, 31162.001, 0.001, 0.005, 1e-7, 5e-324, 1e-300, "31162,005", "31162.001", "0,001", "31 162,005 €"],
)
def test_more_than_two_decimals_are_refused(typed: str | float) -> None:
    parsed = parse(AMOUNT, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize(
    "typed", ["31,160", "31.160", "1.000", "31,000", "31162,000", "31162.000", "31 162,000 €", "5,500"]
)
def test_three_decimals_typed_are_refused_though_the_last_is_zero(typed: str) -> None:
    """`31,160` is 31160 to an English hand: it must not become 31.16 without a word."""
    parsed = parse(AMOUNT, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize(
    "typed",
    [
        *("31,162.00", "31.162,00", "1,234,567.89", "1.234.567,89", "1.234.567", "31'162.00", "31_162"),
        *("1e5", "1E5", "3,1162E+04", "3.1162e4", "1E-2"),
        *("", "€", "-", "abc", "NaN", "Infinity", "0x10", "31162 EUR", "31162 $", "£31162", "31162 € HT", "env. 31162"),
        *("31162/2", "=31162", "31162 - 5", "12€34", "31162;5", "1,2,3"),
        *("٣١١٦٢", "３１１６２", "3116²", "31162٫00"),
    ],
)
def test_text_that_is_no_plain_number_is_refused(typed: str) -> None:
    parsed = parse(AMOUNT, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize(
    "typed", ["31,162.00", "31.162,5", "31.162,005", "1,234,567.8901", "31162,5 EUR", "31162,005 EUR", "EUR 31162"]
)
def test_what_is_offered_in_its_place_would_be_taken(typed: str) -> None:
    offered = [one.say.params["plain"] for one in parse(AMOUNT, typed).notes if "plain" in one.say.params]
    assert [parse(AMOUNT, one).notes for one in offered] == [()] * len(offered)
    assert bool(offered) == (typed not in ("31.162,005", "1,234,567.8901", "31162,005 EUR"))


@pytest.mark.parametrize(
    "typed", [0, 0.0, -0.0, -1, -31162.5, -0.01, "0", "0,00", "0.00", "-0", "-31162,00", "-31 162,00 €", "0 €"]
)
def test_nothing_and_less_is_refused(typed: str | float) -> None:
    parsed = parse(AMOUNT, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize("typed", [True, False, date(2021, 9, 5), datetime(2021, 9, 5, 14, 30), *TIMES, *NO_NUMBERS])
def test_answers_dates_and_times_are_no_amounts(typed: Any) -> None:
    parsed = parse(AMOUNT, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize("typed", ABSURD)
def test_an_absurd_amount_does_not_stop_the_run(typed: Any) -> None:
    assert holds_together(parse(AMOUNT, typed))


def test_a_number_counts_as_excel_shows_it() -> None:
    """15 significant digits: what floats add beyond them is nothing that a person typed."""
    assert parse(AMOUNT, 31162.000000000004).value == Decimal("31162.00")
    assert said(parse(AMOUNT, 31162.0000000001)) == REFUSED


def test_what_was_read_is_told() -> None:
    assert [note.value for note in parse(AMOUNT, "31,162.00").notes] == ["31,162.00"]


@PROPERTY
@given(raw=any_cell(*TYPICAL))
def test_no_cell_makes_it_raise(raw: Any) -> None:
    assert holds_together(parse(AMOUNT, raw))


@PROPERTY
@given(
    raw=st.one_of(almost(*TYPICAL), st.floats(0, 1e12), st.integers(-5, 10**12), CENTS.map(lambda cents: cents / 100))
)
def test_whatever_is_taken_is_above_zero_with_two_decimals_and_stable(raw: Any) -> None:
    parsed = parse(AMOUNT, raw)
    if parsed.value is not FAULTY:
        assert parsed.value > 0
        assert parsed.value.as_tuple().exponent == -2
        assert is_stable(AMOUNT, parsed, amount.shown(parsed.value))


@PROPERTY
@given(cents=CENTS, space=st.sampled_from((" ", "\u00a0", "\u202f")))
def test_every_spelling_of_an_amount_is_that_amount(cents: int, space: str) -> None:
    euros, rest = divmod(cents, 100)
    plain = (cents / 100, f"{euros}.{rest:02d}", f"{euros},{rest:02d}")
    french = (f"{euros:,},{rest:02d}".replace(",", space, f"{euros:,}".count(",")), f"{euros},{rest:02d}{space}€")
    assert {parse(AMOUNT, one).value for one in (*plain, *french)} == {Decimal(cents) / 100}
    assert [said(parse(AMOUNT, one)) for one in plain] == [ACCEPTED] * 3
    assert said(parse(AMOUNT, french[1])) == REPAIRED


@PROPERTY
@given(thousandths=st.integers(1, 10**11).filter(lambda number: number % 10))
def test_a_third_decimal_is_never_rounded_away(thousandths: int) -> None:
    text = f"{thousandths // 1000},{thousandths % 1000:03d}"
    assert [said(parse(AMOUNT, one)) for one in (text, thousandths / 1000)] == [REFUSED, REFUSED]

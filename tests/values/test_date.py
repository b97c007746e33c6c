"""A date is a date of the calendar, written so that it can mean one day only (contract §1; C1)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given, strategies as st

from converter.values import FAULTY, day
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

ORDERED = "commande.dateCommande"
THE_DAY = date(2021, 9, 5)
TYPICAL = (
    "05/09/2021",
    "5/9/2021",
    "05-09-2021",
    "05.09.2021",
    "2021-09-05",
    "2021-09-05 14:30:00",
    "29/02/2020",
    "05/09/21",
)


@pytest.mark.parametrize(
    "typed",
    [
        THE_DAY,
        datetime(2021, 9, 5),
        "05/09/2021",
        " 05/09/2021\n",
        "\u00a005/09/2021\u202f",
        "\ufeff05/09/2021",
    ],
)
def test_an_excel_date_and_its_french_spelling_are_taken_silently(typed: Any) -> None:
    parsed = parse(ORDERED, typed)
    assert (parsed.value, said(parsed)) == (THE_DAY, ACCEPTED)


@pytest.mark.parametrize("typed", [datetime(2021, 9, 5), datetime(2021, 9, 5, 14, 30)])
def test_a_day_bears_no_time(typed: datetime) -> None:
    assert type(parse(ORDERED, typed).value) is date


@pytest.mark.parametrize(
    "typed",
    [
        "5/9/2021",
        "05/9/2021",
        "5/09/2021",
        "05-09-2021",
        "05.09.2021",
        "2021-09-05",
        "2021-09-05 14:30:00",
        "2021-09-05 00:00:00",
        "2021-09-05T14:30:00",
        "2021-09-05 14:30",
        "05/09/2021 14:30",
        "05/09/2021 23:59:59",
    ],
)
def test_other_plain_spellings_are_put_right_and_told(typed: str) -> None:
    parsed = parse(ORDERED, typed)
    assert (parsed.value, said(parsed)) == (THE_DAY, REPAIRED)
    assert old_and_new(parsed) == (typed, "05/09/2021")


def test_a_time_of_day_in_an_excel_date_is_left_out_and_told() -> None:
    parsed = parse(ORDERED, datetime(2021, 9, 5, 14, 30))
    assert (parsed.value, said(parsed)) == (THE_DAY, REPAIRED)
    assert old_and_new(parsed) == ("05/09/2021 14:30:00", "05/09/2021")


@pytest.mark.parametrize(
    "typed",
    [
        *("29/02/2021", "31/04/2021", "30/02/2020", "00/09/2021", "05/00/2021", "32/01/2021", "05/13/2021"),
        *("12/25/2021", "2021-02-29", "2021-13-01", "31.09.2021", "00-01-2021", "05/09/0000"),
    ],
)
def test_a_day_that_the_calendar_lacks_is_refused(typed: str) -> None:
    parsed = parse(ORDERED, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize(
    "typed", ["05/09/21", "5/9/21", "05-09-21", "05.09.21", "21-09-05", "05/09/021", "05/09/20211"]
)
def test_a_year_without_four_digits_is_refused(typed: str) -> None:
    parsed = parse(ORDERED, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "5-9-2021",
        "5.9.2021",
        "2021-9-5",
        "2021/09/05",
        "05/09-2021",
        "05 09 2021",
        "05 / 09 / 2021",
        "05092021",
        "20210905",
        "44444",
        "5 septembre 2021",
        "05/sept/2021",
        "le 05/09/2021",
        "05/09/2021 au 06/09/2021",
        "05/09/2021;06/09/2021",
        "05/09",
        "09/2021",
        "-05/09/2021",
        "05/09/2021 vers midi",
        "2021-09-05T14:30:00Z",
        "2021-09-05T14:30:00+02:00",
        "٠٥/٠٩/٢٠٢١",
        "０５/０９/２０２１",
        "05/09/202²",
        "05∕09∕2021",
    ],
)
def test_any_other_text_is_refused(typed: str) -> None:
    parsed = parse(ORDERED, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize(
    "typed",
    [
        "2021-09-05 25:00",
        "2021-09-05 29:30",
        "05/09/2021 14:60",
        "05/09/2021 14:30:61",
        "2021-09-05 :",
        "2021-09-05TT14:30",
    ],
)
def test_what_follows_must_be_a_time_of_day(typed: str) -> None:
    parsed = parse(ORDERED, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize(
    "typed", [44444, 44444.0, 44444.5, 0, -1, 2021, 20210905, True, False, *TIMES, *NO_NUMBERS, *ABSURD]
)
def test_a_bare_number_an_answer_or_a_time_is_no_date(typed: Any) -> None:
    parsed = parse(ORDERED, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


def test_what_was_read_is_told() -> None:
    assert [note.value for note in parse(ORDERED, "05/09/21").notes] == ["05/09/21"]


@PROPERTY
@given(raw=any_cell(*TYPICAL))
def test_no_cell_makes_it_raise(raw: Any) -> None:
    assert holds_together(parse(ORDERED, raw))


@PROPERTY
@given(raw=st.one_of(almost(*TYPICAL), st.dates(), st.datetimes()))
def test_whatever_is_taken_is_stable(raw: Any) -> None:
    parsed = parse(ORDERED, raw)
    assert parsed.value is FAULTY or is_stable(ORDERED, parsed, day.shown(parsed.value))


@PROPERTY
@given(when=st.dates(), at=st.times())
def test_every_spelling_of_a_day_is_that_day(when: date, at: time) -> None:
    d, m, y = when.day, when.month, f"{when.year:04d}"
    spellings = (
        *(
            f"{d:02d}/{m:02d}/{y}",
            f"{d}/{m}/{y}",
            f"{d:02d}-{m:02d}-{y}",
            f"{d:02d}.{m:02d}.{y}",
            f"{y}-{m:02d}-{d:02d}",
        ),
        *(when, datetime.combine(when, at), f"{y}-{m:02d}-{d:02d} {at:%H:%M:%S}"),
    )
    assert {parse(ORDERED, one).value for one in spellings} == {when}


@PROPERTY
@given(first=st.integers(1, 31), second=st.integers(13, 31), year=st.integers(1000, 9999))
def test_day_and_month_are_never_exchanged(first: int, second: int, year: int) -> None:
    assert said(parse(ORDERED, f"{first:02d}/{second:02d}/{year}")) == REFUSED

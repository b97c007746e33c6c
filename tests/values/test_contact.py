"""E-mail addresses and telephones are kept as typed; an unusual form is a warning, never a refusal (B5, B6)."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from converter.values import FAULTY
from converter.values.contact import is_address, is_address_at_length, is_french, is_french_at_length
from tests.values import (
    ACCEPTED,
    PROPERTY,
    REFUSED,
    REPAIRED,
    almost,
    any_cell,
    holds_together,
    is_stable,
    old_and_new,
    parse,
    said,
)

EMAILS = ("radiologues.emailRad", "etablissements.emailClient", "beneficiaires.emailMandataire")
PHONES = ("radiologues.telephoneRad", "etablissements.telephoneClient", "beneficiaires.telephoneMandataire")
EMAIL, PHONE = EMAILS[0], PHONES[0]
UNUSUAL = [("warning", "form")]
ADDRESSES = (
    "a@clinique.fr",
    "jean.dupont+segur@ch-orleans.fr",
    "A_B-c@x1.com",
    "contact@sante.gouv.fr",
    "radio@mssante.example.org",
)
NUMBERS = (
    "01 42 00 00 01",
    "0142000001",
    "+33 1 42 00 00 01",
    "0033142000001",
    "06.12.34.56.78",
    "0590 90 12 34",
    "3611",
)
FAR = settings(PROPERTY, max_examples=400)


# --------------------------------------------------------------------------------------------------------------- e-mail


@pytest.mark.parametrize("typed", [*ADDRESSES, "x@y.z.t.co", "jean.dupont@hôpital.fr", "o'neill@clinique.fr"])
def test_an_address_is_taken_silently(typed: str) -> None:
    parsed = parse(EMAIL, typed)
    assert (parsed.value, said(parsed)) == (typed, ACCEPTED)


@pytest.mark.parametrize("typed", [" a@clinique.fr", "a@clinique.fr\n", "\u00a0a@clinique.fr\u200b"])
def test_white_space_around_an_address_is_cut_silently(typed: str) -> None:
    parsed = parse(EMAIL, typed)
    assert (parsed.value, said(parsed)) == ("a@clinique.fr", ACCEPTED)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "clinique.fr",
            "a@",
            "@clinique.fr",
            "a@b",
            "a@@clinique.fr",
            "a b@clinique.fr",
            "a@clinique .fr",
            "a@clinique",
        ),
        *("a..b@clinique.fr", ".a@clinique.fr", "a.@clinique.fr", "a@clinique..fr", "a@-clinique.fr", "a@clinique-.fr"),
        *(
            "a@clinique.fr; b@clinique.fr",
            "a@clinique.fr,b@clinique.fr",
            "Jean <a@clinique.fr>",
            "mailto:a@clinique.fr",
        ),
        *("a@clinique.fr.", "a@.fr", "a@cli_nique.fr", "néant", "-", "a@127.0.0.1"),
    ],
)
def test_an_unusual_address_is_kept_with_a_warning(typed: str) -> None:
    parsed = parse(EMAIL, typed)
    assert (parsed.value, said(parsed)) == (typed, UNUSUAL)


@pytest.mark.parametrize("path", EMAILS)
def test_an_address_has_at_most_149_characters(path: str) -> None:
    longest = "a@" + ".".join(["b" * 47] * 3) + ".fr"
    assert len(longest) == 148
    assert said(parse(path, "a" + longest)) == ACCEPTED
    assert said(parse(path, "aa" + longest)) == REFUSED


def test_of_what_is_too_long_nothing_else_is_said() -> None:
    parsed = parse(EMAIL, "nonsense " * 20)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@PROPERTY
@given(raw=any_cell(*ADDRESSES))
def test_no_cell_makes_an_address_raise(raw: Any) -> None:
    assert holds_together(parse(EMAIL, raw))


@PROPERTY
@given(raw=any_cell(*ADDRESSES))
def test_an_address_that_is_taken_is_stable(raw: Any) -> None:
    parsed = parse(EMAIL, raw)
    assert is_stable(EMAIL, parsed, str(parsed.value))


PLAUSIBLE_ADDRESS = st.from_regex(
    r"[A-Za-z0-9_+.-]{1,34}@[A-Za-z0-9-]{1,34}(\.[a-z0-9-]{1,5}){0,2}\.(fr|com|net|org|eu|local|test|invalid|example)",
    fullmatch=True,
    alphabet=string.printable,
)


@FAR
@given(text=st.one_of(PLAUSIBLE_ADDRESS, almost(*ADDRESSES), st.emails(), st.text(max_size=40)))
@example("a@ab--cd.fr")
@example("a@xn--ab.fr")
@example("a@1.fr")
@example("-@b.fr")
@example("+@b.fr")
@example("a@localhost.fr")
@example("a@clinique.fr\n")
@example("a" * 30 + "." + "b" * 30 + "@" + "c" * 32 + ".fr")
def test_the_short_way_to_an_address_agrees_with_the_long_one(text: str) -> None:
    assert is_address(text) is is_address_at_length(text)


# ------------------------------------------------------------------------------------------------------------ telephone


@pytest.mark.parametrize(
    "typed",
    [
        *("01 42 00 00 01", "0142000001", "01.42.00.00.01", "01-42-00-00-01", "01\u00a042\u00a000\u00a000\u00a001"),
        *(
            "+33 1 42 00 00 01",
            "+33142000001",
            "+33 (0)1 42 00 00 01",
            "0033142000001",
            "06 12 34 56 78",
            "09 72 00 00 01",
        ),
        *(
            "0590 90 12 34",
            "0596 50 12 34",
            "0594 30 12 34",
            "0262 90 12 34",
            "0269 61 12 34",
            "0690 30 12 34",
            "0692 61 12 34",
        ),
        *("+590 590 90 12 34", "+262 262 90 12 34", "+508 41 12 34"),
    ],
)
def test_a_french_number_is_taken_as_typed(typed: str) -> None:
    parsed = parse(PHONE, typed)
    assert (parsed.value, said(parsed)) == (typed, ACCEPTED)


@pytest.mark.parametrize("typed", [" 0142000001", "0142000001\n", "\u00a00142000001\u200b"])
def test_white_space_around_a_number_is_cut_silently(typed: str) -> None:
    parsed = parse(PHONE, typed)
    assert (parsed.value, said(parsed)) == ("0142000001", ACCEPTED)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "12345",
            "01 42 00 00",
            "01 42 00 00 01 02",
            "00 42 00 00 01",
            "+32 2 555 12 12",
            "+377 93 15 00 00",
            "+41 22 730 51 11",
        ),
        *("néant", "-", "voir secrétariat", "01 42 00 00 01 / 06 12 34 56 78", "a@clinique.fr", "0000000000"),
    ],
)
def test_another_number_is_kept_with_a_warning(typed: str) -> None:
    parsed = parse(PHONE, typed)
    assert (parsed.value, said(parsed)) == (typed, UNUSUAL)


@pytest.mark.parametrize(
    ("typed", "shown", "value"),
    [
        (142000001, "142000001", "0142000001"),
        (142000001.0, "142000001", "0142000001"),
        (612345678, "612345678", "0612345678"),
        (590901234.0, "590901234", "0590901234"),
    ],
)
def test_a_numeric_cell_of_nine_digits_gets_its_zero_back(typed: float, shown: str, value: str) -> None:
    parsed = parse(PHONE, typed)
    assert (parsed.value, said(parsed), old_and_new(parsed)) == (value, REPAIRED, (shown, value))


@pytest.mark.parametrize("typed", ["142000001", "612345678", "14200000", "0"])
def test_a_text_gets_no_zero(typed: str) -> None:
    assert parse(PHONE, typed).value == typed


@pytest.mark.parametrize("typed", [0, 1, 14200000, 14200000.0, 1420000011, -14200000, 33142000001])
def test_a_numeric_cell_of_other_than_nine_digits_gets_no_zero(typed: float) -> None:
    assert parse(PHONE, typed).value == str(int(typed))


def test_a_number_that_got_its_zero_back_is_looked_at_too() -> None:
    parsed = parse(PHONE, 400123456)
    assert (parsed.value, said(parsed)) == ("0400123456", REPAIRED + UNUSUAL)


@pytest.mark.parametrize("path", PHONES)
def test_a_telephone_has_at_most_49_characters(path: str) -> None:
    assert said(parse(path, "1" * 49)) == UNUSUAL
    assert said(parse(path, "1" * 50)) == REFUSED
    assert said(parse(path, " " * 40 + "0142000001" + " " * 40)) == ACCEPTED


@PROPERTY
@given(raw=any_cell(*NUMBERS))
def test_no_cell_makes_a_telephone_raise(raw: Any) -> None:
    assert holds_together(parse(PHONE, raw))


@PROPERTY
@given(raw=st.one_of(any_cell(*NUMBERS), st.integers(10**8, 10**9 - 1), st.integers(10**8, 10**9 - 1).map(float)))
def test_a_telephone_that_is_taken_is_stable(raw: Any) -> None:
    parsed = parse(PHONE, raw)
    assert is_stable(PHONE, parsed, str(parsed.value))


PLAUSIBLE_NUMBER = st.from_regex(
    r"(0|\+33 ?|0033|\+262|\+590|\+594|\+596|\+508)?[0-9]([ .\-\xa0]?[0-9]{2}){3,5}", fullmatch=True
)


@FAR
@given(
    text=st.one_of(
        PLAUSIBLE_NUMBER,
        almost(*NUMBERS),
        st.text(alphabet="0123456789 .-+()\u00a0", max_size=16),
        st.text(max_size=20),
    )
)
@example("0142000001\n")
@example("٠١٤٢٠٠٠٠٠١")
@example("０１４２００００01")
@example("01 42 00 00 0²")
def test_the_short_way_to_a_number_agrees_with_the_long_one(text: str) -> None:
    assert is_french(text) is is_french_at_length(text)


@pytest.mark.parametrize("tail", ["000000", "123456", "999999"])
def test_the_two_ways_agree_on_every_prefix_of_the_numbering_plan(tail: str) -> None:
    numbers = [f"0{prefix}{tail}" for prefix in range(100, 1000)]
    assert [one for one in numbers if is_french(one) is not is_french_at_length(one)] == []
    assert 0 < sum(map(is_french, numbers)) < len(numbers)

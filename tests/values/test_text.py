"""Names in capitals, text as it is, lists of labels: nothing is cut short (contract §1; B4, S3)."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings

from converter.values import FAULTY, Form, parser_of
from tests.values import (
    ACCEPTED,
    PROPERTY,
    REFUSED,
    REPAIRED,
    SPEC,
    any_cell,
    holds_together,
    is_stable,
    old_and_new,
    parse,
    said,
)

NAMES = ("radiologues.nomRad", "etablissements.nomClient", "beneficiaires.nomMandataire")
NAME = NAMES[0]
PROFILES = "fichier.profils"
FILE = "pieces.fichier"
TYPICAL = (
    "DURAND",
    "Dupont  Martin",
    "ÉLÉONORE D'ÎLE-DE-FRANCE",
    "e\u0301te\u0301",
    "straße",
    " CLINIQUE ST\u00a0LUC ",
    "ﬁn",
)


# ---------------------------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    "typed",
    ["DURAND", "LE GOFF", "ÉLÉONORE", "D'ÎLE-DE-FRANCE", "SCM DU 12 RUE DE L’ÉGLISE", "Œ", "A" * 49, "É" * 49, "1"],
)
def test_a_name_in_capitals_is_taken_silently(typed: str) -> None:
    parsed = parse(NAME, typed)
    assert (parsed.value, said(parsed)) == (typed, ACCEPTED)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("durand", "DURAND"),
        ("Durand", "DURAND"),
        ("Éléonore", "ÉLÉONORE"),
        ("cœur", "CŒUR"),
        ("Straße", "STRASSE"),
        ("LE  GOFF", "LE GOFF"),
        ("LE \t GOFF", "LE GOFF"),
        ("LE\nGOFF", "LE GOFF"),
        ("LE\u00a0GOFF", "LE GOFF"),
        ("LE\u202f\u00a0GOFF", "LE GOFF"),
        ("le   goff", "LE GOFF"),
    ],
)
def test_small_letters_are_raised_and_runs_of_space_made_one(typed: str, value: str) -> None:
    parsed = parse(NAME, typed)
    assert (parsed.value, said(parsed), old_and_new(parsed)) == (value, REPAIRED, (typed, value))


@pytest.mark.parametrize("typed", [" DURAND", "DURAND  ", "\u00a0DURAND\n", "\ufeffDURAND\u200b"])
def test_white_space_around_a_name_is_cut_silently(typed: str) -> None:
    parsed = parse(NAME, typed)
    assert (parsed.value, said(parsed)) == ("DURAND", ACCEPTED)


@pytest.mark.parametrize("path", NAMES)
@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("A" * 49, True),
        ("A" * 50, False),
        (" " * 30 + "A" * 49 + " " * 30, True),
        ("A" * 24 + " " * 30 + "A" * 24, True),
        ("ß" * 24, True),
        ("ß" * 25, False),  # 50 capitals
        ("E\u0301" * 49, True),
        ("E\u0301" * 50, False),
        ("😀" * 49, True),
        ("😀" * 50, False),
    ],
)
def test_a_name_is_measured_as_it_is_sent(path: str, typed: str, fits: bool) -> None:
    parsed = parse(path, typed)
    assert (parsed.value is not FAULTY) is fits
    assert (said(parsed) == REFUSED) is not fits


@pytest.mark.parametrize("invisible", ["\u00ad", "\u200b", "\u2060"])
def test_what_nobody_sees_does_not_part_a_name(invisible: str) -> None:
    """A soft hyphen or a zero-width space copied along is no space: `DU·PONT` is not DU PONT."""
    assert parse(NAME, f"DU{invisible}PONT").value in {"DUPONT", f"DU{invisible}PONT"}


def test_an_accent_typed_as_two_characters_comes_out_as_one() -> None:
    assert parse(NAME, "e\u0301te\u0301").value == "ÉTÉ"


@pytest.mark.parametrize("letter", "ΐῢŉǰßﬁ")
def test_letters_without_a_capital_of_their_own_are_stable_once_raised(letter: str) -> None:
    parsed = parse(NAME, letter)
    assert unicodedata.is_normalized("NFC", parsed.value)
    assert is_stable(NAME, parsed, parsed.value)


@pytest.mark.parametrize(("typed", "value"), [(123, "123"), (123.0, "123"), (0, "0")])
def test_a_number_for_a_name_is_its_digits(typed: float, value: str) -> None:
    assert parse(NAME, typed).value == value


@pytest.mark.parametrize("path", NAMES)
@PROPERTY
@given(raw=any_cell(*TYPICAL))
def test_no_cell_makes_a_name_raise(path: str, raw: Any) -> None:
    parsed = parse(path, raw)
    assert holds_together(parsed)
    assert parsed.value is FAULTY or len(parsed.value) <= 49


@PROPERTY
@given(raw=any_cell(*TYPICAL))
def test_a_name_that_is_taken_is_in_capitals_and_stable(raw: Any) -> None:
    parsed = parse(NAME, raw)
    if parsed.value is not FAULTY:
        assert parsed.value == parsed.value.upper()
        assert is_stable(NAME, parsed, parsed.value)


# ----------------------------------------------------------------------------------------------------------------- text

TEN = parser_of(Form(kind="text", max=10))
BOUNDLESS = parser_of(Form(kind="text"))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("Dr. Dupont", "Dr. Dupont"),
        ("a  b", "a  b"),
        ("ça\u00a0va ?", "ça\u00a0va ?"),
        ("a\nb", "a\nb"),
        ("  abc\t", "abc"),
        ("\u00a0abc\u202f", "abc"),
        ("e\u0301" * 10, "é" * 10),
        (7.0, "7"),
        ("", ""),
    ],
)
def test_text_is_taken_as_it_is_but_for_outer_space(typed: str | float, value: str) -> None:
    parsed = TEN(typed)
    assert (parsed.value, said(parsed)) == (value, ACCEPTED)


@pytest.mark.parametrize("typed", ["a" * 11, "é" * 11, "😀" * 11, 12345678901, "a" * 5000])
def test_text_too_long_is_refused_and_not_cut(typed: str | int) -> None:
    parsed = TEN(typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


def test_text_without_a_limit_may_be_as_long_as_it_likes() -> None:
    assert BOUNDLESS("a" * 5000).value == "a" * 5000


@pytest.mark.parametrize("typed", ["bons/CMD-1.pdf", "bons\\CMD-1.pdf", "Bon de  commande n°1.PDF", "é.jpg"])
def test_a_files_name_is_taken_as_it_is(typed: str) -> None:
    parsed = parse(FILE, typed)
    assert (parsed.value, said(parsed)) == (typed, ACCEPTED)


@PROPERTY
@given(raw=any_cell(*TYPICAL))
def test_no_cell_makes_text_raise_and_what_is_taken_is_stable(raw: Any) -> None:
    for parser in (TEN, BOUNDLESS):
        parsed = parser(raw)
        assert holds_together(parsed)
        if parsed.value is not FAULTY:
            again = parser(parsed.value)
            assert (again.value, said(again)) == (parsed.value, ACCEPTED)


# --------------------------------------------------------------------------------------------------------------- labels


@pytest.mark.parametrize(
    ("typed", "labels"),
    [
        ("Mailiz", ("Mailiz",)),
        ("Référentiel d'identité; Mailiz", ("Référentiel d'identité", "Mailiz")),
        ("a;b;c", ("a", "b", "c")),
        (" a ;; b ; ", ("a", "b")),
        ("a, b", ("a, b",)),
        (";", ()),
        ("e\u0301", ("é",)),
    ],
)
def test_labels_are_parted_by_semicolons(typed: str, labels: tuple[str, ...]) -> None:
    parsed = parse(PROFILES, typed)
    assert (parsed.value, said(parsed)) == (labels, ACCEPTED)


@PROPERTY
@given(raw=any_cell("Mailiz; Référentiel d'identité", *TYPICAL))
def test_no_cell_makes_labels_raise_and_they_are_stable(raw: Any) -> None:
    labels = parse(PROFILES, raw).value
    assert all(label and label == label.strip() for label in labels)
    assert parse(PROFILES, ";".join(labels)).value == labels


# ----------------------------------------------------------------------------------------------------------- every kind


@pytest.mark.parametrize("path", [one.path for one in SPEC.fields if one.typed])
@settings(PROPERTY, max_examples=25)
@given(raw=any_cell(*TYPICAL))
def test_no_cell_makes_any_field_of_the_spec_raise(path: str, raw: Any) -> None:
    notes = parse(path, raw).notes
    assert {note.severity for note in notes} <= {"error", "warning", "info"}
    assert all(note.value is not None for note in notes)

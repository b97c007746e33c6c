"""Yes or no: TRUE/FALSE cells and the usual words; anything else is no answer (contract §1; B1, S1)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given

from converter.cells import show
from converter.values import FAULTY
from tests.values import (
    ABSURD,
    ACCEPTED,
    NO_NUMBERS,
    PROPERTY,
    REFUSED,
    SPEC,
    TIMES,
    any_cell,
    holds_together,
    is_stable,
    parse,
    said,
)

ANSWER = "scenario.isIdRef"
YES = ("Oui", "Vrai", "true", "Yes", "O", "Y", "1")
NO = ("Non", "Faux", "false", "No", "N", "0")
WORDS = [(word, True) for word in YES] + [(word, False) for word in NO]


@pytest.mark.parametrize(("word", "answer"), WORDS)
def test_the_usual_words_are_taken_in_any_case(word: str, answer: bool) -> None:
    for typed in (word, word.upper(), word.lower(), word.swapcase(), f" {word} ", f"\u00a0{word}\n", f"\ufeff{word}"):
        parsed = parse(ANSWER, typed)
        assert (parsed.value, said(parsed)) == (answer, ACCEPTED)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [(True, True), (False, False), (1, True), (0, False), (1.0, True), (0.0, False), (-0.0, False)],
)
def test_a_cell_that_holds_true_or_one_is_yes(typed: Any, answer: bool) -> None:
    parsed = parse(ANSWER, typed)
    assert parsed.value is answer
    assert said(parsed) == ACCEPTED


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "2",
            "-1",
            "01",
            "00",
            "1.0",
            "0,0",
            "x",
            "X",
            "ok",
            "ja",
            "si",
            "vraie",
            "oui!",
            "oui.",
            "Ou",
            "T",
            "F",
            "V",
        ),
        *("oui non", "o u i", "oui/non", "Oui (1)", "TRUE()", "NULL", "n/a", "?", "✓"),
        *("ｏｕｉ", "О", "１", "١", "¹", "⓪", "tru\u0435", "ou\u0131"),
    ],
)
def test_any_other_text_is_refused(typed: str) -> None:
    parsed = parse(ANSWER, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize(
    "typed",
    [2, -1, 0.5, 1.0000000001, 1e-300, 1e15, *NO_NUMBERS, *ABSURD, date(2021, 9, 5), datetime(1900, 1, 1), *TIMES],
)
def test_any_other_cell_is_refused(typed: Any) -> None:
    """Midnight and a duration of nothing are false to Python; nobody meant No by them."""
    parsed = parse(ANSWER, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize("typed", ["1.0", 2, date(2021, 9, 5)])
def test_what_was_read_is_told(typed: Any) -> None:
    assert [note.value for note in parse(ANSWER, typed).notes] == [show(typed)]


def test_the_scenario_asks_eleven_questions_and_the_beneficiaries_two() -> None:
    paths = [one.path for one in SPEC.fields if one.form and one.form.kind == "yesno"]
    assert [sum(path.startswith(block) for path in paths) for block in ("scenario.", "beneficiaires.")] == [11, 2]
    assert {parse(path, "Oui").value for path in paths} == {True}


@PROPERTY
@given(raw=any_cell(*YES, *NO))
def test_no_cell_makes_it_raise_and_what_is_taken_is_a_boolean(raw: Any) -> None:
    parsed = parse(ANSWER, raw)
    assert holds_together(parsed)
    assert any(parsed.value is one for one in (True, False, FAULTY))


@PROPERTY
@given(raw=any_cell(*YES, *NO))
def test_whatever_is_taken_is_stable(raw: Any) -> None:
    parsed = parse(ANSWER, raw)
    assert parsed.value is FAULTY or is_stable(ANSWER, parsed, show(parsed.value) or "")

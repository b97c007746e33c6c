"""Runs that leave the ledger as it was; --partial and --strict, and what they note."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.errors import Xl2JsonError
from tests.books import a_book
from tests.ledger.office import FIRST, NEXT_DAY, PHONE, SECOND, Office, at_fault, order, told

C3 = ("C3", "error", "Commande", "C2", "CMD-1")


def test_a_dry_run_and_a_check_make_no_ledger(alone: Office) -> None:
    alone.convert(order(1), dry_run=True)
    alone.check(order(1))
    assert alone.entries() == ()
    assert not Path(alone.ledger).parent.exists()


def test_a_dry_run_says_what_would_be_and_notes_nothing(office: Office) -> None:
    office.convert(order(1), order(2))
    before = office.entries()
    outcome = office.convert(order(3), order(1), deposit=NEXT_DAY, dry_run=True)
    assert [Path(one.json).stem for one in outcome.files] == ["JSON-RIS2021001-20211201-001"]
    assert (outcome.withdrawn, outcome.counts.written) == ((FIRST, "CMD-2"), 2)
    assert (office.entries(), office.files()) == (before, [FIRST])
    office.convert(order(4), name="other.xlsx")
    assert office.numbers()["CMD-4"] == "00003"


def test_a_check_sees_what_the_ledger_knows_and_notes_nothing(office: Office) -> None:
    office.convert(order(1), order(2))
    office.mark("deposited", FIRST)
    before = office.entries()
    outcome = office.check(order(1), order(2, phone=PHONE), order(3, whom=1))
    assert [(one[0], one[4]) for one in told(outcome)] == [("D3", "CMD-1"), ("D2", "CMD-2"), ("B15", "CMD-3")]
    assert (outcome.counts.skipped, outcome.counts.held, office.entries()) == (1, 1, before)


def test_an_error_and_nothing_is_noted(office: Office) -> None:
    outcome = office.convert(at_fault(order(1)), order(2))
    assert (told(outcome), outcome.files, office.entries(), office.files()) == ([C3], (), (), [])


def test_an_error_and_what_was_prepared_stays(office: Office) -> None:
    office.convert(order(1), order(2))
    before = office.entries()
    office.convert(at_fault(order(1)), order(3), deposit=NEXT_DAY)
    assert (office.entries(), office.files()) == (before, [FIRST])


def test_partial_notes_the_sound_ones_alone(office: Office) -> None:
    outcome = office.convert(at_fault(order(1)), order(2), partial=True)
    assert (told(outcome), outcome.counts.held) == ([C3], 1)
    assert office.listed() == [("CMD-2", "00001", "prepared")]
    office.convert(order(1), order(2))
    assert office.sent() == ["00002", "00001"]


def test_partial_takes_a_held_one_out_of_its_file_and_keeps_its_number(office: Office) -> None:
    office.convert(order(1), order(2))
    outcome = office.convert(at_fault(order(1)), order(2), partial=True)
    assert (office.sent(), outcome.withdrawn) == (["00002"], ("CMD-1",))
    assert office.states() == {"00001": "withdrawn", "00002": "prepared"}
    office.convert(order(1), order(2))
    assert office.sent() == ["00001", "00002"]


def test_a_held_one_is_not_deposited_with_the_others(office: Office) -> None:
    office.convert(order(1), order(2))
    office.convert(at_fault(order(1)), order(2), partial=True)
    office.mark("deposited", FIRST)
    assert office.states() == {"00001": "withdrawn", "00002": "deposited"}
    assert [one.rule for one in office.answered(accept={"00002": "A2"}).findings] == []
    assert office.states() == {"00001": "withdrawn", "00002": "accepted"}
    office.convert(order(1), order(2))
    assert office.sent(SECOND) == ["00001"]


def test_partial_with_none_sound_changes_nothing(office: Office) -> None:
    office.convert(order(1))
    before = office.entries()
    outcome = office.convert(at_fault(order(1)), partial=True)
    assert (outcome.exit_code, outcome.withdrawn) == (1, ())
    assert (office.entries(), office.files()) == (before, [FIRST])


def test_a_held_one_s_typed_number_is_not_given_to_another(office: Office) -> None:
    office.convert(at_fault(order(1, "00001")), order(2), partial=True)
    assert office.listed() == [("CMD-2", "00002", "prepared")]


def test_strict_notes_nothing_where_there_is_a_warning(office: Office) -> None:
    outcome = office.convert(order(1, phone="+49 30 1234567"), order(2), strict=True)
    assert [one[:2] for one in told(outcome)] == [("B6", "warning")]
    assert (outcome.exit_code, office.entries(), office.files()) == (1, (), [])


def test_strict_with_a_ledger_allots_numbers_without_a_word(office: Office) -> None:
    outcome = office.convert(order(1), strict=True)
    assert (told(outcome), outcome.exit_code, office.sent()) == ([], 0, ["00001"])


def test_a_file_that_cannot_be_placed_leaves_a_reservation_that_is_taken_up(office: Office) -> None:
    (office.folder / "depot").write_text("a file where the folder should be")
    with pytest.raises(Xl2JsonError):
        office.convert(order(1), order(2))
    assert set(office.states().values()) <= {"reserved"}
    (office.folder / "depot").unlink()
    office.convert(order(1), order(2))
    assert (office.files(), office.sent()) == ([FIRST], ["00001", "00002"])
    assert set(office.states().values()) == {"prepared"}


def test_a_header_at_fault_notes_nothing(office: Office) -> None:
    book = a_book(order(1))
    book["Entête fichier"][0]["numeroAns"] = "RIS"
    outcome = office.convert_it(book, partial=True)
    assert ([one[0] for one in told(outcome)], office.entries()) == (["F1"], ())

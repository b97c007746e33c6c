"""`Traitement`: what a workbook tells of the agency's answer goes into the ledger; deposits taken over are claimed."""

from __future__ import annotations

import pytest

from converter.jobs import ledger as asked
from tests.books import a_book
from tests.ledger.answers import answer
from tests.ledger.office import FIRST, NEXT_DAY, PHONE, SECOND, Office, order, told, treated

D3 = ("D3", "info", "Traitement", "C2", "CMD-1")


def test_a_number_that_the_workbook_tells_is_noted(office: Office) -> None:
    office.convert(order(1), order(2))
    outcome = office.convert_it(treated(a_book(order(1), order(2)), "CMD-1", "A1"))
    assert D3 in told(outcome)
    assert [(one.number, one.state, one.asp) for one in office.entries()] == [
        ("00001", "accepted", "A1"),
        ("00002", "deposited", None),
    ]


def test_it_proves_the_deposit_of_all_that_stands_in_the_file(office: Office) -> None:
    """The agency has the file: it is neither rewritten nor removed, and nothing of it goes again."""
    office.convert(order(1), order(2))
    sent = (office.out / f"{FIRST}.json").read_bytes()
    book = treated(a_book(order(1), order(2)), "CMD-1", "A1")
    for outcome in (office.convert_it(book), office.convert_it(book, deposit=NEXT_DAY)):
        assert {(one[0], one[4]) for one in told(outcome)} == {("D3", "CMD-1"), ("D3", "CMD-2")}
        assert outcome.files == ()
    assert (office.out / f"{FIRST}.json").read_bytes() == sent


def test_it_overwrites_no_other(office: Office) -> None:
    office.convert(order(1))
    office.answered(accept={"00001": "A1"})
    office.convert_it(treated(a_book(order(1)), "CMD-1", "A2"))
    assert [(one.state, one.asp) for one in office.entries()] == [("accepted", "A1")]


def test_a_rejection_that_turns_out_accepted(office: Office) -> None:
    office.convert(order(1))
    office.answered(reject={"00001": "Date invalide"})
    office.convert_it(treated(a_book(order(1)), "CMD-1", "A1"))
    assert [(one.state, one.asp) for one in office.entries()] == [("accepted", "A1")]


def test_a_check_does_not_note_it(office: Office) -> None:
    office.convert(order(1))
    office.convert_it(treated(a_book(order(1)), "CMD-1", "A1"), dry_run=True)
    assert office.states() == {"00001": "prepared"}


def test_a_number_accepted_before_there_was_a_ledger_is_never_allotted(office: Office) -> None:
    outcome = office.convert_it(treated(a_book(order(1, "00007")), "CMD-1", "A1", "00007"))
    assert (told(outcome), outcome.files) == ([D3], ())
    office.convert(order(2), name="other.xlsx")
    assert office.sent() == ["00008"]


# ------------------------------------------------------------------------------------------------ deposits taken over


@pytest.fixture
def taken_over(office: Office) -> Office:
    """CMD-1 and CMD-2 were deposited without the ledger, under 00004 and 00005, and are taken over."""
    office.convert(order(1, "00004"), order(2, "00005"), ledger=None, out="before")
    asked.take_in(office.ledger, [office.folder / "before" / f"{FIRST}.json"])
    return office


def test_they_are_deposited_under_their_numbers(taken_over: Office) -> None:
    assert taken_over.listed() == [("00004", "00004", "deposited"), ("00005", "00005", "deposited")]
    assert [(one.file, one.line, one.amount, one.client) for one in taken_over.entries()] == [
        (FIRST, 1, "31162.00", "CLINIQUE"),
        (FIRST, 2, "31162.00", "CLINIQUE"),
    ]


def test_taken_over_twice_is_once(taken_over: Office) -> None:
    before = taken_over.entries()
    asked.take_in(taken_over.ledger, [taken_over.folder / "before" / f"{FIRST}.json"])
    assert taken_over.entries() == before


def test_their_numbers_and_names_are_not_given_again(taken_over: Office) -> None:
    taken_over.convert(order(3), name="other.xlsx")
    assert (taken_over.files(), taken_over.sent(SECOND)) == ([SECOND], ["00006"])


def test_a_workbook_that_types_their_numbers_claims_them(taken_over: Office) -> None:
    outcome = taken_over.convert(order(1, "00004"), order(2, "00005"))
    assert [(one[0], one[4]) for one in told(outcome)] == [("D3", "CMD-1"), ("D3", "CMD-2")]
    assert outcome.files == ()


def test_a_claimed_one_that_changed(taken_over: Office) -> None:
    outcome = taken_over.convert(order(1, "00004", phone=PHONE))
    assert told(outcome) == [("D2", "error", "Etablissements", "E2", "CMD-1")]


def test_a_number_of_another_s_is_no_claim(taken_over: Office) -> None:
    outcome = taken_over.convert(order(3, "00004"))
    assert told(outcome) == [("D2", "error", "Entête demande", "B2", "CMD-3")]


def test_without_its_number_the_beneficiary_is_recognised(taken_over: Office) -> None:
    outcome = taken_over.convert(order(1))
    assert told(outcome) == [("B15", "warning", "Etablissements", "F2", "CMD-1")]


def test_an_answer_is_taken_over_too(office: Office) -> None:
    office.convert(order(1, "00004"), order(2, "00005"), ledger=None, out="before")
    path = answer(office.folder / "before" / f"{FIRST}.json", accept={"00004": "A4"}, reject={"00005": "Non"})
    asked.take_in(office.ledger, [path])
    assert [(one.number, one.state, one.asp) for one in office.entries()] == [
        ("00004", "accepted", "A4"),
        ("00005", "rejected", None),
    ]

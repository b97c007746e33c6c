"""`ledger mark`: which state may follow which, and what comes of it."""

from __future__ import annotations

import pytest

from converter.errors import MisuseError, Xl2JsonError
from converter.jobs import ledger as asked
from converter.jobs.resubmit import resubmit
from tests.ledger.office import FIRST, PHONE, SECOND, Office, exit_3, order, told

OF_FILES = ["prepared", "deposited", "bounced", "incomplete"]
FILE_STEPS = {
    "prepared": {"prepared", "deposited", "bounced", "incomplete"},
    "deposited": {"prepared", "deposited", "bounced", "incomplete"},
    "bounced": {"deposited", "bounced", "incomplete"},
    "incomplete": {"deposited", "incomplete", "bounced"},
}
OF_REQUESTS = ["accepted", "decided", "paid", "refused"]
REQUEST_STEPS = {
    "accepted": {"accepted", "decided", "paid", "refused"},
    "decided": {"accepted", "decided", "paid", "refused"},
    "paid": {"accepted", "decided", "paid"},
    "refused": {"accepted", "decided", "refused"},
}


@pytest.mark.parametrize("old", OF_FILES)
def test_a_file_s_steps(alone: Office, old: str) -> None:
    alone.convert(order(1))
    for new in OF_FILES:
        alone.mark("deposited", FIRST)
        alone.mark(old, FIRST)
        if new in FILE_STEPS[old]:
            alone.mark(new, FIRST)
            assert alone.states() == {"00001": new}
        else:
            with pytest.raises(Xl2JsonError) as error:
                alone.mark(new, FIRST)
            exit_3(error, "ledger.cannot_follow")
            assert alone.states() == {"00001": old}


@pytest.mark.parametrize("old", OF_REQUESTS)
def test_a_request_s_steps(alone: Office, old: str) -> None:
    alone.convert(order(1))
    alone.answered(accept={"00001": "A1"})
    for new in OF_REQUESTS:
        for step in ("decided", "accepted", old):
            if alone.states() != {"00001": step}:
                alone.mark(step, "00001")
        if new in REQUEST_STEPS[old]:
            alone.mark(new, "00001")
            assert alone.states() == {"00001": new}
        else:
            with pytest.raises(Xl2JsonError) as error:
                alone.mark(new, "00001")
            exit_3(error, "ledger.cannot_follow")
            assert alone.states() == {"00001": old}


@pytest.mark.parametrize("what", [FIRST, f"{FIRST}.json", f"{FIRST}.zip", f"depot/{FIRST}.json", "00001"])
def test_a_file_is_found_by_its_name_or_one_of_its_numbers(office: Office, what: str) -> None:
    office.convert(order(1), order(2))
    marked = asked.mark(office.ledger, "deposited", what)
    assert [(one.number, one.state) for one in marked.entries] == [("00001", "deposited"), ("00002", "deposited")]
    assert all(one.deposited_at for one in marked.entries)


def test_what_the_ledger_does_not_know(office: Office) -> None:
    office.convert(order(1))
    with pytest.raises(Xl2JsonError) as error:
        office.mark("deposited", SECOND)
    exit_3(error, "ledger.unknown")
    with pytest.raises(Xl2JsonError) as error:
        office.mark("deposited", "00002")
    exit_3(error, "ledger.unknown")


@pytest.mark.parametrize("state", ["rejected", "replaced", "withdrawn", "reserved", "sent", ""])
def test_a_state_that_nobody_marks_by_hand(office: Office, state: str) -> None:
    with pytest.raises(MisuseError):
        office.mark(state, FIRST)


@pytest.mark.parametrize("state", OF_REQUESTS)
def test_only_what_has_the_agency_s_number_is_accepted_or_further(office: Office, state: str) -> None:
    office.convert(order(1))
    office.mark("deposited", FIRST)
    for what in (FIRST, "00001"):
        with pytest.raises(Xl2JsonError):
            office.mark(state, what)
    assert office.states() == {"00001": "deposited"}


def test_what_is_paid_of_a_file_is_what_was_accepted(office: Office) -> None:
    office.convert(order(1), order(2), order(3))
    office.answered(accept={"00001": "A1", "00003": "A3"}, reject={"00002": "Non"})
    office.mark("paid", FIRST)
    assert office.states() == {"00001": "paid", "00002": "rejected", "00003": "paid"}


def test_a_number_that_several_suppliers_have(office: Office) -> None:
    from tests.books import a_book

    office.convert(order(1))
    other = a_book(order(1))
    other["Entête fichier"][0]["SIRET"] = "55210055400013"
    office.convert_it(other, name="other.xlsx")
    with pytest.raises(Xl2JsonError) as error:
        office.mark("deposited", "00001")
    exit_3(error, "ledger.several")
    asked.mark(office.ledger, "deposited", "00001", siret="55210055400013")
    assert [one.state for one in office.entries()] == ["prepared", "deposited"]


def test_bounced_it_is_free_again_with_its_number(office: Office) -> None:
    office.convert(order(1), order(2))
    office.mark("deposited", FIRST)
    office.mark("bounced", FIRST)
    outcome = office.convert(order(1, phone=PHONE), order(2))
    assert (told(outcome), office.sent(SECOND)) == ([], ["00001", "00002"])
    assert set(office.states().values()) == {"prepared"}
    assert FIRST in office.files()  # as proof of what was refused


def test_a_bounced_file_cannot_bounce_what_has_moved_on(office: Office) -> None:
    office.convert(order(1))
    office.mark("bounced", FIRST)
    office.convert(order(1))
    office.mark("deposited", SECOND)
    office.mark("deposited", FIRST)
    office.mark("bounced", FIRST)
    assert office.states() == {"00001": "deposited"}


def test_incomplete_it_is_not_sent_again(office: Office) -> None:
    office.convert(order(1))
    office.mark("incomplete", FIRST)
    outcome = office.convert(order(1))
    assert ([one[0] for one in told(outcome)], outcome.files) == (["D3"], ())
    office.answered(accept={"00001": "A1"})
    assert office.states() == {"00001": "accepted"}


def test_deposited_by_mistake_is_undone(office: Office) -> None:
    office.convert(order(1))
    before = office.entries()
    office.mark("deposited", FIRST)
    office.mark("prepared", FIRST)
    assert office.entries() == before
    office.convert(order(1, phone=PHONE))
    assert (office.files(), office.sent()) == ([FIRST], ["00001"])


@pytest.mark.parametrize("state", ["prepared", "bounced"])
def test_what_is_answered_is_not_undone(office: Office, state: str) -> None:
    office.convert(order(1), order(2))
    office.answered(reject={"00001": "Non"})
    before = office.entries()
    with pytest.raises(Xl2JsonError) as error:
        office.mark(state, FIRST)
    exit_3(error, "ledger.answered")
    assert office.entries() == before


def test_a_deposit_and_its_undoing_leave_a_withdrawn_one_alone(office: Office) -> None:
    office.convert(order(1), order(2))
    office.convert(order(1))
    for state in ("deposited", "bounced", "deposited", "prepared"):
        office.mark(state, FIRST)
        assert office.states() == {"00001": state, "00002": "withdrawn"}


def test_a_number_only_reserved_is_in_no_file_yet(office: Office) -> None:
    office.convert(order(1))
    office.answered(reject={"00001": "Non"})
    resubmit(office.folder / "again.xlsx", ledger=office.ledger)
    assert office.states() == {"00001": "rejected", "00002": "reserved"}
    with pytest.raises(Xl2JsonError) as error:
        office.mark("deposited", "00002")
    exit_3(error, "ledger.no_file_yet")


def test_marking_twice_tells_it_once(office: Office) -> None:
    office.convert(order(1))
    office.mark("deposited", FIRST)
    office.mark("deposited", FIRST)
    _, story = asked.show(office.ledger, "CMD-1")
    assert [one.state for one in story] == ["prepared", "deposited"]

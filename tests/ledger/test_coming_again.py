"""D2 to D5: what the ledger says of a request that comes again, and at which cell."""

from __future__ import annotations

import pytest

from tests.books import Book
from tests.ledger.office import DAY, FIRST, NEXT_DAY, PHONE, SECOND, Office, order, told

KEY_1, KEY_2 = ("Entête demande", "A2"), ("Entête demande", "A3")
NUMBER_1, PHONE_1 = ("Entête demande", "B2"), ("Etablissements", "E2")


def d2(cell: tuple[str, str], demande: str = "CMD-1") -> tuple[str, ...]:
    return ("D2", "error", *cell, demande)


def d3(cell: tuple[str, str], demande: str = "CMD-1") -> tuple[str, ...]:
    return ("D3", "info", *cell, demande)


@pytest.fixture
def deposited(office: Office) -> Office:
    """CMD-1 is deposited."""
    office.convert(order(1))
    office.mark("deposited", FIRST)
    return office


@pytest.fixture
def accepted(office: Office) -> Office:
    """CMD-1 is accepted."""
    office.convert(order(1))
    office.answered(accept={"00001": "A1"})
    return office


@pytest.fixture
def rejected(office: Office) -> Office:
    """CMD-1 is rejected."""
    office.convert(order(1))
    office.answered(reject={"00001": "Date invalide"})
    return office


# ---------------------------------------------------------------------------------------- D2: a number that was used


def test_a_number_of_another_request(office: Office) -> None:
    office.convert(order(1, "00005"))
    before = office.entries()
    outcome = office.convert(order(2, "00005"), name="other.xlsx")
    assert (told(outcome), outcome.files) == ([d2(NUMBER_1, "CMD-2")], ())
    assert outcome.findings[0].value == "00005"
    assert office.entries() == before


def test_a_number_of_another_request_in_other_letters(office: Office) -> None:
    office.convert(order(1, "ab12c"))
    assert told(office.convert(order(2, "AB12C"), name="other.xlsx")) == [d2(NUMBER_1, "CMD-2")]


def test_a_number_of_a_withdrawn_request_is_that_request_s(office: Office) -> None:
    office.convert(order(1, "00005"), order(2))
    office.convert(order(2))
    assert told(office.convert(order(3, "00005"), order(2))) == [d2(NUMBER_1, "CMD-3")]


def test_two_requests_cannot_exchange_their_numbers(office: Office) -> None:
    office.convert(order(1, "00001"), order(2, "00002"))
    outcome = office.convert(order(1, "00002"), order(2, "00001"))
    assert told(outcome) == [d2(("Entête demande", "B2")), d2(("Entête demande", "B3"), "CMD-2")]


def test_the_number_of_its_own_rejection(rejected: Office) -> None:
    assert told(rejected.convert(order(1, "00001", phone=PHONE))) == [d2(NUMBER_1)]


def test_the_number_of_its_own_rejection_in_other_letters(office: Office) -> None:
    office.convert(order(1, "ab12c"))
    office.answered(reject={"ab12c": "Date invalide"})
    assert told(office.convert(order(1, "AB12C", phone=PHONE))) == [d2(NUMBER_1)]


def test_the_number_of_a_rejection_that_is_replaced(rejected: Office) -> None:
    rejected.convert(order(1, phone=PHONE))
    assert told(rejected.convert(order(1, "00001", phone=PHONE))) == [d2(NUMBER_1)]


def test_the_number_of_another_s_rejection(rejected: Office) -> None:
    assert told(rejected.convert(order(2, "00001"), name="other.xlsx")) == [d2(NUMBER_1, "CMD-2")]


# ------------------------------------------------------------------------------- D2 and D3: at the agency, changed or not


def test_a_deposited_request_is_left_out(deposited: Office) -> None:
    before = deposited.entries()
    outcome = deposited.convert(order(1), order(2))
    assert told(outcome) == [d3(KEY_1)]
    assert (outcome.counts.skipped, outcome.counts.written, deposited.sent(SECOND)) == (1, 1, ["00002"])
    assert deposited.entries()[:1] == before
    assert (outcome.amount, outcome.exit_code) == (31162, 0)


def test_a_deposited_request_is_left_out_on_any_day(deposited: Office) -> None:
    outcome = deposited.convert(order(1), deposit=NEXT_DAY, out="elsewhere")
    assert (told(outcome), outcome.files, deposited.files()) == ([d3(KEY_1)], (), [FIRST])


def test_an_accepted_request_is_left_out(accepted: Office) -> None:
    outcome = accepted.convert(order(1), order(2))
    assert (told(outcome), accepted.sent(SECOND)) == ([d3(KEY_1)], ["00002"])


@pytest.mark.parametrize("state", ["incomplete", "decided", "paid", "refused"])
def test_what_is_further_on_is_left_out_too(office: Office, state: str) -> None:
    office.convert(order(1))
    if state != "incomplete":
        office.answered(accept={"00001": "A1"})
    office.mark(state, "00001")
    assert told(office.convert(order(1))) == [d3(KEY_1)]
    assert told(office.convert(order(1, phone=PHONE))) == [d2(PHONE_1)]


def test_its_own_number_may_be_typed_now(deposited: Office) -> None:
    assert told(deposited.convert(order(1, "00001"))) == [d3(KEY_1)]


def test_another_number_is_a_change(deposited: Office) -> None:
    assert told(deposited.convert(order(1, "00009"))) == [d2(NUMBER_1)]


@pytest.mark.parametrize("state", ["deposited", "accepted"])
def test_a_request_at_the_agency_that_changed(deposited: Office, state: str) -> None:
    office = deposited
    if state == "accepted":
        office.answered(accept={"00001": "A1"})
    before = office.entries()
    outcome = office.convert(order(1, phone=PHONE), order(2))
    assert (told(outcome), outcome.files) == ([d2(PHONE_1)], ())
    assert (outcome.findings[0].value, office.entries()) == (PHONE, before)


def test_with_partial_a_changed_one_holds_back_only_itself(deposited: Office) -> None:
    outcome = deposited.convert(order(1, phone=PHONE), order(2), partial=True)
    assert (told(outcome), outcome.exit_code) == ([d2(PHONE_1)], 1)
    assert (deposited.sent(FIRST), deposited.sent(SECOND)) == (["00001"], ["00002"])


def test_a_changed_attachment_alone_is_a_change(deposited: Office) -> None:
    scan = deposited.folder / "CMD-1.pdf"
    scan.write_bytes(scan.read_bytes() + b"\n")
    assert told(deposited.convert(order(1))) == [d2(KEY_1)]


def test_an_attachment_that_is_gone_or_renamed_is_no_change(deposited: Office) -> None:
    (deposited.folder / "CMD-1.pdf").rename(deposited.folder / "scan.pdf")
    renamed = order(1)
    renamed["Pièces justificatives"][0]["fichier"] = "scan.pdf"
    assert told(deposited.convert(renamed)) == [d3(KEY_1)]
    (deposited.folder / "scan.pdf").unlink()
    renamed["Pièces justificatives"][0]["fichier"] = "gone.png"
    assert told(deposited.convert(renamed)) == [d3(KEY_1)]


def test_a_request_at_the_agency_with_a_fault_now(deposited: Office) -> None:
    faulty = order(1)
    faulty["Commande"][0]["montantSegurHT"] = "31,162.00"
    assert [one[0] for one in told(deposited.convert(faulty))] == ["C4", "D2"]


def test_another_way_to_write_the_same_is_no_change(deposited: Office) -> None:
    again = order(1)
    again["Commande"][0] |= {"montantSegurHT": "31162,00", "dateCommande": "15/11/2021"}
    assert told(deposited.convert(again)) == [d3(KEY_1)]


def test_a_skipped_request_s_warnings_are_not_told(deposited: Office) -> None:
    outcome = deposited.convert(order(1), deposit=DAY.replace(year=2025))
    assert told(outcome) == [d3(KEY_1)]


# ------------------------------------------------------------------------------------------------------ D4: rejected


def test_a_rejection_unchanged_is_told_and_goes(rejected: Office) -> None:
    outcome = rejected.convert(order(1))
    assert told(outcome) == [("D4", "warning", *KEY_1, "CMD-1")]
    assert (outcome.exit_code, rejected.sent(SECOND)) == (0, ["00002"])
    assert rejected.states() == {"00001": "replaced", "00002": "prepared"}
    assert rejected.entries()[1].replaces == rejected.entries()[0].id


def test_a_rejection_corrected_just_goes(rejected: Office) -> None:
    assert told(rejected.convert(order(1, phone=PHONE))) == []


def test_a_rejection_with_another_attachment_just_goes(rejected: Office) -> None:
    scan = rejected.folder / "CMD-1.pdf"
    scan.write_bytes(scan.read_bytes() + b"\n")
    assert told(rejected.convert(order(1))) == []


def test_run_again_d4_is_told_again_and_the_number_stays(rejected: Office) -> None:
    rejected.convert(order(1))
    outcome = rejected.convert(order(1))
    assert (told(outcome)[0][0], rejected.sent(SECOND)) == ("D4", ["00002"])
    rejected.convert(order(1, phone=PHONE))
    assert rejected.states() == {"00001": "replaced", "00002": "prepared"}


def test_strict_keeps_an_unchanged_rejection_back(rejected: Office) -> None:
    before = rejected.entries()
    outcome = rejected.convert(order(1), strict=True)
    assert (told(outcome)[0][:2], outcome.files, outcome.exit_code) == (("D4", "warning"), (), 1)
    assert rejected.entries() == before


def test_accepted_after_all_it_is_not_sent_again(rejected: Office) -> None:
    rejected.convert(order(1))
    rejected.answered(accept={"00001": "A1"})
    outcome = rejected.convert(order(1))
    assert (told(outcome), outcome.files, rejected.files()) == ([d3(KEY_1)], (), [FIRST])
    assert rejected.states() == {"00001": "accepted", "00002": "withdrawn"}


# ---------------------------------------------------------------------------------- D5: the same key, another order


def reused(n: int = 1, number: str | None = None) -> Book:
    """The key CMD-1 for the establishment of another."""
    return order(n, number, whom=9)


@pytest.mark.parametrize("state", ["prepared", "deposited", "accepted", "rejected", "bounced"])
def test_a_key_known_for_another_is_surely_another_order(office: Office, state: str) -> None:
    office.convert(order(1))
    if state in ("deposited", "bounced"):
        office.mark(state, FIRST)
    elif state != "prepared":
        office.answered(**{"accept" if state == "accepted" else "reject": {"00001": "A1"}})
    before = office.entries()
    outcome = office.convert(reused())
    assert (told(outcome), outcome.files) == ([("D5", "error", *KEY_1, "CMD-1")], ())
    assert (before[0].state, office.entries()) == (state, before)


def test_same_says_that_it_is_none(office: Office) -> None:
    office.convert(order(1))
    outcome = office.convert(reused(), same=True)
    assert (told(outcome), office.listed()) == ([], [("CMD-1", "00001", "prepared")])
    assert told(office.check(reused())) == []
    assert [one[0] for one in told(office.check(order(1)))] == ["D5"]


def test_same_does_not_excuse_a_change_of_what_was_sent(deposited: Office) -> None:
    assert told(deposited.convert(reused(), same=True)) == [d2(("Etablissements", "B2"))]


def test_same_lets_a_rejection_go_to_another(rejected: Office) -> None:
    assert told(rejected.convert(reused())) == [("D5", "error", *KEY_1, "CMD-1")]
    assert told(rejected.convert(reused(), same=True)) == []
    assert rejected.states() == {"00001": "replaced", "00002": "prepared"}


def test_one_number_in_common_is_enough(office: Office) -> None:
    office.convert(order(1))
    both = order(1, whom=9)
    both["Etablissements"] += order(1)["Etablissements"]
    both["Bénéficiaires"][0]["isClientUnique"] = "Non"
    assert told(office.convert(both)) == []


def test_a_withdrawn_key_may_be_used_for_another(office: Office) -> None:
    office.convert(order(1), order(2))
    office.convert(order(2))
    assert told(office.convert(reused(), order(2))) == []


def test_without_any_beneficiary_it_is_not_told(office: Office) -> None:
    office.convert(order(1))
    nobody = order(1)
    del nobody["Etablissements"]
    assert "D5" not in [one[0] for one in told(office.convert(nobody, order(2)))]


def test_with_partial_another_order_holds_back_only_itself(office: Office) -> None:
    office.convert(order(1))
    outcome = office.convert(reused(), order(2), partial=True)
    assert [one[:1] + one[4:] for one in told(outcome)] == [("D5", "CMD-1")]
    assert outcome.counts.written == 1
    assert office.numbers() == {"CMD-1": "00001", "CMD-2": "00002"}

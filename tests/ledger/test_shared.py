"""B15 with what the ledger knows: which states count, and each clash told once."""

from __future__ import annotations

import pytest

from tests.books import a_request
from tests.ledger.office import FIRST, NEXT_DAY, SECOND, Office, order, told

CELL = ("Etablissements", "F2")


def b15(demande: str, cell: tuple[str, str] = CELL) -> tuple[str, ...]:
    return ("B15", "warning", *cell, demande)


@pytest.mark.parametrize("state", ["prepared", "deposited", "bounced", "incomplete", "accepted", "paid"])
def test_states_that_count(office: Office, state: str) -> None:
    office.convert(order(1))
    if state in ("accepted", "paid"):
        office.answered(accept={"00001": "A1"})
    if state not in ("prepared", "accepted"):
        office.mark(state, "00001")
    assert office.states() == {"00001": state}
    outcome = office.convert(order(2, whom=1), name="other.xlsx")
    assert told(outcome) == [b15("CMD-2")]
    assert (outcome.exit_code, outcome.findings[0].say.params["other"]) == (0, "CMD-1")


def test_a_rejected_one_does_not_count(office: Office) -> None:
    office.convert(order(1))
    office.answered(reject={"00001": "Date invalide"})
    assert told(office.convert(order(2, whom=1), name="other.xlsx")) == []


def test_a_replaced_one_does_not_count_but_its_successor_does(office: Office) -> None:
    office.convert(order(1))
    office.answered(reject={"00001": "Date invalide"})
    office.convert(order(1, whom=9), same=True)
    assert office.states()["00001"] == "replaced"
    assert told(office.check(order(2, whom=1))) == []
    assert told(office.check(order(2, whom=9))) == [b15("CMD-2")]


def test_a_withdrawn_one_does_not_count(office: Office) -> None:
    office.convert(order(1), order(3))
    office.convert(order(3))
    assert told(office.convert(order(2, whom=1), name="other.xlsx")) == []


def test_a_radiologist_with_the_same_am(office: Office) -> None:
    office.convert(a_request("CMD-1", None))
    again = a_request("CMD-2", None)
    del again["Etablissements"]
    assert told(office.convert(again, name="other.xlsx")) == [b15("CMD-2", ("Radiologues", "C2"))]
    again["Radiologues"][0]["AM"] = "799999999"
    assert told(office.convert(again, name="third.xlsx")) == []


def test_a_request_does_not_clash_with_itself(office: Office) -> None:
    office.convert(order(1))
    assert told(office.convert(order(1))) == []
    assert told(office.convert(order(1), deposit=NEXT_DAY)) == []


def test_a_clash_inside_the_workbook_is_told_once_however_often_it_is_run(office: Office) -> None:
    expected = [b15("CMD-2", ("Etablissements", "F3"))]
    assert told(office.convert(order(1), order(2, whom=1))) == expected
    assert told(office.convert(order(1), order(2, whom=1))) == expected


def test_a_clash_with_one_that_is_deposited_by_now_is_told_once(office: Office) -> None:
    office.convert(order(1))
    office.mark("deposited", FIRST)
    outcome = office.convert(order(1), order(2, whom=1))
    assert told(outcome) == [
        ("D3", "info", "Entête demande", "A2", "CMD-1"),
        b15("CMD-2", ("Etablissements", "F3")),
    ]


def test_a_prepared_one_counts_as_the_workbook_has_it_now(office: Office) -> None:
    office.convert(order(1), order(2))
    assert told(office.convert(order(1, whom=9), order(2, whom=1), same=True)) == []


def test_strict_keeps_a_clash_back(office: Office) -> None:
    office.convert(order(1))
    outcome = office.convert(order(2, whom=1), order(3), name="other.xlsx", strict=True)
    assert (told(outcome), outcome.files, office.numbers()) == ([b15("CMD-2")], (), {"CMD-1": "00001"})


def test_another_number_for_the_same_is_another_clash(office: Office) -> None:
    office.convert(order(1))
    office.convert(order(2, whom=1), name="other.xlsx")
    assert told(office.convert(order(3, whom=1), name="third.xlsx")) == [b15("CMD-3")]
    assert office.sent(SECOND) == ["00002"]

"""Which number a request goes under."""

from __future__ import annotations

import pytest

from converter.errors import Xl2JsonError
from tests.ledger.office import FIRST, NEXT_DAY, SECOND, Office, exit_3, order


def test_blank_numbers_count_from_one(office: Office) -> None:
    office.convert(order(1), order(2), order(3))
    assert office.sent() == ["00001", "00002", "00003"]
    assert office.listed() == [(f"CMD-{n}", f"0000{n}", "prepared") for n in (1, 2, 3)]


def test_a_blank_number_is_above_all_ever_used_gaps_or_not(office: Office) -> None:
    office.convert(order(1, "00007"), order(2, "00003"))
    office.convert(order(3), name="other.xlsx")
    assert office.numbers() == {"CMD-1": "00007", "CMD-2": "00003", "CMD-3": "00008"}


def test_a_number_of_the_same_workbook_counts_wherever_it_stands(office: Office) -> None:
    office.convert(order(1), order(2, "00041"), order(3))
    assert office.sent() == ["00042", "00041", "00043"]


def test_numbers_with_letters_are_passed_over_in_counting(office: Office) -> None:
    office.convert(order(1, "A9999"), order(2, "00004"), order(3, "ZZZZZ"))
    office.convert(order(4), name="other.xlsx")
    assert office.numbers()["CMD-4"] == "00005"


def test_a_typed_number_is_kept_though_lower_ones_are_free(office: Office) -> None:
    office.convert(order(1, "00500"))
    office.convert(order(2, "00002"), name="other.xlsx")
    assert office.numbers() == {"CMD-1": "00500", "CMD-2": "00002"}


def test_a_prepared_request_keeps_its_number(office: Office) -> None:
    office.convert(order(1), order(2))
    before = office.entries()
    outcome = office.convert(order(1), order(2))
    assert (outcome.counts.written, office.entries()) == (2, before)


def test_a_prepared_request_keeps_its_number_when_corrected(office: Office) -> None:
    office.convert(order(1), order(2))
    office.convert(order(1), order(2, phone="01 43 00 00 07"))
    assert office.sent() == ["00001", "00002"]


def test_a_request_added_before_another_takes_nothing_from_it(office: Office) -> None:
    office.convert(order(1), order(2))
    office.convert(order(3), order(1), order(2))
    assert office.sent() == ["00003", "00001", "00002"]
    assert [(one.demande, one.line) for one in office.entries()] == [("CMD-1", 2), ("CMD-2", 3), ("CMD-3", 1)]


def test_a_request_that_goes_and_comes_back_has_its_number_again(office: Office) -> None:
    office.convert(order(1), order(2))
    office.convert(order(1), order(3))
    assert office.listed() == [
        ("CMD-1", "00001", "prepared"),
        ("CMD-2", "00002", "withdrawn"),
        ("CMD-3", "00003", "prepared"),
    ]
    office.convert(order(1), order(2), order(3))
    assert office.sent() == ["00001", "00002", "00003"]
    assert set(office.states().values()) == {"prepared"}


def test_a_request_keeps_its_number_on_another_day_and_in_another_folder(office: Office) -> None:
    office.convert(order(1), order(2))
    office.convert(order(2), deposit=NEXT_DAY, out="elsewhere")
    office.convert(order(1), name="other.xlsx")
    assert office.numbers() == {"CMD-1": "00001", "CMD-2": "00002"}


def test_a_typed_number_takes_the_place_of_the_allotted_one(office: Office) -> None:
    office.convert(order(1), order(2))
    office.convert(order(1, "00009"), order(2))
    assert office.sent() == ["00009", "00002"]
    assert office.listed() == [
        ("CMD-1", "00001", "withdrawn"),
        ("CMD-2", "00002", "prepared"),
        ("CMD-1", "00009", "prepared"),
    ]
    office.convert(order(1), order(2))
    assert office.sent() == ["00009", "00002"]


def test_a_typed_number_may_be_taken_back_for_the_one_before(office: Office) -> None:
    office.convert(order(1))
    office.convert(order(1, "00009"))
    outcome = office.convert(order(1, "00001"))
    assert (outcome.findings, office.sent()) == ((), ["00001"])
    assert office.states() == {"00001": "prepared", "00009": "withdrawn"}
    office.convert(order(1))
    assert office.sent() == ["00001"]


def test_the_number_that_was_given_may_be_typed_afterwards(office: Office) -> None:
    office.convert(order(1))
    before = office.entries()
    outcome = office.convert(order(1, "00001"))
    assert (outcome.findings, office.entries()) == ((), before)


def test_a_number_typed_in_other_letters_is_the_same_number(office: Office) -> None:
    office.convert(order(1, "ab12c"))
    outcome = office.convert(order(1, "AB12C"))
    assert (outcome.findings, office.sent()) == ((), ["AB12C"])
    assert office.listed() == [("CMD-1", "AB12C", "prepared")]


def test_a_rejected_number_is_never_given_again(office: Office) -> None:
    office.convert(order(1))
    office.answered(reject={"00001": "Date invalide"})
    office.convert(order(1, phone="01 43 00 00 07"))
    assert office.sent(SECOND) == ["00002"]
    office.answered(SECOND, reject={"00002": "Date invalide"})
    office.convert(order(1, phone="01 43 00 00 08"), order(2))
    assert office.sent("JSON-RIS2021001-20211130-003") == ["00003", "00004"]
    assert office.listed() == [
        ("CMD-1", "00001", "replaced"),
        ("CMD-1", "00002", "replaced"),
        ("CMD-1", "00003", "prepared"),
        ("CMD-2", "00004", "prepared"),
    ]


def test_a_resubmission_may_bring_a_number_of_its_own(office: Office) -> None:
    office.convert(order(1))
    office.answered(reject={"00001": "Date invalide"})
    office.convert(order(1, "R0001", phone="01 43 00 00 07"))
    (old, new) = office.entries()
    assert (old.state, new.number, new.replaces) == ("replaced", "R0001", old.id)


def test_the_last_number_is_given(office: Office) -> None:
    office.convert(order(1, "99998"))
    office.convert(order(1, "99998"), order(2))
    assert office.sent() == ["99998", "99999"]


def test_past_the_last_number_nothing_is_noted(office: Office) -> None:
    office.convert(order(1, "99999"))
    before = office.entries()
    with pytest.raises(Xl2JsonError) as error:
        office.convert(order(2), name="other.xlsx")
    exit_3(error, "numbers_used_up")
    assert (office.entries(), office.files()) == (before, [FIRST])


def test_past_the_last_number_typed_ones_still_go(office: Office) -> None:
    office.convert(order(1, "99999"))
    office.convert(order(2, "00001"), order(3, "A0001"), name="other.xlsx")
    assert office.sent(SECOND) == ["00001", "A0001"]

"""Which names the files get, and which files disappear."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.errors import Xl2JsonError
from tests.ledger.office import (
    FIRST,
    NEXT_DAY,
    ONE_A_FILE,
    SECOND,
    THIRD,
    Office,
    exit_3,
    order,
)

TOMORROW = "JSON-RIS2021001-20211201-001"


def everything(folder: Path) -> dict[str, bytes]:
    """All that stands below, byte for byte."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_names_count_on_in_the_ledger(office: Office) -> None:
    office.convert(order(1))
    office.convert(order(2), name="other.xlsx")
    office.convert(order(3), name="third.xlsx", out="elsewhere")
    assert (office.files(), office.files("elsewhere")) == ([FIRST, SECOND], [THIRD])


@pytest.mark.parametrize("foreign", [f"{FIRST}.json", f"{FIRST}.zip", FIRST])
def test_a_foreign_file_keeps_its_name(office: Office, foreign: str) -> None:
    office.out.mkdir()
    (office.out / foreign).write_bytes(b"not ours")
    office.convert(order(1))
    assert (office.sent(SECOND), (office.out / foreign).read_bytes()) == (["00001"], b"not ours")


def test_a_foreign_file_between_two_of_ours_is_passed_over(office: Office) -> None:
    office.out.mkdir()
    (office.out / f"{SECOND}.json").write_bytes(b"not ours")
    office.convert(order(1), order(2), spec=ONE_A_FILE)
    assert office.files() == [FIRST, SECOND, THIRD]
    assert (office.sent(FIRST), office.sent(THIRD)) == (["00001"], ["00002"])


def test_the_same_day_and_folder_is_rewritten_under_its_own_names(office: Office) -> None:
    office.convert(order(1), order(2), spec=ONE_A_FILE)
    before = everything(office.out)
    outcome = office.convert(order(1), order(2), spec=ONE_A_FILE)
    assert (everything(office.out), outcome.withdrawn) == (before, ())
    office.convert(order(1, phone="01 43 00 00 07"), order(2), spec=ONE_A_FILE)
    after = everything(office.out)
    assert {name for name in after if after[name] != before[name]} == {f"{FIRST}.json"}


def test_a_file_more_gets_the_next_name(office: Office) -> None:
    office.convert(order(1), order(2), spec=ONE_A_FILE)
    office.convert(order(1), order(2), order(3), spec=ONE_A_FILE)
    assert [office.sent(name) for name in (FIRST, SECOND, THIRD)] == [["00001"], ["00002"], ["00003"]]


def test_fewer_files_and_the_surplus_disappears(office: Office) -> None:
    office.convert(order(1), order(2), order(3), spec=ONE_A_FILE)
    outcome = office.convert(order(1), order(2), order(3))
    assert sorted(path.name for path in office.out.iterdir()) == [FIRST, f"{FIRST}.json", f"{FIRST}.zip"]
    assert (office.sent(), outcome.withdrawn) == (["00001", "00002", "00003"], (SECOND, THIRD))
    assert set(office.states().values()) == {"prepared"}


def test_a_name_given_up_is_free_again(office: Office) -> None:
    office.convert(order(1), order(2), spec=ONE_A_FILE)
    office.convert(order(1), spec=ONE_A_FILE)
    office.convert(order(3), name="other.xlsx")
    assert office.sent(SECOND) == ["00003"]


def test_another_day_moves_files_and_all(office: Office) -> None:
    office.convert(order(1))
    outcome = office.convert(order(1), deposit=NEXT_DAY)
    assert sorted(path.name for path in office.out.iterdir()) == [TOMORROW, f"{TOMORROW}.json", f"{TOMORROW}.zip"]
    assert (outcome.withdrawn, office.listed()) == ((FIRST,), [("CMD-1", "00001", "prepared")])
    office.convert(order(1))
    assert office.files() == [FIRST]


def test_another_folder_moves_files_and_all(office: Office) -> None:
    office.convert(order(1))
    outcome = office.convert(order(1), out="elsewhere")
    assert (list(office.out.iterdir()), outcome.withdrawn) == ([], (FIRST,))
    assert len(office.files("elsewhere")) == 1
    assert office.listed() == [("CMD-1", "00001", "prepared")]


def test_an_emptied_workbook_takes_its_file_back(office: Office) -> None:
    office.convert(order(1), order(2), spec=ONE_A_FILE)
    office.mark("deposited", FIRST)
    outcome = office.convert(order(1))
    assert (office.files(), outcome.withdrawn) == ([FIRST], (SECOND, "CMD-2"))
    assert office.states() == {"00001": "deposited", "00002": "withdrawn"}


def test_a_withdrawn_file_that_somebody_changed_is_left(office: Office) -> None:
    office.convert(order(1))
    path = office.out / f"{FIRST}.json"
    path.write_bytes(path.read_bytes() + b"\n")
    before = everything(office.out)
    office.convert(order(1), out="elsewhere")
    assert everything(office.out) == before


def test_what_else_lies_in_a_withdrawn_folder_is_left(office: Office) -> None:
    office.convert(order(1))
    (office.out / FIRST / "notes.txt").write_text("mine")
    office.convert(order(1), deposit=NEXT_DAY)
    assert sorted(everything(office.out / FIRST)) == ["notes.txt"]


def test_a_deposited_file_is_never_touched(office: Office) -> None:
    office.convert(order(1))
    office.mark("deposited", FIRST)
    before = everything(office.out)
    office.convert(order(1), order(2), deposit=NEXT_DAY)
    after = everything(office.out)
    assert {name: after[name] for name in before} == before
    assert office.sent(TOMORROW) == ["00002"]


def test_two_workbooks_in_one_folder_leave_each_other_alone(office: Office) -> None:
    office.convert(order(1))
    office.convert(order(2), name="other.xlsx")
    before = everything(office.out)
    office.convert(order(1))
    office.convert(order(2), name="other.xlsx")
    assert everything(office.out) == before
    office.convert(order(2), name="other.xlsx", deposit=NEXT_DAY)
    assert office.files() == [FIRST, TOMORROW]


def test_the_last_file_of_a_day(office: Office) -> None:
    office.out.mkdir()
    for n in range(1, 999):
        (office.out / f"JSON-RIS2021001-20211130-{n:03}.json").touch()
    office.convert(order(1))
    assert office.sent("JSON-RIS2021001-20211130-999") == ["00001"]
    before = office.entries()
    with pytest.raises(Xl2JsonError) as error:
        office.convert(order(2), name="other.xlsx")
    exit_3(error, "files_used_up")
    assert (office.entries(), len(office.files())) == (before, 999)
    office.convert(order(2), name="other.xlsx", deposit=NEXT_DAY)
    assert office.sent(TOMORROW) == ["00002"]


def test_more_files_than_are_left_write_none(office: Office) -> None:
    office.out.mkdir()
    for n in range(1, 999):
        (office.out / f"JSON-RIS2021001-20211130-{n:03}.json").touch()
    with pytest.raises(Xl2JsonError) as error:
        office.convert(order(1), order(2), spec=ONE_A_FILE)
    exit_3(error, "files_used_up")
    assert (office.entries(), len(office.files())) == ((), 998)


def test_a_file_that_is_not_ours_is_neither_overwritten_nor_removed(office: Office) -> None:
    """A run reserved a name and never placed its files; somebody else's stand there by now."""
    office.convert(order(1))
    for path in (office.out / f"{FIRST}.json", office.out / f"{FIRST}.zip"):
        path.write_bytes(b"another's")
    with pytest.raises(Xl2JsonError) as error:
        office.convert(order(1), order(2))
    exit_3(error, "not_ours")
    office.convert(order(1), order(2), deposit=NEXT_DAY)
    assert (office.out / f"{FIRST}.json").read_bytes() == b"another's"


def test_what_another_workbook_prepared_is_not_withdrawn_without_a_word(office: Office) -> None:
    office.convert(order(1), order(2))
    outcome = office.convert(order(1), order(3), name="other.xlsx")
    assert [(one.rule, one.severity, one.demande) for one in outcome.findings] == [("D7", "warning", "CMD-2")]
    assert outcome.exit_code == 0
    office.convert(order(1), order(2))
    outcome = office.convert(order(1), order(3), name="other.xlsx", strict=True)
    assert (outcome.exit_code, outcome.files) == (1, ())
    assert office.states()[office.numbers()["CMD-2"]] == "prepared"

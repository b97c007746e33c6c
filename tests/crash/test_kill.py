"""Killed at any instant: the next run ends as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from tests.agency import Agency
from tests.crash.kill import instants, killed_after, killed_at, spread
from tests.crash.memory import Memory, Rows, Tree, agree, rows_of, tree
from tests.crash.office import NEXT_DAY, Office, two_a_file

MANY, SOME, FEW = 50, 12, 5  # kill points
NAME = "JSON-RIS2021001-20211130-{:03}.json"
Step = Callable[[], None]


@pytest.fixture
def office(tmp_path: Path, ledger: str) -> Office:
    folder = tmp_path / "office"
    folder.mkdir()
    return Office(folder=folder, ledger=ledger, spec=two_a_file())


# ------------------------------------------------------------------------------------------------- what may be killed


def first(office: Office) -> Step:
    office.type([1, 2, 3, 4, 5])
    return office.convert


def changed(office: Office) -> Step:
    """Rewritten under their own names, and one file fewer."""
    office.type([1, 2, 3, 4, 5])
    office.convert()
    office.type([6, 2, 3], changed=[2])
    return office.convert


def more(office: Office) -> Step:
    office.type([1, 2, 3])
    office.convert()
    office.type([1, 2, 3, 4, 5], changed=[1])
    return office.convert


def another_folder(office: Office) -> Step:
    """Withdrawn, and removed from where they stand."""
    office.type([1, 2, 3])
    office.convert()
    return lambda: office.convert("depot-2")


def another_day(office: Office) -> Step:
    office.type([1, 2, 3])
    office.convert()
    return lambda: office.convert(day=NEXT_DAY)


def all_left_out_but_what_is_deposited(office: Office) -> Step:
    """Nothing is written, and a file disappears."""
    office.type([1, 2, 3])
    office.convert()
    office.mark("deposited", NAME.format(1))
    office.type([1, 2])
    return office.convert


def after_rejections(office: Office) -> Step:
    """The rejected ones are replaced, under new numbers, in a new file."""
    office.type([1, 2, 3, 4, 5])
    office.convert()
    for number in (1, 2):
        office.read(office.answer(Agency(whims=1), NAME.format(number)))
    office.type([1, 2, 3, 4, 5], changed=[1, 2, 3, 4])
    return office.convert


MAIN = [first, changed]
LIKE_THEM = [more, another_folder, another_day, all_left_out_but_what_is_deposited, after_rejections]


@pytest.mark.parametrize(("scenario", "points"), [*((one, MANY) for one in MAIN), *((one, SOME) for one in LIKE_THEM)])
def test_a_rerun_after_a_kill_ends_as_if_undisturbed(
    scenario: Callable[[Office], Step], points: int, office: Office
) -> None:
    step = scenario(office)
    before = Memory(office.folder, office.ledger)
    expected = undisturbed(office, step)
    before.back()
    total = instants(step, office.folder)
    if scenario is not first and "://" in office.ledger:
        points //= 2  # on disk the same happens as with SQLite
    for instant in spread(total, points):
        before.back()
        killed = killed_at(instant, step, office.folder)
        step()
        assert seen(office) == expected, f"killed at instant {instant} of {total}"
        assert killed or instant > total * 0.9
    assert total >= 50


@pytest.mark.parametrize("scenario", [changed, another_folder])
def test_killed_from_outside_at_some_moment(scenario: Callable[[Office], Step], office: Office) -> None:
    """Where no hook reaches: in the middle of a commit, of a copy, of a thought."""
    step = scenario(office)
    before = Memory(office.folder, office.ledger)
    expected = undisturbed(office, step)
    before.back()
    begun = monotonic()
    killed_after(60, step)
    whole = monotonic() - begun
    random = Random(3)  # noqa: S311 - moments, no secrets
    for _ in range(FEW):
        before.back()
        killed_after(whole * random.random(), step)
        step()
        assert seen(office) == expected


@pytest.mark.parametrize("scenario", [*MAIN, another_folder, after_rejections])
def test_what_was_numbered_keeps_its_number_when_the_workbook_is_changed_after_a_kill(
    scenario: Callable[[Office], Step], office: Office
) -> None:
    step = scenario(office)
    before = Memory(office.folder, office.ledger)
    total = instants(step, office.folder)
    for instant in spread(total, FEW):
        before.back()
        killed_at(instant, step, office.folder)
        known = open_numbers(office)
        office.type([7, 5, 2, 1, 8, 4], changed=[1, 2, 4])
        step()
        numbers = agree(office.ledger, office.outs)
        assert {key: number for key, number in numbers.items() if key in known} == {
            key: number for key, number in known.items() if key in numbers
        }, f"killed at instant {instant} of {total}"


@pytest.mark.parametrize("scenario", [first, changed])
def test_nothing_of_a_killed_run_is_left_when_the_next_writes_elsewhere(
    scenario: Callable[[Office], Step], office: Office
) -> None:
    step = scenario(office)
    before = Memory(office.folder, office.ledger)
    total = instants(step, office.folder)
    for instant in spread(total, FEW):
        before.back()
        killed_at(instant, step, office.folder)
        office.convert("depot-2", NEXT_DAY)
        agree(office.ledger, office.outs)
        assert not (office.folder / "depot").exists() or tree(office.folder / "depot") == {}, instant


# --------------------------------------------------------------------------------------------------- one transaction


def reading_an_answer(office: Office) -> Step:
    office.type([1, 2])
    office.convert()
    answer = office.answer(Agency(whims=0.5), NAME.format(1))
    return lambda: office.read(answer)


def reading_an_answer_of_strangers(office: Office) -> Step:
    """Each of its requests is taken over."""
    office.type([1, 2, 3])
    office.convert()
    answer = office.answer(Agency(whims=0.5), NAME.format(1))
    answer.write_bytes(answer.read_bytes().replace(b"0000", b"0007"))
    return lambda: office.read(answer)


def asking_for_the_rejected(office: Office) -> Step:
    office.type([1, 2])
    office.convert()
    office.read(office.answer(Agency(whims=1), NAME.format(1)))
    return lambda: office.resubmit("again")


def marking(office: Office) -> Step:
    office.type([1, 2, 3])
    office.convert()
    return lambda: office.mark("deposited", NAME.format(1))


@pytest.mark.parametrize(
    "scenario", [reading_an_answer, reading_an_answer_of_strangers, asking_for_the_rejected, marking]
)
def test_one_transaction_is_before_or_after_a_kill_and_nothing_between(
    scenario: Callable[[Office], Step], office: Office
) -> None:
    step = scenario(office)
    before = Memory(office.folder, office.ledger)
    old = rows_of(office.ledger)
    step()
    after = rows_of(office.ledger)
    before.back()
    total = instants(step, office.folder)
    found = []
    for instant in spread(total, 2 * SOME):
        before.back()
        killed_at(instant, step, office.folder)
        rows = rows_of(office.ledger)
        assert rows in (old, after), f"killed at instant {instant} of {total}"
        found.append(rows == after)
        if not (office.folder / "again" / "rejected.xlsx").exists():
            step()
            assert rows_of(office.ledger) == after
    assert found == sorted(found), "once it is noted it stays noted"
    assert {True, False} == set(found)


# --------------------------------------------------------------------------------------------------------------- help


def undisturbed(office: Office, step: Step) -> tuple[dict[str, Tree], Rows, list[str]]:
    step()
    return seen(office)


def seen(office: Office) -> tuple[dict[str, Tree], Rows, list[str]]:
    """All that is left of a run: files, rows, and what lies beside the ledger."""
    rows = rows_of(office.ledger)
    beside = sorted(path.name for path in Path(office.ledger).parent.iterdir()) if "://" not in office.ledger else []
    return {out.name: tree(out) for out in office.outs if out.exists()}, rows, beside


def open_numbers(office: Office) -> dict[str, str]:
    """The number of each request that is not at the agency, as the ledger has it at this moment."""
    return {
        one["demande"]: one["number"]
        for one in rows_of(office.ledger)["requests"]
        if one["state"] in ("reserved", "prepared")
    }

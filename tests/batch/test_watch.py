"""`batch --watch`: what arrives is handled once it has wholly arrived, and goes where it is found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from converter import BatchOutcome, batch
from converter.errors import MisuseError, Xl2JsonError
from converter.jobs.outcome import Outcome
from converter.jobs.watch import watch
from tests.batch.test_batch import FIRST, SECOND, at_fault, book, lines, order, whom
from tests.books import DEPOSIT


class Desk:
    """A watched folder. Between two looks, what `steps` say happens; after the last one nobody looks any more."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs: list[list[str]] = []
        self.folder.mkdir()

    def look(self, *steps: Callable[[], object] | None) -> None:
        todo = iter(steps)

        def pause() -> None:
            step = next(todo, self)
            if step is self:
                raise StopIteration
            if callable(step):
                step()

        with pytest.raises(RuntimeError):  # StopIteration inside a generator
            list(watch(self.folder, self.run, lambda one: f"{one.findings[0].rule}\n", pause=pause))

    def run(self, inputs: Sequence[Path]) -> BatchOutcome:
        self.runs.append([one.name for one in inputs])
        return batch(inputs, out=self.folder.parent / "depot", deposit=DEPOSIT, jobs=1, file_number=len(self.runs))

    def names(self, below: str = "") -> set[str]:
        return {one.name for one in (self.folder / below).iterdir() if one.is_file()}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "arrivées")


def test_a_workbook_that_has_arrived_is_handled_and_put_away(desk: Desk) -> None:
    desk.look(lambda: book(desk.folder, "a.xlsx", order(1)), None, None, None)
    assert desk.runs == [["a.xlsx"]]
    assert desk.names("traités") == {"a.xlsx"}
    assert desk.names() == {"CMD-1.pdf"}, "attachments stay where the workbooks find them"
    assert lines(desk.folder.parent, FIRST) == whom(1)


def test_what_is_still_growing_is_left_alone(desk: Desk) -> None:
    """The workbook is there, its attachment is still being copied."""

    def arrives() -> None:
        book(desk.folder, "a.xlsx", order(1))
        (desk.folder / "CMD-1.pdf").rename(desk.folder.parent / "whole.pdf")

    def grows() -> None:
        whole = (desk.folder.parent / "whole.pdf").read_bytes()
        there = (desk.folder / "CMD-1.pdf").read_bytes() if (desk.folder / "CMD-1.pdf").exists() else b""
        (desk.folder / "CMD-1.pdf").write_bytes(whole[: len(there) + 100])

    desk.look(arrives, grows, grows, grows, grows)
    assert desk.runs == []
    desk.look(grows, grows, grows, grows, None, None)
    assert desk.runs == [["a.xlsx"]]
    assert desk.names("traités") == {"a.xlsx"}


def test_what_is_at_fault_goes_to_be_mended_with_what_is_said_of_it(desk: Desk) -> None:
    def arrive() -> None:
        book(desk.folder, "a.xlsx", at_fault(order(1)))
        book(desk.folder, "b.xlsx", order(2))
        (desk.folder / "~$b.xlsx").write_bytes(b"Excel's own")

    desk.look(arrive, None, None)
    assert desk.runs == [["a.xlsx", "b.xlsx"]]
    assert (desk.names("traités"), desk.names("à corriger")) == ({"b.xlsx"}, {"a.xlsx", "a.txt"})
    assert (desk.folder / "à corriger" / "a.txt").read_text() == "C3\n"


def test_once_mended_and_put_back_it_is_handled_again_and_nothing_is_overwritten(desk: Desk) -> None:
    desk.look(lambda: book(desk.folder, "a.xlsx", at_fault(order(1))), None, None)
    desk.look(lambda: book(desk.folder, "a.xlsx", at_fault(order(1))), None, None)
    desk.look(lambda: book(desk.folder, "a.xlsx", order(1)), None, None)
    assert desk.names("à corriger") == {"a.xlsx", "a.txt", "a-2.xlsx", "a-2.txt"}
    assert desk.names("traités") == {"a.xlsx"}
    assert lines(desk.folder.parent, f"{SECOND[:-1]}3") == whom(1)


def test_what_cannot_be_moved_is_not_handled_over_and_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as a workbook that somebody has open in Excel."""

    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "rename", refused)
    desk.look(lambda: book(desk.folder, "a.xlsx", order(1)), None, None, None, None)
    assert desk.runs == [["a.xlsx"]]
    assert "a.xlsx" in desk.names()


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(MisuseError):
        next(watch(tmp_path / "nowhere", _never, _never_told))


def _never(inputs: Sequence[Path]) -> BatchOutcome:
    raise AssertionError


def _never_told(outcome: Outcome) -> str:
    raise AssertionError


def test_what_is_saved_again_while_it_is_read_stays_and_is_read_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = desk.run

    def saved_meanwhile(inputs: Sequence[Path]) -> BatchOutcome:
        outcome = read(inputs)
        if len(desk.runs) == 1:
            book(desk.folder, "a.xlsx", order(1), order(2))
        return outcome

    monkeypatch.setattr(desk, "run", saved_meanwhile)
    desk.look(lambda: book(desk.folder, "a.xlsx", order(1)), None, None, None, None)
    assert desk.runs == [["a.xlsx"], ["a.xlsx"]]
    assert lines(desk.folder.parent, SECOND) == whom(1, 2)
    assert desk.names("traités") == {"a.xlsx"}


def test_what_keeps_a_run_from_going_on_does_not_end_the_watch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    read = desk.run

    def failing(inputs: Sequence[Path]) -> BatchOutcome:
        if not desk.runs:
            desk.runs.append(["none"])
            raise Xl2JsonError("no_room", name="depot")
        return read(inputs)

    monkeypatch.setattr(desk, "run", failing)
    desk.look(
        lambda: book(desk.folder, "a.xlsx", order(1)), None, None, lambda: book(desk.folder, "b.xlsx", order(2)), None
    )
    assert desk.runs == [["none"], ["b.xlsx"]]
    assert desk.names() >= {"a.xlsx"}

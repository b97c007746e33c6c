"""A folder on the disk, looked at time and again: a bad file is told and holds nothing back, a folder may come and go."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from converter.errors import Xl2JsonError
from converter.jobs.mailbox import Folder, Work, Worked, work
from converter.jobs.rounds import work_on
from tests.mail.letters import a_letter
from tests.mailbox.test_work import Clerk

Step = Callable[[], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "arrive"
    made.mkdir()
    return made


@pytest.fixture
def clerk(tmp_path: Path) -> Clerk:
    return Clerk(tmp_path, str(tmp_path / "ledger.sqlite"))


def put(folder: Path, name: str, content: bytes | None = None) -> Step:
    return lambda: (folder / name).write_bytes(a_letter() if content is None else content)


def looked(source: Path, clerk: Clerk, *steps: Step) -> Iterator[list[Worked]]:
    """What each look brings; between two of them a step is taken, and after the last there is one look more."""
    todo: list[Step | None] = [*steps, None]
    came: list[Worked] = []
    looks: list[list[Worked]] = []

    def is_over() -> bool:
        return not todo

    def next_look(*_: object) -> None:
        looks.append(came.copy())
        came.clear()
        step = todo.pop(0)
        if step is not None:
            step()

    with pytest.MonkeyPatch.context() as patch:
        for module in ("mailbox", "rounds"):
            patch.setattr(f"converter.jobs.{module}.pause", next_look)
        for worked in work_on([Folder(str(source))], Work(read=clerk), 60.0, is_over):
            came.append(worked)  # noqa: PERF402 - what `next_look` takes
    return iter(looks)


def codes(looks: Iterator[list[Worked]]) -> list[list[int]]:
    return [[one.exit_code for one in look] for look in looks]


def test_a_bad_file_is_one_trouble_and_the_others_are_dealt_with(folder: Path, clerk: Clerk) -> None:
    put(folder, "a.eml", b"")()
    put(folder, "b.eml")()
    first, second = work([Folder(str(folder))], Work(read=clerk))
    assert (first.where, first.exit_code) == (str(folder / "a.eml"), 3)
    assert (second.where, second.exit_code) == (str(folder / "b.eml"), 0)


def test_a_bad_file_is_told_once_and_again_only_when_it_has_changed(folder: Path, clerk: Clerk) -> None:
    put(folder, "a.eml", b"From")()
    nothing, still_bad, finished = (lambda: None), put(folder, "a.eml", b"Fro"), put(folder, "a.eml")
    looks = looked(folder, clerk, nothing, still_bad, nothing, finished, nothing)
    assert codes(looks) == [[3], [], [3], [], [0], []]


def test_an_empty_folder_waits_for_files(folder: Path, clerk: Clerk) -> None:
    assert codes(looked(folder, clerk, lambda: None, put(folder, "a.eml"))) == [[], [], [0]]
    with pytest.raises(Xl2JsonError):
        (folder / "a.eml").unlink()
        list(work([Folder(str(folder))], Work(read=clerk)))


@pytest.mark.parametrize("names", [(), ("a.eml",), ("cur",)])
def test_a_folder_that_goes_away_is_told_once_and_found_again(
    names: tuple[str, ...], folder: Path, clerk: Clerk
) -> None:
    for name in names:
        (folder / name).mkdir() if name == "cur" else put(folder, name)()
    looks = looked(folder, clerk, lambda: shutil.rmtree(folder), lambda: None, folder.mkdir, put(folder, "b.eml"))
    assert codes(looks)[1:] == [[3], [], [], [0]]


def test_a_file_that_goes_away_is_told_once_and_found_again(folder: Path, clerk: Clerk) -> None:
    put(folder, "a.eml")()
    looks = looked(
        folder / "a.eml", clerk, (folder / "a.eml").unlink, lambda: None, put(folder, "a.eml", a_letter(text="x"))
    )
    assert codes(looks) == [[0], [3], [], [0]]


def test_what_cannot_be_opened_at_the_first_look_ends_the_run(folder: Path, clerk: Clerk) -> None:
    put(folder, "a.eml", b"no message")()
    for source in (folder / "absent", folder / "a.eml"):
        with pytest.raises(Xl2JsonError):
            list(looked(source, clerk))

"""`batch --watch`: a folder into which workbooks and exports are put, and from which they go once they are done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from converter.errors import MisuseError, Xl2JsonError
from converter.jobs.inputs import is_input
from converter.jobs.outcome import BatchOutcome, Outcome, printable
from converter.placing import free_name, place_freely

DONE = "traités"
TO_MEND = "à corriger"
PAUSE = 2.0
"""Seconds between two looks; what has not changed from one to the next has arrived."""

_State = dict[Path, tuple[int, int]]


def watch(
    folder: Path,
    run: Callable[[Sequence[Path]], BatchOutcome],
    told: Callable[[Outcome], str],
    moved: Callable[[Path, Path], object] = lambda source, target: None,
    pause: Callable[[], object] = lambda: time.sleep(PAUSE),
) -> Iterator[BatchOutcome | Xl2JsonError]:
    """Give `run` the inputs that have arrived in `folder` whenever nothing in it has changed for a while, and move each
    to `traités/` or, with what is `told` of it in a text beside it, to `à corriger/`; `moved` hears of it.

    Inputs alone are moved: attachments stay where the workbooks find them. What cannot be moved is left, and not read
    again before it changes; what has changed while it was read is left and read again. Goes on for ever; yields what
    came of each run, or what kept it from going on. Raises MisuseError where `folder` is none.
    """
    if not folder.is_dir():
        raise MisuseError("no_folder", name=str(folder))
    before, handled = _state(folder), _State()
    while True:
        pause()
        now = _state(folder)
        inputs = [path for path in sorted(now) if _is_new(path, folder, now, handled)]
        if now == before and inputs:
            handled |= {path: now[path] for path in inputs}
            try:
                outcome = run(inputs)
            except Xl2JsonError as error:
                yield error
            else:
                _put_all_away(inputs, outcome, now, told, moved)
                yield outcome
            now = _state(folder)
        before = now


def _is_new(path: Path, folder: Path, now: _State, handled: _State) -> bool:
    return path.parent == folder and is_input(path) and handled.get(path) != now[path]


def _state(folder: Path) -> _State:
    """Size and time of every file below the folder, attachments included; what is done with aside."""
    found: _State = {}
    for path in folder.rglob("*"):
        if path.relative_to(folder).parts[0] not in (DONE, TO_MEND):
            with suppress(OSError):  # gone in the meantime
                there = path.stat()
                found[path] = (there.st_size, there.st_mtime_ns)
    return found


def _put_all_away(
    inputs: Sequence[Path],
    outcome: BatchOutcome,
    before: _State,
    told: Callable[[Outcome], str],
    moved: Callable[[Path, Path], object],
) -> None:
    came = {one.input: one for one in outcome.inputs}
    now = _state(inputs[0].parent)
    for path in inputs:
        is_the_same = now.get(path) == before[path]
        if is_the_same and printable(path) in came:  # else it is another one under a second name
            target = _put_away(path, came[printable(path)], told)
            if target is not None:
                moved(path, target)


def _put_away(path: Path, outcome: Outcome, told: Callable[[Outcome], str]) -> Path | None:
    target = free_name(path.parent / (DONE if outcome.ok else TO_MEND) / path.name)
    if not outcome.ok:
        place_freely(target.with_suffix(".txt"), told(outcome).encode())
    with suppress(OSError):  # open in Excel: it stays, and is read again once it has been saved
        target.parent.mkdir(exist_ok=True)
        path.rename(target)
        return target
    return None

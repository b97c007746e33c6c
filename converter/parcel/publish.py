"""Giving staged files their names, all or none, and taking a deposit away again."""

from __future__ import annotations

import filecmp
import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from converter.errors import Xl2JsonError

WAIT = 60.0
"""Seconds to wait for another run that publishes in the same folder."""
_POLL = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A staged file and the name it shall bear."""

    staged: Path
    final: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A deposit that is to disappear: its name without ending, the folder it was put into, the SHA-256 of
    each JSON that may stand there and be ours, and what its attachments are named like.
    """

    id: int
    name: str
    folder: Path
    digests: frozenset[str]
    pattern: str


@contextmanager
def publishing(*folders: Path) -> Iterator[None]:
    """While this lasts, no other run publishes in these folders. Raises Xl2JsonError after a bounded wait."""
    with ExitStack() as stack:
        until = time.monotonic() + WAIT
        for folder in _each_once(folders):
            while not _held(folder, stack):
                if time.monotonic() > until:
                    raise Xl2JsonError("out_is_busy", name=str(folder))
                time.sleep(_POLL)
        yield


def _each_once(folders: Iterable[Path]) -> list[Path]:
    """In an order that is the same for every run, so that no two wait for each other; none under two names."""
    found: dict[tuple[int, int], Path] = {}
    for folder in sorted(one.resolve() for one in folders):
        there = folder.stat()
        found.setdefault((there.st_dev, there.st_ino), folder)
    return list(found.values())


def _held(out: Path, stack: ExitStack) -> bool:
    """Try to lock the folder itself, which leaves no file behind; Windows knows no such lock and needs a file."""
    if os.name == "nt":
        try:
            stack.enter_context(FileLock(out / ".xl2json.lock", blocking=False))
        except Timeout:
            return False
        return True
    import fcntl

    folder = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        return False
    except OSError:  # a network drive that knows no locks
        pass
    stack.callback(os.close, folder)
    return True


def same(move: Move) -> bool:
    """Whether the file stands there already, with the same bytes."""
    return move.final.is_file() and filecmp.cmp(move.staged, move.final, shallow=False)


def publish(
    moves: Sequence[Move], over: set[Path], stale: Sequence[Path], stage: Path, then: Callable[[], object]
) -> None:
    """Give the files their names, in order, take `stale` ones away, and do what comes `then`; where any of that fails,
    all is as before.

    A file that stands there with the same bytes is left alone, one of `over` gives way, any other stops the run;
    `stage` is a folder on the same disk.
    """
    undo: list[Callable[[], object]] = []
    try:
        for number, path in enumerate(stale):
            aside = path.replace(stage / f"stale-{number}")
            undo.append(partial(aside.replace, path))
        for number, move in enumerate(one for one in moves if not same(one)):
            if not move.final.parent.exists():
                undo.append(move.final.parent.rmdir)
                move.final.parent.mkdir()
            undo.append(_swap(move, stage / f"old-{number}") if move.final in over else _place(move))
        then()
    except BaseException:
        for step in reversed(undo):
            with suppress(OSError):
                step()
        raise
    for folder in {path.parent for path in stale}:
        with suppress(OSError):  # a folder that is empty now, and only then
            folder.rmdir()


def _swap(move: Move, aside: Path) -> Callable[[], object]:
    """Put a file in the place of another; returns what undoes it."""
    try:
        aside.hardlink_to(move.final)
    except OSError:  # a disk without hard links
        shutil.copy2(move.final, aside)
    move.staged.replace(move.final)
    return partial(aside.replace, move.final)


def _place(move: Move) -> Callable[[], object]:
    """Rename, but never over a file that another run placed meanwhile; returns what undoes it."""
    if os.name == "nt":
        move.staged.rename(move.final)
        return move.final.unlink
    try:
        move.final.hardlink_to(move.staged)
    except FileExistsError as error:
        raise Xl2JsonError("taken", name=str(move.final), count=1) from error
    except OSError:  # a disk without hard links
        move.staged.rename(move.final)
    return move.final.unlink


def remove(deposit: GivenUp) -> bool:
    """Take a deposit's JSON, zip and loose attachments off the disk; whether nothing of it is left.

    A JSON that is not what was written there is somebody else's work by now: it stays, with all that goes with it.
    """
    json, folder = deposit.folder / f"{deposit.name}.json", deposit.folder / deposit.name
    try:
        if json.exists() and hashlib.sha256(json.read_bytes()).hexdigest() not in deposit.digests:
            return True
        json.unlink(missing_ok=True)
        (deposit.folder / f"{deposit.name}.zip").unlink(missing_ok=True)
        for path in folder.iterdir() if folder.is_dir() else ():
            if re.fullmatch(deposit.pattern, path.name):
                path.unlink()
        with suppress(OSError):  # something else lies in it
            folder.rmdir()
    except OSError:
        return False
    return deposit.folder.is_dir()  # else it is on another machine

"""Carrying a plan out, all or nothing.

Everything is first written into a hidden folder beside its destination; only when all of it stands there do the files
take their names, a JSON after its zip and its folder. A folder left by a run that was killed is cleared by the next.
"""

from __future__ import annotations

import errno
import filecmp
import os
import re
import shutil
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from converter.errors import Xl2JsonError
from converter.parcel.plan import Deposit
from converter.request import Source

_STAGE = ".xl2json-"
_LOCK = ".lock"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A staged file and the name it shall bear."""

    staged: Path
    final: Path


def write(deposits: tuple[Deposit, ...], out: Path, *, loose: bool, replace: bool) -> None:
    """Write `deposits` into `out`. Files that stand there with the same bytes are left alone.

    Raises Xl2JsonError where a file with other bytes would be overwritten (unless `replace`), where the disk is full or
    the folder cannot be written to; then nothing of this run is left.
    """
    if not deposits:
        return
    with _told(out):
        out.mkdir(parents=True, exist_ok=True)
        _clear_stale(out)
        with _stage(out) as stage:
            moves = [move for deposit in deposits for move in _staged(deposit, stage, out, loose)]
            needed = [move for move in moves if not _same(move)]
            stale = [path for deposit in deposits for path in _stale(deposit, out, moves)]
            taken = [move.final for move in needed if move.final.exists()] + stale
            if taken and not replace:
                raise Xl2JsonError("taken", name=str(taken[0]), count=len(taken))
            _publish(needed, stale, stage, replace)


def taken(deposits: tuple[Deposit, ...], out: Path) -> Path | None:
    """A file of the plan that stands in `out` with other bytes (of a zip: another size), without writing anything."""
    for deposit in deposits:
        path, parcel = out / f"{deposit.stem}.json", out / f"{deposit.stem}.zip"
        with _told(out):
            in_the_way = path.exists() and (not path.is_file() or path.read_bytes() != deposit.json)
        if in_the_way:
            return path
        if deposit.attachments and parcel.exists() and parcel.stat().st_size != deposit.zip_bytes:
            return parcel
    return None


@contextmanager
def _told(out: Path) -> Iterator[None]:
    """What the system says of the disk, in one sentence."""
    try:
        yield
    except OSError as error:
        name = str(error.filename or out)
        if error.errno in _NO_ROOM:
            raise Xl2JsonError("no_room", name=str(out)) from error
        if isinstance(error, PermissionError):
            raise Xl2JsonError("no_permission", name=name) from error
        if isinstance(error, FileExistsError | NotADirectoryError):
            raise Xl2JsonError("out_is_a_file", name=name) from error
        raise Xl2JsonError("disk", name=name, reason=error.strerror or str(error)) from error


@contextmanager
def _stage(out: Path) -> Iterator[Path]:
    """A hidden folder of this run. The lock beside it is there before it and goes after it."""
    lock = out / f"{_STAGE}{uuid.uuid4().hex}{_LOCK}"
    stage = lock.with_suffix("")
    try:
        with FileLock(lock):
            try:
                stage.mkdir()
                yield stage
            finally:
                shutil.rmtree(stage, ignore_errors=True)
    finally:
        lock.unlink(missing_ok=True)


def _clear_stale(out: Path) -> None:
    """Remove the hidden folders of runs that ended without doing so: nobody holds their lock."""
    for lock in out.glob(f"{_STAGE}*{_LOCK}"):
        with suppress(Timeout, OSError), FileLock(lock, blocking=False):
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink(missing_ok=True)


def _staged(deposit: Deposit, stage: Path, out: Path, loose: bool) -> Iterator[Move]:
    """Write a deposit's files into `stage`; each source is read once. The JSON comes last."""
    if deposit.attachments:
        folder = stage / deposit.stem
        folder.mkdir()
        with zipfile.ZipFile(stage / f"{deposit.stem}.zip", "w", zipfile.ZIP_STORED) as archive:
            for name, source in deposit.attachments:
                content = _content(source)
                archive.writestr(_entry(name), content)
                if loose:
                    (folder / name).write_bytes(content)
        yield Move(staged=stage / f"{deposit.stem}.zip", final=out / f"{deposit.stem}.zip")
        for name, _ in deposit.attachments if loose else ():
            yield Move(staged=folder / name, final=out / deposit.stem / name)
    (stage / f"{deposit.stem}.json").write_bytes(deposit.json)
    yield Move(staged=stage / f"{deposit.stem}.json", final=out / f"{deposit.stem}.json")


def _content(source: Source) -> bytes:
    try:
        content = source.path.read_bytes()
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise
        raise Xl2JsonError("source_gone", name=str(source.path)) from error
    if len(content) != source.size:
        raise Xl2JsonError("source_changed", name=str(source.path))
    return content


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without time or machine in it, so that the same files give the same zip."""
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system = 3
    entry.external_attr = 0o100644 << 16
    return entry


def _same(move: Move) -> bool:
    return move.final.is_file() and filecmp.cmp(move.staged, move.final, shallow=False)


def _stale(deposit: Deposit, out: Path, moves: list[Move]) -> list[Path]:
    """Attachments of an earlier plan in the deposit's folder; what is not named like one is none of our business."""
    finals = {move.final for move in moves}
    folder = out / deposit.stem
    if not any(final.parent == folder for final in finals) or not folder.is_dir():
        return []
    others = (path for path in folder.iterdir() if path not in finals and path.is_file())
    return sorted(path for path in others if re.fullmatch(deposit.pattern, path.name))


def _publish(moves: list[Move], stale: list[Path], stage: Path, replace: bool) -> None:
    """Give the files their names, in order; where that fails midway, everything is as it was before."""
    undo: list[Callable[[], object]] = []
    try:
        for number, path in enumerate(stale):
            aside = path.replace(stage / f"stale-{number}")
            undo.append(partial(aside.replace, path))
        for number, move in enumerate(moves):
            if not move.final.parent.exists():
                undo.append(move.final.parent.rmdir)
                move.final.parent.mkdir()
            undo.append(_swap(move, stage / f"old-{number}") if replace and move.final.exists() else _place(move))
    except BaseException:
        for step in reversed(undo):
            with suppress(OSError):
                step()
        raise


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

"""Carrying a plan out, all or nothing.

Everything is first written into a hidden folder beside its destination; only when all of it stands there do the files
take their names, a JSON after its zip and its folder. A folder left by a run that was killed is cleared by the next.
"""

from __future__ import annotations

import errno
import filecmp
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from converter.errors import Xl2JsonError
from converter.parcel.plan import Deposit
from converter.request import Source

_STAGE = ".xl2json-"
_LOCK = "lock"
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
            for path in stale:
                path.unlink()
            _publish(needed, replace)


def taken(deposits: tuple[Deposit, ...], out: Path) -> Path | None:
    """A JSON of the plan that stands in `out` with other bytes, for a look ahead without writing."""
    for deposit in deposits:
        path = out / f"{deposit.stem}.json"
        if path.exists() and (not path.is_file() or path.read_bytes() != deposit.json):
            return path
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
    """A hidden folder of this run, held by a lock while the run lives."""
    stage = Path(tempfile.mkdtemp(prefix=_STAGE, dir=out))
    lock = FileLock(stage / _LOCK)
    try:
        with lock:
            yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _clear_stale(out: Path) -> None:
    """Remove the hidden folders of runs that ended without doing so: nobody holds their lock."""
    for stage in out.glob(f"{_STAGE}*"):
        if not (stage / _LOCK).exists():
            continue
        with suppress(Timeout, OSError):
            with FileLock(stage / _LOCK, blocking=False):
                pass
            shutil.rmtree(stage, ignore_errors=True)


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
    prefixes = {name.rsplit("-", 2)[0] for name, _ in deposit.attachments}
    folder = out / deposit.stem
    if not any(final.parent == folder for final in finals) or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path not in finals and path.name.startswith(tuple(prefixes)))


def _publish(moves: list[Move], replace: bool) -> None:
    """Give the files their names, in order; where that fails midway, take back those that are new."""
    placed: list[Path] = []
    try:
        for move in moves:
            move.final.parent.mkdir(exist_ok=True)
            is_new = not move.final.exists()
            if is_new and not replace:
                _place(move)
            else:
                move.staged.replace(move.final)
            if is_new:
                placed.append(move.final)
    except BaseException:
        for path in reversed(placed):
            with suppress(OSError):
                path.unlink()
                path.parent.rmdir()  # only where it is empty, as the deposit's own folder then is
        raise


def _place(move: Move) -> None:
    """Rename, but never over a file that another run placed meanwhile."""
    if os.name == "nt":
        move.staged.rename(move.final)
        return
    try:
        move.final.hardlink_to(move.staged)
    except FileExistsError as error:
        raise Xl2JsonError("taken", name=str(move.final), count=1) from error
    except OSError:  # a disk without hard links
        move.staged.rename(move.final)

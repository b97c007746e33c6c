"""Carrying a plan out, all or nothing.

Everything is first written into a hidden folder beside its destination; only when all of it stands there do the files
take their names, a JSON after its zip and its folder. A folder left by a run that was killed is cleared by the next.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from converter import progress
from converter.errors import Xl2JsonError, reason_of
from converter.parcel.plan import Deposit
from converter.parcel.publish import GivenUp, Move, publish, publishing, remove, same
from converter.parcel.stored import StoredZip
from converter.placing import Placed
from converter.request import Source

_STAGE = ".xl2json-"
_LOCK = ".lock"
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Staged:
    placed: Placed
    moves: tuple[Move, ...]
    stale: tuple[Path, ...]


def write(
    deposits: tuple[Deposit, ...],
    out: Path,
    *,
    loose: bool,
    replace: bool | Mapping[str, frozenset[str]],
    others: frozenset[Path] = frozenset(),
    still: Callable[[], Iterable[GivenUp]] = tuple,
    done: Callable[[Sequence[Placed], list[int]], object] = lambda placed, cleared: None,
) -> None:
    """Write `deposits` into `out`. Files that stand there with the same bytes are left alone.

    `replace` says whether others may be overwritten, or of which names, with the SHA-256 of each JSON that may be.
    `still` is asked before the first file takes its name, and says which files were given up: those in `out` and in
    `others` are removed. `done` is told once all stand there; where it fails, none does. While that lasts no other run
    publishes in these folders. Raises Xl2JsonError where a file with other bytes would be overwritten, where the disk
    is full or the folder cannot be written to; then nothing of this run is left.
    """
    with _told(out), ExitStack() as stack:
        folders = [one for one in others if _is_open_to_us(one)]
        if deposits:
            out.mkdir(parents=True, exist_ok=True)
            folders.append(out)
        for folder in folders:
            _clear_stale(folder)
        stage = stack.enter_context(_stage(out)) if deposits else out
        staged = _all_staged(deposits, stage, out, loose)
        stack.enter_context(publishing(*folders))
        given_up = [one for one in still() if one.folder in folders or one.folder == out.resolve()]
        _publish(staged, stage, replace, lambda: done([one.placed for one in staged], _removed(given_up)))


def _all_staged(deposits: tuple[Deposit, ...], folder: Path, out: Path, loose: bool) -> list[_Staged]:
    with progress.stage("packing", sum(one.zip_bytes for one in deposits), is_bytes=True) as advance:
        return [_staged(deposit, folder, out, loose, advance) for deposit in deposits]


def _is_open_to_us(folder: Path) -> bool:
    """Whether it is on this machine, and may be changed."""
    return folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)


def _removed(given_up: Iterable[GivenUp]) -> list[int]:
    return [one.id for one in given_up if remove(one)]


def _publish(
    staged: Sequence[_Staged], stage: Path, replace: bool | Mapping[str, frozenset[str]], then: Callable[[], object]
) -> None:
    over = {path for one in staged for path in _in_the_way(one, replace)}
    moves = [move for one in staged for move in one.moves]
    publish(moves, over, [path for one in staged for path in one.stale], stage, then)


def _in_the_way(staged: _Staged, replace: bool | Mapping[str, frozenset[str]]) -> list[Path]:
    """The files that will be overwritten. Raises Xl2JsonError where they may not be."""
    name = staged.placed.name
    if not isinstance(replace, bool) and name in replace:
        json = staged.moves[-1].final
        if json.exists() and not same(staged.moves[-1]) and _digest(json) not in replace[name]:
            raise Xl2JsonError("not_ours", name=str(json))
        replace = True
    others = [move.final for move in staged.moves if move.final.exists() and not same(move)]
    taken = [*others, *staged.stale]
    if taken and replace is not True:
        raise Xl2JsonError("taken", name=str(taken[0]), count=len(taken))
    return others


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
        raise Xl2JsonError("disk", name=name, reason=reason_of(error)) from error


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


def _staged(deposit: Deposit, stage: Path, out: Path, loose: bool, advance: progress.Advance) -> _Staged:
    """Write a deposit's files into `stage`; each source is read once. The JSON comes last."""
    moves: list[Move] = []
    digests: dict[str, str] = {}
    if deposit.attachments:
        folder = stage / deposit.stem
        folder.mkdir()
        with StoredZip(stage / f"{deposit.stem}.zip") as archive:
            for name, source in deposit.attachments:
                content = _content(source)
                advance(len(content))
                digests[name] = hashlib.sha256(content).hexdigest()
                archive.add(name, content)
                if loose:
                    (folder / name).write_bytes(content)
        moves.append(Move(staged=stage / f"{deposit.stem}.zip", final=out / f"{deposit.stem}.zip"))
        moves += [Move(staged=folder / name, final=out / deposit.stem / name) for name in digests if loose]
    (stage / f"{deposit.stem}.json").write_bytes(deposit.json)
    moves.append(Move(staged=stage / f"{deposit.stem}.json", final=out / f"{deposit.stem}.json"))
    placed = Placed(
        name=deposit.stem,
        json=deposit.json,
        pieces=tuple(" ".join(digests[name] for name in names) for names in deposit.by_request),
    )
    return _Staged(placed=placed, moves=tuple(moves), stale=_stale(deposit, out, digests, loose))


def _content(source: Source) -> bytes:
    try:
        with source.path.open("rb", buffering=0) as file:
            content = file.readall()
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise
        raise Xl2JsonError("source_gone", name=str(source.path)) from error
    if len(content) != source.size:
        raise Xl2JsonError("source_changed", name=str(source.path))
    return content


def _stale(deposit: Deposit, out: Path, digests: dict[str, str], loose: bool) -> tuple[Path, ...]:
    """Attachments of an earlier plan in the deposit's folder; what is not named like one is none of our business."""
    folder = out / deposit.stem
    if not folder.is_dir():
        return ()
    named = (path for path in folder.iterdir() if path.is_file() and re.fullmatch(deposit.pattern, path.name))
    wanted = (path for path in named if path.name not in digests or not (loose or _digest(path) == digests[path.name]))
    return tuple(sorted(wanted))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

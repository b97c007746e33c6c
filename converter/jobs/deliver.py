"""From what was examined to files: numbers, plan, and writing them, with a ledger or by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from converter.errors import Xl2JsonError
from converter.jobs.examine import Examined
from converter.jobs.group import Group, tell_across
from converter.jobs.outcome import Counts, File, Mode, printable
from converter.parcel.numbers import allot, without_ledger
from converter.parcel.plan import Deposit, file_names, plan, split
from converter.progress import stage
from converter.request import Request

if TYPE_CHECKING:
    from converter.jobs.keep import Keeper


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be done with what was examined. `separate`: no file holds requests of two inputs."""

    folder: Path
    partial: bool
    dry_run: bool
    loose: bool
    replace: bool = False
    separate: bool = False

    @property
    def mode(self) -> Mode:
        """What the outcome calls it."""
        return "dry-run" if self.dry_run else "convert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What was written (dry run: would be): requests by input, and the files; `withdrawn` as in `Outcome`;
    `replaced` are the names (without ending) of files of before that must not be deposited any more.
    """

    chosen: tuple[tuple[Request, ...], ...]
    deposits: tuple[Deposit, ...]
    withdrawn: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()

    def files(self, folder: Path) -> tuple[File, ...]:
        """The files as they stand (or would) in `folder`."""
        return tuple(_file(one, folder) for one in self.deposits)

    @property
    def last_number(self) -> str | None:
        """The highest editor's number of digits."""
        numbers = (one.number for some in self.chosen for one in some)
        return max((one for one in numbers if one and one.isdigit()), default=None)


def _file(deposit: Deposit, folder: Path) -> File:
    return File(
        json=printable(folder / f"{deposit.stem}.json"),
        zip=printable(folder / f"{deposit.stem}.zip") if deposit.attachments else None,
        requests=deposit.requests,
        attachments=len(deposit.attachments),
        bytes=deposit.zip_bytes,
    )


def counts_of(examined: Examined, *, written: int, sound: int | None = None) -> Counts:
    """How many requests came to what; those that are not `sound` (by default: written) nor skipped are held back."""
    read, skipped = len(examined.dossier.requests), len(examined.skipped)
    return Counts(
        read=read, written=written, held=read - skipped - (written if sound is None else sound), skipped=skipped
    )


def by_itself(group: Group, task: Task, first_number: int, file_number: int) -> Delivered:
    """Numbers and files from where the caller says, since nobody keeps count."""
    tell_across(group)
    chosen = group.chosen(task.partial)
    number_without_ledger(group, first_number, chosen)
    chosen = group.chosen(task.partial)  # with --strict, D6 keeps them back
    parts = list(_parts(group, chosen, task))
    names = file_names(group.spec, group.header, group.run.deposit, file_number, len(parts))
    with stage("encoding"):
        deposits = plan(group.spec, group.header, parts, names)
    _write(deposits, task)
    return Delivered(chosen=tuple(map(tuple, chosen)), deposits=deposits)


def with_ledger(group: Group, task: Task, keeper: Keeper, first_number: int = 1) -> Delivered:
    """Consult, number (from `first_number` on at least) and reserve in one transaction; then place the files, and
    confirm them.
    """
    with keeper.reading() if task.dry_run else keeper.writing():
        with stage("ledger"):
            keeper.consult()
            tell_across(group)
            keeper.foresee(group.chosen(task.partial))
        chosen = group.chosen(task.partial)
        keeper.number([one for some in chosen for one in some], first_number)
        parts = list(_parts(group, chosen, task))
        if parts or not group.is_blocked:
            keeper.book(len(parts), task.folder)
        with stage("encoding"):
            deposits = plan(group.spec, group.header, parts, keeper.names, keeper.encoder)
        if not task.dry_run:
            with stage("ledger"):
                keeper.reserve(parts, deposits)
    if not task.dry_run:
        keeper.place(deposits, task.folder, loose=task.loose)
    taken_back = {"withdrawn": keeper.withdrawn, "replaced": keeper.replaced}
    return Delivered(chosen=tuple(map(tuple, chosen)), deposits=deposits, **taken_back)


def number_without_ledger(group: Group, first_number: int, chosen: Sequence[Sequence[Request]] = ()) -> None:
    """Number the requests without error from `first_number` on, those that are `chosen` first, and say that nobody
    keeps count (D6).
    """
    in_turn = {one.demande: one for some in chosen for one in some}
    in_turn |= {one.demande: one for one in group.faultless() if one.demande not in in_turn}
    given = list(allot(in_turn.values(), group.all_of_supplier, group.spec, first_number))
    group.tell(without_ledger(given, group.spec))


def _parts(group: Group, chosen: Sequence[Sequence[Request]], task: Task) -> Iterator[list[Request]]:
    """Which requests go into which file."""
    together = [one for some in chosen for one in some]
    for requests in chosen if task.separate else [together]:
        yield from split(group.spec, requests)


def _write(deposits: tuple[Deposit, ...], task: Task) -> None:
    from converter.parcel.write import taken, write

    if task.dry_run:
        there = None if task.replace else taken(deposits, task.folder)
        if there is not None:
            raise Xl2JsonError("taken", name=str(there), count=1)
    else:
        write(deposits, task.folder, loose=task.loose, replace=task.replace)

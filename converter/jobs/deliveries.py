"""Groups delivered one after the other, so that no number of a SIRET and no file name of a software comes twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from converter.errors import Xl2JsonError
from converter.findings import Finding
from converter.jobs.deliver import Delivered, Task, by_itself, with_ledger
from converter.jobs.group import Group, tell_numbers
from converter.jobs.outcome import UNREADABLE
from converter.request import Supplier, supplier_of
from converter.wording import Say

_LASTING = ("error.numbers_used_up", "error.files_used_up")  # no waiting helps


@dataclass(slots=True)
class Tally:
    """Where numbers and files begin, and what the groups before have taken."""

    first_number: int
    file_number: int
    numbers: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    names: set[str] = field(default_factory=set)

    def note(self, supplier: Supplier, done: Delivered) -> None:
        """Count what a group has taken."""
        self.numbers[supplier.siret] = max(self.numbers[supplier.siret], int(done.last_number or 0))
        self.files[supplier.ans] += len(done.deposits)
        self.names |= {one.stem for one in done.deposits}


def deliver_all(
    groups: Sequence[Group], task: Task, tally: Tally, ledger: str | Path | None, *, same: bool, by_path: bool
) -> list[Delivered]:
    """What came of each group. One that cannot be delivered, while another one is, is told in each of its inputs.

    Raises Xl2JsonError where none is delivered and one cannot be, and where one that was mailed
    cannot be now.
    """
    _introduce(groups)
    done: dict[int, Delivered] = {}
    failed: dict[int, Xl2JsonError] = {}
    for at, group in enumerate(groups):
        try:
            done[at] = _deliver(group, task, tally, ledger, same=same, by_path=by_path)
        except Xl2JsonError as error:
            if group.run.mailed is not None and error.say.key not in _LASTING:  # the message waits for better days
                raise
            failed[at] = error
    if failed and not any(one.deposits for one in done.values()):
        raise next(iter(failed.values()))
    return [done[at] if at in done else _undelivered(group, failed[at]) for at, group in enumerate(groups)]


def _introduce(groups: Sequence[Group]) -> None:
    """Let the groups of one SIRET know of each other's numbers."""
    of_one: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        supplier = supplier_of(group.header.values, group.spec)
        if supplier is not None:
            of_one[supplier.siret].append(group)
    for some in of_one.values():
        for group in some:
            group.beside = [one for other in some if other is not group for one in other.requests]
        tell_numbers(some)


def _deliver(
    group: Group, task: Task, tally: Tally, ledger: str | Path | None, *, same: bool, by_path: bool
) -> Delivered:
    supplier = supplier_of(group.header.values, group.spec) or Supplier(siret="", ans="")
    first = max(tally.first_number, tally.numbers[supplier.siret] + 1)
    if ledger is None:
        done = by_itself(group, task, first, tally.file_number + tally.files[supplier.ans])
    else:
        from converter.jobs.keep import Keeper  # and with it the database

        keeper = Keeper(ledger, group, same=same, by_path=by_path, promised=tally.names)
        done = with_ledger(group, task, keeper, first)
    tally.note(supplier, done)
    return done


def _undelivered(group: Group, error: Xl2JsonError) -> Delivered:
    say = Say("say.batch.undelivered", {"why": error.say})
    for member in group.members:
        member.findings.append(Finding(rule=UNREADABLE, severity="error", say=say))
    return Delivered(chosen=tuple(() for _ in group.members), deposits=())

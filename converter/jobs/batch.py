"""Many workbooks and exports in one run, turned into as few deposits as the agency's limits allow (contract §7).

find -> examine, each in a process of its own -> group by supplier -> deliver each group, in the order given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from converter import clock
from converter.bulk import in_bulk
from converter.errors import Xl2JsonError
from converter.findings import Finding
from converter.jobs.convert import OUT, in_range, outcome_of
from converter.jobs.deliver import Delivered, Task, counts_of
from converter.jobs.deliveries import Tally, deliver_all
from converter.jobs.examine import Examined, Mailed, examine, folder_of, prepare
from converter.jobs.group import Group
from converter.jobs.inputs import inputs_of
from converter.jobs.outcome import UNREADABLE, BatchOutcome, Counts, Delivery, Outcome, printable
from converter.jobs.settings import Settings, find_settings
from converter.parcel.folders import Listing
from converter.parcel.numbers import last_number
from converter.pool import CannotStartError, Died, Failed, processors, spread
from converter.progress import stage
from converter.request import Supplier, supplier_of
from converter.spec.load import load_spec
from converter.spec.model import Spec
from converter.wording import Say

if TYPE_CHECKING:
    from converter.export import Mapping as ExportMapping

_PRELOAD = ("converter.jobs.batch", "converter.reshape", "converter.rules", "converter.workbook.xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why an input could not be examined; `bug` is the traceback where that is the program's own fault."""

    say: Say
    bug: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Examiner:
    """Examines one input, in whatever process; `listed` is what the folders hold, listed once for all inputs."""

    spec: Spec
    mapping: ExportMapping | None
    attachments: Path | None
    deposit: date
    strict: bool
    evidence: bool
    mailed: Mailed | None
    settings: Settings | None
    listed: dict[tuple[Path | str, ...], Listing] = field(default_factory=dict)

    def __call__(self, path: Path) -> Examined | Trouble:
        try:
            given = (self.spec, self.settings, self.attachments, self.deposit, self.strict)
            run = prepare(path, *given, takes_exports=self.mailed is None, mapping=self.mapping, mailed=self.mailed)
            run = replace(run, folders=replace(run.folders, listed=self.listed))
            with in_bulk():
                return examine(run, with_evidence=self.evidence)
        except Xl2JsonError as error:
            return Trouble(say=error.say)
        except MemoryError:
            return Trouble(say=Say("error.memory"))


@in_bulk()
def batch(
    paths: Sequence[str | Path],
    *,
    out: str | Path | None = None,
    spec: Spec | None = None,
    mapping: ExportMapping | None = None,
    attachments: str | Path | None = None,
    deposit: date | None = None,
    first_number: int = 1,
    file_number: int = 1,
    partial: bool = False,
    strict: bool = False,
    dry_run: bool = False,
    loose: bool = True,
    replace: bool = False,
    separate: bool = False,
    jobs: int | None = None,
    ledger: str | Path | None = None,
    same: bool = False,
    evidence: bool = False,
    by_path: bool = True,
    settings: Settings | None = None,
    mailed: Mailed | None = None,
) -> BatchOutcome:
    """Check workbooks, exports and folders of them, and write their requests to common deposits; contract §7.

    Requests of one supplier fill the files in the order given; with `separate` no file holds requests of two inputs.
    Exports are read by `mapping`. `jobs` processes read (by default as many as there are processors); the rest is as
    in `convert`. What is wrong with one input, be it that it cannot be read at all, holds back that one alone. Without
    `by_path` an input of the same path as an earlier one is another one, not the same with other requests. Inputs that
    were `mailed` are workbooks, find their files by name in their own folder alone, and change nothing that anybody
    else has sent (D8); `settings` are looked up near each input by default.
    Raises Xl2JsonError where there is nothing to do, or where nothing can be delivered. New processes import the main
    module: a script that calls this needs its `if __name__ == "__main__"`.
    """
    spec = spec or load_spec()
    in_range("--first-number", first_number, last_number(spec))
    in_range("--file-number", file_number, spec.limits.last_file_number)
    found = inputs_of(paths)
    folder = Path(out) if out is not None else (settings or find_settings(found[0], spec)).out or OUT
    task = Task(folder=folder, partial=partial, dry_run=dry_run, loose=loose, replace=replace, separate=separate)
    examiner = _Examiner(
        spec=spec,
        mapping=mapping,
        attachments=folder_of(attachments),
        deposit=deposit or clock.today(),
        strict=strict,
        evidence=evidence,
        mailed=mailed,
        settings=settings,
    )
    seen = _examined(examiner, found, jobs or processors())
    groups = _groups(seen, spec, partial)
    tally = Tally(first_number=first_number, file_number=file_number)
    done = deliver_all(groups, task, tally, ledger, same=same, by_path=by_path)
    return _outcome(examiner, task, dict(zip(found, seen, strict=True)), dict(zip(groups, done, strict=True)), ledger)


def _examined(examiner: _Examiner, found: Sequence[Path], jobs: int) -> list[Examined | Trouble]:
    """What each input was read as, in the order given."""
    seen: dict[int, Examined | Trouble] = {}
    with stage("inputs", len(found)) as advance:
        try:
            for position, result in spread(examiner, found, jobs, _PRELOAD):
                seen[position] = _seen(result)
                advance(1)
        except CannotStartError as error:
            raise Xl2JsonError("batch.cannot_start") from error
    return [seen[position] for position in range(len(found))]


def _seen(result: Examined | Trouble | Died | Failed) -> Examined | Trouble:
    if isinstance(result, Died):
        return Trouble(say=Say("say.batch.died"))
    return Trouble(say=Say("say.batch.bug"), bug=result.trace) if isinstance(result, Failed) else result


def _groups(seen: Iterable[Examined | Trouble], spec: Spec, partial: bool) -> list[Group]:
    """Inputs of one supplier together; one whose header is at fault goes by itself."""
    members: dict[Supplier | int, list[Examined]] = {}
    for position, one in enumerate(seen):
        if isinstance(one, Examined):
            supplier = supplier_of(one.dossier.header.values, spec)
            members.setdefault(supplier or position, []).append(one)
    return [Group(some, partial=partial) for some in members.values()]


def _outcome(
    examiner: _Examiner,
    task: Task,
    seen: Mapping[Path, Examined | Trouble],
    done: Mapping[Group, Delivered],
    ledger: str | Path | None,
) -> BatchOutcome:
    spec = examiner.spec
    written = {
        id(member): len(some)
        for group, delivered in done.items()
        for member, some in zip(group.members, delivered.chosen, strict=True)
    }
    inputs = tuple(
        _unread(path, one, examiner, task)
        if isinstance(one, Trouble)
        else outcome_of(one, task.mode, counts_of(one, written=written[id(one)]), (), partial=task.partial)
        for path, one in seen.items()
    )
    return BatchOutcome(
        spec=spec.name,
        mode=task.mode,
        strict=examiner.strict,
        partial=task.partial,
        inputs=inputs,
        deliveries=tuple(
            _delivery(group, delivered, task, by_itself=ledger is None) for group, delivered in done.items()
        ),
        sent=_sent(done.values(), spec),
        share=spec.advance.share,
        ledger=_name_of(ledger) if ledger is not None else None,
        bugs=tuple(one.bug for one in seen.values() if isinstance(one, Trouble) and one.bug),
    )


def _sent(done: Iterable[Delivered], spec: Spec) -> Decimal:
    requests = (one for delivered in done for some in delivered.chosen for one in some)
    amounts = (one.value(spec.advance.amount) for one in requests)
    return sum((amount for amount in amounts if isinstance(amount, Decimal)), Decimal(0))


def _name_of(ledger: str | Path) -> str:
    from converter.ledger.open import Ledger

    return Ledger.at(ledger).name


def _delivery(group: Group, done: Delivered, task: Task, *, by_itself: bool) -> Delivery:
    supplier = supplier_of(group.header.values, group.spec)
    return Delivery(
        supplier=supplier.siret if supplier else None,
        software=supplier.ans if supplier else None,
        files=done.files(task.folder),
        withdrawn=done.withdrawn,
        replaced=done.replaced,
        last_number=done.last_number if by_itself else None,
    )


def _unread(path: Path, trouble: Trouble, examiner: _Examiner, task: Task) -> Outcome:
    """What came of an input that could not be read: nothing, and why."""
    say = Say("say.batch.unread", {"why": trouble.say})
    return Outcome(
        input=printable(path),
        spec=examiner.spec.name,
        mode=task.mode,
        strict=examiner.strict,
        partial=task.partial,
        counts=Counts(read=0, written=0, held=0, skipped=0),
        files=(),
        amount=Decimal(0),
        advance=Decimal(0),
        findings=(Finding(rule=UNREADABLE, severity="error", say=say),),
        software=None,
        demandes=(),
        last_number=None,
    )

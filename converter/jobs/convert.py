"""From a workbook to a deposit: the whole way on one page.

read -> reshape -> rules and files -> ledger -> numbers -> plan -> reserve, write, confirm. Everything that can be said
of the workbook is said in one run; nothing is written unless all that will be written is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace as replaced
from datetime import date
from pathlib import Path

from converter.errors import MisuseError, Xl2JsonError
from converter.findings import sorted_findings
from converter.jobs.examine import Examined, Run, examine, prepare
from converter.jobs.keep import Keeper
from converter.jobs.outcome import Counts, File, Mode, Outcome, advance_of
from converter.jobs.settings import Settings
from converter.parcel.numbers import allot, without_ledger
from converter.parcel.plan import Deposit, file_names, plan, split
from converter.request import Request
from converter.spec.model import Spec

OUT = Path("depot")
_ERRORS = frozenset({"error"})


def check(
    workbook: str | Path,
    *,
    spec: Spec | None = None,
    attachments: str | Path | None = None,
    deposit: date | None = None,
    first_number: int = 1,
    strict: bool = False,
    settings: Settings | None = None,
    ledger: str | Path | None = None,
    same: bool = False,
    evidence: bool = False,
) -> Outcome:
    """Everything there is to say of a workbook; writes nothing.

    `spec` is the bundled one by default, `attachments` a second folder to look for files in, `deposit` the day of the
    deposit (today by default), `settings` what `xl2json.toml` and the environment say (looked up by default), `ledger`
    a file or URL (none by default), `same` says that a key known for other beneficiaries is no other order (D5). With
    `evidence` the outcome also holds what the workbook was read as.
    Raises Xl2JsonError where the workbook or the ledger cannot be read.
    """
    run = prepare(workbook, spec, settings, attachments, deposit, strict)
    _in_range("--first-number", first_number, last_number(run.spec))
    examined = examine(run)
    keeper = Keeper(ledger, run, examined, same=same) if ledger is not None else None
    if keeper is None:
        _number_without_ledger(examined.faultless(_ERRORS), examined, run, first_number)
    else:
        with keeper.reading():
            keeper.consult()
    to_send = len(examined.dossier.requests) - len(examined.skipped)
    counts = _counts(examined, written=0, held=to_send - len(examined.faultless(run.blocking)))
    outcome = _outcome(run, examined, "check", counts, (), partial=False)
    return replaced(outcome, evidence=examined.evidence if evidence else None)


def convert(
    workbook: str | Path,
    *,
    out: str | Path | None = None,
    spec: Spec | None = None,
    attachments: str | Path | None = None,
    deposit: date | None = None,
    first_number: int = 1,
    file_number: int = 1,
    partial: bool = False,
    strict: bool = False,
    dry_run: bool = False,
    loose: bool = True,
    replace: bool = False,
    settings: Settings | None = None,
    ledger: str | Path | None = None,
    same: bool = False,
    evidence: bool = False,
    lang: str = "fr",
) -> Outcome:
    """Check a workbook and write its deposit to `out` (`depot` by default); contract §3, §4 and §6.

    With `partial` the sound requests are written and the others held back, in a workbook of their own (in `lang`) in
    `out`; else one error means that nothing is.
    `strict` counts warnings as errors, `dry_run` writes nothing, `loose` also writes the attachments beside the zip.
    Without a `ledger` (a file or URL), numbers and files count from `first_number` and `file_number`, and `replace`
    overwrites files of the same name. Raises Xl2JsonError where the run cannot go on: then nothing of it is left.
    """
    run = prepare(workbook, spec, settings, attachments, deposit, strict)
    _in_range("--first-number", first_number, last_number(run.spec))
    _in_range("--file-number", file_number, run.spec.limits.last_file_number)
    folder = Path(out) if out is not None else run.settings.out or OUT
    task = _Task(folder=folder, partial=partial, dry_run=dry_run, loose=loose)
    examined = examine(run)
    if ledger is None:
        chosen, deposits = _by_itself(run, examined, task, first_number, file_number, replace)
        outcome = _converted(run, examined, task, chosen, deposits)
    else:
        keeper = Keeper(ledger, run, examined, same=same)
        chosen, deposits = _with_ledger(run, examined, task, keeper)
        outcome = _converted(run, examined, task, chosen, deposits)
        outcome = replaced(outcome, last_number=None, ledger=keeper.ledger.name, withdrawn=keeper.withdrawn)
    outcome = _with_work_left(outcome, run, examined, chosen, folder, lang)
    return replaced(outcome, evidence=examined.evidence if evidence else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What is to be done with what was examined."""

    folder: Path
    partial: bool
    dry_run: bool
    loose: bool


_Written = tuple[list[Request], tuple[Deposit, ...]]


def _by_itself(
    run: Run, examined: Examined, task: _Task, first_number: int, file_number: int, replace: bool
) -> _Written:
    """Numbers and files from where the caller says, since nobody keeps count."""
    _number_without_ledger(examined.faultless(_ERRORS), examined, run, first_number)
    chosen, header = _chosen(run, examined, task.partial), examined.dossier.header
    parts = list(split(run.spec, chosen))
    names = file_names(run.spec, header, run.deposit, file_number, len(parts))
    deposits = plan(run.spec, header, parts, names)
    _write(deposits, task.folder, loose=task.loose, replace=replace, dry_run=task.dry_run)
    return chosen, deposits


def _with_ledger(run: Run, examined: Examined, task: _Task, keeper: Keeper) -> _Written:
    """Consult, number and reserve in one transaction; then place the files, and confirm them."""
    with keeper.reading() if task.dry_run else keeper.writing():
        keeper.consult()
        chosen = _chosen(run, examined, task.partial)
        keeper.number(chosen)
        parts = list(split(run.spec, chosen))
        if chosen or not any(one.severity in run.blocking for one in examined.findings):
            keeper.book(parts, task.folder)
            if chosen and not _chosen(run, examined, task.partial):  # with --strict, D7 keeps all back
                chosen, parts = [], []
                keeper.leave_all()
        deposits = plan(run.spec, examined.dossier.header, parts, keeper.names, keeper.encoder)
        if not task.dry_run:
            keeper.reserve(parts, deposits)
    if not task.dry_run:
        keeper.place(deposits, task.folder, loose=task.loose)
    return chosen, deposits


def _number_without_ledger(requests: list[Request], examined: Examined, run: Run, first_number: int) -> None:
    given = list(allot(requests, examined.dossier, run.spec, first_number))
    examined.findings += without_ledger(given, run.spec)


def last_number(spec: Spec) -> int:
    """The last editor's number that the form allows."""
    return int("9" * (spec.number.form.lengths[0] if spec.number.form else 1))


def _in_range(name: str, number: int, most: int) -> None:
    if not 1 <= number <= most:
        raise MisuseError("cli.bad_number", name=name, value=str(number), least=1, most=most)


def _chosen(run: Run, examined: Examined, partial: bool) -> list[Request]:
    """The requests to write: all that are sound, or none where something is at fault and that is not allowed."""
    blocked = any(finding.severity in run.blocking for finding in examined.findings)
    return [] if blocked and (run.strict or not partial) else examined.sound(run.blocking)


def _write(deposits: tuple[Deposit, ...], folder: Path, *, loose: bool, replace: bool, dry_run: bool) -> None:
    from converter.parcel.write import taken, write

    if dry_run:
        there = None if replace else taken(deposits, folder)
        if there is not None:
            raise Xl2JsonError("taken", name=str(there), count=1)
    else:
        write(deposits, folder, loose=loose, replace=replace)


def _converted(
    run: Run, examined: Examined, task: _Task, chosen: Sequence[Request], deposits: Sequence[Deposit]
) -> Outcome:
    held = len(examined.dossier.requests) - len(chosen) - len(examined.skipped)
    counts = _counts(examined, written=len(chosen), held=held)
    files = tuple(_file(one, task.folder) for one in deposits)
    outcome = _outcome(run, examined, "dry-run" if task.dry_run else "convert", counts, files, partial=task.partial)
    numbers = [request.number for request in chosen if request.number and request.number.isdigit()]
    return replaced(outcome, last_number=max(numbers, default=None))


def _with_work_left(
    outcome: Outcome, run: Run, examined: Examined, chosen: Sequence[Request], folder: Path, lang: str
) -> Outcome:
    """`outcome`, the requests that `--partial` holds back written to a workbook of their own."""
    if not outcome.partial or outcome.mode == "dry-run" or run.strict:
        return outcome
    from converter.jobs.partial import leave_work

    gone = examined.skipped | {one.demande for one in chosen}
    left = leave_work(examined.evidence, gone, outcome.findings, folder, spec=run.spec, lang=lang)
    return replaced(outcome, left=_printable(left) if left else None)


def _counts(examined: Examined, *, written: int, held: int) -> Counts:
    return Counts(read=len(examined.dossier.requests), written=written, held=held, skipped=len(examined.skipped))


def _file(deposit: Deposit, folder: Path) -> File:
    return File(
        json=_printable(folder / f"{deposit.stem}.json"),
        zip=_printable(folder / f"{deposit.stem}.zip") if deposit.attachments else None,
        requests=deposit.requests,
        attachments=len(deposit.attachments),
        bytes=deposit.zip_bytes,
    )


def _printable(path: Path) -> str:
    """A path in text; bytes of a name that are in no alphabet become question marks."""
    return str(path).encode("utf-8", "replace").decode("utf-8")


def _outcome(
    run: Run, examined: Examined, mode: Mode, counts: Counts, files: tuple[File, ...], *, partial: bool
) -> Outcome:
    amount = examined.amount(run.spec)
    software = examined.dossier.header.values.get(run.spec.key.software.partition(".")[2])
    return Outcome(
        input=_printable(run.workbook),
        spec=run.spec.name,
        mode=mode,
        strict=run.strict,
        partial=partial,
        counts=counts,
        files=files,
        amount=amount,
        advance=advance_of(amount, run.spec.advance.share),
        findings=sorted_findings(examined.findings),
        software=software if isinstance(software, str) else None,
        demandes=tuple(request.demande for request in examined.dossier.requests),
        last_number=None,
    )

"""From a workbook to a deposit: the whole way on one page.

read -> reshape -> rules and files -> ledger -> numbers -> plan -> reserve, write, confirm. Everything that can be said
of the workbook is said in one run; nothing is written unless all that will be written is known.
"""

from __future__ import annotations

from dataclasses import replace as replaced
from datetime import date
from pathlib import Path

from converter.bulk import in_bulk
from converter.errors import MisuseError, Xl2JsonError
from converter.findings import sorted_findings
from converter.jobs.deliver import (
    Delivered,
    Task,
    by_itself,
    counts_of,
    number_without_ledger,
    with_ledger,
)
from converter.jobs.examine import Examined, examine, prepare
from converter.jobs.group import Group
from converter.jobs.outcome import Counts, File, Mode, Outcome, advance_of, printable
from converter.jobs.settings import Settings
from converter.parcel.numbers import last_number
from converter.spec.model import Spec

OUT = Path("depot")


@in_bulk()
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
    in_range("--first-number", first_number, last_number(run.spec))
    examined = examine(run, with_evidence=evidence)
    group = Group([examined])
    if ledger is None:
        number_without_ledger(group, first_number)
    else:
        from converter.jobs.keep import Keeper  # and with it the database

        keeper = Keeper(ledger, group, same=same)
        with keeper.reading():
            keeper.consult()
            keeper.foresee(group.chosen(partial=False))
    counts = counts_of(examined, written=0, sound=len(examined.faultless(run.blocking)))
    return outcome_of(examined, "check", counts, (), partial=False)


@in_bulk()
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
    in_range("--first-number", first_number, last_number(run.spec))
    in_range("--file-number", file_number, run.spec.limits.last_file_number)
    folder = Path(out) if out is not None else run.settings.out or OUT
    task = Task(folder=folder, partial=partial, dry_run=dry_run, loose=loose, replace=replace)
    examined = examine(run, with_evidence=evidence or partial)
    group = Group([examined])
    if ledger is None:
        done = by_itself(group, task, first_number, file_number)
        outcome = _converted(examined, task, done)
    else:
        from converter.jobs.keep import Keeper  # and with it the database

        keeper = Keeper(ledger, group, same=same)
        done = with_ledger(group, task, keeper)
        outcome = _converted(examined, task, done)
        outcome = replaced(outcome, last_number=None, ledger=keeper.ledger.name)
    outcome = _with_work_left(outcome, examined, done, folder, lang)
    return replaced(outcome, evidence=examined.evidence if evidence else None)


def in_range(name: str, number: int, most: int) -> None:
    """Raise MisuseError unless `number` is from 1 to `most`."""
    if not 1 <= number <= most:
        raise MisuseError("cli.bad_number", name=name, value=str(number), least=1, most=most)


def _converted(examined: Examined, task: Task, done: Delivered) -> Outcome:
    counts = counts_of(examined, written=len(done.chosen[0]))
    outcome = outcome_of(examined, task.mode, counts, done.files(task.folder), partial=task.partial)
    return replaced(outcome, last_number=done.last_number, withdrawn=done.withdrawn)


def _with_work_left(outcome: Outcome, examined: Examined, done: Delivered, folder: Path, lang: str) -> Outcome:
    """`outcome`, the requests that `--partial` holds back written to a workbook of their own."""
    if not outcome.partial or outcome.mode == "dry-run" or outcome.strict or examined.evidence is None:
        return outcome
    from converter.jobs.partial import leave_work

    gone = examined.skipped | {one.demande for one in done.chosen[0]}
    try:
        left = leave_work(examined.evidence, gone, outcome.findings, folder, spec=examined.run.spec, lang=lang)
    except Xl2JsonError as error:  # the deposit stands, and must be told of
        return replaced(outcome, left_trouble=error.say)
    return replaced(outcome, left=printable(left) if left else None)


def outcome_of(examined: Examined, mode: Mode, counts: Counts, files: tuple[File, ...], *, partial: bool) -> Outcome:
    """What came of one input."""
    run, amount = examined.run, examined.amount
    software = examined.dossier.header.values.get(run.spec.key.software.partition(".")[2])
    return Outcome(
        input=printable(run.workbook),
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
        evidence=examined.evidence,
    )

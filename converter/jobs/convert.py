"""From a workbook to a deposit: the whole way on one page.

read -> reshape -> rules and files -> numbers -> plan -> write. Everything that can be said of the workbook is said in
one run; nothing is written unless all that will be written is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace as replaced
from datetime import date
from decimal import Decimal
from pathlib import Path

from converter import clock
from converter.errors import MisuseError, Xl2JsonError
from converter.findings import Finding, sorted_findings
from converter.jobs.outcome import Counts, File, Mode, Outcome, advance_of
from converter.jobs.settings import Settings, find_settings
from converter.parcel.folders import Folders
from converter.parcel.numbers import allot
from converter.parcel.plan import Deposit, plan
from converter.parcel.sources import gather
from converter.request import Dossier, Request
from converter.spec.load import load_spec
from converter.spec.model import Spec
from converter.workbook.read import open_book
from converter.workbook.tables import read_tables

OUT = Path("depot")
_OF_TWO = {"B15", "D1", "X5"}  # what is said of one request and concerns another too


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What a run was asked to do, defaults filled in."""

    workbook: Path
    spec: Spec
    settings: Settings
    folders: Folders
    deposit: date
    first_number: int
    strict: bool

    @property
    def blocking(self) -> frozenset[str]:
        return frozenset({"error", "warning"} if self.strict else {"error"})


@dataclass(slots=True, kw_only=True)
class _Examined:
    """A workbook's requests and all that was found, before anything is written."""

    dossier: Dossier
    findings: list[Finding]
    skipped: frozenset[str]

    def at_fault(self, blocking: frozenset[str]) -> set[str | None]:
        """The requests that a finding keeps back; None, or a key of no request, is a fault of the whole workbook."""
        of_all = [finding for finding in self.findings if finding.severity in blocking]
        others = {finding.say.params.get("other") for finding in of_all if finding.demande in self.skipped}
        return {finding.demande for finding in of_all} | (others - {None})

    def faultless(self, blocking: frozenset[str]) -> list[Request]:
        """The requests to send that have no fault of their own."""
        at_fault = self.at_fault(blocking) | self.skipped
        return [request for request in self.dossier.requests if request.demande not in at_fault]

    def sound(self, blocking: frozenset[str]) -> list[Request]:
        """The requests that nothing keeps back; none at all where a finding concerns the whole workbook."""
        of_all = self.at_fault(blocking) - {request.demande for request in self.dossier.requests}
        return [] if of_all else self.faultless(blocking)


def check(
    workbook: str | Path,
    *,
    spec: Spec | None = None,
    attachments: str | Path | None = None,
    deposit: date | None = None,
    first_number: int = 1,
    strict: bool = False,
    settings: Settings | None = None,
) -> Outcome:
    """Everything there is to say of a workbook; writes nothing.

    `spec` is the bundled one by default, `attachments` a second folder to look for files in, `deposit` the day of the
    deposit (today by default), `settings` what `xl2json.toml` and the environment say (looked up by default).
    Raises Xl2JsonError where the workbook cannot be read.
    """
    run = _run(workbook, spec, settings, attachments, deposit, first_number, strict)
    examined = _examine(run)
    to_send = len(examined.dossier.requests) - len(examined.skipped)
    counts = _counts(examined, written=0, held=to_send - len(examined.faultless(run.blocking)))
    return _outcome(run, examined, "check", counts, (), partial=False)


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
) -> Outcome:
    """Check a workbook and write its deposit to `out` (`depot` by default); contract §3 and §4.

    With `partial` the sound requests are written and the others held back; else one error means that nothing is.
    `strict` counts warnings as errors, `dry_run` writes nothing, `loose` also writes the attachments beside the zip,
    `replace` overwrites files of the same name. Raises Xl2JsonError where the run cannot go on: nothing is written.
    """
    run = _run(workbook, spec, settings, attachments, deposit, first_number, strict)
    _in_range("--file-number", file_number, run.spec.limits.last_file_number)
    examined = _examine(run)
    sound = examined.sound(run.blocking)
    blocked = any(finding.severity in run.blocking for finding in examined.findings)
    chosen = [] if blocked and (strict or not partial) else sound
    deposits = plan(run.spec, examined.dossier.header, chosen, run.deposit, file_number)
    folder = Path(out) if out is not None else run.settings.out or OUT
    _write(deposits, folder, loose=loose, replace=replace, dry_run=dry_run)
    skipped = len(examined.skipped)
    counts = _counts(examined, written=len(chosen), held=len(examined.dossier.requests) - len(chosen) - skipped)
    files = tuple(_file(one, folder) for one in deposits)
    outcome = _outcome(run, examined, "dry-run" if dry_run else "convert", counts, files, partial=partial)
    numbers = [request.number for request in chosen if request.number and request.number.isdigit()]
    return replaced(outcome, last_number=max(numbers, default=None))


def _run(
    workbook: str | Path,
    spec: Spec | None,
    settings: Settings | None,
    attachments: str | Path | None,
    deposit: date | None,
    first_number: int,
    strict: bool,
) -> _Run:
    path, spec = Path(workbook), spec or load_spec()
    settings = settings or find_settings(path, spec)
    _in_range("--first-number", first_number, 10 ** (spec.number.form.lengths[0] if spec.number.form else 1) - 1)
    second = Path(attachments) if attachments is not None else settings.attachments
    if second is not None and not _is_folder(second):
        raise MisuseError("no_folder", name=str(second))
    roots = (path.parent, second) if second is not None else (path.parent,)
    return _Run(
        workbook=path,
        spec=spec,
        settings=settings,
        folders=Folders(roots),
        deposit=deposit or clock.today(),
        first_number=first_number,
        strict=strict,
    )


def _in_range(name: str, number: int, most: int) -> None:
    if not 1 <= number <= most:
        raise MisuseError("cli.bad_number", name=name, value=str(number), least=1, most=most)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that no folder can have, or behind a closed door
        return False


def _examine(run: _Run) -> _Examined:
    from converter.reshape import reshape  # pandas: not before a workbook has proven readable
    from converter.rules import accepted, apply_rules

    with open_book(run.workbook) as book:
        tables = read_tables(book, run.spec, run.settings.given)
    dossier = reshape(tables, run.spec, run.settings.given)
    found = [*dossier.findings, *apply_rules(dossier, run.spec, run.deposit), *gather(dossier, run.spec, run.folders)]
    skipped = frozenset(accepted(dossier, run.spec))
    kept = [finding for finding in found if _concerns_a_sent_one(finding, skipped)]
    examined = _Examined(dossier=dossier, findings=kept, skipped=skipped)
    examined.findings += allot(examined.faultless(frozenset({"error"})), dossier, run.spec, run.first_number)
    return examined


def _concerns_a_sent_one(finding: Finding, skipped: frozenset[str]) -> bool:
    """Of a request that is not sent, only that is told, and what concerns one that is."""
    if finding.demande not in skipped or finding.rule == "D3":
        return True
    return finding.rule in _OF_TWO and finding.say.params.get("other") not in skipped


def _write(deposits: tuple[Deposit, ...], folder: Path, *, loose: bool, replace: bool, dry_run: bool) -> None:
    from converter.parcel.write import taken, write

    if dry_run:
        there = None if replace else taken(deposits, folder)
        if there is not None:
            raise Xl2JsonError("taken", name=str(there), count=1)
    else:
        write(deposits, folder, loose=loose, replace=replace)


def _counts(examined: _Examined, *, written: int, held: int) -> Counts:
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
    run: _Run, examined: _Examined, mode: Mode, counts: Counts, files: tuple[File, ...], *, partial: bool
) -> Outcome:
    amount = _amount(examined, run.spec)
    software = examined.dossier.header.values.get(_software(run.spec))
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


def _amount(examined: _Examined, spec: Spec) -> Decimal:
    """The sum over the requests without error; those that were accepted before are not asked for again."""
    return _sum(request.value(spec.advance.amount) for request in examined.faultless(frozenset({"error"})))


def _sum(amounts: Iterable[object]) -> Decimal:
    return sum((amount for amount in amounts if isinstance(amount, Decimal)), Decimal(0))


def _software(spec: Spec) -> str:
    """The header's field that names the software on the portal: the first that a person types."""
    return next(one.name for one in spec.header.fields if one.typed)

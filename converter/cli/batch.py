"""`xl2json batch`: many workbooks and exports in one run, or a folder that is watched."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from converter.cli.options import (
    DEFAULT_SPEC,
    Annotate,
    Attachments,
    Date,
    DryRun,
    FileNumber,
    FirstNumber,
    Format,
    Lang,
    MappingFile,
    NoLedger,
    NoLoose,
    Out,
    Partial,
    Profile,
    Quiet,
    Replace,
    Report,
    Same,
    SpecName,
    Strict,
    Where,
    argument,
    checked,
    day_of,
    language,
    ledger_of,
    number_of,
    only_without_ledger,
    option,
)
from converter.errors import MisuseError, Xl2JsonError
from converter.wording import Say, say

if TYPE_CHECKING:
    from converter.jobs.outcome import BatchOutcome

_MOST_JOBS = 64


def batch_command(
    paths: Annotated[list[Path] | None, argument("PATH")] = None,
    out: Out = None,
    mapping: MappingFile = None,
    attachments: Attachments = None,
    deposit: Date = None,
    separate: Annotated[bool, option("--separate")] = False,
    jobs: Annotated[str | None, option("-j", "--jobs", metavar="N")] = None,
    watch: Annotated[Path | None, option("--watch", metavar="DIR")] = None,
    partial: Partial = False,
    strict: Strict = False,
    dry_run: DryRun = False,
    no_loose: NoLoose = False,
    replace: Replace = False,
    same: Same = False,
    ledger: Where = None,
    no_ledger: NoLedger = False,
    first_number: FirstNumber = None,
    file_number: FileNumber = None,
    report: Report = None,
    annotate: Annotate = None,
    profile: Profile = False,
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    """All inputs in one run; with `--watch`, whatever arrives in a folder, until it is stopped."""
    from converter.cli.profile import profiled
    from converter.jobs.inputs import inputs_of
    from converter.jobs.settings import find_settings
    from converter.spec.load import load_spec

    checked(format_, lang)
    if bool(paths) == (watch is not None):
        raise MisuseError("batch.paths_or_watch")
    spec = load_spec(spec_name)
    settings = find_settings(watch / "here" if watch else inputs_of(paths or ())[0], spec)
    where = ledger_of(ledger, no_ledger, settings.ledger)
    if where is not None:
        only_without_ledger(first_number, file_number, replace)
    options: dict[str, Any] = {"out": out, "spec": spec, "attachments": attachments, "deposit": day_of(deposit)}
    options |= {"partial": partial, "strict": strict, "dry_run": dry_run, "loose": not no_loose, "replace": replace}
    options |= {"separate": separate, "ledger": where, "same": same, "evidence": bool(report or annotate)}
    options |= {"first_number": number_of("--first-number", first_number or "1", 10**9 - 1)}
    options |= {"file_number": number_of("--file-number", file_number or "1", spec.limits.last_file_number)}
    options |= {"jobs": number_of("--jobs", jobs, _MOST_JOBS) if jobs is not None else None}
    options |= {"mapping": _mapping(mapping, spec)}
    if annotate is not None:
        _check_copies(options, paths or (), annotate)
    shown = _Shown(spec, language(settings.lang), format_, quiet=quiet, report=report, annotate=annotate)
    if watch is not None:
        _check_watch(no_ledger=no_ledger, replace=replace, dry_run=dry_run)
        return _watch(watch, options | {"by_path": False}, shown)
    with profiled(profile, shown.lang):
        outcome = shown.run(paths or [], options)
    return outcome.exit_code


def _check_copies(options: dict[str, Any], paths: Sequence[Path], target: Path) -> None:
    """Before anything is done, raise where a copy could not be written."""
    from converter.jobs.annotate import copies_of
    from converter.jobs.copies import check_target
    from converter.jobs.inputs import inputs_of

    if target.suffix.lower() not in (".xlsx", ".xlsm"):
        raise MisuseError("not_xlsx", name=target.name)
    found = inputs_of(paths) if paths else []
    for source, copy in copies_of(found, target).items():
        if source.suffix.lower() not in (".csv", ".tsv"):
            check_target(source, copy)


def _mapping(path: Path | None, spec: Any) -> Any:
    if path is None:
        return None
    from converter.export import read_mapping

    return read_mapping(path, spec)


class _Shown:
    """How a run is shown, and what is written beside its deposits."""

    def __init__(
        self, spec: Any, lang: str, format_: str, *, quiet: bool, report: Path | None, annotate: Path | None
    ) -> None:
        self.spec, self.lang, self.format, self.quiet = spec, lang, format_, quiet
        self.report, self.annotate = report, annotate

    def run(self, paths: Sequence[Path], options: dict[str, Any]) -> BatchOutcome:
        """One batch, shown."""
        from converter.cli.progress import shown
        from converter.cli.show_batch import show_batch
        from converter.cli.show_report import may_write, show_and_report
        from converter.jobs.batch import batch

        may_write(self.report)
        with shown(self.lang, quiet=self.quiet):
            outcome = batch(paths, **options)
        _log_bugs(outcome)
        text = lambda: show_batch(outcome, self.spec, self.lang, quiet=self.quiet)  # noqa: E731 - only for a person
        show_and_report(
            self.report, outcome, self.spec, self.lang, self.format,
            quiet=self.quiet, show=text, beside=lambda: self._annotated(outcome),
        )  # fmt: skip
        return outcome

    def _annotated(self, outcome: BatchOutcome) -> None:
        if self.annotate is None:
            return
        from converter.cli.show_copies import show_copies
        from converter.jobs.annotate import annotate_each

        for one, copy in annotate_each(outcome, self.annotate, spec=self.spec, lang=self.lang):
            show_copies(one, copy, self.lang, self.format, quiet=self.quiet)


def _log_bugs(outcome: BatchOutcome) -> None:
    if outcome.bugs:
        from converter.cli.log import log

        for bug in outcome.bugs:
            log(bug)


def _check_watch(**options: bool) -> None:
    """Arrival after arrival, only a ledger keeps count; what is not written must not be put away."""
    for name, is_given in options.items():
        if is_given:
            raise MisuseError("batch.watch_without", option=f"--{name.replace('_', '-')}")


def _watch(folder: Path, options: dict[str, Any], shown: _Shown) -> int:
    """Until it is stopped; never returns otherwise. One arrival that cannot be handled does not end it."""
    from converter.cli.show_batch import findings_of
    from converter.jobs.examine import folder_of
    from converter.jobs.watch import watch

    folder_of(folder)

    def told(outcome: Any) -> str:
        todo = say(Say("text.batch.watch_told", {"folder": str(folder)}), shown.lang)
        return "\n".join((*findings_of(outcome, shown.lang), todo, ""))

    def moved(source: Path, target: Path) -> None:
        words = {"input": source.name, "folder": f"{target.parent.name}/"}
        print(say(Say("text.batch.moved", words), shown.lang), file=sys.stderr)

    if not shown.quiet:
        print(say(Say("text.batch.watching", {"folder": str(folder)}), shown.lang), file=sys.stderr)
    for came in watch(folder, lambda inputs: shown.run(inputs, options), told, moved):
        if isinstance(came, Xl2JsonError):
            print(f"xl2json: {came.message(shown.lang)}", file=sys.stderr)
        sys.stdout.flush()
    return 0

"""The commands and their help, in the user's language. What they do is in `jobs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from converter.cli.batch import batch_command
from converter.cli.explain import explain_command
from converter.cli.fix import fix_command
from converter.cli.importing import import_command
from converter.cli.ledger import feedback_command, ledger, resubmit_command
from converter.cli.mail import mail
from converter.cli.options import (
    ANY_HELP,
    DEFAULT_SPEC,
    Annotate,
    Attachments,
    Date,
    DryRun,
    FileNumber,
    FirstNumber,
    Format,
    Lang,
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
    Workbook,
    argument,
    checked,
    day_of,
    language,
    ledger_of,
    number_of,
    only_without_ledger,
    option,
)
from converter.cli.specs import specs
from converter.cli.typed import as_typed
from converter.cli.verify import verify_command
from converter.cli.workbook import workbook_command

_ROOT_OPTIONS = {"-h", "--help", "--version", "--install-completion", "--show-completion"}


class _Group(TyperGroup):
    """`xl2json WORKBOOK` is `xl2json convert WORKBOOK`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in _ROOT_OPTIONS:
            args = ["convert", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_Group, rich_markup_mode=None, context_settings=ANY_HELP, no_args_is_help=True)
app.add_typer(specs, name="specs")
app.add_typer(ledger, name="ledger")
app.add_typer(mail, name="mail")


def command(lang: str) -> Any:
    """The whole command line, its help in `lang`."""
    from converter.cli.help import translated

    return as_typed(translated(typer.main.get_command(app), lang))


def sentence_of(error: Exception, lang: str) -> str | None:
    """What to say of a command line that makes no sense; None where the error is something else."""
    from converter.cli.help import usage_sentence

    return usage_sentence(error, lang) if isinstance(error, typer.BadParameter.__mro__[2]) else None


def _version(wanted: bool) -> None:
    if wanted:
        from converter import __version__

        print(f"xl2json {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, option("--version", callback=_version, is_eager=True)] = False, lang: Lang = None
) -> None:
    pass


@app.command("check")
@app.command("convert")
def _examine(
    context: typer.Context,
    workbook: Workbook,
    out: Out = None,
    attachments: Attachments = None,
    deposit: Date = None,
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
    """Both commands take the same options, so that a check is the conversion's own command with another verb."""
    from converter.cli.profile import profiled
    from converter.cli.progress import shown
    from converter.cli.show import show_outcome
    from converter.cli.show_copies import show_copies
    from converter.cli.show_report import may_write, show_and_report
    from converter.jobs.convert import check, convert
    from converter.jobs.settings import find_settings
    from converter.parcel.numbers import last_number
    from converter.spec.load import load_spec

    checked(format_, lang)
    may_write(report)
    spec = load_spec(spec_name)
    settings = find_settings(workbook, spec)
    where = ledger_of(ledger, no_ledger, settings.ledger)
    if where is not None:
        only_without_ledger(first_number, file_number, replace)
    first = number_of("--first-number", first_number or "1", last_number(spec))
    file = number_of("--file-number", file_number or "1", spec.limits.last_file_number)
    common: Any = {"spec": spec, "attachments": attachments, "deposit": day_of(deposit), "first_number": first}
    common |= {"strict": strict, "settings": settings, "ledger": where, "same": same}
    common |= {"evidence": annotate is not None or report is not None}
    speak = language(settings.lang)
    if annotate is not None:
        from converter.jobs.copies import check_target

        check_target(workbook, annotate)
    with profiled(profile, speak), shown(speak, quiet=quiet):
        if context.info_name == "check":
            outcome = check(workbook, **common)
        else:
            common |= {"out": out, "file_number": file, "partial": partial, "dry_run": dry_run}
            outcome = convert(workbook, **common, loose=not no_loose, replace=replace, lang=speak)

    def beside() -> None:
        copy = None
        if annotate is not None:
            from converter.jobs.annotate import annotate as write_annotated

            copy = write_annotated(workbook, annotate, outcome, spec=spec, lang=speak)
        show_copies(outcome, copy, speak, format_, quiet=quiet)

    text = lambda: show_outcome(outcome, spec, speak, quiet=quiet)  # noqa: E731 - only where a person reads it
    show_and_report(report, outcome, spec, speak, format_, quiet=quiet, show=text, beside=beside)
    return outcome.exit_code


@app.command("template")
def _template(
    target: Annotated[Path, argument("OUT.xlsx")],
    example: Annotated[bool, option("--example")] = False,
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    from converter.cli.show import show_template
    from converter.jobs.template import template

    checked(format_, lang)
    made = template(target, spec=spec_name, lang=language(), example=example)
    show_template(target, made, language(), format_, quiet=quiet)


app.command("workbook")(workbook_command)
app.command("batch")(batch_command)
app.command("verify")(verify_command)
app.command("explain")(explain_command)
app.command("fix")(fix_command)
app.command("feedback")(feedback_command)
app.command("resubmit")(resubmit_command)
app.command("import")(import_command)

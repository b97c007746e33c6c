"""The commands and their help, in the user's language. What they do is in `jobs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from converter.cli.options import (
    ANY_HELP,
    DEFAULT_SPEC,
    Format,
    Lang,
    Out,
    Quiet,
    SpecName,
    Workbook,
    argument,
    checked,
    day_of,
    language,
    number_of,
    option,
)
from converter.cli.specs import specs

_ROOT_OPTIONS = {"-h", "--help", "--version", "--install-completion", "--show-completion"}


class _Group(TyperGroup):
    """`xl2json WORKBOOK` is `xl2json convert WORKBOOK`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in _ROOT_OPTIONS:
            args = ["convert", *args]
        return super().parse_args(ctx, args)


Attachments = Annotated[Path | None, option("-a", "--attachments", metavar="DIR")]
Date = Annotated[str | None, option("--date", metavar="AAAA-MM-JJ")]
FirstNumber = Annotated[str, option("--first-number", metavar="N")]
FileNumber = Annotated[str, option("--file-number", metavar="N")]
Strict = Annotated[bool, option("--strict")]
Partial = Annotated[bool, option("--partial")]
DryRun = Annotated[bool, option("-n", "--dry-run")]
NoLoose = Annotated[bool, option("--no-loose")]
Replace = Annotated[bool, option("--replace")]
NoLedger = Annotated[bool, option("--no-ledger")]

app = typer.Typer(cls=_Group, rich_markup_mode=None, context_settings=ANY_HELP, no_args_is_help=True)
app.add_typer(specs, name="specs")


def command(lang: str) -> Any:
    """The whole command line, its help in `lang`."""
    from converter.cli.help import translated

    return translated(typer.main.get_command(app), lang)


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
    no_ledger: NoLedger = False,
    first_number: FirstNumber = "1",
    file_number: FileNumber = "1",
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    """Both commands take the same options, so that a check is the conversion's own command with another verb."""
    from converter.cli.show import show_json, show_outcome
    from converter.jobs.convert import check, convert
    from converter.jobs.settings import find_settings
    from converter.spec.load import load_spec

    checked(format_, lang)
    spec = load_spec(spec_name)
    settings = find_settings(workbook, spec)
    first = number_of("--first-number", first_number, 10 ** spec.number.form.lengths[0] - 1 if spec.number.form else 1)
    file = number_of("--file-number", file_number, spec.limits.last_file_number)
    common: Any = {"spec": spec, "attachments": attachments, "deposit": day_of(deposit), "first_number": first}
    common |= {"strict": strict, "settings": settings}
    if context.info_name == "check":
        outcome = check(workbook, **common)
    else:
        outcome = convert(
            workbook, **common, out=out, file_number=file, partial=partial, dry_run=dry_run, loose=not no_loose,
            replace=replace,
        )  # fmt: skip
    speak = language(settings.lang)
    if format_ == "json":
        show_json(outcome.as_dict(speak))
    else:
        show_outcome(outcome, spec, speak, quiet=quiet)
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

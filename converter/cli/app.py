"""The commands and their help, in the user's language. What they do is in `jobs`."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from converter.errors import MisuseError
from converter.wording import LANGUAGES

_FORMATS = ("text", "json")
_ROOT_OPTIONS = {"-h", "--help", "--version", "--install-completion", "--show-completion"}
_ANY_HELP = {"help_option_names": ["-h", "--help"]}


class _Group(TyperGroup):
    """`xl2json WORKBOOK` is `xl2json convert WORKBOOK`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in _ROOT_OPTIONS:
            args = ["convert", *args]
        return super().parse_args(ctx, args)


def _option(*names: str, **more: Any) -> Any:
    return typer.Option(*names, show_default=False, **more)


Workbook = Annotated[Path, typer.Argument(metavar="WORKBOOK", show_default=False)]
Format = Annotated[str, _option("--format", metavar="text|json")]
Lang = Annotated[str | None, _option("--lang", metavar="fr|en")]
Quiet = Annotated[bool, _option("-q", "--quiet")]
Out = Annotated[Path | None, _option("-o", "--out", metavar="DIR")]
Attachments = Annotated[Path | None, _option("-a", "--attachments", metavar="DIR")]
Date = Annotated[str | None, _option("--date", metavar="AAAA-MM-JJ")]
SpecName = Annotated[str, _option("--spec", metavar="NAME|FILE")]
FirstNumber = Annotated[str, _option("--first-number", metavar="N")]
FileNumber = Annotated[str, _option("--file-number", metavar="N")]
Strict = Annotated[bool, _option("--strict")]
Partial = Annotated[bool, _option("--partial")]
DryRun = Annotated[bool, _option("-n", "--dry-run")]
NoLoose = Annotated[bool, _option("--no-loose")]
Replace = Annotated[bool, _option("--replace")]
NoLedger = Annotated[bool, _option("--no-ledger")]

_DEFAULT_SPEC = "rad-ris-va1-avance"
app = typer.Typer(cls=_Group, rich_markup_mode=None, context_settings=_ANY_HELP, no_args_is_help=True)
specs = typer.Typer(rich_markup_mode=None, context_settings=_ANY_HELP, invoke_without_command=True)
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
    version: Annotated[bool, _option("--version", callback=_version, is_eager=True)] = False, lang: Lang = None
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
    spec_name: SpecName = _DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    """Both commands take the same options, so that a check is the conversion's own command with another verb."""
    from converter.cli.show import show_json, show_outcome
    from converter.jobs.convert import check, convert
    from converter.jobs.settings import find_settings
    from converter.spec.load import load_spec

    _checked(format_, lang)
    spec = load_spec(spec_name)
    settings = find_settings(workbook, spec)
    first = _number("--first-number", first_number, 10 ** spec.number.form.lengths[0] - 1 if spec.number.form else 1)
    file = _number("--file-number", file_number, spec.limits.last_file_number)
    common: Any = {"spec": spec, "attachments": attachments, "deposit": _date(deposit), "first_number": first}
    common |= {"strict": strict, "settings": settings}
    if context.info_name == "check":
        outcome = check(workbook, **common)
    else:
        outcome = convert(
            workbook, **common, out=out, file_number=file, partial=partial, dry_run=dry_run, loose=not no_loose,
            replace=replace,
        )  # fmt: skip
    speak = _language(settings.lang)
    if format_ == "json":
        show_json(outcome.as_dict(speak))
    else:
        show_outcome(outcome, spec, speak, quiet=quiet)
    return outcome.exit_code


@app.command("template")
def _template(
    target: Annotated[Path, typer.Argument(metavar="OUT.xlsx", show_default=False)],
    example: Annotated[bool, _option("--example")] = False,
    spec_name: SpecName = _DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    from converter.cli.show import show_template
    from converter.jobs.template import template

    _checked(format_, lang)
    made = template(target, spec=spec_name, lang=_language(), example=example)
    show_template(target, made, _language(), format_, quiet=quiet)


@specs.callback()
def _specs(context: typer.Context, format_: Format = "text", lang: Lang = None, quiet: Quiet = False) -> None:
    if context.invoked_subcommand is None:
        _specs_list(format_, lang, quiet)


@specs.command("list")
def _specs_list(format_: Format = "text", lang: Lang = None, quiet: Quiet = False) -> None:
    from converter.cli import show_specs

    _checked(format_, lang)
    show_specs.listing(_language(), format_)


SpecArgument = Annotated[str, typer.Argument(metavar="[NAME|FILE]", show_default=False)]


@specs.command("show")
def _specs_show(
    name: SpecArgument = _DEFAULT_SPEC, format_: Format = "text", lang: Lang = None, quiet: Quiet = False
) -> None:
    from converter.cli import show_specs

    _checked(format_, lang)
    show_specs.fields(name, _language(), format_)


@specs.command("schema")
def _specs_schema(
    name: SpecArgument = _DEFAULT_SPEC, format_: Format = "text", lang: Lang = None, quiet: Quiet = False
) -> None:
    from converter.cli import show_specs

    _checked(format_, lang)
    show_specs.schema(name)


@specs.command("check")
def _specs_check(
    file: Annotated[str, typer.Argument(metavar="FILE", show_default=False)],
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    from converter.cli import show_specs

    _checked(format_, lang)
    return show_specs.problems(file, _language(), format_)


@specs.command("compare")
def _specs_compare(
    model: Annotated[Path, typer.Argument(metavar="MODEL.json", show_default=False)],
    spec_name: SpecName = _DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    from converter.cli import show_specs

    _checked(format_, lang)
    return show_specs.comparison(model, spec_name, _language(), format_)


def _language(from_settings: str | None = None) -> str:
    import os

    from converter.cli.language import ARGUMENTS, language

    return language(ARGUMENTS.get(), os.environ, from_settings)


def _checked(format_: str, lang: str | None) -> None:
    for name, value, known in (("--format", format_, _FORMATS), ("--lang", lang, (*LANGUAGES, None))):
        if value not in known:
            raise MisuseError("cli.bad_word", name=name, value=value, known=tuple(one for one in known if one))


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise MisuseError("cli.bad_date", value=text)


def _number(name: str, text: str, most: int) -> int:
    if re.fullmatch(r"[0-9]{1,9}", text) and 1 <= int(text) <= most:
        return int(text)
    raise MisuseError("cli.bad_number", name=name, value=text, least=1, most=most)

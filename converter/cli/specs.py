"""`xl2json specs …`: thin; what is shown is in `show_specs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from converter.cli.options import ANY_HELP, DEFAULT_SPEC, Format, Lang, Quiet, SpecName, argument, checked, language

specs = typer.Typer(rich_markup_mode=None, context_settings=ANY_HELP, invoke_without_command=True)


@specs.callback()
def _specs(context: typer.Context, format_: Format = "text", lang: Lang = None, quiet: Quiet = False) -> None:
    if context.invoked_subcommand is None:
        _specs_list(format_, lang, quiet)


@specs.command("list")
def _specs_list(format_: Format = "text", lang: Lang = None, quiet: Quiet = False) -> None:
    from converter.cli import show_specs

    checked(format_, lang)
    show_specs.listing(language(), format_)


SpecArgument = Annotated[str, argument("[NAME|FILE]")]


@specs.command("show")
def _specs_show(
    name: SpecArgument = DEFAULT_SPEC, format_: Format = "text", lang: Lang = None, quiet: Quiet = False
) -> None:
    from converter.cli import show_specs

    checked(format_, lang)
    show_specs.fields(name, language(), format_)


@specs.command("schema")
def _specs_schema(
    name: SpecArgument = DEFAULT_SPEC, format_: Format = "text", lang: Lang = None, quiet: Quiet = False
) -> None:
    from converter.cli import show_specs

    checked(format_, lang)
    show_specs.schema(name)


@specs.command("check")
def _specs_check(
    file: Annotated[str, argument("FILE")],
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    from converter.cli import show_specs

    checked(format_, lang)
    return show_specs.problems(file, language(), format_)


@specs.command("compare")
def _specs_compare(
    model: Annotated[Path, argument("MODEL.json")],
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    from converter.cli import show_specs

    checked(format_, lang)
    return show_specs.comparison(model, spec_name, language(), format_)

"""`xl2json ledger …`, `feedback`, `resubmit`: thin; what is shown is in `show_ledger`."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from converter.cli.options import (
    ANY_HELP,
    DEFAULT_SPEC,
    Format,
    Lang,
    Out,
    Quiet,
    Report,
    SpecName,
    Where,
    argument,
    checked,
    language,
    ledger_near,
    option,
)
from converter.errors import MisuseError

ledger = typer.Typer(rich_markup_mode=None, context_settings=ANY_HELP, no_args_is_help=True)

Siret = Annotated[str | None, option("--siret", metavar="SIRET")]


@ledger.command("list")
def _list(
    state: Annotated[str | None, option("--state", metavar="STATE")] = None,
    where: Where = None,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    from converter.cli.show_ledger import show_listing
    from converter.jobs.ledger import listing
    from converter.spec.load import load_spec

    checked(format_, lang)
    share = load_spec(DEFAULT_SPEC).advance.share
    show_listing(listing(ledger_near(where), state=state), language(), format_, share)


@ledger.command("show")
def _show(
    demande: Annotated[str, argument("DEMANDE")],
    where: Where = None,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    from converter.cli.show_ledger import show_story
    from converter.jobs.ledger import show

    checked(format_, lang)
    show_story(*show(ledger_near(where), demande), language(), format_)


@ledger.command("mark")
def _mark(
    state: Annotated[str, argument("STATE")],
    what: Annotated[str, argument("FILE|NUMERO")],
    siret: Siret = None,
    where: Where = None,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    from converter.cli.show_ledger import show_listing
    from converter.jobs.ledger import mark

    checked(format_, lang)
    marked = mark(ledger_near(where), state, what, siret=siret)
    if format_ == "json" or not quiet:
        show_listing(marked, language(), format_)


@ledger.command("import")
def _import(
    deposits: Annotated[list[Path], argument("FILE.json…")],
    where: Where = None,
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    from converter.cli.show_ledger import show_imported
    from converter.jobs.ledger import take_in
    from converter.spec.load import load_spec

    checked(format_, lang)
    taken = take_in(ledger_near(where), deposits, spec=load_spec(spec_name))
    show_imported(taken, language(), format_, quiet=quiet)
    return int(any(one.severity == "error" for file in taken for one in file.contradictions))


@ledger.command("export")
def _export(
    target: Annotated[Path, option("-o", "--out", metavar="OUT.xlsx|OUT.csv")],
    month: Annotated[str | None, option("--month", metavar="AAAA-MM")] = None,
    where: Where = None,
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    from converter.cli.show_ledger import show_exported
    from converter.jobs.ledger import export
    from converter.spec.load import load_spec

    checked(format_, lang)
    if month is not None and not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month):
        raise MisuseError("cli.bad_month", value=month)
    spec = load_spec(spec_name)
    exported = export(ledger_near(where), target, month=month, spec=spec, lang=language())
    show_exported(exported, spec, language(), format_, quiet=quiet)
    return int(not exported.is_whole)


def feedback_command(
    answer: Annotated[Path, argument("RETURNED.json")],
    workbooks: Annotated[list[Path] | None, option("--workbook", metavar="WORKBOOK")] = None,
    out: Out = None,
    report: Report = None,
    where: Where = None,
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    """Read the agency's answer back."""
    from converter.cli.show_ledger import show_feedback
    from converter.cli.show_report import may_write, show_and_report
    from converter.jobs.feedback import feedback
    from converter.spec.load import load_spec

    checked(format_, lang)
    may_write(report)
    spec = load_spec(spec_name)
    near = [*(workbooks or ()), answer]
    done = feedback(
        answer,
        ledger=ledger_near(where, *near),
        workbooks=workbooks or (),
        out=out,
        spec=spec,
        lang=language(),
    )
    show = partial(show_feedback, done, language(), quiet=quiet)
    show_and_report(report, done, spec, language(), format_, quiet=quiet, show=show)
    return done.exit_code


def resubmit_command(
    target: Annotated[Path, option("-o", "--out", metavar="OUT.xlsx")],
    where: Where = None,
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """Write a workbook of the rejected requests."""
    from converter.cli.show_ledger import show_resubmitted
    from converter.jobs.resubmit import resubmit
    from converter.spec.load import load_spec

    checked(format_, lang)
    made = resubmit(target, ledger=ledger_near(where), spec=load_spec(spec_name), lang=language())
    show_resubmitted(made, language(), format_, quiet=quiet)

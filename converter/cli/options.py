"""The options that several commands share, and reading what they were given."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from converter.errors import MisuseError
from converter.wording import LANGUAGES

_FORMATS = ("text", "json")
DEFAULT_SPEC = "rad-ris-va1-avance"
ANY_HELP = {"help_option_names": ["-h", "--help"]}


def option(*names: str, **more: Any) -> Any:
    """An option whose default is not shown: the help text says it."""
    return typer.Option(*names, show_default=False, **more)


def argument(metavar: str) -> Any:
    """An argument, shown as `metavar`."""
    return typer.Argument(metavar=metavar, show_default=False)


Workbook = Annotated[Path, argument("WORKBOOK")]
Format = Annotated[str, option("--format", metavar="text|json")]
Lang = Annotated[str | None, option("--lang", metavar="fr|en")]
Quiet = Annotated[bool, option("-q", "--quiet")]
Out = Annotated[Path | None, option("-o", "--out", metavar="DIR")]
Where = Annotated[str | None, option("--ledger", metavar="PATH|URL")]
Report = Annotated[Path | None, option("--report", metavar="FILE.html")]
NoLedger = Annotated[bool, option("--no-ledger")]
SpecName = Annotated[str, option("--spec", metavar="NAME|FILE")]
Attachments = Annotated[Path | None, option("-a", "--attachments", metavar="DIR")]
Date = Annotated[str | None, option("--date", metavar="AAAA-MM-JJ")]
FirstNumber = Annotated[str | None, option("--first-number", metavar="N")]
FileNumber = Annotated[str | None, option("--file-number", metavar="N")]
Strict = Annotated[bool, option("--strict")]
Partial = Annotated[bool, option("--partial")]
DryRun = Annotated[bool, option("-n", "--dry-run")]
NoLoose = Annotated[bool, option("--no-loose")]
Replace = Annotated[bool, option("--replace")]
Annotate = Annotated[Path | None, option("--annotate", metavar="FILE.xlsx")]
Same = Annotated[bool, option("--same")]
Profile = Annotated[bool, option("--profile")]
MappingFile = Annotated[Path | None, option("--mapping", metavar="M.toml")]


def language(from_settings: str | None = None) -> str:
    """The language to speak."""
    import os

    from converter.cli.language import ARGUMENTS, language

    return language(ARGUMENTS.get(), os.environ, from_settings)


def ledger_of(typed: str | None, without: bool, from_settings: str | None = None) -> str | None:
    """Where the ledger is: as typed, as set, or the user's own; None where none is wanted."""
    import platformdirs

    if without and typed:
        raise MisuseError("ledger.both")
    if without:
        return None
    folder = Path(platformdirs.user_data_dir("xl2json", appauthor=False))
    return typed or from_settings or str(folder / "ledger.sqlite")


def ledger_near(typed: str | None, *places: Path) -> str:
    """Where the ledger is, for a command without a workbook of its own: as typed, or as the settings near `places`
    (or the working folder) say, else the user's own.
    """
    import os

    from converter.jobs.settings import find_settings
    from converter.spec.load import load_spec

    where = typed or os.environ.get("XL2JSON_LEDGER")
    if where is None:
        spec = load_spec()
        near = (find_settings(place, spec).ledger for place in (*places, Path("here")))
        where = next(filter(None, near), None)
    return ledger_of(where, without=False) or ""


def checked(format_: str, lang: str | None) -> None:
    """Raise MisuseError where `--format` or `--lang` is none that there is."""
    for name, value, known in (("--format", format_, _FORMATS), ("--lang", lang, (*LANGUAGES, None))):
        if value not in known:
            raise MisuseError("cli.bad_word", name=name, value=value, known=tuple(one for one in known if one))


def day_of(text: str | None) -> date | None:
    """The day that `--date` names."""
    if text is None:
        return None
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise MisuseError("cli.bad_date", value=text)


def number_of(name: str, text: str, most: int) -> int:
    """The number that an option was given, from 1 to `most`."""
    if re.fullmatch(r"[0-9]{1,9}", text) and 1 <= int(text) <= most:
        return int(text)
    raise MisuseError("cli.bad_number", name=name, value=text, least=1, most=most)


def only_without_ledger(first_number: str | None, file_number: str | None, replace: bool) -> None:
    """Raise MisuseError where one of these is given: the ledger counts by itself, and two would count differently."""
    given = {"--first-number": first_number, "--file-number": file_number, "--replace": replace or None}
    for name, value in given.items():
        if value is not None:
            raise MisuseError("ledger.without", option=name)

"""`xl2json fix`: the safe repairs made in a copy, all of them or those that the person wants."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from converter.cli.options import (
    DEFAULT_SPEC,
    Format,
    Lang,
    Quiet,
    SpecName,
    Workbook,
    checked,
    language,
    option,
)
from converter.errors import MisuseError
from converter.wording import Say, say

if TYPE_CHECKING:  # openpyxl: not for every command's help
    from converter.workbook.repaired import Repair


def fix_command(
    workbook: Workbook,
    target: Annotated[Path, option("-o", "--out", metavar="OUT.xlsx")],
    interactive: Annotated[bool, option("--interactive")] = False,
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """Write the copy and list what was put right."""
    from converter.cli.show import plain, show_json
    from converter.cli.show_copies import tell
    from converter.jobs.fix import fix
    from converter.spec.load import load_spec

    checked(format_, lang)
    if interactive and not sys.stdin.isatty():
        raise MisuseError("fix.no_terminal")
    speak = language()
    choose = partial(_wanted, lang=speak) if interactive else tuple
    made = fix(workbook, target, spec=load_spec(spec_name), lang=speak, choose=choose)
    if format_ == "json":
        show_json(made.as_dict())
    else:
        for one in made.repairs if not quiet else ():
            print(plain(_said("line", one, speak)))
        key = "done" if made.repairs else "none"
        print(_say(key, speak, name=made.output, count=len(made.repairs)))
    tell(made.notes, speak, quiet=quiet)


def _wanted(repairs: Sequence[Repair], lang: str) -> Sequence[Repair]:
    """Those of `repairs` that the person wants, asked one by one, those of a kind together."""
    wanted: set[int] = set()
    numbered = sorted(enumerate(repairs), key=lambda one: (one[1].kind, one[0]))
    for kind, some in groupby(numbered, key=lambda one: one[1].kind):
        print(_say(f"kind.{kind}", lang), file=sys.stderr)
        wanted |= {number for number, one in some if _is_wanted(one, lang)}
    return [one for number, one in enumerate(repairs) if number in wanted]


def _is_wanted(repair: Repair, lang: str) -> bool:
    """The answer, in whatever words a cell may say yes or no; an empty one is yes."""
    from converter.cli.show import plain
    from converter.values import FAULTY, Form, parser_of

    while True:
        typed = typer.prompt(plain(_said("question", repair, lang)), default=say(Say("word.yes"), lang), err=True)
        answer = parser_of(Form(kind="yesno"))(typed).value
        if answer is not FAULTY:
            return bool(answer)
        print(_say("unclear", lang), file=sys.stderr)


def _said(key: str, repair: Repair, lang: str) -> str:
    place = repair.place
    return _say(key, lang, sheet=place.sheet, cell=place.cell, field=place.field, old=repair.old, new=repair.new)


def _say(key: str, lang: str, **words: object) -> str:
    return say(Say(f"text.fix.{key}", words), lang)

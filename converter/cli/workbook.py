"""`xl2json workbook`: the way back from a JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from converter.cli.options import DEFAULT_SPEC, Format, Lang, Quiet, SpecName, argument, checked, language, option
from converter.wording import Say, say

_MOST_PATHS = 20  # of what had no column


def workbook_command(
    deposit_json: Annotated[Path, argument("FILE.json")],
    target: Annotated[Path, option("-o", "--out", metavar="OUT.xlsx")],
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """Write the workbook and say what is in it."""
    from converter.cli.show import show_json
    from converter.jobs.workbook import workbook
    from converter.spec.load import load_spec

    checked(format_, lang)
    speak = language()
    made = workbook(deposit_json, target, spec=load_spec(spec_name), lang=speak)
    if format_ == "json":
        show_json({"workbook": str(made.workbook), "requests": made.requests})
    elif not quiet:
        print(_say("done", speak, name=made.workbook, requests=_requests(made.requests, speak)))
        print(_say("attachments", speak))
    if made.left_out and not quiet:
        shown = made.left_out[:_MOST_PATHS] + ("…",) * (len(made.left_out) > _MOST_PATHS)
        print(_say("left_out", speak, paths=shown), file=sys.stderr)


def _say(key: str, lang: str, **words: object) -> str:
    return say(Say(f"text.way_back.{key}", words), lang)


def _requests(count: int, lang: str) -> str:
    key = {0: "requests_none", 1: "requests_one"}.get(count, "requests")
    return say(Say(f"text.{key}", {"count": count}), lang)

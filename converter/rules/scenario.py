"""B2, S3, S4: answers that do not go together, and the profiles that answers ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from converter.cells import fold
from converter.findings import Finding
from converter.request import Request, parts_of
from converter.rules.context import Context
from converter.spec.model import Rule
from converter.values import FAULTY
from converter.wording import Say


def not_both(rule: Rule, context: Context, request: Request) -> Iterator[Finding]:
    """Not all of `fields` are true."""
    if all(request.value(path) is True for path in rule.options["fields"]):
        say = Say("say.answers.both", {"names": _names(rule)})
        yield request.finding(rule.id, "warning", say, request.place(rule.options["at"]))


def one_yes(rule: Rule, context: Context, request: Request) -> Iterator[Finding]:
    """At least one of `fields` is true."""
    if all(request.value(path) is False for path in rule.options["fields"]):
        say = Say("say.answers.none", {"names": _names(rule)})
        yield request.finding(rule.id, "warning", say, request.place(rule.options["fields"][0]))


def _names(rule: Rule) -> tuple[str, ...]:
    return tuple(parts_of(path)[1] for path in rule.options["fields"])


def profiles(rule: Rule, context: Context, requests: list[Request]) -> Iterator[Finding]:
    """Each answer that needs a profile finds it among the software's own; where those are blank, one word says so."""
    name = parts_of(rule.options["field"])[1]
    held, needs = context.header.values.get(name), rule.options["needs"]
    place = context.header.place(name) if context.header.origin is not None else None
    place = place if place and place.field == name else None
    if held is FAULTY:
        return
    if not held:
        yield Finding(rule=rule.id, severity="info", say=Say("say.profile.unchecked"), place=place)
        return
    known = {fold(need["profile"]) for need in needs}
    for label in held:
        if fold(label) not in known:
            say = Say("say.profile.unknown", {"known": tuple(need["profile"] for need in needs)})
            yield Finding(rule=rule.id, severity="warning", say=say, place=place, value=label)
    missing = [need for need in needs if fold(need["profile"]) not in {fold(label) for label in held}]
    for request in requests:
        yield from _needed(rule, missing, request, context.spec.header.sheet)


def _needed(rule: Rule, missing: list[dict[str, Any]], request: Request, sheet: str) -> Iterator[Finding]:
    for need in missing:
        value = request.value(need["field"])
        if value is not None and value is not FAULTY and value == need["is"]:
            column, name = parts_of(rule.options["field"])[1], parts_of(need["field"])[1]
            words = {"sheet": sheet, "column": column, "profile": need["profile"], "name": name}
            shown = Say("word.yes") if value is True else value
            say = Say("say.profile.missing", {**words, "answer": shown})
            yield request.finding(rule.id, "error", say, request.place(need["field"]), None if value is True else value)

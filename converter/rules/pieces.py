"""P1, P2, P3: which pieces a request must have. What is in the files is looked at when they are gathered (`parcel`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from converter.findings import Finding
from converter.request import Item, Request, key_place
from converter.rules.context import Context
from converter.spec.model import Rule
from converter.values import FAULTY
from converter.wording import Say


def piece_needed(rule: Rule, context: Context, request: Request) -> Iterator[Finding]:
    """At least one piece of that `code`; nothing is said while a piece's own kind is in doubt."""
    kinds = _kinds(rule, request)
    if rule.options["code"] not in kinds and _known(kinds) and _block(rule) in request.items:
        say = Say("say.piece.missing", {"code": rule.options["code"], "sheet": context.spec.block(_block(rule)).sheet})
        yield request.finding(rule.id, "error", say, key_place(request, context.spec), request.demande)


def piece_if(rule: Rule, context: Context, request: Request) -> Iterator[Finding]:
    """A piece of that `code` where `when` is `is`, and none elsewhere."""
    answer, kinds = request.value(rule.options["when"]), _kinds(rule, request)
    if not isinstance(answer, str) or _block(rule) not in request.items:
        return
    words = {"code": rule.options["code"], "is": rule.options["is"], "sheet": context.spec.block(_block(rule)).sheet}
    wanted, there = answer == rule.options["is"], rule.options["code"] in kinds
    place = request.place(rule.options["when"])
    if wanted and not there and _known(kinds):
        yield request.finding(rule.id, "error", Say("say.piece.missing_if", words), place, answer)
    elif there and not wanted:
        yield request.finding(rule.id, "warning", Say("say.piece.needless", words), place, answer)


def once_each(rule: Rule, context: Context, request: Request) -> Iterator[Finding]:
    """At most one piece of each kind."""
    seen: dict[str, Item] = {}
    for item in request.items.get(_block(rule), ()):
        kind = item.values[_name(rule)]
        if isinstance(kind, str) and kind in seen:
            say = Say("say.piece.twice", {"first": seen[kind].rows[0]})
            yield request.finding(rule.id, "error", say, item.place(_name(rule)), kind)
        elif isinstance(kind, str):
            seen[kind] = item


def _kinds(rule: Rule, request: Request) -> list[Any]:
    return [item.values[_name(rule)] for item in request.items.get(_block(rule), ())]


def _known(kinds: list[Any]) -> bool:
    return all(kind is not FAULTY and kind is not None for kind in kinds)


def _block(rule: Rule) -> str:
    return str(rule.options["field"].partition(".")[0])


def _name(rule: Rule) -> str:
    return str(rule.options["field"].partition(".")[2])

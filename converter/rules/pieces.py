"""P1, P2, P3: which pieces a request must have. What is in the files is looked at when they are gathered (`parcel`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from converter.findings import Finding
from converter.request import Item, Request, key_place, parts_of
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
    wanted, there = answer == rule.options["is"], rule.options["code"] in kinds
    if wanted == there:
        return
    words = {"code": rule.options["code"], "is": rule.options["is"], "sheet": context.spec.block(_block(rule)).sheet}
    place = request.place(rule.options["when"])
    if wanted and _known(kinds):
        yield request.finding(rule.id, "error", Say("say.piece.missing_if", words), place, answer)
    elif there:
        yield request.finding(rule.id, "warning", Say("say.piece.needless", words), place, answer)


def once_each(rule: Rule, context: Context, request: Request) -> Iterator[Finding]:
    """At most one piece of each kind."""
    seen: dict[str, Item] = {}
    for item in request.items.get(_block(rule), ()):
        kind = item.values[_name(rule)]
        if isinstance(kind, str) and kind in seen:
            say = Say("say.piece.twice", {"first": seen[kind].row})
            yield request.finding(rule.id, "error", say, item.place(_name(rule)), kind)
        elif isinstance(kind, str):
            seen[kind] = item


def _kinds(rule: Rule, request: Request) -> list[Any]:
    block, name = parts_of(rule.options["field"])
    return [item.values[name] for item in request.items.get(block, ())]


def _known(kinds: list[Any]) -> bool:
    return FAULTY not in kinds and None not in kinds


def _block(rule: Rule) -> str:
    return parts_of(rule.options["field"])[0]


def _name(rule: Rule) -> str:
    return parts_of(rule.options["field"])[1]

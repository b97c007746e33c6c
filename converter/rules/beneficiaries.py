"""B3, B7, B14, B15: who the request is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from converter.findings import Finding
from converter.request import Item, Request, key_place
from converter.rules.context import Context
from converter.spec.model import Rule
from converter.values import FAULTY
from converter.wording import Say


def filled_only_if(rule: Rule, context: Context, request: Request) -> Iterator[Finding]:
    """All `fields` are filled where every `yes` is true and every `no` is false; else all are blank."""
    yes = [request.value(path) for path in rule.options["yes"]]
    no = [request.value(path) for path in rule.options["no"]]
    if not all(isinstance(answer, bool) for answer in (*yes, *no)):
        return
    wanted = all(yes) and not any(no)
    words = {"yes": _names(rule.options["yes"]), "no": _names(rule.options["no"])}
    for path in rule.options["fields"]:
        value = request.value(path)
        if wanted and value is None:
            say = Say("say.filled.missing", {**words, "name": _name(path)})
            yield request.finding(rule.id, "error", say, request.place(path))
        elif not wanted and value is not None and value is not FAULTY:
            say = Say("say.filled.superfluous", {**words, "name": _name(path)})
            yield request.finding(rule.id, "error", say, request.place(path), value)


def _names(paths: list[str]) -> tuple[str, ...]:
    return tuple(_name(path) for path in paths)


def _name(path: str) -> str:
    return path.partition(".")[2]


def any_row(rule: Rule, context: Context, request: Request) -> Iterator[Finding]:
    """At least one row in one of `blocks`."""
    blocks = rule.options["blocks"]
    readable = all(block in request.items for block in blocks)  # else the sheet's structure has been reported
    if readable and not any(request.items[block] for block in blocks):
        sheets = tuple(context.spec.block(block).sheet for block in blocks)
        place = key_place(request, context.spec)
        yield request.finding(rule.id, "error", Say("say.beneficiary.none", {"sheets": sheets}), place, request.demande)


def single(rule: Rule, context: Context, request: Request) -> Iterator[Finding]:
    """Where `field` is true, the items of `block` have one number between them."""
    block = context.spec.block(rule.options["block"])
    numbers = {item.values[block.merge_by or ""] for item in request.items.get(block.id, ())} - {None, FAULTY}
    if request.value(rule.options["field"]) is True and len(numbers) > 1:
        words = {
            "name": _name(rule.options["field"]),
            "sheet": block.sheet,
            "count": len(numbers),
            "column": block.merge_by,
        }
        yield request.finding(
            rule.id, "warning", Say("say.beneficiary.several", words), request.place(rule.options["field"])
        )


def shared(rule: Rule, context: Context, requests: list[Request]) -> Iterator[Finding]:
    """The same number, or the same combination of `fields`, in two requests; told at the later one."""
    block, names = rule.options["fields"][0].partition(".")[0], _names(rule.options["fields"])
    first: dict[Any, str] = {}
    for request in requests:
        seen: set[Any] = set()
        for item in request.items.get(block, ()):
            for number, element in _numbers(item, names):
                owner = first.setdefault(number, request.demande)
                if owner != request.demande and number not in seen:
                    seen.add(number)
                    say = Say("say.beneficiary.shared", {"other": owner, "number": " / ".join(number)})
                    place = item.place(names[-1], element)
                    yield request.finding(rule.id, "warning", say, place, number[-1])


def _numbers(item: Item, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    """The item's combinations of its plain numbers with each element of its list, and the element's place in it."""
    *plain, last = (item.values[name] for name in names)
    elements = last if isinstance(last, tuple) else (last,)
    for at, element in enumerate(elements):
        number = (*plain, element)
        if all(isinstance(part, str) for part in number):
            yield number, at

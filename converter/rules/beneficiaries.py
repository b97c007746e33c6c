"""B3, B7, B14, B15: who the request is for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from converter.findings import Finding
from converter.request import Item, Request, key_place, parts_of
from converter.rules.context import Context
from converter.spec.model import Rule, Spec
from converter.values import FAULTY
from converter.wording import Say

_TOGETHER = " / "
_LONGEST = 32  # characters of any number that stands for somebody


def filled_only_if(rule: Rule, context: Context, request: Request) -> Iterator[Finding]:
    """All `fields` are filled where every `yes` is true and every `no` is false; else all are blank."""
    yes = [request.value(path) for path in rule.options["yes"]]
    no = [request.value(path) for path in rule.options["no"]]
    if [answer for answer in (*yes, *no) if not isinstance(answer, bool)]:
        return
    wanted = all(yes) and not any(no)
    for path in rule.options["fields"]:
        value = request.value(path)
        if value is not FAULTY and (value is None) == wanted:
            say = Say(f"say.filled.{'missing' if wanted else 'superfluous'}", {**_words(rule), "name": _name(path)})
            yield request.finding(rule.id, "error", say, request.place(path), value)


def _words(rule: Rule) -> dict[str, tuple[str, ...]]:
    return {"yes": _names(rule.options["yes"]), "no": _names(rule.options["no"])}


def _names(paths: list[str]) -> tuple[str, ...]:
    return tuple(_name(path) for path in paths)


def _name(path: str) -> str:
    return parts_of(path)[1]


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
    block, names = _block_of(rule), _names(rule.options["fields"])
    first: dict[Any, str] = {}
    for request in requests:
        seen: set[Any] = set()
        for item in request.items.get(block, ()):
            for number, element in _numbers(item, names):
                owner = first.setdefault(number, request.demande)
                if owner != request.demande and number not in seen:
                    seen.add(number)
                    yield _shared(rule, request, item, names, element, number, owner)


def marks_of(spec: Spec, request: Request) -> frozenset[str]:
    """Whom the request is for, one text for each number that stands for someone (`tag:number`, `RPPS / AM:… / …`)."""
    found = {
        mark(names, number)
        for rule in _shared_rules(spec)
        for names in (_names(rule.options["fields"]),)
        for item in request.items.get(_block_of(rule), ())
        for number, _ in _numbers(item, names)
        if _is_plain(number)
    }
    for block in spec.blocks:
        for item in request.items.get(block.id, ()) if block.merge_by else ():
            numbers = _numbers(item, (block.merge_by or "",))
            found |= {mark((block.merge_by or "",), number) for number, _ in numbers if _is_plain(number)}
    return frozenset(found)


def _is_plain(number: tuple[str, ...]) -> bool:
    """Whether all of it can stand for somebody; a file from elsewhere may hold anything."""
    return all(part.isalnum() and len(part) <= _LONGEST for part in number)


def mark(names: tuple[str, ...], number: tuple[str, ...]) -> str:
    """How the ledger notes a number, or several that belong together."""
    return f"{_TOGETHER.join(names)}:{_TOGETHER.join(number)}"


def numbers_in(marks: Iterable[str]) -> set[tuple[str, str]]:
    """Every single number in these marks, with its tag."""
    split = (one.partition(":") for one in marks)
    return {
        pair
        for names, _, numbers in split
        for pair in zip(names.split(_TOGETHER), numbers.split(_TOGETHER), strict=True)
    }


def shared_before(spec: Spec, requests: Iterable[Request], owners: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """B15 against what the ledger knows; `owners` are the requests that each mark stands in already."""
    for rule in _shared_rules(spec):
        names = _names(rule.options["fields"])
        for request in requests:
            for item in request.items.get(_block_of(rule), ()):
                for number, element in _numbers(item, names):
                    others = (one for one in owners.get(mark(names, number), ()) if one != request.demande)
                    for other in list(others)[:1]:
                        yield _shared(rule, request, item, names, element, number, other)


def _shared_rules(spec: Spec) -> tuple[Rule, ...]:
    return tuple(rule for rule in spec.rules if rule.use == "shared")


def _block_of(rule: Rule) -> str:
    return parts_of(rule.options["fields"][0])[0]


def _shared(
    rule: Rule, request: Request, item: Item, names: tuple[str, ...], element: int, number: tuple[str, ...], other: str
) -> Finding:
    say = Say("say.beneficiary.shared", {"other": other, "number": _TOGETHER.join(number)})
    return request.finding(rule.id, "warning", say, item.place(names[-1], element), number[-1])


def _numbers(item: Item, names: tuple[str, ...]) -> list[tuple[tuple[str, ...], int]]:
    """The item's combinations of its plain numbers with each element of its list, and the element's place in it."""
    *plain, last = [item.values[name] for name in names]
    if [part for part in plain if not isinstance(part, str)]:
        return []
    elements = last if isinstance(last, tuple) else (last,)
    return [((*plain, element), at) for at, element in enumerate(elements) if isinstance(element, str)]


def client_of(request: Request, spec: Spec) -> str | None:
    """The first client that a request names."""
    names = (
        item.values.get(one.name)
        for block in spec.blocks
        if block.merge_by
        for item in request.items.get(block.id, ())
        for one in block.fields
        if one.form and one.form.kind == "name"
    )
    return next((name for name in names if isinstance(name, str)), None)

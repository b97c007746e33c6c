"""V4 and V5: what the tool makes itself, or leaves to the agency, as the file has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from converter.findings import Finding
from converter.readback.strict import shown
from converter.request import Dossier, Item
from converter.spec.model import Block, Field, Spec
from converter.wording import Say


def made(spec: Spec, dossier: Dossier) -> Iterator[Finding]:
    """What must be null or fixed and is not; lines that do not count 1, 2, 3 …, or are too many for one file."""
    yield from _of(spec.header, dossier.header, 0, None)
    most = spec.limits.requests_per_file
    for line, request in enumerate(dossier.requests, 1):
        for block, items in request.items.items():
            for item in items:
                counted = line if line <= most else 0
                yield from _of(spec.block(block), item, counted, request.demande)
    if len(dossier.requests) > most:
        request, fault = dossier.requests[most], too_many(spec, len(dossier.requests))
        name = next((one.name for one in spec.request.fields if one.made == "line"), spec.key.column)
        item = request.items[spec.request.id][0]
        value = shown(item.values.get(name))
        yield replace(fault, place=item.place(name), demande=request.demande, value=value)


def too_many(spec: Spec, lines: int) -> Finding:
    """V5: the file has so many lines, and may not."""
    most = spec.limits.requests_per_file
    say = Say("say.made.many", {"count": lines, "most": most})
    return Finding(rule="V5", severity="error", say=say, value=str(lines))


def _of(block: Block, item: Item, line: int, demande: str | None) -> Iterator[Finding]:
    for one in block.fields:
        fault = _fault(one, item, line) if one.json else None
        if fault:
            rule, say = fault
            value, place = shown(item.values[one.name]), item.place(one.name)
            yield Finding(rule=rule, severity="error", say=say, place=place, demande=demande, value=value)


def _fault(one: Field, item: Item, line: int) -> tuple[str, Say] | None:
    """The rule that a value breaks, and what to say of it; line 0 is not counted."""
    if one.made == "null" and item.values[one.name] is not None:
        return "V4", Say("say.made.null")
    if one.made == "fixed" and item.values[one.name] != one.value:
        return "V4", Say("say.made.fixed", {"expected": one.value})
    number = item.values[one.name] if one.made == "line" else line
    if line and (number != line or type(number) is not int):
        return "V5", Say("say.made.line", {"expected": line})
    return None

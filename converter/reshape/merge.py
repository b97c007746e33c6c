"""Rows that repeat the same number within one request are one item: lists join, all else must agree or be blank."""

from __future__ import annotations

from converter.findings import Finding
from converter.request import Item, Request
from converter.spec.model import Block, Field
from converter.values import FAULTY
from converter.wording import Say


def merged(items: list[Item], block: Block, request: Request) -> tuple[list[Item], list[Finding]]:
    """`items` with those of one number made one, in order of appearance, and the clashes (B16, at the later cell)."""
    if len({item.values[block.merge_by or ""] for item in items}) == len(items):
        return items, []
    first: dict[str, Item] = {}
    kept: list[Item] = []
    findings: list[Finding] = []
    for item in items:
        number = item.values[block.merge_by or ""]
        if not isinstance(number, str) or number not in first:
            kept.append(item)
            if isinstance(number, str):
                first[number] = item
            continue
        for one in block.fields:
            if one.typed and one.name != block.merge_by:
                findings += _join(first[number], item, one, block, request)
        first[number].rows += item.rows
    return kept, findings


def _join(into: Item, item: Item, one: Field, block: Block, request: Request) -> list[Finding]:
    old, new = into.values[one.name], item.values[one.name]
    if new is None or (old is FAULTY and new is FAULTY):
        return []
    if one.form and one.form.many:
        _extend(into, item, one.name)
    elif old is None or old is FAULTY:
        into.values[one.name] = new if old is None else FAULTY
        into.sources = {**into.sources, one.name: item.rows[:1] if old is None else into.rows[:1]}
    elif new is not FAULTY and new != old:
        say = Say(
            "say.merge.clash",
            {
                "merge_by": block.merge_by,
                "number": item.values[block.merge_by or ""],
                "other": old,
                "first": into.row,
            },
        )
        return [request.finding(block.merge_rule, "error", say, item.place(one.name), new)]
    return []


def _extend(into: Item, item: Item, name: str) -> None:
    """Join a list; a number that several rows repeat counts once."""
    old, new = into.values[name], item.values[name]
    if not isinstance(new, tuple):
        return
    old = old if isinstance(old, tuple) else ()
    rows = into.sources.get(name, into.rows[:1] * len(old))
    added = [value for value in new if value is FAULTY or value not in old]
    into.values[name] = (*old, *added)
    into.sources = {**into.sources, name: (*rows, *(item.rows[:1] * len(added)))}

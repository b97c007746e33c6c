"""V1: the tree has the keys that the spec names, each holding a list, an object or a plain value as it should.

The first fault is the only one told: what stands behind it cannot be trusted to be what it looks like.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from converter.cells import nearest
from converter.findings import Finding, Place
from converter.spec.model import Block, Field, Spec
from converter.wording import Say

_LONGEST_KEY = 100


@dataclass(frozen=True, slots=True)
class _At:
    """A value's path in the file, and the tag it belongs to."""

    path: str
    field: str


def structure(spec: Spec, tree: Any) -> Finding | None:
    """The first structural fault of a JSON tree, None where there is none. Values do not matter."""
    return next(_node(spec, spec.header, tree, _At("$", "$")), None)


def _node(spec: Spec, block: Block, tree: Any, at: _At) -> Iterator[Finding]:
    """The faults of one object, and of all below it."""
    if not isinstance(tree, dict):
        yield _shape(at, tree, "object")
        return
    fields = {one.name: one for one in block.fields if one.json}
    yield from _keys(list(fields), tree, at)
    for name, value in tree.items():
        yield from _value(spec, fields[name], value, _At(f"{at.path}.{name}", name))


def _keys(names: list[str], tree: dict[str, Any], at: _At) -> Iterator[Finding]:
    missing = [name for name in names if name not in tree]
    for key in tree:
        if key not in names:
            shown = key[:_LONGEST_KEY]
            name = nearest(shown, missing)
            say = Say("say.structure.spelt" if name else "say.structure.extra", {"key": shown, "name": name})
            yield _fault(_At(f"{at.path}.{shown}", shown), say)
    for name in missing:
        yield _fault(_At(f"{at.path}.{name}", name), Say("say.structure.missing", {"name": name}))


def _value(spec: Spec, one: Field, value: Any, at: _At) -> Iterator[Finding]:
    block = spec.block(one.holds) if one.holds else None
    is_list = block is not None and block.is_list
    may_be_a_list = bool(one.form and one.form.many)  # a scalar or null there is the field's own rule
    if is_list and not isinstance(value, list):
        yield _shape(at, value, "list")
    elif block and is_list:
        at_each = ((_At(f"{at.path}[{index}]", at.field), element) for index, element in enumerate(value))
        yield from chain.from_iterable(_node(spec, block, element, each) for each, element in at_each)
    elif block:
        yield from () if value is None and block.rows == "optional" else _node(spec, block, value, at)
    elif isinstance(value, dict) or (isinstance(value, list) and not may_be_a_list):
        yield _shape(at, value, "value")


def _shape(at: _At, value: Any, expected: str) -> Finding:
    there = "list" if isinstance(value, list) else "object" if isinstance(value, dict) else "value"
    found = "null" if value is None else Say(f"compare.{there}")
    return _fault(at, Say("say.structure.shape", {"found": found, "ours": Say(f"compare.{expected}")}))


def _fault(at: _At, say: Say) -> Finding:
    return Finding(rule="V1", severity="error", say=say, place=Place.at_path(at.path, at.field, ()))

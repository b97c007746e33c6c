"""What differs between a line as it was sent and as it came back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from converter.feedback.read import number_of
from converter.readback.document import NotADocument
from converter.readback.lenient import tree_of, value_of
from converter.spec.model import Block, Field, Spec

_LONGEST = 200  # characters of a value that are told


def lines_of(content: bytes | None, spec: Spec) -> dict[str, Mapping[str, Any]]:
    """The lines of a JSON file by their numbers, the first of each; none where it cannot be read."""
    try:
        tree = tree_of(content or b"")
    except NotADocument:
        return {}
    lines = value_of(tree, spec.holder) if isinstance(tree, Mapping) else None
    some = [one for one in lines if isinstance(one, Mapping)] if isinstance(lines, list) else []
    return {number_of(one, spec) or "": one for one in reversed(some)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A value that differs: its path in the line, the field, which item of its block it stands in (from 0), and what
    stood there before and stands there now, in text.
    """

    path: str
    field: Field
    item: int
    old: str
    new: str


def changes(spec: Spec, block: Block, old: Any, new: Any, path: str = "", item: int = 0) -> Iterator[Change]:
    """What differs between two lines, but for what the tool and the agency fill in; numbers compare by value."""
    for one in block.fields:
        if not one.json or one.made or one.path == spec.number.path:
            continue
        there, here = (value_of(tree, one.name) if isinstance(tree, Mapping) else None for tree in (old, new))
        name = f"{path}{one.name}"
        if one.holds:
            held, pairs = spec.block(one.holds), _pairs(there, here)
            for at, (left, right) in enumerate(pairs):
                deeper = f"{name}[{at}]." if held.is_list else f"{name}."
                yield from changes(spec, held, left, right, deeper, at)
        elif there != here:
            yield Change(path=name, field=one, item=item, old=_shown(there), new=_shown(here))


def _shown(value: Any) -> str:
    if value is None or value == []:
        return "–"
    return shortened("; ".join(map(str, value)) if isinstance(value, list) else str(value))


def shortened(text: str) -> str:
    """`text` as a sentence can hold it."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _pairs(old: Any, new: Any) -> Iterable[tuple[Any, Any]]:
    left, right = (one if isinstance(one, list) else [one] for one in (old, new))
    for at in range(max(len(left), len(right))):
        yield left[at] if at < len(left) else None, right[at] if at < len(right) else None

"""What differs between a line as it was sent and as it came back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from converter.readback.document import NotADocument, parse
from converter.readback.lenient import text_of, value_of
from converter.spec.model import Block, Spec


def lines_of(content: bytes | None, spec: Spec) -> dict[str, Mapping[str, Any]]:
    """The lines of a JSON file by their numbers; none where it cannot be read."""
    try:
        tree = parse(content or b"", strict=False)
    except NotADocument:
        return {}
    holder = next(one.name for one in spec.header.fields if one.holds == spec.request.id)
    lines = value_of(tree, holder) if isinstance(tree, Mapping) else None
    some = [one for one in lines if isinstance(one, Mapping)] if isinstance(lines, list) else []
    return {text_of(value_of(one, spec.number.name)) or "": one for one in some}


def changes(spec: Spec, block: Block, old: Any, new: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """What differs between two lines, but for what the tool and the agency fill in; numbers compare by value."""
    for one in block.fields:
        if not one.json or one.made:
            continue
        there, here = (value_of(tree, one.name) if isinstance(tree, Mapping) else None for tree in (old, new))
        name = f"{path}{one.name}"
        if one.holds:
            held, pairs = spec.block(one.holds), _pairs(there, here)
            for at, (left, right) in enumerate(pairs):
                deeper = f"{name}[{at}]." if held.is_list else f"{name}."
                yield from changes(spec, held, left, right, deeper)
        elif there != here:
            yield name, str(there), str(here)


def _pairs(old: Any, new: Any) -> Iterable[tuple[Any, Any]]:
    left, right = (one if isinstance(one, list) else [one] for one in (old, new))
    for at in range(max(len(left), len(right))):
        yield left[at] if at < len(left) else None, right[at] if at < len(right) else None

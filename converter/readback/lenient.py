"""A line of a JSON as a request, whatever it holds: what cannot be understood is left out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from converter.cells import fold
from converter.request import Item, Request
from converter.spec.model import Block, Spec


def value_of(tree: Mapping[str, Any], name: str) -> Any:
    """The value under that key, be it spelt with other accents or case; None where there is none."""
    if name in tree:
        return tree[name]
    folded = fold(name)
    return next((value for key, value in tree.items() if fold(key) == folded), None)


def text_of(value: Any) -> str | None:
    """A text or a number as text without space around it; None for all else, and for a blank."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return clean(text).strip() or None


def clean(text: str) -> str:
    """`text` without signs that no database keeps."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def request_of(spec: Spec, tree: Mapping[str, Any], demande: str) -> Request:
    """The request that a line tells of, its values as they stand there."""
    request = Request(demande=demande, items={block.id: [] for block in spec.blocks})
    _read(spec, spec.request, tree, request)
    return request


def _read(spec: Spec, block: Block, tree: Mapping[str, Any], request: Request) -> None:
    values: dict[str, Any] = {}
    for one in block.fields:
        value = value_of(tree, one.name)
        if one.holds:
            held = spec.block(one.holds)
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, Mapping):
                    _read(spec, held, item, request)
        elif one.form and one.form.many:
            values[one.name] = tuple(map(text_of, value)) if isinstance(value, list) else ()
        elif one.form and one.form.kind == "amount":
            values[one.name] = Decimal(value) if isinstance(value, int | Decimal) else None
        else:
            values[one.name] = clean(value) if isinstance(value, str) else value
    request.items[block.id].append(Item(values, None, ()))

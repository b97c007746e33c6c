"""A line of a JSON as a request, whatever it holds: what cannot be understood is left out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from converter.cells import fold
from converter.readback.document import NotADocument, parse
from converter.request import Item, Request
from converter.spec.model import Block, Spec

_MOST_DIGITS = 100  # of a number; one with more is no amount, and written out it might fill the memory
_LARGEST = 15  # digits before the point of an amount


def tree_of(content: bytes) -> Any:
    """What `parse` reads leniently, without signs that no database or cell keeps; a number beyond all measure is text.

    Raises NotADocument.
    """
    try:
        return _tamed(parse(content, strict=False))
    except RecursionError as error:
        raise NotADocument("deep") from error


def _tamed(tree: Any) -> Any:
    if isinstance(tree, Mapping):
        return {clean(name): _tamed(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_tamed(value) for value in tree]
    if isinstance(tree, str):
        return clean(tree)
    if isinstance(tree, Decimal) and abs(tree.adjusted()) > _MOST_DIGITS:
        return str(tree)
    return tree


def value_of(tree: Mapping[str, Any], name: str) -> Any:
    """The value under that key, be it spelt with other accents or case; None where there is none."""
    if name in tree:
        return tree[name]
    folded = fold(name)
    return next((value for key, value in tree.items() if fold(key) == folded), None)


def text_of(value: Any) -> str | None:
    """A text or a number as text without space around it, 7.0 as 7; None for all else, and for a blank."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    if isinstance(value, Decimal) and abs(value.adjusted()) <= _MOST_DIGITS:
        value = f"{value:f}" if value % 1 else int(value)
    return clean(str(value)).strip() or None


def clean(text: str) -> str:
    """`text` without signs that no database keeps."""
    if text.isascii() and "\0" not in text:
        return text
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
            values[one.name] = _amount(value)
        else:
            values[one.name] = clean(value) if isinstance(value, str) else value
    request.items[block.id].append(Item(values, None, ()))


def _amount(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    amount = Decimal(value)
    return amount if abs(amount.adjusted()) < _LARGEST else None

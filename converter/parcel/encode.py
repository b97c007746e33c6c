"""Requests to the JSON of contract §2: keys and order from the spec, amounts with exactly two decimals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from converter.parcel.names import attachment_name
from converter.request import Item, Request
from converter.spec.model import Block, Field, Spec
from converter.values import amount, day

_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_PASSTHROUGH_DATETIME


class _At(NamedTuple):
    """Where the encoder stands: the request, its line in the file, the item's number in its list."""

    request: Request | None
    line: int
    element: int


_Maker = Callable[[Item, _At], Any]


class Encoder:
    """Writes the JSON of a spec; made once, used for every file of a run."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._blocks: dict[str, _Maker] = {}

    def document(self, header: Item, requests: Sequence[Request]) -> bytes:
        """The file's bytes: UTF-8, two-space indent, a final new line; lines count from 1."""
        tree = self._object(self.spec.header, header, _At(None, 0, 0))
        tree[self.spec.holder] = [self.line(request, line) for line, request in enumerate(requests, 1)]
        return orjson.dumps(tree, default=exactly, option=_OPTIONS)

    def line(self, request: Request, line: int) -> dict[str, Any]:
        """What the file says of one request at that line, as a tree (amounts are Decimal, dates are dates)."""
        return self._object(self.spec.request, request.items[self.spec.request.id][0], _At(request, line, 0))

    def _object(self, block: Block, item: Item, at: _At) -> dict[str, Any]:
        make = self._blocks.get(block.id)
        if make is None:
            make = self._blocks[block.id] = self._block(block)
        return make(item, at)  # type: ignore[no-any-return]

    def _block(self, block: Block) -> _Maker:
        """What makes an object of an item: most blocks are made of what was typed, and of nothing else."""
        fields = [one for one in block.fields if one.json]
        names = [one.name for one in fields]
        if all(one.typed and one.path != self.spec.number.path for one in fields):
            return lambda item, at: {name: item.values[name] for name in names}
        makers = [(one.name, self._maker(one)) for one in fields]
        return lambda item, at: {name: make(item, at) for name, make in makers}

    def _maker(self, one: Field) -> _Maker:
        if one.holds:
            return self._held(self.spec.block(one.holds))
        if one.made:
            return self._made(one)
        if one.path == self.spec.number.path:
            return lambda item, at: at.request.number if at.request else None
        name = one.name
        return lambda item, at: item.values[name]

    def _held(self, block: Block) -> _Maker:
        if block.rows == "request":
            return lambda item, at: []  # `document` fills it in
        make = self._block(block)

        def several(_: Item, at: _At) -> list[dict[str, Any]]:
            items = at.request.items.get(block.id, ()) if at.request else ()
            return [make(one, _At(at.request, at.line, element)) for element, one in enumerate(items)]

        def single(_: Item, at: _At) -> dict[str, Any] | None:
            item = at.request.item(block.id) if at.request else None
            return None if item is None else make(item, at)

        return several if block.rows == "many" else single

    def _made(self, one: Field) -> _Maker:
        makers: dict[str, _Maker] = {
            "null": lambda item, at: None,
            "line": lambda item, at: at.line,
            "fixed": lambda item, at: one.value,
            "attachment_name": self._attachment_name,
            "attachment_format": lambda item, at: getattr(_source(at), "format", None),
        }
        return makers[one.made or "null"]

    def _attachment_name(self, item: Item, at: _At) -> str | None:
        source = _source(at)
        return attachment_name(self.spec, source, at.request.number or "") if source and at.request else None


def _source(at: _At) -> Any:
    return at.request.sources[at.element] if at.request else None


def exactly(value: Any) -> Any:
    """What JSON has no type of its own for."""
    if isinstance(value, Decimal):
        return orjson.Fragment(amount.shown(value))
    if isinstance(value, date):
        return day.shown(value)
    raise TypeError(value)

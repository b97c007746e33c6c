"""What a request says, whatever number and line it has: to tell whether it has changed since it was sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from converter.cells import fold
from converter.parcel.encode import Encoder
from converter.request import Request, Source
from converter.spec.model import Block, Field, Spec
from converter.values import FAULTY, amount, day


def fingerprint(encoder: Encoder, request: Request) -> str | None:
    """The SHA-256 of all that the JSON would say of `request` but what the tool makes; None where a value is faulty."""
    if any(_is_faulty(value) for items in request.items.values() for item in items for value in item.values.values()):
        return None
    return _digest(_bare(encoder.spec, encoder.spec.request, encoder.line(request, 0)))


def fingerprint_of_line(spec: Spec, line: Mapping[str, Any]) -> str:
    """The same of a line of a JSON file, as `readback.document.parse` gives it."""
    return _digest(_bare(spec, spec.request, line))


def pieces_digest(sources: Iterable[Source | None]) -> str | None:
    """The SHA-256 of each file, in order; None where one of them cannot be read."""
    digests = []
    for source in sources:
        try:
            digests.append(hashlib.sha256(source.path.read_bytes()).hexdigest() if source else None)
        except OSError:
            return None
    return None if None in digests else " ".join(one for one in digests if one)


def _is_faulty(value: Any) -> bool:
    return value is FAULTY or (isinstance(value, tuple) and FAULTY in value)


def _digest(bare: Any) -> str:
    try:
        content = orjson.dumps(bare)
    except TypeError:  # signs or numbers that no JSON of ours holds
        content = repr(bare).encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()


def _bare(spec: Spec, block: Block, tree: Mapping[str, Any]) -> list[Any]:
    """The values in the spec's order, without what the tool or the agency makes."""
    by_name = tree if all(one.name in tree for one in block.fields if one.json) else _folded(block, tree)
    return [_value(spec, one, by_name.get(one.name)) for one in _told(spec, block)]


def _told(spec: Spec, block: Block) -> Iterator[Field]:
    for one in block.fields:
        if one.json and not one.made and one.path != spec.number.path:
            yield one


def _folded(block: Block, tree: Mapping[str, Any]) -> dict[str, Any]:
    known = {fold(one.name): one.name for one in block.fields}
    return {known.get(fold(name), name): value for name, value in tree.items()}


def _value(spec: Spec, one: Field, value: Any) -> Any:
    if one.holds:
        block = spec.block(one.holds)
        if isinstance(value, Mapping):
            return _bare(spec, block, value)
        if isinstance(value, list):
            return [_bare(spec, block, item) for item in value if isinstance(item, Mapping)]
        return None
    if one.form and one.form.kind == "amount" and isinstance(value, Decimal | int) and not isinstance(value, bool):
        return amount.shown(Decimal(value))
    return str(value) if isinstance(value, Decimal) else _shown(value)


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return day.shown(value)
    return list(value) if isinstance(value, tuple) else value

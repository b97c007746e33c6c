"""A request as the agency will read it: each value of the JSON with the cell it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from converter.findings import Place
from converter.parcel.encode import Encoder
from converter.report.grids import Sheets, clipped, literal
from converter.report.subject import Section, Value
from converter.request import Item, Request
from converter.spec.model import Block, Field, Spec
from converter.values import FAULTY, amount, day

_MOST_SECTIONS = 60  # objects of one request that are shown


@dataclass(frozen=True, slots=True)
class Views:
    """Shows the requests of a workbook. `sheets` tells what cells hold."""

    spec: Spec
    sheets: Sheets
    encoder: Encoder

    def sections(self, request: Request, line: int | None) -> tuple[Section, ...]:
        """The objects of the JSON in their order; `line` is the request's place in its file, where that is known."""
        tree = self.encoder.line(request, line or 0)
        walk = self._walk(self.spec.request, tree, request, 0, 0, line)
        return tuple(islice(walk, _MOST_SECTIONS))

    def _walk(
        self, block: Block, tree: Mapping[str, Any], request: Request, element: int, depth: int, line: int | None
    ) -> Iterator[Section]:
        shown = [one for one in block.fields if one.json and not one.holds]
        items = request.items.get(block.id, [])
        item = items[element] if element < len(items) else None
        values = (self._value(block, one, tree[one.name], item, request, line) for one in shown)
        yield Section(name=_name(self.spec, block, element), values=tuple(values), depth=depth)
        for one in block.fields:
            if one.holds and one.json:
                held = tree[one.name]
                for at, inner in enumerate(held if isinstance(held, list) else [held]):
                    if inner is not None:
                        yield from self._walk(self.spec.block(one.holds), inner, request, at, depth + 1, line)

    def _value(
        self, block: Block, one: Field, value: Any, item: Item | None, request: Request, line: int | None
    ) -> Value:
        if (one.made == "line" and line is None) or (one.made == "attachment_name" and not request.number):
            value = None
        places = list(self._places(block, one, value, item))
        wrong = value is FAULTY or (isinstance(value, tuple) and FAULTY in value)
        text = "; ".join(map(self.sheets.read, places)) if wrong else literal(_plain(value))
        cells = dict.fromkeys(f"{place.sheet}!{place.cell}" for place in places)
        return Value(name=one.name, text=clipped(text), cell=", ".join(cells), wrong=wrong)

    def _places(self, block: Block, one: Field, value: Any, item: Item | None) -> Iterator[Place]:
        """The cells that a value comes from; none for what the tool makes by itself."""
        column = self.spec.attachment
        name = column.name if one.made and one.made.startswith("attachment") and column else one.name
        if item is None or not block[name].typed:
            return
        count = len(value) if isinstance(value, tuple) and name in item.sources else 1
        places = (item.place(name, element) for element in range(count))
        yield from dict.fromkeys(place for place in places if place and place.field == name)


def _plain(value: Any) -> Any:
    """A value of the encoder's tree as it stands in the file."""
    match value:
        case Decimal():
            return amount.shown(value)
        case date():
            return day.shown(value)
    return value


def _name(spec: Spec, block: Block, element: int) -> str:
    """The object's place in the JSON, as the agency spells it."""
    holder = next((one for one in spec.fields if one.holds == block.id), None)
    name = holder.name if holder else block.id
    return f"{name}[{element}]" if block.is_list and block.rows != "request" else name


def sections_of_json(tree: Mapping[str, Any], path: str, wrong: frozenset[str] = frozenset()) -> tuple[Section, ...]:
    """The objects of a JSON that was read, named by their paths; `path` is where `tree` stands, `wrong` are the paths
    of values that do not fit.
    """
    return tuple(islice(_walk_json(tree, path, wrong, 0), _MOST_SECTIONS))


def _walk_json(tree: Mapping[str, Any], path: str, wrong: frozenset[str], depth: int) -> Iterator[Section]:
    own = {key: value for key, value in tree.items() if not _objects(value)}
    values = (
        Value(name=key, text=clipped(literal(one)), cell="", wrong=f"{path}.{key}" in wrong) for key, one in own.items()
    )
    yield Section(name=path, values=tuple(values), depth=depth)
    for key, value in tree.items():
        for at, inner in enumerate(_objects(value)):
            below = f"{key}[{at}]" if isinstance(value, list) else key
            yield from _walk_json(inner, f"{path}.{below}", wrong, depth + 1)


def _objects(value: Any) -> Sequence[Mapping[str, Any]]:
    """The objects that a value is or holds."""
    if isinstance(value, dict):
        return [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []

"""A request as it comes out of the workbook: values by block and tag, each knowing the cell it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from converter.findings import Finding, Place, Severity
from converter.spec.model import Spec
from converter.values import FAULTY
from converter.wording import Say


class Origin(Protocol):
    """Where values come from: a table of the workbook."""

    def place(self, row: int, name: str, text: str | None = None) -> Place:
        """The cell of that column in that row; the row's key cell where there is no such column.

        `text` is what was read there: it tells the cell where a value was joined from several.
        """


_NONE: Mapping[str, tuple[int, ...]] = {}  # never written to; a plain dict goes from one process to another


@dataclass(slots=True)
class Item:
    """One object of the JSON: the values of a block, and the rows they were read from (several where rows merged).

    A value is None where blank, FAULTY where it was read but does not fit, a tuple where its field holds a list.
    `sources` names the rows of those values that do not stem from the first row: one row, or one for each element.
    """

    values: dict[str, Any]
    origin: Origin | None
    rows: tuple[int, ...]
    sources: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: _NONE)

    def place(self, name: str, element: int = 0) -> Place | None:
        """The cell of a value, or of one element of a list."""
        if self.origin is None:
            return None
        rows, value = self.sources.get(name, self.rows[:1]), self.values.get(name)
        text = value[element] if isinstance(value, tuple) and element < len(value) else None
        return self.origin.place(rows[min(element, len(rows) - 1)], name, text if isinstance(text, str) else None)

    @property
    def row(self) -> int:
        """The number of its first row, as a person finds it."""
        place = self.place("")
        return (place.row if place else 0) or self.rows[0]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to enclose: where it is, its size in bytes, and its format and kind as the agency names them."""

    path: Path
    size: int
    format: str
    ending: str
    code: str


@dataclass(slots=True)
class Request:
    """One request: its key, and its items by block id (one-per-request blocks have one or none).

    `number` is the editor's number: as typed, or as allotted later; None until then. `sources` are the files of its
    pieces, in the order of their rows; None for one that cannot be used.
    """

    demande: str
    items: dict[str, list[Item]]
    number: str | None = None
    sources: list[Source | None] = field(default_factory=list)

    def item(self, block: str) -> Item | None:
        """The block's only item, None where the workbook has none."""
        items = self.items.get(block)
        return items[0] if items else None

    def value(self, path: str) -> Any:
        """The value at `block.name` of a one-per-request block; FAULTY where its row is missing."""
        block, name = parts_of(path)
        items = self.items.get(block)
        return items[0].values[name] if items else FAULTY

    def place(self, path: str) -> Place | None:
        """The cell of that value."""
        block, name = parts_of(path)
        item = self.item(block)
        return item.place(name) if item else None

    def finding(self, rule: str, severity: Severity, say: Say, place: Place | None, value: Any = None) -> Finding:
        """A finding about this request."""
        shown = None if value is None or value is FAULTY else str(value)
        return Finding(rule=rule, severity=severity, say=say, place=place, demande=self.demande, value=shown)


@cache
def parts_of(path: str) -> tuple[str, str]:
    """The block and the name in `block.name`, as a spec's rules write it."""
    block, _, name = path.partition(".")
    return block, name


def key_place(request: Request, spec: Spec) -> Place | None:
    """The cell of the request's key in the sheet that lists the requests."""
    return request.items[spec.request.id][0].place(spec.key.column)


@dataclass(slots=True)
class Dossier:
    """All that a workbook holds, in its own order."""

    header: Item
    requests: list[Request]
    findings: list[Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """Whose requests they are: every number belongs to a SIRET, every request to a SIRET and a `numeroAns`."""

    siret: str
    ans: str


def supplier_of(header: Mapping[str, Any], spec: Spec) -> Supplier | None:
    """Whose requests a file with these values in its header holds; None where they are at fault."""
    siret, ans = (header.get(path.partition(".")[2]) for path in (spec.key.supplier, spec.key.software))
    return Supplier(siret=siret, ans=ans) if isinstance(siret, str) and isinstance(ans, str) else None

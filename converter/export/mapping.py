"""A mapping in memory: for each sheet and column of the workbook, where in an export its values come from."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from typing import Literal

from converter.cells import Raw
from converter.findings import Finding, Place

Kind = Literal["value", "column", "columns", "format"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a column's values come from: a constant, a column of the export, several joined, or texts between them.

    `columns` are the export's, as the mapping spells them; of a `format`, `texts` stand before, between and after them.
    `map` says what a cell's text becomes; `default` stands for a blank cell, and for one that `map` lacks.
    """

    kind: Kind
    line: int
    columns: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    value: Raw = None
    map: Table[str, str] | None = None
    default: Raw = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Only rows whose cell in `column` shows one of `values`."""

    column: str
    values: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One table of the mapping: what an export's row gives to the sheet of that name (the spec's)."""

    sheet: str
    line: int
    sources: Table[str, Source]
    where: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A mapping file. `name` is the file's; `key` is the tag that is the key in each sheet, and its source.

    What is None in the export's own settings is found out. With any of `findings` the mapping cannot be used.
    """

    name: str
    findings: tuple[Finding, ...] = ()
    sheet: str | None = None
    sheet_line: int = 0
    encoding: str | None = None
    delimiter: str | None = None
    where: tuple[Filter, ...] = ()
    key: tuple[str, Source] | None = None
    entries: tuple[Entry, ...] = field(default=())

    def lines(self) -> dict[str, int]:
        """Every column of the export that is named, with the line that names it first."""
        named = [(one.column, one.line) for one in self.where]
        named += [(name, self.key[1].line) for name in self.key[1].columns] if self.key else []
        for entry in self.entries:
            named += [(one.column, one.line) for one in entry.where]
            named += [(name, source.line) for source in entry.sources.values() for name in source.columns]
        return dict(sorted(named, key=lambda one: -one[1]))


def mapping_place(name: str, line: int, field: str) -> Place:
    """A line of a mapping file, as the place of a finding."""
    return Place(name, 0, line, 0, field)

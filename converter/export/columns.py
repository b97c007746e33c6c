"""The columns of an export as arrays, and what a mapping's sources make of them; no Python per row.

What Python must look at (white space, maps) it sees once for each different cell, not for each row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping as Table
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from converter.cells import Broken, Raw, clean, fold, show, trim
from converter.export.mapping import Filter, Source

Array = np.ndarray[Any, np.dtype[Any]]


def array_of(values: Iterable[Any]) -> Array:
    """An array of objects, whatever they are."""
    some = list(values)
    made = np.empty(len(some), dtype=object)
    made[:] = some
    return made


Read = Callable[[Raw], str | None]


def factorized(values: Array) -> tuple[Array, list[Raw]]:
    """As `pd.factorize`, which takes TRUE for 1; a number is the same with or without a point."""
    if bool not in set(map(type, values)):
        codes, different = pd.factorize(values)
        return codes, list(different)
    codes, marks = pd.factorize(array_of([f"\0{one}" if isinstance(one, bool) else one for one in values]))
    answers: dict[object, Raw] = {"\0True": True, "\0False": False}
    return codes, [answers.get(one, one) if isinstance(one, str) else one for one in marks]


class Cells:
    """One column of an export: `raw` is what each row's cell holds, None where it is blank.

    `codes` numbers the different cells, -1 for a blank one; `texts[code]` is what such a cell shows, trimmed.
    """

    def __init__(self, values: Iterable[Raw]) -> None:
        self.raw = array_of(values)
        self.codes, self.different = factorized(self.raw)
        cleaned = [clean(one) for one in self.different]
        is_blank = np.array([one is None for one in cleaned] + [True])[self.codes]
        self.codes[is_blank] = -1
        self.raw[is_blank] = None
        self.texts = [trim(show(one) or "") for one in cleaned]

    @cached_property
    def broken(self) -> Array:
        """Which rows' cells hold an error."""
        return np.array([isinstance(one, Broken) for one in self.different] + [False])[self.codes]

    @property
    def blank(self) -> Array:
        """Which rows' cells are blank."""
        return np.asarray(self.codes < 0)

    @cached_property
    def shown(self) -> Array:
        """What each row's cell shows; the empty text for a blank one."""
        return array_of([*self.texts, ""])[self.codes]

    def pairs(self) -> Iterable[tuple[Raw, str]]:
        """Each different cell with what it shows."""
        return zip(self.different, self.texts, strict=True)

    def where(self, filter_: Filter) -> Array:
        """Which rows the filter lets through."""
        wanted = Words(dict.fromkeys(filter_.values, True))
        return np.array([wanted.get(text) is not None for text in (*self.texts, "")])[self.codes]


class Words:
    """What texts stand for: as they are spelt, else by letters alone where that leaves no doubt."""

    def __init__(self, table: Table[str, Any]) -> None:
        self._exact = dict(table)
        times = Counter(map(fold, table))
        self._folded = {fold(text): value for text, value in table.items() if times[fold(text)] == 1}

    def get(self, text: str) -> Any:
        """What `text` stands for, None where it is not known."""
        return self._exact.get(text, self._folded.get(fold(text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a source makes of each row. `blank`: the cells it was made from are; `unknown`: its map lacks the cell.

    A constant is made from none, and is neither.
    """

    raw: Array
    blank: Array | None
    unknown: Array | None = None


def made_by(source: Source, cells: Callable[[str], Cells], count: int, read: Read = show) -> Made:
    """The values that `source` gives for each of `count` rows; `read` makes a text of a number among others."""
    if source.kind == "value":
        return Made(raw=array_of([source.value] * count), blank=None)
    own = [cells(name) for name in source.columns]
    blank = np.logical_and.reduce([one.blank for one in own])
    if source.kind == "column":
        raw, unknown = _mapped(own[0], source)
    else:
        raw, unknown = _formatted(own, source) if source.kind == "format" else _joined(own, read), None
        for one in own:
            raw[one.broken] = one.raw[one.broken]
        raw[blank] = None
    if source.default is not None:
        raw[blank if unknown is None else blank | unknown] = source.default
        unknown = None
    return Made(raw=raw, blank=blank, unknown=unknown)


def _mapped(cells: Cells, source: Source) -> tuple[Array, Array | None]:
    if source.map is None:
        return cells.raw.copy(), None
    words = Words(source.map)
    meant = array_of([*(words.get(text) for text in cells.texts), None])[cells.codes]
    as_it_is = np.asarray(pd.isna(meant))
    meant[as_it_is] = cells.raw[as_it_is]
    unknown = as_it_is & ~cells.blank & ~cells.broken
    return meant, unknown


def _formatted(own: list[Cells], source: Source) -> Array:
    made = array_of([source.texts[0]] * len(own[0].raw))
    for cells, text in zip(own, source.texts[1:], strict=True):
        made = made + cells.shown + text
    return made


def _joined(own: list[Cells], read: Read) -> Array:
    """What the cells show, with semicolons between."""
    made = array_of([""] * len(own[0].raw))
    for cells in own:
        texts = [read(one) or "" if isinstance(one, int | float) else text for one, text in cells.pairs()]
        shown = array_of([*texts, ""])[cells.codes]
        between = np.where((made != "") & ~cells.blank, "; ", "")
        made = made + between + shown
    return made


def numbered(values: Array) -> Array:
    """A number for each value, the same for what shows the same; -1 for a blank."""
    codes, different = factorized(values)
    return np.asarray(pd.factorize(array_of([*(trim(show(one) or "") for one in different), None]))[0][codes])

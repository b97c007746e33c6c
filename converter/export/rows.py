"""An export's rows to each sheet's rows: filtered, mapped, alike ones made one, and those that clash told (X4)."""

from __future__ import annotations

from collections.abc import Mapping as Mapped, Sequence
from dataclasses import dataclass, field
from itertools import compress

import numpy as np
import pandas as pd

from converter.cells import Broken, Raw, a1, clean, nearest, show, trim
from converter.export.columns import Array, Cells, Read, array_of, factorized, made_by, numbered
from converter.export.grid import Grid
from converter.export.mapping import Entry, Mapping, Source
from converter.export.tables import ExportTable
from converter.findings import Finding, Place
from converter.spec.model import Sheet, Spec
from converter.values import FAULTY, Form, Note
from converter.values.identifier import repaired_key
from converter.wording import Say
from converter.workbook.tables import Table

_KEY = ""  # no tag is called so
_MOST_KNOWN = 12  # values of a map that a sentence lists


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Some rows of a sheet on their way: `at` are the export's rows that gave them, `entry` the mapping's tables.

    `raw` are the values by tag; `same` numbers those that are alike; `is_blank`: all that they were made from is.
    """

    at: Array
    entry: Array
    raw: dict[str, Array]
    is_blank: Array

    def take(self, which: Array) -> _Rows:
        raw = {name: values[which] for name, values in self.raw.items()}
        return _Rows(at=self.at[which], entry=self.entry[which], raw=raw, is_blank=self.is_blank[which])

    def same(self) -> pd.DataFrame:
        """Numbers in place of the values: what shows the same has the same number."""
        return pd.DataFrame({name: numbered(values) for name, values in self.raw.items()})


@dataclass(slots=True)
class Reading:
    """An export being read. `columns` are those that the mapping names, by its spelling; `header` is a line."""

    grid: Grid
    header: int
    columns: Mapped[str, int]
    mapping: Mapping
    spec: Spec
    findings: list[Finding] = field(default_factory=list)
    body: list[list[Raw]] = field(init=False)  # the rows that count
    lines: Array = field(init=False)  # of each
    keys: Array = field(init=False)  # in text, None where there is none
    raw_keys: Array = field(init=False)
    export: Table = field(init=False)
    _cells: dict[str, Cells] = field(default_factory=dict)

    def __post_init__(self) -> None:
        body = self.grid.rows[self.header :]
        used = np.fromiter(map(any, body), dtype=bool, count=len(body))
        self.lines, self.body = np.flatnonzero(used) + self.header + 1, list(compress(body, used))
        for filter_ in self.mapping.where:
            which = self.cells(filter_.column).where(filter_)
            self.lines, self.body = self.lines[which], list(compress(self.body, which))
            self._cells.clear()

    def tables(self) -> tuple[dict[str, Table], tuple[Finding, ...]]:
        """The tables by sheet name of the spec, and what there is to say of the export's rows."""
        self._read_keys()
        found: dict[str, Table] = {}
        for sheet in self.spec.sheets:
            entries = [entry for entry in self.mapping.entries if entry.sheet == sheet.name]
            rows = self._rows(entries, sheet) if entries else None
            if rows is not None and (len(rows.at) or not sheet.optional):
                found[sheet.name] = self._table(sheet, entries, rows)
        return found, tuple(self.findings)

    def cells(self, name: str) -> Cells:
        """A column of the export, for the rows that count."""
        if name not in self._cells:
            column = self.columns[name]
            self._cells[name] = Cells([row[column] if column < len(row) else None for row in self.body])
        return self._cells[name]

    # ------------------------------------------------------------------------------------------------------- keys

    def _read_keys(self) -> None:
        """Find each row's key, and tell of rows that have none (X3) or one that cannot be read (X8)."""
        assert self.mapping.key is not None
        tag, source = self.mapping.key
        made = made_by(source, self.cells, len(self.lines))
        key_columns = {tag: self.columns[source.columns[0]]}
        self.export = Table(
            sheet=next(one for one in self.spec.sheets if one.name == self.spec.request.sheet),
            title=self.grid.title, columns=key_columns, key=tag, header=self.header, rows=self.grid.rows,
        )  # fmt: skip
        codes, different = factorized(made.raw)
        self.raw_keys = made.raw
        self.keys = array_of([*(self._key(one) for one in different), None])[codes]
        for at in np.flatnonzero(pd.isna(self.keys)):
            self._tell_keyless(self.lines[at], made.raw[at])

    def _key(self, raw: Raw) -> str | None:
        """A key as `reshape` reads it: 7, 7.0 and "7" are one, and so are 1 and 00001 where it is a number."""
        if raw is None or isinstance(raw, Broken):
            return None
        assert self.mapping.key is not None
        if self.mapping.key[0] == self.spec.number.name and self.spec.number.form:
            value = repaired_key(raw, self.spec.number.form).value
            if value is not FAULTY:
                return str(value)
        return trim(show(raw) or "")

    def _tell_keyless(self, line: int, raw: Raw) -> None:
        row = self.grid.rows[line - 1]
        if all(clean(one) is None for one in row):
            return
        (tag, column), *_ = self.export.columns.items()
        place = Place(self.grid.title, 0, int(line), column, tag)
        if isinstance(raw, Broken):
            say, rule = Say("say.cell.formula" if raw.formula else "say.cell.error"), "X8"
        else:
            say, rule = Say("say.export.no_key", {"line": int(line)}), "X3"
        self.findings.append(Finding(rule=rule, severity="error", say=say, place=place, value=show(raw)))

    # ------------------------------------------------------------------------------------------------------- rows

    def _rows(self, entries: Sequence[Entry], sheet: Sheet) -> _Rows:
        """A sheet's rows, in the order of the export's."""
        parts = [self._part(number, entry, sheet) for number, entry in enumerate(entries)]
        names = list(dict.fromkeys(name for part in parts for name in part.raw))
        at = np.concatenate([part.at for part in parts])
        order = np.lexsort((np.concatenate([part.entry for part in parts]), at))
        whole = _Rows(
            at=at,
            entry=np.concatenate([part.entry for part in parts]),
            raw={
                name: np.concatenate([part.raw.get(name, array_of([None] * len(part.at))) for part in parts])
                for name in names
            },
            is_blank=np.concatenate([part.is_blank for part in parts]),
        ).take(order)
        return self._many(whole) if sheet.rows == "many" else self._single(whole, entries, sheet)

    def _part(self, number: int, entry: Entry, sheet: Sheet) -> _Rows:
        """What one table of the mapping makes of all rows that count for it."""
        count = len(self.lines)
        counts = np.ones(count, dtype=bool) if sheet.rows == "file" else ~np.asarray(pd.isna(self.keys))
        for filter_ in entry.where:
            counts &= self.cells(filter_.column).where(filter_)
        made = {
            name: made_by(source, self.cells, count, self._number_reader(name, source, sheet, counts))
            for name, source in entry.sources.items()
        }
        for name, one in made.items():
            if one.unknown is not None:
                self._tell_unknown(entry.sources[name], name, one.unknown & counts, sheet)
        blanks = [one.blank for one in made.values() if one.blank is not None]
        is_blank = np.logical_and.reduce(blanks) if blanks else np.zeros(count, dtype=bool)
        raw = self._keyed(sheet) | {name: one.raw for name, one in made.items()}
        at = np.arange(count)
        return _Rows(at=at, entry=np.full(count, number), raw=raw, is_blank=is_blank).take(counts)

    def _number_reader(self, name: str, source: Source, sheet: Sheet, counts: Array) -> Read:
        """How a number in one of several cells that are joined reads: with its zeros, and that is told (X7)."""
        form = next((one.form for one in sheet.fields if one.name == name), None)
        if source.kind != "columns" or form is None or form.kind != "identifier":
            return show
        for column in source.columns:
            cells = self.cells(column)
            notes = {code: _repairs(raw, form) for code, (raw, _) in enumerate(cells.pairs())}
            for at in np.flatnonzero(counts & np.isin(cells.codes, [code for code, some in notes.items() if some])):
                self._tell_repairs(notes[int(cells.codes[at])], int(at), self.columns[column], name)
        return lambda raw: show(raw) if (value := repaired_key(raw, form).value) is FAULTY else str(value)

    def _keyed(self, sheet: Sheet) -> dict[str, Array]:
        assert self.mapping.key is not None
        return {} if sheet.rows == "file" else {self.mapping.key[0]: self.raw_keys}

    def _many(self, rows: _Rows) -> _Rows:
        rows = rows.take(~rows.is_blank)
        return rows.take(~self._same(rows).duplicated().to_numpy(dtype=bool))

    def _single(self, rows: _Rows, entries: Sequence[Entry], sheet: Sheet) -> _Rows:
        """The first row of each request; another that says something else is X4, one that says nothing is none."""
        if not len(rows.at):
            return rows
        same = self._same(rows)
        key = same[_KEY] if _KEY in same else pd.Series(0, index=same.index)
        says = pd.Series(~rows.is_blank).groupby(key).transform("any").to_numpy(dtype=bool)
        keep = ~(rows.is_blank & says) & ~same.duplicated().to_numpy(dtype=bool)
        rows, same, key = rows.take(keep), same[keep].reset_index(drop=True), key[keep].reset_index(drop=True)
        later = key.duplicated().to_numpy(dtype=bool)
        first = {int(one): at for at, one in reversed(list(enumerate(key)))} if later.any() else {}
        numbers = {str(name): same[name].to_numpy() for name in same if name != _KEY}
        for at in np.flatnonzero(later):
            self._tell_clash(rows, numbers, first[int(key[at])], int(at), entries, sheet)
        return rows.take(~later)

    def _same(self, rows: _Rows) -> pd.DataFrame:
        """Numbers by which rows are alike; the key's is that of the request."""
        same = rows.same()
        assert self.mapping.key is not None
        if self.mapping.key[0] in rows.raw and len(rows.at):
            same = same.drop(columns=self.mapping.key[0])
            same[_KEY] = pd.factorize(self.keys[rows.at])[0]
        return same

    # ---------------------------------------------------------------------------------------------------- findings

    def _tell_repairs(self, notes: Sequence[Note], at: int, column: int, name: str) -> None:
        place = Place(self.grid.title, 0, int(self.lines[at]), column, name)
        self.findings += [
            Finding(
                rule="X7", severity=note.severity, say=note.say, place=place, demande=self.keys[at], value=note.value
            )
            for note in notes
        ]

    def _tell_unknown(self, source: Source, name: str, unknown: Array, sheet: Sheet) -> None:
        """M8, once for each request and value that the map lacks."""
        told: set[tuple[str | None, str]] = set()
        nears: dict[str, str | None] = {}
        known = tuple(source.map or ())
        cells = self.cells(source.columns[0])
        for at in np.flatnonzero(unknown):
            demande, text = self.keys[at] if sheet.rows != "file" else None, str(cells.shown[at])
            if (demande, text) in told:
                continue
            told.add((demande, text))
            if text not in nears:
                nears[text] = nearest(text, known)
            near = nears[text]
            shown = known[:_MOST_KNOWN] + ("…",) * (len(known) > _MOST_KNOWN)
            words = {"known": shown, "near": near, "line": source.line, "mapping": self.mapping.name}
            say = Say("say.export.unmapped_near" if near else "say.export.unmapped", words)
            place = Place(self.grid.title, 0, int(self.lines[at]), self.columns[source.columns[0]], name)
            self.findings.append(
                Finding(rule="M8", severity="error", say=say, place=place, demande=demande, value=text)
            )

    def _tell_clash(
        self, rows: _Rows, numbers: Mapped[str, Array], first: int, at: int, entries: Sequence[Entry], sheet: Sheet
    ) -> None:
        """X4, at the later row's key cell (contract §4), with its first cell that differs and what that contradicts."""
        differing = [name for name, some in numbers.items() if some[first] != some[at]]
        named = [(self.columns[one], one, name) for name in differing for one in entries[0].sources[name].columns]
        pair = int(rows.at[first]), int(rows.at[at])
        texts = {one: tuple(str(self.cells(one).shown[row]) for row in pair) for _, one, _ in named}
        column, export_column, name = min((one for one in named if len(set(texts[one[1]])) > 1), default=named[0])
        other, own = texts[export_column]
        key = ("differs" if other else "differs_blank") if sheet.rows != "file" else "header_differs"
        first_line, line = (int(self.lines[row]) for row in pair)
        words = {"other": other, "cell": a1(first_line, column), "first": first_line, "here": a1(line, column)}
        assert self.mapping.key is not None
        tag, source = (name, None) if sheet.rows == "file" else self.mapping.key
        place = Place(self.grid.title, 0, line, self.columns[source.columns[0]] if source else column, tag)
        demande = None if sheet.rows == "file" else self.keys[pair[1]]
        say = Say(f"say.export.{key}", words | {"sheet": sheet.name})
        self.findings.append(Finding(rule="X4", severity="error", say=say, place=place, demande=demande, value=own))

    # ------------------------------------------------------------------------------------------------------- tables

    def _table(self, sheet: Sheet, entries: Sequence[Entry], rows: _Rows) -> ExportTable:
        names = list(rows.raw)
        cells = zip(*(rows.raw[name] for name in names), strict=True) if names else ()
        return ExportTable(
            sheet=sheet,
            title=self.grid.title,
            columns={name: column for column, name in enumerate(names)},
            key=None if sheet.rows == "file" or self.mapping.key is None else self.mapping.key[0],
            header=1,
            rows=[list(names), *map(list, cells)],
            lines=tuple(self.lines[rows.at].tolist()),
            origin=tuple(rows.entry.tolist()),
            origins=tuple(self._origins(entry) for entry in entries),
            export=self.export,
        )

    def _origins(self, entry: Entry) -> dict[str, tuple[int, ...]]:
        """By tag, the columns of the export that a value comes from: of a format, the first that it names."""
        assert self.mapping.key is not None
        sources = {self.mapping.key[0]: self.mapping.key[1], **entry.sources}
        firsts = {name: source.columns[: 1 if source.kind == "format" else None] for name, source in sources.items()}
        return {name: tuple(self.columns[one] for one in columns) for name, columns in firsts.items()}


def _repairs(raw: Raw, form: Form) -> tuple[Note, ...]:
    """What there is to tell of a number that becomes a text."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return ()
    return tuple(note for note in repaired_key(raw, form).notes if note.role == "repair")

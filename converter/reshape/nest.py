"""Rows to requests: each sheet's rows find their request by key; one-per-request sheets are held to it (X3, X4, X5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

import pandas as pd

from converter.cells import nearest
from converter.findings import Finding
from converter.request import Dossier, Item, Request, key_place
from converter.reshape.frames import Rows, blank, read_keys, read_values, rows_of, rule_of
from converter.reshape.merge import merged
from converter.spec.model import Block, Field, Sheet, Spec
from converter.values import FAULTY, parser_of
from converter.wording import Say
from converter.workbook.tables import Table, Tables

_MOST_SUGGESTIONS = 50  # after so many strangers, the fault is not a slip of the finger


def reshape(tables: Tables, spec: Spec, given: Mapping[str, str]) -> Dossier:
    """The header and the requests that `tables` hold, with every finding that a cell or the structure gives.

    `given` are the values that the settings have for what the header leaves blank.
    """
    dossier = Dossier(header=Item({}, None, ()), requests=[], findings=list(tables.findings))
    dossier.header = _header(tables.found.get(spec.header.sheet), spec, given, dossier.findings)
    sheet = tables.found.get(spec.request.sheet)
    by_number = sheet is not None and sheet.key == spec.number.name
    if sheet is not None and sheet.key is not None:
        main = _rows(sheet, spec, by_number, dossier.findings)
        dossier.requests = _requests(main, spec, dossier.findings)
        if not dossier.requests:
            say = Say("say.no_request", {"sheet": sheet.title})
            dossier.findings.append(Finding(rule="X6", severity="error", say=say))
    _hang_all(tables, spec, by_number, dossier)
    return dossier


def _hang_all(tables: Tables, spec: Spec, by_number: bool, dossier: Dossier) -> None:
    """Give the requests the rows of every other sheet."""
    times = Counter(request.number for request in dossier.requests)
    numbers = {one.number: one.demande for one in dossier.requests if one.number and times[one.number] == 1}
    for sheet_spec in spec.sheets:
        table = tables.found.get(sheet_spec.name)
        if table is None and sheet_spec.optional:
            _leave_empty(sheet_spec, spec, dossier)
        elif table is not None and table.key is None and sheet_spec.rows != "file":
            _unkeyed(table, dossier.findings)
        elif table is not None and sheet_spec.rows not in ("file", "request"):
            rows = _rows(table, spec, by_number or table.key == spec.number.name, dossier.findings)
            owners = rows.keys
            if not by_number and table.key == spec.number.name:  # a number that no request bears is nobody's
                owners = [numbers.get(key or "") for key in rows.keys]
            _hang(rows, owners, sheet_spec, spec, dossier)


def _rows(table: Table, spec: Spec, by_number: bool, findings: list[Finding]) -> Rows:
    frame = rows_of(table)
    keys, said = read_keys(table, frame, spec, by_number)
    rows = Rows(table=table, numbers=frame.index.tolist(), keys=keys)
    findings += said
    findings += read_values(rows, frame)
    return rows


def _unkeyed(table: Table, findings: list[Finding]) -> Rows:
    """The rows of a table without a key: they can be read, but belong to nobody."""
    frame = rows_of(table)
    rows = Rows(table=table, numbers=frame.index.tolist(), keys=[None] * len(frame))
    findings += read_values(rows, frame)
    return rows


def _requests(rows: Rows, spec: Spec, findings: list[Finding]) -> list[Request]:
    """One request for each key, in the order of the sheet; a key that comes again is X5."""
    requests: dict[str, Request] = {}
    numbers = rows.values.get(spec.number.name) or [None] * len(rows.keys)
    blocks = [(block, _items_of(rows, block)) for block in _blocks(rows.table.sheet, spec)]
    for at, (row, key, number) in enumerate(zip(rows.numbers, rows.keys, numbers, strict=True)):
        if key in requests:
            place, say = rows.table.place(row, rows.table.key or ""), Say("say.key.twice")
            findings.append(Finding(rule="X5", severity="error", say=say, place=place, demande=key, value=key))
        elif key is not None:
            items = {block.id: [some[at]] for block, some in blocks}
            requests[key] = Request(demande=key, items=items, number=number if isinstance(number, str) else None)
            for block, some in blocks:
                findings += _blanks(some[at : at + 1], block.fields, rows.table, key)
    return list(requests.values())


def _hang(rows: Rows, keys: Sequence[str | None], sheet: Sheet, spec: Spec, dossier: Dossier) -> None:
    """Give each request its rows of this sheet. Without any request, that rows are strangers goes without saying."""
    if not dossier.requests:
        return
    index = pd.Index([request.demande for request in dossier.requests], dtype=object)
    owners = index.get_indexer(pd.Index(keys, dtype=object)).tolist()
    dossier.findings += _strangers(rows, owners, list(index), spec)
    rows_at: list[list[int]] = [[] for _ in dossier.requests]
    for at, owner in enumerate(owners):
        if owner >= 0:
            rows_at[owner].append(at)
    for block in _blocks(sheet, spec):
        _hang_block(rows, rows_at, block, spec, dossier)


def _hang_block(rows: Rows, rows_at: list[list[int]], block: Block, spec: Spec, dossier: Dossier) -> None:
    """Give each request its items of this block; `rows_at` says which rows are whose."""
    items = _items_of(rows, block)
    may_lack = [one for one in block.fields if one.required and _has_blanks(rows.values[one.name])]
    for request, some in zip(dossier.requests, rows_at, strict=True):
        own = [items[at] for at in some]
        if block.rows != "many":
            own = own[:1]
            dossier.findings += _count(rows, some, block, request, spec) if len(some) != 1 else ()
        elif block.merge_by:
            own, clashes = merged(own, block, request)
            dossier.findings += clashes
        request.items[block.id] = own
        dossier.findings += _blanks(own, may_lack, rows.table, request.demande) if may_lack else ()


def _leave_empty(sheet: Sheet, spec: Spec, dossier: Dossier) -> None:
    """An optional sheet that is not there: no request has rows in it."""
    for block in _blocks(sheet, spec):
        for request in dossier.requests:
            request.items[block.id] = []


def _strangers(rows: Rows, owners: list[int], known: list[str], spec: Spec) -> Iterator[Finding]:
    """Rows whose key is not a request's."""
    strangers = [at for at, owner in enumerate(owners) if owner < 0]
    for count, at in enumerate(strangers):
        key = rows.keys[at]
        if key is not None:
            place = rows.table.place(rows.numbers[at], rows.table.key or "")
            near = nearest(key, known) if count < _MOST_SUGGESTIONS else None
            words = {"sheet": spec.request.sheet, "near": near}
            say = Say("say.key.unknown_near" if near else "say.key.unknown", words)
            yield Finding(rule="X3", severity="error", say=say, place=place, demande=key, value=key)


def _items_of(rows: Rows, block: Block) -> list[Item]:
    """An item for each row."""
    names = [one.name for one in block.fields if one.typed]
    cells = zip(*(rows.values[name] for name in names), strict=True) if names else repeat(())
    return [
        Item(dict(zip(names, values, strict=True)), rows.table, (number,))
        for number, values in zip(rows.numbers, cells, strict=False)
    ]


def _has_blanks(values: list[Any]) -> bool:
    return None in values or () in values


def _blanks(items: list[Item], fields: Iterable[Field], table: Table, demande: str | None) -> Iterator[Finding]:
    for item in items:
        for one in fields:
            if one.required and item.values[one.name] in (None, ()):
                yield blank(one, table, item.rows[0], demande)


def _count(rows: Rows, at: list[int], block: Block, request: Request, spec: Spec) -> Iterator[Finding]:
    """X4: not exactly one row, where the sheet has one a request."""
    table = rows.table
    if not at and block.rows == "one":
        say = Say("say.rows.none", {"sheet": table.title})
        yield request.finding("X4", "error", say, key_place(request, spec), request.demande)
    for one in at[1:]:
        say = Say("say.rows.several", {"sheet": table.title, "first": rows.numbers[at[0]]})
        yield request.finding("X4", "error", say, table.place(rows.numbers[one], table.key or ""), request.demande)


def _blocks(sheet: Sheet, spec: Spec) -> tuple[Block, ...]:
    return tuple(block for block in spec.blocks if block.sheet == sheet.name)


def _header(table: Table | None, spec: Spec, given: Mapping[str, str], findings: list[Finding]) -> Item:
    """The file's own values; what the sheet leaves blank comes from the settings."""
    item = _header_row(table, spec, findings)
    for one in spec.header.fields:
        there = table is not None and table.has(one.name)
        if one.form and given.get(one.name) and (item.values[one.name] is None or not there):
            parsed = parser_of(one.form)(given[one.name])
            item.values[one.name] = parsed.value
            for note in parsed.notes:
                rule = rule_of(one, note)
                findings.append(Finding(rule=rule, severity=note.severity, say=note.say, value=note.value))
    if table is not None:
        findings += _blanks([item], spec.header.fields, table, None)
    return item


def _header_row(table: Table | None, spec: Spec, findings: list[Finding]) -> Item:
    fields = [one for one in spec.header.fields if one.typed]
    if table is None:
        return Item({one.name: FAULTY if one.required else None for one in fields}, None, ())
    rows = _unkeyed(table, findings)
    for row in rows.numbers[1:]:
        say = Say("say.rows.several_headers", {"sheet": table.title, "first": rows.numbers[0]})
        findings.append(Finding(rule="X4", severity="error", say=say, place=table.place(row, fields[0].name)))
    if rows.numbers:
        return _items_of(rows, spec.header)[0]
    missing = {one.name: FAULTY if one.required and not table.has(one.name) else None for one in fields}
    return Item(missing, table, (table.header + 1,))

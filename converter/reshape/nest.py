"""Rows to requests: each sheet's rows find their request by key; one-per-request sheets are held to it (X3, X4, X5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from converter.cells import nearest
from converter.findings import Finding
from converter.request import Dossier, Item, Request, key_place
from converter.reshape.frames import Rows, blank, read_keys, read_values, rows_of, rule_of
from converter.reshape.merge import merged
from converter.spec.model import Block, Sheet, Spec
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
    index = pd.Index([request.demande for request in dossier.requests], dtype=object)
    times = Counter(request.number for request in dossier.requests)
    numbers = {one.number: one.demande for one in dossier.requests if one.number and times[one.number] == 1}
    for sheet_spec in spec.sheets:
        table = tables.found.get(sheet_spec.name)
        if table is None and sheet_spec.optional:
            _leave_empty(sheet_spec, spec, dossier)
        elif table is not None and table.key is None and sheet_spec.rows != "file":
            dossier.findings += read_values(_unkeyed(table), spec)
        elif table is not None and sheet_spec.rows not in ("file", "request"):
            rows = _rows(table, spec, by_number or table.key == spec.number.name, dossier.findings)
            owners = list(rows.keys)
            if not by_number and table.key == spec.number.name:  # a number that no request bears is nobody's
                owners = [numbers.get(key) for key in rows.keys]
            _hang(rows, owners, sheet_spec, spec, index, dossier)


def _rows(table: Table, spec: Spec, by_number: bool, findings: list[Finding]) -> Rows:
    frame = rows_of(table)
    keys, said = read_keys(table, frame, spec, by_number)
    rows = Rows(table=table, frame=frame, keys=keys, values={})
    findings += said
    findings += read_values(rows, spec)
    return rows


def _unkeyed(table: Table) -> Rows:
    """The rows of a table without a key: they can be read, but belong to nobody."""
    frame = rows_of(table)
    keys = pd.Series([None] * len(frame), index=frame.index, dtype=object)
    return Rows(table=table, frame=frame, keys=keys, values={})


def _requests(rows: Rows, spec: Spec, findings: list[Finding]) -> list[Request]:
    """One request for each key, in the order of the sheet; a key that comes again is X5."""
    requests: list[Request] = []
    numbers = rows.values.get(spec.number.name) or [None] * len(rows.keys)
    again = rows.keys.duplicated()
    for at, (row, key) in enumerate(zip(rows.frame.index, rows.keys, strict=True)):
        if key is None:
            continue
        if again.iat[at]:
            place = rows.table.place(row, rows.table.key or "")
            findings.append(
                Finding(rule="X5", severity="error", say=Say("say.key.twice"), place=place, demande=key, value=key)
            )
            continue
        number = numbers[at] if isinstance(numbers[at], str) else None
        request = Request(demande=key, items={}, number=number)
        for block in _blocks(rows.table.sheet, spec):
            request.items[block.id] = [_item(rows, at, block)]
            findings += _blanks(request.items[block.id][0], block, rows.table, key)
        requests.append(request)
    return requests


def _hang(rows: Rows, keys: list[str | None], sheet: Sheet, spec: Spec, index: pd.Index[Any], dossier: Dossier) -> None:
    """Give each request its rows of this sheet. Without any request, that rows are strangers goes without saying."""
    if not dossier.requests:
        return
    owners = pd.Series(index.get_indexer(pd.Index(keys, dtype=object)), index=rows.keys.index)
    dossier.findings += _strangers(rows, owners, index, spec)
    groups = pd.Series(range(len(owners))).groupby(owners.to_numpy()).indices
    for position, request in enumerate(dossier.requests):
        rows_at = groups.get(position, ())
        for block in _blocks(sheet, spec):
            request.items[block.id] = list(_items(rows, rows_at, block, request, dossier.findings))
        if block.rows != "many":
            dossier.findings += _count(rows, rows_at, block, request, spec)


def _leave_empty(sheet: Sheet, spec: Spec, dossier: Dossier) -> None:
    """An optional sheet that is not there: no request has rows in it."""
    for block in _blocks(sheet, spec):
        for request in dossier.requests:
            request.items[block.id] = []


def _strangers(rows: Rows, owners: pd.Series[int], index: pd.Index[Any], spec: Spec) -> Iterator[Finding]:
    """Rows whose key is not a request's."""
    known = list(index)
    for count, row in enumerate(owners.index[owners == -1]):
        key = rows.keys[row]
        if key is not None:
            place = rows.table.place(row, rows.table.key or "")
            near = nearest(key, known) if count < _MOST_SUGGESTIONS else None
            words = {"sheet": spec.request.sheet, "near": near}
            say = Say("say.key.unknown_near" if near else "say.key.unknown", words)
            yield Finding(rule="X3", severity="error", say=say, place=place, demande=key, value=key)


def _items(rows: Rows, at: Any, block: Block, request: Request, findings: list[Finding]) -> Iterator[Item]:
    items = [_item(rows, int(one), block) for one in at]
    if block.rows != "many":
        items = items[:1]
    elif block.merge_by:
        items, clashes = merged(items, block, request)
        findings += clashes
    for item in items:
        findings += _blanks(item, block, rows.table, request.demande)
        yield item


def _item(rows: Rows, at: int, block: Block) -> Item:
    values = {one.name: rows.values[one.name][at] for one in block.fields if one.typed}
    return Item(values, rows.table, (rows.frame.index[at],))


def _blanks(item: Item, block: Block, table: Table, demande: str | None) -> Iterator[Finding]:
    for one in block.fields:
        if one.required and item.values[one.name] in (None, ()):
            yield blank(one, table, item.rows[0], demande)


def _count(rows: Rows, at: Any, block: Block, request: Request, spec: Spec) -> Iterator[Finding]:
    """X4: not exactly one row, where the sheet has one a request."""
    table = rows.table
    if len(at) == 0 and block.rows == "one":
        say = Say("say.rows.none", {"sheet": table.title})
        yield request.finding("X4", "error", say, key_place(request, spec), request.demande)
    for one in at[1:]:
        row = rows.frame.index[int(one)]
        first = rows.frame.index[int(at[0])]
        say = Say("say.rows.several", {"sheet": table.title, "first": first})
        yield request.finding("X4", "error", say, table.place(row, table.key or ""), request.demande)


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
        findings += _blanks(item, spec.header, table, None)
    return item


def _header_row(table: Table | None, spec: Spec, findings: list[Finding]) -> Item:
    fields = [one for one in spec.header.fields if one.typed]
    if table is None:
        return Item({one.name: FAULTY if one.required else None for one in fields}, None, ())
    rows = _unkeyed(table)
    frame = rows.frame
    findings += read_values(rows, spec)
    for row in frame.index[1:]:
        say = Say("say.rows.several_headers", {"sheet": table.title, "first": frame.index[0]})
        findings.append(Finding(rule="X4", severity="error", say=say, place=table.place(row, fields[0].name)))
    if len(frame):
        return _item(rows, 0, spec.header)
    missing = {one.name: FAULTY if one.required and not table.has(one.name) else None for one in fields}
    return Item(missing, table, (table.header + 1,))

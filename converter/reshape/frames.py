"""A table as a pandas frame: known columns only, blank rows gone, each row under its number in the sheet.

Columns are read whole, and equal cells of a column once: months repeat their dates, answers and operators.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pandas as pd

from converter.cells import Broken, Raw, clean, show, trim
from converter.findings import Finding
from converter.spec.model import Field, Spec
from converter.values import FAULTY, Form, Note, Parsed, parser_of, plain_of, repaired
from converter.values.identifier import repaired_key
from converter.wording import Say
from converter.workbook.tables import Table

_NUMBERS = {bool, int, float}  # kinds of cells that Python holds for equal: True, 1 and 1.0


@dataclass(slots=True)
class Rows:
    """A table's rows: their numbers in the sheet, their keys (None where blank or broken), their values by column.

    `values` is filled in by `read_values`.
    """

    table: Table
    numbers: list[int]
    keys: list[str | None]
    values: dict[str, list[Any]] = field(default_factory=dict)


def rows_of(table: Table) -> pd.DataFrame:
    """The table's cells as they were read, None where blank; the index is the row's number in the sheet."""
    body = table.rows[table.header :] if table.header else []
    cells = {name: _cells(body, column) for name, column in table.columns.items()}
    frame = pd.DataFrame(cells, index=range(table.header + 1, table.header + 1 + len(body)), dtype=object)
    is_filled = frame.notna().any(axis=1)
    return frame if is_filled.all() else frame[is_filled]


def _cells(body: list[list[Raw]], column: int) -> list[Raw]:
    cells = [row[column] if column < len(row) else None for row in body]
    odd = {raw for raw in set(cells) if isinstance(raw, str) and not raw[:1].isalnum()}
    blank = {raw for raw in odd if clean(raw) is None}
    return [None if raw in blank else raw for raw in cells] if blank else cells


@dataclass(frozen=True, slots=True)
class _Column:
    """A column's values, and what there is to say of each of its cells; no notes at all where there is nothing."""

    values: list[Any]
    notes: list[tuple[Note, ...]]

    @classmethod
    def of(cls, cells: list[Raw], is_plain: Callable[[str], object], read: Callable[[Raw], Parsed]) -> _Column:
        """Most cells are their own values, which is seen at a glance; the others are read."""
        marks: list[Any] = cells
        if len(_NUMBERS.intersection(map(type, cells))) > 1:
            marks = list(zip(map(type, cells), cells, strict=True))
        different = dict(zip(marks, cells, strict=True))
        values: dict[Any, Any] = {
            mark: raw for mark, raw in different.items() if isinstance(raw, str) and is_plain(raw)
        }
        notes: dict[Any, tuple[Note, ...]] = {}
        for mark in different.keys() - values.keys():
            values[mark], notes[mark] = read(different[mark])
        said = [notes.get(mark, ()) for mark in marks] if any(notes.values()) else []
        return cls([values[mark] for mark in marks], said)

    def findings(self, rows: Rows, name: str, rule: Callable[[Note], str]) -> list[Finding]:
        """A finding for each note of each row's cell."""
        return [
            Finding(rule=rule(note), severity=note.severity, say=note.say,
                    place=rows.table.place(rows.numbers[at], name, note.value),
                    demande=rows.keys[at], value=note.value)
            for at, some in enumerate(self.notes) for note in some
        ]  # fmt: skip


def read_keys(table: Table, frame: pd.DataFrame, spec: Spec, by_number: bool) -> tuple[list[str | None], list[Finding]]:
    """The key of each row, in text; a number typed as 7, 7.0 or "7" is the same key.

    With `by_number` keys are repaired as the editor's number is. A blank key (X3), a broken one (X8) is None.
    """
    name, number = table.key or "", replace(spec.number.form, many=False) if by_number and spec.number.form else None
    is_told = not number or table.sheet.rows != "request"  # else the number's own column tells
    column = _Column.of(
        frame[name].tolist(), plain_of(number or Form(kind="text")), lambda raw: _key(raw, number, is_told)
    )
    rows = Rows(table=table, numbers=frame.index.tolist(), keys=column.values)
    rules = {"blank": "X3", "cell": "X8", "repair": "X7"}
    return column.values, column.findings(rows, name, lambda note: rules[note.role])


def _key(raw: Raw, number: Form | None, is_told: bool) -> Parsed:
    """A row's key, repaired where it is a `number`."""
    if raw is None:
        return Parsed(None, (Note("error", "blank", Say("say.key.blank")),))
    if isinstance(raw, Broken):
        return Parsed(None, (Note("error", "cell", _broken(raw), raw.shown or None),))
    shown = show(raw) or ""
    key = text = trim(shown)
    if number:
        value = repaired_key(raw, number).value
        key = text if value is FAULTY else str(value)
    if shown == key or not is_told or not (number or isinstance(raw, str)):
        return Parsed(key)
    how = "trimmed" if isinstance(raw, str) and key == text else "zeros"
    return repaired(key, how, shown, key)


def read_values(rows: Rows, frame: pd.DataFrame) -> list[Finding]:
    """Read every cell of the known columns into `rows.values`; what there is to say comes back, each cell by itself."""
    findings: list[Finding] = []
    for one in rows.table.sheet.fields:
        if one.name in rows.table.columns:
            assert one.form is not None
            column = _Column.of(frame[one.name].tolist(), plain_of(one.form), _reader(one, rows.table))
            rows.values[one.name] = column.values
            findings += column.findings(rows, one.name, partial(rule_of, one))
        else:
            missing = FAULTY if one.required else None
            rows.values[one.name] = [missing] * len(rows.numbers)
    return findings


def _reader(one: Field, table: Table) -> Callable[[Raw], Parsed]:
    """What reads a cell of that column, blank and broken ones too."""
    assert one.form is not None
    parse = parser_of(one.form)
    is_key = one.name == table.key and table.sheet.rows != "file"  # then `read_keys` has told

    def read(raw: Raw) -> Parsed:
        if raw is None:
            return _BLANK
        if isinstance(raw, Broken):
            note = Note("error", "cell", _broken(raw), raw.shown or None)
            return Parsed(FAULTY, () if is_key else (note,))
        return parse(raw)

    return read


_BLANK = Parsed(None)


def _broken(raw: Broken) -> Say:
    return Say("say.cell.formula" if raw.formula else "say.cell.error")


def rule_of(one: Field, note: Note) -> str:
    """The id of the rule that speaks where `note` was made about a field."""
    rules = {"form": one.rule, "check": one.check_rule, "twice": one.twice_rule, "repair": "X7", "cell": "X8"}
    return rules[note.role]


def blank(one: Field, table: Table, row: int, demande: str | None) -> Finding:
    """A required cell that was left blank: its field's own rule, or the one the spec names for that."""
    say = Say("say.blank", {"question": one.question})
    return Finding(rule=one.blank_rule, severity="error", say=say, place=table.place(row, one.name), demande=demande)

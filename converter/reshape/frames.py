"""A table as a pandas frame: known columns only, blank rows gone, each row under its number in the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from converter.cells import Broken, Raw, clean, show, trim
from converter.findings import Finding
from converter.spec.model import Field, Spec
from converter.values import FAULTY, Note, parser_of
from converter.values.identifier import repaired_key
from converter.wording import Say
from converter.workbook.tables import Table


@dataclass(slots=True)
class Rows:
    """A table's rows: their numbers in the sheet, their keys (None where blank or broken), their cells by column.

    `values` is filled in by `read_values`.
    """

    table: Table
    frame: pd.DataFrame
    keys: pd.Series
    values: dict[str, list[Any]]


def rows_of(table: Table) -> pd.DataFrame:
    """The table's cells as they were read, None where blank; the index is the row's number in the sheet."""
    body = table.rows[table.header :] if table.header else []
    cells = {
        name: [clean(row[column]) if column < len(row) else None for row in body]
        for name, column in table.columns.items()
    }
    frame = pd.DataFrame(cells, index=range(table.header + 1, table.header + 1 + len(body)), dtype=object)
    return frame[frame.notna().any(axis=1)]


def read_keys(table: Table, frame: pd.DataFrame, spec: Spec, by_number: bool) -> tuple[pd.Series, list[Finding]]:
    """The key of each row, in text; a number typed as 7, 7.0 or "7" is the same key.

    With `by_number` keys are repaired as the editor's number is. A blank key (X3), a broken one (X8) is None.
    """
    findings: list[Finding] = []
    keys: list[str | None] = []
    name = table.key or ""
    for row, raw in zip(frame.index, frame[name], strict=True):
        key = _key(raw, spec, by_number)
        keys.append(key)
        place = table.place(row, name)
        if raw is None:
            findings.append(Finding(rule="X3", severity="error", say=Say("say.key.blank"), place=place))
        elif isinstance(raw, Broken):
            findings.append(_broken(raw, None).at(table, row, name))
        elif isinstance(raw, str) and key != raw and not (by_number and table.sheet.rows == "request"):
            say = Say("repair.trimmed" if key == trim(raw) else "repair.zeros", {"old": raw, "new": key})
            findings.append(Finding(rule="X7", severity="info", say=say, place=place, demande=key, value=raw))
        elif by_number and table.sheet.rows != "request" and show(raw) != key:
            say = Say("repair.zeros", {"old": show(raw), "new": key})
            findings.append(Finding(rule="X7", severity="info", say=say, place=place, demande=key, value=show(raw)))
    return pd.Series(keys, index=frame.index, dtype=object), findings


def _key(raw: Raw, spec: Spec, by_number: bool) -> str | None:
    if raw is None or isinstance(raw, Broken):
        return None
    text = trim(show(raw) or "")
    if by_number and spec.number.form:
        value = repaired_key(raw, spec.number.form).value
        return text if value is FAULTY else str(value)
    return text


def read_values(rows: Rows, spec: Spec) -> list[Finding]:
    """Read every cell of the known columns into `rows.values`; what there is to say comes back, each cell by itself."""
    findings: list[Finding] = []
    for one in rows.table.sheet.fields:
        if one.name in rows.table.columns:
            rows.values[one.name] = _column(one, rows, findings)
        else:
            missing = FAULTY if one.required else None
            rows.values[one.name] = [missing] * len(rows.frame)
    return findings


@dataclass(frozen=True, slots=True)
class _Said:
    """A note on its way to being a finding."""

    rule: str
    note: Note
    demande: str | None

    def at(self, table: Table, row: int, name: str) -> Finding:
        note = self.note
        return Finding(
            rule=self.rule,
            severity=note.severity,
            say=note.say,
            place=table.place(row, name),
            demande=self.demande,
            value=note.value,
        )


def rule_of(one: Field, note: Note) -> str:
    """The id of the rule that speaks where `note` was made about a field."""
    return {"form": one.rule, "check": one.check_rule, "twice": one.twice_rule, "repair": "X7"}[note.role]


def _broken(raw: Broken, demande: str | None) -> _Said:
    say = Say("say.cell.formula" if raw.formula else "say.cell.error")
    return _Said("X8", Note("error", "form", say, raw.shown or None), demande)


def _column(one: Field, rows: Rows, findings: list[Finding]) -> list[Any]:
    """One column's values. Equal cells are read once: months repeat their dates, answers and operators."""
    assert one.form is not None
    parse = parser_of(one.form)
    seen: dict[tuple[type, Raw], Any] = {}
    values: list[Any] = []
    is_key = one.name == rows.table.key and rows.table.sheet.rows != "file"  # then `read_keys` has told
    for row, raw, demande in zip(rows.frame.index, rows.frame[one.name], rows.keys, strict=True):
        if raw is None:
            values.append(None)
        elif isinstance(raw, Broken):
            values.append(FAULTY)
            if not is_key:
                findings.append(_broken(raw, demande).at(rows.table, row, one.name))
        else:
            parsed = seen.get((raw.__class__, raw))
            if parsed is None:
                parsed = seen[raw.__class__, raw] = parse(raw)
            values.append(parsed.value)
            findings += [
                _Said(rule_of(one, note), note, demande).at(rows.table, row, one.name) for note in parsed.notes
            ]
    return values


def blank(one: Field, table: Table, row: int, demande: str | None) -> Finding:
    """A required cell that was left blank: its field's own rule, or the one the spec names for that."""
    say = Say("say.blank", {"question": one.question})
    return Finding(rule=one.blank_rule, severity="error", say=say, place=table.place(row, one.name), demande=demande)

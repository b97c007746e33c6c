"""The safe repairs of a workbook (X7) made in a copy of it, each of them told."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from converter.cells import show
from converter.findings import Finding
from converter.jobs.convert import check
from converter.jobs.copies import check_target, is_kept_whole, notes_of, put_copy
from converter.jobs.outcome import Evidence
from converter.jobs.partial import work_of
from converter.spec.load import load_spec
from converter.spec.model import Spec
from converter.values.identifier import parts_of
from converter.wording import Say
from converter.workbook.carried import form_copy
from converter.workbook.repaired import Repair, repaired_copy
from converter.workbook.tables import Table

Choose = Callable[[Sequence[Repair]], Sequence[Repair]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What `fix` has done: which cells (of the original) it put right in the copy, and what is to be said of that."""

    input: str
    output: str
    repairs: tuple[Repair, ...]
    notes: tuple[Say, ...]

    def as_dict(self) -> dict[str, Any]:
        """The document of `--format json`."""
        repairs = [
            {
                "sheet": one.place.sheet,
                "cell": one.place.cell,
                "field": one.place.field,
                "old": one.old,
                "new": one.new,
            }
            for one in self.repairs
        ]
        return {"input": self.input, "output": self.output, "repairs": repairs}


def fix(
    workbook: str | Path,
    target: str | Path,
    *,
    spec: Spec | None = None,
    lang: str = "fr",
    choose: Choose = tuple,
) -> Fixed:
    """Write to `target` a copy of `workbook` in which the repairs are made that `choose` takes (all by default).

    A check of the copy shows none of them again, and it converts to the same JSON. A copy of an .ods or .xls takes the
    template's form, in `lang`. Raises MisuseError where `target` has the wrong ending, Xl2JsonError where it is the
    original or another file, or where the workbook cannot be read.
    """
    source, path, spec = Path(workbook), Path(target), spec or load_spec()
    check_target(source, path)
    outcome = check(source, spec=spec, evidence=True)
    assert outcome.evidence is not None
    repairs = tuple(choose(tuple(_repairs(outcome.findings, outcome.evidence))))
    put_copy(path, _content(source, outcome.evidence, repairs, spec, lang))
    return Fixed(input=outcome.input, output=str(path), repairs=repairs, notes=notes_of(source, path))


def _content(source: Path, evidence: Evidence, repairs: Sequence[Repair], spec: Spec, lang: str) -> bytes:
    if is_kept_whole(source):
        return repaired_copy(source, repairs)
    work = work_of(evidence, spec)
    moved = [replace(one, place=place) for one in repairs if (place := work.place(one.place))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "form.xlsx")
        path.write_bytes(form_copy(work, lang))
        return repaired_copy(path, moved)


def _repairs(findings: Sequence[Finding], evidence: Evidence) -> Iterator[Repair]:
    """One for each cell, in the order of the findings."""
    tables = {table.title: table for table in evidence.tables.found.values()}
    cells: dict[tuple[str, int, int], list[Finding]] = {}
    for one in findings:
        if one.rule == "X7" and one.place is not None:
            cells.setdefault((one.place.sheet, one.place.row, one.place.column), []).append(one)
    for (sheet, row, column), some in cells.items():
        yield _repair(some, tables[sheet], tables[sheet].rows[row - 1][column])


def _repair(findings: Sequence[Finding], table: Table, raw: Any) -> Repair:
    """What the parser has made of a cell, as its column holds it."""
    first = findings[0]
    assert first.place is not None
    is_key = first.field == table.key and table.sheet.rows != "file"
    form = None if is_key else next(one.form for one in table.sheet.fields if one.name == first.field)
    new = str(first.say.params["new"])
    if form is not None and form.many and isinstance(raw, str):
        made = {str(one.say.params["old"]): str(one.say.params["new"]) for one in findings}
        new = "; ".join(made.get(part, part) for part in parts_of(raw))
    return Repair(
        place=first.place,
        kind=first.say.key.rpartition(".")[2],
        old=show(raw) or "",
        new=new,
        value=_value(new, form.kind if form else "text"),
    )


def _value(new: str, kind: str) -> str | date | Decimal:
    match kind:
        case "date":
            return date(int(new[6:]), int(new[3:5]), int(new[:2]))
        case "amount":
            return Decimal(new)
    return new

"""A finding: one thing to say about one place of the data. Nothing here prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from converter.cells import a1
from converter.wording import Say, say

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Place:
    """A cell: the sheet's name as the workbook has it, its rank in the spec, row (from 1), column (from 0), tag."""

    sheet: str
    rank: int
    row: int
    column: int
    field: str

    @property
    def cell(self) -> str:
        """The cell's name, such as D7."""
        return a1(self.row, self.column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule has to say.

    `rule` is the rule's public id, `place` the cell (None where there is none), `demande` the request's key (None where
    it concerns the whole file), `value` what was read, as the person sees it; `message(lang)` puts it into words.
    """

    rule: str
    severity: Severity
    say: Say
    place: Place | None = None
    demande: str | None = None
    value: str | None = None

    @property
    def sheet(self) -> str | None:
        """The sheet's name, as the workbook spells it."""
        return self.place.sheet if self.place else None

    @property
    def cell(self) -> str | None:
        """The cell's name, such as D7."""
        return self.place.cell if self.place else None

    @property
    def field(self) -> str | None:
        """The tag (balise) of the column at fault."""
        return self.place.field if self.place else None

    def message(self, lang: str = "fr") -> str:
        """What is wrong, what was read and what to type instead, in `lang` ("fr" or "en")."""
        words = {"value": self.value, "field": self.field, "demande": self.demande}
        return say(Say(self.say.key, {**words, **self.say.params}), lang)

    def as_dict(self, lang: str = "fr") -> dict[str, Any]:
        """The finding as `--format json` shows it (contract §4)."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "sheet": self.sheet,
            "cell": self.cell,
            "field": self.field,
            "demande": self.demande,
            "value": self.value,
            "message": self.message(lang),
        }


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By sheet (in the spec's order, no place last), row, column and rule; each finding once."""
    unique = {(f.rule, f.severity, f.place, f.demande, f.value, f.say.key, repr(f.say.params)): f for f in findings}
    return tuple(sorted(unique.values(), key=_order))


def _order(finding: Finding) -> tuple[bool, int, int, int, str]:
    place = finding.place
    if place is None:
        return True, 0, 0, 0, finding.rule
    return False, place.rank, place.row, place.column, finding.rule

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
    """A cell: the sheet's name as the workbook has it, its rank in the spec, row (from 1), column (from 0), tag.

    A value of a JSON file has no cell (see `at_path`) but a `path` such as `$.lignesImport[0].numLigne`; `steps` are
    the places of the keys and elements that lead there.
    """

    sheet: str
    rank: int
    row: int
    column: int
    field: str
    path: str | None = None
    steps: tuple[int, ...] = ()

    @classmethod
    def at_path(cls, path: str, field: str, steps: tuple[int, ...]) -> Place:
        """The place of a value in a JSON file."""
        return cls("", 0, 0, 0, field, path, steps)

    @property
    def cell(self) -> str:
        """The cell's name, such as D7."""
        return a1(self.row, self.column)

    @property
    def order(self) -> tuple[int, ...]:
        """What sorts places as they stand in their file."""
        return self.steps or (self.rank, self.row, self.column)


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
        return self.place.sheet if self.place and not self.place.path else None

    @property
    def cell(self) -> str | None:
        """The cell's name, such as D7."""
        return self.place.cell if self.place and not self.place.path else None

    @property
    def path(self) -> str | None:
        """Where in a JSON file, such as `$.lignesImport[0].numLigne`."""
        return self.place.path if self.place else None

    @property
    def field(self) -> str | None:
        """The tag (balise) of the column at fault."""
        return self.place.field if self.place else None

    def message(self, lang: str = "fr") -> str:
        """What is wrong, what was read and what to type instead, in `lang` ("fr" or "en")."""
        words = {"value": self.value, "field": self.field, "demande": self.demande}
        return say(Say(self.say.key, {**words, **self.say.params}), lang)

    def as_dict(self, lang: str = "fr", *, by_path: bool = False) -> dict[str, Any]:
        """The finding as `--format json` shows it (contract §4); `by_path` where a JSON file was read (§6)."""
        where = {"path": self.path} if by_path else {"sheet": self.sheet, "cell": self.cell}
        return {
            "rule": self.rule,
            "severity": self.severity,
            **where,
            "field": self.field,
            "demande": self.demande,
            "value": self.value,
            "message": self.message(lang),
        }


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By sheet (in the spec's order, no place last), row, column and rule, or as in the JSON; each finding once."""
    unique = {(f.rule, f.severity, f.place, f.demande, f.value, f.say.key, repr(f.say.params)): f for f in findings}
    return tuple(sorted(unique.values(), key=_order))


def _order(finding: Finding) -> tuple[bool, tuple[int, ...], str]:
    place = finding.place
    return place is None, place.order if place else (), finding.rule

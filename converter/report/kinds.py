"""Findings grouped by what there is to do: errors first, by kind, each with what to type where that can be said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from converter.codes import RULE_IDS
from converter.findings import Finding, Severity
from converter.report.subject import Grid, Subject
from converter.spec.model import Field, Spec
from converter.wording import Say

MOST_FINDINGS = 3000
"""Findings that one page shows, each kind its part of them; beyond, it would open slowly."""
MOST_GRIDS = 1000
OPEN = 40
"""So many findings of one severity stand open; where there are more, they are folded by kind."""

_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
_RANK = {rule: rank for rank, rule in enumerate(RULE_IDS)}
_ONE_VALUE = ("plain", "without", "near")
_FEW = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A finding as the page shows it. `read` is what stands there, `type_this` the very value to type, `expected` its
    form; None where unknown.
    """

    finding: Finding
    where: str
    read: str | None
    expected: Say | None
    type_this: str | None
    grid: Grid | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Findings of one rule and severity; `count` of them in all."""

    rule: str
    severity: Severity
    count: int
    notes: tuple[Note, ...]
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The kinds of one severity."""

    severity: Severity
    count: int
    kinds: tuple[Kind, ...]


def groups(subject: Subject, spec: Spec) -> tuple[Group, ...]:
    """All findings of a subject, the gravest first; of very many, the first ones of each kind."""
    return tuple(_Grouping(subject, spec).groups())


class _Grouping:
    def __init__(self, subject: Subject, spec: Spec) -> None:
        self.subject, self.spec = subject, spec
        kinds = len({(one.rule, one.severity) for one in subject.findings})
        self.most, self.grids = MOST_FINDINGS // max(1, kinds), MOST_GRIDS

    def groups(self) -> Iterable[Group]:
        for severity in _SEVERITIES:
            some = [one for one in self.subject.findings if one.severity == severity]
            rules = sorted({one.rule for one in some}, key=lambda rule: _RANK.get(rule, len(_RANK)))
            is_open = len(some) <= OPEN and severity != "info"
            alike = ([one for one in some if one.rule == rule] for rule in rules)
            kinds = [self.kind(severity, one, is_open=is_open) for one in alike]
            if kinds:
                yield Group(severity=severity, count=len(some), kinds=tuple(kinds))

    def kind(self, severity: Severity, alike: Sequence[Finding], *, is_open: bool) -> Kind:
        notes = tuple(self.note(one) for one in alike[: self.most])
        return Kind(rule=alike[0].rule, severity=severity, count=len(alike), notes=notes, is_open=is_open)

    def note(self, finding: Finding) -> Note:
        grid = self.subject.grid(finding) if self.grids > 0 else None
        self.grids -= grid is not None
        return Note(
            finding=finding,
            where=f"{finding.sheet}!{finding.cell}" if finding.cell else finding.path or "",
            read=finding.value if finding.value is not None else _marked(grid),
            expected=self.expected(finding),
            type_this=to_type(finding) if finding.place else None,
            grid=grid,
        )

    def expected(self, finding: Finding) -> Say | None:
        """The form of what the cell should hold, where the finding is about that; a JSON is not typed as cells are."""
        field = next((one for one in self.spec.fields if one.name == finding.field and _speaks(one, finding)), None)
        return form_of(field) if field and field.form and (finding.cell or field.form.kind == "identifier") else None


def _marked(grid: Grid | None) -> str | None:
    """What the marked cell holds."""
    return grid.rows[grid.row][1][grid.column] if grid and grid.column is not None else None


def _speaks(field: Field, finding: Finding) -> bool:
    """Whether the finding is one of the field's own."""
    return field.typed and finding.rule in (field.rule, field.check_rule, field.blank_rule)


def to_type(finding: Finding) -> str | None:
    """The very value to type, where the finding knows one."""
    params = finding.say.params
    for name in _ONE_VALUE:
        if isinstance(params.get(name), str):
            return str(params[name])
    nearest = params.get("nearest")
    if isinstance(nearest, tuple) and len(nearest) == 1:
        return str(nearest[0])
    return None


def form_of(field: Field) -> Say | None:
    """What may be typed into a column, as a sentence."""
    form = field.form
    if form is None:
        return None
    if form.kind == "identifier":
        count = Say("word.or", {"one": form.lengths[0], "other": form.lengths[-1]})
        lengths = form.lengths[0] if len(form.lengths) == 1 else count
        one = Say(f"expected.{form.characters}", {"count": lengths})
        return Say("expected.several", {"one": one}) if form.many else one
    if form.kind == "choice":
        codes = form.choices.shown()
        key = "choice" if len(codes) <= _FEW else "long_choice"
        return Say(f"report.expected.{key}", {"codes": codes[:_FEW], "count": len(codes)})
    return Say(f"report.expected.{form.kind}", {"max": form.max})

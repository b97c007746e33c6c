"""What the page of a batch tells: every input's findings and requests, each under its input's name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from converter.findings import Finding
from converter.jobs.outcome import BatchOutcome, Outcome
from converter.jobs.report_workbook import counted_requests, figures_of, next_step, parcels_of, told, tone_of
from converter.report.grids import Sheets
from converter.report.subject import Grid, Subject
from converter.spec.model import Spec
from converter.wording import Say

_BETWEEN = " · "


def of_batch(outcome: BatchOutcome, spec: Spec) -> Subject:
    """The page's subject; an input tells more where the batch was asked for its evidence."""
    names = _names(outcome)
    grids = {names[one.input]: Sheets(one.evidence.tables) for one in outcome.inputs if one.evidence}
    bad = sum(not one.ok for one in outcome.inputs)
    words = {"count": len(outcome.inputs), "bad": bad, "written": counted_requests(outcome.counts.written)}
    return Subject(
        name=Path(outcome.inputs[0].input).name,
        title=Say("report.title_batch", {"count": len(outcome.inputs)}),
        verdict=Say(f"report.batch.{'bad' if bad else 'ok'}", words),
        next=Say(f"report.next.{next_step(outcome)}", {"left": None}),
        tone=tone_of(outcome),
        figures=figures_of(outcome),
        findings=tuple(_named(finding, names[one.input]) for one in outcome.inputs for finding in one.findings),
        requests=tuple(request for one in outcome.inputs for request in told(one, spec)),
        grid=lambda finding: _grid(finding, grids),
        parcels=parcels_of(outcome.files),
        is_written=outcome.mode == "convert",
        notes=tuple(_note(one, names[one.input]) for one in outcome.inputs),
    )


def _names(outcome: BatchOutcome) -> dict[str, str]:
    """What each input is called on the page: its file's name, its path where two have the same."""
    files = [Path(one.input).name for one in outcome.inputs]
    return {
        one.input: name if files.count(name) == 1 else one.input
        for one, name in zip(outcome.inputs, files, strict=True)
    }


def _named(finding: Finding, name: str) -> Finding:
    """The finding with its input's name before its sheet's, or before what it says."""
    if finding.place is not None:
        return replace(finding, place=replace(finding.place, sheet=f"{name}{_BETWEEN}{finding.place.sheet}"))
    words = {"value": finding.value, "field": None, "demande": finding.demande, **finding.say.params}
    return replace(finding, say=Say("report.batch.of", {"input": name, "what": Say(finding.say.key, words)}))


def _grid(finding: Finding, grids: dict[str, Sheets]) -> Grid | None:
    place = finding.place
    name, _, sheet = place.sheet.partition(_BETWEEN) if place else ("", "", "")
    if place is None or name not in grids:
        return None
    return grids[name].grid(replace(finding, place=replace(place, sheet=sheet)))


def _note(outcome: Outcome, name: str) -> Say:
    words = {"input": name, "read": counted_requests(outcome.counts.read), "held": outcome.counts.held}
    key = "fine" if outcome.ok else "faulty" if outcome.counts.read else "unread"
    return Say(f"report.batch.{key}", words)

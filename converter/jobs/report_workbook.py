"""What the page of `check` and `convert` tells: the findings, and the requests as the agency will read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

from converter.findings import Finding
from converter.jobs.outcome import BatchOutcome, Evidence, File, Outcome, advance_of
from converter.parcel.encode import Encoder
from converter.report.grids import Sheets
from converter.report.subject import Figure, Grid, Parcel, State, Subject, Told, Tone, Workbook
from converter.report.views import Views
from converter.spec.model import Spec
from converter.wording import Say


def nothing(_: Finding) -> Grid | None:
    """The surroundings of a finding where none are known."""
    return None


def of_workbook(outcome: Outcome, spec: Spec) -> Subject:
    """The page's subject."""
    evidence = outcome.evidence
    return Subject(
        name=Path(outcome.input).name,
        title=Say("report.title", {"input": Path(outcome.input).name}),
        verdict=_verdict(outcome),
        next=Say(f"report.next.{next_step(outcome)}", {"left": outcome.left}),
        tone=tone_of(outcome),
        figures=figures_of(outcome),
        findings=outcome.findings,
        requests=tuple(told(outcome, spec)),
        grid=Sheets(evidence.tables).grid if evidence else nothing,
        parcels=parcels_of(outcome.files),
        is_written=outcome.mode == "convert",
        workbook=_workbook(outcome, evidence) if evidence else None,
    )


def figures_of(outcome: Outcome | BatchOutcome) -> tuple[Figure, ...]:
    """The numbers at the top of the page."""
    counts = outcome.counts
    ready = counts.read - counts.held - counts.skipped if outcome.mode == "check" else counts.written
    amount, advance = outcome.amount, outcome.advance
    if isinstance(outcome, BatchOutcome):  # others of its inputs may be held back whole
        amount, advance = outcome.sent, advance_of(outcome.sent, outcome.share)
    going = {"check": "ready", "dry-run": "would_be_written", "convert": "written"}[outcome.mode]
    return (
        Figure(label=going, value=ready, tone="good" if ready else "plain"),
        Figure(label="held", value=counts.held, tone="bad" if counts.held else "plain"),
        Figure(label="not_sent" if isinstance(outcome, BatchOutcome) else "skipped", value=counts.skipped),
        Figure(label="amount", value=amount),
        Figure(label="advance", value=advance),
    )


def parcels_of(files: Iterable[File]) -> tuple[Parcel, ...]:
    """The files, to be held against the limits."""
    return tuple(
        Parcel(json=one.json, zip=one.zip, requests=one.requests, attachments=one.attachments, bytes=one.bytes)
        for one in files
    )


def _workbook(outcome: Outcome, evidence: Evidence) -> Workbook:
    made = [name for one in outcome.files for name in (one.json, one.zip) if name]
    return Workbook(
        dossier=evidence.dossier,
        tables=evidence.tables,
        titles=evidence.titles,
        folders=evidence.folders,
        made=(outcome.input, *made),
    )


def tone_of(outcome: Outcome | BatchOutcome) -> Tone:
    """How good the news is."""
    if not outcome.ok:
        return "bad"
    return "doubtful" if outcome.count("warning") else "good"


def next_step(outcome: Outcome | BatchOutcome) -> str:
    """What to do now."""
    if not outcome.ok:
        if isinstance(outcome, Outcome) and outcome.left:
            return "correct_left"
        return "correct_rest" if outcome.files else "correct"
    if not outcome.files:
        return "convert" if outcome.mode == "check" and outcome.counts.read > outcome.counts.skipped else "nothing"
    return "deposit" if outcome.mode == "convert" else "convert"


def _verdict(outcome: Outcome) -> Say:
    """One sentence: how many requests, how many of them are to be corrected, what was written."""
    at_fault = {one.demande for one in outcome.blocking}
    bad = len(at_fault & set(outcome.demandes))
    of_whole = bool(at_fault - set(outcome.demandes))
    words = {"read": counted_requests(outcome.counts.read), "bad": bad, "done": _done(outcome)}
    key = "ok" if outcome.ok else "whole_and" if of_whole and bad else "whole" if of_whole else "bad"
    return Say(f"report.verdict.{key}", words)


def _done(outcome: Outcome) -> Say:
    if outcome.mode == "check":
        return Say("report.done.checked")
    if not outcome.files:
        return Say("report.done.nothing")
    key = "dry" if outcome.mode == "dry-run" else "written"
    return Say(f"report.done.{key}", {"written": counted_requests(outcome.counts.written)})


def counted_requests(count: int) -> Say:
    """So many requests."""
    key = {0: "requests_none", 1: "requests_one"}.get(count, "requests")
    return Say(f"text.{key}", {"count": count})


@dataclass(frozen=True, slots=True)
class _States:
    """Which of a workbook's requests go, and in which line of their file."""

    outcome: Outcome
    held: frozenset[str | None]
    skipped: frozenset[str | None]

    def of(self, demande: str) -> State:
        if demande in self.skipped:
            return "skipped"
        is_empty = self.outcome.mode != "check" and not self.outcome.counts.written
        if demande in self.held or is_empty:
            return "held"
        return "written" if self.outcome.mode == "convert" else "ready"


def _states(outcome: Outcome) -> _States:
    skipped = frozenset(one.demande for one in outcome.findings if one.rule in ("D3", "X11"))
    others = {one.say.params.get("other") for one in outcome.blocking if one.demande in skipped}
    return _States(outcome, frozenset({one.demande for one in outcome.blocking} | others), skipped)


def told(outcome: Outcome, spec: Spec) -> Iterator[Told]:
    """Each request as the agency will read it; none where there is no evidence."""
    evidence = outcome.evidence
    if evidence is None:
        return
    views = Views(spec, Sheets(evidence.tables), Encoder(spec))
    states = _states(outcome)
    lines = (line for file in outcome.files for line in range(1, file.requests + 1))
    for request in evidence.dossier.requests:
        state = states.of(request.demande)
        goes = state in ("written", "ready")
        amount = request.value(spec.advance.amount)
        yield Told(
            demande=request.demande,
            number=request.number,
            state=state,
            amount=amount if isinstance(amount, Decimal) else None,
            sections=partial(views.sections, request, next(lines, None) if goes else None),
        )

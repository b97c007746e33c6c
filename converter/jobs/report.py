"""`--report`: what came of a command, told on a page. It is written last, and its failure loses nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from functools import partial
from pathlib import Path

from converter import clock
from converter.findings import Finding
from converter.jobs.answered import AnsweredLine, Feedback
from converter.jobs.outcome import BatchOutcome, Outcome
from converter.jobs.report_batch import of_batch
from converter.jobs.report_workbook import counted_requests, nothing, of_workbook, tone_of
from converter.jobs.verify import Verified
from converter.readback.decode import Node, number_in
from converter.report.grids import Objects, around
from converter.report.page import page
from converter.report.store import check_target, store
from converter.report.subject import Figure, Grid, Parcel, Subject, Told
from converter.report.views import sections_of_json
from converter.request import Dossier
from converter.spec.model import Spec
from converter.values import day
from converter.wording import Say

__all__ = ["check_target", "report"]


def report(path: str | Path, outcome: Outcome | BatchOutcome | Feedback, spec: Spec, lang: str = "fr") -> None:
    """Write the page of an outcome to `path`, over an earlier page at most.

    An outcome of `check` or `convert` tells more where it was asked for with `evidence=True`. Raises Xl2JsonError where
    the page cannot be written; all that the command itself wrote is there all the same.
    """
    store(Path(path), page(subject_of(outcome, spec), spec, lang, day.shown(clock.today())))


def subject_of(outcome: Outcome | BatchOutcome | Feedback, spec: Spec) -> Subject:
    """What a page tells of an outcome."""
    if isinstance(outcome, Feedback):
        return _of_feedback(outcome, spec)
    if isinstance(outcome, BatchOutcome):
        return of_batch(outcome, spec)
    return _of_verified(outcome, spec) if isinstance(outcome, Verified) else of_workbook(outcome, spec)


def _of_verified(outcome: Verified, spec: Spec) -> Subject:
    name, held = Path(outcome.input).name, outcome.counts.held
    key = "ok" if outcome.ok else "not" if not outcome.complete else "bad" if held else "file"
    words = {"read": counted_requests(outcome.counts.read), "bad": held}
    figures = (
        Figure(label="sound", value=outcome.counts.read - held, tone="plain" if held else "good"),
        Figure(label="faulty", value=held, tone="bad" if held else "plain"),
        Figure(label="amount", value=outcome.amount),
        Figure(label="advance", value=outcome.advance),
    )
    dossier = outcome.dossier
    return Subject(
        name=name,
        title=Say("report.title_verify", {"input": name}),
        verdict=Say(f"report.verified.{key}", words),
        next=Say(f"report.next.{'verified' if outcome.ok else 'correct_json'}"),
        tone=tone_of(outcome),
        figures=figures,
        findings=outcome.findings,
        requests=tuple(_verified(dossier, outcome, spec)) if dossier else (),
        grid=Objects(dossier).grid if dossier else nothing,
        parcels=tuple(_parcel(outcome, name)) if outcome.complete else (),
        notes=(Say("report.no_parcel"),) if outcome.complete and outcome.parcel is None else (),
    )


def _parcel(outcome: Verified, name: str) -> Iterator[Parcel]:
    """The JSON with its zip, as large as it is now."""
    parcel, size = outcome.parcel, 0
    if parcel is not None:
        with suppress(OSError):
            size = parcel.stat().st_size
    yield Parcel(
        json=name, zip=parcel.name if parcel else None, requests=outcome.counts.read, attachments=None, bytes=size
    )


def _verified(dossier: Dossier, outcome: Verified, spec: Spec) -> Iterator[Told]:
    errors = [one for one in outcome.findings if one.severity == "error"]
    faulty = {one.demande for one in errors}
    wrong = frozenset(one.path for one in errors if one.path)
    for request in dossier.requests:
        number = number_in(spec, request)
        origin = request.items[spec.request.id][0].origin
        node = origin if isinstance(origin, Node) else Node({}, "$", (), "")
        amount = request.value(spec.advance.amount)
        yield Told(
            demande=number or request.demande,
            number=number,
            state="faulty" if number in faulty else "sound",
            amount=amount if isinstance(amount, Decimal) else None,
            sections=partial(sections_of_json, node.tree, node.path, wrong),
        )


def _of_feedback(done: Feedback, spec: Spec) -> Subject:
    name, lines = Path(done.file).name, Counter(one.line.status for one in done.lines)
    rejected, unknown = done.count("rejected"), done.count("unknown")
    figures = (
        Figure(label="accepted", value=done.count("accepted"), tone="good"),
        Figure(label="rejected", value=rejected, tone="bad" if rejected else "plain"),
        Figure(label="unknown", value=unknown, tone="doubtful" if unknown else "plain"),
        Figure(label="already", value=done.already),
    )
    words = {"read": counted_requests(len(done.lines)), **{one: lines[one] for one in ("rejected", "unknown")}}
    return Subject(
        name=name,
        title=Say("report.title_feedback", {"input": name}),
        verdict=Say(f"report.answer.{'ok' if done.ok else 'bad'}", words),
        next=Say(f"report.next.{'accepted' if done.ok else 'resubmit'}"),
        tone="bad" if not done.ok else "doubtful" if done.findings else "good",
        figures=figures,
        findings=done.findings,
        requests=tuple(_answered(one, spec) for one in done.lines),
        grid=partial(_around_answer, {f"$.{spec.holder}[{one.line.at}]": one for one in done.lines}),
        notes=done.lost,
        is_answer=True,
    )


def _around_answer(lines: dict[str, AnsweredLine], finding: Finding) -> Grid | None:
    line = lines.get(finding.path or "")
    return around(line.line.tree, finding.field or "") if line else None


def _answered(one: AnsweredLine, spec: Spec) -> Told:
    line, path, fields = one.line, f"$.{spec.holder}[{one.line.at}]", spec.answer
    values = (line.asp, line.code, line.label)
    names = (fields.asp, fields.code, fields.label) if fields else ()
    facts = ((name.rpartition(".")[2], value) for name, value in zip(names, values, strict=False) if value)
    return Told(
        demande=one.demande or path,
        number=line.number,
        state=line.status,
        amount=None,
        sections=partial(sections_of_json, line.tree, path),
        facts=tuple(facts),
    )

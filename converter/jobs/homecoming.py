"""Bringing an answer home: a copy of the workbook with `Traitement` filled in and the cells in question marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from converter.errors import Xl2JsonError
from converter.feedback.advice import Advice, advice_for, rejection
from converter.findings import Finding, Place
from converter.jobs.answered import Feedback
from converter.jobs.convert import OUT
from converter.jobs.settings import Settings, find_settings
from converter.ledger.entries import Entry, by_number, current
from converter.ledger.open import Ledger
from converter.placing import place_freely
from converter.request import Dossier, Request, key_place, supplier_of
from converter.spec.model import Spec
from converter.states import REJECTED
from converter.wording import Say, say
from converter.workbook.annotate import Mark, annotated_copy, losses
from converter.workbook.container import kind_of
from converter.workbook.read import open_book
from converter.workbook.tables import read_tables
from converter.workbook.treatment import Treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A workbook to bring an answer home to."""

    path: Path
    dossier: Dossier
    settings: Settings


def read_homes(workbooks: Sequence[str | Path], spec: Spec) -> list[Home]:
    """Read the workbooks that an answer is to be brought home to, before anything is noted.

    Raises Xl2JsonError where one cannot be read or copied.
    """
    for one in map(Path, workbooks):
        if kind_of(one) != "xlsx":
            raise Xl2JsonError("answer.workbook_kind", name=one.name)
    return [_home(Path(one), spec) for one in workbooks]


def bring_home(
    done: Feedback,
    ledger: Ledger,
    homes: Sequence[Home],
    out: str | Path | None,
    spec: Spec,
    lang: str,
) -> Feedback:
    """`done`, its rejections told at the cells of each home; an annotated copy of each is written to `out`."""
    copies: list[str] = []
    lost: list[Say] = []
    findings = list(done.findings)
    for home in homes:
        path = home.path
        with ledger.reading() as connection:
            supplier = supplier_of(home.dossier.header.values, spec)
            if supplier is None or (supplier.siret, supplier.ans) != (done.siret, done.ans):
                say_ = Say("say.answer.other_workbook", {"name": path.name})
                findings.append(Finding(rule="R5", severity="warning", say=say_))
                continue
            keys = [one.demande for one in home.dossier.requests]
            known = current(connection, supplier.siret, supplier.ans, keys)
            numbers = [one.number for one in home.dossier.requests if one.number]
            known |= _by_number(by_number(connection, supplier.siret, numbers), home.dossier, known)
        findings = _at_cells(findings, home.dossier, known, spec)
        copies.append(str(_copy(home, known, out, spec, lang)))
        parts = tuple(Say(f"annotate.loss.{one}") for one in losses(path))
        lost += [Say("annotate.lost", {"name": path.name, "parts": parts})] if parts else []
    return replace(done, findings=tuple(findings), copies=tuple(copies), lost=tuple(lost))


def _home(path: Path, spec: Spec) -> Home:
    from converter.reshape import reshape

    settings = find_settings(path, spec)
    with open_book(path) as book:
        tables = read_tables(book, spec, settings.given)
    return Home(path=path, dossier=reshape(tables, spec, settings.given), settings=settings)


def _by_number(numbers: Mapping[str, Entry], dossier: Dossier, known: Mapping[str, Entry]) -> dict[str, Entry]:
    """Requests that the ledger took over under no key but their number."""
    typed = {one.demande: numbers.get((one.number or "").casefold()) for one in dossier.requests}
    return {key: entry for key, entry in typed.items() if entry is not None and key not in known and not entry.named}


def _copy(home: Home, known: Mapping[str, Entry], out: str | Path | None, spec: Spec, lang: str) -> Path:
    treatments = [
        Treatment(demande=key, number=one.number, asp=one.asp, code=one.code, label=one.label)
        for key in (request.demande for request in home.dossier.requests)
        if (one := known.get(key)) is not None
        if one.asp is not None or one.state == REJECTED
    ]
    marks = [
        Mark(sheet=place.sheet, row=place.row, column=place.column, severity="error", text=say(told, lang))
        for request, entry in _rejected(home.dossier, known)
        for label in (entry.label or entry.code or "",)
        for told in (rejection(label, entry.number),)
        for place in cells_of(request, advice_for(label), spec)
    ]
    content = annotated_copy(home.path, spec, treatments, marks, lang)
    folder = Path(out) if out is not None else home.settings.out or OUT
    target = folder / home.path.name
    if target.resolve() == home.path.resolve():
        raise Xl2JsonError("answer.copy_is_original", name=home.path.name)
    return place_freely(target, content)  # nobody's corrections are written over


def _rejected(dossier: Dossier, known: Mapping[str, Entry]) -> Iterator[tuple[Request, Entry]]:
    for request in dossier.requests:
        entry = known.get(request.demande)
        if entry is not None and entry.state == REJECTED:
            yield request, entry


def cells_of(request: Request, advice: Advice | None, spec: Spec) -> list[Place]:
    """The cells that a label is about, without repetition; the request's key where that is not known."""
    found: list[Place | None] = []
    for path in advice.fields if advice else ():
        block, _, name = path.partition(".")
        found += [item.place(name) for item in request.items.get(block, ())]
    places = [one for one in dict.fromkeys(found) if one is not None]
    key = key_place(request, spec)
    return places or ([key] if key else [])


def _at_cells(findings: list[Finding], dossier: Dossier, known: Mapping[str, Entry], spec: Spec) -> list[Finding]:
    """The rejections among `findings` told at each cell in question of this workbook."""
    homes = {entry.demande: request for request, entry in _rejected(dossier, known)}
    told: list[Finding] = []
    for one in findings:
        request = homes.get(one.demande or "") if one.say.key.startswith("say.answer.rejected") else None
        if request is None:
            told.append(one)
            continue
        places = cells_of(request, advice_for(one.value or ""), spec)
        told += [replace(one, place=place, demande=request.demande) for place in places]
    return told

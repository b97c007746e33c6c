"""What a person asks of the ledger: list, show, mark, import, export (contract §6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, or_

from converter.cells import fold
from converter.errors import MisuseError, Xl2JsonError
from converter.jobs.answered import Feedback
from converter.jobs.feedback import feedback
from converter.ledger import summary
from converter.ledger.entries import Entry, all_entries, story
from converter.ledger.mark import mark as mark_it
from converter.ledger.open import Ledger
from converter.ledger.salvage import salvage
from converter.ledger.tables import requests
from converter.placing import place
from converter.readback.lenient import clean
from converter.spec.load import load_spec
from converter.spec.model import Spec
from converter.states import ALL, OF_FILES, OF_REQUESTS
from converter.wording import LANGUAGES, Say, say

_NOT_TOLD_OF_AN_IMPORT = {"R4", "R5", "R8"}  # that it was unknown is the very reason for importing it


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Entries of the ledger, and the numbers of those that they replace."""

    entries: tuple[Entry, ...]
    numbers: dict[int, str]

    def as_dicts(self) -> list[dict[str, Any]]:
        """The entries as `ledger list --format json` shows them (contract §6)."""
        return [
            {
                "demande": one.demande,
                "numeroEditeur": one.number,
                "file": one.file and f"{one.file}.json",
                "numLigne": one.line,
                "state": one.state,
                "numeroASP": one.asp,
                "codeTraitement": one.code,
                "libelleTraitement": one.label,
                "replaces": self.numbers.get(one.replaces or 0),
            }
            for one in self.entries
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to a request, under the number that it had."""

    at: str
    number: str
    state: str
    file: str | None
    line: int | None
    asp: str | None
    code: str | None
    label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written, and whether it is all there was."""

    path: Path
    entries: tuple[Entry, ...]
    is_whole: bool


def listing(ledger: str | Path | Ledger, *, state: str | None = None) -> Listing:
    """Every entry, or those of that state, in the order in which they were numbered."""
    state = state_of(state, ALL, "--state") if state is not None else None
    with Ledger.at(ledger).reading() as connection:
        every = all_entries(connection)
    some = (one for one in every if state in (None, one.state))
    return Listing(entries=tuple(some), numbers={one.id: one.number for one in every})


def state_of(word: str, known: Sequence[str], name: str) -> str:
    """The state that `word` means, be it the ledger's own name of it or what the listing shows.

    Raises MisuseError where it is none of `known`; `name` is what it was given for.
    """
    for state in known:
        words = (state, *(say(Say(f"state.{state}"), lang) for lang in LANGUAGES))
        if fold(word) in map(fold, words):
            return state
    raise MisuseError("cli.bad_word", name=name, value=word, known=tuple(known))


def show(ledger: str | Path | Ledger, what: str) -> tuple[Listing, tuple[Event, ...]]:
    """The whole story of a request, by its key, one of its numbers, or its `numeroASP`.

    Raises Xl2JsonError where the ledger knows none.
    """
    what = clean(what)
    with Ledger.at(ledger).reading() as connection:
        every = all_entries(connection)
        named = all_entries(
            connection,
            or_(requests.c.demande == what, func.lower(requests.c.number) == what.lower(), requests.c.asp == what),
        )
        keys = {(one.siret, one.ans, one.demande) for one in named}
        entries = [one for one in every if (one.siret, one.ans, one.demande) in keys]
        rows = story(connection, [one.id for one in entries])
    if not entries:
        raise Xl2JsonError("ledger.unknown", what=what)
    numbers = {one.id: one.number for one in every}
    told = [
        Event(
            at=row.at,
            number=numbers[row.request],
            state=row.state,
            file=row.file,
            line=row.line,
            asp=row.asp,
            code=row.code,
            label=row.label,
        )
        for row in rows
    ]
    return Listing(entries=tuple(entries), numbers=numbers), tuple(told)


def mark(ledger: str | Path | Ledger, state: str, what: str, *, siret: str | None = None) -> Listing:
    """Tell the ledger what became of a file or a request; see `converter.ledger.mark`."""
    state = state_of(state, tuple(sorted(OF_FILES | OF_REQUESTS, key=ALL.index)), "STATE")
    with Ledger.at(ledger).writing() as connection:
        marked = mark_it(connection, state, clean(what), siret and clean(siret))
        numbers = {one.id: one.number for one in all_entries(connection)}
    return Listing(entries=tuple(marked), numbers=numbers)


def take_in(ledger: str | Path | Ledger, paths: Sequence[str | Path], *, spec: Spec | None = None) -> list[Feedback]:
    """Take over deposits that were made without the ledger, answered or not, one transaction a file."""
    opened, taken = Ledger.at(ledger), []
    for path in paths:
        done = feedback(path, ledger=opened, spec=spec)
        told = tuple(one for one in done.findings if one.rule not in _NOT_TOLD_OF_AN_IMPORT)
        taken.append(replace(done, findings=told))
    return taken


def export(
    ledger: str | Path | Ledger, target: str | Path, *, month: str | None = None, spec: Spec | None = None, lang: str
) -> Exported:
    """Write the ledger, or the deposits of a month (`AAAA-MM`), to `target` (.xlsx or .csv).

    Of a damaged ledger, what can still be read is written. Raises Xl2JsonError where `target` exists.
    """
    target, spec, opened = Path(target), spec or load_spec(), Ledger.at(ledger)
    makers = {".xlsx": summary.as_xlsx, ".csv": summary.as_csv}
    if target.suffix.lower() not in makers:
        raise MisuseError("ledger.export_kind", name=target.name)
    if target.exists():
        raise Xl2JsonError("exists", name=str(target))
    is_whole = True
    try:
        with opened.reading(whole=True) as connection:
            entries = all_entries(connection)
    except Xl2JsonError as error:
        if error.say.key not in ("error.ledger.corrupt", "error.ledger.unusable") or opened.path is None:
            raise
        entries, is_whole = salvage(opened.path), False
        if not entries:
            raise
    some = [one for one in entries if month is None or _month(one) == month]
    place(target, makers[target.suffix.lower()](some, spec.advance.share, lang))
    return Exported(path=target, entries=tuple(some), is_whole=is_whole)


def _month(one: Entry) -> str:
    """The month of an entry's deposit; of one in no file yet, that in which it was numbered."""
    return (one.day or one.deposited_at or one.reserved_at or "")[:7]

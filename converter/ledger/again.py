"""What the ledger has to say of a workbook that comes again: D2 to D5, and which number each request goes under.

Pure: everything the ledger knows is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from converter.findings import Finding
from converter.ledger.entries import Entry
from converter.request import Request, key_place
from converter.rules.beneficiaries import numbers_in
from converter.spec.model import Spec
from converter.states import OPEN, REJECTED, SENT, WITHDRAWN
from converter.wording import Say

CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A request as it would be sent: the fingerprint of its JSON (None while a value is faulty), whom it is for, and
    the digests of its attachments, which are read only where that matters (None where one cannot be).
    """

    content: str | None
    marks: frozenset[str]
    pieces: Callable[[], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the ledger knows of a workbook's requests: newest entry by key, entries by number (in lower case), entries
    that those replace by id, and whom each entry is for.
    """

    current: Mapping[str, Entry]
    numbers: Mapping[str, Entry]
    replaced: Mapping[int, Entry]
    marks: Mapping[int, set[str]]


@dataclass(slots=True, kw_only=True)
class Look:
    """What comes of it. `skipped`: at the agency and unchanged; `entries`: the entry whose number a request keeps;
    `replaces`: the rejected entry that a request stands in for.
    """

    findings: list[Finding] = field(default_factory=list)
    skipped: set[str] = field(default_factory=set)
    entries: dict[str, Entry] = field(default_factory=dict)
    replaces: dict[str, Entry] = field(default_factory=dict)


def look(
    spec: Spec,
    requests: Iterable[Request],
    facts: Mapping[str, Facts],
    known: Known,
    *,
    same: bool = False,
    is_mailed: bool = False,
) -> Look:
    """Hold each request against the ledger. `same` says that a request of another beneficiary is no other order;
    where it `is_mailed`, what is told is for somebody who cannot type that option.
    """
    outcome = Look()
    another = None if same else "another_mailed" if is_mailed else "another"
    for request in requests:
        _one(spec, request, facts[request.demande], known, outcome, another)
    return outcome


def _one(spec: Spec, request: Request, facts: Facts, known: Known, outcome: Look, another: str | None) -> None:
    holder = known.numbers.get(request.number.casefold()) if request.number else None
    entry = known.current.get(request.demande)
    if entry is None and holder is not None and not holder.named and _in_common(facts, holder, known):
        entry = holder  # taken over from a file, under no name but its number: now it has one
    if entry is not None and another is not None and _is_another(facts, entry, known):
        outcome.findings.append(_said(spec, request, "D5", "error", another, entry))
    elif holder is not None and entry is not None and _was_its_own(holder, entry):
        _again(spec, request, facts, holder, known, outcome)
    elif holder is not None and (entry is None or holder.id != entry.id):
        is_own = entry is not None and holder.demande == request.demande
        outcome.findings.append(_said_of_number(spec, request, "rejected_number" if is_own else "used", holder))
    elif entry is not None:
        _again(spec, request, facts, entry, known, outcome)


def _was_its_own(holder: Entry, entry: Entry) -> bool:
    """Whether both are of one request, and neither has ever been sent: then it may have its former number again."""
    is_same = (holder.ans, holder.demande) == (entry.ans, entry.demande)
    return is_same and holder.state in OPEN and entry.state in OPEN


def _again(spec: Spec, request: Request, facts: Facts, entry: Entry, known: Known, outcome: Look) -> None:
    """A request that the ledger knows, and whose number is nobody else's."""
    if entry.state in SENT:
        outcome.findings.append(_of_a_sent_one(spec, request, facts, entry))
        if outcome.findings[-1].rule == "D3":
            outcome.skipped.add(request.demande)
    elif entry.state == REJECTED and request.number is not None and _may_go_under(request, entry):
        outcome.findings.append(_said_of_number(spec, request, "rejected_number", entry))
    else:
        rejected = entry if entry.state == REJECTED else known.replaced.get(entry.replaces or 0)
        if entry.state in OPEN and _may_go_under(request, entry):
            outcome.entries[request.demande] = entry
        if rejected is not None:
            outcome.replaces[request.demande] = rejected
            if is_alike(facts, rejected):
                outcome.findings.append(_said(spec, request, "D4", "warning", "rejected", rejected))


def _may_go_under(request: Request, entry: Entry) -> bool:
    """Whether the request bears no other number than the entry; in lower case or upper, it is the same one."""
    return request.number is None or request.number.casefold() == entry.number.casefold()


def _of_a_sent_one(spec: Spec, request: Request, facts: Facts, entry: Entry) -> Finding:
    """D3 where nothing differs from what the agency has, else D2."""
    if request.number not in (None, entry.number):
        return _said_of_number(spec, request, "other_number", entry)
    if is_alike(facts, entry):
        return _said(spec, request, "D3", "info", "accepted" if entry.asp else "deposited", entry)
    key = CHANGED if facts.content != entry.content else "changed_piece"
    return _said(spec, request, "D2", "error", key, entry)


def is_alike(facts: Facts, entry: Entry) -> bool:
    """Whether nothing differs; files that cannot be seen any more, or never were, count as the same."""
    if facts.content is None or facts.content != entry.content:
        return False
    return entry.pieces is None or facts.pieces() in (None, entry.pieces)


def _is_another(facts: Facts, entry: Entry, known: Known) -> bool:
    theirs = known.marks.get(entry.id)
    return entry.state != WITHDRAWN and bool(facts.marks) and bool(theirs) and not _in_common(facts, entry, known)


def _in_common(facts: Facts, entry: Entry, known: Known) -> bool:
    return not numbers_in(facts.marks).isdisjoint(numbers_in(known.marks.get(entry.id, ())))


def _said(spec: Spec, request: Request, rule: str, severity: Any, key: str, entry: Entry) -> Finding:
    words = {"number": entry.number, "asp": entry.asp, "file": entry.file, "label": entry.label or entry.code}
    say = Say(f"say.again.{key}", words)
    return request.finding(rule, severity, say, key_place(request, spec), None if rule == "D3" else request.demande)


def _said_of_number(spec: Spec, request: Request, key: str, holder: Entry) -> Finding:
    say = Say(f"say.again.{key}", {"other": holder.demande, "number": holder.number})
    return request.finding("D2", "error", say, request.place(spec.number.path), request.number)


def withdrawn_elsewhere(dropped: Iterable[Entry], workbooks: Collection[str], is_mailed: bool) -> Iterator[Finding]:
    """D7: prepared requests of other workbooks than these that are withdrawn: their file is taken up again."""
    key = "say.mailed.withdrawn" if is_mailed else "say.again.withdrawn_elsewhere"
    for one in dropped:
        if one.workbook is not None and one.workbook not in workbooks:
            words = {"number": one.number, "workbook": PurePath(one.workbook).name, "file": one.file}
            yield Finding(rule="D7", severity="warning", say=Say(key, words), demande=one.demande, value=one.demande)

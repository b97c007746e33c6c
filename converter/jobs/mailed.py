"""What a mail may not do (D8): change or replace what came another way, or take most of the numbers that are left.

What came another way and says the same goes out once (X11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from converter.findings import Finding
from converter.ledger.again import Facts, Known, is_alike
from converter.ledger.entries import Entry
from converter.parcel.numbers import last_number, used
from converter.request import Request, key_place
from converter.rules import accepted
from converter.spec.model import Spec
from converter.states import PREPARED, SENT
from converter.wording import Say

RULE, SAME = "D8", "X11"


def barred(
    spec: Spec, requests: Iterable[Request], facts: Mapping[str, Facts], known: Known, sender: str, highest: int
) -> Iterator[Finding]:
    """What is to be said of each request that is not sent: an error where `sender` may not send it so, and no error
    where it is prepared just so; of what others have sent, nothing is told.

    `highest` is the highest number that the supplier ever used: a typed one may take half of those above it at most,
    since none below it is allotted any more.
    """
    most = highest + (last_number(spec) - highest) // 2
    for request in requests:
        entry, holder = known.current.get(request.demande), known.numbers.get((request.number or "").casefold())
        if entry is not None and entry.sender != sender:
            is_so = _is_so(spec, request, facts, entry)
            if is_so and entry.state == PREPARED:
                yield request.finding(SAME, "info", Say("say.mailed.same"), key_place(request, spec))
            elif not (is_so and entry.state in SENT):  # of which D3 speaks
                yield _said(request, spec, "of_another", request.demande)
        elif holder is not None and holder.sender != sender and (entry is None or holder.id != entry.id):
            yield _said(request, spec, "number_of_another", request.number)
        elif far := [number for number in used([request], spec) if number > most]:
            yield _said(request, spec, "far_number", request.number or str(far[0]), highest=highest)


def discreet(findings: Iterable[Finding], entries: Mapping[str, Entry], sender: str) -> Iterator[Finding]:
    """The same findings about two requests, without the keys of those that others have sent; `entries` are by key."""
    for one in findings:
        entry = entries.get(one.say.params["other"])
        if entry is not None and entry.sender == sender:
            yield one
        else:
            yield replace(one, say=Say("say.mailed.shared", {"number": one.say.params["number"]}))


def _is_so(spec: Spec, request: Request, facts: Mapping[str, Facts], entry: Entry) -> bool:
    """Whether the ledger has it just so, number and answer too, as far as they were typed."""
    told = accepted([request], spec).get(request.demande)
    return (
        request.number in (None, entry.number) and told in (None, entry.asp) and is_alike(facts[request.demande], entry)
    )


def _said(request: Request, spec: Spec, key: str, value: str | None, **words: int) -> Finding:
    place = key_place(request, spec) if value == request.demande else request.place(spec.number.path)
    return request.finding(RULE, "error", Say(f"say.mailed.{key}", words), place or key_place(request, spec), value)

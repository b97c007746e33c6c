"""What a mail may not do (D8): change or replace what came another way, or take a number far above those in use.

What came another way and says the same goes out once (X11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from converter.errors import Xl2JsonError
from converter.findings import Finding
from converter.jobs.examine import Mailed
from converter.ledger.again import Facts, Known, is_alike
from converter.ledger.entries import Entry
from converter.parcel.numbers import used
from converter.request import Request, key_place
from converter.rules import accepted
from converter.spec.model import Spec
from converter.states import PREPARED, RESERVED, SENT
from converter.wording import Say

RULE, SAME = "D8", "X11"
_STEP = 1000
"""So far above the highest number that was used may a mail go: numbers below the highest are never allotted, and a slip
of the keyboard would use them up.
"""


def barred(
    spec: Spec,
    requests: Sequence[Request],
    facts: Mapping[str, Facts],
    known: Known,
    mailed: Mailed,
    highest: int,
    beside: Sequence[Request],
) -> Iterator[Finding]:
    """What is to be said of each request that is not sent: an error where this mail may not send it so, and no error
    where it is prepared just so; of what others have sent, nothing is told.

    `highest` is the highest number that the supplier ever used; `beside` are all requests of the supplier that came
    along. Where one of them is accepted under a number that is too far, nobody knows which are free. Raises
    Xl2JsonError where another run is preparing one of them at this moment.
    """
    unsure = [number for one in beside if accepted([one], spec) for number in far_numbers(one, spec, highest)]
    for request in requests:
        holder = known.numbers.get((request.number or "").casefold())
        entry = known.current.get(request.demande) or (holder if holder is not None and not holder.named else None)
        if entry is not None and (entry.sender != mailed.sender or _is_later(entry, mailed)):
            is_so = _is_so(spec, request, facts, entry)
            if is_so and entry.state == RESERVED and entry.file is not None:
                raise Xl2JsonError("ledger.overtaken")
            if is_so and entry.state == PREPARED:
                yield request.finding(SAME, "info", Say("say.mailed.same"), key_place(request, spec))
            elif not (is_so and entry.state in SENT):  # of which D3 speaks
                key = "of_another" if entry.sender != mailed.sender else "older"
                yield _said(request, spec, key, request.demande)
        elif holder is not None and holder.sender != mailed.sender and (entry is None or holder.id != entry.id):
            yield _said(request, spec, "number_of_another", request.number)
        elif far := far_numbers(request, spec, highest):
            yield _said(request, spec, "far_number", request.number or str(far[0]), highest=highest)
        elif unsure and request.number is None:
            yield _said(request, spec, "far_number", str(unsure[0]), highest=highest)


def far_numbers(request: Request, spec: Spec, highest: int) -> list[int]:
    """The numbers that a request brings and that no mail may take."""
    return [number for number in used([request], spec) if number > highest + _STEP]


def _is_later(entry: Entry, mailed: Mailed) -> bool:
    """Whether a later mail has brought the request, or left it out: its word counts, whichever is read last."""
    return (
        entry.state not in SENT
        and entry.mailed_at is not None
        and mailed.at is not None
        and entry.mailed_at > mailed.at
    )


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

"""What a mail may not do (D8): change or replace what came another way, or take most of the numbers that are left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from converter.findings import Finding
from converter.ledger.again import Facts, Known, is_alike
from converter.ledger.entries import Entry
from converter.parcel.numbers import last_number, used
from converter.request import Request, key_place
from converter.rules import accepted
from converter.spec.model import Spec
from converter.states import SENT
from converter.wording import Say

RULE = "D8"


def barred(
    spec: Spec, requests: Iterable[Request], facts: Mapping[str, Facts], known: Known, sender: str, highest: int
) -> Iterator[Finding]:
    """One D8 for each request that `sender` may not send so; of what others have sent, nothing is told.

    `highest` is the highest number that the supplier ever used: a typed one may take half of those above it at most,
    since none below it is allotted any more.
    """
    most = highest + (last_number(spec) - highest) // 2
    for request in requests:
        entry, holder = known.current.get(request.demande), known.numbers.get((request.number or "").casefold())
        if entry is not None and entry.sender != sender and not _is_sent_so(spec, request, facts, entry):
            yield _said(request, spec, "of_another", request.demande)
        elif holder is not None and holder.sender != sender and (entry is None or holder.id != entry.id):
            yield _said(request, spec, "number_of_another", request.number)
        elif far := [number for number in used([request], spec) if number > most]:
            yield _said(request, spec, "far_number", request.number or str(far[0]), highest=highest)


def _is_sent_so(spec: Spec, request: Request, facts: Mapping[str, Facts], entry: Entry) -> bool:
    """Whether it has gone to the agency just so: then it is passed over (D3), whoever mails it once more."""
    told = accepted([request], spec).get(request.demande)
    is_one = entry.state in SENT and request.number in (None, entry.number) and told in (None, entry.asp)
    return is_one and is_alike(facts[request.demande], entry)


def _said(request: Request, spec: Spec, key: str, value: str | None, **words: int) -> Finding:
    place = key_place(request, spec) if value == request.demande else request.place(spec.number.path)
    return request.finding(RULE, "error", Say(f"say.mailed.{key}", words), place or key_place(request, spec), value)

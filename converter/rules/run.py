"""Which rules apply is the spec's to say; this puts its declarations to work, in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Any

from converter.findings import Finding
from converter.request import Dossier, Item, Request
from converter.rules import beneficiaries, numbers, order, pieces, scenario
from converter.rules.context import Context
from converter.spec.model import Rule, Spec

OfOne = Callable[[Rule, Context, Request], Iterable[Finding]]
OfAll = Callable[[Rule, Context, list[Request]], Iterable[Finding]]

OF_ONE: dict[str, OfOne] = {
    "date_window": order.date_window,
    "not_both": scenario.not_both,
    "one_yes": scenario.one_yes,
    "filled_only_if": beneficiaries.filled_only_if,
    "any_row": beneficiaries.any_row,
    "single": beneficiaries.single,
    "piece_needed": pieces.piece_needed,
    "piece_if": pieces.piece_if,
    "once_each": pieces.once_each,
    "accepted": numbers.accepted_before,
}
OF_ALL: dict[str, OfAll] = {"shared": beneficiaries.shared, "profiles": scenario.profiles}


def apply_rules(dossier: Dossier, spec: Spec, deposit: date) -> list[Finding]:
    """Every finding of the rules that cross fields, for a deposit on that day."""
    context = Context(spec=spec, deposit=deposit, header=dossier.header)
    found: list[Finding] = list(numbers.unique(context, dossier.requests))
    for rule in spec.rules:
        if rule.use in OF_ALL:
            found += OF_ALL[rule.use](rule, context, dossier.requests)
        else:
            found += _each(partial(OF_ONE[rule.use], rule, context), dossier.requests)
    return found


def _each(apply: Callable[[Request], Iterable[Finding]], requests: list[Request]) -> Iterable[Finding]:
    for request in requests:
        yield from apply(request)


def shared(requests: list[Request], header: Item, spec: Spec, deposit: date) -> Iterable[Finding]:
    """The beneficiaries that requests share (B15), whichever inputs they come from."""
    context = Context(spec=spec, deposit=deposit, header=header)
    for rule in spec.rules:
        if rule.use == "shared":
            yield from beneficiaries.shared(rule, context, requests)


def accepted(requests: Iterable[Request], spec: Spec) -> dict[str, Any]:
    """The requests that the agency has accepted already, by key, with its number; they are not sent again (D3)."""
    fields = [rule.options["field"] for rule in spec.rules if rule.use == "accepted"]
    return {
        request.demande: request.value(field)
        for request in requests
        for field in fields
        if isinstance(request.value(field), str)
    }

"""D1, D3: the editor's number, one for each request, and the requests that have the agency's own already."""

from __future__ import annotations

from collections.abc import Iterator

from converter.findings import Finding
from converter.request import Request
from converter.rules.context import Context
from converter.spec.model import Rule
from converter.wording import Say


def unique(context: Context, requests: list[Request]) -> Iterator[Finding]:
    """Two requests with one number. Case does not count: Windows would take their files for the same."""
    number = context.spec.number
    first: dict[str, str] = {}
    for request in requests:
        if request.number is None:
            continue
        owner = first.setdefault(request.number.casefold(), request.demande)
        if owner != request.demande:
            say = Say("say.number.twice", {"other": owner})
            yield request.finding(number.rule, "error", say, request.place(number.path), request.number)


def accepted_before(rule: Rule, context: Context, request: Request) -> Iterator[Finding]:
    """The agency has numbered the request: it is accepted, and not sent again."""
    number = request.value(rule.options["field"])
    if isinstance(number, str):
        yield request.finding(rule.id, "info", Say("say.number.accepted"), request.place(rule.options["field"]), number)

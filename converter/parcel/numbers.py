"""Numbers for the requests that bring none: the smallest above all that were ever used (guide §3.2: from 00001)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from itertools import chain

from converter.errors import Xl2JsonError
from converter.findings import Finding
from converter.request import Request, key_place
from converter.spec.model import Spec
from converter.values import FAULTY
from converter.values.identifier import repaired_key
from converter.wording import Say


def allot(
    requests: Iterable[Request], among: Iterable[Request], spec: Spec, first_number: int, but: Container[int] = ()
) -> Iterator[Request]:
    """Give each of `requests` without a number the next one above all that the requests `among` them bring, from
    `first_number` on; returns those it gave one.

    Numbers in `but` are passed over. Raises Xl2JsonError past the last number that the form allows. Numbers with
    letters are passed over in counting.
    """
    last = last_number(spec)
    next_number = max([first_number - 1, *used(among, spec)]) + 1
    for request in requests:
        if request.number is not None:
            continue
        while next_number in but:
            next_number += 1
        if next_number > last:
            raise Xl2JsonError("numbers_used_up", last=last)
        request.number = f"{next_number:0{len(str(last))}d}"
        next_number += 1
        yield request


def last_number(spec: Spec) -> int:
    """The highest number of digits alone that the form allows."""
    assert spec.number.form is not None
    return int(10 ** spec.number.form.lengths[0] - 1)


def without_ledger(requests: Iterable[Request], spec: Spec) -> Iterator[Finding]:
    """D6: nobody knows whether the numbers that these were given have been used before."""
    for request in requests:
        place = request.place(spec.number.path) or key_place(request, spec)
        yield request.finding("D6", "warning", Say("say.number.allotted", {"number": request.number}), place)


def used(requests: Iterable[Request], spec: Spec) -> Iterator[int]:
    """Every number that these requests bring, be it typed or told in the agency's answer."""
    blocks = [block.id for block in spec.blocks if any(one.name == spec.number.name for one in block.fields)]
    for request in requests:
        for item in chain.from_iterable(request.items.get(block, ()) for block in blocks):
            number = _number(item.values.get(spec.number.name), spec)
            if number is not None:
                yield number


def _number(typed: object, spec: Spec) -> int | None:
    if not isinstance(typed, str) or spec.number.form is None:
        return None
    value = repaired_key(int(typed) if typed.isascii() and typed.isdigit() else typed, spec.number.form).value
    return int(value) if value is not FAULTY and str(value).isdigit() else None

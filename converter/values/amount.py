"""Amounts in euros, as exact decimals with two digits after the point (§3.2).

A number is first rounded to the 15 significant digits that Excel shows, so that 0.1 + 0.2 is 0.3 here too.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal

from converter.cells import INVISIBLE, SPACES, Raw, show, trim
from converter.values import Form, Parsed, Parser, repaired, wrong

CENT = Decimal("0.01")
_DECIMALS, _THOUSANDS = 2, 3
_TOO_MUCH = 10**18
_MOST_SIGNS = 21
_PLAIN = re.compile(r"-?[0-9]+(?:[.,](?P<cents>[0-9]+))?")
_EXPONENT = re.compile(r"[+-]?[0-9.,]+[Ee][+-]?[0-9]+")
_BOTH_MARKS = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+\.[0-9]+|-?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+")


def parser(_: Form) -> Parser:
    """A parser of amounts (value: Decimal with exactly two decimals, above 0)."""
    return _parse


def shown(amount: Decimal) -> str:
    """The amount with its two decimals and a point, as the JSON bears it."""
    return f"{amount:.2f}"


def _parse(raw: Raw) -> Parsed:
    if isinstance(raw, str):
        return _from_text(raw)
    is_number = isinstance(raw, int) or (isinstance(raw, float) and math.isfinite(raw))
    if not is_number or isinstance(raw, bool) or not isinstance(raw, int | float) or abs(raw) >= _TOO_MUCH:
        return wrong("amount.form", show(raw))
    return _bounded(Decimal(raw) if isinstance(raw, int) else Decimal(f"{raw:.15g}"), show(raw))


def _from_text(raw: str) -> Parsed:
    text = trim(raw)
    bare = SPACES.sub("", INVISIBLE.sub("", text)).removesuffix("€").removeprefix("€")
    match = _PLAIN.fullmatch(bare)
    if not match:
        return _refused(bare, text)
    if len(match["cents"] or "") == _THOUSANDS:  # 31,160 may be a thousand times 31.16
        whole, decimal = (
            Decimal(re.sub("[.,]", "", bare)),
            Decimal(bare.replace(",", ".")).quantize(CENT, ROUND_HALF_UP),
        )
        return wrong("amount.thousands", text, whole=whole, decimal=decimal)
    if len(match["cents"] or "") > _DECIMALS:
        return wrong("amount.decimals", text)
    if len(bare) > _MOST_SIGNS:
        return wrong("amount.form", text)
    amount = _bounded(Decimal(bare.replace(",", ".")), text)
    if bare == text or amount.notes:
        return amount
    return repaired(amount.value, "amount", text, shown(amount.value))


def _refused(bare: str, text: str) -> Parsed:
    if _EXPONENT.fullmatch(bare):
        return wrong("amount.exponent", text)
    if _BOTH_MARKS.fullmatch(bare):
        *whole, cents = re.split("[.,]", bare)
        if len(cents) > _DECIMALS:
            return wrong("amount.decimals", text)
        return wrong("amount.marks", text, plain=f"{''.join(whole)},{cents}")
    number = re.sub("[^0-9.,]", "", bare)
    match = _PLAIN.fullmatch(number)
    if (
        match
        and len(match["cents"] or "") <= _DECIMALS
        and bare.strip("0123456789.,").isalpha()
        and len(number) < _MOST_SIGNS
    ):
        return wrong("amount.words", text, plain=number)
    return wrong("amount.form", text)


def _bounded(amount: Decimal, typed: str | None) -> Parsed:
    if amount <= 0:
        return wrong("amount.positive", typed)
    if amount != round(amount, _DECIMALS):
        return wrong("amount.decimals", typed)
    return Parsed(amount.quantize(CENT))

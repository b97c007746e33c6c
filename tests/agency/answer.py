"""The ways in which the portal may hand its answer back: the same JSON, filled in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any, Final

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How an answer is written."""

    encoding: str = "utf-8"
    reordered: bool = False
    plain_amounts: bool = False  # 31162.0 in place of 31162.00
    asp_as_number: bool = False


STYLES: Final = {
    "utf-8": Style(),
    "bom": Style(encoding="utf-8-sig"),
    "cp1252": Style(encoding="cp1252"),
    "reordered": Style(reordered=True),
    "31162.0": Style(plain_amounts=True),
    "asp as a number": Style(asp_as_number=True),
    "all at once": Style(encoding="cp1252", reordered=True, plain_amounts=True, asp_as_number=True),
}


def write(tree: dict[str, Any], style: Style, random: Random) -> bytes:
    """The bytes of a filled-in tree."""
    lines = list(tree["lignesImport"])
    if style.reordered:
        random.shuffle(lines)
    if style.asp_as_number:
        lines = [line | {"numeroASP": line["numeroASP"] and int(line["numeroASP"])} for line in lines]

    def amount(value: Decimal) -> orjson.Fragment:
        return orjson.Fragment(str(float(value)) if style.plain_amounts else str(value))

    text = orjson.dumps(tree | {"lignesImport": lines}, default=amount, option=orjson.OPT_INDENT_2).decode()
    return text.encode(style.encoding, "backslashreplace")  # JSON's own \uXXXX where the code page has no such letter

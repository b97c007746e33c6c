"""The bytes of a JSON file as a tree: as the agency's machine would take them, or leniently for what comes back.

Amounts and all other numbers with a point are `Decimal`, so that nothing is lost on the way.
"""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any, NoReturn

from converter.wording import Say

_BOM = b"\xef\xbb\xbf"


class NotADocument(ValueError):  # noqa: N818 - what it is, not what went wrong
    """The bytes are no JSON document; `say` tells why, in one sentence."""

    def __init__(self, key: str, /, **params: Any) -> None:
        self.say = Say(f"say.document.{key}", params)
        super().__init__(key)


def parse(content: bytes, *, strict: bool) -> Any:
    """The tree that `content` holds: dict, list, str, int, Decimal, bool, None.

    `strict` takes UTF-8 without BOM alone, and refuses a key that occurs twice in an object; else UTF-8 with BOM and
    cp1252 are read too, and the last of two equal keys counts. Raises NotADocument.
    """
    if strict and content.startswith(_BOM):
        raise NotADocument("bom")
    pairs = _unique if strict else dict
    try:
        return json.loads(
            _text(content, strict), object_pairs_hook=pairs, parse_float=Decimal, parse_constant=_no_number
        )
    except json.JSONDecodeError as error:
        raise NotADocument("syntax", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise NotADocument("deep") from error
    except (ValueError, ArithmeticError) as error:  # a number of thousands of digits, or of too large an exponent
        if isinstance(error, NotADocument):
            raise
        raise NotADocument("number", number="…") from error


def _text(content: bytes, strict: bool) -> str:
    try:
        return content.decode("utf-8" if strict else "utf-8-sig")
    except UnicodeDecodeError as error:
        if strict:
            raise NotADocument("encoding", line=content.count(b"\n", 0, error.start) + 1) from error
        return content.decode("cp1252", "replace")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) < len(pairs):
        times = Counter(key for key, _ in pairs)
        raise NotADocument("key_twice", key=next(key for key, count in times.items() if count > 1))
    return tree


def _no_number(text: str) -> NoReturn:
    raise NotADocument("number", number=text)

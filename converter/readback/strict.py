"""One value of the JSON, held against its field: the same parsers as for cells, but nothing is put right.

What the parser takes and the encoder would write otherwise (`api_35`, `5/9/2021`, a name in lower case) is an error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from converter.cells import clean
from converter.spec.model import Field, Spec
from converter.values import FAULTY, Form, Note, Parsed, Parser, day, parser_of, wrong
from converter.wording import Say

_LONGEST = 1000  # no tag holds as much
_JSON_TYPES: dict[str, tuple[type, ...]] = {"amount": (int, Decimal), "yesno": (bool,)}
_Reader = Callable[[Any], Parsed]


def reader_of(one: Field, spec: Spec) -> _Reader:
    """A reader of that field's scalar values, or of one element where it holds a list. Equal values are read once."""
    assert one.form is not None
    form = replace(one.form, many=False)
    parse, seen = parser_of(form), dict[tuple[type, Any], Parsed]()
    required = one.required or one.path == spec.number.path

    def read(raw: Any) -> Parsed:
        if isinstance(raw, dict | list):
            return _told(_of_the_wrong_type(raw, form), raw)
        known = seen.get((raw.__class__, raw))
        if known is None:
            known = _told(_blank(raw, required) if is_blank(raw) else _read(raw, form, parse), raw)
            seen[raw.__class__, raw] = known
        return known

    return read


def is_blank(raw: Any) -> bool:
    """Whether the value says nothing: null, or white space alone."""
    return raw is None or (isinstance(raw, str) and clean(raw) is None)


def shown(raw: Any) -> str | None:
    """A value as the file shows it, without quotes, and not at any length; None where it is null."""
    if isinstance(raw, str):
        return raw if len(raw) <= _LONGEST else f"{raw[:_LONGEST]}…"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, dict | list):
        return "{…}" if isinstance(raw, dict) else "[…]"
    return None if raw is None else shown(str(raw))


def _blank(raw: Any, required: bool) -> Parsed:
    """Nothing where there may be nothing is null; where there must be something, the caller tells."""
    if required or raw is None:
        return Parsed(None)
    return Parsed(FAULTY, (Note("error", "form", Say("say.strict.empty")),))


def _told(parsed: Parsed, raw: Any) -> Parsed:
    """`parsed`, its notes showing the value as the file has it."""
    return Parsed(parsed.value, tuple(replace(note, value=shown(raw)) for note in parsed.notes))


def _read(raw: Any, form: Form, parse: Parser) -> Parsed:
    types: Any = _JSON_TYPES.get(form.kind, (str,))
    if not isinstance(raw, types) or (isinstance(raw, bool) and bool not in types):
        return _of_the_wrong_type(raw, form)
    if isinstance(raw, str) and len(raw) > _LONGEST:
        return wrong("text.long", None, max=form.max or _LONGEST, count=len(raw))
    if isinstance(raw, str) and not raw.isascii() and any("\ud800" <= sign <= "\udfff" for sign in raw):
        return wrong("strict.signs", None)
    if isinstance(raw, Decimal):
        return _amount(raw, parse)
    return _exactly(parse(raw), raw)


def _of_the_wrong_type(raw: Any, form: Form) -> Parsed:
    expected = Say(f"expected.json.{form.kind if form.kind in _JSON_TYPES else 'text'}")
    return wrong("strict.type", shown(raw), expected=expected)


def _amount(raw: Decimal, parse: Parser) -> Parsed:
    """By value: 31162, 31162.0 and 31162.00 are all right, 31162.001 is not, however little there is too much."""
    number = float(raw)
    parsed = parse(number if math.isfinite(number) else math.copysign(1e300, number))
    if parsed.value is FAULTY or parsed.value == raw:
        return parsed
    return wrong("amount.decimals", None)


def _exactly(parsed: Parsed, raw: Any) -> Parsed:
    """`parsed` where the encoder would write just what was read; else an error that says what it would write."""
    value = parsed.value
    written = day.shown(value) if isinstance(value, date) else value
    if value is FAULTY or written == raw:
        return Parsed(value, tuple(note for note in parsed.notes if note.severity != "info"))
    return wrong("strict.spelling", None, expected=written)

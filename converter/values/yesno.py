"""Yes or no: an Excel TRUE/FALSE, or one of the usual words in French or English, in any case."""

from __future__ import annotations

from converter.cells import Raw, show, trim
from converter.values import Form, Parsed, Parser, wrong

_WORDS = {
    **dict.fromkeys(("oui", "vrai", "true", "yes", "o", "y", "1"), True),
    **dict.fromkeys(("non", "faux", "false", "no", "n", "0"), False),
}
_YES, _NO = Parsed(True), Parsed(False)


def parser(_: Form) -> Parser:
    """A parser of booleans (value: bool)."""
    return _parse


def _parse(raw: Raw) -> Parsed:
    if isinstance(raw, str):
        answer = _WORDS.get(trim(raw).casefold())
    else:
        answer = bool(raw) if isinstance(raw, int | float) and raw in (0, 1) else None
    if answer is None:
        return wrong("yesno.form", show(raw))
    return _YES if answer else _NO

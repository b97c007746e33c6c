"""Free text, and names, which the agency wants in capitals (§3.2). Lengths are counted in characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from converter.cells import INVISIBLE, SPACES, Raw, show, trim
from converter.values import Form, Parsed, Parser, repaired, wrong


def plain(form: Form) -> Callable[[str], object]:
    """Whether a text is of plain signs, with no space at its ends, and short enough."""
    return re.compile(rf"{at_most(form)}[!-~]+(?: +[!-~]+)*").fullmatch


def plain_name(form: Form) -> Callable[[str], object]:
    """Whether a name is in plain capitals, with single spaces, and short enough."""
    return re.compile(rf"{at_most(form)}[A-Z0-9'.&-]+(?: [A-Z0-9'.&-]+)*").fullmatch


def at_most(form: Form) -> str:
    """What begins a pattern that a text longer than the form allows does not match."""
    return "" if form.max is None else rf"(?=.{{0,{form.max}}}\Z)"


def parser(form: Form) -> Parser:
    """A parser of text as it is, but for its outer spaces (value: str)."""
    return lambda raw: bounded(trim(show(raw) or ""), form)


def name_parser(form: Form) -> Parser:
    """A parser of names: capitals, single spaces (value: str)."""

    def parse(raw: Raw) -> Parsed:
        typed = trim(show(raw) or "")
        name = unicodedata.normalize("NFC", SPACES.sub(" ", INVISIBLE.sub("", typed)).upper())
        fits = bounded(name, form)
        return fits if name == typed or fits.notes else repaired(name, "name", typed, name)

    return parse


def labels_parser(_: Form) -> Parser:
    """A parser of a list of labels separated by semicolons or new lines (value: tuple of str)."""

    def parse(raw: Raw) -> Parsed:
        parts = (show(raw) or "").replace("\n", ";").split(";")
        return Parsed(tuple(trim(part) for part in parts if trim(part)))

    return parse


def bounded(text: str, form: Form) -> Parsed:
    """`text`, refused where it is longer than the form allows."""
    if form.max is not None and len(text) > form.max:
        return wrong("text.long", text, max=form.max, count=len(text))
    return Parsed(text)

"""What the tests of one cell share: a cell parsed as a field of the real spec, and cells of every type to throw at it.

parse("commande.dateCommande", "5/9/2021")    # -> Parsed(date(2021, 9, 5), notes)
said(parsed)                                  # -> [("info", "repair")]: severity and role of each note
"""

from __future__ import annotations

from datetime import time, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies as st

from converter import load_spec
from converter.cells import Raw
from converter.values import FAULTY, Parsed, Parser, parser_of

SPEC = load_spec()
PROPERTY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ACCEPTED: list[tuple[str, str]] = []
REPAIRED = [("info", "repair")]
REFUSED = [("error", "form")]

# Every numeric cell that no kind can mean anything by.
NO_NUMBERS = (float("nan"), float("inf"), float("-inf"))
# Larger than a decimal of 28 digits, than a float, than Python turns into text.
ABSURD = (
    *(pytest.param(1e26, id="1e26"), pytest.param(1.7e308, id="1.7e308"), pytest.param(-1e30, id="-1e30")),
    *(pytest.param(10**30, id="10^30"), pytest.param(10**400, id="10^400"), pytest.param(-(10**400), id="-10^400")),
    *(pytest.param("9" * 40, id="40 nines"), pytest.param("9" * 5000, id="5000 nines")),
    pytest.param("0." + "0" * 40 + "1", id="41 decimals"),
)
TIMES = (time(0, 0), time(14, 30), timedelta(0), timedelta(days=1, hours=6))


@cache
def _parser(path: str) -> Parser:
    form = SPEC.field(path).form
    assert form is not None
    return parser_of(form)


def parse(path: str, raw: Raw) -> Parsed:
    """`raw` as a cell of the field that `block.name` points at."""
    return _parser(path)(raw)


def said(parsed: Parsed) -> list[tuple[str, str]]:
    """Severity and role of each note."""
    return [(note.severity, note.role) for note in parsed.notes]


def old_and_new(parsed: Parsed) -> tuple[Any, Any]:
    """What the first repair tells: the value as it was typed, and as it was read (X7)."""
    params = next(note.say.params for note in parsed.notes if note.role == "repair")
    return params["old"], params["new"]


def holds_together(parsed: Parsed) -> bool:
    """Whether a single value is FAULTY exactly where one error says so, and then nothing else is said."""
    errors = [note for note in parsed.notes if note.severity == "error"]
    return len(parsed.notes) == 1 if parsed.value is FAULTY and errors else parsed.value is not FAULTY and not errors


def is_stable(path: str, parsed: Parsed, shown: str) -> bool:
    """Whether a sound value, typed as it is shown, is read again as itself, and nothing new is said of it."""
    again = parse(path, shown)
    warnings = tuple(note for note in parsed.notes if note.severity == "warning")
    return parsed.value is FAULTY or (again.value == parsed.value and again.notes == warnings)


# Spaces of all widths, characters that nobody sees, digits of other scripts, letters whose capitals are longer, marks.
ODD = tuple(
    " \u00a0\u202f\u2007\u3000\t\n\r\u000b\u0085\u2028\u200b\u200d\u2060\ufeff\u00ad"
    ".,;:/-_'’()€+*\"\\\u0000\u007f\u0301\u0308\u202e"
    "0159eEaAoOßıſıΐŉéÉ\u0660\u0669\uff11²Ⅷ１Ａ–−😀"
)


@st.composite
def almost(draw: st.DrawFn, *texts: str) -> str:
    """One of `texts`, with up to three odd characters put in anywhere."""
    text = draw(st.sampled_from(texts))
    for place, odd in draw(st.lists(st.tuples(st.integers(0, 80), st.sampled_from(ODD)), max_size=3)):
        at = place % (len(text) + 1)
        text = text[:at] + odd + text[at:]
    return text


def any_cell(*typical: str) -> st.SearchStrategy[Any]:
    """Cells of every type that a spreadsheet knows, texts near the `typical` ones among them."""
    return st.one_of(
        almost(*typical),
        st.text(alphabet=st.sampled_from(ODD), max_size=20),
        st.text(max_size=60),
        st.integers(),
        st.integers(-1, 10**15).map(float),
        st.floats(),
        st.booleans(),
        st.dates(),
        st.datetimes(),
        st.times(),
        st.timedeltas(),
    )

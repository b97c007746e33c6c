"""Dates without time. Accepted: an Excel date, `JJ/MM/AAAA`; put right: `J/M/AAAA`, `JJ-MM-AAAA`, `JJ.MM.AAAA`,
`AAAA-MM-JJ`, and a time of day, which is left out. All else is refused: 05/09/21 or 12/25/2021 might mean two things.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time

from converter.cells import Raw, show, trim
from converter.values import Form, Parsed, Parser, repaired, wrong

_TIME = r"(?:(?: +|T)(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?)?"
_FORMS = tuple(
    re.compile(form + _TIME, re.ASCII)
    for form in (
        r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})",
        r"(?P<d>\d{2})-(?P<m>\d{2})-(?P<y>\d{4})",
        r"(?P<d>\d{2})\.(?P<m>\d{2})\.(?P<y>\d{4})",
        r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})",
    )
)
_TWO_DIGIT_YEAR = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}", re.ASCII)


def parser(_: Form) -> Parser:
    """A parser of dates (value: datetime.date)."""
    return _parse


def shown(day: date) -> str:
    """`JJ/MM/AAAA`, as the JSON bears it (§3.2).

    >>> shown(date(2021, 9, 5))
    '05/09/2021'
    """
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def _parse(raw: Raw) -> Parsed:
    if isinstance(raw, datetime):
        day = raw.date()
        return Parsed(day) if raw.time() == time() else repaired(day, "date", show(raw), shown(day))
    if isinstance(raw, date):
        return Parsed(raw)
    if isinstance(raw, str):
        return _from_text(raw)
    is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
    return wrong("date.number" if is_number else "date.form", show(raw))


def _from_text(raw: str) -> Parsed:
    text = trim(raw)
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            try:
                day = date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                return wrong("date.impossible", text)
            return Parsed(day) if text == shown(day) else repaired(day, "date", text, shown(day))
    return wrong("date.two_digit_year" if _TWO_DIGIT_YEAR.fullmatch(text) else "date.form", text)

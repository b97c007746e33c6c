"""What a spreadsheet cell may hold once read, and how a person would name and see it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that holds no usable value: an Excel error such as `#N/A`, or a formula that was never computed."""

    shown: str
    formula: bool = False


Raw = str | int | float | bool | date | datetime | time | timedelta | Broken | None

# Zero-width characters come along with copies from web pages and are as invisible as spaces.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_EDGE = re.compile(rf"^[\s{_INVISIBLE}]+|[\s{_INVISIBLE}]+$")
SPACES_AND_DOTS = re.compile(rf"[\s.{_INVISIBLE}]+")
SPACES = re.compile(r"\s+")
INVISIBLE = re.compile(rf"[{_INVISIBLE}]")


def trim(text: str) -> str:
    """`text` in NFC without white space (no-break and zero-width included) at its ends."""
    if text.isascii():
        return text.strip()
    return _EDGE.sub("", unicodedata.normalize("NFC", text))


def clean(raw: Raw) -> Raw:
    """`raw`, with a cell that holds white space alone made blank (None)."""
    if isinstance(raw, str) and not raw[:1].isalnum() and not trim(raw):
        return None
    return raw


def show(raw: Raw) -> str | None:
    """`raw` as its reader sees it in the sheet, in text; None for a blank cell.

    Dates are JJ/MM/AAAA, with the time where there is one; numbers bear a point and no needless zeros.
    """
    match raw:
        case None | str():
            return raw
        case bool():
            return "TRUE" if raw else "FALSE"
        case Broken():
            return raw.shown
        case float():
            return show_number(raw)
        case date():
            return _show_date(raw)
    return str(raw)


def _show_date(day: date) -> str:
    has_time = isinstance(day, datetime) and day.time() != time()
    return f"{day:%d/%m/}{day.year:04d}" + (f" {day:%H:%M:%S}" if has_time else "")


def show_number(number: float) -> str:
    """A float as Excel shows it: 15 significant digits, no exponent for anything that a person would type."""
    if number.is_integer() and abs(number) < 1e16:
        return str(int(number))
    return f"{number:.15g}"


def column_letters(column: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The inverse of `column_letters`."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def a1(row: int, column: int) -> str:
    """A cell's name: `row` as in the sheet (from 1), `column` from 0."""
    return f"{column_letters(column)}{row}"


@lru_cache(maxsize=4096)  # the same few headers come again in every workbook
def fold(text: str) -> str:
    """`text` as names are compared: no case, no accents, no space, `_`, `-` nor apostrophe (contract §1)."""
    bare = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in bare if not unicodedata.combining(c) and not c.isspace() and c not in _NOT_COMPARED)


def nearest(name: str, others: Iterable[str]) -> str | None:
    """That one of `others` which `name` may be a slip of the finger away from; None where none is near."""
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    by_fold = {fold(one): one for one in others}
    likeness = DamerauLevenshtein.normalized_similarity
    match = process.extractOne(fold(name), list(by_fold), scorer=likeness, score_cutoff=0.8)
    return by_fold[match[0]] if match else None


_NOT_COMPARED = frozenset("_-‐‑‒–'’‘ʼ´`′" + _INVISIBLE)

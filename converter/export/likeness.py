"""How like a column's name is to what a field may be called, in French or English (`synonyms.toml`)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

NEAR = 88  # of 100, from which on a name is taken for another
_PLAIN = 95.0
_MARKS = str.maketrans(dict.fromkeys("'’_-:()/#€*", " "))
_WORD = re.compile(r"[a-z]+|[0-9]+|[^\sa-z0-9]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NUMBER = re.compile(r"(.*?\D)[\s_.-]*([0-9]{1,2})")


@cache
def synonyms() -> Mapping[str, Any]:
    """The tables of the data file."""
    return tomllib.loads(files(__package__).joinpath("synonyms.toml").read_text("utf-8"))


@cache
def words(name: str) -> tuple[str, ...]:
    """A name's words, sorted, each in one of its forms.

    >>> words("N° de cde") == words("Numéro commande")
    True
    """
    table = synonyms()["words"]
    one_form = {form: word for word, forms in table.items() for form in forms}
    split = unicodedata.normalize("NFKD", _HUMP.sub(" ", name)).casefold()
    bare = "".join(sign for sign in split if not unicodedata.combining(sign) and sign not in "°.").translate(_MARKS)
    found = [one_form.get(word, word) for word in _WORD.findall(bare)]
    return tuple(sorted(word for word in found if word != "left_out") or sorted(found))


def likeness(name: str, others: Iterable[str]) -> float:
    """How like `name` is to the nearest of `others`: 100 where the words are the same, 0 below NEAR."""
    from rapidfuzz import fuzz

    own = words(name)
    best = 0.0
    for other in map(words, others):
        if other == own:
            return 100.0
        same = _PLAIN if _without(own) == _without(other) else fuzz.ratio(" ".join(own), " ".join(other))
        best = max(best, same)
    return best if best >= NEAR else 0.0


def _without(some: tuple[str, ...]) -> tuple[str, ...]:
    """Words without the one that says that it is a number: as often as not it is left out."""
    return tuple(word for word in some if word != "numero") or some


def without_number(name: str) -> tuple[str, int | None]:
    """A name without the number it ends in, and that number.

    >>> without_number("FINESS ET 2")
    ('FINESS ET', 2)
    """
    match = _NUMBER.fullmatch(name)
    return (match[1].strip(" _.-"), int(match[2])) if match else (name, None)

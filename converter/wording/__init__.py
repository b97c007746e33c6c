"""Every sentence the program says, in French and in English: a folder a language, a file a subject.

A sentence is named by a dotted key (`say.date.impossible`) and filled in with parameters. Parameters may themselves be
`Say`s, tuples of them, or decimals, so that a finding is made once and put into words only where it is shown.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence yet to be put into words: its key and what fills it in."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """A text that a data file holds in several languages."""

    fr: str
    en: str

    def in_(self, lang: str) -> str:
        """The text in `lang`."""
        return self.en if lang == "en" else self.fr


@cache
def catalog(lang: str) -> Mapping[str, str]:
    """All sentences of `lang` ("fr" or "en"), by dotted key."""
    subjects = (one for one in files(__package__).joinpath(lang).iterdir() if one.name.endswith(".toml"))
    return {key: text for one in subjects for key, text in _flat("", tomllib.loads(one.read_text("utf-8")))}


def say(sentence: Say, lang: str) -> str:
    """`sentence` in words. Raises KeyError where a key is not in the wording file (a bug, held by a test)."""
    words = {name: _render(value, lang) for name, value in sentence.params.items()}
    return catalog(lang)[sentence.key].format_map(words)


def _render(value: Any, lang: str) -> Any:
    if isinstance(value, Say):
        return say(value, lang)
    if isinstance(value, Text):
        return value.in_(lang)
    if isinstance(value, Decimal):
        marks = {",": catalog(lang)["word.thousands"], ".": catalog(lang)["word.point"]}
        return "".join(marks.get(sign, sign) for sign in f"{value:,.2f}")
    if isinstance(value, tuple):
        return catalog(lang)["word.comma"].join(str(_render(one, lang)) for one in value)
    return value


def _flat(prefix: str, tree: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in tree.items():
        key = f"{prefix}.{name}" if prefix else name
        rows += _flat(key, value) if isinstance(value, dict) else [(key, value)]
    return rows

"""The language that somebody writes in, as far as it can be told."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MOST = 20_000  # signs that are looked at
_WORD = re.compile(r"[^\W\d_]+")
_COMMON = {
    "fr": "bonjour bonsoir merci veuillez cordialement voici ci joint jointe les des est une nous vous pour avec dans "
    "sur pas que qui du au aux et votre vos notre nos je commandes classeur",
    "en": "hello hi dear please thanks thank regards the and you your attached find for with this that are is of to we "
    "our kind orders workbook here in it",
}
_SETS = {lang: frozenset(words.split()) for lang, words in _COMMON.items()}


def language_of(declared: str | None, text: str) -> str | None:
    """As `declared` (Content-Language), "fr" or "en"; else the one that more words of `text` belong to; else None."""
    for one in re.split(r"[\s,;]+", (declared or "").casefold()):
        if one[:2] in _SETS and not one[2:3].isalpha():
            return one[:2]
    words = _WORD.findall(" ".join(_own_lines(text[:_MOST])).casefold())
    counts = {lang: sum(word in some for word in words) for lang, some in _SETS.items()}
    if counts["fr"] == counts["en"]:
        return None
    return max(counts, key=lambda lang: counts[lang])


def _own_lines(text: str) -> Iterator[str]:
    """What is no quotation."""
    return (line for line in text.splitlines() if not line.lstrip().startswith(">"))

"""What to look at for the agency's label of a rejection: the table beside this file, `advice.toml`, put to use."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from converter.wording import Say, Text

_LONGEST = 2000  # of a label, more is not looked at
_ALIKE = str.maketrans("’‘ʼ´`′_", "'''''' ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a label is about: the rule's id, the columns in question as the spec's paths, and what to type instead."""

    rule: str
    fields: tuple[str, ...]
    text: Text


def advice_for(label: str) -> Advice | None:
    """The advice for that label, whatever its case and accents; None where the table does not know it."""
    plain = _plain(label)
    return next((advice for pattern, advice in table() if pattern.search(plain)), None)


def rejection(label: str, number: str | None) -> Say:
    """The agency's label word for word, and what to look at where the table knows it; `number` is the rejected one."""
    advice = advice_for(label)
    words = {"label": label, "number": number, "advice": advice.text if advice else ""}
    return Say("say.answer.rejected_known" if advice else "say.answer.rejected", words)


@cache
def table() -> tuple[tuple[re.Pattern[str], Advice], ...]:
    """The table's entries, the first that fits counts. Raises where an entry is not well made (held by a test)."""
    content = files(__package__).joinpath("advice.toml").read_text("utf-8")
    return tuple(_entry(**one) for one in tomllib.loads(content)["labels"])


def _entry(*, pattern: str, rule: str, fields: list[str], advice: Mapping[str, str]) -> tuple[re.Pattern[str], Advice]:
    return re.compile(pattern), Advice(rule=rule, fields=tuple(fields), text=Text(**advice))


def _plain(label: str) -> str:
    """`label` in lower case, without accents, each run of white space or _ made one space, apostrophes one kind."""
    bare = unicodedata.normalize("NFKD", label[:_LONGEST].translate(_ALIKE)).casefold()
    return " ".join("".join(sign for sign in bare if not unicodedata.combining(sign)).split())

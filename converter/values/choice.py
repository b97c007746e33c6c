"""A code out of a closed list, typed as the code, as the drop-down's `LABEL (CODE)`, or as the label alone.

Where only the case or the white space differs, nothing else can have been meant and the list's own code is taken.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from converter.cells import INVISIBLE, SPACES, Raw, fold, show, trim
from converter.values import Choices, Form, Parsed, Parser, repaired, wrong

_LABEL_AND_CODE = re.compile(r"(?P<label>.*\S)\s*\((?P<code>[^()]+)\)")


def parser(form: Form) -> Parser:
    """A parser of codes (value: the list's own code, byte for byte)."""
    exact, loose = _index(form.choices)

    def parse(raw: Raw) -> Parsed:
        typed = raw if isinstance(raw, str) else show(raw) or ""
        code = exact.get(typed)
        if code is not None:
            return Parsed(code)
        text = trim(typed)
        code = exact.get(text) or loose.get(_loosely(text)) or _both(text, loose, form.choices)
        if code is None:
            return wrong("choice.unknown", text, **_advice(text, form.choices))
        return repaired(code, "choice", typed, code)

    return parse


@cache
def _index(choices: Choices) -> tuple[dict[str, str], dict[str, str]]:
    """What is taken as it is, and what is taken but told; a label that two codes share is neither."""
    shown = zip(choices.shown(), choices.codes, strict=True)
    exact = dict(zip(choices.codes, choices.codes, strict=True)) | dict(shown)
    loose = {_loosely(code): code for code in choices.codes}
    loose |= {_loosely(code.replace(" ", "")): code for code in choices.codes}
    times = Counter(_loosely(label) for label in choices.labels)
    for label, code in zip(choices.labels, choices.codes, strict=False):
        if times[_loosely(label)] == 1:
            loose.setdefault(_loosely(label), code)
    return exact, loose


def _both(text: str, loose: dict[str, str], choices: Choices) -> str | None:
    """The code of a `label (code)` written with small differences, if label and code mean the same."""
    match = _LABEL_AND_CODE.fullmatch(text) if choices.labels else None
    if not match:
        return None
    code = loose.get(_loosely(match["code"]))
    return code if code is not None and loose.get(_loosely(match["label"])) == code else None


def _loosely(text: str) -> str:
    """Case and the length of white space do not matter; in the guide's labels `''` is one apostrophe (§4)."""
    return SPACES.sub(" ", INVISIBLE.sub("", text)).replace("''", "'").casefold()


def _advice(text: str, choices: Choices) -> dict[str, object]:
    """The nearest entries of the list, or the whole list where it is short."""
    from rapidfuzz import process

    if len(choices.codes) <= _SHORT_LIST:
        return {"nearest": choices.codes}
    shown = choices.shown()
    near = process.extract(fold(text), [fold(one) for one in shown], limit=2, score_cutoff=60)
    return {"nearest": tuple(shown[at] for _, score, at in near if score > near[0][1] - 10) or (shown[0], "…")}


_SHORT_LIST = 5

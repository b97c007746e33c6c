"""The rules explained, one by one: the command, the pages of `docs/` and the report all say these texts.

The words are in the wording files under `explain.<id>`; what a spec says of a rule (its fields, their sheets and their
sections of the guide) comes from the spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from converter.cells import fold
from converter.codes import RULE_IDS
from converter.errors import MisuseError
from converter.findings import Severity
from converter.spec.model import Field, Spec
from converter.wording import catalog

_ID = re.compile(r"([a-z])([0-9]{1,3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A rule in words: what it holds, why, a wrong example and a right one, how to mend.

    `section` is where the guide asks for it, None where the workbook does; `sheets` are those it is raised on.
    """

    rule: str
    title: str
    severities: tuple[Severity, ...]
    what: str
    why: str
    section: str | None
    wrong: str
    right: str
    fix: str
    sheets: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """Its place in the pages of `docs/`, after the `#`."""
        return self.rule.lower()

    def as_dict(self) -> dict[str, Any]:
        """As `--format json` shows it; `sheets` only where there are any."""
        texts = {name: getattr(self, name) for name in ("what", "why", "section", "wrong", "right", "fix")}
        sheets = {"sheets": list(self.sheets)} if self.sheets else {}
        return {"rule": self.rule, "title": self.title, "severities": list(self.severities), **texts, **sheets}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The rules of one letter."""

    title: str
    rules: tuple[Explanation, ...]


def explain(rule: str, spec: Spec, lang: str) -> Explanation:
    """The rule of that id, in any case. Raises MisuseError, which names the nearest, where there is none."""
    known = {fold(one): one for one in RULE_IDS}
    if fold(rule) not in known:
        near = _nearest(rule, lang)
        raise MisuseError("explain.unknown", value=rule, near=near, title=catalog(lang)[f"rule.{near}"])
    return _explanation(known[fold(rule)], spec, lang)


def subjects(spec: Spec, lang: str) -> tuple[Subject, ...]:
    """Every rule, by subject, in the order of their ids."""
    groups = groupby(sorted(RULE_IDS, key=_order), key=lambda rule: rule[0])
    return tuple(
        Subject(
            title=catalog(lang)[f"explain.subject.{letter}"],
            rules=tuple(_explanation(rule, spec, lang) for rule in rules),
        )
        for letter, rules in groups
    )


def _explanation(rule: str, spec: Spec, lang: str) -> Explanation:
    words = catalog(lang)
    texts = {name: words[f"explain.{rule}.{name}"] for name in ("what", "why", "wrong", "right", "fix")}
    own = [one for one in spec.fields if rule in (one.rule, one.check_rule, one.blank_rule, one.twice_rule)]
    return Explanation(
        rule=rule,
        title=words[f"rule.{rule}"],
        severities=RULE_IDS[rule],
        section=_sections(own) or words.get(f"explain.{rule}.section"),
        sheets=tuple(dict.fromkeys(_sheets(rule, own, spec))),
        **texts,
    )


def _sections(fields: Iterable[Field]) -> str:
    """The sections of the guide that the fields name, each once."""
    return ", ".join(dict.fromkeys(part for one in fields for part in one.section.split(", ") if part))


def _sheets(rule: str, own: Iterable[Field], spec: Spec) -> Iterator[str]:
    """The sheets of the rule's own fields, and of those that it crosses."""
    blocks = [one.block for one in own]
    for one in spec.rules:
        if one.id == rule:
            blocks += [text.partition(".")[0] for text in _texts(one.options)]
    known = {block.id: block.sheet for block in spec.blocks}
    yield from (known[block] for block in blocks if block in known)


def _texts(options: Any) -> Iterator[str]:
    """Every text in a rule's options, however deep."""
    if isinstance(options, str):
        yield options
    elif isinstance(options, Mapping):
        yield from (text for one in options.values() for text in _texts(one))
    elif isinstance(options, list | tuple):
        yield from (text for one in options for text in _texts(one))


def _order(rule: str) -> tuple[int, int]:
    letters = list(dict.fromkeys(one[0] for one in RULE_IDS))
    return letters.index(rule[0]), int(rule[1:])


def _nearest(typed: str, lang: str) -> str:
    """The id of the same letter with the nearest number, else that one whose title is most like it."""
    from rapidfuzz import fuzz, process

    match = _ID.fullmatch(fold(typed))
    alike = [one for one in RULE_IDS if match and one[0].lower() == match[1]]
    if match and alike:
        return min(alike, key=lambda one: (abs(int(one[1:]) - int(match[2])), _order(one)))
    titles = {one: fold(f"{one} {catalog(lang)[f'rule.{one}']}") for one in sorted(RULE_IDS, key=_order)}
    found = process.extractOne(fold(typed), titles, scorer=fuzz.partial_ratio)
    return str(found[2])

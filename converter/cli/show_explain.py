"""A rule in words, or all of them by subject: plain text folded to the terminal, or JSON for a program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from converter.cli.show import show_json, wrapped
from converter.explain import Explanation, Subject
from converter.wording import Say, say


def show_explanation(rule: Explanation, lang: str, format_: str) -> None:
    """All there is to say of a rule."""
    if format_ == "json":
        show_json(rule.as_dict())
        return
    for line in _explained(rule, lang):
        print(wrapped(line))


def show_list(subjects: tuple[Subject, ...], lang: str, format_: str) -> None:
    """Every rule with its title, by subject; in JSON, with all there is to say of it."""
    if format_ == "json":
        show_json([rule.as_dict() for subject in subjects for rule in subject.rules])
        return
    for subject in subjects:
        print(wrapped(subject.title))
        for rule in subject.rules:
            print(wrapped(f"  {rule.rule:<4} {rule.title}"))
        print()
    print(wrapped(_say("more", lang)))


def _explained(rule: Explanation, lang: str) -> Iterator[str]:
    severities = ", ".join(say(Say(f"text.{one}"), lang) for one in rule.severities)
    yield f"{rule.rule} · {rule.title} ({severities})"
    yield _say("guide", lang, section=rule.section) if rule.section else _say("ours", lang)
    if rule.sheets:
        yield _say("sheets", lang, sheets=rule.sheets)
    for part in ("what", "why", "wrong", "right", "fix"):
        yield ""
        yield _say(part, lang)
        yield f"  {getattr(rule, part)}"


def _say(key: str, lang: str, **words: Any) -> str:
    return say(Say(f"text.explain.{key}", words), lang)

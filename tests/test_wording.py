"""French and English say the same things, and everything that is said has its words."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import converter
from converter.codes import RULE_IDS
from converter.wording import LANGUAGES, catalog

SOURCES = sorted(Path(converter.__file__).parent.rglob("*.py"))
TEMPLATES = sorted((Path(converter.__file__).parent.parent / "templates").rglob("*.j2"))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_sentences() -> None:
    assert catalog("fr").keys() == catalog("en").keys()


@pytest.mark.parametrize("key", sorted(catalog("fr")))
def test_a_sentence_is_filled_in_with_the_same_words_in_both(key: str) -> None:
    assert placeholders(catalog("fr")[key]) == placeholders(catalog("en")[key])


@pytest.mark.parametrize("key", sorted(key for key in catalog("fr") if key.startswith(("say.", "repair.", "error."))))
def test_the_two_languages_differ(key: str) -> None:
    french, english = catalog("fr")[key], catalog("en")[key]
    assert french != english or placeholders(french) == {french.strip("{}")}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("rule", RULE_IDS)
def test_every_rule_has_a_title(rule: str, lang: str) -> None:
    assert catalog(lang)[f"rule.{rule}"]


def test_french_never_breaks_a_line_before_its_punctuation() -> None:
    wrong = [key for key, text in catalog("fr").items() if any(f" {mark}" in text for mark in ":;?!»") or "« " in text]
    assert wrong == []


def literals() -> set[str]:
    """Every string in the code, f-strings with their holes as `*`."""
    found: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                found.add("".join(str(p.value) if isinstance(p, ast.Constant) else "*" for p in node.values))
    return found


def test_every_sentence_named_in_the_code_exists() -> None:
    families = ("say.", "repair.", "error.", "text.", "expected.", "word.", "spec.", "compare.")
    named = {one for one in literals() if one.startswith(families) and not any(mark in one for mark in "* ")}
    known = catalog("fr").keys() | {key.removeprefix("say.") for key in catalog("fr")}
    assert {one for one in named if not one.endswith(".")} - known == set()


def test_every_sentence_is_used() -> None:
    """A sentence's last word, at least, stands in the code or in a template."""
    words = literals() | {path.read_text("utf-8") for path in TEMPLATES}
    whole = "\n".join(words)
    unused = [key for key in catalog("fr") if not key.startswith("rule.") and key.rpartition(".")[2] not in whole]
    families = ("help.", "expected.", "template.rows_", "say.identifier.check_", "compare.", "text.")
    assert [key for key in unused if not key.startswith(families)] == []

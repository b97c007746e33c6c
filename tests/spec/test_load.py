"""Every mistake of a spec file is told at once, each with its path in the file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from converter import load_spec
from converter.errors import MisuseError, SpecError
from converter.spec.load import bundled, parse_spec

SOURCE = Path(__file__).with_name("made_up.toml")


def problems(text: str) -> list[tuple[str, str]]:
    with pytest.raises(SpecError) as error:
        parse_spec(text, SOURCE)
    return [(one.key.removeprefix("spec."), one.params["path"]) for one in error.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('version = "0.1"\n', "", ("missing", "version")),
        ('guide = "nobody\'s guide"', "guide = 3", ("type", "guide")),
        ("requests_per_file = 2", "requests_per_file = -2", ("type", "limits.requests_per_file")),
        ('title.en = "A made-up corridor"\n', "", ("text", "title")),
        ('amount = "money.price"', 'amount = "money.prize"', ("no_field", "advance.amount")),
        ('kind = "amount"', 'kind = "sum"', ("word", "blocks[4].fields[price].kind")),
        ('kind = "amount"', 'kind = "amount"\ncolour = "red"', ("unknown", "blocks[4].fields[price].colour")),
        ('holds = "money"', 'holds = "honey"', ("no_block", "blocks[3].fields[money].holds")),
        ('list = "colours"', 'list = "colors"', ("no_list", "blocks[3].fields[colour].list")),
        ('rule = "C4"', 'rule = "Z4"', ("no_rule", "blocks[4].fields[price].rule")),
        ('merge_by = "site"', 'merge_by = "place"', ("no_field", "blocks[5].merge_by")),
        ('use = "any_row"', 'use = "some_row"', ("word", "rules[2].use")),
        ('blocks = ["sites"]', 'blocks = ["size"]', ("no_block", "rules[2].blocks")),
        ('code = "ORDER"', "", ("missing", "rules[1].code")),
        ("lengths = [2]", "lengths = []", ("type", "blocks[5].fields[site].lengths")),
        ("{software}", "{hardware}", ("placeholder", "names.json")),
        ("_{ref}", "_{raf}", ("placeholder", "names.attachment")),
        ('name = "paid"', 'name = "price"', ("twice", "blocks[4].fields")),
        ("[[example.sites]]", "[[example.cities]]", ("no_block", "example.cities")),
        ('rows = "file"', 'rows = "one"', ("one_block", "blocks")),
    ],
)
def test_a_mistake_is_told_with_its_path(old: str, new: str, expected: tuple[str, str]) -> None:
    text = SOURCE.read_text("utf-8")
    assert old in text
    assert expected in problems(text.replace(old, new, 1))


def test_all_mistakes_are_told_at_once() -> None:
    text = SOURCE.read_text("utf-8")
    text = text.replace('rule = "C4"', 'rule = "Z4"').replace('rule = "C1"', 'rule = "Z1"').replace('share = "0.5"', "")
    assert {path for _, path in problems(text)} == {
        "blocks[4].fields[price].rule",
        "blocks[5].fields[opened].rule",
        "advance.share",
    }


def test_text_that_is_no_toml_is_told_as_such() -> None:
    assert problems("name = ") == [("toml", "(top)")]


@pytest.mark.parametrize("name", ["no-such-spec", "no/such/file.toml"])
def test_a_spec_that_is_not_there_is_a_misuse(name: str) -> None:
    with pytest.raises(MisuseError):
        load_spec(name)


@pytest.mark.parametrize("name", bundled())
def test_every_bundled_spec_loads_and_each_typed_field_asks_its_question(name: str) -> None:
    spec = load_spec(name)
    for one in spec.fields:
        assert not one.typed or (one.question.fr and one.question.en), one.path
        assert one.section, one.path


@pytest.mark.parametrize("name", bundled())
def test_a_field_knows_its_line_in_the_file(name: str) -> None:
    spec = load_spec(name)
    lines = (Path(spec.folder) / f"{name}.toml").read_text("utf-8").splitlines()
    for one in spec.fields:
        assert re.match(rf'name = "{one.name}"', lines[one.line - 1])

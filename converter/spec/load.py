"""A spec file (TOML) to a `Spec`; every mistake of the file is collected, each with its path, before it is used."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from converter.errors import MisuseError, SpecError
from converter.resources import specs_folder
from converter.spec import model, uses
from converter.spec.inspect import Problems, inspect
from converter.values import Choices, Form
from converter.wording import Text

DEFAULT = "rad-ris-va1-avance"


def load_spec(spec: str | Path = DEFAULT) -> model.Spec:
    """The spec of that bundled name, or of that TOML file.

    Raises MisuseError where there is no such spec, SpecError (with every problem and its path) where the file is wrong.
    """
    path = Path(spec)
    if path.suffix != ".toml":
        path = specs_folder() / f"{spec}.toml"
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        key = "no_spec_file" if Path(spec).suffix == ".toml" else "no_spec"
        raise MisuseError(key, name=str(spec), known=bundled()) from error
    return parse_spec(text, path)


def bundled() -> tuple[str, ...]:
    """The names of the specs that the program carries."""
    return tuple(sorted(path.stem for path in specs_folder().glob("*.toml")))


def parse_spec(text: str, path: Path) -> model.Spec:
    """The spec that `text` describes; `path` tells where its lists lie and is named in errors."""
    problems = Problems()
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.add("", "toml", reason=str(error))
        raise SpecError(path.name, tuple(problems.found)) from error
    lists = _lists(data.get("lists", {}), path.parent, problems)
    inspect(data, lists, problems)
    if problems.found:
        raise SpecError(path.name, tuple(problems.found))
    return _spec(data, lists, path, _lines(text))


def _lists(tables: Any, folder: Path, problems: Problems) -> dict[str, Choices]:
    found: dict[str, Choices] = {}
    for name, table in tables.items() if isinstance(tables, dict) else ():
        try:
            found[name] = _choices(table, folder)
        except (OSError, KeyError, TypeError, UnicodeDecodeError) as error:
            problems.add(f"lists.{name}", "list", reason=str(error))
    return found


def _choices(table: Mapping[str, Any], folder: Path) -> Choices:
    if "file" in table:
        with (folder / table["file"]).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        return Choices(codes=tuple(row["code"] for row in rows), labels=tuple(row["label"] for row in rows))
    return Choices(
        codes=tuple(table["codes"]),
        in_names=tuple(table.get("in_names", ())),
        endings=tuple(tuple(one) for one in table.get("endings", ())),
    )


def _lines(text: str) -> list[int]:
    """The line of each field's name in the file, in order."""
    lines, in_field = [], False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("["):
            in_field = line.startswith("[[blocks.fields]]")
        elif in_field and re.match(r"name\s*=", line):
            lines.append(number)
    return lines


def _spec(data: Mapping[str, Any], lists: Mapping[str, Choices], path: Path, lines: list[int]) -> model.Spec:
    numbers = iter(lines)
    return model.Spec(
        name=data["name"],
        version=data["version"],
        guide=data["guide"],
        title=_text(data["title"]),
        limits=model.Limits(**data["limits"]),
        names=model.Names(**data["names"]),
        advance=model.Advance(**{**data["advance"], "kind": _text(data["advance"]["kind"])}),
        key=model.Key(**{**data["key"], "question": _text(data["key"]["question"])}),
        answer=model.Answer(**data["answer"]) if "answer" in data else None,
        lists=lists,
        blocks=tuple(_block(block, lists, numbers) for block in data["blocks"]),
        rules=tuple(_rule(rule) for rule in data.get("rules", ())),
        example=_example(data.get("example", {})),
        folder=str(path.parent),
    )


def _block(table: Mapping[str, Any], lists: Mapping[str, Choices], lines: Any) -> model.Block:
    fields = tuple(_field(one, table["id"], lists, next(lines, 0)) for one in table["fields"])
    return model.Block(**{**table, "fields": fields, "title": _text(table["title"])})


_OF_THE_FORM = ("kind", "many", "lengths", "characters", "pad", "check")


def _field(table: Mapping[str, Any], block: str, lists: Mapping[str, Choices], line: int) -> model.Field:
    own = {name: value for name, value in table.items() if name not in _OF_THE_FORM}
    own["question"] = _text(table.get("question", {"fr": "", "en": ""}))
    rule = table.get("rule", "")
    own["blank_rule"] = table.get("blank_rule", rule)
    own["check_rule"] = table.get("check_rule", rule)
    return model.Field(**own, block=block, line=line, form=_form(table, lists))


def _form(table: Mapping[str, Any], lists: Mapping[str, Choices]) -> Form | None:
    if "kind" not in table:
        return None
    options = {name: table[name] for name in (*_OF_THE_FORM, "max") if name in table}
    options["lengths"] = tuple(table.get("lengths", ()))
    if "list" in table:
        options["choices"] = lists[table["list"]]
    return Form(**options)


def _rule(table: Mapping[str, Any]) -> model.Rule:
    return model.Rule(
        id=table["id"], use=table["use"], options={name: table[name] for name in uses.RULES[table["use"]]}
    )


def _example(table: Mapping[str, Any]) -> model.Example:
    rows = {block: tuple(some) for block, some in table.items() if block != "files"}
    return model.Example(rows=rows, files=table.get("files", {}))


def _text(table: Mapping[str, str]) -> Text:
    return Text(fr=table["fr"], en=table["en"])

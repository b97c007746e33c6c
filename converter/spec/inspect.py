"""The mistakes a spec file can have, all of them, each with its path in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from converter.codes import RULE_IDS
from converter.spec import uses
from converter.values import Choices
from converter.wording import Say, Text


class Problems:
    """Collects what is wrong; `add` names the path and the kind of mistake."""

    def __init__(self) -> None:
        self.found: list[Say] = []

    def add(self, path: str, kind: str, **params: Any) -> None:
        """One more mistake, at `path`."""
        self.found.append(Say(f"spec.{kind}", {"path": path or "(top)", **params}))


def inspect(data: Mapping[str, Any], lists: Mapping[str, Choices], problems: Problems) -> None:
    """Add to `problems` everything that keeps `data` from being a spec."""
    _table(data, uses.TOP, uses.TOP.keys() - uses.OPTIONAL_TOP, "", problems)
    blocks = _tables(data.get("blocks"), "blocks", problems)
    known = _Known(blocks, lists)
    for name, shape in uses.TABLES.items():
        if isinstance(data.get(name), dict):
            _table(data[name], shape, shape.keys(), name, problems, known)
    for path, block in blocks:
        _block(path, block, known, problems)
    _names(data, known, problems)
    _shape(known, problems)
    for path, rule in _tables(data.get("rules", []), "rules", problems):
        _rule(path, rule, known, problems)
    if isinstance(data.get("example", {}), dict):
        _example(data.get("example", {}), known, problems)


class _Known:
    """What paths may point at."""

    def __init__(self, blocks: list[tuple[str, Mapping[str, Any]]], lists: Mapping[str, Choices]) -> None:
        self.lists = lists
        self.blocks = {block.get("id"): block for _, block in blocks}
        self.fields = {
            f"{block_id}.{one.get('name')}": one
            for block_id, block in self.blocks.items()
            for one in _dicts(block.get("fields"))
        }


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _tables(value: Any, path: str, problems: Problems) -> list[tuple[str, Mapping[str, Any]]]:
    found: list[tuple[str, Mapping[str, Any]]] = []
    for number, one in enumerate(value if isinstance(value, list) else (), 1):
        if isinstance(one, dict):
            found.append((f"{path}[{number}]", one))
        else:
            problems.add(f"{path}[{number}]", "type", expected="table")
    return found


def _table(
    table: Mapping[str, Any],
    shape: Mapping[str, Any],
    needed: Iterable[str],
    path: str,
    problems: Problems,
    known: _Known | None = None,
) -> None:
    """Unknown keys, missing keys, wrong types, and paths that point nowhere."""
    at = f"{path}." if path else ""
    for key in sorted(set(needed) - table.keys()):
        problems.add(f"{at}{key}", "missing")
    for key, value in table.items():
        if key not in shape:
            problems.add(f"{at}{key}", "unknown", known=tuple(shape))
        else:
            _value(value, shape[key], f"{at}{key}", problems, known)


def _value(value: Any, kind: Any, path: str, problems: Problems, known: _Known | None) -> None:
    if kind is Text:
        if not (isinstance(value, dict) and all(isinstance(value.get(lang), str) for lang in ("fr", "en"))):
            problems.add(path, "text")
    elif kind in (uses.Refs, uses.BlockRefs):
        if not isinstance(value, list) or not value:
            problems.add(path, "type", expected="list")
        else:
            for one in value:
                _points(one, "field" if kind is uses.Refs else "block", path, problems, known)
    elif kind in (uses.Ref, uses.BlockRef):
        _points(value, "field" if kind is uses.Ref else "block", path, problems, known)
    elif not isinstance(value, kind) or (kind is int and (isinstance(value, bool) or value < 0)):
        problems.add(path, "type", expected=kind.__name__)


def _points(target: Any, what: str, path: str, problems: Problems, known: _Known | None) -> None:
    if known and target not in (known.fields if what == "field" else known.blocks):
        problems.add(path, f"no_{what}", target=str(target))


def _block(path: str, block: Mapping[str, Any], known: _Known, problems: Problems) -> None:
    _table(block, uses.BLOCK, uses.BLOCK_NEEDS, path, problems)
    if "rows" in block and block["rows"] not in uses.ROWS:
        problems.add(f"{path}.rows", "word", value=str(block["rows"]), known=uses.ROWS)
    names = [one.get("name") for _, one in _tables(block.get("fields"), f"{path}.fields", problems)]
    if "merge_by" in block:
        if block["merge_by"] not in names:
            problems.add(f"{path}.merge_by", "no_field", target=str(block["merge_by"]))
        if block.get("merge_rule") not in RULE_IDS:
            problems.add(f"{path}.merge_rule", "no_rule", target=str(block.get("merge_rule")))
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        problems.add(f"{path}.fields", "twice", target=name)
    for at, one in _tables(block.get("fields"), f"{path}.fields", Problems()):
        _field(f"{at[: at.rindex('[')]}[{one.get('name', at[at.rindex('[') + 1 : -1])}]", one, names, known, problems)


def _field(path: str, table: Mapping[str, Any], siblings: list[Any], known: _Known, problems: Problems) -> None:
    _table(table, uses.FIELD, ("name",), path, problems)
    for key, words in uses.FIELD_WORDS.items():
        if key in table and table[key] not in words:
            problems.add(f"{path}.{key}", "word", value=str(table[key]), known=words)
    if sum(key in table for key in ("kind", "made", "holds")) != 1:
        problems.add(path, "one_of", known=("kind", "made", "holds"))
    if "holds" in table:
        _points(table["holds"], "block", f"{path}.holds", problems, known)
    if "list" in table and table["list"] not in known.lists:
        problems.add(f"{path}.list", "no_list", target=str(table["list"]))
    for key in ("rule", "check_rule", "blank_rule", "twice_rule"):
        if key in table and table[key] not in RULE_IDS:
            problems.add(f"{path}.{key}", "no_rule", target=str(table[key]))
    for key in ("type", "format"):
        if key in table and table[key] not in siblings:
            problems.add(f"{path}.{key}", "no_field", target=str(table[key]))
    _field_needs(path, table, problems)


_NEEDS = {
    "identifier": ("lengths", "rule"), "choice": ("list", "rule"), "attachment": ("type", "format", "rule"),
    **dict.fromkeys(("date", "amount", "yesno", "name", "email", "phone"), ("rule",)),
    "fixed": ("value",), "attachment_format": ("list",),
}  # fmt: skip


def _field_needs(path: str, table: Mapping[str, Any], problems: Problems) -> None:
    needed = _NEEDS.get(str(table.get("kind", table.get("made"))), ())
    if table.get("required"):
        needed = (*needed, "rule")
    if "kind" in table:
        needed = (*needed, "question")
    for key in dict.fromkeys(needed):
        if key not in table:
            problems.add(f"{path}.{key}", "missing")
    lengths = table.get("lengths", [1])
    if not (isinstance(lengths, list) and lengths and all(isinstance(n, int) and n > 0 for n in lengths)):
        problems.add(f"{path}.lengths", "type", expected="list of int")


def _names(data: Mapping[str, Any], known: _Known, problems: Problems) -> None:
    """The placeholders of the naming rules."""
    header = [block for block in known.blocks.values() if block.get("rows") == "file"]
    tags = [str(one.get("name")) for block in header for one in _dicts(block.get("fields")) if "kind" in one]
    key = data.get("key")
    number = str(key.get("number", "")).partition(".")[2] if isinstance(key, dict) else ""
    allowed = {"json": (*tags, "date", "number"), "attachment": ("code", "format", number)}
    names = data.get("names")
    if not isinstance(names, dict):
        return
    for key, words in allowed.items():
        for target in re.findall(r"{([^{}]*)}", str(names.get(key, ""))):
            if target not in words:
                problems.add(f"names.{key}", "placeholder", target=target, known=words)
        if re.search(r"[/\\]|\.\.", str(names.get(key, ""))) or "{number}" not in str(names.get("json", "{number}")):
            problems.add(f"names.{key}", "name")
        if f"{{{number}}}" not in str(names.get("attachment", "")):
            problems.add("names.attachment", "name")


def _shape(known: _Known, problems: Problems) -> None:
    """One header, one block of requests, and every other block either held by exactly one key or out of the JSON."""
    for rows in ("file", "request"):
        count = sum(block.get("rows") == rows for block in known.blocks.values())
        if count != 1:
            problems.add("blocks", "one_block", rows=rows, count=count)
    holders = [one["holds"] for one in known.fields.values() if "holds" in one]
    for block_id, block in known.blocks.items():
        in_json = any(isinstance(one, dict) and one.get("json", True) for one in block.get("fields", ()))
        wanted = int(in_json and block.get("rows") != "file")
        if holders.count(block_id) != wanted:
            problems.add(f"blocks.{block_id}", "held", count=holders.count(block_id), wanted=wanted)


def _rule(path: str, rule: Mapping[str, Any], known: _Known, problems: Problems) -> None:
    use = rule.get("use")
    if use not in uses.RULES:
        problems.add(f"{path}.use", "word", value=str(use), known=tuple(uses.RULES))
        return
    shape = {"id": str, "use": str, **uses.RULES[use]}
    _table(rule, shape, shape.keys(), path, problems, known)
    if rule.get("id") not in RULE_IDS:
        problems.add(f"{path}.id", "no_rule", target=str(rule.get("id")))
    for at, need in _tables(rule.get("needs", []), f"{path}.needs", problems):
        _table(need, uses.NEED, uses.NEED.keys(), at, problems, known)


def _example(example: Mapping[str, Any], known: _Known, problems: Problems) -> None:
    for block_id in example.keys() - known.blocks.keys() - {"files"}:
        problems.add(f"example.{block_id}", "no_block", target=block_id)

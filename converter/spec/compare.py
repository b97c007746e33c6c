"""A spec held against the model JSON that the portal hands out (§1.2): which keys differ, and where to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from converter.cells import fold
from converter.spec.model import Block, Field, Spec
from converter.wording import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference.

    `kind` is missing, extra, spelt, order or shape, or empty where a list holds nothing to compare; `path` as in
    `$.lignesImport[0]`; `line` in the spec (0: none).
    """

    kind: str
    path: str
    line: int
    say: Say


def compare(spec: Spec, model: Any) -> tuple[Difference, ...]:
    """The differences between the keys of `spec` and those of `model`, a JSON value; values do not matter."""
    if not isinstance(model, dict):
        return (_shape("$", "$", 0, model, "object"),)
    return tuple(_object(spec, spec.header, model, "$"))


def _object(spec: Spec, block: Block, model: dict[str, Any], path: str) -> Iterator[Difference]:
    fields = {one.name: one for one in block.fields if one.json}
    theirs = _paired(list(fields), list(model))
    for name, key in theirs.items():
        one = fields[name]
        at = f"{path}.{key or name}"
        if key is None:
            yield _difference("missing", at, one.line, name=name)
        else:
            if key != name:
                yield _difference("spelt", at, one.line, ours=name, theirs=key)
            yield from _value(spec, one, model[key], at)
    last = next(reversed(fields.values())).line
    for key in model:
        if key not in theirs.values():
            yield _difference("extra", f"{path}.{key}", last, name=key)
    yield from _order(fields, theirs, list(model), path)


def _paired(ours: list[str], theirs: list[str]) -> dict[str, str | None]:
    """Our name -> theirs: the same, else one that reads alike, else None."""
    from rapidfuzz import process

    pairs: dict[str, str | None] = {name: name if name in theirs else None for name in ours}
    free = {key: fold(key) for key in theirs if key not in pairs}
    for name in [name for name, key in pairs.items() if key is None]:
        match = process.extractOne(fold(name), free, score_cutoff=85)
        if match:
            pairs[name] = match[2]
            del free[match[2]]
    return pairs


def _order(fields: dict[str, Field], pairs: dict[str, str | None], model: list[str], path: str) -> Iterator[Difference]:
    ours = [name for name, key in pairs.items() if key is not None]
    names = {key: name for name, key in pairs.items() if key is not None}
    theirs = [names[key] for key in model if key in names]
    for mine, other in zip(ours, theirs, strict=True):
        if mine != other:
            words = {"name": mine, "theirs": tuple(key for key in model if key in names)}
            yield _difference("order", path, fields[mine].line, **words)
            return


def _value(spec: Spec, one: Field, value: Any, path: str) -> Iterator[Difference]:
    block = spec.block(one.holds) if one.holds else None
    is_list = block.is_list if block else bool(one.form and one.form.many)
    expected = "list" if is_list else "object" if block else "value"
    if _kind(value) != expected and value is not None:
        yield _shape(path, one.name, one.line, value, expected)
    elif block is not None and value == []:
        yield _difference("empty", path, 0, name=one.name)
    elif block is not None and is_list:
        for element in (value or [])[:1]:
            if isinstance(element, dict):
                yield from _object(spec, block, element, f"{path}[0]")
            else:
                yield _shape(f"{path}[0]", one.name, one.line, element, "object")
    elif block is not None and value is not None:
        yield from _object(spec, block, value, path)


def _kind(value: Any) -> str:
    return "list" if isinstance(value, list) else "object" if isinstance(value, dict) else "value"


def _shape(path: str, name: str, line: int, value: Any, expected: str) -> Difference:
    words = {"name": name, "theirs": Say(f"compare.{_kind(value)}"), "ours": Say(f"compare.{expected}")}
    return _difference("shape", path, line, **words)


def _difference(kind: str, path: str, line: int, **words: Any) -> Difference:
    return Difference(kind=kind, path=path, line=line, say=Say(f"compare.{kind}", {"path": path, **words}))

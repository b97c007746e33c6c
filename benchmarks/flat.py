"""The same data in flatten-tool's own layout: a sheet a list, headings that are paths, and a schema for the types.

`numeroEditeur` is flatten-tool's `id` (`--id-name`): rows of any sheet that bear the same one make one request. What
flatten-tool cannot make (names of attachments, constants, `numLigne`) stands in the sheets, made beforehand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

HOLDER, ID = "lignesImport", "numeroEditeur"
Tree = dict[str, Any]


def write(lines: list[Tree], path: Path) -> None:
    """Those requests as `path`, and their schema beside it."""
    book = openpyxl.Workbook(write_only=True)
    for title, rows in _sheets(lines).items():
        sheet = book.create_sheet(title)
        headings = list(dict.fromkeys(heading for row in rows for heading in row))
        sheet.append(headings)
        for row in rows:
            sheet.append([row.get(heading) for heading in headings])
    book.save(path)
    schema(path).write_text(json.dumps(_schema(lines[0]), ensure_ascii=False, indent=2))


def schema(path: Path) -> Path:
    """Where the schema of that workbook is."""
    return path.with_suffix(".schema.json")


def command(program: str, path: Path, out: Path) -> list[str]:
    """The command that makes the nested JSON again."""
    given = ["-f", "xlsx", "-m", HOLDER, "--id-name", ID, "-s", str(schema(path)), "-o", str(out)]
    return [program, "unflatten", str(path), *given]


def without_nulls(tree: Any) -> Any:
    """What flatten-tool can say of `tree`: a blank cell leaves no null behind."""
    if isinstance(tree, dict):
        return {name: without_nulls(value) for name, value in tree.items() if value is not None}
    return [without_nulls(one) for one in tree] if isinstance(tree, list) else tree


def _sheets(lines: list[Tree]) -> dict[str, list[Tree]]:
    """Title -> rows (heading -> cell); the lists of objects of a request stand in sheets of their own."""
    sheets: dict[str, list[Tree]] = {HOLDER: []}
    for line in lines:
        row: Tree = {ID: line[ID]}
        for path, value in _leaves(line):
            if isinstance(value, list) and value and isinstance(value[0], dict):
                sheets.setdefault(path.rpartition("/")[2], []).extend(
                    {ID: line[ID]} | {f"{path}/0/{name}": _cell(leaf) for name, leaf in _leaves(item)} for item in value
                )
            else:
                row[path] = _cell(value)
        sheets[HOLDER].append(row)
    return sheets


def _leaves(tree: Tree, above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{name}/")
        else:
            yield above + name, value


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ";".join(value) if isinstance(value, list) else value


def _schema(value: Any) -> Tree:
    if isinstance(value, dict):
        return {"type": "object", "properties": {name: _schema(one) for name, one in value.items()}}
    if isinstance(value, list):
        return {"type": "array", "items": _schema(value[0])}
    types = {bool: "boolean", int: "integer", float: "number"}
    return {"type": types.get(type(value), "string")}

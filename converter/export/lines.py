"""The lines on which the tables and keys of a TOML file stand: its parser does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]

_NAME = r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_NAMES = rf"{_NAME}(?:[ \t]*\.[ \t]*{_NAME})*"
_HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_NAMES})[ \t]*\]")
_ENTRY = re.compile(rf"[ \t]*({_NAMES})[ \t]*=")
_LONG = re.compile(r'"""|\'\'\'')


class Lines:
    """Where each table and key of a text stands; what is inside an inline table stands where that begins."""

    def __init__(self, text: str) -> None:
        self._at: dict[Path, int] = {}
        self._times: dict[Path, int] = {}
        table: Path = ()
        for number, line in _outside_of_long_texts(text):
            if header := _HEADER.match(line):
                table = self._table(_names(header[2]), is_array=header[1] == "[[")
                self._at.setdefault(table, number)
            elif entry := _ENTRY.match(line):
                self._note((*table, *_names(entry[1])), number, above=len(table))

    def of(self, *path: str | int) -> int:
        """The line (from 1) of that table or key, or of the nearest that it stands in."""
        while path and path not in self._at:
            path = path[:-1]
        return self._at.get(path, 1)

    def _table(self, names: Path, *, is_array: bool) -> Path:
        """The path of a table: one in an array bears its number there, a table in such a one lies in the last."""
        path: Path = ()
        for at, name in enumerate(names, 1):
            path = (*path, name)
            if is_array and at == len(names):
                self._times[path] = self._times.get(path, 0) + 1
            if path in self._times:
                path = (*path, self._times[path] - 1)
        return path

    def _note(self, path: Path, number: int, above: int) -> None:
        for length in range(above + 1, len(path) + 1):
            self._at.setdefault(path[:length], number)


def _outside_of_long_texts(text: str) -> Iterator[tuple[int, str]]:
    inside = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not inside:
            yield number, line
        for mark in _LONG.findall(line):
            if not inside or mark == inside:
                inside = "" if inside else mark


def _names(text: str) -> Path:
    """`a."b c"` as ("a", "b c")."""
    tree: Any = tomllib.loads(f"{text} = 0")
    names: list[str] = []
    while isinstance(tree, dict):
        name, tree = next(iter(tree.items()))
        names.append(name)
    return tuple(names)

"""From a JSON's tree to the rows of a workbook, whatever the tree holds: what does not fit stays, as text.

What a workbook has no column for is named by `left_out`. Only a tree that is no deposit at all is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from converter.cells import fold, trim
from converter.errors import Xl2JsonError
from converter.spec.model import Block, Field, Spec

Rows = dict[str, list[dict[str, Any]]]

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a key may hold what moves the cursor or forges a line
_NONE: Mapping[str, str] = MappingProxyType({})


def rows_of(spec: Spec, tree: Any, demandes: Mapping[str, str] = _NONE) -> Rows:
    """The rows to fill a workbook with, by block id; each maps the key's column and tags to values.

    `tree` is what `parse` returns. A request's key is `demandes[its number]`, else the number itself; where that is
    blank it is `#` and the request's place, and where it comes again, its how-manieth is added. An object that is
    missing gives no row. Raises Xl2JsonError where an object or a list is not where it must be.
    """
    reader = _Reader(spec, demandes)
    reader.read(spec.header, tree, "$", None)
    return reader.rows


def left_out(spec: Spec, tree: Any) -> tuple[str, ...]:
    """The paths of what `rows_of` has no column for and a conversion would not make again: `$.lignesImport[0].x`."""
    reader = _Reader(spec, _NONE)
    reader.read(spec.header, tree, "$", None)
    return tuple(reader.left_out)


class _Reader:
    """Walks a tree along the spec."""

    def __init__(self, spec: Spec, demandes: Mapping[str, str]) -> None:
        self.spec, self.demandes = spec, demandes
        self.rows: Rows = {block.id: [] for block in spec.blocks}
        self.left_out: list[str] = []
        self._keys: set[str] = set()
        self.answer = spec.block(spec.answer.block) if spec.answer else None

    def read(self, block: Block, node: Any, path: str, key: str | None, line: int = 0) -> None:
        """Add the rows of an object and of all below it."""
        if not isinstance(node, dict):
            raise Xl2JsonError("way_back.no_object", path=path)
        keys = _keys(block, node)
        row: dict[str, Any] = {} if key is None else {self.spec.key.column: key}
        self.rows[block.id].append(row)
        for one in block.fields:
            value, here = node.get(keys.get(one.name, "")), f"{path}.{one.name}"
            if one.holds:
                self._below(self.spec.block(one.holds), value, here, key)
            elif one.form and one.json:
                row[one.name] = _raw(one, value)
            elif one.made == "attachment_name" and self.spec.attachment:
                row[self.spec.attachment.name] = _plain(value)
            elif one.made and value not in (None, "") and self._is_lost(one, value, node, line):
                self.left_out.append(here)
        known = set(keys.values())
        unknown = (name for name, value in node.items() if name not in known and value is not None)
        self.left_out += [f"{path}.{_CONTROLS.sub('�', name)}" for name in unknown]

    def _below(self, block: Block, value: Any, path: str, key: str | None) -> None:
        if block.rows == "request" and not isinstance(value, list):
            raise Xl2JsonError("way_back.no_requests", path=path)
        if value is None:
            return
        if not block.is_list:
            self.read(block, value, path, key)
            return
        if not isinstance(value, list):
            raise Xl2JsonError("way_back.no_list", path=path)
        for at, node in enumerate(value):
            if block.rows == "request":
                self._request(block, node, f"{path}[{at}]", at + 1)
            else:
                self.read(block, node, f"{path}[{at}]", key)

    def _request(self, block: Block, node: Any, path: str, line: int) -> None:
        number = _plain(node.get(_keys(block, node).get(self.spec.number.name, ""))) if isinstance(node, dict) else None
        key = self._key(number, line)
        self.read(block, node, path, key, line)
        if self.answer:
            self._answer(self.answer, node, {self.spec.key.column: key})

    def _key(self, number: str | None, line: int) -> str:
        """A key that no other request bears: the workbook would lay two requests of one key to one."""
        own = trim(self.demandes.get(number or "", number or "")) or f"#{line}"
        key, times = own, 1
        while key in self._keys:
            times += 1
            key = f"{own} ({times})"
        self._keys.add(key)
        return key

    def _answer(self, block: Block, node: dict[str, Any], row: dict[str, Any]) -> None:
        """The agency's answer, which stands in the request itself."""
        keys = _keys(block, node)
        made = {one.name for one in self.spec.request.fields if one.made}
        values = {one.name: _plain(node.get(keys.get(one.name, ""))) for one in block.fields}
        if any(value and trim(value) and name in made for name, value in values.items()):
            self.rows[block.id].append(row | values)

    def _is_lost(self, one: Field, value: Any, node: dict[str, Any], line: int) -> bool:
        """Whether a value that the tool makes itself would come out of a conversion otherwise."""
        if one.made == "line":
            return bool(value != line)
        if one.made == "fixed":
            return bool(value != one.value)
        if one.made == "attachment_format":
            return bool(value != self._format(one, node))
        return not any(one.name == other.name for other in (self.answer.fields if self.answer else ()))

    def _format(self, one: Field, node: dict[str, Any]) -> str | None:
        """The format that the file's name tells."""
        block, formats = self.spec.block(one.block), self.spec.lists[one.list or ""]
        name = next(
            (node.get(_keys(block, node).get(f.name, "")) for f in block.fields if f.made == "attachment_name"), ""
        )
        ending = PurePosixPath(str(name)).suffix.removeprefix(".").lower()
        known = zip(formats.codes, formats.endings, strict=True)
        return next((code for code, endings in known if ending in endings), None)


def _keys(block: Block, node: dict[str, Any]) -> dict[str, str]:
    """Tag -> the object's own key: spelt the same, or but for case and accents."""
    folded = {fold(name): name for name in reversed(node)}
    found = {one.name: one.name if one.name in node else folded.get(fold(one.name)) for one in block.fields}
    return {name: key for name, key in found.items() if key is not None}


def _raw(field: Field, value: Any) -> Any:
    """What the column takes: an answer or an amount as it is, all else in text."""
    kind = field.form.kind if field.form else ""
    if (kind == "yesno" and isinstance(value, bool)) or (
        kind == "amount" and isinstance(value, int | Decimal) and not isinstance(value, bool)
    ):
        return value
    return _plain(value)


def _plain(value: Any) -> str | None:
    """A value in text; a list's elements are separated by semicolons, what is nested is shown as JSON."""
    if isinstance(value, list):
        return "; ".join(one if isinstance(one, str) and trim(one) else _json(one) for one in value) or None
    if value is None or isinstance(value, str):
        return value
    return _json(value)


def _json(value: Any) -> str:
    try:
        return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=str)
    except RecursionError as error:
        raise Xl2JsonError("way_back.deep") from error

"""One entry of a mapping, such as `regimeTVA = { column = "TVA", map = { … } }`, to a source of values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, get_args

from converter.cells import trim
from converter.export.faults import Faults
from converter.export.lines import Path
from converter.export.mapping import Filter, Kind, Source

_KINDS: tuple[Kind, ...] = get_args(Kind)
_OPTIONS = (*_KINDS, "map", "default")
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def source_of(raw: Any, path: Path, faults: Faults, *, is_list: bool) -> Source | None:
    """The source that an entry describes, None where it has a fault; `is_list`: whether the column holds several."""
    before = len(faults.found)
    if isinstance(raw, str):
        made = _source("column", raw, {}, path, faults, is_list=is_list)
    elif isinstance(raw, dict):
        made = _from_table(raw, path, faults, is_list=is_list)
    else:
        faults.add("M3", "entry", path, value=raw)
        return None
    return made if len(faults.found) == before else None


def _from_table(table: Mapping[str, Any], path: Path, faults: Faults, *, is_list: bool) -> Source | None:
    for option in table.keys() - set(_OPTIONS):
        faults.unknown("option", (*path, option), option, _OPTIONS, option=option)
    kinds = [kind for kind in _KINDS if kind in table]
    if len(kinds) != 1:
        faults.add("M3", "sources", path, known=_KINDS)
        return None
    return _source(kinds[0], table[kinds[0]], table, path, faults, is_list=is_list)


def _source(
    kind: Kind, raw: Any, table: Mapping[str, Any], path: Path, faults: Faults, *, is_list: bool
) -> Source | None:
    readers = {"value": _constant, "column": _column, "columns": _columns, "format": _format}
    if kind == "columns" and not is_list:
        faults.add("M3", "joined", path)
    if "map" in table and kind != "column":
        faults.add("M3", "map_alone", (*path, "map"))
    if "default" in table and kind == "value":
        faults.add("M3", "default_alone", (*path, "default"))
    own = readers[kind](raw, (*path, kind), faults)
    map_ = _map(table["map"], (*path, "map"), faults) if "map" in table else None
    default = _scalar(table["default"], (*path, "default"), faults) if "default" in table else None
    return Source(kind=kind, line=faults.lines.of(*path), map=map_, default=default, **own)


def _constant(raw: Any, path: Path, faults: Faults) -> dict[str, Any]:
    return {"value": _scalar(raw, path, faults)}


def _scalar(raw: Any, path: Path, faults: Faults) -> Any:
    """A value that a cell can hold; a blank text is none."""
    if not isinstance(raw, str | int | float | bool | date) or (isinstance(raw, str) and not trim(raw)):
        faults.add("M3", "value", path, option=path[-1], value=raw)
    if isinstance(raw, datetime):
        return raw.replace(tzinfo=None)
    return raw


def _column(raw: Any, path: Path, faults: Faults) -> dict[str, Any]:
    if not isinstance(raw, str) or not trim(raw):
        faults.add("M3", "name", path, value=raw)
        return {}
    return {"columns": (trim(raw),)}


def _columns(raw: Any, path: Path, faults: Faults) -> dict[str, Any]:
    if not isinstance(raw, list) or not raw or not all(isinstance(one, str) and trim(one) for one in raw):
        faults.add("M3", "names", path, value=raw)
        return {}
    return {"columns": tuple(map(trim, raw))}


def _format(raw: Any, path: Path, faults: Faults) -> dict[str, Any]:
    """`scans/{N° commande}.pdf` as its columns and the texts around them; `{{` and `}}` are braces."""
    if not isinstance(raw, str):
        faults.add("M3", "format", path, value=raw)
        return {}
    columns, texts, last = [], [""], 0
    for brace in _BRACES.finditer(raw):
        texts[-1] += raw[last : brace.start()]
        last = brace.end()
        if brace[0] in ("{{", "}}"):
            texts[-1] += brace[0][0]
        elif brace[1] and trim(brace[1]):
            columns.append(trim(brace[1]))
            texts.append("")
        else:
            faults.add("M3", "format", path, value=raw)
            return {}
    texts[-1] += raw[last:]
    if not columns:
        faults.add("M3", "format_none", path, value=raw)
    return {"columns": tuple(columns), "texts": tuple(texts)}


def _map(raw: Any, path: Path, faults: Faults) -> dict[str, str] | None:
    if not isinstance(raw, dict) or not raw or not all(isinstance(one, str) and trim(one) for one in raw.values()):
        faults.add("M3", "map", path, value=raw)
        return None
    if not all(map(trim, raw)):
        faults.add("M3", "map_blank", path)
    return {trim(shown): value for shown, value in raw.items()}


def filters_of(raw: Any, path: Path, faults: Faults) -> tuple[Filter, ...]:
    """A `where`: columns of the export, each with the values of the rows that count."""
    if not isinstance(raw, dict) or not raw:
        faults.add("M3", "where", path, value=raw)
        return ()
    found = []
    for column, values in raw.items():
        some = [values] if isinstance(values, str) else values
        if not trim(column) or not isinstance(some, list) or not some or not all(isinstance(o, str) for o in some):
            faults.add("M3", "where", (*path, column), value=values)
        else:
            line = faults.lines.of(*path, column)
            found.append(Filter(column=trim(column), values=tuple(map(trim, some)), line=line))
    return tuple(found)

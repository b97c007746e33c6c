"""A mapping file (TOML) to a `Mapping`: every fault is collected, each with its line, before an export is opened."""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Iterator, Mapping as Table
from pathlib import Path
from typing import Any

from converter.cells import fold
from converter.errors import Xl2JsonError, reason_of
from converter.export.delimited import DELIMITERS
from converter.export.entry import filters_of, source_of
from converter.export.faults import Faults, fault
from converter.export.lines import Lines, Path as Keys
from converter.export.mapping import Entry, Mapping, Source
from converter.findings import Finding, sorted_findings
from converter.spec.model import Sheet, Spec

_EXPORT = "export"
_WHERE = "where"
_SETTINGS = ("sheet", "encoding", "delimiter")
_TABULATOR = ("tab", "\\t")
_AT = re.compile(r"at line ([0-9]+)")
_BARE = re.compile(r"[ \t]*\[{0,2}[ \t]*[^\s\"'#=\[\]{}]*[^\x00-\x7f]")  # a name with an accent, without quotes
_ENCODINGS = re.compile(r"ascii|utf-(8|8-sig|16|16-le|16-be|32)|cp[0-9]+|iso8859-[0-9]+|mac-roman")
_MOST_BYTES = 2**20


def read_mapping(path: Path, spec: Spec) -> Mapping:
    """The mapping in the file; all that is wrong with it is in `findings`.

    Raises Xl2JsonError where the file itself cannot be read.
    """
    content = _content(path)
    try:
        text = content.decode("utf-8-sig")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Mapping(name=path.name, findings=(fault("M1", "encoding", path.name, line, ""),))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Mapping(name=path.name, findings=(_syntax(path.name, text, str(error)),))
    return _Reader(path.name, Lines(text), spec).mapping(data)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise Xl2JsonError("mapping.missing", name=str(path)) from error
    except (OSError, ValueError) as error:
        raise Xl2JsonError("mapping.unreadable", name=str(path), reason=reason_of(error)) from error
    if len(content) > _MOST_BYTES:
        raise Xl2JsonError("mapping.large", name=path.name)
    return content


def _syntax(name: str, text: str, reason: str) -> Finding:
    at = _AT.search(reason)
    lines = text.split("\n")
    line = int(at[1]) if at else len(lines)
    if reason.startswith(("Cannot declare", "Cannot overwrite", "Cannot mutate", "Duplicate")):
        return fault("M1", "again", name, line, "")
    bare = line <= len(lines) and _BARE.match(lines[line - 1])
    return fault("M1", "quotes" if bare else "syntax", name, line, "", value=lines[line - 1].strip())


class _Reader:
    """Goes through the tables of a mapping."""

    def __init__(self, name: str, lines: Lines, spec: Spec) -> None:
        self.spec, self.faults = spec, Faults(name, lines)
        self.sheets = {fold(sheet.name): sheet for sheet in spec.sheets}

    def mapping(self, data: Table[str, Any]) -> Mapping:
        settings: dict[str, Any] = {}
        tables: dict[str, tuple[Keys, Any]] = {}
        for name, raw in data.items():
            sheet = self.sheets.get(fold(name))
            if fold(name) == _EXPORT:
                settings = self._settings(raw, name)
            elif sheet is None:
                known = (_EXPORT, *(one.name for one in self.spec.sheets))
                self.faults.unknown("sheet", (name,), name, known, value=name)
            elif sheet.name in tables:
                self.faults.add("M4", "sheet_twice", (name,), first=tables[sheet.name][0][0], value=name)
            else:
                tables[sheet.name] = (name,), raw
        key = self._key(*tables.get(self.spec.request.sheet, ((self.spec.request.sheet,), {})))
        entries = [
            entry
            for name, (path, raw) in tables.items()
            for entry in self._sheet(self.sheets[fold(name)], path, raw, key)
        ]
        found = sorted_findings(self.faults.found)
        return Mapping(name=self.faults.name, findings=found, key=key, entries=tuple(entries), **settings)

    def _settings(self, raw: Any, name: str) -> dict[str, Any]:
        if not isinstance(raw, dict):
            self.faults.add("M3", "table", (name,), value=raw)
            return {}
        made: dict[str, Any] = {}
        for option, value in raw.items():
            path = (name, option)
            if option == _WHERE:
                made[_WHERE] = filters_of(value, path, self.faults)
            elif option not in _SETTINGS:
                self.faults.unknown("option", path, option, (*_SETTINGS, _WHERE), option=option)
            elif not isinstance(value, str) or not value:
                self.faults.add("M3", "name", path, value=value)
            else:
                made[option] = self._setting(option, value, path)
        return made | {"sheet_line": self.faults.lines.of(name, "sheet")}

    def _setting(self, option: str, value: str, path: Keys) -> str:
        if option == "delimiter":
            value = "\t" if value in _TABULATOR else value
            if value not in DELIMITERS:
                self.faults.add("M3", "delimiter", path, value=value)
        if option == "encoding" and not _is_encoding(value):
            self.faults.add("M3", "codec", path, value=value)
        return value

    def _key(self, path: Keys, raw: Any) -> tuple[str, Source] | None:
        """The tag that is the key, and where it comes from."""
        table = raw if isinstance(raw, dict) else {}
        for tag in (self.spec.key.column, self.spec.number.name):
            name = next((one for one in table if fold(one) == fold(tag)), None)
            if name is not None:
                source = source_of(table[name], (*path, name), self.faults, is_list=False)
                if source and (source.kind not in ("column", "format") or source.map or source.default is not None):
                    self.faults.add("M5", "key_source", (*path, name))
                return (tag, source) if source else None
        words = {"sheet": self.spec.request.sheet, "tag": self.spec.key.column}
        self.faults.add("M5", "key_missing", path, **words)
        return None

    def _sheet(self, sheet: Sheet, path: Keys, raw: Any, key: tuple[str, Source] | None) -> Iterator[Entry]:
        """The entries of a sheet: one, or in an array as many as there are tables."""
        is_array = isinstance(raw, list) and all(isinstance(one, dict) for one in raw)
        if isinstance(raw, dict):
            yield from self._entry(sheet, path, raw, key)
        elif not is_array:
            self.faults.add("M3", "table", path, value=raw)
        elif sheet.rows != "many":
            self.faults.add("M4", "array", (*path, 0), sheet=sheet.name)
        else:
            for number, one in enumerate(raw):
                yield from self._entry(sheet, (*path, number), one, key)

    def _entry(
        self, sheet: Sheet, path: Keys, table: Table[str, Any], key: tuple[str, Source] | None
    ) -> Iterator[Entry]:
        known = {fold(one.name): one for one in sheet.fields}
        keys = {fold(self.spec.key.column)} | ({fold(key[0])} if key else set())
        keys = keys if sheet.rows != "file" else set()
        sources: dict[str, Source] = {}
        seen: dict[str, str] = {}
        for name, raw in table.items():
            field = known.get(fold(name))
            if name == _WHERE:
                continue
            if fold(name) in seen:
                self.faults.add("M4", "twice", (*path, name), first=seen[fold(name)], value=name)
            elif fold(name) in keys:
                self._own_key(sheet, (*path, name), raw, key)
            elif field is None:
                names = (*(one.name for one in sheet.fields), _WHERE)
                self.faults.unknown("tag", (*path, name), name, names, sheet=sheet.name, value=name)
            elif source := source_of(raw, (*path, name), self.faults, is_list=_holds_several(field)):
                sources[field.name] = source
            seen.setdefault(fold(name), name)
        where = filters_of(table[_WHERE], (*path, _WHERE), self.faults) if _WHERE in table else ()
        if sources or (key and sheet.name == self.spec.request.sheet):
            yield Entry(sheet=sheet.name, line=self.faults.lines.of(*path), sources=sources, where=where)

    def _own_key(self, sheet: Sheet, path: Keys, raw: Any, key: tuple[str, Source] | None) -> None:
        """The key's own entry; in any other sheet it is implied, and may say the same only."""
        if sheet.name == self.spec.request.sheet:
            return
        source = source_of(raw, path, self.faults, is_list=False)
        if source and key and (source.columns, source.texts) != (key[1].columns, key[1].texts):
            self.faults.add("M5", "key_other", path, sheet=self.spec.request.sheet)


def _holds_several(field: Any) -> bool:
    return field.form is not None and (field.form.many or field.form.kind == "labels")


def _is_encoding(name: str) -> bool:
    try:
        return bool(_ENCODINGS.fullmatch(codecs.lookup(name).name))
    except (LookupError, ValueError):
        return False

"""V2 and V3: the names of §3.3, held against a deposit that somebody made."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from string import Formatter

from converter.findings import Finding
from converter.parcel.names import attachment_name, attachment_pattern
from converter.readback.strict import shown
from converter.request import Dossier, Item, Request, Source
from converter.spec.model import Field, Spec
from converter.wording import Say

_DAY = re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileName:
    """What a JSON's name tells: the day of the deposit (None where it tells none), and what is wrong with it."""

    day: date | None
    findings: tuple[Finding, ...]


def file_name(name: str, spec: Spec, header: Item) -> FileName:
    """Hold the name of a JSON against the naming rule, filled in with the file's own values (V2)."""
    name = unicodedata.normalize("NFC", name)
    values = defaultdict(lambda: "…", {key: one for key, one in header.values.items() if isinstance(one, str)})
    match = re.fullmatch(_pattern(spec, values), name)
    if not match or not int(match.groupdict().get("number") or 1):
        width = len(str(spec.limits.last_file_number))
        expected = spec.names.json.format_map(defaultdict(lambda: "…", values, date="AAAAMMJJ", number="N" * width))
        return FileName(day=None, findings=(_v2(name, Say("say.file_name.form", {"expected": expected})),))
    digits = match.groupdict().get("date")
    day = _day(digits) if digits else None
    wrong = (_v2(name, Say("say.file_name.day", {"day": digits})),) if digits and day is None else ()
    return FileName(day=day, findings=wrong)


def _v2(name: str, say: Say) -> Finding:
    return Finding(rule="V2", severity="error", say=say, value=name)


def _pattern(spec: Spec, values: dict[str, str]) -> str:
    """The naming rule as a regular expression; what the file itself does not tell may be anything."""
    parts = {
        "date": "(?P<date>[0-9]{8})",
        "number": f"(?P<number>[0-9]{{{len(str(spec.limits.last_file_number))}}})",
    }
    pattern = ""
    for literal, name, _, _ in Formatter().parse(spec.names.json):
        own = re.escape(values[name]) if name and name in values else ".+"
        pattern += re.escape(literal) + (parts.pop(name, own) if name else "")
    return pattern


def _day(digits: str) -> date | None:
    match = _DAY.fullmatch(digits)
    try:
        return date(int(match["y"]), int(match["m"]), int(match["d"])) if match else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A file that the JSON names: its name there (None where it is none), and the one it should have, where known."""

    request: Request
    item: Item
    tag: str
    name: str | None
    right: str | None

    def finding(self, rule: str, severity: str, say: Say) -> Finding:
        """A finding about this file, at its name."""
        return self.request.finding(rule, severity, say, self.item.place(self.tag), self.name)  # type: ignore[arg-type]


def pieces(dossier: Dossier, spec: Spec) -> tuple[list[Piece], list[Finding]]:
    """The files that a JSON names, and what is wrong with their names and formats (V3)."""
    rule = _Rule.of(spec)
    found: list[Piece] = []
    findings: list[Finding] = []
    for request in dossier.requests if rule else ():
        assert rule is not None
        for item in request.items.get(rule.name.block, ()):
            found.append(rule.piece(item, request))
            findings += rule.faults(item, request, found[-1])
    return found, findings


@dataclass(frozen=True, slots=True)
class _Rule:
    """The fields that a file's name depends on."""

    spec: Spec
    name: Field
    format: Field
    kind: Field

    @classmethod
    def of(cls, spec: Spec) -> _Rule | None:
        """None where the spec knows no attachments."""
        column = spec.attachment
        if column is None:
            return None
        block = spec.block(column.block)
        name = next(one for one in block.fields if one.made == "attachment_name")
        return cls(spec, name, block[column.format or ""], block[column.type or ""])

    def piece(self, item: Item, request: Request) -> Piece:
        raw = item[self.name.name]
        name = raw if isinstance(raw, str) else None
        return Piece(request=request, item=item, tag=self.name.name, name=name, right=self._right(item, request))

    def _right(self, item: Item, request: Request) -> str | None:
        """The name that the file should have; None while its number, kind or format is in doubt."""
        known = self._names(item, request)
        return known.get(item[self.format.name]) if isinstance(item[self.format.name], str) else None

    def _names(self, item: Item, request: Request) -> dict[str, str]:
        """The file's right name in each format; none where its number or kind is in doubt."""
        kinds, formats = self.spec.lists[self.kind.list or ""], self.spec.lists[self.format.list or ""]
        codes = dict(zip(kinds.codes, kinds.in_names or kinds.codes, strict=True))
        kind = item[self.kind.name]
        if request.number is None or not isinstance(kind, str):
            return {}
        return {
            code: attachment_name(self.spec, _source(codes[kind], endings[0]), request.number)
            for code, endings in zip(formats.codes, formats.endings, strict=True)
        }

    def faults(self, item: Item, request: Request, piece: Piece) -> Iterator[Finding]:
        names, format_ = self._names(item, request), item[self.format.name]
        fits = next((code for code, name in names.items() if name == piece.name), None)
        known = self.spec.lists[self.format.list or ""].codes
        at_format = item.place(self.format.name)
        if format_ not in known:
            say = Say("say.naming.format", {"known": known})
            yield request.finding("V3", "error", say, at_format, shown(format_))
        elif fits and fits != format_:
            say = Say("say.naming.other_format", {"name": piece.name, "expected": fits})
            yield request.finding("V3", "error", say, at_format, shown(format_))
        if not fits and (names or not re.fullmatch(attachment_pattern(self.spec), piece.name or "")):
            expected = piece.right or " / ".join(names.values()) or self._model()
            say = Say("say.naming.name", {"expected": expected})
            yield request.finding("V3", "error", say, item.place(self.name.name), shown(item[self.name.name]))

    def _model(self) -> str:
        return self.spec.names.attachment.format_map(defaultdict(lambda: "…"))


def _source(code: str, ending: str) -> Source:
    from pathlib import Path

    return Source(path=Path(), size=0, format="", ending=ending, code=code)

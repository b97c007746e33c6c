"""The rejected requests as a workbook, ready to be corrected, each under its new number (contract §6)."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from converter import clock
from converter.cells import fold
from converter.errors import MisuseError, Xl2JsonError
from converter.feedback.advice import rejection
from converter.feedback.compare import lines_of
from converter.ledger.entries import Entry, all_entries, content_of
from converter.ledger.open import Ledger
from converter.ledger.reserve import next_number, use_numbers
from converter.ledger.tables import requests
from converter.parcel.names import attachment_pattern
from converter.placing import place
from converter.readback.document import NotADocument
from converter.readback.lenient import tree_of, value_of
from converter.readback.rows import rows_of
from converter.spec.load import load_spec
from converter.spec.model import Spec
from converter.states import OPEN, REJECTED, RESERVED
from converter.wording import say
from converter.workbook.filled import Remark, write_filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Resubmitted:
    """One workbook that was written: of that supplier and software; `missing` are attachments that are gone."""

    workbook: Path
    siret: str
    ans: str
    requests: int
    attachments: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rejected:
    """A rejected request: its entry, the number that it gets, and its line as it was sent."""

    entry: Entry
    number: str
    line: Mapping[str, Any]


def resubmit(
    target: str | Path, *, ledger: str | Path | Ledger, spec: Spec | None = None, lang: str = "fr"
) -> tuple[Resubmitted, ...]:
    """Write the rejected requests to `target`; where they are of several suppliers or softwares, a folder each.

    Their new numbers are reserved, asking again gives the same ones. Attachments are taken out of the deposits' zips
    and put beside the workbook. Raises Xl2JsonError where a file of another content would be written over.
    """
    target, spec = Path(target), spec or load_spec()
    if target.suffix.lower() != ".xlsx":
        raise MisuseError("not_xlsx", name=target.name)
    if target.exists():
        raise Xl2JsonError("exists", name=str(target))
    ledger = Ledger.at(ledger)
    with ledger.writing() as connection:
        groups = _groups(connection, spec)
        headers = {of: _header(connection, spec, some[0].entry) for of, some in groups.items()}
    return tuple(
        _write(spec, _target(target, of, len(groups)), of, headers[of], some, lang) for of, some in groups.items()
    )


def _groups(connection: Connection, spec: Spec) -> dict[tuple[str, str], list[_Rejected]]:
    """The rejected requests of each supplier and software, each with its new number."""
    groups: dict[tuple[str, str], list[_Rejected]] = defaultdict(list)
    successors = {one.replaces: one for one in all_entries(connection, requests.c.replaces.is_not(None))}
    sent: dict[int, Mapping[str, Mapping[str, Any]]] = {}
    for entry in all_entries(connection, requests.c.state == REJECTED):
        file = entry.file_id or 0
        if file not in sent:
            sent[file] = lines_of(content_of(connection, file), spec)
        successor = successors.get(entry.id)
        known = successor.number if successor and successor.state in OPEN else None
        number = known or _reserve(connection, spec, entry)
        groups[entry.siret, entry.ans].append(
            _Rejected(entry=entry, number=number, line=sent[file].get(entry.number, {}))
        )
    return groups


def _reserve(connection: Connection, spec: Spec, entry: Entry) -> str:
    width = spec.number.form.lengths[0] if spec.number.form else 1
    next_one = next_number(connection, entry.siret)
    if next_one >= 10**width:
        raise Xl2JsonError("numbers_used_up", last=10**width - 1)
    number = f"{next_one:0{width}d}"
    same = ("siret", "ans", "demande", "amount", "client", "workbook", "sender", "mailed_at")
    values = {name: getattr(entry, name) for name in same}
    values |= {"number": number, "state": RESERVED, "replaces": entry.id, "reserved_at": clock.now(), "named": True}
    connection.execute(requests.insert().values(values))
    use_numbers(connection, entry.siret, [number])
    return number


def _header(connection: Connection, spec: Spec, entry: Entry) -> dict[str, Any]:
    """The header of the file that the entry stands in; its supplier and software at least."""
    try:
        tree = tree_of(content_of(connection, entry.file_id or 0) or b"{}")
    except NotADocument:
        tree = {}
    own = zip((spec.key.supplier, spec.key.software), (entry.siret, entry.ans), strict=True)
    header = {path.partition(".")[2]: value for path, value in own}
    return header | {key: value for key, value in tree.items() if not isinstance(value, list)}


def _target(target: Path, of: tuple[str, str], groups: int) -> Path:
    if groups == 1:
        return target
    names = ("".join(sign if sign.isalnum() else "_" for sign in one) for one in of)
    name = f"{target.stem}-{'-'.join(names)}"
    return target.parent / name / f"{name}{target.suffix}"


def _write(
    spec: Spec, target: Path, of: tuple[str, str], header: Mapping[str, Any], some: Sequence[_Rejected], lang: str
) -> Resubmitted:
    lines = [_as_sent(spec, one) for one in some]
    demandes = {one.number: one.entry.demande for one in some}
    rows = rows_of(spec, {**header, spec.holder: [_legible(spec, one) for one in lines]}, demandes)
    names = {one.entry: tuple(_pieces(spec, one.line)) for one in some}
    contents = _contents(names, spec.limits.zip_bytes)
    wanted = [name for some_names in names.values() for name in some_names]
    _put_beside(target, contents)
    write_filled(spec, target, lang, rows, list(_remarks(spec, some, lang)))
    missing = tuple(name for name in wanted if name not in contents)
    return Resubmitted(
        workbook=target, siret=of[0], ans=of[1], requests=len(some), attachments=tuple(contents), missing=missing
    )


def _as_sent(spec: Spec, one: _Rejected) -> dict[str, Any]:
    """The line under its new number, without the agency's answer: one that was taken over bears it."""
    answer = spec.answer
    paths = (answer.asp, answer.code, answer.label) if answer else ()
    left_out = {fold(path.partition(".")[2]) for path in (*paths, spec.number.path)}
    kept = {name: value for name, value in one.line.items() if fold(name) not in left_out}
    return {**kept, spec.number.name: one.number}


def _legible(spec: Spec, line: Mapping[str, Any]) -> Mapping[str, Any]:
    """The line, or its number alone where a deposit made elsewhere holds what no workbook can."""
    try:
        rows_of(spec, {spec.holder: [line]})
    except Xl2JsonError:
        return {spec.number.name: line[spec.number.name]}
    return line


def _put_beside(target: Path, contents: Mapping[str, bytes]) -> None:
    """Put the attachments in the workbook's folder, before the workbook: what breaks off can be asked for again."""
    for name, content in contents.items():
        path = target.parent / name
        if path.exists() and _from_folder(path) != content:
            raise Xl2JsonError("exists", name=str(path))
        place(path, content)


def _pieces(spec: Spec, line: Mapping[str, Any]) -> Iterable[str]:
    """The names of a line's attachments, as long as they are named by the rule: no other name is anybody's to write."""
    pattern = attachment_pattern(spec)
    for block in spec.blocks:
        names = [one.name for one in block.fields if one.made == "attachment_name"]
        holder = next((one.name for one in spec.request.fields if one.holds == block.id), None)
        items = value_of(line, holder) if names and holder else None
        for item in items if isinstance(items, list) else ():
            name = value_of(item, names[0]) if isinstance(item, Mapping) else None
            if isinstance(name, str) and re.fullmatch(pattern, name):
                yield name


def _contents(names: Mapping[Entry, Sequence[str]], most: int) -> dict[str, bytes]:
    """The attachments' bytes, from each deposit's zip, else from the folder beside it; none for one that is gone.

    `most` is the size in bytes from which on a file cannot be one of ours.
    """
    found: dict[str, bytes] = {}
    for entry, some in names.items():
        folder = Path(entry.folder or "")
        for name in some if entry.file else ():
            content = _from_zip(folder / f"{entry.file}.zip", name, most) or _from_folder(
                folder / f"{entry.file}" / name
            )
            if content is not None:
                found[name] = content
    return found


def _from_zip(path: Path, name: str, most: int) -> bytes | None:
    try:
        with zipfile.ZipFile(path) as parcel:
            return parcel.read(name) if parcel.getinfo(name).file_size <= most else None
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return None


def _from_folder(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _remarks(spec: Spec, some: Sequence[_Rejected], lang: str) -> Iterable[Remark]:
    for row, one in enumerate(some):
        told = rejection(one.entry.label or one.entry.code or "", one.entry.number)
        yield Remark(spec.request.id, row, spec.key.column, say(told, lang))

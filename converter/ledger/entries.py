"""What the ledger holds, read out: entries (one a number), files, and who is asked for."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from converter.ledger.tables import events, files, marks, requests
from converter.states import NOT_COUNTED, SENT, UNDER_WAY

_AT_ONCE = 500  # parameters of one statement; SQLite takes 999


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One number of a supplier, and what became of it.

    `demande` is the key in the workbook, or the number itself where that is not known (`named` is False then);
    `replaces` is the id of the rejected entry that this one stands in for, `content` the fingerprint of its JSON,
    `pieces` the SHA-256 of its attachments, `file` its file's name without ending, `sender` who
    mailed it (None where whoever keeps the ledger converted it) at `mailed_at`.
    """

    id: int
    siret: str
    ans: str
    demande: str
    named: bool
    number: str
    state: str
    file_id: int | None
    file: str | None
    folder: str | None
    file_state: str | None
    day: str | None
    line: int | None
    asp: str | None
    code: str | None
    label: str | None
    replaces: int | None
    content: str | None
    pieces: str | None
    amount: str | None
    client: str | None
    workbook: str | None
    sender: str | None
    mailed_at: str | None
    reserved_at: str | None
    prepared_at: str | None
    deposited_at: str | None
    answered_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFile:
    """A file that the ledger knows: its name without ending, where it was put, its state, whether it came of a mail."""

    id: int
    siret: str
    ans: str
    name: str
    day: str | None
    folder: str
    state: str
    sha256: str | None
    planned: str | None
    parcel: str | None
    mailed: bool | None

    @property
    def digests(self) -> frozenset[str]:
        """SHA-256 of every JSON that may stand on the disk under its name and be ours."""
        return frozenset((self.planned or "").split()) | ({self.sha256} if self.sha256 else frozenset())


_OWN = [requests.c[name] for name in Entry.__dataclass_fields__ if name in requests.c and name not in ("file",)]
_ENTRY = select(
    *_OWN,
    requests.c.file.label("file_id"),
    files.c.name.label("file"),
    files.c.folder,
    files.c.state.label("file_state"),
    files.c.day,
).select_from(requests.outerjoin(files, requests.c.file == files.c.id))
_FILE = select(*(files.c[name] for name in LedgerFile.__dataclass_fields__))


def current(connection: Connection, siret: str, ans: str, demandes: Iterable[str]) -> dict[str, Entry]:
    """The entry of each of these keys that counts: what is at the agency, else what is under way, else the newest."""
    of_supplier = and_(requests.c.siret == siret, requests.c.ans == ans, requests.c.named)
    rows = _chunked(connection, demandes, lambda some: and_(of_supplier, requests.c.demande.in_(some)))
    return {
        one.demande: one for one in sorted(rows, key=lambda one: (one.state in SENT, one.state in UNDER_WAY, one.id))
    }


def by_number(connection: Connection, siret: str, numbers: Iterable[str]) -> dict[str, Entry]:
    """The entry of each of these numbers, by the number in lower case: Windows does not tell cases apart."""
    folded = {number.casefold() for number in numbers}
    rows = _chunked(
        connection, folded, lambda some: and_(requests.c.siret == siret, func.lower(requests.c.number).in_(some))
    )
    return {one.number.casefold(): one for one in rows}


def of_files(connection: Connection, file_ids: Iterable[int]) -> list[Entry]:
    """The entries that stand in these files, by file and line."""
    rows = _chunked(connection, file_ids, requests.c.file.in_)
    return sorted(rows, key=lambda one: (one.file_id or 0, one.line or 0))


def all_entries(connection: Connection, *conditions: ColumnElement[bool]) -> list[Entry]:
    """Every entry that meets the conditions, in the order in which they were made."""
    return [_entry(row) for row in connection.execute(_ENTRY.where(*conditions).order_by(requests.c.id))]


def by_ids(connection: Connection, ids: Iterable[int]) -> dict[int, Entry]:
    """Entries by id."""
    return {one.id: one for one in _chunked(connection, ids, requests.c.id.in_)}


def _chunked(
    connection: Connection, values: Iterable[Any], condition: Callable[[Sequence[Any]], ColumnElement[bool]]
) -> list[Entry]:
    found: list[Entry] = []
    for some in in_chunks(values):
        found += [_entry(row) for row in connection.execute(_ENTRY.where(condition(some)))]
    return found


def in_chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """`values` in lists that one statement can take."""
    rest = list(values)
    for start in range(0, len(rest), _AT_ONCE):
        yield rest[start : start + _AT_ONCE]


def _entry(row: Any) -> Entry:
    return Entry(**row._mapping)


def some_files(connection: Connection, *conditions: ColumnElement[bool]) -> list[LedgerFile]:
    """The files that meet the conditions, by name."""
    rows = connection.execute(_FILE.where(*conditions).order_by(files.c.name, files.c.id))
    return [LedgerFile(**row._mapping) for row in rows]


def content_of(connection: Connection, file_id: int) -> bytes | None:
    """The exact bytes of a file's JSON as it was prepared."""
    import zlib

    packed = connection.execute(select(files.c.content).where(files.c.id == file_id)).scalar()
    return zlib.decompress(packed) if packed else None


def marks_of(connection: Connection, entry_ids: Iterable[int]) -> dict[int, set[str]]:
    """Who each of these entries is for."""
    found: dict[int, set[str]] = {}
    for some in in_chunks(entry_ids):
        for request, mark in connection.execute(select(marks.c.request, marks.c.mark).where(marks.c.request.in_(some))):
            found.setdefault(request, set()).add(mark)
    return found


def owners(
    connection: Connection, siret: str, ans: str, wanted: Iterable[str], but: Container[str]
) -> dict[str, list[str]]:
    """The keys of the requests that each of these marks stands in already, first the oldest (B15).

    Rejected, replaced and withdrawn ones do not count, nor do those whose keys are in `but`.
    """
    found: dict[str, list[str]] = {}
    query = (
        select(marks.c.mark, requests.c.demande)
        .join(requests, marks.c.request == requests.c.id)
        .where(requests.c.siret == siret, requests.c.ans == ans, requests.c.state.not_in(NOT_COUNTED))
        .order_by(requests.c.id)
    )
    for some in in_chunks(wanted):
        for mark, demande in connection.execute(query.where(marks.c.mark.in_(some))):
            if demande not in but:
                found.setdefault(mark, []).append(demande)
    return found


def story(connection: Connection, entry_ids: Iterable[int]) -> list[Row[Any]]:
    """What happened to these entries, in order."""
    rows: list[Row[Any]] = []
    for some in in_chunks(entry_ids):
        rows += connection.execute(select(events).where(events.c.request.in_(some)))
    return sorted(rows, key=lambda row: row.id)

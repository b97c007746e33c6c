"""Reserve, place, confirm: numbers and names in one transaction, and, once the files stand there, a second one.

A run that was killed between the two is taken up by the next one that converts the same requests: its names are given
again, its files written over.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from converter import clock
from converter.errors import Xl2JsonError
from converter.ledger.entries import Entry, LedgerFile, in_chunks, of_files, some_files
from converter.ledger.tables import events, files, marks, requests, suppliers
from converter.request import Supplier
from converter.states import PREPARED, RESERVED, WITHDRAWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A request to send: its key and number, the entry that it keeps (None for a new one), the id of the rejected one
    that it replaces, and what the ledger is to remember of it (`workbook`: the path of the input it came from,
    `sender`: who mailed that one, `mailed_at` when).
    """

    demande: str
    number: str
    entry: int | None
    replaces: int | None
    content: str | None
    marks: frozenset[str]
    amount: str | None
    client: str | None
    workbook: str
    sender: str | None
    mailed_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Where a run's files go to: `folder`, `day`. `of(n)` is the name (without ending) of the `n`th file of that day,
    `last` the highest n; `is_taken(name)` says whether a file of that name stands in `folder`; `mailed`
    whether they come of a mail, `mailed_at` of what time.
    """

    folder: str
    day: str
    last: int
    of: Callable[[int], str]
    is_taken: Callable[[str], bool]
    mailed: bool
    mailed_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a run takes up of what was prepared before: files, and requests that will be in no file any more."""

    files: tuple[LedgerFile, ...]
    dropped: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What a run has in the ledger. `names`: its files' names, in order; `reused`: those that may stand on the disk
    already, with the SHA-256 of each JSON that is ours; `given_up`: files to be removed from the disk; `dropped`:
    requests that are in no file any more.
    """

    run: str
    names: tuple[str, ...]
    reused: Mapping[str, frozenset[str]]
    given_up: tuple[LedgerFile, ...]
    dropped: tuple[Entry, ...]


def next_number(connection: Connection, siret: str) -> int:
    """The smallest number above all that the supplier ever used."""
    query = select(suppliers.c.last_number).where(suppliers.c.siret == siret)
    return (connection.execute(query).scalar() or 0) + 1


def _insert_if_absent(connection: Connection, siret: str) -> None:
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"siret": siret, "last_number": 0}
    connection.execute(dialect.insert(suppliers).values(values).on_conflict_do_nothing())


def use_numbers(connection: Connection, siret: str, numbers: Iterable[str]) -> None:
    """Note the highest of `numbers`, so that none of them is allotted again. Numbers with letters do not count."""
    highest = max((int(one) for one in numbers if one.isascii() and one.isdigit()), default=0)
    _insert_if_absent(connection, siret)
    connection.execute(
        suppliers.update()
        .where(suppliers.c.siret == siret, suppliers.c.last_number < highest)
        .values(last_number=highest)
    )


def touched(
    connection: Connection, supplier: Supplier, wanted: Mapping[str, int | None], workbooks: Collection[str]
) -> Touched:
    """The files not yet deposited that hold a request to send, or one that came from one of these `workbooks`.

    `wanted` are the requests to send by key, each with the entry that it keeps. What is held back here may have been
    put right and prepared from another workbook: that one is left alone.
    """
    is_open = and_(
        files.c.siret == supplier.siret, files.c.ans == supplier.ans, files.c.state.in_((RESERVED, PREPARED))
    )
    query = select(requests.c.id, requests.c.file, requests.c.demande, requests.c.named, requests.c.workbook)
    rows = connection.execute(query.join(files, requests.c.file == files.c.id).where(is_open))
    kept = set(wanted.values())
    is_wanted = (
        row for row in rows if row.id in kept or (row.named and row.demande in wanted) or row.workbook in workbooks
    )
    ids = {row.file for row in is_wanted}
    found = [one for one in some_files(connection, is_open) if one.id in ids]
    there = of_files(connection, [one.id for one in found])
    dropped = (one for one in there if one.id not in kept and one.state in (RESERVED, PREPARED))
    return Touched(files=tuple(found), dropped=tuple(dropped))


def plan(connection: Connection, supplier: Supplier, touched: Touched, count: int, names: Names) -> Booking:
    """What `reserve` will note, for `count` files; writes nothing.

    Of the files that are touched, those of this day and folder are rewritten under their own names, all others given
    up, and so is what came of a mail where this does not. Raises Xl2JsonError past the last file of a day.
    """
    mine = [
        one
        for one in touched.files
        if (one.day, one.folder) == (names.day, names.folder) and (names.mailed or not one.mailed)
    ]
    taken = _claimed(connection, supplier, names.day)
    reused = [one.name for one in mine][:count]
    free = (names.of(n) for n in range(1, names.last + 1))
    fresh = (name for name in free if name not in taken and not names.is_taken(name))
    given = [*reused]
    while len(given) < count:
        name = next(fresh, None)
        if name is None:
            raise Xl2JsonError("files_used_up", last=names.last)
        given.append(name)
    given_up = [one for one in touched.files if one.name not in reused or one not in mine]
    return Booking(
        run=clock.token(),
        names=tuple(given),
        reused={one.name: one.digests for one in mine if one.name in reused},
        given_up=tuple(given_up),
        dropped=touched.dropped,
    )


def _claimed(connection: Connection, supplier: Supplier, day: str) -> set[str]:
    query = select(files.c.name).where(files.c.ans == supplier.ans, files.c.claim.is_not(None), files.c.day == day)
    return set(connection.execute(query).scalars())


def reserve(
    connection: Connection,
    supplier: Supplier,
    booking: Booking,
    parts: Sequence[Sequence[Wanted]],
    digests: Sequence[str],
    names: Names,
) -> None:
    """Note `booking`: its files with the SHA-256 of what is to be placed, in each the requests of its part, by line."""
    now = clock.now()
    _withdraw(connection, booking, now, names.mailed_at)
    known = {one.name: one for one in some_files(connection, files.c.claim.in_(list(booking.reused)))}
    for name, part, digest in zip(booking.names, parts, digests, strict=True):
        file = _reserve_file(connection, supplier, booking, known.get(name), name, digest, names)
        _reserve_requests(connection, supplier, file, part, now)
    use_numbers(connection, supplier.siret, (one.number for part in parts for one in part))


def _withdraw(connection: Connection, booking: Booking, now: str, mailed_at: str | None) -> None:
    """The names of what came of a mail are never given again: somebody may have them from an answer already."""
    for some in in_chunks(one.id for one in booking.given_up):
        is_one = files.c.id.in_(some)
        values = {"state": WITHDRAWN, "leftover": True, "run": booking.run}
        connection.execute(files.update().where(is_one).values(values))
        connection.execute(files.update().where(is_one, files.c.mailed.is_not(True)).values(claim=None))
    given_up = {one.id for one in booking.given_up}
    for some in in_chunks(one.id for one in booking.dropped):
        later = {"mailed_at": mailed_at} if mailed_at else {}
        connection.execute(requests.update().where(requests.c.id.in_(some)).values(state=WITHDRAWN, **later))
    for some in in_chunks(one.id for one in booking.dropped if one.file_id not in given_up):  # its file lives on
        connection.execute(requests.update().where(requests.c.id.in_(some)).values(file=None, line=None))
    if booking.dropped:
        told = [{"request": one.id, "at": now, "state": WITHDRAWN, "file": one.file} for one in booking.dropped]
        connection.execute(events.insert(), told)


def _reserve_file(
    connection: Connection,
    supplier: Supplier,
    booking: Booking,
    known: LedgerFile | None,
    name: str,
    digest: str,
    names: Names,
) -> int:
    earlier = (known.planned or "").split() if known is not None else []
    values: dict[str, Any] = {"state": RESERVED, "run": booking.run, "planned": " ".join([*earlier, digest])}
    if known is not None:
        connection.execute(files.update().where(files.c.id == known.id).values(values))
        return known.id
    values |= {"siret": supplier.siret, "ans": supplier.ans, "name": name, "claim": name, "day": names.day}
    values |= {"folder": names.folder, "mailed": names.mailed, "leftover": False}
    return int(connection.execute(files.insert().values(values).returning(files.c.id)).scalar_one())


def _reserve_requests(connection: Connection, supplier: Supplier, file: int, part: Sequence[Wanted], now: str) -> None:
    rows = [_row(one, file, line) for line, one in enumerate(part, 1)]
    new = [row | _of(supplier) | {"reserved_at": now} for row, one in zip(rows, part, strict=True) if one.entry is None]
    if new:
        connection.execute(requests.insert(), new)
    old = [{**row, "own_id": one.entry} for row, one in zip(rows, part, strict=True) if one.entry is not None]
    if old:
        connection.execute(requests.update().where(requests.c.id == bindparam("own_id")), old)
    _note_marks(connection, supplier, part)


def _row(one: Wanted, file: int, line: int) -> dict[str, Any]:
    return {
        "demande": one.demande,
        "named": True,
        "number": one.number,
        "file": file,
        "line": line,
        "state": RESERVED,
        "replaces": one.replaces,
        "content": one.content,
        "amount": one.amount,
        "client": one.client,
        "workbook": one.workbook,
        "sender": one.sender,
        "mailed_at": one.mailed_at,
    }


def _of(supplier: Supplier) -> dict[str, Any]:
    return {"siret": supplier.siret, "ans": supplier.ans}


def _note_marks(connection: Connection, supplier: Supplier, part: Sequence[Wanted]) -> None:
    by_number = {one.number: one for one in part}
    ids: dict[int, Wanted] = {}
    for some in in_chunks(by_number):
        query = select(requests.c.id, requests.c.number).where(
            requests.c.siret == supplier.siret, requests.c.number.in_(some)
        )
        ids |= {row.id: by_number[row.number] for row in connection.execute(query)}
    set_marks(connection, {id_: one.marks for id_, one in ids.items()})


def set_marks(connection: Connection, wanted: Mapping[int, Iterable[str]]) -> None:
    """Note whom these entries are for, in place of what was noted before."""
    for some in in_chunks(wanted):
        connection.execute(marks.delete().where(marks.c.request.in_(some)))
    rows = [{"request": id_, "mark": mark} for id_, some in wanted.items() for mark in sorted(some)]
    if rows:
        connection.execute(marks.insert(), rows)

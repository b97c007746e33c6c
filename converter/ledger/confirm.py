"""The second half of a conversion's dealings with the ledger: the files stand there, and that is noted."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from converter import clock
from converter.errors import Xl2JsonError
from converter.ledger.entries import Entry, LedgerFile, by_ids, in_chunks, of_files, some_files
from converter.ledger.reserve import Booking
from converter.ledger.tables import events, files, requests
from converter.placing import Placed
from converter.request import Supplier
from converter.states import PREPARED, REJECTED, REPLACED, RESERVED, WITHDRAWN


def is_still_mine(connection: Connection, booking: Booking) -> bool:
    """Whether no other run has taken these files up meanwhile."""
    found = some_files(connection, files.c.run == booking.run, files.c.state == RESERVED)
    return len(found) == len(booking.names)


def confirm(connection: Connection, booking: Booking, placed: Sequence[Placed], cleared: Iterable[int]) -> None:
    """Note that the files stand where they should; `cleared` are files given up that are gone from the disk.

    Raises Xl2JsonError where another run has taken the files up meanwhile, or the agency has answered.
    """
    if not is_still_mine(connection, booking):
        raise Xl2JsonError("ledger.overtaken")
    now = clock.now()
    known = {one.name: one for one in some_files(connection, files.c.run == booking.run, files.c.state == RESERVED)}
    for one in placed:
        _confirm(connection, known[one.name], one, now)
    for some in in_chunks(cleared):
        connection.execute(files.update().where(files.c.id.in_(some)).values(leftover=False))


def _confirm(connection: Connection, file: LedgerFile, placed: Placed, now: str) -> None:
    same = placed.sha256 == file.sha256 and placed.parcel == file.parcel
    values: dict[str, Any] = {"state": PREPARED, "sha256": placed.sha256, "planned": None, "parcel": placed.parcel}
    if not same:
        values |= {"content": zlib.compress(placed.json), "prepared_at": now}
    connection.execute(files.update().where(files.c.id == file.id).values(values))
    entries = [one for one in of_files(connection, [file.id]) if one.state == RESERVED]
    if len(entries) != len(placed.pieces):  # some were answered meanwhile: they must not go out again
        raise Xl2JsonError("ledger.overtaken")
    rows = [
        {
            "own_id": one.id,
            "state": PREPARED,
            "pieces": placed.pieces[(one.line or 1) - 1],
            "prepared_at": one.prepared_at if same else now,
        }
        for one in entries
    ]
    if rows:
        connection.execute(requests.update().where(requests.c.id == bindparam("own_id")), rows)
    if not same and entries:
        told = [
            {"request": one.id, "at": now, "state": PREPARED, "file": file.name, "line": one.line} for one in entries
        ]
        connection.execute(events.insert(), told)
    _replace(connection, entries, now)


def _replace(connection: Connection, entries: Iterable[Entry], now: str) -> None:
    """The rejected requests that these stand in for are replaced now."""
    rejected = by_ids(connection, (one.replaces for one in entries if one.replaces)).values()
    some = [one for one in rejected if one.state == REJECTED]
    for chunk in in_chunks(one.id for one in some):
        connection.execute(requests.update().where(requests.c.id.in_(chunk)).values(state=REPLACED))
    if some:
        connection.execute(events.insert(), [{"request": one.id, "at": now, "state": REPLACED} for one in some])


def leftovers(connection: Connection, supplier: Supplier) -> list[LedgerFile]:
    """Files given up earlier that may still be on the disk, unless another file bears that name there by now."""
    found = some_files(connection, files.c.leftover, files.c.siret == supplier.siret, files.c.ans == supplier.ans)
    alive = {
        (row.name, row.folder)
        for row in connection.execute(
            select(files.c.name, files.c.folder).where(
                files.c.claim.is_not(None), files.c.state != WITHDRAWN, files.c.ans == supplier.ans
            )
        )
    }
    return [one for one in found if (one.name, one.folder) not in alive]

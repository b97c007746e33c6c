"""What a person tells the ledger by hand: deposited, bounced, incomplete; decided, paid, refused."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func

from converter import clock
from converter.errors import Xl2JsonError
from converter.ledger.answers import file_is_deposited
from converter.ledger.entries import Entry, LedgerFile, all_entries, in_chunks, of_files, some_files
from converter.ledger.tables import events, files, requests
from converter.states import BOUNCED, DEPOSITED, INCOMPLETE, NEXT, OF_FILES, PREPARED, RESERVED, WITHDRAWN


def mark(connection: Connection, state: str, what: str, siret: str | None = None) -> list[Entry]:
    """Give a file (by its name) or a request (by its number) that state; returns the entries it now has.

    What a file is told goes for all that is in it; told of a number, for the file that it stands in. `siret` says whose
    number it is where several suppliers have it. Raises Xl2JsonError where nothing bears that name, where several do,
    or where the state cannot follow the one it has.
    """
    file, entry = _find(connection, what, siret)
    if state in OF_FILES:
        if file is None:
            raise Xl2JsonError("ledger.no_file_yet", what=what)
        return _mark_file(connection, state, file)
    some = [entry] if entry else [one for one in of_files(connection, [file.id]) if one.asp] if file else []
    return _mark_requests(connection, state, some, what)


def _find(connection: Connection, what: str, siret: str | None) -> tuple[LedgerFile | None, Entry | None]:
    """The file of that name, or the entry of that number with its file."""
    name = what.replace("\\", "/").rpartition("/")[2].removesuffix(".json").removesuffix(".zip")
    named = some_files(connection, files.c.name == name, files.c.state != WITHDRAWN)
    if named:
        return named[-1], None
    conditions = [func.lower(requests.c.number) == what.lower()]
    found = all_entries(connection, *conditions, *([requests.c.siret == siret] if siret else []))
    if not found:
        raise Xl2JsonError("ledger.unknown", what=what)
    if len(found) > 1:
        raise Xl2JsonError("ledger.several", what=what, sirets=tuple(one.siret for one in found))
    file = some_files(connection, files.c.id == found[0].file_id) if found[0].file_id else []
    return (file[0] if file else None), found[0]


def _mark_file(connection: Connection, state: str, file: LedgerFile) -> list[Entry]:
    entries = of_files(connection, [file.id])
    if file.state == RESERVED or (file.state != state and not _may_follow(file.state, state)):
        raise Xl2JsonError("ledger.cannot_follow", what=file.name, old=file.state, new=state)
    answered = [one for one in entries if one.asp or one.state not in (PREPARED, DEPOSITED, BOUNCED, INCOMPLETE)]
    if answered and state in (PREPARED, BOUNCED):
        raise Xl2JsonError("ledger.answered", what=file.name, number=answered[0].number)
    if state == PREPARED:
        _undo_deposit(connection, file.id)
    elif file.state != state:
        file_is_deposited(connection, file.id)
    connection.execute(files.update().where(files.c.id == file.id).values(state=state))
    left = {one.id for one in answered}
    _set(connection, [one for one in of_files(connection, [file.id]) if one.id not in left], state, file.name)
    return of_files(connection, [file.id])


def _undo_deposit(connection: Connection, file_id: int) -> None:
    connection.execute(files.update().where(files.c.id == file_id).values(deposited_at=None))
    connection.execute(requests.update().where(requests.c.file == file_id).values(deposited_at=None))


def _may_follow(old: str, new: str) -> bool:
    """Whether `new` may follow: at once, or, as a refusal proves the deposit too, by way of `deposited`."""
    return new in NEXT[old] or (DEPOSITED in NEXT[old] and new in NEXT[DEPOSITED] and new != PREPARED)


def _mark_requests(connection: Connection, state: str, some: Sequence[Entry], what: str) -> list[Entry]:
    if not some:
        raise Xl2JsonError("ledger.nothing_accepted", what=what)
    wrong = next((one for one in some if one.state != state and state not in NEXT[one.state]), None)
    if wrong is not None or any(one.asp is None for one in some):
        refused = wrong or some[0]
        raise Xl2JsonError("ledger.cannot_follow", what=refused.number, old=refused.state, new=state)
    _set(connection, some, state, None)
    return all_entries(connection, requests.c.id.in_([one.id for one in some]))


def _set(connection: Connection, entries: Sequence[Entry], state: str, file: str | None) -> None:
    changed = [one for one in entries if one.state != state]
    for chunk in in_chunks(one.id for one in changed):
        connection.execute(requests.update().where(requests.c.id.in_(chunk)).values(state=state))
    if changed:
        now = clock.now()
        told = [{"request": one.id, "at": now, "state": state, "file": file or one.file} for one in changed]
        connection.execute(events.insert(), told)

"""What the agency says, noted: an acceptance is never lost, nothing recorded is ever overwritten silently."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection, select

from converter import clock
from converter.ledger.again import Known
from converter.ledger.entries import Entry, current
from converter.ledger.reserve import set_marks, use_numbers
from converter.ledger.tables import answers, events, files, requests
from converter.request import Supplier
from converter.states import DEPOSITED, INCOMPLETE, OPEN, REJECTED, REPLACED

Verdict = Literal["accepted", "rejected", "unknown"]
Recorded = Literal["new", "already", "conflict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the agency says of one line; `asp` is None where it gave no number."""

    verdict: Verdict
    asp: str | None
    code: str | None
    label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A line that the ledger does not know, as it is taken over: under its number for want of a key."""

    number: str
    line: int | None
    content: str
    marks: frozenset[str]
    amount: str | None
    client: str | None


def record(connection: Connection, entry: Entry, said: Said) -> Recorded:
    """Note what the agency says of an entry; `conflict` where that would overwrite a `numeroASP`, and nothing is noted.

    An answer proves the deposit, so what was only prepared passes through `deposited`.
    """
    if said.verdict == "accepted":
        if entry.asp is not None:
            return "already" if entry.asp == said.asp else "conflict"
    elif entry.asp is not None:
        return "conflict"
    if said.verdict == "unknown":
        return "new"
    if said.verdict == "rejected" and entry.state in (REJECTED, REPLACED):
        if (entry.code, entry.label) == (said.code, said.label):
            return "already"
        _note_other_words(connection, entry, said)
        return "new"
    _note(connection, entry, said)
    return "new"


def _note_other_words(connection: Connection, entry: Entry, said: Said) -> None:
    """The agency has another reason for its rejection: the last one counts."""
    words = {"code": said.code, "label": said.label}
    connection.execute(requests.update().where(requests.c.id == entry.id).values(words))
    connection.execute(
        events.insert().values(words | {"request": entry.id, "at": clock.now(), "state": REJECTED, "file": entry.file})
    )


def _note(connection: Connection, entry: Entry, said: Said) -> None:
    now = clock.now()
    if entry.state in OPEN:
        _note_deposit(connection, entry, now)
    values: dict[str, Any] = {"state": said.verdict, "asp": said.asp, "code": said.code, "label": said.label}
    connection.execute(requests.update().where(requests.c.id == entry.id).values(values | {"answered_at": now}))
    connection.execute(events.insert().values(values | {"request": entry.id, "at": now, "file": entry.file}))


def _note_deposit(connection: Connection, entry: Entry, now: str) -> None:
    connection.execute(requests.update().where(requests.c.id == entry.id).values(deposited_at=now))
    connection.execute(
        events.insert().values(request=entry.id, at=now, state=DEPOSITED, file=entry.file, line=entry.line)
    )


def file_is_deposited(connection: Connection, file_id: int) -> None:
    """An answer has come for this file: it was deposited, and so was all that is in it."""
    now = clock.now()
    file_states = (*OPEN, INCOMPLETE)
    connection.execute(
        files.update()
        .where(files.c.id == file_id, files.c.state.in_(file_states))
        .values(state=DEPOSITED, leftover=False)
    )
    _claim_again(connection, file_id)
    connection.execute(
        files.update().where(files.c.id == file_id, files.c.deposited_at.is_(None)).values(deposited_at=now)
    )
    waiting = connection.execute(
        select(requests.c.id, requests.c.line).where(requests.c.file == file_id, requests.c.state.in_(tuple(OPEN)))
    ).all()
    for row in waiting:
        connection.execute(requests.update().where(requests.c.id == row.id).values(state=DEPOSITED, deposited_at=now))
        connection.execute(events.insert().values(request=row.id, at=now, state=DEPOSITED, line=row.line))


def _claim_again(connection: Connection, file_id: int) -> None:
    """The agency knows a file of that name: it is not given again, even where it had been given up."""
    name = select(files.c.name).where(files.c.id == file_id).scalar_subquery()
    if connection.execute(select(files.c.id).where(files.c.claim == name)).first() is None:
        connection.execute(files.update().where(files.c.id == file_id).values(claim=files.c.name))


def learn_accepted(connection: Connection, supplier: Supplier, told: Mapping[str, Any]) -> None:
    """Note the `numeroASP` that a workbook tells of its requests (by key) where the ledger has none yet."""
    for demande, entry in current(connection, supplier.siret, supplier.ans, told).items():
        if entry.asp is None:
            record(connection, entry, Said(verdict="accepted", asp=str(told[demande]), code=None, label=None))
            if entry.file_id is not None and entry.state in OPEN:
                file_is_deposited(connection, entry.file_id)


def as_deposited(connection: Connection, supplier: Supplier, told: Mapping[str, Any], known: Known) -> Known:
    """What the ledger would know once it had learnt of `told`: all that stands in a file with one of them has gone."""
    proven = {
        one.file_id
        for one in current(connection, supplier.siret, supplier.ans, told).values()
        if one.state in OPEN and one.file_id is not None
    }
    newest = {
        key: replace(one, state=DEPOSITED) if one.file_id in proven and one.state in OPEN else one
        for key, one in known.current.items()
    }
    return replace(known, current=newest)


def take_over(connection: Connection, supplier: Supplier, file_id: int, one: Foreign, *, deposited: bool = True) -> int:
    """Note a request that was deposited without the ledger; its id."""
    now = clock.now()
    values = {
        "siret": supplier.siret,
        "ans": supplier.ans,
        "demande": one.number,
        "named": False,
        "number": one.number,
        "file": file_id,
        "line": one.line,
        "state": DEPOSITED,
        "content": one.content,
        "amount": one.amount,
        "client": one.client,
        "deposited_at": now if deposited else None,
    }
    entry_id = int(connection.execute(requests.insert().values(values).returning(requests.c.id)).scalar_one())
    connection.execute(events.insert().values(request=entry_id, at=now, state=DEPOSITED, line=one.line))
    set_marks(connection, {entry_id: one.marks})
    use_numbers(connection, supplier.siret, [one.number])
    return entry_id


def put_into(connection: Connection, entry_id: int, file_id: int, line: int | None) -> None:
    """Note in which file, at which line, an entry was deposited."""
    connection.execute(requests.update().where(requests.c.id == entry_id).values(file=file_id, line=line))


def foreign_file(
    connection: Connection, supplier: Supplier, name: str, folder: str, content: bytes, sha256: str
) -> int:
    """The id of the file that taken-over requests stand in: the one of that name that was deposited, or a new one.

    A file of ours that bears the same name and is only prepared is another one.
    """
    of_name = (files.c.name == name, files.c.siret == supplier.siret, files.c.ans == supplier.ans)
    claimed = connection.execute(select(files.c.id).where(files.c.claim == name)).first()
    known = connection.execute(select(files.c.id).where(*of_name, files.c.state == DEPOSITED)).scalar()
    if known is not None:
        return int(known)
    values: dict[str, Any] = {"siret": supplier.siret, "ans": supplier.ans, "name": name}
    values |= {"state": DEPOSITED, "deposited_at": clock.now(), "sha256": sha256, "content": zlib.compress(content)}
    values["claim"] = None if claimed else name
    values |= {"leftover": False, "day": _day_in(name), "folder": folder}
    return int(connection.execute(files.insert().values(values).returning(files.c.id)).scalar_one())


def _day_in(name: str) -> str | None:
    digits = next((part for part in name.split("-") if len(part) == 8 and part.isdigit()), None)
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if digits else None


def keep_answer(connection: Connection, name: str, content: bytes, sha256: str) -> bool:
    """Keep the exact bytes of what came back; whether they are new."""
    if connection.execute(select(answers.c.id).where(answers.c.sha256 == sha256)).first():
        return False
    values = {"name": name, "sha256": sha256, "content": zlib.compress(content), "read_at": clock.now()}
    connection.execute(answers.insert().values(values))
    return True

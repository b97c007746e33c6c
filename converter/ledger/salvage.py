"""Getting out of a damaged SQLite ledger what can still be read."""

from __future__ import annotations

import sqlite3
from dataclasses import fields
from pathlib import Path
from typing import Any

from converter.ledger.entries import Entry

_MOST_GAPS = 10_000  # unreadable rows on end, after which nothing is expected to follow


def salvage(path: Path) -> list[Entry]:
    """The entries that can still be read, by id; those of a file that is no ledger at all are none."""
    found: dict[int, Entry] = {}
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        files = {row["id"]: row for row in _rows(connection, "files")}
        for row in _rows(connection, "requests"):
            found[row["id"]] = _entry(row, files.get(row["file"]))
    finally:
        connection.close()
    return [found[one] for one in sorted(found)]


def _rows(connection: sqlite3.Connection, table: str) -> list[sqlite3.Row]:
    """The rows of a table, one by one by their id: a damaged page costs its own rows alone."""
    try:
        return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - two tables of ours
    except sqlite3.DatabaseError:
        pass
    rows: list[sqlite3.Row] = []
    number, gap = 0, 0
    while gap < _MOST_GAPS:
        number += 1
        try:
            row = connection.execute(f"SELECT * FROM {table} WHERE id = ?", (number,)).fetchone()  # noqa: S608
        except sqlite3.DatabaseError:
            row = None
        rows += [row] if row is not None else []
        gap = 0 if row is not None else gap + 1
    return rows


def _entry(row: sqlite3.Row, file: sqlite3.Row | None) -> Entry:
    own: dict[str, Any] = {"sender": None, "mailed_at": None, **row}  # which versions before 4 do not know
    own |= {"file_id": own.pop("file"), "named": bool(own["named"])}
    own |= {"file": None, "folder": None, "file_state": None, "day": None}
    if file is not None:
        own |= {"file": file["name"], "folder": file["folder"], "file_state": file["state"], "day": file["day"]}
    return Entry(**{one.name: own[one.name] for one in fields(Entry)})

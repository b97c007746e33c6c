"""A ledger of an older version is brought up to date with all its rows; one of a newer version is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import URL, Column, Connection, NullPool, Table, create_engine, make_url, select, text

from converter.errors import Xl2JsonError
from converter.ledger import messages, tables
from converter.ledger.open import Ledger
from tests.ledger.office import SECOND, Office, exit_3, order, told


@contextmanager
def database(where: str) -> Iterator[Connection]:
    """The ledger's database, looked at from outside."""
    url = make_url(where) if "://" in where else URL.create("sqlite", database=where)
    with create_engine(url, poolclass=NullPool).begin() as connection:
        yield connection


def rows(where: str) -> dict[str, list[Any]]:
    """Every row of every table that version 1 had, but the version's, as far as it had them."""
    with database(where) as connection:
        some = [one for one in tables.metadata.sorted_tables if one.name not in ("version", "messages")]
        return {
            one.name: [tuple(row) for row in connection.execute(select(*_old(one)).order_by(*one.primary_key))]
            for one in some
        }


def _old(table: Table) -> list[Column[Any]]:
    """The columns that version 1 had."""
    return [one for one in table.columns if one.name not in ("sender", "mailed_at", "mailed", "planned")]


def indexes(where: str) -> set[str]:
    query = "SELECT indexname FROM pg_indexes" if "://" in where else "SELECT name FROM sqlite_master"
    with database(where) as connection:
        return {name for name in connection.execute(text(query)).scalars() if name.startswith("requests_")}


def version(where: str) -> int:
    with database(where) as connection:
        return int(connection.execute(text("SELECT number FROM version")).scalar_one())


def made_version_1(office: Office) -> None:
    """Two requests, one of them rejected, in a ledger as version 1 made it."""
    office.convert(order(1), order(2))
    office.answered(accept={"00001": "A1"}, reject={"00002": "Non"})
    with database(office.ledger) as connection:
        for name in ("requests_demande", "requests_folded"):
            connection.execute(text(f"DROP INDEX {name}"))
        connection.execute(text("DROP TABLE messages"))
        for table, column in (
            ("requests", "sender"),
            ("requests", "mailed_at"),
            ("files", "mailed"),
            ("files", "planned"),
        ):
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        connection.execute(text("UPDATE version SET number = 1"))


def set_version(where: str, number: int) -> None:
    with database(where) as connection:
        connection.execute(tables.version.update().values(number=number))


def test_a_new_ledger_is_of_this_version(office: Office) -> None:
    office.convert(order(1))
    assert version(office.ledger) == tables.VERSION
    assert {"requests_demande", "requests_folded"} <= indexes(office.ledger)


def test_an_older_ledger_keeps_its_rows_and_is_used(office: Office) -> None:
    made_version_1(office)
    before = rows(office.ledger)
    assert office.states() == {"00001": "accepted", "00002": "rejected"}
    assert (version(office.ledger), rows(office.ledger)) == (tables.VERSION, before)
    assert {"requests_demande", "requests_folded"} <= indexes(office.ledger)
    with Ledger(office.ledger).reading() as connection:
        assert messages.handled(connection, "1@x") is None
    outcome = office.convert(order(1), order(2))
    assert [(one[0], one[4]) for one in told(outcome)] == [("D3", "CMD-1"), ("D4", "CMD-2")]
    assert office.sent(SECOND) == ["00003"]


def test_an_upgrade_that_fails_leaves_the_old_ledger(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    made_version_1(office)
    before = indexes(office.ledger)

    def fails(connection: Connection) -> None:
        connection.execute(text("SELECT * FROM nowhere"))

    steps = {number: (*some, fails) for number, some in tables.STEPS.items()}
    monkeypatch.setattr(tables, "STEPS", steps)
    with pytest.raises(Xl2JsonError):
        office.entries()
    assert (version(office.ledger), indexes(office.ledger)) == (1, before)


def test_a_newer_ledger_is_left_alone(office: Office) -> None:
    office.convert(order(1))
    set_version(office.ledger, tables.VERSION + 1)
    before = rows(office.ledger)
    for attempt in (lambda: office.convert(order(1), order(2)), office.entries, lambda: office.check(order(1))):
        with pytest.raises(Xl2JsonError) as error:
            attempt()
        exit_3(error, "ledger.newer")
    assert (rows(office.ledger), version(office.ledger)) == (before, tables.VERSION + 1)


def test_every_step_from_the_first_version_on_is_there() -> None:
    assert sorted(tables.STEPS) == list(range(2, tables.VERSION + 1))


def test_reading_a_ledger_that_is_up_to_date_changes_no_byte(alone: Office) -> None:
    from pathlib import Path

    alone.convert(order(1))
    before = Path(alone.ledger).read_bytes()
    alone.entries()
    alone.check(order(1))
    with Ledger(alone.ledger).reading():
        pass
    assert Path(alone.ledger).read_bytes() == before

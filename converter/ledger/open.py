"""Opening the ledger: a SQLite file of the user's own, or a PostgreSQL that a team shares.

Never WAL: it breaks on network drives. Whoever writes does so alone, and waits for the others for a bounded time. What
the database says of its troubles becomes one sentence.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    NullPool,
    StaticPool,
    create_engine,
    event,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from converter.errors import MisuseError, Xl2JsonError
from converter.ledger import tables

WAIT = 30.0
"""Seconds to wait for another run that holds the ledger."""
_ALONE = 2_084_715_201  # any number, the same for all, that PostgreSQL knows the lock by
_DRIVER = "postgresql+psycopg"
_LIKE_A_URL = re.compile(r"^[a-z][a-z0-9+.-]+:|^postgres[a-z0-9+]*//|(^|[/\\])postgres[a-z0-9+]*:", re.IGNORECASE)
"""An address with a typo is no file's name: `postgresql:/…`, `postgresql//…` (`C:` is a drive)."""
_KINDS = (
    ("locked", ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03", "57014")),
    ("readonly", ("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN", "SQLITE_AUTH", "42501", "25006")),
    ("no_room", ("SQLITE_FULL", "53100")),
    ("corrupt", ("SQLITE_CORRUPT", "SQLITE_NOTADB")),
)


class Ledger:
    """Where the ledger is. `reading` and `writing` give a connection inside one transaction.

    `where` is a SQLite file's path, or the URL of a PostgreSQL database (`postgresql+psycopg://…`).
    """

    def __init__(self, where: str | Path) -> None:
        self.url = _url(str(where)) if "://" in str(where) else None
        if self.url is None and _LIKE_A_URL.search(str(where)):
            raise MisuseError("ledger.url")
        self.path = Path(where).expanduser() if self.url is None else None
        self._is_sound = False  # once a run is enough: looking through the whole file takes its time
        shown = self.url.set(query={}) if self.url is not None else None  # a password may stand there too
        self.name = shown.render_as_string(hide_password=True) if shown is not None else str(self.path)

    @classmethod
    def at(cls, where: str | Path | Ledger) -> Ledger:
        """The ledger there; one that is given already is that one."""
        return where if isinstance(where, Ledger) else cls(where)

    @contextmanager
    def reading(self, *, whole: bool = False) -> Iterator[Connection]:
        """What the ledger says now; a ledger that does not exist yet says nothing, and is not made.

        With `whole`, a ledger that is damaged anywhere says so, even where what is read is sound.
        """
        if self.path is not None and not self.path.exists():
            engine = create_engine("sqlite://", poolclass=StaticPool)
            with engine.begin() as connection:
                tables.create(connection)
                yield connection
            engine.dispose()
            return
        with self._transaction(writes=False, checks=whole) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The same for a change: all of it is kept, or, where an exception leaves the block, nothing."""
        if self.path is not None:
            _make_private(self.path, self.name)
        with self._transaction(writes=True, checks=True) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, writes: bool, checks: bool) -> Iterator[Connection]:
        with told(self.name):
            self._bring_up_to_date()
            with self._engine.connect().execution_options(writes=writes) as connection, connection.begin():
                if writes:
                    _wait_for_the_others(connection)
                if checks and self.path is not None and not self._is_sound:
                    _check_integrity(connection, self.name)
                    self._is_sound = True
                yield connection

    @cached_property
    def _engine(self) -> Engine:
        """One for all transactions, which remembers statements but keeps no connection open."""
        if self.url is not None:
            options = {"connect_timeout": "10", "options": f"-c lock_timeout={int(WAIT * 1000)}"}
            return create_engine(self.url, poolclass=NullPool, connect_args=options, hide_parameters=True)
        file = URL.create("sqlite", database=str(self.path))
        engine = create_engine(file, poolclass=NullPool, connect_args={"timeout": WAIT}, hide_parameters=True)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine

    def _bring_up_to_date(self) -> None:
        """Make the tables where there are none, and bring older ones up to date; a newer ledger is left alone."""
        with self._engine.connect() as connection, connection.begin():
            found = _version(connection)
        if found == tables.VERSION:
            return
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            _wait_for_the_others(connection)
            found = _version(connection)
            if found is None:
                tables.create(connection)
            elif found > tables.VERSION:
                raise Xl2JsonError("ledger.newer", name=self.name)
            else:
                tables.upgrade(connection, found)


def _url(where: str) -> URL:
    """The address of a PostgreSQL. Raises MisuseError where it is none, and tells nothing of it: it has a password."""
    try:
        url = make_url(where)
    except (ArgumentError, ValueError) as error:
        raise MisuseError("ledger.url") from error
    if url.drivername not in ("postgresql", _DRIVER):
        raise MisuseError("ledger.url")
    return url.set(drivername=_DRIVER)


def _version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(tables.version.name):
        return None
    return connection.execute(select(tables.version.c.number)).scalar()


def _prepare(raw: Any, _: Any) -> None:
    """SQLite, set up so that a transaction begins where we say, and is on the disk once it has ended."""
    raw.isolation_level = None
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "journal_mode=DELETE"):
        try:
            raw.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError:  # the journal of a file that may only be read stays as it is
            continue


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _wait_for_the_others(connection: Connection) -> None:
    """Until this transaction ends, nobody else writes; in SQLite it has begun that way."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ALONE})


def _check_integrity(connection: Connection, name: str) -> None:
    if connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() != "ok":
        raise Xl2JsonError("ledger.corrupt", name=name)


def _make_private(path: Path, name: str) -> None:
    """The file, made for its owner's eyes alone: it holds names, addresses and numbers."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDONLY, 0o600))
    except IsADirectoryError as error:
        raise Xl2JsonError("ledger.folder", name=name) from error
    except OSError as error:
        raise Xl2JsonError("ledger.readonly", name=name) from error


@contextmanager
def told(name: str) -> Iterator[None]:
    """What the database says of its troubles, in one sentence; never its URL's password, nor any data."""
    try:
        yield
    except NoSuchModuleError as error:
        raise MisuseError("ledger.url") from error
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise
        raise Xl2JsonError("ledger.no_postgres") from error
    except DBAPIError as error:
        raise Xl2JsonError(f"ledger.{_kind(error.orig)}", name=name) from error
    except SQLAlchemyError as error:
        raise Xl2JsonError("ledger.unusable", name=name) from error


def _kind(error: object) -> str:
    code = str(getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or "")
    known = next((kind for kind, codes in _KINDS if code and code.startswith(codes)), None)
    if known:
        return known
    return "corrupt" if isinstance(error, sqlite3.DatabaseError) and "malformed" in str(error) else "unusable"

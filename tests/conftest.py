"""No test ever touches the ledger of the person who runs it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

REAL = Path(platformdirs.user_data_dir("xl2json", appauthor=False))


@pytest.fixture(autouse=True)
def own_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The user's data folder, for this test and all processes it starts."""
    folder = str(tmp_path_factory.mktemp("data"))
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, folder)
    monkeypatch.delenv("XL2JSON_LEDGER", raising=False)


@pytest.fixture(scope="session")
def database() -> Iterator[str | None]:
    """A database of this test run's own on a real server; None where there is no server."""
    server = os.environ.get("XL2JSON_TEST_POSTGRES")
    if server is None:
        assert not os.environ.get("XL2JSON_NEED_POSTGRES"), "CI must have a PostgreSQL server"
        yield None
        return
    name = f"ledger_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, database: str | None) -> str:
    """Where an empty ledger is: a file, and then a database on a real server (`.ci/with-postgres` starts one)."""
    if request.param == "sqlite":
        return str(tmp_path_factory.mktemp("ledger") / "ledger.sqlite")
    if database is None:
        pytest.skip("no PostgreSQL server here: run the tests with .ci/with-postgres")
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    engine = create_engine(database, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:  # what an earlier test left, and the processes that it killed
        connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return database

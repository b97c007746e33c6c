"""An office with an empty ledger, once for each database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ledger.office import Office


@pytest.fixture
def office(tmp_path: Path, ledger: str) -> Office:
    """An office that has never sent anything."""
    return Office(folder=tmp_path, ledger=ledger)


@pytest.fixture
def alone(tmp_path: Path) -> Office:
    """The same with a file of its own for a ledger: for what only SQLite has, or no database sees."""
    return Office(folder=tmp_path, ledger=str(tmp_path / "own" / "ledger.sqlite"))

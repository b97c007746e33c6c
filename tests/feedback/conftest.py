"""An office with an empty ledger, in a folder of its own, and none of this machine's settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.feedback.office import Office


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("XL2JSON_") and "POSTGRES" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("platformdirs.user_log_dir", lambda *_, **__: str(tmp_path / "log"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def office(tmp_path: Path, ledger: str) -> Office:
    """On SQLite, and then on PostgreSQL."""
    return Office(folder=tmp_path, ledger=ledger)


@pytest.fixture
def small_office(tmp_path: Path) -> Office:
    """On SQLite alone, for what does not concern the database."""
    return Office(folder=tmp_path, ledger=str(tmp_path / "ledger.sqlite"))

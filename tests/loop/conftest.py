"""None of this machine's settings, and no file outside the tests' own folders."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from converter.cli import app

COMMAND = cache(app.command)  # built anew at each call, it would take half of the time


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("XL2JSON_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("platformdirs.user_log_dir", lambda *_, **__: str(tmp_path / "log"))
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_, **__: str(tmp_path / "data"))
    monkeypatch.setattr(app, "command", COMMAND)
    monkeypatch.chdir(tmp_path)

"""A bar on the terminal while long work lasts, and none where nobody could see it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.books import many, write

ROOT = Path(__file__).resolve().parents[2]


def on_a_terminal(folder: Path, *more: str, **environment: str) -> str:
    """What stands on the standard error of a conversion whose standard error is a terminal."""
    path = write(folder, many(3))
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "converter", str(path), "--date", "2021-11-30", "--no-ledger", *more]
    surroundings = {**os.environ, "TERM": "xterm", "COLUMNS": "80", **environment}
    done = subprocess.run(command, cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL, stderr=slave, check=False)
    os.close(slave)
    seen = b""
    while True:
        try:
            some = os.read(master, 65536)
        except OSError:  # the other end is closed and all is read
            break
        if not some:
            break
        seen += some
    os.close(master)
    assert done.returncode == 0
    return seen.decode("utf-8", "replace")


@pytest.fixture(autouse=True)
def no_colour_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_each_stage_is_named(tmp_path: Path) -> None:
    seen = on_a_terminal(tmp_path, "--out", str(tmp_path / "depot"), "--lang", "en")
    assert [word in seen for word in ("Reading", "Checking", "Packing")] == [True] * 3


def test_no_color_is_heeded(tmp_path: Path) -> None:
    seen = on_a_terminal(tmp_path, "--out", str(tmp_path / "depot"), "--lang", "en", NO_COLOR="1")
    assert "Reading" in seen
    assert "\x1b[3" not in seen
    assert "\x1b[9" not in seen


@pytest.mark.parametrize("quietly", [{"TERM": "dumb"}, {}], ids=["dumb", "quiet"])
def test_there_is_none_on_a_dumb_terminal_or_when_told_to_be_quiet(quietly: dict[str, str], tmp_path: Path) -> None:
    more = () if quietly else ("-q",)
    assert on_a_terminal(tmp_path, "--out", str(tmp_path / "depot"), *more, **quietly) == ""


def test_a_console_that_knows_no_utf_8_survives_it(tmp_path: Path) -> None:
    seen = on_a_terminal(tmp_path, "--out", str(tmp_path / "depot"), "--lang", "en", PYTHONIOENCODING="cp1252")
    assert "Reading" in seen

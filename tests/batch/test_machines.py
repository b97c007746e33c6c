"""Past one machine: several share a PostgreSQL ledger, and each runs `batch` in a folder of its own (issue 5)."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from converter.jobs import ledger as asked
from tests.batch.test_batch import book, order

MACHINES, WORKBOOKS = 2, 4


def test_two_machines_with_one_ledger_make_no_number_twice_and_split_the_files(
    tmp_path: Path, database: str | None, ledger: str
) -> None:
    if not ledger.startswith("postgresql"):
        pytest.skip("a file is no ledger for two machines")
    running = [_machine(tmp_path / f"machine-{n}", n, ledger) for n in range(MACHINES)]
    assert [process.wait(120) for process in running] == [0] * MACHINES
    entries = asked.listing(ledger).entries
    assert len(entries) == MACHINES * WORKBOOKS * 2
    assert set(Counter(one.number for one in entries).values()) == {1}
    written = [path.name for path in tmp_path.glob("*/depot/*.json")]
    assert sorted(written) == [f"JSON-RIS2021001-20211130-{n:03}.json" for n in range(1, MACHINES * WORKBOOKS + 1)]
    assert {one.state for one in entries} == {"prepared"}


def _machine(folder: Path, n: int, ledger: str) -> subprocess.Popen[bytes]:
    """Each workbook a deposit, so that both want many names at once."""
    for at in range(WORKBOOKS):
        first = 1 + 2 * (n * WORKBOOKS + at)
        book(folder, f"{at}.xlsx", order(first), order(first + 1))
    command = [sys.executable, "-m", "converter", "batch", ".", "--separate", "--date", "2021-11-30", "-j", "1"]
    return subprocess.Popen([*command, "--ledger", ledger, "--quiet"], cwd=folder, stdout=subprocess.DEVNULL)

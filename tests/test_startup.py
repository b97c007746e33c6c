"""A run loads what it uses: the rest would take longer than checking two hundred requests."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from converter.bulk import in_bulk
from tests.books import a_book, write

HEAVY = ("sqlalchemy", "openpyxl", "pydantic", "PIL", "pypdf", "email_validator", "rich", "jinja2")


@pytest.mark.parametrize("command", ["check", "convert"])
def test_a_plain_workbook_without_a_ledger_needs_nothing_heavy_but_pandas(command: str, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from converter.cli.main import main\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        f"print(*(name for name in {HEAVY} if name in sys.modules), file=sys.stderr)"
    )
    path = write(tmp_path, a_book())
    arguments = [command, str(path), "--no-ledger", "--format", "json"]
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert (run.returncode, run.stderr.strip()) == (0, "")


def test_the_search_for_cycles_goes_on_afterwards_as_before() -> None:
    assert gc.isenabled()
    with pytest.raises(KeyError), in_bulk():
        assert not gc.isenabled()
        with in_bulk():
            pass
        assert not gc.isenabled()
        raise KeyError
    assert gc.isenabled()

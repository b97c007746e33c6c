"""No test ever touches the ledger of the person who runs it."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from tests.conftest import REAL


def test_the_real_data_folder_is_out_of_reach() -> None:
    assert Path(platformdirs.user_data_dir("xl2json", appauthor=False)) != REAL

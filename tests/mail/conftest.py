"""A desk where messages are dealt with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from converter import load_spec
from converter.jobs.mail import Handled, Reading, read_one
from converter.mail.sources import Filed
from tests.books import DEPOSIT

SPEC = load_spec()
Desk = Callable[..., Handled]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Deals with a message's bytes; each test has a ledger and a folder `depot` of its own."""

    def deal(content: bytes, **how: Any) -> Handled:
        options = {"out": tmp_path / "depot", "ledger": tmp_path / "ledger.sqlite", "deposit": DEPOSIT, **how}
        return read_one(Filed(content=content, where="here"), Reading(spec=SPEC, **options))

    return deal

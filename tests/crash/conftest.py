"""The crew is started once: its imports take longer than all it does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.crew import Crew, a_crew


@pytest.fixture(scope="session")
def crew() -> Iterator[Crew]:
    with a_crew(6) as crew:
        yield crew

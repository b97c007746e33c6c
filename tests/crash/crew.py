"""Some processes of their own that start the command line at the very same moment."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from typing import Any

_MOST = 90  # seconds
_IMPORTS = [
    f"converter.{name}" for name in ("cli.app", "jobs.keep", "jobs.ledger", "reshape", "rules", "workbook.read")
]
_state: dict[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a run ended: its exit code, and what it said on the standard error."""

    code: int
    said: str


class Crew:
    """`size` processes, started once; each takes one command of a round."""

    def __init__(self, pool: ProcessPoolExecutor, size: int) -> None:
        self.pool, self.size = pool, size

    def at_once(self, *commands: Sequence[object]) -> list[End]:
        """Run the commands, each in a process of its own; they all begin when the last process is ready."""
        assert len(commands) <= self.size
        idle: list[Sequence[object]] = [()] * (self.size - len(commands))
        rounds = [self.pool.submit(_run, [str(word) for word in one]) for one in (*commands, *idle)]
        return [one.result(timeout=_MOST) for one in rounds][: len(commands)]


@contextmanager
def a_crew(size: int) -> Iterator[Crew]:
    context = multiprocessing.get_context("forkserver")  # imports once, and is nobody's child but its own
    context.set_forkserver_preload(_IMPORTS)
    barrier = context.Barrier(size)
    with ProcessPoolExecutor(size, mp_context=context, initializer=_begin, initargs=(barrier,)) as pool:
        yield Crew(pool, size)


def _begin(barrier: Any) -> None:
    _state["barrier"] = barrier


def _run(words: list[str]) -> End:
    from converter.cli.main import main

    _state["barrier"].wait(_MOST)
    if not words:
        return End(code=0, said="")
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2))
    try:
        main(words)
    except SystemExit as end:
        return End(code=int(end.code or 0), said=sys.stderr.buffer.getvalue().decode())
    finally:
        sys.stdout, sys.stderr = before

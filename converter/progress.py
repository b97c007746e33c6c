"""Telling how far long work has come, to whoever listens; to nobody by default.

A job says what it is doing and how far it is; only the command line knows what a terminal is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

Advance = Callable[[int], object]
_T = TypeVar("_T")


class Listener(Protocol):
    """Someone who shows how far the work is."""

    def begin(self, stage: str, total: int | None, *, is_bytes: bool) -> Advance:
        """A stage begins, of so many steps or bytes (None: nobody knows); what is returned is told of each advance."""

    def end(self) -> None:
        """The stage is over."""


LISTENER: ContextVar[Listener | None] = ContextVar("LISTENER", default=None)
TIMES: ContextVar[dict[str, float] | None] = ContextVar("TIMES", default=None)
"""Where someone wants to know: the seconds that each stage has taken so far."""


@contextmanager
def stage(name: str, total: int | None = None, *, is_bytes: bool = False) -> Iterator[Advance]:
    """A stage of the work (`reading`, `checking`, `packing`), of `total` steps or bytes; stages do not overlap."""
    times, start = TIMES.get(), time.perf_counter()
    try:
        with _listened(name, total, is_bytes) as advance:
            yield advance
    finally:
        if times is not None:
            times[name] = times.get(name, 0.0) + time.perf_counter() - start


@contextmanager
def _listened(name: str, total: int | None, is_bytes: bool) -> Iterator[Advance]:
    listener = LISTENER.get()
    if listener is None:
        yield _ignore
        return
    try:
        yield listener.begin(name, total, is_bytes=is_bytes)
    finally:
        listener.end()


def each(name: str, items: list[_T]) -> Iterable[_T]:
    """`items` one by one, as a stage."""
    with stage(name, len(items)) as advance:
        for item in items:
            yield item
            advance(1)


def _ignore(_: int) -> None:
    pass

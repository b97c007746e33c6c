"""Making a great many objects at once, while Python does not look for cycles among them again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def in_bulk() -> Iterator[None]:
    """While this lasts nothing is searched for cycles; what is no longer used is freed at once all the same.

    A run makes millions of objects that point at each other in one direction only: looking for cycles among them finds
    nothing, and takes a quarter of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

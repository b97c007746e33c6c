"""`--profile`: where the time of a run went, stage by stage, on the standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from converter.progress import TIMES
from converter.wording import Say, say


@contextmanager
def profiled(wanted: bool, lang: str) -> Iterator[None]:
    """Print, once the work in this block is done, the seconds and the share of each of its stages."""
    if not wanted:
        yield
        return
    times: dict[str, float] = {}
    token = TIMES.set(times)
    start = time.perf_counter()
    try:
        yield
    finally:
        TIMES.reset(token)
        _print(times, time.perf_counter() - start, lang)


def _print(times: dict[str, float], total: float, lang: str) -> None:
    named = {say(Say(f"progress.{name}"), lang): seconds for name, seconds in times.items()}
    named[say(Say("text.profile.rest"), lang)] = max(0.0, total - sum(times.values()))
    named[say(Say("text.profile.total"), lang)] = total
    width = max(map(len, named))
    for name, seconds in named.items():
        print(f"{name:<{width}} {seconds:8.2f} s {seconds / total if total else 0:6.0%}", file=sys.stderr)
    memory = _peak()
    if memory:
        print(say(Say("text.profile.memory", {"megabytes": memory}), lang), file=sys.stderr)


def _peak() -> int | None:
    """The process's highest memory so far in megabytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    unit = 1024 if sys.platform == "darwin" else 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit // 1024

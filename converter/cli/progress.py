"""A bar on the terminal while long work lasts: what is being done, how much of it, how much time is left.

On the standard error alone, and only where that is a terminal; `NO_COLOR` and `TERM=dumb` are heeded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from converter.progress import LISTENER, Advance
from converter.wording import Say, say


@contextmanager
def shown(lang: str, *, quiet: bool) -> Iterator[None]:
    """Show a bar while the work in this block lasts, once it has lasted long enough to be wondered at."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    bar = _Bar(lang)
    token = LISTENER.set(bar)
    try:
        yield
    finally:
        LISTENER.reset(token)
        bar.end()


class _Bar:
    """One stage at a time, on a line that disappears with it."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._bar: Any = None

    def begin(self, stage: str, total: int | None, *, is_bytes: bool) -> Advance:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        counted = DownloadColumn() if is_bytes else MofNCompleteColumn()
        columns = [TextColumn("{task.description}"), BarColumn(bar_width=24)]
        columns += [counted, TimeRemainingColumn(compact=True)] if total else []
        console = Console(stderr=True, highlight=False)
        self._bar = Progress(*columns, console=console, transient=True, refresh_per_second=5)
        self._bar.start()
        task = self._bar.add_task(say(Say(f"progress.{stage}"), self.lang), total=total)
        return lambda steps: self._bar.advance(task, steps)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

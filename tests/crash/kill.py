"""Running something in a child process that kills itself at the n-th instant of its run.

An instant is whatever another process could see: a file opened, written to halfway, linked, renamed or removed; a lock taken;
a statement sent to the database; a transaction begun or ended.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect

from converter.parcel.stored import StoredZip

Action = Callable[[], object]
_SEEN = ("os.", "shutil.", "fcntl.flock", "sqlite3.")
_UNSEEN = {"os.listdir", "os.scandir", "os.putenv", "os.unsetenv", "os.fork", "os.kill"}


def instants(action: Action, folder: Path) -> int:
    """How many instants a run has that nobody disturbs. Only files below `folder` count."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        watch = _Watch(folder, None)
        _end(watch, action, lambda: os.write(writer, str(watch.seen).encode()))
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    assert _code_of(child) == 0
    return int(text)


def killed_at(instant: int, action: Action, folder: Path) -> bool:
    """Run it until that instant; whether it was killed (a run may have one instant fewer than the one before)."""
    child = os.fork()
    if child == 0:
        _end(_Watch(folder, instant), action)
    code = _code_of(child)
    assert code in (0, -signal.SIGKILL), code
    return code != 0


def killed_after(seconds: float, action: Action) -> None:
    """Run it until the system kills it: in the middle of anything, be it inside the database's own library."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
        _end(None, action)
    code = _code_of(child)
    assert code in (0, -signal.SIGALRM), code


def spread(total: int, count: int, seed: int = 7) -> list[int]:
    """`count` different instants out of `total`, spread evenly but not regularly; all of them where there are fewer."""
    if total <= count:
        return list(range(1, total + 1))
    random = Random(seed)  # noqa: S311 - a spread, no secret
    return sorted(
        {1 + int((slot + random.random()) * total / count) for slot in range(count)} & set(range(1, total + 1))
    )


def _end(watch: _Watch | None, action: Action, after: Action = lambda: None) -> None:
    """The child's whole life: it must never get back into pytest."""
    code = 1
    try:
        if watch is not None:
            watch.begin()
        action()
        after()
        code = 0
    finally:
        os._exit(code)


def _code_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class _Watch:
    """Counts instants in this process, and ends it at one of them."""

    def __init__(self, folder: Path, last: int | None) -> None:
        self.folder, self.last, self.seen, self.is_busy = str(folder), last, 0, False

    def begin(self) -> None:
        for name in ("before_cursor_execute", "after_cursor_execute"):
            event.listen(Engine, name, lambda *_: self.tick())
        for name in ("do_begin", "do_commit", "do_rollback", "do_close"):
            self._between(DefaultDialect, name)
        self._between(StoredZip, "add", flush=True)
        self._between(StoredZip, "__exit__")
        Path.write_bytes = self._in_two_halves()  # type: ignore[method-assign]
        sys.addaudithook(self._hear)

    def tick(self) -> None:
        self.seen += 1
        if self.seen == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def _hear(self, name: str, args: tuple[Any, ...]) -> None:
        if name == "open":
            if str(args[0]).startswith(self.folder):
                self.tick()
        elif name.startswith(_SEEN) and name not in _UNSEEN:
            self.tick()

    def _between(self, owner: Any, name: str, flush: bool = False) -> None:
        """An instant before and one after each call."""
        original = getattr(owner, name)

        def watched(this: Any, *args: Any, **more: Any) -> Any:
            self.tick()
            result = original(this, *args, **more)
            if flush:
                this.file.flush()
            self.tick()
            return result

        setattr(owner, name, watched)

    def _in_two_halves(self) -> Callable[[Path, bytes], int]:
        def write_bytes(path: Path, content: bytes) -> int:
            with path.open("wb") as file:
                file.write(content[: len(content) // 2])
                file.flush()
                self.tick()
                file.write(content[len(content) // 2 :])
            self.tick()
            return len(content)

        return write_bytes

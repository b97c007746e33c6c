"""Work spread over processes, any of which may die without taking the others, or this one, along."""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from threading import Event
from typing import Any, Generic, TypeVar

_I = TypeVar("_I")
_O = TypeVar("_O")

STOPPING = Event()
"""Set once this process has been told to end, by whoever has heard of it. A service's processes are killed all at once:
what dies from then on says nothing about the item that it was at.
"""


@dataclass(frozen=True, slots=True)
class Died:
    """A process ended in the midst of an item: killed, for want of memory for example, or aborted by a library."""

    code: int | None


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class CannotStartError(Exception):
    """A process has died before it could begin: the caller's main module does not let itself be imported, mostly."""


class StoppedError(Exception):
    """Work on an item came to no end because the whole run is being stopped (`STOPPING`)."""


@dataclass(frozen=True, slots=True)
class Failed:
    """`work` has raised, or its result can go to no other process: a bug, with its traceback."""

    trace: str


def spread(
    work: Callable[[_I], _O], items: Sequence[_I], jobs: int, preload: Sequence[str] = ()
) -> Iterator[tuple[int, _O | Died | Failed]]:
    """Do `work` for each item in one of `jobs` processes; yield each item's position and result as they come.

    `work`, the items and the results must be picklable. `preload` are modules that each
    process will need. When the caller stops asking, all processes are ended. Raises CannotStartError where a process
    dies before it begins, StoppedError where one dies or fails while the run is being stopped.
    """
    context = _context(preload)
    waiting = deque(enumerate(items))
    workers = [_Worker(context, work) for _ in range(min(jobs, len(items)))]
    busy: dict[Connection, _Worker[_I, _O]] = {}
    try:
        for worker in workers:
            busy[worker.start(*waiting.popleft())] = worker
        while busy:
            for pipe in wait(list(busy)):
                worker = busy.pop(pipe)  # type: ignore[call-overload]
                done, result = worker.finished()
                if STOPPING.is_set() and isinstance(result, Died | Failed):
                    raise StoppedError
                if waiting:
                    busy[worker.start(*waiting.popleft())] = worker
                yield done, result
    finally:
        for worker in workers:
            worker.end()


def _context(preload: Sequence[str]) -> Any:
    """A server that has imported what is needed and has no threads gives new processes at once, where there is one."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    resource_tracker.ensure_running()  # by itself it lets Ctrl-C through to what is started after it
    return context


class _Worker(Generic[_I, _O]):
    """One process, which is begun anew where it has died."""

    def __init__(self, context: Any, work: Callable[[_I], _O]) -> None:
        self._context, self._work = context, work
        self._process: Any = None
        self._position = -1

    def start(self, position: int, item: _I) -> Connection:
        """Let it work on an item; what is returned can be read from once it has finished."""
        if self._process is not None and not self._process.is_alive():  # killed while it had nothing to do
            self.end()
        if self._process is None:
            self._pipe, theirs = self._context.Pipe()
            process = self._context.Process(target=_serve, args=(theirs, self._work), daemon=True)
            try:
                with _undisturbed():
                    process.start()
            except (EOFError, OSError) as error:  # what gives new processes has been killed this very moment
                self._pipe.close()
                raise CannotStartError from error
            finally:
                theirs.close()
            self._process = process  # not before: whoever is interrupted in between has nothing to end
            self._begun()
        self._position = position
        with suppress(OSError):  # it has died this very moment: `finished` will find nothing to read
            self._pipe.send(item)
        return self._pipe  # type: ignore[no-any-return]

    def _begun(self) -> None:
        try:
            self._pipe.recv()
        except (EOFError, OSError) as error:
            self.end()
            raise CannotStartError from error

    def finished(self) -> tuple[int, _O | Died | Failed]:
        """The item's position and its result."""
        try:
            return self._position, self._pipe.recv()
        except (EOFError, OSError):
            self._process.join()
            died = Died(self._process.exitcode)
            self.end()
            return self._position, died

    def end(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None


@contextmanager
def _undisturbed() -> Iterator[None]:
    """What is started while this lasts never hears of Ctrl-C, which goes to all processes of a terminal at once, nor of
    the SIGTERM with which a service is stopped, which goes to all of the service's.

    This process hears of it afterwards.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection, work: Callable[[Any], Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to heed
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the parent has gone, and nobody asks any more
        pipe.send(None)  # so that the parent knows that this has begun
        while True:
            pipe.send_bytes(_done(work, pipe.recv()))


def _done(work: Callable[[Any], Any], item: Any) -> bytes:
    """The result as it is sent, or the bug that came instead."""
    try:
        return bytes(ForkingPickler.dumps(work(item)))
    except Exception:  # noqa: BLE001 - for the parent to tell
        return bytes(ForkingPickler.dumps(Failed(traceback.format_exc())))

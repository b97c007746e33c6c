"""Whole processes, timed in rounds: A B C, A B C, …, so that a machine that drifts does so for all alike."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SLOW = 30.0  # seconds; what takes longer is run twice at most
_TICK = 0.05
_LAUNCH = Path(__file__).with_name("launch.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A process to time; `fresh` are files and folders that must not be there when it starts."""

    name: str
    line: list[str]
    fresh: tuple[Path, ...] = ()


class FailedError(Exception):
    """A command that ended with another code than 0; its text is the command and what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Medians over `runs` runs: wall time in seconds, peak memory of the largest process in MB (2**20 bytes)."""

    seconds: float
    megabytes: float
    runs: int


def python(*given: str | Path) -> list[str]:
    """A command line for this same interpreter."""
    return [sys.executable, *map(str, given)]


def program(*given: str | Path) -> list[str]:
    """A command line of xl2json, the one that stands beside this folder."""
    return python("-m", "converter", *given)


def rounds(
    commands: Iterable[Command], runs: int, tell: Callable[[str], None] = lambda text: None
) -> tuple[dict[str, Measured], dict[str, str]]:
    """Name -> medians, and name -> why it failed. A first round warms the caches and does not count, but for what is slow."""
    left = list(commands)
    taken: dict[str, list[tuple[float, float]]] = {one.name: [] for one in left}
    failed: dict[str, str] = {}
    for at in range(runs + 1):
        for one in [one for one in left if one.name not in failed]:
            if at > 1 and min(seconds for seconds, _ in taken[one.name]) > SLOW:
                continue
            tell(f"round {at} of {runs}: {one.name}")
            try:
                taken[one.name].append(once(one))
            except FailedError as failure:
                failed[one.name] = str(failure)
    return {name: _median(figures) for name, figures in taken.items() if name not in failed}, failed


def once(command: Command) -> tuple[float, float]:
    """Wall time and peak memory of one run. Raises FailedError."""
    _clear(command)
    with tempfile.NamedTemporaryFile() as said:
        # -I -S: as small as Python gets, and nobody's PYTHONPATH slows it
        line = [sys.executable, "-I", "-S", str(_LAUNCH), said.name, *command.line]
        told = subprocess.run(line, stdout=subprocess.PIPE, text=True, env=environment(), check=True).stdout.split()
        if int(told[2]):
            raise FailedError(f"failed: {' '.join(command.line)}\n{said.read().decode(errors='replace')}")
    return float(told[0]), int(told[1]) / 1024


def tree_peak(command: Command) -> float:
    """Peak memory of a process and all below it together, in MB: the largest sum seen, every 50 ms (Linux; else 0).

    Pages that processes share count once (PSS). It slows what it looks at: a run of its own, not a timed one.
    """
    _clear(command)
    running = subprocess.Popen(command.line, stdout=subprocess.DEVNULL, env=environment())
    peak = 0.0
    while running.poll() is None:
        peak = max(peak, sum(_proportional(pid) for pid in _family(running.pid)) / 1024)
        time.sleep(_TICK)
    return peak


def environment() -> dict[str, str]:
    """The environment without the settings of whoever runs this; modules are those of this very tree."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XL2JSON_")}
    return kept | {"PYTHONPATH": str(ROOT)}


def _clear(command: Command) -> None:
    for path in command.fresh:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _median(figures: list[tuple[float, float]]) -> Measured:
    counted = figures if figures[0][0] > SLOW else figures[1:]
    seconds, megabytes = zip(*counted, strict=True)
    return Measured(seconds=statistics.median(seconds), megabytes=statistics.median(megabytes), runs=len(counted))


def _family(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        try:
            tasks = list(Path(f"/proc/{one}/task").iterdir())
            found += [int(child) for task in tasks for child in (task / "children").read_text().split()]
        except OSError:
            continue  # it has just ended
    return found


def _proportional(pid: int) -> int:
    """PSS in KB; 0 where it has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)

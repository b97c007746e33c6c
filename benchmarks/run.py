"""`make bench`: whole processes on the same workbooks, medians and ratios of one run."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.generate import workbook

Figures = tuple[float, float]  # seconds, megabytes


def measured(command: list[str]) -> Figures:
    """Wall time and peak memory of one process; its output is thrown away."""
    start = time.perf_counter()
    pid = os.posix_spawn(
        command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    )
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"failed: {' '.join(command)}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def median(command: list[str], runs: int, out: Path | None = None) -> Figures:
    """The medians of `runs` runs after one that does not count; `out` is emptied before each."""
    figures = []
    for _ in range(runs + 1):
        if out is not None:
            shutil.rmtree(out, ignore_errors=True)
        figures.append(measured(command))
    seconds, megabytes = zip(*figures[1:], strict=True)
    return statistics.median(seconds), statistics.median(megabytes)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--sizes", default="1,200,2000,20000")
    options = arguments.parse_args()
    pandas = median([sys.executable, "-c", "import pandas"], options.runs)
    print(f"import pandas: {pandas[0]:.2f} s, {pandas[1]:.0f} MB\n")
    print("| requests | what | seconds | ms a request | peak MB | KB a request | × floor | × import pandas |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|")
    for size in map(int, options.sizes.split(",")):
        _table(size, options.runs, pandas)


def _table(size: int, runs: int, pandas: Figures) -> None:
    path = workbook(size)
    here = Path(__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "depot"
        program = [sys.executable, "-m", "converter"]
        common = [str(path), "--date", "2021-11-30", "--format", "json"]
        rows = {
            "floor": median(
                [sys.executable, str(here / "floor.py"), str(path), str(Path(folder) / "floor.json")], runs
            ),
            "check": median([*program, "check", *common], runs),
            "convert": median([*program, "convert", *common, "--no-loose", "--out", str(out)], runs, out),
        }
    floor = rows["floor"][0]
    for name, (seconds, megabytes) in rows.items():
        above = max(0.0, megabytes - pandas[1]) * 1024 / size
        ratios = f"{seconds / floor:.1f} | {seconds / pandas[0]:.1f}"
        print(
            f"| {size} | {name} | {seconds:.2f} | {seconds * 1000 / size:.3f} | {megabytes:.0f} | {above:.1f} | {ratios} |"
        )


if __name__ == "__main__":
    main()

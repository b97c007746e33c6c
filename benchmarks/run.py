"""`make bench`: whole processes on the same workbooks, in rounds; medians, ratios, and the targets, of one run.

Prints Markdown on stdout, progress on stderr. Exit 1 where a contestant made something else than this program (a
target that is missed is no failure: machines are noisy).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks import parts
from benchmarks.machine import machine, now
from benchmarks.measure import Command, FailedError, rounds, tree_peak
from benchmarks.parts import Part
from benchmarks.targets import TARGETS, Figures, above_imports

SIZES = "1,200,2000,20000"
PARTS = ("start", "requests", "packing", "batch")
OURS = ("check", "convert", "convert + new ledger")
HOW_TO_READ = """Read the ratios: every line of a part ran in the same rounds (A B C, A B C …), so what disturbs the machine disturbs all
alike; seconds of two runs do not compare. Medians; a first round warms the caches and does not count, but what takes
over 30 s is run twice at most, and then both count. A load above 1 before the run spoils it. Peak: the largest process
of the command; `above imports`: above what `check` of one request takes."""


def main(given: list[str] | None = None) -> None:
    """Measure what was asked for and print the tables."""
    asked = _arguments(given)
    figures: Figures = {}
    wrong: list[str] = []
    began = now()
    print(f"Machine: {machine()}\n\nBefore: {began}. {asked.runs} runs.\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="xl2json-bench-") as folder:
        scratch = Path(folder) / "scratch"
        for make in _chosen(asked):
            parts.clear(scratch)
            try:
                part = make(scratch)
            except FailedError as failure:
                wrong.append(str(failure))
                print(f"\n✗ {failure}")
                continue
            wrong += _measure(part, asked, figures)
            _print_table(part, figures)
    print("\n| target | measured | wanted | |\n|---|---:|---:|---|")
    for target in TARGETS:
        print(target.row(figures))
    print(f"\nBefore: {began}.\nAfter: {now()}.\n\n{HOW_TO_READ}", flush=True)
    sys.exit(1 if wrong else 0)


def _arguments(given: list[str] | None) -> argparse.Namespace:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    arguments.add_argument("--runs", type=int, default=5, help="runs that count (5)")
    arguments.add_argument("--sizes", default=SIZES, help=f"requests a workbook ({SIZES})")
    arguments.add_argument(
        "--only", default="", help=f"parts ({', '.join(PARTS)}) and contestants (floor, convert, polars …), by commas"
    )
    asked = arguments.parse_args(given)
    asked.only = {one.strip() for one in asked.only.split(",") if one.strip()}
    asked.sizes = [int(one) for one in asked.sizes.split(",")]
    return asked


def _chosen(asked: argparse.Namespace) -> Iterator[Callable[[Path], Part]]:
    """The parts to measure, in order; each is made when its turn comes."""
    wanted = asked.only & set(PARTS) or set(PARTS)
    if "start" in wanted:
        yield parts.start
    for size in asked.sizes if "requests" in wanted else ():
        yield partial(parts.requests, size)
    if "packing" in wanted:
        yield parts.packing
    if "batch" in wanted:
        yield parts.batch


def _measure(part: Part, asked: argparse.Namespace, figures: Figures) -> list[str]:
    """Time a part into `figures`; then say what was left out, what each made, and what is wrong with it."""
    names = asked.only - set(PARTS)
    commands = [one for one in part.commands if not names or one.name in names]
    if names and not commands:
        return []
    left_out = dict(part.absent) | {one.name: "not asked for" for one in part.commands if one not in commands}
    print(f"\n### {_title(part)}\n", flush=True)
    medians, failed = rounds(commands, asked.runs, _tell(part))
    figures |= {(part.name, name): median for name, median in medians.items()}
    differs = {name: part.differs[name]() for name in medians if name in part.differs}
    wrong = [f"✗ {name}: {what}" for name, what in {**failed, **differs}.items() if what]
    right = ", ".join(name for name, what in differs.items() if not what)
    said = [f"Made what it should: {right}." if right else "", *wrong]
    said += [f"Left out: {name} ({why})." for name, why in left_out.items()]
    print("".join(f"{line}\n" for line in said if line))
    if part.name == "batch":
        _print_trees([one for one in commands if one.name in medians])
    return wrong


def _title(part: Part) -> str:
    size = f"{part.requests:,} request{'s' if part.requests > 1 else ''}".replace(",", " ")
    return size if part.name.isdigit() else part.name.capitalize()


def _tell(part: Part) -> Callable[[str], None]:
    return lambda text: print(f"[{_title(part)}] {text}", file=sys.stderr, flush=True)


def _print_trees(commands: list[Command]) -> None:
    for one in commands:
        if one.name in ("-j 1", "-j 2"):
            print(f"Peak of `batch {one.name}` and its workers together (PSS): {tree_peak(one):.0f} MB.\n", flush=True)


def _print_table(part: Part, figures: Figures) -> None:
    if not any(name == part.name for name, _ in figures):
        return
    print(
        "| what | runs | seconds | ms a request | peak MB | above imports, KB a request | × floor | × import pandas | × convert |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for (name, command), one in figures.items():
        if name == part.name:
            each = f"{one.seconds * 1000 / part.requests:.3f}" if part.requests > 1 else "–"
            ratios = [_times(figures, part, command, to) for to in ("floor", "import pandas", "convert")]
            cells = [
                command,
                one.runs,
                f"{one.seconds:.3f}",
                each,
                f"{one.megabytes:.0f}",
                _above(figures, part, command),
                *ratios,
            ]
            print(f"| {' | '.join(map(str, cells))} |", flush=True)


def _above(figures: Figures, part: Part, command: str) -> str:
    known = part.name.isdigit() and command in OURS and (part.name, parts.ALONE) in figures
    return f"{above_imports(figures, part.requests, command):.1f}" if known and part.requests > 1 else "–"


def _times(figures: Figures, part: Part, command: str, to: str) -> str:
    other = figures.get((part.name, to))
    return f"{figures[part.name, command].seconds / other.seconds:.2f}" if other else "–"


if __name__ == "__main__":
    main()

"""The targets, each a ratio of medians of one run. What they compare is told in `docs/performance.md`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.measure import Measured
from benchmarks.parts import ALONE, LARGE, LARGER, SMALL, WORKBOOKS, shown

Figures = dict[tuple[str, str], Measured]  # (part, command) -> medians
ABOVE_IMPORTS = 12.0  # KB a request
ONE_MORE = (LARGER - LARGE) / 2**20  # MB: what one attachment that is held whole would add


@dataclass(frozen=True, slots=True)
class Target:
    """`value` of the figures is to be at most (`most`) or at least `limit`."""

    what: str
    value: Callable[[Figures], float]
    limit: float
    most: bool = True
    unit: str = "×"

    def row(self, figures: Figures) -> str:
        """A line of the table of targets."""
        bound = f"{'≤' if self.most else '≥'} {self.limit:g} {self.unit}"
        try:
            value = self.value(figures)
        except KeyError as lacking:
            part, command = lacking.args[0]
            return f"| {self.what} | not measured ({part}: {command}) | {bound} | – |"
        met = value <= self.limit if self.most else value >= self.limit
        return f"| {self.what} | {value:.2f} {self.unit} | {bound} | {'✓' if met else '✗'} |"


def above_imports(figures: Figures, size: int, command: str) -> float:
    """KB a request above what `check` of one request takes."""
    more = figures[str(size), command].megabytes - figures[str(size), ALONE].megabytes
    return max(0.0, more) * 1024 / size


def _ratio(part: str, command: str, to: str, to_part: str = "") -> Callable[[Figures], float]:
    return lambda figures: figures[part, command].seconds / figures[to_part or part, to].seconds


def _floor_and_imports(figures: Figures) -> float:
    allowed = 3 * figures["20000", "floor"].seconds + figures["20000", "import pandas"].seconds
    return figures["20000", "convert"].seconds / allowed


def _bytes_add(size: int) -> Callable[[Figures], float]:
    """What 200 attachments of `size` cost more than 200 small ones; a difference, so noisier than a ratio."""

    def alone(figures: Figures, what: str) -> float:
        large, small = (figures["packing", f"{what} {shown(one)}"].seconds for one in (size, SMALL))
        return large - small

    return lambda figures: alone(figures, "convert") / alone(figures, "copy once")


def _growth(figures: Figures) -> float:
    larger, large = (figures["packing", f"convert {shown(size)}"].megabytes for size in (LARGER, LARGE))
    return larger - large


def _a_workbook(figures: Figures) -> float:
    def each(many: str, one: str) -> float:
        return (figures["batch", many].seconds - figures["batch", one].seconds) / (WORKBOOKS - 1)

    return each("-j 1", "one") / each("floor", "floor of one")


TARGETS = [
    Target("20 000: convert ÷ (3 × floor + `import pandas`)", _floor_and_imports, 1),
    Target("20 000: flatten-tool ÷ convert", _ratio("20000", "flatten-tool", "convert"), 12, most=False),
    Target("20 000: unchecked polars ÷ convert", _ratio("20000", "polars", "convert"), 1, most=False),
    Target("20 000: check, peak above the imports", lambda all_: above_imports(all_, 20000, "check"), ABOVE_IMPORTS, unit="KB a request"),
    Target("20 000: convert, peak above the imports", lambda all_: above_imports(all_, 20000, "convert"), ABOVE_IMPORTS, unit="KB a request"),
    Target("2 000: flatten-tool ÷ convert", _ratio("2000", "flatten-tool", "convert"), 5, most=False),
    Target("200: convert ÷ `import pandas`", _ratio("200", "convert", "import pandas"), 1.5),
    Target("200: flatten-tool ÷ convert", _ratio("200", "flatten-tool", "convert"), 1.3, most=False),
    Target("20 000 ÷ 2 000: check", _ratio("20000", "check", "check", "2000"), 10.5),
    Target("20 000 ÷ 2 000: convert", _ratio("20000", "convert", "convert", "2000"), 10.5),
    Target("`--help` ÷ `import typer`", _ratio("start", "--help", "import typer"), 3),
    Target("packing 200 × 1 MB, whole processes: convert ÷ copy once", _ratio("packing", "convert 1 MB", "copy once 1 MB"), 1.3),
    Target("packing 200 × 1 MB, what the bytes add: convert ÷ copy once", _bytes_add(LARGE), 1.3),
    Target("the same with 2.9 MB (is the line above noise?)", _bytes_add(LARGER), 1.3),
    Target("packing 2.9 MB instead of 1 MB each: peak grows by", _growth, round(ONE_MORE, 1), unit="MB"),
    Target("batch, 200 workbooks: `-j 1` ÷ `-j 2`", _ratio("batch", "-j 1", "-j 2"), 1.7, most=False),
    Target("batch: a workbook more ÷ its floor", _a_workbook, 3),
]  # fmt: skip

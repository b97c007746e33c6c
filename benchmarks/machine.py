"""What it was measured on: without it no figure means anything."""

from __future__ import annotations

import os
import platform
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = (
    "pandas", "numpy", "python-calamine", "orjson", "openpyxl", "pypdf", "SQLAlchemy", "typer",
    "flattentool", "polars", "fastexcel",
)  # fmt: skip


def machine() -> str:
    """Cores, processor, memory, system, Python, versions of the libraries."""
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    known = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    return (
        f"{os.cpu_count()} cores ({_processor()}), {size:.0f} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; {known}"
    )


def now() -> str:
    """The hour, and how busy the machine is: processes that run or wait, over 1 and 5 minutes."""
    one, five, _ = os.getloadavg()
    return f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}, load {one:.2f} (1 min) {five:.2f} (5 min)"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())

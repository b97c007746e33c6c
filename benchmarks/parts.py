"""What is timed: the four parts of the benchmark, each a few commands that run in the same rounds.

A part's commands leave what they made in `scratch`, and `differs` says whether that is right.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

from benchmarks import flat, generate, same
from benchmarks.measure import Command, environment, program, python
from benchmarks.reference import DAY, Reference, deposit, reference

CONTESTANTS = Path(__file__).parent / "contestants"
PANDAS = Command(name="import pandas", line=python("-c", "import pandas"))
ALONE = "check of one request"  # its peak is what the imports take
WORKBOOKS, EACH = 200, 10
SMALL, LARGE, LARGER = 300, 1_000_000, 2_900_000
Difference = Callable[[], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Commands of one name space; `differs`: command -> what is wrong with what it made; `absent`: name -> why."""

    name: str
    requests: int = 1
    commands: list[Command]
    differs: dict[str, Difference] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)


def start(scratch: Path) -> Part:
    """What each command costs before it does anything, and the commands that do little."""
    ours = reference(generate.workbook(200))
    template = scratch / "template.xlsx"
    verify = program("verify", ours.files[0], ours.files[0].with_suffix(".zip"))
    commands = [
        Command(name="python -c pass", line=python("-c", "pass")),
        PANDAS,
        Command(name="import typer", line=python("-c", "import typer")),
        Command(name="--help", line=program("--help")),
        Command(name="--version", line=program("--version")),
        Command(name="template", line=program("template", template), fresh=(template,)),
        Command(name="verify", line=verify),
    ]
    light = ("--help", "--version", "template", "verify")
    differs: dict[str, Difference] = {one.name: partial(_imports_pandas, one) for one in commands if one.name in light}
    return Part(name="start", commands=commands, differs=differs)


def requests(size: int, scratch: Path) -> Part:
    """This program, the others, and the floor on the workbook of `size` requests."""
    ours = reference(generate.workbook(size))
    out = {name: scratch / name for name in ("convert", "ledger", "floor", "polars", "pandas", "flat.json")}
    ledger = scratch / "ledger.sqlite"
    day = DAY.replace("-", "")
    plain = {
        "polars": python(CONTESTANTS / "polars_plain.py", ours.workbook, out["polars"], day),
        "pandas+openpyxl": python(CONTESTANTS / "pandas_plain.py", ours.workbook, out["pandas"], day),
    }
    absent = missing("polars", "fastexcel", name="polars") | missing("flattentool", name="flatten-tool")
    commands = [
        PANDAS,
        Command(name=ALONE, line=program("check", generate.workbook(1), "--date", DAY, "--no-ledger")),
        Command(name="floor", line=floor(ours, out["floor"], ours.workbook), fresh=(out["floor"],)),
        Command(name="check", line=program("check", ours.workbook, "--date", DAY, "--no-ledger")),
        Command(name="convert", line=deposit(ours.workbook, out["convert"]), fresh=(out["convert"],)),
        Command(
            name="convert + new ledger",
            line=deposit(ours.workbook, out["ledger"], "--ledger", ledger),
            fresh=(out["ledger"], ledger),
        ),
        Command(name="polars", line=plain["polars"], fresh=(out["polars"],)),
        Command(name="pandas+openpyxl", line=plain["pandas+openpyxl"], fresh=(out["pandas"],)),
    ]
    if "flatten-tool" not in absent:
        tool = str(Path(sys.executable).with_name("flatten-tool"))
        line = flat.command(tool, ours.flat(), out["flat.json"])
        commands.append(Command(name="flatten-tool", line=line, fresh=(out["flat.json"],)))
    differs: dict[str, Difference] = {
        "convert": lambda: same.same_bytes(ours, out["convert"]),
        "convert + new ledger": lambda: same.same_bytes(ours, out["ledger"]),
        "floor": lambda: same.same_sizes(ours, out["floor"]),
        "polars": lambda: same.same_bytes(ours, out["polars"]),
        "pandas+openpyxl": lambda: same.same_bytes(ours, out["pandas"]),
        "flatten-tool": lambda: same.same_content(ours, out["flat.json"]),
    }
    there = [one for one in commands if one.name not in absent]
    return Part(name=str(size), requests=size, commands=there, differs=differs, absent=absent)


def packing(scratch: Path) -> Part:
    """200 attachments, tiny, of 1 MB and of 2.9 MB; and the same bytes read, checksummed and written once."""
    commands = []
    for size in (SMALL, LARGE, LARGER):
        book = generate.packing(size)
        out, copy = scratch / f"packed-{size}", scratch / f"copy-{size}"
        commands.append(Command(name=f"convert {shown(size)}", line=deposit(book, out), fresh=(out,)))
        line = python(CONTESTANTS / "copy_once.py", copy, book.parent)
        commands.append(Command(name=f"copy once {shown(size)}", line=line, fresh=(copy,)))
    return Part(name="packing", commands=commands)


def batch(scratch: Path) -> Part:
    """200 workbooks of 10 requests by one process and by two, one workbook alone, and the floor of both."""
    ours, one = reference(generate.workbook(WORKBOOKS * EACH)), reference(generate.workbook(EACH))
    many, single = generate.batch(WORKBOOKS, EACH), generate.batch(1, EACH)
    out = {name: scratch / f"batch-{name}" for name in ("-j 1", "-j 2", "one", "floor", "floor of one")}
    floors = [
        ("floor", floor(ours, out["floor"], *sorted(many.glob("*.xlsx")))),
        ("floor of one", floor(one, out["floor of one"], *single.glob("*.xlsx"))),
    ]
    runs = [("-j 1", many, "1"), ("-j 2", many, "2"), ("one", single, "1")] if has_batch() else []
    lines = [
        (name, program("batch", folder, "-j", jobs, "--no-ledger", "--no-loose", "--date", DAY, "--out", out[name]))
        for name, folder, jobs in runs
    ]
    commands = [Command(name=name, line=line, fresh=(out[name],)) for name, line in [*floors, *lines]]
    differs: dict[str, Difference] = {
        "-j 1": lambda: same.same_bytes(ours, out["-j 1"]),
        "-j 2": lambda: same.same_bytes(ours, out["-j 2"]),
        "one": lambda: same.same_bytes(one, out["one"]),
        "floor": lambda: same.same_sizes(ours, out["floor"]),
    }
    absent = {} if runs else {"batch": "not there: `xl2json batch --help` fails"}
    return Part(name="batch", commands=commands, differs=differs, absent=absent)


def floor(ours: Reference, out: Path, *workbooks: Path) -> list[str]:
    """The floor's command for those workbooks, which together hold the requests of `ours`."""
    return python(CONTESTANTS / "floor.py", ours.plan(), out, *workbooks)


def missing(*modules: str, name: str) -> dict[str, str]:
    """`name` -> why it cannot run here; empty where it can."""
    lacking = [one for one in modules if find_spec(one) is None]
    return {name: f"{', '.join(lacking)} not installed: requirements/bench.txt"} if lacking else {}


@cache
def has_batch() -> bool:
    """Whether the program has the command (else it takes the word for a workbook's name)."""
    line = program("batch", "--help")
    said = subprocess.run(line, capture_output=True, text=True, env=environment(), check=False)
    return said.returncode == 0 and " batch " in said.stdout.partition("\n")[0]


def shown(size: int) -> str:
    """A size in bytes as people say it."""
    return f"{size / 1_000_000:g} MB" if size >= 100_000 else f"{size / 1000:g} KB"


def clear(scratch: Path) -> None:
    """What a part has made is looked at and not kept: the next one needs the room."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()


def _imports_pandas(command: Command) -> str | None:
    for path in command.fresh:
        path.unlink(missing_ok=True)
    line = [command.line[0], "-X", "importtime", *command.line[1:]]
    said = subprocess.run(line, capture_output=True, text=True, env=environment(), check=True)
    names = {one.rpartition("|")[2].strip() for one in said.stderr.splitlines()}
    return "imports pandas" if "pandas" in names else None

"""What the others must make: this program's own deposit, made once a size outside the timing."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import flat, generate
from benchmarks.measure import Command, once, program

DAY = "2021-11-30"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A workbook and the folder of its deposit."""

    workbook: Path
    folder: Path

    @property
    def files(self) -> list[Path]:
        """The deposit's JSON files, in order."""
        return sorted(self.folder.glob("JSON-*.json"))

    def lines(self) -> list[dict[str, Any]]:
        """The requests of all its files."""
        return [line for path in self.files for line in requests(path)]

    def plan(self) -> Path:
        """What the floor is to write: the bytes of each file, and a request to fill them with."""
        files = [{"name": one.name, "bytes": one.stat().st_size, "requests": len(requests(one))} for one in self.files]
        path = self.workbook.parent / "plan.json"
        path.write_text(json.dumps({"line": requests(self.files[0])[0], "files": files}))
        return path

    def flat(self) -> Path:
        """The workbook in flatten-tool's layout, its schema beside it; made anew when the deposit is another."""
        folder = self.workbook.parent / "flat"
        content = hashlib.sha256(Path(flat.__file__).read_bytes())
        for one in self.files:
            content.update(one.read_bytes())
        generate.made(folder, lambda new: flat.write(self.lines(), new / "flat.xlsx"), content.hexdigest())
        return folder / "flat.xlsx"


def reference(workbook: Path) -> Reference:
    """The deposit of a workbook, made now by the program as it is now."""
    folder = workbook.parent / "deposit"
    shutil.rmtree(folder, ignore_errors=True)
    once(Command(name="reference", line=deposit(workbook, folder)))
    return Reference(workbook=workbook, folder=folder)


def deposit(workbook: Path, out: Path, *more: str | Path) -> list[str]:
    """The command that is timed most: a workbook's deposit, without the folder of loose attachments."""
    return program("convert", workbook, "--date", DAY, "--no-loose", "--out", out, *(more or ("--no-ledger",)))


def requests(path: Path) -> list[dict[str, Any]]:
    """The requests that a JSON file holds."""
    lines: list[dict[str, Any]] = json.loads(path.read_bytes())["lignesImport"]
    return lines

"""Whether the others make what this program makes; looked at once a size, on what the last timed run left."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks import flat
from benchmarks.reference import Reference


def same_bytes(ours: Reference, out: Path) -> str | None:
    """None where `out` holds the deposit's JSON files byte for byte; else what differs."""
    made = {one.name: one for one in out.glob("*.json")}
    if sorted(made) != [one.name for one in ours.files]:
        return f"other files: {', '.join(sorted(made)[:3])} …"
    return next(
        (f"other bytes: {one.name}" for one in ours.files if made[one.name].read_bytes() != one.read_bytes()), None
    )


def same_sizes(ours: Reference, out: Path) -> str | None:
    """None where `out` holds files of the same names and sizes."""
    made = {one.name: one.stat().st_size for one in out.glob("*.json")}
    return None if made == {one.name: one.stat().st_size for one in ours.files} else "other files or sizes"


def same_content(ours: Reference, made: Path) -> str | None:
    """None where flatten-tool's file says of each request what the deposit says, nulls left out."""
    theirs = json.loads(made.read_bytes())[flat.HOLDER]
    wanted = flat.without_nulls(ours.lines())
    if len(theirs) != len(wanted):
        return f"{len(theirs)} requests, not {len(wanted)}"
    return next((f"another request {a[flat.ID]}" for a, b in zip(wanted, theirs, strict=True) if a != b), None)

"""What came of a run, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from converter.findings import Finding
from converter.parcel.folders import Folders
from converter.request import Dossier
from converter.values.amount import CENT, shown
from converter.workbook.tables import Tables

Mode = Literal["check", "dry-run", "convert"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Requests of the workbook: `read` in all; `written` (dry run: would be), `held` back, `skipped` as accepted."""

    read: int
    written: int
    held: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One JSON that was written, its zip (None where nothing is enclosed) and how large that is, in bytes."""

    json: str
    zip: str | None
    requests: int
    attachments: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a workbook was read as, for whoever shows findings in their surroundings.

    `titles` are the names of all its sheets, `tables` those that were read, cell by cell; `folders` are where its
    attachments were looked for.
    """

    dossier: Dossier
    tables: Tables
    titles: tuple[str, ...]
    folders: Folders


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What `check` and `convert` return.

    `findings` are in the order of contract §4, `demandes` are the requests' keys in the workbook's order;
    `amount` and `advance` are euros over the requests without error; `strict` makes warnings count as errors;
    `last_number` is the highest editor's number of digits that is written (None with a ledger, which keeps count);
    `withdrawn` are the files and the keys of requests that were prepared before and are no more; `left` is the workbook
    of the requests held back, where `--partial` has left one; `evidence` is there where it was asked for.
    """

    input: str
    spec: str
    mode: Mode
    strict: bool
    partial: bool
    counts: Counts
    files: tuple[File, ...]
    amount: Decimal
    advance: Decimal
    findings: tuple[Finding, ...]
    software: str | None
    demandes: tuple[str, ...]
    last_number: str | None
    ledger: str | None = None
    withdrawn: tuple[str, ...] = ()
    left: str | None = None
    evidence: Evidence | None = field(default=None, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.blocking

    @property
    def exit_code(self) -> int:
        """0, or 1 where the data has errors."""
        return 0 if self.ok else 1

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that keep something back."""
        severities = {"error", "warning"} if self.strict else {"error"}
        return tuple(finding for finding in self.findings if finding.severity in severities)

    def count(self, severity: str) -> int:
        """How many findings are of that severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def as_dict(self, lang: str = "fr") -> dict[str, Any]:
        """The document of `--format json` (contract §4)."""
        counts = self.counts
        return {
            "input": self.input,
            "spec": self.spec,
            "ok": self.ok,
            "requests": {
                "read": counts.read,
                "written": counts.written,
                "held": counts.held,
                "skipped": counts.skipped,
            },
            "files": [
                {"json": f.json, "zip": f.zip, "requests": f.requests, "attachments": f.attachments, "bytes": f.bytes}
                for f in self.files
            ],
            "totals": {"montantSegurHT": shown(self.amount), "avance": shown(self.advance)},
            "findings": [finding.as_dict(lang) for finding in self.findings],
        }


def advance_of(amount: Decimal, share: str) -> Decimal:
    """The part of `amount` that is paid in advance, half a cent rounded up (§1.2)."""
    return (amount * Decimal(share)).quantize(CENT, ROUND_HALF_UP)

"""What came of a run, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Literal

from converter.errors import Xl2JsonError
from converter.findings import Finding
from converter.parcel.folders import Folders
from converter.request import Dossier
from converter.values.amount import CENT, shown
from converter.wording import Say
from converter.workbook.tables import Tables

UNREADABLE = "X10"
"""The rule that tells of an input of a batch which could not be read."""

Mode = Literal["check", "dry-run", "convert"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Requests of the workbook: `read` in all; `written` (dry run: would be), `held` back, `skipped` as accepted."""

    read: int
    written: int
    held: int
    skipped: int

    def as_dict(self) -> dict[str, int]:
        """As `--format json` shows them."""
        return {"read": self.read, "written": self.written, "held": self.held, "skipped": self.skipped}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One JSON that was written, its zip (None where nothing is enclosed) and how large that is, in bytes."""

    json: str
    zip: str | None
    requests: int
    attachments: int
    bytes: int

    def as_dict(self) -> dict[str, Any]:
        """As `--format json` shows it."""
        return {
            "json": self.json,
            "zip": self.zip,
            "requests": self.requests,
            "attachments": self.attachments,
            "bytes": self.bytes,
        }


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
    of the requests held back, where `--partial` has left one, `left_trouble` why it could not; `evidence` is there
    where it was asked for.
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
    left_trouble: Say | None = None
    evidence: Evidence | None = field(default=None, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.blocking

    @property
    def exit_code(self) -> int:
        """0, or 1 where the data has errors; 3 where the requests held back could not be left in order."""
        return Xl2JsonError.exit_code if self.left_trouble else 0 if self.ok else 1

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
        return {
            "input": self.input,
            "spec": self.spec,
            "ok": self.ok,
            "requests": self.counts.as_dict(),
            "files": [one.as_dict() for one in self.files],
            "totals": {"montantSegurHT": shown(self.amount), "avance": shown(self.advance)},
            "findings": [finding.as_dict(lang) for finding in self.findings],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The files of one supplier and one software; `withdrawn` and `last_number` as in `Outcome`,
    `replaced` as in `Delivered`.
    """

    supplier: str | None
    software: str | None
    files: tuple[File, ...]
    withdrawn: tuple[str, ...]
    replaced: tuple[str, ...]
    last_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOutcome:
    """What `batch` returns: what came of each input (without files), and the files by supplier.

    `sent` are the euros over the requests that are written, `share` is the part that is paid in advance; `bugs` are
    the tracebacks of inputs that the program itself has failed at.
    """

    spec: str
    mode: Mode
    strict: bool
    partial: bool
    inputs: tuple[Outcome, ...]
    deliveries: tuple[Delivery, ...]
    sent: Decimal
    share: str
    ledger: str | None
    bugs: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is nothing to mend in any input."""
        return all(one.ok for one in self.inputs)

    @property
    def exit_code(self) -> int:
        """0, or 1 where an input has errors."""
        return 0 if self.ok else 1

    @property
    def amount(self) -> Decimal:
        """Euros over the requests without error."""
        return sum((one.amount for one in self.inputs), Decimal(0))

    @property
    def advance(self) -> Decimal:
        """The part of them that is paid in advance."""
        return advance_of(self.amount, self.share)

    @property
    def files(self) -> tuple[File, ...]:
        """All files, in order."""
        return tuple(file for one in self.deliveries for file in one.files)

    @property
    def counts(self) -> Counts:
        """Requests of all inputs."""
        every = [one.counts for one in self.inputs]
        return Counts(
            read=sum(one.read for one in every),
            written=sum(one.written for one in every),
            held=sum(one.held for one in every),
            skipped=sum(one.skipped for one in every),
        )

    def count(self, severity: str) -> int:
        """How many findings are of that severity."""
        return sum(one.count(severity) for one in self.inputs)

    def as_dict(self, lang: str = "fr") -> dict[str, Any]:
        """The document of `--format json` (contract §4, §7): every finding names its input."""
        inputs: list[dict[str, Any]] = [
            {
                "input": one.input,
                "ok": one.ok,
                "requests": one.counts.as_dict(),
                "findings": [{"input": one.input, **finding.as_dict(lang)} for finding in one.findings],
            }
            for one in self.inputs
        ]
        return {
            "input": ", ".join(one.input for one in self.inputs),
            "spec": self.spec,
            "ok": self.ok,
            "requests": self.counts.as_dict(),
            "files": [one.as_dict() for one in self.files],
            "totals": {"montantSegurHT": shown(self.amount), "avance": shown(self.advance)},
            "inputs": inputs,
            "findings": [finding for one in inputs for finding in one["findings"]],
        }


def advance_of(amount: Decimal, share: str) -> Decimal:
    """The part of `amount` that is paid in advance, half a cent rounded up (§1.2)."""
    return (amount * Decimal(share)).quantize(CENT, ROUND_HALF_UP)


def printable(path: Path) -> str:
    """A path in text; bytes of a name that are in no alphabet become question marks."""
    return str(path).encode("utf-8", "replace").decode("utf-8")

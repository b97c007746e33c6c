"""What came of reading the agency's answer, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from converter.feedback.read import Line, Status
from converter.findings import Finding
from converter.ledger.answers import Recorded
from converter.ledger.entries import Entry
from converter.wording import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredLine:
    """One line of the answer, as the ledger understands it; `entry` is its entry, None where none was made."""

    line: Line
    entry: Entry | None
    recorded: Recorded | None

    @property
    def demande(self) -> str | None:
        """The request's key in the workbook, or its number where that is not known."""
        return self.entry.demande if self.entry else self.line.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What came of reading an answer. `copies` are the annotated workbooks that were written, `lost` what
    they could not keep of the originals.
    """

    file: str
    siret: str
    ans: str
    lines: tuple[AnsweredLine, ...]
    findings: tuple[Finding, ...]
    copies: tuple[str, ...] = ()
    lost: tuple[Say, ...] = ()

    def count(self, status: Status) -> int:
        """How many lines are of that status, those recorded before left out."""
        return sum(one.line.status == status and one.recorded != "already" for one in self.lines)

    @property
    def already(self) -> int:
        """How many lines' answers were recorded before."""
        return sum(one.recorded == "already" for one in self.lines)

    @property
    def contradictions(self) -> tuple[Finding, ...]:
        """What the answer says that cannot be, or cannot be read."""
        return tuple(one for one in self.findings if one.rule in ("R1", "R2"))

    @property
    def ok(self) -> bool:
        """Whether all are accepted, and nothing contradicts the ledger."""
        is_accepted = all(one.line.status == "accepted" and one.recorded != "conflict" for one in self.lines)
        return is_accepted and not any(one.severity == "error" for one in self.findings)

    @property
    def exit_code(self) -> int:
        """0 where all are accepted, else 1."""
        return 0 if self.ok else 1

    def as_dict(self, lang: str = "fr") -> dict[str, Any]:
        """The document of `--format json` (contract §6)."""
        return {
            "file": self.file,
            "ok": self.ok,
            "requests": {
                "accepted": self.count("accepted"),
                "rejected": self.count("rejected"),
                "unknown": self.count("unknown"),
                "already": self.already,
            },
            "lines": [
                {
                    "numLigne": one.line.line,
                    "numeroEditeur": one.line.number,
                    "demande": one.demande,
                    "status": one.line.status,
                    "numeroASP": one.line.asp,
                    "codeTraitement": one.line.code,
                    "libelleTraitement": one.line.label,
                }
                for one in self.lines
            ],
            "findings": [_as_dict(one, lang) for one in self.findings],
        }


def _as_dict(finding: Finding, lang: str) -> dict[str, Any]:
    """The finding as contract §4 has it: a line of the answer is no cell, so its field is not named either."""
    document = finding.as_dict(lang)
    return document if finding.sheet else document | {"field": None}

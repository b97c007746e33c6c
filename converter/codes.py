"""The public ids of the rules, with the severities a finding of each may have. Ids are stable: never reused or renamed.

Titles and sentences are in the wording files, under `rule.<id>` and `say.…`.
"""

from __future__ import annotations

from typing import Final

from converter.findings import Severity

_ERROR: Final[tuple[Severity, ...]] = ("error",)
_WARNING: Final[tuple[Severity, ...]] = ("warning",)
_INFO: Final[tuple[Severity, ...]] = ("info",)
_BOTH: Final[tuple[Severity, ...]] = ("error", "warning")
_ALL: Final[tuple[Severity, ...]] = ("error", "warning", "info")

RULE_IDS: Final[dict[str, tuple[Severity, ...]]] = {
    **dict.fromkeys(("X1", "X3", "X4", "X5", "X6", "X8", "X9", "X10"), _ERROR),
    "X2": _WARNING,
    "X7": _INFO,
    "X11": _INFO,
    "F1": _BOTH,
    "F2": _ERROR,
    "F3": _WARNING,
    "D1": _ERROR,
    "D2": _ERROR,
    "D3": _INFO,
    "D4": _WARNING,
    "D5": _ERROR,
    "D6": _WARNING,
    "D7": _WARNING,
    "D8": _ERROR,
    "C1": _ERROR,
    "C2": _WARNING,
    "C3": _ERROR,
    "C4": _ERROR,
    **dict.fromkeys(("B1", "B3", "B4", "B7", "B8", "B10", "B12", "B13", "B16"), _ERROR),
    **dict.fromkeys(("B2", "B14", "B15"), _WARNING),
    **dict.fromkeys(("B5", "B6", "B9", "B11"), _BOTH),
    **dict.fromkeys(("P1", "P3", "P4", "P5"), _ERROR),
    **dict.fromkeys(("P2", "P6"), _BOTH),
    **dict.fromkeys(("P7", "P8"), _WARNING),
    **dict.fromkeys(("S1", "S2"), _ERROR),
    "S3": _ALL,
    "S4": _WARNING,
    **dict.fromkeys(("R1", "R2", "R9"), _ERROR),
    **dict.fromkeys(("R3", "R4", "R5", "R6", "R7", "R8"), _WARNING),
    **dict.fromkeys(("V1", "V2", "V3", "V4", "V5"), _ERROR),
    **dict.fromkeys(("M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8"), _ERROR),
}
"""What each rule may say."""

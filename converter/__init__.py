"""xl2json: a filled-in workbook becomes a deposit for the ASP portal (Ségur du numérique en santé).

>>> from converter import check, convert, load_spec
>>> outcome = check("orders.xlsx")                                   # doctest: +SKIP
>>> [(f.rule, f.sheet, f.cell) for f in outcome.findings]            # doctest: +SKIP

`check`, `convert`, `batch`, `verify`, `feedback` and `resubmit` neither print nor exit: they return what came of it,
and raise `Xl2JsonError` where the run cannot go on. Nothing is kept between calls but what a ledger is told; they may
be called from several threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from converter.errors import Xl2JsonError
    from converter.findings import Finding
    from converter.jobs.batch import batch
    from converter.jobs.convert import check, convert
    from converter.jobs.feedback import feedback
    from converter.jobs.outcome import BatchOutcome, Outcome
    from converter.jobs.resubmit import resubmit
    from converter.jobs.verify import verify
    from converter.spec.load import load_spec

    __version__: str

_WHERE = {
    "batch": "converter.jobs.batch",
    "check": "converter.jobs.convert",
    "convert": "converter.jobs.convert",
    "feedback": "converter.jobs.feedback",
    "resubmit": "converter.jobs.resubmit",
    "verify": "converter.jobs.verify",
    "BatchOutcome": "converter.jobs.outcome",
    "Outcome": "converter.jobs.outcome",
    "load_spec": "converter.spec.load",
    "Finding": "converter.findings",
    "Xl2JsonError": "converter.errors",
}

__all__ = [
    "BatchOutcome",
    "Finding",
    "Outcome",
    "Xl2JsonError",
    "__version__",
    "batch",
    "check",
    "convert",
    "feedback",
    "load_spec",
    "resubmit",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is asked for: `--help` has no use for pandas."""
    if name == "__version__":
        from importlib.metadata import version

        return version("xl2json")
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)

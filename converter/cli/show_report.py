"""`--report`: the page is written after all else, and told of where a person reads along."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from converter.cli.show import show_json, wrapped
from converter.jobs.outcome import BatchOutcome, Outcome
from converter.spec.model import Spec
from converter.wording import Say, say

if TYPE_CHECKING:  # a run without a ledger has no use for sqlalchemy
    from converter.jobs.answered import Feedback


def may_write(page: Path | None) -> None:
    """Raise Xl2JsonError, before anything is done, where something else than a report stands at `page`."""
    if page is not None:
        from converter.jobs.report import check_target

        check_target(page)


def show_and_report(
    page: Path | None,
    outcome: Outcome | BatchOutcome | Feedback,
    spec: Spec,
    lang: str,
    format_: str,
    *,
    quiet: bool,
    show: Callable[[], None],
    beside: Callable[[], None] = lambda: None,
) -> None:
    """Show what came of a command, by `show` where a person reads it, write its page, and do what else is `beside` it.

    A person is told of the deposit first; a program gets its document only where nothing has failed.
    """
    if format_ == "json":
        _report(page, outcome, spec, lang)
        beside()
        show_json(outcome.as_dict(lang))
        return
    show()
    sys.stdout.flush()
    _report(page, outcome, spec, lang)
    if page is not None and not quiet:
        print(wrapped(say(Say("text.report", {"name": page}), lang)))
    beside()


def _report(page: Path | None, outcome: Outcome | BatchOutcome | Feedback, spec: Spec, lang: str) -> None:
    if page is not None:
        from converter.jobs.report import report

        report(page, outcome, spec, lang)

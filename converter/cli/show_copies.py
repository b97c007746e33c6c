"""What is said of the workbooks that a run has written beside its deposit."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from converter.jobs.outcome import Outcome
from converter.wording import Say, say

if TYPE_CHECKING:  # a run without a copy has no use for openpyxl
    from converter.jobs.copies import Copied


def show_copies(outcome: Outcome, copy: Copied | None, lang: str, format_: str, *, quiet: bool) -> None:
    """Where the annotated copy is, and the requests held back: a result in text, a message beside a JSON document."""
    stream = sys.stderr if format_ == "json" else sys.stdout
    if outcome.left:
        print(say(Say("text.annotate.left", {"name": outcome.left}), lang), file=stream)
    if outcome.left_trouble:
        print(f"xl2json: {say(outcome.left_trouble, lang)}", file=sys.stderr)
    if copy is not None:
        print(say(Say("text.annotate.done", {"name": copy.path}), lang), file=stream)
        tell(copy.notes, lang, quiet=quiet)


def tell(notes: Iterable[Say], lang: str, *, quiet: bool) -> None:
    """What is to be known of a copy, on the standard error."""
    for one in () if quiet else notes:
        print(say(one, lang), file=sys.stderr)

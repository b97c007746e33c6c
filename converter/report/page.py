"""The page itself: the templates below `templates/report/` filled in. Nothing is fetched, nothing runs but our own.

The browser is told so too: the page's security policy names the one style and the one script by their digests.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from converter.codes import RULE_IDS
from converter.report.kinds import groups
from converter.report.subject import Grid, Subject, Told
from converter.report.unused import unused
from converter.resources import render, templates_folder
from converter.spec.model import Spec
from converter.wording import Say, catalog, say

MARK = "<!-- xl2json report -->"
"""What tells a page of ours from any other file."""
MOST_REQUESTS = 200
"""Requests that one page shows in full: as many as one deposit holds, those with findings first."""
_EXPLAINED = ("what", "why", "wrong", "right", "fix")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def page(subject: Subject, spec: Spec, lang: str, today: str) -> bytes:
    """The whole page in `lang`, in UTF-8; `today` is the day that it bears."""
    style, script = (_own(name) for name in ("style.css", "script.js"))
    chosen = _chosen(subject)
    text = render(
        "report/page.html.j2",
        mark=Markup(MARK),  # noqa: S704 - our own
        style=Markup(style),  # noqa: S704 - our own
        script=Markup(script),  # noqa: S704 - our own
        style_digest=_digest(style),
        script_digest=_digest(script),
        lang=lang,
        today=today,
        words=_Words(lang),
        subject=subject,
        spec=spec,
        groups=groups(subject, spec),
        requests=chosen,
        bars=_bars(subject, spec),
        unused=unused(subject.workbook, subject.findings, spec) if subject.workbook else None,
        demandes=_demandes(subject),
        shown={one.demande: number for number, one in enumerate(chosen, 1)},
        is_answer=subject.is_answer,
        share=f"{Decimal(spec.advance.share) * 100:.0f}",
        far=_far,
        sheets=list(dict.fromkeys(one.sheet for one in subject.findings if one.sheet)),
    )
    return _CONTROLS.sub("�", text).encode("utf-8", "replace")


def _own(name: str) -> str:
    return (templates_folder() / "report" / name).read_text("utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class _Words:
    """The sentences of the page, for the templates."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, key: str, **words: Any) -> str:
        """The sentence `report.<key>`."""
        return say(Say(f"report.{key}", words), self.lang)

    def say(self, sentence: Say) -> str:
        """A sentence that the data brings along."""
        return say(sentence, self.lang)

    def rule(self, rule: str) -> str:
        """The rule's title."""
        return catalog(self.lang).get(f"rule.{rule}", rule) if rule in RULE_IDS else rule

    def explained(self, rule: str) -> Mapping[str, str]:
        """What the guide to the rules says of it, as far as it does."""
        texts = {part: catalog(self.lang).get(f"explain.{rule}.{part}") for part in _EXPLAINED}
        return {part: text for part, text in texts.items() if text}

    def figure(self, value: Any) -> str:
        """A number; euros where it is an amount."""
        return self("euros", amount=value) if isinstance(value, Decimal) else str(value)


def _far(column: int, grid: Grid) -> Markup:
    """Marks a cell that a narrow screen has no room for: all but the first column and the cell's neighbours."""
    is_far = column and grid.column is not None and abs(column - grid.column) > 1
    return Markup(' class="far"' if is_far else "")  # noqa: S704 - our own


def _chosen(subject: Subject) -> list[Told]:
    """The requests to show: those that something keeps back come first where there are too many."""
    if len(subject.requests) <= MOST_REQUESTS:
        return list(subject.requests)
    named = {one.demande for one in subject.findings if one.severity == "error"}
    chosen = sorted(subject.requests, key=lambda one: one.demande not in named)[:MOST_REQUESTS]
    kept = {one.demande for one in chosen}
    return [one for one in subject.requests if one.demande in kept]


def _bars(subject: Subject, spec: Spec) -> list[dict[str, Any]]:
    """Each file's size against the limits, in percent."""
    limits = spec.limits
    return [
        {
            "file": one,
            "requests": _percent(one.requests, limits.requests_per_file),
            "bytes": _percent(one.bytes, limits.zip_bytes),
            "size": Decimal(one.bytes) / 1_000_000,
            "most": limits.zip_bytes // 1_000_000,
        }
        for one in subject.parcels
    ]


def _percent(count: int, most: int) -> float:
    return round(min(100.0, 100 * count / most), 2) if most else 0.0


def _demandes(subject: Subject) -> list[str]:
    """The requests that something is said of, in their order."""
    return list(dict.fromkeys(one.demande for one in subject.findings if one.demande))

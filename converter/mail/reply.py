"""What an answer says: the templates below `templates/email/`, or a folder of one's own, filled in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from converter.errors import Xl2JsonError
from converter.findings import Finding
from converter.mail.headers import readable
from converter.resources import render_below, templates_folder
from converter.wording import Say, say

MOST_FINDINGS = 60
"""Findings of one severity that a letter lists, of one workbook; the annotated copy shows all."""

Tone = Literal["good", "doubtful", "bad"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """A workbook that came along: how many requests it `read`, how many are `held` back, what was found in it (without
    what is only for information), and the name of its annotated copy, where that goes along.
    """

    name: str
    read: int
    held: int
    skipped: int
    findings: tuple[Finding, ...]
    copy: str | None

    def some(self, severity: str) -> tuple[Finding, ...]:
        """Its findings of that severity, as many as a letter lists."""
        return tuple(one for one in self.findings if one.severity == severity)[:MOST_FINDINGS]

    def count(self, severity: str) -> int:
        """How many findings of that severity there are."""
        return sum(one.severity == severity for one in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A JSON of the deposit, its zip (None where nothing is enclosed) and what is in them; `bytes` of both."""

    json: str
    zip: str | None
    requests: int
    attachments: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is to be told: `name` is whom it greets, `kind` and `software` are what to choose on the portal, `parcels`
    what was written, and `is_enclosed` whether it goes along; `unused` are scans that no request names.
    """

    lang: str
    name: str | None
    tone: Tone
    workbooks: tuple[Workbook, ...]
    troubles: tuple[Say, ...]
    parcels: tuple[Parcel, ...]
    is_enclosed: bool
    amount: Decimal
    advance: Decimal
    kind: str
    software: str | None
    unused: tuple[str, ...] = ()

    @property
    def written(self) -> int:
        """Requests in the deposit."""
        return sum(one.requests for one in self.parcels)

    @property
    def read(self) -> int:
        """Requests in all workbooks."""
        return sum(one.read for one in self.workbooks)

    @property
    def errors(self) -> int:
        """Errors in all workbooks."""
        return sum(one.count("error") for one in self.workbooks)

    @property
    def warnings(self) -> int:
        """Warnings in all workbooks."""
        return sum(one.count("warning") for one in self.workbooks)


def written(answer: Answer, own: Path | None, kind: str = "answer") -> tuple[str, str]:
    """The letter, plain and as HTML; the templates in the folder `own` go before ours.

    `kind` is "answer", or "deposit" for a letter that only carries one. Raises Xl2JsonError where a template of one's
    own has a mistake.
    """
    return tuple(_filled(f"{kind}.{answer.lang}.{form}.j2", answer, own) for form in ("txt", "html"))  # type: ignore[return-value]


def _filled(name: str, answer: Answer, own: Path | None) -> str:
    from jinja2 import TemplateError

    folders = ((own,) if own else ()) + (templates_folder() / "email",)
    try:
        return render_below(folders, name, answer=answer, lang=answer.lang, **_words(answer.lang))
    except (TemplateError, TypeError, ValueError, ArithmeticError, UnicodeDecodeError) as error:
        if own is None:
            raise
        line = getattr(error, "lineno", None)
        where = Say("word.at_line", {"line": line}) if line else ""
        words = {"name": getattr(error, "name", None) or name, "line": where, "reason": str(error)}
        raise Xl2JsonError("mail.template", folder=str(own), **words) from error


def _words(lang: str) -> dict[str, Any]:
    """What templates may call."""

    def line(text: object) -> str:
        return " ".join(readable(str(text)).split())

    def sentence(one: Say | Finding) -> str:
        return line(one.message(lang) if isinstance(one, Finding) else say(one, lang))

    def place(one: Finding) -> str:
        return line(f"{one.sheet}!{one.cell}") if one.cell else ""

    def euros(amount: Decimal) -> str:
        return say(Say("report.euros", {"amount": amount}), lang)

    def size(count: int) -> str:
        if count >= 1_000_000:
            return say(Say("text.megabytes", {"count": Decimal(count) / 1_000_000}), lang)
        return say(Say("text.kilobytes", {"count": max(1, round(count / 1000))}), lang)

    return {"line": line, "sentence": sentence, "place": place, "euros": euros, "size": size}


def subject_of(subject: str, lang: str) -> str:
    """The subject of an answer to a message that had this one."""
    bare = subject.strip()
    if not bare:
        return say(Say("mail.subject"), lang)
    return bare if bare[:3].casefold() in ("re:", "re\u00a0", "re ") and ":" in bare[:5] else f"Re: {bare}"

"""What an answer says: the templates below `templates/email/`, or a folder of one's own, filled in."""

from __future__ import annotations

import re
import textwrap
import traceback
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
Case = Literal["fine", "check", "correct", "pieces", "damaged", "unread"]
"""What is to be done: nothing; look at some points; correct a workbook; enclose what it names; send a workbook that can
be read; send the workbook in another way.
"""
_LINE = 76


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
    what was written, and `is_enclosed` whether it goes along; `unused` are scans that no request names; `replaced` are
    JSON files of before that must not be deposited any more, `withdrawn` the keys of requests that went with them and
    have not come again (D7).
    """

    lang: str
    name: str | None
    case: Case
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
    replaced: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is nothing that must be mended."""
        return self.case in ("fine", "check")

    @property
    def copies(self) -> tuple[str, ...]:
        """The names of the annotated copies that go along."""
        return tuple(one.copy for one in self.workbooks if one.copy)

    @property
    def has_cells(self) -> bool:
        """Whether a finding is at a cell."""
        return any(finding.cell for one in self.workbooks for finding in one.findings)

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
    def points(self) -> int:
        """What is to be checked: warnings in all workbooks, what could not be taken in, and scans that nobody names."""
        return sum(one.count("warning") for one in self.workbooks) + len(self.troubles) + bool(self.unused)


def written(answer: Answer, own: Path | None, kind: str = "answer") -> tuple[str, str]:
    """The letter, plain and as HTML; the templates in the folder `own` go before ours.

    `kind` is "answer", or "deposit" for a letter that only carries one. Raises Xl2JsonError as `check_templates`, and
    where a template of one's own has a mistake.
    """
    if own is not None:
        check_templates(own)
    plain, page = (_filled(f"{kind}.{answer.lang}.{form}.j2", answer, own) for form in _FORMS)
    return plain, page


_FORMS = ("txt", "html")


def check_templates(own: Path) -> None:
    """Raise Xl2JsonError where `own` holds no template that we would look for, or a letter in one of its forms alone:
    of the other one, ours would be sent.
    """
    ours = {one.name for one in _ours().iterdir()}
    theirs = ours & ({one.name for one in own.iterdir()} if own.is_dir() else set())
    if not theirs:
        raise Xl2JsonError("mail.no_template", folder=str(own), names=tuple(sorted(ours)))
    for name in sorted(theirs):
        for form, other in (_FORMS, _FORMS[::-1]):
            second = name.replace(f".{form}.", f".{other}.")
            if second in ours - theirs:
                raise Xl2JsonError("mail.half_template", folder=str(own), name=name, other=second)


def _ours() -> Path:
    return templates_folder() / "email"


def _filled(name: str, answer: Answer, own: Path | None) -> str:
    from jinja2 import TemplateError

    folders = ((own,) if own else ()) + (_ours(),)
    try:
        return render_below(folders, name, answer=answer, lang=answer.lang, **_words(answer.lang))
    except (TemplateError, TypeError, ValueError, ArithmeticError, UnicodeDecodeError) as error:
        if own is None:
            raise
        name, line = _place_of(error, own) or (name, None)
        where = Say("word.at_line", {"line": line}) if line else ""
        words = {"name": name, "line": where, "reason": _reason_of(error)}
        raise Xl2JsonError("mail.template", folder=str(own), **words) from error


def _place_of(error: Exception, own: Path) -> tuple[str, int | None] | None:
    """The template in `own` that has the mistake, and the line."""
    from jinja2 import TemplateSyntaxError

    if isinstance(error, TemplateSyntaxError):
        return (error.name, error.lineno) if error.name else None
    frames = [(Path(one.f_code.co_filename), line) for one, line in traceback.walk_tb(error.__traceback__)]
    return next(((path.name, line) for path, line in reversed(frames) if path.parent == own), None)


_NO_ATTRIBUTE = re.compile(r"'(?:.*\.)?(\w+) object' has no attribute '(.+)'")
_UNDEFINED = re.compile(r"'(.+)' is undefined")


def _reason_of(error: Exception) -> Say | str:
    """What is wrong with a template: in plain words where it names what is not there, else in Jinja's."""
    from jinja2 import TemplateNotFound, UndefinedError

    text = str(error)
    if isinstance(error, TemplateNotFound):
        return Say("word.mail.no_such", {"what": error.name})
    if isinstance(error, UndefinedError) and (match := _NO_ATTRIBUTE.fullmatch(text)):
        return Say("word.mail.no_such", {"what": f"{match[1].lower()}.{match[2]}"})
    if isinstance(error, UndefinedError) and (match := _UNDEFINED.fullmatch(text)):
        return Say("word.mail.no_such", {"what": match[1]})
    return text


_SPACE = re.compile(r"[^\S\u00a0\u202f]+")  # all white space but what keeps a French sign beside its word
_REQUESTS = {0: "requests_none", 1: "requests_one"}


def _words(lang: str) -> dict[str, Any]:
    """What templates may call."""

    def line(text: object) -> str:
        return _SPACE.sub(" ", readable(str(text))).strip()

    def wrapped(text: object, first: str = "") -> str:
        """In lines as long as mail has them, the first one after `first`, the others below it."""
        page = textwrap.TextWrapper(_LINE, first, " " * len(first), break_long_words=False, break_on_hyphens=False)
        return page.fill(line(text))

    def requests(count: int) -> str:
        return say(Say(f"text.{_REQUESTS.get(count, 'requests')}", {"count": count}), lang)

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

    called = (line, wrapped, requests, sentence, place, euros, size)
    return {one.__name__: one for one in called}


def subject_of(subject: str, lang: str) -> str:
    """The subject of an answer to a message that had this one."""
    bare = subject.strip()
    if not bare:
        return say(Say("mail.subject"), lang)
    return bare if bare[:3].casefold() in ("re:", "re\u00a0", "re ") and ":" in bare[:5] else f"Re: {bare}"

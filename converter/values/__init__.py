"""What a typed cell means: one module a kind of value.

A parser takes one cell that is not blank and returns its value with what is to be said about it. It never raises: what
does not fit is `FAULTY` and comes with an error note.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from converter.cells import Raw
from converter.findings import Severity
from converter.wording import Say


class _Faulty:
    """The value of a cell that was read but does not fit; rules pass over it, since it has been reported."""

    def __repr__(self) -> str:
        return "FAULTY"

    def __reduce__(self) -> str:
        return "FAULTY"  # from one process to another it stays the only one


FAULTY = _Faulty()

Role = Literal["form", "check", "twice", "repair", "cell", "blank"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say of one cell: which of the field's rules speaks (`role`), and what was read (`value`)."""

    severity: Severity
    role: Role
    say: Say
    value: str | None = None


class Parsed(NamedTuple):
    """A cell's value, and the notes about it."""

    value: Any
    notes: tuple[Note, ...] = ()


Parser = Callable[[Raw], Parsed]


def wrong(key: str, value: str | None, **params: Any) -> Parsed:
    """A cell that does not fit."""
    return Parsed(FAULTY, (Note("error", "form", Say(f"say.{key}", params), value),))


def repaired(value: Any, how: str, old: str | None, new: str) -> Parsed:
    """A cell that was put right safely: `how` names the repair, `old` and `new` are shown."""
    return Parsed(value, (Note("info", "repair", Say(f"repair.{how}", {"old": old, "new": new}), old),))


def doubtful(parsed: Parsed, key: str, role: Role, value: str | None, **params: Any) -> Parsed:
    """`parsed`, with a warning."""
    return Parsed(parsed.value, (*parsed.notes, Note("warning", role, Say(f"say.{key}", params), value)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A closed list of codes; `labels` beside them may be empty, `in_names` are what stands in file names."""

    codes: tuple[str, ...]
    labels: tuple[str, ...] = ()
    in_names: tuple[str, ...] = ()
    endings: tuple[tuple[str, ...], ...] = ()

    def shown(self) -> tuple[str, ...]:
        """What a drop-down offers: `LABEL (CODE)`, or the code alone."""
        if not self.labels:
            return self.codes
        return tuple(f"{label} ({code})" for code, label in zip(self.codes, self.labels, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the spec declares of a value's form; each kind reads the options that concern it.

    `lengths`: allowed numbers of characters; `characters`: digits, alphanumeric, finess or filename; `pad`: which
    zeros that Excel ate may be put back (any, one, checked, none); `check`: the check digit (siret, finess, rpps);
    `max`: most characters.
    """

    kind: str
    many: bool = False
    lengths: tuple[int, ...] = ()
    characters: str = "digits"
    pad: str = "none"
    check: str | None = None
    max: int | None = None
    choices: Choices = field(default_factory=lambda: Choices(codes=()))


def plain_of(form: Form) -> Callable[[str], object]:
    """What sees at a glance that a text is its own value, with nothing to be said of it: most cells of a month.

    What it does not see the parser reads; a property test holds the one against the other.
    """
    from converter.values import contact, identifier, text

    makers: dict[str, Callable[[Form], Callable[[str], object]]] = {
        "identifier": identifier.plain,
        "text": text.plain,
        "name": text.plain_name,
        "attachment": text.plain,
        "email": contact.plain_address,
        "phone": contact.plain_phone,
    }
    return makers[form.kind](form) if form.kind in makers and not form.many else _never


def _never(_: str) -> bool:
    return False


def parser_of(form: Form) -> Parser:
    """The parser for cells of that form."""
    from converter.values import amount, choice, contact, day, identifier, text, yesno

    makers: dict[str, Callable[[Form], Parser]] = {
        "identifier": identifier.parser,
        "date": day.parser,
        "amount": amount.parser,
        "yesno": yesno.parser,
        "choice": choice.parser,
        "text": text.parser,
        "name": text.name_parser,
        "labels": text.labels_parser,
        "attachment": text.parser,
        "email": contact.email_parser,
        "phone": contact.phone_parser,
    }
    return makers[form.kind](form)

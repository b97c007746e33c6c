"""Numbers of fixed length: SIRET, FINESS, RPPS, AM, the editor's number, the ANS number.

A text must be right as it is, but for spaces and dots; a number may have lost its leading zeros to Excel, which are put
back only where nothing else can have been meant (contract §1).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property

from converter.cells import SPACES_AND_DOTS, Raw, show, trim
from converter.values import FAULTY, Form, Note, Parsed, Parser, doubtful, repaired, wrong
from converter.values.checks import CHECKS
from converter.wording import Say

_CHARACTERS = {
    "digits": r"[0-9]+",
    "alphanumeric": r"[A-Za-z0-9]+",
    "finess": r"[0-9][0-9A-Z][0-9]+",
    "filename": r'[^\s\x00-\x1f\x7f<>:"/\\|?*]+',
}
_SCIENTIFIC = re.compile(r"\s*[+-]?[0-9]+([.,][0-9]*)?[Ee][+-]?[0-9]+\s*")
_DECIMAL = re.compile(r"[0-9]+\.(?:0+|[0-9])")  # 1234.0 is 1234 to Excel, not 12340
_SEPARATORS = re.compile(r"[;,\s\u200b\ufeff]+")
_PLAIN = re.compile(r"[A-Za-z0-9]+")


def parser(form: Form) -> Parser:
    """A parser of one number (value: str), or of a cell that lists several (value: tuple of str or FAULTY)."""
    reader = _Identifier(form)
    return reader.several if form.many else reader.one


def plain(form: Form) -> Callable[[str], object]:
    """Whether a text is one number as it should be."""
    return _Identifier(form).plain


@dataclass(frozen=True)
class _Identifier:
    form: Form

    @cached_property
    def fits(self) -> Callable[[str], object]:
        """Whether a text has the right length and characters."""
        lengths = "|".join(f".{{{length}}}" for length in self.form.lengths)
        return re.compile(rf"(?=(?:{lengths})\Z){_CHARACTERS[self.form.characters]}").fullmatch

    @cached_property
    def plain(self) -> Callable[[str], object]:
        """Whether a text fits and passes, so that there is nothing to be said of it."""
        if self.form.characters == "filename":
            return lambda text: False
        return (lambda text: self.fits(text) and self.passes(text)) if self.form.check else self.fits

    def one(self, raw: Raw) -> Parsed:
        if isinstance(raw, str):
            return self.from_text(raw)
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            return wrong(
                "identifier.kind_date" if isinstance(raw, date) else "identifier.kind",
                show(raw),
                expected=self.expected,
            )
        return self.from_number(raw)

    def several(self, raw: Raw) -> Parsed:
        if not isinstance(raw, str):
            one = self.one(raw)
            return Parsed((one.value,), one.notes)
        parts = parts_of(raw)
        if all(map(self.plain, parts)):
            return Parsed(tuple(parts), self.twice(tuple(parts)))
        read = [self.from_text(part) for part in parts]
        values = tuple(one.value for one in read)
        return Parsed(values, tuple(note for one in read for note in one.notes) + self.twice(values))

    def twice(self, values: tuple[object, ...]) -> tuple[Note, ...]:
        if len(set(values)) == len(values):
            return ()
        doubles = {v: None for i, v in enumerate(values) if v is not FAULTY and v in values[:i]}
        return tuple(Note("error", "twice", Say("say.identifier.twice"), str(v)) for v in doubles)

    def from_text(self, text: str) -> Parsed:
        typed = trim(text)
        if self.fits(typed):
            return self.checked(Parsed(typed) if typed == text else repaired(typed, "trimmed", text, typed))
        bare = trim(SPACES_AND_DOTS.sub("", typed))
        bare = bare.upper() if self.form.characters == "finess" and bare.isascii() else bare
        if _DECIMAL.fullmatch(typed):
            return wrong("identifier.decimals", typed, expected=self.expected)
        if self.fits(bare) and not _SCIENTIFIC.fullmatch(typed):
            return self.checked(repaired(bare, "identifier", text, bare))
        return self.refused(bare, typed)

    def from_number(self, number: float) -> Parsed:
        shown = show(number)
        if (isinstance(number, float) and not number.is_integer()) or number < 0:
            return wrong("identifier.decimals", shown, expected=self.expected)
        digits = str(int(number))
        if self.fits(digits):
            return self.checked(repaired(digits, "number", shown, digits))
        padded = self.padded(digits)
        if padded:
            return self.checked(repaired(padded, "zeros", shown, padded))
        return self.refused(digits, digits)

    def padded(self, digits: str) -> str | None:
        """`digits` with the zeros that Excel ate, None where that would be a guess."""
        length = self.form.lengths[0]
        longer = digits.zfill(length)
        if len(digits) >= length or not self.fits(longer):
            return None
        allowed = {
            "any": True,
            "one": len(digits) == length - 1,
            "checked": int(digits) > 0 and self.passes(longer),
        }
        return longer if allowed.get(self.form.pad, False) else None

    @cached_property
    def passes(self) -> Callable[[str], bool]:
        """Whether a text that fits has the right check digit."""
        return CHECKS[self.form.check] if self.form.check else lambda text: True

    def checked(self, parsed: Parsed) -> Parsed:
        """`parsed` with a warning where its check digit is wrong or its characters are unusual."""
        value = parsed.value
        if not self.passes(value):
            parsed = doubtful(parsed, f"identifier.check_{self.form.check}", "check", value)
        if self.form.characters == "filename" and not _PLAIN.fullmatch(value):
            parsed = doubtful(parsed, "identifier.unusual", "form", value)
        return parsed

    def refused(self, bare: str, typed: str) -> Parsed:
        expected = self.expected
        if _SCIENTIFIC.fullmatch(typed):
            return wrong("identifier.scientific", typed, expected=expected)
        if self.form.check == "rpps" and re.fullmatch(r"8[0-9]{11}", bare):
            return wrong("identifier.rpps_prefixed", typed, expected=expected, without=bare[1:])
        if len(bare) not in self.form.lengths:
            return wrong("identifier.length", typed, expected=expected, count=len(bare))
        return wrong("identifier.characters", typed, expected=expected)

    @cached_property
    def expected(self) -> Say:
        """The form in words, for example "14 digits"."""
        lengths = tuple(str(n) for n in self.form.lengths)
        count = Say("word.or", {"one": lengths[0], "other": lengths[-1]}) if len(lengths) > 1 else lengths[0]
        one = Say(f"expected.{self.form.characters}", {"count": count})
        return Say("expected.several", {"one": one}) if self.form.many else one


def parts_of(text: str) -> list[str]:
    """The numbers that a cell lists, as they are typed.

    >>> parts_of("750012346; 2a0000014")
    ['750012346', '2a0000014']
    """
    return [part for part in _SEPARATORS.split(text) if part]


def repaired_key(raw: Raw, form: Form) -> Parsed:
    """A cell that is a row's key read as the identifier it is (contract §1: 1 is 00001); FAULTY where it is none."""
    return _of_one(form)(raw)


@cache
def _of_one(form: Form) -> Parser:
    return parser(replace(form, many=False))

"""E-mail addresses and telephone numbers: taken as typed, with a warning where the form is not a usual one.

Most of a month's numbers and addresses have the plainest of forms. Those are recognised here, from the library's own
tables for telephones; the libraries judge the rest. A property test holds the short way against the long one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from converter.cells import Raw, show, trim
from converter.values import Form, Parsed, Parser, doubtful, repaired
from converter.values.text import at_most, bounded

# France and the territories that number like it; each has its own table in the library.
_REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF")
_NATIONAL = re.compile(r"0[1-9](?:[ .\-\u00a0]?[0-9]{2}){4}")
_NO_DIGIT = re.compile(r"[^0-9]")
_LENGTH_WITHOUT_ZERO = 9
_PLAIN_ADDRESS = re.compile(
    r"[A-Za-z0-9_+-]{1,30}(?:\.[A-Za-z0-9_+-]{1,30})?@[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\.(?:fr|com|net|org|eu)"
)


def plain_address(form: Form) -> Callable[[str], object]:
    """Whether an address is of the plainest form."""
    return re.compile(rf"{at_most(form)}(?!.*--){_PLAIN_ADDRESS.pattern}").fullmatch


def plain_phone(form: Form) -> Callable[[str], object]:
    """Whether a telephone number is written as most are, and is one of France."""
    bound = re.compile(at_most(form)).match
    return lambda text: bound(text) and _NATIONAL.fullmatch(text) and _is_national(text)


def email_parser(form: Form) -> Parser:
    """A parser of e-mail addresses (value: str); never asks the network."""

    def parse(raw: Raw) -> Parsed:
        fits = bounded(trim(show(raw) or ""), form)
        if fits.notes or is_address(fits.value):
            return fits
        return doubtful(fits, "email.form", "form", fits.value)

    return parse


def is_address(text: str) -> bool:
    """Whether `text` has the form of an e-mail address."""
    if _PLAIN_ADDRESS.fullmatch(text) and "--" not in text:
        return True
    return is_address_at_length(text)


def is_address_at_length(text: str) -> bool:
    """`is_address` by the library alone."""
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def phone_parser(form: Form) -> Parser:
    """A parser of telephone numbers (value: str, as typed); a number that lost its 0 to Excel gets it back."""

    def parse(raw: Raw) -> Parsed:
        text = trim(show(raw) or "")
        lost_zero = not isinstance(raw, str) and len(text) == _LENGTH_WITHOUT_ZERO and text.isdigit() and text[0] != "0"
        fits = repaired(f"0{text}", "zeros", text, f"0{text}") if lost_zero else bounded(text, form)
        if any(note.severity == "error" for note in fits.notes) or is_french(fits.value):
            return fits
        return doubtful(fits, "phone.form", "form", fits.value)

    return parse


def is_french(text: str) -> bool:
    """Whether `text` is a telephone number of France, its overseas territories included."""
    if _NATIONAL.fullmatch(text):
        return _is_national(text)
    return is_french_at_length(text)


def is_french_at_length(text: str) -> bool:
    """`is_french` by the library alone."""
    import phonenumbers

    for region in _REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number) and phonenumbers.region_code_for_number(number) in _REGIONS:
            return True
    return False


def _is_national(text: str) -> bool:
    return bool(_national_pattern().fullmatch(_NO_DIGIT.sub("", text)[1:]))


@cache
def _national_pattern() -> re.Pattern[str]:
    """The library's patterns of national numbers (9 digits, without the 0), for each region that dials a 0."""
    from phonenumbers import PhoneMetadata

    found = []
    for region in _REGIONS:
        data = PhoneMetadata.metadata_for_region(region)
        if data is None or data.national_prefix != "0":
            continue
        kinds = [data.fixed_line, data.mobile, data.toll_free, data.premium_rate, data.shared_cost]
        kinds += [data.personal_number, data.voip, data.pager, data.uan, data.voicemail]
        found += [kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern]
    return re.compile("|".join(f"(?:{one})" for one in dict.fromkeys(found)))

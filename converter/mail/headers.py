"""What headers say, put into words: encoded words, bytes in no declared alphabet, names of files, addresses."""

from __future__ import annotations

import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value, getaddresses
from typing import Any

_MOST_NAME = 100  # bytes of a file's name: with its folders it must fit into what Windows takes
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
_MOST_ADDRESS = 254
_OURS = "xl2json.toml"  # settings are never taken from a message
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_COMMENT = r"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*+\))*+\)"  # one within another at most
_BRACKETS = rf"<(?:[^\"()<>\\]|{_QUOTED}|{_COMMENT})*+>"
_CLOSED = re.compile(rf"(?s:[^\"(<>]|{_QUOTED}|{_COMMENT}|{_BRACKETS})*+")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")


def header(part: Message[Any, Any], name: str) -> str | None:
    """A header's value in one line of readable text; None where there is none."""
    value = part.get(name)
    return None if value is None else words(value)


def words(value: str) -> str:
    """A header's value in one line of readable text (RFC 2047)."""
    text = plain(value)
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError, LookupError):
        parts = [(text, None)]
    decoded = "".join(part if isinstance(part, str) else _decoded(part, charset) for part, charset in parts)
    return " ".join(readable(decoded).split())


def plain(value: str) -> str:
    """`value`, its bytes of no declared alphabet read as UTF-8 or else as Windows reads them."""
    try:
        raw = value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = value.encode("utf-8", "replace")
    return text_of(raw)


def text_of(raw: bytes, charset: str | None = None) -> str:
    """`raw` as text: in its declared alphabet, UTF-8 or cp1252."""
    for one in (charset, "utf-8"):
        try:
            return raw.decode(one or "utf-8")
        except (LookupError, ValueError):  # unknown, or the bytes are of another one
            continue
    return raw.decode("cp1252", "replace")


def _decoded(raw: bytes, charset: str | None) -> str:
    """A piece of a header; what is between encoded words comes as Python writes it."""
    return raw.decode("raw-unicode-escape", "replace") if charset is None else text_of(raw, charset)


def readable(text: str) -> str:
    """`text` in NFC, without signs that are invisible or turn the direction of reading; white space stays."""
    kept = (sign for sign in text if sign.isspace() or not unicodedata.category(sign).startswith("C"))
    return unicodedata.normalize("NFC", "".join(kept))


def file_name(part: Message[Any, Any]) -> str:
    """The name of an attachment (RFC 2231, RFC 2047, or neither), safe as a file's; "" where it has none."""
    for name, parameter in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        try:
            value = part.get_param(parameter, None, name)
            text = collapse_rfc2231_value(value, errors="replace") if value is not None else ""
        except (LookupError, TypeError, ValueError, IndexError):
            continue
        if text:
            return safe_name(words(text))
    return ""


def safe_name(text: str) -> str:
    """`text` as a file's name that nothing takes for a path, a device, or a file of ours; "" where nothing is left."""
    last = re.split(r"[/\\]", readable(text))[-1]
    name = " ".join(_FORBIDDEN.sub("_", last).split()).rstrip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 16:
        stem, ending = name, ""
    room = _MOST_NAME - len(f"{dot}{ending}".encode()) if ending else _MOST_NAME
    stem = stem.encode("utf-8", "ignore")[:room].decode("utf-8", "ignore").rstrip(" .")
    finished = f"{stem}.{ending}" if ending else stem
    if finished.startswith(".") or _RESERVED.match(finished) or finished.casefold() == _OURS:
        return f"_{finished.lstrip('.')}"
    return finished


def address(value: str | None) -> tuple[str | None, str | None]:
    """The one address that a header names, its domain in lower case, and the name before it; None for what is none, or
    where quotes, comments or brackets do not close: others may read another address there than we do.
    """
    written = plain(value or "")
    if not _CLOSED.fullmatch(written):
        return None, None
    try:
        found = [one for one in getaddresses([written]) if one != ("", "")]
    except (ValueError, IndexError, TypeError, RecursionError):
        return None, None
    if len(found) != 1:
        return None, None
    name, text = found[0]
    local, _, domain = text.rpartition("@")
    domain = domain.lower().rstrip(".")
    fits = len(text) <= _MOST_ADDRESS and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)
    return (f"{local}@{domain}" if fits else None), (words(name)[:100] or None)

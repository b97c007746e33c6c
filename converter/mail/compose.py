"""A draft as bytes: what every mail program opens as a message yet to be sent. The same words give the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.charset import QP, Charset
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import formataddr
from typing import Any, cast

from converter.mail.headers import readable

_KINDS = {
    ".json": "json",
    ".zip": "zip",
    ".xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsm": "vnd.ms-excel.sheet.macroEnabled.12",
}
_LINE = 76


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """A file that goes along."""

    name: str
    content: bytes = field(repr=False)

    @property
    def travelling(self) -> int:
        """How many bytes it is on its way (base64, in lines)."""
        signs = (len(self.content) + 2) // 3 * 4
        return signs + 2 * (signs // _LINE + 1) + _OF_A_PART


_OF_A_PART = 500  # its own headers, generously


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a draft says. `answers` and `references` are ids without brackets; it is left to the program that opens it
    to say from whom it comes, and when.
    """

    to: str
    name: str | None
    subject: str
    text: str
    html: str
    lang: str
    answers: str | None = None
    references: tuple[str, ...] = ()


def compose(letter: Letter, enclosed: Sequence[Enclosed] = ()) -> bytes:
    """The draft, with lines as they travel."""
    seed = hashlib.sha256(f"{letter.answers} {letter.to} {letter.subject} {letter.text}".encode()).hexdigest()[:24]
    body = MIMEMultipart("alternative", boundary=f"=_{seed}_2")
    for kind, text in (("plain", letter.text), ("html", letter.html)):
        body.attach(MIMEText(text, kind, cast("str", _utf8())))
    message: Any = MIMEMultipart("mixed", boundary=f"=_{seed}_1")
    for name, value in _headers(letter):
        message[name] = value
    message.attach(body)
    for one in enclosed:
        message.attach(_part(one))
    made: bytes = message.as_bytes(policy=compat32.clone(linesep="\r\n"))
    return made


def _headers(letter: Letter) -> list[tuple[str, str | Header]]:
    headers: list[tuple[str, str | Header]] = [
        ("X-Unsent", "1"),
        ("To", _receiver(letter)),
        ("Subject", Header(_line(letter.subject), "utf-8", header_name="Subject")),
        ("Content-Language", letter.lang),
    ]
    if letter.answers:
        thread = dict.fromkeys((*letter.references, letter.answers))
        headers.append(("In-Reply-To", f"<{letter.answers}>"))
        headers.append(("References", " ".join(f"<{one}>" for one in thread)))
    return headers


def _receiver(letter: Letter) -> str | Header:
    name = _line(letter.name or "")
    if name.isascii():
        return formataddr((name, letter.to))
    value = Header(name, "utf-8", header_name="To")
    value.append(f"<{letter.to}>", "us-ascii")
    return value


def _line(text: str) -> str:
    return " ".join(readable(text).split())


def _utf8() -> Charset:
    """UTF-8 that a person who looks into the file can read."""
    charset = Charset("utf-8")
    charset.body_encoding = QP
    return charset


def _part(enclosed: Enclosed) -> MIMEApplication:
    ending = enclosed.name[enclosed.name.rfind(".") :].lower()
    part = MIMEApplication(enclosed.content, _KINDS.get(ending, "octet-stream"))
    name = enclosed.name if enclosed.name.isascii() else ("utf-8", "", enclosed.name)
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part

"""Messages for tests: who writes, and what comes along.

content = a_letter({"orders.xlsx": a_workbook(a_book()), "CMD-1.pdf": PDF}, subject="Commandes")
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path

from tests.books import PDF, Book, a_book, write

SENDER = "Marie Dupont <marie@vendeur.example>"
TEXT = "Bonjour,\n\nVeuillez trouver nos commandes ci-joint.\n\nMerci\n"
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def a_workbook(book: Book | None = None) -> bytes:
    """A workbook's bytes: one that is sound, where none is given; each time the same, though Excel's have a date."""
    if book is None:
        return _sound_workbook()
    with tempfile.TemporaryDirectory() as folder:
        return write(Path(folder), book, pieces=False).read_bytes()


@cache
def _sound_workbook() -> bytes:
    return a_workbook(a_book())


def sound() -> dict[str, bytes]:
    """What a sound message carries."""
    return {"orders.xlsx": a_workbook(), "CMD-1.pdf": PDF}


def a_letter(files: dict[str, bytes] | None = None, *, text: str = TEXT, **headers: str) -> bytes:
    """A message with these files; headers' names with `_` for `-`."""
    return letter(files, text=text, **headers).as_bytes(policy=SMTP)


def letter(files: dict[str, bytes] | None = None, *, text: str = TEXT, **headers: str) -> EmailMessage:
    """The same, to be changed before it travels."""
    message = EmailMessage()
    standard = {
        "From": SENDER,
        "To": "depots@vendeur.example",
        "Subject": "Commandes",
        "Message_ID": "<1@vendeur.example>",
    }
    standard["Date"] = "Mon, 29 Nov 2021 09:12:44 +0100"
    for name, value in {**standard, **headers}.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def a_zip(files: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", kind) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)  # of no time
            info.compress_type = kind
            archive.writestr(info, content)
    return made.getvalue()


def raw(*parts: str, headers: str = "") -> bytes:
    """A message of these parts, each with its own headers, as hostile or old programs write them."""
    head = f"From: {SENDER}\nMessage-ID: <1@vendeur.example>\n{headers}MIME-Version: 1.0\n"
    body = "".join(f"--b\n{part}\n" for part in parts)
    return f'{head}Content-Type: multipart/mixed; boundary="b"\n\n{body}--b--\n'.encode("utf-8", "surrogateescape")

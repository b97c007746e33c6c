"""What a message carries, and what is left out of it."""

from __future__ import annotations

import base64
import zipfile
from email.message import EmailMessage

import pytest

from converter.mail import unpack
from converter.mail.headers import safe_name
from converter.mail.message import Message, read_message
from tests.books import PDF
from tests.mail.letters import a_letter, a_zip, letter, raw

DATA = base64.b64encode(PDF).decode()


def names(content: bytes) -> list[str]:
    return [one.name for one in read_message(content).attachments]


def troubles(message: Message) -> list[str]:
    return [one.key.removeprefix("mail.trouble.") for one in message.troubles]


def part(disposition: str, kind: str = "application/octet-stream") -> str:
    return f"Content-Type: {kind}\nContent-Transfer-Encoding: base64\nContent-Disposition: {disposition}\n\n{DATA}"


@pytest.mark.parametrize(
    "disposition",
    ["attachment; filename=\"=?utf-8?q?Bon_sign=C3=A9.pdf?=\"", "attachment; filename*=utf-8''Bon%20sign%C3%A9.pdf",
     "attachment; filename*=iso-8859-1'fr'Bon%20sign%E9.pdf", "attachment; filename*0*=utf-8''Bon%20; filename*1*=sign%C3%A9; filename*2=.pdf",
     "attachment; filename=\"=?iso-8859-1?b?Qm9uIHNpZ27pLnBkZg==?=\"", "attachment; filename=\"Bon signé.pdf\"",
     "attachment; filename=\"Bon signe\u0301.pdf\"", "attachment; filename=\"C:\\\\scans\\\\Bon signé.pdf\"",
     "inline; filename=\"../../Bon signé.pdf\""],
)  # fmt: skip
def test_a_name_is_read_however_it_was_written(disposition: str) -> None:
    (one,) = read_message(raw(part(disposition))).attachments
    assert (one.name, one.content) == ("Bon signé.pdf", PDF)


def test_a_name_in_cp1252_is_read_too() -> None:
    content = raw(part('attachment; filename="Bon sign@.pdf"')).replace(b"sign@", "signé".encode("cp1252"))
    assert names(content) == ["Bon signé.pdf"]


def test_the_name_may_stand_in_the_content_type_alone() -> None:
    assert names(raw(part("attachment", "application/pdf; name=bon.pdf"))) == ["bon.pdf"]


def test_what_has_no_name_is_called_by_its_kind() -> None:
    assert names(raw(part("attachment", "application/pdf"))) == ["piece.pdf"]


def test_a_name_in_many_pieces_is_read() -> None:
    pieces = "".join(f"; filename*{n}=bon-{n}-" for n in range(10))
    assert names(raw(part(f"attachment; size=1{pieces}; filename*10=x.pdf"))) == [
        "".join(f"bon-{n}-" for n in range(10)) + "x.pdf"
    ]


@pytest.mark.parametrize(
    ("name", "safe"),
    [("../../etc/passwd", "passwd"), ("/etc/cron.d/x", "x"), ("C:\\Windows\\x.exe", "x.exe"), ("..", ""), (".", ""), ("", ""),
     (".bashrc", "_bashrc"), ("a\x00b.pdf", "ab.pdf"), ("a\nb\t.pdf", "a b.pdf"), ("CON", "_CON"), ("nul.txt", "_nul.txt"),
     ("COM1.pdf", "_COM1.pdf"), ("com¹.x", "_com¹.x"), ("a:b?.pdf", "a_b_.pdf"), ("x.pdf. . ", "x.pdf"), ("\u202egnp.exe", "gnp.exe"),
     ("xl2json.toml", "_xl2json.toml"), ("XL2JSON.TOML", "_XL2JSON.TOML"), ("...", ""), ("a/", "")],
)  # fmt: skip
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_long_name_is_cut_and_keeps_its_ending() -> None:
    name = safe_name("é" * 500 + ".xlsx")
    assert len(name.encode()) <= 100
    assert name.endswith("é.xlsx")


def test_a_forwarded_message_gives_its_files() -> None:
    outer = letter(text="Pour vous")
    outer.add_attachment(letter({"orders.xlsx": b"x", "CMD-1.pdf": PDF}))
    assert names(outer.as_bytes()) == ["orders.xlsx", "CMD-1.pdf"]


def test_a_message_that_came_as_a_file_gives_its_files() -> None:
    inner = a_letter({"orders.xlsx": b"x"})
    assert names(a_letter({"Commandes.eml": inner, "CMD-1.pdf": PDF})) == ["orders.xlsx", "CMD-1.pdf"]


def test_a_machines_answer_that_is_sent_back_gives_nothing() -> None:
    ours = letter({"orders.xlsx": b"x"}, Auto_Submitted="auto-replied")
    outer = letter(text="Je suis absente")
    outer.add_attachment(ours)
    assert names(outer.as_bytes()) == []
    assert names(a_letter({"x.eml": ours.as_bytes()})) == []


def test_messages_within_messages_end_somewhere() -> None:
    content = a_letter({"orders.xlsx": b"x"})
    for _ in range(8):
        content = a_letter({"inner.eml": content})
    message = read_message(content)
    assert (message.attachments, troubles(message)) == ((), ["deep"])


def test_winmail_is_refused_with_a_sentence() -> None:
    message = read_message(a_letter({"winmail.dat": b"x"}))
    assert (message.attachments, troubles(message)) == ((), ["winmail"])
    assert troubles(read_message(raw(part("attachment", "application/ms-tnef")))) == ["winmail"]


def test_pictures_of_the_text_are_ignored_and_attached_ones_are_not() -> None:
    html = EmailMessage()
    html.set_content('<img src="cid:1">', subtype="html")
    html.add_related(b"\x89PNG", "image", "png", cid="<1>", filename="image001.png", disposition="inline")
    html.make_mixed()
    html.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="bon.jpg")
    assert names(html.as_bytes()) == ["bon.jpg"]


def test_a_zip_is_unpacked_without_its_folders_and_by_the_ways() -> None:
    files = {
        "bons/CMD-1.pdf": PDF,
        "__MACOSX/._CMD-1.pdf": b"x",
        "~$orders.xlsx": b"x",
        "orders.xlsx": b"x",
        ".DS_Store": b"x",
    }
    assert sorted(names(a_letter({"tout.zip": a_zip(files)}))) == ["CMD-1.pdf", "orders.xlsx"]


@pytest.mark.parametrize("name", ["../../evil.pdf", "/root/evil.pdf", "..\\..\\evil.pdf", "C:\\evil.pdf"])
def test_a_zips_paths_lead_nowhere(name: str) -> None:
    assert names(a_letter({"tout.zip": a_zip({name: PDF})})) == ["evil.pdf"]


def test_a_zip_within_a_zip_is_refused() -> None:
    message = read_message(a_letter({"a.zip": a_zip({"b.zip": a_zip({"x.pdf": PDF}), "y.pdf": PDF})}))
    assert ([one.name for one in message.attachments], troubles(message)) == (["y.pdf"], ["zip_in_zip"])


@pytest.mark.parametrize("content", [b"PK\x03\x04 cut short", b"nothing of a zip", a_zip({"x.pdf": b"0" * 50_000_000}),
                                     a_zip({"x.pdf": PDF}, zipfile.ZIP_LZMA), a_zip({"x.pdf": PDF * 9}).replace(PDF[:20], b"?" * 20)[:-9]])  # fmt: skip
def test_what_does_not_open_as_an_ordinary_zip_is_refused(content: bytes) -> None:
    message = read_message(a_letter({"a.zip": content}))
    assert (message.attachments, troubles(message)) == ((), ["bad_zip"])


def test_a_zip_that_lies_about_sizes_is_refused() -> None:
    honest = a_zip({"x.pdf": PDF * 1000})
    at = honest.rindex(b"PK\x01\x02") + 24
    lying = honest[:at] + (10).to_bytes(4, "little") + honest[at + 4 :]
    message = read_message(a_letter({"a.zip": lying}))
    assert (message.attachments, troubles(message)) == ((), ["bad_zip"])


def test_a_locked_zip_says_so() -> None:
    locked = bytearray(a_zip({"x.pdf": PDF}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    assert troubles(read_message(a_letter({"a.zip": bytes(locked)}))) == ["locked_zip"]


def test_what_is_unpacked_is_bounded_before_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MOST_UNPACKED", 1_000_000)
    scans = a_zip({f"{n}.pdf": bytes(range(256)) * 2000 for n in range(3)}, zipfile.ZIP_STORED)
    message = read_message(a_letter({"orders.xlsx": b"x", "a.zip": scans}))
    assert ([one.name for one in message.attachments], troubles(message)) == (["orders.xlsx"], ["unpacked"])


def test_the_number_of_files_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MOST_FILES", 3)
    message = read_message(a_letter({f"{n}.pdf": PDF + bytes([n]) for n in range(5)}))
    assert (len(message.attachments), troubles(message)) == (3, ["many"])
    assert troubles(read_message(a_letter({"a.zip": a_zip({f"{n}.pdf": PDF for n in range(9)})}))) == ["many"]


def test_two_different_files_of_one_name_are_neither() -> None:
    files = [letter({"CMD-1.pdf": PDF}), letter({"cmd-1.PDF": PDF + b"x", "CMD-1 (1).pdf": b"y"})]
    outer = letter()
    for one in files:
        outer.add_attachment(one)
    message = read_message(outer.as_bytes())
    assert sorted(one.name for one in message.attachments) == ["CMD-1 (1).pdf", "CMD-1 (2).pdf", "cmd-1 (3).PDF"]
    assert troubles(message) == ["same_name"]


def test_of_two_workbooks_of_one_name_there_is_nothing_to_tell() -> None:
    """Both are read: none is taken for what another one names."""
    outer = letter({"orders.xlsx": b"one"})
    outer.add_attachment(letter({"Orders.XLSX": b"two"}))
    message = read_message(outer.as_bytes())
    assert [(one.name, one.content) for one in message.attachments] == [
        ("orders (1).xlsx", b"one"),
        ("Orders (2).XLSX", b"two"),
    ]
    assert message.troubles == ()


def test_the_same_file_twice_is_one() -> None:
    outer = letter({"CMD-1.pdf": PDF})
    outer.add_attachment(letter({"CMD-1.pdf": PDF}))
    message = read_message(outer.as_bytes())
    assert ([one.name for one in message.attachments], message.troubles) == (["CMD-1.pdf"], ())

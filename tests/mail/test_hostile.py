"""Hostile mail does no harm: no traceback, no endless loop, no byte outside the message's own folder."""

from __future__ import annotations

import random
import re
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

import pytest

from converter.jobs import mail
from converter.mail.message import read_message
from tests.books import PDF
from tests.mail.conftest import Desk
from tests.mail.letters import a_letter, a_zip, letter, raw
from tests.mail.outlook import a_msg, storage

BOOK = Path(__file__).parents[2] / "sample_workbooks" / "radio_2000" / "radio_2000.xlsx"
MESSAGES = 2000
SECONDS = 20.0
"""Of one message, on a machine that has other things to do."""

TOKENS = (
    b"../", b"..\\", b"/etc/passwd", b"C:\\", b"\x00", b"CON.pdf", b"=?utf-8?b?////?=", b"=?x-unknown?q?=FF?=", b"=?utf-7?q?+AC8-?=",
    b"boundary=", b'boundary="b"', b"--b\r\n", b"--b--\r\n", b"\r\n\r\n", b"\r", b";", b'"', b"filename*0*=utf-8''%2e%2e%2f", b"filename*=x''%",
    b"filename*99999999999999999999*=a", b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n\r\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n", b"Content-Transfer-Encoding: base64\r\n", b"charset=punycode", b"charset=idna", b"charset=\x00",
    b"name=xl2json.toml", b"From: a@x.fr\r\n", b"Reply-To: b@x.fr\r\n", b"\xff\xfe", "\u202e".encode(), b"begin 644 ../../x\r\n", b"PK\x03\x04", b"PK\x01\x02",
)  # fmt: skip


def seeds() -> list[bytes]:
    """Messages as they come, each built in another way; the same in each run."""
    random.seed(6)  # boundaries are made of it
    sound = {"orders.xlsx": BOOK.read_bytes(), "CMD-1.pdf": PDF}
    forwarded = letter(text="Pour vous")
    forwarded.add_attachment(letter(sound))
    hostile_zip = a_zip({"../../a.pdf": PDF, "b/c.pdf": PDF, "orders.xlsx": sound["orders.xlsx"]})
    part = "Content-Type: application/pdf; name*0=\"../\"; name*1=a.pdf\nContent-Disposition: attachment; filename*=utf-8''%2Fetc%2Fx.pdf\n\n%PDF"
    return [
        a_letter(sound),
        a_letter({"tout.zip": hostile_zip}),
        forwarded.as_bytes(),
        a_letter({"x.msg": a_msg({"a.pdf": PDF}, inner=storage({"b.pdf": PDF})), "x.eml": a_letter({"c.pdf": PDF})}),
        raw(part, part, "Content-Type: text/plain; charset=cp1252\n\nBonjour é"),
        raw(part, headers="List-Id: <x>\nReferences: <a@x> <b@x>\nReply-To: c@vendeur.example\n"),
    ]


def mutated(whole: bytes, others: list[bytes], dice: random.Random) -> bytes:
    """Some of it changed, in ways from a single bit to half of another message."""
    content = bytearray(whole)
    for _ in range(dice.choice((1, 1, 2, 4, 12, 40))):
        at = dice.randrange(len(content) + 1)
        near_the_top = dice.randrange(min(len(content), 1500) + 1)
        match dice.randrange(8):
            case 0 if at < len(content):
                content[at] ^= 1 << dice.randrange(8)
            case 1:
                content[near_the_top:near_the_top] = dice.choice(TOKENS)
            case 2:
                content[near_the_top : near_the_top + dice.randrange(1, 40)] = dice.choice(TOKENS)
            case 3:
                del content[at : at + dice.randrange(1, 200)]
            case 4:
                content[at:at] = content[near_the_top : near_the_top + dice.randrange(1, 2000)]
            case 5:
                other = dice.choice(others)
                content[at : at + 300] = other[: dice.randrange(len(other))]
            case 6:
                content[near_the_top:near_the_top] = dice.choice(TOKENS) * dice.randrange(1, 400)
            case _:
                content[at:at] = dice.choice(TOKENS)
    return bytes(content[: dice.randrange(len(content) + 1)] if dice.random() < 0.1 else content)


def corpus() -> Iterator[bytes]:
    dice, whole = random.Random(20211130), seeds()  # noqa: S311
    for number in range(MESSAGES):
        yield mutated(whole[number % len(whole)], whole, dice)


def is_safe(name: str) -> bool:
    """Whether a file of that name stays in its folder, on any system."""
    windows = PureWindowsPath(name)
    return (
        0 < len(name.encode()) <= 120
        and name == unicodedata.normalize("NFC", name)
        and name == windows.name == name.rpartition("/")[2]
        and not windows.is_reserved()
        and not windows.drive
        and not name.startswith(".")
        and name.rstrip(" .") == name
        and name.isprintable()
        and name.casefold() != "xl2json.toml"
    )


def test_thousands_of_mutated_messages_do_no_harm(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the conversion, which is the same for files from anywhere, and has its own tests."""
    monkeypatch.setattr(mail, "_converted", lambda *_: None)
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "canary").write_bytes(b"x")
    slowest, count, taken_in = 0.0, 0, 0
    for content in corpus():
        began = time.process_time()
        handled = desk(content, again=True)
        slowest = max(slowest, time.process_time() - began)
        count += 1
        message = read_message(content)
        names = [one.name for one in message.attachments]
        assert all(map(is_safe, names)), names
        assert len({name.casefold() for name in names}) == len(names)
        assert message.sender is None or (message.sender.isascii() and message.sender.isprintable())
        if handled.folder is not None:
            taken_in += 1
            assert handled.folder.parent == tmp_path / "depot"
            inside = {path.relative_to(handled.folder).parts[0] for path in handled.folder.rglob("*")}
            assert all(name == "reçu" or re.fullmatch(r"reponse(-[0-9]+)?\.eml", name) for name in inside)
            assert (handled.draft is None) == (handled.unanswered is not None)
    assert (count, slowest < SECONDS) == (MESSAGES, True)
    assert taken_in > MESSAGES // 3
    assert {path.name for path in tmp_path.iterdir()} == {"beside", "depot", "ledger.sqlite"}
    assert [path.name for path in (tmp_path / "beside").iterdir()] == ["canary"]


def test_the_corpus_is_the_same_in_each_run() -> None:
    first, second = ([next(some) for _ in range(20)] for some in (corpus(), corpus()))
    assert first == second


def test_some_of_them_go_the_whole_way(desk: Desk, tmp_path: Path) -> None:
    for number, content in enumerate(corpus()):
        if number % 120 == 0:
            assert desk(content, again=True).bugs == ()
    assert {path.name for path in tmp_path.iterdir()} <= {"depot", "ledger.sqlite"}


def nested(depth: int) -> bytes:
    heads = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    return f"From: a@x.fr\n{heads}text\n".encode()


def below_all(heads: bytes, count: int) -> bytes:
    """A message of so many parts with these headers."""
    head = b"From: a@x.fr\nContent-Type: multipart/mixed; boundary=b\n\n"
    return head + (b"--b\n" + heads + b"\n\nx\n") * count + b"--b--\n"


SLOW = {
    "a header of a million quotes": b'From: a@x.fr\nContent-Type: multipart/mixed; x="'
    + b'";' * 500_000
    + b"; boundary=b\n\n--b\n",
    "a header of a million lines": b"From: a@x.fr\nSubject: x\n" + b" y\n" * 300_000 + b"\n",
    "many headers": b"From: a@x.fr\n" + b"X: y\n" * 200_000 + b"\n",
    "many encoded words": b"From: a@x.fr\nSubject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\n",
    "many addresses": b"From: " + b"a@x.fr, " * 100_000 + b"\n\n",
    "many brackets": b"From: " + b"(" * 100_000 + b"<" * 100_000 + b"\n\n",
    "a long address": b"From: " + b"a." * 2000 + b"@" + b"x" * 2000 + b"\n\n",
    "many references": b"From: a@x.fr\nReferences: " + b"<" * 100_000 + b"<a@x> " * 100_000 + b"\n\n",
    "many pieces of a name": b"From: a@x.fr\nContent-Disposition: attachment"
    + b"".join(b"; filename*%d*=a" % n for n in range(20_000))
    + b"\n\nx",
    "many marks in the headers of many parts": below_all(
        b"Content-Type: application/pdf; " + b";" * 3900 + b"\nContent-Disposition: attachment; " + b'";' * 1900, 1900
    ),
    "many parts that say they have parts": below_all(b"Content-Type: multipart/mixed; " + b'";' * 1900, 7000),
    "messages within messages": b"From: a@x.fr\n" + b"Content-Type: message/rfc822\n\n" * 20_000,
    "parts within parts": nested(400),
    "more parts within parts": nested(20_000),
    "many parts": b"From: a@x.fr\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 300_000,
    "only line ends": b"From: a@x.fr\n\n" + b"\n" * 12_000_000,
    "only carriage returns": b"From: a@x.fr\nContent-Type: multipart/mixed; boundary=b\n\n" + b"\r" * 8_000_000,
    "many tags": b"From: a@x.fr\nContent-Type: text/html\n\n" + b"<style" * 200_000,
    "a zip's directory without end": a_letter({"a.zip": a_zip({"x": b"x"}) + b"PK\x01\x02" * 100_000}),
    "uuencoded": b"From: a@x.fr\nContent-Transfer-Encoding: x-uuencode\nContent-Disposition: attachment; filename=a.pdf\n\nbegin 644 a\n"
    + b"M" * 3_000_000,
}


@pytest.mark.parametrize("content", SLOW.values(), ids=SLOW)
def test_what_is_built_to_take_for_ever_does_not(content: bytes) -> None:
    began = time.process_time()
    read_message(content)
    assert time.process_time() - began < SECONDS


def below(part: bytes) -> bytes:
    """A message whose only part is `part`."""
    return b"From: a@x.fr\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" + part + b"\n\nx\n--b--\n"


INVOLVED = {
    "headers by millions": b"From: a@x.fr\n" + b"X: y\n" * 4_000_000 + b"\nx",
    "a header of millions of lines": b"From: a@x.fr\nSubject: x\n" + b" y\n" * 4_000_000 + b"\nx",
    "headers without end": b"From: a@x.fr\nSubject: " + b"x" * 2_000_000,
    "headers by millions, ended as no system does": b"From: a@x.fr\r" + b"X: y\r" * 4_000_000 + b"\rx",
    "a part's headers by millions": below(b"X: y\n" * 4_000_000),
    "a part's headers by hundreds of thousands": below(b"X: y\n" * 200_000),
    "a part's header of millions of lines": below(b"Subject: x\n" + b" y\n" * 4_000_000),
    "a part's header of hundreds of thousands of lines": below(b"Subject: x\n" + b" y\n" * 1_000_000),
    "a message's headers within a message": below(
        b"Content-Type: message/rfc822\n\nFrom: b@x.fr\n" + b"X: y\n" * 200_000
    ),
    "some headers in each of many parts": below(b"\n--b\n".join([b"X: y\n" * 300 + b"\nx"] * 1000)),
    "parts by hundreds of thousands": below(b"\n--b\n".join([b"\nx"] * 200_000)),
    "lines by millions": b"From: a@x.fr\n\n" + b"ab\n" * 4_000_000,
}


@pytest.mark.parametrize("content", INVOLVED.values(), ids=INVOLVED)
def test_what_is_too_involved_is_not_taken_in_and_is_answered(content: bytes) -> None:
    message = read_message(content)
    assert [one.key for one in message.troubles] == ["mail.trouble.involved"]
    assert (message.sender, message.attachments) == ("a@x.fr", ())


def test_messages_within_a_message_have_no_more_headers_all_together() -> None:
    inner = b"From: a@x.fr\n" + b"X: y\n" * 30_000 + b"\nx"
    message = read_message(a_letter({f"{n}.eml": inner for n in range(8)}))
    told = [(one.key, one.params["name"]) for one in message.troubles]
    assert told == [("mail.trouble.unreadable", f"{n}.eml") for n in range(3, 8)]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_a_message_as_large_as_they_come_is_taken_in(newline: bytes) -> None:
    """In base64 it has a good half of a million lines."""
    line = b"QUJD" * 19 + newline
    head = b"From: a@x.fr\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=a.pdf\n"
    message = read_message(head.replace(b"\n", newline) + newline + line * (49_000_000 // len(line)))
    assert (message.troubles, len(message.attachments)) == ((), 1)

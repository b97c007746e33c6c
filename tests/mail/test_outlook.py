"""Outlook's own files."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from converter.mail.message import Message, read_message
from converter.mail.outlook import mime_of
from tests.books import PDF
from tests.mail.conftest import Desk
from tests.mail.letters import a_letter, sound
from tests.mail.outlook import a_msg, storage

HEADERS = "From: =?utf-8?q?Ren=C3=A9e?= <renee@vendeur.example>\r\nMessage-ID: <7@outlook>\r\nReferences: <6@outlook>\r\nDate: Mon, 29 Nov 2021 09:12:44 +0100\r\nContent-Type: multipart/mixed\r\n\r\n"


def message_of(content: bytes) -> Message:
    made = mime_of(content)
    assert made is not None
    return read_message(made)


def test_it_is_the_message_that_travelled() -> None:
    message = message_of(a_msg({"Bon signé.pdf": PDF}, headers=HEADERS, body="Bonjour, voici nos commandes. Merci"))
    assert (message.id, message.sender, message.name, message.subject) == (
        "7@outlook",
        "renee@vendeur.example",
        "Renée",
        "Commandes",
    )
    assert (message.references, message.date, message.language) == (("6@outlook",), "2021-11-29T08:12:44Z", "fr")
    assert [(one.name, one.content) for one in message.attachments] == [("Bon signé.pdf", PDF)]


def test_one_that_never_travelled_is_known_by_its_bytes() -> None:
    content = a_msg({"a.pdf": PDF})
    message = message_of(content)
    assert (message.sender, message.has_id, message.id) == (None, False, message_of(content).id)


def test_large_files_and_small_ones_come_whole() -> None:
    files = {f"{size}.pdf": random.Random(size).randbytes(size) for size in (1, 63, 64, 65, 4095, 4096, 4097, 300_000)}  # noqa: S311
    message = message_of(a_msg(files, headers=HEADERS))
    assert {one.name: one.content for one in message.attachments} == files


def test_a_message_within_it_gives_its_files() -> None:
    message = message_of(a_msg({"a.pdf": PDF}, headers=HEADERS, inner=storage({"b.pdf": PDF + b"b"}, subject="Tr: x")))
    assert [one.name for one in message.attachments] == ["a.pdf", "b.pdf"]


def test_pictures_of_the_text_are_ignored() -> None:
    from tests.mail.outlook import compound

    tree = storage({"image001.png": b"x", "a.pdf": PDF}, headers=HEADERS, logo="image001.png")
    assert [one.name for one in message_of(compound(tree)).attachments] == ["a.pdf"]


def test_one_that_is_attached_to_a_message_gives_its_files() -> None:
    message = read_message(a_letter({"Commandes.msg": a_msg({"a.pdf": PDF})}))
    assert [one.name for one in message.attachments] == ["a.pdf"]


def test_it_becomes_a_deposit_like_any_other(desk: Desk) -> None:
    made = mime_of(a_msg(sound(), headers=HEADERS))
    assert made is not None
    assert desk(made).ok


@pytest.mark.parametrize(
    "content", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"no"]
)
def test_what_is_none_is_none(content: bytes) -> None:
    assert mime_of(content) is None


def test_one_whose_streams_claim_more_than_there_is_room_for_is_not_opened() -> None:
    content = bytearray(a_msg({"a.pdf": bytes(5000)}))
    size = (5000).to_bytes(8, "little")
    content[content.rindex(size) : content.rindex(size) + 8] = (2**31 - 1).to_bytes(8, "little")
    assert mime_of(bytes(content)) is None


def test_damaged_ones_raise_nothing() -> None:
    dice, whole = random.Random(6), a_msg(sound(), headers=HEADERS, inner=storage({"b.pdf": PDF}))  # noqa: S311
    for _ in range(300):
        content = bytearray(whole)
        for _ in range(dice.randrange(1, 12)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        made = mime_of(bytes(content[: dice.randrange(len(content))] if dice.random() < 0.3 else content))
        assert made is None or read_message(made)


def test_it_is_read_from_a_file(tmp_path: Path) -> None:
    from converter.mail.sources import posts

    (tmp_path / "x.msg").write_bytes(a_msg({"a.pdf": PDF}, headers=HEADERS))
    (one,) = posts(tmp_path / "x.msg")
    assert read_message(one.content).id == "7@outlook"

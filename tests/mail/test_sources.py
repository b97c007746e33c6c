"""Where messages lie, and that they stay as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from converter.errors import Xl2JsonError
from converter.mail import parse, sources
from converter.mail.message import read_message
from converter.mail.sources import EmptyError, posts
from tests.books import PDF
from tests.mail.letters import a_letter, raw

ONE, TWO = a_letter({"a.pdf": PDF}, Message_ID="<1@x>"), a_letter({"b.pdf": PDF}, Message_ID="<2@x>")


def ids(path: Path) -> list[str]:
    return [read_message(one.content).id for one in posts(path)]


def key(error: pytest.ExceptionInfo[Xl2JsonError]) -> str:
    return error.value.say.key.removeprefix("error.")


def test_a_file_is_one_message(tmp_path: Path) -> None:
    path = tmp_path / "x.eml"
    path.write_bytes(ONE)
    (one,) = posts(path)
    assert (one.content, one.where) == (ONE, str(path))
    one.done(ok=True, answered=True)
    assert path.read_bytes() == ONE


def test_a_byte_order_mark_in_front_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "x.eml").write_bytes(b"\xef\xbb\xbf" + ONE)
    assert ids(tmp_path / "x.eml") == ["1@x"]


def test_a_folder_of_files_is_read_by_name(tmp_path: Path) -> None:
    (tmp_path / "b.eml").write_bytes(ONE)
    (tmp_path / "a.EML").write_bytes(TWO)
    (tmp_path / "orders.xlsx").write_bytes(b"x")
    assert ids(tmp_path) == ["2@x", "1@x"]


def test_a_maildir_is_read_in_the_order_of_arrival(tmp_path: Path) -> None:
    for name in ("cur", "new", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1638170000.1.host").write_bytes(TWO)
    (tmp_path / "cur" / "1638160000.1.host:2,S").write_bytes(ONE)
    (tmp_path / "tmp" / "1638150000.1.host").write_bytes(ONE)
    (tmp_path / "cur" / ".hidden").write_bytes(ONE)
    (tmp_path / "new" / "0.link").symlink_to(tmp_path / "tmp" / "1638150000.1.host")
    assert ids(tmp_path) == ["1@x", "2@x"]


def test_an_empty_maildir_has_no_messages(tmp_path: Path) -> None:
    (tmp_path / "cur").mkdir()
    assert ids(tmp_path) == []


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_an_mbox_is_as_many_messages_as_it_holds(newline: bytes, tmp_path: Path) -> None:
    texts = [content.replace(b"\r\n", newline) for content in (ONE, TWO)]
    path = tmp_path / "box"
    path.write_bytes(b"".join(b"From x Mon Nov 29 09:12:44 2021" + newline + text + newline for text in texts))
    assert ids(path) == ["1@x", "2@x"]
    assert [one.where for one in posts(path)] == [f"{path}#1", f"{path}#2"]
    assert [read_message(one.content).attachments[0].content for one in posts(path)] == [PDF, PDF]


def test_a_line_that_begins_with_from_in_a_text_begins_no_message(tmp_path: Path) -> None:
    content = raw("Content-Type: text/plain\n\nHello\nFrom here on\n")
    (tmp_path / "box").write_bytes(b"From x\n" + content)
    assert len(ids(tmp_path / "box")) == 1


def test_of_what_is_too_large_only_so_much_is_read_that_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (sources, parse):
        monkeypatch.setattr(module, "MOST_BYTES", 1000)
    monkeypatch.setattr("converter.mail.message.MOST_BYTES", 1000)
    (tmp_path / "x.eml").write_bytes(ONE + b"x" * 10_000)
    (tmp_path / "box").write_bytes(
        b"From x\n" + b"From: a@x\n\n" + b"x\n" * 99_000 + b"\nFrom y\n" + a_letter(Message_ID="<2@x>")
    )
    (one,) = posts(tmp_path / "x.eml")
    assert len(one.content) == 1001
    message = read_message(one.content)
    assert (message.id, message.attachments, [say.key for say in message.troubles]) == (
        "1@x",
        (),
        ["mail.trouble.large"],
    )
    assert [bool(read_message(one.content).troubles) for one in posts(tmp_path / "box")] == [True, False]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("orders.xlsx", b"PK\x03\x04", "mail.no_message"), ("x.eml", b"", "mail.no_message"), ("x.eml", b"Hello\n", "mail.no_message"),
     ("x.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "mail.bad_msg")],
)  # fmt: skip
def test_what_is_no_message_is_told(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Xl2JsonError) as error:
        list(posts(tmp_path / name))
    assert (key(error), error.value.exit_code) == (said, 3)


@pytest.mark.parametrize(
    ("name", "said"), [("absent.eml", "mail.unreadable"), ("a\0b", "mail.unreadable"), ("", "mail.no_messages")]
)
def test_what_is_not_there_is_told(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(Xl2JsonError) as error:
        list(posts(tmp_path / name))
    assert key(error) == said


MSG = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_a_bad_file_holds_no_other_of_its_folder_back(tmp_path: Path) -> None:
    for name, content in {"a.eml": b"", "b.msg": MSG, "c.eml": b"Hello\n", "d.eml": ONE}.items():
        (tmp_path / name).write_bytes(content)
    *bad, good = posts(tmp_path)
    assert [(one.where, one.trouble.key if one.trouble else None) for one in bad] == [
        (str(tmp_path / "a.eml"), "error.mail.no_message"),
        (str(tmp_path / "b.msg"), "error.mail.bad_msg"),
        (str(tmp_path / "c.eml"), "error.mail.no_message"),
    ]
    assert [one.content for one in bad] == [b"", MSG, b"Hello\n"]
    assert (good.content, good.trouble) == (ONE, None)


def test_a_bad_file_holds_no_other_of_a_maildir_back(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1").write_bytes(b"")
    (tmp_path / "new" / "2").write_bytes(ONE)
    assert [one.trouble is None for one in posts(tmp_path)] == [False, True]


@pytest.mark.parametrize(("error", "count"), [(PermissionError, 2), (OSError, 2), (FileNotFoundError, 1)])
def test_a_file_that_cannot_be_opened_is_told_unless_it_has_gone(
    error: type[OSError], count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.eml", "b.eml"):
        (tmp_path / name).write_bytes(ONE)
    opened = Path.open

    def refuses(path: Path, *arguments: Any, **more: Any) -> Any:
        if path.name == "a.eml":
            raise error(5, "no")
        return opened(path, *arguments, **more)

    monkeypatch.setattr(Path, "open", refuses)
    *bad, good = posts(tmp_path)
    assert (len(bad) + 1, good.content) == (count, ONE)
    assert all(one.trouble is not None and one.trouble.key == "error.mail.unreadable" for one in bad)


def test_that_a_folder_is_empty_can_be_told_from_that_it_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EmptyError):
        list(posts(tmp_path))
    with pytest.raises(Xl2JsonError) as error:
        list(posts(tmp_path / "absent"))
    assert not isinstance(error.value, EmptyError)

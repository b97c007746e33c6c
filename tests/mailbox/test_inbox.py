"""A mailbox on a real server: looked at without a trace, flagged and moved, never emptied, and found again."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from imap_tools import MailBoxFolderManager

from converter.errors import MisuseError, Xl2JsonError
from converter.jobs.mail import Handled
from converter.jobs.mailbox import Work
from converter.mail.imap import Inbox, LostError
from converter.mail.message import read_message
from converter.mail.server import _PORTS, IMAP, Server, read_server
from converter.mail.sources import Post
from converter.wording import Say
from tests.mailbox import dovecot as imap
from tests.mailbox.dovecot import Dovecot

UID_PLUS = "IMAP4rev1 SASL-IR LITERAL+ IDLE UIDPLUS UNSELECT CHILDREN NAMESPACE"
NO_MOVE = "IMAP4rev1 SASL-IR LITERAL+ UNSELECT CHILDREN NAMESPACE"


def mail(subject: str) -> bytes:
    return f"From: marie@cabinet.fr\r\nSubject: {subject}\r\n\r\nBonjour\r\n".encode()


def inbox(address: str, *, move_to: str | None = None, again: bool = False) -> Inbox:
    return Inbox(read_server(address, IMAP), move_to=move_to, again=again)


def subjects(box: Inbox) -> list[str]:
    return [one.content.split(b"Subject: ")[1].split(b"\r\n")[0].decode() for one in box.posts()]


def looked(address: str, *, move_to: str | None = None, again: bool = False) -> list[str]:
    """What somebody sees who opens the mailbox, looks, and closes it."""
    box = inbox(address, move_to=move_to, again=again)
    try:
        return subjects(box)
    finally:
        box.close()


def never() -> bool:
    return False


@pytest.fixture
def box(server: Dovecot) -> Inbox:
    """An inbox with two messages; what is done with is moved."""
    for subject in ("un", "deux"):
        server.deliver(mail(subject))
    return inbox(server.address, move_to="Traités/Ségur")


def test_looking_at_messages_leaves_no_trace(server: Dovecot, box: Inbox) -> None:
    assert [one.content for one in box.posts()] == [mail("un"), mail("deux")]
    box.close()
    assert server.holds() == {"un": set(), "deux": set()}


def test_a_message_that_is_done_with_is_flagged_and_moved_and_the_others_stay(server: Dovecot, box: Inbox) -> None:
    one, other = box.posts()
    one.done(ok=True, answered=True)
    other.done(ok=False)
    assert subjects(box) == []
    box.close()
    assert server.holds() == {"deux": {"xl2json"}}, "somebody's ordinary mail stays unread"
    assert server.holds("Traités/Ségur") == {"un": {"\\Seen", "\\Answered"}}


def test_without_a_folder_it_stays_where_it_is_and_is_not_read_twice(server: Dovecot) -> None:
    server.deliver(mail("un"))
    box = inbox(server.starttls_address)
    for post in box.posts():
        post.done(ok=True)
    box.close()
    assert looked(server.address) == []
    assert looked(server.address, again=True) == ["un"]
    assert server.holds() == {"un": {"xl2json", "\\Seen"}}


@pytest.mark.parametrize("capability", ["", UID_PLUS])
def test_what_others_have_marked_as_deleted_is_not_taken_away_by_us(
    with_dovecot: None, passwords: None, certificate: tuple[Path, Path], capability: str
) -> None:
    with imap.dovecot(certificate, capability=capability) as server:
        for subject in ("un", "jeté"):
            server.deliver(mail(subject))
        with server.box() as theirs:
            theirs.client.uid("STORE", "2", "+FLAGS", r"(\Deleted)")
        box = inbox(server.address, move_to="Faits")
        for post in box.posts():
            post.done(ok=True)
        box.close()
        assert server.holds() == {"jeté": {"\\Deleted"}}
        assert server.holds("Faits") == {"un": {"\\Seen"}}


def test_a_server_that_cannot_move_is_said_so_before_anything_is_read(
    with_dovecot: None, passwords: None, certificate: tuple[Path, Path]
) -> None:
    with imap.dovecot(certificate, capability=NO_MOVE) as server:
        with pytest.raises(Xl2JsonError) as raised:
            looked(server.address, move_to="Faits")
        assert raised.value.say.key == "error.mailbox.no_move"


def test_a_folder_that_another_run_makes_meanwhile_is_as_good(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    create = MailBoxFolderManager.create

    def twice(manager: MailBoxFolderManager, folder: str) -> None:
        create(manager, folder)
        create(manager, folder)

    monkeypatch.setattr(MailBoxFolderManager, "create", twice)
    assert looked(server.address, move_to="Faits") == []


def test_a_folder_to_move_to_is_another_one(server: Dovecot) -> None:
    for name in ("INBOX", "", "a\r\nb"):
        with pytest.raises(MisuseError):
            inbox(server.address, move_to=name)


def test_a_line_that_is_not_encrypted_is_refused_unless_it_never_leaves_the_machine(
    with_dovecot: None, passwords: None, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with imap.dovecot(certificate, tls=False) as server:
        assert looked(server.starttls_address) == []
        monkeypatch.setattr(Server, "is_here", property(lambda _: False))
        with pytest.raises(Xl2JsonError) as raised:
            looked(server.starttls_address)
        assert raised.value.say.key == "error.mailbox.in_the_clear"
        assert server.log.count("Login: ") == 1, "no password has travelled the second time"


@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Xl2JsonError) as raised:
        looked(server.address if scheme == "imaps" else server.starttls_address)
    assert raised.value.say.key == "error.mailbox.certificate"
    assert "Login: " not in server.log


@pytest.mark.parametrize("mechanisms", ["plain login", "login"])
def test_a_wrong_password_is_said_and_not_told(
    with_dovecot: None,
    passwords: None,
    certificate: tuple[Path, Path],
    mechanisms: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XL2JSON_IMAP_PASSWORD", "S3cret wrong")
    with imap.dovecot(certificate, mechanisms=mechanisms) as server, pytest.raises(Xl2JsonError) as raised:
        looked(server.address)
    assert raised.value.say.key == "error.mailbox.login"
    assert "S3cret" not in raised.value.message("fr") + repr(raised.value)
    assert raised.value.__cause__ is None


def test_a_folder_that_is_not_there_is_said_so(server: Dovecot) -> None:
    with pytest.raises(Xl2JsonError) as raised:
        looked(server.address.replace("INBOX", "Nulle/Part"))
    assert raised.value.say.key == "error.mailbox.folder"


def test_waiting_ends_when_a_message_arrives(server: Dovecot, box: Inbox) -> None:
    assert len(subjects(box)) == 2
    threading.Timer(1.0, server.deliver, [mail("trois")]).start()
    begun = time.monotonic()
    box.wait(60, never)
    assert time.monotonic() - begun < 20
    assert "trois" in subjects(box)
    box.close()


def test_waiting_ends_when_it_is_over(box: Inbox) -> None:
    begun, over = time.monotonic(), threading.Event()
    threading.Timer(0.5, over.set).start()
    box.wait(60, over.is_set)
    assert time.monotonic() - begun < 10
    box.close()


def test_a_server_that_goes_away_while_one_waits_is_told_and_found_again(server: Dovecot, box: Inbox) -> None:
    assert len(subjects(box)) == 2
    threading.Timer(0.5, server.stop).start()
    with pytest.raises(LostError):
        box.wait(60, never)
    with pytest.raises(LostError):
        subjects(box)
    server.start()
    assert len(subjects(box)) == 2
    box.close()


def test_a_server_that_goes_away_between_reading_and_flagging_is_told(server: Dovecot, box: Inbox) -> None:
    post, *_ = box.posts()
    server.stop()
    with pytest.raises(LostError):
        post.done(ok=True)
    server.start()
    assert len(subjects(box)) == 2, "it is taken up again"
    box.close()


def test_a_message_that_somebody_takes_away_meanwhile_is_no_trouble(server: Dovecot, box: Inbox) -> None:
    posts = box.posts()
    first = next(posts)
    with server.box() as theirs:
        theirs.delete(["1", "2"])
    first.done(ok=True, answered=True)
    assert list(posts) == []
    box.close()
    assert server.holds() == {}


@pytest.mark.parametrize("capability", ["", UID_PLUS])
def test_a_message_that_was_to_be_moved_and_was_not_is_found_again(
    with_dovecot: None,
    passwords: None,
    certificate: tuple[Path, Path],
    capability: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run may be killed between one command and the next."""
    with imap.dovecot(certificate, capability=capability) as server:
        server.deliver(mail("un"))
        box = inbox(server.address, move_to="Faits")
        (post,) = box.posts()
        with monkeypatch.context() as patch:
            patch.setattr("converter.mail.imap._move", killed)
            with pytest.raises(KeyboardInterrupt):
                post.done(ok=True, answered=True)
        assert server.holds() == {"un": {"\\Seen", "\\Answered"}}
        for post in box.posts():
            post.done(ok=True)
        box.close()
        assert server.holds() == {}
        assert server.holds("Faits") == {"un": {"\\Seen", "\\Answered"}}


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_numbers_that_the_server_has_given_anew_are_not_taken_for_the_old_ones(server: Dovecot) -> None:
    """Neither is another message read under a number, nor flagged."""
    address = server.address.replace("INBOX", "Essai")
    for subject in ("un", "deux"):
        server.deliver(mail(subject), "Essai")
    box = inbox(address)
    posts = box.posts()
    first = next(posts)
    server.renumber("Essai", [mail("autre"), mail("encore")])
    for late in (lambda: first.done(ok=True), lambda: next(posts)):
        box.close()
        with pytest.raises(LostError):
            late()
    assert server.holds("Essai") == {"autre": set(), "encore": set()}
    assert subjects(box) == ["autre", "encore"]
    box.close()


def test_a_message_that_stays_as_it_is_is_fetched_once_in_a_run(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program has failed at one, the other bears the id of another: the next start finds both again."""
    for subject in ("un", "deux"):
        server.deliver(mail(subject))
    fetched: list[str] = []
    fetch = Inbox._fetch

    def counted(box: Inbox, validity: str, uid: str) -> bytes | None:
        fetched.append(uid)
        return fetch(box, validity, uid)

    def fails(post: Post) -> Handled:
        if b"Subject: un" in post.content:
            raise ZeroDivisionError
        message = read_message(post.content)
        rest: dict[str, Any] = {"outcome": None, "folder": None, "draft": None}
        return Handled(message=message, where=post.where, key="x", is_impostor=True, **rest)

    monkeypatch.setattr(Inbox, "_fetch", counted)
    box, seen, how = inbox(server.address), set[bytes](), Work(read=fails)
    assert [[one.exit_code for one in how.round(box, seen)] for _ in range(3)] == [[4, 0], [], []]
    box.close()
    assert fetched == ["1", "2"]
    assert server.holds() == {"un": set(), "deux": set()}
    assert looked(server.address) == ["un", "deux"]


@pytest.mark.parametrize("typed", ["imap", "imaps"])
def test_where_tls_begins_another_way_the_other_scheme_is_named(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    """As with `imap://…:993` and `imaps://…:143`."""
    monkeypatch.setattr("converter.mail.imap.WAIT", 2.0)
    monkeypatch.setitem(_PORTS, "imaps", server.wrapped)
    right, wrong = (server.plain, server.wrapped) if typed == "imap" else (server.wrapped, server.plain)
    address = (server.starttls_address if typed == "imap" else server.address).replace(f":{right}/", f":{wrong}/")
    with pytest.raises(LostError) as raised:
        looked(address)
    assert raised.value.say.params["reason"] == Say(
        "word.mailbox.other_scheme", {"scheme": "imaps" if typed == "imap" else "imap"}
    )

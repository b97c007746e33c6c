"""Servers that lie, stammer, hang up or repeat what they were told: one sentence, no password, no end of waiting."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from converter.errors import Xl2JsonError
from converter.mail import imap as ours, send, server as servers
from converter.mail.imap import Inbox
from converter.mail.send import Allowed, Fate, Outbox
from converter.mail.server import IMAP, SMTP, Server, read_server
from converter.wording import Say
from tests.mailbox.test_outbox import a_draft

SECRET = "S3cret"  # noqa: S105 - what is looked for

Script = list[bytes]


@contextmanager
def liar(script: Script) -> Iterator[tuple[int, list[bytes]]]:
    """A server that says the lines of `script`, one after each line that it hears (the first at once; `{}` is the tag
    of what it heard), and then hangs up; its port, and what it heard.
    """
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            peer, _ = listener.accept()
        except OSError:
            return
        with peer, peer.makefile("rb") as lines:
            tag = b"*"
            for said in script:
                try:
                    peer.sendall(said.replace(b"{}", tag))
                    line = lines.readline()
                except OSError:
                    return
                heard.append(line)
                tag = (line.split() or [b"*"])[0]

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1], heard
    finally:
        listener.close()
        thread.join(10)


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (servers, ours, send):
        monkeypatch.setattr(module, "WAIT", 2.0)
    monkeypatch.setenv("XL2JSON_IMAP_PASSWORD", SECRET)
    monkeypatch.setenv("XL2JSON_SMTP_PASSWORD", SECRET)


HELLO = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n"
CAN = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{} OK\r\n"
IN = b"{} OK in\r\n"
LISTED = b'* LIST () "/" ""\r\n{} OK\r\n'
CHOSEN = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n* FLAGS ()\r\n{} OK [READ-WRITE] ok\r\n"
OPENED = [HELLO, CAN, b"+ \r\n", IN, CAN, LISTED, CHOSEN]


@pytest.mark.parametrize(
    "script",
    [
        [],
        [b""],
        [b"SSH-2.0-OpenSSH_9\r\n"],
        [b"\xff\xfe\x00" * 40 + b"\r\n"],
        [b"* BYE go away\r\n"],
        [HELLO],
        [HELLO, b"* CAPABILITY\r\n{} OK\r\n"],
        [HELLO, b"* CAPABILITY \xff\xfe\r\n{} OK\r\n"],
        [HELLO, CAN, b"+ \r\n", b"{} NO [ALERT] S3cret is wrong\r\n"],
        [HELLO, CAN, b"{} BAD S3cret\r\n"],
        [HELLO, CAN, b"+ \r\n", b"{} NO [UNAVAILABLE] S3cret\r\n"],
        [HELLO, CAN, b"+ \r\n", b"S3cret S3cret\r\n"],
        [HELLO, CAN, b"+ \r\n", IN, b"* CAPABILITY S3cret\r\n{} NO\r\n"],
        [HELLO, CAN, b"+ \r\n", IN, b"{} OK\r\n", b"{} OK\r\n"],
        [HELLO, CAN, b"+ \r\n", IN, CAN, b"* LIST S3cret\r\n{} OK\r\n", b"{} OK\r\n"],
        [*OPENED[:-1], b"{} NO S3cret\r\n"],
        [*OPENED[:-1], b"* OK [READ-ONLY]\r\n{} OK [READ-ONLY] S3cret\r\n"],
        [*OPENED, b"* SEARCH \xff\xfe\r\n{} OK\r\n"],
        [*OPENED, b"* SEARCH 1 2\r\n{} OK\r\n", b"{} NO S3cret\r\n"],
        [*OPENED, b"* SEARCH 1\r\n{} OK\r\n", b"* 1 FETCH (UID 1 BODY[]<0> {100}\r\nS3cret"],
        [*OPENED, b"* SEARCH x;y\r\n{} OK\r\n", b"{} BAD S3cret\r\n"],
    ],
)
def test_a_mailbox_that_cannot_be_read_is_told_in_one_sentence(script: Script) -> None:
    with liar(script) as (port, _):
        box = Inbox(read_server(f"imap://marie@127.0.0.1:{port}/INBOX", IMAP))
        with pytest.raises(Xl2JsonError) as raised:
            list(box.posts())
        box.close()
    assert SECRET not in raised.value.message("fr") + raised.value.message("en") + repr(raised.value)
    assert raised.value.__suppress_context__, "nor in what a log would show"


@pytest.mark.parametrize("greeting", [b"* PREAUTH welcome\r\n", b"* OK [CAPABILITY IMAP4rev1] no TLS here\r\n"])
@pytest.mark.parametrize("can", [b"IMAP4rev1", b"IMAP4rev1 STARTTLS"])
def test_no_password_travels_where_somebody_keeps_us_from_encrypting(
    greeting: bytes, can: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Server, "is_here", property(lambda _: False))
    with liar([greeting, b"* CAPABILITY " + can + b"\r\n{} OK\r\n", b"{} NO\r\n", IN, IN]) as (port, heard):
        box = Inbox(read_server(f"imap://marie@127.0.0.1:{port}/INBOX", IMAP))
        with pytest.raises(Xl2JsonError):
            list(box.posts())
        box.close()
    assert not [line for line in heard if b"LOGIN" in line.upper() or b"AUTHENTICATE" in line.upper()]


E220 = b"220 hello\r\n"


@pytest.mark.parametrize(
    ("script", "fate"),
    [
        ([], Fate.LATER),
        ([b"\xff\xfe\r\n"], Fate.LATER),
        ([b"554 S3cret\r\n"], Fate.LATER),
        ([E220, b"250 AUTH PLAIN LOGIN\r\n"], Fate.LATER),
        ([E220, b"250-x\r\n250 AUTH PLAIN\r\n", b"535 S3cret is wrong\r\n"], Fate.LATER),
        ([E220, b"250-x\r\n250 AUTH CRAM-MD5\r\n", b"334 not base64 S3cret\r\n"], Fate.LATER),
        ([E220, b"250-x\r\n250 AUTH PLAIN\r\n", b"235 in\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"], Fate.UNKNOWN),
        ([E220, b"250-x\r\n250 AUTH PLAIN\r\n", b"235 in\r\n", b"S3cret\r\n"], Fate.LATER),
    ],
)  # fmt: skip
def test_a_sending_server_that_cannot_be_used_is_told_in_one_sentence(script: Script, fate: Fate) -> None:
    with liar(script) as (port, _):
        box = Outbox(read_server(f"smtp://marie@127.0.0.1:{port}?from=a@b.fr", SMTP), Allowed(["@cabinet.fr"]))
        came, why = box.send(a_draft(), "marie@cabinet.fr")
    assert came is fate
    assert why is not None
    assert SECRET not in str(why)


def test_no_password_travels_to_a_sending_server_that_does_not_encrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Server, "is_here", property(lambda _: False))
    for offer in (b"250-x\r\n250 AUTH PLAIN\r\n", b"250-STARTTLS\r\n250 AUTH PLAIN\r\n"):
        with liar([E220, b"250-x\r\n" + offer, b"454 not now\r\n", b"235 in\r\n", b"250 ok\r\n"]) as (port, heard):
            box = Outbox(read_server(f"smtp://marie@127.0.0.1:{port}?from=a@b.fr", SMTP), Allowed(["@cabinet.fr"]))
            assert box.send(a_draft(), "marie@cabinet.fr")[0] is Fate.LATER
        assert not [line for line in heard if b"AUTH" in line.upper() or b"MAIL" in line.upper()]


@pytest.mark.parametrize(("typed", "script"), [("smtps", [E220, E220]), ("smtp", [b"", b""])])
def test_where_tls_begins_another_way_the_other_scheme_is_named(
    typed: str, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with `smtp://…:465` and `smtps://…:587`: the one waits for what never comes, the other hears plain words."""
    with liar(script) as (port, _):
        monkeypatch.setitem(servers._PORTS, "smtps", port)
        box = Outbox(read_server(f"{typed}://127.0.0.1:{port}?from=a@b.fr", SMTP), Allowed(["@cabinet.fr"]))
        came, why = box.send(a_draft(), "marie@cabinet.fr")
    assert came is Fate.LATER
    assert why is not None
    other = "smtp" if typed == "smtps" else "smtps"
    assert why.params["reason"] == Say("word.mailbox.other_scheme", {"scheme": other})

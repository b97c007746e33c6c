"""An answer goes to one address that was allowed, over an encrypted line, and what became of it is known."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from converter.errors import MisuseError, Xl2JsonError
from converter.mail.message import Message
from converter.mail.send import Allowed, Fate, Outbox
from converter.mail.server import SMTP, Server, read_server
from tests.mailbox import smtp
from tests.mailbox.smtp import Desk

MARIE = "marie@cabinet.fr"


def a_draft() -> bytes:
    """As it is written to the disk: with all that a hostile one might carry along."""
    draft = EmailMessage()
    draft["Subject"] = "Re: Commandes de novembre, Société Éléonore"
    draft["To"] = "autre@ailleurs.fr"
    draft["Cc"], draft["Bcc"] = "cc@ailleurs.fr", "bcc@ailleurs.fr"
    draft["X-Unsent"] = "1"
    draft["In-Reply-To"] = draft["References"] = "<question@cabinet.fr>"
    draft.set_content("Bonjour,\n.\nà bientôt\n")
    draft.add_alternative("<p>Bonjour</p>", subtype="html")
    draft.add_attachment(b"PK\x03\x04" * 1000, maintype="application", subtype="zip", filename="dépôt.zip")
    return draft.as_bytes()


def message(sender: str | None = MARIE, *, is_automatic: bool = False) -> Message:
    what: dict[str, Any] = {"name": None, "subject": "", "references": (), "date": None, "language": None}
    return Message(id="1", sender=sender, author=sender, is_automatic=is_automatic, attachments=(), troubles=(), **what)


def outbox(desk: Desk, *allowed: str) -> Outbox:
    return Outbox(read_server(desk.address, SMTP), Allowed(allowed or ("@cabinet.fr",)))


def test_an_answer_is_sent_to_that_address_alone_and_says_that_a_program_wrote_it(desk: Desk) -> None:
    assert outbox(desk).send(a_draft(), MARIE) == (Fate.SENT, None)
    ((sender, recipients, sent),) = desk.taken
    assert (sender, recipients) == (smtp.USER, [MARIE])
    assert (sent["From"], sent["To"], sent["Auto-Submitted"]) == (smtp.USER, MARIE, "auto-replied")
    assert sent["In-Reply-To"] == sent["References"] == "<question@cabinet.fr>"
    assert sent["Subject"] == "Re: Commandes de novembre, Société Éléonore"
    assert sent["Date"]
    assert sent["Message-ID"].endswith("@cabinet.test>")
    assert [sent[name] for name in ("Cc", "Bcc", "X-Unsent")] == [None] * 3
    assert len(sent.get_all("From")) == len(sent.get_all("To")) == 1
    plain = sent.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == ["Bonjour,", ".", "à bientôt"]
    (zipped,) = sent.iter_attachments()
    assert (zipped.get_filename(), zipped.get_content()) == ("dépôt.zip", b"PK\x03\x04" * 1000)


@pytest.mark.parametrize(
    ("allowed", "sender", "may"),
    [
        ("@cabinet.fr", "marie@cabinet.fr", True),
        ("@Cabinet.FR", "Marie@CABINET.fr", True),
        ("marie@cabinet.fr", "Marie@cabinet.fr", True),
        ("marie@cabinet.fr", "jean@cabinet.fr", False),
        ("@cabinet.fr", "marie@sous.cabinet.fr", False),
        ("@cabinet.fr", "marie@notcabinet.fr", False),
        ("@cabinet.fr", "marie@cabinet.fr.evil.com", False),
        ("@cabinet.fr", "evil@evil.com@cabinet.fr", False),
        ("@cabinet.fr", '"evil@evil.com,"@cabinet.fr', False),
        ("@cabinet.fr", "marie@cabinet.fr\r\nBcc: evil@evil.com", False),
        ("@cabinet.fr", "marie@cabinet.fr\n", False),
        ("@cabinet.fr", "evil@evil.com, marie@cabinet.fr", False),
        ("@cabinet.fr", "<evil@evil.com>marie@cabinet.fr", False),
        ("@cabinet.fr", "", False),
        ("@cabinet.fr", "@cabinet.fr", False),
        ("@cabinet.test", smtp.USER, False),
    ],
)
def test_only_those_who_are_allowed_are_answered(desk: Desk, allowed: str, sender: str, may: bool) -> None:
    assert (outbox(desk, allowed).refusal(message(sender)) is None) is may


def test_nobody_is_answered_who_does_not_wait_for_it(desk: Desk) -> None:
    assert outbox(desk).refusal(message(is_automatic=True)) is not None
    assert outbox(desk).refusal(message(None)) is not None


@pytest.mark.parametrize(
    "names", [(), ("cabinet.fr",), ("@",), ("marie@cabinet.fr", "@*"), ("*@cabinet.fr evil@evil",)]
)
def test_whom_to_allow_is_said_as_an_address_or_a_domain(names: tuple[str, ...]) -> None:
    with pytest.raises(MisuseError):
        Allowed(names)


def test_without_an_address_to_write_from_nothing_begins(passwords: None) -> None:
    with pytest.raises(MisuseError):
        Outbox(read_server("smtp://bureau@localhost", SMTP), Allowed(["@cabinet.fr"]))
    assert Outbox(read_server("smtp://localhost?from=a@b.fr", SMTP), Allowed(["@cabinet.fr"])).sender == "a@b.fr"


@pytest.mark.parametrize(
    ("step", "says", "fate"),
    [
        ("MAIL", "451 later", Fate.LATER),
        ("MAIL", "550 no", Fate.REFUSED),
        ("RCPT", "450 grey", Fate.LATER),
        ("RCPT", "550 nobody of that name", Fate.REFUSED),
        ("DATA", "452 no room", Fate.LATER),
        ("DATA", "554 spam", Fate.REFUSED),
    ],
)
def test_what_the_server_refuses_has_not_left(desk: Desk, step: str, says: str, fate: Fate) -> None:
    desk.says[step] = says
    came, why = outbox(desk).send(a_draft(), MARIE)
    assert (came, desk.taken) == (fate, [])
    assert why is not None
    assert why.params["code"] == int(says[:3])


@pytest.mark.parametrize(("step", "fate", "taken"), [("MAIL", Fate.LATER, 0), ("RCPT", Fate.LATER, 0), ("DATA", Fate.UNKNOWN, 0), ("AFTER", Fate.UNKNOWN, 1)])  # fmt: skip
def test_where_the_line_is_cut_it_is_in_doubt_once_the_content_is_under_way(
    desk: Desk, step: str, fate: Fate, taken: int
) -> None:
    desk.cuts.add("DATA" if step == "DATA" else step)
    desk.says |= {"DATA": "250 never heard"} if step == "DATA" else {}
    assert outbox(desk).send(a_draft(), MARIE)[0] is fate
    assert len(desk.taken) == taken


def test_a_server_that_is_not_there_is_for_later(desk: Desk) -> None:
    address = desk.address.replace(str(desk.port), "1")
    box = Outbox(read_server(address, SMTP), Allowed(["@cabinet.fr"]))
    came, why = box.send(a_draft(), MARIE)
    assert came is Fate.LATER
    assert why is not None
    assert why.key == "error.mailbox.unreachable"


@pytest.mark.parametrize("password", ["S3cret wrong", "S3cret fâché", ""])
def test_a_wrong_password_is_said_and_not_told(desk: Desk, monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setenv("XL2JSON_SMTP_PASSWORD", password)
    if not password:
        with pytest.raises(Xl2JsonError):
            outbox(desk)
        return
    came, why = outbox(desk).send(a_draft(), MARIE)
    assert came is Fate.LATER
    assert why is not None
    assert (why.key, list(why.params)) == ("error.mailbox.login", ["name"])
    assert "S3cret" not in str(why)
    assert desk.logins
    assert desk.taken == []


def test_a_password_may_have_accents(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.password = "Zé secret;très-long 4711"  # noqa: S105
    monkeypatch.setenv("XL2JSON_SMTP_PASSWORD", desk.password)
    assert outbox(desk).send(a_draft(), MARIE)[0] is Fate.SENT


def test_a_certificate_that_nobody_vouches_for_is_refused_before_the_password(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    came, why = outbox(desk).send(a_draft(), MARIE)
    assert came is Fate.LATER
    assert why is not None
    assert why.key == "error.mailbox.certificate"
    assert desk.logins == 0


def test_a_line_that_is_not_encrypted_is_refused_unless_it_never_leaves_the_machine(
    passwords: None, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with smtp.smtp(certificate, tls=False) as desk:
        assert outbox(desk).send(a_draft(), MARIE)[0] is Fate.SENT
        monkeypatch.setattr(Server, "is_here", property(lambda _: False))
        came, why = outbox(desk).send(a_draft(), MARIE)
        assert came is Fate.LATER
        assert why is not None
        assert why.key == "error.mailbox.in_the_clear"
        assert (desk.logins, len(desk.taken)) == (1, 1)

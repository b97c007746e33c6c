"""Who wrote a message, and whether a person waits for an answer."""

from __future__ import annotations

import pytest

from converter.mail.message import read_message
from tests.mail.letters import a_letter


def test_a_message_is_known_by_its_id() -> None:
    message = read_message(a_letter(Message_ID="<abc.1@x.example>"))
    assert (message.id, message.has_id) == ("abc.1@x.example", True)


@pytest.mark.parametrize("id_", ["", "no brackets", "<with space@x>", f"<{'x' * 300}@x>"])
def test_without_an_id_that_can_be_used_it_is_known_by_its_bytes(id_: str) -> None:
    content = a_letter().replace(b"Message-ID: <1@vendeur.example>", f"Message-ID: {id_}".encode())
    message = read_message(content)
    assert message.id.startswith("sha256:")
    assert not message.has_id
    assert message.id == read_message(content).id != read_message(content + b"\n").id


def test_names_and_subjects_in_any_alphabet_are_read() -> None:
    head = "From: =?iso-8859-1?q?Ren=E9e_L=E9ger?= <R@VENDEUR.Example>\nSubject: =?utf-8?b?Q29tbWFuZGVz?=\n =?utf-8?q?_d=C3=A9cembre?=\n\n"
    message = read_message(head.encode())
    assert (message.sender, message.name, message.subject) == ("R@vendeur.example", "Renée Léger", "Commandes décembre")


@pytest.mark.parametrize("alphabet", ["utf-8", "cp1252"])
def test_bytes_of_no_declared_alphabet_are_read_all_the_same(alphabet: str) -> None:
    message = read_message(b"From: a@x.fr\nSubject: " + "Décembre".encode(alphabet) + b"\n\n")
    assert message.subject == "Décembre"


@pytest.mark.parametrize(
    ("reply_to", "sender"),
    [("bureau@vendeur.example", "bureau@vendeur.example"), ("x@elsewhere.example", "marie@vendeur.example"),
     ("a@vendeur.example, b@vendeur.example", "marie@vendeur.example"), ("@@", "marie@vendeur.example")],
)  # fmt: skip
def test_an_answer_goes_elsewhere_only_within_the_senders_own_domain(reply_to: str, sender: str) -> None:
    content = a_letter().replace(b"Subject:", f"Reply-To: {reply_to}\r\nSubject:".encode())
    assert read_message(content).sender == sender


@pytest.mark.parametrize("sender", ["", "nobody", "a@x.fr, b@x.fr", "a@x.fr\nFrom: b@x.fr", "<a b@x.fr>", "é@x.fr", "a@x..fr",
                                    f"{'a' * 65}@x.fr", "Victim <v@x.fr> <a@y.fr>x"])  # fmt: skip
def test_nobody_is_answered_where_the_address_is_not_plain(sender: str) -> None:
    assert read_message(f"From: {sender}\nSubject: x\n\n".encode()).sender is None


@pytest.mark.parametrize(
    "sender",
    ["marie@x.fr(<paul@evil.example>", "marie@x.fr (a", 'Marie "x <marie@x.fr>', "<marie@x.fr", "marie@x.fr>", "<<marie@x.fr>>",
     "Marie) <marie@x.fr>", '(a "b) <paul@evil.example> "c) <marie@x.fr>', "marie@x.fr(\\)<paul@evil.example>"],
)  # fmt: skip
def test_nobody_is_answered_where_something_is_opened_and_not_closed(sender: str) -> None:
    """Another program may read another address there."""
    message = read_message(f"From: {sender}\nSubject: x\n\n".encode())
    assert (message.sender, message.author) == (None, None)


@pytest.mark.parametrize(
    "sender",
    ["marie@x.fr", "<marie@x.fr>", "Marie (Achats) <marie@x.fr>", "marie@x.fr (Marie (Achats))", '"Marie (Achats" <marie@x.fr>',
     '"Marie \\"<b@x.fr>" <marie@x.fr>', "Marie (12\" de large) <marie@x.fr>", "Marie\n (Achats,\n  Lyon) <marie@x.fr>"],
)  # fmt: skip
def test_what_is_closed_is_no_trouble(sender: str) -> None:
    assert read_message(f"From: {sender}\nSubject: x\n\n".encode()).author == "marie@x.fr"


def test_the_thread_is_the_first_message_and_the_last_ones() -> None:
    ids = " ".join(f"<{n}@x>" for n in range(40))
    message = read_message(a_letter(References=ids, In_Reply_To="<39@x>"))
    assert message.references == ("0@x", *(f"{n}@x" for n in range(21, 40)))


@pytest.mark.parametrize(
    ("date", "read"),
    [("Mon, 29 Nov 2021 09:12:44 +0100", "2021-11-29T08:12:44Z"), ("29 Nov 2021 09:12", "2021-11-29T09:12:00Z"),
     ("yesterday", None), ("", None), ("Mon, 99 Nov 99999 09:12:44 +0100", None), ("Fri, 31 Dec 9999 23:59:59 -1200", None)],
)  # fmt: skip
def test_its_date_is_told_in_utc(date: str, read: str | None) -> None:
    assert read_message(f"From: a@x.fr\nDate: {date}\n\n".encode()).date == read


@pytest.mark.parametrize(
    ("headers", "text", "lang"),
    [("", "Bonjour, voici nos commandes. Merci", "fr"), ("", "Hello, please find our orders attached. Thanks", "en"),
     ("Content-Language: en-GB\n", "Bonjour et merci", "en"), ("Content-Language: de\n", "Bonjour et merci", "fr"),
     ("", "Hello and thanks\n> Bonjour, merci pour votre envoi, voici les commandes", "en"), ("", "12345", None)],
)  # fmt: skip
def test_its_language_is_declared_or_shows_in_its_words(headers: str, text: str, lang: str | None) -> None:
    assert read_message(f"From: a@x.fr\n{headers}\n{text}\n".encode()).language == lang


@pytest.mark.parametrize(
    "line",
    ["Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; x=y", "Precedence: bulk", "precedence: LIST",
     "X-Auto-Response-Suppress: DR, AutoReply", "List-Id: <orders.x.fr>", "List-Unsubscribe: <mailto:a@x.fr>",
     "Return-Path: <>", "X-Failed-Recipients: a@x.fr", "Content-Type: multipart/report; boundary=x"],
)  # fmt: skip
def test_a_machine_is_known_by_its_headers(line: str) -> None:
    assert read_message(f"From: a@x.fr\n{line}\n\ntext".encode()).is_automatic


@pytest.mark.parametrize("name", ["MAILER-DAEMON", "no-reply", "noreply+7", "ne-pas-repondre", "postmaster", "orders-bounces",
                                  "do_not_reply", "donotreply", "owner-orders"])  # fmt: skip
def test_a_machine_is_known_by_its_name(name: str) -> None:
    assert read_message(f"From: {name}@x.fr\n\n".encode()).is_automatic


@pytest.mark.parametrize(
    "line", ["Auto-Submitted: no", "X-Auto-Response-Suppress: DR, OOF", "Return-Path: <a@x.fr>", "Precedence: normal"]
)
def test_a_person_is_no_machine(line: str) -> None:
    assert not read_message(f"From: norbert@x.fr\n{line}\n\ntext".encode()).is_automatic

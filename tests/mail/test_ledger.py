"""What the ledger knows of messages: each dealt with once, each answer sent at most once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from converter.ledger import messages
from converter.ledger.messages import Row
from converter.ledger.open import Ledger

ID = "1@x"


def row(ledger: str) -> Row | None:
    with Ledger(ledger).reading() as connection:
        return messages.handled(connection, ID)


def note(ledger: str, *, is_due: bool = True) -> None:
    with Ledger(ledger).writing() as connection:
        messages.note_handled(connection, ID, digest="d", folder="f", draft="f/d", files=["a", "b"], is_due=is_due)


def claim(ledger: str) -> bool:
    with Ledger(ledger).writing() as connection:
        return messages.claim_sending(connection, ID)


def test_a_message_is_new_until_it_is_noted(ledger: str) -> None:
    assert row(ledger) is None
    note(ledger)
    found = row(ledger)
    assert found is not None
    assert (found.digest, found.files) == ("d", ("a", "b"))
    assert (found.folder, found.draft, found.is_due, found.claimed_at, found.sent_at) == ("f", "f/d", True, None, None)


def test_a_message_that_nobody_noted_cannot_be_answered(ledger: str) -> None:
    assert not claim(ledger)


def test_one_alone_may_send(ledger: str) -> None:
    note(ledger)
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(claim, [ledger] * 4)) == [False, False, False, True]


def test_dealing_with_it_again_does_not_let_it_be_sent_again(ledger: str) -> None:
    note(ledger)
    assert claim(ledger)
    with Ledger(ledger).writing() as connection:
        messages.note_sent(connection, ID)
    note(ledger)
    found = row(ledger)
    assert found is not None
    assert found.sent_at is not None
    assert not claim(ledger)


def test_a_claim_is_given_back_where_nothing_has_left(ledger: str) -> None:
    note(ledger)
    assert claim(ledger)
    with Ledger(ledger).writing() as connection:
        messages.release_sending(connection, ID, is_due=True)
    assert claim(ledger)


def test_what_was_sent_is_never_given_back(ledger: str) -> None:
    note(ledger)
    assert claim(ledger)
    with Ledger(ledger).writing() as connection:
        messages.note_sent(connection, ID)
        messages.release_sending(connection, ID, is_due=True)
    assert not claim(ledger)

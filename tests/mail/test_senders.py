"""By mail, everybody changes what they have sent themselves, and nothing else; an id alone vouches for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from converter import convert
from converter.errors import Xl2JsonError
from converter.jobs import ledger as asked
from converter.jobs.mail import Handled
from converter.jobs.sending import send_answer
from converter.ledger import messages
from converter.ledger.open import Ledger
from converter.ledger.reserve import use_numbers
from converter.mail.message import Message
from converter.mail.send import Outbox
from tests.books import DEPOSIT, Book, a_book, a_request, write
from tests.ledger.office import treated
from tests.mail.answers import found
from tests.mail.conftest import Desk
from tests.mail.letters import PDF, a_letter, a_workbook

MARIE, PAUL = "Marie <marie@vendeur.example>", "Paul <paul@vendeur.example>"
OF_ANOTHER = [("D8", "error", "Entête demande", "A2")]
ITS_NUMBER = [("D8", "error", "Entête demande", "B2")]


def mail(n: int, sender: str, book: Book | None = None, **headers: str) -> bytes:
    """The nth message, with a workbook of its own."""
    content = a_workbook(book if book is not None else priced(31162, None))
    return a_letter(
        {f"{n}.xlsx": content, "CMD-1.pdf": PDF, "CMD-9.pdf": PDF + b"\n"},
        From=sender,
        Message_ID=f"<{n}@x>",
        **headers,
    )


def priced(amount: int, number: str | None = None) -> Book:
    """CMD-1, for so many euros."""
    book = a_book(a_request("CMD-1", number))
    book["Commande"][0]["montantSegurHT"] = amount
    return book


def entries(folder: Path) -> list[tuple[str, str, str, str | None]]:
    """Key, number, state and amount of all that the ledger holds."""
    some = asked.listing(folder / "ledger.sqlite").entries
    return [(one.demande, one.number, one.state, one.amount) for one in some]


def written(handled: Handled) -> int:
    assert handled.outcome is not None
    return sum(file.requests for file in handled.outcome.files)


def test_whoever_sent_it_may_replace_it(desk: Desk, tmp_path: Path) -> None:
    desk(mail(1, MARIE))
    handled = desk(mail(2, "MARIE@vendeur.example", priced(20000)))
    assert (handled.ok, written(handled)) == (True, 1)
    assert entries(tmp_path) == [("CMD-1", "00001", "prepared", "20000.00")]


def test_nobody_else_may(desk: Desk, tmp_path: Path) -> None:
    first = desk(mail(1, MARIE))
    handled = desk(mail(2, PAUL, priced(1)), partial=True)
    assert (found(handled), written(handled)) == (OF_ANOTHER, 0)
    assert entries(tmp_path) == [("CMD-1", "00001", "prepared", "31162.00")]
    assert first.outcome is not None
    assert all(Path(file.json).is_file() for file in first.outcome.files)


def test_where_the_answer_is_to_go_makes_nobody_another_sender(desk: Desk) -> None:
    desk(mail(1, MARIE))
    assert found(desk(mail(2, PAUL, priced(1), Reply_To=MARIE))) == OF_ANOTHER


def test_a_sender_who_cannot_be_told_is_nobody_else(desk: Desk) -> None:
    nobody = "no address"
    assert desk(mail(1, nobody)).ok
    assert found(desk(mail(2, nobody, priced(1)))) == OF_ANOTHER


def test_a_number_that_somebody_else_has_is_not_to_be_had(desk: Desk) -> None:
    desk(mail(1, MARIE))
    other = a_book(a_request("CMD-9", "00001", "330001231"))
    assert [one for one in found(desk(mail(2, PAUL, other))) if one[0] == "D8"] == ITS_NUMBER


def test_nobody_tells_that_anothers_request_was_accepted(desk: Desk, tmp_path: Path) -> None:
    desk(mail(1, MARIE))
    told = treated(priced(31162), "CMD-1", "ASP-EVIL", "00001")
    assert found(desk(mail(2, PAUL, told))) == OF_ANOTHER
    assert [one[2] for one in entries(tmp_path)] == ["prepared"]
    assert found(desk(mail(3, MARIE, told))) == []
    assert [one[2] for one in entries(tmp_path)] == ["accepted"]


def test_what_has_left_just_so_is_passed_over_whoever_sends_it_once_more(desk: Desk, tmp_path: Path) -> None:
    desk(mail(1, MARIE))
    asked.mark(tmp_path / "ledger.sqlite", "deposited", "00001")
    handled = desk(mail(2, PAUL))
    assert handled.outcome is not None
    assert (found(handled), handled.outcome.counts.skipped) == ([], 1)
    assert found(desk(mail(3, PAUL, priced(1)))) == OF_ANOTHER


def test_what_is_prepared_just_so_goes_out_once_whoever_sends_it_once_more(desk: Desk, tmp_path: Path) -> None:
    first = desk(mail(1, MARIE))
    handled = desk(mail(2, PAUL))
    assert handled.outcome is not None
    assert [(one.rule, one.severity) for one in handled.outcome.inputs[0].findings] == [("X11", "info")]
    assert (handled.ok, written(handled), handled.outcome.counts.skipped) == (True, 0, 1)
    assert handled.draft is not None
    assert first.outcome is not None
    assert all(Path(file.json).is_file() for file in first.outcome.files)
    assert [one[2] for one in entries(tmp_path)] == ["prepared"]
    assert found(desk(mail(3, PAUL, priced(31162, "00007")))) == OF_ANOTHER


def test_whoever_keeps_the_ledger_may_replace_all_and_then_no_mail_may(desk: Desk, tmp_path: Path) -> None:
    desk(mail(1, MARIE))
    path = write(tmp_path, priced(20000))
    assert convert(path, out=tmp_path / "own", deposit=DEPOSIT, ledger=tmp_path / "ledger.sqlite").ok
    assert entries(tmp_path) == [("CMD-1", "00001", "prepared", "20000.00")]
    assert found(desk(mail(2, MARIE))) == OF_ANOTHER


@pytest.mark.parametrize(("number", "expected"), [("01001", []), ("01002", ITS_NUMBER), ("99999", ITS_NUMBER)])
def test_a_typed_number_is_not_far_above_those_in_use(
    desk: Desk, number: str, expected: list[tuple[str, str, str, str]]
) -> None:
    desk(mail(1, MARIE))
    assert found(desk(mail(2, PAUL, a_book(a_request("CMD-9", number, "330001231"))))) == expected


def test_a_number_that_an_answer_tells_of_takes_no_more(desk: Desk) -> None:
    told = treated(priced(31162), "CMD-1", "ASP-1", "99999")
    assert [one[0] for one in found(desk(mail(1, MARIE, told)))] == ["D8"]


def test_another_message_of_the_same_id_is_told_and_dealt_with_where_that_is_wanted(desk: Desk) -> None:
    first = mail(1, MARIE)
    other = mail(1, PAUL, a_book(a_request("CMD-1", None, "330001231")))
    desk(first)
    for _ in range(2):
        handled = desk(other)
        assert (handled.ok, handled.is_ours, handled.outcome, handled.draft) == (False, False, None, None)
        assert [one.key for one in handled.message.troubles] == ["mail.trouble.same_id"]
    assert desk(other, again=True).outcome is not None
    assert [desk(one).is_new for one in (first, other)] == [False, False]


def test_an_answer_goes_to_nobody_but_whom_it_was_written_to(desk: Desk) -> None:
    """The one that is due is not sent to another message's sender who has taken its id."""
    own, other = mail(1, MARIE), mail(1, PAUL)
    assert [desk(one, sends=True).is_due for one in (own, other, own)] == [True, False, True]


def test_a_name_that_may_have_been_mailed_is_given_to_no_other_file(desk: Desk) -> None:
    """Marie holds the first -001 from the answer; her correction goes under another name, and so does all that follows."""
    first, second = desk(mail(1, MARIE)), desk(mail(2, MARIE, priced(20000)))
    third = desk(mail(3, PAUL, a_book(a_request("CMD-9", None, "330001231"))))
    assert [names(one) for one in (first, second, third)] == [["001"], ["002"], ["003"]]
    assert first.outcome is not None
    assert second.outcome is not None
    assert second.outcome.deliveries[0].replaced == ("JSON-RIS2021001-20211130-001",)
    assert not any(Path(file.json).exists() for file in first.outcome.files)


def names(handled: Handled) -> list[str]:
    """The numbers of its files."""
    assert handled.outcome is not None
    return [Path(file.json).stem[-3:] for file in handled.outcome.files]


def test_an_answer_that_tells_of_what_was_withdrawn_since_is_not_sent(desk: Desk, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    old, new = mail(1, MARIE), mail(2, MARIE, priced(20000))
    first, second = desk(old, sends=True), desk(new, sends=True)
    with Ledger(ledger).reading() as connection:
        rows = [messages.handled(connection, one.key) for one in (first, second)]
        assert [row is not None and messages.stands(connection, row) for row in rows] == [False, True]
    again = [desk(one, sends=True) for one in (old, new)]
    assert [(one.is_due, one.draft is not None) for one in again] == [(True, False), (True, True)]
    note = send_answer(again[0], NoOutbox(), ledger).note
    assert note is not None
    assert note.key == "text.mailbox.outdated"
    assert not desk(old, sends=True).is_due


class NoOutbox(Outbox):
    """Through which nothing may leave."""

    def __init__(self) -> None:
        pass

    def refusal(self, message: Message) -> None:
        return None


def test_what_was_missing_sent_alone_is_answered(desk: Desk) -> None:
    """Scans in answer to us: the workbook is wanted too. From somebody who never wrote, they are no business of ours."""
    desk(mail(1, MARIE))
    scans = {"CMD-1.pdf": PDF}
    handled = desk(a_letter(scans, From=MARIE, Message_ID="<2@x>", References="<1@x> <answer@y>"))
    assert [one.key for one in handled.message.troubles] == ["mail.trouble.no_workbook"]
    assert (handled.ok, handled.draft is not None) == (False, True)
    assert desk(a_letter(scans, From=MARIE, Message_ID="<3@x>", References="<9@x>")).draft is None
    assert desk(a_letter({}, From=MARIE, Message_ID="<4@x>", References="<1@x>")).draft is None


def test_corrected_beneficiaries_are_another_order_unless_the_keeper_says_otherwise(desk: Desk) -> None:
    desk(mail(1, MARIE))
    request = a_request("CMD-1", None, "330001231")
    request["Radiologues"][0] |= {"RPPS": "10009999102"}
    content = mail(2, MARIE, a_book(request))
    assert [one[0] for one in found(desk(content))] == ["D5"]
    assert found(desk(content, again=True, same=True)) == []


def test_whose_order_has_the_same_beneficiary_is_told_to_its_sender_alone(desk: Desk) -> None:
    desk(mail(1, MARIE))
    said = []
    for n, sender, key in ((2, PAUL, "CMD-9"), (3, MARIE, "CMD-8")):
        outcome = desk(mail(n, sender, a_book(a_request(key, None)))).outcome
        assert outcome is not None
        said.append({"other" in one.say.params for one in outcome.inputs[0].findings if one.rule == "B15"})
    assert said == [{False}, {True}]


def dated(content: bytes, day: int) -> bytes:
    """The same message, written on that day of November."""
    return content.replace(b"Mon, 29 Nov 2021", b"%d Nov 2021" % day)


def test_the_later_message_counts_whichever_is_read_last(desk: Desk, tmp_path: Path) -> None:
    """A folder goes by names, and a message that waited for room is read after the correction."""
    new, old = dated(mail(2, MARIE, priced(20000)), 20), dated(mail(1, MARIE), 19)
    desk(new)
    assert found(desk(old)) == OF_ANOTHER
    same = desk(dated(mail(3, MARIE, priced(20000)), 18))
    assert (same.ok, written(same)) == (True, 0)
    assert entries(tmp_path) == [("CMD-1", "00001", "prepared", "20000.00")]
    assert found(desk(dated(mail(4, MARIE), 21))) == []


def test_who_has_no_address_is_nobody(desk: Desk, tmp_path: Path) -> None:
    """An id that is somebody's address makes nobody that person."""
    desk(mail(1, MARIE))
    forged = a_letter(
        {"x.xlsx": a_workbook(priced(1)), "CMD-1.pdf": PDF},
        From="a@evil.example, b@evil.example",
        Message_ID="<marie@vendeur.example>",
    )
    assert found(desk(forged)) == OF_ANOTHER
    assert [one[3] for one in entries(tmp_path)] == ["31162.00"]


def test_a_number_that_is_not_taken_moves_no_other(desk: Desk) -> None:
    """Beside a request that is held back for its number, in another workbook or for another software."""
    for n, software in enumerate(("RIS2021001", "RIS2021002"), 1):
        far = a_book(a_request("CMD-8", "99998", "330001231"))
        far["Entête fichier"][0]["numeroAns"] = software
        plain = a_workbook(a_book(a_request("CMD-9", None, "210012340")))
        both = {"a.xlsx": a_workbook(far), "b.xlsx": plain, "CMD-8.pdf": PDF, "CMD-9.pdf": PDF + b"\n"}
        assert "D8" in [one[0] for one in found(desk(a_letter(both, From=PAUL, Message_ID=f"<{n}@x>")))]
    handled = desk(mail(9, MARIE))
    assert handled.outcome is not None
    numbers = [one[1] for one in entries(Path(handled.outcome.files[0].json).parents[2])]
    assert sorted(numbers) == ["00001", "00002"]


def test_an_order_that_was_imported_as_deposited_is_passed_over(desk: Desk, tmp_path: Path) -> None:
    """Its key is not known to the ledger: its number is, and whom it is for."""
    own = tmp_path / "own"
    assert convert(write(tmp_path, priced(31162, "00001")), out=own, deposit=DEPOSIT, ledger=None).ok
    asked.take_in(tmp_path / "ledger.sqlite", [own / "JSON-RIS2021001-20211130-001.json"])
    handled = desk(mail(1, MARIE, priced(31162, "00001")))
    assert handled.outcome is not None
    assert (found(handled), handled.outcome.counts.skipped) == ([], 1)


def test_what_came_of_a_mail_keeps_its_name_though_the_keeper_converts_it_anew(desk: Desk, tmp_path: Path) -> None:
    first = desk(mail(1, MARIE), sends=True)
    assert first.folder is not None
    for out in (first.folder, tmp_path / "own"):
        convert(write(tmp_path, priced(20000)), out=out, deposit=DEPOSIT, ledger=tmp_path / "ledger.sqlite")
    assert names(desk(mail(2, PAUL, a_book(a_request("CMD-9", None, "330001231"))))) != ["001"]


def test_trouble_on_our_side_is_not_told_to_the_sender(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of two suppliers cannot be delivered now: the message waits, whole."""
    from converter.jobs.keep import Keeper

    second = a_book(a_request("CMD-9", None, "330001231"))
    second["Entête fichier"][0]["numeroAns"] = "RIS2021002"
    both = {
        "a.xlsx": a_workbook(priced(31162)),
        "b.xlsx": a_workbook(second),
        "CMD-1.pdf": PDF,
        "CMD-9.pdf": PDF + b"\n",
    }
    content, place = a_letter(both, From=MARIE), Keeper.place

    def fails(self: Keeper, *args: Any, **how: Any) -> None:
        if self.supplier and self.supplier.ans == "RIS2021002":
            raise Xl2JsonError("ledger.locked", name="x")
        place(self, *args, **how)

    with monkeypatch.context() as patch, pytest.raises(Xl2JsonError):
        patch.setattr(Keeper, "place", fails)
        desk(content)
    handled = desk(content)
    assert (handled.is_new, handled.ok, written(handled)) == (True, True, 2)


def test_what_a_later_mail_left_out_does_not_come_back_with_an_older_one(desk: Desk, tmp_path: Path) -> None:
    both = a_book(a_request("CMD-1", None), a_request("CMD-9", None, "330001231"))
    alone = a_book(a_request("CMD-9", None, "330001231"))
    alone["Commande"][0]["montantSegurHT"] = 100
    for n, book, day in ((1, both, 21), (2, alone, 22), (3, priced(5), 20)):
        handled = desk(dated(mail(n, MARIE, book), day))
    assert found(handled) == OF_ANOTHER
    assert [one[:3] for one in entries(tmp_path)] == [("CMD-1", "00001", "withdrawn"), ("CMD-9", "00002", "prepared")]


def test_a_clock_that_is_fast_locks_nobody_out(desk: Desk) -> None:
    desk(mail(1, MARIE).replace(b"29 Nov 2021", b"29 Nov 2038"))
    assert found(desk(mail(2, MARIE, priced(20000)).replace(b"29 Nov 2021", b"29 Nov 2038"))) == []


def test_nothing_is_numbered_beside_an_accepted_number_that_is_far(desk: Desk) -> None:
    """Nobody knows which numbers a supplier with a history has used."""
    told = treated(a_book(a_request("CMD-1")), "CMD-1", "ASP-1", "05000")
    told["Entête demande"][0]["numeroEditeur"] = None
    files = {"a.xlsx": a_workbook(told), "b.xlsx": a_workbook(a_book(a_request("CMD-9", None, "330001231")))}
    handled = desk(a_letter({**files, "CMD-1.pdf": PDF, "CMD-9.pdf": PDF + b"\n"}, From=MARIE))
    assert ([one[0] for one in found(handled)], written(handled)) == (["D8", "D8"], 0)


def test_a_number_that_is_held_back_is_nobody_elses(desk: Desk, tmp_path: Path) -> None:
    book = a_book(*(a_request(f"CMD-{n}", number, finess) for n, number, finess in SEVERAL))
    handled = desk(mail(1, MARIE, book), partial=True)
    assert [one[0] for one in found(handled) if one[0] != "P4"] == ["D8"]
    assert "01001" not in [one[1] for one in entries(tmp_path)]


SEVERAL = [(1, "01000", "750012346"), (2, "01001", "330001231"), (9, None, "210012340")]


def test_the_keepers_own_deposit_stays_when_a_message_is_taken_up_again(desk: Desk, tmp_path: Path) -> None:
    content = mail(1, MARIE)
    handled = desk(content)
    assert handled.folder is not None
    ledger = tmp_path / "ledger.sqlite"
    assert convert(handled.folder / "reçu" / "1.xlsx", out=tmp_path / "own", deposit=DEPOSIT, ledger=ledger).ok
    desk(content, again=True)
    assert [one[2] for one in entries(tmp_path)] == ["prepared"]
    assert len(list((tmp_path / "own").glob("*.json"))) == 1


def test_numbers_that_are_used_up_are_told_beside_what_can_be_delivered(desk: Desk, tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite").writing() as connection:
        use_numbers(connection, OTHER_SIRET, ["99999"])
    second = a_book(a_request("CMD-9", None, "330001231"))
    second["Entête fichier"][0]["SIRET"] = OTHER_SIRET
    both = {"a.xlsx": a_workbook(), "b.xlsx": a_workbook(second), "CMD-1.pdf": PDF, "CMD-9.pdf": PDF + b"\n"}
    handled = desk(a_letter(both, From=MARIE))
    assert ([one[0] for one in found(handled)], written(handled)) == (["X10"], 1)


OTHER_SIRET = "55210055400013"

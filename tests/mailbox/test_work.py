"""Messages worked through: each dealt with, answered at most once whatever is cut, flagged at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from converter.errors import MisuseError, Xl2JsonError
from converter.jobs import rounds
from converter.jobs.mail import Handled
from converter.jobs.mailbox import Work, Worked, work
from converter.jobs.rounds import work_on
from converter.ledger import messages
from converter.ledger.open import Ledger
from converter.mail.imap import LostError
from converter.mail.message import Message
from converter.mail.send import Allowed, Outbox
from converter.mail.server import SMTP, read_server
from converter.mail.sources import Post
from converter.pool import StoppedError
from converter.wording import Say
from tests.mailbox.smtp import Desk
from tests.mailbox.test_outbox import MARIE, a_draft


@dataclass
class Letter:
    """A `Post` that remembers what it was told."""

    name: str
    content: bytes = b""
    told: list[tuple[bool, bool]] = field(default_factory=list)
    breaks: BaseException | None = None
    trouble: Say | None = None
    passes: int = 0

    @property
    def where(self) -> str:
        return self.name

    def passed(self) -> None:
        self.passes += 1

    def done(self, ok: bool, *, answered: bool = False) -> None:
        if self.breaks is not None:
            broken, self.breaks = self.breaks, None
            raise broken
        self.told.append((ok, answered))


@dataclass
class Pile:
    """A source: what `looks` bring, one after the other; an exception in their place is raised."""

    looks: list[list[Letter] | Exception]
    name: str = "pile"
    was_reached: bool = True
    waits: int = 0
    is_closed: bool = False
    will_not_wait: Exception | None = None

    def posts(self) -> Iterator[Post]:
        look = self.looks.pop(0)
        if isinstance(look, Exception):
            raise look
        yield from look

    def wait(self, seconds: float, is_over: Callable[[], bool]) -> None:
        self.waits += 1
        if self.will_not_wait is not None:
            raise self.will_not_wait

    def close(self) -> None:
        self.is_closed = True

    def is_over(self) -> bool:
        return not self.looks


@dataclass
class Clerk:
    """Deals with messages as the real one notes it: a draft each, to be sent."""

    folder: Path
    ledger: str
    sender: str = MARIE
    fails: dict[str, BaseException] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)

    def __call__(self, post: Post) -> Handled:
        self.read.append(post.where)
        if post.where in self.fails:
            raise self.fails.pop(post.where)
        draft = self.folder / "reponse.eml"
        draft.write_bytes(a_draft())
        with Ledger.at(self.ledger).writing() as connection:
            row = messages.handled(connection, post.where)
            if row is None:
                where = {"folder": str(self.folder), "draft": str(draft)}
                messages.note_handled(connection, post.where, digest="d", files=(), is_due=True, **where)
        is_free = row is None or row.claimed_at is None
        return Handled(
            message=a_message(post.where, self.sender),
            where=post.where,
            key=post.where,
            outcome=None,
            folder=self.folder,
            draft=draft,
            unanswered=None,
            is_new=row is None,
            is_due=row is None or (row.is_due and is_free),
            begun=row is not None and not is_free and row.sent_at is None,
        )


def a_message(identity: str, sender: str) -> Message:
    rest: dict[str, Any] = {"name": None, "subject": "", "references": (), "date": None, "language": None}
    return Message(id=identity, sender=sender, author=sender, is_automatic=False, attachments=(), troubles=(), **rest)


@pytest.fixture
def clerk(tmp_path: Path) -> Clerk:
    return Clerk(tmp_path, str(tmp_path / "ledger.sqlite"))


@pytest.fixture
def sending(clerk: Clerk, desk: Desk) -> Work:
    outbox = Outbox(read_server(desk.address, SMTP), Allowed(["@cabinet.fr"]))
    return Work(read=clerk, outbox=outbox, ledger=clerk.ledger)


def sent(came: list[Worked]) -> list[bool]:
    return [one.is_sent for one in came]


def test_each_message_is_answered_once_and_then_flagged(desk: Desk, sending: Work) -> None:
    letters = [Letter("1"), Letter("2")]
    pile = Pile([letters, letters])
    assert sent(list(work([pile], sending))) == [True, True]
    assert sent(list(work([pile], sending))) == [False, False]
    assert [one.told for one in letters] == [[(True, True), (True, False)]] * 2
    assert desk.recipients == [MARIE, MARIE]
    assert pile.is_closed


def test_nothing_is_sent_where_nobody_says_so(desk: Desk, clerk: Clerk) -> None:
    assert sent(list(work([Pile([[Letter("1")]])], Work(read=clerk, ledger=clerk.ledger)))) == [False]
    assert desk.taken == []


def test_sending_needs_a_ledger(sending: Work) -> None:
    with pytest.raises(MisuseError):
        Work(read=sending.read, outbox=sending.outbox)


def test_who_is_not_allowed_gets_no_answer_and_does_not_get_it_later_either(
    desk: Desk, sending: Work, clerk: Clerk
) -> None:
    clerk.sender = "inconnu@ailleurs.fr"
    letter = Letter("1")
    (came,) = work([Pile([[letter]])], sending)
    assert (came.is_sent, came.again) == (False, False)
    assert came.note is not None
    clerk.sender = MARIE
    assert sent(list(work([Pile([[letter]])], sending))) == [False]
    assert desk.taken == []
    assert letter.told == [(True, False)] * 2


def test_what_the_server_does_not_take_now_is_sent_at_the_next_look(desk: Desk, sending: Work) -> None:
    letter = Letter("1")
    desk.says["RCPT"] = "450 grey"
    (came,) = work([Pile([[letter]])], sending)
    assert (came.is_sent, came.again, letter.told, came.exit_code) == (False, True, [], 3)
    desk.says.clear()
    assert sent(list(work([Pile([[letter]])], sending))) == [True]
    assert (desk.recipients, letter.told) == ([MARIE], [(True, True)])


def test_what_the_server_will_never_take_is_not_tried_again(desk: Desk, sending: Work) -> None:
    letter = Letter("1")
    desk.says["DATA"] = "554 spam"
    (came,) = work([Pile([[letter]])], sending)
    assert (came.is_sent, came.again, letter.told) == (False, False, [(True, False)])
    desk.says.clear()
    assert sent(list(work([Pile([[letter]])], sending))) == [False]
    assert desk.taken == []


def test_an_answer_in_doubt_is_told_and_never_repeated(desk: Desk, sending: Work) -> None:
    """The server has it, but the line was cut before it could say so."""
    desk.cuts.add("AFTER")
    (came,) = work([Pile([[Letter("1")]])], sending)
    assert came.is_sent is False
    desk.cuts.clear()
    for _ in range(2):
        (came,) = work([Pile([[Letter("1")]])], sending)
        assert came.note == Say("text.mailbox.begun")
    assert desk.recipients == [MARIE]


def test_a_run_killed_after_the_sending_does_not_repeat_it(desk: Desk, sending: Work) -> None:
    """Nothing of what came after the server's word was done: the claim alone stands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages, "note_sent", _killed)
        with pytest.raises(KeyboardInterrupt):
            list(work([Pile([[Letter("1")]])], sending))
    letter = Letter("1")
    (came,) = work([Pile([[letter]])], sending)
    assert (came.note, letter.told) == (Say("text.mailbox.begun"), [(True, False)])
    assert desk.recipients == [MARIE]


def test_a_run_killed_before_the_sending_sends_it_next_time(desk: Desk, sending: Work) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages, "claim_sending", _killed)
        with pytest.raises(KeyboardInterrupt):
            list(work([Pile([[Letter("1")]])], sending))
    assert desk.taken == []
    assert sent(list(work([Pile([[Letter("1")]])], sending))) == [True]


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_server_lost_before_the_flag_was_set_is_told_and_the_answer_is_not_repeated(
    desk: Desk, sending: Work
) -> None:
    letter = Letter("1", breaks=lost())
    pile = Pile([[letter], [letter], []])
    came = list(work_on([pile], sending, 0.0, pile.is_over))
    assert [(one.where, one.handled is None) for one in came] == [("pile", True), ("1", False)]
    assert (desk.recipients, letter.told) == ([MARIE], [(True, False)])


def lost() -> LostError:
    return LostError("mailbox.unreachable", name="pile", reason="gone")


def test_a_server_that_stays_away_is_told_once(clerk: Clerk) -> None:
    pile = Pile([[Letter("1")], lost(), lost(), [Letter("2")], lost(), [Letter("3")]])
    came = list(work_on([pile], Work(read=clerk), 0.0, pile.is_over))
    assert [one.where for one in came] == ["1", "pile", "2", "pile", "3"]
    assert pile.is_closed


def test_a_server_that_was_never_reached_ends_the_run(clerk: Clerk) -> None:
    pile = Pile([lost()], was_reached=False)
    with pytest.raises(LostError):
        list(work_on([pile], Work(read=clerk), 0.0, pile.is_over))
    assert pile.is_closed


def test_what_fails_at_one_message_holds_no_other_back(clerk: Clerk) -> None:
    """A disk that is full now is tried again; where the program itself fails, the message is left, and left alone."""
    clerk.fails = {"1": Xl2JsonError("no_room", name="x"), "2": ZeroDivisionError("S3cret")}
    letters = [Letter("1"), Letter("2"), Letter("3")]
    pile = Pile([letters, letters, []])
    came = list(work_on([pile], Work(read=clerk), 0.0, pile.is_over))
    assert [(one.where, one.exit_code) for one in came] == [("1", 3), ("2", 4), ("3", 0), ("1", 0)]
    assert clerk.read == ["1", "2", "3", "1"]
    assert [one.told for one in letters] == [[(True, False)], [], [(True, False)]]


def test_the_same_trouble_of_a_message_is_told_once_and_another_one_again(clerk: Clerk) -> None:
    looks = [
        Xl2JsonError("no_room", name="x"),
        Xl2JsonError("no_room", name="x"),
        Xl2JsonError("out_is_busy", name="x"),
    ]
    letter = Letter("1")
    pile = Pile([[letter] for _ in range(4)] + [[]])

    def read(post: Post) -> Handled:
        if looks:
            raise looks.pop(0)
        return clerk(post)

    came = list(work_on([pile], Work(read=read), 0.0, pile.is_over))
    assert [one.trouble.key if one.trouble else None for one in came] == ["error.no_room", "error.out_is_busy", None]
    assert letter.told == [(True, False)]


def test_it_ends_after_the_message_at_hand_though_nothing_is_told_of_it(clerk: Clerk) -> None:
    read: list[str] = []

    def fails(post: Post) -> Handled:
        read.append(post.where)
        raise Xl2JsonError("no_room", name="x")

    letters = [Letter("1"), Letter("2")]
    pile = Pile([letters, letters])
    list(work_on([pile], Work(read=fails), 0.0, lambda: len(read) == 3))
    assert read == ["1", "2", "1"]


def test_what_fails_at_one_message_of_a_single_run_holds_no_other_back_and_is_left_for_the_next(clerk: Clerk) -> None:
    clerk.fails = {"1": Xl2JsonError("numbers_used_up", last=99999)}
    letters = [Letter("1"), Letter("2")]
    first, second = work([Pile([letters])], Work(read=clerk))
    assert (first.exit_code, first.trouble and first.trouble.key) == (3, "error.numbers_used_up")
    assert (second.exit_code, [one.told for one in letters]) == (0, [[], [(True, False)]])
    assert [one.exit_code for one in work([Pile([letters])], Work(read=clerk))] == [0, 0]


@pytest.mark.parametrize(
    "error", [lost, lambda: Xl2JsonError("ledger.locked", name="x"), lambda: MisuseError("ledger.url")]
)
def test_a_single_run_stops_where_no_other_message_would_fare_better(
    clerk: Clerk, error: Callable[[], Xl2JsonError]
) -> None:
    clerk.fails = {"1": error()}
    pile = Pile([[Letter("1"), Letter("2")]])
    with pytest.raises(Xl2JsonError):
        list(work([pile], Work(read=clerk)))
    assert (clerk.read, pile.is_closed) == (["1"], True)


def test_a_ledger_that_is_out_of_reach_is_told_once_and_tried_again(clerk: Clerk) -> None:
    clerk.fails = {"1": Xl2JsonError("ledger.locked", name="x")}
    letters = [Letter("1"), Letter("2")]
    pile = Pile([letters, letters, []])
    came = list(work_on([pile], Work(read=clerk), 0.0, pile.is_over))
    assert [(one.where, one.exit_code) for one in came] == [("pile", 3), ("1", 0), ("2", 0)]


def test_a_source_that_once_was_there_is_waited_for_whatever_it_says(clerk: Clerk) -> None:
    refused = Xl2JsonError("mailbox.refused", name="pile")
    pile = Pile([[Letter("1")], refused, lost(), refused, [Letter("2")], refused, []])
    came = list(work_on([pile], Work(read=clerk), 0.0, pile.is_over))
    assert [one.where for one in came] == ["1", "pile", "2", "pile"]


def test_a_source_that_refuses_to_tell_of_news_is_looked_at_all_the_same(clerk: Clerk) -> None:
    pile = Pile([[Letter("1")], [Letter("2")]], will_not_wait=Xl2JsonError("mailbox.refused", name="pile"))
    assert [one.where for one in work_on([pile], Work(read=clerk), 0.0, pile.is_over)] == ["1", "2"]


def test_a_server_may_stay_away_for_days(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses grow up to the time between two looks, and no further."""
    pauses: list[float] = []
    monkeypatch.setattr(rounds, "pause", lambda seconds, _: pauses.append(seconds))
    for count in (1, 2):
        piles = [Pile([[], *(lost() for _ in range(3000))]) for _ in range(count)]
        pauses.clear()
        list(work_on(piles, Work(read=clerk), 60.0, piles[0].is_over))
        assert [one for one in pauses if one != 60.0] == [5.0, 10.0, 20.0, 40.0]


def test_a_message_that_the_program_fails_at_is_left_and_the_others_are_dealt_with(clerk: Clerk) -> None:
    """It bears no flag: whoever mends the program finds it again."""
    clerk.fails = {"1": ZeroDivisionError()}
    letters = [Letter("1"), Letter("2")]
    came = list(work([Pile([letters])], Work(read=clerk)))
    assert [(one.where, one.exit_code, one.bug is None) for one in came] == [("1", 4, False), ("2", 0, True)]
    assert [one.told for one in letters] == [[], [(True, False)]]
    assert [one.passes for one in letters] == [1, 0]


def test_another_message_of_a_known_id_is_left_and_need_not_be_looked_at_again(clerk: Clerk) -> None:
    letter = Letter("1")
    list(work([Pile([[letter]])], Work(read=lambda post: replace(clerk(post), is_impostor=True))))
    assert (letter.told, letter.passes) == ([], 1)


def test_what_is_tried_again_is_looked_at_again(desk: Desk, sending: Work, clerk: Clerk) -> None:
    letters = [Letter("1"), Letter("2")]
    desk.says["RCPT"] = "450 grey"
    clerk.fails = {"2": Xl2JsonError("no_room", name="x")}
    assert [one.again for one in work([Pile([letters])], sending)] == [True, True]
    assert [(one.told, one.passes) for one in letters] == [([], 0)] * 2


def test_what_another_run_has_in_hand_holds_no_other_message_back(clerk: Clerk) -> None:
    """It is tried again: by then, the other run has dealt with it."""
    clerk.fails = {"1": Xl2JsonError("ledger.overtaken")}
    letters = [Letter("1"), Letter("2")]
    came = list(work([Pile([letters])], Work(read=clerk)))
    assert [(one.exit_code, one.again) for one in came] == [(3, True), (0, False)]
    assert [one.exit_code for one in work([Pile([letters])], Work(read=clerk))] == [0, 0]


@pytest.mark.parametrize(
    ("step", "says", "by_hand"),
    [("RCPT", "250 ok", False), ("RCPT", "450 grey", False), ("RCPT", "550 nobody", True), ("DATA", "554 spam", True)],
)
def test_a_person_is_to_send_what_no_run_will(step: str, says: str, by_hand: bool, desk: Desk, sending: Work) -> None:
    desk.says |= {step: says} if says[0] != "2" else {}
    (came,) = work([Pile([[Letter("1")]])], sending)
    assert came.is_to_send == by_hand


def test_a_person_is_to_send_what_may_not_be_sent_and_what_was_not_to_be(sending: Work, clerk: Clerk) -> None:
    (unsent,) = work([Pile([[Letter("1")]])], Work(read=clerk))
    clerk.sender = "inconnu@ailleurs.fr"
    (refused,) = work([Pile([[Letter("2")]])], sending)
    assert (unsent.is_to_send, refused.is_to_send) == (True, True)


def test_nobody_is_to_send_what_has_left_or_may_have_or_does_not_hold(desk: Desk, sending: Work, clerk: Clerk) -> None:
    desk.cuts.add("AFTER")
    in_doubt, once_more = (next(work([Pile([[Letter("1")]])], sending)) for _ in range(2))
    assert (in_doubt.is_to_send, once_more.is_to_send) == (False, False)
    for why in ("already", "outdated"):
        worked = Worked(where="2", handled=clerk(Letter("2")), note=Say(f"text.mailbox.{why}"))
        assert not worked.is_to_send


def test_a_message_at_which_the_run_is_stopped_is_left_for_the_next(clerk: Clerk) -> None:
    clerk.fails = {"1": StoppedError()}
    letter = Letter("1")
    (came,) = work_on([Pile([[letter]])], Work(read=clerk), 0.0, lambda: bool(clerk.read))
    assert (came.exit_code, came.bug, letter.told) == (3, None, [])


def test_a_message_that_cannot_be_read_is_told_once_and_nothing_is_done_with_it(clerk: Clerk) -> None:
    letters = [Letter("1", trouble=Say("error.mail.bad_msg", {"name": "1"})), Letter("2")]
    assert [one.exit_code for one in work([Pile([letters])], Work(read=clerk))] == [3, 0]
    pile = Pile([letters, letters, []])
    came = list(work_on([pile], Work(read=clerk), 0.0, pile.is_over))
    assert [one.where for one in came] == ["1", "2"]
    assert (letters[0].told, "1" in clerk.read) == ([], False)


def test_it_ends_after_the_message_at_hand(clerk: Clerk) -> None:
    pile = Pile([[Letter("1"), Letter("2")]])
    came = list(work_on([pile], Work(read=clerk), 0.0, lambda: bool(clerk.read)))
    assert ([one.where for one in came], clerk.read) == (["1"], ["1"])

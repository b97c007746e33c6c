"""`mail read`: all messages of a source dealt with, answered where that was asked for, once or as long as it is wanted.

In this order, so that a run that is killed anywhere is taken up again by the next: the message is dealt with and noted;
its answer is claimed, sent, noted; the message is flagged.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from converter.errors import MisuseError, Xl2JsonError
from converter.jobs.mail import Handled
from converter.ledger import messages
from converter.ledger.open import Ledger
from converter.mail.imap import LostError, pause
from converter.mail.send import Fate, Outbox
from converter.mail.sources import EmptyError, Post, posts
from converter.pool import StoppedError
from converter.wording import Say

FIRST_RETRY = 5.0
"""Seconds before a server that was lost is tried again; twice as many each time, up to the time between two looks."""
_LEDGER = "error.ledger."  # what begins so is the ledger's own trouble: no other message would fare better


class Source(Protocol):
    """Where messages come from, time and again."""

    @property
    def name(self) -> str:
        """The place, for a person."""
        ...

    @property
    def was_reached(self) -> bool:
        """Whether there is such a place at all."""
        ...

    def posts(self) -> Iterator[Post]:
        """What lies there now."""
        ...

    def wait(self, seconds: float, is_over: Callable[[], bool]) -> None:
        """Until something may have arrived."""
        ...

    def close(self) -> None:
        """Nothing more is wanted of it."""
        ...


@dataclass(slots=True)
class Folder:
    """Messages on this machine's disk."""

    name: str
    was_reached: bool = False

    def posts(self) -> Iterator[Post]:
        """What lies there now. Raises as `posts` of a path does."""
        try:
            for post in posts(self.name):
                self.was_reached = True
                yield post
            self.was_reached = True
        except EmptyError:
            self.was_reached = True
            raise

    def wait(self, seconds: float, is_over: Callable[[], bool]) -> None:
        """The whole time: a disk tells nothing."""
        pause(seconds, is_over)

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What came of one message, or of an attempt to get at the messages.

    `where` is its place. `handled` is None where the run has failed at it: `trouble` says why, `bug` is the traceback
    where the program is to blame. `is_sent` where this run has sent its answer; `note` says why it has not, where one
    was to be sent. `again` where the next look takes it up once more.
    """

    where: str
    handled: Handled | None = None
    is_sent: bool = False
    note: Say | None = None
    trouble: Say | None = None
    bug: str | None = None
    again: bool = False

    @property
    def is_news(self) -> bool:
        """Whether anything has happened: not where a message was dealt with before and nothing is left to do."""
        return self.handled is None or self.handled.is_new or self.is_sent or self.note is not None

    @property
    def exit_code(self) -> int:
        """0, 1 where the message has something to mend, 3 where not all could be done, 4 a bug."""
        if self.bug is not None or (self.handled is not None and self.handled.bugs):
            return 4
        if self.handled is None or self.again:
            return 3
        return 0 if self.handled.ok else 1


@dataclass(frozen=True, kw_only=True)
class Work:
    """How messages are dealt with: `read` makes of each what is to be made of it; with an `outbox`, answers are sent,
    and `ledger` keeps count of that. Raises MisuseError where nothing would.
    """

    read: Callable[[Post], Handled]
    outbox: Outbox | None = None
    ledger: str | Path | None = None

    def __post_init__(self) -> None:
        if self.outbox is not None and self.ledger is None:
            raise MisuseError("mailbox.needs_ledger")

    def once(self, source: Source) -> Iterator[Worked]:
        """All messages that lie there now; what fails at one of them is told, and holds no other back.

        Raises Xl2JsonError where no other would fare better.
        """
        for post in source.posts():
            yield self._tried(post)

    def round(self, source: Source, seen: set[bytes]) -> Iterator[Worked]:
        """The same for a run that goes on: what fails now is tried again at the next look.

        Messages that were `seen` are passed over; those that need not be looked at again are added.
        """
        with suppress(EmptyError):  # something may come
            for post in source.posts():
                place = f"{post.where}\n{post.trouble}\n".encode("utf-8", "replace")
                mark = hashlib.sha256(place + post.content).digest()
                if mark in seen:
                    continue
                worked = self._tried(post)
                if not worked.again:
                    seen.add(mark)
                yield worked

    def _tried(self, post: Post) -> Worked:
        """What fails here leaves the message as it is: by the next start, at the latest, it is tried again."""
        if post.trouble is not None:
            return Worked(where=post.where, trouble=post.trouble)
        try:
            return self._one(post)
        except StoppedError:
            return Worked(where=post.where, trouble=Say("text.mailbox.stopped"), again=True)
        except Xl2JsonError as error:
            if isinstance(error, LostError | MisuseError) or error.say.key.startswith(_LEDGER):
                raise
            return Worked(where=post.where, trouble=error.say, again=True)
        except Exception:  # noqa: BLE001 - a message that we fail at must not stop all that come after it
            return Worked(where=post.where, bug=traceback.format_exc())

    def _one(self, post: Post) -> Worked:
        handled = self.read(post)
        worked = self._answered(Worked(where=post.where, handled=handled))
        if not worked.again:
            post.done(handled.is_ours, answered=worked.is_sent)
        return worked

    def _answered(self, worked: Worked) -> Worked:
        handled, outbox = worked.handled, self.outbox
        if handled is None or outbox is None or self.ledger is None:
            return worked
        if handled.begun:
            return replace(worked, note=Say("text.mailbox.begun"))
        if not handled.is_due or handled.draft is None:
            return replace(worked, note=handled.unanswered if handled.is_new and handled.is_ours else None)
        ledger = Ledger.at(self.ledger)
        with ledger.writing() as connection:
            why_not = _claimed(connection, handled.key)
        if why_not is not None:
            return replace(worked, note=why_not)
        fate, note = _sent(outbox, handled, handled.draft)
        if fate is not Fate.UNKNOWN:
            with ledger.writing() as connection:
                if fate is Fate.SENT:
                    messages.note_sent(connection, handled.key)
                else:
                    messages.release_sending(connection, handled.key, is_due=fate is Fate.LATER)
        return replace(worked, is_sent=fate is Fate.SENT, note=note, again=fate is Fate.LATER)


def _claimed(connection: Connection, key: str) -> Say | None:
    """Claim the sending of an answer; says why that cannot be."""
    row = messages.handled(connection, key)
    if row is None or row.sent_at is not None:
        return Say("text.mailbox.already")
    if row.claimed_at is not None:
        return Say("text.mailbox.begun")
    if not messages.stands(connection, row):
        messages.release_sending(connection, key, is_due=False)
        return Say("text.mailbox.outdated")
    return None if messages.claim_sending(connection, key) else Say("text.mailbox.begun")


def _sent(outbox: Outbox, handled: Handled, draft: Path) -> tuple[Fate, Say | None]:
    reason = outbox.refusal(handled.message)
    if reason is not None or handled.message.sender is None:
        return Fate.REFUSED, reason
    try:
        content = draft.read_bytes()
    except OSError:
        return Fate.REFUSED, Say("text.mailbox.no_draft")
    return outbox.send(content, handled.message.sender)


def work(sources: Sequence[Source], how: Work) -> Iterator[Worked]:
    """All messages that lie at the sources now. Raises Xl2JsonError where the run cannot go on."""
    try:
        for source in sources:
            yield from how.once(source)
    finally:
        _close(sources)


def work_on(sources: Sequence[Source], how: Work, every: float, is_over: Callable[[], bool]) -> Iterator[Worked]:
    """The same for as long as it is not over: looked for again after `every` seconds, or when the server tells.

    A source that fails, or a ledger, is tried again after a while, and told once; so is what fails at a message for the
    same reason as before. Raises Xl2JsonError where a source cannot be opened at first.
    """
    rounds = [_Rounds(source, how) for source in sources]
    try:
        while not is_over():
            for one in rounds:
                yield from one.go(is_over)
                if is_over():
                    return
            _wait(rounds, every, is_over)
    finally:
        _close(sources)


class _Rounds:
    """One source, looked at time and again."""

    def __init__(self, source: Source, how: Work) -> None:
        self.source, self._how = source, how
        self._seen: set[bytes] = set()
        self._told: dict[str, Say] = {}  # what is to be tried again, by place
        self._losses = 0  # how often in a row it has failed

    def go(self, is_over: Callable[[], bool]) -> Iterator[Worked]:
        try:
            for worked in self._how.round(self.source, self._seen):
                if not worked.again:
                    self._losses = 0
                if self._is_news(worked):
                    yield worked
                if is_over():
                    return
            self._losses = 0
        except MisuseError:
            raise
        except Xl2JsonError as error:
            if not self.source.was_reached:
                raise
            self._losses += 1
            if self._losses == 1:
                yield Worked(where=self.source.name, trouble=error.say, again=True)

    def _is_news(self, worked: Worked) -> bool:
        """Not what was tried again and has come to the same."""
        before, why = self._told.pop(worked.where, None), worked.trouble or worked.note
        if worked.again and why is not None:
            self._told[worked.where] = why
        return not worked.again or why is None or why != before

    def delay(self, every: float) -> float:
        """Seconds until the next look; some number of doublings is more than any float holds."""
        return min(FIRST_RETRY * 2 ** min(self._losses - 1, 20), every) if self._losses else every

    def wait(self, every: float, is_over: Callable[[], bool]) -> None:
        """Raises nothing: that the source fails shows at the next look."""
        if self._losses:
            pause(self.delay(every), is_over)
            return
        try:
            self.source.wait(every, is_over)
        except LostError:
            pause(min(FIRST_RETRY, every), is_over)
        except Xl2JsonError:  # it does not tell of news
            pause(every, is_over)


def _wait(rounds: Sequence[_Rounds], every: float, is_over: Callable[[], bool]) -> None:
    """A server tells when something has arrived; to two at once nobody can listen."""
    if len(rounds) == 1:
        rounds[0].wait(every, is_over)
    else:
        pause(min(one.delay(every) for one in rounds), is_over)


def _close(sources: Sequence[Source]) -> None:
    for source in sources:
        source.close()

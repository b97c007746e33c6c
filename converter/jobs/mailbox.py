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

from converter.errors import MisuseError, Xl2JsonError
from converter.jobs.mail import Handled
from converter.jobs.sending import send_answer
from converter.mail.imap import LostError, pause
from converter.mail.send import Outbox
from converter.mail.sources import EmptyError, Post, posts
from converter.pool import StoppedError
from converter.wording import Say

_LEDGER = "error.ledger."  # what begins so is the ledger's own trouble: no other message would fare better
_OVERTAKEN = "error.ledger.overtaken"  # but this: another run has these same requests in hand
_SETTLED = {f"text.mailbox.{one}" for one in ("already", "begun", "outdated", "no_draft")}
"""Why an answer has not left, where nobody is to send it either."""


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
    was to be sent. `again` where the next look takes it up once more; `has_failed` where the answer cannot be sent, or
    may not have left.
    """

    where: str
    handled: Handled | None = None
    is_sent: bool = False
    note: Say | None = None
    trouble: Say | None = None
    bug: str | None = None
    again: bool = False
    has_failed: bool = False

    @property
    def is_news(self) -> bool:
        """Whether anything has happened: not where a message was dealt with before and nothing is left to do."""
        return self.handled is None or self.handled.is_new or self.is_sent or self.note is not None

    @property
    def is_to_send(self) -> bool:
        """Whether a person is to read the draft and send it: not where it has left or may have, where a look that
        sends will send it, or where it does not hold any more.
        """
        if self.handled is None or self.handled.draft is None or self.is_sent or self.again or self.handled.begun:
            return False
        if self.handled.is_due and not self.handled.is_new:
            return False
        return self.note is None or self.note.key not in _SETTLED

    @property
    def exit_code(self) -> int:
        """0, 1 where the message has something to mend, 3 where not all could be done, 4 a bug."""
        if self.bug is not None or (self.handled is not None and self.handled.bugs):
            return 4
        if self.handled is None or self.again or self.has_failed:
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
            post.passed()
            return Worked(where=post.where, trouble=post.trouble)
        try:
            return self._one(post)
        except StoppedError:
            return Worked(where=post.where, trouble=Say("text.mailbox.stopped"), again=True)
        except Xl2JsonError as error:
            if isinstance(error, LostError | MisuseError) or _is_the_ledgers(error):
                raise
            return Worked(where=post.where, trouble=error.say, again=True)
        except Exception:  # noqa: BLE001 - a message that we fail at must not stop all that come after it
            post.passed()
            return Worked(where=post.where, bug=traceback.format_exc())

    def _one(self, post: Post) -> Worked:
        handled = self.read(post)
        worked = Worked(where=post.where, handled=handled)
        if self.outbox is not None and self.ledger is not None:
            came = send_answer(handled, self.outbox, self.ledger)
            worked = replace(worked, is_sent=came.is_sent, note=came.note, again=came.again, has_failed=came.has_failed)
        if handled.is_impostor:
            post.passed()
        elif not worked.again:
            post.done(handled.is_ours, answered=worked.is_sent)
        return worked


def _is_the_ledgers(error: Xl2JsonError) -> bool:
    return error.say.key.startswith(_LEDGER) and error.say.key != _OVERTAKEN


def work(sources: Sequence[Source], how: Work) -> Iterator[Worked]:
    """All messages that lie at the sources now. Raises Xl2JsonError where the run cannot go on."""
    try:
        for source in sources:
            yield from how.once(source)
    finally:
        close_all(sources)


def close_all(sources: Sequence[Source]) -> None:
    """Nothing more is wanted of any of them."""
    for source in sources:
        source.close()

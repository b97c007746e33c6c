"""`mail read --every`: sources looked at time and again, for as long as it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from converter.errors import MisuseError, Xl2JsonError
from converter.jobs.mailbox import Source, Work, Worked, close_all
from converter.mail.imap import LostError, pause
from converter.wording import Say

FIRST_RETRY = 5.0
"""Seconds before a server that was lost is tried again; twice as many each time, up to the time between two looks."""


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
        close_all(sources)


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

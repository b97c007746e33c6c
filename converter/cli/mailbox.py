"""What `mail read` needs for mailboxes on servers, for sending, and for going on until it is stopped."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Annotated

from converter.cli.options import option
from converter.errors import MisuseError
from converter.wording import Say, say

if TYPE_CHECKING:
    from converter.jobs.mailbox import Source, Work
    from converter.mail.send import Outbox
    from converter.mail.server import Server

Send = Annotated[str | None, option("--send", metavar="smtp://USER@HOST")]
Allow = Annotated[list[str] | None, option("--allow", metavar="ADDRESS|@DOMAIN")]
MoveTo = Annotated[str | None, option("--move-to", metavar="FOLDER")]
Every = Annotated[str | None, option("--every", metavar="5m")]

_SECONDS = {"s": 1, "m": 60, "h": 3600}
_LEAST, _MOST = 5, 24 * 3600


def sources_of(typed: Sequence[str], *, move_to: str | None, usual: str | None = None, again: bool) -> list[Source]:
    """Where messages come from: mailboxes on servers, and places on the disk.

    `move_to` is the mailbox's folder for messages that were dealt with, as typed; where nothing was, the `usual` one
    counts, but for a mailbox that is itself that folder. Raises MisuseError where an address is none, Xl2JsonError
    where a password is missing.
    """
    from converter.jobs.mailbox import Folder
    from converter.mail.server import IMAP, is_mailbox, read_server

    if move_to is not None and not any(is_mailbox(one) for one in typed):
        raise MisuseError("mailbox.only_imap")
    return [_inbox(read_server(one, IMAP), move_to, usual, again) if is_mailbox(one) else Folder(one) for one in typed]


def _inbox(server: Server, move_to: str | None, usual: str | None, again: bool) -> Source:
    from converter.mail.imap import Inbox

    if move_to is None and usual != server.folder:
        move_to = usual
    return Inbox(server, move_to=move_to, again=again)


def outbox_of(send: str | None, allow: Sequence[str] | None, usual: Sequence[str] = ()) -> Outbox | None:
    """What answers go through; None where nothing is to be sent. Raises as `Outbox` and `Allowed` do.

    They may go to whom `allow` names, as typed; where nothing was, to those who are `usual`. Never to both: more than
    was typed would be a surprise.
    """
    if send is None:
        if allow:
            raise MisuseError("mailbox.allow_without_send")
        return None
    from converter.mail.send import Allowed, Outbox
    from converter.mail.server import SMTP, read_server

    return Outbox(read_server(send, SMTP), Allowed(allow or usual))


def seconds_of(every: str | None, *, again: bool) -> int | None:
    """The seconds that `--every` names. Raises MisuseError where it names none."""
    if every is None:
        return None
    if again:
        raise MisuseError("mailbox.every_again")
    found = re.fullmatch(r"([0-9]{1,6})([smh])", every)
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
    if not _LEAST <= seconds <= _MOST:
        raise MisuseError("mailbox.every", value=every)
    return seconds


def run(sources: Sequence[Source], how: Work, every: int, *, lang: str, format_: str, quiet: bool) -> int:
    """Deal with all messages until the program is stopped, showing a line each; returns the exit code.

    SIGTERM ends it after the message at hand, with 0.
    """
    from converter.cli.show_mailbox import show_worked
    from converter.jobs.rounds import work_on

    with _until_told() as over:
        _tell(Say("text.mailbox.began", {"names": tuple(one.name for one in sources)}), lang, quiet)
        for worked in work_on(sources, how, every, over.is_set):
            if worked.is_news:
                show_worked(worked, lang, format_, quiet=quiet)
        _tell(Say("text.mailbox.ended"), lang, quiet)
    return 0


def _tell(sentence: Say, lang: str, quiet: bool) -> None:
    """On the standard error: not a message's line."""
    if not quiet:
        print(say(sentence, lang), file=sys.stderr, flush=True)


@contextmanager
def _until_told() -> Iterator[Event]:
    """An event that SIGTERM sets."""
    from converter.pool import STOPPING

    before = signal.signal(signal.SIGTERM, lambda *_: STOPPING.set())
    try:
        yield STOPPING
    finally:
        signal.signal(signal.SIGTERM, before)
        STOPPING.clear()

"""What came of messages: a line each, for a person who looks at a log, or a document each, for a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from converter import clock
from converter.cli.show import plain
from converter.jobs.mail import Handled
from converter.jobs.mailbox import Worked
from converter.jobs.outcome import BatchOutcome, printable
from converter.wording import Say, say

_MOST = 70  # characters of a subject


def show_worked(worked: Worked, lang: str, format_: str, *, quiet: bool) -> None:
    """One line, at once; with `quiet` only where something is to be mended or has failed."""
    log = _logged(worked)
    if format_ == "json":
        text = json.dumps(document(worked, lang), ensure_ascii=False)
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    elif not quiet or worked.exit_code:
        print(plain(line(worked, lang, log)))
    sys.stdout.flush()


def line(worked: Worked, lang: str, log: str) -> str:
    """When, from whom, what about, and what came of it."""
    return f"{clock.posted():%Y-%m-%d %H:%M:%S} · {' · '.join(one for one in _parts(worked, lang, log) if one)}"


def document(worked: Worked, lang: str) -> dict[str, Any]:
    """The same for a program; the findings are those of `batch`."""
    handled = worked.handled
    why = worked.trouble or worked.note or (handled.unanswered if handled else None)
    made: dict[str, Any] = {"where": worked.where, "code": worked.exit_code, "sent": worked.is_sent}
    made |= {"why": say(why, lang) if why else None}
    if handled is not None:
        made |= {
            "id": handled.message.id,
            "sender": handled.message.sender,
            "subject": handled.message.subject,
            "new": handled.is_new,
            "folder": printable(handled.folder) if handled.folder else None,
            "draft": printable(handled.draft) if handled.draft else None,
            "copies": [printable(one) for one in handled.copies],
            "named": [printable(one) for one in handled.named],
            "troubles": [say(one, lang) for one in handled.message.troubles],
            "outcome": handled.outcome.as_dict(lang) if handled.outcome else None,
            "replaced": list(replaced(handled.outcome)),
        }
    return made


def replaced(outcome: BatchOutcome | None) -> tuple[str, ...]:
    """The JSON files of before that must not be deposited any more."""
    return tuple(f"{name}.json" for one in (outcome.deliveries if outcome else ()) for name in one.replaced)


def _parts(worked: Worked, lang: str, log: str) -> Iterator[str]:
    handled = worked.handled
    if handled is None:
        yield worked.where
        yield say(Say("text.mailbox.bug", {"log": log}), lang) if worked.bug else _failure(worked, lang)
        return
    yield handled.message.sender or ""
    yield _subject(handled)
    yield say(_came_of(handled), lang)
    yield from (say(one, lang) for one in handled.message.troubles)
    yield say(Say("text.mailbox.stumbled", {"log": log}), lang) if handled.bugs else ""
    yield say(_answer(worked, handled), lang) if _has_answer(worked, handled) else ""
    yield say(_named(handled), lang) if handled.named else ""
    yield printable(handled.folder) if handled.folder else ""


def _failure(worked: Worked, lang: str) -> str:
    return say(Say("text.mailbox.failed", {"why": worked.trouble or ""}), lang)


def _subject(handled: Handled) -> str:
    subject = " ".join(handled.message.subject.split())
    return subject if len(subject) <= _MOST else f"{subject[: _MOST - 1]}…"


def _came_of(handled: Handled) -> Say:
    if not handled.is_new:
        return Say("text.mailbox.known")
    if handled.outcome is None:
        return Say("text.mailbox.nothing")
    counts = handled.outcome.counts
    errors = handled.outcome.count("error")
    return Say("text.mailbox.requests", {"read": counts.read, "written": counts.written, "errors": errors})


def _has_answer(worked: Worked, handled: Handled) -> bool:
    return worked.is_sent or worked.note is not None or (handled.is_new and handled.is_ours)


def _answer(worked: Worked, handled: Handled) -> Say:
    if worked.is_sent:
        return Say("text.mailbox.sent", {"address": handled.message.sender})
    return worked.note or handled.unanswered or Say("text.mailbox.drafted")


def _named(handled: Handled) -> Say:
    """What somebody has to hand over: the answer does not carry it. They are in the message's own folder."""
    return Say("text.mailbox.named", {"names": tuple(one.name for one in handled.named)})


def _logged(worked: Worked) -> str:
    """Where the details are of what the program itself has failed at; nothing where there is none of that."""
    bugs = [worked.bug] if worked.bug else list(worked.handled.bugs) if worked.handled else []
    if not bugs:
        return ""
    from converter.cli.log import log

    return str([log(bug) for bug in bugs][-1])

"""What came of messages, some lines each for a person, one document for a program; `show_mailbox` keeps a log."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from converter.cli.show import plain, requests_in_words, show_json, wrapped
from converter.cli.show_mailbox import document, replaced
from converter.jobs.letter import Drafted
from converter.jobs.mail import Handled
from converter.jobs.mailbox import Worked
from converter.jobs.outcome import printable
from converter.wording import Say, say


def show_all(some: Iterable[Worked], lang: str, format_: str, *, quiet: bool) -> int:
    """Each as it comes, then how many there were; returns the exit code. With `quiet`, only what is to be mended, what
    was written to be deposited, and what somebody has to hand over.
    """
    came = []
    for worked in some:
        came.append(worked)
        _log_bugs(worked)
        if format_ != "json" and (not quiet or worked.exit_code or _is_written(worked)):
            for line in _lines(worked, lang):
                print(wrapped(plain(line)))
            sys.stdout.flush()
    if format_ == "json":
        show_json({"messages": [document(one, lang) for one in came]})
    elif not quiet:
        print(wrapped(_summary(came, lang)))
    return max((one.exit_code for one in came), default=0)


def show_drafted(made: Drafted, lang: str, format_: str, *, quiet: bool) -> None:
    """A draft that was written, and what could not go along."""
    enclosed, named = (tuple(map(printable, some)) for some in (made.enclosed, made.named))
    if format_ == "json":
        show_json({"draft": printable(made.draft), "enclosed": list(enclosed), "named": list(named)})
        return
    if not quiet:
        print(wrapped(plain(_say("drafted", lang, name=printable(made.draft)))))
        if enclosed:
            print(wrapped(plain(_say("carried", lang, names=enclosed))))
    if named:
        print(wrapped(plain(_say("named", lang, names=named))))


def _say(key: str, lang: str, **words: Any) -> str:
    return say(Say(f"text.mail.{key}", words), lang)


def _lines(worked: Worked, lang: str) -> Iterator[str]:
    handled = worked.handled
    if handled is None:
        from converter.cli.log import log

        yield f"{worked.where}"
        if worked.bug:
            yield say(Say("error.bug", {"log": log(worked.bug)}), lang)
        elif worked.trouble:
            yield say(worked.trouble, lang)
        return
    message = handled.message
    sender = message.sender or Say("text.mail.no_one")
    yield _say("message", lang, where=worked.where, sender=sender, subject=message.subject)
    yield from (f"  {say(one, lang)}" for one in message.troubles)
    yield from _converted(handled, lang)
    yield from _answered(worked, handled, lang)


def _converted(handled: Handled, lang: str) -> Iterator[str]:
    outcome = handled.outcome
    if outcome is not None:
        read = requests_in_words(outcome.counts.read, lang)
        yield _say("deposited" if outcome.ok else "bad", lang, read=read, errors=outcome.count("error"))
        for file in outcome.files:
            yield _say("file", lang, name=file.json)
        for name in replaced(outcome):
            yield _say("replaced", lang, name=name)
    yield from (_say("copy", lang, name=printable(one)) for one in handled.copies)


def _answered(worked: Worked, handled: Handled, lang: str) -> Iterator[str]:
    if worked.is_sent:
        yield f"  {say(Say('text.mailbox.sent', {'address': handled.message.sender}), lang)}"
    elif worked.note:
        yield f"  {say(worked.note, lang)}"
    elif handled.unanswered:
        yield f"  {say(handled.unanswered, lang)}"
    if handled.named:
        yield f"  {_say('named', lang, names=tuple(map(printable, handled.named)))}"
    if handled.begun and handled.draft and worked.note is None:
        yield _say("begun", lang, name=printable(handled.draft))
    elif handled.draft and worked.is_to_send:
        yield _say("draft", lang, name=printable(handled.draft))


def _is_written(worked: Worked) -> bool:
    """Whether there is a deposit, which goes along with the answer or is to be handed over otherwise."""
    outcome = worked.handled.outcome if worked.handled else None
    return outcome is not None and bool(outcome.files)


def _summary(came: list[Worked], lang: str) -> str:
    handled = [one.handled for one in came if one.handled is not None]
    new = [one for one in handled if one.is_new]
    ours = [one for one in new if one.is_ours or not one.ok]
    counts = {"count": len(came), "ours": len(ours), "bad": sum(not one.ok for one in ours)}
    return _say("summary", lang, **counts, before=len(handled) - len(new), others=len(new) - len(ours))


def _log_bugs(worked: Worked) -> None:
    for bug in worked.handled.bugs if worked.handled else ():
        from converter.cli.log import log

        log(bug)

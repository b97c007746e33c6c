"""A mailbox on a server: read without a trace, flagged or moved once a message is done with, never emptied.

imap-tools' own `flag`, `move` and `delete` make the server forget whatever anybody has marked as deleted (EXPUNGE), so
they are not used.
"""

from __future__ import annotations

import imaplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from imap_tools import A, BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderCreateError, MailboxFolderSelectError
from imap_tools.utils import encode_folder

from converter.errors import MisuseError, Xl2JsonError
from converter.mail.parse import MOST_BYTES
from converter.mail.server import WAIT, Server, context, password_of, reason_lost
from converter.wording import Say

KEYWORD = "xl2json"
"""What a message bears that we have looked at."""
IDLE = 25 * 60.0
"""Seconds after which a server may think that nobody is there any more."""
_STEP = 1.0
_FAREWELL = 5.0  # seconds
_FOR_A_WHILE = (b"[UNAVAILABLE]", b"[INUSE]", b"[SERVERBUG]", b"[LIMIT]")


class LostError(Xl2JsonError):
    """The server cannot be reached now; it may be, later."""


@dataclass(slots=True)
class _Answers:
    """What is known of a connection: what the server can do, what stands between a folder and one below it, whether
    it keeps keywords, and which numbering of messages this is.
    """

    box: BaseMailBox
    can: frozenset[str]
    mark: str
    keeps_keywords: bool
    validity: str


class Inbox:
    """A folder on a server, opened when it is first needed and again after it was lost.

    What is done with goes to the folder `move_to`, where one is given. Every method raises LostError where the
    server is out of reach, Xl2JsonError where it refuses.
    """

    def __init__(self, server: Server, *, move_to: str | None = None, again: bool = False) -> None:
        if move_to is not None and not (move_to and move_to.isprintable() and move_to != server.folder):
            raise MisuseError("mailbox.move_to")
        self.server, self.move_to, self.again = server, move_to, again
        self._password = password_of(server)
        self.was_reached = False
        self._answers: _Answers | None = None
        self.passed: set[tuple[str, str]] = set()  # numbering and number of what is left alone, flag or no flag

    @property
    def name(self) -> str:
        """The mailbox, for a person."""
        return self.server.name

    def posts(self) -> Iterator[_Fetched]:
        """The messages that nobody has looked at for us yet (all, where they are wanted `again`)."""
        with self._told():
            there = self._open()
            wanted = A(deleted=False) if self.again else A(deleted=False, no_keyword=KEYWORD)
            uids = there.box.uids(wanted, charset=None)
        for uid in uids:
            if (there.validity, uid) not in self.passed and (content := self._fetch(there.validity, uid)) is not None:
                yield _Fetched(self, there.validity, uid, content)

    def done(self, validity: str, uid: str, *, ok: bool, answered: bool) -> None:
        """A message has been dealt with: it is flagged or, where it was `ok` and a folder is given for that, moved.

        What is to be moved does not bear the keyword: it is found again where the run is killed in between.
        """
        with self._told():
            there = self._numbered(validity)
            goes_to = self.move_to.replace("/", there.mark) if ok and self.move_to is not None else None
            flags = [r"\Seen"] if ok else []
            flags += [r"\Answered"] if answered else []
            flags += [KEYWORD] if there.keeps_keywords and goes_to is None else []
            if flags:
                _ask(there.box, "STORE", uid, "+FLAGS.SILENT", f"({' '.join(flags)})")
            if goes_to is not None:
                _move(there, uid, goes_to)
            elif not there.keeps_keywords:
                self.passed.add((validity, uid))

    def wait(self, seconds: float, is_over: Callable[[], bool]) -> None:
        """Until something has arrived, as far as the server tells, or until `seconds` have passed, or it `is_over`."""
        with self._told():
            there = self._open()
            if "IDLE" in there.can:
                _idle(there.box, min(seconds, IDLE), is_over)
                return
        pause(seconds, is_over)

    def close(self) -> None:
        """End the connection; what goes wrong with that is nobody's concern."""
        there, self._answers = self._answers, None
        if there is not None:
            with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
                there.box.client.sock.settimeout(_FAREWELL)
                there.box.logout()

    def _fetch(self, validity: str, uid: str) -> bytes | None:
        """A message's bytes, one more than the most at most: then it is seen to be too large; None where it is gone."""
        with self._told():
            box = self._numbered(validity).box
            data = _ask(box, "FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES + 1}>)")
        return next((one[1] for one in data if isinstance(one, tuple) and b"BODY[" in one[0].upper()), None)

    def _numbered(self, validity: str) -> _Answers:
        """The connection, where messages still bear the numbers that they had."""
        there = self._open()
        if there.validity != validity:
            raise LostError("mailbox.unreachable", name=self.name, reason=Say("word.mailbox.renumbered"))
        return there

    def _open(self) -> _Answers:
        if self._answers is None:
            box = _connect(self.server)
            try:
                self._answers, self.was_reached = self._enter(box), True
            except BaseException:
                _hang_up(box)
                raise
        return self._answers

    def _enter(self, box: BaseMailBox) -> _Answers:
        _log_in(box, self.server, self._password)
        can = frozenset(str(box.client.capability()[1][-1], "ascii", "replace").upper().split())
        mark = _mark_between(box)
        if self.move_to is not None:
            if not can & {"MOVE", "UIDPLUS"}:
                raise Xl2JsonError("mailbox.no_move", name=self.name)
            _make_sure_of(box, self.move_to.replace("/", mark), self.move_to)
        box.folder.set(self.server.folder.replace("/", mark))
        kept = b" ".join(one for one in box.client.response("PERMANENTFLAGS")[1] if one).lower()
        validity = b"".join(one for one in box.client.response("UIDVALIDITY")[1] if one)
        keeps = rb"\*" in kept or KEYWORD.encode() in kept.split()
        return _Answers(box, can, mark, keeps, validity.decode("ascii", "replace"))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong on the way, in one sentence; never in the server's words, which might repeat ours."""
        try:
            yield
        except (Xl2JsonError, OSError, imaplib.IMAP4.error, ImapToolsError, UnicodeError) as error:
            self._drop()
            raise _sentence(error, self.server) from None

    def _drop(self) -> None:
        there, self._answers = self._answers, None
        if there is not None:
            _hang_up(there.box)


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A `Post` that lies on a server."""

    inbox: Inbox
    validity: str
    uid: str
    content: bytes
    trouble: Say | None = None

    @property
    def where(self) -> str:
        """Its place, for a person (RFC 5092)."""
        return f"{self.inbox.name};UID={self.uid}"

    def done(self, ok: bool, *, answered: bool = False) -> None:
        """It has been dealt with. Raises LostError where the server does not get to know."""
        self.inbox.done(self.validity, self.uid, ok=ok, answered=answered)

    def passed(self) -> None:
        """It stays as it is, and is not fetched again."""
        self.inbox.passed.add((self.validity, self.uid))


def pause(seconds: float, is_over: Callable[[], bool]) -> None:
    """Wait, but not once it `is_over`."""
    end = time.monotonic() + seconds
    while not is_over() and time.monotonic() < end:
        time.sleep(max(0.0, min(_STEP / 4, end - time.monotonic())))


def _connect(server: Server) -> BaseMailBox:
    if server.is_wrapped:
        return MailBox(server.host, server.port, WAIT, ssl_context=context())
    box = MailBoxUnencrypted(server.host, server.port, WAIT)
    try:
        if "STARTTLS" in box.client.capabilities:
            box.client.starttls(context())
        elif not server.is_here:
            raise Xl2JsonError("mailbox.in_the_clear", name=server.name)
    except BaseException:
        _hang_up(box)
        raise
    return box


def _hang_up(box: BaseMailBox) -> None:
    with suppress(OSError):
        box.client.shutdown()


def _log_in(box: BaseMailBox, server: Server, password: str) -> None:
    """By SASL PLAIN, which takes any character; by LOGIN where the server has nothing else."""
    user = server.user or ""
    try:
        if "AUTH=PLAIN" in box.client.capabilities or not (user + password).isascii():
            box.login_utf8(user, password, None)
        elif not password.isprintable():  # a line of its own would be a command
            raise Xl2JsonError("mailbox.login", name=server.name)
        else:
            box.login(user, password, None)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        if any(code.decode() in str(error) for code in _FOR_A_WHILE):
            raise LostError("mailbox.unreachable", name=server.name, reason=Say("word.mailbox.busy")) from None
        raise Xl2JsonError("mailbox.login", name=server.name) from None


def _mark_between(box: BaseMailBox) -> str:
    """What the server writes between a folder and one below it; people may always type `/`."""
    return next((one.delim for one in box.folder.list("", "") if one.delim not in ("", "NIL")), "/")


def _make_sure_of(box: BaseMailBox, folder: str, typed: str) -> None:
    if box.folder.exists(folder):
        return
    try:
        box.folder.create(folder)
    except MailboxFolderCreateError:
        if box.folder.exists(folder):  # another run has made it this very moment
            return
        raise Xl2JsonError("mailbox.cannot_make", folder=typed) from None


def _ask(box: BaseMailBox, command: str, *arguments: Any) -> list[Any]:
    """A UID command's answer. Raises imaplib's error where the server refuses."""
    status, data = box.client.uid(command, *arguments)
    if status != "OK":
        raise imaplib.IMAP4.error(command)
    return list(data)


def _move(there: _Answers, uid: str, folder: str) -> None:
    """Where the server cannot move, copy, and take away this one message alone."""
    target = encode_folder(folder)
    if "MOVE" in there.can:
        _ask(there.box, "MOVE", uid, target)
        return
    _ask(there.box, "COPY", uid, target)
    _ask(there.box, "STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
    _ask(there.box, "EXPUNGE", uid)


def _idle(box: BaseMailBox, seconds: float, is_over: Callable[[], bool]) -> None:
    """In short steps: a signal does not end the wait for the server's line.

    A step that ends early with nothing heard may mean that the line was cut: then `stop` raises.
    """
    box.idle.start()  # type: ignore[no-untyped-call]
    end = time.monotonic() + seconds
    while not is_over() and time.monotonic() < end:
        begun = time.monotonic()
        heard = box.idle.poll(max(0.0, min(_STEP, end - begun)))
        if any(b"EXISTS" in line.upper() for line in heard) or (not heard and time.monotonic() - begun < _STEP / 2):
            break
    box.idle.stop()  # type: ignore[no-untyped-call]


def _sentence(error: BaseException, server: Server) -> Xl2JsonError:
    """The one sentence for what went wrong."""
    if isinstance(error, Xl2JsonError):
        return error
    if isinstance(error, ssl.SSLCertVerificationError):
        return Xl2JsonError("mailbox.certificate", name=server.name)
    if isinstance(error, MailboxFolderSelectError | imaplib.IMAP4.readonly):
        return Xl2JsonError("mailbox.folder", name=server.name)
    if isinstance(error, OSError | imaplib.IMAP4.abort):
        return LostError("mailbox.unreachable", name=server.name, reason=reason_lost(error, server))
    return Xl2JsonError("mailbox.refused", name=server.name)

"""Where messages lie: a file, a folder of them, a Maildir, an mbox. (`imap` knows mailboxes on a server.)"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from converter.errors import Xl2JsonError, reason_of
from converter.mail.outlook import OLE, mime_of
from converter.mail.parse import MOST_BYTES
from converter.wording import Say

_HEADER = re.compile(rb"\s*[!-9;-~]{1,76}[ \t]*:", re.ASCII)
_MAILDIR = ("cur", "new")
_ENDINGS = (".eml", ".msg", ".mbox")
_LINE = 1 << 16


class Post(Protocol):
    """One message where it lies: `content` are its bytes (RFC 5322), `where` its place, for a person."""

    @property
    def content(self) -> bytes:
        """Its bytes; of one that is too large, only so many that `read_message` says so."""
        ...

    @property
    def where(self) -> str:
        """Its place, for a person; never with a password."""
        ...

    @property
    def trouble(self) -> Say | None:
        """Why it is no message that could be dealt with; then `content` is what there is instead."""
        ...

    def done(self, ok: bool, *, answered: bool = False) -> None:
        """The message has been dealt with: `ok` where it was one for us, `answered` where an answer has left."""
        ...

    def passed(self) -> None:
        """The message stays as it is, and need not be looked at again while this run lasts."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A message in a file, which stays as it is."""

    content: bytes = field(repr=False)
    where: str
    trouble: Say | None = None

    def done(self, ok: bool, *, answered: bool = False) -> None:
        """Files are left alone."""

    def passed(self) -> None:
        """To look at a file again costs little."""


class EmptyError(Xl2JsonError):
    """There is a folder, and nothing in it: who looks once has mistaken the folder; who waits goes on."""


class _BadError(Xl2JsonError):
    """A file whose bytes are no message."""

    def __init__(self, key: str, path: Path, content: bytes) -> None:
        self.content = content
        super().__init__(key, name=str(path))


def posts(source: str | Path) -> Iterator[Post]:
    """The messages at `source`, one after the other: an `.eml`, a `.msg`, an mbox, a Maildir, or a folder of files.

    A folder's file that cannot be read is a message with a `trouble`. Raises EmptyError where a folder (no Maildir)
    has no files, Xl2JsonError where there is nothing that can be read, or the source is a file that is no message.
    """
    path = Path(source)
    try:
        if not path.is_dir():
            yield from _of_file(path)
            return
        found = False
        for one in _files(path):
            found = True
            yield from _of_one_among_others(one)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise Xl2JsonError("mail.unreadable", name=str(source), reason=reason_of(error)) from error
    if not found and not _is_maildir(path):
        raise EmptyError("mail.no_messages", name=str(source))


def _is_maildir(folder: Path) -> bool:
    return any((folder / one).is_dir() for one in _MAILDIR)


def _files(folder: Path) -> Iterator[Path]:
    """The messages of a Maildir (its names begin with the time of arrival), or those files whose ending says so."""
    if _is_maildir(folder):
        some = (one for name in _MAILDIR if (folder / name).is_dir() for one in (folder / name).iterdir())
        found = [one for one in some if not one.name.startswith(".")]
    else:
        found = [one for one in folder.iterdir() if one.suffix.lower() in _ENDINGS]
    for one in sorted(found, key=lambda path: path.name):
        if one.is_file() and not one.is_symlink():  # another program may have taken it away meanwhile
            yield one


def _of_one_among_others(path: Path) -> Iterator[Post]:
    """Whatever is wrong with one file is no reason to stop at it."""
    try:
        yield from _of_file(path)
    except FileNotFoundError:  # another program has taken it away meanwhile
        return
    except _BadError as error:
        yield Filed(content=error.content, where=str(path), trouble=error.say)
    except OSError as error:
        words = {"name": str(path), "reason": reason_of(error)}
        yield Filed(content=b"", where=str(path), trouble=Say("error.mail.unreadable", words))


def _of_file(path: Path) -> Iterator[Post]:
    with path.open("rb") as file:
        head = file.read(_LINE)
        file.seek(0)
        if head.startswith(b"From "):
            for number, content in enumerate(_of_mbox(file), 1):
                yield Filed(content=content, where=f"{path}#{number}")
            return
        content = file.read(MOST_BYTES + 1)
    if head.startswith(OLE):
        made = mime_of(content)
        if made is None:
            raise _BadError("mail.bad_msg", path, content)
        content = made
    elif not _HEADER.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise _BadError("mail.no_message", path, content)
    yield Filed(content=content.removeprefix(b"\xef\xbb\xbf"), where=str(path))


def _of_mbox(file: IO[bytes]) -> Iterator[bytes]:
    """The messages of an mbox: each begins with a line `From `, after a blank one."""
    pieces: list[bytes] = []
    size, is_after_blank, begins_line = 0, True, True
    while line := file.readline(_LINE):
        if begins_line and is_after_blank and line.startswith(b"From "):
            if pieces:
                yield b"".join(pieces)
            pieces, size = [], 0
        elif size <= MOST_BYTES:
            pieces.append(line)
            size += len(line)
        is_after_blank = begins_line and line in (b"\n", b"\r\n")
        begins_line = line.endswith(b"\n")
    if pieces:
        yield b"".join(pieces)

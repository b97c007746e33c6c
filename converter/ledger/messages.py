"""Which messages were dealt with, and whether their answer has left: each at most once (contract §8)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from converter import clock
from converter.ledger.tables import files as deposits, messages
from converter.states import BOUNCED, WITHDRAWN

_BETWEEN = "/"  # stands in no file's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A message that was dealt with: its folder (None where it carried nothing for us), and its answer.

    `digest` is of its sender and all that it carried (None in a ledger from before version 4), `files` the names of its
    deposit, without ending.
    `is_due` where a run that sends has made the answer; `claimed_at` is when its sending began, `sent_at` when the
    server had taken it. Claimed and not sent: nobody knows, and nobody sends it again.
    """

    id: str
    folder: str | None
    draft: str | None
    digest: str | None
    files: tuple[str, ...]
    is_due: bool
    claimed_at: str | None
    sent_at: str | None


def handled(connection: Connection, id: str) -> Row | None:  # noqa: A002 - a message's id is called that
    """What is known of a message; None where it is new."""
    row = connection.execute(select(messages).where(messages.c.id == id)).one_or_none()
    if row is None:
        return None
    return Row(
        id=row.id,
        folder=row.folder,
        draft=row.draft,
        digest=row.digest,
        files=tuple((row.files or "").split(_BETWEEN)) if row.files else (),
        is_due=row.due,
        claimed_at=row.claimed_at,
        sent_at=row.sent_at,
    )


def is_any(connection: Connection, ids: Collection[str]) -> bool:
    """Whether any of these is a message that carried something for us."""
    ours = select(messages.c.id).where(messages.c.id.in_(ids), messages.c.folder.is_not(None))
    return connection.execute(ours).first() is not None


def note_handled(
    connection: Connection,
    id: str,  # noqa: A002
    *,
    digest: str,
    folder: str | None,
    draft: str | None,
    files: Sequence[str],
    is_due: bool,
) -> None:
    """The message has been dealt with, perhaps once more: what is known of the answer's sending stays."""
    values = {"handled_at": clock.now(), "folder": folder, "draft": draft, "due": is_due, "digest": digest}
    values["files"] = _BETWEEN.join(files) or None
    if handled(connection, id) is None:
        connection.execute(messages.insert().values(id=id, **values))
    else:
        connection.execute(messages.update().where(messages.c.id == id).values(**values))


def stands(connection: Connection, row: Row) -> bool:
    """Whether all files that the answer tells of still are what it says: none was withdrawn or refused meanwhile."""
    is_one = and_(deposits.c.folder == row.folder, deposits.c.name.in_(row.files))
    standing = select(deposits.c.name).where(is_one, deposits.c.state.not_in((WITHDRAWN, BOUNCED)))
    return set(connection.execute(standing).scalars()) == set(row.files)


def claim_sending(connection: Connection, id: str) -> bool:  # noqa: A002
    """Whether the caller, and nobody else ever, may send the answer to a message that was dealt with.

    To be asked in a writing transaction that has ended before the sending begins.
    """
    free = messages.update().where(messages.c.id == id, messages.c.claimed_at.is_(None))
    return connection.execute(free.values(claimed_at=clock.now())).rowcount == 1


def note_sent(connection: Connection, id: str) -> None:  # noqa: A002
    """The server has taken the answer."""
    connection.execute(messages.update().where(messages.c.id == id).values(sent_at=clock.now()))


def release_sending(connection: Connection, id: str, *, is_due: bool) -> None:  # noqa: A002
    """The claim is given back: nothing has left, for certain. `is_due` says whether to try again."""
    freed = messages.update().where(messages.c.id == id, messages.c.sent_at.is_(None))
    connection.execute(freed.values(claimed_at=None, due=is_due))

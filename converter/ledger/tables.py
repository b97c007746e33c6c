"""The ledger's tables, and the steps that bring a ledger of an older version up to this one.

Times are text in UTC (`2021-11-30T14:05:09Z`), days `2021-11-30`, amounts decimal text, contents compressed (zlib).
A row is never deleted: what happened stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
    inspect,
    text,
)

metadata = MetaData()

version = Table("version", metadata, Column("number", Integer, primary_key=True))

# One row a supplier.
suppliers = Table(
    "suppliers",
    metadata,
    Column("siret", String, primary_key=True),
    Column("last_number", Integer, nullable=False),  # the highest number of digits alone that was ever used
)

files = Table(
    "files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("siret", String, nullable=False),
    Column("ans", String, nullable=False),
    Column("name", String, nullable=False),  # without .json
    Column("claim", String, unique=True),  # the name, as long as it may not be given again
    Column("day", String),
    Column("folder", String, nullable=False),
    Column("state", String, nullable=False),
    Column("run", String),  # who reserved it; only that run may confirm it
    Column("mailed", Boolean),  # an answer may have told somebody of it: its name is given to no other file
    Column("leftover", Boolean, nullable=False, default=False),  # withdrawn, but still on the disk
    Column("sha256", String),
    Column("planned", String),  # SHA-256 of what runs have set out to place there since (separated by a space)
    Column("content", LargeBinary),
    Column("parcel", String),  # digest of all that is in the zip
    Column("prepared_at", String),
    Column("deposited_at", String),
)

requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("siret", String, nullable=False),
    Column("ans", String, nullable=False),
    Column("demande", String, nullable=False),
    Column("named", Boolean, nullable=False, default=True),  # False: taken over, and the key is not known yet
    Column("number", String, nullable=False),
    Column("file", Integer, ForeignKey("files.id")),
    Column("line", Integer),
    Column("state", String, nullable=False),
    Column("asp", String),
    Column("code", String),
    Column("label", String),
    Column("replaces", Integer, ForeignKey("requests.id")),
    Column("content", String),  # fingerprint of what the JSON says of it, its own numbers left out
    Column("pieces", String),  # SHA-256 of each file enclosed, in order; None where they were never seen
    Column("amount", String),
    Column("client", String),
    Column("workbook", String),
    Column("sender", String),  # who mailed that workbook; None where whoever keeps the ledger converted it
    Column("mailed_at", String),  # when, as the mail says
    Column("reserved_at", String),
    Column("prepared_at", String),
    Column("deposited_at", String),
    Column("answered_at", String),
    Index("requests_number", "siret", "number", unique=True),
    Index("requests_file", "file"),
)
_BY_KEY = Index("requests_demande", requests.c.siret, requests.c.ans, requests.c.demande)
_BY_NUMBER = Index("requests_folded", requests.c.siret, func.lower(requests.c.number))  # whatever its case

# Who a request is for: one row for each FINESS, and for each RPPS with one of its AM.
marks = Table(
    "marks",
    metadata,
    Column("request", Integer, ForeignKey("requests.id"), nullable=False),
    Column("mark", String, nullable=False),
    Index("marks_mark", "mark"),
    Index("marks_request", "request"),
)

answers = Table(
    "answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("sha256", String, nullable=False, unique=True),
    Column("content", LargeBinary, nullable=False),
    Column("read_at", String, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request", Integer, ForeignKey("requests.id"), nullable=False),
    Column("at", String, nullable=False),
    Column("state", String, nullable=False),
    Column("file", String),
    Column("line", Integer),
    Column("asp", String),
    Column("code", String),
    Column("label", String),
    Index("events_request", "request"),
)

# One row a message that was dealt with, whether it carried something for us or not.
messages = Table(
    "messages",
    metadata,
    Column("id", String, primary_key=True),  # its Message-ID without brackets, or sha256:… of its bytes
    Column("handled_at", String, nullable=False),
    Column("folder", String),  # where its files lie; None where it carried nothing for us
    Column("draft", String),  # its answer
    Column("digest", String),  # of its sender and of what it carried: another message may bear the same id
    Column("files", String),  # names of the deposit's files, without ending (separated by `/`)
    Column("due", Boolean, nullable=False, default=False),  # a run that sends has made the answer
    Column("claimed_at", String),  # the sending has begun: nobody may begin it again
    Column("sent_at", String),
)


def _complete(table: Table) -> Callable[[Connection], None]:
    """A step that adds the columns which the table does not have yet."""

    def add(connection: Connection) -> None:
        there = {one["name"] for one in inspect(connection).get_columns(table.name)}
        for one in table.columns:
            if one.name not in there:
                kind = one.type.compile(connection.dialect)
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {one.name} {kind}"))

    return add


VERSION: Final = 4
STEPS: Final[Mapping[int, tuple[Callable[[Connection], object], ...]]] = {
    2: (_BY_KEY.create, _BY_NUMBER.create),
    3: (messages.create,),
    4: (_complete(files), _complete(requests), _complete(messages)),
}
"""What makes a ledger of the version before into this one. Version 1 looked requests up without indexes, version 2 knew
no messages, version 3 not who mailed what.
"""


def create(connection: Connection) -> None:
    """Make an empty ledger of this version."""
    metadata.create_all(connection)
    connection.execute(version.insert().values(number=VERSION))


def upgrade(connection: Connection, found: int) -> None:
    """Bring a ledger of version `found` up to this one, a step at a time."""
    for number in range(found + 1, VERSION + 1):
        for step in STEPS[number]:
            step(connection)
    connection.execute(version.update().values(number=VERSION))

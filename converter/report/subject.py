"""What a report tells of, whichever command asks for it: plain data, put into words only by the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from converter.findings import Finding
from converter.parcel.folders import Folders
from converter.request import Dossier
from converter.wording import Say
from converter.workbook.tables import Tables

Tone = Literal["good", "bad", "doubtful", "plain"]
State = Literal["ready", "written", "held", "skipped", "sound", "faulty", "accepted", "rejected", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number at the top of the page: what it counts (a key below `report.figure`), and the number itself."""

    label: str
    value: Any
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A JSON and its zip, to be held against the limits; `attachments` is None where that is not known."""

    json: str
    zip: str | None
    requests: int
    attachments: int | None
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One key of the JSON with its value as the agency reads it, and the cell (or cells) it comes from.

    `wrong` where what the cell holds does not fit; then `text` is what was read there.
    """

    name: str
    text: str
    cell: str
    wrong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """An object of the JSON: its key, its values, and how deep it lies."""

    name: str
    values: tuple[Value, ...]
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A request as a report tells of it; `sections` shows it as the agency will read it. `facts` are the agency's
    words on it, by their tags.
    """

    demande: str
    number: str | None
    state: State
    amount: Decimal | None
    sections: Callable[[], tuple[Section, ...]]
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A few cells as they stand in the spreadsheet: column letters, then rows by number; `row`, `column` are the
    marked one's place in `rows`, None where there is none.
    """

    letters: tuple[str, ...]
    rows: tuple[tuple[int | str, tuple[str, ...]], ...]
    row: int
    column: int | None
    has_header: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """What the workbook was read as: what findings are shown in, and what was not used of it."""

    dossier: Dossier
    tables: Tables
    titles: tuple[str, ...]
    folders: Folders
    made: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """All that a page shows. `title` and `verdict` are sentences, `next` says what to do now.

    `grid` finds the surroundings of a finding; `workbook` is there where one was read; `is_answer` where the agency
    speaks.
    """

    name: str
    title: Say
    verdict: Say
    next: Say
    tone: Tone
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]
    requests: tuple[Told, ...]
    grid: Callable[[Finding], Grid | None]
    parcels: tuple[Parcel, ...] = ()
    is_written: bool = True
    workbook: Workbook | None = None
    notes: tuple[Say, ...] = ()
    is_answer: bool = False

"""An export as it lies there: its cells line by line, whatever the kind of its file, and which line is the header."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from converter.cells import Raw, clean, fold, show, trim
from converter.errors import Xl2JsonError, reason_of
from converter.export.delimited import MOST_BYTES, delimiter_of, head_text, read_delimited
from converter.spec.model import Spec
from converter.workbook.container import kind_of
from converter.workbook.read import Book, open_book

HEADER_WITHIN = 10
_HEAD = 2**16  # bytes
_DELIMITED = (".csv", ".tsv")
_MAYBE = (".txt", ".tab", ".xls")  # old programs call their text a workbook
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")
_HTML = (b"<html", b"<!doctype html", b"<table")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A sheet of an export, or a whole text file: `rows[n]` is what begins on line n + 1; a row may be short."""

    title: str
    rows: list[list[Raw]]
    encoding: str | None = None
    delimiter: str | None = None
    is_text: bool = False


def read_grids(
    path: Path, sheet: str | None = None, encoding: str | None = None, delimiter: str | None = None
) -> tuple[Grid, ...]:
    """What the file holds: of a spreadsheet, the sheet of that name, or all where there is none such.

    Raises Xl2JsonError with one plain sentence where it cannot be read.
    """
    if _is_spreadsheet(_head(path)):
        return _sheets(path, sheet)
    with _opening(path):
        content = path.read_bytes()
    read = read_delimited(path, content, encoding, delimiter)
    one = Grid(title=path.name, rows=read.rows, encoding=read.encoding, delimiter=read.delimiter, is_text=True)
    return (one,)


def is_export(path: Path, spec: Spec) -> bool:
    """Whether the file is read with a mapping: separated values, or a spreadsheet without the sheet of the requests.

    What can be opened by nobody is no export.
    """
    if is_delimited(path):
        return True
    try:
        if not _is_spreadsheet(_head(path)):
            return False
        with open_book(path) as book:
            return not holds_requests(book, spec)
    except Xl2JsonError:
        return False


def is_delimited(path: Path) -> bool:
    """Whether the file holds separated values, by its name or, where that may be anything, by its content."""
    if path.suffix.lower() in _DELIMITED:
        return True
    if path.suffix.lower() not in _MAYBE:
        return False
    try:
        head = _head(path)
    except Xl2JsonError:
        return False
    return not _is_spreadsheet(head) and delimiter_of(head_text(head)) is not None


def holds_requests(book: Book, spec: Spec) -> bool:
    """Whether a spreadsheet is a workbook: it has the sheet of the requests (contract §7)."""
    return fold(spec.request.sheet) in map(fold, book.titles)


def header_of(grid: Grid, wanted: AbstractSet[str]) -> tuple[int, int]:
    """The line, of the first ten rows, that holds most of the `wanted` names (folded), and how many of them.

    Without any it is the first of those with most names; 0 where there is none.
    """
    known = [(len(names & wanted), 0 if names & wanted else len(names), -line) for line, names in _first_rows(grid)]
    count, _, line = max(known, default=(0, 0, 0))
    return -line, count


def _first_rows(grid: Grid) -> Iterator[tuple[int, set[str]]]:
    """The first ten rows that are not blank: their lines and the names they hold, folded."""
    found = 0
    for line, row in enumerate(grid.rows, 1):
        names = {fold(text) for text in _texts(row)}
        if names:
            found += 1
            yield line, names
        if found == HEADER_WITHIN:
            return


def columns_of(grid: Grid, header: int) -> dict[str, list[int]]:
    """The names of the header, folded, with the columns (from 0) that bear each."""
    found: dict[str, list[int]] = defaultdict(list)
    for column, name in names_of(grid, header).items():
        found[fold(name)].append(column)
    return dict(found)


def names_of(grid: Grid, header: int) -> dict[int, str]:
    """The header's names as they are spelt, by column; a blank one has none."""
    row = grid.rows[header - 1] if header else []
    shown = {column: trim(show(clean(raw)) or "") for column, raw in enumerate(row)}
    return {column: name for column, name in shown.items() if name}


def _texts(row: list[Raw]) -> Iterator[str]:
    for raw in row:
        text = show(clean(raw))
        if text:
            yield text


def _sheets(path: Path, sheet: str | None) -> tuple[Grid, ...]:
    with open_book(path) as book:
        own = [title for title in book.titles if sheet is not None and fold(title) == fold(sheet)]
        return tuple(Grid(title=title, rows=book.rows(title)) for title in own[:1] or book.titles)


def _is_spreadsheet(head: bytes) -> bool:
    """Whether a spreadsheet's reader has a say: it also knows what is none at all."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith(_BINARY) or start.startswith(_HTML)


def _head(path: Path) -> bytes:
    with _opening(path):
        if path.is_dir():
            raise Xl2JsonError("export.folder", name=str(path))
        with path.open("rb") as file:
            head = file.read(_HEAD)
        size = path.stat().st_size
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise Xl2JsonError("export.empty", name=path.name)
    if _is_spreadsheet(head):
        kind_of(path)
    elif size > MOST_BYTES:
        raise Xl2JsonError("export.large", name=path.name, megabytes=MOST_BYTES // 2**20)
    return head


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    """What the system says of a file that cannot be opened, in a sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise Xl2JsonError("export.missing", name=str(path)) from error
    except PermissionError as error:
        raise Xl2JsonError("export.locked", name=path.name) from error
    except (OSError, ValueError) as error:
        raise Xl2JsonError("export.unreadable", name=path.name, reason=reason_of(error)) from error

"""Opening a workbook, whatever its kind, so that nothing it holds can harm the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from converter.cells import Raw
from converter.errors import Xl2JsonError
from converter.workbook.container import kind_of, opening


class Book(Protocol):
    """A workbook that is open. Rows count from row 1, columns from column A; a row may be short."""

    @property
    def titles(self) -> tuple[str, ...]:
        """The names of the sheets, in order."""

    def rows(self, title: str) -> list[list[Raw]]:
        """The cells of a sheet: `rows(title)[0]` is row 1."""

    def sheets(self, titles: Iterable[str]) -> dict[str, list[list[Raw]]]:
        """The cells of several sheets, by title."""

    def close(self) -> None:
        """Let go of the file."""


@contextmanager
def open_book(path: Path) -> Iterator[Book]:
    """The workbook at `path` (.xlsx, .xlsm, .xls, .ods, told by content).

    Raises Xl2JsonError with one plain sentence for everything that keeps it from being read, also while it is read.
    """
    kind = kind_of(path)
    with _one_sentence(path):
        book = _open(kind, path)
    try:
        yield _Guarded(book, path)
    finally:
        book.close()


class _Guarded:
    """A book whose reader's exceptions are put into one sentence."""

    def __init__(self, book: Book, path: Path) -> None:
        self.titles = book.titles
        self._book, self._path = book, path

    def rows(self, title: str) -> list[list[Raw]]:
        with _one_sentence(self._path):
            return self._book.rows(title)

    def sheets(self, titles: Iterable[str]) -> dict[str, list[list[Raw]]]:
        with _one_sentence(self._path):
            return self._book.sheets(titles)

    def close(self) -> None:
        self._book.close()


def _open(kind: str, path: Path) -> Book:
    if kind == "xlsx":
        from converter.workbook.xlsx import XlsxBook

        return XlsxBook(path)
    if kind == "ods":
        from converter.workbook.ods import OdsBook

        return OdsBook(path)
    from converter.workbook.xls import XlsBook

    return XlsBook(path)


@contextmanager
def _one_sentence(path: Path) -> Iterator[None]:
    """The readers raise any kind of exception for a damaged file; a person needs one sentence."""
    try:
        with opening(path):
            yield
    except (Xl2JsonError, MemoryError):
        raise
    except Exception as error:
        raise Xl2JsonError("workbook.damaged", name=path.name) from error

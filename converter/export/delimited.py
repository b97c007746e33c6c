"""A text file of separated values (`.csv`, `.tsv`): its signs, its delimiter, its records with their lines."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from converter.cells import Raw
from converter.errors import Xl2JsonError

DELIMITERS = (";", ",", "\t")
MOST_BYTES = 64 * 2**20
MOST_CELLS = 4_000_000  # as of a workbook
_MOST_COLUMNS = 16_384  # as of a sheet
_HEAD = 2**16  # characters in which the delimiter is looked for
_HEAD_LINES = 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_QUOTED = re.compile(r'"[^"]*"')
_SEP = re.compile(r"sep=([;,\t|])[ \t]*\r?(?:\n|$)", re.IGNORECASE)  # what Excel takes for its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Delimited:
    """`rows[n]` is the record that begins on line n + 1, empty where none does; `delimiter` is None where none is."""

    rows: list[list[Raw]]
    encoding: str
    delimiter: str | None


def read_delimited(path: Path, content: bytes, encoding: str | None, delimiter: str | None) -> Delimited:
    """The records of `content`. What is None is found out.

    Raises Xl2JsonError with one plain sentence for bytes that are no text, for text that is no table, and for too much.
    """
    encoding, text = _decoded(path, content, encoding)
    told = _SEP.match(text)
    delimiter = delimiter or (told[1] if told else None) or delimiter_of(text)
    rows = _records(path, text, delimiter or DELIMITERS[0])
    if told:
        rows[0] = []
    return Delimited(rows=rows, encoding=encoding, delimiter=delimiter)


def delimiter_of(text: str) -> str | None:
    r"""The sign that parts the first lines, outside of quotes, most alike; None where there is none.

    >>> delimiter_of('N°;Montant\nCMD-1;"31 162,00"\nCMD-2;9 500,00')
    ';'
    """
    head = _QUOTED.sub("", text[:_HEAD].removesuffix("\r"))
    lines = [line for line in re.split(r"[\r\n]+", head) if line.strip(" ")][:_HEAD_LINES]
    scores = {one: _score(one, lines) for one in DELIMITERS}
    best = max(DELIMITERS, key=lambda one: scores[one])
    return best if scores[best][0] else None


def _score(delimiter: str, lines: list[str]) -> tuple[int, int]:
    """How many of the lines it parts into the same number of cells, and how many these are."""
    times = Counter(count for line in lines if (count := line.count(delimiter)))
    return max(((alike, count) for count, alike in times.items()), default=(0, 0))


def head_text(head: bytes) -> str:
    """The first bytes of a file as text, for a look at it; they may end within a letter."""
    return head.decode(_mark_of(head) or "utf-8", "replace")


def _mark_of(content: bytes) -> str | None:
    return next((name for mark, name in _BOMS if content.startswith(mark)), None)


def _decoded(path: Path, content: bytes, encoding: str | None) -> tuple[str, str]:
    """The encoding and the text. UTF-8 unless it is none; then what Windows writes in France."""
    by_mark = _mark_of(content)
    name = by_mark or encoding or "utf-8"
    try:
        text = content.decode(name)
    except UnicodeDecodeError as error:
        if by_mark or encoding or not content[: error.start].isascii():  # letters of UTF-8 before: it is UTF-8, broken
            raise _not_text(path, content, error, name) from error
        name = "cp1252"
        try:
            text = content.decode(name)
        except UnicodeDecodeError as again:
            raise _not_text(path, content, again, name) from again
    if "\x00" in text:
        raise Xl2JsonError("export.binary", name=path.name)
    return name, text


def _not_text(path: Path, content: bytes, error: UnicodeDecodeError, encoding: str) -> Xl2JsonError:
    line = content.count(b"\n", 0, error.start) + 1
    return Xl2JsonError("export.encoding", name=path.name, encoding=encoding, line=line)


def _records(path: Path, text: str, delimiter: str) -> list[list[Raw]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[Raw]] = []
    cells = begins = 0
    try:
        for record in reader:
            if len(record) > _MOST_COLUMNS:
                raise Xl2JsonError("export.wide", name=path.name, line=begins + 1, most=_MOST_COLUMNS)
            more = reader.line_num - begins - 1  # lines that the record's quoted cells reach over
            cells += max(1, len(record)) + more  # a blank line takes its room too
            if cells > MOST_CELLS:
                raise Xl2JsonError("export.cells", name=path.name, most=MOST_CELLS)
            rows.append(record)  # type: ignore[arg-type]
            if more:
                rows += [[] for _ in range(more)]
            begins = reader.line_num
    except csv.Error as error:
        raise Xl2JsonError("export.quotes", name=path.name, line=begins + 1) from error
    return rows

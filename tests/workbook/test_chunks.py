"""A sheet is looked at in pieces; where they are cut makes no difference."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from converter.workbook import xlsx as module
from converter.workbook.xlsx import XlsxBook
from tests.books import a_book, write

SHEET = "xl/worksheets/sheet3.xml"  # `Commande`
PLAIN = b'<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" s="1"><v>44515</v></c></row>'
ODD = {
    "an error": b'<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row>',
    "a formula": b'<row r="2"><c r="A2"><f>1+1</f></c></row>',
    "an empty formula": b'<row r="2"><c r="A2"><f/></c></row>',
    "a cell far to the right": b'<row r="2"><c r="AA2"><v>1</v></c></row>',
    "a cell far below": b'<row r="100000"><c r="A100000"><v>1</v></c></row>',
    "a cell without a name": b'<row r="2"><c><v>1</v></c></row>',
    "a cell with a prefix": b'<x:row r="2"><x:c r="A2"><x:v>1</x:v></x:c></x:row>',
    "a formula with a prefix": b'<row r="2"><c r="A2"><x:f>1</x:f></c></row>',
    "two names": b'<row r="2"><c r="A2" r="XFD2"><v>1</v></c></row>',
    "single quotes": b"<row r='2'><c r='XFD2'><v>1</v></c></row>",
    "another alphabet": "<c/>".encode("utf-16-le"),
}


@pytest.fixture
def book(tmp_path: Path) -> XlsxBook:
    return XlsxBook(write(tmp_path, a_book()))


def is_plain(book: XlsxBook, text: bytes, size: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    monkeypatch.setattr(book, "_chunks", lambda member: iter(pieces))
    return book._is_plain(SHEET)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 64, 4096])
def test_a_plain_cell_is_plain_wherever_it_is_cut(size: int, book: XlsxBook, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_plain(book, PLAIN * 40, size, monkeypatch)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 64, 4096])
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_is_to_be_explained_is_seen_wherever_it_is_cut(
    odd: bytes, size: int, book: XlsxBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = PLAIN * 3 + b"<t>" + b"x" * 2000 + b"</t>"
    for before in range(12):
        assert not is_plain(book, b" " * before + text + odd + PLAIN, size, monkeypatch)


def test_a_sheet_of_many_pieces_needs_no_second_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, a_book())
    with zipfile.ZipFile(path) as archive:
        assert len(archive.read(SHEET)) > 64
    monkeypatch.setattr(module, "_CHUNK", 64)
    monkeypatch.setattr(module, "measure", None)
    assert XlsxBook(path).rows("Commande")

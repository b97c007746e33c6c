"""No file, however broken or malicious, does worse to a run than stop it with one sentence (contract §1 and §4).

What might abort the process or eat the machine's memory is checked by a process of its own, with 2 GiB and a minute.
"""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine

import converter
from converter.cli.main import main
from converter.errors import Xl2JsonError
from tests.books import DEPOSIT, a_book, write
from tests.workbook import Grid, grids, ods, ods_row, xls, xlsx

ROOT = Path(__file__).resolve().parents[2]
MOST_MEMORY = 600 * 2**20
LAUNCHER = """
import json, resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
try:
    run = subprocess.run([sys.executable, "-m", "converter", *sys.argv[1:]], capture_output=True, text=True, timeout=60)
    result = {"code": run.returncode, "out": run.stdout, "err": run.stderr}
except subprocess.TimeoutExpired:
    result = {"code": "over a minute", "out": "", "err": ""}
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(json.dumps({**result, "memory": memory}))
"""
SHEET = "xl/worksheets/sheet3.xml"  # that of `Commande`, in which two rows are filled
STRINGS = "xl/sharedStrings.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run of the program ended with; `memory` is the most that it held, in bytes."""

    code: Any
    out: str
    err: str
    memory: int = 0


@pytest.fixture(autouse=True)
def _no_log_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_log_dir", lambda *_, **__: str(tmp_path / "log"))


def check_alone(path: Path) -> Run:
    """`xl2json check` in a process that can do no harm."""
    environment = {**os.environ, "XDG_STATE_HOME": str(path.parent / "state"), "OPENBLAS_NUM_THREADS": "1"}
    arguments = [sys.executable, "-c", LAUNCHER, "check", "--date", "2021-11-30", str(path)]
    launched = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, check=True)
    return Run(**json.loads(launched.stdout))


def check_here(path: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """`xl2json check` in this process."""
    with pytest.raises(SystemExit) as exit_:
        main(["check", "--date", "2021-11-30", str(path)])
    out, err = capfd.readouterr()
    return Run(code=exit_.value.code, out=out, err=err)


def assert_refused(run: Run) -> None:
    """Exit 3, one sentence on the standard error, nothing on the standard output, little memory."""
    assert run.code == 3, run.err[-500:]
    assert run.out == ""
    assert run.err.startswith("xl2json: ")
    assert run.err.endswith("\n")
    assert run.err.count("\n") == 1
    assert "Traceback" not in run.err
    assert run.memory < MOST_MEMORY


def assert_read(run: Run) -> None:
    """As if the hostile part were not there."""
    assert (run.code, run.err) == (0, "")
    assert run.memory < MOST_MEMORY


def assert_read_or_refused(run: Run) -> None:
    """Either is well (a stray cell may be a row of no request), as long as it is said."""
    if run.code in (0, 1):
        assert run.err == ""
        assert run.memory < MOST_MEMORY
    else:
        assert_refused(run)


# ------------------------------------------------------------------------------------------------ files of another kind


def zip_of(**members: bytes) -> bytes:
    """A zip file; `__` in a member's name stands for `/`, `_` for a point."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


NO_WORKBOOKS = {
    "empty": b"",
    "one byte": b"P",
    "HTML": b"<!DOCTYPE html><html><body><table><tr><td>demande</td></tr></table></body></html>",
    "HTML with a byte order mark": b"\xef\xbb\xbf\r\n<table><tr><td>demande</td></tr></table>",
    "HTML as Excel takes it": b'<?xml version="1.0"?>\n<html xmlns:x="urn:schemas-microsoft-com:office:excel"></html>',
    "CSV": b"demande;dateCommande;montantSegurHT\nCMD-1;15/11/2021;31162,00\n",
    "CSV in cp1252": "demande;Bénéficiaires\nCMD-1;été\n".encode("cp1252"),
    "CSV in UTF-16": "demande;Bénéficiaires\nCMD-1;été\n".encode("utf-16"),
    "Word": zip_of(_Content_Types__xml=b"<Types/>", word__document_xml=b"<w:document/>"),
    "OpenDocument text": zip_of(mimetype=b"application/vnd.oasis.opendocument.text", content_xml=b"<a/>"),
    "a zip of nothing": zip_of(),
    "xlsb": zip_of(xl__workbook_bin=b"\x83\x01\x00", xl__worksheets__sheet1_bin=b"\x81\x01\x00"),
    "PDF": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n",
    "random bytes": bytes(range(255, 0, -1)) * 20,
    "zero bytes": bytes(5000),
    "a password": OLE + "EncryptedPackage".encode("utf-16-le") + bytes(512),
    "an old Word document": OLE + "WordDocument".encode("utf-16-le") + bytes(512),
    "an OLE file that holds nothing": OLE,
    "an OLE file cut short": OLE[:8],
    "an .xls that holds but its stream's name": OLE + "Workbook".encode("utf-16-le") + bytes(512),
    "a zip's first bytes": b"PK\x03\x04",
    "a workbook part that is no XML": zip_of(xl__workbook_xml=b"\x00\x01", xl___rels__workbook_xml_rels=b"<a/>"),
    "a workbook without relations": zip_of(xl__workbook_xml=b"<workbook/>"),
    "an .ods that is no XML": zip_of(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_xml=b"<"),
}


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
@pytest.mark.parametrize("content", NO_WORKBOOKS.values(), ids=NO_WORKBOOKS)
def test_a_file_that_is_no_workbook_is_refused_whatever_its_name(
    content: bytes, ending: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"orders.{ending}"
    path.write_bytes(content)
    assert_refused(check_here(path, capfd))


def missing(folder: Path) -> Path:
    return folder / "nowhere.xlsx"


def a_folder(folder: Path) -> Path:
    (folder / "orders.xlsx").mkdir()
    return folder / "orders.xlsx"


def below_a_file(folder: Path) -> Path:
    return write(folder, a_book()) / "orders.xlsx"


def a_name_too_long(folder: Path) -> Path:
    return folder / f"{'a' * 300}.xlsx"


def a_link_to_itself(folder: Path) -> Path:
    (folder / "orders.xlsx").symlink_to("orders.xlsx")
    return folder / "orders.xlsx"


def a_link_to_nothing(folder: Path) -> Path:
    (folder / "orders.xlsx").symlink_to("nowhere.xlsx")
    return folder / "orders.xlsx"


@pytest.mark.parametrize(
    "made", [missing, a_folder, below_a_file, a_name_too_long, a_link_to_itself, a_link_to_nothing]
)
def test_a_path_that_leads_to_no_file_is_refused(
    made: Callable[[Path], Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert_refused(check_here(made(tmp_path), capfd))


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.EPERM], ids=errno.errorcode.get)
def test_a_workbook_that_the_system_does_not_let_read_is_refused(
    number: int, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests may run as root, whom no permission stops: so the system's answer is made up."""
    path = write(tmp_path, a_book())
    real = Path.open

    def unwilling(self: Path, *args: Any, **more: Any) -> Any:
        if self == path:
            raise OSError(number, os.strerror(number), str(self))
        return real(self, *args, **more)

    monkeypatch.setattr(Path, "open", unwilling)
    assert_refused(check_here(path, capfd))


def test_a_workbook_in_a_folder_that_may_not_be_entered_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "closed", a_book())
    real_stat, real_open = os.stat, Path.open

    def refuse(one: Any) -> None:
        if Path(one).parent == path.parent:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(one))

    def stat(one: Any, **more: Any) -> Any:
        if isinstance(one, str | Path):
            refuse(one)
        return real_stat(one, **more)

    def open_(self: Path, *args: Any, **more: Any) -> Any:
        refuse(self)
        return real_open(self, *args, **more)

    monkeypatch.setattr(os, "stat", stat)
    monkeypatch.setattr(Path, "open", open_)
    assert_refused(check_here(path, capfd))


def test_a_workbook_that_goes_away_once_it_is_known_for_one_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from converter.workbook import read

    path, real = write(tmp_path, a_book()), read.kind_of

    def and_gone(one: Path) -> Any:
        kind = real(one)
        one.unlink()
        return kind

    monkeypatch.setattr(read, "kind_of", and_gone)
    assert_refused(check_here(path, capfd))


def test_a_workbook_that_goes_away_while_it_is_read_is_refused_or_read_whole(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = write(tmp_path, a_book()), python_calamine.load_workbook

    def too_late(*args: Any, **more: Any) -> Any:
        path.unlink()
        return real(*args, **more)

    monkeypatch.setattr(python_calamine, "load_workbook", too_late)
    run = check_here(path, capfd)
    if run.code == 0:
        assert run.err == ""
    else:
        assert_refused(run)


# ------------------------------------------------------------------------------------------------------- damaged files


Writer = Callable[[Path, dict[str, Grid]], Path]
KINDS = [xlsx, xls, ods]


def a_workbook(folder: Path, kind: Writer) -> Path:
    """A sound workbook of that kind, with the file that it names."""
    write(folder, a_book())
    return kind(folder / f"orders.{kind.__name__}", grids(a_book()))


def outcome_of(path: Path) -> dict[str, Any] | None:
    """What is read, None where it is refused; anything else that is raised is a bug."""
    try:
        return converter.check(path, deposit=DEPOSIT).as_dict()
    except Xl2JsonError as error:
        assert error.exit_code == 3
        return None


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_cut_short_anywhere_is_refused_or_read_whole(kind: Writer, tmp_path: Path) -> None:
    """Never half of it. (What an .xls ends with may be padding.)"""
    path = a_workbook(tmp_path, kind)
    whole, content = outcome_of(path), path.read_bytes()
    assert whole is not None
    for length in range(1, len(content), max(1, len(content) // 60)):
        path.write_bytes(content[:length])
        assert outcome_of(path) in (None, whole), length


@pytest.mark.parametrize("kind", [xlsx, ods])
def test_a_wrong_byte_is_refused_or_told_or_does_not_matter(kind: Writer, tmp_path: Path) -> None:
    """A zip's checksums are held: what was damaged is never taken for what was typed."""
    path = a_workbook(tmp_path, kind)
    whole, content = outcome_of(path), path.read_bytes()
    assert whole is not None
    for at in range(5, len(content), max(1, len(content) // 60)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        outcome = outcome_of(path)
        assert outcome in (None, whole) or not outcome["ok"], at


def test_no_wrong_byte_of_an_xls_is_a_bug(tmp_path: Path) -> None:
    path = a_workbook(tmp_path, xls)
    content = path.read_bytes()
    for at in range(0, len(content), max(1, len(content) // 60)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        outcome = outcome_of(path)
        assert outcome is None or "findings" in outcome, at


def test_an_xls_in_an_unknown_alphabet_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = a_workbook(tmp_path, xls)
    utf_16, unknown = bytes.fromhex("4200 0200 b004"), bytes.fromhex("4200 0200 4204")
    content = path.read_bytes()
    assert utf_16 in content
    path.write_bytes(content.replace(utf_16, unknown))
    assert_refused(check_here(path, capfd))


def refiled(path: Path, change: Callable[[zipfile.ZipInfo], None], unlike: str = "") -> Path:
    """The zip at `path` with its table of contents changed, the members as they are."""
    with zipfile.ZipFile(path) as old:
        members = {info.filename: old.read(info) for info in old.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members.items():
            new.writestr(name, content)
        for info in new.infolist():
            if info.filename != unlike:
                change(info)
    return path


def encrypted(info: zipfile.ZipInfo) -> None:
    info.flag_bits |= 0x1


def patched(info: zipfile.ZipInfo) -> None:
    info.flag_bits |= 0x20


def oddly_packed(info: zipfile.ZipInfo) -> None:
    info.compress_type = 99


@pytest.mark.parametrize("kind", [xlsx, ods])
@pytest.mark.parametrize("change", [encrypted, patched, oddly_packed])
def test_a_zip_that_cannot_be_unpacked_is_refused(
    change: Callable[[zipfile.ZipInfo], None],
    kind: Writer,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Also where its first member, by which the kind is told, is sound."""
    assert_refused(check_here(refiled(a_workbook(tmp_path, kind), change, unlike="mimetype"), capfd))


def test_a_zip_whose_names_are_in_no_alphabet_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, a_book())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("é.txt", b"")
    content = path.read_bytes()
    path.write_bytes(content.replace("é".encode(), b"\xff\xff"))
    assert_refused(check_here(path, capfd))


# --------------------------------------------------------------------------------------------------- hostile documents


def edited(path: Path, member: str, edit: Callable[[bytes], bytes]) -> Path:
    """The workbook at `path` with one of its members changed (or added)."""
    with zipfile.ZipFile(path) as old:
        members = {info.filename: old.read(info) for info in old.infolist()}
    members[member] = edit(members.get(member, b"<a/>"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members.items():
            new.writestr(name, content)
    return path


def with_rows(path: Path, rows: bytes) -> Path:
    """The workbook with these rows (XML) at the end of `Commande`."""
    return edited(path, SHEET, lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"))


BILLION = "".join(f'<!ENTITY {one} "{f"&{before};" * 10}">' for before, one in zip("abcdefgh", "bcdefghi", strict=True))


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY e SYSTEM "secret.txt">]>',
        '<!DOCTYPE a SYSTEM "secret.dtd">',
        f'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">{BILLION}]>',
    ],
    ids=["external entity", "external subset", "billion laughs"],
)
@pytest.mark.parametrize("member", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", STRINGS, "xl/styles.xml"])
def test_a_declaration_that_no_spreadsheet_writes_is_refused(
    member: str, declared: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = edited(write(tmp_path, a_book()), member, lambda xml: declared.encode() + xml.split(b"?>")[-1])
    assert_refused(check_here(path, capfd))


def test_an_external_entity_of_an_ods_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = an_ods(tmp_path, declared='<!DOCTYPE a [<!ENTITY e SYSTEM "secret.txt">]>')
    assert_refused(check_here(path, capfd))


def test_an_ods_in_an_unknown_alphabet_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = a_workbook(tmp_path, ods)
    assert_refused(check_here(edited(path, "content.xml", lambda xml: xml.replace(b'"UTF-8"', b'"UF-8"')), capfd))


def test_a_part_outside_the_workbook_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, a_book())
    far = "xl/_rels/workbook.xml.rels"
    path = edited(path, far, lambda xml: xml.replace(b"worksheets/sheet3.xml", b"../../../../etc/passwd"))
    assert_refused(check_here(path, capfd))


def test_a_style_that_a_reader_does_not_understand_is_no_bug(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """openpyxl, which reads sheets with a stray cell, raises a TypeError where a fill is empty."""
    path = with_rows(a_workbook(tmp_path, xlsx), b'<row r="300"><c r="XFD300"><v>1</v></c></row>')
    edited(path, "xl/styles.xml", lambda xml: xml.replace(b"<patternFill/>", b""))
    assert_read_or_refused(check_here(path, capfd))


# --------------------------------------------------------------------------------------------------------------- bombs


def bomb(path: Path, member: str, start: bytes, end: bytes, megabytes: int, declared: int | None = None) -> Path:
    """The workbook with a member that unfolds to so many megabytes; `declared` is the size that it claims to have.

    One that lies about its size also bears the checksum of what it claims to be.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"a" * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    last = packer.compress(end) + packer.flush()
    with zipfile.ZipFile(path) as old:
        members = {info.filename: old.read(info) for info in old.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members.items():
            if name != member:
                new.writestr(name, content)
        new.writestr(member, first + block * megabytes + last, zipfile.ZIP_STORED)
        info = new.getinfo(member)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.file_size = len(start) + megabytes * 2**20 + len(end) if declared is None else declared
        info.CRC = zlib.crc32(start[:declared])
    assert path.stat().st_size < 10**6
    return path


def sheet_parts(path: Path) -> tuple[bytes, bytes]:
    """The XML of `Commande` before and after what a long text in its third row would hold."""
    with zipfile.ZipFile(path) as archive:
        before, after = archive.read(SHEET).split(b"</sheetData>")
    start = before + b'<row r="3"><c r="A3" t="inlineStr"><is><t>'
    return start, b"</t></is></c></row></sheetData>" + after


def sheet_bomb(path: Path) -> Path:
    return bomb(path, SHEET, *sheet_parts(path), 300)


def sheet_that_lies(path: Path) -> Path:
    start, end = sheet_parts(path)
    return bomb(path, SHEET, start, end, 300, declared=len(start))


TEXTS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'


def texts_bomb(path: Path) -> Path:
    return bomb(path, STRINGS, TEXTS, b"</t></si></sst>", 300)


def texts_that_lie(path: Path) -> Path:
    return bomb(path, STRINGS, TEXTS, b"</t></si></sst>", 300, declared=len(TEXTS))


def mimetype_bomb(path: Path) -> Path:
    return bomb(path, "mimetype", b"", b"", 900)


def ods_bomb(path: Path) -> Path:
    path = a_workbook(path.parent, ods)
    with zipfile.ZipFile(path) as archive:
        start, end = archive.read("content.xml").split(b"CMD-1", 1)
    return bomb(path, "content.xml", start, end, 300)


def ods_that_lies(path: Path) -> Path:
    path = a_workbook(path.parent, ods)
    with zipfile.ZipFile(path) as archive:
        start, end = archive.read("content.xml").split(b"CMD-1", 1)
    return bomb(path, "content.xml", start, end, 300, declared=len(start))


def ods_manifest_bomb(path: Path) -> Path:
    return bomb(a_workbook(path.parent, ods), "META-INF/manifest.xml", b"", b"", 900)


@pytest.mark.parametrize(
    "made",
    [
        sheet_bomb,
        sheet_that_lies,
        texts_bomb,
        texts_that_lie,
        mimetype_bomb,
        ods_bomb,
        ods_that_lies,
        ods_manifest_bomb,
    ],
)
def test_a_small_file_that_unfolds_to_a_large_one_is_refused(made: Callable[[Path], Path], tmp_path: Path) -> None:
    assert_refused(check_alone(made(write(tmp_path, a_book()))))


# --------------------------------------------------------------------------------------------------- far and wide cells


def with_cell(path: Path, sheet: str, cell: str) -> Path:
    """The workbook with something typed in that cell; the sheet is made where there is none."""
    book = openpyxl.load_workbook(path)
    (book[sheet] if sheet in book else book.create_sheet(sheet))[cell] = "x"
    book.save(path)
    return path


@pytest.mark.parametrize("sheet", ["Commande", "Notes"])
def test_one_stray_cell_in_the_last_corner_does_no_harm(sheet: str, tmp_path: Path) -> None:
    assert_read(check_alone(with_cell(write(tmp_path, a_book()), sheet, "XFD1048576")))


def test_one_stray_cell_far_to_the_right_does_no_harm(tmp_path: Path) -> None:
    assert_read(check_alone(with_cell(write(tmp_path, a_book()), "Commande", "XFD5")))


def test_a_stray_key_in_the_last_row_is_a_row_of_no_request(tmp_path: Path) -> None:
    path = with_cell(write(tmp_path, a_book()), "Commande", "A1048576")
    outcome = converter.check(path, deposit=DEPOSIT)
    assert [(one.rule, one.cell, one.value) for one in outcome.findings] == [("X3", "A1048576", "x")]
    run = check_alone(path)
    assert (run.code, run.err) == (1, "")
    assert run.memory < MOST_MEMORY


def test_a_sheet_that_is_formatted_to_its_last_row_does_no_harm(tmp_path: Path) -> None:
    blank = '<row r="{0}" s="1"><c r="A{0}" s="1"/><c r="Z{0}" s="1"/></row>'
    rows = "".join(blank.format(row) for row in range(3, 1_048_577))
    assert_read(check_alone(with_rows(write(tmp_path, a_book()), rows.encode())))


def under(prefix: str) -> bytes:
    """A cell in the last corner whose tags bear this prefix."""
    declared = f'xmlns:{prefix}="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    cell = f'<{prefix}:c {declared} r="XFD1048576"><{prefix}:v>1</{prefix}:v></{prefix}:c>'
    return f'<row r="1048576">{cell}</row>'.encode()


FAR = {
    "tags with a prefix": under("x"),
    "tags with a prefix that holds a point": under("a.b"),
    "tags with a prefix that holds a dash": under("a-b"),
    "tags with an accented prefix": under("é"),
    "tags with a long prefix": under("x" * 2000),
    "letters in lower case": b'<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>',
    "spaces around the sign": b'<row r = "1048576"><c r = "XFD1048576" ><v>1</v></c></row>',
    "an attribute with a bracket": b'<row r="1048576"><c x=">" r="XFD1048576"><v>1</v></c></row>',
    "cells that bear no name": b'<row r="1048576">' + b"<c><v>1</v></c>" * 16_384 + b"</row>",
    "a column that Excel has not": b'<row r="5"><c r="ZZZZZ5"><v>1</v></c></row>',
    "a row that Excel has not": b'<row r="99999999"><c r="A99999999"><v>1</v></c></row>',
    "a row beyond counting": b'<row r="4294967295"><c r="A4294967295"><v>1</v></c></row>',
    "an error": b'<row r="1048576"><c r="XFD1048576" t="e"><v>#N/A</v></c></row>',
}


@pytest.mark.parametrize("rows", FAR.values(), ids=FAR)
def test_a_far_cell_is_read_or_refused_however_it_is_written(rows: bytes, tmp_path: Path) -> None:
    """No spreadsheet program writes such files; other programs, and ill will, do."""
    assert_read_or_refused(check_alone(with_rows(write(tmp_path, a_book()), rows)))


CORNER = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'


def two_parts_of_one_name(path: Path) -> Path:
    """But for small and capital letters, which readers do not all tell apart; the second one is hostile."""
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read(SHEET)
    name = SHEET.replace("sheet3", "SHEET3")
    return edited(path, name, lambda _: sheet.replace(b"</sheetData>", CORNER))


def two_parts_of_the_very_same_name(path: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read(SHEET)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning):
        archive.writestr(SHEET, sheet.replace(b"</sheetData>", CORNER))
    return path


def two_sheets_of_one_name(path: Path) -> Path:
    """The first one is hostile."""
    other = "xl/worksheets/sheet2.xml"
    edited(path, other, lambda xml: xml.replace(b"</sheetData>", CORNER))
    return edited(path, "xl/workbook.xml", lambda xml: xml.replace("Entête demande".encode(), b"Commande"))


@pytest.mark.parametrize("made", [two_parts_of_one_name, two_parts_of_the_very_same_name, two_sheets_of_one_name])
def test_what_is_looked_at_is_what_is_read(made: Callable[[Path], Path], tmp_path: Path) -> None:
    """A sound part does not vouch for a hostile one that bears its name."""
    assert_read_or_refused(check_alone(made(a_workbook(tmp_path, xlsx))))


SLOW = {"cells in error": b'<c t="e">' * 400_000, "half a tag": b"<c " * 1_200_000, "formulas": b"<c><f>" * 600_000}


@pytest.mark.parametrize("rows", SLOW.values(), ids=SLOW)
def test_a_sheet_of_unfinished_tags_is_refused_in_good_time(rows: bytes, tmp_path: Path) -> None:
    unlike = b"<!--" + os.urandom(20_000).hex().encode() + b"-->"  # so that it is not told for a bomb by its size
    assert_refused(check_alone(with_rows(write(tmp_path, a_book()), unlike + rows)))


def an_ods(folder: Path, **parts: str) -> Path:
    """A sound .ods with something in it that is not."""
    write(folder, a_book())
    return ods(folder / "orders.ods", grids(a_book()), **parts)  # type: ignore[arg-type]


def a_run(rows: int, columns: int, text: str = "") -> str:
    """A row that is written once and stands for many; blank but for its format where there is no `text`."""
    value = f'office:value-type="string"><text:p>{text}</text:p></table:table-cell>' if text else "/>"
    cell = f'<table:table-cell table:style-name="ce1" table:number-columns-repeated="{columns}" {value}'
    return ods_row(cell, rows=rows)


@pytest.mark.parametrize(("rows", "columns"), [(1_048_570, 1), (1_048_570, 16_384), (2**31, 2**31)])
@pytest.mark.parametrize("where", ["more", "extra"])
def test_an_ods_that_repeats_a_cell_beyond_measure_is_refused_or_read(
    where: str, rows: int, columns: int, tmp_path: Path
) -> None:
    row = a_run(rows, columns, "x")
    parts = {where: row if where == "more" else f'<table:table table:name="Notes">{row}</table:table>'}
    assert_read_or_refused(check_alone(an_ods(tmp_path, **parts)))


def test_an_ods_that_is_formatted_to_its_last_cell_does_no_harm(tmp_path: Path) -> None:
    assert_read(check_alone(an_ods(tmp_path, more=a_run(1_048_570, 16_384))))


def test_an_ods_with_a_space_repeated_beyond_measure_is_refused(tmp_path: Path) -> None:
    assert_refused(check_alone(an_ods(tmp_path, more=a_run(1, 1, '<text:s text:c="2000000000"/>'))))

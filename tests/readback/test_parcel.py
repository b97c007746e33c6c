"""V3 and P4 to P8: the zip's limits, and its members against the names in the JSON."""

from __future__ import annotations

import io
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from converter.errors import Xl2JsonError
from converter.jobs.verify import verify
from tests.books import PDF
from tests.parcel import pdf, picture
from tests.readback import BDC, LINE, deposit, found, repack, spec, told

NAME = f"$.{LINE}.piecesJustificatives[0].nomFichier"


def at_name(rule: str, severity: str = "error") -> list[tuple[str, str, str, str, str]]:
    return [(rule, severity, NAME, "00001", BDC)]


def other_zip(path: Path, content: bytes) -> Path:
    path.with_suffix(".zip").write_bytes(content)
    return path


def members(path: Path) -> list[str]:
    with zipfile.ZipFile(path.with_suffix(".zip")) as archive:
        return archive.namelist()


def added(path: Path, name: str, content: bytes = PDF) -> Path:
    """The zip with one more member, whether it has one of that name or not."""
    with warnings.catch_warnings(), zipfile.ZipFile(path.with_suffix(".zip"), "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(name, content)
    return path


def test_a_missing_member(tmp_path: Path) -> None:
    assert told(repack(deposit(tmp_path), **{BDC: None})) == at_name("V3")


@pytest.mark.parametrize("name", ["note.txt", "../x", "/etc/passwd", "C:\\x.pdf", "__MACOSX/._x", "empty/"])
def test_a_member_that_no_request_names(name: str, tmp_path: Path) -> None:
    before = sorted(tmp_path.parent.iterdir())
    path = added(deposit(tmp_path), name)
    shown = next(one for one in members(path) if "RAD" not in one)
    assert told(path) == [("V3", "error", None, None, shown)]
    assert sorted(tmp_path.parent.iterdir()) == before


def test_a_member_twice(tmp_path: Path) -> None:
    assert told(added(deposit(tmp_path), BDC)) == at_name("V3")


@pytest.mark.parametrize("name", [f"pieces/{BDC}", BDC.upper(), f"../{BDC}"])
def test_a_member_elsewhere_or_in_other_letters_is_told_once(name: str, tmp_path: Path) -> None:
    path = added(repack(deposit(tmp_path), **{BDC: None}), "pieces/", b"")
    path = added(path, name) if name.startswith("pieces/") else added(repack(path, **{"pieces/": None}), name)
    assert told(path) == at_name("V3")


def test_a_zip_whose_names_are_right_while_the_json_is_wrong(tmp_path: Path) -> None:
    assert told(deposit(tmp_path, (NAME[2:], "bon.pdf"))) == [("V3", "error", NAME, "00001", "bon.pdf")]


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + b"\x00" * 100, b"PK\x05\x06" + b"\xff" * 18])
def test_a_zip_that_is_none(content: bytes, tmp_path: Path) -> None:
    path = other_zip(deposit(tmp_path), content)
    assert told(path) == [("V3", "error", None, None, path.with_suffix(".zip").name)]


def test_a_zip_over_the_limit(tmp_path: Path) -> None:
    path = deposit(tmp_path)
    tight = replace(spec(), limits=replace(spec().limits, zip_bytes=100))
    assert [(one.rule, one.path, one.value) for one in verify(path, spec=tight).findings] == [
        ("V3", None, path.with_suffix(".zip").name)
    ]


def test_a_zip_of_very_many_members(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for n in range(20_001):
            archive.writestr(str(n), b"")
    path = other_zip(deposit(tmp_path), file.getvalue())
    assert told(path) == [("V3", "error", None, None, path.with_suffix(".zip").name)]


def test_an_encrypted_member(tmp_path: Path) -> None:
    path = deposit(tmp_path)
    parcel = path.with_suffix(".zip")
    content = bytearray(parcel.read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[entry + 8] |= 1
    parcel.write_bytes(content)
    assert told(path) == at_name("V3")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unusual_compression(method: int, tmp_path: Path) -> None:
    path = repack(deposit(tmp_path), **{BDC: None})
    with zipfile.ZipFile(path.with_suffix(".zip"), "a") as archive:
        archive.writestr(BDC, PDF, method)
    assert told(path) == at_name("V3")


def test_a_damaged_member(tmp_path: Path) -> None:
    path = deposit(tmp_path)
    parcel = path.with_suffix(".zip")
    content = bytearray(parcel.read_bytes())
    content[30 + len(BDC) + 5] ^= 0xFF
    parcel.write_bytes(content)
    assert told(path) == at_name("V3")


@pytest.mark.parametrize(
    ("content", "rule", "severity"),
    [
        (b"", "P4", "error"),
        (picture("PNG"), "P5", "error"),
        (b"text", "P5", "error"),
        (pdf(3_145_729), "P6", "error"),
        (pdf(3_000_001), "P6", "warning"),
        (b"%PDF-1.4\n", "P8", "warning"),
    ],
)
def test_what_is_in_a_member(content: bytes, rule: str, severity: str, tmp_path: Path) -> None:
    assert told(repack(deposit(tmp_path), **{BDC: content})) == at_name(rule, severity)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = b"%PDF-1.4\n" + b"\x00" * 300_000_000
    path = repack(deposit(tmp_path), **{BDC: bomb})
    assert path.with_suffix(".zip").stat().st_size < 1_000_000
    assert told(path) == at_name("P6")


def test_a_picture_of_the_right_name(tmp_path: Path) -> None:
    name = BDC.replace(".pdf", ".png")
    path = deposit(tmp_path, (NAME[2:], name), (NAME[2:].replace("nomFichier", "formatFichier"), "PNG"))
    assert told(repack(path, **{BDC: None, name: picture("PNG")})) == []


def test_without_a_zip_nothing_is_said_of_the_attachments(tmp_path: Path) -> None:
    verified = found(deposit(tmp_path, parcel=False))
    assert (verified.findings, verified.parcel) == ((), None)


def test_a_zip_may_be_given(tmp_path: Path) -> None:
    path = deposit(tmp_path)
    parcel = path.with_suffix(".zip").rename(tmp_path / "autre.zip")
    assert (told(path), found(path).parcel) == ([], None)
    assert (told(path, parcel), found(path, parcel).parcel) == ([], parcel)


@pytest.mark.parametrize("name", ["gone.zip", ".", "nul\x00"])
def test_a_zip_that_cannot_be_read_stops_the_run(name: str, tmp_path: Path) -> None:
    with pytest.raises(Xl2JsonError) as stopped:
        told(deposit(tmp_path), tmp_path / name)
    assert stopped.value.exit_code == 3

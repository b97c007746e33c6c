"""P4 to P8: which file a request's `fichier` names, and whether the agency will be able to use it (contract §1, §5)."""

from __future__ import annotations

import io
import os
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PIL import Image

import converter
from converter.parcel.folders import Folders
from tests.books import DEPOSIT, PDF, Book, a_book, a_request, write
from tests.parcel import pdf, picture

OTHER = pdf(700)  # told from PDF by its length


def naming(*files: Any) -> Book:
    """A book of as many requests as there are files, each with a purchase order of that name."""
    finess = ["750012346", "330001231", "210012340"]
    book = a_book(*(a_request(f"CMD-{n}", f"0000{n}", finess[n - 1]) for n, _ in enumerate(files, 1)))
    for row, file in zip(book["Pièces justificatives"], files, strict=True):
        row["fichier"] = file
    return book


def found(path: Path, attachments: Path | None = None) -> list[tuple[str, str, str | None, str | None, str | None]]:
    """What is found: rule, severity, cell, request, value; all of it in the column `fichier`."""
    findings = converter.check(path, deposit=DEPOSIT, attachments=attachments).findings
    assert {(one.sheet, one.field) for one in findings} <= {("Pièces justificatives", "fichier")}
    return [(one.rule, one.severity, one.cell, one.demande, one.value) for one in findings]


def enclosed(path: Path, attachments: Path | None = None) -> dict[str, bytes]:
    """What the zip holds after a conversion that went well."""
    outcome = converter.convert(path, deposit=DEPOSIT, attachments=attachments, out=path.parent / "depot")
    assert outcome.ok, outcome.findings
    with zipfile.ZipFile(outcome.files[0].zip or "") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


ORDER = "RAD-RIS-Va1-BDC-00001.pdf"
MISSING = "P4", "error", "C2", "CMD-1"


# ----------------------------------------------------------------------------------------------------- where files lie


@pytest.mark.parametrize(
    "text",
    [
        "bon.pdf",
        "./bon.pdf",
        "scans/bon.pdf",
        "scans\\bon.pdf",
        "scans\\2021/bon.pdf",
        "scans/../scans/bon.pdf",
        "bon de commande n° 1.pdf",
        "Été (1), [2] #3 & 100%.pdf",
        "{name}.pdf",
        "bon.v2.PDF",
    ],
)
def test_a_file_is_found_below_the_workbooks_folder(text: str, tmp_path: Path) -> None:
    path = write(tmp_path, naming(text), pieces=False)
    put(tmp_path / text.replace("\\", "/").replace("../scans/", ""), PDF)
    assert found(path) == []
    assert enclosed(path) == {ORDER: PDF}


def test_the_workbooks_folder_comes_before_the_attachments(tmp_path: Path) -> None:
    path = write(tmp_path / "book", naming("bon.pdf", "autre.pdf"), pieces=False)
    put(tmp_path / "scans" / "bon.pdf", OTHER)
    put(tmp_path / "scans" / "autre.pdf", OTHER)
    put(tmp_path / "book" / "bon.pdf", PDF)
    assert enclosed(path, tmp_path / "scans") == {ORDER: PDF, "RAD-RIS-Va1-BDC-00002.pdf": OTHER}


def test_without_attachments_another_folder_is_not_looked_into(tmp_path: Path) -> None:
    path = write(tmp_path / "book", naming("bon.pdf"), pieces=False)
    put(tmp_path / "scans" / "bon.pdf", PDF)
    assert found(path) == [(*MISSING, "bon.pdf")]


@pytest.mark.parametrize("in_cell", ["NFC", "NFD"])
@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
def test_names_compare_however_their_accents_are_written(on_disk: Any, in_cell: Any, tmp_path: Path) -> None:
    """A Mac writes é in two characters, all else in one."""
    name = "Clinique Béranger/reçu signé.pdf"
    path = write(tmp_path, naming(unicodedata.normalize(in_cell, name)), pieces=False)
    put(tmp_path / unicodedata.normalize(on_disk, name), PDF)
    assert enclosed(path) == {ORDER: PDF}


@pytest.mark.parametrize("in_cell", ["NFC", "NFD"])
def test_accents_do_not_matter_below_the_attachments_either(in_cell: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "book", naming(unicodedata.normalize(in_cell, "é/à.pdf")), pieces=False)
    put(tmp_path / "scans" / unicodedata.normalize("NFD", "é") / "à.pdf", PDF)
    assert enclosed(path, tmp_path / "scans") == {ORDER: PDF}


def test_an_absolute_path_inside_is_as_good_as_a_relative_one(tmp_path: Path) -> None:
    inside = put(tmp_path / "book" / "bon.pdf", PDF)
    below = put(tmp_path / "scans" / "deep" / "bon.pdf", OTHER)
    path = write(tmp_path / "book", naming(str(inside), str(below)), pieces=False)
    assert enclosed(path, tmp_path / "scans") == {ORDER: PDF, "RAD-RIS-Va1-BDC-00002.pdf": OTHER}


def test_a_link_that_stays_inside_is_followed(tmp_path: Path) -> None:
    path = write(tmp_path, naming("bon.pdf"), pieces=False)
    put(tmp_path / "scans" / "vrai.pdf", PDF)
    (tmp_path / "bon.pdf").symlink_to("scans/vrai.pdf")
    assert enclosed(path) == {ORDER: PDF}


def test_a_workbook_reached_by_a_link_has_its_files_beside_the_link_or_in_attachments(tmp_path: Path) -> None:
    real = write(tmp_path / "real", naming("bon.pdf"), pieces=False)
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "orders.xlsx").symlink_to(real)
    put(tmp_path / "desk" / "bon.pdf", PDF)
    assert found(tmp_path / "desk" / "orders.xlsx") == []


def outside(folder: Path) -> str:
    put(folder.parent / "bon.pdf", PDF)
    return "../bon.pdf"


def outside_by_backslashes(folder: Path) -> str:
    put(folder.parent / "bon.pdf", PDF)
    return "..\\bon.pdf"


def outside_and_back_again(folder: Path) -> str:
    put(folder.parent / "bon.pdf", PDF)
    (folder / "scans").mkdir()
    return "scans/../../bon.pdf"


def outside_by_its_full_path(folder: Path) -> str:
    return str(put(folder.parent / "bon.pdf", PDF))


def outside_by_a_link(folder: Path) -> str:
    (folder / "bon.pdf").symlink_to(put(folder.parent / "bon.pdf", PDF))
    return "bon.pdf"


def outside_by_a_linked_folder(folder: Path) -> str:
    (folder / "scans").symlink_to(put(folder.parent / "far" / "bon.pdf", PDF).parent)
    return "scans/bon.pdf"


def in_a_folder_of_nearly_that_name(folder: Path) -> str:
    return str(put(folder.parent / f"{folder.name}-2" / "bon.pdf", PDF))


def a_link_to_nothing(folder: Path) -> str:
    (folder / "bon.pdf").symlink_to("nowhere.pdf")
    return "bon.pdf"


def a_link_to_itself(folder: Path) -> str:
    (folder / "bon.pdf").symlink_to("bon.pdf")
    return "bon.pdf"


def a_folder(folder: Path) -> str:
    (folder / "bon.pdf").mkdir()
    return "bon.pdf"


def the_folder_itself(folder: Path) -> str:
    return "."


def a_pipe(folder: Path) -> str:
    os.mkfifo(folder / "bon.pdf")
    return "bon.pdf"


def below_a_file(folder: Path) -> str:
    put(folder / "bon.pdf", PDF)
    return "bon.pdf/bon.pdf"


def an_empty_file(folder: Path) -> str:
    put(folder / "bon.pdf", b"")
    return "bon.pdf"


def a_name_too_long(folder: Path) -> str:
    return "a" * 300 + ".pdf"


def a_file_of_a_windows_disk(folder: Path) -> str:
    return "C:\\scans\\bon.pdf"


def a_file_that_is_not_there(folder: Path) -> str:
    put(folder / "bons.pdf", PDF)
    return "bon.pdf"


UNUSABLE = [
    outside, outside_by_backslashes, outside_and_back_again, outside_by_its_full_path, outside_by_a_link,
    outside_by_a_linked_folder, in_a_folder_of_nearly_that_name, a_link_to_nothing, a_link_to_itself, a_folder,
    the_folder_itself, a_pipe, below_a_file, an_empty_file, a_name_too_long, a_file_of_a_windows_disk,
    a_file_that_is_not_there,
]  # fmt: skip


@pytest.mark.parametrize("made", UNUSABLE)
def test_a_file_that_cannot_be_taken_is_p4(made: Callable[[Path], str], tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    text = made(tmp_path / "book")
    path = write(tmp_path / "book", naming(text), pieces=False)
    assert found(path) == [(*MISSING, text)]


def test_what_lies_outside_the_workbooks_folder_may_lie_in_the_attachments(tmp_path: Path) -> None:
    put(tmp_path / "scans" / "bon.pdf", PDF)
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "lien.pdf").symlink_to(tmp_path / "scans" / "bon.pdf")
    path = write(tmp_path / "book", naming("lien.pdf"), pieces=False)
    assert enclosed(path, tmp_path / "scans") == {ORDER: PDF}


def test_a_file_that_the_system_does_not_let_read_is_p4(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests may run as root, whom no permission stops: so the system's answer is made up."""
    path = write(tmp_path, naming("bon.pdf"))
    real = Path.open

    def unwilling(self: Path, *args: Any, **more: Any) -> Any:
        if self.name == "bon.pdf":
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *args, **more)

    monkeypatch.setattr(Path, "open", unwilling)
    assert found(path) == [(*MISSING, "bon.pdf")]


def test_a_blank_name_is_p4(tmp_path: Path) -> None:
    assert found(write(tmp_path, naming(None))) == [(*MISSING, None)]


def test_every_row_is_looked_at_in_one_run(tmp_path: Path) -> None:
    path = write(tmp_path, naming("un.pdf", "deux.docx", "trois.pdf"), pieces=False)
    put(tmp_path / "deux.docx", b"PK\x03\x04")
    put(tmp_path / "trois.pdf", pdf(3_000_001))
    assert found(path) == [
        (*MISSING, "un.pdf"),
        ("P5", "error", "C3", "CMD-2", "deux.docx"),
        ("P6", "warning", "C4", "CMD-3", "trois.pdf"),
    ]


# ----------------------------------------------------------------------------------------------------- what files hold

JPEG, PNG = picture("JPEG"), picture("PNG")


@pytest.mark.parametrize(
    ("name", "content", "called", "format_"),
    [
        ("bon.pdf", PDF, "RAD-RIS-Va1-BDC-00001.pdf", "PDF"),
        ("bon.PDF", PDF, "RAD-RIS-Va1-BDC-00001.pdf", "PDF"),
        ("bon.jpg", JPEG, "RAD-RIS-Va1-BDC-00001.jpg", "JPG"),
        ("bon.jpeg", JPEG, "RAD-RIS-Va1-BDC-00001.jpg", "JPG"),
        ("bon.JPEG", JPEG, "RAD-RIS-Va1-BDC-00001.jpg", "JPG"),
        ("bon.Png", PNG, "RAD-RIS-Va1-BDC-00001.png", "PNG"),
    ],
)
def test_a_file_is_enclosed_under_the_agencys_name(
    name: str, content: bytes, called: str, format_: str, tmp_path: Path
) -> None:
    path = write(tmp_path, naming(name), pieces=False)
    put(tmp_path / name, content)
    assert found(path) == []
    assert enclosed(path) == {called: content}
    written = next((tmp_path / "depot").glob("*.json")).read_text("utf-8")
    assert f'"nomFichier": "{called}"' in written
    assert f'"formatFichier": "{format_}"' in written


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bon.docx", PDF),
        ("bon.tiff", b"II*\x00"),
        ("bon", PDF),
        ("pdf", PDF),
        ("bon.pdf.zip", PDF),
        ("bon.pdf ", b"not a PDF"),
        ("bon.pdf", JPEG),
        ("bon.pdf", b"%!PS-Adobe-3.0\n"),
        ("bon.pdf", b"<html>%PDF</html>"),
        ("bon.jpg", PNG),
        ("bon.jpeg", PDF),
        ("bon.png", JPEG),
        ("bon.png", b"\x89PN"),
        ("bon.png", b"GIF89a"),
    ],
)
def test_an_unknown_ending_or_another_content_is_p5(name: str, content: bytes, tmp_path: Path) -> None:
    path = write(tmp_path, naming(name), pieces=False)
    put(tmp_path / name.strip(), content)
    assert found(path) == [("P5", "error", "C2", "CMD-1", name.strip())]


def test_a_pdf_after_a_little_noise_is_a_pdf(tmp_path: Path) -> None:
    """Scanners and mail programs put a line before it; readers take that."""
    path = write(tmp_path, naming("bon.pdf"), pieces=False)
    put(tmp_path / "bon.pdf", b"\r\n" + PDF)
    assert [one for one in found(path) if one[0] == "P5"] == []


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (3_000_000, []),
        (3_000_001, [("P6", "warning")]),
        (3 * 2**20, [("P6", "warning")]),
        (3 * 2**20 + 1, [("P6", "error")]),
    ],
)
def test_three_mo_is_surely_kept_or_only_perhaps(size: int, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    path = write(tmp_path, naming("bon.pdf"), pieces=False)
    put(tmp_path / "bon.pdf", pdf(size))
    assert [one[:2] for one in found(path)] == expected


# ------------------------------------------------------------------------------------------------------- doubtful files


def locked(user: str, owner: str) -> bytes:
    """A PDF that asks for the password `user`, where there is one; `owner` is what lifts its restrictions."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(9, 9)
    writer.encrypt(user, owner, use_128bit=True)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    """A part of a PNG, its checksum right."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(pixels: bytes) -> bytes:
    """A PNG of 40 × 40 grey pixels, packed; right in all else."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 40, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


DOUBTFUL = {
    "a PDF that asks for a password": ("bon.pdf", locked("secret", "owner")),
    "a PDF cut short": ("bon.pdf", PDF[:-30]),
    "a PDF cut in half": ("bon.pdf", PDF[: len(PDF) // 2]),
    "a PDF of noise": ("bon.pdf", b"%PDF-1.4\n" + bytes(range(256)) + b"\nstartxref\n99\n%%EOF\n"),
    "a PDF whose end points nowhere": ("bon.pdf", b"%PDF-1.4\nstartxref\n999999\n%%EOF\n"),
    "a PDF that is but its first line": ("bon.pdf", b"%PDF-1.7\n%%EOF\n"),
    "a JPEG cut short": ("bon.jpg", JPEG[:-200]),
    "a JPEG that is but its start": ("bon.jpg", JPEG[:30]),
    "a PNG cut short": ("bon.png", PNG[:-100]),
    "a PNG with a wrong byte": ("bon.png", PNG[:200] + bytes([PNG[200] ^ 1]) + PNG[201:]),
    "a PNG that is but its first bytes": ("bon.png", PNG[:8]),
    "a PNG of noise": ("bon.png", png_of(b"noise")),
}


@pytest.mark.parametrize(("name", "content"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_a_file_that_will_not_open_is_p8(name: str, content: bytes, tmp_path: Path) -> None:
    path = write(tmp_path, naming(name), pieces=False)
    put(tmp_path / name, content)
    assert found(path) == [("P8", "warning", "C2", "CMD-1", name)]


def rewritten(**options: Any) -> bytes:
    """A PDF as other programs write it."""
    writer = pypdf.PdfWriter(io.BytesIO(PDF), **options)
    writer.add_blank_page(9, 9)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def large(format_: str, side: int) -> bytes:
    file = io.BytesIO()
    Image.new("1", (side, side)).save(file, format_)
    return file.getvalue()


SOUND = {
    "a PDF with restrictions but no password": ("bon.pdf", locked("", "owner")),
    "a PDF by another program": ("bon.pdf", rewritten()),
    "a PDF with something added": ("bon.pdf", rewritten(incremental=True)),
    "a PDF with CRLF": ("bon.pdf", PDF.replace(b"startxref\n164\n", b"startxref\r\n164\r\n")),
    "a PDF with blanks after its end": ("bon.pdf", PDF + b"\r\n\x00\x00"),
    "a small PNG": ("bon.png", png_of(zlib.compress(bytes(41 * 40)))),
    "a page scanned at 1200 dpi": ("bon.png", large("PNG", 10_000)),
    "a progressive JPEG": ("bon.jpg", picture("JPEG", 300)),
}


@pytest.mark.parametrize(("name", "content"), SOUND.values(), ids=SOUND)
def test_a_file_that_opens_is_taken_without_a_word(name: str, content: bytes, tmp_path: Path) -> None:
    path = write(tmp_path, naming(name), pieces=False)
    put(tmp_path / name, content)
    assert found(path) == []


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    path = write(tmp_path, naming("bon.pdf"), pieces=False)
    put(tmp_path / "bon.pdf", pdf(3_200_000)[:-5])
    assert [one[:2] for one in found(path)] == [("P6", "error")]


# -------------------------------------------------------------------------------------------------- one file, two uses


@pytest.mark.parametrize("second", ["bon.pdf", "./bon.pdf", ".\\bon.pdf", "lien.pdf"])
def test_one_file_for_two_requests_is_p7_at_the_later(second: str, tmp_path: Path) -> None:
    path = write(tmp_path, naming("bon.pdf", second), pieces=False)
    put(tmp_path / "bon.pdf", PDF)
    (tmp_path / "lien.pdf").symlink_to("bon.pdf")
    assert found(path) == [("P7", "warning", "C3", "CMD-2", second)]


def test_two_files_of_one_name_are_not_one_file(tmp_path: Path) -> None:
    path = write(tmp_path, naming("a/bon.pdf", "b/bon.pdf"))
    assert found(path) == []


def test_one_file_twice_in_one_request_is_not_p7(tmp_path: Path) -> None:
    book = naming("bon.pdf")
    book["Commande"][0]["regimeTVA"] = "HT"
    book["Pièces justificatives"].append({"demande": "CMD-1", "typeFichier": "PREUVE_HT", "fichier": "bon.pdf"})
    path = write(tmp_path, book)
    assert found(path) == []
    assert enclosed(path) == {ORDER: PDF, "RAD-RIS-Va1-HT-00001.pdf": PDF}


def test_the_first_folder_comes_first_however_its_name_is_spelt(tmp_path: Path) -> None:
    """The disk has the accent in two signs in one folder, in one sign in the other."""
    first, second = tmp_path / "first", tmp_path / "second"
    for root, form in ((first, "NFD"), (second, "NFC")):
        folder = root / unicodedata.normalize(form, "réc")
        folder.mkdir(parents=True)
        (folder / "x.pdf").write_bytes(PDF)
    folders = Folders((first, second))
    assert folders.plain("réc/x.pdf") is None
    found = folders.find("réc/x.pdf")
    assert found is not None
    assert found.is_relative_to(first)

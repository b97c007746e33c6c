"""P1 to P8: the files to enclose."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from tests.books import PDF, Book, a_book, write
from tests.rules import MAIN, ORDER, PIECES, another, changed, document, findings, places, requests, told, two

PROOF = {"typeFichier": "PREUVE_HT", "fichier": "preuve.pdf"}


def picture(format_: str, side: int = 64) -> bytes:
    """A picture that opens; not of one colour, so that its content is long enough to be cut."""
    content = io.BytesIO()
    Image.linear_gradient("L").resize((side, side)).save(content, format_)
    return content.getvalue()


def a_pdf_of(size: int) -> bytes:
    """A sound PDF of that many bytes: a comment before its trailer fills it up."""
    return PDF.replace(b"trailer", b"%" + b" " * (size - len(PDF) - 2) + b"\ntrailer")


def locked() -> bytes:
    """A PDF that asks for a password."""
    writer, content = PdfWriter(clone_from=PdfReader(io.BytesIO(PDF))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(content)
    return content.getvalue()


PNG, JPG = picture("PNG"), picture("JPEG")


def enclosing(folder: Path, name: str, content: bytes | None = None) -> Path:
    """A sound workbook but for its purchase order: the file of that name, with that content where given."""
    if content is not None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return write(folder, changed(PIECES, "fichier", name), pieces=False)


def at_fault(rule: str, severity: str, name: str) -> list[tuple[str | None, ...]]:
    """One finding at the cell that names the file."""
    return [(rule, severity, PIECES, "C2", "fichier", "CMD-1", name)]


# ------------------------------------------------------------------------------------------------ which pieces there are


def test_p1_a_request_without_purchase_order_is_told_at_its_key(tmp_path: Path) -> None:
    """Whether it has another piece or none at all."""
    expected = [("P1", "error", MAIN, "A3", "demande", "CMD-2")]
    book = two()
    book[PIECES][1] |= PROOF
    book[ORDER][1]["regimeTVA"] = "HT"
    assert places(tmp_path / "other", book) == expected
    book = two()
    del book[PIECES][1]
    assert places(tmp_path / "none", book) == expected


@pytest.mark.parametrize("typed", ["DEVIS", None])
def test_p1_waits_while_a_kind_is_in_doubt(typed: str | None, tmp_path: Path) -> None:
    """P3 has told that cell; what it was to be is not known."""
    assert findings(tmp_path, changed(PIECES, "typeFichier", typed)) == [
        ("P3", "error", PIECES, "B2", "typeFichier", "CMD-1", typed)
    ]


def test_p2_an_order_without_vat_has_its_proof(tmp_path: Path) -> None:
    book = changed(ORDER, "regimeTVA", "HT")
    assert places(tmp_path / "without", book) == [("P2", "error", ORDER, "C2", "regimeTVA", "CMD-1")]
    assert findings(tmp_path / "with", another(book, PIECES, **PROOF)) == []


def test_p2_an_order_with_vat_needs_none(tmp_path: Path) -> None:
    book = another(a_book(), PIECES, **PROOF)
    assert places(tmp_path, book) == [("P2", "warning", ORDER, "C2", "regimeTVA", "CMD-1")]


def test_p3_there_is_one_of_each_kind(tmp_path: Path) -> None:
    """The later one is told."""
    book = another(changed(ORDER, "regimeTVA", "HT"), PIECES, fichier="autre.pdf")
    another(another(book, PIECES, **PROOF), PIECES, fichier="preuve-2.pdf")
    assert findings(tmp_path, book) == [
        ("P3", "error", PIECES, "B3", "typeFichier", "CMD-1", "BON_COMMANDE"),
        ("P3", "error", PIECES, "B5", "typeFichier", "CMD-1", "PREUVE_HT"),
    ]


@pytest.mark.parametrize("typed", ["bon_commande", " BON_COMMANDE"])
def test_p3_repairs_the_case_of_a_kind(typed: str, tmp_path: Path) -> None:
    assert findings(tmp_path, changed(PIECES, "typeFichier", typed)) == [
        ("X7", "info", PIECES, "B2", "typeFichier", "CMD-1", typed)
    ]


def test_p3_one_of_a_kind_in_each_of_two_requests_is_sound(tmp_path: Path) -> None:
    assert findings(tmp_path, two()) == []


# --------------------------------------------------------------------------------------------------- where the files are


def test_p4_a_blank_cell_names_no_file(tmp_path: Path) -> None:
    assert findings(tmp_path, changed(PIECES, "fichier", None)) == [
        ("P4", "error", PIECES, "C2", "fichier", "CMD-1", None)
    ]


@pytest.mark.parametrize(
    "name", ["absent.pdf", "CMD-1.PDF/x.pdf", "x" * 300 + ".pdf", "scans", "vide.pdf", "a\tb?.pdf"]
)
def test_p4_the_file_is_there_is_a_file_and_is_not_empty(name: str, tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    (tmp_path / "vide.pdf").touch()
    assert told(enclosing(tmp_path, name)) == at_fault("P4", "error", name)


def test_p4_the_file_lies_in_one_of_the_folders(tmp_path: Path) -> None:
    """No way leads out: neither `..`, nor an absolute path, nor a link."""
    (tmp_path / "secret.pdf").write_bytes(PDF)
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    for name in ("../secret.pdf", "..\\secret.pdf", str(tmp_path / "secret.pdf"), "link.pdf"):
        assert told(enclosing(inside, name)) == at_fault("P4", "error", name)
    assert told(enclosing(inside, "../secret.pdf"), attachments=tmp_path) == []


@pytest.mark.parametrize("name", ["scans/bon.pdf", "scans\\bon.pdf", "./scans/bon.pdf", "scans/../scans/bon.pdf", " scans/bon.pdf "])  # fmt: skip
def test_p4_takes_a_path_below_the_workbook_however_written(name: str, tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "bon.pdf").write_bytes(PDF)
    assert told(enclosing(tmp_path, name)) == []


def test_p4_the_second_folder_is_looked_in_after_the_first(tmp_path: Path) -> None:
    second = tmp_path / "second"
    second.mkdir()
    path = enclosing(tmp_path / "first", "bon.pdf")
    (second / "bon.pdf").write_bytes(b"")
    assert told(path, attachments=second) == at_fault("P4", "error", "bon.pdf")
    (second / "bon.pdf").write_bytes(PDF)
    assert told(path) == at_fault("P4", "error", "bon.pdf")
    assert told(path, attachments=second) == []
    (tmp_path / "first" / "bon.pdf").write_bytes(b"")
    assert told(path, attachments=second) == at_fault("P4", "error", "bon.pdf")


@pytest.mark.parametrize("typed", ["NFC", "NFD"])
@pytest.mark.parametrize("stored", ["NFC", "NFD"])
def test_p4_names_compare_in_nfc(typed: str, stored: str, tmp_path: Path) -> None:
    name = "pièces/reçu signé.pdf"
    file = tmp_path / unicodedata.normalize(stored, name)
    file.parent.mkdir()
    file.write_bytes(PDF)
    assert told(enclosing(tmp_path, unicodedata.normalize(typed, name))) == []


# --------------------------------------------------------------------------------------------------- what the files are


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bon.txt", PDF),
        ("bon.docx", PDF),
        ("bon", PDF),
        ("bon.pdf.exe", PDF),
        ("bon.pdf", PNG),
        ("bon.png", JPG),
        ("bon.jpg", PDF),
        ("bon.jpeg", PNG),
        ("bon.pdf", b"Bon de commande"),
    ],
)
def test_p5_the_content_is_what_the_extension_says(name: str, content: bytes, tmp_path: Path) -> None:
    assert told(enclosing(tmp_path, name, content)) == at_fault("P5", "error", name)


@pytest.mark.parametrize(
    ("name", "content", "written", "format_"),
    [
        ("bon.pdf", PDF, "RAD-RIS-Va1-BDC-00001.pdf", "PDF"),
        ("BON.PDF", PDF, "RAD-RIS-Va1-BDC-00001.pdf", "PDF"),
        ("bon.jpg", JPG, "RAD-RIS-Va1-BDC-00001.jpg", "JPG"),
        ("bon.v2.Jpeg", JPG, "RAD-RIS-Va1-BDC-00001.jpg", "JPG"),
        ("bon.PNG", PNG, "RAD-RIS-Va1-BDC-00001.png", "PNG"),
    ],
)
def test_p5_takes_the_four_extensions_in_any_case(
    name: str, content: bytes, written: str, format_: str, tmp_path: Path
) -> None:
    path = enclosing(tmp_path, name, content)
    assert told(path) == []
    (request,) = document(path)["lignesImport"]
    assert request["piecesJustificatives"] == [
        {"nomFichier": written, "formatFichier": format_, "typeFichier": "BON_COMMANDE"}
    ]


@pytest.mark.parametrize(
    ("size", "severity"), [(3 * 2**20 + 1, "error"), (3 * 2**20, "warning"), (3_000_001, "warning")]
)
def test_p6_a_file_is_not_too_large(size: int, severity: str, tmp_path: Path) -> None:
    content = a_pdf_of(size)
    assert len(content) == size
    assert told(enclosing(tmp_path, "bon.pdf", content)) == at_fault("P6", severity, "bon.pdf")


def test_p6_three_million_bytes_are_not(tmp_path: Path) -> None:
    assert told(enclosing(tmp_path, "bon.pdf", a_pdf_of(3_000_000))) == []


@pytest.mark.parametrize("name", ["CMD-1.pdf", "./CMD-1.pdf"])
def test_p7_one_file_for_two_requests_is_doubtful(name: str, tmp_path: Path) -> None:
    book = two()
    book[PIECES][1]["fichier"] = name
    assert findings(tmp_path, book) == [("P7", "warning", PIECES, "C3", "fichier", "CMD-2", name)]


def test_p7_one_file_twice_in_one_request_or_two_files_alike_are_not(tmp_path: Path) -> None:
    book: Book = two()
    book[ORDER][1]["regimeTVA"] = "HT"
    another(book, PIECES, typeFichier="PREUVE_HT")
    assert findings(tmp_path, book) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bon.pdf", PDF[:200]),
        ("bon.pdf", PDF[:-7]),
        ("bon.pdf", b"%PDF-1.4\nnothing of the kind\nstartxref\n5\n%%EOF\n"),
        ("bon.pdf", locked()),
        ("bon.png", PNG[: len(PNG) // 2]),
        ("bon.png", PNG[:8] + b"nothing of the kind"),
        ("bon.jpg", JPG[:3] + b"nothing of the kind"),
        ("bon.jpg", JPG[: len(JPG) // 2]),
    ],
)
def test_p8_what_does_not_open_is_doubtful(name: str, content: bytes, tmp_path: Path) -> None:
    assert told(enclosing(tmp_path, name, content)) == at_fault("P8", "warning", name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bon.pdf", PDF),
        ("bon.pdf", PDF + b"\n" * 900),
        ("bon.png", PNG),
        ("bon.jpg", JPG),
        ("bon.jpg", JPG + b"\0" * 9),
    ],
)
def test_p8_what_opens_is_not(name: str, content: bytes, tmp_path: Path) -> None:
    assert told(enclosing(tmp_path, name, content)) == []


def test_pieces_come_in_the_order_of_their_rows(tmp_path: Path) -> None:
    book = changed(ORDER, "regimeTVA", "HT")
    book[PIECES].insert(0, {"demande": "CMD-1", **PROOF})
    (request,) = requests(tmp_path, book)
    assert [piece["nomFichier"] for piece in request["piecesJustificatives"]] == [
        "RAD-RIS-Va1-HT-00001.pdf",
        "RAD-RIS-Va1-BDC-00001.pdf",
    ]

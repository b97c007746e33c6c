"""`feedback --workbook`: a copy with the answer in it, each rejection at its cells, and the original untouched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.books import Book, a_book, a_request, many, write
from tests.feedback.office import ACCEPTED, LATE, NAME, UNHEARD_OF, Office, Said, called, found, rules

SAID = {"00001": ACCEPTED, "00002": LATE, "00003": UNHEARD_OF}
KEY, DATE = "Entête demande!A4", "Commande!B3"


@pytest.fixture
def answered(small_office: Office) -> Office:
    """Three requests, the first accepted, the other two rejected."""
    small_office.convert(3)
    small_office.answer(SAID)
    return small_office


def sheet_of(path: Path, sheet: str = "Traitement") -> list[dict[str, Any]]:
    """The filled rows of a sheet, wherever its header stands."""
    rows = [list(row) for row in openpyxl.load_workbook(path)[sheet].values]
    header = next(number for number, row in enumerate(rows) if {"demande", "numeroAns"} & set(row))
    names = rows[header]
    return [dict(zip(names, row, strict=True)) for row in rows[header + 1 :] if any(row)]


def comments(path: Path) -> dict[str, str]:
    """Sheet!cell -> comment, of the cells that are coloured."""
    book = openpyxl.load_workbook(path)
    cells = (cell for page in book for row in page.iter_rows() for cell in row)
    return {f"{cell.parent.title}!{cell.coordinate}": cell.comment.text for cell in cells if cell.comment and cell.fill.fill_type}  # fmt: skip


def home(office: Office, *more: object) -> tuple[int, dict[str, Any]]:
    return office.feedback("--workbook", "orders.xlsx", "--out", "retour", *more)


def test_the_findings_name_the_cells(answered: Office) -> None:
    code, document = home(answered)
    assert (code, found(document)) == (1, [("R9", "error", "CMD-3", KEY), ("C2", "error", "CMD-2", DATE)])
    by_rule = {one["rule"]: one for one in document["findings"]}
    assert UNHEARD_OF.label in by_rule["R9"]["message"]
    assert (by_rule["R9"]["field"], by_rule["C2"]["field"]) == ("demande", "dateCommande")


def test_the_copy_has_the_answer_and_its_cells_are_marked(answered: Office) -> None:
    home(answered)
    copy = Path("retour/orders.xlsx")
    assert [(row["demande"], row["numeroEditeur"], row["numeroASP"], row["codeTraitement"], row["libelleTraitement"]) for row in sheet_of(copy)] == [
        ("CMD-1", "00001", *ACCEPTED),
        ("CMD-2", "00002", *LATE),
        ("CMD-3", "00003", *UNHEARD_OF),
    ]  # fmt: skip
    marked = comments(copy)
    assert set(marked) == {KEY, DATE}
    assert LATE.label in marked[DATE]
    assert UNHEARD_OF.label in marked[KEY]


def test_the_original_is_untouched(answered: Office) -> None:
    before = Path("orders.xlsx").read_bytes()
    home(answered)
    assert Path("orders.xlsx").read_bytes() == before
    run = answered.cli("feedback", f"back/{NAME}", "--workbook", "orders.xlsx", "--out", ".")
    assert (run.code, run.out) == (3, "")
    assert Path("orders.xlsx").read_bytes() == before


def test_reading_twice_leaves_the_copy_alone(answered: Office) -> None:
    first = home(answered)
    copy = Path("retour/orders.xlsx")
    content, stamp = copy.read_bytes(), copy.stat().st_mtime_ns
    assert found(home(answered)[1]) == found(first[1])
    assert (copy.read_bytes(), copy.stat().st_mtime_ns) == (content, stamp)
    assert [one.name for one in Path("retour").iterdir()] == ["orders.xlsx"]


def test_a_copy_that_somebody_corrected_is_not_written_over(answered: Office) -> None:
    home(answered)
    corrected = openpyxl.load_workbook("retour/orders.xlsx")
    corrected["Commande"]["C2"] = "HT"
    corrected.save("retour/orders.xlsx")
    content = Path("retour/orders.xlsx").read_bytes()
    home(answered)
    home(answered)
    assert Path("retour/orders.xlsx").read_bytes() == content
    assert sorted(one.name for one in Path("retour").iterdir()) == ["orders-2.xlsx", "orders.xlsx"]


def test_a_folder_of_the_copy_s_name_is_no_bug(answered: Office) -> None:
    Path("retour/orders.xlsx").mkdir(parents=True)
    assert home(answered)[0] == 1
    assert Path("retour/orders-2.xlsx").is_file()


def test_a_file_where_the_folder_should_be_is_3(answered: Office) -> None:
    Path("retour").write_bytes(b"")
    run = answered.cli("feedback", f"back/{NAME}", "--workbook", "orders.xlsx", "--out", "retour")
    assert (run.code, run.out) == (3, "")


@pytest.mark.parametrize("name", ["orders.ods", "orders.xls", "orders.csv", "nowhere.xlsx"])
def test_what_cannot_be_copied_is_3_before_anything_is_noted(answered: Office, name: str) -> None:
    if name.endswith("ods"):
        import zipfile

        with zipfile.ZipFile(name, "w") as made:
            made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            made.writestr("content.xml", "<a/>")
    elif name.endswith("xls"):
        Path(name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"))
    elif name.endswith("csv"):
        Path(name).write_text("a;b")
    run = answered.cli("feedback", f"back/{NAME}", "--workbook", name)
    assert (run.code, run.out, run.err.count("\n")) == (3, "", 1)
    assert set(answered.states().values()) == {"prepared"}


def test_another_supplier_s_workbook_is_told_and_not_copied(answered: Office) -> None:
    book = many(3)
    book["Entête fichier"][0]["SIRET"] = "35600000000048"
    write(answered.folder, book, "others.xlsx")
    code, document = answered.feedback("--workbook", "others.xlsx", "--out", "retour")
    assert (code, rules(document)) == (1, [("C2", "CMD-2"), ("R9", "CMD-3"), ("R5", None)])
    assert not Path("retour").exists()


def test_several_workbooks_each_with_its_own(small_office: Office) -> None:
    small_office.convert(book=a_book(a_request("A", None)), name="a.xlsx")
    small_office.convert(book=a_book(a_request("B", None, "330001231")), name="b.xlsx")
    second = NAME.replace("001.json", "002.json")
    small_office.answer({"00001": ACCEPTED})
    small_office.feedback()
    small_office.answer({"00002": LATE}, name=second, deposit=second)
    code, document = small_office.feedback(
        "--workbook", "a.xlsx", "--workbook", "b.xlsx", "--out", "retour", name=second
    )
    assert (code, found(document)) == (1, [("C2", "error", "B", "Commande!B2")])
    assert [row["numeroASP"] for row in sheet_of(Path("retour/a.xlsx"))] == [ACCEPTED.asp]
    assert [row["codeTraitement"] for row in sheet_of(Path("retour/b.xlsx"))] == [LATE.code]
    assert (comments(Path("retour/a.xlsx")), len(comments(Path("retour/b.xlsx")))) == ({}, 1)


def test_a_label_of_a_list_marks_the_cells_of_all_its_rows(small_office: Office) -> None:
    book = a_book(a_request("A", None))
    book["Radiologues"].append({"demande": "A", "RPPS": "10002345674", "AM": "750012399", "nomRad": "PETIT"})
    small_office.convert(book=book)
    small_office.answer({"00001": Said(None, "R1", "Numéro AM incorrect")})
    _, document = home(small_office)
    assert found(document) == [("B12", "error", "A", "Radiologues!C2"), ("B12", "error", "A", "Radiologues!C3")]


def test_the_corrected_copy_sends_only_the_rejected_and_no_note_of_ours(answered: Office) -> None:
    home(answered)
    book = openpyxl.load_workbook("retour/orders.xlsx")
    book["Commande"]["B3"] = "16/11/2021"
    book["Etablissements"]["D4"] = "01 43 00 00 09"
    book.save("orders.xlsx")
    code, document = answered.json("convert", "orders.xlsx", "--date", "2021-12-01", "--out", "depot")
    assert (code, document["requests"]) == (0, {"read": 3, "written": 2, "held": 0, "skipped": 1})
    assert not {"D4"} & {one["rule"] for one in document["findings"]}
    content = Path(document["files"][0]["json"]).read_text("utf-8")
    lines = json.loads(content)["lignesImport"]
    assert [one["numeroEditeur"] for one in lines] == ["00004", "00005"]
    assert {(one["numeroASP"], one["codeTraitement"], one["libelleTraitement"]) for one in lines} == {
        (None, None, None)
    }
    assert not [word for word in ("xl2json", "R12", "E99", "rejet", "éligible") if word in content]
    assert answered.states() == {
        "00001": "accepted",
        "00002": "replaced",
        "00003": "replaced",
        "00004": "prepared",
        "00005": "prepared",
    }


def test_the_uncorrected_copy_is_d4(answered: Office) -> None:
    home(answered)
    Path("orders.xlsx").write_bytes(Path("retour/orders.xlsx").read_bytes())
    code, document = answered.json("check", "orders.xlsx", "--date", "2021-12-01")
    assert (code, sorted(rules(document))) == (0, [("D3", "CMD-1"), ("D4", "CMD-2"), ("D4", "CMD-3")])


def test_a_taken_over_request_is_found_by_its_number(small_office: Office) -> None:
    """The deposit was made without the ledger; the workbook has the number that it was given."""
    book: Book = a_book(a_request("CMD-1", "00001"))
    workbook = write(small_office.folder, book)
    assert called("convert", workbook, "--date", "2021-11-30", "--no-ledger").code == 0
    small_office.answer({"00001": LATE})
    _, document = home(small_office)
    assert ("C2", "error", "CMD-1", "Commande!B2") in found(document)
    assert [(row["demande"], row["codeTraitement"]) for row in sheet_of(Path("retour/orders.xlsx"))] == [("CMD-1", LATE.code)]  # fmt: skip


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_text_names_cell_copy_and_what_to_do(answered: Office, lang: str) -> None:
    run = answered.cli("feedback", f"back/{NAME}", "--workbook", "orders.xlsx", "--out", "retour", "--lang", lang)
    assert (run.code, run.err) == (1, "")
    assert DATE in run.out
    assert "retour/orders.xlsx" in run.out
    assert "resubmit" in run.out
    quiet = answered.cli("feedback", f"back/{NAME}", "--lang", lang, "-q")
    assert "resubmit" not in quiet.out
    assert LATE.label in quiet.out

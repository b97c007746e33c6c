"""`resubmit`: the rejected requests as they were sent, under new numbers, ready to be corrected (contract §6)."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.books import PDF, a_book, a_request, many, write
from tests.feedback.office import ACCEPTED, LATE, NAME, UNHEARD_OF, Document, Office, called, lines
from tests.feedback.test_workbook import sheet_of

AGAIN = Path("again/a_renvoyer.xlsx")


def rejected(office: Office) -> Office:
    """Three requests, the first accepted, the other two rejected."""
    office.convert(3)
    office.answer({"00001": ACCEPTED, "00002": LATE, "00003": UNHEARD_OF})
    office.feedback()
    return office


@pytest.fixture
def answered(small_office: Office) -> Office:
    return rejected(small_office)


def test_the_rejected_ones_as_they_were_sent_under_new_numbers(office: Office) -> None:
    rejected(office)
    code, document = office.json("resubmit", "-o", AGAIN)
    pieces = ["RAD-RIS-Va1-BDC-00002.pdf", "RAD-RIS-Va1-BDC-00003.pdf"]
    file = {"workbook": str(AGAIN), "requests": 2, "attachments": pieces, "missing": []}
    assert (code, document) == (0, {"files": [file]})
    assert [(row["demande"], row["numeroEditeur"]) for row in sheet_of(AGAIN, "Entête demande")] == [("CMD-2", "00004"), ("CMD-3", "00005")]  # fmt: skip
    finess = [row["numeroFINESSJuridique"] for row in many(3)["Etablissements"]]
    assert [row["numeroFINESSJuridique"] for row in sheet_of(AGAIN, "Etablissements")] == finess[1:]
    assert [row["numeroAns"] for row in sheet_of(AGAIN, "Entête fichier")] == ["RIS2021001"]
    assert {one.name: one.read_bytes() for one in AGAIN.parent.glob("*.pdf")} == dict.fromkeys(pieces, PDF)
    assert office.states() == {
        "00001": "accepted",
        "00002": "rejected",
        "00003": "rejected",
        "00004": "reserved",
        "00005": "reserved",
    }
    assert [one["replaces"] for one in office.entries("reserved")] == ["00002", "00003"]


def test_asking_again_gives_the_same_numbers_and_bytes(office: Office) -> None:
    rejected(office)
    office.cli("resubmit", "-o", "one/a.xlsx")
    before = office.entries()
    office.cli("resubmit", "-o", "two/a.xlsx")
    assert office.entries() == before
    assert Path("one/a.xlsx").read_bytes() == Path("two/a.xlsx").read_bytes()


def test_a_number_that_is_reserved_is_not_given_to_another(answered: Office) -> None:
    answered.cli("resubmit", "-o", AGAIN)
    answered.convert(book=a_book(a_request("NEW", None, "690005673")), name="new.xlsx")
    assert answered.states()["00006"] == "prepared"


def test_the_label_is_in_a_comment_on_the_row(answered: Office) -> None:
    answered.cli("resubmit", "-o", AGAIN)
    page = openpyxl.load_workbook(AGAIN)["Entête demande"]
    told = {
        row[0].value: row[0].comment.text
        for row in page.iter_rows()
        if row[0].comment and str(row[0].value)[:3] == "CMD"
    }
    assert set(told) == {"CMD-2", "CMD-3"}
    assert LATE.label in told["CMD-2"]
    assert UNHEARD_OF.label in told["CMD-3"]


def told(document: Document) -> list[tuple[str, str]]:
    """What is to be mended; that the profiles are not known (S3) is none: they stand in no JSON."""
    return [(one["rule"], one["demande"]) for one in document["findings"] if one["severity"] != "info"]


def convert_again(office: Office, *flags: str) -> tuple[int, list[tuple[str, str]]]:
    code, document = office.json("convert", AGAIN, "--date", "2021-12-01", "--out", "depot", *flags)
    return code, sorted(told(document))


def test_unchanged_it_is_d4_and_the_old_ones_are_replaced(answered: Office) -> None:
    answered.cli("resubmit", "-o", AGAIN)
    assert convert_again(answered) == (0, [("D4", "CMD-2"), ("D4", "CMD-3")])
    assert answered.states() == {
        "00001": "accepted",
        "00002": "replaced",
        "00003": "replaced",
        "00004": "prepared",
        "00005": "prepared",
    }
    code, document = answered.json("resubmit", "-o", "nothing.xlsx")
    assert (code, document) == (0, {"files": []})
    assert not Path("nothing.xlsx").exists()


def test_corrected_there_is_nothing_to_say(answered: Office) -> None:
    answered.cli("resubmit", "-o", AGAIN)
    book = openpyxl.load_workbook(AGAIN)
    page = book["Commande"]
    for row in page.iter_rows():
        if str(row[0].value)[:3] == "CMD":
            row[1].value = "16/11/2021"
    book.save(AGAIN)
    assert convert_again(answered) == (0, [])


def test_out_that_exists_is_3_and_nothing_is_reserved(answered: Office) -> None:
    AGAIN.parent.mkdir()
    AGAIN.write_bytes(b"mine")
    run = answered.cli("resubmit", "-o", AGAIN)
    assert (run.code, run.out, AGAIN.read_bytes()) == (3, "", b"mine")
    assert "00004" not in answered.states()


@pytest.mark.parametrize("name", ["a.ods", "a", "a.xls"])
def test_out_that_is_no_xlsx_is_no_bug(answered: Office, name: str) -> None:
    assert answered.cli("resubmit", "-o", name).code in (2, 3)
    assert not Path(name).exists()


def test_an_attachment_of_other_content_is_not_written_over(answered: Office) -> None:
    AGAIN.parent.mkdir()
    other = AGAIN.parent / "RAD-RIS-Va1-BDC-00002.pdf"
    other.write_bytes(b"mine")
    assert answered.cli("resubmit", "-o", AGAIN).code == 3
    assert (other.read_bytes(), AGAIN.exists()) == (b"mine", False)
    other.unlink()
    other.mkdir()
    assert answered.cli("resubmit", "-o", AGAIN).code == 3


def test_an_attachment_that_is_gone_is_p4(answered: Office) -> None:
    deposit = Path("depot") / NAME
    deposit.with_suffix(".zip").unlink()
    (deposit.with_suffix("") / "RAD-RIS-Va1-BDC-00003.pdf").unlink()
    _, document = answered.json("resubmit", "-o", AGAIN)
    assert document["files"][0]["attachments"] == ["RAD-RIS-Va1-BDC-00002.pdf"]
    assert document["files"][0]["missing"] == ["RAD-RIS-Va1-BDC-00003.pdf"]
    code, document = answered.json("check", AGAIN, "--date", "2021-12-01")
    assert (code, [one["demande"] for one in document["findings"] if one["rule"] == "P4"]) == (1, ["CMD-3"])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip"])
def test_a_damaged_zip_counts_as_gone(answered: Office, content: bytes) -> None:
    deposit = Path("depot") / NAME
    deposit.with_suffix(".zip").write_bytes(content)
    shutil.rmtree(deposit.with_suffix(""))
    run = answered.cli("resubmit", "-o", AGAIN)
    assert (run.code, run.err) == (0, "")
    assert "RAD-RIS-Va1-BDC-00002.pdf" in run.out


def test_several_softwares_have_a_folder_each(answered: Office) -> None:
    book = a_book(a_request("OTHER", None, "690005673"))
    book["Entête fichier"][0]["numeroAns"] = "RIS2021002"
    deposit = answered.convert(book=book, name="other.xlsx").name
    answered.answer({"00004": LATE}, name=deposit, deposit=deposit)
    answered.feedback(name=deposit)
    _, document = answered.json("resubmit", "-o", AGAIN)
    made = [Path(one["workbook"]) for one in document["files"]]
    names = [f"a_renvoyer-73282932000074-RIS202100{n}" for n in (1, 2)]
    assert made == [AGAIN.parent / name / f"{name}.xlsx" for name in names]
    assert [[row["demande"] for row in sheet_of(one, "Entête demande")] for one in made] == [["CMD-2", "CMD-3"], ["OTHER"]]  # fmt: skip
    for one in made:
        code, outcome = answered.json("check", one, "--date", "2021-12-01")
        assert (code, {rule for rule, _ in told(outcome)}) == (0, {"D4"})


def test_several_suppliers_have_numbers_of_their_own(answered: Office) -> None:
    book = a_book(a_request("OTHER", None, "690005673"))
    book["Entête fichier"][0]["SIRET"] = "35600000000048"
    deposit = answered.convert(book=book, name="other.xlsx").name
    answered.answer({"00001": LATE}, name=deposit, deposit=deposit)
    answered.feedback(name=deposit)
    _, document = answered.json("resubmit", "-o", AGAIN)
    numbers = [[row["numeroEditeur"] for row in sheet_of(Path(one["workbook"]), "Entête demande")] for one in document["files"]]  # fmt: skip
    assert sorted(numbers) == [["00002"], ["00004", "00005"]]


def test_no_name_in_an_answer_leads_out_of_the_folder(answered: Office) -> None:
    answered.answer({"00001": LATE}, lambda tree: tree.update(SIRET="../../x", numeroAns="/etc/x") and None)
    answered.feedback()
    _, document = answered.json("resubmit", "-o", AGAIN)
    made = [Path(one["workbook"]).resolve() for one in document["files"]]
    assert len(made) == 2
    assert all(one.is_relative_to(AGAIN.parent.resolve()) for one in made)


def test_a_deposit_made_elsewhere_is_sent_again_too(small_office: Office) -> None:
    """As it came back, its number written as a number, and without the answer in it."""
    workbook = write(small_office.folder, many(1))
    assert called("convert", workbook, "--date", "2021-11-30", "--no-ledger").code == 0
    small_office.answer({"00001": LATE}, lambda tree: lines(tree)[0].update(numeroEditeur=1))
    small_office.feedback()
    shutil.copytree("depot", "back", dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.json"))
    _, document = small_office.json("resubmit", "-o", AGAIN)
    assert document["files"][0]["attachments"] == ["RAD-RIS-Va1-BDC-00001.pdf"]
    (row,) = sheet_of(AGAIN, "Etablissements")
    assert row["nomClient"] == "CLINIQUE"
    assert sheet_of(AGAIN) == []
    code, outcome = small_office.json("check", AGAIN, "--date", "2021-12-01")
    assert (code, told(outcome)) == (0, [("D4", "00001")])


def test_nothing_rejected(small_office: Office) -> None:
    run = small_office.cli("resubmit", "-o", AGAIN)
    assert (run.code, run.err, AGAIN.exists()) == (0, "", False)
    assert run.out
    assert small_office.cli("resubmit", "-o", AGAIN, "-q").out == ""


def test_a_rejected_one_that_was_converted_again_is_not_offered(answered: Office) -> None:
    assert answered.json("convert", "orders.xlsx", "--date", "2021-12-01", "--out", "depot")[0] == 0
    assert answered.json("resubmit", "-o", AGAIN)[1] == {"files": []}

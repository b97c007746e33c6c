"""`--partial` leaves the requests held back in a workbook of their own, ready to be corrected and to go again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from converter import convert
from converter.workbook.read import open_book
from tests.annotate import RED, colour, comment, examined, faulty, listed, run, typed
from tests.books import DEPOSIT, PDF, Book, a_book, a_request, write
from tests.workbook import grids, xlsx

AMOUNT = ("Commande", "D4")  # of the only request held back, in the template's form


def left(folder: Path, book: Book, *more: object, name: str = "a_corriger.xlsx") -> Path:
    examined("convert", write(folder, book), "--partial", "--out", folder / "depot", *more)
    return folder / "depot" / name


def sheet(path: Path, title: str) -> list[list[Any]]:
    """The rows below the header, without the columns' names."""
    with open_book(path) as book:
        return [row for row in book.rows(title)[3:] if any(cell not in ("", None) for cell in row)]


def test_the_held_request_alone_is_there_annotated(tmp_path: Path) -> None:
    work = left(tmp_path, faulty())
    assert sheet(work, "Entête demande") == [["CMD-2", "00002"]]
    assert sheet(work, "Entête fichier")[0][:2] == ["RIS2021001", "73282932000074"]
    assert (colour(work, *AMOUNT), "31162,00" in (comment(work, *AMOUNT) or "")) == (RED, True)
    assert [(line[7], line[2], line[3]) for line in listed(work)] == [
        ("C4", *AMOUNT),
        ("B6", "Etablissements", "E4"),
        ("X7", "Etablissements", "C4"),
    ]
    assert openpyxl.load_workbook(work)["Commande"].data_validations.dataValidation


def test_corrected_it_converts_by_itself_and_finds_its_attachments(tmp_path: Path) -> None:
    work = left(tmp_path, faulty())
    (tmp_path / "CMD-2.pdf").unlink()
    typed(work, (*AMOUNT, 31162))
    assert examined("convert", work, "--out", tmp_path / "second") == 0
    line = json.loads(next((tmp_path / "second").glob("*.json")).read_bytes())["lignesImport"][0]
    assert (line["numeroEditeur"], line["commande"]["montantSegurHT"]) == ("00002", 31162)
    assert line["beneficiaires"]["EtablissementsClients"][0]["telephoneClient"] == "12 34"


def test_with_the_ledger_both_deposits_stand(tmp_path: Path) -> None:
    book, ledger = faulty(), tmp_path / "l.sqlite"
    book["Entête demande"] = [{"demande": key, "numeroEditeur": None} for key in ("CMD-1", "CMD-2")]
    source, depot = write(tmp_path, book), tmp_path / "depot"
    convert(source, out=depot, deposit=DEPOSIT, ledger=ledger, partial=True)
    typed(depot / "a_corriger.xlsx", (*AMOUNT, 31162))
    second = convert(depot / "a_corriger.xlsx", out=depot, deposit=DEPOSIT, ledger=ledger)
    assert (second.counts.written, second.withdrawn) == (1, ())
    texts = [json.loads(one.read_bytes()) for one in sorted(depot.glob("*.json"))]
    assert [one["lignesImport"][0]["numeroEditeur"] for one in texts] == ["00001", "00002"]


def test_cells_are_carried_over_as_they_were_read(tmp_path: Path) -> None:
    book = faulty()
    book["Etablissements"][1]["numeroFINESSJuridique"] = 330001231
    book["Radiologues"][1]["AM"] = 750012346
    book["Commande"][1]["dateCommande"] = "5/11/2021"
    work = left(tmp_path, book)
    assert sheet(work, "Etablissements")[0][1] == 330001231
    assert sheet(work, "Radiologues")[0][2] == 750012346
    assert sheet(work, "Commande")[0][1:] == ["5/11/2021", "TTC", "31,162.00"]


def test_an_error_of_excel_stays_one(tmp_path: Path) -> None:
    book = a_book(a_request(), a_request("CMD-2", "00002", "330001231"))
    book["Radiologues"][1]["emailRad"] = "#REF!"
    work = left(tmp_path, book)
    assert [(one.rule, one.cell) for one in convert(work, deposit=DEPOSIT).findings] == [("X8", "E4")]


def test_keyed_by_the_number_it_goes_under_the_same_key(tmp_path: Path) -> None:
    book = {title: [dict(row) for row in rows] for title, rows in faulty().items()}
    for title, rows in book.items():
        for row in rows if title != "Entête fichier" else ():
            row["numeroEditeur"] = {"CMD-1": 1, "CMD-2": 2}[row.pop("demande")]
    work = left(tmp_path, book)
    assert sheet(work, "Entête demande") == [["00002", 2]]
    typed(work, (*AMOUNT, 31162))
    outcome = convert(work, deposit=DEPOSIT, out=tmp_path / "second")
    assert (outcome.ok, outcome.demandes, outcome.counts.written) == (True, ("00002",), 1)


def test_a_sheet_keyed_by_the_number_follows_its_request(tmp_path: Path) -> None:
    book = faulty()
    book["Radiologues"] = [
        {"numeroEditeur": number, **{name: cell for name, cell in row.items() if name != "demande"}}
        for number, row in zip(("00001", "00002"), book["Radiologues"], strict=True)
    ]
    work = left(tmp_path, book)
    assert [row[0] for row in sheet(work, "Radiologues")] == ["CMD-2"]


def test_the_settings_fill_the_header_in(tmp_path: Path) -> None:
    book = faulty()
    book["Entête fichier"] = [{"numeroAns": "RIS2021001", "SIRET": None, "profils": None}]
    (tmp_path / "xl2json.toml").write_text('SIRET = "73282932000074"\n')
    assert sheet(left(tmp_path, book), "Entête fichier")[0][1] == "73282932000074"


def test_an_error_of_nobodys_keeps_all_rows_together(tmp_path: Path) -> None:
    book = faulty()
    book["Radiologues"].append(book["Radiologues"][0] | {"demande": "CMD-9"})
    work = left(tmp_path, book)
    assert [row[0] for row in sheet(work, "Radiologues")] == ["CMD-1", "CMD-2", "CMD-9"]
    assert ("X3", "Radiologues", "A6") in [(line[7], line[2], line[3]) for line in listed(work)]


def test_a_row_that_a_finding_names_is_named_where_it_is_now(tmp_path: Path) -> None:
    book = faulty()
    book["Commande"].append(dict(book["Commande"][1]))
    [line] = [line for line in listed(left(tmp_path, book)) if line[7] == "X4"]
    assert (line[3], "la ligne 4 " in line[6]) == ("A5", True)


# ------------------------------------------------------------------------------------------------ whether, and under which name


def test_nothing_held_no_file(tmp_path: Path) -> None:
    assert not left(tmp_path, a_book()).exists()


def test_no_file_of_a_dry_run_nor_without_partial(tmp_path: Path) -> None:
    assert not left(tmp_path, faulty(), "-n").exists()
    examined("convert", tmp_path / "orders.xlsx", "--out", tmp_path / "depot")
    assert not (tmp_path / "depot").exists()


def test_the_same_again_is_left_alone_and_another_gets_the_next_name(tmp_path: Path) -> None:
    work = left(tmp_path, faulty(), "--replace")
    before = work.read_bytes()
    left(tmp_path, faulty(), "--replace")
    assert sorted(one.name for one in work.parent.glob("*.xlsx")) == ["a_corriger.xlsx"]
    typed(work, ("Commande", "C4", "HT"))
    left(tmp_path, faulty(), "--replace")
    assert work.read_bytes() != before
    assert work.with_name("a_corriger-2.xlsx").read_bytes() == before


def test_attachments_are_put_beside_it_or_named_where_they_lie(tmp_path: Path) -> None:
    book = a_book(*(a_request(f"CMD-{n}", f"0000{n}", finess) for n, finess in ((1, "750012346"), (2, "330001231"))))
    for number, name in ((0, "bons/a.pdf"), (1, "depot/b.pdf")):
        book["Commande"][number]["montantSegurHT"] = 0
        book["Pièces justificatives"][number]["fichier"] = name
    work = left(tmp_path, book)
    assert [row[2] for row in sheet(work, "Pièces justificatives")] == ["a_corriger/bons/a.pdf", "b.pdf"]
    assert (work.parent / "a_corriger" / "bons" / "a.pdf").read_bytes() == PDF


def test_a_name_that_was_meant_is_offered_as_it_is_reached(tmp_path: Path) -> None:
    book = faulty()
    path = write(tmp_path, book)
    book["Pièces justificatives"][1]["fichier"] = "CMD-02.pdf"
    write(tmp_path, book, pieces=False)
    examined("convert", path, "--partial", "--out", tmp_path / "depot")
    work = tmp_path / "depot" / "a_corriger.xlsx"
    [line] = [line for line in listed(work) if line[7] == "P4"]
    assert (line[5], "« a_corriger/CMD-2.pdf »" in line[6].replace("\u00a0", " ")) == ("CMD-02.pdf", True)
    typed(work, (*AMOUNT, 31162), ("Pièces justificatives", "C4", "a_corriger/CMD-2.pdf"))
    assert run("check", work, "--date", "2021-11-30", "--no-ledger") == 0


def test_the_text_names_it_and_the_json_document_does_not(tmp_path: Path, capfd: Any) -> None:
    left(tmp_path, faulty())
    assert "a_corriger.xlsx" in capfd.readouterr().out
    left(tmp_path, faulty(), "--replace", "--format", "json")
    out, err = capfd.readouterr()
    assert ("a_corriger" in out, "a_corriger.xlsx" in err) == (False, True)


@pytest.mark.parametrize(
    "text", ["=A1", "+33 1 42 00 00 01", "A_x0041_B", "A_x005F_x0041_B", "@X", '<B> & "C"', "É\u00a0È", "_X005F_X0041_"]
)
def test_odd_texts_stay_as_they_are(tmp_path: Path, text: str) -> None:
    book = faulty()
    book["Etablissements"][1]["nomClient"] = text
    source = xlsx(tmp_path / "orders.xlsx", grids(book))
    write(tmp_path / "elsewhere", book)
    examined("convert", source, "--partial", "--out", tmp_path / "depot", "-a", tmp_path / "elsewhere")
    with open_book(source) as read:
        before = read.rows("Etablissements")[2][2]
    assert sheet(tmp_path / "depot" / "a_corriger.xlsx", "Etablissements")[0][2] == before


def test_rows_of_an_accepted_request_do_not_stay_behind(tmp_path: Path) -> None:
    book = faulty()
    answer = {"demande": "CMD-1", "numeroEditeur": "00001", "numeroASP": "ASP-7", "codeTraitement": "1"}
    book["Traitement"] = [answer | {"libelleTraitement": "Demande acceptée"}, answer | {"libelleTraitement": "Oui"}]
    book["Commande"].append(dict(book["Commande"][0]))
    work = left(tmp_path, book)
    assert [row[0] for title in ("Commande", "Traitement") for row in sheet(work, title)] == ["CMD-2"]


def test_where_it_cannot_be_written_one_sentence_says_so(tmp_path: Path, capfd: Any) -> None:
    source = write(tmp_path, faulty())
    for name in ("a_corriger", "depot/a_corriger"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"a file where a folder belongs")
    assert examined("convert", source, "--partial", "--out", tmp_path / "depot") == 3
    assert len(capfd.readouterr().err.splitlines()) == 1


def test_a_number_that_two_requests_bear_is_not_guessed_at(tmp_path: Path) -> None:
    book = faulty()
    book["Entête demande"][1]["numeroEditeur"] = "00001"
    names = ("RPPS", "AM", "nomRad", "emailRad", "telephoneRad")
    book["Radiologues"] = [{"numeroEditeur": "00001"} | {name: book["Radiologues"][0][name] for name in names}]
    assert [row[0] for row in sheet(left(tmp_path, book), "Radiologues")] == ["00001"]

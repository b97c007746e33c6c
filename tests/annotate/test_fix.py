"""`xl2json fix`: the safe repairs made in a copy, told cell by cell; the copy says the same without them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from converter import check
from tests.annotate import examined, run
from tests.books import DEPOSIT, Book, a_book, a_request, write
from tests.workbook import Formula, grids, ods, xlsx

CASES = [
    # sheet, column, typed, cell, what the copy holds
    ("Commande", "dateCommande", "5-9-2021", None, None),
    ("Commande", "dateCommande", "5/9/2021", "B2", datetime(2021, 9, 5)),
    ("Commande", "dateCommande", "2021-11-15", "B2", datetime(2021, 11, 15)),
    ("Commande", "dateCommande", datetime(2021, 11, 15, 14, 30), "B2", datetime(2021, 11, 15)),
    ("Commande", "montantSegurHT", "31 162,00 €", "D2", 31162),
    ("Commande", "montantSegurHT", "999999999999999,99 €", "D2", "999999999999999.99"),
    ("Commande", "regimeTVA", "ttc", "C2", "TTC"),
    ("Entête demande", "numeroEditeur", 1, "B2", "00001"),
    ("Entête demande", "demande", " CMD-1 ", "A2", "CMD-1"),
    ("Entête fichier", "SIRET", 73282932000074, "B2", "73282932000074"),
    ("Etablissements", "numeroFINESSJuridique", "75 001 234 6", "B2", "750012346"),
    ("Etablissements", "nomClient", "Clinique  du parc", "C2", "CLINIQUE DU PARC"),
    ("Etablissements", "telephoneClient", 142000001, "E2", "0142000001"),
    ("Etablissements", "numérosFINESSGeos", "750.012.346 ; 2a0000113", "F2", "750012346; 2A0000113"),
    ("Radiologues", "AM", 12345678, "C2", "012345678"),
    ("Scénario d'installation", "operateurMessagerie", "mailiz", "D2", "MAI_15"),
]


def with_(sheet: str, column: str, value: Any) -> Book:
    book = a_book()
    book[sheet][0][column] = value
    return book


def rules(path: Path) -> list[str]:
    return [one.rule for one in check(path, deposit=DEPOSIT).findings]


@pytest.mark.parametrize(("sheet", "column", "value", "cell", "now"), CASES)
def test_the_cell_holds_what_it_was_read_as(
    tmp_path: Path, sheet: str, column: str, value: Any, cell: str | None, now: Any, capfd: Any
) -> None:
    source = write(tmp_path, with_(sheet, column, value))
    before = source.read_bytes()
    assert run("fix", source, "-o", tmp_path / "fixed.xlsx", "--format", "json") == 0
    document = json.loads(capfd.readouterr().out)
    assert [(one["sheet"], one["cell"], one["field"]) for one in document["repairs"]] == (
        [(sheet, cell, column)] if cell else []
    )
    if cell:
        assert openpyxl.load_workbook(tmp_path / "fixed.xlsx")[sheet][cell].value == now
    assert rules(tmp_path / "fixed.xlsx") == [one for one in rules(source) if one != "X7"]
    assert source.read_bytes() == before


def test_the_same_json_comes_of_it(tmp_path: Path) -> None:
    book = a_book()
    for sheet, column, value, cell, _ in CASES:
        if cell and value != "999999999999999,99 €":
            book[sheet][0][column] = value
    source = write(tmp_path, book)
    run("fix", source, "-o", tmp_path / "fixed.xlsx")
    for path, out in ((source, "a"), (tmp_path / "fixed.xlsx", "b")):
        assert examined("convert", path, "--out", tmp_path / out) == 0
    made = [next((tmp_path / out).glob("*.json")).read_bytes() for out in "ab"]
    assert made[0] == made[1]
    assert "X7" not in rules(tmp_path / "fixed.xlsx")


def test_it_lists_each_cell_old_and_new(tmp_path: Path, capfd: Any) -> None:
    source = write(tmp_path, with_("Commande", "dateCommande", "5/9/2021"))
    run("fix", source, "-o", tmp_path / "fixed.xlsx", "--format", "json")
    document = json.loads(capfd.readouterr().out)
    where = {"sheet": "Commande", "cell": "B2", "field": "dateCommande"}
    assert document == {
        "input": str(source),
        "output": str(tmp_path / "fixed.xlsx"),
        "repairs": [where | {"old": "5/9/2021", "new": "05/09/2021"}],
    }
    run("fix", source, "-o", tmp_path / "again.xlsx")
    assert "Commande!B2" in capfd.readouterr().out


def test_of_a_list_only_what_can_be_repaired_is(tmp_path: Path) -> None:
    source = write(tmp_path, with_("Radiologues", "AM", "123.456.789; 12"))
    run("fix", source, "-o", tmp_path / "fixed.xlsx")
    assert openpyxl.load_workbook(tmp_path / "fixed.xlsx")["Radiologues"]["C2"].value == "123456789; 12"
    assert rules(tmp_path / "fixed.xlsx") == ["B12"]


def test_a_formula_gives_way_to_its_repaired_value(tmp_path: Path) -> None:
    rows = grids(with_("Commande", "regimeTVA", Formula("ttc")))
    write(tmp_path, a_book())
    source = xlsx(tmp_path / "formula.xlsx", rows)
    run("fix", source, "-o", tmp_path / "fixed.xlsx")
    assert openpyxl.load_workbook(tmp_path / "fixed.xlsx")["Commande"]["C2"].value == "TTC"


def test_of_an_ods_the_copy_has_the_templates_form(tmp_path: Path, capfd: Any) -> None:
    write(tmp_path, a_book())
    source = ods(tmp_path / "orders.ods", grids(with_("Commande", "regimeTVA", "ttc")))
    assert run("fix", source, "-o", tmp_path / "fixed.xlsx", "--format", "json") == 0
    out, err = capfd.readouterr()
    assert (json.loads(out)["repairs"][0]["cell"], "orders.ods" in err) == ("C2", True)
    assert openpyxl.load_workbook(tmp_path / "fixed.xlsx")["Commande"]["C4"].value == "TTC"
    assert rules(tmp_path / "fixed.xlsx") == []


def test_keys_repaired_everywhere_stay_the_same_key(tmp_path: Path) -> None:
    book = a_book(a_request(), a_request("CMD-2", "00002", "330001231"))
    for title, rows in book.items():
        for row in rows if title != "Entête fichier" else ():
            row["numeroEditeur"] = {"CMD-1": 1, "CMD-2": 2}[row.pop("demande")]
    run("fix", write(tmp_path, book), "-o", tmp_path / "fixed.xlsx")
    outcome = check(tmp_path / "fixed.xlsx", deposit=DEPOSIT)
    assert (outcome.demandes, outcome.findings) == (("00001", "00002"), ())


@pytest.mark.parametrize(("name", "code"), [("orders.xlsx", 3), ("other.xlsx", 3), ("fixed.csv", 2)])
def test_it_writes_over_nobodys_file(tmp_path: Path, name: str, code: int) -> None:
    source = write(tmp_path, a_book())
    (tmp_path / "other.xlsx").write_bytes(b"somebody's")
    before = {one: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()}
    assert run("fix", source, "-o", tmp_path / name) == code
    assert {one: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()} == before


# ---------------------------------------------------------------------------------------------------- --interactive


def answering(folder: Path, answers: str) -> tuple[int, str]:
    """The exit code and what is asked when a person at a terminal types these answers."""
    book = a_book()
    book["Commande"][0] |= {"dateCommande": "5/9/2021", "regimeTVA": "ttc"}
    book["Etablissements"][0]["nomClient"] = "Clinique"
    source = write(folder, book)
    mine, theirs = pty.openpty()
    os.write(mine, answers.encode())
    words = [sys.executable, "-m", "converter", "fix", source, "-o", folder / "fixed.xlsx", "--interactive"]
    environment = os.environ | {"XL2JSON_LANG": "fr", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(words, stdin=theirs, capture_output=True, env=environment, timeout=60, check=False)
    os.close(mine)
    os.close(theirs)
    return done.returncode, done.stderr.decode()


def test_it_asks_kind_by_kind_and_makes_what_is_wanted(tmp_path: Path) -> None:
    code, asked = answering(tmp_path, "n\npeut-être\nOui\n\n")
    assert code == 0
    assert [asked.index(cell) for cell in ("C2", "B2", "Etablissements!C2")] == sorted(
        asked.index(cell) for cell in ("C2", "B2", "Etablissements!C2")
    )
    book = openpyxl.load_workbook(tmp_path / "fixed.xlsx")
    assert [book["Commande"]["C2"].value, book["Commande"]["B2"].value, book["Etablissements"]["C2"].value] == [
        "ttc",
        datetime(2021, 9, 5),
        "CLINIQUE",
    ]


def test_without_a_terminal_there_is_nobody_to_ask(tmp_path: Path) -> None:
    source = write(tmp_path, a_book())
    assert run("fix", source, "-o", tmp_path / "fixed.xlsx", "--interactive") == 2
    assert not (tmp_path / "fixed.xlsx").exists()

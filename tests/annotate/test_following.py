"""The faulty sample, corrected by following nothing but the annotated workbook's list, converts.

The answers below are what a person would type for each line that she reads there: she knows her orders, not the tool.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl

from tests.annotate import examined, listed
from tests.books import PDF

SAMPLE = Path(__file__).parents[2] / "sample_workbooks" / "fautes"
EMPTY: Any = None
KNOWN = {  # request (of the list), column -> what stands on her paper
    ("", "numeroAns"): "RIS2021001",
    ("", "SIRET"): "73282932000074",
    ("CMD-02", "numeroEditeur"): EMPTY,
    ("CMD-01", "dateCommande"): "15/11/2021",
    ("CMD-02", "dateCommande"): "02/11/2021",
    ("CMD-03", "regimeTVA"): "TTC",
    ("CMD-05", "regimeTVA"): "TTC",
    ("CMD-04", "montantSegurHT"): "31162,00",
    ("CMD-01", "isMandataire"): "Non",
    ("CMD-02", "nomMandataire"): EMPTY,
    ("CMD-04", "telephoneClient"): "01 42 00 00 04",
    ("CMD-03", "telephoneClient"): "01 42 00 00 03",
    ("CMD-02", "emailClient"): "contact@clinique-2.example",
    ("CMD-05", "numeroFINESSJuridique"): "330000050",
    ("CMD-06", "RPPS"): "10003456786",
    ("CMD-07", "AM"): "123456789",
    ("CMD-03", "typeFichier"): "BON_COMMANDE",
    ("CMD-01", "isIdSlave"): "Non",
    ("CMD-06", "isIdRef"): "Non",
    ("CMD-07", "operateurMessagerie"): "MAILIZ (MAI_15)",
    ("CMD-08", "isDirectToDMP"): "Oui",
}


def followed(path: Path) -> None:
    """Go down the list as it stands in the workbook, do what each line says, and save."""
    lines, book = listed(path), openpyxl.load_workbook(path)
    for number, (severity, request, sheet, cell, column, _, what, rule) in enumerate(lines, 6):
        link = book["À corriger"].cell(number, 4).hyperlink.location.rpartition("!")
        assert link == (f"'{sheet.replace(chr(39), chr(39) * 2)}'", "!", cell)
        if severity == "Info":
            continue
        if rule == "B7":  # "Ajoutez au moins une ligne dans l'une de ces feuilles : Etablissements, Radiologues."
            assert "Etablissements" in what
            row = next(n for n in range(4, 99) if book["Etablissements"].cell(n, 1).value is None)
            values = (request, "330000084", "CLINIQUE 8", "c@clinique-8.example", "01 42 00 00 08", "330000084")
            for at, value in enumerate(values, 1):
                book["Etablissements"].cell(row, at).value = value
        elif rule == "X3":  # "… ou videz la ligne si ce n'en est pas une."
            for at in range(1, 7):
                book[sheet].cell(int(cell[1:]), at).value = None
        elif rule == "P4":  # "Est-ce « CMD-04.pdf » ? Si oui, saisissez ce nom."
            book[sheet][cell].value = what.partition("Est-ce «")[2].partition("»")[0].strip()
        elif rule == "P5":  # "Enregistrez ou numérisez-le de nouveau."
            (path.parent / book[sheet][cell].value).write_bytes(PDF)
        else:
            book[sheet][cell].value = KNOWN[request or "", column]
    book.save(path)


def test_the_faulty_sample_converts(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "fautes")
    notes = tmp_path / "fautes" / "notes.xlsx"
    assert examined("check", tmp_path / "fautes" / "fautes.xlsx", "--annotate", notes) == 1
    followed(notes)
    assert examined("convert", notes, "--out", tmp_path / "depot") == 0
    tree = json.loads((tmp_path / "depot" / "JSON-RIS2021001-20211130-001.json").read_bytes())
    assert len(tree["lignesImport"]) == 8


def test_so_does_what_partial_leaves_of_it(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "fautes")
    examined("convert", tmp_path / "fautes" / "fautes.xlsx", "--partial", "--out", tmp_path / "depot")
    work = tmp_path / "depot" / "a_corriger.xlsx"
    shutil.rmtree(tmp_path / "fautes")
    followed(work)
    assert examined("convert", work, "--out", tmp_path / "second") == 0

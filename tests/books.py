"""Workbooks for tests: one that is sound to the last cell, and small changes to it.

book = a_book()                        # sheet -> list of rows (tag -> value)
book["Commande"][0]["regimeTVA"] = "HT"
path = write(tmp_path, book)           # row 1 is the header, so the first request's cells are in row 2
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

Row = dict[str, Any]
Book = dict[str, list[Row]]

DEPOSIT = date(2021, 11, 30)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n"
    b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n160\n%%EOF\n"
)
YES_NO = [
    "isIdRef",
    "isForHospital",
    "isFinalClientSCM",
    "isProSanteConnectNeeded",
    "isIdSlave",
    "isDirectToDMP",
    "isPFIToDMP",
    "isDirectToMSSPro",
    "isPFIToMSSPro",
    "isDirectToMSSCitoyen",
    "isPFIToMSSCitoyen",
]
SCENARIO = ["isIdRef", "isForHospital", "operateurMessagerie", *YES_NO[2:]]
FINESS = ["750012346", "330001231", "210012340", "971001235", "690005673"]


def a_request(key: str = "CMD-1", number: str | None = "00001", finess: str = FINESS[0]) -> Book:
    """The rows of one sound request: one establishment, one radiologist, a purchase order."""
    scenario: Row = dict.fromkeys(SCENARIO, "Non") | {"operateurMessagerie": "API_35"}
    scenario |= {"isDirectToDMP": "Oui", "isDirectToMSSPro": "Oui"}
    rows: Book = {
        "Entête demande": [{"numeroEditeur": number}],
        "Commande": [{"dateCommande": date(2021, 11, 15), "regimeTVA": "TTC", "montantSegurHT": 31162}],
        "Bénéficiaires": [{"isMandataire": "Non", "isClientUnique": "Oui", "nomMandataire": None, "emailMandataire": None, "telephoneMandataire": None}],
        "Etablissements": [{"numeroFINESSJuridique": finess, "nomClient": "CLINIQUE", "emailClient": "a@clinique.fr", "telephoneClient": "01 42 00 00 01", "numérosFINESSGeos": finess}],
        "Radiologues": [{"RPPS": "10003456786", "AM": f"7{finess[:8]}", "nomRad": "DURAND", "emailRad": None, "telephoneRad": None}],
        "Pièces justificatives": [{"typeFichier": "BON_COMMANDE", "fichier": f"{key}.pdf"}],
        "Scénario d'installation": [scenario],
    }  # fmt: skip
    return {sheet: [{"demande": key} | row for row in some] for sheet, some in rows.items()}


def a_book(*requests: Book) -> Book:
    """A workbook of those requests (of one sound request where none is given)."""
    profiles = "Référentiel d'identité; Mailiz"
    book: Book = {"Entête fichier": [{"numeroAns": "RIS2021001", "SIRET": "73282932000074", "profils": profiles}]}
    for request in requests or (a_request(),):
        for sheet, rows in deepcopy(request).items():
            book.setdefault(sheet, []).extend(rows)
    return book


def many(count: int) -> Book:
    """A workbook of `count` sound requests, CMD-1, CMD-2, …, without numbers."""
    return a_book(*(a_request(f"CMD-{n}", None, _finess(n)) for n in range(1, count + 1)))


def _finess(n: int) -> str:
    from converter.values.checks import luhn

    stem = f"75{n:06d}"
    return next(f"{stem}{digit}" for digit in range(10) if luhn(f"{stem}{digit}"))


def write(folder: Path, book: Book, name: str = "orders.xlsx", pieces: bool = True) -> Path:
    """`book` as a workbook in `folder`, with the files it names beside it where `pieces`."""
    folder.mkdir(parents=True, exist_ok=True)
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    for title, rows in book.items():
        sheet = workbook.create_sheet(title)
        names = list(dict.fromkeys(name for row in rows for name in row))
        sheet.append(names)
        for row in rows:
            sheet.append([row.get(name) for name in names])
    path = folder / name
    workbook.save(path)
    for row in book.get("Pièces justificatives", ()) if pieces else ():
        file = row.get("fichier")
        if isinstance(file, str) and file.endswith(".pdf") and not file.startswith(("/", "..")):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            if not (folder / file).exists():
                (folder / file).write_bytes(PDF)
    return path

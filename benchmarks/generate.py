"""Workbooks of any size, always the same for a size, with the small PDFs they name beside them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from converter.values.checks import luhn
from tests.books import PDF, SCENARIO

DATA = Path(__file__).parent / "data"


def workbook(requests: int) -> Path:
    """The workbook of so many requests; made on first use."""
    folder = DATA / str(requests)
    path = folder / "orders.xlsx"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write(path, requests)
    return path


def _checked(stem: str) -> str:
    return next(f"{stem}{digit}" for digit in range(10) if luhn(f"{stem}{digit}"))


def _write(path: Path, requests: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheets: dict[str, Any] = {name: book.create_sheet(name) for name in _HEADERS}
    for name, header in _HEADERS.items():
        sheets[name].append(header)
    sheets["Entête fichier"].append(["RIS2021001", "73282932000074", "Mailiz"])
    for n in range(requests):
        for name, row in _rows(n):
            sheets[name].append(row)
            if name == "Pièces justificatives":
                (path.parent / row[2]).write_bytes(PDF)
    book.save(path.with_suffix(".tmp"))
    path.with_suffix(".tmp").replace(path)


def _rows(n: int) -> list[tuple[str, list[Any]]]:
    key, ht = f"CMD-{n:05d}", n % 10 < 3
    rows: list[tuple[str, list[Any]]] = [
        ("Entête demande", [key, f"{n + 1:05d}"]),
        ("Commande", [key, date(2021, 1 + n % 10, 1 + n % 28), "HT" if ht else "TTC", 10_000 + n % 977 + 0.5]),
        ("Bénéficiaires", [key, "Non", "Non", None, None, None]),
        ("Scénario d'installation", [key, *("API_35" if one == "operateurMessagerie" else "Non" for one in SCENARIO)]),
        ("Pièces justificatives", [key, "BON_COMMANDE", f"{key}.pdf"]),
    ]
    rows[3][1][6:8] = ["Oui", "Non"]
    rows[3][1][8:10] = ["Oui", "Non"]
    if ht:
        rows.append(("Pièces justificatives", [key, "PREUVE_HT", f"{key}-ht.pdf"]))
    for at in range(2):
        legal, geo = _checked(f"75{2 * n + at:06d}"), _checked(f"33{4 * n + at:06d}")
        geos = f"{geo};{_checked(f'13{n:06d}')}" if at else geo
        contact = [
            f"CLINIQUE {n} {at}",
            f"contact{n}.{at}@clinique.fr",
            f"01 42 {n % 10000:04d}"[:8] + f" {n % 100:02d} 1{at}",
        ]
        rows.append(("Etablissements", [key, legal, *contact, geos]))
        numbers = f"{100000000 + 4 * n + at}" + (f";{100000002 + 4 * n}" if at else "")
        rows.append(("Radiologues", [key, _checked(f"10{2 * n + at:08d}"), numbers, f"DOCTEUR {n} {at}", None, None]))
    return rows


_HEADERS = {
    "Entête fichier": ["numeroAns", "SIRET", "profils"],
    "Entête demande": ["demande", "numeroEditeur"],
    "Commande": ["demande", "dateCommande", "regimeTVA", "montantSegurHT"],
    "Bénéficiaires": [
        "demande", "isMandataire", "isClientUnique", "nomMandataire", "emailMandataire", "telephoneMandataire",
    ],
    "Etablissements": [
        "demande", "numeroFINESSJuridique", "nomClient", "emailClient", "telephoneClient", "numérosFINESSGeos",
    ],
    "Radiologues": ["demande", "RPPS", "AM", "nomRad", "emailRad", "telephoneRad"],
    "Pièces justificatives": ["demande", "typeFichier", "fichier"],
    "Scénario d'installation": ["demande", *SCENARIO],
}  # fmt: skip

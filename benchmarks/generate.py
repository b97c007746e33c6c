"""Workbooks of any size, always the same for a size, with the small PDFs they name beside them.

Request n is the same wherever it stands: the 2 000 requests of `batch` in 200 workbooks are those of `workbook(2000)`.
"""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from converter.values.checks import luhn
from tests.books import PDF, SCENARIO

DATA = Path(__file__).parent / "data"
Content = Callable[[int], bytes]


def workbook(requests: int) -> Path:
    """The workbook of so many requests (2 establishments, 3 FINESS, 2 radiologists, 3 AM, 1.3 attachments each)."""
    folder = made(DATA / f"requests-{requests}", lambda new: _write(new / "orders.xlsx", range(requests)))
    return folder / "orders.xlsx"


def batch(workbooks: int, each: int) -> Path:
    """A folder of so many workbooks of `each` requests, the attachments in a folder of their own below."""

    def fill(new: Path) -> None:
        for at in range(workbooks):
            _write(new / "books" / f"orders-{at:04d}.xlsx", range(at * each, (at + 1) * each), scans="scans/")

    return made(DATA / f"batch-{workbooks}-of-{each}", fill) / "books"


def packing(size: int, requests: int = 200) -> Path:
    """A workbook whose requests have one attachment each, of about `size` bytes that are in no other."""

    def fill(new: Path) -> None:
        _write(new / "orders.xlsx", range(requests), lambda n: pdf(size, n), proofs=False)

    return made(DATA / f"packing-{requests}-of-{size}", fill) / "orders.xlsx"


def made(folder: Path, make: Callable[[Path], None], version: str = "") -> Path:
    """`folder` as `make` fills it; made on first use, and anew when this module or `version` is another."""
    stamp, now = folder / "made-by.txt", hashlib.sha256(Path(__file__).read_bytes()).hexdigest() + version
    if not stamp.exists() or stamp.read_text() != now:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make(folder)
        stamp.write_text(now)
    return folder


def pdf(size: int, seed: int) -> bytes:
    """A PDF of about `size` bytes that opens: a page, and a picture of noise (packs no smaller, like a scan)."""
    height = max(1, (size - 700) // 1000)
    noise = random.Random(seed).randbytes(1000 * height)
    picture = f"/Type/XObject/Subtype/Image/Width 1000/Height {height}/ColorSpace/DeviceGray/BitsPerComponent 8"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I 4 0 R>>>>>>",
        f"<<{picture}/Length {len(noise)}>>stream\n".encode() + noise + b"\nendstream",
    ]
    data, table = b"%PDF-1.4\n", "xref\n0 5\n0000000000 65535 f \n"
    for number, one in enumerate(objects, 1):
        table += f"{len(data):010d} 00000 n \n"
        data += f"{number} 0 obj".encode() + one + b"endobj\n"
    return data + f"{table}trailer<</Size 5/Root 1 0 R>>\nstartxref\n{len(data)}\n%%EOF\n".encode()


def _checked(stem: str) -> str:
    return next(f"{stem}{digit}" for digit in range(10) if luhn(f"{stem}{digit}"))


def _write(
    path: Path, numbers: Iterable[int], content: Content = lambda n: PDF, *, scans: str = "", proofs: bool = True
) -> None:
    (path.parent / scans).mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook(write_only=True)
    sheets: dict[str, Any] = {name: book.create_sheet(name) for name in _HEADERS}
    for name, header in _HEADERS.items():
        sheets[name].append(header)
    sheets["Entête fichier"].append(["RIS2021001", "73282932000074", "Mailiz"])
    for n in numbers:
        for name, row in _rows(n, scans, proofs):
            sheets[name].append(row)
            if name == "Pièces justificatives":
                (path.parent / row[2]).write_bytes(content(n))
    book.save(path)


def _rows(n: int, scans: str, proofs: bool) -> list[tuple[str, list[Any]]]:
    key, ht = f"CMD-{n:05d}", proofs and n % 10 < 3
    scenario = dict.fromkeys(SCENARIO, "Non") | {"operateurMessagerie": "API_35"}
    scenario |= {"isDirectToDMP": "Oui", "isDirectToMSSPro": "Oui"}
    rows: list[tuple[str, list[Any]]] = [
        ("Entête demande", [key, f"{n + 1:05d}"]),
        ("Commande", [key, date(2021, 1 + n % 10, 1 + n % 28), "HT" if ht else "TTC", 10_000 + n % 977 + 0.5]),
        ("Bénéficiaires", [key, "Non", "Non", None, None, None]),
        ("Scénario d'installation", [key, *scenario.values()]),
        ("Pièces justificatives", [key, "BON_COMMANDE", f"{scans}{key}.pdf"]),
    ]
    if ht:
        rows.append(("Pièces justificatives", [key, "PREUVE_HT", f"{scans}{key}-ht.pdf"]))
    return rows + [row for at in range(2) for row in _beneficiaries(n, at, key)]


def _beneficiaries(n: int, at: int, key: str) -> list[tuple[str, list[Any]]]:
    legal, geo = _checked(f"75{2 * n + at:06d}"), _checked(f"33{4 * n + at:06d}")
    geos = f"{geo};{_checked(f'13{n:06d}')}" if at else geo
    phone = f"01 42 {n // 100 % 100:02d} {n % 100:02d} 1{at}"
    practices = f"{100000000 + 4 * n + at}" + (f";{100000002 + 4 * n}" if at else "")
    return [
        ("Etablissements", [key, legal, f"CLINIQUE {n} {at}", f"contact{n}.{at}@clinique.fr", phone, geos]),
        ("Radiologues", [key, _checked(f"10{2 * n + at:08d}"), practices, f"DOCTEUR {n} {at}", None, None]),
    ]


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

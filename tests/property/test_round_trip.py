"""Template → fill in → convert → compare: what is typed into the blank workbook is what the JSON says."""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from converter import convert, load_spec
from converter.jobs.template import template
from converter.values.checks import luhn
from tests.books import DEPOSIT, PDF, YES_NO

SPEC = load_spec()
OPERATORS = SPEC.lists["operateurs"]


@st.composite
def checked(draw: st.DrawFn, prefix: str, length: int) -> str:
    stem = prefix + draw(st.text("0123456789", min_size=length - len(prefix) - 1, max_size=length - len(prefix) - 1))
    return next(f"{stem}{digit}" for digit in range(10) if luhn(f"{stem}{digit}"))


names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZÀÉÈÊÎÔÛÇ'-=+@", min_size=1, max_size=49)
emails = st.from_regex(r"[a-z]{1,10}(\.[a-z]{1,10})?@[a-z]{2,10}\.fr", fullmatch=True)
phones = st.from_regex(r"01 4[0-9] [0-9]{2} [0-9]{2} [0-9]{2}", fullmatch=True)
numbers = st.integers(100_000_000, 999_999_999).map(str)


def lists(element: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(element, min_size=1, max_size=4, unique=True)


establishments = st.fixed_dictionaries(
    {
        "numeroFINESSJuridique": checked("75", 9),
        "nomClient": names,
        "emailClient": emails,
        "telephoneClient": phones,
        "numérosFINESSGeos": lists(checked("33", 9)),
    }
)
radiologists = st.fixed_dictionaries(
    {
        "RPPS": checked("10", 11),
        "AM": lists(numbers),
        "nomRad": names,
        "emailRad": st.none() | emails,
        "telephoneRad": st.none() | phones,
    }
)
requests = st.fixed_dictionaries(
    {
        "dateCommande": st.dates(date(2019, 12, 1), DEPOSIT),
        "regimeTVA": st.sampled_from(["TTC", "HT"]),
        "montantSegurHT": st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100),
        "agent": st.booleans(),
        "EtablissementsClients": st.lists(
            establishments, min_size=1, max_size=3, unique_by=lambda one: one["numeroFINESSJuridique"]
        ),
        "radLiberauxClients": st.lists(radiologists, max_size=3, unique_by=lambda one: one["RPPS"]),
        "scenario": st.fixed_dictionaries(dict.fromkeys(YES_NO, st.booleans())),
        "operator": st.integers(0, len(OPERATORS.codes) - 1),
        "contact": st.tuples(names, emails, phones),
    }
)


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blank") / "blank.xlsx"
    template(path)
    return path


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(requests, min_size=1, max_size=3))
def test_what_is_typed_is_what_the_json_says(blank: Path, tmp_path: Path, drawn: list[dict[str, Any]]) -> None:
    shutil.rmtree(tmp_path / "depot", ignore_errors=True)
    (tmp_path / "order.pdf").write_bytes(PDF)
    (tmp_path / "proof.pdf").write_bytes(PDF)
    fill(blank, tmp_path / "filled.xlsx", drawn)
    outcome = convert(tmp_path / "filled.xlsx", out=tmp_path / "depot", deposit=DEPOSIT)
    assert [f.as_dict() for f in outcome.findings if f.severity == "error" or f.rule == "X7"] == []
    (file,) = outcome.files
    said = json.loads(Path(file.json).read_text("utf-8"), parse_float=Decimal)
    assert said["lignesImport"] == [expected(n, request) for n, request in enumerate(drawn, 1)]


def fill(blank: Path, path: Path, drawn: list[dict[str, Any]]) -> None:
    book = openpyxl.load_workbook(blank)
    type_in(book["Entête fichier"], {"numeroAns": "RIS2021001", "SIRET": "73282932000074"})
    for n, one in enumerate(drawn, 1):
        key = {"demande": f"=KEY {n}"}  # text that looks like a formula is text
        type_in(book["Entête demande"], key)
        type_in(book["Commande"], key | {k: one[k] for k in ("dateCommande", "regimeTVA", "montantSegurHT")})
        contact = dict(zip(("nomMandataire", "emailMandataire", "telephoneMandataire"), one["contact"], strict=True))
        answers = {"isMandataire": yes(one["agent"]), "isClientUnique": "Non"}
        type_in(book["Bénéficiaires"], key | answers | (contact if one["agent"] else {}))
        for row in one["EtablissementsClients"]:
            type_in(book["Etablissements"], key | row | {"numérosFINESSGeos": "; ".join(row["numérosFINESSGeos"])})
        for row in one["radLiberauxClients"]:
            type_in(book["Radiologues"], key | row | {"AM": "\n".join(row["AM"])})
        type_in(book["Pièces justificatives"], key | {"typeFichier": "BON_COMMANDE", "fichier": "order.pdf"})
        if one["regimeTVA"] == "HT":
            type_in(book["Pièces justificatives"], key | {"typeFichier": "PREUVE_HT", "fichier": "proof.pdf"})
        operator = {"operateurMessagerie": OPERATORS.shown()[one["operator"]]}
        type_in(book["Scénario d'installation"], key | operator | {k: yes(v) for k, v in one["scenario"].items()})
    book.save(path)


def type_in(sheet: Any, row: dict[str, Any]) -> None:
    header = next(cells for cells in sheet.iter_rows() if any(cell.value in ("demande", "numeroAns") for cell in cells))
    at = next(n for n in range(header[0].row + 1, 5000) if all(sheet.cell(n, c.column).value is None for c in header))
    for cell in header:
        typed = sheet.cell(at, cell.column, row.get(cell.value))
        if isinstance(typed.value, str):
            typed.data_type = "s"


def yes(answer: bool) -> str:
    return "Oui" if answer else "Non"


def expected(n: int, one: dict[str, Any]) -> dict[str, Any]:
    contact = one["contact"] if one["agent"] else (None, None, None)
    pieces = [("BDC", "BON_COMMANDE")] + ([("HT", "PREUVE_HT")] if one["regimeTVA"] == "HT" else [])
    return {
        "numLigne": n,
        "typeAction": "C",
        "numeroASP": None,
        "numeroEditeur": f"{n:05d}",
        "commande": {
            "dateCommande": one["dateCommande"].strftime("%d/%m/%Y"),
            "regimeTVA": one["regimeTVA"],
            "montantSegurHT": one["montantSegurHT"],
        },
        "beneficiaires": {
            "isMandataire": one["agent"],
            "isClientUnique": False,
            "nomMandataire": contact[0],
            "emailMandataire": contact[1],
            "telephoneMandataire": contact[2],
            "EtablissementsClients": one["EtablissementsClients"],
            "radLiberauxClients": one["radLiberauxClients"],
        },
        "piecesJustificatives": [
            {"nomFichier": f"RAD-RIS-Va1-{code}-{n:05d}.pdf", "formatFichier": "PDF", "typeFichier": kind}
            for code, kind in pieces
        ],
        "scenarioInstallation": one["scenario"] | {"operateurMessagerie": OPERATORS.codes[one["operator"]]},
        "codeTraitement": None,
        "libelleTraitement": None,
    }

"""Whatever `convert` writes, `verify` passes."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from converter import convert, load_spec
from converter.jobs.template import template
from converter.jobs.verify import verify
from tests.books import DEPOSIT, PDF, Book, a_book, a_request, many, write
from tests.property.test_round_trip import fill, requests
from tests.readback import a_deposit_book, spec

SAMPLES = Path(__file__).parents[2] / "sample_workbooks"


def with_an_agent() -> Book:
    book = a_book()
    book["Bénéficiaires"][0] |= {"isMandataire": "Oui", "isClientUnique": "Non", "nomMandataire": "élodie  œuf"}
    book["Bénéficiaires"][0] |= {"emailMandataire": "e.oeuf@exemple.fr", "telephoneMandataire": 142000001}
    return book


def in_need_of_repair() -> Book:
    book = a_book(a_request(number=7))  # type: ignore[arg-type]
    book["Commande"][0] |= {"dateCommande": "5/9/2021", "montantSegurHT": "31 162,00 €", "regimeTVA": "ttc"}
    book["Scénario d'installation"][0]["operateurMessagerie"] = "ch_20"
    book["Etablissements"][0]["numérosFINESSGeos"] = "2a0000014; 2B0000013"
    return book


@pytest.mark.parametrize(
    "book", [a_book, a_deposit_book, with_an_agent, in_need_of_repair, lambda: many(3), lambda: many(201)]
)
def test_a_workbook_s_deposit(book: Any, tmp_path: Path) -> None:
    outcome = convert(write(tmp_path, book()), spec=spec(), out=tmp_path / "depot", deposit=DEPOSIT)
    assert outcome.files
    for file in outcome.files:
        verified = verify(file.json, spec=spec())
        assert [one for one in verified.findings if one.severity == "error"] == []
        assert verified.parcel == Path(file.zip or "")
        assert verified.counts.read == file.requests


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/expected/depot/*.json")), ids=lambda path: path.parts[-4])
def test_the_samples(path: Path) -> None:
    assert verify(path).ok


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blank") / "blank.xlsx"
    template(path)
    return path


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(requests, min_size=1, max_size=2))
def test_any_workbook_s_deposit(blank: Path, tmp_path: Path, drawn: list[dict[str, Any]]) -> None:
    shutil.rmtree(tmp_path / "depot", ignore_errors=True)
    for name in ("order.pdf", "proof.pdf"):
        (tmp_path / name).write_bytes(PDF)
    fill(blank, tmp_path / "filled.xlsx", drawn)
    (file,) = convert(tmp_path / "filled.xlsx", out=tmp_path / "depot", deposit=DEPOSIT).files
    assert [one.as_dict() for one in verify(file.json).findings if one.severity == "error"] == []


def test_another_corridor_s_deposit(tmp_path: Path) -> None:
    made_up = load_spec(Path(__file__).parents[1] / "spec" / "made_up.toml")
    book: Book = {
        "Company": [{"software": "ABC"}],
        "Files": [{"dossier": "ONE", "ref": 7}],
        "Order": [{"dossier": "ONE", "colour": "red", "price": 12.5, "paid": None}],
        "Sites": [{"dossier": "ONE", "site": "07", "opened": date(2020, 2, 29)}],
        "Papers": [{"dossier": "ONE", "kind": "ORDER", "path": "ONE.pdf"}],
    }
    (tmp_path / "ONE.pdf").write_bytes(PDF)
    (file,) = convert(write(tmp_path, book), spec=made_up, out=tmp_path / "o", deposit=date(2022, 1, 2)).files
    assert verify(file.json, spec=made_up).findings == ()
    path = Path(file.json)
    path.write_text(path.read_text("utf-8").replace('"RED"', '"red"').replace("29/02/2020", "30/02/2020"), "utf-8")
    assert [(one.rule, one.path, one.demande) for one in verify(path, spec=made_up).findings] == [
        ("C3", "$.batch[0].what.colour", "0007"),
        ("C1", "$.batch[0].what.money.sites[0].opened", "0007"),
    ]

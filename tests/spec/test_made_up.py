"""A spec that nobody wrote Python for goes the whole way: that is the proof that the agency's facts are data."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema_rs
import pytest

from converter import check, convert, load_spec
from converter.spec.json_schema import json_schema
from converter.spec.model import Spec
from tests.books import PDF, Book, write

DAY = date(2022, 1, 2)


@pytest.fixture
def spec() -> Spec:
    return load_spec(Path(__file__).with_name("made_up.toml"))


@pytest.fixture
def book() -> Book:
    return {
        "Company": [{"software": "ABC"}],
        "Files": [{"dossier": "ONE", "ref": None}, {"dossier": "TWO", "ref": 7}, {"dossier": "THREE", "ref": None}],
        "Order": [
            {"dossier": "ONE", "colour": "red", "price": 12.5, "paid": "Oui"},
            {"dossier": "TWO", "colour": "BLUE", "price": "1 000,00 €", "paid": None},
            {"dossier": "THREE", "colour": "RED", "price": 1, "paid": 0},
        ],
        "Sites": [
            {"dossier": "ONE", "site": "07", "opened": None},
            {"dossier": "ONE", "site": 7, "opened": date(2020, 2, 29)},
            {"dossier": "TWO", "site": "08", "opened": None},
            {"dossier": "THREE", "site": "09", "opened": None},
        ],
        "Papers": [{"dossier": key, "kind": "ORDER", "path": f"{key}.pdf"} for key in ("ONE", "TWO", "THREE")],
    }


def test_its_workbook_becomes_its_deposit(tmp_path: Path, spec: Spec, book: Book) -> None:
    for row in book["Papers"]:
        (tmp_path / row["path"]).write_bytes(PDF)
    outcome = convert(write(tmp_path, book), spec=spec, out=tmp_path / "out", deposit=DAY)
    assert [Path(file.json).name for file in outcome.files] == ["LOT_ABC_20220102_01.json", "LOT_ABC_20220102_02.json"]
    first, second = (json.loads(Path(file.json).read_text("utf-8")) for file in outcome.files)
    assert first == {
        "software": "ABC",
        "batch": [
            {
                "what": {
                    "colour": "RED",
                    "money": {"price": 12.5, "paid": True, "sites": [{"site": "07", "opened": "29/02/2020"}]},
                },
                "ref": "0008",
                "action": "NEW",
                "papers": [{"paper": "BIO_O_0008.pdf", "form": "PDF", "kind": "ORDER"}],
            },
            {
                "what": {
                    "colour": "BLUE",
                    "money": {"price": 1000.0, "paid": None, "sites": [{"site": "08", "opened": None}]},
                },
                "ref": "0007",
                "action": "NEW",
                "papers": [{"paper": "BIO_O_0007.pdf", "form": "PDF", "kind": "ORDER"}],
            },
        ],
    }
    assert second["batch"][0]["ref"] == "0009"
    assert sorted(path.name for path in (tmp_path / "out" / "LOT_ABC_20220102_01").iterdir()) == [
        "BIO_O_0007.pdf",
        "BIO_O_0008.pdf",
    ]
    assert str(outcome.advance) == "506.75"


def test_its_json_fits_its_own_schema(tmp_path: Path, spec: Spec, book: Book) -> None:
    for row in book["Papers"]:
        (tmp_path / row["path"]).write_bytes(PDF)
    outcome = convert(write(tmp_path, book), spec=spec, out=tmp_path / "out", deposit=DAY)
    validator = jsonschema_rs.Draft202012Validator(json_schema(spec))
    assert outcome.files
    for file in outcome.files:
        validator.validate(json.loads(Path(file.json).read_text("utf-8")))


def test_its_faults_are_found_on_their_cells(tmp_path: Path, spec: Spec, book: Book) -> None:
    (tmp_path / "ONE.pdf").write_bytes(PDF)
    (tmp_path / "TWO.pdf").write_bytes(PDF)
    book["Order"][1]["colour"] = "GREEN"
    book["Order"][2]["price"] = -1
    book["Sites"] = book["Sites"][:2]
    (tmp_path / "THREE.pdf").write_bytes(b"")
    outcome = check(write(tmp_path, book, pieces=False), spec=spec, deposit=DAY)
    errors = [(one.rule, one.sheet, one.cell, one.demande) for one in outcome.findings if one.severity == "error"]
    assert errors == [
        ("B7", "Files", "A3", "TWO"),
        ("B7", "Files", "A4", "THREE"),
        ("C3", "Order", "B3", "TWO"),
        ("C4", "Order", "C4", "THREE"),
        ("P4", "Papers", "C4", "THREE"),
    ]

"""Answers that no agency would send: a finding or a sentence, in bounded time, and a ledger that still works."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.feedback.office import ACCEPTED, NAME, Document, Office, called, lines

ODD = "a\0\ud800\x1b[2J"


def first(**values: Any) -> Callable[[Document], None]:
    return lambda tree: lines(tree)[0].update(values)


def rejected(**values: Any) -> Callable[[Document], None]:
    """A line of nobody's, rejected, so that `resubmit` has it too."""
    return first(numeroEditeur="00009", numeroASP=None, libelleTraitement=ODD, **values)


def written(old: str, new: str) -> Callable[[Document], bytes]:
    def change(tree: Document) -> bytes:
        text = json.dumps(tree)
        assert old in text
        return text.replace(old, new, 1).encode()

    return change


AMOUNT, ASP = '"montantSegurHT": 31162.0', '"210000001"'
CLIENT = {"numeroFINESSJuridique": {"a": []}, "nomClient": ["x"], "numérosFINESSGeos": [{"x": 1}, None, ODD, 7]}
HOSTILE: dict[str, Callable[[Document], Any]] = {
    "asp, code and label": first(numeroASP=ODD, codeTraitement=ODD, libelleTraitement=ODD),
    "a label": rejected(codeTraitement=ODD),
    "a long label": rejected(codeTraitement="é" * 300_000),
    "values": rejected(commande={"dateCommande": ODD, "regimeTVA": ODD}),
    "keys": rejected(**{ODD: ODD}),
    "no objects": rejected(commande=[1, 2], beneficiaires="x", scenarioInstallation=None),
    "odd clients": rejected(beneficiaires={"EtablissementsClients": [CLIENT], "radLiberauxClients": {"RPPS": 1}}),
    "odd pieces": rejected(piecesJustificatives=[{"nomFichier": "../../x"}, {"nomFichier": ODD}, {"nomFichier": "x" * 999}, 5]),
    "a huge amount": written(AMOUNT, '"montantSegurHT": 1e999999999'),
    "a tiny amount": written(AMOUNT, '"montantSegurHT": 1e-999999999'),
    "an amount of 4000 digits": written(AMOUNT, '"montantSegurHT": ' + "9" * 4000),
    "a negative amount": written(AMOUNT, '"montantSegurHT": -1'),
    "an amount of truth": written(AMOUNT, '"montantSegurHT": true'),
    "a huge asp": written(ASP, "1e999999999"),
    "an asp of 4000 digits": written(ASP, "9" * 4000),
    "an asp of 9 million digits": written(ASP, "1e9000000"),
    "no numbers": lambda tree: [one.update(numeroEditeur="7" * 6000) for one in lines(tree)] and None,
    "huge numLigne": first(numLigne=10**400),
    "a supplier on the way out": lambda tree: tree.update(SIRET="../../x", numeroAns="..\\..\\x"),
}  # fmt: skip


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_what_is_odd_is_a_finding_and_the_ledger_goes_on(
    small_office: Office, change: Callable[[Document], Any]
) -> None:
    goes_on(small_office, change)


@pytest.mark.parametrize("name", ["asp, code and label", "odd clients", "no numbers"])
def test_what_is_odd_is_kept_by_both_databases(office: Office, name: str) -> None:
    goes_on(office, HOSTILE[name])


def goes_on(office: Office, change: Callable[[Document], Any]) -> None:
    office.convert(2)
    path = office.answer({"00001": ACCEPTED, "00002": ACCEPTED}, change)
    start = time.monotonic()
    code, document = office.feedback()
    assert office.feedback()[0] == code
    assert time.monotonic() - start < 10
    text = office.cli("feedback", path)
    assert (text.code, text.err) == (code, "")
    assert len(text.out) < 2_000_000
    assert not any(sign in text.out for sign in "\0\x1b")
    assert len(document["lines"]) == 2
    assert office.cli("ledger", "export", "-o", "a.xlsx").code == 0
    assert {"00001", "00002"} <= set(office.states())
    assert office.cli("resubmit", "-o", office.folder / "again" / "a.xlsx").code == 0
    assert {one.name for one in office.folder.iterdir()} <= {
        "again", "back", "depot", "a.xlsx", "ledger.sqlite", "orders.xlsx", "CMD-1.pdf", "CMD-2.pdf",
    }  # fmt: skip


REFUSED: dict[str, Callable[[Document], Any]] = {
    "empty": lambda _: b"",
    "html": lambda _: b"<!doctype html><html>Votre session a expir\xe9</html>",
    "cut short": lambda tree: json.dumps(tree).encode()[:-40],
    "not json": lambda _: bytes(range(256)),
    "deep": lambda _: b"[" * 100_000,
    "a number of 9000 digits": written(AMOUNT, '"montantSegurHT": ' + "9" * 9000),
    "no number": written(AMOUNT, '"montantSegurHT": NaN'),
    "no lines": lambda tree: tree.update(lignesImport=[]),
    "lines that are none": lambda tree: tree.update(lignesImport={"1": 2}),
    "nobody's": lambda tree: tree.update(SIRET=None),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_what_is_no_answer_is_3_and_nothing_is_noted(small_office: Office, change: Callable[[Document], Any]) -> None:
    small_office.convert(1)
    path, before = small_office.answer({"00001": ACCEPTED}, change), small_office.entries()
    run = small_office.cli("feedback", path, "--format", "json")
    assert (run.code, run.out, run.err.count("\n")) == (3, "", 1)
    assert small_office.entries() == before


def test_a_folder_or_nothing_at_all_is_3(small_office: Office) -> None:
    for path in (small_office.folder, small_office.folder / "nowhere.json", small_office.folder / "x" / "y.json"):
        run = small_office.cli("feedback", path)
        assert (run.code, run.out) == (3, "")


def test_a_hundred_thousand_lines_are_told_at_once(small_office: Office) -> None:
    small_office.convert(1)
    path = small_office.answer(
        {}, lambda tree: tree.update(lignesImport=[{"numeroEditeur": "00001", "numeroASP": "1"}] * 100_000)
    )
    start = time.monotonic()
    assert small_office.cli("feedback", path).code == 3
    assert time.monotonic() - start < 15


def test_three_hundred_lines_of_nobody_s_take_no_long_time(small_office: Office) -> None:
    small_office.convert(1)
    small_office.answer(
        {},
        lambda tree: tree.update(lignesImport=[{"numeroEditeur": f"A{n:04}", "numeroASP": str(n)} for n in range(300)]),
    )
    start = time.monotonic()
    assert small_office.feedback()[1]["requests"]["accepted"] == 300
    assert time.monotonic() - start < 15


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_file_whose_name_is_in_no_alphabet(small_office: Office) -> None:
    small_office.convert(1)
    path = small_office.answer(
        {"00001": ACCEPTED}, lambda tree: lines(tree).append(lines(tree)[0] | {"numeroEditeur": "00077"})
    )
    folder = small_office.folder / os.fsdecode(b"d\xe9pot")
    folder.mkdir()
    odd = Path(folder, os.fsdecode(b"r\xe9ponse.json"))
    path.rename(odd)
    assert small_office.cli("feedback", odd).code == 0
    assert small_office.cli("feedback", odd, "--format", "json").code == 0
    assert set(small_office.states().values()) == {"accepted"}


def test_a_ledger_that_cannot_be_opened_is_3(small_office: Office) -> None:
    small_office.convert(1)
    path = small_office.answer({"00001": ACCEPTED})
    (small_office.folder / "folder").mkdir()
    (small_office.folder / "text.sqlite").write_text("no ledger" * 1000)
    for ledger in ("folder", "text.sqlite"):
        run = called("feedback", path, "--ledger", small_office.folder / ledger)
        assert (run.code, run.out) == (3, "")
    assert called("feedback", path, "--ledger", "mysql://x/y").code == 2
    assert NAME not in run.err

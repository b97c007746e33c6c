"""Every rule that a JSON can show: a sound deposit with one thing changed gives exactly that finding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.readback import GONE, LINE, Told, deposit, found, told

ORDER = f"{LINE}.commande"
WHO = f"{LINE}.beneficiaires"
CLINIC = f"{WHO}.EtablissementsClients[0]"
DOCTOR = f"{WHO}.radLiberauxClients[0]"
SCENARIO = f"{LINE}.scenarioInstallation"
PIECE = f"{LINE}.piecesJustificatives[0]"


def at(path: str, rule: str, severity: str = "error", value: str | None = None) -> Told:
    return rule, severity, f"$.{path}", "00001" if path.startswith(LINE) else None, value


def test_a_sound_deposit_gives_no_finding(tmp_path: Path) -> None:
    verified = found(deposit(tmp_path))
    assert (verified.findings, verified.exit_code) == ((), 0)
    assert (verified.counts.read, verified.counts.held, str(verified.amount)) == (2, 0, "62324.00")


CASES = [
    ("numeroAns", None, "F1", None),
    ("SIRET", "7328293200007", "F2", "7328293200007"),
    ("SIRET", "732 829 320 00074", "F2", "732 829 320 00074"),
    ("SIRET", 73282932000074, "F2", "73282932000074"),
    (f"{ORDER}.dateCommande", "5/9/2021", "C1", "5/9/2021"),
    (f"{ORDER}.dateCommande", "2021-11-15", "C1", "2021-11-15"),
    (f"{ORDER}.dateCommande", "15/11/2021 10:00", "C1", "15/11/2021 10:00"),
    (f"{ORDER}.dateCommande", "31/02/2021", "C1", "31/02/2021"),
    (f"{ORDER}.dateCommande", "", "C1", None),
    (f"{ORDER}.dateCommande", 20211115, "C1", "20211115"),
    (f"{ORDER}.regimeTVA", "ttc", "C3", "ttc"),
    (f"{ORDER}.regimeTVA", True, "C3", "true"),
    (f"{ORDER}.montantSegurHT", "31162.00", "C4", "31162.00"),
    (f"{ORDER}.montantSegurHT", 31162.001, "C4", "31162.001"),
    (f"{ORDER}.montantSegurHT", 0, "C4", "0"),
    (f"{ORDER}.montantSegurHT", -1.5, "C4", "-1.5"),
    (f"{ORDER}.montantSegurHT", True, "C4", "true"),
    (f"{ORDER}.montantSegurHT", None, "C4", None),
    (f"{WHO}.isMandataire", "false", "B1", "false"),
    (f"{WHO}.isMandataire", 0, "B1", "0"),
    (f"{WHO}.isMandataire", None, "B1", None),
    (f"{WHO}.nomMandataire", "", "B4", ""),
    (f"{WHO}.nomMandataire", "DURAND", "B3", "DURAND"),
    (f"{CLINIC}.nomClient", "Clinique", "B4", "Clinique"),
    (f"{CLINIC}.nomClient", "A  B", "B4", "A  B"),
    (f"{CLINIC}.nomClient", "A" * 50, "B4", "A" * 50),
    (f"{CLINIC}.nomClient", "\ud800", "B4", "\ud800"),
    (f"{CLINIC}.nomClient", None, "B8", None),
    (f"{CLINIC}.nomClient", " ", "B8", None),
    (f"{CLINIC}.emailClient", " a@clinique.fr", "B5", " a@clinique.fr"),
    (f"{CLINIC}.telephoneClient", 142000001, "B6", "142000001"),
    (f"{CLINIC}.numeroFINESSJuridique", "75001234", "B9", "75001234"),
    (f"{CLINIC}.numeroFINESSJuridique", "2a0000014", "B9", "2a0000014"),
    (f"{CLINIC}.numérosFINESSGeos", [], "B8", None),
    (f"{DOCTOR}.RPPS", "1000345678", "B11", "1000345678"),
    (f"{DOCTOR}.RPPS", None, "B10", None),
    (f"{DOCTOR}.AM", [], "B10", None),
    (f"{DOCTOR}.AM", None, "B10", None),
    (f"{DOCTOR}.AM", "775001234", "B12", "775001234"),
    (f"{CLINIC}.numérosFINESSGeos", None, "B8", None),
    (f"{DOCTOR}.nomRad", "", "B10", None),
    (f"{PIECE}.typeFichier", "bon_commande", "P3", "bon_commande"),
    (f"{PIECE}.typeFichier", None, "P3", None),
    (f"{SCENARIO}.isIdRef", "Oui", "S1", "Oui"),
    (f"{SCENARIO}.isPFIToDMP", None, "S1", None),
    (f"{SCENARIO}.operateurMessagerie", "api_35", "S2", "api_35"),
    (f"{SCENARIO}.operateurMessagerie", "CH_20", "S2", "CH_20"),
    (f"{SCENARIO}.operateurMessagerie", "", "S2", None),
    ("impId", 0, "V4", "0"),
    ("impId", "", "V4", ""),
    (f"{LINE}.typeAction", "M", "V4", "M"),
    (f"{LINE}.typeAction", None, "V4", None),
    (f"{LINE}.numeroASP", "ASP-1", "V4", "ASP-1"),
    (f"{LINE}.codeTraitement", "OK", "V4", "OK"),
    (f"{LINE}.libelleTraitement", "Demande acceptée", "V4", "Demande acceptée"),
    (f"{LINE}.numLigne", 2, "V5", "2"),
    (f"{LINE}.numLigne", "1", "V5", "1"),
    (f"{LINE}.numLigne", True, "V5", "true"),
    (f"{LINE}.numLigne", None, "V5", None),
    (f"{PIECE}.nomFichier", "bon.pdf", "V3", "bon.pdf"),
    (f"{PIECE}.nomFichier", None, "V3", None),
    (f"{PIECE}.nomFichier", "RAD-RIS-Va1-BDC-00001.PDF", "V3", "RAD-RIS-Va1-BDC-00001.PDF"),
    (f"{PIECE}.formatFichier", "pdf", "V3", "pdf"),
    (f"{PIECE}.formatFichier", "PNG", "V3", "PNG"),
    (f"{PIECE}.formatFichier", None, "V3", None),
]


@pytest.mark.parametrize(("path", "value", "rule", "shown"), CASES)
def test_one_value_changed_is_exactly_one_error(
    path: str, value: Any, rule: str, shown: str | None, tmp_path: Path
) -> None:
    if isinstance(value, str) and "\ud800" in value:
        json_file = deposit(tmp_path)
        json_file.write_text(json_file.read_text("utf-8").replace('"CLINIQUE"', '"\\ud800"', 1), "utf-8")
    else:
        json_file = deposit(tmp_path, (path, value))
    assert told(json_file) == [at(path, rule, "error", shown)]


@pytest.mark.parametrize("number", ["0001", "00 01", "", None, 1])
def test_a_wrong_number_is_told_with_what_the_file_has(number: Any, tmp_path: Path) -> None:
    shown = str(number) if number else None
    path = deposit(tmp_path, (f"{LINE}.numeroEditeur", number), parcel=False)
    assert told(path) == [("D1", "error", f"$.{LINE}.numeroEditeur", shown, shown)]


def test_two_lines_of_one_number(tmp_path: Path) -> None:
    path = deposit(tmp_path, ("lignesImport[1].numeroEditeur", "00001"), parcel=False)
    first, *names = told(path)
    assert first == ("D1", "error", "$.lignesImport[1].numeroEditeur", "00001", "00001")
    assert {one[0] for one in names} == {"V3"}
    assert found(path).counts.held == 1


def test_a_list_is_told_element_by_element(tmp_path: Path) -> None:
    numbers = ["750012346", " 750012346", "750012347", None, {"a": 1}, 330001231, "750012346"]
    name = f"{CLINIC}.numérosFINESSGeos"
    assert told(deposit(tmp_path, (name, numbers))) == [
        at(f"{name}[1]", "B9", "error", " 750012346"),
        at(f"{name}[2]", "B9", "warning", "750012347"),
        at(f"{name}[3]", "B9", "error", None),
        at(f"{name}[4]", "B9", "error", "{…}"),
        at(f"{name}[5]", "B9", "error", "330001231"),
        at(f"{name}[6]", "B13", "error", "750012346"),
    ]


def test_a_wrong_element_among_am_numbers(tmp_path: Path) -> None:
    assert told(deposit(tmp_path, (f"{DOCTOR}.AM", ["12345678"]))) == [
        at(f"{DOCTOR}.AM[0]", "B12", "error", "12345678")
    ]


@pytest.mark.parametrize("name", ["AUTRE", None])
def test_two_items_of_one_number_are_one_item(name: str | None, tmp_path: Path) -> None:
    """Whether they agree or not: a workbook would make one of them, and the JSON would come out otherwise."""
    path = deposit(tmp_path)
    tree = json.loads(path.read_text("utf-8"))
    doctors = tree["lignesImport"][0]["beneficiaires"]["radLiberauxClients"]
    doctors.append({**doctors[0], **({"nomRad": name} if name else {})})
    path.write_text(json.dumps(tree, ensure_ascii=False), "utf-8")
    number = doctors[0]["RPPS"]
    assert told(path) == [at(f"{LINE}.beneficiaires.radLiberauxClients[1].RPPS", "B16", "error", number)]


@pytest.mark.parametrize("written", ["31162", "31162.0", "31162.00", "31162.000", "3.1162E4"])
def test_amounts_count_by_value(written: str, tmp_path: Path) -> None:
    path = deposit(tmp_path)
    path.write_text(path.read_text("utf-8").replace("31162.0", written), "utf-8")
    assert told(path) == []


@pytest.mark.parametrize(
    "written", ["31162.0000000000000001", "1e-400", "1e400", "1E+99999", "1" + "0" * 400, "-0.0", "0.001"]
)
def test_amounts_that_are_none(written: str, tmp_path: Path) -> None:
    path = deposit(tmp_path)
    path.write_text(path.read_text("utf-8").replace("31162.0", written, 1), "utf-8")
    assert [one[:4] for one in told(path)] == [at(f"{ORDER}.montantSegurHT", "C4")[:4]]


def test_warnings_are_those_of_a_workbook(tmp_path: Path) -> None:
    path = deposit(
        tmp_path,
        ("SIRET", "73282932000075"),
        (f"{ORDER}.dateCommande", "15/11/2018"),
        (f"{WHO}.isMandataire", True),
        (f"{CLINIC}.emailClient", "clinique"),
        (f"{CLINIC}.telephoneClient", "12"),
        (f"{DOCTOR}.RPPS", "10003456787"),
        (f"{SCENARIO}.isDirectToDMP", False),
        ("lignesImport[1].beneficiaires.EtablissementsClients[0].numérosFINESSGeos", ["750012346"]),
    )
    verified = found(path)
    assert [(one.rule, one.severity, one.path) for one in verified.findings] == [
        ("F3", "warning", "$.SIRET"),
        ("C2", "warning", f"$.{ORDER}.dateCommande"),
        ("B2", "warning", f"$.{WHO}.isClientUnique"),
        ("B5", "warning", f"$.{CLINIC}.emailClient"),
        ("B6", "warning", f"$.{CLINIC}.telephoneClient"),
        ("B11", "warning", f"$.{DOCTOR}.RPPS"),
        ("S4", "warning", f"$.{SCENARIO}.isDirectToDMP"),
        ("B15", "warning", "$.lignesImport[1].beneficiaires.EtablissementsClients[0].numérosFINESSGeos[0]"),
    ]
    assert verified.exit_code == 0


def test_an_agent_without_contacts(tmp_path: Path) -> None:
    path = deposit(tmp_path, (f"{WHO}.isMandataire", True), (f"{WHO}.isClientUnique", False))
    assert told(path) == [
        at(f"{WHO}.{name}", "B3") for name in ("nomMandataire", "emailMandataire", "telephoneMandataire")
    ]


def test_neither_establishment_nor_radiologist(tmp_path: Path) -> None:
    path = deposit(tmp_path, (f"{WHO}.EtablissementsClients", []), (f"{WHO}.radLiberauxClients", []))
    assert told(path) == [at(f"{LINE}.numeroEditeur", "B7", "error", "00001")]


def test_several_establishments_of_one_client(tmp_path: Path) -> None:
    other = {"numeroFINESSJuridique": "210012340", "nomClient": "AUTRE", "emailClient": "a@autre.fr"}
    other |= {"telephoneClient": "01 42 00 00 01", "numérosFINESSGeos": ["210012340"]}
    path = deposit(tmp_path)
    tree = json.loads(path.read_text("utf-8"))
    tree["lignesImport"][0]["beneficiaires"]["EtablissementsClients"].append(other)
    path.write_text(json.dumps(tree), "utf-8")
    assert told(path) == [at(f"{WHO}.isClientUnique", "B14", "warning")]


def test_no_request_at_all(tmp_path: Path) -> None:
    verified = found(deposit(tmp_path, ("lignesImport", []), parcel=False))
    assert [(one.rule, one.path) for one in verified.findings] == [("X6", "$.lignesImport")]
    assert (verified.counts.read, verified.exit_code) == (0, 1)


def test_pieces_are_those_that_the_request_needs(tmp_path: Path) -> None:
    path = deposit(tmp_path, ("lignesImport[1].piecesJustificatives[1]", GONE), parcel=False)
    assert told(path) == [("P2", "error", "$.lignesImport[1].commande.regimeTVA", "00002", "HT")]
    path = deposit(tmp_path, ("lignesImport[1].piecesJustificatives[0]", GONE), parcel=False)
    assert told(path) == [("P1", "error", "$.lignesImport[1].numeroEditeur", "00002", "00002")]
    path = deposit(tmp_path, (f"{LINE}.piecesJustificatives", []), parcel=False)
    assert told(path) == [at(f"{LINE}.numeroEditeur", "P1", "error", "00001")]


def test_two_pieces_of_one_kind(tmp_path: Path) -> None:
    path = deposit(tmp_path, ("lignesImport[1].piecesJustificatives[1].typeFichier", "BON_COMMANDE"), parcel=False)
    piece = "$.lignesImport[1].piecesJustificatives[1]"
    assert told(path) == [
        ("P2", "error", "$.lignesImport[1].commande.regimeTVA", "00002", "HT"),
        ("V3", "error", f"{piece}.nomFichier", "00002", "RAD-RIS-Va1-HT-00002.pdf"),
        ("P3", "error", f"{piece}.typeFichier", "00002", "BON_COMMANDE"),
    ]


def test_a_proof_that_is_not_needed(tmp_path: Path) -> None:
    path = deposit(tmp_path, ("lignesImport[1].commande.regimeTVA", "TTC"))
    assert told(path) == [("P2", "warning", "$.lignesImport[1].commande.regimeTVA", "00002", "TTC")]


def test_more_lines_than_a_file_may_hold(tmp_path: Path) -> None:
    path = deposit(tmp_path, parcel=False)
    tree = json.loads(path.read_text("utf-8"))
    line = json.dumps(tree["lignesImport"][0])
    tree["lignesImport"] = [
        json.loads(line.replace("00001", f"{n:05d}").replace('"numLigne": 1,', f'"numLigne": {n},'))
        for n in range(1, 203)
    ]
    path.write_text(json.dumps(tree), "utf-8")
    errors = [one for one in told(path) if one[1] == "error"]
    assert errors == [("V5", "error", "$.lignesImport[200].numLigne", "00201", "201")]


def test_findings_come_as_the_file_has_them(tmp_path: Path) -> None:
    """Keys in another order are no fault."""
    path = deposit(tmp_path, ("SIRET", "1"), (f"{LINE}.typeAction", "M"))
    tree = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(dict(reversed(tree.items()))), "utf-8")
    assert [one[2] for one in told(path)] == [f"$.{LINE}.typeAction", "$.SIRET"]

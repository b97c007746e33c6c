"""The agency's own tests: it takes what the guide asks for, and finds each of a table of planted faults."""

from __future__ import annotations

import ast
import csv
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.agency import STYLES, Agency
from tests.agency.facts import ACCEPTED, LINE, OPERATORS

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "sample_workbooks").glob("*/expected/depot/*.json"))
MONTH = next(path for path in SAMPLES if "mois" in path.parts)
CONTENT, ZIP = MONTH.read_bytes(), MONTH.with_suffix(".zip").read_bytes()
AMOUNT = b'"montantSegurHT": 10734.50'  # line 1's


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parts[-4])
def test_takes_the_bundled_samples(path: Path) -> None:
    agency = Agency()
    reply = agency.deposit(path.name, path.read_bytes(), path.with_suffix(".zip").read_bytes())
    assert (reply.status, agency.rejected) == ("answered", [])
    assert len(agency.accepted) == len(json.loads(path.read_bytes())["lignesImport"])


def test_answers_with_the_same_json_filled_in() -> None:
    sent, answer = json.loads(CONTENT), json.loads(answer_of(CONTENT))
    assert list(answer) == list(sent)
    assert answer["impId"]
    for before, after in zip(sent["lignesImport"], answer["lignesImport"], strict=True):
        assert list(after) == list(before) == list(LINE)
        filled = {key: value for key, value in after.items() if value != before[key]}
        assert filled == {"numeroASP": after["numeroASP"], "codeTraitement": "OK", "libelleTraitement": ACCEPTED}
    assert len({line["numeroASP"] for line in answer["lignesImport"]}) == len(sent["lignesImport"])


@pytest.mark.parametrize("style", STYLES)
def test_answers_in_many_styles(style: str) -> None:
    answer = answer_of(CONTENT, style)
    text = answer.decode(STYLES[style].encoding)
    lines = json.loads(text)["lignesImport"]
    assert answer.startswith(b"\xef\xbb\xbf") == (style == "bom")
    assert ("10734.50" in text) != STYLES[style].plain_amounts
    assert {type(line["numeroASP"]) for line in lines} == {int if STYLES[style].asp_as_number else str}
    assert ([line["numLigne"] for line in lines] != list(range(1, 13))) == STYLES[style].reordered
    assert in_order(lines) == json.loads(answer_of(CONTENT))["lignesImport"]


def test_a_cp1252_answer_keeps_letters_that_the_code_page_lacks() -> None:
    sent = changed(lambda line: line["beneficiaires"]["EtablissementsClients"][0].update(nomClient="ŁÓDŹ"))
    answer = json.loads(answer_of(sent, "cp1252").decode("cp1252"))
    assert answer["lignesImport"][0]["beneficiaires"]["EtablissementsClients"][0]["nomClient"] == "ŁÓDŹ"


def in_order(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line | {"numeroASP": str(line["numeroASP"])} for line in sorted(lines, key=lambda line: line["numLigne"])]


# ------------------------------------------------------------------------------------------- the first control: the file

HEADER_FAULTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "impId": lambda tree: tree.update(impId="1"),
    "numeroAns": lambda tree: tree.update(numeroAns="RIS2021"),
    "SIRET": lambda tree: tree.update(SIRET="7328293200007"),
    "SIRET is a number": lambda tree: tree.update(SIRET=73282932000074),
    "a key missing": lambda tree: tree["lignesImport"][3].pop("typeAction"),
    "a key extra": lambda tree: tree.update(profils=None),
    "a key spelt otherwise": lambda tree: tree.update(lignesImports=tree.pop("lignesImport")),
    "a key of a list's item": lambda tree: tree["lignesImport"][0]["piecesJustificatives"][0].update(fichier="x"),
    "an object for a list": lambda tree: tree.update(lignesImport=tree["lignesImport"][0]),
    "a list for an object": lambda tree: tree["lignesImport"][0].update(commande=[]),
    "a list for a value": lambda tree: tree["lignesImport"][0].update(numeroEditeur=["00001"]),
    "no request": lambda tree: tree.update(lignesImport=[]),
    "over 200": lambda tree: tree.update(lignesImport=tree["lignesImport"] * 17),
}


@pytest.mark.parametrize("fault", HEADER_FAULTS)
def test_refuses_a_file(fault: str) -> None:
    tree = json.loads(CONTENT)
    HEADER_FAULTS[fault](tree)
    assert refused(json.dumps(tree).encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"PK", id="no JSON"),
        pytest.param(b"[]", id="a list"),
        pytest.param(CONTENT[:-9], id="cut short"),
        pytest.param(b"\xef\xbb\xbf" + CONTENT, id="BOM"),
        pytest.param(CONTENT.decode().encode("utf-16"), id="UTF-16"),
        pytest.param(CONTENT.decode().encode("cp1252"), id="cp1252"),
        pytest.param(CONTENT.replace(AMOUNT, AMOUNT[:-8] + b"NaN"), id="NaN"),
        pytest.param(CONTENT.replace(AMOUNT, AMOUNT + b"," + AMOUNT, 1), id="a key twice"),
    ],
)
def test_refuses_what_is_no_file_of_its_model(content: bytes) -> None:
    assert refused(content)


@pytest.mark.parametrize(
    "name",
    [
        "JSON-RIS2021001-20211130-1.json",
        "JSON-RIS2021001-20211130-000.json",
        "JSON-RIS2021001-20211131-001.json",
        "JSON-RIS2021001-30112021-001.json",
        "JSON-RIS2021002-20211130-001.json",
        "json-RIS2021001-20211130-001.json",
        "JSON-RIS2021001-20211130-001.JSON",
        "depot.json",
    ],
)
def test_refuses_a_name(name: str) -> None:
    assert Agency().deposit(name, CONTENT, ZIP).status == "refused"


def test_a_name_is_deposited_once() -> None:
    agency = Agency()
    assert agency.deposit(MONTH.name, CONTENT, ZIP).status == "answered"
    assert agency.deposit(MONTH.name, CONTENT, ZIP).status == "refused"


def test_a_refused_file_leaves_no_trace() -> None:
    agency = Agency()
    assert agency.deposit(MONTH.name, CONTENT, ZIP, refuse="Le portail est fermé").status == "refused"
    assert agency.deposit(MONTH.name, CONTENT, ZIP).status == "answered"
    assert agency.rejected == []


def refused(content: bytes) -> bool:
    reply = Agency().deposit(MONTH.name, content, ZIP)
    return reply.status == "refused" and bool(reply.label) and reply.answer is None


# ------------------------------------------------------------------------------------------- the second control: a line


def put(*path: Any, value: Any) -> Callable[[Any], None]:
    def change(line: Any) -> None:
        for step in path[:-1]:
            line = line[step]
        line[path[-1]] = value

    return change


ORDER, WHO = ("commande",), ("beneficiaires",)
CLIENT, RADIOLOGIST = (*WHO, "EtablissementsClients", 0), (*WHO, "radLiberauxClients", 0)
PIECE, SCENARIO = ("piecesJustificatives", 0), ("scenarioInstallation",)

# the tag that the label names, the change to line 2 (an agent, an establishment, a radiologist)
LINE_FAULTS: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("numLigne", put("numLigne", value=3)),
    ("numLigne", put("numLigne", value="2")),
    ("typeAction", put("typeAction", value="M")),
    ("numeroASP", put("numeroASP", value="123456789")),
    ("numeroEditeur", put("numeroEditeur", value="2")),
    ("numeroEditeur", put("numeroEditeur", value=None)),
    ("numeroEditeur", put("numeroEditeur", value="0000é")),
    ("numeroEditeur", put("numeroEditeur", value="00001")),  # line 1's
    ("dateCommande", put(*ORDER, "dateCommande", value="2021-11-03")),
    ("dateCommande", put(*ORDER, "dateCommande", value="31/11/2021")),
    ("dateCommande", put(*ORDER, "dateCommande", value="3/11/2021")),
    ("dateCommande", put(*ORDER, "dateCommande", value=None)),
    ("regimeTVA", put(*ORDER, "regimeTVA", value="ttc")),
    ("montantSegurHT", put(*ORDER, "montantSegurHT", value=31162)),
    ("montantSegurHT", put(*ORDER, "montantSegurHT", value=31162.5)),
    ("montantSegurHT", put(*ORDER, "montantSegurHT", value="31162.00")),
    ("montantSegurHT", put(*ORDER, "montantSegurHT", value=-31162.25)),
    ("isMandataire", put(*WHO, "isMandataire", value="Oui")),
    ("isClientUnique", put(*WHO, "isClientUnique", value=None)),
    ("nomMandataire", put(*WHO, "nomMandataire", value=None)),
    ("nomMandataire", put(*WHO, "nomMandataire", value="Leroy")),
    ("nomMandataire", put(*WHO, "isMandataire", value=False)),
    ("emailMandataire", put(*WHO, "emailMandataire", value="a" * 150)),
    ("telephoneMandataire", put(*WHO, "telephoneMandataire", value="")),
    ("EtablissementsClients", lambda line: line["beneficiaires"].update(EtablissementsClients=[], radLiberauxClients=[])),
    ("numeroFINESSJuridique", put(*CLIENT, "numeroFINESSJuridique", value="75000002")),
    ("nomClient", put(*CLIENT, "nomClient", value="A" * 50)),
    ("emailClient", put(*CLIENT, "emailClient", value=None)),
    ("telephoneClient", put(*CLIENT, "telephoneClient", value="0" * 50)),
    ("numérosFINESSGeos", put(*CLIENT, "numérosFINESSGeos", value=[])),
    ("numérosFINESSGeos", put(*CLIENT, "numérosFINESSGeos", value=["750000028", 750000028])),
    ("RPPS", put(*RADIOLOGIST, "RPPS", value="100000000252")),
    ("AM", put(*RADIOLOGIST, "AM", value=["75100000"])),
    ("nomRad", put(*RADIOLOGIST, "nomRad", value=None)),
    ("emailRad", put(*RADIOLOGIST, "emailRad", value="a" * 150)),
    ("telephoneRad", put(*RADIOLOGIST, "telephoneRad", value=142000001)),
    ("nomFichier", put(*PIECE, "nomFichier", value="RAD-RIS-Va1-BDC-00001.pdf")),
    ("nomFichier", put(*PIECE, "nomFichier", value="RAD-RIS-Va1-HT-00002.pdf")),
    ("formatFichier", put(*PIECE, "formatFichier", value="pdf")),
    ("nomFichier", put(*PIECE, "formatFichier", value="PNG")),
    ("typeFichier", put(*PIECE, "typeFichier", value="BDC")),
    ("BON_COMMANDE", put("piecesJustificatives", value=[])),
    ("PREUVE_HT", put(*ORDER, "regimeTVA", value="HT")),
    ("isIdRef", put(*SCENARIO, "isIdRef", value="false")),
    ("operateurMessagerie", put(*SCENARIO, "operateurMessagerie", value="CH_20")),
    ("isPFIToMSSCitoyen", put(*SCENARIO, "isPFIToMSSCitoyen", value=0)),
    ("codeTraitement", put("codeTraitement", value="")),
    ("libelleTraitement", put("libelleTraitement", value=ACCEPTED)),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "change"), LINE_FAULTS, ids=[f"{n}-{tag}" for n, (tag, _) in enumerate(LINE_FAULTS)])
def test_rejects_a_line(tag: str, change: Callable[[dict[str, Any]], Any]) -> None:
    content = changed(change, 1)
    agency = Agency()
    assert agency.deposit(MONTH.name, content, zip_for(content)).status == "answered"
    (verdict,) = agency.rejected
    assert (verdict.asp, verdict.line["commande"]) == (
        None,
        json.loads(content, parse_float=Decimal)["lignesImport"][1]["commande"],
    )
    assert tag in verdict.label
    assert len(agency.accepted) == 11  # the others are none the worse


def test_stops_at_the_first_error_of_each_line() -> None:
    def change(line: dict[str, Any]) -> None:
        line["commande"] |= {"regimeTVA": None, "montantSegurHT": None}
        line["numeroEditeur"] = "1"

    agency = Agency()
    agency.deposit(MONTH.name, content := changed(change), zip_for(content))
    assert ["numeroEditeur" in verdict.label for verdict in agency.rejected] == [True]


def test_a_number_is_used_once_whatever_became_of_it() -> None:
    agency = Agency()
    content = changed(put("commande", "regimeTVA", value="?"))
    agency.deposit(MONTH.name, content, ZIP)
    agency.deposit(MONTH.name.replace("-001.", "-002."), CONTENT, ZIP)
    again = [verdict for verdict in agency.verdicts if "-002." in verdict.file]
    assert [verdict.asp for verdict in again] == [None] * 12
    assert len(agency.accepted) == 11


def test_numbers_are_each_supplier_s_own() -> None:
    agency = Agency()
    agency.deposit(MONTH.name, CONTENT, ZIP)
    other = CONTENT.replace(b"73282932000074", b"35600000000048")
    agency.deposit(MONTH.name.replace("-001.", "-002."), other, ZIP)
    assert (len(agency.accepted), agency.rejected) == (24, [])


def test_rejects_some_lines_on_a_whim() -> None:
    agency, again = Agency(seed=3, whims=0.5), Agency(seed=3, whims=0.5)
    assert agency.deposit(MONTH.name, CONTENT, ZIP) == again.deposit(MONTH.name, CONTENT, ZIP)
    assert 0 < len(agency.rejected) < 12
    assert agency.verdicts == again.verdicts


# ---------------------------------------------------------------------------------------------------------------- the zip


def without(members: dict[str, bytes]) -> None:
    members.pop("RAD-RIS-Va1-BDC-00002.pdf")


ZIP_FAULTS: dict[str, Callable[[dict[str, bytes]], Any]] = {
    "a piece missing": without,
    "a piece more": lambda members: members.update({"RAD-RIS-Va1-BDC-00099.pdf": b"%PDF-1.4"}),
    "in a folder": lambda members: members.update({"depot/RAD-RIS-Va1-BDC-00002.pdf": b"%PDF-"}) or without(members),
    "empty": lambda members: members.update({"RAD-RIS-Va1-BDC-00002.pdf": b""}),
    "too large": lambda members: members.update({"RAD-RIS-Va1-BDC-00002.pdf": b"%PDF-" + bytes(3 * 2**20)}),
    "of another format": lambda members: members.update({"RAD-RIS-Va1-BDC-00002.pdf": b"\xff\xd8\xff"}),
}


@pytest.mark.parametrize("fault", ZIP_FAULTS)
def test_a_zip_at_fault_is_completed_later(fault: str) -> None:
    members = members_of(ZIP)
    ZIP_FAULTS[fault](members)
    agency = Agency()
    reply = agency.deposit(MONTH.name, CONTENT, zip_of(members))
    assert (reply.status, reply.answer, agency.verdicts) == ("incomplete", None, [])
    assert agency.deposit(MONTH.name, CONTENT, ZIP).status == "refused"
    assert agency.complete(MONTH.name, ZIP).status == "answered"
    assert len(agency.accepted) == 12


@pytest.mark.parametrize("content", [None, b"", b"no zip", ZIP[:-40]], ids=["absent", "empty", "no zip", "cut short"])
def test_a_zip_that_is_none(content: bytes | None) -> None:
    assert Agency().deposit(MONTH.name, CONTENT, content).status == "incomplete"


# --------------------------------------------------------------------------------------------------------------- its own


def test_shares_no_code_with_the_converter() -> None:
    for path in Path(__file__).parent.glob("*.py"):
        trees = ast.walk(ast.parse(path.read_text("utf-8")))
        imports = [node for node in trees if isinstance(node, ast.Import | ast.ImportFrom)]
        assert "converter" not in {name.split(".")[0] for node in imports for name in imported(node)}, path.name


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]


def test_the_guide_s_operators_read_twice_are_the_same() -> None:
    with (ROOT / "converter/specs/lists/operateurs.csv").open(encoding="utf-8", newline="") as file:
        assert {row["code"] for row in csv.DictReader(file, delimiter=";")} == OPERATORS
    assert len(OPERATORS) == 355


# -------------------------------------------------------------------------------------------------------------- made here


def answer_of(content: bytes, style: str = "utf-8") -> bytes:
    reply = Agency(seed=1).deposit(MONTH.name, content, zip_for(content), style=STYLES[style])
    assert reply.answer is not None
    return reply.answer


def changed(change: Callable[[dict[str, Any]], Any], line: int = 0) -> bytes:
    """The month with one line changed, all other bytes as they were (amounts above all)."""
    tree = json.loads(CONTENT, parse_float=lambda text: f"\0{text}\0")
    change(tree["lignesImport"][line])
    return json.dumps(tree, ensure_ascii=False).replace('"\\u0000', "").replace('\\u0000"', "").encode()


def members_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(members: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def zip_for(content: bytes) -> bytes:
    """A zip of exactly the pieces that `content` names."""
    begins = {"PDF": b"%PDF-1.4", "JPG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n"}
    pieces = [piece for line in json.loads(content)["lignesImport"] for piece in line["piecesJustificatives"]]
    return zip_of({piece["nomFichier"]: begins.get(piece["formatFichier"], b"x") for piece in pieces})

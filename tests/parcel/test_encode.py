"""The JSON, to the byte (contract §2)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import converter
from tests.books import DEPOSIT, FINESS, Book, a_book, a_request, many, write

Tree = dict[str, Any]


def json_of(folder: Path, book: Book) -> bytes:
    """The only JSON that `book` becomes."""
    outcome = converter.convert(write(folder, book), deposit=DEPOSIT, out=folder / "depot")
    assert outcome.ok, outcome.findings
    (file,) = outcome.files
    return Path(file.json).read_bytes()


def as_written(tree: Tree) -> bytes:
    """`tree` by the standard json module, which cannot write amounts: those stand in it as `¤31162.00¤`."""
    text = json.dumps(tree, ensure_ascii=False, indent=2) + "\n"
    return text.replace('"¤', "").replace('¤"', "").encode()


def a_line(number: int, **beneficiaries: Any) -> Tree:
    """What the sound request of `tests.books` becomes."""
    scenario = {
        "isIdRef": False, "isForHospital": False, "operateurMessagerie": "API_35", "isFinalClientSCM": False,
        "isProSanteConnectNeeded": False, "isIdSlave": False, "isDirectToDMP": True, "isPFIToDMP": False,
        "isDirectToMSSPro": True, "isPFIToMSSPro": False, "isDirectToMSSCitoyen": False, "isPFIToMSSCitoyen": False,
    }  # fmt: skip
    finess = FINESS[number - 1]
    establishment = {
        "numeroFINESSJuridique": finess, "nomClient": "CLINIQUE", "emailClient": "a@clinique.fr",
        "telephoneClient": "01 42 00 00 01", "numérosFINESSGeos": [finess],
    }  # fmt: skip
    radiologist = {
        "RPPS": "10003456786", "AM": [f"7{finess[:8]}"], "nomRad": "DURAND", "emailRad": None, "telephoneRad": None,
    }  # fmt: skip
    return {
        "numLigne": number, "typeAction": "C", "numeroASP": None, "numeroEditeur": f"{number:05}",
        "commande": {"dateCommande": "15/11/2021", "regimeTVA": "TTC", "montantSegurHT": "¤31162.00¤"},
        "beneficiaires": {
            "isMandataire": False, "isClientUnique": True,
            "nomMandataire": None, "emailMandataire": None, "telephoneMandataire": None,
            "EtablissementsClients": [establishment], "radLiberauxClients": [radiologist],
            **beneficiaries,
        },
        "piecesJustificatives": [
            {"nomFichier": f"RAD-RIS-Va1-BDC-{number:05}.pdf", "formatFichier": "PDF", "typeFichier": "BON_COMMANDE"}
        ],
        "scenarioInstallation": scenario,
        "codeTraitement": None, "libelleTraitement": None,
    }  # fmt: skip


def a_file(*lines: Tree) -> Tree:
    return {"impId": None, "numeroAns": "RIS2021001", "SIRET": "73282932000074", "lignesImport": list(lines)}


def two_requests() -> Book:
    return a_book(a_request("CMD-1"), a_request("CMD-2", "00002", FINESS[1]))


def test_the_file_is_what_the_contract_lists_to_the_byte(tmp_path: Path) -> None:
    assert json_of(tmp_path, two_requests()) == as_written(a_file(a_line(1), a_line(2)))


def test_what_is_left_out_is_an_empty_list_or_null(tmp_path: Path) -> None:
    book = two_requests()
    del book["Etablissements"][1], book["Radiologues"][0]
    expected = a_file(a_line(1, radLiberauxClients=[]), a_line(2, EtablissementsClients=[]))
    assert json_of(tmp_path, book) == as_written(expected)


def test_sheets_that_may_be_absent_may_be_absent(tmp_path: Path) -> None:
    book = a_book()
    del book["Radiologues"]
    assert json_of(tmp_path, book) == as_written(a_file(a_line(1, radLiberauxClients=[])))


def test_an_agent_and_several_of_everything(tmp_path: Path) -> None:
    """Lists in the order of their rows, those of one number merged; the second piece after the first."""
    book = a_book()
    agent = {"nomMandataire": "RÉSEAU « Â »", "emailMandataire": "m@reseau.fr", "telephoneMandataire": "0142000001"}
    book["Bénéficiaires"][0] |= {"isMandataire": "Oui", "isClientUnique": "Non", **agent}
    (first,) = book["Etablissements"]
    book["Etablissements"] += [
        {**first, "numeroFINESSJuridique": FINESS[1], "numérosFINESSGeos": f"{FINESS[1]}; {FINESS[2]}"},
        {"demande": "CMD-1", "numeroFINESSJuridique": FINESS[0], "numérosFINESSGeos": f"{FINESS[3]}\n{FINESS[0]}"},
    ]
    book["Radiologues"][0] |= {
        "AM": "750012345, 750012346 750012347",
        "emailRad": "d@x.fr",
        "telephoneRad": "0142000002",
    }
    book["Commande"][0]["regimeTVA"] = "HT"
    book["Pièces justificatives"].insert(0, {"demande": "CMD-1", "typeFichier": "PREUVE_HT", "fichier": "ht.pdf"})
    line = a_line(1)
    who = line["beneficiaires"]
    (establishment,), (radiologist,) = who["EtablissementsClients"], who["radLiberauxClients"]
    who |= {"isMandataire": True, "isClientUnique": False, **agent}
    who["EtablissementsClients"] = [
        {**establishment, "numérosFINESSGeos": [FINESS[0], FINESS[3]]},
        {**establishment, "numeroFINESSJuridique": FINESS[1], "numérosFINESSGeos": [FINESS[1], FINESS[2]]},
    ]
    radiologist |= {"AM": ["750012345", "750012346", "750012347"], "emailRad": "d@x.fr", "telephoneRad": "0142000002"}
    line["commande"]["regimeTVA"] = "HT"
    proof = {"nomFichier": "RAD-RIS-Va1-HT-00001.pdf", "formatFichier": "PDF", "typeFichier": "PREUVE_HT"}
    line["piecesJustificatives"].insert(0, proof)
    assert json_of(tmp_path, book) == as_written(a_file(line))


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (31162, "31162.00"),
        (31162.0, "31162.00"),
        (0.1 + 0.2, "0.30"),
        (0.01, "0.01"),
        (1234.5, "1234.50"),
        (4.35, "4.35"),
        (1.005e3, "1005.00"),
        (99_999_999.99, "99999999.99"),
        (1e15, "1000000000000000.00"),
        ("31162,00", "31162.00"),
        ("31162.1", "31162.10"),
    ],
)
def test_an_amount_is_a_number_with_two_digits_after_the_point(typed: Any, written: str, tmp_path: Path) -> None:
    book = a_book()
    book["Commande"][0]["montantSegurHT"] = typed
    assert f'"montantSegurHT": {written}\n'.encode() in json_of(tmp_path, book)


@pytest.mark.parametrize(
    "name",
    [
        "ÉTÉ ÇÀ ŒUVRE",
        "L’HÔPITAL « LE LAC »",
        'A "B" \\ C / D',
        "ΑΒΓ 漢字 😀",
        "<&>",
        "NULL",
    ],
)
def test_a_text_stands_as_it_is(name: str, tmp_path: Path) -> None:
    book = a_book()
    book["Etablissements"][0]["nomClient"] = name
    expected = a_line(1)
    expected["beneficiaires"]["EtablissementsClients"][0]["nomClient"] = name
    assert json_of(tmp_path, book) == as_written(a_file(expected))


def test_a_letter_and_its_accent_are_one_character(tmp_path: Path) -> None:
    """As typed on a Mac or elsewhere, the bytes are the same."""
    book = a_book()
    book["Etablissements"][0]["nomClient"] = "E\u0301TE\u0301"
    assert '"nomClient": "ÉTÉ"'.encode() in json_of(tmp_path, book)


def test_the_operators_code_keeps_its_space(tmp_path: Path) -> None:
    book = a_book()
    book["Scénario d'installation"][0]["operateurMessagerie"] = "CH _20"
    assert b'"operateurMessagerie": "CH _20"' in json_of(tmp_path, book)


def test_a_date_has_all_its_zeros(tmp_path: Path) -> None:
    book = a_book()
    book["Commande"][0]["dateCommande"] = date(2021, 1, 2)
    assert b'"dateCommande": "02/01/2021"' in json_of(tmp_path, book)


def test_lines_are_numbered_and_ordered_as_the_requests_are_listed(tmp_path: Path) -> None:
    """In the order of `Entête demande`, whatever that of the other sheets."""
    book = two_requests()
    book["Entête demande"].reverse()
    lines = json.loads(json_of(tmp_path, book))["lignesImport"]
    assert [(line["numLigne"], line["numeroEditeur"]) for line in lines] == [(1, "00002"), (2, "00001")]


def test_the_file_is_utf_8_without_a_mark_and_with_plain_line_ends(tmp_path: Path) -> None:
    content = json_of(tmp_path, two_requests())
    assert content.startswith(b'{\n  "impId": null,\n  "numeroAns": ')
    assert content.endswith(b"\n  ]\n}\n")
    assert b"\r" not in content
    assert b"\\u" not in content
    assert "numérosFINESSGeos".encode() in content


def test_a_large_file_reads_like_a_small_one(tmp_path: Path) -> None:
    lines = json.loads(json_of(tmp_path, many(200)))["lignesImport"]
    assert [line["numLigne"] for line in lines] == list(range(1, 201))
    assert [line["numeroEditeur"] for line in lines] == [f"{number:05}" for number in range(1, 201)]


def test_the_schema_takes_the_file(tmp_path: Path) -> None:
    from converter.spec.json_schema import json_schema

    schema = jsonschema_rs.validator_for(json_schema(converter.load_spec()))
    schema.validate(json.loads(json_of(tmp_path, two_requests())))


@pytest.mark.parametrize("key", ["impId", "numeroAns", "lignesImport"])
def test_the_schema_misses_a_key_that_is_gone(key: str, tmp_path: Path) -> None:
    from converter.spec.json_schema import json_schema

    tree = json.loads(json_of(tmp_path, two_requests()))
    del tree[key]
    assert not jsonschema_rs.validator_for(json_schema(converter.load_spec())).is_valid(tree)

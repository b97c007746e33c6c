"""`xl2json workbook`: how it ends, what it says, and what `check` then says of a deposit made by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from converter import check
from converter.cli.main import main
from tests.books import DEPOSIT, PDF


@dataclass(frozen=True)
class Run:
    """What a run ended with and said."""

    code: Any
    out: str
    err: str


Cli = Callable[..., Run]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("XL2JSON_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("platformdirs.user_log_dir", lambda *_, **__: str(tmp_path / "log"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Cli:
    def run(*arguments: object) -> Run:
        with pytest.raises(SystemExit) as exit_:
            main([str(one) for one in arguments])
        out, err = capfd.readouterr()
        return Run(exit_.value.code, out, err)

    return run


SCENARIO = {
    "isIdRef": False, "isForHospital": False, "operateurMessagerie": "API_35", "isFinalClientSCM": False,
    "isProSanteConnectNeeded": False, "isIdSlave": False, "isDirectToDMP": True, "isPFIToDMP": False,
    "isDirectToMSSPro": True, "isPFIToMSSPro": False, "isDirectToMSSCitoyen": True, "isPFIToMSSCitoyen": False,
}  # fmt: skip
CLIENT = {
    "numeroFINESSJuridique": "750012346", "nomClient": "CLINIQUE", "emailClient": "a@clinique.fr",
    "telephoneClient": "01 42 00 00 01", "numerosFINESSGeos": ["750012346"],
}  # fmt: skip


def a_deposit(**more: Any) -> dict[str, Any]:
    """A deposit as somebody wrote it by hand, sound but for its layout."""
    agent = dict.fromkeys(("nomMandataire", "emailMandataire", "telephoneMandataire"))
    line = {
        "numLigne": 1, "typeAction": "C", "numeroASP": None, "numeroEditeur": "00001",
        "commande": {"dateCommande": "15/11/2021", "regimeTVA": "TTC", "montantSegurHT": 31162},
        "beneficiaires": {
            "isMandataire": False, "isClientUnique": True, **agent, "EtablissementsClients": [CLIENT], "radLiberauxClients": []
        },
        "piecesJustificatives": [{"nomFichier": "RAD-RIS-Va1-BDC-00001.pdf", "formatFichier": "PDF", "typeFichier": "BON_COMMANDE"}],
        "scenarioInstallation": SCENARIO, "codeTraitement": None, "libelleTraitement": None,
    }  # fmt: skip
    return {"impId": None, "numeroAns": "RIS2021001", "SIRET": "73282932000074", "lignesImport": [line | more]}


def written(folder: Path, tree: Any, encoding: str = "utf-8") -> Path:
    path = folder / "main.json"
    path.write_text(json.dumps(tree, ensure_ascii=False), encoding)
    (folder / "RAD-RIS-Va1-BDC-00001.pdf").write_bytes(PDF)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_it_says_how_many_requests_and_where_their_files_are_looked_for(
    encoding: str, cli: Cli, tmp_path: Path
) -> None:
    run = cli("workbook", written(tmp_path, a_deposit(), encoding), "-o", "back.xlsx")
    assert (run.code, run.err) == (0, "")
    assert "back.xlsx (1 demande)" in run.out
    assert run.out.count("\n") == 2
    findings = check("back.xlsx", deposit=DEPOSIT).findings
    assert [(one.rule, one.severity) for one in findings] == [("S3", "info")]


def test_json_is_two_values(cli: Cli, tmp_path: Path) -> None:
    run = cli("workbook", written(tmp_path, a_deposit()), "--out", "new/back.xlsx", "--format", "json")
    assert (run.code, run.err) == (0, "")
    assert json.loads(run.out) == {"workbook": str(Path("new/back.xlsx")), "requests": 1}


def test_quiet_says_nothing(cli: Cli, tmp_path: Path) -> None:
    run = cli("workbook", written(tmp_path, a_deposit(remarque="x")), "-o", "back.xlsx", "-q")
    assert run == Run(0, "", "")


@pytest.mark.parametrize("format_", ["text", "json"])
def test_what_has_no_column_is_told_beside_the_result(format_: str, cli: Cli, tmp_path: Path) -> None:
    run = cli("workbook", written(tmp_path, a_deposit(remarque="x")), "-o", "back.xlsx", "--format", format_)
    assert run.code == 0
    assert "$.lignesImport[0].remarque" in run.err
    assert "remarque" not in run.out


def test_check_names_the_faults_by_cell(cli: Cli, tmp_path: Path) -> None:
    client = CLIENT | {"nomClient": "x" * 50, "emailClient": None, "numerosFINESSGeos": ["75001234"]}
    line = a_deposit()["lignesImport"][0]
    more = {
        "commande": {"dateCommande": "31/11/2021", "regimeTVA": "TVA", "montantSegurHT": 0},
        "beneficiaires": line["beneficiaires"] | {"isMandataire": "peut-être", "EtablissementsClients": [client]},
        "piecesJustificatives": [{"nomFichier": "ailleurs.pdf", "formatFichier": "PDF", "typeFichier": "FACTURE"}],
        "scenarioInstallation": None,
    }
    tree = a_deposit(**more)
    tree["lignesImport"].append(a_deposit()["lignesImport"][0] | {"numLigne": 2})
    tree["SIRET"] = 123
    assert cli("workbook", written(tmp_path, tree), "-o", "back.xlsx").code == 0
    findings = check("back.xlsx", deposit=DEPOSIT).findings
    assert [(one.rule, one.sheet, one.cell, one.demande) for one in findings if one.severity == "error"] == [
        ("F2", "Entête fichier", "B4", None),
        ("X4", "Entête demande", "A4", "00001"),
        ("D1", "Entête demande", "B5", "00001 (2)"),
        ("C1", "Commande", "B4", "00001"),
        ("C3", "Commande", "C4", "00001"),
        ("C4", "Commande", "D4", "00001"),
        ("B1", "Bénéficiaires", "B4", "00001"),
        ("B4", "Etablissements", "C4", "00001"),
        ("B8", "Etablissements", "D4", "00001"),
        ("B9", "Etablissements", "F4", "00001"),
        ("P3", "Pièces justificatives", "B4", "00001"),
        ("P4", "Pièces justificatives", "C4", "00001"),
    ]


def test_the_agencys_answer_keeps_an_accepted_request_from_being_sent_again(cli: Cli, tmp_path: Path) -> None:
    tree = a_deposit(numeroASP="ASP-1", libelleTraitement="Demande acceptée")
    assert cli("workbook", written(tmp_path, tree), "-o", "back.xlsx").code == 0
    outcome = check("back.xlsx", deposit=DEPOSIT)
    assert (outcome.counts.skipped, [one.rule for one in outcome.findings if one.severity != "info"]) == (1, [])


# ------------------------------------------------------------------------------------------------------------- 2 and 3


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["main.json"],
        ["-o", "a.xlsx"],
        ["main.json", "-o", "a.xls"],
        ["main.json", "-o", "a.xlsx", "--format", "xml"],
    ],
)
def test_misuse_is_2(arguments: list[str], cli: Cli, tmp_path: Path) -> None:
    written(tmp_path, a_deposit())
    run = cli("workbook", *arguments)
    assert (run.code, run.out) == (2, "")
    assert not list(tmp_path.glob("*.xls*"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"lignesImport": {}}',
        b'{"lignesImport": [1]}',
        b'{"a": NaN}',
        b"\x00\xff",
        b"[" * 100_000,
    ],
)
@pytest.mark.parametrize("format_", ["text", "json"])
def test_what_is_no_deposit_is_3_in_one_sentence(content: bytes, format_: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "main.json").write_bytes(content)
    run = cli("workbook", "main.json", "-o", "back.xlsx", "--format", format_)
    assert (run.code, run.out, run.err.count("\n")) == (3, "", 1)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["main.json"]


def test_what_cannot_be_read_or_written_is_3(cli: Cli, tmp_path: Path) -> None:
    path = written(tmp_path, a_deposit())
    (tmp_path / "there.xlsx").write_bytes(b"mine")
    assert cli("workbook", "nowhere.json", "-o", "a.xlsx").code == 3
    assert cli("workbook", tmp_path, "-o", "a.xlsx").code == 3
    assert cli("workbook", path, "-o", "there.xlsx").code == 3
    assert cli("workbook", path, "-o", path / "a.xlsx").code == 3
    assert (tmp_path / "there.xlsx").read_bytes() == b"mine"
    assert not (tmp_path / "a.xlsx").exists()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_help_is_in_the_users_language(lang: str, cli: Cli) -> None:
    run = cli("workbook", "--help", "--lang", lang)
    assert run.code == 0
    assert {"fr": "classeur", "en": "workbook"}[lang] in run.out

"""`xl2json verify`: its exit codes, its JSON document, its text."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from converter.cli.main import main
from tests.readback import LINE, deposit


class Run(NamedTuple):
    code: Any
    out: str
    err: str


Cli = Callable[..., Run]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("XL2JSON_LANG", "fr")

    def run(*arguments: object) -> Run:
        with pytest.raises(SystemExit) as exit_:
            main(["verify", *(str(one) for one in arguments)])
        return Run(exit_.value.code, *capfd.readouterr())

    return run


def test_a_sound_deposit(cli: Cli, tmp_path: Path) -> None:
    run = cli(deposit(tmp_path))
    assert (run.code, run.err) == (0, "")
    assert "2 demandes" in run.out
    assert "JSON-RIS2021001-20211130-001.zip" in run.out


def test_without_a_zip_it_says_that_attachments_were_not_looked_at(cli: Cli, tmp_path: Path) -> None:
    path = deposit(tmp_path)
    parcel = path.with_suffix(".zip").rename(tmp_path / "autre.zip")
    assert "Sans zip" in cli(path).out
    assert "autre.zip" in cli(path, parcel).out


def test_a_finding_is_placed_by_line_and_tag(cli: Cli, tmp_path: Path) -> None:
    run = cli(deposit(tmp_path, (f"{LINE}.commande.dateCommande", "5/9/2021"), ("SIRET", "1"), ("impId", "x\x1b[2J")))
    assert run.code == 1
    lines = run.out.splitlines()
    at = lines.index("Ligne 1 (numeroEditeur 00001)")
    assert lines[at + 1].startswith("  commande.dateCommande · C1 · Erreur")
    assert any(line.startswith("  SIRET · F2 · Erreur") for line in lines)
    assert "\x1b" not in run.out


def test_the_document(cli: Cli, tmp_path: Path) -> None:
    path = deposit(tmp_path, (f"{LINE}.commande.dateCommande", "5/9/2021"), name="depot")
    run = cli(path, "--format", "json", "--lang", "en")
    document = json.loads(run.out)
    assert run.code == 1
    assert list(document) == ["input", "spec", "ok", "requests", "files", "totals", "findings"]
    assert document["requests"] == {"read": 2, "written": 0, "held": 1, "skipped": 0}
    assert (document["files"], document["ok"], document["input"]) == ([], False, str(path))
    assert document["totals"] == {"montantSegurHT": "31162.00", "avance": "9348.60"}
    first, second = (one for one in document["findings"] if one["severity"] == "error")
    assert first.pop("message")
    assert second.pop("message")
    assert list(first.items()) == [
        ("rule", "C1"),
        ("severity", "error"),
        ("path", f"$.{LINE}.commande.dateCommande"),
        ("field", "dateCommande"),
        ("demande", "00001"),
        ("value", "5/9/2021"),
    ]
    assert second == {
        "rule": "V2",
        "severity": "error",
        "path": None,
        "field": None,
        "demande": None,
        "value": "depot.json",
    }


def test_quiet_shows_errors_alone(cli: Cli, tmp_path: Path) -> None:
    path = deposit(tmp_path, ("SIRET", "73282932000075"))
    assert "F3" in cli(path).out
    run = cli(path, "-q")
    assert run.code == 0
    assert "F3" not in run.out


def test_what_cannot_be_read_ends_with_3_and_no_document(cli: Cli, tmp_path: Path) -> None:
    run = cli(tmp_path / "gone.json", "--format", "json")
    assert (run.code, run.out) == (3, "")
    assert "gone.json" in run.err


def test_misuse_ends_with_2(cli: Cli) -> None:
    assert cli().code == 2


@pytest.mark.parametrize(("lang", "word"), [("fr", "dépôt"), ("en", "deposit")])
def test_help_is_in_both_languages(lang: str, word: str, cli: Cli) -> None:
    run = cli("--help", "--lang", lang)
    assert run.code == 0
    assert word in run.out
    assert run.out.count("zip") >= 2

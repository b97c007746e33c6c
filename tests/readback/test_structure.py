"""V1: one error for the file, and nothing else is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.readback import GONE, LINE, deposit, found, raw, told


def v1(path: str | None) -> list[tuple[str, str, str | None, None, None]]:
    return [("V1", "error", path, None, None)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("impId", GONE),
        (f"{LINE}.commande.dateCommande", GONE),
        (f"{LINE}.scenarioInstallation", GONE),
        (f"{LINE}.beneficiaires.EtablissementsClients[0].numérosFINESSGeos", GONE),
        (f"{LINE}.signature", ""),
        ("note", None),
        ("lignesImport", {}),
        ("lignesImport", None),
        (LINE, []),
        (LINE, None),
        (f"{LINE}.commande", []),
        (f"{LINE}.commande", None),
        (f"{LINE}.beneficiaires.EtablissementsClients", None),
        (f"{LINE}.beneficiaires.EtablissementsClients[0].numérosFINESSGeos", {}),
        (f"{LINE}.beneficiaires.radLiberauxClients[0].AM", {}),
        (f"{LINE}.beneficiaires.radLiberauxClients[0].nomRad", ["DURAND"]),
        (f"{LINE}.piecesJustificatives[0].nomFichier", {}),
        (f"{LINE}.numLigne", [1]),
        ("SIRET", {"value": 1}),
    ],
)
def test_the_fault_is_told_with_its_path(path: str, value: Any, tmp_path: Path) -> None:
    assert told(deposit(tmp_path, (path, value), ("SIRET", "1") if path != "SIRET" else (path, value))) == v1(
        f"$.{path}"
    )


@pytest.mark.parametrize(
    ("parent", "name", "theirs"),
    [
        (f"{LINE}.beneficiaires.EtablissementsClients[0]", "numérosFINESSGeos", "numerosFINESSGeos"),
        (f"{LINE}", "commande", "Commande"),
        (f"{LINE}.scenarioInstallation", "isIdRef", "isIDRef"),
    ],
)
def test_a_key_spelt_otherwise_is_told_once_with_the_right_name(
    parent: str, name: str, theirs: str, tmp_path: Path
) -> None:
    path = deposit(tmp_path, (f"{parent}.{theirs}", {}), (f"{parent}.{name}", GONE))
    verified = found(path)
    assert told(path) == v1(f"$.{parent}.{theirs}")
    assert name in verified.findings[0].message("en")
    assert (verified.counts.read, verified.exit_code) == (0, 1)


@pytest.mark.parametrize("tree", [[], "text", 1, None, True])
def test_a_file_that_is_no_object(tree: Any, tmp_path: Path) -> None:
    assert told(raw(tmp_path, json.dumps(tree).encode())) == v1("$")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xef\xbb\xbf{}",
        b'{"a": "\xe9"}',
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b"[" * 50_000_000,
        b'{"a":' * 1_000_000,
        b"9" * 10_000,
        b"1E+99999999999999999999",
        b"\x00" * 1000,
        '{"a": 1}'.encode("utf-16"),
    ],
    ids=range(13),
)
def test_a_file_that_is_no_json(content: bytes, tmp_path: Path) -> None:
    assert told(raw(tmp_path, content)) == v1(None)


def test_a_million_keys_of_which_one_comes_twice(tmp_path: Path) -> None:
    keys = ",".join(f'"k{n}":0' for n in range(300_000))
    assert told(raw(tmp_path, f'{{{keys},"k299999":0}}'.encode())) == v1(None)


def test_an_endless_key_is_not_shown_whole(tmp_path: Path) -> None:
    (finding,) = found(raw(tmp_path, b'{"' + b"k" * 5_000_000 + b'": 1}')).findings
    assert len(finding.message("fr")) < 400


def test_empty_objects_by_the_hundred_thousand(tmp_path: Path) -> None:
    lines = ",".join(["{}"] * 100_000)
    content = f'{{"impId": null, "numeroAns": "", "SIRET": "", "lignesImport": [{lines}]}}'
    assert told(raw(tmp_path, content.encode())) == v1("$.lignesImport[0].numLigne")

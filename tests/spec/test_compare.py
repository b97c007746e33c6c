"""A spec held against the model JSON that the portal hands out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from converter import convert, load_spec
from converter.spec.compare import compare
from tests.books import DEPOSIT, a_book, write

SPEC = load_spec()


@pytest.fixture
def model(tmp_path: Path) -> Any:
    outcome = convert(write(tmp_path, a_book()), out=tmp_path / "depot", deposit=DEPOSIT)
    return json.loads(Path(outcome.files[0].json).read_text("utf-8"))


def differences(model: Any) -> list[tuple[str, str, str]]:
    lines = (Path(SPEC.folder) / f"{SPEC.name}.toml").read_text("utf-8").splitlines()
    return [(one.kind, one.path, lines[one.line - 1] if one.line else "") for one in compare(SPEC, model)]


def test_its_own_json_differs_in_nothing(model: Any) -> None:
    assert differences(model) == []


def test_of_a_blank_model_only_what_is_in_its_empty_lists_stays_unknown(model: Any) -> None:
    request = model["lignesImport"][0]
    request["beneficiaires"]["EtablissementsClients"] = []
    request["commande"]["montantSegurHT"] = None
    path = "$.lignesImport[0].beneficiaires.EtablissementsClients"
    assert differences(model) == [("empty", path, "")]


def test_a_container_spelt_otherwise_is_told_with_the_line_to_change(model: Any) -> None:
    request = model["lignesImport"][0]
    model["lignesImport"][0] = {("Commande" if key == "commande" else key): value for key, value in request.items()}
    assert differences(model) == [("spelt", "$.lignesImport[0].Commande", 'name = "commande"')]


def test_an_accent_less_key_is_spelt_otherwise(model: Any) -> None:
    establishment = model["lignesImport"][0]["beneficiaires"]["EtablissementsClients"][0]
    establishment["numerosFINESSGeos"] = establishment.pop("numérosFINESSGeos")
    path = "$.lignesImport[0].beneficiaires.EtablissementsClients[0].numerosFINESSGeos"
    assert differences(model) == [
        ("spelt", path, 'name = "numérosFINESSGeos"             # with its accent, as in §3.2')
    ]


def test_missing_and_extra_keys_are_told(model: Any) -> None:
    del model["lignesImport"][0]["commande"]["regimeTVA"]
    model["lignesImport"][0]["signature"] = ""
    assert [(kind, path) for kind, path, _ in differences(model)] == [
        ("missing", "$.lignesImport[0].commande.regimeTVA"),
        ("extra", "$.lignesImport[0].signature"),
    ]


def test_another_order_is_told_once(model: Any) -> None:
    model["lignesImport"][0]["commande"] = dict(reversed(model["lignesImport"][0]["commande"].items()))
    assert differences(model) == [("order", "$.lignesImport[0].commande", 'name = "dateCommande"')]


@pytest.mark.parametrize("value", [[], {}])
def test_a_list_for_a_value_is_told(model: Any, value: Any) -> None:
    model["SIRET"] = value
    assert differences(model) == [("shape", "$.SIRET", 'name = "SIRET"')]


@pytest.mark.parametrize("model_", [[], "text", None])
def test_a_model_that_is_no_object_is_told(model_: Any) -> None:
    assert [kind for kind, _, _ in differences(model_)] == ["shape"]

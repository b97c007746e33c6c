"""V2: the file's name; the day in it is the deposit's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.readback import LINE, STEM, deposit, told


@pytest.mark.parametrize(
    "name",
    [
        "depot",
        "json-RIS2021001-20211130-001",
        "JSON-RIS2021002-20211130-001",
        "JSON-RIS2021001-20211130-1",
        "JSON-RIS2021001-20211130-000",
        "JSON-RIS2021001-20211130-1000",
        "JSON-RIS2021001-2021113-001",
        "JSON-RIS2021001-20210231-001",
        "JSON-RIS2021001-30112021-001",
        f"{STEM} (1)",
    ],
)
def test_a_name_that_the_portal_does_not_take(name: str, tmp_path: Path) -> None:
    path = deposit(tmp_path, name=name)
    assert [one for one in told(path) if one[1] == "error"] == [("V2", "error", None, None, f"{name}.json")]


@pytest.mark.parametrize("number", ["001", "999", "042"])
def test_a_name_that_it_takes(number: str, tmp_path: Path) -> None:
    assert told(deposit(tmp_path, name=f"JSON-RIS2021001-20211130-{number}")) == []


def test_while_the_software_is_in_doubt_any_will_do(tmp_path: Path) -> None:
    path = deposit(tmp_path, ("numeroAns", "RIS"), name="JSON-ANYTHING-20211130-001")
    assert told(path) == [("F1", "error", "$.numeroAns", None, "RIS")]


def test_the_deposit_is_on_the_day_in_the_name(tmp_path: Path) -> None:
    path = deposit(tmp_path, name="JSON-RIS2021001-20211114-001")
    assert [one[:3] for one in told(path)] == [
        ("C2", "warning", f"$.{LINE}.commande.dateCommande"),
        ("C2", "warning", "$.lignesImport[1].commande.dateCommande"),
    ]

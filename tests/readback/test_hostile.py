"""Sizes, bombs and odd bytes: a finding or a sentence, in bounded memory, never a traceback."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from converter.errors import Xl2JsonError
from converter.jobs import verify as job
from tests.readback import LINE, deposit, found, told


@pytest.mark.parametrize("name", ["gone.json", ".", "nul\x00.json", "a" * 300])
def test_a_file_that_cannot_be_read_stops_the_run(name: str, tmp_path: Path) -> None:
    with pytest.raises(Xl2JsonError) as stopped:
        told(tmp_path / name)
    assert stopped.value.exit_code == 3


def test_a_file_far_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(job.MOST_BYTES + 1)
    with pytest.raises(Xl2JsonError):
        told(path)


def test_very_many_lines_are_told_once(tmp_path: Path) -> None:
    path = deposit(tmp_path, parcel=False)
    tree = json.loads(path.read_text("utf-8"))
    tree["lignesImport"] = tree["lignesImport"][:1] * 10_001
    path.write_text(json.dumps(tree), "utf-8")
    verified = found(path)
    assert [(one.rule, one.path, one.value) for one in verified.findings] == [("V5", None, "10001")]
    assert (verified.counts.read, verified.counts.held, verified.complete) == (10_001, 10_001, False)


@pytest.mark.parametrize(
    "value", ["\x00", "\x1b[2J", "A" * 1_000_000, "é" * 5000, "’;--", "%s{0}{value}", 10**400, "٣" * 9, "１" * 9]
)
@pytest.mark.parametrize(
    "tag",
    [
        "beneficiaires.EtablissementsClients[0].numeroFINESSJuridique",
        "scenarioInstallation.operateurMessagerie",
        "numeroEditeur",
        "commande.dateCommande",
        "piecesJustificatives[0].nomFichier",
    ],
)
def test_odd_values_are_errors_that_can_be_shown(tag: str, value: object, tmp_path: Path) -> None:
    verified = found(deposit(tmp_path, (f"{LINE}.{tag}", value)))
    assert not verified.ok
    for lang in ("fr", "en"):
        assert all(len(one["message"]) < 5000 for one in verified.as_dict(lang)["findings"])


def test_any_bytes_changed_give_findings_and_no_exception(tmp_path: Path) -> None:
    path = deposit(tmp_path)
    content, packed = path.read_bytes(), path.with_suffix(".zip").read_bytes()
    chance = random.Random(7)  # noqa: S311
    for _ in range(150):
        damaged, parcel = bytearray(content), bytearray(packed)
        for target in (damaged, parcel):
            for _ in range(chance.randint(0, 3)):
                target[chance.randrange(len(target))] = chance.randrange(256)
        path.write_bytes(damaged)
        path.with_suffix(".zip").write_bytes(parcel[: chance.choice([None, None, 500])])
        for finding in found(path).findings:
            assert finding.message("fr")
            assert finding.message("en")


def test_it_never_needs_pandas(tmp_path: Path) -> None:
    code = "import sys\nfrom converter.cli.main import main\ntry:\n main()\nexcept SystemExit as end:\n print('pandas' in sys.modules, end.code)"
    words = [sys.executable, "-c", code, "verify", str(deposit(tmp_path)), "-q"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False 0"

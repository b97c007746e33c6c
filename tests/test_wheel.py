"""The wheel, installed outside the checkout, does what the checkout does."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BUILD = "import sys, hatchling.build; print(hatchling.build.build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return folder / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site), "XL2JSON_LANG": "en"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_it_carries_its_data_and_nothing_of_the_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "converter/py.typed",
        "converter/_templates/text/portal.fr.txt.j2",
        "converter/specs/rad-ris-va1-avance.toml",
        "converter/specs/lists/operateurs.csv",
        "converter/specs/example/bon_de_commande.pdf",
        "converter/wording/fr/conversion.toml",
    } <= names
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"converter"}


def test_it_runs_from_another_folder(site: Path, tmp_path: Path) -> None:
    where = run(site, tmp_path, "-c", "import converter; print(converter.__file__)")
    assert Path(where.stdout.strip()).is_relative_to(site)
    made = run(site, tmp_path, "-m", "converter", "template", "radio.xlsx", "--example")
    assert made.returncode == 0, made.stderr
    done = run(site, tmp_path, "-m", "converter", "radio.xlsx", "--date", "2021-11-30")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "depot" / "JSON-RIS2021001-20211130-001.json").is_file()
    assert "JSON-RIS2021001-20211130-001.zip" in done.stdout.rpartition("portal")[2]

"""The samples' README is true: its commands print and write what `expected/` holds, to the byte."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

from converter import check, load_spec
from converter.spec.json_schema import json_schema
from tests.books import DEPOSIT

SAMPLES = Path(__file__).parent.parent / "sample_workbooks"
CASES = re.findall(r"\$ cd sample_workbooks/(\w+)\n\$ xl2json (.*)\n", (SAMPLES / "README.md").read_text("utf-8"))


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_sample_is_in_the_readme() -> None:
    assert sorted(folder.name for folder in SAMPLES.iterdir() if folder.is_dir()) == sorted(name for name, _ in CASES)


@pytest.mark.parametrize(("name", "command"), CASES)
def test_its_command_prints_and_writes_what_is_expected(name: str, command: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(SAMPLES / name, folder, ignore=shutil.ignore_patterns("expected"))
    words = [sys.executable, "-m", "converter", *command.split()]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, check=False)
    assert done.stderr == b""
    assert done.stdout.decode() == (SAMPLES / name / "expected" / "output.txt").read_text("utf-8")
    assert tree(folder / "depot") == tree(SAMPLES / name / "expected" / "depot")


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/expected/depot/*.json")), ids=lambda path: path.parts[-4])
def test_its_json_fits_the_schema(path: Path) -> None:
    jsonschema_rs.Draft202012Validator(json_schema(load_spec())).validate(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/expected/depot/*.zip")), ids=lambda path: path.parts[-4])
def test_its_zip_opens_with_a_program_that_is_not_ours(path: Path) -> None:
    assert subprocess.run(["unzip", "-tqq", str(path)], capture_output=True, check=False).returncode == 0


def test_the_faulty_workbook_shows_twenty_rules() -> None:
    outcome = check(SAMPLES / "fautes" / "fautes.xlsx", deposit=DEPOSIT)
    assert len({finding.rule for finding in outcome.findings}) >= 20
    assert {lang: None for lang in ("fr", "en") for one in outcome.findings if "{" in one.message(lang)} == {}

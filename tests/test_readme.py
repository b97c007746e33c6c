"""The README names nothing that is not there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
LISEZMOI = (ROOT / "LISEZMOI.md").read_text("utf-8")
BOTH = README + LISEZMOI


def help_of(*command: str) -> str:
    words = [sys.executable, "-m", "converter", *command, "--help"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_every_option_it_names_exists() -> None:
    commands = [
        ("mail", "read"),
        ("mail", "draft"),
        ("convert",),
        ("template",),
        (),
        ("feedback",),
        ("ledger", "export"),
        ("fix",),
        ("import",),
        ("batch",),
    ]
    known = set(re.findall(r"--[a-z-]+", "".join(help_of(*command) for command in commands)))
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", BOTH)) - known == set()


def test_every_option_of_convert_is_named() -> None:
    own = set(re.findall(r"--[a-z-]+", help_of("convert"))) - {"--help"}
    named = set(re.findall(r"--[a-z][a-z-]+", README)) | {"--attachments", "--quiet"}
    assert own - named == set()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", BOTH))))
def test_every_link_leads_somewhere(target: str) -> None:
    assert target.startswith("https://www.python.org") or (ROOT / target).exists()


@pytest.mark.parametrize("text", [README, LISEZMOI], ids=["README", "LISEZMOI"])
def test_what_a_finding_looks_like_is_what_the_faulty_sample_says(text: str) -> None:
    shown = re.findall(r"```text\n(Demande .*?)```", text, re.S)
    printed = (ROOT / "sample_workbooks" / "fautes" / "expected" / "output.txt").read_text("utf-8")
    said = [" ".join(line.split()) for line in printed.splitlines()]
    assert shown
    for line in re.sub(r"\n {6}", " ", shown[0]).splitlines():
        assert " ".join(line.split()) in said


def test_every_command_of_both_readmes_exists() -> None:
    known = set(re.findall(r"^  ([a-z]+) ", help_of(), re.M))
    named = set(re.findall(r"^xl2json ([a-z]+) ", BOTH, re.M)) | set(re.findall(r"`xl2json ([a-z]+)[ `]", BOTH))
    assert named <= known


def test_a_newcomer_can_follow_it(tmp_path: Path) -> None:
    """The example of the README: template, convert, check again."""

    def run(*words: str) -> int:
        command = [sys.executable, "-m", "converter", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert run("template", "exemple.xlsx", "--example") == 0
    assert run("exemple.xlsx", "--date", "2021-11-30") == 0
    assert run("check", "exemple.xlsx", "--date", "2021-11-30") == 0
    assert run("template", "exemple.xlsx") == 3


@pytest.mark.parametrize("text", [README, LISEZMOI], ids=["README", "LISEZMOI"])
def test_the_sample_export_goes_the_whole_way(text: str, tmp_path: Path) -> None:
    """The commands of "From an order export", one by one."""
    folder = tmp_path / "export"
    shutil.copytree(ROOT / "sample_workbooks" / "export", folder)
    section = text.partition("cd sample_workbooks/export\n")[2].partition("```")[0]
    lines = [line.partition("#")[0].split()[1:] for line in re.findall(r"^xl2json .*$", section, re.M)]
    assert [words[0] for words in lines] == ["import", "import", "check"]
    for words in lines:
        command = [sys.executable, "-m", "converter", *words]
        assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def test_the_sample_month_goes_the_whole_way(tmp_path: Path) -> None:
    """The README's "After the deposit", command by command, from first conversion to all accepted."""
    section = README.partition("## After the deposit")[2].partition("\n## ")[0]
    folder = tmp_path / "mois"
    shutil.copytree(ROOT / "sample_workbooks" / "mois", folder)
    environment = {**os.environ, "XL2JSON_LEDGER": "essai.sqlite", "PYTHONIOENCODING": "utf-8"}

    def run(line: str) -> tuple[int, str]:
        words = [sys.executable, "-m", "converter", *line.partition("#")[0].split()[1:]]
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    first, answer, second, last, listing, story, export = re.findall(r"^xl2json .*$", section, re.M)
    assert run(first)[0] == 0
    assert run(answer)[0] == 1
    copy = openpyxl.load_workbook(folder / "a_corriger" / "novembre_2021.xlsx")
    book = openpyxl.load_workbook(folder / "novembre_2021.xlsx")
    for sheet, cell, value in re.findall(r"`(\w+)!(\w+)` should be ([0-9/]+[0-9])", section):
        assert copy[sheet][cell].comment is not None
        book[sheet][cell] = value
    book.save(folder / "novembre_2021.xlsx")
    assert run(second)[0] == 0
    assert run(last)[0] == 0
    states = [entry["state"] for entry in json.loads(run(f"{listing.partition('#')[0]} --format json")[1])["entries"]]
    assert sorted(states) == ["accepted"] * 12 + ["replaced"] * 2
    assert run(story)[0] == 0
    assert run(export)[0] == 0

"""The README names nothing that is not there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def help_of(*command: str) -> str:
    words = [sys.executable, "-m", "converter", *command, "--help"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_every_option_it_names_exists() -> None:
    known = set(re.findall(r"--[a-z-]+", help_of("convert") + help_of("template") + help_of()))
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) - known == set()


def test_every_option_of_convert_is_named() -> None:
    own = set(re.findall(r"--[a-z-]+", help_of("convert"))) - {"--help"}
    named = set(re.findall(r"--[a-z][a-z-]+", README)) | {"--attachments", "--quiet"}
    assert own - named == set()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_a_newcomer_can_follow_it(tmp_path: Path) -> None:
    """The example of the README: template, convert, check again."""

    def run(*words: str) -> int:
        command = [sys.executable, "-m", "converter", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert run("template", "exemple.xlsx", "--example") == 0
    assert run("exemple.xlsx", "--date", "2021-11-30") == 0
    assert run("check", "exemple.xlsx", "--date", "2021-11-30") == 0
    assert run("template", "exemple.xlsx") == 3

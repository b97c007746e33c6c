"""`--report FILE.html`: where the page goes, and that nothing else is lost over it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from converter.report.page import MARK
from tests.books import a_book, write
from tests.parcel import tree

DATE = ("--date", "2021-11-30", "--no-ledger")


def xl2json(folder: Path, *words: str) -> tuple[int, str, str]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "XL2JSON_LANG": "fr"}
    command = [sys.executable, "-m", "converter", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, a_book())
    return tmp_path


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    book = a_book()
    book["Commande"][0]["montantSegurHT"] = "?"
    write(tmp_path, book)
    return tmp_path


def test_a_check_writes_the_page_and_nothing_else(folder: Path) -> None:
    before = set(tree(folder))
    code, out, err = xl2json(folder, "check", "orders.xlsx", *DATE, "--report", "new/r.html")
    assert (code, err, set(tree(folder)) - before) == (0, "", {"new", "new/r.html"})
    assert "r.html" in out


@pytest.mark.parametrize("command", ["check", "convert"])
def test_the_page_is_written_where_there_are_errors_too(command: str, faulty: Path) -> None:
    code, _, _ = xl2json(faulty, command, "orders.xlsx", *DATE, "--report", "r.html")
    assert code == 1
    assert 'data-rule="C4"' in (faulty / "r.html").read_text("utf-8")


def test_an_earlier_page_is_overwritten(faulty: Path) -> None:
    (faulty / "r.html").write_text(f"<!doctype html>\n{MARK}\nold", "utf-8")
    assert xl2json(faulty, "check", "orders.xlsx", *DATE, "--report", "r.html")[0] == 1
    assert 'data-rule="C4"' in (faulty / "r.html").read_text("utf-8")


@pytest.mark.parametrize("name", ["mine.html", "orders.xlsx", "."])
def test_anything_else_stays_and_nothing_is_written(name: str, folder: Path) -> None:
    (folder / "mine.html").write_text("<p>mine", "utf-8")
    before = tree(folder)
    code, out, err = xl2json(folder, "orders.xlsx", *DATE, "--report", name)
    assert (code, out, tree(folder)) == (3, "", before)
    assert name in err


@pytest.mark.parametrize("form", ["text", "json"])
def test_where_the_page_cannot_be_written_the_deposit_is_there(form: str, folder: Path) -> None:
    (folder / "a_file").write_bytes(b"")
    code, out, err = xl2json(folder, "orders.xlsx", *DATE, "--format", form, "--report", "a_file/r.html")
    assert code == 3
    assert "a_file" in err
    assert (folder / "depot" / "JSON-RIS2021001-20211130-001.json").exists()
    assert (out == "") is (form == "json")
    assert list(folder.rglob(".*")) == []


def test_a_program_gets_its_document_and_no_word_more(folder: Path) -> None:
    code, out, err = xl2json(folder, "orders.xlsx", *DATE, "--format", "json", "--report", "r.html")
    assert (code, err, json.loads(out)["ok"], (folder / "r.html").exists()) == (0, "", True, True)


def test_verify_and_feedback_write_one_too(folder: Path) -> None:
    xl2json(folder, "orders.xlsx", *DATE, "-q")
    path = folder / "depot" / "JSON-RIS2021001-20211130-001.json"
    assert xl2json(folder, "verify", str(path), "--report", "v.html")[0] == 0
    answer = json.loads(path.read_text("utf-8"))
    answer["lignesImport"][0] |= {"numeroASP": None, "libelleTraitement": "Date de commande absente"}
    (folder / "answer.json").write_text(json.dumps(answer), "utf-8")
    ledger = ("--ledger", str(folder / "l.sqlite"))
    assert xl2json(folder, "feedback", "answer.json", *ledger, "--report", "f.html")[0] == 1
    assert "Date de commande absente" in (folder / "f.html").read_text("utf-8")
    assert MARK in (folder / "v.html").read_text("utf-8")

"""`xl2json batch` as it is typed: text, JSON, exit codes, what is written beside, Ctrl-C, a folder that is watched."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

from tests.batch.test_batch import at_fault, book, lines, numbers, order, whom
from tests.ledger.office import FIRST

DATE = ("--date", "2021-11-30")


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("XL2JSON_") and "POSTGRES" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def typed(*arguments: object, lang: str = "en") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "converter", "batch", *map(str, arguments), "--lang", lang]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_folder_becomes_one_deposit(tmp_path: Path, lang: str) -> None:
    book(tmp_path / "in", "a.xlsx", order(1))
    book(tmp_path / "in", "b.xlsx", order(2))
    run = typed("in", *DATE, lang=lang)
    assert (run.returncode, run.stderr) == (0, "")
    assert numbers(tmp_path, FIRST) == ["00001", "00002"]
    assert all(name in run.stdout for name in ("a.xlsx", "b.xlsx", f"{FIRST}.json", "feedback"))


def test_a_bad_input_makes_exit_1_and_is_named_with_its_cell(tmp_path: Path) -> None:
    book(tmp_path / "in", "a.xlsx", order(1))
    book(tmp_path / "in", "b.xlsx", at_fault(order(2)))
    run = typed("in", *DATE, "--quiet")
    assert run.returncode == 1
    assert all(part in run.stdout for part in ("b.xlsx", "Commande!C2", "C3", f"{FIRST}.json"))
    assert lines(tmp_path, FIRST) == whom(1)


def test_the_document_is_one_json(tmp_path: Path) -> None:
    book(tmp_path / "in", "a.xlsx", order(1))
    run = typed("in", *DATE, "--format", "json", "-j", "1", "--no-ledger")
    document = json.loads(run.stdout)
    assert document["ok"]
    assert [Path(one["json"]).stem for one in document["files"]] == [FIRST]
    assert [one["input"] for one in document["inputs"]] == [str(Path("in/a.xlsx"))]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("in", "--watch", "in"),
        ("in", "-j", "0"),
        ("in", "--jobs", "many"),
        ("in", "--first-number", "3"),
        ("in", "--date", "30/11/2021"),
        ("in", "--attachments", "nowhere"),
        ("--watch", "nowhere"),
        ("--watch", "in", "--no-ledger"),
        ("--watch", "in", "--dry-run"),
        ("in", "--annotate", "copy.txt"),
    ],
)
def test_what_makes_no_sense_is_misuse(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    book(tmp_path / "in", "a.xlsx", order(1))
    run = typed(*arguments, "--format", "json")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("xl2json: ")
    assert "Traceback" not in run.stderr


def test_a_folder_without_inputs_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    run = typed("in", "--format", "json")
    assert (run.returncode, run.stdout) == (3, "")


def test_without_a_ledger_numbers_go_on_from_where_one_says(tmp_path: Path) -> None:
    book(tmp_path / "in", "a.xlsx", order(1))
    assert typed("in", *DATE, "--no-ledger", "--first-number", "41").returncode == 0
    assert numbers(tmp_path, FIRST) == ["00041"]


def test_the_page_names_every_input(tmp_path: Path) -> None:
    book(tmp_path / "in", "bureau.xlsx", order(1))
    book(tmp_path / "in", "export.xlsx", at_fault(order(2)))
    (tmp_path / "in" / "abime.xlsx").write_bytes(b"nothing")
    run = typed("in", *DATE, "--report", "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert run.returncode == 1
    assert all(name in page for name in ("bureau.xlsx", "export.xlsx · Commande", "abime.xlsx"))


def test_each_faulty_workbook_gets_its_annotated_copy(tmp_path: Path) -> None:
    book(tmp_path / "in", "a.xlsx", order(1, "00001"))
    book(tmp_path / "in", "b.xlsx", at_fault(order(2, "00002")))
    run = typed("in", *DATE, "--annotate", "copies/marked.xlsx", "--no-ledger")
    assert run.returncode == 1
    assert [one.name for one in (tmp_path / "copies").iterdir()] == ["marked-b.xlsx"]
    marked = openpyxl.load_workbook(tmp_path / "copies" / "marked-b.xlsx")["Commande"]["C2"]
    assert marked.comment is not None


def test_copies_of_workbooks_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    book(tmp_path / "nord", "a.xlsx", at_fault(order(1)))
    book(tmp_path / "sud", "a.xlsx", at_fault(order(2)))
    typed("nord", "sud", *DATE, "--annotate", "marked.xlsx")
    assert {one.name for one in tmp_path.glob("*.xlsx")} == {"marked-a.xlsx", "marked-a-2.xlsx"}


def test_where_the_time_goes_is_told_on_the_standard_error(tmp_path: Path) -> None:
    book(tmp_path / "in", "a.xlsx", order(1))
    run = typed("in", *DATE, "--profile", "--format", "json")
    assert json.loads(run.stdout)["ok"]
    assert " s " in run.stderr
    assert run.stderr.count("%") >= 4


def test_ctrl_c_leaves_nothing_half_made(tmp_path: Path) -> None:
    """While the inputs are being read: exit 130, no deposit, no process that goes on."""
    for n in range(60):
        book(tmp_path / "in", f"{n:02}.xlsx", order(n % 29 + 1, key=f"CMD-{n}"))
    command = [sys.executable, "-c", HEEDED, "batch", "in", *DATE, "-j", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    until = time.monotonic() + 30
    while _children(process.pid) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err
    assert not (tmp_path / "depot").exists()


HEEDED = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored
from converter.cli.main import main
if __name__ == "__main__":
    main()
"""


def _children(pid: int) -> int:
    """How many processes of its group there are beside it."""
    groups = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            groups.append(path.read_text().rpartition(")")[2].split()[2])
        except OSError:  # it has ended meanwhile
            continue
    return groups.count(str(pid)) - 1


def test_a_watched_folder_is_worked_through_until_it_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    command = [sys.executable, "-c", HEEDED, "batch", "--watch", "in", *DATE, "--lang", "en"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    book(tmp_path / "in", "a.xlsx", order(1))
    until = time.monotonic() + 60
    while not (tmp_path / "in" / "traités" / "a.xlsx").exists() and time.monotonic() < until:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"{FIRST}.json".encode() in out
    assert numbers(tmp_path, FIRST) == ["00001"]


def test_the_settings_beside_the_first_input_hold(tmp_path: Path) -> None:
    book(tmp_path / "in", "a.xlsx", order(1))
    (tmp_path / "in" / "xl2json.toml").write_text('out = "ready"\nledger = "ours.sqlite"\n')
    assert typed("in", *DATE).returncode == 0
    assert (tmp_path / "in" / "ready" / f"{FIRST}.json").exists()
    assert (tmp_path / "in" / "ours.sqlite").exists()

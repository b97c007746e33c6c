"""How each run ends (contract §4): 0 done, 1 the data has errors, 2 misuse, 3 cannot go on, 4 a bug, 130 Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import converter
from converter.cli.main import main
from tests.books import Book, a_book, a_request, many, write

ROOT = Path(__file__).resolve().parents[2]
DATE = ("--date", "2021-11-30")


@dataclass(frozen=True)
class Run:
    """What a run ended with and said."""

    code: Any
    out: str
    err: str


Cli = Callable[..., Run]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a folder of its own to work in and to log to, and none of this machine's settings."""
    for name in [name for name in os.environ if name.startswith("XL2JSON_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("platformdirs.user_log_dir", lambda *_, **__: str(tmp_path / "log"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Cli:
    """`xl2json`, in this process."""

    def run(*arguments: object) -> Run:
        with pytest.raises(SystemExit) as exit_:
            main([str(one) for one in arguments])
        out, err = capfd.readouterr()
        return Run(exit_.value.code, out, err)

    return run


def with_a_warning() -> Book:
    book = a_book()
    book["Bénéficiaires"][0]["isMandataire"] = "Oui"
    return book


def with_an_error() -> Book:
    """Two requests, the second of which is at fault."""
    book = a_book(a_request("CMD-1"), a_request("CMD-2", "00002", "330001231"))
    book["Commande"][1]["regimeTVA"] = "TVA"
    return book


def assert_one_sentence(run: Run) -> None:
    """On the standard error, and nothing on the standard output."""
    assert run.out == ""
    assert run.err.startswith("xl2json: ")
    assert run.err.count("\n") == 1
    assert run.err.endswith("\n")
    assert "Traceback" not in run.err


# --------------------------------------------------------------------------------------------------------------- 0 and 1


@pytest.mark.parametrize("command", [["check"], ["convert"], [], ["-n"], ["convert", "--no-loose", "--no-ledger"]])
@pytest.mark.parametrize("format_", ["text", "json"])
@pytest.mark.parametrize("book", [a_book, with_a_warning])
def test_a_run_that_is_done_is_0_warnings_or_not(
    book: Callable[[], Book], format_: str, command: list[str], cli: Cli, tmp_path: Path
) -> None:
    run = cli(*command, write(tmp_path, book()), *DATE, "--format", format_)
    assert (run.code, run.err) == (0, "")
    assert run.out


@pytest.mark.parametrize("command", [["check"], ["convert"], [], ["-n"], ["check", "--partial"], ["check", "--strict"]])
@pytest.mark.parametrize("format_", ["text", "json"])
def test_errors_of_the_data_are_1_and_nothing_is_written(
    format_: str, command: list[str], cli: Cli, tmp_path: Path
) -> None:
    run = cli(*command, write(tmp_path, with_an_error()), *DATE, "--format", format_)
    assert (run.code, run.err) == (1, "")
    assert run.out
    assert not (tmp_path / "depot").exists()


def test_partial_is_1_although_the_sound_requests_are_written(cli: Cli, tmp_path: Path) -> None:
    assert cli(write(tmp_path, with_an_error()), *DATE, "--partial").code == 1
    assert [path.name for path in (tmp_path / "depot").glob("*.json")] == ["JSON-RIS2021001-20211130-001.json"]


def test_partial_is_0_where_all_are_sound(cli: Cli, tmp_path: Path) -> None:
    assert cli(write(tmp_path, a_book()), *DATE, "--partial").code == 0


@pytest.mark.parametrize("command", ["check", "convert"])
def test_strict_makes_a_warning_1_and_nothing_is_written(command: str, cli: Cli, tmp_path: Path) -> None:
    assert cli(command, write(tmp_path, with_a_warning()), *DATE, "--strict").code == 1
    assert not (tmp_path / "depot").exists()


def test_a_workbook_without_its_sheets_is_1(cli: Cli, tmp_path: Path) -> None:
    """What is missing is a finding of the workbook, not the end of the run."""
    assert cli("check", write(tmp_path, {"Feuil1": [{"a": 1}]})).code == 1


# --------------------------------------------------------------------------------------------------------------------- 2

MISUSES = [
    ["--no-such-option"],
    ["--partail"],
    ["--date"],
    ["--date", ""],
    ["--date", "30/11/2021"],
    ["--date", "2021-11-31"],
    ["--date", "2021-13-01"],
    ["--date", "20211130"],
    ["--date", "2021-W48-2"],
    ["--date", "2021-11-30T00:00"],
    ["--date", " 2021-11-30"],
    ["--date", "２０２１-11-30"],
    ["--date", "0000-01-01"],
    ["--first-number", "0"],
    ["--first-number", "-1"],
    ["--first-number", "1.5"],
    ["--first-number", "one"],
    ["--first-number", "100000"],
    ["--first-number", "²"],
    ["--first-number", "1_0"],
    ["--file-number", "0"],
    ["--file-number", "1000"],
    ["--file-number", "x"],
    ["--format", "xml"],
    ["--format", "JSON"],
    ["--format", ""],
    ["--lang", "de"],
    ["--lang"],
    ["--spec", "no-such-spec"],
    ["--spec", "no-such-file.toml"],
    ["another.xlsx"],
]


@pytest.mark.parametrize("wrong", MISUSES, ids=" ".join)
def test_a_call_that_makes_no_sense_is_2_and_nothing_is_written(wrong: list[str], cli: Cli, tmp_path: Path) -> None:
    run = cli(write(tmp_path, a_book()), *wrong)
    assert run.code == 2
    assert_one_sentence(run)
    assert not (tmp_path / "depot").exists()


@pytest.mark.parametrize("wrong", MISUSES[::5], ids=" ".join)
def test_what_makes_no_sense_for_a_conversion_makes_none_for_a_check(
    wrong: list[str], cli: Cli, tmp_path: Path
) -> None:
    run = cli("check", write(tmp_path, a_book()), *wrong)
    assert run.code == 2
    assert_one_sentence(run)


@pytest.mark.parametrize(
    "arguments", [["check"], ["convert"], ["--partial"], ["template"], ["specs", "compare"], ["specs", "x"]]
)
def test_a_command_without_what_it_needs_is_2(arguments: list[str], cli: Cli) -> None:
    run = cli(*arguments)
    assert run.code == 2
    assert run.out == ""
    assert run.err


def test_misuse_leaves_the_standard_output_empty_in_json_too(cli: Cli, tmp_path: Path) -> None:
    run = cli(write(tmp_path, a_book()), "--format", "json", "--date", "tomorrow")
    assert run.code == 2
    assert_one_sentence(run)


# --------------------------------------------------------------------------------------------------------------------- 3


def no_workbook(folder: Path) -> list[object]:
    return [folder / "nowhere.xlsx"]


def other_output_there(folder: Path) -> list[object]:
    (folder / "depot").mkdir()
    (folder / "depot" / "JSON-RIS2021001-20211130-001.json").write_text("{}")
    return [write(folder, a_book()), "--no-ledger"]


def no_number_left(folder: Path) -> list[object]:
    return [write(folder, many(2)), "--no-ledger", "--first-number", "99999"]


def no_file_number_left(folder: Path) -> list[object]:
    return [write(folder, many(201)), "--no-ledger", "--file-number", "999"]


def a_file_for_out(folder: Path) -> list[object]:
    (folder / "depot").write_bytes(b"")
    return [write(folder, a_book())]


def settings_that_are_no_toml(folder: Path) -> list[object]:
    (folder / "xl2json.toml").write_text("numeroAns = RIS")
    return [write(folder, a_book())]


def settings_in_no_alphabet(folder: Path) -> list[object]:
    (folder / "xl2json.toml").write_bytes(b'out = "d\xe9pot"')
    return [write(folder, a_book())]


def settings_with_an_unknown_key(folder: Path) -> list[object]:
    (folder / "xl2json.toml").write_text('siret = "73282932000074"')
    return [write(folder, a_book())]


def settings_of_another_kind(folder: Path) -> list[object]:
    (folder / "xl2json.toml").write_text("SIRET = 73282932000074")
    return [write(folder, a_book())]


STOPS = [
    no_workbook,
    other_output_there,
    no_number_left,
    no_file_number_left,
    a_file_for_out,
    settings_that_are_no_toml,
    settings_in_no_alphabet,
    settings_with_an_unknown_key,
    settings_of_another_kind,
]


@pytest.mark.parametrize("format_", ["text", "json"])
@pytest.mark.parametrize("made", STOPS)
def test_a_run_that_cannot_go_on_is_3_and_says_why_in_one_sentence(
    made: Callable[[Path], list[object]], format_: str, cli: Cli, tmp_path: Path
) -> None:
    run = cli(*made(tmp_path), *DATE, "--format", format_)
    assert run.code == 3
    assert_one_sentence(run)


def test_with_replace_other_output_gives_way(cli: Cli, tmp_path: Path) -> None:
    assert cli(*other_output_there(tmp_path), *DATE, "--replace").code == 0


def test_too_little_memory_is_3(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("converter.jobs.convert.check", raising(MemoryError()))
    run = cli("check", write(tmp_path, a_book()))
    assert run.code == 3
    assert_one_sentence(run)


# --------------------------------------------------------------------------------------------------------------------- 4


def raising(error: BaseException) -> Callable[..., Any]:
    def job(*_: Any, **__: Any) -> Any:
        raise error

    return job


@pytest.mark.parametrize("error", [ZeroDivisionError("secret cause"), KeyError("x"), OSError(5, "odd"), SystemError()])
@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_bug_is_4_and_its_traceback_is_in_the_log_alone(
    format_: str, error: Exception, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("converter.jobs.convert.check", raising(error))
    run = cli("check", write(tmp_path, a_book()), "--format", format_)
    assert run.code == 4
    assert_one_sentence(run)
    (log,) = (tmp_path / "log").iterdir()
    assert str(log) in run.err
    text = log.read_text("utf-8")
    assert "Traceback" in text
    assert type(error).__name__ in text
    assert converter.__version__ in text


def test_a_second_bug_does_not_efface_the_first(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, a_book())
    for error in (ZeroDivisionError("first"), ZeroDivisionError("second")):
        monkeypatch.setattr("converter.jobs.convert.check", raising(error))
        assert cli("check", path).code == 4
    text = "".join(log.read_text("utf-8") for log in (tmp_path / "log").iterdir())
    assert "first" in text
    assert "second" in text


def test_a_bug_that_cannot_be_logged_is_still_4(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log").write_bytes(b"")
    monkeypatch.setattr("converter.jobs.convert.check", raising(ZeroDivisionError()))
    run = cli("check", write(tmp_path, a_book()))
    assert (run.code, run.out) == (4, "")
    assert "xl2json: " in run.err


# ------------------------------------------------------------------------------------------------------------------- 130

INTERRUPTED = """
import os, signal, sys
from converter.cli.main import main

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored
link = os.link

def interrupted(source, target):
    os.kill(os.getpid(), signal.SIGINT)
    link(source, target)

os.link = interrupted
main(sys.argv[1:])
"""


def test_ctrl_c_is_130_and_leaves_nothing(tmp_path: Path) -> None:
    """A real signal, in the midst of writing."""
    path = write(tmp_path, a_book())
    arguments = [sys.executable, "-c", INTERRUPTED, str(path), *DATE, "--out", str(tmp_path / "depot")]
    run = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (130, "")
    assert "Traceback" not in run.stderr
    assert list((tmp_path / "depot").iterdir()) == []


def test_ctrl_c_while_checking_is_130(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> Any:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("converter.jobs.convert.check", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored
    run = cli("check", write(tmp_path, a_book()), "--format", "json")
    signal.signal(signal.SIGINT, before)
    assert (run.code, run.out) == (130, "")
    assert "Traceback" not in run.err


def test_a_reader_that_has_seen_enough_is_no_bug(tmp_path: Path) -> None:
    """Such as `| head -1`."""
    path = write(tmp_path, many(200), pieces=False)
    read, write_ = os.pipe()
    os.close(read)
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
    arguments = [sys.executable, "-m", "converter", "check", str(path), *DATE]
    run = subprocess.run(arguments, cwd=ROOT, env=environment, stdout=write_, stderr=subprocess.PIPE, check=False)
    os.close(write_)
    assert run.stderr == b""
    assert run.returncode in (0, 1)

"""What the program shows: results on the standard output, in text or JSON, in French or English (contract §4)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import converter
from converter.cli.main import main
from tests.books import DEPOSIT, Book, a_book, a_request, many, write
from tests.parcel import tree

ROOT = Path(__file__).resolve().parents[2]
DATE = ("--date", "2021-11-30")
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
Cli = Callable[..., str]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a folder of its own to work in and to log to, and none of this machine's settings."""
    for name in [name for name in os.environ if name.startswith("XL2JSON_") or name in LOCALE]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("platformdirs.user_log_dir", lambda *_, **__: str(tmp_path / "log"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """`xl2json`, in this process: what it says on the standard output; on the other it says nothing."""

    def run(*arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", ["xl2json", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capfd.readouterr()
        assert (exit_.value.code in (0, 1), err) == (True, "")
        return out

    return run


def a_faulty_book() -> Book:
    """Three requests, with findings of each severity, in cells and in none."""
    book = a_book(
        a_request("A-1", None), a_request("B-2", "00007", "330001231"), a_request("C-3", "00009", "210012340")
    )
    book["Entête fichier"][0]["SIRET"] = "73282932000075"
    book["Commande"][0]["dateCommande"] = "15-11-2021"
    book["Commande"][1] |= {"regimeTVA": "TVA", "montantSegurHT": 0}
    book["Etablissements"][1] |= {"emailClient": "clinique", "nomClient": "clinique"}
    book["Pièces justificatives"][2]["fichier"] = "nulle part.tif"
    for row in book["Commande"]:
        row["remarque"] = "urgent"
    del book["Scénario d'installation"]
    return book


# ----------------------------------------------------------------------------------------------------------------- JSON


def assert_document(document: dict[str, Any]) -> None:
    """Of exactly the shape of the contract: these keys, in this order, of these types."""
    assert list(document) == ["input", "spec", "ok", "requests", "files", "totals", "findings"]
    assert isinstance(document["input"], str)
    assert document["spec"] == "rad-ris-va1-avance"
    assert isinstance(document["ok"], bool)
    assert list(document["requests"]) == ["read", "written", "held", "skipped"]
    assert {type(count) for count in document["requests"].values()} == {int}
    for file in document["files"]:
        assert {name: type(value) for name, value in file.items()} == {
            "json": str,
            "zip": str,
            "requests": int,
            "attachments": int,
            "bytes": int,
        }
        assert list(file) == ["json", "zip", "requests", "attachments", "bytes"]
    assert {name: type(value) for name, value in document["totals"].items()} == {"montantSegurHT": str, "avance": str}
    assert list(document["totals"]) == ["montantSegurHT", "avance"]
    for finding in document["findings"]:
        names = ["rule", "severity", "sheet", "cell", "field", "demande", "value", "message"]
        assert list(finding) == names
        assert finding["severity"] in ("error", "warning", "info")
        assert all(isinstance(finding[name], str) for name in ("rule", "severity", "message"))
        assert all(isinstance(finding[name], str | None) for name in names)
        assert len({finding[name] is None for name in ("sheet", "cell", "field")}) == 1


@pytest.mark.parametrize("command", [["check"], [], ["-n", "--partial"], ["--strict", "-q"]])
@pytest.mark.parametrize("book", [a_book, a_faulty_book, lambda: {"Feuil1": [{"a": 1}]}])
def test_json_is_one_document_and_nothing_else(
    book: Callable[[], Book], command: list[str], cli: Cli, tmp_path: Path
) -> None:
    path = write(tmp_path, book())
    out = cli(*command, path, *DATE, "--format", "json")
    document = json.loads(out)
    assert_document(document)
    assert document["input"] == str(path)
    assert document["ok"] is (book is a_book)
    assert out.endswith("}\n")


def test_the_document_of_a_deposit(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, many(2))
    document = json.loads(cli(path, *DATE, "--no-ledger", "--format", "json", "--out", "sortie"))
    findings = document.pop("findings")
    assert document == {
        "input": str(path),
        "spec": "rad-ris-va1-avance",
        "ok": True,
        "requests": {"read": 2, "written": 2, "held": 0, "skipped": 0},
        "files": [
            {
                "json": str(Path("sortie", "JSON-RIS2021001-20211130-001.json")),
                "zip": str(Path("sortie", "JSON-RIS2021001-20211130-001.zip")),
                "requests": 2,
                "attachments": 2,
                "bytes": (tmp_path / "sortie" / "JSON-RIS2021001-20211130-001.zip").stat().st_size,
            }
        ],
        "totals": {"montantSegurHT": "62324.00", "avance": "18697.20"},
    }
    assert [(one["rule"], one["severity"], one["demande"]) for one in findings] == [
        ("D6", "warning", "CMD-1"),
        ("D6", "warning", "CMD-2"),
    ]


def test_the_document_of_a_check_counts_what_would_be_held(cli: Cli, tmp_path: Path) -> None:
    book = many(3)
    book["Commande"][1]["regimeTVA"] = "TVA"
    document = json.loads(cli("check", write(tmp_path, book), *DATE, "--format", "json"))
    assert (document["requests"]["read"], document["requests"]["written"], document["files"]) == (3, 0, [])
    assert document["totals"] == {"montantSegurHT": "62324.00", "avance": "18697.20"}


@pytest.mark.parametrize(
    ("amounts", "advance"), [((0.05,), "0.02"), ((0.15,), "0.05"), ((100.01, 0.01), "30.01"), ((33.35,), "10.01")]
)
def test_the_advance_is_thirty_percent_half_a_cent_up(
    amounts: tuple[float, ...], advance: str, cli: Cli, tmp_path: Path
) -> None:
    book = many(len(amounts))
    for row, amount in zip(book["Commande"], amounts, strict=True):
        row["montantSegurHT"] = amount
    assert json.loads(cli("check", write(tmp_path, book), *DATE, "--format", "json"))["totals"]["avance"] == advance


def test_json_says_what_the_library_says(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, a_faulty_book())
    shown = json.loads(cli("check", path, *DATE, "--no-ledger", "--format", "json"))
    assert shown == converter.check(path, deposit=DEPOSIT).as_dict("fr")


def test_json_of_a_file_whose_name_is_in_no_alphabet(cli: Cli, tmp_path: Path) -> None:
    """Names on disk are bytes; the document is text all the same."""
    path = write(tmp_path, a_book()).rename(tmp_path / os.fsdecode(b"\xe9t\xe9.xlsx"))
    assert_document(json.loads(cli("check", path, *DATE, "--format", "json")))


@pytest.mark.parametrize("encoding", ["ascii", "utf-16"])
@pytest.mark.parametrize("format_", ["text", "json"])
def test_no_console_is_too_poor(format_: str, encoding: str, tmp_path: Path) -> None:
    """JSON is UTF-8 whatever the console; text shows what it can."""
    path = write(tmp_path, a_faulty_book())
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    arguments = [sys.executable, "-m", "converter", "check", str(path), "--format", format_, *DATE]
    run = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (1, b"")
    if format_ == "json":
        assert_document(json.loads(run.stdout.decode("utf-8")))
    else:
        assert "F3" in run.stdout.decode(encoding)


# ----------------------------------------------------------------------------------------------------------------- text


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("command", ["check", "convert"])
def test_text_names_the_cell_the_field_and_the_rule_of_each_finding(
    command: str, lang: str, cli: Cli, tmp_path: Path
) -> None:
    path = write(tmp_path, a_faulty_book(), pieces=False)
    text = cli(command, path, *DATE, "--lang", lang)
    findings = json.loads(cli(command, path, *DATE, "--format", "json"))["findings"]
    assert {one["severity"] for one in findings} == {"error", "warning", "info"}
    assert any(one["cell"] is None for one in findings)
    for one in findings:
        place = f"{one['sheet']}!{one['cell']} · {one['field']} · " if one["cell"] else ""
        lines = [line.strip() for line in text.splitlines()]
        assert any(line.startswith(f"{place}{one['rule']} · ") for line in lines), one


def test_what_many_requests_share_may_be_told_once_but_each_cell_is_named(cli: Cli, tmp_path: Path) -> None:
    book = many(6)
    for row in book["Bénéficiaires"]:
        row["isMandataire"] = "Oui"
    text = cli("check", write(tmp_path, book), *DATE)
    assert "Bénéficiaires!C2 · isClientUnique · B2 · " in text
    assert all(f"C{row}" in text for row in range(2, 8))


def test_quiet_leaves_the_errors(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, a_faulty_book(), pieces=False)
    findings = json.loads(cli("check", path, *DATE, "--format", "json"))["findings"]
    text = cli("check", path, *DATE, "-q")
    assert len(text) < len(cli("check", path, *DATE))
    for one in findings:
        if one["severity"] == "error" and one["cell"]:
            assert f"{one['sheet']}!{one['cell']} · {one['field']} · {one['rule']} · " in text


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_after_a_deposit_text_says_what_to_take_to_the_portal(lang: str, cli: Cli, tmp_path: Path) -> None:
    text = cli(write(tmp_path, a_book()), *DATE, "--lang", lang)
    for word in ("avance", "RIS2021001", "JSON-RIS2021001-20211130-001.json", "JSON-RIS2021001-20211130-001.zip"):
        assert word in text
    assert "simula" in text.lower()


@pytest.mark.parametrize("command", [["check"], ["-n"], []])
def test_where_nothing_is_deposited_text_does_not_send_to_the_portal(
    command: list[str], cli: Cli, tmp_path: Path
) -> None:
    path = write(tmp_path, a_faulty_book() if not command else a_book())
    assert "simula" not in cli(*command, path, *DATE).lower()


# ------------------------------------------------------------------------------------------------------------- commands


def test_a_workbook_alone_is_converted(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "book", many(2))
    spelt_out = cli("convert", path, *DATE, "-o", "depot")
    written = tree(tmp_path / "depot")
    (tmp_path / "depot").rename(tmp_path / "earlier")
    assert cli(path, *DATE, "-o", "depot") == spelt_out
    assert tree(tmp_path / "depot") == written
    assert written


@pytest.mark.parametrize(
    "before",
    [
        ["--format", "json"],
        ["--format=json"],
        ["-q", "--format", "json"],
        ["--no-loose", "--format", "json"],
        ["-o", "ailleurs", "--format", "json"],
        ["--lang", "en", "--format", "json"],
        ["--lang=en", "--format", "json"],
        ["--format", "json", "--lang", "en"],
        ["-n", "-q", "--partial", "--strict", "--format", "json"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("command", [[], ["check"]])
def test_options_may_stand_before_the_workbook(command: list[str], before: list[str], cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, a_book())
    assert_document(json.loads(cli(*command, *before, *DATE, path)))


def test_options_may_stand_before_and_after_the_workbook(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, a_book())
    document = json.loads(cli("--format", "json", path, "-o", "ailleurs", "--no-ledger", "--file-number", "7", *DATE))
    assert [Path(file["json"]).name for file in document["files"]] == ["JSON-RIS2021001-20211130-007.json"]
    assert (tmp_path / "ailleurs" / "JSON-RIS2021001-20211130-007.json").is_file()


@pytest.mark.parametrize("name", ["check", "convert", "specs", "-n.xlsx", "un fichier.xlsx", "été.xlsx"])
def test_any_name_will_do_for_a_workbook(name: str, cli: Cli, tmp_path: Path) -> None:
    write(tmp_path, a_book()).rename(tmp_path / name)
    assert json.loads(cli("check", *DATE, "--format", "json", "--", name))["ok"] is True


COMMANDS = {
    "": ["convert", "check", "template", "specs"],
    "convert": ["--out", "--attachments", "--date", "--partial", "--strict", "--dry-run", "--no-loose", "--no-ledger",
                "--spec", "--first-number", "--file-number", "--replace", "-o", "-a", "-n"],
    "check": ["--attachments", "--date", "--strict", "--spec", "-a"],
    "template": ["--example"],
    "specs": ["list", "show", "schema", "check", "compare"],
    "specs list": [],
    "specs show": [],
    "specs schema": [],
    "specs check": [],
    "specs compare": [],
}  # fmt: skip
EVERYWHERE = ["--format", "--lang", "--quiet", "-q", "-h"]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(("command", "told"), COMMANDS.items(), ids=COMMANDS)
def test_every_command_explains_itself(command: str, told: list[str], lang: str, cli: Cli) -> None:
    text = cli(*command.split(), "-h", "--lang", lang)
    missing = [word for word in (*told, *(EVERYWHERE if command else ["-h"])) if word not in text]
    assert missing == []
    assert text != cli(*command.split(), "-h", "--lang", "fr" if lang == "en" else "en")


@pytest.mark.parametrize("command", [[], ["convert"], ["check"], ["specs", "show"]])
def test_help_may_be_spelt_out(command: list[str], cli: Cli) -> None:
    assert cli(*command, "--help") == cli(*command, "-h")


def test_version_names_the_program_and_its_version(cli: Cli) -> None:
    assert cli("--version") == f"xl2json {converter.__version__}\n"


def test_the_module_is_the_program(tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "converter", "--version"]
    run = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == f"xl2json {converter.__version__}\n"


# ------------------------------------------------------------------------------------------------------------- language

FRENCH, ENGLISH = {"LANG": "fr_FR.UTF-8"}, {"LANG": "en_US.UTF-8"}
LANGUAGES = {
    "French where nothing is said": ([], {}, "fr"),
    "the locale": ([], ENGLISH, "en"),
    "the locale, in French": ([], FRENCH, "fr"),
    "French in a locale of neither": ([], {"LANG": "de_DE.UTF-8"}, "fr"),
    "French in no locale": ([], {"LC_ALL": "C"}, "fr"),
    "the locale's strongest word": ([], {**ENGLISH, "LC_ALL": "fr_FR.UTF-8"}, "fr"),
    "the locale's word for messages": ([], {**FRENCH, "LC_MESSAGES": "en_GB"}, "en"),
    "an empty word of the locale counts for nothing": ([], {**ENGLISH, "LC_ALL": ""}, "en"),
    "the environment before the locale": ([], {**FRENCH, "XL2JSON_LANG": "en"}, "en"),
    "the environment before the locale, in French": ([], {**ENGLISH, "XL2JSON_LANG": "fr"}, "fr"),
    "the option before the environment": (["--lang", "en"], {**FRENCH, "XL2JSON_LANG": "fr"}, "en"),
    "the option before the environment, in French": (["--lang=fr"], {**ENGLISH, "XL2JSON_LANG": "en"}, "fr"),
}
every_language = pytest.mark.parametrize(("options", "environment", "lang"), LANGUAGES.values(), ids=LANGUAGES)


def speak(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@every_language
@pytest.mark.parametrize("command", [["check"], ["convert", "--format", "json"], ["check", "-h"]], ids=" ".join)
def test_the_language_of_what_is_shown(
    command: list[str],
    options: list[str],
    environment: dict[str, str],
    lang: str,
    cli: Cli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write(tmp_path, a_faulty_book())
    in_either = {one: cli(*command, path, *DATE, "--lang", one) for one in ("fr", "en")}
    assert in_either["fr"] != in_either["en"]
    speak(environment, monkeypatch)
    assert cli(*command, path, *DATE, *options) == in_either[lang]


@every_language
def test_the_language_of_what_stops_a_run(
    options: list[str],
    environment: dict[str, str],
    lang: str,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def said(*arguments: str) -> str:
        with pytest.raises(SystemExit):
            main(["check", "nowhere.xlsx", *arguments])
        return capfd.readouterr().err

    in_either = {one: said("--lang", one) for one in ("fr", "en")}
    assert in_either["fr"] != in_either["en"]
    speak(environment, monkeypatch)
    assert said(*options) == in_either[lang]


def test_messages_in_json_are_in_the_language_asked_for(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, a_faulty_book())
    findings = converter.check(path, deposit=DEPOSIT).findings
    for lang in ("fr", "en"):
        document = json.loads(cli("check", path, *DATE, "--no-ledger", "--format", "json", "--lang", lang))
        assert [one["message"] for one in document["findings"]] == [one.message(lang) for one in findings]


def test_a_program_that_calls_main_is_answered_in_the_language_that_it_asks_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its own arguments are."""
    path = write(tmp_path, a_faulty_book())
    monkeypatch.setattr(sys, "argv", ["another program"])
    said = []
    for lang in ("fr", "en"):
        with pytest.raises(SystemExit):
            main(["check", str(path), *DATE, "--lang", lang])
        said.append(capfd.readouterr().out)
    assert said[0] != said[1]


def test_the_settings_file_may_choose_the_language_and_the_environment_wins_over_it(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, a_faulty_book())
    french, english = (cli("check", path, *DATE, "--lang", lang) for lang in ("fr", "en"))
    (tmp_path / "xl2json.toml").write_text('lang = "en"')
    assert cli("check", path, *DATE) == english
    monkeypatch.setenv("XL2JSON_LANG", "fr")
    assert cli("check", path, *DATE) == french


def test_the_language_may_stand_before_the_command(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, a_faulty_book())
    assert cli("--lang", "en", "check", path, *DATE) == cli("check", path, *DATE, "--lang", "en")

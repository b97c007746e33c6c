"""`ledger …` on the command line, and where the ledger is: text and JSON, both languages, exit codes (contract §6)."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.books import many, write
from tests.feedback.office import ACCEPTED, LATE, NAME, Office, Said, called

KEYS = ["demande", "numeroEditeur", "file", "numLigne", "state", "numeroASP", "codeTraitement", "libelleTraitement", "replaces"]  # fmt: skip


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("XL2JSON_") and "POSTGRES" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("platformdirs.user_log_dir", lambda *_, **__: str(tmp_path / "log"))
    monkeypatch.chdir(tmp_path)


def answered(folder: Path, ledger: str) -> Office:
    """Accepted, rejected and sent again, deposited."""
    office = Office(folder=folder, ledger=ledger)
    office.convert(3)
    office.answer({"00001": ACCEPTED, "00002": LATE})
    office.feedback()
    office.cli("resubmit", "-o", folder / "again" / "a.xlsx")
    return office


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of such an office, made once for all tests that only ask."""
    folder = tmp_path_factory.mktemp("office")
    answered(folder, str(folder / "ledger.sqlite"))
    return folder


@pytest.fixture
def office(tmp_path: Path, once: Path) -> Office:
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    return Office(folder=tmp_path, ledger=str(tmp_path / "ledger.sqlite"))


# ------------------------------------------------------------------------------------------------------------ list, show


def test_list_in_json_on_both_databases(tmp_path: Path, ledger: str) -> None:
    entries = answered(tmp_path, ledger).entries()
    assert [list(one) for one in entries] == [KEYS] * 4
    assert [list(one.values()) for one in entries] == [
        ["CMD-1", "00001", NAME, 1, "accepted", *ACCEPTED, None],
        ["CMD-2", "00002", NAME, 2, "rejected", *LATE, None],
        ["CMD-3", "00003", NAME, 3, "deposited", None, None, None, None],
        ["CMD-2", "00004", None, None, "reserved", None, None, None, "00002"],
    ]


@pytest.mark.parametrize("state", ["reserved", "prepared", "deposited", "accepted", "rejected", "replaced", "withdrawn", "bounced", "incomplete", "decided", "paid", "refused"])  # fmt: skip
def test_list_of_a_state(office: Office, state: str) -> None:
    assert [one["state"] for one in office.entries(state)] == [state] * (state in set(office.states().values()))
    run = office.cli("ledger", "list", "--state", state)
    assert (run.code, run.err) == (0, "")
    assert run.out


@pytest.mark.parametrize(("lang", "words"), [("fr", ["acceptée", "rejetée", "réservée"]), ("en", ["accepted", "rejected", "reserved"])])  # fmt: skip
def test_list_and_show_in_text(office: Office, lang: str, words: list[str]) -> None:
    run = office.cli("ledger", "list", "--lang", lang)
    assert (run.code, run.err) == (0, "")
    assert all(number in run.out for number in ("00001", "00002", "00003", "00004"))
    assert all(word in run.out for word in words)
    run = office.cli("ledger", "show", "CMD-2", "--lang", lang)
    assert (run.code, run.err) == (0, "")
    assert words[1] in run.out
    assert str(LATE.label) in run.out


@pytest.mark.parametrize("what", ["CMD-2", "00002", "00004"])
def test_show_tells_the_whole_story_by_any_name(office: Office, what: str) -> None:
    _, document = office.json("ledger", "show", what)
    assert [one["numeroEditeur"] for one in document["entries"]] == ["00002", "00004"]
    told = [(one["numeroEditeur"], one["state"]) for one in document["events"]]
    assert [one for one in told if one[0] == "00002"][-3:] == [
        ("00002", "prepared"),
        ("00002", "deposited"),
        ("00002", "rejected"),
    ]


def test_show_by_the_asp_number(office: Office) -> None:
    _, document = office.json("ledger", "show", str(ACCEPTED.asp))
    assert [one["demande"] for one in document["entries"]] == ["CMD-1"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["list", "--state", "inconnue"], 2),
        (["list", "--format", "xml"], 2),
        (["list", "x"], 2),
        (["show"], 2),
        (["show", "no-such"], 3),
        (["show", ""], 3),
        (["show", "a\ud800"], 3),
        (["mark"], 2),
        (["mark", "paid"], 2),
        (["mark", "no-such", "00001"], 2),
        (["mark", "rejected", "00001"], 2),
        (["mark", "paid", "99999"], 3),
        (["mark", "paid", "a\ud800"], 3),
        (["mark", "paid", "00001", "--siret", "\ud800"], 3),
        (["mark", "paid", "00002"], 3),
        (["mark", "deposited", "JSON-X.json"], 3),
        (["mark", "bounced", NAME], 3),
        (["mark", "deposited", "00004"], 3),
        (["mark", "decided", "00001", "--siret", "35600000000048"], 3),
        (["import"], 2),
        (["import", "nowhere.json"], 3),
        (["import", "."], 3),
        (["import", "orders.xlsx"], 3),
        (["export"], 2),
        (["export", "-o", "a.pdf"], 2),
        (["export", "-o", "a"], 2),
        (["export", "-o", "orders.xlsx"], 3),
        (["export", "-o", "a.csv", "--month", "2021-13"], 2),
        (["export", "-o", "a.csv", "--month", "11/2021"], 2),
        (["export", "-o", "a.csv", "--month", "２０２１-11"], 2),
        (["export", "-o", "orders.xlsx/a.csv"], 3),
        (["no-such"], 2),
    ],
)
def test_what_cannot_be_is_one_sentence(office: Office, arguments: list[str], code: int) -> None:
    before = office.entries()
    run = office.cli("ledger", *arguments, *([] if "--format" in arguments else ["--format", "json"]))
    assert (run.code, run.out) == (code, "")
    assert run.err.strip()
    assert "Traceback" not in run.err
    assert office.entries() == before


def test_a_ledger_that_is_not_there_yet_is_empty_and_not_made(tmp_path: Path) -> None:
    run = called("ledger", "list", "--ledger", "none.sqlite", "--format", "json")
    assert (run.code, json.loads(run.out)) == (0, {"entries": []})
    assert called("ledger", "list", "--ledger", "none.sqlite").out
    assert not Path("none.sqlite").exists()


# ------------------------------------------------------------------------------------------------------------------ mark


def test_mark_a_file_and_a_request(tmp_path: Path, ledger: str) -> None:
    office = Office(folder=tmp_path, ledger=ledger)
    office.convert(2)
    for what in (NAME, NAME.removesuffix(".json"), f"depot/{NAME}", "00002"):
        _, document = office.json("ledger", "mark", "deposited", what)
        assert [one["state"] for one in document["entries"]] == ["deposited", "deposited"]
        office.json("ledger", "mark", "prepared", NAME)
    office.answer({"00001": ACCEPTED})
    office.feedback()
    for state in ("decided", "paid"):
        _, document = office.json("ledger", "mark", state, "00001")
        assert [(one["numeroEditeur"], one["state"]) for one in document["entries"]] == [("00001", state)]
    office.json("ledger", "mark", "decided", NAME)
    assert office.states() == {"00001": "decided", "00002": "deposited"}


def test_mark_says_what_it_did_unless_quiet(office: Office) -> None:
    run = office.cli("ledger", "mark", "decided", "00001")
    assert (run.code, run.err) == (0, "")
    assert "00001" in run.out
    assert office.cli("ledger", "mark", "paid", "00001", "-q") == (0, "", "")


def test_a_number_of_several_suppliers_wants_the_siret(office: Office) -> None:
    other = "35600000000048"
    office.answer({"00001": Said("77", None, None)}, lambda tree: tree.update(SIRET=other))
    office.feedback()
    assert office.cli("ledger", "mark", "paid", "00001").code == 3
    assert office.cli("ledger", "mark", "paid", "00001", "--siret", other).code == 0
    assert sorted((one["state"], one["numeroASP"]) for one in office.entries() if one["numeroEditeur"] == "00001") == [
        ("accepted", ACCEPTED.asp),
        ("paid", "77"),
    ]


# -------------------------------------------------------------------------------------------------------- import, export


def by_hand(office: Office, *more: str) -> Path:
    """A deposit that was made without the ledger."""
    assert called("convert", write(office.folder, many(2)), "--date", "2021-11-30", "--no-ledger", *more).code == 0
    return office.folder / "depot" / NAME


@pytest.mark.parametrize("answers", [{}, {"00001": ACCEPTED}, {"00001": ACCEPTED, "00002": LATE}])
def test_import_of_a_deposit_made_by_hand(tmp_path: Path, ledger: str, answers: dict[str, Said]) -> None:
    office = Office(folder=tmp_path, ledger=ledger)
    by_hand(office)
    path = office.answer(answers)
    for _ in range(2):
        code, document = office.json("ledger", "import", path)
        rules = [one["rule"] for one in document["files"][0]["findings"]]
        assert (code, rules) == (0, ["C2"] * ("00002" in answers))
        expected = {"00001": "deposited", "00002": "deposited"}
        expected |= {"00001": "accepted"} if "00001" in answers else {}
        expected |= {"00002": "rejected"} if "00002" in answers else {}
        assert office.states() == expected
    assert {one["file"] for one in office.entries()} == {NAME}


def test_after_an_import_nothing_is_numbered_twice(tmp_path: Path) -> None:
    office = Office(folder=tmp_path, ledger="ledger.sqlite")
    office.json("ledger", "import", by_hand(office))
    deposit = office.convert(book=many(3) | {}, name="later.xlsx")
    numbers = [one["numeroEditeur"] for one in json.loads(deposit.read_bytes())["lignesImport"]]
    assert min(numbers) == "00003"
    assert deposit.name != NAME


def test_import_and_then_the_answer(tmp_path: Path) -> None:
    office = Office(folder=tmp_path, ledger="ledger.sqlite")
    office.json("ledger", "import", by_hand(office))
    office.answer({"00001": ACCEPTED, "00002": LATE})
    code, document = office.feedback()
    assert (code, [one["rule"] for one in document["findings"]]) == (1, ["C2"])
    assert office.states() == {"00001": "accepted", "00002": "rejected"}


def test_import_of_several_files_one_of_which_is_none(tmp_path: Path) -> None:
    office = Office(folder=tmp_path, ledger="ledger.sqlite")
    good = by_hand(office)
    Path("bad.json").write_text("{")
    assert office.cli("ledger", "import", good, "bad.json").code == 3
    assert office.cli("ledger", "import", good, good).code == 0
    assert set(office.states()) == {"00001", "00002"}


def test_import_of_a_line_without_number_is_1(tmp_path: Path) -> None:
    office = Office(folder=tmp_path, ledger="ledger.sqlite")
    by_hand(office)
    path = office.answer({"00001": ACCEPTED}, lambda tree: tree["lignesImport"].append({"numeroASP": "7"}))
    run = office.cli("ledger", "import", path)
    assert (run.code, run.err) == (1, "")
    assert "R1" in run.out


def test_export_to_a_workbook_and_a_csv(office: Office) -> None:
    code, document = office.json("ledger", "export", "-o", "new/all.xlsx")
    assert (code, document["whole"]) == (0, True)
    counts = {
        one["state"]: (one["requests"], one["montantSegurHT"], one["avance"])
        for one in document["totals"]
        if one["state"]
    }
    assert counts == dict.fromkeys(["reserved", "deposited", "accepted", "rejected"], (1, "31162.00", "9348.60"))
    cells = [str(value) for page in openpyxl.load_workbook("new/all.xlsx") for row in page.values for value in row]
    assert ACCEPTED.asp in cells
    assert office.cli("ledger", "export", "-o", "all.csv").code == 0
    with Path("all.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert len([row for row in rows if "00001" in row]) == 1


def test_export_of_a_month(office: Office) -> None:
    for month, count in (("2021-11", 3), ("2020-01", 0)):
        target = f"{month}.csv"
        _, document = office.json("ledger", "export", "-o", target, "--month", month)
        assert sum(one["requests"] for one in document["totals"] if one["state"]) == count
        assert Path(target).exists()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_export_says_the_sums(office: Office, lang: str) -> None:
    run = office.cli("ledger", "export", "-o", f"{lang}.xlsx", "--lang", lang)
    assert (run.code, run.err) == (0, "")
    assert run.out.count("31 162,00 €" if lang == "fr" else "31,162.00 €") == 4
    assert office.cli("ledger", "export", "-o", f"{lang}.csv", "-q").out == ""


# ------------------------------------------------------------------------------------------------------ where the ledger is


def entries_at(*arguments: object) -> list[Any]:
    entries: list[Any] = json.loads(called("ledger", "list", *arguments, "--format", "json").out)["entries"]
    return entries


def convert(*more: object) -> None:
    assert called("convert", write(Path("shop"), many(1)), "--date", "2021-11-30", "--out", "depot", *more).code == 0


def test_the_settings_file_s_ledger_is_relative_to_the_file() -> None:
    Path("xl2json.toml").write_text('ledger = "books/ours.sqlite"\n')
    convert()
    assert Path("books/ours.sqlite").is_file()
    assert len(entries_at()) == 1


def test_an_answer_and_a_workbook_find_the_settings_near_them(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("shop").mkdir()
    Path("shop/xl2json.toml").write_text('ledger = "ours.sqlite"\n')
    convert()
    assert len(entries_at("--ledger", "shop/ours.sqlite")) == 1
    deposit = (Path("depot") / NAME).resolve()
    answer = Path("shop/answer.json")
    tree = json.loads(deposit.read_bytes())
    tree["lignesImport"][0]["numeroASP"] = "7"
    answer.write_text(json.dumps(tree))
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    assert called("feedback", "../shop/answer.json").code == 0
    assert [one["numeroASP"] for one in entries_at("--ledger", "../shop/ours.sqlite")] == ["7"]


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("xl2json.toml").write_text('ledger = "file.sqlite"\n')
    monkeypatch.setenv("XL2JSON_LEDGER", "environment.sqlite")
    convert()
    assert [one.name for one in Path().glob("*.sqlite")] == ["environment.sqlite"]
    assert len(entries_at()) == 1
    assert entries_at("--ledger", "typed.sqlite") == []
    convert("--ledger", "typed.sqlite")
    assert {one.name for one in Path().glob("*.sqlite")} == {"environment.sqlite", "typed.sqlite"}


def test_the_user_s_own_ledger_where_nothing_is_said() -> None:
    import platformdirs

    convert()
    assert Path(platformdirs.user_data_dir("xl2json", appauthor=False), "ledger.sqlite").is_file()
    assert len(entries_at()) == 1


@pytest.mark.parametrize("option", [["--first-number", "7"], ["--file-number", "2"], ["--replace"], ["--first-number", "1"]])  # fmt: skip
@pytest.mark.parametrize("command", ["convert", "check"])
def test_two_truths_about_the_numbers_are_2(command: str, option: list[str], tmp_path: Path) -> None:
    workbook = write(tmp_path, many(1))
    run = called(command, workbook, "--ledger", "ledger.sqlite", *option)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert option[0] in run.err
    assert not Path("ledger.sqlite").exists()
    if command == "check" and option == ["--replace"]:
        return
    assert called(command, workbook, "--no-ledger", *option).code == 0


@pytest.mark.parametrize("command", [["feedback"], ["resubmit"], ["ledger", "list"], ["ledger", "show"], ["ledger", "mark"], ["ledger", "import"], ["ledger", "export"]])  # fmt: skip
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_help_is_there(command: list[str], lang: str) -> None:
    run = called(*command, "--help", "--lang", lang)
    assert (run.code, run.err) == (0, "")
    assert "--ledger" in run.out

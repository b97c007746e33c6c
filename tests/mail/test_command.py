"""`xl2json mail` as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.books import PDF, a_book
from tests.mail.answers import files, read
from tests.mail.letters import a_letter, a_workbook, sound
from tests.mailbox.smtp import smtp


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "converter", "mail", *words]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def faulty() -> bytes:
    book = a_book()
    book["Commande"][0]["regimeTVA"] = "TVA"
    return a_letter({"orders.xlsx": a_workbook(book), "CMD-1.pdf": PDF}, Message_ID="<2@x>")


def documents(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return list(json.loads(done.stdout)["messages"])


def test_all_messages_of_all_sources_are_dealt_with(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(a_letter(sound()))
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "b.eml").write_bytes(faulty())
    done = run(tmp_path, "read", "a.eml", "more", "-o", "out", "--date", "2021-11-30", "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    first, second = documents(done)
    assert (first["code"], second["code"], first["sender"]) == (0, 1, "marie@vendeur.example")
    assert [one["rule"] for one in second["outcome"]["findings"] if one["severity"] == "error"] == ["C3"]
    assert {Path(one["draft"]).parent.parent for one in (first, second)} == {Path("out")}


def test_a_second_run_finds_nothing_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(faulty())
    assert run(tmp_path, "read", "a.eml").returncode == 1
    done = run(tmp_path, "read", "a.eml", "--format", "json")
    assert (done.returncode, [one["new"] for one in documents(done)]) == (0, [False])
    again = run(tmp_path, "read", "a.eml", "--again", "--format", "json")
    assert (again.returncode, [one["new"] for one in documents(again)]) == (1, [True])


@pytest.mark.parametrize(
    ("words", "code"),
    [(("read",), 2), (("read", "absent.eml"), 3), (("read", "a.eml", "--max-mail-size", "many"), 2), (("read", "a.eml", "--max-mail-size", "0"), 2),
     (("read", "a.eml", "--templates", "absent"), 2), (("read", "a.eml", "--date", "30/11/2021"), 2), (("draft", "absent.json", "--to", "a@x.fr", "-o", "o.eml"), 3),
     (("draft", "absent.json", "--to", "nobody", "-o", "o.eml"), 2), (("draft", "absent.json", "-o", "o.eml"), 2)],
)  # fmt: skip
def test_what_makes_no_sense_is_told_and_does_nothing(words: tuple[str, ...], code: int, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(a_letter(sound()))
    done = run(tmp_path, *words, "--lang", "en")
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("xl2json: ")
    assert done.stderr.count("\n") == 1
    assert [one.name for one in tmp_path.iterdir()] == ["a.eml"]


def test_quiet_tells_only_of_what_is_to_be_mended_and_of_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(a_letter(sound()))
    done = run(tmp_path, "read", "a.eml", "-q", "--date", "2021-11-30")
    assert "JSON-RIS2021001-20211130-001.json" in done.stdout
    assert run(tmp_path, "read", "a.eml", "-q").stdout == "", "it was dealt with before"
    (tmp_path / "c.eml").write_bytes(a_letter(Message_ID="<3@x>"))
    assert run(tmp_path, "read", "c.eml", "-q").stdout == "", "there is nothing for us in it"
    (tmp_path / "b.eml").write_bytes(faulty())
    assert "b.eml" in run(tmp_path, "read", "b.eml", "-q").stdout


def test_a_message_cannot_forge_a_line(tmp_path: Path) -> None:
    content = a_letter(sound()).replace(b"Subject: Commandes", b"Subject: =?utf-8?q?a=0Ab.eml_:_forged=1B[2J?=")
    (tmp_path / "a.eml").write_bytes(content)
    done = run(tmp_path, "read", "a.eml")
    assert not any(line.startswith("b.eml") for line in done.stdout.splitlines())
    assert "\x1b" not in done.stdout


def test_a_deposit_is_drafted_to_somebody(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(a_letter(sound()))
    assert run(tmp_path, "read", "a.eml", "-o", "out", "--date", "2021-11-30").returncode == 0
    (deposit,) = (tmp_path / "out").glob("*/JSON-*.json")
    done = run(tmp_path, "draft", str(deposit), "--to", "a@x.fr", "-o", "o.eml", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["named"]) == (0, [])
    assert set(files(read(tmp_path / "o.eml"))) == {deposit.name, deposit.with_suffix(".zip").name}
    assert run(tmp_path, "draft", str(deposit), "--to", "a@x.fr", "-o", "o.eml").returncode == 3


def test_what_is_too_large_to_go_along_is_told_to_whoever_is_to_hand_it_over(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(a_letter(sound()))
    words = ("read", "a.eml", "-o", "out", "--date", "2021-11-30", "--again")
    for more in ((), ("-q",)):
        assert ".zip" in run(tmp_path, *words, *more, "--max-mail-size", "5000").stdout
        assert ".zip" not in run(tmp_path, *words, *more).stdout
    (told,) = documents(run(tmp_path, *words, "--max-mail-size", "5000", "--format", "json"))
    assert [Path(one).suffix for one in told["named"]] == [".json", ".zip"]


def test_whoever_deposits_is_told_which_file_no_longer_is_to_be(tmp_path: Path) -> None:
    book = a_book()
    book["Commande"][0]["montantSegurHT"] = 20000
    (tmp_path / "a.eml").write_bytes(a_letter(sound()))
    (tmp_path / "b.eml").write_bytes(a_letter({"orders.xlsx": a_workbook(book), "CMD-1.pdf": PDF}, Message_ID="<2@x>"))
    words = ("--date", "2021-11-30")
    assert run(tmp_path, "read", "a.eml", *words).returncode == 0
    (told,) = documents(run(tmp_path, "read", "b.eml", *words, "--format", "json"))
    assert told["replaced"] == ["JSON-RIS2021001-20211130-001.json"]
    outdated = run(tmp_path, "read", "a.eml", *words).stdout
    assert "reponse.eml" not in outdated, "its draft is not to be sent"


def test_the_keeper_learns_who_has_mailed_a_request(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(a_letter(sound()))
    words = [sys.executable, "-m", "converter"]
    ledger = ["--ledger", "r.sqlite"]
    assert run(tmp_path, "read", "a.eml", *ledger).returncode == 0
    show = [*words, "ledger", "show", "CMD-1", *ledger]
    told = subprocess.run(show, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert "marie@vendeur.example" in told
    document = subprocess.run([*show, "--format", "json"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert [one["sender"] for one in json.loads(document.stdout)["entries"]] == ["marie@vendeur.example"]


def test_templates_that_are_none_are_told_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(a_letter(sound()))
    (tmp_path / "own").mkdir()
    for name in ("readme.txt", "answer.fr.txt.j2"):
        (tmp_path / "own" / name).write_text("x")
        for words in (("read", "a.eml"), ("draft", "absent.json", "--to", "a@x.fr", "-o", "o.eml")):
            done = run(tmp_path, *words, "--templates", "own")
            assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
            assert "own" in done.stderr
    assert {one.name for one in tmp_path.iterdir()} == {"a.eml", "own"}


def settings(folder: Path, mail: str) -> None:
    (folder / "xl2json.toml").write_text(f"[mail]\n{mail}", "utf-8")


def test_what_stays_the_same_stands_in_the_settings_and_the_command_line_wins(tmp_path: Path) -> None:
    """Of an answer and of a message that carries a deposit alike, and of the folders above the working folder."""
    for name in ("theirs", "ours"):
        (tmp_path / name).mkdir()
        for kind in ("answer.fr.txt", "answer.fr.html", "deposit.fr.txt", "deposit.fr.html"):
            (tmp_path / name / f"{kind}.j2").write_text(name)
    settings(
        tmp_path, 'templates = "theirs"\nmax_mail_size = 5000\nmove_to = "Traités"\nallow = ["@vendeur.example"]\n'
    )
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "a.eml").write_bytes(a_letter(sound()))
    options = ("--templates", "../ours", "--max-mail-size", "20M")
    for more, text, carries in (((), "theirs", False), (options, "ours", True)):
        done = run(desk, "read", "a.eml", "--again", "-o", "out", "--date", "2021-11-30", "--format", "json", *more)
        assert (done.returncode, done.stderr) == (0, "")
        drafted = read(desk / documents(done)[0]["draft"])
        assert (body(drafted), bool(files(drafted))) == (text, carries)
    (deposit,) = (desk / "out").glob("*/JSON-*.json")
    for more, text, carries in (((), "theirs", False), (options, "ours", True)):
        assert run(desk, "draft", str(deposit), "--to", "a@x.fr", "-o", f"{text}.eml", *more).returncode == 0
        assert (body(read(desk / f"{text}.eml")), bool(files(read(desk / f"{text}.eml")))) == (text, carries)


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).strip()


@pytest.mark.parametrize(
    "mail", ['templates = "absent"', 'allow = ["nobody"]', 'max_mail_size = "many"', 'send = "smtp://h"']
)
def test_settings_that_make_no_sense_are_told_before_anything_is_done(mail: str, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(a_letter(sound()))
    settings(tmp_path, mail)
    for words in (("read", "a.eml"), ("draft", "absent.json", "--to", "a@x.fr", "-o", "o.eml")):
        done = run(tmp_path, *words)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert {one.name for one in tmp_path.iterdir()} == {"a.eml", "xl2json.toml"}


def test_a_draft_made_without_sending_is_sent_by_a_later_run_only_if_taken_up_again(tmp_path: Path) -> None:
    """And the settings that name whom to answer send nothing by themselves."""
    (tmp_path / "a.eml").write_bytes(a_letter(sound()))
    settings(tmp_path, 'allow = ["@vendeur.example"]\n')
    words = ("read", "a.eml", "-o", "out", "--date", "2021-11-30")
    with smtp((tmp_path, tmp_path), tls=False) as desk:
        sending = ("--send", f"smtp://localhost:{desk.port}?from=bureau@cabinet.test")
        for more, count in (((), 0), (sending, 0), ((*sending, "--again"), 1), ((*sending, "--again"), 1)):
            assert run(tmp_path, *words, *more).returncode == 0
            assert len(desk.recipients) == count

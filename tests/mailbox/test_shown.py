"""The log: a line a message, whatever the message says of itself."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from converter.cli.show_mail import show_all
from converter.cli.show_mailbox import show_worked
from converter.jobs.mail import Handled
from converter.jobs.mailbox import Worked
from converter.jobs.outcome import BatchOutcome, Delivery, File
from converter.mail.message import Message
from converter.wording import Say

HOSTILE = "Demandes\r\n2026-01-01 00:00:00 · chef@cabinet.fr · tout va bien\x1b[2J\u2028\x00" + "é" * 500


def worked(**more: object) -> Worked:
    message = Message(
        id="1", sender="marie@cabinet.fr", author="marie@cabinet.fr", name=None, subject=HOSTILE, references=(), date=None, language=None,
        is_automatic=False, attachments=(), troubles=(),
    )  # fmt: skip
    handled = Handled(
        message=message, where="pile", key="1", outcome=None, folder=Path("depot/1"), draft=Path("depot/1/r.eml")
    )
    return Worked(where="pile", handled=handled, **more)  # type: ignore[arg-type]


def test_a_message_forges_no_second_line(capsys: pytest.CaptureFixture[str]) -> None:
    show_worked(worked(), "fr", "text", quiet=False)
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) == 1
    assert "\x1b" not in shown
    assert len(shown) < 300


def test_for_a_program_it_is_a_document_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    for one in (worked(is_sent=True), Worked(where="pile\udcff", trouble=Say("word.mailbox.busy"), again=True)):
        show_worked(one, "en", "json", quiet=True)
    first, second = (json.loads(line) for line in capsys.readouterr().out.split("\n")[:-1])
    assert (first["sent"], first["subject"], first["code"]) == (True, HOSTILE, 0)
    assert (second["where"], second["sent"], second["code"]) == ("pile?", False, 3)


def test_quiet_tells_only_what_is_to_be_mended_or_has_failed(capsys: pytest.CaptureFixture[str]) -> None:
    show_worked(worked(), "fr", "text", quiet=True)
    assert capsys.readouterr().out == ""
    show_worked(worked(again=True), "fr", "text", quiet=True)
    assert capsys.readouterr().out


def test_where_the_program_fails_the_log_has_the_details(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_log_dir", lambda *_, **__: str(tmp_path))
    show_worked(Worked(where="pile", bug="Traceback: here"), "fr", "text", quiet=False)
    assert str(tmp_path) in capsys.readouterr().out
    assert "Traceback: here" in (tmp_path / "xl2json.log").read_text("utf-8")


def delivered(**more: object) -> Worked:
    """A good message whose deposit, too large to go along, replaces another one."""
    files = (File(json="depot/1/JSON-2.json", zip="depot/1/JSON-2.zip", requests=1, attachments=1, bytes=9),)
    delivery = Delivery(
        supplier="1", software="2", files=files, withdrawn=("JSON-1",), replaced=("JSON-1",), last_number="00001"
    )
    outcome = BatchOutcome(
        spec="s", mode="convert", strict=False, partial=False, inputs=(), deliveries=(delivery,), sent=Decimal(0),
        share="0.3", ledger=None,
    )  # fmt: skip
    one = worked(**more)
    assert one.handled is not None
    named = (Path("depot/1/JSON-2.json"), Path("depot/1/JSON-2.zip"))
    return replace(one, handled=replace(one.handled, outcome=outcome, named=named))


def shown(one: Worked, capsys: pytest.CaptureFixture[str], *, quiet: bool = False) -> str:
    show_all([one], "fr", "text", quiet=quiet)
    return capsys.readouterr().out


def test_what_is_too_large_to_go_along_is_told_in_the_log_and_to_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    show_worked(delivered(), "fr", "text", quiet=False)
    assert "JSON-2.zip" in capsys.readouterr().out
    show_worked(delivered(), "fr", "json", quiet=False)
    told = json.loads(capsys.readouterr().out)
    assert (told["named"], told["replaced"]) == (["depot/1/JSON-2.json", "depot/1/JSON-2.zip"], ["JSON-1.json"])


def test_a_deposit_and_what_it_replaces_are_told_even_in_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    for quiet in (False, True):
        told = shown(delivered(), capsys, quiet=quiet)
        assert "depot/1/JSON-2.json" in told
        assert "JSON-1.json" in told
    assert shown(worked(), capsys, quiet=True) == ""


@pytest.mark.parametrize(
    ("how", "is_told"),
    [({}, True), ({"is_sent": True}, False), ({"again": True}, False), ({"note": Say("text.mailbox.already")}, False),
     ({"note": Say("text.mailbox.outdated")}, False), ({"note": Say("text.mailbox.begun")}, False),
     ({"note": Say("text.mailbox.refused", {"code": 550})}, True)],
)  # fmt: skip
def test_a_draft_is_shown_to_whoever_is_to_send_it(
    how: dict[str, Any], is_told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ("r.eml" in shown(worked(**how), capsys)) == is_told


def test_in_a_terminal_what_belongs_to_a_line_stands_below_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    first, *others, _ = shown(delivered(note=Say("text.mailbox.outdated")), capsys).splitlines()
    assert not first.startswith(" ")
    assert all(len(one) <= 80 for one in others if "é" * 80 not in one)
    assert any(one.startswith("      ") for one in others)

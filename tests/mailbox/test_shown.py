"""The log: a line a message, whatever the message says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from converter.cli.show_mailbox import show_worked
from converter.jobs.mail import Handled
from converter.jobs.mailbox import Worked
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

"""`mail read --every` as a service manager runs and stops it: the whole process group hears of it at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.books import many, write

REQUESTS = 800  # so many that reading them takes seconds
NAMES = ("1", "2", "3")


def command(*more: str) -> list[str]:
    fixed = ["mail", "read", "courrier", "-o", "depot", "--ledger", "registre.sqlite", "--format", "json"]
    return [sys.executable, "-m", "converter", *fixed, *more]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write(tmp_path_factory.mktemp("classeur"), many(REQUESTS), pieces=False).read_bytes()


@pytest.fixture
def folder(tmp_path: Path, workbook: bytes) -> Path:
    """Where a Maildir with a few messages lies."""
    for name in ("cur", "new", "tmp"):
        (tmp_path / "courrier" / name).mkdir(parents=True)
    for name in NAMES:
        message = EmailMessage()
        message["From"], message["Subject"], message["Message-ID"] = "marie@cabinet.fr", name, f"<{name}@cabinet.fr>"
        message.add_attachment(workbook, maintype="application", subtype="octet-stream", filename="demandes.xlsx")
        (tmp_path / "courrier" / "new" / name).write_bytes(message.as_bytes())
    return tmp_path


Told = list[dict[str, Any]]


def ended_in_the_midst(folder: Path, after: float, end: Callable[[int], object]) -> Told:
    """Made to end so many seconds after a message was begun with; what was told of messages until then."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command("--every", "5s"), cwd=folder, stdout=log, start_new_session=True)
    try:
        until = time.monotonic() + 60
        while not list(folder.glob("depot/*/reçu/*.xlsx")) and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(after)
        end(process.pid)
        assert process.wait(120) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
    return [json.loads(line) for line in (folder / "log").read_text("utf-8").splitlines()]


def told_to_end(group: int) -> None:
    os.killpg(group, signal.SIGTERM)


def told_to_end_and_then_killed_but_for_the_first(group: int) -> None:
    told_to_end(group)
    shown = subprocess.run(["ps", "-A", "-o", "pid=,pgid="], capture_output=True, text=True, check=True).stdout
    members = [int(pid) for pid, its_group in map(str.split, shown.splitlines()) if int(its_group) == group]
    for pid in members:
        if pid != group:
            os.kill(pid, signal.SIGKILL)


def and_all_is_dealt_with_by_the_next_run(folder: Path, told: Told) -> None:
    done = subprocess.run(command(), cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    new = [one for one in told + json.loads(done.stdout)["messages"] if one.get("new")]
    assert sorted(one["subject"] for one in new) == list(NAMES)
    assert [one["outcome"]["requests"]["read"] for one in new] == [REQUESTS] * len(NAMES)


@pytest.mark.parametrize("after", [0.0, 1.5])
def test_a_service_that_is_stopped_in_the_midst_of_a_workbook_ends_with_it(folder: Path, after: float) -> None:
    told = ended_in_the_midst(folder, after, told_to_end)
    assert [one["new"] for one in told] == [True], "it did not go on with the others"
    and_all_is_dealt_with_by_the_next_run(folder, told)


@pytest.mark.parametrize("after", [0.0, 0.7])
def test_a_message_whose_workers_are_killed_with_the_service_is_left_for_the_next_start(
    folder: Path, after: float
) -> None:
    """As a service manager does that has waited long enough. It is never noted as one that cannot be read; where its
    workers had just ended, it is dealt with.
    """
    told = ended_in_the_midst(folder, after, told_to_end_and_then_killed_but_for_the_first)
    assert [one["code"] for one in told] == [1 if one.get("new") else 3 for one in told]
    and_all_is_dealt_with_by_the_next_run(folder, told)

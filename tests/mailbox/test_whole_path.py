"""The whole way, by the command line and through real servers: a message arrives, is converted, answered, put away."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from imaplib import IMAP4
from pathlib import Path
from typing import Any

import pytest
from imap_tools.errors import ImapToolsError

from converter.ledger import messages
from converter.ledger.open import Ledger
from tests.books import PDF, Book, a_book, write
from tests.mailbox import dovecot as imap, smtp
from tests.mailbox.dovecot import Dovecot
from tests.mailbox.smtp import Desk
from tests.mailbox.test_outbox import MARIE

DONE = "Traités"
JSON = "JSON-RIS2021001-20211130-001.json"
XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def mail(folder: Path, subject: str, book: Book | None = None, *, sender: str = MARIE, **headers: str) -> bytes:
    """A message with a workbook and its purchase order."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, imap.USER, subject
    message["Message-ID"] = f"<{subject.replace(' ', '-')}@cabinet.fr>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Bonjour, voici nos demandes.\n")
    if book is not None:
        workbook = write(folder, book).read_bytes()
        message.add_attachment(workbook, maintype="application", subtype=XLSX, filename="demandes.xlsx")
        message.add_attachment(PDF, maintype="application", subtype="pdf", filename="CMD-1.pdf")
    return message.as_bytes()


def faulty() -> Book:
    book = a_book()
    book["Commande"][0]["regimeTVA"] = "TTTC"
    return book


@dataclass
class Bureau:
    """A mailbox, a server to answer through, and the command that works them."""

    folder: Path
    server: Dovecot
    desk: Desk
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def depot(self) -> Path:
        return self.folder / "depot"

    @property
    def ledger(self) -> Path:
        return self.folder / "registre.sqlite"

    def arrives(self, subject: str, book: Book | None = None, **more: str) -> None:
        self.server.deliver(mail(self.folder / "chez-marie", subject, book, **more))

    def command(self, *more: str) -> list[str]:
        fixed = [
            "mail",
            "read",
            self.server.address,
            "-o",
            "depot",
            "--ledger",
            str(self.ledger),
            "--date",
            "2021-11-30",
        ]
        return [sys.executable, "-m", "converter", *fixed, "--lang", "en", *more]

    @property
    def sending(self) -> list[str]:
        return ["--send", self.desk.address, "--allow", "@cabinet.fr", "--move-to", DONE]

    def read(self, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*more), cwd=self.folder, capture_output=True, text=True, timeout=120, check=False
        )

    def listen(self, *more: str) -> subprocess.Popen[str]:
        log = (self.folder / "log").open("a", encoding="utf-8")
        with log:
            command = self.command("--every", "5s", *more)
            process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, text=True)
        self.running.append(process)
        return process

    @property
    def log(self) -> list[str]:
        """What the command that listens has written, without the time of each line."""
        return (self.folder / "log").read_text("utf-8").splitlines()

    def row(self, subject: str) -> messages.Row | None:
        with Ledger.at(str(self.ledger)).reading() as connection:
            return messages.handled(connection, f"{subject.replace(' ', '-')}@cabinet.fr")


@pytest.fixture
def bureau(tmp_path: Path, server: Dovecot, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bureau]:
    for name in ("XDG_STATE_HOME", "HOME"):  # where bugs are logged
        monkeypatch.setenv(name, str(tmp_path / "home"))
    one = Bureau(tmp_path, server, desk)
    yield one
    for process in one.running:
        if process.poll() is None:
            process.kill()
        process.wait(10)


def until(holds: Callable[[], Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, IMAP4.error, ImapToolsError):  # not there yet
            if holds():
                return
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {holds()}")


def test_a_sound_workbook_is_deposited_answered_and_put_away(bureau: Bureau) -> None:
    bureau.arrives("Novembre", a_book())
    done = bureau.read(*bureau.sending, "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    (told,) = json.loads(done.stdout)["messages"]
    assert (told["sender"], told["sent"], told["code"]) == (MARIE, True, 0)
    (deposit,) = bureau.depot.glob(f"*/{JSON}")
    ((sender, recipients, answer),) = bureau.desk.taken
    assert (sender, recipients, answer["To"]) == (smtp.USER, [MARIE], MARIE)
    assert (answer["In-Reply-To"], answer["Auto-Submitted"]) == ("<Novembre@cabinet.fr>", "auto-replied")
    enclosed = {one.get_filename(): one.get_payload(decode=True) for one in answer.iter_attachments()}
    assert enclosed[JSON] == deposit.read_bytes()
    assert bureau.server.holds() == {}
    assert bureau.server.holds(DONE) == {"Novembre": {"\\Seen", "\\Answered"}}


def test_a_faulty_workbook_is_answered_with_what_to_mend_and_nothing_is_deposited(bureau: Bureau) -> None:
    bureau.arrives("Novembre", faulty())
    assert bureau.read(*bureau.sending).returncode == 1
    ((_, _, answer),) = bureau.desk.taken
    body = answer.get_body(("plain",))
    assert body is not None
    assert "Commande!C2" in body.get_content()
    assert any((one.get_filename() or "").endswith(".xlsx") for one in answer.iter_attachments())
    assert list(bureau.depot.glob("*/*.json")) == []
    assert bureau.server.holds(DONE) == {"Novembre": {"\\Seen", "\\Answered"}}


def test_nothing_is_sent_or_moved_unless_it_is_said(bureau: Bureau) -> None:
    bureau.arrives("Novembre", a_book())
    assert bureau.read().returncode == 0
    assert bureau.desk.taken == []
    assert len(list(bureau.depot.glob("*/*.eml"))) == 1
    assert bureau.server.holds() == {"Novembre": {"\\Seen", "xl2json"}}
    assert bureau.read(*bureau.sending).returncode == 0
    assert bureau.desk.taken == [], "its draft may have been sent by hand"
    bureau.read(*bureau.sending, "--again")
    assert bureau.desk.recipients == [MARIE], "that is asked for"


def test_only_those_who_are_allowed_and_wait_for_it_are_answered(bureau: Bureau) -> None:
    bureau.arrives("Inconnu", a_book(), sender="jean@ailleurs.fr")
    bureau.arrives("Absence", faulty(), Auto_Submitted="auto-replied")
    bureau.arrives("Liste", faulty(), List_Id="<tous.cabinet.fr>")
    bureau.arrives("Bonjour")
    bureau.read(*bureau.sending)
    assert bureau.desk.taken == []
    assert bureau.server.holds() == {"Bonjour": {"xl2json"}}, "ordinary mail stays unread where it is"
    assert set(bureau.server.holds(DONE)) == {"Inconnu", "Absence", "Liste"}


def test_what_arrives_while_one_listens_is_dealt_with_a_line_each_and_sigterm_ends_it(bureau: Bureau) -> None:
    bureau.arrives("Premier", a_book())
    process = bureau.listen(*bureau.sending)
    until(lambda: len(bureau.desk.taken) == 1)
    bureau.arrives("Second", faulty())
    until(lambda: bureau.server.holds(DONE).keys() == {"Premier", "Second"})
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    _, first, second, _ = bureau.log
    assert "Premier" in first
    assert "Second" in second
    assert MARIE in second
    assert bureau.desk.recipients == [MARIE, MARIE]


def test_sigterm_waits_for_the_message_at_hand(bureau: Bureau) -> None:
    """Wherever it comes: nothing is left half done, and the next run does the rest."""
    for n in range(4):
        bureau.arrives(f"Message {n}", faulty())
    process = bureau.listen(*bureau.sending)
    until(lambda: bureau.desk.taken)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert len(bureau.desk.taken) == len(bureau.server.holds(DONE))
    bureau.read(*bureau.sending)
    assert len(bureau.desk.taken) == len(bureau.server.holds(DONE)) == 4
    assert len({one["In-Reply-To"] for _, _, one in bureau.desk.taken}) == 4


def test_a_server_that_drops_out_is_found_again_and_nothing_is_done_twice(bureau: Bureau) -> None:
    process = bureau.listen(*bureau.sending)
    bureau.arrives("Avant", a_book())
    until(lambda: "Avant" in bureau.server.holds(DONE))
    bureau.server.stop()
    until(lambda: len(bureau.log) == 3)
    time.sleep(1)
    assert process.poll() is None
    bureau.server.start()
    bureau.arrives("Ensuite", faulty())
    until(lambda: "Ensuite" in bureau.server.holds(DONE))
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert len(bureau.log) == 5, "listening, before, lost, after, stopped"
    assert [one["In-Reply-To"] for _, _, one in bureau.desk.taken] == ["<Avant@cabinet.fr>", "<Ensuite@cabinet.fr>"]


def test_a_server_that_drops_out_before_the_flag_is_set_sees_one_answer(bureau: Bureau) -> None:
    """It goes away at the moment when the answer has been taken."""
    bureau.arrives("Novembre", a_book())
    desk, server = bureau.desk, bureau.server
    taken = desk.handle_DATA

    async def drops(*arguments: Any) -> str:
        server.stop()
        return await taken(*arguments)

    desk.handle_DATA = drops  # type: ignore[method-assign]
    assert bureau.read(*bureau.sending).returncode == 3
    server.start()
    assert server.holds() == {"Novembre": set()}
    assert bureau.read(*bureau.sending).returncode == 0
    assert set(server.holds(DONE)) == {"Novembre"}
    assert desk.recipients == [MARIE]


@pytest.mark.parametrize(("at", "count"), [("MAIL", 0), ("DATA", 1), ("AFTER", 1)])
def test_a_run_killed_while_it_sends_sends_at_most_once(bureau: Bureau, at: str, count: int) -> None:
    bureau.arrives("Novembre", a_book())
    process = bureau.listen(*bureau.sending)

    def killed(_: Any, name: str) -> None:
        if name == at:
            process.kill()
            process.wait(10)

    bureau.desk._step = killed  # type: ignore[assignment, method-assign]
    if at == "AFTER":
        taken = bureau.desk.handle_DATA

        async def then_killed(*arguments: Any) -> str:
            said = await taken(*arguments)
            killed(None, "AFTER")
            return said

        bureau.desk.handle_DATA = then_killed  # type: ignore[method-assign]
    assert process.wait(60) == -signal.SIGKILL
    bureau.desk.__dict__.pop("_step")
    until(lambda: len(bureau.desk.taken) == count)
    row = bureau.row("Novembre")
    assert row is not None
    assert (row.claimed_at is None, row.sent_at) == (False, None)
    done = bureau.read(*bureau.sending, "--format", "json")
    (told,) = json.loads(done.stdout)["messages"]
    assert (told["sent"], told["why"] is None) == (False, False), "told"
    assert len(bureau.desk.taken) == count, "and not repeated"
    assert set(bureau.server.holds(DONE)) == {"Novembre"}


def test_two_at_once_send_one_answer(bureau: Bureau) -> None:
    """Two colleagues, or a second run of the clock before the first has ended."""
    bureau.arrives("Novembre", faulty())
    command = bureau.command(*bureau.sending)
    both = [subprocess.Popen(command, cwd=bureau.folder, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert {one.wait(60) for one in both} <= {0, 1}
    assert bureau.desk.recipients == [MARIE]
    assert bureau.server.holds(DONE)["Novembre"] >= {"\\Seen"}, "who has moved it need not be who has answered"


def test_passwords_are_nowhere_to_be_seen(bureau: Bureau) -> None:
    bureau.arrives("Novembre", a_book())
    bureau.desk.says["RCPT"] = "450 later"
    process = bureau.listen(*bureau.sending)
    until(lambda: len(bureau.log) == 2)
    seen = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(process.pid)], capture_output=True, text=True, check=True
    ).stdout
    shown = Path(f"/proc/{process.pid}/cmdline")
    seen += shown.read_text() if shown.exists() else ""
    assert "mail" in seen
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    wrong = {**os.environ, "XL2JSON_IMAP_PASSWORD": imap.PASSWORD + "x", "XL2JSON_SMTP_PASSWORD": smtp.PASSWORD}
    failed = subprocess.run(bureau.command(), cwd=bureau.folder, env=wrong, capture_output=True, text=True, check=False)
    assert failed.returncode == 3
    seen += failed.stdout + failed.stderr
    for path in bureau.folder.rglob("*"):
        if path.is_file():
            seen += path.read_bytes().decode("latin-1") + path.read_bytes().decode("utf-8", "replace")
    for secret in (imap.PASSWORD, smtp.PASSWORD):
        assert secret not in seen
        assert secret.encode().decode("latin-1") not in seen


def test_what_makes_no_sense_is_said_before_a_server_is_asked(bureau: Bureau) -> None:
    bureau.server.stop()
    wrong: list[list[str]] = [
        ["--allow", "@cabinet.fr"],
        ["--send", bureau.desk.address],
        ["--send", bureau.desk.address, "--allow", "cabinet.fr"],
        ["--send", bureau.desk.address.replace("@", ":S3cret@", 1), "--allow", "@cabinet.fr"],
        ["--every", "5"],
        ["--every", "4s"],
        ["--every", "25h"],
        ["--every", "5m", "--again"],
        ["--move-to", "INBOX"],
    ]
    for more in wrong:
        done = bureau.read(*more)
        assert (done.returncode, done.stdout) == (2, ""), more
        assert "S3cret" not in done.stderr
    assert bureau.read().returncode == 3

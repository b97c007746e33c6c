"""What goes wrong with a ledger is one sentence and exit code 3; nothing of the run is left, and no password is told."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import openpyxl
import pytest
from sqlalchemy import make_url

from converter.errors import MisuseError, Xl2JsonError
from converter.jobs import ledger as asked
from converter.ledger import open as opening
from converter.ledger.open import Ledger
from tests.ledger.office import FIRST, PHONE, Office, exit_3, order

SECRET = "s3cr3t-pw"  # noqa: S105


def said(error: pytest.ExceptionInfo[Xl2JsonError]) -> str:
    return error.value.message("fr") + error.value.message("en") + str(error.value)


# ------------------------------------------------------------------------------------------------------------- locked


def test_a_ledger_that_another_run_holds(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.convert(order(1))
    before = office.entries()
    monkeypatch.setattr(opening, "WAIT", 0.3)
    with Ledger(office.ledger).writing():
        start = time.monotonic()
        with pytest.raises(Xl2JsonError) as error:
            office.convert(order(1), order(2))
        assert time.monotonic() - start < 8
    exit_3(error, "ledger.locked")
    assert (office.entries(), office.sent()) == (before, ["00001"])
    office.convert(order(1), order(2))
    assert office.sent() == ["00001", "00002"]


def test_reading_does_not_wait_for_one_who_writes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.convert(order(1))
    monkeypatch.setattr(opening, "WAIT", 0.3)
    with Ledger(office.ledger).writing():
        assert office.listed() == [("CMD-1", "00001", "prepared")]


# ------------------------------------------------------------------------------------------------- read-only, and full


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 kB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=200k", "xl2json-test", str(folder)]
    if os.name == "nt" or os.getuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a disk of its own takes root and the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def read_only(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)


def test_a_disk_that_is_full(tiny: Path, tmp_path: Path) -> None:
    office = Office(folder=tmp_path, ledger=str(tiny / "ledger.sqlite"))
    office.convert(order(1))
    before = office.entries()
    with (tiny / "ballast").open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"x" * 512)
        except OSError:
            pass
    with pytest.raises(Xl2JsonError) as error:
        office.convert(*(order(n) for n in range(1, 20)))
    exit_3(error, "ledger.no_room")
    (tiny / "ballast").unlink()
    assert (office.entries(), office.sent()) == (before, ["00001"])


def test_a_ledger_that_has_no_room(alone: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    alone.convert(order(1))
    before = alone.entries()
    prepare = opening._prepare

    def bounded(raw: sqlite3.Connection, more: object) -> None:
        prepare(raw, more)
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count={pages}")

    with monkeypatch.context() as patch:
        patch.setattr(opening, "_prepare", bounded)
        with pytest.raises(Xl2JsonError) as error:
            alone.convert(*(order(n) for n in range(1, 20)))
    exit_3(error, "ledger.no_room")
    assert (alone.entries(), alone.files()) == (before, [FIRST])


def test_a_ledger_that_may_only_be_read(tiny: Path, tmp_path: Path) -> None:
    office = Office(folder=tmp_path, ledger=str(tiny / "ledger.sqlite"))
    office.convert(order(1))
    read_only(tiny)
    assert office.listed() == [("CMD-1", "00001", "prepared")]
    assert office.check(order(1)).exit_code == 0
    asked.export(office.ledger, tmp_path / "export.csv", lang="fr")
    with pytest.raises(Xl2JsonError) as error:
        office.convert(order(1), order(2))
    exit_3(error, "ledger.readonly")
    assert office.sent() == ["00001"]


def test_a_folder_that_may_only_be_read(tiny: Path, tmp_path: Path) -> None:
    read_only(tiny)
    for where in (tiny / "ledger.sqlite", tiny / "new" / "ledger.sqlite"):
        with pytest.raises(Xl2JsonError) as error:
            Office(folder=tmp_path, ledger=str(where)).convert(order(1))
        exit_3(error, "ledger.readonly")
    assert not (tmp_path / "depot").exists()


def test_a_folder_in_place_of_the_journal(alone: Office) -> None:
    alone.convert(order(1))
    journal = Path(f"{alone.ledger}-journal")
    journal.mkdir()
    with pytest.raises(Xl2JsonError) as error:
        alone.convert(order(1), order(2))
    assert error.value.exit_code == 3
    journal.rmdir()
    assert alone.listed() == [("CMD-1", "00001", "prepared")]


def test_a_folder_in_place_of_the_ledger(alone: Office) -> None:
    Path(alone.ledger).mkdir(parents=True)
    with pytest.raises(Xl2JsonError) as error:
        alone.convert(order(1))
    exit_3(error, "ledger.folder")
    with pytest.raises(Xl2JsonError) as error:
        alone.entries()
    assert error.value.exit_code == 3


def test_a_file_in_place_of_the_ledger_s_folder(alone: Office) -> None:
    Path(alone.ledger).parent.write_text("a file")
    with pytest.raises(Xl2JsonError) as error:
        alone.convert(order(1))
    exit_3(error, "ledger.readonly")
    assert alone.entries() == ()


# ------------------------------------------------------------------------------------------------------------ corrupt


@pytest.fixture
def worn(alone: Office) -> Office:
    """A ledger of twenty-five requests."""
    alone.convert(*(order(n) for n in range(1, 26)))
    return alone


def overwrite(path: Path, start: float, length: int) -> None:
    """Overwrite `length` bytes from that part of the file on."""
    content = bytearray(path.read_bytes())
    at = int(len(content) * start)
    content[at : at + length] = b"\xa5" * len(content[at : at + length])
    path.write_bytes(content)


def pages_of(path: Path, table: str) -> list[int]:
    """Where the pages of a table's rows begin, in bytes; its root page left out."""
    with sqlite3.connect(path) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    content = path.read_bytes()
    size = int.from_bytes(content[16:18], "big")
    page = content[(root - 1) * size : root * size]
    assert page[0] == 5, "an inner page"
    cells = int.from_bytes(page[3:5], "big")
    found = []
    for cell in range(cells):
        at = int.from_bytes(page[12 + 2 * cell : 14 + 2 * cell], "big")
        found.append((int.from_bytes(page[at : at + 4], "big") - 1) * size)
    return found


def test_a_damaged_ledger_is_not_written_to_and_what_can_be_read_is_saved(worn: Office) -> None:
    path = Path(worn.ledger)
    page = pages_of(path, "requests")[1]
    content = bytearray(path.read_bytes())
    content[page : page + 4096] = b"\xa5" * 4096
    path.write_bytes(content)
    with pytest.raises(Xl2JsonError) as error:
        worn.convert(order(1, phone=PHONE))
    exit_3(error, "ledger.corrupt")
    assert path.read_bytes() == content
    target = worn.folder / "saved.xlsx"
    done = asked.export(worn.ledger, target, lang="fr")
    rows = list(openpyxl.load_workbook(target).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert done.is_whole is False
    assert 10 <= len(rows) == len(done.entries) < 25
    assert {str(row[6]) for row in rows} == {one.number for one in done.entries}


@pytest.mark.parametrize("seed", range(6))
def test_damage_anywhere_is_a_sentence_and_never_a_bug(worn: Office, seed: int) -> None:
    random, path = Random(seed), Path(worn.ledger)  # noqa: S311
    overwrite(path, random.random(), random.choice([1, 16, 512, 4096, 40_000]))
    for attempt in (
        worn.entries,
        lambda: worn.convert(order(1)),
        lambda: worn.check(order(2)),
        lambda: worn.mark("deposited", FIRST),
        lambda: asked.show(worn.ledger, "CMD-3"),
        lambda: asked.export(worn.ledger, worn.folder / "saved.csv", lang="fr"),
    ):
        try:
            attempt()
        except Xl2JsonError as error:
            assert error.exit_code == 3
            assert error.message("fr")


def test_a_ledger_cut_short(worn: Office) -> None:
    path = Path(worn.ledger)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(Xl2JsonError) as error:
        worn.convert(order(1))
    exit_3(error, "ledger.corrupt")


@pytest.mark.parametrize("content", [b"PK\x03\x04 a workbook, maybe" * 40, b"notes", b"\0" * 5000])
def test_a_file_that_is_no_ledger_at_all(alone: Office, content: bytes) -> None:
    path = Path(alone.ledger)
    path.parent.mkdir()
    path.write_bytes(content)
    for attempt in (
        lambda: alone.convert(order(1)),
        alone.entries,
        lambda: asked.export(path, alone.folder / "saved.csv", lang="fr"),
    ):
        with pytest.raises(Xl2JsonError) as error:
            attempt()
        exit_3(error, "ledger.corrupt")
    assert path.read_bytes() == content


def test_an_empty_file_is_an_empty_ledger(alone: Office) -> None:
    Path(alone.ledger).parent.mkdir()
    Path(alone.ledger).touch()
    alone.convert(order(1))
    assert alone.listed() == [("CMD-1", "00001", "prepared")]


def test_a_database_of_somebody_else_s(alone: Office) -> None:
    Path(alone.ledger).parent.mkdir()
    with sqlite3.connect(alone.ledger) as connection:
        connection.execute("CREATE TABLE requests (id INTEGER)")
    connection.close()
    with pytest.raises(Xl2JsonError) as error:
        alone.convert(order(1))
    assert error.value.exit_code == 3


# ------------------------------------------------------------------------------------------------- the file, the address


def test_the_file_is_its_owner_s_alone(alone: Office) -> None:
    before = os.umask(0)
    try:
        alone.convert(order(1))
    finally:
        os.umask(before)
    assert Path(alone.ledger).stat().st_mode & 0o777 == 0o600
    assert Path(alone.ledger).parent.stat().st_mode & 0o777 == 0o700


def test_no_write_ahead_log(alone: Office) -> None:
    alone.convert(order(1))
    with sqlite3.connect(alone.ledger) as connection:
        assert connection.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    connection.close()
    alone.convert(order(1), order(2))
    with sqlite3.connect(alone.ledger) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()
    assert sorted(path.name for path in Path(alone.ledger).parent.iterdir()) == ["ledger.sqlite"]


@pytest.mark.parametrize(
    "name", ["a?mode=ro.sqlite", "50%.sqlite", "a#b.sqlite", "régistre été.db", "no ending", "a;b'c"]
)
def test_a_file_of_any_name(tmp_path: Path, name: str) -> None:
    office = Office(folder=tmp_path, ledger=str(tmp_path / "own" / name))
    office.convert(order(1))
    assert office.listed() == [("CMD-1", "00001", "prepared")]
    assert [path.name for path in (tmp_path / "own").iterdir()] == [name]


@pytest.mark.parametrize(
    "where",
    [
        f"postgresql+psycopg:/user:{SECRET}@host/db",
        f"postgresql:user:{SECRET}@host/db",
        f"postgresql//user:{SECRET}@host/db",
        f"postgres:/user:{SECRET}@host/db",
        f"/home/me/postgresql+psycopg:/user:{SECRET}@host/db",
        f"postgre://user:{SECRET}@host/db",
        f"postgresql+psycop://user:{SECRET}@host/db",
        f"postgresql+psycopg2://user:{SECRET}@host/db",
        f"mysql://user:{SECRET}@host/db",
        f"postgresql+psycopg://user:{SECRET}@host:port/db",
        f"sqlite:///{SECRET}.sqlite",
        "sqlite:/ledger.sqlite",
        "https://example.org/ledger",
        "://",
    ],
)
def test_an_address_with_a_typo_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    monkeypatch.chdir(tmp_path)
    office = Office(folder=tmp_path, ledger=where)
    path = office.book(order(1))
    before = sorted(tmp_path.rglob("*"))
    for attempt in (office.entries, lambda: asked.mark(where, "deposited", FIRST), lambda: office.convert(order(1))):
        with pytest.raises(MisuseError) as error:
            attempt()
        assert (error.value.say.key, SECRET in said(error)) == ("error.ledger.url", False)
    assert (path.exists(), sorted(tmp_path.rglob("*"))) == (True, before)


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
@pytest.mark.parametrize("query", ["", f"?password={SECRET}"])
def test_a_server_that_is_not_there(tmp_path: Path, scheme: str, query: str) -> None:
    pytest.importorskip("psycopg")
    office = Office(folder=tmp_path, ledger=f"{scheme}://user:{SECRET}@127.0.0.1:1/db{query}")
    with pytest.raises(Xl2JsonError) as error:
        office.convert(order(1))
    exit_3(error, "ledger.unusable")
    assert SECRET not in said(error)
    assert "127.0.0.1" in error.value.message("fr")


def test_a_wrong_password_is_not_told(office: Office) -> None:
    if office.ledger.startswith("/"):
        pytest.skip("a file has no password")
    url = make_url(office.ledger).set(password=SECRET)
    with pytest.raises(Xl2JsonError) as error:
        Office(folder=office.folder, ledger=url.render_as_string(hide_password=False)).convert(order(1))
    exit_3(error, "ledger.unusable")
    assert SECRET not in said(error)


def test_the_outcome_names_the_ledger_without_its_password(office: Office) -> None:
    outcome = office.convert(order(1))
    password = make_url(office.ledger).password if "://" in office.ledger else None
    assert outcome.ledger
    assert password is None or password not in outcome.ledger

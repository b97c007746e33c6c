"""Writing a deposit: all or nothing, twice the same, and as if undisturbed after any disturbance (contract §3, §6)."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import converter
from converter import Outcome, Xl2JsonError
from converter.parcel import write as write_module
from converter.parcel.stored import StoredZip
from converter.request import Source
from tests.books import DEPOSIT, many, write
from tests.parcel import pdf, tree

ROOT = Path(__file__).resolve().parents[2]
NAME = "JSON-RIS2021001-20211130-001"
PIECE = "RAD-RIS-Va1-BDC-00001.pdf"
Tree = dict[str, bytes | None]


def one_a_file() -> Any:
    """A spec by which each request has a file of its own."""
    spec = converter.load_spec()
    return replace(spec, limits=replace(spec.limits, requests_per_file=1))


def orders(folder: Path, amount: int = 31162) -> Path:
    """A workbook of two requests; another `amount` gives another JSON."""
    book = many(2)
    for row in book["Commande"]:
        row["montantSegurHT"] = amount
    return write(folder, book)


def run(path: Path, out: Path, **options: Any) -> Outcome:
    outcome = converter.convert(path, deposit=DEPOSIT, out=out, **options)
    assert outcome.ok, outcome.findings
    return outcome


def stopped(path: Path, out: Path, **options: Any) -> None:
    """The run cannot go on, and says so."""
    with pytest.raises(Xl2JsonError) as stop:
        run(path, out, **options)
    assert stop.value.exit_code == 3


def marks(folder: Path) -> dict[str, tuple[int, int]]:
    """By which one sees whether a file was touched."""
    stats = {str(path): path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path: (stat.st_mtime_ns, stat.st_ino) for path, stat in stats.items()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return orders(tmp_path / "book")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "depot"


# -------------------------------------------------------------------------------------------------------- what is there


def test_beside_the_json_are_its_zip_and_a_folder_with_the_same_files(path: Path, out: Path) -> None:
    run(path, out)
    written = tree(out)
    pieces = [PIECE, PIECE.replace("1.", "2.")]
    assert sorted(written) == sorted([NAME, f"{NAME}.json", f"{NAME}.zip", *(f"{NAME}/{piece}" for piece in pieces)])
    with zipfile.ZipFile(out / f"{NAME}.zip") as archive:
        assert archive.namelist() == pieces
        assert {f"{NAME}/{name}": archive.read(name) for name in pieces}.items() <= written.items()


def test_without_loose_files_there_is_no_folder(path: Path, out: Path, tmp_path: Path) -> None:
    run(path, out, loose=False)
    run(path, tmp_path / "other")
    assert sorted(tree(out)) == [f"{NAME}.json", f"{NAME}.zip"]
    assert tree(out).items() <= tree(tmp_path / "other").items()


def test_unzip_takes_each_zip(path: Path, out: Path) -> None:
    for file in run(path, out, spec=one_a_file()).files:
        subprocess.run(["unzip", "-tqq", file.zip or ""], check=True)


def test_missing_folders_are_made(path: Path, tmp_path: Path) -> None:
    run(path, tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c" / f"{NAME}.json").is_file()


def test_without_out_the_deposit_is_in_depot(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert converter.convert(path, deposit=DEPOSIT).files[0].json == str(Path("depot", f"{NAME}.json"))
    assert (tmp_path / "depot" / f"{NAME}.json").is_file()


def test_others_may_read_what_is_written_as_far_as_the_system_lets_them(path: Path, out: Path) -> None:
    """A temporary folder is its owner's alone; a deposit is not."""
    usual = out.parent / "usual"
    usual.mkdir()
    (usual / "file").write_bytes(b"")
    run(path, out)
    assert {one.stat().st_mode for one in (out, out / NAME)} == {usual.stat().st_mode}
    assert {one.stat().st_mode for one in out.rglob("*") if one.is_file()} == {(usual / "file").stat().st_mode}


def test_the_same_workbook_gives_the_same_bytes_wherever_and_whenever(tmp_path: Path) -> None:
    trees = []
    for number, folder in enumerate(("one", "two")):
        path = orders(tmp_path / folder)
        for file in path.parent.iterdir():
            os.utime(file, (number * 10**8, number * 10**8))
        run(path, tmp_path / f"depot-{folder}")
        trees.append(tree(tmp_path / f"depot-{folder}"))
    assert trees[0] == trees[1]


# --------------------------------------------------------------------------------------------------------- coming again


def test_a_second_run_leaves_every_file_alone(path: Path, out: Path) -> None:
    first = run(path, out)
    before = tree(out), marks(out)
    assert run(path, out) == first
    assert (tree(out), marks(out)) == before


@pytest.mark.parametrize("gone", [f"{NAME}.json", f"{NAME}.zip", f"{NAME}/{PIECE}"])
def test_a_second_run_puts_back_what_is_gone_and_leaves_the_rest_alone(gone: str, path: Path, out: Path) -> None:
    run(path, out)
    before, kept = tree(out), marks(out)
    (out / gone).unlink()
    run(path, out)
    assert tree(out) == before
    assert {file: mark for file, mark in marks(out).items() if Path(file) != out / gone}.items() <= kept.items()


def other_json(out: Path) -> None:
    (out / f"{NAME}.json").write_bytes(b"{}\n")


def other_zip(out: Path) -> None:
    (out / f"{NAME}.zip").write_bytes(b"PK")


def other_piece(out: Path) -> None:
    (out / NAME / PIECE).write_bytes(b"%PDF-")


def a_piece_too_many(out: Path) -> None:
    (out / NAME / "RAD-RIS-Va1-HT-00009.png").write_bytes(b"")


def only_the_zip_and_another(out: Path) -> None:
    shutil.rmtree(out / NAME)
    (out / f"{NAME}.json").unlink()
    other_zip(out)


OTHERS = [other_json, other_zip, other_piece, a_piece_too_many, only_the_zip_and_another]


@pytest.mark.parametrize("change", OTHERS)
def test_a_file_with_other_bytes_stops_the_run_and_nothing_changes(
    change: Callable[[Path], None], path: Path, out: Path
) -> None:
    run(path, out)
    change(out)
    before = tree(out), marks(out)
    stopped(path, out)
    assert (tree(out), marks(out)) == before


@pytest.mark.parametrize("change", OTHERS)
def test_with_replace_other_bytes_give_way(change: Callable[[Path], None], path: Path, out: Path) -> None:
    run(path, out)
    before = tree(out)
    change(out)
    run(path, out, replace=True)
    assert tree(out) == before


def test_a_dry_run_stops_where_the_run_would(path: Path, out: Path) -> None:
    run(path, out)
    other_json(out)
    before = tree(out)
    stopped(path, out, dry_run=True)
    assert tree(out) == before


def test_a_dry_run_writes_nothing(path: Path, out: Path) -> None:
    planned = run(path, out, dry_run=True)
    assert not out.exists()
    assert run(path, out).files == planned.files


def test_what_is_not_ours_is_left_alone(path: Path, out: Path) -> None:
    """Notes in the folder, other deposits, what file managers leave behind."""
    run(path, out, file_number=2)
    for name in ("notes.txt", f"{NAME}.json.bak", ".DS_Store"):
        (out / name).write_bytes(b"mine")
    (out / NAME).mkdir()
    (out / NAME / "Thumbs.db").write_bytes(b"mine")
    before = tree(out)
    run(path, out)
    run(path, out, replace=True)
    assert before.items() <= tree(out).items()
    assert (out / f"{NAME}.json").is_file()


# ------------------------------------------------------------------------------------------------------- what cannot be


def a_file_for_a_folder(out: Path) -> None:
    out.write_bytes(b"mine")


def a_file_above(out: Path) -> None:
    out.parent.rmdir() if out.parent.exists() else None
    out.parent.write_bytes(b"mine")


def a_file_where_the_pieces_go(out: Path) -> None:
    out.mkdir()
    (out / NAME).write_bytes(b"mine")


def a_folder_where_the_json_goes(out: Path) -> None:
    (out / f"{NAME}.json").mkdir(parents=True)


def a_folder_where_the_zip_goes(out: Path) -> None:
    (out / f"{NAME}.zip" / "notes").mkdir(parents=True)


@pytest.mark.parametrize("replacing", [False, True])
@pytest.mark.parametrize(
    "put",
    [
        a_file_for_a_folder,
        a_file_above,
        a_file_where_the_pieces_go,
        a_folder_where_the_json_goes,
        a_folder_where_the_zip_goes,
    ],
)
def test_something_in_the_way_stops_the_run_and_nothing_is_left(
    put: Callable[[Path], None], replacing: bool, path: Path, tmp_path: Path
) -> None:
    out = tmp_path / "place" / "depot"
    out.parent.mkdir()
    put(out)
    before = tree(tmp_path)
    stopped(path, out, replace=replacing)
    assert tree(tmp_path) == before


def failing(patch: pytest.MonkeyPatch, error: BaseException, after: int, *calls: tuple[Any, str]) -> None:
    """Let so many of these calls through, whichever they are, then raise `error` at every one."""
    left = [after]

    def unwilling(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise error
            return real(*args, **more)

        return call

    for owner, name in calls:
        patch.setattr(owner, name, unwilling(getattr(owner, name)))


def refusing(patch: pytest.MonkeyPatch, name: Path, error: BaseException) -> None:
    """No file may take that name."""

    def unwilling(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(source: Any, target: Any, *args: Any, **more: Any) -> Any:
            if Path(target) == name:
                raise error
            return real(source, target, *args, **more)

        return call

    for way in ("link", "rename", "replace"):
        patch.setattr(os, way, unwilling(getattr(os, way)))


NAMES = [f"{NAME}.zip", f"{NAME}/{PIECE}", f"{NAME}/{PIECE.replace('1.', '2.')}", f"{NAME}.json"]
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
CLOSED = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
STEPS = {
    "making the hidden folder": (os, "mkdir", 1),
    "making a folder": (os, "mkdir", 2),
    "the first attachment": (StoredZip, "add", 0),
    "the second attachment": (StoredZip, "add", 1),
    "a loose file": (Path, "write_bytes", 0),
    "another loose file": (Path, "write_bytes", 1),
    "the JSON": (Path, "write_bytes", 2),
}


@pytest.mark.parametrize("error", [FULL, CLOSED], ids=["no room", "no permission"])
@pytest.mark.parametrize(("owner", "name", "calls"), STEPS.values(), ids=STEPS)
def test_a_disk_that_does_not_take_it_is_left_as_it_was(
    owner: Any, name: str, calls: int, error: OSError, path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out.mkdir()
    failing(monkeypatch, error, calls, (owner, name))
    stopped(path, out)
    assert tree(out) == {}


@pytest.mark.parametrize("replacing", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_where_one_file_cannot_take_its_name_none_does(
    name: str, replacing: bool, path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out.mkdir()
    refusing(monkeypatch, out / name, CLOSED)
    stopped(path, out, replace=replacing)
    assert tree(out) == {}


@pytest.mark.parametrize("name", NAMES)
def test_where_one_file_cannot_be_replaced_none_is(
    name: str, path: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a zip that another program holds open: the old JSON does not end up beside new pieces."""
    run(path, out)
    for file in (tmp_path / "book").glob("*.pdf"):
        file.write_bytes(pdf(1000))
    orders(tmp_path / "book", 100)
    before = tree(out)
    refusing(monkeypatch, out / name, CLOSED)
    stopped(path, out, replace=True)
    assert tree(out) == before


@pytest.mark.parametrize("name", NAMES)
def test_ctrl_c_leaves_nothing(name: str, path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out.mkdir()
    refusing(monkeypatch, out / name, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run(path, out)
    assert tree(out) == {}


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK])
def test_a_disk_without_hard_links_takes_a_deposit_too(
    number: int, path: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(path, tmp_path / "other")
    failing(monkeypatch, OSError(number, os.strerror(number)), 0, (os, "link"))
    run(path, out)
    assert tree(out) == tree(tmp_path / "other")


def test_a_file_that_appears_meanwhile_is_not_overwritten(
    path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def too_late(source: Any, target: Any) -> None:
        if not (out / f"{NAME}.json").exists():
            (out / f"{NAME}.json").write_bytes(b"another's")
        link(source, target)

    monkeypatch.setattr(os, "link", too_late)
    stopped(path, out)
    assert tree(out) == {f"{NAME}.json": b"another's"}


def test_a_run_does_not_disturb_another_that_is_under_way(
    path: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hidden folder of a run that lives is not taken for one left by a dead one."""
    command = [sys.executable, "-m", "converter", str(path), "-o", str(out), "--date", "2021-11-30"]
    content, others = write_module._content, []

    def and_meanwhile(source: Source) -> bytes:
        if not others:
            words = [*command, "--no-ledger", "--file-number", "2"]
            others.append(subprocess.run(words, cwd=ROOT, capture_output=True, check=True))
        return content(source)

    monkeypatch.setattr(write_module, "_content", and_meanwhile)
    run(path, out)
    monkeypatch.undo()
    run(path, tmp_path / "other")
    run(path, tmp_path / "other", file_number=2)
    assert tree(out) == tree(tmp_path / "other")


# ---------------------------------------------------------------------------------------- files that change meanwhile


def gone(file: Path) -> None:
    file.unlink()


def longer(file: Path) -> None:
    file.write_bytes(pdf(1000))


def shorter(file: Path) -> None:
    file.write_bytes(b"")


def a_folder_now(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("change", [gone, longer, shorter, a_folder_now])
def test_a_file_that_changes_after_the_check_stops_the_run(
    change: Callable[[Path], None], path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from converter.jobs import deliver

    plan = deliver.plan

    def and_then(*args: Any, **more: Any) -> Any:
        planned = plan(*args, **more)
        change(path.parent / "CMD-2.pdf")
        return planned

    out.mkdir()
    monkeypatch.setattr(deliver, "plan", and_then)
    stopped(path, out)
    assert tree(out) == {}


# --------------------------------------------------------------------------------------------------------------- killed

KILLED_EVERYWHERE = """
import os, shutil, signal, sys
from dataclasses import replace
from datetime import date
from pathlib import Path
import converter

before, out, workbook = map(Path, sys.argv[1:4])
step = int(sys.argv[4])
spec = converter.load_spec()
spec = replace(spec, limits=replace(spec.limits, requests_per_file=1))
steps = {"os.mkdir", "os.rmdir", "os.remove", "os.link", "os.rename"}


def run(target, step, opened):
    def watch(event, args):
        nonlocal step
        writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        if event in steps or writes and str(args[0]).startswith(str(target)):
            if writes:
                print(args[0], file=opened, flush=True)
            if step == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            step -= 1

    sys.addaudithook(watch)
    converter.convert(workbook, deposit=date(2021, 11, 30), out=target, spec=spec, replace=before.exists())


converter.check(workbook)
killed = True
while killed:
    target = out / str(step)
    if before.exists():
        shutil.copytree(before, target)
    child = os.fork()
    if child == 0:
        with open(f"{target}.opened", "w") as opened:
            run(target, step, opened)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, -signal.SIGKILL), code
    killed, step = code != 0, step + 1
"""


def kill_everywhere(before: Path, out: Path, workbook: Path, first: int = 0) -> list[Path]:
    """The folders that runs left which were killed at every step in turn, the last being one that was not."""
    out.mkdir()
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    arguments = [sys.executable, "-c", KILLED_EVERYWHERE, str(before), str(out), str(workbook), str(first)]
    subprocess.run(arguments, cwd=ROOT, env=environment, check=True)
    return sorted((folder for folder in out.iterdir() if folder.is_dir()), key=lambda folder: int(folder.name))


def visible(folder: Path) -> Tree:
    """What a person sees there."""
    return {name: content for name, content in tree(folder).items() if not name.startswith(".")}


@pytest.mark.parametrize("replacing", [False, True])
def test_after_a_kill_at_any_step_a_rerun_ends_as_if_undisturbed(replacing: bool, path: Path, tmp_path: Path) -> None:
    spec, before = one_a_file(), tmp_path / "before"
    if replacing:
        run(orders(tmp_path / "old", 100), before, spec=spec)
        for file in (tmp_path / "book").glob("*.pdf"):
            file.write_bytes(pdf(1000))
    run(path, tmp_path / "undisturbed", spec=spec)
    expected, old = tree(tmp_path / "undisturbed"), tree(before)
    *left, whole = kill_everywhere(before, tmp_path / "killed", path)
    assert tree(whole) == expected
    assert len(left) > 15
    for folder in left:
        for name, content in visible(folder).items():
            assert content in (expected[name], old.get(name, expected[name])), f"{name} is half-written"
            stem, ending = name[: len(NAME)], name[len(NAME) :]
            if ending == ".json" and content == expected[name]:
                parcel = {one: what for one, what in expected.items() if one.startswith(stem)}
                assert parcel.items() <= visible(folder).items(), f"{name} before its zip and its folder"
        run(path, folder, spec=spec, replace=replacing)
    assert [folder.name for folder in left if tree(folder) != expected] == []


def test_only_hidden_files_are_ever_written_to(path: Path, tmp_path: Path) -> None:
    """A file takes its final name when it is complete."""
    whole = kill_everywhere(tmp_path / "nothing", tmp_path / "alive", path, first=10**6)[0]
    opened = [Path(line).relative_to(whole) for line in Path(f"{whole}.opened").read_text("utf-8").splitlines()]
    assert opened
    assert all(name.parts[0].startswith(".") for name in opened)

"""What `make bench` compares makes the same thing, and what it leaves out is named. No time is asserted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import generate, measure, parts, run
from benchmarks.measure import Command, Measured
from benchmarks.targets import TARGETS, Target
from tests.books import PDF

NEEDS = {"polars": ("polars", "fastexcel"), "flatten-tool": ("flattentool",)}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The workbooks are made for this run: nobody's `benchmarks/data` is touched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generate, "DATA", tmp_path_factory.mktemp("data"))
        yield


@pytest.fixture(scope="module")
def twenty(data: None, tmp_path_factory: pytest.TempPathFactory) -> parts.Part:
    return parts.requests(20, tmp_path_factory.mktemp("scratch"))


@pytest.mark.parametrize(
    "name", ["convert", "convert + new ledger", "floor", "polars", "pandas+openpyxl", "flatten-tool"]
)
def test_a_contestant_makes_what_the_program_makes(name: str, twenty: parts.Part) -> None:
    for module in NEEDS.get(name, ()):
        pytest.importorskip(module)
    [command] = [one for one in twenty.commands if one.name == name]
    measure.once(command)
    assert twenty.differs[name]() is None


def test_what_differs_is_told(twenty: parts.Part) -> None:
    [command] = [one for one in twenty.commands if one.name == "floor"]
    measure.once(command)
    next(command.fresh[0].glob("*.json")).write_bytes(b"{}")
    assert twenty.differs["floor"]() == "other files or sizes"


def test_what_is_not_there_or_not_asked_for_is_named(
    data: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parts, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        run.main(["--runs", "1", "--sizes", "20", "--only", "requests,floor"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "Left out: polars (polars, fastexcel not installed: requirements/bench.txt)." in said
    assert "Left out: flatten-tool (flattentool not installed: requirements/bench.txt)." in said
    assert "Left out: convert (not asked for)." in said
    assert "| floor | 1 |" in said
    assert "not measured (20000: floor)" in said


def test_commands_run_in_rounds_and_slow_ones_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    seconds = {"quick": 1.0, "slow": 60.0}

    def once(command: Command) -> tuple[float, float]:
        seen.append(command.name)
        return seconds[command.name], 10.0

    monkeypatch.setattr(measure, "once", once)
    medians, _ = measure.rounds([Command(name="quick", line=[]), Command(name="slow", line=[])], 3)
    assert seen == ["quick", "slow", "quick", "slow", "quick", "quick"]
    assert (medians["quick"].runs, medians["slow"].runs) == (3, 2)


def test_a_peak_is_the_command_s_own_and_not_its_parent_s() -> None:
    ballast = bytearray(300 * 2**20)
    ballast[:: 2**12] = b"x" * len(ballast[:: 2**12])
    _, megabytes = measure.once(Command(name="nothing", line=measure.python("-c", "pass")))
    assert megabytes < 100
    _, megabytes = measure.once(Command(name="much", line=measure.python("-c", "b'x' * (200 * 2**20)")))
    assert megabytes > 200


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_peak_of_a_family_is_that_of_all_its_processes_together() -> None:
    child = "import time; kept = b'x' * (60 * 2**20); time.sleep(1)"
    parent = f"import subprocess, sys; [one.wait() for one in [subprocess.Popen([sys.executable, '-c', {child!r}]) for _ in '12']]"
    assert measure.tree_peak(Command(name="family", line=measure.python("-c", parent))) > 120


def test_a_command_that_fails_says_what_it_said() -> None:
    with pytest.raises(measure.FailedError, match="no such order"):
        measure.once(Command(name="fails", line=measure.python("-c", "raise SystemExit('no such order')")))


def test_a_command_that_fails_keeps_no_other_from_being_measured() -> None:
    broken = Command(name="broken", line=measure.python("-c", "1 / 0"))
    medians, failed = measure.rounds([broken, Command(name="sound", line=measure.python("-c", "pass"))], 1)
    assert list(medians) == ["sound"]
    assert "ZeroDivisionError" in failed["broken"]


@pytest.mark.parametrize(("limit", "mark"), [(2, "✓"), (1.4, "✗")])
def test_a_target_is_held_or_missed(limit: float, mark: str) -> None:
    figures = {("200", "convert"): Measured(seconds=1.5, megabytes=1, runs=5)}
    target = Target("what", lambda some: some["200", "convert"].seconds, limit)
    assert target.row(figures) == f"| what | 1.50 × | ≤ {limit:g} × | {mark} |"


def test_every_target_compares_what_a_part_measures() -> None:
    class Asked(dict[tuple[str, str], Measured]):
        def __missing__(self, key: tuple[str, str]) -> Measured:
            self[key] = Measured(seconds=2 ** len(self), megabytes=1, runs=1)
            return self[key]

    figures = Asked()
    for target in TARGETS:
        assert "not measured" not in target.row(figures)
    assert {part for part, _ in figures} == {"20000", "2000", "200", "start", "packing", "batch"}


def test_a_large_pdf_opens(tmp_path: Path) -> None:
    import pypdf

    path = tmp_path / "large.pdf"
    path.write_bytes(generate.pdf(100_000, 7))
    assert abs(path.stat().st_size - 100_000) < 2000
    assert len(pypdf.PdfReader(path, strict=True).pages) == 1
    assert path.read_bytes() != generate.pdf(100_000, 8) != PDF

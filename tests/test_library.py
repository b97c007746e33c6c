"""`from converter import …`: the same work without a word on the screen."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import converter
from converter import Xl2JsonError, check, convert, load_spec
from tests.books import DEPOSIT, a_book, many, write

ROOT = Path(__file__).parent.parent


def test_it_offers_what_it_names() -> None:
    for name in converter.__all__:
        assert getattr(converter, name) is not None
    with pytest.raises(AttributeError):
        converter.no_such_thing  # noqa: B018


def test_it_neither_prints_nor_exits(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    book = a_book()
    book["Commande"][0]["montantSegurHT"] = "beaucoup"
    outcome = convert(write(tmp_path, book), out=tmp_path / "depot", deposit=DEPOSIT)
    assert (outcome.ok, outcome.exit_code, outcome.files) == (False, 1, ())
    with pytest.raises(Xl2JsonError):
        check(tmp_path / "nothing.xlsx")
    assert capfd.readouterr() == ("", "")
    assert not (tmp_path / "depot").exists()


def test_two_calls_give_the_same(tmp_path: Path) -> None:
    path, spec = write(tmp_path, many(3)), load_spec()
    assert check(path, spec=spec, deposit=DEPOSIT) == check(path, spec=spec, deposit=DEPOSIT)


def test_threads_do_not_meet(tmp_path: Path) -> None:
    paths = [write(tmp_path / str(n), many(n)) for n in range(1, 9)]
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda path: convert(path, out=path.parent / "depot", deposit=DEPOSIT), paths))
    assert [outcome.counts.written for outcome in outcomes] == list(range(1, 9))
    assert all(outcome.ok for outcome in outcomes)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["specs"], ["template", "{folder}/blank.xlsx"]])
def test_what_does_not_reshape_does_not_load_pandas(arguments: list[str], tmp_path: Path) -> None:
    words = [one.format(folder=tmp_path) for one in arguments]
    code = (
        "import sys\nfrom converter.cli.main import main\n"
        f"try: main({words!r})\nexcept SystemExit as end: assert not end.code, end.code\n"
        "sys.exit('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

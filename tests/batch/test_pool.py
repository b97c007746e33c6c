"""Work spread over processes: each result with its item, a death for nobody but the item it came at."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import forkserver
from pathlib import Path
from threading import Event

import pytest

from converter import pool
from converter.pool import CannotStartError, Died, Failed, StoppedError, spread


def doubled(n: int) -> int:
    return 2 * n


def killed_at_three(n: int) -> int:
    """As the system does where memory runs out."""
    if n == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return n


def aborted(n: int) -> int:
    """As a library does that nobody can catch."""
    os.abort()


def failing(n: int) -> object:
    return 1 / 0 if n == 1 else (lambda: n)  # and what nobody can send


def slow(note: str) -> None:
    Path(note).with_name(f"{os.getpid()}").touch()
    time.sleep(60)


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_every_item_has_its_result(jobs: int) -> None:
    assert dict(spread(doubled, range(9), jobs)) == {n: 2 * n for n in range(9)}


def test_nothing_is_done_for_nothing() -> None:
    assert list(spread(doubled, [], 2)) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_process_that_is_killed_takes_one_item_along(jobs: int) -> None:
    done = dict(spread(killed_at_three, range(6), jobs))
    assert done == {n: n if n != 3 else Died(-signal.SIGKILL) for n in range(6)}


def test_even_if_all_die_it_comes_to_an_end() -> None:
    assert dict(spread(aborted, range(3), 2)) == dict.fromkeys(range(3), Died(-signal.SIGABRT))


def test_a_bug_is_told_with_its_traceback() -> None:
    done = dict(spread(failing, range(2), 1))
    assert all(isinstance(one, Failed) for one in done.values())
    assert "ZeroDivisionError" in str(done[1])


def test_whoever_stops_asking_leaves_no_process_behind(tmp_path: Path) -> None:
    done = spread(slow, [str(tmp_path / "note")] * 2, 2)
    import threading

    asking = threading.Thread(target=lambda: next(done, None), daemon=True)
    asking.start()
    until = time.monotonic() + 30
    while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    pids = [int(path.name) for path in tmp_path.iterdir()]
    assert len(pids) == 2
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    asking.join(30)
    done.close()
    time.sleep(0.1)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_script_that_cannot_be_imported_is_said_so(tmp_path: Path) -> None:
    """Without `if __name__ == "__main__"` each process would begin the batch anew."""
    script = tmp_path / "script.py"
    script.write_text(
        "from converter.pool import spread, CannotStartError\nimport os\n"
        "try:\n    print(list(spread(os.path.basename, ['a'], 1)))\n"
        "except CannotStartError:\n    print('told')\n"
    )
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert run.stdout.splitlines()[-1] == "told"


def told_to_end(n: int) -> int:
    """As a service's processes are, all at once."""
    os.kill(os.getpid(), signal.SIGTERM)
    return n


def test_a_process_leaves_it_to_the_caller_when_to_end() -> None:
    assert dict(spread(told_to_end, range(3), 2)) == {n: n for n in range(3)}


@pytest.mark.parametrize("work", [aborted, failing])
def test_what_dies_while_the_run_is_being_stopped_says_nothing_of_its_item(
    work: Callable[[int], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service's processes are killed all at once, in whatever order."""
    monkeypatch.setattr(pool, "STOPPING", Event())
    pool.STOPPING.set()
    with pytest.raises(StoppedError):
        list(spread(work, range(2), 1))
    assert dict(spread(doubled, range(2), 1)) == {0: 0, 1: 2}, "what is finished is finished"


@pytest.mark.parametrize("error", [EOFError, ConnectionRefusedError, BrokenPipeError])
def test_a_process_that_cannot_be_had_is_said_so(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the server that gives new ones has been killed this very moment."""

    def gone(*_: object) -> None:
        raise error

    monkeypatch.setattr(forkserver, "connect_to_new_process", gone)
    with pytest.raises(CannotStartError):
        list(spread(doubled, range(3), 2))


def test_none_of_the_processes_ends_by_a_signal_that_all_get(tmp_path: Path) -> None:
    """Neither who works, nor who gives new processes, nor who clears up behind them."""
    script = tmp_path / "script.py"
    script.write_text(
        "import os, signal, time\nfrom converter.pool import spread\n"
        "def work(n):\n    os.killpg(0, signal.SIGTERM)\n    os.killpg(0, signal.SIGINT)\n    time.sleep(1)\n    return n\n"
        "if __name__ == '__main__':\n    heard = []\n"
        "    for one in (signal.SIGTERM, signal.SIGINT):\n        signal.signal(one, lambda number, _: heard.append(number))\n"
        "    print(dict(spread(work, [1, 2, 3], 1)), len(set(heard)))\n"
    )
    command = [sys.executable, str(script)]
    run = subprocess.run(command, start_new_session=True, capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "{0: 1, 1: 2, 2: 3} 2\n", "")

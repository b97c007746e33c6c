"""Several processes at the same moment, on one ledger."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import converter
from converter.errors import Xl2JsonError
from converter.jobs import keep
from converter.ledger import confirm, open as opening
from converter.ledger.open import Ledger
from converter.parcel.write import write as write_deposits
from converter.wording import Say, say
from tests.agency import Agency
from tests.books import PDF, a_book, a_request, many, write
from tests.crash.crew import Crew, End
from tests.crash.memory import agree, rows_of, tree
from tests.crash.office import NEXT_DAY, Office

DATE = ("--date", "2021-11-30", "--lang", "fr")
OVERTAKEN = say(Say("error.ledger.overtaken"), "fr")


def orders(folder: Path, first: int, count: int = 3) -> Path:
    """A workbook of the requests CMD-`first`, …, without numbers."""
    keys = {f"CMD-{n}" for n in range(first, first + count)}
    every = many(first + count).items()
    book = {sheet: [row for row in rows if row.get("demande") in {None, *keys}] for sheet, rows in every}
    return write(folder, book)


def convert(workbook: Path, out: Path, ledger: str, *more: str) -> list[object]:
    return ["convert", workbook, "--out", out, "--ledger", ledger, *DATE, *more]


@pytest.mark.parametrize("separate", [False, True])
@pytest.mark.parametrize("times", range(3))
def test_different_workbooks_never_share_a_number_nor_a_file_name(
    times: int, separate: bool, crew: Crew, ledger: str, tmp_path: Path
) -> None:
    """The ledger is made by whoever comes first."""
    books = [orders(tmp_path / f"book-{n}", 1 + 3 * n) for n in range(6)]
    outs = [tmp_path / (f"depot-{n}" if separate else "depot") for n in range(6)]
    ends = crew.at_once(*(convert(book, out, ledger) for book, out in zip(books, outs, strict=True)))
    assert [end.code for end in ends] == [0] * 6, ends
    numbers = agree(ledger, sorted(set(outs)))
    assert sorted(numbers) == sorted(f"CMD-{n}" for n in range(1, 19))
    assert sorted(numbers.values()) == [f"{n:05}" for n in range(1, 19)]
    assert len({path.name for out in set(outs) for path in out.glob("*.json")}) == 6


@pytest.mark.parametrize("times", range(3))
def test_the_same_workbook_ends_in_one_deposit(times: int, crew: Crew, ledger: str, tmp_path: Path) -> None:
    book = orders(tmp_path, 1)
    ends = crew.at_once(*[convert(book, tmp_path / "depot", ledger)] * 6)
    all_done_or_overtaken(ends)
    assert agree(ledger, [tmp_path / "depot"]) == {"CMD-1": "00001", "CMD-2": "00002", "CMD-3": "00003"}
    assert len(list((tmp_path / "depot").glob("*.json"))) == 1


@pytest.mark.parametrize("times", range(5))
def test_the_same_workbook_to_different_folders_ends_in_one_of_them(
    times: int, crew: Crew, ledger: str, tmp_path: Path
) -> None:
    book, outs = orders(tmp_path, 1), [tmp_path / f"depot-{n}" for n in range(3)]
    ends = crew.at_once(*(convert(book, out, ledger) for out in outs * 2))
    all_done_or_overtaken(ends)
    assert agree(ledger, outs) == {"CMD-1": "00001", "CMD-2": "00002", "CMD-3": "00003"}
    assert len([path for out in outs for path in out.glob("*.json")]) == 1


@pytest.mark.parametrize("times", range(5))
def test_an_answer_that_is_read_meanwhile_is_never_lost(times: int, crew: Crew, ledger: str, tmp_path: Path) -> None:
    """Colleagues convert the deposited workbook again, and others, while its answer is read."""
    book, out = orders(tmp_path / "book", 1), tmp_path / "depot"
    assert crew.at_once(convert(book, out, ledger))[0].code == 0
    (deposited,) = out.glob("*.json")
    content = deposited.read_bytes()
    reply = Agency(whims=0).deposit(deposited.name, content, deposited.with_suffix(".zip").read_bytes())
    answer = tmp_path / deposited.name
    answer.write_bytes(reply.answer or b"")
    new = [orders(tmp_path / f"book-{n}", 4 + 3 * n) for n in range(2)]
    first, *others = crew.at_once(
        ["feedback", answer, "--ledger", ledger],
        *(convert(book, tmp_path / "depot", ledger, *more) for more in ((), ("--partial",))),
        *(convert(one, out, ledger) for one in new),
        convert(book, tmp_path / "other", ledger),
    )
    assert first.code == 0
    all_done_or_overtaken(others)
    accepted = [one for one in rows_of(ledger)["requests"] if one["state"] == "accepted"]
    told = {line["numeroEditeur"]: line["numeroASP"] for line in json.loads(answer.read_bytes())["lignesImport"]}
    assert {one["number"]: one["asp"] for one in accepted} == told
    assert [end.code for end in crew.at_once(*(convert(one, out, ledger) for one in (book, *new)))] == [0, 0, 0]
    assert Counter(one["state"] for one in rows_of(ledger)["requests"]) == {"accepted": 3, "prepared": 6}
    assert not [name for name in tree(out) if name.startswith(".")]


@pytest.mark.parametrize("times", range(3))
def test_asking_for_the_rejected_at_once_gives_each_one_number(
    times: int, crew: Crew, ledger: str, tmp_path: Path
) -> None:
    office = Office(folder=tmp_path, ledger=ledger, spec=converter.load_spec())
    office.type([1, 2])
    office.convert()
    office.read(office.answer(Agency(whims=1), "JSON-RIS2021001-20211130-001.json"))
    ask = ["resubmit", "--ledger", ledger, "-o"]
    ends = crew.at_once(*([*ask, tmp_path / f"again-{n}" / "rejected.xlsx"] for n in range(6)))
    assert [end.code for end in ends] == [0] * 6, ends
    found = {(one["demande"], one["number"], one["state"]) for one in rows_of(ledger)["requests"]}
    assert {number for _, number, state in found if state == "reserved"} == {"00003", "00004"}
    assert len(found) == 4


def test_whoever_writes_does_so_alone_and_the_others_wait_for_a_bounded_time(
    ledger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "WAIT", 0.2)
    with Ledger(ledger).writing(), pytest.raises(Xl2JsonError) as caught, Ledger(ledger).writing():
        pass
    assert caught.value.say.key == "error.ledger.locked"


def test_an_answer_that_comes_between_reserving_and_confirming_stops_the_run(
    ledger: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planned anew for another day, and then the answer comes: what is accepted must not go out again."""
    office = Office(folder=tmp_path, ledger=ledger, spec=converter.load_spec())
    office.type([1, 2])
    office.convert()
    answer = office.answer(Agency(), "JSON-RIS2021001-20211130-001.json")
    office.type([1, 2, 3])

    def and_meanwhile(*args: Any, **more: Any) -> None:
        office.read(answer)
        write_deposits(*args, **more)

    monkeypatch.setattr(keep, "write", and_meanwhile)
    with pytest.raises(Xl2JsonError) as caught:
        office.convert(day=NEXT_DAY)
    assert caught.value.say.key == "error.ledger.overtaken"
    assert not list((tmp_path / "depot").glob("*20211201*"))
    monkeypatch.undo()
    office.convert(day=NEXT_DAY)
    (path,) = (tmp_path / "depot").glob("*20211201*.json")
    assert [line["numeroEditeur"] for line in json.loads(path.read_bytes())["lignesImport"]] == ["00003"]
    assert {one["demande"]: one["state"] for one in rows_of(ledger)["requests"]} == {
        "CMD-1": "accepted",
        "CMD-2": "accepted",
        "CMD-3": "prepared",
    }


def test_where_confirming_fails_no_file_is_left(ledger: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stood there before stands there again."""
    office = Office(folder=tmp_path, ledger=ledger, spec=converter.load_spec())
    office.type([1, 2])
    office.convert()
    before = tree(tmp_path / "depot")
    office.type([1, 2, 3], changed=[1])

    def fails(*_: object) -> None:
        raise Xl2JsonError("ledger.overtaken")

    monkeypatch.setattr(confirm, "confirm", fails)
    with pytest.raises(Xl2JsonError):
        office.convert()
    assert tree(tmp_path / "depot") == before
    monkeypatch.undo()
    office.convert()
    assert agree(ledger, [tmp_path / "depot"]) == {"CMD-1": "00001", "CMD-2": "00002", "CMD-3": "00003"}


@pytest.mark.parametrize("times", range(3))
def test_a_ledger_is_made_once_however_many_make_it(times: int, crew: Crew, ledger: str) -> None:
    ends = crew.at_once(*[["ledger", "list", "--ledger", ledger]] * 6)
    assert [end.code for end in ends] == [0] * 6, ends
    assert rows_of(ledger)["requests"] == []


@pytest.mark.parametrize("times", range(20))
def test_without_a_ledger_one_of_two_wins_whole(times: int, crew: Crew, tmp_path: Path) -> None:
    out, books = tmp_path / "depot", [write(tmp_path / who, a_book(a_request(who, None))) for who in ("A", "B")]
    for book in books:
        (book.parent / f"{book.parent.name}.pdf").write_bytes(PDF + f"% {book.parent.name}\n".encode())
    flags = ["--no-ledger", *DATE]
    ends = crew.at_once(*(["convert", book, "--out", out, *flags] for book in books))
    assert sorted(end.code for end in ends) == [0, 3], ends
    winner, alone = books[[end.code for end in ends].index(0)], tmp_path / "alone"
    assert crew.at_once(["convert", winner, "--out", alone, *flags])[0].code == 0
    assert tree(out) == tree(alone)


def all_done_or_overtaken(ends: list[End]) -> None:
    assert 0 in {end.code for end in ends}, ends
    assert not [end for end in ends if end.code and not (end.code == 3 and OVERTAKEN in end.said)], ends

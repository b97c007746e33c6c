"""What two inputs of a batch have to do with each other: requests that stand in both, numbers, files that fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter import batch, convert
from converter.errors import Xl2JsonError
from converter.jobs import ledger as asked
from tests.batch.test_batch import OTHER_ANS, OTHER_SIRET, book, lines, numbers, run, stems, told, whom
from tests.books import DEPOSIT
from tests.ledger.office import FIRST, SECOND, at_fault, order, treated


def accepted_book(folder: Path, name: str, n: int, number: str) -> None:
    from tests.books import a_book, write

    write(folder, treated(a_book(order(n, number)), f"CMD-{n}", "A-2021-7", number), name)


@pytest.mark.parametrize("names", [("a.xlsx", "b.xlsx"), ("b.xlsx", "a.xlsx")])
def test_a_request_that_one_input_knows_as_accepted_is_not_sent_by_the_other(
    tmp_path: Path, ledger: str, names: tuple[str, str]
) -> None:
    book(tmp_path, names[0], order(1), order(2))
    accepted_book(tmp_path, names[1], 1, "00009")
    outcome = run(tmp_path, ledger=ledger)
    assert lines(tmp_path, FIRST) == whom(2)
    assert sorted(rule for some in told(outcome) for rule, *_ in some) == ["D3", "X11"]
    assert numbers(tmp_path, FIRST) == ["00010"], "its number is taken"


@pytest.mark.parametrize("names", [("a.xlsx", "b.xlsx"), ("b.xlsx", "a.xlsx")])
def test_the_number_of_an_accepted_request_is_nobody_elses(tmp_path: Path, names: tuple[str, str]) -> None:
    """Told at the one that may still be changed."""
    book(tmp_path, names[0], order(2, "00001"))
    accepted_book(tmp_path, names[1], 1, "00001")
    made = run(tmp_path)
    by_name = dict(zip([Path(one.input).name for one in made.inputs], told(made), strict=True))
    assert by_name[names[0]] == [("D1", "error", "Entête demande", "B2")]
    assert made.counts.written == 0


def test_one_number_under_one_siret_is_told_whatever_the_software(tmp_path: Path) -> None:
    book(tmp_path, "a.xlsx", order(1, "00001"))
    book(tmp_path, "b.xlsx", order(2, "00001"), ans=OTHER_ANS)
    book(tmp_path, "c.xlsx", order(3, "00001"), siret=OTHER_SIRET)
    outcome = run(tmp_path)
    assert told(outcome) == [[], [("D1", "error", "Entête demande", "B2")], []]


def test_a_number_that_is_typed_in_another_group_is_allotted_to_nobody(tmp_path: Path, ledger: str) -> None:
    book(tmp_path, "a.xlsx", order(1))
    book(tmp_path, "b.xlsx", order(2, "00001"), ans=OTHER_ANS)
    outcome = run(tmp_path, ledger=ledger)
    assert outcome.ok
    assert [numbers(tmp_path, name) for name in stems(outcome)] == [["00002"], ["00001"]]


def test_a_request_of_an_input_that_is_held_back_goes_with_the_other(tmp_path: Path, ledger: str) -> None:
    book(tmp_path, "a.xlsx", order(1), at_fault(order(2)))
    book(tmp_path, "b.xlsx", order(1), order(3))
    outcome = run(tmp_path, ledger=ledger)
    assert lines(tmp_path, FIRST) == whom(1, 3)
    assert ("X11", "info", "Entête demande", "A2") in told(outcome)[0]


def test_of_two_copies_that_which_bears_a_number_goes(tmp_path: Path) -> None:
    book(tmp_path, "a.xlsx", order(1))
    book(tmp_path, "b.xlsx", order(1, "00055"))
    outcome = run(tmp_path)
    assert told(outcome) == [[("X11", "info", "Entête demande", "A2")], []]
    assert numbers(tmp_path, FIRST) == ["00055"]


def test_two_copies_under_two_numbers_are_two_requests(tmp_path: Path) -> None:
    book(tmp_path, "a.xlsx", order(1, "00054"))
    book(tmp_path, "b.xlsx", order(1, "00055"))
    assert told(run(tmp_path)) == [[], [("X5", "error", "Entête demande", "A2")]]


def test_what_is_held_back_uses_no_number_before_what_goes(tmp_path: Path) -> None:
    book(tmp_path, "a.xlsx", order(1), order(2), at_fault(order(3)))
    book(tmp_path, "b.xlsx", order(4))
    run(tmp_path)
    assert numbers(tmp_path, FIRST) == ["00001"]


def test_a_dry_run_names_no_file_twice(tmp_path: Path, ledger: str) -> None:
    book(tmp_path, "a.xlsx", order(1))
    book(tmp_path, "b.xlsx", order(2), siret=OTHER_SIRET)
    assert stems(run(tmp_path, ledger=ledger, dry_run=True)) == [FIRST, SECOND]


def test_a_supplier_whose_files_cannot_be_placed_holds_back_itself_alone(tmp_path: Path) -> None:
    """The other's deposit stands, and is told of."""
    book(tmp_path, "a.xlsx", order(1))
    book(tmp_path, "b.xlsx", order(2), ans=OTHER_ANS)
    (tmp_path / "depot").mkdir()
    (tmp_path / "depot" / f"JSON-{OTHER_ANS}-20211130-001.json").write_text("somebody's")
    outcome = run(tmp_path)
    assert (outcome.exit_code, stems(outcome)) == (1, [FIRST])
    assert told(outcome) == [[], [("X10", "error", None, None)]]
    assert [(one.counts.written, one.counts.held) for one in outcome.inputs] == [(1, 0), (0, 1)]


def test_where_nothing_can_be_placed_the_run_stops(tmp_path: Path) -> None:
    book(tmp_path, "a.xlsx", order(1))
    (tmp_path / "depot").mkdir()
    (tmp_path / "depot" / f"{FIRST}.json").write_text("somebody's")
    with pytest.raises(Xl2JsonError):
        run(tmp_path)


def test_an_arrival_of_the_same_name_is_another_one(tmp_path: Path, ledger: str) -> None:
    """As where a folder is watched: what came before under that name stays prepared."""
    path = book(tmp_path, "commandes.xlsx", order(1))
    arrival = {"out": tmp_path / "depot", "ledger": ledger, "deposit": DEPOSIT, "by_path": False}
    batch([path], **arrival)
    book(tmp_path, "commandes.xlsx", order(2))
    batch([path], **arrival)
    assert (lines(tmp_path, FIRST), lines(tmp_path, SECOND)) == (whom(1), whom(2))
    assert {one.state for one in asked.listing(ledger).entries} == {"prepared"}


def test_a_workbook_that_is_converted_again_without_a_request_withdraws_it(tmp_path: Path, ledger: str) -> None:
    path = book(tmp_path, "commandes.xlsx", order(1), order(2))
    convert(path, out=tmp_path / "depot", ledger=ledger, deposit=DEPOSIT)
    book(tmp_path, "commandes.xlsx", order(2))
    outcome = run(tmp_path, path, ledger=ledger)
    assert outcome.deliveries[0].withdrawn == ("CMD-1",)
    assert lines(tmp_path, FIRST) == whom(2)


def test_a_bad_folder_in_the_settings_holds_back_that_input_alone(tmp_path: Path) -> None:
    book(tmp_path / "a", "a.xlsx", order(1))
    (tmp_path / "a" / "xl2json.toml").write_text('attachments = "nowhere"')
    book(tmp_path / "b", "b.xlsx", order(2))
    outcome = run(tmp_path, tmp_path / "a", tmp_path / "b")
    assert told(outcome) == [[("X10", "error", None, None)], []]
    assert lines(tmp_path, FIRST) == whom(2)

"""From the workbook to the agency and back, until all is accepted (contract §6)."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from tests.agency import STYLES, Agency
from tests.books import PDF, many, write
from tests.loop.agreement import all_is_accepted, digests, holds
from tests.loop.desk import TYPOS, Desk, Document, type_into

ROUNDS = 25  # at a fifth of whims, 500 requests need about five


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Three requests, and an agency without whims."""
    desk = Desk(folder=tmp_path, agency=Agency(seed=1))
    desk.fill(3)
    return desk


# ------------------------------------------------------------------------------------------------------- the whole way


@pytest.mark.parametrize("seed", [1])
def test_five_hundred_requests_are_accepted_each_once(tmp_path: Path, seed: int) -> None:
    desk, random = Desk(folder=tmp_path, agency=Agency(seed=seed, whims=0.2)), Random(seed)  # noqa: S311
    desk.fill(500)
    for demande in random.sample(sorted(desk.rows), 20):
        desk.type_in(demande, *random.choice(TYPOS), typo=True)
    put_right_what_is_said(desk)
    for turn in range(ROUNDS):
        deposit_all(desk, random)
        rejected = read_all(desk, random)
        if not rejected:
            break
        correct(desk, rejected, random, in_the_workbook=turn % 2 == 1)
    assert len(desk.agency.accepted) == 500
    assert len(desk.agency.rejected) > 100
    all_is_accepted(desk)
    nothing_is_left_to_do(desk)


def put_right_what_is_said(desk: Desk) -> None:
    """First nothing is written; with --partial the sound ones; once every cell named is put right, all."""
    code, document = desk.convert()
    faults = [one for one in document["findings"] if one["severity"] == "error"]
    wrong = {key for key, rows in desk.rows.items() if rows != desk.good[key]}
    assert (code, document["files"], {one["demande"] for one in faults}) == (1, [], wrong)
    assert desk.outs == []
    code, document = desk.convert(None, "--partial")
    assert (code, document["requests"]["written"], document["requests"]["held"]) == (1, 480, 20)
    for fault in faults:
        desk.put_right(fault["demande"])
    code, document = desk.convert()
    assert (code, [file["requests"] for file in document["files"]]) == (0, [200, 200, 100])


def deposit_all(desk: Desk, random: Random) -> None:
    for path in desk.prepared():
        desk.deposit(path, random.choice(list(STYLES.values())))
        if random.random() < 0.5:
            desk.mark("deposited", path.name)


def read_all(desk: Desk, random: Random) -> list[str]:
    """Read the new answers, some of them twice; returns the requests that were rejected."""
    rejected: list[str] = []
    for answer in [answer for answer in desk.answers if answer.name not in desk.read]:
        code, document = desk.feedback(answer)
        said = {line["demande"]: line["status"] for line in document["lines"]}
        mine = [key for key, status in said.items() if status == "rejected"]
        assert (code, document["ok"]) == ((1, False) if mine else (0, True))
        assert document["requests"] == counts(accepted=len(said) - len(mine), rejected=len(mine))
        if random.random() < 0.3:
            assert desk.feedback(answer)[1]["requests"] == counts(already=len(said))
        rejected += mine
    return rejected


def counts(**some: int) -> dict[str, int]:
    return {"accepted": 0, "rejected": 0, "unknown": 0, "already": 0} | some


def correct(desk: Desk, rejected: list[str], random: Random, *, in_the_workbook: bool) -> None:
    """Correct the rejected requests, in the workbook itself or in one that is made of them, and convert."""
    for demande in rejected:
        desk.new_phone(demande, random.randrange(10**6))
    if random.random() < 0.5:
        desk.tomorrow()
    if in_the_workbook:
        code, document = desk.convert()
        assert document["requests"]["skipped"] == 500 - len(rejected)
    else:
        workbook = desk.resubmit()
        assert sorted(type_into(workbook, {key: desk.phone(key) for key in rejected})) == sorted(rejected)
        code, document = desk.convert(workbook)
    assert (code, document["requests"]["written"]) == (0, len(rejected))
    assert rules(document, "warning") == set()


def nothing_is_left_to_do(desk: Desk) -> None:
    before = digests(desk)
    code, document = desk.convert()
    assert (code, document["files"], document["requests"]["skipped"]) == (0, [], len(desk.rows))
    assert digests(desk) == before


def rules(document: Document, severity: str) -> set[tuple[str, str | None]]:
    return {(one["rule"], one["demande"]) for one in document["findings"] if one["severity"] == severity}


# -------------------------------------------------------------------------------------------------------- coming again


def test_a_second_run_writes_the_same_files(desk: Desk) -> None:
    desk.convert()
    before = digests(desk)
    code, document = desk.convert()
    assert (code, document["requests"]["written"]) == (0, 3)
    assert digests(desk) == before
    holds(desk)


def test_another_day_moves_the_file(desk: Desk) -> None:
    desk.convert()
    (first,) = desk.prepared()
    desk.tomorrow()
    desk.convert()
    (second,) = desk.prepared()
    assert (first.exists(), second.name) == (False, "JSON-RIS2021001-20211201-001.json")
    assert numbers_of(second) == ["00001", "00002", "00003"]
    holds(desk)


def test_another_folder_moves_the_file(desk: Desk) -> None:
    desk.convert()
    desk.out = "depot-2"
    desk.convert()
    (moved,) = desk.prepared()
    assert moved.parent.name == "depot-2"
    holds(desk)


def test_a_deposited_request_is_not_sent_again(desk: Desk) -> None:
    desk.convert()
    (path,) = desk.prepared()
    desk.mark("deposited", path.name)
    code, document = desk.convert()
    assert (code, document["files"]) == (0, [])
    assert rules(document, "info") >= {("D3", key) for key in desk.rows}


def test_a_deposited_request_must_stay_as_it_is(desk: Desk) -> None:
    desk.convert()
    desk.deposit(desk.prepared()[0])
    desk.feedback(desk.answers[0])
    desk.new_phone("CMD-2", 7)
    code, document = desk.convert()
    assert (code, document["files"], rules(document, "error")) == (1, [], {("D2", "CMD-2")})
    holds(desk)


def test_a_rejected_request_comes_again_under_a_new_number(desk: Desk) -> None:
    desk.agency.whims = 1
    desk.convert()
    desk.deposit(desk.prepared()[0])
    desk.feedback(desk.answers[0])
    desk.new_phone("CMD-1", 1)
    code, document = desk.convert()
    (path,) = desk.prepared()
    assert (code, rules(document, "warning")) == (0, {("D4", "CMD-2"), ("D4", "CMD-3")})
    assert (path.name, numbers_of(path)) == ("JSON-RIS2021001-20211130-002.json", ["00004", "00005", "00006"])
    holds(desk)


def test_a_resubmission_as_it_was_is_told(desk: Desk) -> None:
    desk.agency.whims = 1
    desk.convert()
    desk.deposit(desk.prepared()[0])
    desk.feedback(desk.answers[0])
    code, document = desk.convert(desk.resubmit())
    assert (code, rules(document, "warning")) == (0, {("D4", key) for key in desk.rows})
    assert numbers_of(desk.prepared()[0]) == ["00004", "00005", "00006"]
    holds(desk)


def test_asking_for_the_rejected_twice_gives_the_same_numbers(desk: Desk) -> None:
    desk.agency.whims = 1
    desk.convert()
    desk.deposit(desk.prepared()[0])
    desk.feedback(desk.answers[0])
    desk.resubmit()
    desk.convert(desk.resubmit())
    assert numbers_of(desk.prepared()[0]) == ["00004", "00005", "00006"]


def test_a_bounced_file_s_requests_are_free_with_their_numbers(desk: Desk) -> None:
    desk.convert()
    (path,) = desk.prepared()
    desk.deposit(path, refuse="Le fichier n'est pas conforme au modèle")
    desk.mark("deposited", path.name)
    desk.mark("bounced", path.name)
    desk.bounced.add(path.name)
    code, _ = desk.convert()
    (again,) = desk.prepared()
    assert (code, numbers_of(again)) == (0, ["00001", "00002", "00003"])
    desk.deposit(again)
    desk.feedback(desk.answers[0])
    assert len(desk.agency.accepted) == 3
    all_is_accepted(desk)


def test_an_incomplete_deposit_waits_for_its_zip(desk: Desk) -> None:
    desk.convert()
    (path,) = desk.prepared()
    desk.deposit(path, cut=True)
    desk.mark("deposited", path.name)
    desk.mark("incomplete", path.name)
    assert desk.convert()[1]["files"] == []
    desk.complete(path.name)
    desk.feedback(desk.answers[0])
    all_is_accepted(desk)


def test_a_request_gone_from_the_workbook_is_withdrawn(desk: Desk) -> None:
    desk.convert()
    desk.left_out = {"CMD-2"}
    desk.convert()
    assert [one["demande"] for one in holds(desk) if one["state"] == "withdrawn"] == ["CMD-2"]
    desk.left_out = set()
    desk.convert()
    assert sorted(numbers_of(desk.prepared()[0])) == ["00001", "00002", "00003"]
    holds(desk)


@pytest.mark.parametrize("told", ["mark", "answer"])
def test_a_withdrawn_request_is_not_deposited_with_the_file_that_it_stood_in(desk: Desk, told: str) -> None:
    desk.convert()
    desk.left_out = {"CMD-2"}
    desk.convert()
    (path,) = desk.prepared()
    desk.deposit(path)
    if told == "mark":
        desk.mark("deposited", path.name)
    else:
        desk.feedback(desk.answers[0])
    assert [one["demande"] for one in holds(desk) if one["state"] == "withdrawn"] == ["CMD-2"]
    desk.left_out = set()
    assert desk.convert()[1]["requests"] == {"read": 3, "written": 1, "held": 0, "skipped": 2}
    assert numbers_of(desk.prepared()[0]) == ["00002"]


def test_the_last_prepared_request_gone_leaves_no_file(desk: Desk) -> None:
    desk.left_out = {"CMD-3"}
    desk.convert()
    desk.deposit(desk.prepared()[0])
    desk.feedback(desk.answers[0])
    desk.left_out = set()
    desk.convert()
    desk.left_out = {"CMD-3"}
    code, document = desk.convert()
    assert (code, document["requests"]["skipped"], desk.prepared()) == (0, 2, [])
    assert [one["state"] for one in holds(desk) if one["demande"] == "CMD-3"] == ["withdrawn"]


@pytest.mark.parametrize("style", STYLES)
def test_every_style_of_answer_is_read(desk: Desk, style: str) -> None:
    desk.agency.whims = 0.5
    desk.convert()
    desk.deposit(desk.prepared()[0], STYLES[style])
    _, document = desk.feedback(desk.answers[0])
    assert document["requests"] == counts(accepted=len(desk.agency.accepted), rejected=len(desk.agency.rejected))
    assert rules(document, "warning") == set()
    holds(desk)


def test_an_answer_is_read_after_the_files_were_planned_anew(desk: Desk) -> None:
    """Deposited, not marked, converted again on another day: the answer still proves the deposit, whatever came after."""
    desk.convert()
    desk.deposit(desk.prepared()[0])
    desk.tomorrow()
    desk.convert()
    desk.feedback(desk.answers[0])
    entries = desk.entries()
    assert [(one["state"], one["numeroASP"]) for one in entries] == [("accepted", v.asp) for v in desk.agency.accepted]
    code, document = desk.convert()
    assert (code, document["files"], document["requests"]["skipped"]) == (0, [], 3)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first answer first", "last answer first"])
def test_a_number_deposited_twice_in_secret_keeps_its_acceptance(desk: Desk, order: tuple[int, int]) -> None:
    """The second time the agency rejects the numbers as used; whichever answer is read first, no numeroASP is lost."""
    desk.convert()
    desk.deposit(desk.prepared()[0])
    desk.tomorrow()
    desk.convert()
    desk.deposit(desk.prepared()[0])
    for at in order:
        desk.feedback(desk.answers[at])
    assert [one["numeroASP"] for one in desk.entries()] == [verdict.asp for verdict in desk.agency.accepted]
    code, document = desk.convert()
    assert (code, document["requests"]["skipped"]) == (0, 3)


@pytest.mark.parametrize("later", [True, False], ids=["another day", "the same day"])
def test_an_answer_comes_once_the_workbook_holds_other_requests(desk: Desk, later: bool) -> None:
    """Deposited, not marked, the workbook emptied and filled anew: the answer still finds its requests, as they were sent."""
    desk.left_out = {"CMD-3"}
    desk.agency.whims = 1
    desk.convert()
    desk.deposit(desk.prepared()[0])
    if later:
        desk.tomorrow()
    desk.left_out = {"CMD-1", "CMD-2"}
    desk.convert()
    _, document = desk.feedback(desk.answers[0])
    assert [(line["demande"], line["status"]) for line in document["lines"]] == [
        ("CMD-1", "rejected"),
        ("CMD-2", "rejected"),
    ]
    again = desk.resubmit()
    for piece in ("RAD-RIS-Va1-BDC-00001.pdf", "RAD-RIS-Va1-BDC-00002.pdf"):
        (again.parent / piece).write_bytes(PDF)  # they may be gone with the files
    code, document = desk.convert(again)
    assert (code, rules(document, "warning")) == (0, {("D4", "CMD-1"), ("D4", "CMD-2")})


def test_the_returned_workbook_is_one_to_go_on_with(desk: Desk) -> None:
    desk.agency.whims = 0.5
    desk.convert()
    desk.deposit(desk.prepared()[0])
    returned = desk.folder / "returned"
    _, document = desk.feedback(desk.answers[0], "--workbook", desk.workbook, "-o", returned)
    rejected = [line["demande"] for line in document["lines"] if line["status"] == "rejected"]
    assert 0 < len(rejected) < 3
    (copy,) = returned.glob("*.xlsx")
    type_into(copy, dict.fromkeys(rejected, "01 43 00 00 09"))
    code, document = desk.convert(copy, "-a", desk.folder)
    assert (code, rules(document, "warning")) == (0, set())
    assert document["requests"] == {"read": 3, "written": len(rejected), "held": 0, "skipped": 3 - len(rejected)}
    holds(desk)


def test_two_softwares_of_one_supplier_share_its_numbers(desk: Desk) -> None:
    desk.convert()
    book = many(3)
    book["Entête fichier"][0]["numeroAns"] = "RIS2021002"
    code, _ = desk.convert(write(desk.folder / "other", book))
    assert code == 0
    for path in desk.prepared():
        desk.deposit(path)
    assert (len(desk.agency.accepted), desk.agency.rejected) == (6, [])


def test_an_answer_changed_on_its_way_overwrites_nothing(desk: Desk) -> None:
    desk.convert()
    desk.deposit(desk.prepared()[0])
    answer = desk.answers[0]
    desk.feedback(answer)
    tree = json.loads(answer.path.read_bytes())
    tree["lignesImport"][1]["numeroASP"] = "999999999"
    answer.path.write_text(json.dumps(tree), "utf-8")
    code, document = desk.feedback(answer)
    assert (code, len(rules(document, "error"))) == (1, 1)
    holds(desk)


def numbers_of(path: Path) -> list[str]:
    return [line["numeroEditeur"] for line in json.loads(path.read_bytes())["lignesImport"]]

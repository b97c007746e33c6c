"""Many inputs, few deposits: contract §7, with the ledger on both databases."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from converter import BatchOutcome, batch, convert, load_spec
from converter.errors import Xl2JsonError
from converter.jobs import ledger as asked
from converter.jobs.examine import Examined, Run, examine
from converter.pool import Died, Failed
from tests.books import DEPOSIT, Book, a_book, write
from tests.ledger.office import FIRST, SECOND, THIRD, at_fault, order

SPEC = load_spec()
THREE_A_FILE = replace(SPEC, limits=replace(SPEC.limits, requests_per_file=3))
OTHER_SIRET, OTHER_ANS = "35600000000048", "RIS2021002"


def book(folder: Path, name: str, *requests: Book, siret: str | None = None, ans: str | None = None) -> Path:
    made = a_book(*requests)
    header = made["Entête fichier"][0]
    header["SIRET"], header["numeroAns"] = siret or header["SIRET"], ans or header["numeroAns"]
    return write(folder, made, name)


def run(folder: Path, *paths: Path, ledger: str | None = None, **more: Any) -> BatchOutcome:
    out = more.pop("out", folder / "depot")
    return batch(paths or [folder], out=out, ledger=ledger, deposit=DEPOSIT, jobs=more.pop("jobs", 2), **more)


def lines(folder: Path, name: str) -> list[str]:
    """The purchase orders' numbers in a file, in the order of its lines."""
    tree = json.loads((folder / "depot" / f"{name}.json").read_bytes())
    return [line["beneficiaires"]["EtablissementsClients"][0]["numeroFINESSJuridique"] for line in tree["lignesImport"]]


def numbers(folder: Path, name: str) -> list[str]:
    tree = json.loads((folder / "depot" / f"{name}.json").read_bytes())
    return [line["numeroEditeur"] for line in tree["lignesImport"]]


def whom(*orders: int) -> list[str]:
    return [order(n)["Etablissements"][0]["numeroFINESSJuridique"] for n in orders]


def stems(outcome: BatchOutcome) -> list[str]:
    return [Path(one.json).stem for one in outcome.files]


def told(outcome: BatchOutcome) -> list[list[tuple[str, str, str | None, str | None]]]:
    """By input: rule, severity, sheet, cell; without what concerns numbers that nobody counts (D6)."""
    return [
        [(one.rule, one.severity, one.sheet, one.cell) for one in some.findings if one.rule != "D6"]
        for some in outcome.inputs
    ]


def test_the_inputs_fill_common_files_in_the_order_given(tmp_path: Path, ledger: str) -> None:
    b = book(tmp_path, "b.xlsx", order(1), order(2))
    a = book(tmp_path, "a.xlsx", order(3), order(4))
    outcome = run(tmp_path, b, a, ledger=ledger, spec=THREE_A_FILE)
    assert outcome.ok
    assert stems(outcome) == [FIRST, SECOND]
    assert lines(tmp_path, FIRST) == whom(1, 2, 3)
    assert lines(tmp_path, SECOND) == whom(4)
    assert numbers(tmp_path, FIRST) == ["00001", "00002", "00003"]
    assert [one.counts.written for one in outcome.inputs] == [2, 2]


def test_a_folder_counts_by_the_names_of_its_files(tmp_path: Path, ledger: str) -> None:
    book(tmp_path, "b.xlsx", order(1))
    book(tmp_path, "a.xlsx", order(2))
    (tmp_path / "~$a.xlsx").write_bytes(b"Excel's own")
    (tmp_path / ".hidden.xlsx").write_bytes(b"nobody's")
    outcome = run(tmp_path, ledger=ledger)
    assert [Path(one.input).name for one in outcome.inputs] == ["a.xlsx", "b.xlsx"]
    assert lines(tmp_path, FIRST) == whom(2, 1)


def test_an_input_named_twice_counts_once(tmp_path: Path) -> None:
    a = book(tmp_path, "a.xlsx", order(1))
    outcome = run(tmp_path, a, tmp_path, Path(f"{tmp_path}/./a.xlsx"))
    assert len(outcome.inputs) == 1


def test_a_pattern_is_resolved_where_no_shell_does(tmp_path: Path) -> None:
    book(tmp_path, "a.xlsx", order(1))
    book(tmp_path, "b.xlsx", order(2))
    assert len(run(tmp_path, tmp_path / "*.xlsx").inputs) == 2


def test_a_folder_without_any_input_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Xl2JsonError):
        run(tmp_path)


def test_separate_gives_each_workbook_a_deposit_of_its_own(tmp_path: Path, ledger: str) -> None:
    book(tmp_path, "a.xlsx", order(1))
    book(tmp_path, "b.xlsx", order(2))
    outcome = run(tmp_path, ledger=ledger, separate=True)
    assert stems(outcome) == [FIRST, SECOND]
    assert (numbers(tmp_path, FIRST), numbers(tmp_path, SECOND)) == (["00001"], ["00002"])


def test_each_supplier_and_each_software_has_its_own_files(tmp_path: Path, ledger: str) -> None:
    """Numbers belong to the SIRET, files' names to the software: neither comes twice."""
    book(tmp_path, "a.xlsx", order(1))
    book(tmp_path, "b.xlsx", order(2), siret=OTHER_SIRET)
    book(tmp_path, "c.xlsx", order(3), ans=OTHER_ANS)
    book(tmp_path, "d.xlsx", order(4))
    outcome = run(tmp_path, ledger=ledger)
    other = f"JSON-{OTHER_ANS}-20211130-001"
    assert stems(outcome) == [FIRST, SECOND, other]
    assert (lines(tmp_path, FIRST), lines(tmp_path, SECOND)) == (whom(1, 4), whom(2))
    assert [numbers(tmp_path, name) for name in stems(outcome)] == [["00001", "00002"], ["00001"], ["00003"]]


def test_without_a_ledger_the_same_holds(tmp_path: Path) -> None:
    book(tmp_path, "a.xlsx", order(1))
    book(tmp_path, "b.xlsx", order(2), siret=OTHER_SIRET)
    book(tmp_path, "c.xlsx", order(3), ans=OTHER_ANS)
    outcome = run(tmp_path, first_number=7, file_number=2)
    assert stems(outcome) == [SECOND, THIRD, f"JSON-{OTHER_ANS}-20211130-002"]
    assert [numbers(tmp_path, name) for name in stems(outcome)] == [["00007"], ["00007"], ["00008"]]


@pytest.mark.parametrize("jobs", [1, 3])
def test_however_many_work_and_however_often_the_bytes_are_the_same(tmp_path: Path, ledger: str, jobs: int) -> None:
    for n in range(1, 7):
        book(tmp_path, f"{n}.xlsx", order(2 * n), order(2 * n + 1))
    run(tmp_path, ledger=ledger, spec=THREE_A_FILE)
    before = tree(tmp_path / "depot")
    again = run(tmp_path, ledger=ledger, spec=THREE_A_FILE, jobs=jobs)
    assert again.counts.written == 12
    assert tree(tmp_path / "depot") == before


def tree(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


def test_a_bad_input_holds_back_only_itself_and_is_named(tmp_path: Path, ledger: str) -> None:
    book(tmp_path, "a.xlsx", order(1))
    book(tmp_path, "b.xlsx", order(2), at_fault(order(3)))
    (tmp_path / "c.xlsx").write_bytes(b"no workbook")
    (tmp_path / "d.xlsx").write_bytes((tmp_path / "a.xlsx").read_bytes()[:2000])
    outcome = run(tmp_path, ledger=ledger)
    assert [one.ok for one in outcome.inputs] == [True, False, False, False]
    assert lines(tmp_path, FIRST) == whom(1)
    assert told(outcome) == [
        [],
        [("C3", "error", "Commande", "C3")],
        [("X10", "error", None, None)],
        [("X10", "error", None, None)],
    ]
    assert outcome.exit_code == 1
    assert (outcome.inputs[1].counts.held, outcome.inputs[1].counts.written) == (2, 0)


def test_partial_lets_the_sound_requests_of_a_bad_input_go(tmp_path: Path, ledger: str) -> None:
    book(tmp_path, "a.xlsx", order(1), at_fault(order(2)))
    book(tmp_path, "b.xlsx", order(3))
    outcome = run(tmp_path, ledger=ledger, partial=True)
    assert lines(tmp_path, FIRST) == whom(1, 3)
    assert [(one.counts.written, one.counts.held) for one in outcome.inputs] == [(1, 1), (1, 0)]


def test_strict_holds_back_the_input_that_has_a_warning(tmp_path: Path) -> None:
    warned = order(1, "00001")
    warned["Commande"][0]["colonne inconnue"] = 1
    book(tmp_path, "a.xlsx", warned)
    book(tmp_path, "b.xlsx", order(2, "00002"))
    outcome = run(tmp_path, strict=True)
    assert [one.ok for one in outcome.inputs] == [False, True]
    assert lines(tmp_path, FIRST) == whom(2)


def test_a_dry_run_writes_nothing_and_notes_nothing(tmp_path: Path, ledger: str) -> None:
    book(tmp_path, "a.xlsx", order(1))
    outcome = run(tmp_path, ledger=ledger, dry_run=True)
    assert stems(outcome) == [FIRST]
    assert not (tmp_path / "depot").exists()
    assert asked.listing(ledger).entries == ()


def test_the_same_request_in_two_inputs_goes_out_once(tmp_path: Path, ledger: str) -> None:
    book(tmp_path, "a.xlsx", order(1))
    book(tmp_path, "b.xlsx", order(1), order(2))
    outcome = run(tmp_path, ledger=ledger)
    assert told(outcome) == [[], [("X11", "info", "Entête demande", "A2")]]
    assert lines(tmp_path, FIRST) == whom(1, 2)
    assert (outcome.inputs[1].counts.skipped, outcome.inputs[1].counts.written) == (1, 1)


def test_one_key_for_two_requests_is_told_at_the_later_one(tmp_path: Path, ledger: str) -> None:
    book(tmp_path, "a.xlsx", order(1))
    book(tmp_path, "b.xlsx", order(1, phone="01 43 00 00 07"), order(2))
    outcome = run(tmp_path, ledger=ledger)
    assert told(outcome) == [[], [("X5", "error", "Entête demande", "A2")]]
    assert lines(tmp_path, FIRST) == whom(1)


def test_one_number_for_two_requests_is_told_at_the_later_one(tmp_path: Path, ledger: str) -> None:
    book(tmp_path, "a.xlsx", order(1, "00007"))
    book(tmp_path, "b.xlsx", order(2, "00007"))
    outcome = run(tmp_path, ledger=ledger)
    assert told(outcome) == [[], [("D1", "error", "Entête demande", "B2")]]


def test_one_beneficiary_or_one_file_for_two_requests_is_told_at_the_later_one(tmp_path: Path, ledger: str) -> None:
    book(tmp_path, "a.xlsx", order(1))
    second = order(2, whom=1)
    second["Pièces justificatives"][0]["fichier"] = "CMD-1.pdf"
    book(tmp_path, "b.xlsx", second)
    outcome = run(tmp_path, ledger=ledger)
    assert told(outcome) == [
        [],
        [("B15", "warning", "Etablissements", "F2"), ("P7", "warning", "Pièces justificatives", "C2")],
    ]
    assert lines(tmp_path, FIRST) == whom(1, 1)


def test_what_is_held_back_now_stays_as_it_was_prepared(tmp_path: Path, ledger: str) -> None:
    """Prepared alone, then at fault in a batch: its file and its number are left alone."""
    a = book(tmp_path, "a.xlsx", order(1))
    convert(a, out=tmp_path / "depot", ledger=ledger, deposit=DEPOSIT)
    book(tmp_path, "a.xlsx", at_fault(order(1)))
    book(tmp_path, "b.xlsx", order(2))
    outcome = run(tmp_path, ledger=ledger)
    assert stems(outcome) == [SECOND]
    assert (lines(tmp_path, FIRST), lines(tmp_path, SECOND)) == (whom(1), whom(2))


def test_a_workbook_alone_takes_its_requests_out_of_the_common_file_and_says_whom_that_concerns(
    tmp_path: Path, ledger: str
) -> None:
    a = book(tmp_path, "a.xlsx", order(1))
    book(tmp_path, "b.xlsx", order(2))
    run(tmp_path, ledger=ledger)
    outcome = convert(a, out=tmp_path / "depot", ledger=ledger, deposit=DEPOSIT)
    assert [(one.rule, one.demande) for one in outcome.findings] == [("D7", "CMD-2")]
    assert lines(tmp_path, FIRST) == whom(1)
    assert "CMD-2" in outcome.withdrawn


def test_what_is_deposited_does_not_go_out_again(tmp_path: Path, ledger: str) -> None:
    book(tmp_path, "a.xlsx", order(1))
    run(tmp_path, ledger=ledger)
    asked.mark(ledger, "deposited", FIRST)
    book(tmp_path, "b.xlsx", order(2))
    outcome = run(tmp_path, ledger=ledger)
    assert told(outcome)[0] == [("D3", "info", "Entête demande", "A2")]
    assert stems(outcome) == [SECOND]
    assert numbers(tmp_path, SECOND) == ["00002"]


def test_an_export_without_a_mapping_is_named(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("Commande;Date\n1;05/09/2021\n")
    book(tmp_path, "a.xlsx", order(1))
    outcome = run(tmp_path)
    assert told(outcome) == [[], [("X10", "error", None, None)]]


def here(work: Any, items: Sequence[Path], jobs: int, preload: Sequence[str]) -> Iterator[tuple[int, Any]]:
    """In this process, where a test can reach; the last one first."""
    for position in reversed(range(len(items))):
        try:
            yield position, work(items[position])
        except ZeroDivisionError:
            yield position, Failed(traceback.format_exc())


def test_a_bug_at_one_input_is_no_reason_to_hold_the_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its traceback is for the log."""

    def examined(run: Run, **more: Any) -> Examined:
        return examine(run, **more) if run.workbook.name != "a.xlsx" else 1 / 0  # type: ignore[return-value]

    monkeypatch.setattr("converter.jobs.batch.spread", here)
    monkeypatch.setattr("converter.jobs.batch.examine", examined)
    book(tmp_path, "a.xlsx", order(1))
    book(tmp_path, "b.xlsx", order(2))
    outcome = run(tmp_path)
    assert told(outcome) == [[("X10", "error", None, None)], []]
    assert [bug.rstrip().endswith("ZeroDivisionError: division by zero") for bug in outcome.bugs] == [True]
    assert lines(tmp_path, FIRST) == whom(2)


def test_a_process_that_dies_takes_its_input_alone_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dying(work: Any, items: Sequence[Path], jobs: int, preload: Sequence[str]) -> Iterator[tuple[int, Any]]:
        for position, result in here(work, items, jobs, preload):
            yield position, Died(-9) if position == 0 else result

    monkeypatch.setattr("converter.jobs.batch.spread", dying)
    book(tmp_path, "a.xlsx", order(1))
    book(tmp_path, "b.xlsx", order(2))
    outcome = run(tmp_path)
    assert told(outcome) == [[("X10", "error", None, None)], []]
    assert lines(tmp_path, FIRST) == whom(2)


def test_the_document_names_the_input_of_every_finding(tmp_path: Path) -> None:
    book(tmp_path, "a.xlsx", order(1, "00001"))
    book(tmp_path, "b.xlsx", at_fault(order(2, "00002")))
    document = run(tmp_path).as_dict()
    assert set(document) >= {"input", "spec", "ok", "requests", "files", "totals", "findings", "inputs"}
    assert document["requests"] == {"read": 2, "written": 1, "held": 1, "skipped": 0}
    assert [one["ok"] for one in document["inputs"]] == [True, False]
    assert [set(one) for one in document["inputs"]] == [{"input", "ok", "requests", "findings"}] * 2
    assert {one["input"] for one in document["findings"]} == {str(tmp_path / "b.xlsx")}
    assert document["inputs"][1]["findings"] == document["findings"]

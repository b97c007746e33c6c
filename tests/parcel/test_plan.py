"""Which requests fill which file, and under what name (contract §3)."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import converter
from converter import Outcome, Xl2JsonError
from tests.books import DEPOSIT, PDF, Book, a_book, a_request, many, write
from tests.parcel import pdf, tree

SPEC = converter.load_spec()
ENTRY = 76 + 2 * len("RAD-RIS-Va1-BDC-00001.pdf")  # what a file costs in a zip beside its own bytes
END = 22  # what every zip costs


def limited(**limits: int) -> Any:
    """The spec with smaller limits."""
    return replace(SPEC, limits=replace(SPEC.limits, **limits))


def converted(folder: Path, book: Book, **options: Any) -> Outcome:
    outcome = converter.convert(write(folder, book), deposit=DEPOSIT, out=folder / "depot", **options)
    assert outcome.ok, outcome.findings
    return outcome


def sized(folder: Path, *sizes: int) -> Book:
    """Requests with one attachment each, of these sizes."""
    book = many(len(sizes))
    for row, size in zip(book["Pièces justificatives"], sizes, strict=True):
        folder.mkdir(exist_ok=True)
        (folder / row["fichier"]).write_bytes(pdf(size))
    return book


def counts(outcome: Outcome) -> list[int]:
    """How many requests each file holds."""
    return [file.requests for file in outcome.files]


def numbers(path: str) -> list[tuple[int, str]]:
    """`numLigne` and `numeroEditeur` of each line of a JSON."""
    lines = json.loads(Path(path).read_bytes())["lignesImport"]
    return [(line["numLigne"], line["numeroEditeur"]) for line in lines]


# -------------------------------------------------------------------------------------------------------------- limits


def test_the_limits_are_those_of_the_guide() -> None:
    assert SPEC.limits.requests_per_file == 200
    assert SPEC.limits.zip_bytes == 200_000_000
    assert SPEC.limits.attachment_bytes == 3 * 2**20
    assert SPEC.limits.attachment_safe_bytes == 3_000_000
    assert SPEC.limits.last_file_number == 999


@pytest.mark.parametrize(
    ("requests", "files"), [(1, [1]), (199, [199]), (200, [200]), (201, [200, 1]), (401, [200, 200, 1])]
)
def test_a_file_holds_two_hundred_requests(requests: int, files: list[int], tmp_path: Path) -> None:
    assert counts(converted(tmp_path, many(requests), loose=False)) == files


def test_lines_count_from_one_in_each_file_and_numbers_go_on(tmp_path: Path) -> None:
    outcome = converted(tmp_path, many(7), spec=limited(requests_per_file=3))
    assert [numbers(file.json) for file in outcome.files] == [
        [(1, "00001"), (2, "00002"), (3, "00003")],
        [(1, "00004"), (2, "00005"), (3, "00006")],
        [(1, "00007")],
    ]


def test_each_zip_holds_the_attachments_of_its_own_json(tmp_path: Path) -> None:
    outcome = converted(tmp_path, many(5), spec=limited(requests_per_file=2))
    held = []
    for file in outcome.files:
        with zipfile.ZipFile(file.zip or "") as archive:
            held.append(archive.namelist())
        assert held[-1] == [f"RAD-RIS-Va1-BDC-{number}.pdf" for _, number in numbers(file.json)]
        assert file.attachments == len(held[-1])
    assert [len(names) for names in held] == [2, 2, 1]


@pytest.mark.parametrize(
    ("most", "files"),
    [
        (END + 3 * (ENTRY + 700), [3, 2]),
        (END + 3 * (ENTRY + 700) - 1, [2, 2, 1]),
        (END + ENTRY + 700, [1, 1, 1, 1, 1]),
        (END + 5 * (ENTRY + 700), [5]),
    ],
)
def test_a_zip_is_filled_to_its_last_byte(most: int, files: list[int], tmp_path: Path) -> None:
    outcome = converted(tmp_path, sized(tmp_path, *[700] * 5), spec=limited(zip_bytes=most))
    assert counts(outcome) == files
    assert all(file.bytes <= most for file in outcome.files)


def test_files_are_filled_in_order_even_where_another_order_would_need_fewer(tmp_path: Path) -> None:
    most = END + 2 * ENTRY + 2000
    outcome = converted(tmp_path, sized(tmp_path, 1500, 600, 1500, 500, 500), spec=limited(zip_bytes=most))
    assert counts(outcome) == [1, 1, 2, 1]


def test_the_attachments_of_one_request_stay_together(tmp_path: Path) -> None:
    book = sized(tmp_path, 700, 700)
    book["Commande"][1]["regimeTVA"] = "HT"
    book["Pièces justificatives"].append({"demande": "CMD-2", "typeFichier": "PREUVE_HT", "fichier": "ht.pdf"})
    outcome = converted(tmp_path, book, spec=limited(zip_bytes=END + 2 * (ENTRY + 700) + 100))
    assert [(file.requests, file.attachments) for file in outcome.files] == [(1, 1), (1, 2)]


@pytest.mark.parametrize("sizes", [(400,), (400, 12_345, 400), (100_000, 401)])
def test_the_size_of_a_zip_is_known_beforehand(sizes: tuple[int, ...], tmp_path: Path) -> None:
    book = sized(tmp_path, *sizes)
    planned = converted(tmp_path, book, dry_run=True)
    assert tree(tmp_path / "depot") == {}
    done = converted(tmp_path, book)
    assert done.files == planned.files
    assert [file.bytes for file in done.files] == [Path(file.zip or "").stat().st_size for file in done.files]
    assert done.files[0].bytes == END + sum(ENTRY + size for size in sizes)


# --------------------------------------------------------------------------------------------------------------- names


def test_a_json_its_zip_and_its_folder_bear_one_name(tmp_path: Path) -> None:
    converted(tmp_path, many(2), spec=limited(requests_per_file=1), file_number=41)
    assert sorted(tree(tmp_path / "depot")) == [
        "JSON-RIS2021001-20211130-041",
        "JSON-RIS2021001-20211130-041.json",
        "JSON-RIS2021001-20211130-041.zip",
        "JSON-RIS2021001-20211130-041/RAD-RIS-Va1-BDC-00001.pdf",
        "JSON-RIS2021001-20211130-042",
        "JSON-RIS2021001-20211130-042.json",
        "JSON-RIS2021001-20211130-042.zip",
        "JSON-RIS2021001-20211130-042/RAD-RIS-Va1-BDC-00002.pdf",
    ]


def test_the_date_is_that_of_the_deposit(tmp_path: Path) -> None:
    path = write(tmp_path, a_book())
    outcome = converter.convert(path, deposit=date(2022, 1, 2), out=tmp_path / "depot")
    assert [Path(file.json).name for file in outcome.files] == ["JSON-RIS2021001-20220102-001.json"]


# ------------------------------------------------------------------------------------------------------------- no room


def test_the_last_file_of_a_day_is_number_999(tmp_path: Path) -> None:
    outcome = converted(tmp_path, many(2), spec=limited(requests_per_file=1), file_number=998)
    assert [Path(file.json).stem[-3:] for file in outcome.files] == ["998", "999"]


@pytest.mark.parametrize("dry_run", [False, True])
def test_past_999_files_nothing_is_written(dry_run: bool, tmp_path: Path) -> None:
    with pytest.raises(Xl2JsonError) as stopped:
        converted(tmp_path, many(3), spec=limited(requests_per_file=1), file_number=998, dry_run=dry_run)
    assert stopped.value.exit_code == 3
    assert tree(tmp_path / "depot") == {}


@pytest.mark.parametrize(("typed", "first"), [((None,), 99_999), (("99998", None), 1), ((None, "99998"), 1)])
def test_the_last_number_is_99999(typed: tuple[str | None, ...], first: int, tmp_path: Path) -> None:
    book = many(len(typed))
    for row, number in zip(book["Entête demande"], typed, strict=True):
        row["numeroEditeur"] = number
    outcome = converted(tmp_path, book, first_number=first)
    assert "99999" in [number for _, number in numbers(outcome.files[0].json)]


@pytest.mark.parametrize(("typed", "first"), [((None, None), 99_999), (("99999", None), 1), ((None, "99999"), 1)])
def test_past_number_99999_nothing_is_written(typed: tuple[str | None, ...], first: int, tmp_path: Path) -> None:
    book = many(len(typed))
    for row, number in zip(book["Entête demande"], typed, strict=True):
        row["numeroEditeur"] = number
    with pytest.raises(Xl2JsonError) as stopped:
        converted(tmp_path, book, first_number=first)
    assert stopped.value.exit_code == 3
    assert tree(tmp_path / "depot") == {}


def test_numbers_that_are_typed_need_no_room(tmp_path: Path) -> None:
    """The last number is no obstacle where none is to be allotted."""
    book = a_book(a_request("CMD-1", "99999"), a_request("CMD-2", "00001", "330001231"))
    assert counts(converted(tmp_path, book)) == [2]


def test_no_empty_file_is_written(tmp_path: Path) -> None:
    book = a_book()
    book["Commande"][0]["regimeTVA"] = "?"
    outcome = converter.convert(write(tmp_path, book), deposit=DEPOSIT, out=tmp_path / "depot", partial=True)
    assert (outcome.files, outcome.counts.held) == ((), 1)
    assert not list((tmp_path / "depot").glob("JSON*"))


def test_the_sound_requests_close_ranks(tmp_path: Path) -> None:
    """A request held back leaves no hole: neither in the lines nor in the zip."""
    book = many(3)
    book["Commande"][1]["regimeTVA"] = "?"
    outcome = converter.convert(write(tmp_path, book), deposit=DEPOSIT, out=tmp_path / "depot", partial=True)
    assert [line for line, _ in numbers(outcome.files[0].json)] == [1, 2]
    with zipfile.ZipFile(outcome.files[0].zip or "") as archive:
        assert [len(archive.read(name)) for name in archive.namelist()] == [len(PDF)] * 2

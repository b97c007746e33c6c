"""S1 to S4: how the software is set up, and the profiles that this asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.books import SCENARIO as TAGS, YES_NO, Book, a_book
from tests.rules import FILE, SCENARIO, changed, findings, places, requests, two

IDENTITY = "Référentiel d'identité"
BY_HAND = "Envoi manuel par MSS au PS demandeur"
SCM = "Authentification électronique unipersonnel avec utilisation du RPPS-Rang pour les cabinets libéraux en SCM (Société Civile de Moyen)"
NEEDS = [
    ("isIdRef", "B2", "Oui", IDENTITY),
    ("isForHospital", "C2", "Oui", BY_HAND),
    ("operateurMessagerie", "D2", "MAI_15", "Mailiz"),
    ("isFinalClientSCM", "E2", "Oui", SCM),
]
CELLS = {tag: f"{letter}2" for tag, letter in zip(TAGS, "BCDEFGHIJKLM", strict=True)}


def answering(**answers: Any) -> Book:
    """A sound workbook but for those answers."""
    book = a_book()
    book[SCENARIO][0] |= answers
    return book


def with_profiles(book: Book, *profiles: str) -> Book:
    book[FILE][0]["profils"] = ";".join(profiles)
    return book


@pytest.mark.parametrize("tag", YES_NO)
@pytest.mark.parametrize("typed", ["à voir", None])
def test_s1_each_answer_is_yes_or_no(tag: str, typed: str | None, tmp_path: Path) -> None:
    """And one that is neither is not counted for a no."""
    assert findings(tmp_path, changed(SCENARIO, tag, typed)) == [
        ("S1", "error", SCENARIO, CELLS[tag], tag, "CMD-1", typed)
    ]


@pytest.mark.parametrize(("yes", "no"), [(True, False), ("oui", "NON"), (1, 0)])
def test_s1_takes_yes_and_no_as_elsewhere(yes: Any, no: Any, tmp_path: Path) -> None:
    book = answering(**dict.fromkeys(YES_NO, no) | {"isPFIToDMP": yes, "isPFIToMSSPro": yes})
    assert findings(tmp_path, book) == []
    written = requests(tmp_path, book)[0]["scenarioInstallation"]
    assert {tag for tag in YES_NO if written[tag] is True} == {"isPFIToDMP", "isPFIToMSSPro"}


@pytest.mark.parametrize("typed", ["API_999", "35", "API", "MAILIZ (API_35)", None])
def test_s2_the_operator_is_one_of_the_list(typed: str | None, tmp_path: Path) -> None:
    """Also where label and code contradict each other."""
    assert findings(tmp_path, changed(SCENARIO, "operateurMessagerie", typed)) == [
        ("S2", "error", SCENARIO, "D2", "operateurMessagerie", "CMD-1", typed)
    ]


@pytest.mark.parametrize(
    ("typed", "code"), [("API_35", "API_35"), ("CH _20", "CH _20"), ("CH REGIONAL D'ORLEANS (CH _20)", "CH _20")]
)
def test_s2_takes_the_code_and_what_the_drop_down_writes(typed: str, code: str, tmp_path: Path) -> None:
    """The code comes out byte for byte, its inner space with it."""
    book = changed(SCENARIO, "operateurMessagerie", typed)
    assert findings(tmp_path, book) == []
    assert requests(tmp_path, book)[0]["scenarioInstallation"]["operateurMessagerie"] == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [("api_35", "API_35"), ("CH_20", "CH _20"), ("MAILIZ", "MAI_15"), ("CH REGIONAL D'ORLEANS", "CH _20"), (" API_35 ", "API_35")],
)  # fmt: skip
def test_s2_repairs_case_space_and_a_label_alone(typed: str, code: str, tmp_path: Path) -> None:
    book = changed(SCENARIO, "operateurMessagerie", typed)
    assert findings(tmp_path, book) == [("X7", "info", SCENARIO, "D2", "operateurMessagerie", "CMD-1", typed)]
    assert requests(tmp_path, book)[0]["scenarioInstallation"]["operateurMessagerie"] == code


@pytest.mark.parametrize(("tag", "cell", "answer", "profile"), NEEDS)
def test_s3_an_answer_finds_the_profile_it_needs(
    tag: str, cell: str, answer: str, profile: str, tmp_path: Path
) -> None:
    others = [one for *_, one in NEEDS if one != profile]
    assert places(tmp_path / "without", with_profiles(answering(**{tag: answer}), *others)) == [
        ("S3", "error", SCENARIO, cell, tag, "CMD-1")
    ]
    assert findings(tmp_path / "with", with_profiles(answering(**{tag: answer}), profile)) == []


def test_s3_is_told_for_every_request(tmp_path: Path) -> None:
    book = with_profiles(two(), IDENTITY)
    for row in book[SCENARIO]:
        row["operateurMessagerie"] = "MAI_15"
    assert places(tmp_path, book) == [
        ("S3", "error", SCENARIO, "D2", "operateurMessagerie", "CMD-1"),
        ("S3", "error", SCENARIO, "D3", "operateurMessagerie", "CMD-2"),
    ]


@pytest.mark.parametrize(
    "typed", ["REFERENTIEL D’IDENTITE", " référentiel d'identité ; Mailiz", "Mailiz;Référentiel_d'identité;", f"{BY_HAND};{IDENTITY}"]
)  # fmt: skip
def test_s3_profiles_compare_as_headers_do(typed: str, tmp_path: Path) -> None:
    book = answering(isIdRef="Oui")
    book[FILE][0]["profils"] = typed
    assert findings(tmp_path, book) == []


def test_s3_a_profile_that_is_not_known_is_doubtful(tmp_path: Path) -> None:
    """It may be a misspelt one; each is told by itself."""
    assert findings(tmp_path, with_profiles(a_book(), "Mailis", "Mailiz", "Autre")) == [
        ("S3", "warning", FILE, "C2", "profils", None, name) for name in ("Mailis", "Autre")
    ]


def test_s3_without_profiles_nothing_is_checked_and_that_is_said_once(tmp_path: Path) -> None:
    book = two()
    for row in book[SCENARIO]:
        row |= {"isIdRef": "Oui", "isForHospital": "Oui"}
    book[FILE][0]["profils"] = " "
    assert findings(tmp_path / "blank", book) == [("S3", "info", FILE, "C2", "profils", None, None)]
    del book[FILE][0]["profils"]
    assert [one[:2] for one in findings(tmp_path / "absent", book)] == [("S3", "info")]


@pytest.mark.parametrize(
    ("answers", "cell"),
    [
        ({"isIdRef": "Oui", "isIdSlave": "Oui"}, "B2"),
        ({"isDirectToDMP": "Non"}, "H2"),
        ({"isDirectToMSSPro": "Non"}, "J2"),
    ],
)
def test_s4_answers_that_do_not_go_together_are_doubtful(answers: dict[str, str], cell: str, tmp_path: Path) -> None:
    """Told at the first that is named."""
    tag = next(iter(answers))
    assert places(tmp_path, answering(**answers)) == [("S4", "warning", SCENARIO, cell, tag, "CMD-1")]


def test_s4_tells_all_three_at_once(tmp_path: Path) -> None:
    book = answering(isIdRef="Oui", isIdSlave="Oui", isDirectToDMP="Non", isDirectToMSSPro="Non")
    assert [(rule, cell) for rule, _, _, cell, _, _ in places(tmp_path, book)] == [
        ("S4", "B2"),
        ("S4", "H2"),
        ("S4", "J2"),
    ]


@pytest.mark.parametrize(
    "answers",
    [
        {"isIdRef": "Oui"},
        {"isIdSlave": "Oui"},
        {"isDirectToDMP": "Non", "isPFIToDMP": "Oui"},
        {"isPFIToDMP": "Oui"},
        {"isDirectToMSSPro": "Non", "isPFIToMSSPro": "Oui"},
        {"isDirectToMSSCitoyen": "Non", "isPFIToMSSCitoyen": "Non"},
    ],
)
def test_s4_one_channel_of_each_is_enough(answers: dict[str, str], tmp_path: Path) -> None:
    """MSS Citoyen is nobody's duty."""
    assert findings(tmp_path, answering(**answers)) == []

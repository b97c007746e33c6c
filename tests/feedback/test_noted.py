"""What an answer leaves in the ledger, and what is said of it (contract §6), on both databases."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from copy import deepcopy
from typing import Any

import pytest

from tests.books import a_book, a_request
from tests.feedback.office import ACCEPTED, LATE, NAME, UNHEARD_OF, Document, Office, Said, found, lines, rules

ALL_THREE = {"00001": ACCEPTED, "00002": LATE}  # and 00003, of which nothing is said
OTHER_ASP = Said("999", None, "Demande acceptée")


def test_the_document_is_that_of_the_contract(office: Office) -> None:
    office.convert(3)
    path = office.answer(ALL_THREE)
    code, document = office.feedback()
    told = {(one["rule"], one["severity"], one["demande"]) for one in document.pop("findings")}
    assert told == {("C2", "error", "CMD-2"), ("R8", "warning", "CMD-3")}
    assert (code, document) == (
        1,
        {
            "file": str(path),
            "ok": False,
            "requests": {"accepted": 1, "rejected": 1, "unknown": 1, "already": 0},
            "lines": [
                {"numLigne": 1, "numeroEditeur": "00001", "demande": "CMD-1", "status": "accepted", "numeroASP": "210000001", "codeTraitement": None, "libelleTraitement": "Demande acceptée"},
                {"numLigne": 2, "numeroEditeur": "00002", "demande": "CMD-2", "status": "rejected", "numeroASP": None, "codeTraitement": LATE.code, "libelleTraitement": LATE.label},
                {"numLigne": 3, "numeroEditeur": "00003", "demande": "CMD-3", "status": "unknown", "numeroASP": None, "codeTraitement": None, "libelleTraitement": None},
            ],
        },
    )  # fmt: skip


def test_findings_are_those_of_the_contract(small_office: Office) -> None:
    small_office.convert(1)
    small_office.answer({"00001": LATE})
    (finding,) = small_office.feedback("--lang", "en")[1]["findings"]
    assert "R12" not in finding["message"]
    assert finding.pop("message")
    place = {"sheet": None, "cell": None, "field": None}
    assert finding == {"rule": "C2", "severity": "error", **place, "demande": "CMD-1", "value": LATE.label}


def test_all_accepted_is_0_any_other_is_1(small_office: Office) -> None:
    small_office.convert(2)
    small_office.answer({"00001": ACCEPTED})
    assert small_office.feedback()[0] == 1
    small_office.answer({"00001": ACCEPTED, "00002": OTHER_ASP})
    code, document = small_office.feedback()
    assert (code, document["ok"], document["findings"]) == (0, True, [])
    assert document["requests"] == {"accepted": 1, "rejected": 0, "unknown": 0, "already": 1}


def test_the_ledger_knows_what_was_said_and_the_file_is_deposited(office: Office) -> None:
    office.convert(3)
    assert set(office.states().values()) == {"prepared"}
    office.answer(ALL_THREE)
    office.feedback()
    assert office.states() == {"00001": "accepted", "00002": "rejected", "00003": "deposited"}
    first, second, _ = office.entries()
    assert (first["numeroASP"], first["libelleTraitement"]) == ("210000001", "Demande acceptée")
    assert (second["numeroASP"], second["codeTraitement"], second["libelleTraitement"]) == LATE
    code, document = office.json("ledger", "mark", "deposited", NAME)
    assert (code, {one["file"] for one in document["entries"]}) == (0, {NAME})


def test_what_was_prepared_passes_through_deposited(small_office: Office) -> None:
    small_office.convert(2)
    small_office.answer({"00001": ACCEPTED})
    small_office.feedback()
    _, document = small_office.json("ledger", "show", "CMD-1")
    states = [one["state"] for one in document["events"]]
    assert states[-2:] == ["deposited", "accepted"]
    _, document = small_office.json("ledger", "show", "CMD-2")
    assert document["events"][-1]["state"] == "deposited"


def test_the_file_as_it_was_sent_proves_no_deposit(office: Office) -> None:
    deposit = office.convert(2)
    code, document = office.json("feedback", deposit)
    assert (code, rules(document)) == (1, [("R8", "CMD-1"), ("R8", "CMD-2")])
    assert set(office.states().values()) == {"prepared"}


@pytest.mark.parametrize(
    ("said", "code"),
    [({"00001": ACCEPTED, "00002": OTHER_ASP}, 0), ({"00001": ACCEPTED, "00002": LATE}, 1), ({"00001": ACCEPTED}, 1)],
)
def test_reading_twice_changes_nothing_and_ends_alike(office: Office, said: dict[str, Said], code: int) -> None:
    office.convert(2)
    office.answer(said)
    first, second = office.feedback(), office.feedback()
    entries, events = office.entries(), office.json("ledger", "show", "CMD-2")
    third = office.feedback()
    assert (first[0], second[0], third[0]) == (code, code, code)
    known = sum(one.asp is not None or one.label is not None for one in said.values())
    assert second[1]["requests"] == {"accepted": 0, "rejected": 0, "unknown": 2 - known, "already": known}
    assert second[1] == third[1]
    assert second[1]["lines"] == first[1]["lines"]
    assert found(second[1]) == found(first[1])
    assert (office.entries(), office.json("ledger", "show", "CMD-2")) == (entries, events)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_other_alphabets(small_office: Office, encoding: str) -> None:
    book = a_book(a_request())
    book["Etablissements"][0]["nomClient"] = "HÔPITAL DE L'ÎLE"
    small_office.convert(book=book)
    small_office.answer({"00001": ACCEPTED}, encoding=encoding)
    code, document = small_office.feedback()
    assert (code, document["findings"]) == (0, [])


def bytes_with(old: str, new: str) -> Callable[[Document], bytes]:
    def change(tree: Document) -> bytes:
        text = json.dumps(tree)
        assert old in text
        return text.replace(old, new).encode()

    return change


@pytest.mark.parametrize(
    "change",
    [
        bytes_with('"montantSegurHT": 31162.0', '"montantSegurHT": 31162'),
        bytes_with('"montantSegurHT": 31162.0', '"montantSegurHT": 31162.000'),
        bytes_with('"montantSegurHT": 31162.0', '"montantSegurHT": 3.1162e4'),
        bytes_with("num\\u00e9rosFINESSGeos", "numerosFINESSGeos"),
        bytes_with('"numLigne": 2', '"numLigne": 2.0'),
        bytes_with('"210000001"', "210000001"),
        bytes_with('"210000001"', "210000001.0"),
        bytes_with('"numeroEditeur": "00001"', '"numeroEditeur": 1'),
        bytes_with('"impId": null', '"impId": 4711'),
        lambda tree: lines(tree).reverse(),
        lambda tree: tree.update(lignesImport=[dict(reversed(one.items())) for one in lines(tree)]),
    ],
)
def test_what_only_looks_different_is_not_told(small_office: Office, change: Callable[[Document], Any]) -> None:
    small_office.convert(2)
    small_office.answer({"00001": ACCEPTED, "00002": OTHER_ASP}, change)
    code, document = small_office.feedback()
    assert (code, document["findings"]) == (0, [])
    assert small_office.asps() == {"00001": "210000001", "00002": "999"}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda line: line["commande"].update(regimeTVA="HT"), "commande.regimeTVA"),
        (lambda line: line["commande"].update(montantSegurHT=31162.01), "commande.montantSegurHT"),
        (lambda line: line["scenarioInstallation"].update(isIdRef=True), "scenarioInstallation.isIdRef"),
        (lambda line: line["beneficiaires"].update(radLiberauxClients=[]), "beneficiaires.radLiberauxClients[0].RPPS"),
        (lambda line: line["beneficiaires"]["EtablissementsClients"][0].update(nomClient="\0\ud800"), "EtablissementsClients[0].nomClient"),
        (lambda line: line.pop("commande"), "commande.dateCommande"),
        (lambda line: line["commande"].update(regimeTVA={"a": ["b"]}), "commande.regimeTVA"),
    ],
)  # fmt: skip
def test_a_field_that_came_back_changed_is_told_with_its_path(
    small_office: Office, change: Callable[[Document], Any], path: str
) -> None:
    small_office.convert(2)
    small_office.answer({"00001": ACCEPTED, "00002": OTHER_ASP}, lambda tree: change(lines(tree)[1]) and None)
    code, document = small_office.feedback()
    assert code == 0
    assert set(found(document)) == {("R3", "warning", "CMD-2", None)}
    assert path in document["findings"][0]["message"]
    assert small_office.asps() == {"00001": "210000001", "00002": "999"}


def test_a_line_elsewhere_in_the_file_is_told(small_office: Office) -> None:
    small_office.convert(2)
    small_office.answer({"00001": ACCEPTED, "00002": OTHER_ASP}, lambda tree: lines(tree)[1].update(numLigne=10**30))
    code, document = small_office.feedback()
    assert (code, found(document)) == (0, [("R6", "warning", "CMD-2", None)])
    assert "None" not in document["findings"][0]["message"]


# --------------------------------------------------------------------------------------- doubled, missing, unknown lines


def test_a_line_that_comes_twice_alike(office: Office) -> None:
    office.convert(1)
    office.answer({"00001": ACCEPTED}, lambda tree: lines(tree).append(deepcopy(lines(tree)[0])))
    code, document = office.feedback()
    assert (code, rules(document)) == (0, [("R5", "CMD-1")])
    assert document["requests"] == {"accepted": 1, "rejected": 0, "unknown": 0, "already": 1}
    assert office.asps() == {"00001": "210000001"}


@pytest.mark.parametrize(
    ("second", "told", "asp"),
    [
        (OTHER_ASP, {"R5", "R2"}, "210000001"),
        (LATE, {"R5", "R2"}, "210000001"),
        (Said(), {"R5", "R8"}, "210000001"),
    ],
)
def test_a_line_that_contradicts_the_one_before(small_office: Office, second: Said, told: set[str], asp: str) -> None:
    small_office.convert(1)
    names = ("numeroASP", "codeTraitement", "libelleTraitement")
    small_office.answer(
        {"00001": ACCEPTED}, lambda tree: lines(tree).append(lines(tree)[0] | dict(zip(names, second, strict=True)))
    )
    code, document = small_office.feedback()
    assert (code, {rule for rule, _ in rules(document)}) == (1, told)
    assert small_office.asps() == {"00001": asp}
    assert small_office.states() == {"00001": "accepted"}


def test_lines_that_are_missing_are_named(office: Office) -> None:
    office.convert(3)
    office.answer({"00002": ACCEPTED}, lambda tree: tree.update(lignesImport=lines(tree)[1:2]))
    code, document = office.feedback()
    assert (code, found(document)) == (0, [("R7", "warning", None, None)])
    assert "00001, 00003" in document["findings"][0]["message"]
    assert office.states() == {"00001": "deposited", "00002": "accepted", "00003": "deposited"}


def test_the_file_s_name_is_only_a_hint(small_office: Office) -> None:
    small_office.convert(2)
    small_office.answer({"00001": ACCEPTED, "00002": OTHER_ASP}, name="réponse (1).json")
    code, document = small_office.feedback(name="réponse (1).json")
    assert (code, document["findings"]) == (0, [])
    assert {one["file"] for one in small_office.entries()} == {NAME}


def a_stranger(tree: Document) -> None:
    lines(tree).append(lines(tree)[0] | {"numeroEditeur": "00077", "numeroASP": "77", "numLigne": 2})


def test_a_line_that_the_ledger_does_not_know_is_taken_over(office: Office) -> None:
    office.convert(1)
    office.answer({"00001": ACCEPTED}, a_stranger)
    code, document = office.feedback()
    assert (code, found(document)) == (0, [("R4", "warning", "00077", None)])
    assert document["requests"]["accepted"] == 2
    assert office.asps() == {"00001": "210000001", "00077": "77"}
    code, document = office.feedback()
    assert (code, document["findings"], document["requests"]["already"]) == (0, [], 2)
    assert (office.entries()[1]["demande"], office.entries()[1]["file"]) == ("00077", NAME)


def test_a_number_taken_over_is_not_allotted_again(office: Office) -> None:
    office.convert(1)
    office.answer({"00001": ACCEPTED}, a_stranger)
    office.feedback()
    office.convert(2)
    assert office.states() == {"00001": "accepted", "00077": "accepted", "00078": "prepared"}


def test_an_answer_to_a_deposit_made_elsewhere_under_our_prepared_file_s_name(office: Office) -> None:
    """Nothing is lost of either: ours stays prepared, theirs is taken over."""
    office.convert(1)
    office.answer(
        {"00001": ACCEPTED}, lambda tree: lines(tree)[0].update(numeroEditeur="00050", numeroASP="50", numLigne=1)
    )
    code, document = office.feedback()
    assert (code, rules(document)) == (0, [("R4", "00050")])
    assert office.states() == {"00001": "prepared", "00050": "accepted"}
    assert office.asps() == {"00001": None, "00050": "50"}


def test_another_supplier_s_answer_is_told_and_kept(office: Office) -> None:
    office.convert(1)
    office.answer({"00001": ACCEPTED}, lambda tree: tree.update(SIRET="35600000000048"))
    code, document = office.feedback()
    assert (code, set(rules(document))) == (0, {("R5", None), ("R4", "00001")})
    assert sorted((one["state"], one["numeroASP"]) for one in office.entries()) == [
        ("accepted", "210000001"),
        ("prepared", None),
    ]


def test_another_software_s_number(small_office: Office) -> None:
    small_office.convert(1)
    small_office.answer({"00001": ACCEPTED}, lambda tree: tree.update(numeroAns="RIS2021002"))
    code, document = small_office.feedback()
    assert (code, found(document)) == (0, [("R6", "warning", "CMD-1", None)])


@pytest.mark.parametrize("number", [None, "", 123456, "ÉÉÉÉ1", "7" * 5000, {"a": 1}, "a\0\ud800"])
def test_a_line_without_number_is_an_error_that_names_its_asp(office: Office, number: Any) -> None:
    office.convert(1)
    office.answer(
        {"00001": ACCEPTED}, lambda tree: lines(tree).append({"numeroEditeur": number, "numeroASP": "210000099"})
    )
    for _ in range(2):
        code, document = office.feedback()
        assert (code, found(document)) == (1, [("R1", "error", None, None)])
        assert "210000099" in document["findings"][0]["message"]
        assert len(document["findings"][0]["message"]) < 1000
    assert office.asps() == {"00001": "210000001"}


def test_lines_that_are_no_objects(small_office: Office) -> None:
    small_office.convert(1)
    small_office.answer({"00001": ACCEPTED}, lambda tree: lines(tree).extend([None, 7, "x", [], {}]))
    code, document = small_office.feedback()
    assert (code, {rule for rule, _ in rules(document)}, len(document["lines"])) == (1, {"R1"}, 6)
    assert small_office.asps() == {"00001": "210000001"}


# ----------------------------------------------------------------------------------------------- one answer, then another


def after(office: Office, first: Said, second: Said) -> tuple[int, list[tuple[str, str]], Document]:
    office.convert(1)
    office.answer({"00001": first})
    office.feedback()
    office.answer({"00001": second})
    code, document = office.feedback()
    (entry,) = office.entries()
    return code, rules(document), entry


@pytest.mark.parametrize("second", [OTHER_ASP, LATE, UNHEARD_OF, Said("999", None, "En cours")])
def test_what_contradicts_a_recorded_number_overwrites_nothing(small_office: Office, second: Said) -> None:
    code, told, entry = after(small_office, ACCEPTED, second)
    assert (code, told) == (1, [("R2", "CMD-1")])
    assert (entry["state"], entry["numeroASP"], entry["libelleTraitement"]) == (
        "accepted",
        ACCEPTED.asp,
        ACCEPTED.label,
    )


@pytest.mark.parametrize("second", [Said(), Said(ACCEPTED.asp, None, "En cours"), Said(None, None, "Demande acceptée")])
def test_what_says_nothing_contradicts_nothing(small_office: Office, second: Said) -> None:
    code, told, entry = after(small_office, ACCEPTED, second)
    assert (code, told) == (1, [("R8", "CMD-1")])
    assert (entry["state"], entry["numeroASP"]) == ("accepted", ACCEPTED.asp)


def test_rejected_then_accepted_is_kept_and_told(office: Office) -> None:
    code, told, entry = after(office, LATE, ACCEPTED)
    assert (code, told) == (0, [("R6", "CMD-1")])
    assert (entry["state"], entry["numeroASP"], entry["codeTraitement"]) == ("accepted", ACCEPTED.asp, None)


def test_unknown_then_accepted(small_office: Office) -> None:
    assert after(small_office, Said(None, None, "Demande acceptée"), ACCEPTED)[:2] == (0, [])


def test_a_rejected_one_that_was_sent_again_turns_out_accepted(office: Office) -> None:
    office.convert(1)
    first = office.answer({"00001": LATE}, name="1.json")
    office.json("feedback", first)
    office.cli("convert", "orders.xlsx", "--date", "2021-12-01", "--out", "depot")
    assert office.states() == {"00001": "replaced", "00002": "prepared"}
    code, document = office.json("feedback", office.answer({"00001": ACCEPTED}, name="2.json"))
    assert (code, rules(document)) == (0, [("R6", "CMD-1")])
    assert office.asps() == {"00001": ACCEPTED.asp, "00002": None}


def test_the_answer_s_bytes_are_kept_once(small_office: Office) -> None:
    small_office.convert(1)
    path = small_office.answer({"00001": ACCEPTED})
    small_office.feedback()
    small_office.feedback()
    with closing(sqlite3.connect(small_office.ledger)) as connection:
        assert connection.execute("SELECT name FROM answers").fetchall() == [(path.name,)]

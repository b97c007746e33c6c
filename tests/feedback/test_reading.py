"""The bytes of an answer -> what the agency says in each line. No ledger yet."""

from __future__ import annotations

import json
from typing import Any

import pytest

from converter.errors import Xl2JsonError
from converter.feedback.read import Answer, Line, read_answer
from converter.readback.lenient import request_of
from converter.spec.load import load_spec

SPEC = load_spec()
HEADER = {"impId": 12, "numeroAns": "RIS2021001", "SIRET": "73282932000074"}


def read(*lines: Any, **header: Any) -> Answer:
    return read_answer(json.dumps(HEADER | header | {"lignesImport": list(lines)}).encode(), SPEC, "answer.json")


def line(**values: Any) -> Line:
    return read({"numLigne": 1, "numeroEditeur": "00001"} | values).lines[0]


def raw(content: str) -> Line:
    head = '{"numeroAns": "RIS2021001", "SIRET": "73282932000074", "lignesImport": [{'
    return read_answer(f"{head}{content}}}]}}".encode(), SPEC, "answer.json").lines[0]


OK = "Demande acceptée"


@pytest.mark.parametrize(
    ("asp", "code", "label", "status"),
    [
        ("2100", None, None, "accepted"),
        ("2100", None, OK, "accepted"),
        ("2100", "A1", OK, "accepted"),
        ("2100", "A1", None, "accepted"),
        ("2100", "", "  ", "accepted"),
        ("2100", None, "DEMANDE ACCEPTEE", "accepted"),
        ("2100", None, "  demande  acceptée ", "accepted"),
        ("2100", None, "Demande rejetée", "unknown"),
        ("2100", "R1", "Date incorrecte", "unknown"),
        (None, "R1", "Date incorrecte", "rejected"),
        (None, None, "Date incorrecte", "rejected"),
        (None, "R1", None, "rejected"),
        ("", "R1", "", "rejected"),
        (" \t\u00a0", "R1", " ", "rejected"),
        (None, 12, None, "rejected"),
        (None, None, OK, "unknown"),
        (None, "A1", OK, "unknown"),
        (None, None, "demande ACCEPTÉE", "unknown"),
        (None, None, None, "unknown"),
        ("", "", "", "unknown"),
        (" ", "\n", "\u00a0", "unknown"),
    ],
)
def test_what_a_line_says(asp: Any, code: Any, label: Any, status: str) -> None:
    assert line(numeroASP=asp, codeTraitement=code, libelleTraitement=label).status == status


@pytest.mark.parametrize("value", [True, [], ["2100"], {}, {"numero": 1}])
def test_what_is_no_text_and_no_number_is_no_asp(value: Any) -> None:
    assert (line(numeroASP=value).asp, line(numeroASP=value).status) == (None, "unknown")


def test_keys_that_are_missing_say_nothing() -> None:
    assert line().status == "unknown"


@pytest.mark.parametrize(
    ("written", "asp"),
    [
        ("210000001", "210000001"),
        ("210000001.0", "210000001"),
        ("2.10000001e8", "210000001"),
        ('"210000001"', "210000001"),
        ('" 210000001 "', "210000001"),
        ('"0210"', "0210"),
        ('"A-7"', "A-7"),
        ("1e999999999", "1E+999999999"),
        ("9" * 4000, "9" * 4000),
    ],
)
def test_an_asp_number_is_its_value(written: str, asp: str) -> None:
    assert raw(f'"numeroEditeur": "00001", "numeroASP": {written}').asp == asp


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ('"00001"', "00001"),
        ('" 00001 "', "00001"),
        ("1", "00001"),
        ("1.0", "00001"),
        ('"AB12c"', "AB12c"),
        ("null", None),
        ('""', None),
        ("true", None),
        ("0.5", None),
        ("-1", None),
        ("123456", None),
        ('"1"', None),
        ('"00-01"', None),
        ('"ÉÉÉÉ1"', None),
        ('"00001\\u0000"', None),
        ('"\\ud800"', None),
        ("7" * 4000, None),
        ('"%s"' % ("7" * 9000), None),
        ("1e999999999", None),
        ("[1]", None),
        ('{"a": 1}', None),
    ],
)
def test_a_number_is_one_of_the_agency_s_form(written: str, number: str | None) -> None:
    assert raw(f'"numeroEditeur": {written}').number == number


@pytest.mark.parametrize(
    ("written", "at"),
    [("7", 7), ("7.0", 7), ("0", None), ("-7", None), ("7.5", None), ("9" * 50, None), ("1e99999", None), ('"7"', None), ("true", None), ("null", None)],
)  # fmt: skip
def test_a_line_number_is_a_small_whole_number(written: str, at: int | None) -> None:
    assert raw(f'"numeroEditeur": "00001", "numLigne": {written}').line == at


@pytest.mark.parametrize("value", [None, 1, "x", [], [{}], True])
def test_a_line_that_is_no_object_is_an_unknown_one_without_number(value: Any) -> None:
    one = read(value).lines[0]
    assert (one.number, one.status, one.line) == (None, "unknown", None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_an_answer_in_one_of_three_alphabets(encoding: str) -> None:
    tree = HEADER | {"lignesImport": [{"numeroEditeur": "00001", "numeroASP": "1", "libelleTraitement": OK}]}
    content = json.dumps(tree, ensure_ascii=False).encode(encoding)
    one = read_answer(content, SPEC, "answer.json").lines[0]
    assert (one.status, one.label) == ("accepted", OK)


def test_names_are_taken_in_other_spellings() -> None:
    one = read({"NumeroEditeur": "00001", "NUMEROASP": 7, "libelletraitement": "demande acceptee"}).lines[0]
    assert (one.number, one.asp, one.status) == ("00001", "7", "accepted")


@pytest.mark.parametrize("tag", ["numérosFINESSGeos", "numerosFINESSGeos"])
def test_either_spelling_of_the_list(tag: str) -> None:
    client = {"numeroFINESSJuridique": "750012346", tag: ["750012346"]}
    request = request_of(SPEC, {"beneficiaires": {"EtablissementsClients": [client]}}, "00001")
    assert request.items["etablissements"][0]["numérosFINESSGeos"] == ("750012346",)


@pytest.mark.parametrize("siret", ["73282932000074", 73282932000074, " 732 829 320 00074 "])
def test_whose_answer_it_is(siret: Any) -> None:
    answer = read({}, SIRET=siret)
    assert (answer.siret, answer.ans) == ("73282932000074", "RIS2021001")


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "answer.document"),
        (b"<html><body>Session expir\xe9e</body></html>", "answer.document"),
        (b'{"SIRET": "1", "lignesImport": [{"numLigne": 1}', "answer.document"),
        (b"PK\x03\x04", "answer.document"),
        (b"[" * 100_000, "answer.document"),
        (b'{"a": NaN}', "answer.document"),
        (b'{"a": ' + b"9" * 5000 + b"}", "answer.document"),
        (b'{"a": 1e99999999999999999999}', "answer.document"),
        (b"null", "answer.shape"),
        (b"7", "answer.shape"),
        (b"[]", "answer.shape"),
        (b"{}", "answer.shape"),
        (b'{"lignesImport": {}}', "answer.shape"),
        (b'{"lignesImport": []}', "answer.shape"),
        (b'{"lignesImport": [1]}', "answer.supplier"),
        (b'{"lignesImport": [1], "SIRET": "73282932000074"}', "answer.supplier"),
        (b'{"lignesImport": [1], "SIRET": [], "numeroAns": {}}', "answer.supplier"),
        (b'{"lignesImport": [1], "SIRET": "%s", "numeroAns": "RIS2021001"}' % (b"7" * 99), "answer.supplier"),
        (b'{"lignesImport": [%s1]}' % (b"1," * 100_000), "answer.lines"),
    ],
)
def test_what_is_no_answer_is_told_in_a_sentence(content: bytes, key: str) -> None:
    with pytest.raises(Xl2JsonError) as stopped:
        read_answer(content, SPEC, "answer.json")
    assert (stopped.value.say.key, stopped.value.exit_code) == (f"error.{key}", 3)

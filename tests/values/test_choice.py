"""A code of a closed list comes out byte for byte, whether typed, picked in the drop-down or named (contract §1; S2)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, strategies as st

from converter.values import FAULTY, Choices, Form, parser_of
from tests.values import (
    ABSURD,
    ACCEPTED,
    NO_NUMBERS,
    PROPERTY,
    REFUSED,
    REPAIRED,
    SPEC,
    TIMES,
    almost,
    any_cell,
    holds_together,
    is_stable,
    old_and_new,
    parse,
    said,
)

OPERATOR = "scenario.operateurMessagerie"
REGIME = "commande.regimeTVA"
PIECE = "pieces.typeFichier"
OPERATORS = SPEC.lists["operateurs"]
LABELLED = tuple(zip(OPERATORS.codes, OPERATORS.labels, strict=True))
TYPICAL = (
    "CH _20",
    "CH_20",
    "API_35",
    "gip_1",
    "GIP MIPIH",
    "GIP MIPIH (GIP_1)",
    "CH REGIONAL D'ORLEANS (CH _20)",
    "TTC",
    "ht",
)


def codes_of(path: str) -> tuple[str, ...]:
    form = SPEC.field(path).form
    assert form is not None
    return form.choices.codes


def test_the_lists_are_those_of_the_guide() -> None:
    assert (codes_of(REGIME), codes_of(PIECE)) == (("TTC", "HT"), ("BON_COMMANDE", "PREUVE_HT"))
    assert (len(OPERATORS.codes), len(set(OPERATORS.codes))) == (355, 355)


def test_every_exact_code_is_taken_silently() -> None:
    for path in (OPERATOR, REGIME, PIECE):
        for code in codes_of(path):
            parsed = parse(path, code)
            assert (parsed.value, said(parsed)) == (code, ACCEPTED)


def test_what_the_drop_down_writes_is_taken_silently() -> None:
    shown = [f"{label} ({code})" for code, label in LABELLED]
    assert [(parse(OPERATOR, one).value, said(parse(OPERATOR, one))) for one in shown] == [
        (code, ACCEPTED) for code in OPERATORS.codes
    ]


def test_an_operators_label_alone_is_put_right_and_told() -> None:
    for code, label in LABELLED:
        parsed = parse(OPERATOR, label)
        assert (parsed.value, said(parsed), old_and_new(parsed)) == (code, REPAIRED, (label, code))


def test_a_code_without_its_inner_space_gets_it_back_and_it_is_told() -> None:
    spaced = [code for code in OPERATORS.codes if " " in code]
    assert len(spaced) == 155
    for code in spaced:
        typed = code.replace(" ", "")
        parsed = parse(OPERATOR, typed)
        assert (parsed.value, said(parsed), old_and_new(parsed)) == (code, REPAIRED, (typed, code))


@pytest.mark.parametrize(
    ("path", "typed", "code"),
    [
        (OPERATOR, "ch _20", "CH _20"),
        (OPERATOR, "ch_20", "CH _20"),
        (OPERATOR, "api_35", "API_35"),
        (OPERATOR, "gip mipih", "GIP_1"),
        (OPERATOR, "Gip Mipih (Gip_1)", "GIP_1"),
        (OPERATOR, "association santé et services des pays de l'orne (asspo)", "ASS_62"),
        (OPERATOR, "Lifen (ex Honestica)", "LIF_299"),
        (REGIME, "ttc", "TTC"),
        (REGIME, "Ht", "HT"),
        (PIECE, "bon_commande", "BON_COMMANDE"),
        (PIECE, "Preuve_HT", "PREUVE_HT"),
    ],
)
def test_case_is_put_right_and_told(path: str, typed: str, code: str) -> None:
    parsed = parse(path, typed)
    assert (parsed.value, said(parsed), old_and_new(parsed)) == (code, REPAIRED, (typed, code))


@pytest.mark.parametrize("typed", [" TTC", "TTC ", "\u00a0TTC", "TTC\n", "\ufeffTTC"])
def test_white_space_around_a_code_is_cut_and_told(typed: str) -> None:
    parsed = parse(REGIME, typed)
    assert (parsed.value, said(parsed)) == ("TTC", REPAIRED)


def test_an_accent_typed_as_two_characters_is_the_same_label() -> None:
    parsed = parse(OPERATOR, "ASSOCIATION SANTE\u0301 ET SERVICES DES PAYS DE L'ORNE (ASSPO)")
    assert parsed.value == "ASS_62"


def test_labels_bear_one_apostrophe_where_the_guide_prints_two() -> None:
    assert not [label for label in OPERATORS.labels if "''" in label]
    assert parse(OPERATOR, "CH REGIONAL D'ORLEANS").value == "CH _20"


@pytest.mark.parametrize(
    "typed",
    [
        "CH REGIONAL D'ORLEANS (CH _21)",
        "GIP MIPIH (GCS_2)",
        "ch regional d'orleans (ch_21)",
        "MAILIZ (API_35)",
        "NIMPORTE QUOI (API_35)",
        "GIP MIPIH (GIP_1) (GCS_2)",
        "GIP MIPIH ()",
        "GIP MIPIH (",
        "(API_35)",
        "API_35 (GIP_1)",
    ],
)
def test_a_label_beside_another_ones_code_is_refused(typed: str) -> None:
    parsed = parse(OPERATOR, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        (OPERATOR, ""),
        (OPERATOR, "API_036"),
        (OPERATOR, "API_3"),
        (OPERATOR, "API 35"),
        (OPERATOR, "API-35"),
        (OPERATOR, "35"),
        (OPERATOR, "API_35;GIP_1"),
        (OPERATOR, "API_３５"),
        (OPERATOR, "АPI_35"),  # a Cyrillic А
        (OPERATOR, "CH"),
        (OPERATOR, "GIP"),
        (OPERATOR, "Orléans"),
        (OPERATOR, "ASSOCIATION SANTE ET SERVICES DES PAYS DE L'ORNE (ASSPO)"),
        (REGIME, ""),
        (REGIME, "TVA"),
        (REGIME, "H.T."),
        (REGIME, "TTC/HT"),
        (REGIME, "ＨＴ"),
        (PIECE, "BDC"),
        (PIECE, "HT"),
        (PIECE, "BON COMMANDE"),
        (PIECE, "BON-COMMANDE"),
        (PIECE, "BONCOMMANDE"),
    ],
)
def test_what_the_list_lacks_is_refused(path: str, typed: str) -> None:
    parsed = parse(path, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize(
    ("path", "typed"),
    [(REGIME, "T T C"), (REGIME, "TTC (TTC)"), (OPERATOR, "API _35"), (OPERATOR, "A P I_35"), (OPERATOR, "GIPMIPIH")],
)
def test_no_repair_is_made_that_the_contract_does_not_name(path: str, typed: str) -> None:
    """Of inner white space, only the want of a code's own is put right; of labels, only an operator's."""
    parsed = parse(path, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


@pytest.mark.parametrize("path", [OPERATOR, REGIME])
@pytest.mark.parametrize("typed", [True, False, 0, 1, 35, 1.5, date(2021, 9, 5), *TIMES, *NO_NUMBERS, *ABSURD])
def test_a_cell_that_is_no_text_is_refused(path: str, typed: Any) -> None:
    parsed = parse(path, typed)
    assert (parsed.value, said(parsed)) == (FAULTY, REFUSED)


def test_a_label_that_two_codes_share_names_neither() -> None:
    parse_one = parser_of(Form(kind="choice", choices=Choices(codes=("A_1", "B_2"), labels=("MÊME", "même"))))
    assert said(parse_one("MÊME")) == REFUSED
    assert (parse_one("MÊME (A_1)").value, parse_one("même (B_2)").value) == ("A_1", "B_2")


def test_a_code_that_is_another_ones_label_is_the_code() -> None:
    parse_one = parser_of(Form(kind="choice", choices=Choices(codes=("A", "B"), labels=("B", "C"))))
    assert (parse_one("B").value, parse_one("b").value) == ("B", "B")


def test_what_was_read_is_told() -> None:
    assert [note.value for note in parse(REGIME, "TVA").notes] == ["TVA"]


@pytest.mark.parametrize("path", [OPERATOR, REGIME, PIECE])
@PROPERTY
@given(raw=any_cell(*TYPICAL))
def test_no_cell_makes_it_raise_and_what_is_taken_is_in_the_list(path: str, raw: Any) -> None:
    parsed = parse(path, raw)
    assert holds_together(parsed)
    assert parsed.value is FAULTY or parsed.value in codes_of(path)


@pytest.mark.parametrize("path", [OPERATOR, REGIME, PIECE])
@PROPERTY
@given(raw=st.one_of(almost(*TYPICAL), st.sampled_from(OPERATORS.shown()).flatmap(almost)))
def test_whatever_is_taken_is_stable(path: str, raw: str) -> None:
    parsed = parse(path, raw)
    assert is_stable(path, parsed, str(parsed.value))

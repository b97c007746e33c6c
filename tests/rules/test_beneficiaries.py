"""B1 to B16: who carries the order, and for which establishments and radiologists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.books import FINESS, Book, a_book, a_request
from tests.rules import (
    ESTABLISHMENTS,
    MAIN,
    RADIOLOGISTS,
    WHO,
    another,
    changed,
    findings,
    places,
    requests,
    treated,
    two,
)

AGENT = {"nomMandataire": "MARTIN", "emailMandataire": "martin@sante.fr", "telephoneMandataire": "01 42 00 00 02"}
EMAIL_149 = f"{'a' * 64}@{'b' * 40}.{'c' * 40}.fr"
PHONE_49 = "01 42 00 00 01, ou le 01 42 00 00 02 l'après-midi"
NAMES = [(WHO, "nomMandataire", "D2"), (ESTABLISHMENTS, "nomClient", "C2"), (RADIOLOGISTS, "nomRad", "D2")]
EMAILS = [(WHO, "emailMandataire", "E2"), (ESTABLISHMENTS, "emailClient", "D2"), (RADIOLOGISTS, "emailRad", "E2")]
PHONES = [
    (WHO, "telephoneMandataire", "F2"),
    (ESTABLISHMENTS, "telephoneClient", "E2"),
    (RADIOLOGISTS, "telephoneRad", "F2"),
]
FINESS_CELLS = [("numeroFINESSJuridique", "B2"), ("numérosFINESSGeos", "F2")]


def who(agent: Any, single: Any, **agents: str | None) -> Book:
    """A sound workbook but for the answers on who carries the order."""
    book = a_book()
    book[WHO][0] |= {"isMandataire": agent, "isClientUnique": single} | agents
    return book


def contact(sheet: str, tag: str, value: Any) -> Book:
    """That cell in a workbook where an agent carries the order for several clients, so that every contact is asked for."""
    book = who("Oui", "Non", **AGENT)
    book[sheet][0][tag] = value
    return book


# ---------------------------------------------------------------------------------------------- who carries the order


@pytest.mark.parametrize(("tag", "cell"), [("isMandataire", "B2"), ("isClientUnique", "C2")])
@pytest.mark.parametrize(("typed", "shown"), [("peut-être", "peut-être"), (2, "2"), (None, None)])
def test_b1_the_answer_is_yes_or_no(tag: str, cell: str, typed: Any, shown: str | None, tmp_path: Path) -> None:
    """And while it is neither, nothing is said of what hangs on it."""
    assert findings(tmp_path, changed(WHO, tag, typed)) == [("B1", "error", WHO, cell, tag, "CMD-1", shown)]


@pytest.mark.parametrize(
    ("yes", "no"),
    [(True, False), ("OUI", "non"), ("Vrai", "FAUX"), ("true", "False"), ("Yes", "no"), ("o", "N"), ("Y", "n"), (1, 0)],
)
def test_b1_takes_every_usual_way_to_say_it(yes: Any, no: Any, tmp_path: Path) -> None:
    book = who(no, yes)
    assert findings(tmp_path, book) == []
    request = requests(tmp_path, book)[0]["beneficiaires"]
    assert (request["isMandataire"], request["isClientUnique"]) == (False, True)


def test_b2_an_agent_for_one_single_client_is_doubtful(tmp_path: Path) -> None:
    assert places(tmp_path, who("Oui", "Oui")) == [("B2", "warning", WHO, "C2", "isClientUnique", "CMD-1")]


@pytest.mark.parametrize("book", [who("Non", "Non"), who("Non", "Oui"), who("Oui", "Non", **AGENT)])
def test_b2_b3_every_other_case_is_sound(book: Book, tmp_path: Path) -> None:
    """The agent is named where there is one for several clients, and nowhere else."""
    assert findings(tmp_path, book) == []


def test_b3_an_agent_for_several_clients_is_named_in_full(tmp_path: Path) -> None:
    assert findings(tmp_path, who("Oui", "Non")) == [
        ("B3", "error", WHO, "D2", "nomMandataire", "CMD-1", None),
        ("B3", "error", WHO, "E2", "emailMandataire", "CMD-1", None),
        ("B3", "error", WHO, "F2", "telephoneMandataire", "CMD-1", None),
    ]
    assert findings(tmp_path / "one", who("Oui", "Non", **AGENT | {"emailMandataire": " "})) == [
        ("B3", "error", WHO, "E2", "emailMandataire", "CMD-1", None)
    ]


@pytest.mark.parametrize("answers", [("Non", "Oui"), ("Non", "Non")])
def test_b3_without_an_agent_none_is_named(answers: tuple[str, str], tmp_path: Path) -> None:
    assert findings(tmp_path, who(*answers, **AGENT)) == [
        ("B3", "error", WHO, "D2", "nomMandataire", "CMD-1", "MARTIN"),
        ("B3", "error", WHO, "E2", "emailMandataire", "CMD-1", "martin@sante.fr"),
        ("B3", "error", WHO, "F2", "telephoneMandataire", "CMD-1", "01 42 00 00 02"),
    ]


def test_b3_nor_is_one_for_a_single_client(tmp_path: Path) -> None:
    assert findings(tmp_path, who("Oui", "Oui", nomMandataire="MARTIN"))[1:] == [
        ("B3", "error", WHO, "D2", "nomMandataire", "CMD-1", "MARTIN")
    ]


def test_b3_columns_that_are_not_there_are_blank(tmp_path: Path) -> None:
    book = who("Oui", "Non")
    for tag in AGENT:
        del book[WHO][0][tag]
    told = findings(tmp_path, book)
    assert [(rule, severity, sheet, demande) for rule, severity, sheet, _, _, demande, _ in told] == [
        ("B3", "error", WHO, "CMD-1")
    ] * 3


# ------------------------------------------------------------------------------------ names, addresses and telephones


@pytest.mark.parametrize(("sheet", "tag", "cell"), NAMES)
def test_b4_a_name_has_49_characters_at_most(sheet: str, tag: str, cell: str, tmp_path: Path) -> None:
    assert findings(tmp_path / "50", contact(sheet, tag, "É" * 50)) == [
        ("B4", "error", sheet, cell, tag, "CMD-1", "É" * 50)
    ]
    assert findings(tmp_path / "49", contact(sheet, tag, "É" * 49)) == []


@pytest.mark.parametrize(("sheet", "tag", "cell"), NAMES)
def test_b4_lower_case_and_runs_of_spaces_are_repaired(sheet: str, tag: str, cell: str, tmp_path: Path) -> None:
    book = contact(sheet, tag, "d'Orléans  et fils")
    assert findings(tmp_path, book) == [("X7", "info", sheet, cell, tag, "CMD-1", "d'Orléans  et fils")]
    assert '"D\'ORLÉANS ET FILS"' in str(requests(tmp_path, book)[0])


@pytest.mark.parametrize(("sheet", "tag", "cell"), EMAILS)
def test_b5_an_address_has_149_characters_at_most(sheet: str, tag: str, cell: str, tmp_path: Path) -> None:
    assert len(EMAIL_149) == 149
    assert findings(tmp_path / "150", contact(sheet, tag, f"{EMAIL_149[:-3]}c.fr")) == [
        ("B5", "error", sheet, cell, tag, "CMD-1", f"{EMAIL_149[:-3]}c.fr")
    ]
    assert findings(tmp_path / "149", contact(sheet, tag, EMAIL_149)) == []


@pytest.mark.parametrize(("sheet", "tag", "cell"), EMAILS)
@pytest.mark.parametrize("typed", ["martin", "martin@", "martin@sante", "martin sante@sante.fr", "a@b.fr; c@d.fr"])
def test_b5_what_is_no_address_is_doubtful(sheet: str, tag: str, cell: str, typed: str, tmp_path: Path) -> None:
    assert findings(tmp_path, contact(sheet, tag, typed)) == [("B5", "warning", sheet, cell, tag, "CMD-1", typed)]


@pytest.mark.parametrize("typed", ["m.martin+asp@chu-lyon.fr", "Martin@Sante.FR", "rené@hôpital.fr", " a@b.fr "])
def test_b5_takes_any_address(typed: str, tmp_path: Path) -> None:
    assert findings(tmp_path, changed(ESTABLISHMENTS, "emailClient", typed)) == []


@pytest.mark.parametrize(("sheet", "tag", "cell"), PHONES)
def test_b6_a_telephone_has_49_characters_at_most(sheet: str, tag: str, cell: str, tmp_path: Path) -> None:
    """Such a one is no French number either; where it is too long, that alone is said."""
    assert len(PHONE_49) == 49
    assert findings(tmp_path / "50", contact(sheet, tag, f"{PHONE_49}.")) == [
        ("B6", "error", sheet, cell, tag, "CMD-1", f"{PHONE_49}.")
    ]
    assert findings(tmp_path / "49", contact(sheet, tag, PHONE_49)) == [
        ("B6", "warning", sheet, cell, tag, "CMD-1", PHONE_49)
    ]


@pytest.mark.parametrize(("sheet", "tag", "cell"), PHONES)
@pytest.mark.parametrize("typed", ["01 42 00 00", "+32 2 555 12 12", "standard"])
def test_b6_what_is_no_french_number_is_doubtful(sheet: str, tag: str, cell: str, typed: str, tmp_path: Path) -> None:
    assert findings(tmp_path, contact(sheet, tag, typed)) == [("B6", "warning", sheet, cell, tag, "CMD-1", typed)]


@pytest.mark.parametrize("typed", ["0142000001", "01.42.00.00.01", "+33 1 42 00 00 01", "06 12 34 56 78", "0590 82 12 34", "0262 90 12 34"])  # fmt: skip
def test_b6_takes_the_numbers_of_france_and_its_territories(typed: str, tmp_path: Path) -> None:
    assert findings(tmp_path, changed(ESTABLISHMENTS, "telephoneClient", typed)) == []


def test_b6_a_number_that_lost_its_zero_gets_it_back(tmp_path: Path) -> None:
    book = changed(ESTABLISHMENTS, "telephoneClient", 142000001)
    assert findings(tmp_path, book) == [
        ("X7", "info", ESTABLISHMENTS, "E2", "telephoneClient", "CMD-1", "142000001"),
    ]
    (establishment,) = requests(tmp_path, book)[0]["beneficiaires"]["EtablissementsClients"]
    assert establishment["telephoneClient"] == "0142000001"


# ----------------------------------------------------------------------------------------------- for whom the order is


def test_b7_a_request_without_beneficiary_is_told_at_its_key(tmp_path: Path) -> None:
    """Be the sheets empty or not there at all."""
    expected = [("B7", "error", MAIN, "A2", "demande", "CMD-1")]
    book = a_book()
    for sheet in (ESTABLISHMENTS, RADIOLOGISTS):
        book[sheet] = [dict.fromkeys(book[sheet][0])]
    assert places(tmp_path / "empty", book) == expected
    del book[ESTABLISHMENTS], book[RADIOLOGISTS]
    assert places(tmp_path / "absent", book) == expected


@pytest.mark.parametrize("sheet", [ESTABLISHMENTS, RADIOLOGISTS])
def test_b7_one_of_the_two_is_enough(sheet: str, tmp_path: Path) -> None:
    book = a_book()
    del book[sheet]
    assert findings(tmp_path, book) == []


def test_b7_a_row_that_says_nothing_right_is_a_row_all_the_same(tmp_path: Path) -> None:
    book = changed(ESTABLISHMENTS, "numeroFINESSJuridique", "?")
    del book[RADIOLOGISTS]
    assert findings(tmp_path, book) == [
        ("B9", "error", ESTABLISHMENTS, "B2", "numeroFINESSJuridique", "CMD-1", "?"),
    ]


@pytest.mark.parametrize(
    ("rule", "sheet", "tag", "cell"),
    [
        ("B8", ESTABLISHMENTS, "numeroFINESSJuridique", "B2"),
        ("B8", ESTABLISHMENTS, "nomClient", "C2"),
        ("B8", ESTABLISHMENTS, "emailClient", "D2"),
        ("B8", ESTABLISHMENTS, "telephoneClient", "E2"),
        ("B8", ESTABLISHMENTS, "numérosFINESSGeos", "F2"),
        ("B10", RADIOLOGISTS, "RPPS", "B2"),
        ("B10", RADIOLOGISTS, "AM", "C2"),
        ("B10", RADIOLOGISTS, "nomRad", "D2"),
    ],
)
def test_b8_b10_what_a_beneficiary_must_have(rule: str, sheet: str, tag: str, cell: str, tmp_path: Path) -> None:
    assert findings(tmp_path, changed(sheet, tag, " ")) == [(rule, "error", sheet, cell, tag, "CMD-1", None)]


def test_b10_a_radiologist_may_be_without_address_and_telephone(tmp_path: Path) -> None:
    assert findings(tmp_path, a_book()) == []


@pytest.mark.parametrize(
    ("rule", "sheet", "tag", "cell"),
    [("B8", ESTABLISHMENTS, "numérosFINESSGeos", "F2"), ("B10", RADIOLOGISTS, "AM", "C2")],
)
def test_b8_b10_a_list_of_nothing_but_separators_has_not_one_number(
    rule: str, sheet: str, tag: str, cell: str, tmp_path: Path
) -> None:
    assert places(tmp_path, changed(sheet, tag, " ; ")) == [(rule, "error", sheet, cell, tag, "CMD-1")]


# ------------------------------------------------------------------------------------------------------- their numbers


@pytest.mark.parametrize(("tag", "cell"), FINESS_CELLS)
@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("75001234", "75001234"),
        ("7500123466", "7500123466"),
        ("75001234X", "75001234X"),
        ("A50012346", "A50012346"),
        ("7.5E+08", "7.5E+08"),
        (10000025, "10000025"),
        (750012346.5, "750012346.5"),
    ],
)
def test_b9_a_finess_has_9_characters(tag: str, cell: str, typed: Any, shown: str, tmp_path: Path) -> None:
    """A zero that Excel ate is only put back where the check digit proves it."""
    assert findings(tmp_path, changed(ESTABLISHMENTS, tag, typed)) == [
        ("B9", "error", ESTABLISHMENTS, cell, tag, "CMD-1", shown)
    ]


@pytest.mark.parametrize(("tag", "cell"), FINESS_CELLS)
@pytest.mark.parametrize("typed", ["750012345", "2A0000015", "2B0000014"])
def test_b9_a_wrong_check_digit_is_doubtful(tag: str, cell: str, typed: str, tmp_path: Path) -> None:
    assert findings(tmp_path, changed(ESTABLISHMENTS, tag, typed)) == [
        ("B9", "warning", ESTABLISHMENTS, cell, tag, "CMD-1", typed)
    ]


@pytest.mark.parametrize(("tag", "cell"), FINESS_CELLS)
@pytest.mark.parametrize("typed", ["750012346", "2A0000014", "2B0000012"])
def test_b9_takes_corsica(tag: str, cell: str, typed: str, tmp_path: Path) -> None:
    assert findings(tmp_path, changed(ESTABLISHMENTS, tag, typed)) == []


@pytest.mark.parametrize(("tag", "cell"), FINESS_CELLS)
@pytest.mark.parametrize(
    ("typed", "shown", "written"),
    [
        (750012346, "750012346", "750012346"),
        (10000024, "10000024", "010000024"),
        ("2a0000014", "2a0000014", "2A0000014"),
        ("75.001.234.6", "75.001.234.6", "750012346"),
    ],
)
def test_b9_repairs_a_finess(tag: str, cell: str, typed: Any, shown: str, written: str, tmp_path: Path) -> None:
    book = changed(ESTABLISHMENTS, tag, typed)
    assert findings(tmp_path, book) == [("X7", "info", ESTABLISHMENTS, cell, tag, "CMD-1", shown)]
    (establishment,) = requests(tmp_path, book)[0]["beneficiaires"]["EtablissementsClients"]
    assert establishment[tag] == (written if tag == "numeroFINESSJuridique" else [written])


def test_b9_each_number_of_a_list_is_told_by_itself(tmp_path: Path) -> None:
    book = changed(ESTABLISHMENTS, "numérosFINESSGeos", "750012346, 75001\n330001232;12")
    place = (ESTABLISHMENTS, "F2", "numérosFINESSGeos", "CMD-1")
    assert set(findings(tmp_path, book)) == {
        ("B9", "error", *place, "75001"),
        ("B9", "warning", *place, "330001232"),
        ("B9", "error", *place, "12"),
    }


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("1000345678", "1000345678"),
        ("1000345678A", "1000345678A"),
        ("1000345678612", "1000345678612"),
        ("810003456786", "810003456786"),
        (1000345678, "1000345678"),
        (810003456786, "810003456786"),
    ],
)
def test_b11_an_rpps_has_11_or_15_digits(typed: Any, shown: str, tmp_path: Path) -> None:
    """Zeros are never put back."""
    assert findings(tmp_path, changed(RADIOLOGISTS, "RPPS", typed)) == [
        ("B11", "error", RADIOLOGISTS, "B2", "RPPS", "CMD-1", shown)
    ]


def test_b11_a_wrong_check_digit_is_doubtful(tmp_path: Path) -> None:
    assert findings(tmp_path, changed(RADIOLOGISTS, "RPPS", "10003456787")) == [
        ("B11", "warning", RADIOLOGISTS, "B2", "RPPS", "CMD-1", "10003456787")
    ]


@pytest.mark.parametrize("typed", ["10003456786", "100034567870001"])
def test_b11_takes_both_lengths_and_checks_the_short_one(typed: str, tmp_path: Path) -> None:
    assert findings(tmp_path, changed(RADIOLOGISTS, "RPPS", typed)) == []


@pytest.mark.parametrize(("typed", "shown"), [(10003456786, "10003456786"), ("100 0345 6786", "100 0345 6786")])
def test_b11_repairs_an_rpps(typed: Any, shown: str, tmp_path: Path) -> None:
    book = changed(RADIOLOGISTS, "RPPS", typed)
    assert findings(tmp_path, book) == [("X7", "info", RADIOLOGISTS, "B2", "RPPS", "CMD-1", shown)]
    assert requests(tmp_path, book)[0]["beneficiaires"]["radLiberauxClients"][0]["RPPS"] == "10003456786"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("12345678", "12345678"),
        ("1234567890", "1234567890"),
        ("12345678A", "12345678A"),
        (1234567, "1234567"),
        (12345678.5, "12345678.5"),
    ],
)
def test_b12_an_am_number_has_9_digits(typed: Any, shown: str, tmp_path: Path) -> None:
    assert findings(tmp_path, changed(RADIOLOGISTS, "AM", typed)) == [
        ("B12", "error", RADIOLOGISTS, "C2", "AM", "CMD-1", shown)
    ]


@pytest.mark.parametrize(
    ("typed", "shown", "written"), [(12345678, "12345678", "012345678"), (123456789, "123456789", "123456789")]
)
def test_b12_one_zero_is_put_back(typed: Any, shown: str, written: str, tmp_path: Path) -> None:
    book = changed(RADIOLOGISTS, "AM", typed)
    assert findings(tmp_path, book) == [("X7", "info", RADIOLOGISTS, "C2", "AM", "CMD-1", shown)]
    assert requests(tmp_path, book)[0]["beneficiaires"]["radLiberauxClients"][0]["AM"] == [written]


@pytest.mark.parametrize(
    ("sheet", "tag", "cell", "number", "other"),
    [
        (ESTABLISHMENTS, "numérosFINESSGeos", "F2", "750012346", "330001231"),
        (RADIOLOGISTS, "AM", "C2", "111111111", "111111112"),
    ],
)
def test_b13_a_number_stands_once_in_a_cell(
    sheet: str, tag: str, cell: str, number: str, other: str, tmp_path: Path
) -> None:
    """However often it is repeated, that is said once."""
    expected = [("B13", "error", sheet, cell, tag, "CMD-1", number)]
    assert findings(tmp_path / "2", changed(sheet, tag, f"{number}; {number}")) == expected
    assert findings(tmp_path / "3", changed(sheet, tag, f"{number},{other} {number}\n{number}")) == expected


def test_b13_not_in_two_rows_nor_in_two_items(tmp_path: Path) -> None:
    """Rows that repeat a number may repeat its list; and one place may belong to two legal bodies."""
    book = another(a_book(), RADIOLOGISTS)
    another(another(book, ESTABLISHMENTS), ESTABLISHMENTS, numeroFINESSJuridique=FINESS[1])
    book[WHO][0]["isClientUnique"] = "Non"
    assert findings(tmp_path, book) == []


@pytest.mark.parametrize("typed", ["750012346;330001231", "750012346, 330001231", "750012346\n330001231", "750012346  330001231 ;", "; 750012346 ;, 330001231"])  # fmt: skip
def test_a_list_is_cut_at_every_separator(typed: str, tmp_path: Path) -> None:
    book = changed(ESTABLISHMENTS, "numérosFINESSGeos", typed)
    assert findings(tmp_path, book) == []
    (establishment,) = requests(tmp_path, book)[0]["beneficiaires"]["EtablissementsClients"]
    assert establishment["numérosFINESSGeos"] == ["750012346", "330001231"]


# ------------------------------------------------------------------------------------------------- several, and shared


def test_b14_a_single_client_has_one_legal_number(tmp_path: Path) -> None:
    book = another(a_book(), ESTABLISHMENTS, numeroFINESSJuridique=FINESS[1], numérosFINESSGeos=FINESS[1])
    assert places(tmp_path / "single", book) == [("B14", "warning", WHO, "C2", "isClientUnique", "CMD-1")]
    book[WHO][0]["isClientUnique"] = "Non"
    assert findings(tmp_path / "several", book) == []


def test_b14_rows_of_one_legal_number_are_one_client(tmp_path: Path) -> None:
    book = another(a_book(), ESTABLISHMENTS, numérosFINESSGeos=FINESS[1])
    assert findings(tmp_path, another(book, ESTABLISHMENTS, numérosFINESSGeos=FINESS[2])) == []


def test_b15_a_place_is_in_one_request_only(tmp_path: Path) -> None:
    book = two()
    book[ESTABLISHMENTS][1]["numérosFINESSGeos"] = f"{FINESS[1]}; {FINESS[0]}"
    assert findings(tmp_path, book) == [
        ("B15", "warning", ESTABLISHMENTS, "F3", "numérosFINESSGeos", "CMD-2", FINESS[0])
    ]


def test_b15_points_at_the_row_that_brought_the_number(tmp_path: Path) -> None:
    """Where rows were merged, the number's own."""
    book = two()
    another(another(book, ESTABLISHMENTS, numérosFINESSGeos=FINESS[2]), ESTABLISHMENTS, numérosFINESSGeos=FINESS[0])
    assert findings(tmp_path, book) == [
        ("B15", "warning", ESTABLISHMENTS, "F5", "numérosFINESSGeos", "CMD-2", FINESS[0])
    ]


def test_b15_a_radiologist_with_the_same_am_is_in_one_request_only(tmp_path: Path) -> None:
    book = two()
    book[RADIOLOGISTS][1]["AM"] = f"{book[RADIOLOGISTS][1]['AM']}, {book[RADIOLOGISTS][0]['AM']}"
    assert findings(tmp_path, book) == [
        ("B15", "warning", RADIOLOGISTS, "C3", "AM", "CMD-2", book[RADIOLOGISTS][0]["AM"])
    ]


def test_b15_every_number_that_is_shared_is_told(tmp_path: Path) -> None:
    """In every later request."""
    both = f"{FINESS[0]};{FINESS[1]}"
    book = a_book(a_request(), a_request("CMD-2", "00002", FINESS[2]), a_request("CMD-3", "00003", FINESS[3]))
    for row in book[ESTABLISHMENTS]:
        row["numérosFINESSGeos"] = both
    assert set(findings(tmp_path, book)) == {
        ("B15", "warning", ESTABLISHMENTS, cell, "numérosFINESSGeos", demande, number)
        for cell, demande in (("F3", "CMD-2"), ("F4", "CMD-3"))
        for number in FINESS[:2]
    }


def test_b15_says_nothing_of_other_likenesses(tmp_path: Path) -> None:
    """The same RPPS with another AM, the same AM with another RPPS, the same legal number with other places."""
    book = two()
    book[ESTABLISHMENTS][1]["numeroFINESSJuridique"] = FINESS[0]
    assert book[RADIOLOGISTS][0]["RPPS"] == book[RADIOLOGISTS][1]["RPPS"]
    assert findings(tmp_path / "am", book) == []
    book[RADIOLOGISTS][1] |= {"RPPS": "100034567870001", "AM": book[RADIOLOGISTS][0]["AM"]}
    assert findings(tmp_path / "rpps", book) == []


@pytest.mark.parametrize("accepted", ["CMD-1", "CMD-2"])
def test_b15_counts_requests_that_were_accepted_before(accepted: str, tmp_path: Path) -> None:
    """Whichever of the two it is: the other one asks for what is granted already."""
    book = two()
    book[ESTABLISHMENTS][1]["numérosFINESSGeos"] = FINESS[0]
    told = findings(tmp_path, treated(book, accepted, numeroASP="ASP-1"))
    assert ("B15", "warning", ESTABLISHMENTS, "F3", "numérosFINESSGeos", "CMD-2", FINESS[0]) in told


@pytest.mark.parametrize(
    ("sheet", "tag", "cell", "here", "there"),
    [
        (ESTABLISHMENTS, "nomClient", "C3", "CLINIQUE", "HÔPITAL"),
        (ESTABLISHMENTS, "emailClient", "D3", "a@clinique.fr", "b@clinique.fr"),
        (ESTABLISHMENTS, "telephoneClient", "E3", "01 42 00 00 01", "01 42 00 00 02"),
        (RADIOLOGISTS, "nomRad", "D3", "DURAND", "MARTIN"),
        (RADIOLOGISTS, "emailRad", "E3", "a@clinique.fr", "b@clinique.fr"),
        (RADIOLOGISTS, "telephoneRad", "F3", "01 42 00 00 01", "01 42 00 00 02"),
    ],
)
def test_b16_rows_of_one_item_agree(sheet: str, tag: str, cell: str, here: str, there: str, tmp_path: Path) -> None:
    """Told at the later row; a blank agrees with everything."""
    book = another(changed(sheet, tag, here), sheet, **{tag: there})
    assert findings(tmp_path / "clash", book) == [("B16", "error", sheet, cell, tag, "CMD-1", there)]
    for number, (first, second) in enumerate([(here, here), (here, None), (None, there)]):
        book = another(changed(sheet, tag, first), sheet, **{tag: second})
        assert findings(tmp_path / str(number), book) == []


def test_b16_each_later_row_is_held_against_the_item(tmp_path: Path) -> None:
    book = a_book()
    for name in ("HÔPITAL", "CLINIQUE", "CABINET"):
        another(book, ESTABLISHMENTS, nomClient=name)
    assert findings(tmp_path, book) == [
        ("B16", "error", ESTABLISHMENTS, "C3", "nomClient", "CMD-1", "HÔPITAL"),
        ("B16", "error", ESTABLISHMENTS, "C5", "nomClient", "CMD-1", "CABINET"),
    ]


def test_b16_what_is_repaired_to_the_same_agrees(tmp_path: Path) -> None:
    book = another(a_book(), ESTABLISHMENTS, nomClient=" clinique", numeroFINESSJuridique=750012346)
    assert [(rule, cell) for rule, _, _, cell, *_ in findings(tmp_path, book)] == [("X7", "B3"), ("X7", "C3")]


def test_b16_says_nothing_of_two_requests_or_two_items(tmp_path: Path) -> None:
    book = two()
    book[ESTABLISHMENTS][1] |= {"numeroFINESSJuridique": FINESS[0], "nomClient": "HÔPITAL"}
    another(book, RADIOLOGISTS, RPPS="100034567870001", nomRad="MARTIN")
    assert findings(tmp_path, book) == []


def test_b16_says_nothing_of_a_cell_that_is_at_fault_itself(tmp_path: Path) -> None:
    """It is told as what it is, and not a second time; whichever row it stands in."""
    book = another(a_book(), ESTABLISHMENTS, nomClient="X" * 50)
    assert findings(tmp_path / "later", book) == [("B4", "error", ESTABLISHMENTS, "C3", "nomClient", "CMD-1", "X" * 50)]
    book = another(changed(ESTABLISHMENTS, "nomClient", "X" * 50), ESTABLISHMENTS, nomClient="CLINIQUE")
    assert findings(tmp_path / "first", book) == [("B4", "error", ESTABLISHMENTS, "C2", "nomClient", "CMD-1", "X" * 50)]

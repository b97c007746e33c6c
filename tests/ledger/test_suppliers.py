"""Every number belongs to a SIRET, every request to a SIRET and a numeroAns."""

from __future__ import annotations

from tests.books import Book, a_book
from tests.ledger.office import FIRST, SECOND, Office, order, told

OTHER_SIRET, OTHER_ANS = "55210055400013", "RIS2021002"


def of(book: Book, **header: str) -> Book:
    book["Entête fichier"][0] |= header
    return book


def test_another_supplier_counts_for_itself(office: Office) -> None:
    office.convert(order(1, "00041"))
    outcome = office.convert_it(of(a_book(order(1)), SIRET=OTHER_SIRET), name="other.xlsx")
    assert (told(outcome), office.sent(SECOND)) == ([], ["00001"])
    assert [(one.siret, one.demande, one.number) for one in office.entries()] == [
        ("73282932000074", "CMD-1", "00041"),
        (OTHER_SIRET, "CMD-1", "00001"),
    ]


def test_another_supplier_may_have_the_same_number_key_and_beneficiary(office: Office) -> None:
    office.convert(order(1, "00001"))
    office.mark("deposited", FIRST)
    outcome = office.convert_it(of(a_book(order(1, "00001", phone="01 43 00 00 07")), SIRET=OTHER_SIRET))
    assert (told(outcome), office.sent(SECOND)) == ([], ["00001"])


def test_another_software_of_the_supplier_shares_its_numbers(office: Office) -> None:
    office.convert(order(1))
    outcome = office.convert_it(of(a_book(order(1, phone="01 43 00 00 07")), numeroAns=OTHER_ANS), name="other.xlsx")
    assert (told(outcome), outcome.counts.written) == ([], 1)
    assert office.listed() == [("CMD-1", "00001", "prepared"), ("CMD-1", "00002", "prepared")]
    assert office.files() == [FIRST, FIRST.replace("RIS2021001", OTHER_ANS)]


def test_a_number_typed_for_another_software_was_used(office: Office) -> None:
    office.convert(order(1, "00001"))
    outcome = office.convert_it(of(a_book(order(1, "00001")), numeroAns=OTHER_ANS), name="other.xlsx")
    assert told(outcome) == [("D2", "error", "Entête demande", "B2", "CMD-1")]


def test_going_to_another_software_leaves_the_first_one_s_file(office: Office) -> None:
    office.convert(order(1))
    office.convert_it(of(a_book(order(1)), numeroAns=OTHER_ANS))
    assert len(office.files()) == 2

"""What an answer is to bring about, what it warns of, and what it does not ask for."""

from __future__ import annotations

import pytest

from converter.jobs.letter import answer_to, greeted
from converter.jobs.mail import Handled
from converter.mail.reply import Answer
from tests.books import FINESS, PDF, Book, a_book, a_request
from tests.mail.answers import answer, files, text
from tests.mail.conftest import SPEC, Desk
from tests.mail.letters import a_letter, a_workbook, sound

FIRST = "JSON-RIS2021001-20211130-001.json"
BROKEN = b"PK\x03\x04 no workbook"
PHONE = ("Etablissements", "telephoneClient", "12 34")  # B6, a warning
AMOUNT = ("Commande", "montantSegurHT", "31,162.00")  # C4, an error
FORMS = ("plain", "html")


def book(*wrong: tuple[str, str, str], count: int = 1) -> Book:
    """So many requests, the first of them with what is wrong."""
    made = a_book(*(a_request(f"CMD-{n}", None, FINESS[n - 1]) for n in range(1, count + 1)))
    for sheet, column, value in wrong:
        made[sheet][0][column] = value
    return made


def carrying(made: Book | bytes, *pieces: int, name: str = "orders.xlsx", **headers: str) -> bytes:
    """A message with that workbook, and the pieces of these requests."""
    content = made if isinstance(made, bytes) else a_workbook(made)
    return a_letter({name: content, **{f"CMD-{n}.pdf": PDF + b"%%%d" % n for n in pieces}}, **headers)


def told(handled: Handled) -> Answer:
    """What the answer was made of."""
    return answer_to(handled.message, handled.outcome, (), spec=SPEC, lang="fr")


def test_a_scan_that_nobody_names_is_a_point_to_check(desk: Desk) -> None:
    handled = desk(carrying(book(), 1))
    one = answer_to(handled.message, handled.outcome, (), spec=SPEC, lang="fr", unused=("CMD-2.pdf",))
    assert (one.case, one.tone, one.points) == ("check", "doubtful", 1)


@pytest.mark.parametrize(
    ("content", "how", "case", "tone"),
    [
        (carrying(book(), 1), {}, "fine", "good"),
        (carrying(book(PHONE), 1), {}, "check", "doubtful"),
        (a_letter({**sound(), "more.zip": b"PK\x03\x04"}), {}, "check", "doubtful"),
        (carrying(book(PHONE), 1), {"strict": True}, "correct", "bad"),
        (carrying(book(AMOUNT), 1), {}, "correct", "bad"),
        (carrying(book(AMOUNT, count=2), 1, 2), {"partial": True}, "correct", "doubtful"),
        (carrying(book(AMOUNT)), {}, "correct", "bad"),
        (carrying(book(count=2), 2), {}, "pieces", "bad"),
        (carrying(book(count=2), 2), {"partial": True}, "pieces", "doubtful"),
        (carrying(book(("Pièces justificatives", "fichier", "CMD-1")), 1), {}, "correct", "bad"),
        (carrying(BROKEN, 1), {}, "damaged", "bad"),
        (a_letter({**sound(), "b.xlsx": BROKEN}), {}, "damaged", "doubtful"),
        (a_letter({"winmail.dat": b"x"}), {}, "unread", "bad"),
    ],
)  # fmt: skip
def test_it_asks_for_what_is_to_be_done_and_no_more(
    content: bytes, how: dict[str, bool], case: str, tone: str, desk: Desk
) -> None:
    one = told(desk(content, **how))
    assert (one.case, one.tone) == (case, tone)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_its_deposit_replaces_is_said_before_all_else(lang: str, desk: Desk) -> None:
    desk(carrying(book(), 1, Message_ID="<0@x>"), lang=lang)
    handled = desk(carrying(book(), 1, text="12"), lang=lang)
    assert told(handled).replaced == (FIRST,)
    for kind in FORMS:
        said = text(answer(handled), kind)
        assert said.index(FIRST) < said.index("orders.xlsx")


def test_a_request_that_it_withdraws_is_settled_first(desk: Desk) -> None:
    desk(carrying(book(count=2), 1, 2, Message_ID="<0@x>"))
    handled = desk(carrying(book(PHONE), 1))
    assert (told(handled).withdrawn, told(handled).points) == (("CMD-2",), 2)
    said = text(answer(handled))
    first = said.partition("  1. ")[2].partition("  2. ")[0]
    assert "CMD-2" in first
    assert "orders-annoté.xlsx" in said.partition("  2. ")[2]


def test_its_key_is_no_more_than_text(desk: Desk) -> None:
    key = "<img src=x>\u202e"
    two = a_book(a_request("CMD-1", None), a_request(key, None, FINESS[1]))
    two["Pièces justificatives"][1]["fichier"] = "CMD-2.pdf"
    desk(carrying(two, 1, 2, Message_ID="<0@x>"))
    handled = desk(carrying(book(), 1))
    assert told(handled).withdrawn == (key,)
    page = text(answer(handled), "html")
    assert "&lt;img src=x&gt;" in page
    assert "<img" not in page
    assert "\u202e" not in page


def test_a_copy_that_goes_along_is_told_of(desk: Desk) -> None:
    for n, made in enumerate((book(PHONE), book(AMOUNT), book())):
        drafted = answer(desk(carrying(made, *range(1, n + 1), Message_ID=f"<{n}@x>"), partial=True))
        for kind in FORMS:
            assert ("orders-annoté.xlsx" in text(drafted, kind)) is ("orders-annoté.xlsx" in files(drafted))


def test_one_that_does_not_go_along_is_not(desk: Desk) -> None:
    drafted = answer(desk(carrying(book(AMOUNT), 1), max_mail_size=5000))
    assert files(drafted) == {}
    assert all("annoté" not in text(drafted, kind) for kind in FORMS)


def test_a_file_that_is_asked_about_by_a_finding_is_not_asked_about_again(desk: Desk) -> None:
    typed = book(("Pièces justificatives", "fichier", "CMD-1"))
    handled = desk(carrying(typed, 1, 9))
    assert handled.outcome is not None
    near = [one.say.params["near"] for one in handled.outcome.inputs[0].findings if one.rule == "P4"]
    drafted = answer(handled)
    assert near == ["CMD-1.pdf"]
    for kind in FORMS:
        assert (text(drafted, kind).count("CMD-1.pdf"), text(drafted, kind).count("CMD-9.pdf")) == (1, 1)


def test_whoever_mails_a_workbook_is_asked_to_enclose_what_is_missing(desk: Desk) -> None:
    outcome = desk(carrying(book())).outcome
    assert outcome is not None
    (finding,) = [one for one in outcome.inputs[0].findings if one.severity == "error"]
    assert (finding.rule, finding.cell, finding.say.key) == ("P4", "C2", "say.file.not_enclosed")


def test_lines_of_the_plain_letter_are_as_long_as_mail_has_them(desk: Desk) -> None:
    name = "les commandes de tout le mois de novembre, région sud-ouest et ailleurs.xlsx"
    for n, made in enumerate((book(AMOUNT), book(PHONE), book())):
        for lang in ("fr", "en"):
            handled = desk(carrying(made, 1, 9, name=name, text="12", Message_ID=f"<{n}{lang}@x>"), lang=lang)
            assert max(map(len, text(answer(handled)).splitlines())) <= 76


@pytest.mark.parametrize(
    ("name", "greeting"),
    [("Dupont, Marie", "Marie Dupont"), ("DUPONT-LEROY, Anne-Marie (Bordeaux)", "Anne-Marie DUPONT-LEROY"),
     ("Marie Dupont", "Marie Dupont"), ("Cabinet 33, Bordeaux", "Cabinet 33, Bordeaux"), ("a, b, c", "a, b, c"), (None, None)],
)  # fmt: skip
def test_a_person_is_greeted_by_given_name_and_surname(name: str | None, greeting: str | None) -> None:
    assert greeted(name) == greeting

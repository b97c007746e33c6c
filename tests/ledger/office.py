"""A vendor's office: one folder for its workbooks and deposits, one ledger.

office.convert(order(1), order(2, "A0001"))      # a workbook of these, converted to `depot`
office.numbers()                                 # {"CMD-1": "00001", "CMD-2": "A0001"}
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from converter import Outcome, check, convert, load_spec
from converter.errors import Xl2JsonError
from converter.jobs import ledger as asked
from converter.jobs.answered import Feedback
from converter.jobs.feedback import feedback
from converter.ledger.entries import Entry
from tests.books import DEPOSIT, Book, a_book, a_request, many, write
from tests.ledger.answers import answer

DAY = DEPOSIT
NEXT_DAY = date(2021, 12, 1)
ONE_A_FILE = replace(load_spec(), limits=replace(load_spec().limits, requests_per_file=1))
FIRST, SECOND, THIRD = (f"JSON-RIS2021001-20211130-00{n}" for n in (1, 2, 3))
PHONE = "01 43 00 00 07"
_FINESS = [row["numeroFINESSJuridique"] for row in many(30)["Etablissements"]]

Told = tuple[str, str, str | None, str | None, str | None]


def order(
    n: int, number: str | None = None, *, key: str | None = None, phone: str | None = None, whom: int = 0
) -> Book:
    """A sound request CMD-n for one establishment, the nth (or `whom`th), that no other request is for."""
    request = a_request(key or f"CMD-{n}", number, _FINESS[whom or n])
    del request["Radiologues"]
    if phone is not None:
        request["Etablissements"][0]["telephoneClient"] = phone
    return request


def at_fault(request: Book) -> Book:
    """The same with an error."""
    request["Commande"][0]["regimeTVA"] = "TTTC"
    return request


def treated(book: Book, key: str, asp: str, number: str | None = None) -> Book:
    """`book` with the agency's number for a request."""
    row = {"demande": key, "numeroEditeur": number, "numeroASP": asp, "codeTraitement": None, "libelleTraitement": None}
    book.setdefault("Traitement", []).append(row)
    return book


def told(outcome: Outcome) -> list[Told]:
    """The findings: rule, severity, sheet, cell, request."""
    return [(one.rule, one.severity, one.sheet, one.cell, one.demande) for one in outcome.findings]


def exit_3(error: pytest.ExceptionInfo[Xl2JsonError], key: str) -> None:
    """That was a sentence of the program's, this one, in both languages."""
    assert (error.value.exit_code, error.value.say.key) == (3, f"error.{key}")
    assert error.value.message("fr").strip()
    assert error.value.message("en").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """`folder` holds the workbooks, `ledger` is where the ledger is."""

    folder: Path
    ledger: str

    @property
    def out(self) -> Path:
        return self.folder / "depot"

    def book(self, *requests: Book, name: str = "orders.xlsx") -> Path:
        return write(self.folder, a_book(*requests), name)

    def convert(self, *requests: Book, name: str = "orders.xlsx", out: str = "depot", **more: Any) -> Outcome:
        """Convert a workbook of these requests."""
        return self.convert_it(a_book(*requests), name=name, out=out, **more)

    def convert_it(self, book: Book, *, name: str = "orders.xlsx", out: str = "depot", **more: Any) -> Outcome:
        return convert(
            write(self.folder, book, name), **{"out": self.folder / out, "deposit": DAY, "ledger": self.ledger} | more
        )

    def check(self, *requests: Book, **more: Any) -> Outcome:
        return check(self.book(*requests), deposit=DAY, ledger=self.ledger, **more)

    def entries(self) -> tuple[Entry, ...]:
        return asked.listing(self.ledger).entries

    def listed(self) -> list[tuple[str, str, str]]:
        """Key, number and state of every entry, in the order in which they were made."""
        return [(one.demande, one.number, one.state) for one in self.entries()]

    def numbers(self) -> dict[str, str]:
        return {one.demande: one.number for one in self.entries()}

    def states(self) -> dict[str, str]:
        """The states by number."""
        return {one.number: one.state for one in self.entries()}

    def files(self, out: str = "depot") -> list[str]:
        """The names of all JSON files that stand there, without ending."""
        return sorted(path.stem for path in (self.folder / out).glob("*.json"))

    def sent(self, name: str = FIRST, out: str = "depot") -> list[str]:
        """The numbers in a JSON."""
        tree = json.loads((self.folder / out / f"{name}.json").read_bytes())
        return [line["numeroEditeur"] for line in tree["lignesImport"]]

    def mark(self, state: str, what: str) -> None:
        asked.mark(self.ledger, state, what)

    def answered(self, name: str = FIRST, *, accept: dict[str, str] | None = None, **more: Any) -> Feedback:
        """The agency's answer to a file comes in."""
        return feedback(answer(self.out / f"{name}.json", accept=accept, **more), ledger=self.ledger)

"""A folder with a workbook, and the steps of a vendor's month, each a function of no arguments that can be killed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import converter
from converter.jobs.feedback import feedback
from converter.jobs.ledger import mark
from converter.jobs.resubmit import resubmit
from converter.spec.model import Spec
from tests.agency import Agency
from tests.books import DEPOSIT, PDF, a_book, many, write

NEXT_DAY = date(2021, 12, 1)


def two_a_file() -> Spec:
    spec = converter.load_spec()
    return replace(spec, limits=replace(spec.limits, requests_per_file=2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """`folder` holds all there is, but for the ledger."""

    folder: Path
    ledger: str
    spec: Spec

    @property
    def outs(self) -> list[Path]:
        return [self.folder / "depot", self.folder / "depot-2"]

    def type(self, keys: Iterable[int], changed: Iterable[int] = ()) -> None:
        """Save a workbook of the requests CMD-n; those `changed` have a new telephone number and purchase order."""
        every, changed = many(9), set(changed)
        by_key: dict[str, dict[str, list[Any]]] = {}
        for sheet, rows in every.items():
            for row in rows if sheet != "Entête fichier" else ():
                by_key.setdefault(row["demande"], {}).setdefault(sheet, []).append(row)
        for n in changed:
            by_key[f"CMD-{n}"]["Etablissements"][0]["telephoneClient"] = f"01 43 00 00 0{n}"
        for n in keys:
            mark_ = b"% corrected" if n in changed else b"%"
            (self.folder / f"CMD-{n}.pdf").write_bytes(PDF + mark_ + b" order %d\n" % n)
        write(self.folder, a_book(*(by_key[f"CMD-{n}"] for n in keys)), pieces=False)

    def convert(self, out: str = "depot", day: date = DEPOSIT) -> None:
        outcome = converter.convert(
            self.folder / "orders.xlsx", out=self.folder / out, deposit=day, spec=self.spec, ledger=self.ledger
        )
        assert not [one for one in outcome.findings if one.severity == "error"], outcome.findings

    def answer(self, agency: Agency, name: str) -> Path:
        """Deposit a file of `depot`; returns what comes back."""
        path = self.folder / "depot" / name
        reply = agency.deposit(name, path.read_bytes(), path.with_suffix(".zip").read_bytes())
        assert reply.answer is not None
        answer = self.folder / "answers" / name
        answer.parent.mkdir(exist_ok=True)
        answer.write_bytes(reply.answer)
        return answer

    def read(self, answer: Path) -> None:
        feedback(answer, ledger=self.ledger, spec=self.spec)

    def mark(self, state: str, name: str) -> None:
        mark(self.ledger, state, name)

    def resubmit(self, target: str) -> None:
        resubmit(self.folder / target / "rejected.xlsx", ledger=self.ledger, spec=self.spec)

"""A vendor at work: one workbook, one ledger, some folders to write to, and the agency at the other end.

All is done by the command line and its JSON documents (contract §4 and §6), as a person or a script would.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl

from converter.cli.main import main
from tests.agency import Agency, Reply, Style
from tests.books import DEPOSIT, Book, a_book, many, write

Document = dict[str, Any]
PHONE = ("Etablissements", "telephoneClient")
TYPOS = (
    ("Commande", "regimeTVA", "TTTC"),
    ("Commande", "dateCommande", "mi-novembre"),
    ("Commande", "montantSegurHT", "31,162.00"),
    ("Etablissements", "numeroFINESSJuridique", "7500"),
    ("Radiologues", "nomRad", None),
    ("Scénario d'installation", "isIdRef", "peut-être"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A file that the agency handed back, where the vendor saved it, and whether it was read."""

    path: Path
    name: str


@dataclass(slots=True)
class Desk:
    """`rows` is the workbook as it is typed now, `good` as it should be, both by the requests' keys; `answers` are
    the agency's, oldest first; `read` those that the ledger was shown; `sent` is the telephone number with which each
    request stood in each deposited file."""

    folder: Path
    agency: Agency
    day: Any = DEPOSIT
    out: str = "depot"
    rows: dict[str, Book] = field(default_factory=dict)
    good: dict[str, Book] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    answers: list[Answer] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    bounced: set[str] = field(default_factory=set)
    incomplete: dict[str, Path] = field(default_factory=dict)
    resubmissions: list[Path] = field(default_factory=list)
    sent: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def workbook(self) -> Path:
        return self.folder / "orders.xlsx"

    @property
    def outs(self) -> list[Path]:
        """Every folder that deposits were written to."""
        return [path for path in self.folder.glob("depot*") if path.is_dir()]

    def fill(self, count: int) -> None:
        """Type in `count` sound requests, CMD-1, CMD-2, …"""
        for sheet, rows in many(count).items():
            for row in rows:
                if "demande" in row:
                    self.good.setdefault(row["demande"], {}).setdefault(sheet, []).append(row)
        self.rows = deepcopy(self.good)

    # ----------------------------------------------------------------------------------------------------- at the desk

    def type_in(self, demande: str, sheet: str, tag: str, value: Any, *, typo: bool = False) -> None:
        """Change one cell of the workbook, on purpose or by mistake."""
        self.rows[demande][sheet][0][tag] = value
        if not typo:
            self.good[demande][sheet][0][tag] = value

    def phone(self, demande: str) -> str:
        return str(self.rows[demande][PHONE[0]][0][PHONE[1]])

    def new_phone(self, demande: str, number: int) -> None:
        """Correct something harmless."""
        self.type_in(demande, *PHONE, f"01 43 {number // 10000 % 100:02} {number // 100 % 100:02} {number % 100:02}")

    def put_right(self, demande: str) -> None:
        self.rows[demande] = deepcopy(self.good[demande])

    def convert(self, workbook: Path | None = None, *flags: str) -> tuple[int, Document]:
        """Save the workbook as it is typed now and convert it, or convert another one as it is."""
        if workbook is None:
            workbook = self.workbook
            write(self.folder, a_book(*(rows for key, rows in self.rows.items() if key not in self.left_out)))
        date, out = self.day.isoformat(), self.folder / self.out
        return self.run("convert", workbook, "--date", date, "--out", out, *flags)

    def tomorrow(self) -> None:
        self.day += timedelta(days=1)

    # ----------------------------------------------------------------------------------------------------- the ledger

    def run(self, *arguments: object) -> tuple[int, Document]:
        """`xl2json … --ledger … --format json`, in this process: its exit code, and its document."""
        code, out, err = _called(
            [*map(str, arguments), "--ledger", str(self.folder / "ledger.sqlite"), "--format", "json"]
        )
        assert code in (0, 1), (arguments, code, err)
        return code, json.loads(out) if out.strip() else {}

    def entries(self) -> list[Document]:
        """What `ledger list` says."""
        _, document = self.run("ledger", "list")
        entries: list[Document] = document["entries"]
        return entries

    def mark(self, state: str, name: str) -> None:
        assert self.run("ledger", "mark", state, name)[0] == 0

    def prepared(self) -> list[Path]:
        """The files that wait to be deposited, as the ledger says and where they stand, by name."""
        names = sorted({file_of(one) for one in self.entries() if one["state"] == "prepared"})
        return [self.where(name) for name in names]

    def where(self, name: str) -> Path:
        """The one place on the disk where that file stands."""
        (path,) = (out / name for out in self.outs if (out / name).exists())
        return path

    # ----------------------------------------------------------------------------------------------------- the agency

    def deposit(self, path: Path, style: Style | None = None, refuse: str | None = None, cut: bool = False) -> Reply:
        """Deposit a JSON with its zip (`cut`: the upload of the zip breaks off), and save what comes back."""
        parcel = path.with_suffix(".zip").read_bytes()
        parcel = parcel[: len(parcel) // 2] if cut else parcel
        reply = self.agency.deposit(path.name, path.read_bytes(), parcel, style=style, refuse=refuse)
        assert reply.status == ("refused" if refuse else "incomplete" if cut else "answered"), reply.label
        if reply.status != "refused":
            self._note(path)
        if reply.status == "incomplete":
            self.incomplete[path.name] = path
        return self._keep(path.name, reply)

    def _note(self, path: Path) -> None:
        keys = {rows[PHONE[0]][0]["numeroFINESSJuridique"]: key for key, rows in self.good.items()}
        for line in json.loads(path.read_bytes())["lignesImport"]:
            client = line["beneficiaires"]["EtablissementsClients"][0]
            self.sent[path.name, keys[client["numeroFINESSJuridique"]]] = client["telephoneClient"]

    def complete(self, name: str, style: Style | None = None) -> Reply:
        """Upload the zip of an incomplete deposit again, on the portal."""
        parcel = self.incomplete.pop(name).with_suffix(".zip").read_bytes()
        return self._keep(name, self.agency.complete(name, parcel, style=style))

    def _keep(self, name: str, reply: Reply) -> Reply:
        if reply.answer is not None:
            path = self.folder / "answers" / f"{len(self.answers):03}" / name
            path.parent.mkdir(parents=True)
            path.write_bytes(reply.answer)
            self.answers.append(Answer(path=path, name=name))
        return reply

    def feedback(self, answer: Answer, *flags: object) -> tuple[int, Document]:
        """Show the ledger an answer."""
        self.read.add(answer.name)
        return self.run("feedback", answer.path, *flags)

    def resubmit(self) -> Path:
        """The workbook of the rejected requests, in a folder of its own."""
        path = self.folder / f"again-{len(self.resubmissions)}" / "rejected.xlsx"
        assert self.run("resubmit", "-o", path)[0] == 0
        self.resubmissions.append(path)
        return path


def file_of(entry: Document) -> str:
    """The name of the JSON that an entry stands in."""
    return f"{Path(str(entry['file'])).name.removesuffix('.json')}.json"


def type_into(path: Path, phones: dict[str, str]) -> list[str]:
    """Change the telephone numbers of a workbook on the disk, by its requests' keys; returns all keys that it has."""
    book = openpyxl.load_workbook(path)
    sheet = book[PHONE[0]]
    header = next(row for row in sheet.iter_rows() if any(cell.value == PHONE[1] for cell in row))
    columns = {str(cell.value): cell.column for cell in header}
    keys = []
    for row in range(header[0].row + 1, sheet.max_row + 1):
        key = sheet.cell(row, columns["demande"]).value
        if key is not None:
            keys.append(str(key))
        if key in phones:
            sheet.cell(row, columns[PHONE[1]]).value = phones[str(key)]
    book.save(path)
    return keys


def _called(arguments: list[str]) -> tuple[int, str, str]:
    with _captured() as (out, err):
        try:
            main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
    return code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode()  # type: ignore[attr-defined]


@contextmanager
def _captured() -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    before = sys.stdout, sys.stderr
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    sys.stdout, sys.stderr = out, err
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr = before


def forget(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)

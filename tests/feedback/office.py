"""A vendor's office with a ledger: deposits, the agency's answers as they come back, and the command line.

office.convert(3)                                  # CMD-1 to CMD-3 as 00001 to 00003, in depot/
office.answer({"00001": ACCEPTED, "00002": LATE})  # back/<name of the deposit>.json, the other lines say nothing
office.feedback()                                  # exit code, JSON document
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from converter.cli.main import main
from tests.books import Book, many, write

NAME = "JSON-RIS2021001-20211130-001.json"
Document = dict[str, Any]


class Said(NamedTuple):
    """What the agency puts into a line."""

    asp: Any = None
    code: Any = None
    label: Any = None


ACCEPTED = Said("210000001", None, "Demande acceptée")
LATE = Said(None, "R12", "La date de commande est postérieure à la date de dépôt")
UNHEARD_OF = Said(None, "E99", "Le dossier du client n'est pas éligible")


class Run(NamedTuple):
    """What a run ended with and said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    folder: Path
    ledger: str

    def cli(self, *arguments: object) -> Run:
        """`xl2json … --ledger …`, in this process."""
        return called(*arguments, "--ledger", self.ledger)

    def json(self, *arguments: object) -> tuple[int, Document]:
        run = self.cli(*arguments, "--format", "json")
        assert run.code in (0, 1), run
        return run.code, json.loads(run.out)

    def convert(self, count: int = 3, book: Book | None = None, name: str = "orders.xlsx") -> Path:
        """Write the workbook and convert it; the deposit."""
        workbook = write(self.folder, book or many(count), name)
        code, document = self.json("convert", workbook, "--date", "2021-11-30", "--out", self.folder / "depot")
        assert code == 0, document["findings"]
        return Path(document["files"][0]["json"])

    def answer(
        self,
        said: Mapping[str, Said],
        change: Callable[[Document], Any] | None = None,
        *,
        name: str = NAME,
        deposit: str = NAME,
        encoding: str = "utf-8",
    ) -> Path:
        """The agency's answer to a deposit; `change` does to it what it likes, or returns its bytes."""
        tree = json.loads((self.folder / "depot" / deposit).read_bytes())
        for line in tree["lignesImport"]:
            one = said.get(line["numeroEditeur"], Said())
            line |= {"numeroASP": one.asp, "codeTraitement": one.code, "libelleTraitement": one.label}
        content = change(tree) if change else None
        if not isinstance(content, bytes):
            content = json.dumps(tree, ensure_ascii=encoding == "utf-8", indent=2).encode(encoding)
        path = self.folder / "back" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def feedback(self, *more: object, name: str = NAME) -> tuple[int, Document]:
        return self.json("feedback", self.folder / "back" / name, *more)

    def entries(self, state: str | None = None) -> list[Document]:
        code, document = self.json("ledger", "list", *(["--state", state] if state else []))
        assert code == 0
        entries: list[Document] = document["entries"]
        return entries

    def states(self) -> dict[str, str]:
        """Number -> state."""
        return {one["numeroEditeur"]: one["state"] for one in self.entries()}

    def asps(self) -> dict[str, str | None]:
        """Number -> numeroASP."""
        return {one["numeroEditeur"]: one["numeroASP"] for one in self.entries()}


def found(document: Document) -> list[tuple[str, str, str | None, str | None]]:
    """Each finding's id, severity, request and cell."""
    cells = (f"{one['sheet']}!{one['cell']}" if one["sheet"] else None for one in document["findings"])
    return [
        (one["rule"], one["severity"], one["demande"], cell)
        for one, cell in zip(document["findings"], cells, strict=True)
    ]


def rules(document: Document) -> list[tuple[str, str]]:
    """Each finding's id and request."""
    return [(one["rule"], one["demande"]) for one in document["findings"]]


def lines(tree: Document) -> list[Any]:
    some: list[Any] = tree["lignesImport"]
    return some


def called(*arguments: object) -> Run:
    with _captured() as (out, err):
        try:
            main([str(one) for one in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
    texts = (stream.buffer.getvalue().decode() for stream in (out, err))  # type: ignore[attr-defined]
    return Run(code, *texts)


@contextmanager
def _captured() -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    before = sys.stdout, sys.stderr
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    sys.stdout, sys.stderr = out, err
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr = before

"""The portal itself: takes deposits, answers them, and forgets nothing."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, Literal

from tests.agency.answer import Style, write
from tests.agency.facts import ACCEPTED, WHIMS
from tests.agency.lines import Fault, first_fault
from tests.agency.pieces import zip_fault
from tests.agency.structure import Refused, check_name, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the portal says of a deposit: `refused` (label), `incomplete` (the zip; label), or `answered` (answer)."""

    status: Literal["refused", "incomplete", "answered"]
    label: str | None = None
    answer: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one request; `asp` is None where it was rejected, `line` the request as it was deposited."""

    supplier: str
    number: str
    file: str
    asp: str | None
    code: str
    label: str
    line: dict[str, Any]


class Agency:
    """One portal, all suppliers. `whims` is the share of sound requests that it rejects for reasons of its own."""

    def __init__(self, *, seed: int = 0, whims: float = 0.0) -> None:
        self.files: dict[str, bytes] = {}
        self.verdicts: list[Verdict] = []
        self.whims = whims
        self._random = Random(seed)  # noqa: S311 - whims, not secrets
        self._used: dict[str, set[str]] = {}
        self._waiting: dict[str, dict[str, Any]] = {}
        self._fresh = count(210_000_001)

    @property
    def accepted(self) -> list[Verdict]:
        """The requests that have a numeroASP."""
        return [verdict for verdict in self.verdicts if verdict.asp]

    @property
    def rejected(self) -> list[Verdict]:
        """The requests that were answered without one."""
        return [verdict for verdict in self.verdicts if not verdict.asp]

    def deposit(
        self, name: str, content: bytes, pieces: bytes | None, *, style: Style | None = None, refuse: str | None = None
    ) -> Reply:
        """Take a JSON and its zip; `refuse` is a label to refuse the whole file with, whatever it holds.

        A file that is refused leaves no trace: its name and its numbers may come again.
        """
        try:
            if refuse:
                raise Refused(refuse)
            tree = read(content)
            check_name(name, tree)
            if name in self.files:
                raise Refused(f"Le fichier {name} a déjà été déposé")
        except Refused as error:
            return Reply(status="refused", label=str(error))
        self.files[name], self._waiting[name] = content, tree
        return self.complete(name, pieces, style=style)

    def complete(self, name: str, pieces: bytes | None, *, style: Style | None = None) -> Reply:
        """Take the zip of a file whose JSON was taken before, and answer it."""
        label = zip_fault(self._waiting[name], pieces)
        if label:
            return Reply(status="incomplete", label=label)
        answer = deepcopy(self._waiting.pop(name))
        answer["impId"] = f"IMP{len(self.files):06d}"
        for position, line in enumerate(answer["lignesImport"], 1):
            verdict = self._judge(answer["SIRET"], name, position, deepcopy(line))
            line |= {"numeroASP": verdict.asp, "codeTraitement": verdict.code, "libelleTraitement": verdict.label}
        return Reply(status="answered", answer=write(answer, style or Style(), self._random))

    def _judge(self, supplier: str, file: str, position: int, line: dict[str, Any]) -> Verdict:
        number = str(line["numeroEditeur"])
        used = self._used.setdefault(supplier, set())
        fault = first_fault(line, position, used) or self._whim(line)
        used.add(number)
        code, label = fault or ("OK", ACCEPTED)
        asp = None if fault else str(next(self._fresh))
        verdict = Verdict(supplier=supplier, number=number, file=file, asp=asp, code=code, label=label, line=line)
        self.verdicts.append(verdict)
        return verdict

    def _whim(self, line: dict[str, Any]) -> Fault | None:
        if self._random.random() >= self.whims:
            return None
        tag, value = self._random.choice([pair for pair in _values(line) if pair[0] in WHIMS])
        return "E50", WHIMS[tag].format(value)


def _values(tree: Any) -> Iterator[tuple[str, Any]]:
    """Every tag with its plain value, however deep."""
    for one in tree if isinstance(tree, list) else [tree]:
        if isinstance(one, dict):
            for tag, value in one.items():
                yield from _values(value) if isinstance(value, dict | list) else [(tag, value)]

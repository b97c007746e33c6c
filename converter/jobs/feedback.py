"""The agency's answer read back: noted in the ledger, and each rejection brought home to its cells (contract §6)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from converter.errors import Xl2JsonError
from converter.feedback.advice import advice_for, rejection
from converter.feedback.compare import changes, lines_of, shortened
from converter.feedback.read import Answer, Line, read_answer
from converter.findings import Finding, Place, Severity, sorted_findings
from converter.jobs.answered import AnsweredLine, Feedback
from converter.jobs.homecoming import bring_home, read_homes
from converter.ledger.answers import (
    Foreign,
    Recorded,
    Said,
    file_is_deposited,
    foreign_file,
    keep_answer,
    put_into,
    record,
    take_over,
)
from converter.ledger.entries import Entry, by_ids, by_number, content_of, of_files
from converter.ledger.open import Ledger
from converter.ledger.tables import files, requests
from converter.parcel.fingerprint import fingerprint_of_line
from converter.parcel.names import json_pattern
from converter.readback.lenient import clean, request_of, text_of, value_of
from converter.request import Supplier
from converter.rules.beneficiaries import client_of, marks_of
from converter.spec.load import load_spec
from converter.spec.model import Spec
from converter.states import OPEN, PREPARED, RESERVED
from converter.values.amount import shown
from converter.wording import Say

_MOST_CHANGES = 5  # of a line, that are told one by one


def feedback(
    answer: str | Path,
    *,
    ledger: str | Path | Ledger,
    workbooks: Sequence[str | Path] = (),
    out: str | Path | None = None,
    spec: Spec | None = None,
    lang: str = "fr",
) -> Feedback:
    """Read `answer`, the file that the portal gives back, into the ledger; one transaction, twice the same.

    A copy of each of `workbooks` with the treatment filled in, and the cells in question marked, is written to `out`
    (`depot` by default). Raises Xl2JsonError where the answer is none or the ledger cannot be written to.
    """
    path, spec = Path(answer), spec or load_spec()
    content = _read(path)
    homes = read_homes(workbooks, spec)
    read = read_answer(content, spec, path.name)
    ledger = Ledger.at(ledger)
    digest = hashlib.sha256(content).hexdigest()
    with ledger.writing() as connection:
        keep_answer(connection, clean(path.name), content, digest)
        done = _Reading(connection, spec, read, path, content, digest).done()
    done = bring_home(done, ledger, homes, out, spec, lang)
    return replace(done, findings=tuple(sorted(sorted_findings(done.findings), key=lambda one: one.sheet is None)))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Xl2JsonError("answer.unreadable", name=str(path)) from error


class _Reading:
    """One answer on its way into the ledger."""

    def __init__(
        self, connection: Connection, spec: Spec, answer: Answer, path: Path, content: bytes, digest: str
    ) -> None:
        self.connection, self.spec, self.answer, self.path = connection, spec, answer, path
        self.content, self.digest = content, digest
        self.supplier = Supplier(siret=answer.siret, ans=answer.ans)
        self.findings: list[Finding] = []
        self._foreign: int | None = None  # the file that taken-over lines stand in
        self._sent_lines: dict[int, Mapping[str, Mapping[str, Any]]] = {}

    def done(self) -> Feedback:
        """Note every line."""
        self._is_known_supplier()
        numbers = [one.number for one in self.answer.lines if one.number]
        known = by_number(self.connection, self.answer.siret, numbers)
        lines = [self._line(one, known) for one in self.answer.lines]
        self._files(lines)
        self._twice(lines)
        return Feedback(
            file=clean(str(self.path)),
            siret=self.answer.siret,
            ans=self.answer.ans,
            lines=tuple(lines),
            findings=tuple(self.findings),
        )

    def _is_known_supplier(self) -> None:
        query = select(func.count()).select_from(requests)
        total = self.connection.execute(query).scalar()
        own = self.connection.execute(query.where(requests.c.siret == self.answer.siret)).scalar()
        if total and not own:
            self._say("R5", "warning", "stranger", None, siret=self.answer.siret)

    def _line(self, line: Line, known: dict[str, Entry]) -> AnsweredLine:
        if line.number is None:
            read = text_of(value_of(line.tree, self.spec.number.name)) or "–"
            label = line.label or line.code or "–"
            self._say("R1", "error", "no_number", line, None, read=shortened(read), asp=line.asp or "–", label=label)
            return AnsweredLine(line=line, entry=None, recorded=None)
        entry = known.get(line.number.casefold())
        if entry is None:
            entry = self._taken_over(line)
            known[line.number.casefold()] = entry
            self._say("R4", "warning", "taken_over", line, entry)
        else:
            self._compare(line, entry)
            entry = self._placed(line, entry)
        said = Said(verdict=line.status, asp=line.asp, code=line.code, label=line.label)
        says_nothing_new = line.status == "unknown" and line.asp in (None, entry.asp)
        recorded = "new" if says_nothing_new else record(self.connection, entry, said)
        if recorded == "new":
            known[line.number.casefold()] = by_ids(self.connection, [entry.id])[entry.id]
        self._verdict(line, entry, recorded)
        return AnsweredLine(line=line, entry=entry, recorded=recorded)

    def _taken_over(self, line: Line) -> Entry:
        request = request_of(self.spec, line.tree, line.number or "")
        amount = request.value(self.spec.advance.amount)
        one = Foreign(
            number=line.number or "",
            line=line.line,
            content=fingerprint_of_line(self.spec, line.tree),
            marks=marks_of(self.spec, request),
            amount=shown(amount) if isinstance(amount, Decimal) else None,
            client=client_of(request, self.spec),
        )
        entry_id = take_over(self.connection, self.supplier, self._foreign_file(), one)
        return by_ids(self.connection, [entry_id])[entry_id]

    def _placed(self, line: Line, entry: Entry) -> Entry:
        """`entry` in the file that the answer proves it was deposited in.

        That is another one than the ledger says where it has been planned anew, or its file written over, since.
        """
        named = self._of_that_name()
        if entry.file_id is None:
            put_into(self.connection, entry.id, named or self._foreign_file(), line.line)
        elif named is not None and named != entry.file_id and entry.state in OPEN and not entry.answered_at:
            put_into(self.connection, entry.id, named, line.line)
        else:
            if self._hint != entry.file and self._is_a_deposits_name:
                self._say("R6", "warning", "other_file", line, entry, file=f"{entry.file}.json", told=self._hint)
            return entry
        return by_ids(self.connection, [entry.id])[entry.id]

    def _of_that_name(self) -> int | None:
        """The file that the answer's name speaks of, be it given up meanwhile; not one that bears its name now."""
        own = (files.c.siret == self.answer.siret, files.c.ans == self.answer.ans)
        as_it_went = files.c.state.not_in((RESERVED, PREPARED))
        query = select(files.c.id).where(files.c.name == self._hint, as_it_went, *own).order_by(files.c.id.desc())
        found = self.connection.execute(query).first()
        return int(found.id) if found else None

    @property
    def _is_a_deposits_name(self) -> bool:
        return re.fullmatch(json_pattern(self.spec, self.answer.ans), f"{self._hint}.json") is not None

    def _foreign_file(self) -> int:
        """The file that stands for this answer's deposit, where the ledger has none of its own."""
        if self._foreign is None:
            folder = clean(str(self.path.resolve().parent))
            self._foreign = foreign_file(self.connection, self.supplier, self._hint, folder, self.content, self.digest)
        return self._foreign

    @property
    def _hint(self) -> str:
        """The deposit's name, as the answer's own name hints at it: a browser may have added to it."""
        name = re.search(json_pattern(self.spec, self.answer.ans), f"{clean(self.path.stem)}.json")
        return name[0].removesuffix(".json") if name else clean(self.path.stem)

    def _verdict(self, line: Line, entry: Entry, recorded: Recorded) -> None:
        """What is to be said of the agency's word on a line."""
        if recorded == "conflict":
            self._say("R2", "error", "conflict", line, entry, recorded=entry.asp, told=line.asp or line.label or "–")
        elif line.status == "unknown":
            words = {"label": line.label or line.code or "–", "asp": line.asp or "–"}
            self._say("R8", "warning", "unknown", line, entry, **words)
        elif line.status == "rejected":
            self.findings.append(_rejection(line, entry, _line_place(line, self.spec)))
        elif entry.state in ("rejected", "replaced") and recorded == "new":
            self._say("R6", "warning", "accepted_after_all", line, entry)

    def _compare(self, line: Line, entry: Entry) -> None:
        """R3, R6: what came back is not what was sent."""
        if entry.ans != self.answer.ans:
            self._say("R6", "warning", "other_software", line, entry, ans=entry.ans)
        if entry.line is not None and line.line != entry.line:
            told = line.line or "–"
            self._say("R6", "warning", "other_line", line, entry, told=told, sent=entry.line, file=f"{entry.file}.json")
        if fingerprint_of_line(self.spec, line.tree) == entry.content:
            return
        sent = self._sent(entry)
        changed = list(changes(self.spec, self.spec.request, sent, line.tree)) if sent else []
        for one in changed[:_MOST_CHANGES]:
            self._say("R3", "warning", "changed", line, entry, path=one.path, old=one.old, new=one.new)
        if not changed and sent is None and entry.content is not None:
            self._say("R3", "warning", "changed_somewhere", line, entry)

    def _sent(self, entry: Entry) -> Mapping[str, Any] | None:
        return self._all_sent(entry.file_id).get(entry.number) if entry.file_id else None

    def _all_sent(self, file_id: int) -> Mapping[str, Mapping[str, Any]]:
        """The lines of a file as they were sent, by number."""
        if file_id not in self._sent_lines:
            self._sent_lines[file_id] = lines_of(content_of(self.connection, file_id), self.spec)
        return self._sent_lines[file_id]

    def _files(self, lines: Sequence[AnsweredLine]) -> None:
        """An answer proves the deposit of its file; R7: lines of that file that it does not speak of."""
        counts = Counter(one.entry.file_id for one in lines if one.entry and one.entry.file_id)
        told = {one.entry.id for one in lines if one.entry}
        for file_id, _ in counts.most_common(1):
            there = of_files(self.connection, [file_id])
            missing = tuple(one.number for one in there if one.id not in told)
            if missing and self._is_of_another_file(there[0].file):
                continue  # planned anew since it was deposited: what is beside it now has not gone
            if any(one.line.asp or one.line.code or one.line.label for one in lines):
                file_is_deposited(self.connection, file_id)  # the file as it was sent proves nothing
            if missing:
                self._say("R7", "warning", "missing", None, numbers=missing, file=f"{there[0].file}.json")

    def _is_of_another_file(self, name: str | None) -> bool:
        """Whether the answer bears the name of another file that the ledger knows."""
        query = select(files.c.id).where(files.c.name == self._hint, files.c.siret == self.answer.siret)
        return self._hint != name and self.connection.execute(query).first() is not None

    def _twice(self, lines: Sequence[AnsweredLine]) -> None:
        seen: set[int] = set()
        for one in lines:
            if one.entry and one.entry.id in seen:
                self._say("R5", "warning", "twice", one.line, one.entry)
            seen |= {one.entry.id} if one.entry else set()

    def _say(
        self, rule: str, severity: Severity, key: str, line: Line | None, entry: Entry | None = None, **words: Any
    ) -> None:
        place = _line_place(line, self.spec) if line else None
        number = line.number if line else None
        say = Say(f"say.answer.{key}", {"number": number, **words})
        demande = entry.demande if entry else number
        self.findings.append(Finding(rule=rule, severity=severity, say=say, place=place, demande=demande))


def _rejection(line: Line, entry: Entry, place: Place | None) -> Finding:
    """A rejected line, under the rule that the advice table lays it to."""
    label = line.label or line.code or ""
    advice = advice_for(label)
    rule, say = advice.rule if advice else "R9", rejection(label, line.number)
    return Finding(rule=rule, severity="error", say=say, place=place, demande=entry.demande, value=label)


def _line_place(line: Line, spec: Spec) -> Place:
    return Place.at_path(f"$.{spec.holder}[{line.at}]", spec.number.name, (line.at,))

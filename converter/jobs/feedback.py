"""The agency's answer read back: noted in the ledger, and each rejection brought home to its cells (contract §6)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from converter.errors import Xl2JsonError
from converter.feedback.advice import advice_for
from converter.feedback.compare import changes, lines_of
from converter.feedback.read import Answer, Line, read_answer
from converter.findings import Finding, Place, Severity, sorted_findings
from converter.jobs.answered import AnsweredLine, Feedback
from converter.jobs.homecoming import bring_home, check_kinds
from converter.jobs.keep import client_of
from converter.ledger.answers import (
    Foreign,
    Recorded,
    Said,
    file_is_deposited,
    foreign_file,
    keep_answer,
    record,
    take_over,
)
from converter.ledger.entries import Entry, by_ids, by_number, content_of, of_files
from converter.ledger.open import Ledger
from converter.ledger.reserve import Supplier, lock
from converter.ledger.tables import files, requests
from converter.parcel.fingerprint import fingerprint_of_line
from converter.readback.lenient import request_of
from converter.rules.beneficiaries import marks_of
from converter.spec.load import load_spec
from converter.spec.model import Spec
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
    check_kinds(workbooks)
    read = read_answer(content, spec, path.name)
    ledger = ledger if isinstance(ledger, Ledger) else Ledger(ledger)
    digest = hashlib.sha256(content).hexdigest()
    with ledger.writing() as connection:
        keep_answer(connection, path.name, content, digest)
        done = _Reading(connection, spec, read, path, content, digest).done()
    done = bring_home(done, ledger, workbooks, out, spec, lang)
    return replace(done, findings=sorted_findings(done.findings))


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
        self._sent_lines: dict[int, Mapping[str, Mapping[str, Any]]] = {}

    def done(self) -> Feedback:
        """Note every line."""
        self._is_known_supplier()
        lock(self.connection, self.answer.siret)
        numbers = [one.number for one in self.answer.lines if one.number]
        known = by_number(self.connection, self.answer.siret, numbers)
        lines = [self._line(one, known) for one in self.answer.lines]
        self._files(lines)
        self._twice(lines)
        return Feedback(
            file=str(self.path),
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
            self._say("R1", "error", "no_number", line, asp=line.asp or "–", label=line.label or line.code or "–")
            return AnsweredLine(line=line, entry=None, recorded=None)
        entry = known.get(line.number.casefold())
        if entry is None:
            entry = self._taken_over(line)
            known[line.number.casefold()] = entry
            self._say("R4", "warning", "taken_over", line, entry)
        else:
            self._compare(line, entry)
        said = Said(verdict=line.status, asp=line.asp, code=line.code, label=line.label)
        recorded = record(self.connection, entry, said)
        if recorded == "new":
            known[line.number.casefold()] = by_ids(self.connection, [entry.id])[entry.id]
        self._verdict(line, entry, recorded)
        return AnsweredLine(line=line, entry=entry, recorded=recorded)

    def _taken_over(self, line: Line) -> Entry:
        request = request_of(self.spec, line.tree, line.number or "")
        amount = request.value(self.spec.advance.amount)
        file = foreign_file(
            self.connection, self.supplier, self._hint, str(self.path.resolve().parent), self.content, self.digest
        )
        one = Foreign(
            number=line.number or "",
            line=line.line,
            content=fingerprint_of_line(self.spec, line.tree),
            marks=marks_of(self.spec, request),
            amount=shown(amount) if isinstance(amount, Decimal) else None,
            client=client_of(request, self.spec),
        )
        entry_id = take_over(self.connection, self.supplier, file, one)
        return by_ids(self.connection, [entry_id])[entry_id]

    @property
    def _hint(self) -> str:
        """The deposit's name, as the answer's own name hints at it."""
        return self.path.stem

    def _verdict(self, line: Line, entry: Entry, recorded: Recorded) -> None:
        """What is to be said of the agency's word on a line."""
        if recorded == "conflict":
            self._say("R2", "error", "conflict", line, entry, recorded=entry.asp, told=line.asp or line.label or "–")
        elif line.status == "unknown":
            self._say("R8", "warning", "unknown", line, entry, label=line.label or line.code or "–")
        elif line.status == "rejected":
            self.findings.append(rejection(line, entry, _line_place(line, self.spec)))
        elif entry.state in ("rejected", "replaced") and recorded == "new":
            self._say("R6", "warning", "accepted_after_all", line, entry)

    def _compare(self, line: Line, entry: Entry) -> None:
        """R3, R6: what came back is not what was sent."""
        if entry.ans != self.answer.ans:
            self._say("R6", "warning", "other_software", line, entry, ans=entry.ans)
        if entry.line is not None and line.line != entry.line:
            self._say("R6", "warning", "other_line", line, entry, told=line.line, sent=entry.line, file=entry.file)
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
            file_is_deposited(self.connection, file_id)
            if missing:
                self._say("R7", "warning", "missing", None, numbers=missing, file=there[0].file)

    def _is_of_another_file(self, name: str | None) -> bool:
        """Whether the answer bears the name of another file that the ledger knows."""
        query = select(files.c.id).where(files.c.name == self._hint, files.c.siret == self.answer.siret)
        return self._hint != name and self.connection.execute(query).first() is not None

    def _twice(self, lines: Sequence[AnsweredLine]) -> None:
        times = Counter(one.line.number for one in lines if one.line.number)
        seen: set[str] = set()
        for one in lines:
            number = one.line.number
            if number and times[number] > 1 and number in seen:
                self._say("R5", "warning", "twice", one.line, one.entry)
            seen.add(number or "")

    def _say(
        self, rule: str, severity: Severity, key: str, line: Line | None, entry: Entry | None = None, **words: Any
    ) -> None:
        place = _line_place(line, self.spec) if line else None
        number = line.number if line else None
        say = Say(f"say.answer.{key}", {"number": number, **words})
        demande = entry.demande if entry else number
        self.findings.append(Finding(rule=rule, severity=severity, say=say, place=place, demande=demande))


def rejection(line: Line, entry: Entry, place: Place | None) -> Finding:
    """A rejected line: the agency's label word for word, and what to look at where the advice table knows it."""
    label = line.label or line.code or ""
    advice = advice_for(label)
    words = {"label": label, "number": line.number, "advice": advice.text if advice else ""}
    say = Say("say.answer.rejected_known" if advice else "say.answer.rejected", words)
    rule = advice.rule if advice else "R9"
    return Finding(rule=rule, severity="error", say=say, place=place, demande=entry.demande, value=label)


def _line_place(line: Line, spec: Spec) -> Place:
    holder = next(one.name for one in spec.header.fields if one.holds == spec.request.id)
    return Place.at_path(f"$.{holder}[{line.at}]", spec.number.name, (line.at,))

"""Anything in any order: whatever a vendor does with a few requests, agency, ledger and files agree after each step, and
in the end every request is accepted exactly once.

One thing the vendor always does: once a file is deposited, the ledger is told, by a mark or by the answer, before anything else is
converted. Nobody can keep count for a person who deposits in secret.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.agency import STYLES, Agency
from tests.loop.agreement import all_is_accepted, digests, holds
from tests.loop.desk import PHONE, TYPOS, Desk, Document, file_of, forget, type_into

SENT = {"deposited", "incomplete", "accepted"}
FOLDERS = ["depot", "depot-2"]
keys = st.integers(1, 4).map(lambda n: f"CMD-{n}")
styles = st.sampled_from(sorted(STYLES)).map(STYLES.__getitem__)
phones = st.integers(0, 9999)


class Vendor(RuleBasedStateMachine):
    """Four requests of one vendor."""

    @initialize(seed=st.integers(0, 99))
    def begin(self, seed: int) -> None:
        self.desk = Desk(folder=Path(tempfile.mkdtemp()), agency=Agency(seed=seed, whims=0.4))
        self.desk.fill(4)
        self.desk.convert()
        self.listed = holds(self.desk)

    # ------------------------------------------------------------------------------------------------------ the workbook

    @rule(changes=st.dictionaries(keys, phones, max_size=2))
    def correct(self, changes: dict[str, int]) -> None:
        """Everything mistyped is put right, and what must not change any more put back; some telephone numbers change."""
        self.put_back()
        for key, number in changes.items():
            self.desk.new_phone(key, number)
        self.convert()

    @rule(key=keys, typo=st.sampled_from(TYPOS), partial=st.booleans())
    def mistype(self, key: str, typo: tuple[str, str, Any], partial: bool) -> None:
        self.desk.type_in(key, *typo, typo=True)
        self.convert(*(["--partial"] if partial else []))

    @rule(left_out=st.sets(keys, max_size=3))
    def leave_out(self, left_out: set[str]) -> None:
        self.desk.left_out = left_out
        self.convert()

    @rule(out=st.sampled_from(FOLDERS), later=st.booleans())
    def another_place(self, out: str, later: bool) -> None:
        self.desk.out = out
        if later:
            self.desk.tomorrow()
        self.convert()

    def convert(self, *flags: str) -> None:
        """What is wrong is told, and only that; nothing is written then, unless the sound ones were asked for."""
        desk, before, entries = self.desk, digests(self.desk), self.newest()
        here = {key for key in desk.rows if key not in desk.left_out}
        mistyped = {key for key in here if desk.rows[key] != desk.good[key]}
        sent = {key for key in here if key in entries and entries[key]["state"] in SENT}
        changed = {key for key in sent - mistyped if desk.phone(key) != self.sent_phone(entries[key])}
        code, document = desk.convert(None, *flags)
        errors = {(one["rule"], one["demande"]) for one in document["findings"] if one["severity"] == "error"}
        assert {key for _, key in errors} == mistyped | changed
        assert {key for rule_, key in errors if rule_ == "D2"} - mistyped == changed
        assert code == bool(errors)
        assert document["requests"]["skipped"] == len(sent - mistyped - changed)
        if errors and not flags:
            assert (document["files"], digests(desk)) == ([], before)
        else:
            assert document["requests"]["written"] == len(here - mistyped - sent)

    # -------------------------------------------------------------------------------------------------------- the agency

    @precondition(lambda self: any(one["state"] == "prepared" for one in self.listed))
    @rule(style=styles, which=st.integers(0, 3), tell=st.sampled_from(["mark", "answer", "both"]))
    def deposit(self, style: Any, which: int, tell: str) -> None:
        path = self.prepared(which)
        self.desk.deposit(path, style)
        if tell != "answer":
            self.desk.mark("deposited", path.name)
        if tell != "mark":
            self.read(-1)

    @precondition(lambda self: any(one["state"] == "prepared" for one in self.listed))
    @rule(which=st.integers(0, 3))
    def bounce(self, which: int) -> None:
        path = self.prepared(which)
        self.desk.deposit(path, refuse="Le fichier n'est pas conforme au modèle")
        self.desk.mark("deposited", path.name)
        self.desk.mark("bounced", path.name)
        self.desk.bounced.add(path.name)

    @precondition(lambda self: any(one["state"] == "prepared" for one in self.listed))
    @rule(which=st.integers(0, 3))
    def deposit_half(self, which: int) -> None:
        path = self.prepared(which)
        self.desk.deposit(path, cut=True)
        self.desk.mark("deposited", path.name)
        self.desk.mark("incomplete", path.name)

    @precondition(lambda self: self.desk.incomplete)
    @rule(style=styles, which=st.integers(0, 3))
    def complete(self, style: Any, which: int) -> None:
        self.desk.complete(self.pick(sorted(self.desk.incomplete), which), style)

    @precondition(lambda self: self.desk.answers)
    @rule(which=st.integers(0, 9))
    def read(self, which: int) -> None:
        """An answer is read: soon, late, or once more, which changes nothing."""
        answer = self.pick(self.desk.answers, which)
        again, before = answer.name in self.desk.read, self.desk.entries()
        verdicts = [verdict for verdict in self.desk.agency.verdicts if verdict.file == answer.name]
        accepted = sum(bool(verdict.asp) for verdict in verdicts)
        code, document = self.desk.feedback(answer)
        assert code == (accepted < len(verdicts))
        fresh = {"accepted": accepted, "rejected": len(verdicts) - accepted, "unknown": 0, "already": 0}
        told = {"accepted": 0, "rejected": 0, "unknown": 0, "already": len(verdicts)} if again else fresh
        assert document["requests"] == told
        assert not again or self.desk.entries() == before

    # ---------------------------------------------------------------------------------------------------- resubmissions

    @precondition(lambda self: any(one["state"] == "rejected" for one in self.listed))
    @rule(number=st.none() | phones)
    def resubmit(self, number: int | None) -> None:
        """The rejected requests come again in a workbook of their own, corrected or as they were."""
        rejected = {key for key, one in self.newest().items() if one["state"] == "rejected"}
        path = self.desk.resubmit()
        sent = {key: self.sent_phone(self.newest()[key], key) for key in rejected}
        for key in rejected:
            self.desk.put_right(key)
            self.desk.type_in(key, *PHONE, sent[key])
            if number is not None:
                self.desk.new_phone(key, number)
        assert set(type_into(path, {key: self.desk.phone(key) for key in rejected})) == rejected
        code, document = self.desk.convert(path)
        assert (code, document["requests"]["written"]) == (0, len(rejected))
        told = {one["demande"] for one in document["findings"] if one["rule"] == "D4"}
        assert told == {key for key in rejected if self.desk.phone(key) == sent[key]}

    @precondition(lambda self: any(one["state"] == "prepared" for one in self.listed))
    @rule(style=styles, which=st.integers(0, 3), number=st.none() | phones)
    def deposit_and_resubmit(self, style: Any, which: int, number: int | None) -> None:
        self.deposit(style, which, "answer")
        self.listed = holds(self.desk)
        if any(one["state"] == "rejected" for one in self.listed):
            self.resubmit(number)

    @precondition(lambda self: self.desk.resubmissions)
    @rule(which=st.integers(0, 3))
    def convert_an_old_resubmission(self, which: int) -> None:
        """A workbook that was forgotten somewhere: whatever comes of it, no number and no request goes out twice."""
        self.desk.convert(self.pick(self.desk.resubmissions, which))

    # --------------------------------------------------------------------------------------------------- what must hold

    @invariant()
    def agency_ledger_and_files_agree(self) -> None:
        self.listed = holds(self.desk)

    def teardown(self) -> None:
        """Everything is finished in good order, and accepted."""
        if not hasattr(self, "desk"):
            return
        self.finish()
        forget(self.desk.folder)

    def finish(self) -> None:
        desk = self.desk
        for name in sorted(desk.incomplete):
            desk.complete(name)
        for answer in desk.answers:
            desk.feedback(answer)
        self.listed = holds(desk)
        desk.agency.whims, desk.left_out = 0, set()
        self.put_back()
        code, document = desk.convert()
        assert (code, [one for one in document["findings"] if one["severity"] == "error"]) == (0, [])
        for path in desk.prepared():
            desk.deposit(path)
            desk.feedback(desk.answers[-1])
        all_is_accepted(desk)

    def put_back(self) -> None:
        """What the workbook should hold: no mistakes, and what is at the agency as it was sent."""
        for key in self.desk.rows:
            self.desk.put_right(key)
        for key, entry in self.newest().items():
            if entry["state"] in SENT:
                self.desk.type_in(key, *PHONE, self.sent_phone(entry))

    def newest(self) -> dict[str, Document]:
        """The entry that counts of each request: none that was replaced, and no number only reserved."""
        alive = [one for one in self.listed if one["state"] not in ("replaced", "reserved")]
        return {one["demande"]: one for one in sorted(alive, key=lambda one: str(one["numeroEditeur"]))}

    def prepared(self, which: int) -> Path:
        """One of the files that wait to be deposited."""
        names = sorted({file_of(one) for one in self.listed if one["state"] == "prepared"})
        return self.desk.where(self.pick(names, which))

    def sent_phone(self, entry: Document, key: str | None = None) -> str:
        """The telephone number with which a request was last deposited."""
        name = self.last_file(key) if key else file_of(entry)
        return self.desk.sent[name, entry["demande"]]

    def last_file(self, key: str) -> str:
        return [name for name, one in self.desk.sent if one == key][-1]

    @staticmethod
    def pick(some: Any, which: int) -> Any:
        return some[which % len(some)]


TestVendor = Vendor.TestCase
TestVendor.settings = settings(
    max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)

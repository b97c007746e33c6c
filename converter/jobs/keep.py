"""A run's dealings with the ledger: consult, number, reserve, place and confirm (contract §6)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from converter.errors import Xl2JsonError
from converter.jobs.changed import at_cells
from converter.jobs.group import Group, path_of
from converter.jobs.mailed import barred, discreet, far_numbers
from converter.ledger import confirm, reserve
from converter.ledger.again import Facts, Known, Look, look, withdrawn_elsewhere
from converter.ledger.answers import as_deposited, learn_accepted
from converter.ledger.entries import Entry, by_ids, by_number, current, marks_of, owners
from converter.ledger.open import Ledger
from converter.ledger.reserve import Booking, Names, Wanted
from converter.parcel.encode import Encoder
from converter.parcel.fingerprint import fingerprint, pieces_digest
from converter.parcel.names import attachment_pattern
from converter.parcel.numbers import allot, used
from converter.parcel.plan import Deposit, stem_of
from converter.parcel.publish import GivenUp
from converter.parcel.write import write
from converter.placing import Placed
from converter.request import Request, Supplier, supplier_of
from converter.rules import accepted
from converter.rules.beneficiaries import client_of, marks_of as marks_of_request, shared_before
from converter.states import PREPARED
from converter.values import FAULTY
from converter.values.amount import shown


class Keeper:
    """One run with its ledger: `consult`, `number` and `reserve` belong into one transaction, `place` comes after."""

    def __init__(
        self,
        where: str | Path,
        group: Group,
        *,
        same: bool,
        by_path: bool = True,
        promised: Collection[str] = (),
    ) -> None:
        """`by_path`: what a workbook of the same path sent before and sends no more is withdrawn. `promised` are names
        of files that nobody else may have.
        """
        self.ledger = Ledger.at(where)
        self.group, self.spec, self.same = group, group.spec, same
        self.by_path, self.promised = by_path, promised
        self.encoder = Encoder(group.spec)
        self.look = Look()
        self.touched: reserve.Touched | None = None
        self.booking: Booking | None = None
        self._facts: dict[str, Facts] = {}
        self._connection: Connection | None = None
        self._writes = False
        self._highest = 0  # number that was used before this run
        self._place_of_files: Names | None = None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A transaction that only reads."""
        self._facts = self._all_facts()
        with self.ledger.reading() as self._connection:
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that notes what `reserve` says, or nothing at all."""
        self._facts = self._all_facts()
        self._writes = True
        with self.ledger.writing() as self._connection:
            yield

    @property
    def supplier(self) -> Supplier | None:
        """Whose requests these are; None while the file's header is at fault."""
        return supplier_of(self.group.header.values, self.spec)

    @property
    def names(self) -> tuple[str, ...]:
        """The files' names, without ending."""
        return self.booking.names if self.booking else ()

    @property
    def withdrawn(self) -> tuple[str, ...]:
        """The files and the keys of the requests that this run took back."""
        if self.booking is None:
            return ()
        return tuple(dict.fromkeys([f.name for f in self.booking.given_up] + [e.demande for e in self.booking.dropped]))

    @property
    def replaced(self) -> tuple[str, ...]:
        """The names of files that were ready to be deposited, and must not be any more."""
        given_up = self.booking.given_up if self.booking else ()
        return tuple(one.name for one in given_up if one.state == PREPARED)

    def consult(self) -> None:
        """Let the ledger say what it knows of the requests: D2 to D5, B15 with earlier ones."""
        supplier, connection, group = self.supplier, self._connection, self.group
        if supplier is None or connection is None:
            return
        sound = self._not_barred(connection, supplier)
        answered = accepted(sound, self.spec)
        if self._writes:
            self._learn(connection, supplier, answered)
        requests = [one for one in sound if one.demande not in group.skipped]
        known = as_deposited(connection, supplier, answered, self._known(connection, supplier, requests))
        is_mailed = group.run.mailed is not None
        self.look = look(self.spec, requests, self._facts, known, same=self.same, is_mailed=is_mailed)
        by_key, entries = {one.demande: one for one in requests}, _entries(known, requests)
        group.tell(at_cells(self.look.findings, by_key, entries, self.encoder, connection))
        group.skip(self.look.skipped)
        sent = [one for one in requests if one.demande not in self.look.skipped]
        marks = {mark for one in sent for mark in self._facts[one.demande].marks}
        told = set(group.holders)  # of these B15 speaks as they are now
        told |= {one.demande for one in entries.values() if not one.named}
        found = owners(connection, supplier.siret, supplier.ans, marks, told)
        shared = list(shared_before(self.spec, sent, found))
        if group.run.mailed is not None:
            others = current(connection, supplier.siret, supplier.ans, [one.say.params["other"] for one in shared])
            shared = list(discreet(shared, others, group.run.mailed.sender))
        group.tell(shared)

    def _not_barred(self, connection: Connection, supplier: Supplier) -> list[Request]:
        """The requests that whoever sends them may send; of all others that is told (D8, X11)."""
        requests, mailed = self.group.requests, self.group.run.mailed
        if mailed is None:
            return requests
        known = self._known(connection, supplier, requests)
        self._highest = reserve.next_number(connection, supplier.siret) - 1
        found = list(barred(self.spec, requests, self._facts, known, mailed, self._highest, self.group.all_of_supplier))
        self.group.tell(found)
        self.group.skip({one.demande or "" for one in found if one.severity == "info"})
        return [one for one in requests if one.demande not in {finding.demande for finding in found}]

    def foresee(self, chosen: Sequence[Sequence[Request]]) -> None:
        """Find what was prepared before and goes another way now; D7: whom that takes by surprise."""
        if self.supplier is None or self._connection is None:
            return
        members = zip(self.group.members, chosen, strict=True)
        workbooks = {path_of(one) for one, some in members if self.by_path and (some or not one.is_blocked)}
        kept = {one.demande: self.look.entries.get(one.demande) for some in chosen for one in some}
        wanted = {demande: entry.id if entry else None for demande, entry in kept.items()}
        if wanted or not self.group.is_blocked:
            self.touched = reserve.touched(self._connection, self.supplier, wanted, workbooks)
            is_mailed = self.group.run.mailed is not None
            self.group.tell_all(withdrawn_elsewhere(self.touched.dropped, workbooks, is_mailed), chosen)

    def _known(self, connection: Connection, supplier: Supplier, requests: Sequence[Request]) -> Known:
        newest = current(connection, supplier.siret, supplier.ans, [one.demande for one in requests])
        numbers = by_number(connection, supplier.siret, [one.number for one in requests if one.number])
        replaced = by_ids(connection, [one.replaces for one in newest.values() if one.replaces])
        entries = [*newest.values(), *numbers.values()]
        return Known(
            current=newest, numbers=numbers, replaced=replaced, marks=marks_of(connection, {one.id for one in entries})
        )

    def _all_facts(self) -> dict[str, Facts]:
        return {
            one.demande: Facts(
                content=fingerprint(self.encoder, one),
                marks=marks_of_request(self.spec, one),
                pieces=partial(pieces_digest, one.sources),
            )
            for one in self.group.requests
        }

    def number(self, requests: Sequence[Request], least: int) -> None:
        """Give each of `requests` the number that it keeps, or the supplier's next one, which is `least` at least."""
        if self.supplier is None or self._connection is None:
            return
        for request in requests:
            entry = self.look.entries.get(request.demande)
            if entry is not None and request.number is None:
                request.number = entry.number
        first = max(least, reserve.next_number(self._connection, self.supplier.siret))
        among = self.group.all_of_supplier
        far = [one for one in among if self.group.run.mailed and far_numbers(one, self.spec, self._highest)]
        but = {number for one in far for number in used([one], self.spec)}
        list(allot(requests, [one for one in among if one not in far], self.spec, first, but))

    def book(self, count: int, folder: Path) -> None:
        """Find the names of so many files; notes nothing."""
        if self.supplier is None or self._connection is None or self.touched is None:
            return
        self._place_of_files = self._names(folder)
        self.booking = reserve.plan(self._connection, self.supplier, self.touched, count, self._place_of_files)

    def reserve(self, parts: Sequence[Sequence[Request]], deposits: Sequence[Deposit]) -> None:
        """Note the files, with all that goes into them."""
        if self.supplier is None or self._connection is None or self.booking is None:
            return
        assert self._place_of_files is not None
        wanted = [[self._wanted(one) for one in part] for part in parts]
        digests = [hashlib.sha256(one.json).hexdigest() for one in deposits]
        reserve.reserve(self._connection, self.supplier, self.booking, wanted, digests, self._place_of_files)

    def _learn(self, connection: Connection, supplier: Supplier, told: Mapping[str, Any]) -> None:
        """Note what the workbook tells of the agency's answers; nobody else gets the number of one that is accepted."""
        learn_accepted(connection, supplier, told)
        requests = [one for one in self.group.requests if one.demande in told]
        reserve.use_numbers(connection, supplier.siret, map(str, used(requests, self.spec)))

    def _names(self, folder: Path) -> Names:
        spec, header, day = self.spec, self.group.header, self.group.run.deposit

        def is_taken(name: str) -> bool:
            return name in self.promised or any(
                (folder / f"{name}{ending}").exists() for ending in (".json", ".zip", "")
            )

        return Names(
            folder=str(folder.resolve()),
            day=day.isoformat(),
            last=spec.limits.last_file_number,
            of=partial(stem_of, spec, header, day),
            is_taken=is_taken,
            mailed=self.group.run.mailed is not None,
            mailed_at=self.group.run.mailed.at if self.group.run.mailed else None,
        )

    def _wanted(self, request: Request) -> Wanted:
        entry = self.look.entries.get(request.demande)
        rejected = self.look.replaces.get(request.demande)
        amount, mailed = request.value(self.spec.advance.amount), self.group.run.mailed
        return Wanted(
            demande=request.demande,
            number=request.number or "",
            entry=entry.id if entry else None,
            replaces=rejected.id if rejected else None,
            content=self._facts[request.demande].content,
            marks=self._facts[request.demande].marks,
            amount=None if amount is None or amount is FAULTY else shown(amount),
            client=client_of(request, self.spec),
            workbook=self.group.workbook(request),
            sender=mailed.sender if mailed else None,
            mailed_at=mailed.at if mailed else None,
        )

    def place(self, deposits: tuple[Deposit, ...], folder: Path, *, loose: bool) -> None:
        """Write the files and confirm them. Raises Xl2JsonError where another run has taken them up meanwhile."""
        if self.booking is None or self.supplier is None:
            return
        with self.ledger.reading() as connection:
            given_up = self._given_up(connection, self.supplier)
        if deposits or given_up or self.booking.dropped:
            write(
                deposits,
                folder,
                loose=loose,
                replace=self.booking.reused,
                others=frozenset(one.folder for one in given_up),
                still=self._still,
                done=self._confirm,
            )

    def _given_up(self, connection: Connection, supplier: Supplier) -> list[GivenUp]:
        pattern = attachment_pattern(self.spec)
        return [
            GivenUp(id=one.id, name=one.name, folder=Path(one.folder), digests=one.digests, pattern=pattern)
            for one in confirm.leftovers(connection, supplier)
        ]

    def _still(self) -> list[GivenUp]:
        assert self.booking is not None
        assert self.supplier is not None
        with self.ledger.reading() as connection:
            if not confirm.is_still_mine(connection, self.booking):
                raise Xl2JsonError("ledger.overtaken")
            return self._given_up(connection, self.supplier)

    def _confirm(self, placed: Sequence[Placed], cleared: list[int]) -> None:
        assert self.booking is not None
        with self.ledger.writing() as connection:
            confirm.confirm(connection, self.booking, placed, cleared)


def _entries(known: Known, requests: Sequence[Request]) -> dict[str, Entry]:
    """The entry that each request is held against: its key's, else that of the number that it brings."""
    holders = {one.demande: known.numbers.get((one.number or "").casefold()) for one in requests}
    return {demande: one for demande, one in holders.items() if one is not None} | dict(known.current)

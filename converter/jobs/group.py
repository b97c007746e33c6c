"""What goes into the same deposits: one workbook, or all inputs of a batch that are of one supplier, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from converter.findings import Finding, Severity
from converter.jobs.examine import Examined, Run
from converter.parcel.encode import Encoder
from converter.parcel.fingerprint import fingerprint, pieces_digest
from converter.parcel.sources import shared_files
from converter.request import Item, Request, key_place
from converter.rules import across
from converter.spec.model import Spec
from converter.wording import Say

_SAME: tuple[str, Severity] = ("D3", "info")
_DIFFERENT: tuple[str, Severity] = ("X5", "error")


class Group:
    """Inputs that were examined under one spec, for one day, strictly or not.

    A request that several of them hold is the first one's. Raises nothing; what is to be said of two inputs is added
    to the findings of the later one.
    """

    def __init__(self, members: Sequence[Examined]) -> None:
        self.members = tuple(members)
        self.holders: dict[str, Examined] = {}
        for member in self.members:
            for request in member.dossier.requests:
                self.holders.setdefault(request.demande, member)
        if len(self.members) > 1:
            _leave_out_twice(self)

    @property
    def run(self) -> Run:
        """What was asked; the inputs' own paths and settings aside."""
        return self.members[0].run

    @property
    def spec(self) -> Spec:
        """The spec of all of them."""
        return self.run.spec

    @property
    def header(self) -> Item:
        """The header of their files."""
        return self.members[0].dossier.header

    @property
    def requests(self) -> list[Request]:
        """Every request once, in order."""
        return [one for member in self.members for one in self.own(member)]

    @property
    def skipped(self) -> set[str]:
        """The keys of the requests that are not sent."""
        return {key for key, holder in self.holders.items() if key in holder.skipped}

    @property
    def is_blocked(self) -> bool:
        """Whether a finding keeps something back."""
        return any(one.is_blocked for one in self.members)

    def own(self, member: Examined) -> Iterator[Request]:
        """The requests of a member that no earlier one has."""
        return (one for one in member.dossier.requests if self.holders[one.demande] is member)

    def faultless(self) -> list[Request]:
        """The requests to send that have no error of their own."""
        return [one for member in self.members for one in member.faultless()]

    def chosen(self, partial: bool) -> list[list[Request]]:
        """The requests to write, member by member."""
        return [one.chosen(partial) for one in self.members]

    def tell(self, findings: Iterable[Finding]) -> None:
        """Add what is to be said of requests to the findings of those who hold them."""
        for finding in findings:
            self.holders.get(finding.demande or "", self.members[0]).findings.append(finding)

    def tell_all(self, findings: Iterable[Finding]) -> None:
        """Add what concerns the whole to the findings of the first input that has something to send; of each of them
        where warnings keep them back.
        """
        found = list(findings)
        sending = [one for one in self.members if one.chosen(partial=True)] or [*self.members]
        for member in sending if self.run.strict else sending[:1]:
            member.findings += found

    def skip(self, demandes: set[str]) -> None:
        """Leave these requests out."""
        for member in self.members:
            member.skip({one.demande for one in self.own(member)} & demandes)

    def workbook(self, request: Request) -> str:
        """Where a request comes from: the path of its workbook."""
        return path_of(self.holders[request.demande])


def path_of(member: Examined) -> str:
    """The path under which the ledger knows an input."""
    return str(member.run.workbook.resolve())


def _leave_out_twice(group: Group) -> None:
    """A request that stands in an earlier input too: left out where it says the same (D3), else an error (X5)."""
    encoder = Encoder(group.spec)
    first = {one.demande: one for one in group.requests}
    for member in group.members:
        again = [one for one in member.dossier.requests if group.holders[one.demande] is not member]
        alike = {one.demande for one in again if _is_alike(encoder, one, first[one.demande])}
        for request in again:
            words = {"other": group.holders[request.demande].run.workbook.name}
            is_alike, place = request.demande in alike, key_place(request, group.spec)
            say = Say("say.group.same" if is_alike else "say.group.different", words)
            rule, severity = _SAME if is_alike else _DIFFERENT
            value = None if is_alike else request.demande
            member.findings.append(request.finding(rule, severity, say, place, value))
        member.skip(alike)


def _is_alike(encoder: Encoder, one: Request, other: Request) -> bool:
    """Whether both would send the same; nothing is known of what is faulty."""
    content = fingerprint(encoder, one)
    if content is None or content != fingerprint(encoder, other):
        return False
    pieces = pieces_digest(one.sources)
    return pieces is not None and pieces == pieces_digest(other.sources)


def tell_across(group: Group) -> None:
    """Say what two requests of different inputs share that they should not: number, beneficiary, file (D1, B15, P7)."""
    if len(group.members) < 2:
        return
    sent = [one for one in group.requests if one.demande not in group.skipped]
    found = [*across(sent, group.header, group.spec, group.run.deposit), *shared_files(sent, group.spec)]
    for one in found:
        other = one.say.params["other"]
        if group.holders[one.demande or ""] is not group.holders[other]:
            words = {**one.say.params, "other": f"{other} ({group.holders[other].run.workbook.name})"}
            group.tell([replace(one, say=Say(one.say.key, words))])

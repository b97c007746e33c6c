"""What goes into the same deposits: one workbook, or all inputs of a batch that are of one supplier, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from converter.findings import Finding, Severity
from converter.jobs.examine import Examined, Run
from converter.parcel.encode import Encoder
from converter.parcel.fingerprint import fingerprint, pieces_digest
from converter.parcel.sources import shared_files
from converter.request import Item, Request, key_place
from converter.rules import shared
from converter.spec.model import Spec
from converter.wording import Say

_SAME: tuple[str, Severity] = ("X11", "info")
_DIFFERENT: tuple[str, Severity] = ("X5", "error")


class Group:
    """Inputs that were examined under one spec, for one day, strictly or not, for one supplier.

    A request that several of them hold belongs to one: where it is accepted, else to the first that sends it (with
    `partial`, or whole), best under a number. What is to be said of two inputs is added to the findings of one.
    """

    def __init__(self, members: Sequence[Examined], *, partial: bool = False) -> None:
        self.members = tuple(members)
        self.beside: list[Request] = []  # of the same SIRET, in other groups: their numbers are taken
        self.holders: dict[str, Examined] = {}
        for member in self.members:
            for request in member.dossier.requests:
                self.holders.setdefault(request.demande, member)
        if len(self.members) > 1:
            _share_out(self, partial)

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
    def all_of_supplier(self) -> list[Request]:
        """Every request whose number nobody else of this SIRET may have."""
        return [*(one for member in self.members for one in member.dossier.requests), *self.beside]

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

    def tell_all(self, findings: Iterable[Finding], chosen: Sequence[Sequence[Request]]) -> None:
        """Add what concerns the whole to the findings of the first input with requests that were `chosen`; of each of
        them where warnings keep them back.
        """
        found = list(findings)
        sending = [one for one, some in zip(self.members, chosen, strict=True) if some] or [*self.members]
        for member in sending if self.run.strict else sending[:1]:
            member.findings += found

    def skip(self, demandes: set[str]) -> None:
        """Leave these requests out."""
        for member in self.members:
            member.skip({one.demande for one in self.own(member)} & demandes)

    def name_of(self, demande: str) -> str:
        """The name of the workbook that a request comes from."""
        return self.holders[demande].run.workbook.name

    def workbook(self, request: Request) -> str:
        """Where a request comes from: the path of its workbook."""
        return path_of(self.holders[request.demande])


def path_of(member: Examined) -> str:
    """The path under which the ledger knows an input."""
    return str(member.run.workbook.resolve())


def _share_out(group: Group, partial: bool) -> None:
    """A request that stands in several inputs goes to one of them; in the others it is left out where it says the same
    (X11), else an error (X5).
    """
    encoder = Encoder(group.spec)
    sending = {id(member): {one.demande for one in member.chosen(partial)} for member in group.members}
    for demande, copies in _in_several(group).items():
        best = min(copies, key=lambda one: _rank(one[0], one[1], sending))
        group.holders[demande] = best[0]
        for member, request in copies:
            if member is not best[0]:
                _leave_out(member, request, group, is_alike=_is_alike(encoder, request, best[1]))


def _in_several(group: Group) -> dict[str, list[tuple[Examined, Request]]]:
    """The requests that stand in several inputs, with those inputs."""
    found: dict[str, list[tuple[Examined, Request]]] = {}
    for member in group.members:
        for request in member.dossier.requests:
            found.setdefault(request.demande, []).append((member, request))
    return {demande: copies for demande, copies in found.items() if len(copies) > 1}


def _rank(member: Examined, request: Request, sending: Mapping[int, set[str]]) -> tuple[bool, bool, bool]:
    """The lower, the sooner a request is taken from that input."""
    return request.demande not in member.skipped, request.demande not in sending[id(member)], request.number is None


def _leave_out(member: Examined, request: Request, group: Group, *, is_alike: bool) -> None:
    say = Say(f"say.group.{'same' if is_alike else 'different'}", {"other": group.name_of(request.demande)})
    rule, severity = _SAME if is_alike else _DIFFERENT
    value = None if is_alike else request.demande
    member.findings.append(request.finding(rule, severity, say, key_place(request, group.spec), value))
    if is_alike:
        member.skip({request.demande})


def _is_alike(encoder: Encoder, one: Request, other: Request) -> bool:
    """Whether both would send the same; nothing is known of what is faulty."""
    content = fingerprint(encoder, one)
    if content is None or content != fingerprint(encoder, other) or one.number not in (None, other.number):
        return False
    pieces = pieces_digest(one.sources)
    return pieces is not None and pieces == pieces_digest(other.sources)


def tell_across(group: Group) -> None:
    """Say what two requests of different inputs share that they should not: beneficiary, file (B15, P7)."""
    if len(group.members) < 2:
        return
    sent = [one for one in group.requests if one.demande not in group.skipped]
    for one in (*shared(sent, group.header, group.spec, group.run.deposit), *shared_files(sent, group.spec)):
        other = one.say.params["other"]
        if group.holders[one.demande or ""] is not group.holders[other]:
            words = {**one.say.params, "other": f"{other} ({group.name_of(other)})"}
            group.tell([replace(one, say=Say(one.say.key, words))])


def tell_numbers(groups: Iterable[Group]) -> None:
    """Say which requests of different inputs, all of one SIRET, bear one number (D1): told at the one that is not
    accepted yet, else at the later one. In lower case or upper, it is the same number.
    """
    held = [(group, member, one) for group in groups for member in group.members for one in group.own(member)]
    owners: dict[str, tuple[Group, Examined, Request]] = {}
    for group, member, one in sorted(held, key=lambda some: some[2].demande not in some[1].skipped):
        if one.number is None:
            continue
        owner, holder, other = owners.setdefault(one.number.casefold(), (group, member, one))
        if holder is not member and one.demande not in member.skipped:
            words = {"other": f"{other.demande} ({owner.name_of(other.demande)})"}
            say, path = Say("say.number.twice", words), group.spec.number.path
            member.findings.append(one.finding(group.spec.number.rule, "error", say, one.place(path), one.number))

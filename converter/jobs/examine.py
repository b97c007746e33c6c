"""Reading a workbook or an export and finding all there is to say of it, before anything is numbered or written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from converter import clock
from converter.errors import MisuseError, Xl2JsonError
from converter.findings import Finding
from converter.jobs.inputs import as_typed
from converter.jobs.outcome import Evidence
from converter.jobs.settings import Settings, find_settings
from converter.parcel.folders import Folders
from converter.parcel.sources import gather
from converter.progress import stage
from converter.request import Dossier, Request
from converter.spec.load import load_spec
from converter.spec.model import Spec
from converter.workbook.read import open_book
from converter.workbook.tables import Tables, read_tables

if TYPE_CHECKING:
    from converter.export import Mapping

_OF_SKIPPED = {"D3", "D8", "X11"}  # why a request is not sent
_OF_TWO = {"B15", "D1", "X5"}  # what is said of one request and concerns another too


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """By whom inputs were mailed (any text that is nobody else's), and when (`2021-11-30T14:05:09Z`, None: unknown)."""

    sender: str
    at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run was asked to do, defaults filled in. Where it `takes_exports`, the workbook may be one, which
    `mapping` reads; `mailed` is by whom and when it was mailed, None where whoever runs the program has it.
    """

    workbook: Path
    spec: Spec
    settings: Settings
    folders: Folders
    deposit: date
    strict: bool
    takes_exports: bool = False
    mapping: Mapping | None = None
    mailed: Mailed | None = None

    @property
    def blocking(self) -> frozenset[str]:
        """The severities that keep a request back."""
        return frozenset({"error", "warning"} if self.strict else {"error"})


@dataclass(slots=True, kw_only=True)
class Examined:
    """A workbook's requests and all that was found. `skipped` are those that the agency has already; `evidence` is
    None where nobody has asked for it.
    """

    run: Run
    dossier: Dossier
    findings: list[Finding]
    skipped: frozenset[str]
    evidence: Evidence | None

    def skip(self, more: set[str]) -> None:
        """Leave these requests out too: of what is not sent, only that is told, and what concerns one that is."""
        self.skipped |= more
        self.findings = [one for one in self.findings if self._concerns_a_sent_one(one)]

    def _concerns_a_sent_one(self, finding: Finding) -> bool:
        if finding.demande not in self.skipped or finding.rule in _OF_SKIPPED:
            return True
        return finding.rule in _OF_TWO and finding.say.params.get("other") not in self.skipped

    @property
    def is_blocked(self) -> bool:
        """Whether a finding keeps something back."""
        return any(one.severity in self.run.blocking for one in self.findings)

    def at_fault(self, blocking: frozenset[str]) -> set[str | None]:
        """The requests that a finding keeps back; None, or a key of no request, is a fault of the whole workbook."""
        of_all = [finding for finding in self.findings if finding.severity in blocking]
        others = {finding.say.params.get("other") for finding in of_all if finding.demande in self.skipped}
        return {finding.demande for finding in of_all} | (others - {None})

    def faultless(self, blocking: frozenset[str] = frozenset({"error"})) -> list[Request]:
        """The requests to send that have no fault of their own."""
        at_fault = self.at_fault(blocking) | self.skipped
        return [request for request in self.dossier.requests if request.demande not in at_fault]

    def chosen(self, partial: bool) -> list[Request]:
        """The requests to write: all that are sound, or none where something is at fault and that is not allowed."""
        if self.is_blocked and (self.run.strict or not partial):
            return []
        of_all = self.at_fault(self.run.blocking) - {request.demande for request in self.dossier.requests}
        return [] if of_all else self.faultless(self.run.blocking)

    @property
    def amount(self) -> Decimal:
        """The sum in euros over the requests without error; what was accepted before is not asked for again."""
        amounts = (one.value(self.run.spec.advance.amount) for one in self.faultless())
        return sum((amount for amount in amounts if isinstance(amount, Decimal)), Decimal(0))


def prepare(
    workbook: str | Path,
    spec: Spec | None,
    settings: Settings | None,
    attachments: str | Path | None,
    deposit: date | None,
    strict: bool,
    *,
    takes_exports: bool = False,
    mapping: Mapping | None = None,
    mailed: Mailed | None = None,
) -> Run:
    """Fill the defaults in. What was `mailed` finds its files in its own folder alone, by their bare names.

    Raises MisuseError where `attachments` is no folder.
    """
    path, spec = Path(workbook), spec or load_spec()
    settings = settings or find_settings(path, spec)
    second = folder_of(attachments if attachments is not None else settings.attachments)
    roots = (path.parent, second) if second is not None else (path.parent,)
    return Run(
        workbook=path,
        spec=spec,
        settings=settings,
        folders=Folders(roots if mailed is None else roots[:1], by_name=mailed is not None),
        deposit=deposit or clock.today(),
        strict=strict,
        takes_exports=takes_exports,
        mapping=mapping,
        mailed=mailed,
    )


def folder_of(path: str | Path | None) -> Path | None:
    """The folder that was named, if one was. Raises MisuseError where it is none."""
    if path is not None and not _is_folder(Path(path)):
        raise MisuseError("no_folder", name=str(path))
    return Path(path) if path is not None else None


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that no folder can have, or behind a closed door
        return False


def examine(run: Run, *, with_evidence: bool = True) -> Examined:
    """All that the workbook and its attachments show by themselves.

    Raises Xl2JsonError where it cannot be read.
    """
    with stage("reading"):
        titles, tables = _read(run)
    with stage("loading"):
        from converter.reshape import reshape  # pandas: not before a workbook has proven readable
        from converter.rules import accepted, apply_rules

    with stage("reshaping"):
        dossier = reshape(tables, run.spec, run.settings.given)
    with stage("rules"):
        found = [*dossier.findings, *apply_rules(dossier, run.spec, run.deposit)]
    found += gather(dossier, run.spec, run.folders)
    evidence = Evidence(dossier=dossier, tables=tables, titles=titles, folders=run.folders) if with_evidence else None
    if evidence is None:
        tables.let_go()
    examined = Examined(run=run, dossier=dossier, findings=found, skipped=frozenset(), evidence=evidence)
    examined.skip(set(accepted(dossier.requests, run.spec)))
    return examined


def _read(run: Run) -> tuple[tuple[str, ...], Tables]:
    """The names of the workbook's sheets, and those that the spec knows."""
    if run.takes_exports:
        return _read_either(run)
    with open_book(run.workbook) as book:
        return book.titles, read_tables(book, run.spec, run.settings.given)


def _read_either(run: Run) -> tuple[tuple[str, ...], Tables]:
    """The same of a workbook or an export, whichever it is."""
    from converter.export import holds_requests, is_delimited, read_export

    if not is_delimited(run.workbook):
        with open_book(run.workbook) as book:
            if holds_requests(book, run.spec):
                return book.titles, read_tables(book, run.spec, run.settings.given)
    if run.mapping is None:
        words = {"name": run.workbook.name, "sheet": run.spec.request.sheet, "typed": as_typed(run.workbook)}
        raise Xl2JsonError("batch.no_mapping", **words)
    tables = read_export(run.workbook, run.mapping, run.spec, run.settings.given)
    return tuple(dict.fromkeys(one.title for one in tables.found.values())), tables

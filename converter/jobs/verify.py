"""A finished deposit, by whomever made, held against the rules: the file's structure first, then every value, then
what crosses fields and requests, then the zip (contract §6).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from converter import clock
from converter.errors import Xl2JsonError, reason_of
from converter.findings import Finding, sorted_findings
from converter.jobs.outcome import Counts, Outcome, advance_of
from converter.parcel.enclosed import look_into
from converter.parcel.naming import file_name, pieces
from converter.readback.decode import decode, lines_of, number_in
from converter.readback.document import NotADocument, parse
from converter.readback.made import made, too_many
from converter.readback.strict import shown
from converter.readback.structure import structure
from converter.request import Dossier
from converter.rules import apply_rules
from converter.spec.load import load_spec
from converter.spec.model import Rule, Spec
from converter.wording import Say, catalog

MOST_BYTES = 256 * 2**20
_MOST_VALUES = 8_000_000
_MOST_LINES = 10_000  # beyond, that there are too many says enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified(Outcome):
    """What `verify` returns: an outcome whose findings bear a `path`, and a line's `numeroEditeur` as their `demande`.

    `parcel` is the zip that was looked into, None where there was none: then nothing is known of the attachments.
    Where it is not `complete`, the file's structure or size kept its requests from being looked at. `dossier` are its
    requests, for whoever shows them.
    """

    parcel: Path | None
    complete: bool
    dossier: Dossier | None = field(default=None, repr=False, compare=False)

    def as_dict(self, lang: str = "fr") -> dict[str, Any]:
        """The document of `--format json`: that of contract §4, its findings with `path`."""
        findings = [finding.as_dict(lang, by_path=True) for finding in self.findings]
        return {**Outcome.as_dict(self, lang), "findings": findings}


def verify(path: str | Path, parcel: str | Path | None = None, *, spec: Spec | None = None) -> Verified:
    """Everything there is to say of a JSON and its zip; nothing is put right, nothing written.

    `parcel` is the zip, by default the one of the same name beside the JSON, where there is one. Raises Xl2JsonError
    where a file cannot be read.
    """
    path, spec = Path(path), spec or load_spec()
    parcel = Path(parcel) if parcel is not None else _beside(path)
    try:
        tree = parse(_content(path), strict=True)
    except NotADocument as error:
        return _outcome(path, spec, parcel, None, [Finding(rule="V1", severity="error", say=error.say)])
    fault = structure(spec, tree)
    if fault:
        return _outcome(path, spec, parcel, None, [fault])
    lines = len(lines_of(spec, tree))
    if lines > _MOST_LINES:
        return _outcome(path, spec, parcel, None, [too_many(spec, lines)], lines)
    dossier = decode(spec, tree)
    name = file_name(path.name, spec, dossier.header)
    found = [*dossier.findings, *name.findings, *made(spec, dossier)]
    found += apply_rules(dossier, _in_a_json(spec), name.day or clock.today())
    found += _twice(dossier, spec)
    found += _attachments(dossier, spec, parcel)
    return _outcome(path, spec, parcel, dossier, found)


def _twice(dossier: Dossier, spec: Spec) -> Iterator[Finding]:
    """The same number in two items of one request: they are one item, and a workbook would make them so."""
    for request in dossier.requests:
        for block in (one for one in spec.blocks if one.merge_by):
            seen: set[str] = set()
            for item in request.items.get(block.id, ()):
                number = item.values.get(block.merge_by or "")
                if isinstance(number, str) and number in seen:
                    say = Say("say.strict.item_twice", {"merge_by": block.merge_by})
                    place = item.place(block.merge_by or "")
                    yield request.finding(block.merge_rule, "error", say, place, number)
                seen |= {number} if isinstance(number, str) else set()


def _content(path: Path) -> bytes:
    """The file's bytes. Raises Xl2JsonError where it cannot be read, or is nothing that a deposit could be."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if len(content) > MOST_BYTES or content.count(b",") > _MOST_VALUES:
        raise Xl2JsonError("deposit.large", name=str(path))
    return content


def _unreadable(path: Path, error: OSError | ValueError) -> Xl2JsonError:
    if isinstance(error, FileNotFoundError):
        return Xl2JsonError("deposit.missing", name=str(path))
    return Xl2JsonError("deposit.unreadable", name=str(path), reason=reason_of(error))


def _beside(path: Path) -> Path | None:
    try:
        parcel = path.with_suffix(".zip")
        return parcel if parcel != path and parcel.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


def _in_a_json(spec: Spec) -> Spec:
    """The spec without those rules whose field a JSON does not show."""

    def shows(rule: Rule) -> bool:
        return "field" not in rule.options or spec.field(rule.options["field"]).json

    return replace(spec, rules=tuple(rule for rule in spec.rules if shows(rule)))


def _attachments(dossier: Dossier, spec: Spec, parcel: Path | None) -> list[Finding]:
    named, findings = pieces(dossier, spec)
    if parcel is None:
        return findings
    try:
        return [*findings, *look_into(parcel, named, spec)]
    except (OSError, ValueError) as error:
        raise _unreadable(parcel, error) from error


def _outcome(
    path: Path, spec: Spec, parcel: Path | None, dossier: Dossier | None, found: list[Finding], lines: int = 0
) -> Verified:
    requests = dossier.requests if dossier else []
    at_fault = {finding.demande for finding in found if finding.severity == "error"}
    sound = [request for request in requests if request.demande not in at_fault]
    numbers = {request.demande: number_in(spec, request) for request in requests}
    amount = _sum(request.value(spec.advance.amount) for request in sound)
    return Verified(
        input=str(path).encode("utf-8", "replace").decode("utf-8"),
        spec=spec.name,
        mode="check",
        strict=False,
        partial=False,
        counts=Counts(read=lines or len(requests), written=0, held=lines or len(requests) - len(sound), skipped=0),
        files=(),
        amount=amount,
        advance=advance_of(amount, spec.advance.share),
        findings=sorted_findings(_as_of_a_json(finding, numbers) for finding in found),
        software=None,
        demandes=tuple(number or key for key, number in numbers.items()),
        last_number=None,
        parcel=parcel if dossier else None,
        complete=dossier is not None,
        dossier=dossier,
    )


def _sum(amounts: Iterable[object]) -> Decimal:
    return sum((amount for amount in amounts if isinstance(amount, Decimal)), Decimal(0))


def _as_of_a_json(finding: Finding, numbers: dict[str, str | None]) -> Finding:
    """The finding as one who has the file before him reads it: no cells, no sheets, the line's own number."""
    own = f"say.in_json.{finding.say.key.removeprefix('say.')}"
    params = {name: shown(one) if isinstance(one, str) else one for name, one in finding.say.params.items()}
    params |= {"value": "null"} if finding.value is None else {}
    say = Say(own if own in catalog("fr") else finding.say.key, params)
    demande = finding.demande and numbers.get(finding.demande)
    value = demande if finding.value is not None and finding.value == finding.demande else finding.value
    return replace(finding, say=say, demande=demande, value=shown(value))

"""From an order export to a workbook, as a mapping says; and a first mapping, to begin with (contract §7)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from converter.errors import MisuseError, Xl2JsonError
from converter.export.inspect import read_mapping
from converter.export.tables import read_export, without_source
from converter.findings import Finding, sorted_findings
from converter.jobs.inputs import as_typed
from converter.jobs.settings import Settings, find_settings
from converter.placing import place
from converter.progress import stage
from converter.spec.load import load_spec
from converter.spec.model import Spec
from converter.wording import Say
from converter.workbook.tables import Table, Tables

if TYPE_CHECKING:
    from converter.export.mapping import Mapping

_MISSING = "X1"  # in a workbook, what has no source can be filled in by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What `import_export` has done. `workbook` is None where an error kept it from being written.

    `demandes` are the requests' keys in their order; `to_fill` are required columns, by sheet, that have no source.
    """

    input: str
    workbook: Path | None
    demandes: tuple[str, ...]
    findings: tuple[Finding, ...]
    to_fill: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the workbook was written."""
        return self.workbook is not None

    @property
    def exit_code(self) -> int:
        """0, or 1 where the export or the mapping has errors."""
        return 0 if self.ok else 1

    def count(self, severity: str) -> int:
        """How many findings are of that severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def as_dict(self, lang: str = "fr") -> dict[str, Any]:
        """The document of `--format json`."""
        return {
            "workbook": str(self.workbook) if self.workbook else None,
            "requests": len(self.demandes),
            "findings": [finding.as_dict(lang) for finding in self.findings],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Guessed:
    """A mapping that was proposed: how many of the workbook's columns it fills, and what of the export it leaves."""

    mapping: Path
    found: int
    all: int
    has_key: bool
    unused: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The document of `--format json`."""
        return {"mapping": str(self.mapping), "found": self.found, "of": self.all, "unused": list(self.unused)}


def import_export(
    export: str | Path,
    mapping: str | Path,
    out: str | Path,
    *,
    spec: Spec | None = None,
    settings: Settings | None = None,
    lang: str = "fr",
) -> Imported:
    """Write to `out` the workbook that `mapping` makes of `export`; with an error in either, nothing is.

    Values are taken over as they are, for `check` to judge. Required columns without a source stay blank, to be filled
    in. Raises Xl2JsonError where a file cannot be read, or where `out` exists or cannot be written.
    """
    path, source, spec = Path(out), Path(export), spec or load_spec()
    if path.suffix.lower() != ".xlsx":
        raise MisuseError("not_xlsx", name=str(path))
    if path.exists():
        is_own = source.exists() and path.samefile(source)
        raise Xl2JsonError("import.own" if is_own else "exists", name=str(path))
    plan = read_mapping(Path(mapping), spec)
    settings = settings or find_settings(source, spec)
    with stage("reading"):
        tables = read_export(source, plan, spec, settings.given)
    findings = [one for one in tables.findings if one.rule != _MISSING]
    demandes = _demandes(tables, spec)
    if not demandes and not findings:
        say = Say("say.no_request", {"sheet": source.name})
        findings.append(Finding(rule="X6", severity="error", say=say))
    blocked = any(one.severity == "error" for one in findings)
    if not blocked:
        place(path, _content(tables, spec, lang))
    return Imported(
        input=str(source),
        workbook=None if blocked else path,
        demandes=demandes,
        findings=sorted_findings(findings),
        to_fill=() if blocked else _to_fill(plan, spec, settings),
    )


def _to_fill(plan: Mapping, spec: Spec, settings: Settings) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(without_source(plan, spec, frozenset(settings.given)).items())


def _demandes(tables: Tables, spec: Spec) -> tuple[str, ...]:
    from converter.cells import show, trim

    table = tables.found.get(spec.request.sheet)
    if table is None or table.key is None:
        return ()
    column = table.columns[table.key]
    return tuple(trim(show(row[column]) or "") for row in table.rows[table.header :])


def _content(tables: Tables, spec: Spec, lang: str) -> bytes:
    """The workbook in the template's form. Its places are its own: those of the export are left behind."""
    from converter.workbook.carried import carry, form_copy

    plain = {name: _plain(table) for name, table in tables.found.items()}
    keys = {name: _keys(table) for name, table in plain.items()}
    return form_copy(carry(Tables(found=plain, findings=()), spec, keys, {}), lang)


def _plain(table: Table) -> Table:
    return Table(
        sheet=table.sheet, title=table.sheet.name, columns=table.columns, key=table.key, header=table.header,
        rows=table.rows,
    )  # fmt: skip


def _keys(table: Table) -> dict[int, Any]:
    if table.key is None:
        return {}
    column = table.columns[table.key]
    return {number: row[column] for number, row in enumerate(table.rows[table.header :], table.header + 1)}


def guess_mapping(export: str | Path, mapping: str | Path, *, spec: Spec | None = None, lang: str = "fr") -> Guessed:
    """Write to `mapping` a first mapping for `export`, to be completed by hand.

    Raises Xl2JsonError where the export cannot be read, or where `mapping` exists or cannot be written.
    """
    from converter.export.draft import draft
    from converter.export.guess import guess

    path, source, spec = Path(mapping), Path(export), spec or load_spec()
    if path.suffix.lower() != ".toml":
        raise MisuseError("import.not_toml", name=str(path))
    if path.exists():
        raise Xl2JsonError("exists", name=str(path))
    with stage("reading"):
        made = guess(source, spec)
    place(path, draft(made, spec, lang, source.name, command_for(source, path)).encode("utf-8", "replace"))
    fields = [one for sheet in spec.sheets if sheet.rows != "optional" for one in sheet.fields]
    kinds = 2 if made.pieces else 0  # the attachment and its kind
    return Guessed(
        mapping=path,
        found=len(made.found) + kinds + (made.key is not None),
        all=len(fields) + 1,
        has_key=made.key is not None,
        unused=made.unused,
    )


def command_for(export: Path, mapping: Path) -> str:
    """What is typed once the mapping is complete."""
    return f"xl2json import {as_typed(export)} --mapping {as_typed(mapping)} -o {as_typed(_new_name(export))}"


def _new_name(export: Path) -> Path:
    """A name for the workbook that is not the export's, nor that of another copy of it."""
    return export.with_name(f"demandes_{export.stem}.xlsx")

"""What came of an import: its findings as `check` shows them, what is to be filled in, the next command to type."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from converter.cli.show import finding_line, requests_in_words, show_json, wrapped
from converter.findings import Finding
from converter.jobs.importing import Guessed, Imported, command_for
from converter.jobs.inputs import as_typed
from converter.spec.model import Spec
from converter.wording import Say, say

_MOST_NAMES = 20  # of columns that nothing uses


def show_imported(imported: Imported, lang: str, format_: str, *, quiet: bool) -> None:
    """Findings, counts, the workbook, what it lacks and what to do next; `quiet` leaves errors and the workbook."""
    if format_ == "json":
        show_json(imported.as_dict(lang))
        return
    findings = [one for one in imported.findings if one.severity == "error" or not quiet]
    for line in (*_findings(findings, imported, lang), *_done(imported, lang, quiet=quiet)):
        print(wrapped(line))


def show_guessed(guessed: Guessed, export: Path, spec: Spec, lang: str, format_: str, *, quiet: bool) -> None:
    """Where the mapping is, how much of it was found, what to do next."""
    if format_ == "json":
        show_json(guessed.as_dict())
        return
    print(wrapped(_say("guess.done", lang, name=guessed.mapping, found=guessed.found, all=guessed.all)))
    if quiet:
        return
    if not guessed.has_key:
        print(wrapped(_say("guess.key", lang, sheet=spec.request.sheet)))
    if guessed.unused:
        names = guessed.unused[:_MOST_NAMES] + ("…",) * (len(guessed.unused) > _MOST_NAMES)
        print(wrapped(_say("guess.unused", lang, names=names)))
    print(_say("guess.next", lang, command=command_for(export, guessed.mapping)))


def _findings(findings: list[Finding], imported: Imported, lang: str) -> Iterator[str]:
    """What concerns the whole export first, then request by request in the export's order."""
    groups: dict[str | None, list[Finding]] = {None: [], **{demande: [] for demande in imported.demandes}}
    for one in findings:
        groups[one.demande if one.demande in groups else None].append(one)
    for demande, some in groups.items():
        if some:
            yield _say("request", lang, demande=demande) if demande else _say("import.whole", lang)
            yield from (_line(one, lang) for one in some)
            yield ""


def _line(finding: Finding, lang: str) -> str:
    where = (f"{finding.sheet}!{finding.cell}", finding.field) if finding.place else ()
    return finding_line(finding, "".join(f"{one} · " for one in where if one), lang)


def _done(imported: Imported, lang: str, *, quiet: bool) -> Iterator[str]:
    if imported.findings and not quiet:
        yield _say("counts", lang, **{f"{one}s": imported.count(one) for one in ("error", "warning", "info")})
    if imported.workbook is None:
        yield _say("import.nothing", lang)
        return
    requests = requests_in_words(len(imported.demandes), lang)
    yield _say("import.done", lang, name=imported.workbook, requests=requests)
    if quiet:
        return
    for sheet, columns in imported.to_fill:
        yield _say("import.to_fill", lang, sheet=sheet, columns=columns)
    yield _say("import.next", lang, command=_check(imported.workbook, Path(imported.input).parent))


def _check(workbook: Path, attachments: Path) -> str:
    """The next command. Attachments are those of the export's folder."""
    elsewhere = workbook.resolve().parent != attachments.resolve()
    return f"xl2json check {as_typed(workbook)}" + (f" --attachments {as_typed(attachments)}" if elsewhere else "")


def _say(key: str, lang: str, **words: Any) -> str:
    return say(Say(f"text.{key}", words), lang)

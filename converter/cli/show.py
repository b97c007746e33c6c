"""What came of a run, in text for a person or in JSON for a program; only the standard output is written to."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from converter.findings import Finding
from converter.jobs.outcome import BatchOutcome, File, Outcome
from converter.resources import render
from converter.spec.model import Spec
from converter.wording import Say, say

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a cell may hold what moves the cursor or forges a line
_REPEATED = 4  # findings alike from which on they are told once
_MOST_CELLS = 20  # how many of their cells are named


def show_json(document: Any) -> None:
    """`document` as JSON, two-space indent, UTF-8 whatever the console."""
    import orjson

    sys.stdout.flush()
    try:
        text = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # names of files that are in no alphabet
        text = json.dumps(document, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def show_outcome(outcome: Outcome, spec: Spec, lang: str, *, quiet: bool) -> None:
    """Findings by request and cell, then what was written and what to do with it; `quiet` leaves errors and files."""
    findings = [one for one in outcome.findings if one.severity == "error" or not quiet]
    for line in (*by_request(findings, outcome, lang), *_verdict(outcome, lang), *_files(outcome, lang)):
        print(wrapped(line))
    if outcome.mode == "convert" and outcome.files and not quiet:
        print()
        print(portal(outcome.files, outcome.software, outcome.ledger, spec, lang), end="")


def show_template(path: Path, files: tuple[Path, ...], lang: str, format_: str, *, quiet: bool) -> None:
    """Which files the template command wrote."""
    if format_ == "json":
        show_json({"workbook": str(path), "files": [str(file) for file in files]})
        return
    if not quiet:
        print(_say("text.template", lang, name=path))
        if files:
            print(_say("text.template_files", lang, names=tuple(file.name for file in files)))


def _say(key: str, lang: str, **words: Any) -> str:
    return say(Say(key, words), lang)


def requests_in_words(count: int, lang: str) -> str:
    """So many requests."""
    key = {0: "requests_none", 1: "requests_one"}.get(count, "requests")
    return _say(f"text.{key}", lang, count=count)


def by_request(findings: list[Finding], outcome: Outcome, lang: str) -> Iterator[str]:
    """The findings, a line each: of the whole workbook, of several requests, then request by request."""
    repeated = _repeated(findings)
    single = [one for one in findings if _likeness(one) not in repeated]
    groups: dict[str, list[Finding]] = {demande: [] for demande in outcome.demandes}
    whole: list[Finding] = []
    for one in single:
        groups.get(one.demande or "", whole).append(one)
    yield from _group(_say("text.whole", lang), (_line(one, lang) for one in whole))
    yield from _group(_say("text.repeated", lang), (_repeated_line(alike, lang) for alike in repeated.values()))
    for demande, some in groups.items():
        yield from _group(_say("text.request", lang, demande=demande), (_line(one, lang) for one in some))


def _group(title: str, lines: Iterable[str]) -> Iterator[str]:
    some = list(lines)
    if some:
        yield title
        yield from some
        yield ""


def _likeness(finding: Finding) -> tuple[str, ...]:
    return (
        finding.rule,
        finding.severity,
        finding.say.key,
        finding.field or "",
        finding.sheet or "",
        finding.value or "",
    )


def _repeated(findings: list[Finding]) -> dict[tuple[str, ...], list[Finding]]:
    """Warnings and infos of one kind in many places."""
    alike: dict[tuple[str, ...], list[Finding]] = {}
    for one in findings:
        if one.severity != "error" and one.demande is not None:
            alike.setdefault(_likeness(one), []).append(one)
    return {key: some for key, some in alike.items() if len(some) >= _REPEATED}


def _line(finding: Finding, lang: str) -> str:
    place = f"{finding.sheet}!{finding.cell} · {finding.field} · " if finding.place else ""
    return finding_line(finding, place, lang)


def finding_line(finding: Finding, place: str, lang: str) -> str:
    """A finding in one line, after the words for its place."""
    severity = _say(f"text.{finding.severity}", lang).capitalize()
    colon = " : " if lang == "fr" else ": "
    line = f"  {place}{finding.rule} · {severity}{colon}{finding.message(lang)}"
    return plain(line)


def plain(line: str) -> str:
    """`line` without what would move the cursor or forge another line."""
    return _CONTROLS.sub("�", line)


def _repeated_line(alike: list[Finding], lang: str) -> str:
    cells = tuple(one.cell for one in alike[1:] if one.cell)
    shown = cells if len(cells) <= _MOST_CELLS else (*cells[:_MOST_CELLS], "…")
    return f"{_line(alike[0], lang)} {_say('text.others', lang, cells=shown)}"


def verdict(outcome: Outcome, name: str, lang: str) -> str:
    """How many requests an input holds, and whether they are sound."""
    read = requests_in_words(outcome.counts.read, lang)
    at_fault = {one.demande for one in outcome.blocking} & set(outcome.demandes)
    if outcome.ok:
        return _say("text.verdict_ok", lang, input=name, read=read)
    if _of_the_whole(outcome):
        return _say("text.verdict_file", lang, input=name, read=read)
    return _say("text.verdict_bad", lang, input=name, bad=len(at_fault), read=read)


def counted(outcome: Outcome | BatchOutcome, lang: str) -> str:
    """How many findings of each severity there are."""
    errors, warnings, infos = map(outcome.count, ("error", "warning", "info"))
    return _say("text.counts", lang, errors=errors, warnings=warnings, infos=infos)


def _verdict(outcome: Outcome, lang: str) -> Iterator[str]:
    yield verdict(outcome, Path(outcome.input).name, lang)
    yield counted(outcome, lang)
    if outcome.counts.skipped:
        yield _say("text.skipped", lang, count=outcome.counts.skipped)


def _of_the_whole(outcome: Outcome) -> list[Finding]:
    """What keeps the workbook back whatever its requests are."""
    return [one for one in outcome.blocking if one.demande not in outcome.demandes]


def _files(outcome: Outcome, lang: str) -> Iterator[str]:
    if outcome.mode == "check":
        yield _say("text.checked", lang)
    elif outcome.files:
        yield from _written(outcome, lang)
    elif outcome.ok:
        yield _say("text.nothing_to_write", lang)
    else:
        yield _nothing(outcome, lang)


def _nothing(outcome: Outcome, lang: str) -> str:
    """Why nothing was written."""
    if outcome.strict and not outcome.count("error"):
        return _say("text.nothing_strict", lang)
    cells = tuple(f"{one.sheet}!{one.cell}" if one.place else one.rule for one in _of_the_whole(outcome))
    if cells and outcome.partial:
        return _say("text.nothing_whole", lang, cells=cells)
    return _say("text.nothing_partial" if outcome.partial else "text.nothing", lang)


def _written(outcome: Outcome, lang: str) -> Iterator[str]:
    if outcome.counts.held:
        yield _say("text.held", lang, count=outcome.counts.held)
    yield _say("text.dry" if outcome.mode == "dry-run" else "text.wrote", lang)
    for file in outcome.files:
        yield f"  {file_line(file, lang)}"
    yield _say("text.totals", lang, amount=outcome.amount, advance=outcome.advance)
    if outcome.withdrawn:
        yield _say("text.withdrawn", lang, names=outcome.withdrawn)
    if outcome.last_number:
        yield _say("text.numbers", lang, last=outcome.last_number, next=int(outcome.last_number) + 1)


def file_line(file: File, lang: str) -> str:
    """A file that was written, and what is in it."""
    words = {"json": file.json, "requests": requests_in_words(file.requests, lang)}
    if file.zip is None:
        return _say("text.file_bare", lang, **words)
    key = "text.attachments_one" if file.attachments == 1 else "text.attachments"
    attachments = _say(key, lang, count=file.attachments)
    return _say(
        "text.file", lang, **words, zip=Path(file.zip).name, attachments=attachments, size=_size(file.bytes, lang)
    )


def _size(size: int, lang: str) -> str:
    if size >= 1_000_000:
        return _say("text.megabytes", lang, count=Decimal(size) / 1_000_000)
    return _say("text.kilobytes", lang, count=max(1, round(size / 1000)))


def portal(files: Iterable[File], software: str | None, ledger: str | None, spec: Spec, lang: str) -> str:
    """What to do on the agency's portal now (§1.2)."""
    return render(
        f"text/portal.{lang}.txt.j2",
        kind=spec.advance.kind.in_(lang),
        software=software,
        files=[(Path(file.json).name, file.zip and Path(file.zip).name) for file in files],
        ledger=ledger,
    )


def wrapped(line: str) -> str:
    """A line folded at the terminal's width; whole where the output goes to a file, to be searched line by line."""
    if not sys.stdout.isatty():
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    width = max(40, min(shutil.get_terminal_size().columns, 120))
    return textwrap.fill(line, width, subsequent_indent=f"{indent}    ", break_long_words=False, break_on_hyphens=False)

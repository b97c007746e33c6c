"""The ledger, the agency's answer and what is sent again, in text for a person or in JSON for a program."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from converter.cli.show import plain, show_json, wrapped
from converter.findings import Finding
from converter.jobs.answered import Feedback
from converter.jobs.ledger import Event, Exported, Listing
from converter.jobs.resubmit import Resubmitted
from converter.ledger.summary import Total, euros, name_of, totals
from converter.spec.model import Spec
from converter.values.amount import shown
from converter.wording import Say, say


def _say(key: str, lang: str, **words: Any) -> str:
    return say(Say(f"text.ledger.{key}", words), lang)


def _state(state: str, lang: str) -> str:
    return say(Say(f"state.{state}"), lang)


def _sums(sums: Sequence[Total], lang: str) -> None:
    for one in sums:
        words = {"state": name_of(one, lang), "count": one.count}
        print(_say("sum", lang, **words, amount=one.amount, advance=one.advance))


def show_listing(listing: Listing, lang: str, format_: str, share: str | None = None) -> None:
    """Entries, a line each; with the `share` that is paid in advance, the sums by state."""
    if format_ == "json":
        show_json({"entries": listing.as_dicts()})
        return
    if not listing.entries:
        print(_say("none", lang))
    for one in listing.entries:
        line = f"{one.number}  {_state(one.state, lang):<10}  {one.demande}"
        line += f"  {one.file}.json:{one.line}" if one.file else ""
        line += f"  ASP {one.asp}" if one.asp else ""
        line += f"  {one.label or one.code}" if one.state in ("rejected", "replaced") else ""
        replaced = listing.numbers.get(one.replaces or 0)
        line += f"  {_say('instead_of', lang, number=replaced)}" if replaced else ""
        print(wrapped(plain(line)))
    if share is not None and listing.entries:
        print()
        _sums(totals(listing.entries, share), lang)


def show_story(listing: Listing, events: Sequence[Event], lang: str, format_: str) -> None:
    """What became of a request, in order."""
    if format_ == "json":
        told = [
            {
                "at": one.at,
                "numeroEditeur": one.number,
                "state": one.state,
                "file": one.file and f"{one.file}.json",
                "numLigne": one.line,
                "numeroASP": one.asp,
                "codeTraitement": one.code,
                "libelleTraitement": one.label,
            }
            for one in events
        ]
        entries = [
            {**document, "sender": one.sender}
            for document, one in zip(listing.as_dicts(), listing.entries, strict=True)
        ]
        show_json({"entries": entries, "events": told})
        return
    for demande, client, amount in dict.fromkeys((e.demande, e.client, e.amount) for e in listing.entries):
        told_amount = euros(amount)
        print(plain(_say("of", lang, demande=demande, client=client or "–", amount=told_amount or Decimal(0))))
    for sender in dict.fromkeys(one.sender for one in listing.entries):
        numbers = tuple(one.number for one in listing.entries if one.sender == sender)
        print(wrapped(plain(f"  {_say('mailed' if sender else 'not_mailed', lang, sender=sender, numbers=numbers)}")))
    for one in events:
        line = f"  {one.at[:10]} {one.at[11:16]}  {one.number}  {_state(one.state, lang)}"
        line += f"  {one.file}" if one.file else ""
        line += f":{one.line}" if one.file and one.line else ""
        line += f"  ASP {one.asp}" if one.asp else ""
        line += f"  {one.label or one.code}" if one.label or one.code else ""
        print(wrapped(plain(line)))


def show_imported(taken: Sequence[Feedback], lang: str, format_: str, *, quiet: bool) -> None:
    """What was taken over from each file."""
    if format_ == "json":
        show_json({"files": [one.as_dict(lang) for one in taken]})
        return
    for one in taken:
        for finding in one.findings:
            if finding.severity == "error" or not quiet:
                print(wrapped(plain(_finding(finding, lang))))
        if not quiet:
            print(plain(_say("imported", lang, name=Path(one.file).name, count=len(one.lines))))


def show_exported(exported: Exported, spec: Spec, lang: str, format_: str, *, quiet: bool) -> None:
    """Where the ledger was written to, and the sums by state."""
    sums = totals(exported.entries, spec.advance.share)
    if format_ == "json":
        rows = [
            {"state": one.state, "requests": one.count, spec.advance.amount.partition(".")[2]: shown(one.amount),
             "avance": shown(one.advance)}
            for one in sums
        ]  # fmt: skip
        show_json({"file": str(exported.path), "whole": exported.is_whole, "totals": rows})
    elif not quiet:
        print(plain(_say("exported", lang, name=exported.path, count=len(exported.entries))))
        _sums(sums, lang)
    if not exported.is_whole:
        print(_say("salvaged", lang), file=sys.stderr)


def show_feedback(done: Feedback, lang: str, *, quiet: bool) -> None:
    """The agency's word on each request, and what there is to do."""
    for finding in done.findings:
        if finding.severity == "error" or not quiet:
            print(wrapped(plain(_finding(finding, lang))))
    if done.findings:
        print()
    statuses = Counter(one.line.status for one in done.lines)
    words = {status: statuses[status] for status in ("accepted", "rejected", "unknown")}
    print(wrapped(plain(_say("feedback", lang, name=Path(done.file).name, total=len(done.lines), **words))))
    if done.already and not quiet:
        print(_say("already", lang, count=done.already))
    for copy in done.copies:
        print(plain(_say("copy", lang, name=copy)))
    for one in done.lost:
        print(wrapped(plain(say(one, lang))))
    if statuses["rejected"] and not quiet:
        print(wrapped(_say("then", lang)))


def _finding(finding: Finding, lang: str) -> str:
    place = ""
    if finding.demande:
        place = f"{say(Say('text.request', {'demande': finding.demande}), lang)} · "
    if finding.cell:
        place += f"{finding.sheet}!{finding.cell} · {finding.field} · "
    colon = " : " if lang == "fr" else ": "
    severity = say(Say(f"text.{finding.severity}"), lang).capitalize()
    return f"{place}{finding.rule} · {severity}{colon}{finding.message(lang)}"


def show_resubmitted(made: Sequence[Resubmitted], lang: str, format_: str, *, quiet: bool) -> None:
    """The workbooks of rejected requests."""
    if format_ == "json":
        rows = [
            {
                "workbook": str(one.workbook),
                "requests": one.requests,
                "attachments": list(one.attachments),
                "missing": list(one.missing),
            }
            for one in made
        ]
        show_json({"files": rows})
        return
    if not made and not quiet:
        print(_say("nothing_rejected", lang))
    for one in made:
        if not quiet:
            print(plain(_say("resubmitted", lang, name=one.workbook, count=one.requests)))
        if one.missing:
            print(plain(_say("pieces_gone", lang, names=one.missing)))

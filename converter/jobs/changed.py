"""Which cell of a request has changed since the request was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import Connection

from converter.feedback.compare import Change, changes, lines_of
from converter.findings import Finding
from converter.ledger.again import CHANGED
from converter.ledger.entries import Entry, content_of
from converter.parcel.encode import Encoder, exactly
from converter.readback.document import parse
from converter.request import Request
from converter.values import FAULTY
from converter.wording import Say


def at_cells(
    findings: Sequence[Finding],
    requests: Mapping[str, Request],
    entries: Mapping[str, Entry],
    encoder: Encoder,
    connection: Connection,
) -> list[Finding]:
    """`findings` with each "has changed since" told at the first cell that has, with what was sent."""
    sent: dict[int, Mapping[str, Mapping[str, Any]]] = {}
    told: list[Finding] = []
    for one in findings:
        entry = entries.get(one.demande or "")
        if one.say.key != f"say.again.{CHANGED}" or entry is None or entry.file_id is None:
            told.append(one)
            continue
        if entry.file_id not in sent:
            sent[entry.file_id] = lines_of(content_of(connection, entry.file_id), encoder.spec)
        line = sent[entry.file_id].get(entry.number)
        told.append(_told(one, requests[one.demande or ""], line, encoder))
    return told


def _told(finding: Finding, request: Request, line: Mapping[str, Any] | None, encoder: Encoder) -> Finding:
    now = orjson.dumps(encoder.line(request, 0), default=_shown, option=orjson.OPT_PASSTHROUGH_DATETIME)
    found = list(changes(encoder.spec, encoder.spec.request, line, parse(now, strict=False))) if line else []
    if not found:
        return finding
    first = found[0]
    more = Say("say.again.and_more", {"count": len(found) - 1}) if len(found) > 1 else ""
    words = {**finding.say.params, "field": first.field.name, "old": first.old, "new": first.new, "more": more}
    items = request.items.get(first.field.block, ())
    place = items[first.item].place(first.field.name) if first.item < len(items) else finding.place
    return replace(finding, say=Say("say.again.changed_to", words), place=place, value=_value(first))


def _value(change: Change) -> str | None:
    return None if change.new == "–" else change.new


def _shown(value: Any) -> Any:
    """What does not fit its column has been told; here it stands for itself."""
    return "?" if value is FAULTY else exactly(value)

"""What came of `xl2json verify`, in text: line by line of the file, each finding with its tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from converter.cli.show import finding_line, requests_in_words, wrapped
from converter.findings import Finding
from converter.jobs.verify import Verified
from converter.spec.model import Spec
from converter.wording import Say, say

_IN_A_LINE = re.compile(r"\$\.[^.\[]+\[(?P<index>[0-9]+)\]\.?(?P<rest>.*)", re.DOTALL)


def show_verified(verified: Verified, spec: Spec, lang: str, *, quiet: bool) -> None:
    """Findings as they stand in the file, what concerns no line last; then the verdict. `quiet` leaves errors."""
    findings = [one for one in verified.findings if one.severity == "error" or not quiet]
    for line in (*_findings(findings, verified, spec, lang), *_verdict(verified, lang)):
        print(wrapped(line))


def _say(key: str, lang: str, **words: Any) -> str:
    return say(Say(f"text.{key}", words), lang)


def _findings(findings: list[Finding], verified: Verified, spec: Spec, lang: str) -> Iterator[str]:
    title = ""
    for one in findings:
        match = _IN_A_LINE.match(one.path or "")
        own = _title(match, one, spec, lang)
        if own != title:
            yield from ["", own] if title else [own]
        title = own
        place = match["rest"] if match else (one.path or "").removeprefix("$.")
        yield finding_line(one, f"{place} · " if place else "", lang)
    if findings:
        yield ""


def _title(match: re.Match[str] | None, finding: Finding, spec: Spec, lang: str) -> str:
    if not match:
        return _say("verified_whole", lang)
    line = int(match["index"]) + 1
    if finding.demande is None:
        return _say("verified_nameless_line", lang, line=line)
    number = "".join(sign if sign.isprintable() else "�" for sign in finding.demande)
    return _say("verified_line", lang, line=line, field=spec.number.name, number=number)


def _verdict(verified: Verified, lang: str) -> Iterator[str]:
    words = {"input": Path(verified.input).name, "read": requests_in_words(verified.counts.read, lang)}
    key = "ok" if verified.ok else "not" if not verified.complete else "bad" if verified.counts.held else "file"
    yield _say(f"verified_{key}", lang, **words, bad=verified.counts.held)
    severities = {f"{name}s": verified.count(name) for name in ("error", "warning", "info")}
    yield _say("counts", lang, **severities)
    if not verified.complete:
        return
    if verified.parcel is None:
        yield _say("verified_no_parcel", lang)
    else:
        yield _say("verified_parcel", lang, name=verified.parcel.name)

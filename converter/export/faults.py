"""What is wrong with a mapping, collected: each fault a finding at its line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from converter.cells import nearest
from converter.export.lines import Lines, Path
from converter.export.mapping import mapping_place
from converter.findings import Finding
from converter.wording import Say

_NEAR = {"sheet": "sheet_near", "tag": "tag_near", "option": "option_near"}
_MOST_SHOWN = 60  # characters of a value in a sentence


class Faults:
    """The faults of the mapping file `name`; `lines` tells where its keys stand."""

    def __init__(self, name: str, lines: Lines) -> None:
        self.name, self.lines = name, lines
        self.found: list[Finding] = []

    def add(self, rule: str, key: str, path: Path, **words: Any) -> None:
        """One more, at the line of `path`."""
        field = next((one for one in reversed(path) if isinstance(one, str)), "")
        self.found.append(fault(rule, key, self.name, self.lines.of(*path), field, **words))

    def unknown(self, key: str, path: Path, name: str, known: Iterable[str], **words: Any) -> None:
        """M2: a name that means nothing here, with the one that may have been meant, else with all there are."""
        known = tuple(known)
        near = nearest(name, known)
        self.add("M2", _NEAR[key] if near else key, path, near=near, known=known, **words)


def fault(rule: str, key: str, name: str, line: int, field: str, value: Any = None, **words: Any) -> Finding:
    """The finding that `say.mapping.<key>` puts into words, at a line of the mapping file `name`."""
    shown = None if value is None else str(value)[:_MOST_SHOWN]
    say = Say(f"say.mapping.{key}", {"line": line, "field": field, **words})
    return Finding(rule=rule, severity="error", say=say, place=mapping_place(name, line, field), value=shown)

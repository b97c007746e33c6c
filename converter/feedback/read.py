"""The agency's answer: the same JSON, with a `numeroASP` or the label of an error in each line (§1.2).

What came back is taken as it is: other encodings, other spellings, numbers written otherwise, lines in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from converter.cells import fold
from converter.errors import Xl2JsonError
from converter.readback.document import NotADocument, parse
from converter.readback.lenient import text_of, value_of
from converter.spec.model import Answer as Fields, Spec
from converter.values import FAULTY
from converter.values.identifier import repaired_key

_MOST_LINES = 1_000_000
Status = Literal["accepted", "rejected", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the answer. `at` is its place in the list (from 0), `line` the `numLigne` it bears; `number` is None
    where it bears no readable `numeroEditeur`, `tree` all that it holds.
    """

    at: int
    line: int | None
    number: str | None
    status: Status
    asp: str | None
    code: str | None
    label: str | None
    tree: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A file that came back, of that supplier and software."""

    siret: str
    ans: str
    lines: tuple[Line, ...]


def read_answer(content: bytes, spec: Spec, name: str) -> Answer:
    """The answer that `content` is. Raises Xl2JsonError where it is none: no JSON, cut short, no lines."""
    try:
        tree = parse(content, strict=False)
    except NotADocument as error:
        raise Xl2JsonError("answer.document", name=name, reason=error.say) from error
    header, fields = spec.header, spec.answer
    holder = next(one.name for one in header.fields if one.holds == spec.request.id)
    lines = value_of(tree, holder) if isinstance(tree, Mapping) else None
    if fields is None or not isinstance(lines, list) or not lines:
        raise Xl2JsonError("answer.shape", name=name, holder=holder)
    names = (path.partition(".")[2] for path in (spec.key.supplier, spec.key.software))
    siret, ans = (text_of(value_of(tree, one)) for one in names)
    if siret is None or ans is None:
        raise Xl2JsonError("answer.supplier", name=name)
    return Answer(siret=siret, ans=ans, lines=tuple(_line(at, one, spec, fields) for at, one in enumerate(lines)))


def _line(at: int, tree: Any, spec: Spec, fields: Fields) -> Line:
    tree = tree if isinstance(tree, Mapping) else {}
    asp, code, label = (
        text_of(value_of(tree, path.partition(".")[2])) for path in (fields.asp, fields.code, fields.label)
    )
    line = next((value_of(tree, one.name) for one in spec.request.fields if one.made == "line"), None)
    return Line(
        at=at,
        line=line if type(line) is int and 0 < line < _MOST_LINES else None,
        number=_number(tree, spec),
        status=_status(asp, code, label, fields),
        asp=asp,
        code=code,
        label=label,
        tree=tree,
    )


def _number(tree: Mapping[str, Any], spec: Spec) -> str | None:
    raw = value_of(tree, spec.number.name)
    if isinstance(raw, bool) or not isinstance(raw, str | int) or spec.number.form is None:
        return None
    value = repaired_key(raw, spec.number.form).value
    return value if value is not FAULTY and isinstance(value, str) else text_of(raw)


def _status(asp: str | None, code: str | None, label: str | None, fields: Fields) -> Status:
    """Accepted: a number, and a label blank or the agency's own word for it. Rejected: no number, and another word."""
    is_accepted = label is not None and fold(label) == fold(fields.accepted)
    if asp is not None:
        return "accepted" if label is None or is_accepted else "unknown"
    if is_accepted or (label is None and code is None):
        return "unknown"
    return "rejected"

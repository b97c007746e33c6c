"""The agency's answer: the same JSON, with a `numeroASP` or the label of an error in each line (§1.2).

What came back is taken as it is: other encodings, other spellings, numbers written otherwise, lines in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from converter.cells import fold
from converter.errors import Xl2JsonError
from converter.readback.document import NotADocument
from converter.readback.lenient import text_of, tree_of, value_of
from converter.spec.model import Answer as Fields, Field, Spec
from converter.values import FAULTY
from converter.values.identifier import repaired_key

_MOST_LINES = 10_000  # of an answer; no deposit has as many by far
_MOST_NUMBER = 1_000_000
_LONGEST = 50  # characters of a supplier's or a software's number
Status = Literal["accepted", "rejected", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the answer. `at` is its place in the list (from 0), `line` the `numLigne` it bears; `number` is None
    where it bears no `numeroEditeur` of the agency's form, `tree` all that it holds.
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
    """The answer that `content` is. Raises Xl2JsonError where it is none: no JSON, no lines, far too many."""
    try:
        tree = tree_of(content)
    except NotADocument as error:
        raise Xl2JsonError("answer.document", name=name, reason=error.say) from error
    fields = spec.answer
    lines = value_of(tree, spec.holder) if isinstance(tree, Mapping) else None
    if fields is None or not isinstance(lines, list) or not lines:
        raise Xl2JsonError("answer.shape", name=name, holder=spec.holder)
    if len(lines) > _MOST_LINES:
        raise Xl2JsonError("answer.lines", name=name, count=len(lines), most=spec.limits.requests_per_file)
    siret, ans = (_repaired(tree, spec.field(path)) for path in (spec.key.supplier, spec.key.software))
    if siret is None or ans is None or max(len(siret), len(ans)) > _LONGEST:
        raise Xl2JsonError("answer.supplier", name=name)
    return Answer(siret=siret, ans=ans, lines=tuple(_line(at, one, spec, fields) for at, one in enumerate(lines)))


def _line(at: int, tree: Any, spec: Spec, fields: Fields) -> Line:
    tree = tree if isinstance(tree, Mapping) else {}
    asp, code, label = (
        text_of(value_of(tree, path.partition(".")[2])) for path in (fields.asp, fields.code, fields.label)
    )
    line = next((_whole(value_of(tree, one.name)) for one in spec.request.fields if one.made == "line"), None)
    number = number_of(tree, spec)
    return Line(
        at=at,
        line=line,
        number=number,
        status="unknown" if number is None else _status(asp, code, label, fields),
        asp=asp,
        code=code,
        label=label,
        tree=tree,
    )


def number_of(tree: Mapping[str, Any], spec: Spec) -> str | None:
    """The editor's number of a line; None where there is none of the agency's form."""
    raw = value_of(tree, spec.number.name)
    value = _typed(raw, spec.number)
    return value if isinstance(value, str) else None


def _repaired(tree: Mapping[str, Any], field: Field) -> str | None:
    """A number of the header: as it should be, else as it stands there."""
    raw = value_of(tree, field.name)
    value = _typed(raw, field)
    return value if isinstance(value, str) else text_of(raw)


def _typed(raw: Any, field: Field) -> Any:
    """What `raw` would be as a cell of that field; FAULTY where it does not fit."""
    whole = _whole(raw) if isinstance(raw, Decimal) else raw
    if isinstance(whole, bool) or not isinstance(whole, str | int) or field.form is None:
        return FAULTY
    return repaired_key(whole, field.form).value if len(str(whole)) <= _LONGEST else FAULTY


def _whole(raw: Any) -> int | None:
    """A number of a line, 7.0 being 7; None where it cannot be one."""
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal) or not 0 < raw < _MOST_NUMBER or raw % 1:
        return None
    return int(raw)


def _status(asp: str | None, code: str | None, label: str | None, fields: Fields) -> Status:
    """Accepted: a number, and a label blank or the agency's own word for it. Rejected: no number, and another word."""
    is_accepted = label is not None and fold(label) == fold(fields.accepted)
    if asp is not None:
        return "accepted" if label is None or is_accepted else "unknown"
    if is_accepted or (label is None and code is None):
        return "unknown"
    return "rejected"

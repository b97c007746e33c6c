"""A spec in memory: what one corridor and phase of the agency asks for. Frozen; made by `load`, read by everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from converter.values import Choices, Form
from converter.wording import Text

NO_TEXT = Text("", "")
RowsOf = Literal["file", "request", "one", "optional", "many"]
Made = Literal["null", "line", "fixed", "attachment_name", "attachment_format"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One tag (balise): a column of a sheet, a key of the JSON, or both.

    `form` is there where a person types it, `made` where the tool makes it, `holds` where another block hangs on this
    key. `path` is `block.name`, by which rules speak of it; `line` its line in the spec file.
    """

    block: str
    name: str
    form: Form | None = None
    made: Made | None = None
    holds: str | None = None
    json: bool = True
    required: bool = False
    rule: str = ""
    check_rule: str = ""
    blank_rule: str = ""
    twice_rule: str = ""
    list: str | None = None
    type: str | None = None
    format: str | None = None
    value: str | None = None
    max: int | None = None
    section: str = ""
    question: Text = NO_TEXT
    line: int = 0

    @property
    def path(self) -> str:
        """`block.name`."""
        return f"{self.block}.{self.name}"

    @property
    def typed(self) -> bool:
        """Whether a person fills it in: it is a column of the workbook."""
        return self.form is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Fields that share a sheet and a place in the JSON. `rows`: how many rows a request (or the file) has there."""

    id: str
    sheet: str
    rows: RowsOf
    fields: tuple[Field, ...]
    title: Text
    optional: bool = False
    merge_by: str | None = None
    merge_rule: str = ""

    @property
    def is_list(self) -> bool:
        """Whether the JSON has a list of objects here."""
        return self.rows in ("many", "request")

    def __getitem__(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of the workbook: the typed fields of its blocks, in order; `rank` is its place among the sheets."""

    name: str
    rank: int
    rows: RowsOf
    optional: bool
    fields: tuple[Field, ...]
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that crosses fields: `use` names what is done, `options` say to which fields."""

    id: str
    use: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The agency's limits, in requests and bytes (§2.1) and in files a day (§3.3)."""

    requests_per_file: int
    zip_bytes: int
    attachment_bytes: int
    attachment_safe_bytes: int
    last_file_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The naming rules (§3.3), with `{placeholders}`."""

    json: str
    attachment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """What part of which amount the agency advances (§1.2), and what the portal calls this kind of request."""

    share: str
    amount: str
    kind: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The request's key inside the workbook; `number` is the field that may stand in for it.

    `supplier` and `software` are the header's fields that say whose requests these are, and for what.
    """

    column: str
    number: str
    supplier: str
    software: str
    question: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How the agency answers (§1.2): the fields that it fills in, the label of what it accepts, and the block of the
    workbook that keeps its answer.
    """

    accepted: str
    asp: str
    code: str
    label: str
    block: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Rows that fill a blank workbook, by block, and the files they name (name -> path in the spec's folder)."""

    rows: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One corridor and phase. `folder` is where its lists and example files are."""

    name: str
    version: str
    guide: str
    title: Text
    limits: Limits
    names: Names
    advance: Advance
    key: Key
    answer: Answer | None
    lists: Mapping[str, Choices]
    blocks: tuple[Block, ...]
    rules: tuple[Rule, ...]
    example: Example
    folder: str

    def block(self, block_id: str) -> Block:
        """The block of that id."""
        return self._blocks[block_id]

    def field(self, path: str) -> Field:
        """The field that `block.name` points at."""
        block, _, name = path.partition(".")
        return self._blocks[block][name]

    @cached_property
    def _blocks(self) -> dict[str, Block]:
        return {block.id: block for block in self.blocks}

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every field, in the order of the file."""
        return tuple(one for block in self.blocks for one in block.fields)

    @cached_property
    def header(self) -> Block:
        """The block with one row for the whole file."""
        return next(block for block in self.blocks if block.rows == "file")

    @cached_property
    def request(self) -> Block:
        """The block with one row per request."""
        return next(block for block in self.blocks if block.rows == "request")

    @cached_property
    def holder(self) -> str:
        """The header's key that holds the list of requests."""
        return next(one.name for one in self.header.fields if one.holds == self.request.id)

    @cached_property
    def number(self) -> Field:
        """The editor's number."""
        return self.field(self.key.number)

    @cached_property
    def attachment(self) -> Field | None:
        """The field that names a source file, None where the spec knows no attachments."""
        return next((one for one in self.fields if one.form and one.form.kind == "attachment"), None)

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """The workbook's sheets, in order; blocks that name the same sheet share it."""
        names = list(dict.fromkeys(block.sheet for block in self.blocks))
        return tuple(self._sheet(name, rank) for rank, name in enumerate(names))

    def _sheet(self, name: str, rank: int) -> Sheet:
        blocks = [block for block in self.blocks if block.sheet == name]
        fields = {one.name: one for block in blocks for one in block.fields if one.typed}
        first = blocks[0]
        optional = all(block.optional for block in blocks)
        return Sheet(
            name=name, rank=rank, rows=first.rows, optional=optional, fields=tuple(fields.values()), title=first.title
        )

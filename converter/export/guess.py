"""A first mapping: which column of an export is which of the workbook's, by its name, else by what it holds.

Only what leaves little doubt is proposed; the rest stays open, for the person to fill in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePath

from converter.cells import clean, fold, show, trim
from converter.errors import Xl2JsonError
from converter.export.columns import Cells
from converter.export.grid import Grid, names_of, read_grids
from converter.export.likeness import likeness, synonyms, without_number, words
from converter.spec.model import Field, Sheet, Spec
from converter.values import FAULTY, Choices, Form, parser_of

_HEADER_WITHIN = 10
_MOST_COLUMNS = 500  # whoever has more of them knows what they are
_MOST_LOOKED_AT = 500  # different cells of a column
_MOST_CHOICES = 30  # different cells of a column that holds a choice
_SURE = 0.9  # share of the cells that must fit where the name says nothing
_ENOUGH = 0.5
_BY_CONTENT = ("date", "choice", "email", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the export: its title, and the different texts that it shows (some, where they are many)."""

    name: str
    texts: tuple[str, ...]
    raws: tuple[object, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The columns that a field comes from. `doubt`: by_name, by_content or none; `meant` and `open_`: what the texts
    of a choice stand for, and those that are not known.
    """

    columns: tuple[str, ...]
    doubt: str = ""
    meant: dict[str, str] = field(default_factory=dict)
    open_: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Guess:
    """What is proposed for an export: by sheet and tag; of the attachments, by the code of their kind."""

    grid: Grid
    sheets: tuple[str, ...]
    key: Found | None
    found: dict[tuple[str, str], Found]
    pieces: dict[str, Found]
    several: dict[str, str]  # tags of the file's header -> a column that has not one value only
    status: Column | None
    unused: tuple[str, ...]


def guess(path: Path, spec: Spec) -> Guess:
    """The proposal for the export at `path`. Raises Xl2JsonError where it cannot be read or has no titles."""
    grids = read_grids(path)
    best = max(grids, key=lambda grid: _titled(grid, spec)[0], default=None)
    header = _titled(best, spec)[1] if best else 0
    if best is None or header == 0:
        raise Xl2JsonError("import.no_header", name=path.name)
    return _Guesser(list(_columns(best, header)), spec).guess(best, tuple(grid.title for grid in grids))


def _titled(grid: Grid, spec: Spec) -> tuple[tuple[int, int], int]:
    """How many titles the best of the first lines holds that are known, and in all; and that line."""
    calls = [one for names in _calls(spec).values() for one in names]
    known = {words(one) for one in calls}
    best: tuple[tuple[int, int], int] = ((0, 0), 0)
    lines = [line for line, row in enumerate(grid.rows, 1) if any(row)][:_HEADER_WITHIN]
    for line in lines:
        texts = [cell for cell in grid.rows[line - 1] if isinstance(cell, str) and trim(cell)]
        score = (sum(words(without_number(one)[0]) in known or words(one) in known for one in texts), len(texts))
        if score > best[0]:
            best = score, line
    return best


def _calls(spec: Spec) -> dict[str, tuple[str, ...]]:
    """What each column of the workbook, and its key, may be called."""
    table = synonyms()["columns"]
    names = [spec.key.column, *(one.name for one in spec.fields if one.typed)]
    return {name: (name, *table.get(name, ())) for name in names}


def _columns(grid: Grid, header: int) -> Iterator[Column]:
    """The columns with a title of their own: of two that are alike, none can be named."""
    names = dict(islice(names_of(grid, header).items(), _MOST_COLUMNS))
    times = Counter(map(fold, names.values()))
    body = [row for row in grid.rows[header:] if any(row)]
    for at, name in names.items():
        if times[fold(name)] == 1:
            cells = Cells([row[at] if at < len(row) else None for row in body])
            raws = tuple(raw for raw in cells.different if clean(raw) is not None)
            texts = tuple(dict.fromkeys(trim(show(raw) or "") for raw in raws))
            yield Column(name=name, texts=texts, raws=raws[:_MOST_LOOKED_AT], count=len(texts))


class _Guesser:
    def __init__(self, columns: list[Column], spec: Spec) -> None:
        self.columns, self.spec, self.calls = columns, spec, _calls(spec)
        self.free = {column.name: column for column in columns}
        self.found: dict[tuple[str, str], Found] = {}
        self.several: dict[str, str] = {}

    def guess(self, grid: Grid, sheets: tuple[str, ...]) -> Guess:
        key = self._key()
        status = max(self.columns, key=lambda one: likeness(one.name, synonyms()["status"]["names"]), default=None)
        if status and likeness(status.name, synonyms()["status"]["names"]) and 1 < status.count <= _MOST_CHOICES:
            self.free.pop(status.name)
        else:
            status = None
        pieces = self._pieces()
        fields = list(self._fields())
        self._numbered(fields)
        self._by_name(fields)
        self._by_content(fields)
        pieces = pieces or self._piece_by_content()
        return Guess(
            grid=grid, sheets=sheets, key=key, found=self.found, pieces=pieces, several=self.several, status=status,
            unused=tuple(self.free),
        )  # fmt: skip

    def _fields(self) -> Iterator[tuple[Sheet, Field]]:
        """What may come from an export; the agency's answers do not, and attachments are looked for by themselves."""
        own = self.spec.attachment
        for sheet in self.spec.sheets:
            if sheet.rows != "optional":
                apart = (own.name, own.type) if own and self.spec.block(own.block).sheet == sheet.name else ()
                yield from ((sheet, one) for one in sheet.fields if one.name not in apart)

    def _key(self) -> Found | None:
        scores = [(likeness(one.name, self.calls[self.spec.key.column]), -at) for at, one in enumerate(self.columns)]
        score, at = max(scores, default=(0.0, 0))
        if not score:
            return None
        column = self.columns[-at]
        self.free.pop(column.name)
        return Found(columns=(column.name,), doubt="" if score == 100 else "by_name")

    # ------------------------------------------------------------------------------------------------------ by name

    def _numbered(self, fields: Iterable[tuple[Sheet, Field]]) -> None:
        """`FINESS ET 1`, `FINESS ET 2`: the columns of a field that holds several values."""
        for sheet, one in fields:
            if one.form is None or not one.form.many:
                continue
            alike = [(without_number(name), name) for name in self.free]
            some = [(number, name) for (stem, number), name in alike if number and likeness(stem, self.calls[one.name])]
            if len(some) > 1 and all(_fit(one.form, self.free[name]) >= _ENOUGH for _, name in some):
                self._take(sheet, one, tuple(name for _, name in sorted(some)), "")

    def _by_name(self, fields: Sequence[tuple[Sheet, Field]]) -> None:
        pairs = [
            (likeness(name, self.calls[one.name]), _fit(one.form, column), -at, name, sheet, one)
            for at, (sheet, one) in enumerate(fields)
            for name, column in self.free.items()
            if one.form is not None and likeness(name, self.calls[one.name])
        ]
        for score, fit, _, name, sheet, one in sorted(pairs, key=lambda pair: pair[:3], reverse=True):
            fits = fit >= _ENOUGH or self._is_choice(one, self.free.get(name))
            if name in self.free and (sheet.name, one.name) not in self.found and fits:
                self._take(sheet, one, (name,), "" if score == 100 else "by_name")

    def _is_choice(self, one: Field, column: Column | None) -> bool:
        """Whether a column may hold a choice in words of its own."""
        is_choice = one.form is not None and one.form.kind in ("choice", "yesno")
        return is_choice and column is not None and 0 < column.count <= _MOST_CHOICES

    def _take(self, sheet: Sheet, one: Field, names: tuple[str, ...], doubt: str) -> None:
        """Give the field its columns; the file's header has one value only."""
        if sheet.rows == "file" and self.free[names[0]].count > 1:
            self.several[one.name] = names[0]
            return
        column = self.free[names[0]]
        meant, open_ = _meanings(one, column)
        for name in names:
            self.free.pop(name)
        self.found[sheet.name, one.name] = Found(columns=names, doubt=doubt, meant=meant, open_=open_)

    # --------------------------------------------------------------------------------------------------- by content

    def _by_content(self, fields: Sequence[tuple[Sheet, Field]]) -> None:
        """Numbers with their check digit, dates, choices: where one column alone holds such."""
        for sheet, one in fields:
            form = one.form
            if form is None or not one.required or (sheet.name, one.name) in self.found or one.name in self.several:
                continue
            if form.check is None and form.kind not in _BY_CONTENT:
                continue
            fitting = [name for name, column in self.free.items() if column.count and _fit(form, column, True) >= _SURE]
            if len(fitting) == 1:
                self._take(sheet, one, (fitting[0],), "by_content")

    # ------------------------------------------------------------------------------------------------------- pieces

    def _pieces(self) -> dict[str, Found]:
        """A column of files for each kind of attachment, by the kind's name; or one whose name says just that."""
        own = self.spec.attachment
        if own is None:
            return {}
        codes = synonyms()["codes"].get(own.type, {})
        found: dict[str, Found] = {}
        for code in self._codes():
            named = [
                (likeness(name, (code, *codes.get(code, ()))), name) for name in self.free if self._has_files(name)
            ]
            score, name = max(named, default=(0.0, ""))
            if score:
                found[code] = self._piece(name, "" if score == 100 else "by_name")
        plain = [name for name in self.free if self._has_files(name) and likeness(name, self.calls[own.name])]
        if not found and len(plain) == 1 and self._codes():
            found[self._codes()[0]] = self._piece(plain[0], "by_name")
        return found

    def _piece_by_content(self) -> dict[str, Found]:
        files = [name for name in self.free if self._has_files(name)]
        return {self._codes()[0]: self._piece(files[0], "by_content")} if len(files) == 1 and self._codes() else {}

    def _piece(self, name: str, doubt: str) -> Found:
        self.free.pop(name)
        return Found(columns=(name,), doubt=doubt)

    def _codes(self) -> tuple[str, ...]:
        own = self.spec.attachment
        kind = self.spec.block(own.block)[own.type] if own and own.type else None
        return kind.form.choices.codes if kind and kind.form else ()

    def _has_files(self, name: str) -> bool:
        """Whether the column holds names of files that the agency takes."""
        endings = {ending for choices in self.spec.lists.values() for some in choices.endings for ending in some}
        texts = self.free[name].texts[:_MOST_LOOKED_AT]
        of_files = [PurePath(text).suffix.lower().lstrip(".") in endings for text in texts]
        return bool(texts) and sum(of_files) >= _SURE * len(texts)


def _fit(form: Form | None, column: Column, is_strict: bool = False) -> float:
    """The share of a column's different cells that the form takes; strictly, with its check digit right.

    A column without any cell fits whatever its name says.
    """
    if form is None or not column.raws:
        return float(not is_strict)
    parse = parser_of(form)
    read = [parse(raw) for raw in column.raws]  # type: ignore[arg-type]
    good = [not _holds_faulty(one.value) and not (is_strict and _is_doubtful(one.notes)) for one in read]
    return sum(good) / len(good)


def _is_doubtful(notes: Iterable[object]) -> bool:
    return any(getattr(note, "severity", "") == "warning" for note in notes)


def _holds_faulty(value: object) -> bool:
    return value is FAULTY or (isinstance(value, tuple) and FAULTY in value)


def _meanings(one: Field, column: Column) -> tuple[dict[str, str], tuple[str, ...]]:
    """What a choice's texts stand for, where the workbook does not take them as they are; and those not known."""
    assert one.form is not None
    kind = one.form.kind
    if kind not in ("choice", "yesno"):
        return {}, ()
    parse = parser_of(one.form)
    read = {text: parse(text).value for text in column.texts}
    if FAULTY not in read.values():
        return {}, ()
    meant = {
        text: _word(value, one.form.choices) if value is not FAULTY else _code(one, text)
        for text, value in read.items()
    }
    known = {text: word for text, word in meant.items() if word}
    return known, tuple(text for text in column.texts if text not in known)


def _code(one: Field, text: str) -> str:
    """The choice that a text is another word for; none where that is not known."""
    table = synonyms()["codes"].get("yesno" if one.list is None else one.list, {})
    fitting = [code for code, calls in table.items() if fold(text) in map(fold, calls)]
    yes_no = {"true": "Oui", "false": "Non"}
    return yes_no.get(fitting[0], fitting[0]) if len(fitting) == 1 else ""


def _word(value: object, choices: Choices) -> str:
    """A value as the workbook's cell says it."""
    if isinstance(value, bool):
        return "Oui" if value else "Non"
    assert not choices.codes or value in choices.codes
    return str(value)

"""From sheets to tables: which sheet is which block's, which row is the header, which column is which tag.

Names match whatever their case, accents, spaces, `_`, `-` and apostrophes. What is missing, unknown or doubled is a
finding (X1, X2, X9).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from converter.cells import Raw, clean, fold, nearest, show
from converter.findings import Finding, Place
from converter.spec.model import Sheet, Spec
from converter.wording import Say
from converter.workbook.read import Book

_HEADER_WITHIN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A sheet with its columns found. `columns`: tag -> column (from 0); `header` is the header's row (from 1)."""

    sheet: Sheet
    title: str
    columns: dict[str, int]
    key: str | None
    header: int
    rows: list[list[Raw]]

    @property
    def seen(self) -> Table:
        """The table as a person has it before the eyes: places speak of its cells."""
        return self

    def place(self, row: int, name: str, text: str | None = None) -> Place:
        """The cell of column `name` in `row`; the key's cell where the sheet has no such column.

        `text` is what was read there: it tells the cell where a value was joined from several.
        """
        known = name if name in self.columns else (self.key or next(iter(self.columns), name))
        return Place(self.title, self.sheet.rank, row, self.columns.get(known, 0), known)

    def let_go(self) -> None:
        """Forget the cells."""
        self.rows.clear()

    def has(self, name: str) -> bool:
        """Whether the sheet has that column."""
        return name in self.columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The tables of a workbook by sheet name of the spec, and what is wrong with its structure."""

    found: dict[str, Table]
    findings: tuple[Finding, ...]

    def let_go(self) -> None:
        """Forget the cells: whoever has read them needs no more than their places."""
        for table in self.found.values():
            table.let_go()


def read_tables(book: Book, spec: Spec, given: Iterable[str] = ()) -> Tables:
    """The sheets that `spec` knows, as tables; extra sheets are not even read.

    `given` are the tags of the file's header that the settings fill in; their columns may be missing.
    """
    findings: list[Finding] = []
    found: dict[str, Table] = {}
    titles = _titles(book.titles, spec, findings)
    read = book.sheets(titles.values())
    for sheet in spec.sheets:
        rows = read[titles[sheet.name]] if sheet.name in titles else []
        if sheet.optional and not any(clean(cell) is not None for row in rows for cell in row):
            continue
        if sheet.name in titles:
            table, said = _table(sheet, titles[sheet.name], rows, spec, frozenset(given))
            found[sheet.name] = table
            findings += said
        else:
            near = nearest(sheet.name, [one for one in book.titles if one not in titles.values()])
            key = "say.sheet.missing_near" if near else "say.sheet.missing"
            findings.append(Finding(rule="X1", severity="error", say=Say(key, {"sheet": sheet.name, "near": near})))
    return Tables(found=found, findings=tuple(findings))


def _titles(titles: Sequence[str], spec: Spec, findings: list[Finding]) -> dict[str, str]:
    """Sheet name of the spec -> its name in the workbook."""
    known = {fold(sheet.name): sheet.name for sheet in spec.sheets}
    found: dict[str, str] = {}
    for title in titles:
        name = known.get(fold(title))
        if name in found:
            say = Say("say.sheet.twice", {"first": found[name], "second": title})
            findings.append(Finding(rule="X9", severity="error", say=say))
        elif name:
            found[name] = title
    return found


def _table(
    sheet: Sheet, title: str, rows: list[list[Raw]], spec: Spec, given: frozenset[str]
) -> tuple[Table, list[Finding]]:
    known = _known(sheet, spec)
    keys = _keys(sheet, spec)
    header = _header(rows, known, keys)
    names = rows[header - 1] if header else []
    known = _without_needless_number(known, names, sheet, spec)
    columns: dict[str, int] = {}
    findings: list[Finding] = []
    for column, raw in enumerate(names):
        text = show(clean(raw))
        name = known.get(fold(text)) if text else None
        place = Place(title, sheet.rank, header, column, name or text or "")
        if name in columns:
            say = Say("say.column.twice", {"column": name})
            findings.append(Finding(rule="X9", severity="error", say=say, place=place, value=text))
        elif name:
            columns[name] = column
        elif text:
            findings.append(_unknown(text, place, sheet, spec))
    key = next((one for one in keys if one in columns), None)
    findings += _missing(sheet, title, columns, key, keys, given)
    return Table(sheet=sheet, title=title, columns=columns, key=key, header=header, rows=rows), findings


def _known(sheet: Sheet, spec: Spec) -> dict[str, str]:
    """Folded name -> tag, for every column that the sheet may have, those that may be its key included."""
    names = [one.name for one in sheet.fields]
    if sheet.rows != "file":
        names += [spec.key.column, spec.number.name]
    return {fold(name): name for name in names}


def _without_needless_number(known: dict[str, str], names: list[Raw], sheet: Sheet, spec: Spec) -> dict[str, str]:
    """The number is a column of every sheet only where it stands in for the key."""
    has_key = any(isinstance(one, str) and known.get(fold(one)) == spec.key.column for one in names)
    if not has_key or any(one.name == spec.number.name for one in sheet.fields):
        return known
    return {folded: name for folded, name in known.items() if name != spec.number.name}


def _keys(sheet: Sheet, spec: Spec) -> tuple[str, ...]:
    """The columns that may be the key, best first; in the file's sheet, the first column marks the header."""
    if sheet.rows == "file":
        return (sheet.fields[0].name,)
    return (spec.key.column, spec.number.name)


def _header(rows: list[list[Raw]], known: dict[str, str], keys: tuple[str, ...]) -> int:
    """The header's row: of the first ten, that with the key column and the most known ones; 0 where there is none."""
    best, best_row = (False, 0), 0
    for number, row in enumerate(rows[:_HEADER_WITHIN], 1):
        names = {known.get(fold(raw)) for raw in row if isinstance(raw, str) and raw} - {None}
        score = (bool(names.intersection(keys)), len(names))
        if names and score > best:
            best, best_row = score, number
    return best_row


def _unknown(text: str, place: Place, sheet: Sheet, spec: Spec) -> Finding:
    near = nearest(text, _known(sheet, spec).values())
    say = Say("say.column.unknown_near" if near else "say.column.unknown", {"column": text, "near": near})
    return Finding(rule="X2", severity="warning", say=say, place=place, value=text)


def _missing(
    sheet: Sheet, title: str, columns: dict[str, int], key: str | None, keys: tuple[str, ...], given: frozenset[str]
) -> list[Finding]:
    """One X1 for each column that must be there; one whose cells may stay blank may be absent."""
    wanted = [one.name for one in sheet.fields if one.required and one.name not in given]
    if sheet.rows != "file" and key is None:
        wanted.insert(0, keys[0])
    return [
        Finding(rule="X1", severity="error", say=Say("say.column.missing", {"sheet": title, "column": name}))
        for name in wanted
        if name not in columns
    ]

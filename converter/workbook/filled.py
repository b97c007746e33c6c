"""A workbook in the template's form, filled with rows: the way back from a JSON, and the template's own example.

The same spec, language and rows give the same bytes.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

from converter.errors import Xl2JsonError
from converter.placing import place
from converter.spec.model import Field, Sheet, Spec
from converter.workbook.form import EPOCH, FIRST, HEADER, LAST, blank_form, body, columns, comment, form_of, menu, put

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
_Line = tuple[Any, int]  # a row's key, and the how-manieth of that key it is

_MOST_ROWS = 1_048_576 - HEADER  # of a sheet
_MOST_CHARACTERS = 32_767  # of a cell; counted as spreadsheet programs do
_MOST_REMARK = 4_000
_SHOWN = 60  # characters of a key in a sentence
_MOST_DIGITS = 15  # of a number in a cell
_FIRST_YEAR = 1901  # spreadsheet programs count differently, or not at all, before
_DATE = re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x01-\x08\x0b-\x1f]")
_IMPOSSIBLE = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")
_NOT_IN_A_REMARK = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment for the cell of `field` in row number `row` (from 0) of `rows[block]`.

    Where the sheet has no column `field`, it stands on the row's first cell.
    """

    block: str
    row: int
    field: str
    text: str


def write_filled(spec: Spec, path: Path, lang: str, rows: Rows, remarks: Sequence[Remark] = ()) -> None:
    """Write to `path` a workbook in the template's form that holds `rows` (block id -> tag -> value, key included).

    True and False and codes show as the drop-downs do, dates are dates, amounts numbers, all other text is text; what
    does not fit its column stays as it is, for `check` to tell. Raises Xl2JsonError where `path` exists, where a cell
    cannot hold a value, or where the disk refuses; then nothing is written.
    """
    if path.exists():
        raise Xl2JsonError("exists", name=str(path))
    place(path, content_of(spec, lang, rows, remarks))


def content_of(spec: Spec, lang: str, rows: Rows, remarks: Sequence[Remark] = (), *, example: bool = False) -> bytes:
    """The bytes of that workbook; with `example`, its guide says that the rows are one."""
    if any(len(some) > _MOST_ROWS for some in rows.values()):
        raise Xl2JsonError("filled.rows", most=_MOST_ROWS)
    lines = {sheet.name: _lines(spec, sheet, rows) for sheet in spec.sheets}
    last = max(LAST, *(FIRST - 1 + len(some) for some in lines.values()))
    book = blank_form(spec, lang, last=last, example=example)
    for sheet in spec.sheets:
        _fill(book, spec, sheet, list(lines[sheet.name].values()), lang)
        _remark(book, spec, sheet, list(lines[sheet.name]), rows, remarks)
    return _packed(book, last)


def _packed(book: Workbook, last: int) -> bytes:
    """The workbook's bytes, without the time of writing."""
    # Numbers kept as text are meant; without this, Excel marks every one and offers to turn it into a number.
    no_marks = f'<ignoredErrors><ignoredError sqref="A{FIRST}:XFD{last}" numberStoredAsText="1"/></ignoredErrors>'
    made, packed = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(made, "w")).save()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(packed, "w") as new:
        for name in sorted(old.namelist()):
            content = old.read(name).replace(b"</headerFooter>", b"</headerFooter>" + no_marks.encode())
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            new.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _lines(spec: Spec, sheet: Sheet, rows: Rows) -> dict[_Line, dict[str, Any]]:
    """A sheet's rows; where several blocks share it, those of one key lie side by side."""
    lines: dict[_Line, dict[str, Any]] = {}
    for block in spec.blocks:
        if block.sheet == sheet.name:
            some = rows.get(block.id, ())
            for line, row in zip(_numbered(spec, some), some, strict=True):
                lines.setdefault(line, {}).update(row)
    return lines


def _numbered(spec: Spec, some: Iterable[Mapping[str, Any]]) -> Iterator[_Line]:
    times: Counter[Any] = Counter()
    for row in some:
        key = row.get(spec.key.column)
        yield key, times[key]
        times[key] += 1


def _fill(book: Workbook, spec: Spec, sheet: Sheet, lines: Sequence[Mapping[str, Any]], lang: str) -> None:
    """Write a sheet's cells. A column's cells look alike, and looks are dear: the first one's is copied."""
    page: Any = book[sheet.name]
    for number, field in enumerate(columns(spec, sheet) if lines else (), 1):
        offers = menu(field, lang)
        put(page, FIRST, number, None, body(field))
        look = copy(page.cell(FIRST, number)._style)
        for row, line in enumerate(lines, FIRST):
            value = _cell(field, line.get(field.name), offers)
            if isinstance(value, str):
                value = _written(value, str(line.get(spec.key.column) or sheet.name), field.name)
            page.cell(row, number)._style = copy(look)
            put(page, row, number, value, {})


def _cell(field: Field, value: Any, offers: Mapping[Any, str]) -> Any:
    """A value as its column shows it."""
    if isinstance(value, list | tuple):
        return "; ".join(one if isinstance(one, str) else _text(one) for one in value)
    match form_of(field).kind, value:
        case "yesno", bool():
            return offers[value]
        case "choice", str():
            return offers.get(value, value)
        case "date", str():
            return _date(value)
        case "amount", Decimal() | int() if not isinstance(value, bool):
            return value if _fits(value) else str(value)
    return value if value is None or isinstance(value, str | bool | int | float | date) else _text(value)


def _text(value: Any) -> str:
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=str)


def _date(text: str) -> date | str:
    """The day that `JJ/MM/AAAA` means, as long as a sheet can hold it."""
    if _DATE.fullmatch(text) and int(text[6:]) >= _FIRST_YEAR:
        try:
            return date(int(text[6:]), int(text[3:5]), int(text[:2]))
        except ValueError:
            pass
    return text


def _fits(number: Decimal | int) -> bool:
    """Whether a cell holds the number to its last digit."""
    exact = Decimal(number)
    digits = "".join(map(str, exact.as_tuple().digits)).strip("0")
    return not digits or (len(digits) <= _MOST_DIGITS and abs(exact.adjusted()) < _MOST_DIGITS)


def _written(text: str, where: str, field: str) -> str:
    """`text` as the file format writes it, so that it reads back the same."""
    odd = _IMPOSSIBLE.search(text)
    if odd:
        raise Xl2JsonError("filled.sign", where=where[:_SHOWN], field=field, sign=f"U+{ord(odd[0]):04X}")
    escaped = _ESCAPED.sub(lambda sign: f"_x{ord(sign[0]):04X}_", text)
    count = len(escaped.encode("utf-16-le")) // 2
    if count > _MOST_CHARACTERS:
        raise Xl2JsonError("filled.long", where=where[:_SHOWN], field=field, count=count, most=_MOST_CHARACTERS)
    return escaped


def _remark(
    book: Workbook, spec: Spec, sheet: Sheet, lines: Sequence[_Line], rows: Rows, remarks: Sequence[Remark]
) -> None:
    """Write a sheet's comments; several for one cell are one."""
    texts: dict[tuple[int, int], list[str]] = defaultdict(list)
    names = [one.name for one in columns(spec, sheet)]
    at = {line: row for row, line in enumerate(lines, FIRST)}
    for block in (one for one in spec.blocks if one.sheet == sheet.name):
        numbered = list(_numbered(spec, rows.get(block.id, ())))
        for one in remarks:
            if one.block == block.id:
                column = names.index(one.field) + 1 if one.field in names else 1
                text = _NOT_IN_A_REMARK.sub("�", one.text.replace("\r\n", "\n"))[:_MOST_REMARK]
                texts[at[numbered[one.row]], column] += text.splitlines()
    for (row, column), some in texts.items():
        cast(Any, book[sheet.name]).cell(row, column).comment = comment(some)

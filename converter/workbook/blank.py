"""The workbook to fill in: a guide, one sheet per block, the lists of its drop-downs; on wish filled with an example.

The same spec and language give the same bytes, wherever and whenever. No defined names and no protection: both break in
Google Sheets and in Excel on the web.
"""

from __future__ import annotations

import io
import os
import textwrap
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from converter.cells import fold, show
from converter.errors import Xl2JsonError
from converter.spec.model import Field, Sheet, Spec
from converter.values import Form
from converter.wording import Say, say

_TITLE, _QUESTIONS, _HEADER, _FIRST, _LAST = 1, 2, 3, 4, 5003
_INLINE = 255  # the most characters of a drop-down that stands in its cell, and of a cell's message
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FORMATS = {"date": "dd/mm/yyyy", "amount": "#,##0.00", "yesno": "General"}
_TEXT = "@"
_WIDTHS = {"identifier": 19, "email": 32, "phone": 19, "name": 26, "labels": 48, "attachment": 44, "text": 24}
_GUIDE_WIDTHS = (5, 27, 86, 36)
# Numbers kept as text are meant; without this, Excel marks every one and offers to turn it into a number.
_NO_MARKS = f'<ignoredErrors><ignoredError sqref="A{_FIRST}:XFD{_LAST}" numberStoredAsText="1"/></ignoredErrors>'
_BEFORE_THEM = b"</headerFooter>"


def _look(
    *, size: int = 10, bold: bool = False, italic: bool = False, ink: str = "000000", fill: str | None = None,
    down: str = "top", across: str | None = None, wrap: bool = False, lined: bool = False, form: str = "General",
) -> dict[str, Any]:  # fmt: skip
    line = Side(style="thin", color="BFBFBF") if lined else None
    return {
        "font": Font(name="Arial", size=size, bold=bold, italic=italic, color=ink),
        "fill": PatternFill("solid", fgColor=fill) if fill else PatternFill(),
        "alignment": Alignment(horizontal=across, vertical=down, wrap_text=wrap),
        "border": Border(left=line, right=line, top=line, bottom=line),
        "number_format": form,
    }


_NAVY, _PALE, _GREY, _PALE_GREY, _DIM, _WHITE = "1F3864", "D9E2F3", "D9D9D9", "F2F2F2", "595959", "FFFFFF"
_BANNER = _look(size=16, bold=True, ink=_WHITE, fill=_NAVY, down="center")
_SUBTITLE = _look(size=11, ink=_WHITE, fill=_NAVY, down="center")
_HEADING = _look(size=12, bold=True, ink=_NAVY, down="center")
_MARK = _look(bold=True, ink=_NAVY, across="right")
_PLAIN = _look(wrap=True)
_CELL = _look(wrap=True, lined=True)
_LINK = _look(ink="0563C1", lined=True)
_QUESTION = _look(size=9, italic=True, ink=_DIM, down="bottom", wrap=True)
_REQUIRED = _look(bold=True, ink=_WHITE, fill=_NAVY, down="center", lined=True)
_OPTIONAL = _look(ink=_NAVY, fill=_PALE, down="center", lined=True)
_NOT_TYPED = _look(ink=_DIM, fill=_GREY, down="center", lined=True)


def write_blank(spec: Spec, path: Path, lang: str, example: bool = False) -> tuple[Path, ...]:
    """Write the workbook to fill in to `path`; with `example`, filled with the spec's example, its files beside it.

    Returns the example's files. Raises Xl2JsonError where `path` exists, where one of the files exists with other
    content, or where the disk refuses; nothing that stood there before is ever changed.
    """
    files = _example_files(spec, path.parent) if example else {}
    if path.exists():
        raise Xl2JsonError("exists", name=str(path))
    new = {file: content for file, content in files.items() if not file.exists()}
    _place({**new, path: _packed(_workbook(spec, lang, example))})
    return tuple(files)


def _example_files(spec: Spec, folder: Path) -> dict[Path, bytes]:
    files: dict[Path, bytes] = {}
    for name, source in spec.example.files.items():
        try:
            files[folder / name] = Path(spec.folder, source).read_bytes()
        except OSError as error:
            raise Xl2JsonError("source_gone", name=source) from error
    for path, content in files.items():
        if path.exists() and not (path.is_file() and path.read_bytes() == content):
            raise Xl2JsonError("exists", name=str(path))
    return files


def _place(contents: Mapping[Path, bytes]) -> None:
    """Write files under hidden names, and name them once all of them stand there."""
    hidden = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in contents}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            hidden[path].write_bytes(content)
        for path in contents:
            hidden[path].replace(path)
    except OSError as error:
        raise Xl2JsonError("disk", name=str(error.filename), reason=error.strerror or str(error)) from error
    finally:
        for left in hidden.values():
            with suppress(OSError):
                left.unlink()


def _packed(book: Workbook) -> bytes:
    """The workbook's bytes, without the time of writing."""
    made, packed = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(made, "w")).save()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(packed, "w") as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = content.replace(_BEFORE_THEM, _BEFORE_THEM + _NO_MARKS.encode())
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            new.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _workbook(spec: Spec, lang: str, example: bool) -> Workbook:
    book = Workbook()
    book.properties.creator, book.properties.title = "xl2json", f"{spec.name} {spec.version}"
    book.properties.created = book.properties.modified = datetime(*_EPOCH)  # noqa: DTZ001
    book.calculation.fullCalcOnLoad = False
    book._named_styles["Normal"].font = Font(name="Arial", size=10)  # the measure of widths
    guide, lists = book.worksheets[0], _long_lists(spec)
    guide.title = _word("guide_sheet", lang)
    _guide(guide, spec, lang, bool(lists), example)
    for sheet in spec.sheets:
        page = book.create_sheet(sheet.name)
        _block(page, spec, sheet, _columns(spec, sheet), lang)
        _drop_downs(page, _columns(spec, sheet), lists, lang)
        if example:
            _fill(page, spec, sheet, lang)
    if lists:
        _list_sheet(book.create_sheet(_word("lists_sheet", lang)), lists, lang)
    for page in book.worksheets:
        _print(page, f"{spec.name} {spec.version}")
    return book


def _columns(spec: Spec, sheet: Sheet) -> tuple[Field, ...]:
    """A sheet's columns; every one but the file's header begins with the request's key."""
    if sheet.rows == "file":
        return sheet.fields
    key, form = spec.key, Form(kind="text")
    return (Field(block=spec.request.id, name=key.column, form=form, required=True, question=key.question), *sheet.fields)


def _kind(field: Field) -> str:
    return field.form.kind if field.form else ""


def _offers(field: Field, lang: str) -> tuple[str, ...]:
    """What the column's drop-down holds."""
    if _kind(field) == "yesno":
        return (say(Say("word.yes"), lang), say(Say("word.no"), lang))
    return field.form.choices.shown() if field.form and field.form.kind == "choice" else ()


def _width(field: Field, lang: str) -> float:
    """Wide enough for the tag and the values, and for the question in six lines."""
    longest = max((len(one) + 4 for one in _offers(field, lang)), default=_WIDTHS.get(_kind(field), 15))
    value = 34 if field.form and field.form.many else min(longest, 48)
    return max(len(field.name) * 1.2 + 3, value, len(field.question.in_(lang)) / 6)


def _shown(field: Field, value: Any, lang: str) -> Any:
    """A value of the example as a person would type it, or pick it."""
    if isinstance(value, bool):
        return say(Say("word.yes" if value else "word.no"), lang)
    if field.form and field.form.kind == "choice":
        return dict(zip(field.form.choices.codes, field.form.choices.shown(), strict=True)).get(value, value)
    return value


def _block(page: Worksheet, spec: Spec, sheet: Sheet, fields: tuple[Field, ...], lang: str) -> None:
    """The sheet's title, questions and header, and the columns' formats."""
    not_typed = sheet.rows == "optional"
    _put(page, _TITLE, 1, sheet.title.in_(lang), _HEADING)
    for number, field in enumerate(fields, 1):
        column = page.column_dimensions[get_column_letter(number)]
        column.width = _width(field, lang)
        _dress(column, _body(field, not_typed))
        _put(page, _QUESTIONS, number, field.question.in_(lang), _QUESTION)
        _put(page, _HEADER, number, field.name, _NOT_TYPED if not_typed else _REQUIRED if field.required else _OPTIONAL)
        if not not_typed:
            _remark(page, number, _need(spec, field, lang), _example(spec, field, lang))
    lines = max(_lines(field.question.in_(lang), _width(field, lang) * 1.2) for field in fields)
    _heights(page, {_TITLE: 24, _QUESTIONS: 12.5 * lines + 5, _HEADER: 21})
    page.sheet_properties.tabColor = _GREY if not_typed else _PALE if sheet.optional else _NAVY
    _freeze(page, "A" if sheet.rows == "file" else "B", _FIRST)


def _body(field: Field, not_typed: bool = False) -> dict[str, Any]:
    form = _FORMATS.get(_kind(field), _TEXT)
    return _look(wrap=form == _TEXT, form=form, fill=_PALE_GREY if not_typed else None)


def _remark(page: Worksheet, column: int, *lines: str) -> None:
    text = "\n".join(filter(None, lines))
    height = 16 + 18 * sum(_lines(line, 40) for line in text.splitlines())
    page.cell(_HEADER, column).comment = Comment(text, "xl2json", width=300, height=height)


def _need(spec: Spec, field: Field, lang: str) -> str:
    """Whether the column must be filled in, in words."""
    for rule in spec.rules:
        if rule.use == "filled_only_if" and field.path in rule.options["fields"]:
            yes, no = (tuple(spec.field(path).name for path in rule.options[answer]) for answer in ("yes", "no"))
            return _word("only_if", lang, yes=yes, no=no)
    return _word("required" if field.required else "optional", lang)


def _example(spec: Spec, field: Field, lang: str) -> str:
    """The example's first value for that column, in words; none where it has none."""
    rows = spec.example.rows.get(field.block, ())
    value = _shown(field, next((row[field.name] for row in rows if field.name in row), None), lang)
    if _kind(field) == "amount" and value is not None:
        value = f"{value:.2f}".replace(".", _word("decimal_mark", lang))
    return "" if value is None else _word("example", lang, example=show(value))


def _drop_downs(page: Worksheet, fields: Iterable[Field], lists: Mapping[str, tuple[str, ...]], lang: str) -> None:
    for letter, field in ((get_column_letter(number), field) for number, field in enumerate(fields, 1)):
        if offers := _offers(field, lang):
            place = _place_of(field.list, lists, lang) if field.list in lists else f'"{",".join(offers)}"'
            menu = DataValidation("list", place, allow_blank=True, showErrorMessage=True, showInputMessage=True)
            menu.errorTitle, menu.error = _word("wrong_title", lang), _word("wrong_list", lang)
            menu.promptTitle, menu.prompt = field.name[:32], f"{field.question.in_(lang)} {_word('pick', lang)}"[:_INLINE]
            menu.add(f"{letter}{_FIRST}:{letter}{_LAST}")
            page.add_data_validation(menu)


def _fill(page: Worksheet, spec: Spec, sheet: Sheet, lang: str) -> None:
    """The example's rows; where several blocks share the sheet, theirs lie side by side."""
    blocks = [spec.example.rows.get(block.id, ()) for block in spec.blocks if block.sheet == sheet.name]
    for number, parts in enumerate(zip_longest(*blocks, fillvalue={}), _FIRST):
        row = {tag: value for part in parts for tag, value in part.items()}
        for column, field in enumerate(_columns(spec, sheet), 1):
            if field.name in row:
                _put(page, number, column, _shown(field, row[field.name], lang), _body(field))


def _long_lists(spec: Spec) -> dict[str, tuple[str, ...]]:
    """What the drop-downs offer that need a sheet, by list, in alphabetical order."""
    offers = {field.list or "": _offers(field, "") for field in spec.fields if _kind(field) == "choice"}
    return {
        name: tuple(sorted(some, key=fold))
        for name, some in offers.items()
        if len(",".join(some)) > _INLINE or any(sign in one for one in some for sign in ',"')
    }


def _place_of(name: str | None, lists: Mapping[str, tuple[str, ...]], lang: str) -> str:
    letter = get_column_letter(list(lists).index(name or "") + 1)
    return f"{quote_sheetname(_word('lists_sheet', lang))}!${letter}$2:${letter}${len(lists[name or '']) + 1}"


def _list_sheet(page: Worksheet, lists: Mapping[str, tuple[str, ...]], lang: str) -> None:
    for column, (name, offers) in enumerate(lists.items(), 1):
        page.column_dimensions[get_column_letter(column)].width = max(map(len, offers)) * 1.2 + 3
        _put(page, 1, column, _word("list_of", lang, name=name), _NOT_TYPED)
        for row, offer in enumerate(offers, 2):
            _put(page, row, column, offer, _look(form=_TEXT))
    page.sheet_properties.tabColor = _GREY
    _freeze(page, "A", 2)

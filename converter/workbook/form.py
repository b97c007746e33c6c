"""The form of every workbook that the program writes: a guide, one sheet per block, the lists of its drop-downs.

No defined names and no protection: Google Sheets breaks on both.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from converter.cells import fold, show
from converter.spec.model import Field, Sheet, Spec
from converter.values import Form
from converter.wording import Say, say

_TITLE, _QUESTIONS, HEADER, FIRST, LAST = 1, 2, 3, 4, 5003
EPOCH = (1980, 1, 1, 0, 0, 0)
_INLINE = 255  # the most characters of a drop-down that stands in its cell, and of a cell's message
_FORMATS = {"date": "dd/mm/yyyy", "amount": "#,##0.00", "yesno": "General"}  # all others are text
_WIDTHS = {"identifier": 19, "email": 32, "phone": 19, "name": 26, "labels": 48, "attachment": 44, "text": 24}
_GUIDE_WIDTHS = (5, 27, 86, 36)


def _look(
    fill: str = "", down: str = "center", lined: bool = False, wrap: bool = False, form: str = "General", **font: Any
) -> dict[str, Any]:
    line = Side("thin", color="BFBFBF") if lined else None
    return {
        "font": Font(name="Arial", **{"size": 10, **font}),
        "fill": PatternFill("solid", fgColor=fill) if fill else PatternFill(),
        "alignment": Alignment("right" if form == _FORMATS["amount"] else "left", down, indent=1, wrap_text=wrap),
        "border": Border(left=line, right=line, top=line, bottom=line),
        "number_format": form,
    }


_NAVY, _PALE, _GREY, _PALE_GREY, _DIM, _WHITE = "1F3864", "D9E2F3", "D9D9D9", "F2F2F2", "595959", "FFFFFF"
_BANNER = _look(_NAVY, size=16, bold=True, color=_WHITE)
_SUBTITLE = _look(_NAVY, size=11, color=_WHITE)
_NOTE = _look(_PALE, size=11, bold=True, color=_NAVY)
_HEADING = _look(size=12, bold=True, color=_NAVY)
_MARK = _look(down="top", bold=True, color=_NAVY)
_PLAIN = _look(down="top", wrap=True)
_CELL = _look(lined=True, wrap=True)
_LINK = _look(lined=True, color="0563C1")
_QUESTION = _look(lined=True, wrap=True, size=9, italic=True, color=_DIM)
_REQUIRED = _look(_NAVY, lined=True, bold=True, color=_WHITE)
_OPTIONAL = _look(_PALE, lined=True, color=_NAVY)
_NOT_TYPED = _look(_GREY, lined=True, color=_DIM)


def blank_form(spec: Spec, lang: str, *, last: int = LAST, example: bool = False) -> Workbook:
    """The workbook to fill in, without rows; drop-downs reach down to row `last`, `example` says so in the guide."""
    book = Workbook()
    book.properties.creator, book.properties.title = "xl2json", f"{spec.name} {spec.version}"
    book.properties.created = book.properties.modified = datetime(*EPOCH)
    book.calculation.fullCalcOnLoad = False
    cast(Any, book)._named_styles["Normal"].font = Font(name="Arial", size=10)  # the measure of widths
    guide, lists = book.worksheets[0], book.create_sheet(_word("lists_sheet", lang))
    _guide(guide, spec, lang, example)
    places = _lists(lists, spec, lang)
    for sheet in spec.sheets:
        page = book.create_sheet(sheet.name)
        _block(page, spec, sheet, lang)
        _drop_downs(page, columns(spec, sheet), places, lang, last)
    book.move_sheet(lists, len(spec.sheets))
    if not places:
        book.remove(lists)
    for page in cast(Any, book.worksheets):
        page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
        page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage = int(page is guide), True
        page.oddFooter.left.text, page.oddFooter.right.text = "&A", "&P / &N"
    return book


def columns(spec: Spec, sheet: Sheet) -> tuple[Field, ...]:
    """A sheet's columns: all but the file's header begin with the request's key."""
    if sheet.rows == "file":
        return sheet.fields
    own = spec.key
    key = Field(block=spec.request.id, name=own.column, form=Form(kind="text"), required=True, question=own.question)
    return (key, *sheet.fields)


def form_of(field: Field) -> Form:
    """What the column may hold."""
    assert field.form is not None
    return field.form


def menu(field: Field, lang: str) -> dict[Any, str]:
    """What the column's drop-down shows, by what it means."""
    if form_of(field).kind == "yesno":
        return {True: say(Say("word.yes"), lang), False: say(Say("word.no"), lang)}
    choices = form_of(field).choices
    return dict(zip(choices.codes, choices.shown(), strict=True))


def _width(field: Field, lang: str) -> float:
    """Wide enough for the tag and the values, and for the question in five lines."""
    shown = (min(len(one), 44) + 4 for one in menu(field, lang).values())
    value = max(shown, default=_WIDTHS.get(form_of(field).kind, 15))
    return max(len(field.name) * 1.2 + 4, value, 34 * form_of(field).many, len(field.question.in_(lang)) / 4.5)


def _block(page: Worksheet, spec: Spec, sheet: Sheet, lang: str) -> None:
    not_typed, fields = sheet.rows == "optional", columns(spec, sheet)
    lines = max(_lines(field.question.in_(lang), _width(field, lang) * 1.2 - 2) for field in fields)
    for number, field in enumerate(fields, 1):
        column = page.column_dimensions[get_column_letter(number)]
        column.width = _width(field, lang)
        for name, value in body(field, _PALE_GREY if not_typed else "").items():
            setattr(column, name, value)
        look = _NOT_TYPED if not_typed else _REQUIRED if field.required else _OPTIONAL
        put(page, _TITLE, number, sheet.title.in_(lang) if number == 1 else None, _HEADING, 26)
        put(page, _QUESTIONS, number, field.question.in_(lang), _QUESTION, 12 * lines + 6)
        put(page, HEADER, number, field.name, look, 22)
        if not not_typed:
            page.cell(HEADER, number).comment = _remark(spec, field, lang)
    page.sheet_properties.tabColor = _GREY if not_typed else _PALE if sheet.optional else _NAVY
    page.freeze_panes = f"A{FIRST}" if sheet.rows == "file" else f"B{FIRST}"


def body(field: Field, fill: str = "") -> dict[str, Any]:
    """The look of a column's cells below its header."""
    return _look(fill, "top", wrap=True, form=_FORMATS.get(form_of(field).kind, "@"))


def _remark(spec: Spec, field: Field, lang: str) -> Comment:
    """Whether the column must be filled in, and the example's first value for it."""
    lines = [_word("required" if field.required else "optional", lang)]
    for rule in spec.rules:
        if rule.use == "filled_only_if" and field.path in rule.options["fields"]:
            yes, no = (tuple(spec.field(path).name for path in rule.options[answer]) for answer in ("yes", "no"))
            lines = [_word("only_if", lang, yes=yes, no=no)]
    values = [row[field.name] for row in spec.example.rows.get(field.block, ()) if field.name in row]
    lines += [_word("example", lang, example=show(menu(field, lang).get(one, one))) for one in values[:1]]
    return comment(lines)


def comment(lines: Sequence[str]) -> Comment:
    """A cell's comment, as high as its lines need."""
    return Comment("\n".join(lines), "xl2json", width=300, height=12 + 17 * sum(_lines(line, 44) for line in lines))


def _drop_downs(page: Worksheet, fields: tuple[Field, ...], places: Mapping[str, str], lang: str, last: int) -> None:
    for number, field in enumerate(fields, 1):
        if shown := ",".join(menu(field, lang).values()):
            offer = DataValidation("list", places.get(field.list or "", f'"{shown}"'), allow_blank=True)
            offer.showErrorMessage = offer.showInputMessage = True
            offer.errorStyle = "warning" if field.list in places else "stop"  # of a long list, a typed code will do
            offer.errorTitle, offer.error = _word("wrong_title", lang), _word("wrong_list", lang)
            offer.promptTitle = field.name[:32]
            offer.prompt = f"{field.question.in_(lang)} {_word('pick', lang)}"[:_INLINE]
            letter = get_column_letter(number)
            offer.add(f"{letter}{FIRST}:{letter}{last}")
            page.add_data_validation(offer)


def _lists(page: Worksheet, spec: Spec, lang: str) -> dict[str, str]:
    """Write the lists that are too long for a cell, in alphabetical order; returns where each stands."""
    places: dict[str, str] = {}
    for name, choices in spec.lists.items():
        offers = sorted(choices.shown(), key=lambda shown: [fold(word) for word in shown.split()])
        if len(",".join(offers)) <= _INLINE and not any(sign in one for one in offers for sign in ',"'):
            continue
        letter, column = get_column_letter(len(places) + 1), len(places) + 1
        page.column_dimensions[letter].width = max(map(len, offers)) * 1.2 + 3
        for row, text in enumerate((_word("list_of", lang, name=name), *offers), 1):
            put(page, row, column, text, _NOT_TYPED if row == 1 else _look(form="@"))
        places[name] = f"{quote_sheetname(page.title)}!${letter}$2:${letter}${len(offers) + 1}"
    page.sheet_properties.tabColor, page.freeze_panes = _GREY, "A2"
    return places


def _guide(page: Worksheet, spec: Spec, lang: str, example: bool) -> None:
    page.title, page.sheet_properties.tabColor, page.sheet_view.showGridLines = _word("guide_sheet", lang), _NAVY, False
    for number, width in enumerate(_GUIDE_WIDTHS, 1):
        page.column_dimensions[get_column_letter(number)].width = width
    _across(page, 1, 1, _word("title", lang), _BANNER, 34)
    _across(page, 2, 1, spec.title.in_(lang), _SUBTITLE, 18)
    _across(page, 3, 1, _word("version", lang, name=spec.name, version=spec.version, guide=spec.guide), _SUBTITLE, 24)
    if example:
        _across(page, 4, 1, _word("example_note", lang), _NOTE, 28)
    _paragraphs(page, _word("steps_heading", lang), _word("steps", lang, key=spec.key.column))
    _sheets(page, spec, lang)
    _paragraphs(page, _word("hints", lang), _word("hint_lines", lang))


def _paragraphs(page: Worksheet, heading: str, text: str) -> None:
    """Below what is there, a heading and each line with its number or a dot."""
    put(page, page.max_row + 2, 1, heading, _HEADING, 20)
    lines = [line.partition(". ") if line[:1].isdigit() else ("•", "", line) for line in text.splitlines()]
    for row, (mark, _, rest) in enumerate(lines, page.max_row + 1):
        put(page, row, 1, mark, _MARK)
        _across(page, row, 2, rest, _PLAIN, 13.5 * _lines(rest, sum(_GUIDE_WIDTHS[1:]) * 1.1) + 4)


def _sheets(page: Worksheet, spec: Spec, lang: str) -> None:
    """Below what is there, what each sheet is for, with a link to it."""
    top = page.max_row + 2
    put(page, top, 1, _word("sheets", lang), _HEADING, 20)
    for column, word in enumerate(("sheet_column", "what_column", "rows_column"), 2):
        put(page, top + 1, column, _word(word, lang), _REQUIRED, 18)
    for row, sheet in enumerate(spec.sheets, top + 2):
        rows = f"{sheet.rows}_optional" if sheet.rows == "many" and sheet.optional else sheet.rows
        put(page, row, 2, sheet.name, _LINK)
        page.cell(row, 2).hyperlink = Hyperlink(f"B{row}", location=f"{quote_sheetname(sheet.name)}!A{FIRST}")
        put(page, row, 3, sheet.title.in_(lang), _CELL)
        put(page, row, 4, _word(f"rows_{rows}", lang), _CELL, 18)


def _across(page: Worksheet, row: int, column: int, text: str, look: dict[str, Any], height: float) -> None:
    put(page, row, column, text, look, height)
    page.merge_cells(start_row=row, end_row=row, start_column=column, end_column=len(_GUIDE_WIDTHS))


def put(page: Worksheet, row: int, column: int, value: Any, look: dict[str, Any], height: float = 0) -> None:
    """A value as it is: text that begins with =, +, - or @ stays text."""
    cell = page.cell(row, column, value)
    for name, one in look.items():
        setattr(cell, name, one)
    if isinstance(value, str):
        cell.data_type, cell.quotePrefix = "s", int(value[:1] in ("=", "+", "-", "@"))
    if height:
        page.row_dimensions[row].height = height


def _lines(text: str, width: float) -> int:
    return len(textwrap.wrap(text, int(width))) or 1


def _word(word: str, lang: str, **params: Any) -> str:
    return say(Say(f"template.{word}", params), lang)

"""The ledger as a table: what an accountant asks for at the month's end, and the sums by state."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from converter.ledger.entries import Entry
from converter.states import ALL, REPLACED, RESERVED, WITHDRAWN
from converter.values.amount import CENT, shown
from converter.wording import Say, say

_COLUMNS = (
    "siret",
    "ans",
    "demande",
    "client",
    "amount",
    "advance",
    "number",
    "asp",
    "state",
    "file",
    "line",
    "code",
    "label",
    "replaces",
    "prepared_at",
    "deposited_at",
    "answered_at",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet program would compute a CSV's cell that begins so


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The sum over the requests of a state: how many, and euros. Without a state, over all that still count."""

    state: str | None
    count: int
    amount: Decimal
    advance: Decimal


def rows(entries: Sequence[Entry], share: str, lang: str) -> list[dict[str, Any]]:
    """One row a request, amounts as Decimal in euros, days as `AAAA-MM-JJ`, the state in words; `share` is the part
    paid in advance.
    """
    numbers = {one.id: one.number for one in entries}
    return [_row(one, share, numbers) | {"state": say(Say(f"state.{one.state}"), lang)} for one in entries]


def _row(one: Entry, share: str, numbers: dict[int, str]) -> dict[str, Any]:
    amount = euros(one.amount)
    row = {name: getattr(one, name, None) for name in _COLUMNS}
    row |= {"amount": amount, "advance": None if amount is None else _part(amount, share)}
    row |= {name: (row[name] or "")[:10] or None for name in ("prepared_at", "deposited_at", "answered_at")}
    return row | {"replaces": numbers.get(one.replaces or 0)}


def euros(text: str | None) -> Decimal | None:
    """An amount as the ledger keeps it; None where there is none."""
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _part(amount: Decimal, share: str) -> Decimal:
    from decimal import ROUND_HALF_UP

    return (amount * Decimal(share)).quantize(CENT, ROUND_HALF_UP)


def totals(entries: Iterable[Entry], share: str) -> list[Total]:
    """The sums by state, in the order in which a request passes through them, and the sum over all that still count:
    a request that was replaced counts where it came again, one that was withdrawn does not.
    """
    by_state: dict[str, list[Decimal]] = {}
    every: list[Decimal] = []
    for one in entries:
        amount = euros(one.amount) or Decimal(0)
        by_state.setdefault(one.state, []).append(amount)
        is_asked_for_again = one.state == RESERVED and one.replaces is not None  # the rejected one counts until then
        every += [] if one.state in (REPLACED, WITHDRAWN) or is_asked_for_again else [amount]
    sums = [_total(state, by_state[state], share) for state in ALL if state in by_state]
    return [*sums, _total(None, every, share)] if sums else []


def _total(state: str | None, amounts: Sequence[Decimal], share: str) -> Total:
    amount = sum(amounts, Decimal(0))
    return Total(state=state, count=len(amounts), amount=amount, advance=_part(amount, share))


def name_of(total: Total, lang: str) -> str:
    """What the sum is over, in words."""
    return say(Say(f"state.{total.state}" if total.state else "text.ledger.total"), lang)


def as_csv(entries: Sequence[Entry], share: str, lang: str) -> bytes:
    """The rows as CSV that a French Excel opens: `;`, UTF-8 with BOM, a comma before the cents."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_headings(lang))
    for row in rows(entries, share, lang):
        writer.writerow([_plain(value, lang) for value in row.values()])
    return text.getvalue().encode("utf-8-sig", "replace")


def _plain(value: Any, lang: str) -> str:
    if isinstance(value, Decimal):
        return shown(value).replace(".", "," if lang == "fr" else ".")
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _headings(lang: str) -> list[str]:
    return [say(Say(f"text.ledger.{name}"), lang) for name in _COLUMNS]


def as_xlsx(entries: Sequence[Entry], share: str, lang: str) -> bytes:
    """The rows as a workbook, with a second sheet of the sums by state."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    page, sums = book.worksheets[0], book.create_sheet(say(Say("text.ledger.totals"), lang))
    page.title = say(Say("text.ledger.requests"), lang)
    _table(page, _headings(lang), [list(row.values()) for row in rows(entries, share, lang)])
    words = [say(Say(f"text.ledger.{name}"), lang) for name in ("state", "count", "amount", "advance")]
    every = totals(entries, share)
    _table(sums, words, [[name_of(one, lang), one.count, one.amount, one.advance] for one in every])
    for sheet in (page, sums):
        sheet.freeze_panes = "A2"
        for cell in sheet[1]:
            cell.font = Font(bold=True)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _table(page: Any, headings: Sequence[str], some: Sequence[Sequence[Any]]) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.utils import get_column_letter

    for number, row in enumerate((headings, *some), 1):
        for column, value in enumerate(row, 1):
            cell = page.cell(number, column)
            if isinstance(value, str):
                cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("�", value), "s"
            elif value is not None:
                cell.value = value
                cell.number_format = "#,##0.00" if isinstance(value, Decimal) else "General"
    for column, heading in enumerate(headings, 1):
        longest = max([len(heading), *(len(str(row[column - 1] or "")) for row in some)])
        page.column_dimensions[get_column_letter(column)].width = min(longest, 44) + 3

"""C2: the order's date beside the deposit's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from converter.findings import Finding
from converter.request import Request
from converter.rules.context import Context
from converter.spec.model import Rule
from converter.values.day import shown
from converter.wording import Say


def date_window(rule: Rule, context: Context, request: Request) -> Iterator[Finding]:
    """A date after the deposit, or more than `years` before it."""
    field, years = rule.options["field"], rule.options["years"]
    day = request.value(field)
    if not isinstance(day, date):
        return
    words = {"deposit": shown(context.deposit), "years": years}
    if day > context.deposit:
        yield request.finding(
            rule.id, "warning", Say("say.date.after_deposit", words), request.place(field), shown(day)
        )
    elif day < _years_before(context.deposit, years):
        yield request.finding(rule.id, "warning", Say("say.date.old", words), request.place(field), shown(day))


def _years_before(day: date, years: int) -> date:
    if day.year <= years:
        return date.min
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)

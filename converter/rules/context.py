"""What rules may know beyond the requests themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from converter.request import Item
from converter.spec.model import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The spec, the day of the deposit, and the file's own values."""

    spec: Spec
    deposit: date
    header: Item

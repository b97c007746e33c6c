"""The only place that asks what time it is, so that everything else can be repeated to the byte."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime


def today() -> date:
    """Today's date on this machine."""
    return date.today()


def now() -> str:
    """The present second, as the ledger keeps it: `2021-11-30T14:05:09Z`, in UTC wherever the machine stands."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def token() -> str:
    """A name that no other run bears."""
    return uuid.uuid4().hex


def posted() -> datetime:
    """The present second with this machine's zone, as a message's date."""
    return datetime.now().astimezone().replace(microsecond=0)

"""The states of a request and of a file, and what may follow what (contract §6)."""

from __future__ import annotations

from typing import Final

RESERVED, PREPARED, DEPOSITED = "reserved", "prepared", "deposited"
ACCEPTED, REJECTED, REPLACED = "accepted", "rejected", "replaced"
WITHDRAWN, BOUNCED, INCOMPLETE = "withdrawn", "bounced", "incomplete"
DECIDED, PAID, REFUSED = "decided", "paid", "refused"

NEXT: Final[dict[str, tuple[str, ...]]] = {
    RESERVED: (PREPARED, WITHDRAWN, DEPOSITED),
    PREPARED: (RESERVED, DEPOSITED, WITHDRAWN),
    WITHDRAWN: (RESERVED, DEPOSITED),
    DEPOSITED: (ACCEPTED, REJECTED, BOUNCED, INCOMPLETE, PREPARED),
    BOUNCED: (RESERVED, DEPOSITED, WITHDRAWN),
    INCOMPLETE: (ACCEPTED, REJECTED, DEPOSITED),
    REJECTED: (REPLACED, ACCEPTED),
    REPLACED: (ACCEPTED,),
    ACCEPTED: (DECIDED, PAID, REFUSED),
    DECIDED: (PAID, REFUSED, ACCEPTED),
    PAID: (DECIDED, ACCEPTED),
    REFUSED: (DECIDED, ACCEPTED),
}
"""What may follow each state. An answer proves the deposit, so whatever was numbered may pass through `deposited`; a
number that was rejected may turn out accepted, for a `numeroASP` is never lost; what was marked by hand may be taken
back."""

ALL: Final = tuple(NEXT)
OPEN: Final = frozenset({RESERVED, PREPARED, WITHDRAWN, BOUNCED})
"""Not at the agency: planned anew whenever the workbook is converted, under the same number."""
UNDER_WAY: Final = OPEN - {WITHDRAWN}
"""Of those, what is to be sent, as far as the ledger knows."""
SENT: Final = frozenset({DEPOSITED, INCOMPLETE, ACCEPTED, DECIDED, PAID, REFUSED})
"""At the agency: the request must stay as it is, and is not sent again."""
NOT_COUNTED: Final = frozenset({REJECTED, REPLACED, WITHDRAWN})
"""What does not count when the same beneficiary is looked for in other requests (B15)."""
FILE_STATES: Final = frozenset({RESERVED, PREPARED, DEPOSITED, WITHDRAWN, BOUNCED, INCOMPLETE})
OF_FILES: Final = frozenset({PREPARED, DEPOSITED, BOUNCED, INCOMPLETE})
"""What a person may mark a file as."""
OF_REQUESTS: Final = frozenset({ACCEPTED, DECIDED, PAID, REFUSED})
"""What a person may mark a single request as."""

"""The agency's portal, for tests: written from the guide's text alone, it shares no code with `converter`.

agency = Agency(seed=7, whims=0.2)                             # rejects a fifth of the sound lines, on a whim
reply = agency.deposit("JSON-….json", content, zip_content, style=STYLES["cp1252"])
reply.status                                                   # "refused", "incomplete" or "answered"
reply.answer                                                   # the returned JSON's bytes; None where refused
agency.verdicts, agency.files                                  # what it remembers
"""

from tests.agency.agency import Agency, Reply, Verdict
from tests.agency.answer import STYLES, Style

__all__ = ["STYLES", "Agency", "Reply", "Style", "Verdict"]

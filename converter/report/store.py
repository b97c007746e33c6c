"""Where a page is written to: over an earlier page of ours or nothing, at once or not at all."""

from __future__ import annotations

from pathlib import Path

from converter.errors import Xl2JsonError, reason_of
from converter.placing import place
from converter.report.page import MARK

_WITHIN = 2000  # bytes in which the mark stands


def check_target(path: Path) -> None:
    """Raise Xl2JsonError where something else than a page of ours stands at `path`."""
    try:
        is_free = not path.exists() or (path.is_file() and _is_ours(path))
    except (OSError, ValueError) as error:
        raise _failed(path, error) from error
    if not is_free:
        raise Xl2JsonError("report.taken", name=str(path))


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return MARK.encode() in file.read(_WITHIN)


def store(path: Path, content: bytes) -> None:
    """Write the page. Raises Xl2JsonError where that cannot be; then what stood there before stands there still."""
    check_target(path)
    place(path, content, "report.failed")


def _failed(path: Path, error: OSError | ValueError) -> Xl2JsonError:
    return Xl2JsonError("report.failed", name=str(path), reason=reason_of(error))

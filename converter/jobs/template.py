"""The workbook to fill in."""

from __future__ import annotations

from pathlib import Path

from converter.errors import MisuseError
from converter.spec.load import DEFAULT, load_spec


def template(out: Path, *, spec: str | Path = DEFAULT, lang: str = "fr", example: bool = False) -> tuple[Path, ...]:
    """Write a blank workbook for `spec` to `out`; with `example`, filled with the guide's case, its files beside it.

    Returns the example's files. Raises Xl2JsonError where a file stands there already or cannot be written.
    """
    from converter.workbook.blank import write_blank

    if out.suffix.lower() != ".xlsx":
        raise MisuseError("not_xlsx", name=str(out))

    return write_blank(load_spec(spec), out, lang, example=example)

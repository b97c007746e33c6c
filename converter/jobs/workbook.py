"""From a JSON back to a workbook, to correct it or to keep it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from converter.errors import MisuseError, Xl2JsonError, reason_of
from converter.readback.document import NotADocument, parse
from converter.readback.rows import left_out, rows_of
from converter.spec.load import load_spec
from converter.spec.model import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """A workbook made of a JSON: how many requests it holds, and the paths of what had no column there."""

    workbook: Path
    requests: int
    left_out: tuple[str, ...]


def workbook(file: str | Path, out: str | Path, *, spec: Spec | None = None, lang: str = "fr") -> TakenOver:
    """Write to `out` the workbook whose conversion gives the JSON `file`; contract §6.

    Values that do not fit are taken over as they are, for `check` to name. Raises Xl2JsonError where `file` cannot be
    read or is no deposit, where `out` exists or cannot be written: then nothing is.
    """
    from converter.workbook.filled import write_filled

    path, spec = Path(out), spec or load_spec()
    if path.suffix.lower() != ".xlsx":
        raise MisuseError("not_xlsx", name=str(path))
    tree = _tree(Path(file))
    rows = rows_of(spec, tree)
    write_filled(spec, path, lang, rows)
    return TakenOver(workbook=path, requests=len(rows[spec.request.id]), left_out=left_out(spec, tree))


def _tree(file: Path) -> Any:
    try:
        return parse(file.read_bytes(), strict=False)
    except FileNotFoundError as error:
        raise Xl2JsonError("way_back.missing", name=str(file)) from error
    except IsADirectoryError as error:
        raise Xl2JsonError("way_back.folder", name=str(file)) from error
    except OSError as error:
        raise Xl2JsonError("way_back.unreadable", name=str(file), reason=reason_of(error)) from error
    except NotADocument as error:
        raise Xl2JsonError("way_back.no_document", name=str(file), why=error.say) from error

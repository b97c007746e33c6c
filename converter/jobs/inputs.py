"""What `batch` was pointed at: workbooks and exports, folders of them, and patterns where no shell resolves them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from glob import glob
from pathlib import Path

from converter.errors import Xl2JsonError

ENDINGS = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv"})


def inputs_of(paths: Iterable[str | Path]) -> list[Path]:
    """The inputs in the order given, a folder's by name, none twice; what is not there is an input all the same.

    Of a folder's files those count that may be an input; hidden ones and Excel's own (`~$…`) are passed over. Raises
    Xl2JsonError where there is none at all.
    """
    given = [Path(one) for one in paths]
    found: dict[Path, Path] = {}
    for path in given:
        for one in _of(path):
            found.setdefault(one.resolve(), one)
    if not found:
        raise Xl2JsonError("batch.nothing", names=tuple(map(str, given)), endings=tuple(sorted(ENDINGS)))
    return list(found.values())


def is_input(path: Path) -> bool:
    """Whether a folder's file may be an input."""
    return path.suffix.lower() in ENDINGS and not path.name.startswith(("~$", ".")) and path.is_file()


def _of(path: Path) -> Iterator[Path]:
    try:
        if path.is_dir():
            yield from sorted(filter(is_input, path.iterdir()), key=_by_name)
            return
        exists = path.exists()
    except (OSError, ValueError):  # behind a closed door, or a name that no file can have: told when it is opened
        exists = True
    matches = [] if exists else sorted(map(Path, glob(str(path), recursive=True)), key=_by_name)  # noqa: PTH207 - not below a folder
    yield from matches or [path]


def _by_name(path: Path) -> str:
    return unicodedata.normalize("NFC", str(path))


def as_typed(path: Path) -> str:
    """A path as it is typed in a command: between quotes where it holds a space."""
    return f'"{path}"' if " " in str(path) else str(path)

"""Copies of a workbook: where one may be written without harm to what somebody else wrote.

Each copy is sealed: behind the last of its bytes stands what they come to. Where the seal holds nobody has saved the
file since, and the next run may write it anew; any spreadsheet program that saves it breaks the seal.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from converter.errors import MisuseError, Xl2JsonError, reason_of
from converter.placing import place
from converter.wording import Say
from converter.workbook.annotate import losses
from converter.workbook.container import kind_of
from converter.workbook.kept import has_macros

_MARK = b"xl2json:"
_SEAL = len(_MARK) + 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A copy that was written, and what there is to say of it."""

    path: Path
    notes: tuple[Say, ...]


def is_kept_whole(workbook: Path) -> bool:
    """Whether a copy of `workbook` can be made of itself (.xlsx, .xlsm); else it takes the template's form."""
    return kind_of(workbook) == "xlsx"


def check_target(workbook: Path, target: Path) -> None:
    """Raise where a copy of `workbook` must not be called `target`: before anything else is done.

    MisuseError for a wrong ending, Xl2JsonError where it is the original or somebody else's file.
    """
    wanted = ".xlsm" if is_kept_whole(workbook) and has_macros(workbook) else ".xlsx"
    if target.suffix.lower() != wanted:
        raise MisuseError("annotate.macros" if wanted == ".xlsm" else "not_xlsx", name=target.name)
    try:
        if target.exists() and target.samefile(workbook):
            raise Xl2JsonError("annotate.is_original", name=workbook.name)
        if target.exists() and not _is_untouched(target):
            raise Xl2JsonError("annotate.taken", name=str(target))
    except OSError as error:  # a name that no file can have, or behind a closed door
        raise Xl2JsonError("disk", name=str(target), reason=reason_of(error)) from error


def put_copy(target: Path, content: bytes) -> None:
    """Write a copy where `check_target` has allowed it."""
    place(target, sealed(content))


def notes_of(workbook: Path, target: Path) -> tuple[Say, ...]:
    """What the person should know of a copy: what it lacks, and where its attachments are looked for."""
    notes: list[Say] = []
    if not is_kept_whole(workbook):
        notes.append(Say("annotate.in_form", {"name": workbook.name}))
    elif lost := tuple(Say(f"annotate.loss.{one}") for one in losses(workbook)):
        notes.append(Say("annotate.lost", {"name": target.name, "parts": lost}))
    if target.resolve().parent != workbook.resolve().parent:
        notes.append(Say("annotate.elsewhere", {"folder": str(workbook.resolve().parent)}))
    return tuple(notes)


def sealed(content: bytes) -> bytes:
    """`content`, a zip archive without a comment, with its seal as the comment."""
    seal = _MARK + hashlib.sha256(content).hexdigest().encode()
    return content[:-2] + len(seal).to_bytes(2, "little") + seal


def _is_untouched(target: Path) -> bool:
    try:
        there = target.read_bytes()
    except OSError:
        return False
    return sealed(there[: -_SEAL - 2] + b"\0\0") == there

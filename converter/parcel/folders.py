"""Where the files to enclose may lie, and finding one there by the name that the workbook gives it."""

from __future__ import annotations

import os
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from converter.cells import fold, nearest
from converter.wording import Say

_MOST_SUGGESTIONS = 50  # after so many, the whole folder is wrong, and looking for names takes its time


@dataclass(frozen=True, slots=True)
class Listing:
    """The files in a folder that are no links, name in NFC -> name on disk. Without `is_plain`, nothing is known: no
    such folder, or a link leads to it.
    """

    folder: Path
    files: dict[str, str]
    is_plain: bool

    @classmethod
    def of(cls, folder: Path) -> Listing:
        """What it holds now."""
        names: list[str] = []
        is_plain = False
        with suppress(OSError, ValueError):  # a name that no folder can have, or behind a closed door
            if os.path.realpath(folder) == str(folder):
                with os.scandir(folder) as entries:
                    names = [one.name for one in entries if one.is_file(follow_symlinks=False)]
                is_plain = True
        files = {unicodedata.normalize("NFC", name): name for name in names}
        return cls(folder, files | {name: name for name in names if name in files}, is_plain)


@dataclass(frozen=True)
class Folders:
    """Where source files may lie, in the order they are looked for; `names` and `listed` remember what they hold.

    With `by_name` they came along with a message: they have no folders of their own, so a file is looked for by its
    bare name, as it is written, else regardless of case, spaces and `_` where one file alone is called so.
    """

    roots: tuple[Path, ...]
    by_name: bool = False
    names: dict[Path, dict[str, str]] = field(default_factory=dict)
    listed: dict[tuple[Path | str, ...], Listing] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def plain(self, text: str) -> Path | None:
        """What `find` would find, where that is a file and no link leads to it: an absolute path below a root.

        None where only `find` can tell. A month's files lie in a folder or two, whose listings answer for all of them.
        """
        *below, name = unicodedata.normalize("NFC", text.replace("\\", "/")).split("/")
        if self.by_name or "" in below or ":" in text:  # it may begin elsewhere than at a root
            return None
        for root in self._real_roots:
            listing = self._listed((root, *below))
            if name in listing.files:
                return listing.folder / listing.files[name]
            if not listing.is_plain or os.path.lexists(listing.folder / name):  # or a link, or another spelling
                return None
        return None

    def _listed(self, parts: tuple[Path | str, ...]) -> Listing:
        if parts not in self.listed:
            self.listed[parts] = Listing.of(Path(*parts))
        return self.listed[parts]

    def find(self, text: str) -> Path | None:
        """The file that `text` names, None where there is none. Names compare in NFC, links are followed later."""
        relative = PurePosixPath(unicodedata.normalize("NFC", text.replace("\\", "/")))
        if self.by_name:
            return self._called(relative.name)
        for root in self.roots:
            path = self._below(root, relative)
            if path is not None and _leads_somewhere(path):
                return path
        return None

    def _called(self, name: str) -> Path | None:
        """The one file of that name."""
        for root in self.roots:
            listing = self._listing(root)
            alike = [name] if name in listing else self._alike.get(_loosely(name), [])
            if len(alike) == 1:
                return root / listing[alike[0]]
        return None

    @cached_property
    def _alike(self) -> dict[str, list[str]]:
        """The files whose names differ by no more than case, spaces and `_`."""
        alike: dict[str, list[str]] = {}
        for root in self.roots:
            for name in self._listing(root):
                alike.setdefault(_loosely(name), []).append(name)
        return alike

    def _below(self, root: Path, relative: PurePosixPath) -> Path | None:
        try:
            path = root / relative
            if path.exists():
                return path
        except (OSError, ValueError):  # a name that no file can have
            return None
        path = root
        for part in relative.parts:
            name = part if part in ("..", "/") else self._listing(path).get(part)
            if name is None:
                return None
            path = path / name
        return path

    def _listing(self, folder: Path) -> dict[str, str]:
        """Name in NFC -> name on disk."""
        if folder not in self.names:
            try:
                listed = [one.name for one in folder.iterdir()]
            except (OSError, ValueError):
                listed = []
            self.names[folder] = {unicodedata.normalize("NFC", name): name for name in listed}
        return self.names[folder]

    def holds(self, real: Path) -> bool:
        """Whether `real`, a path with all links followed, lies below one of the roots."""
        return any(real.is_relative_to(root) for root in self._real_roots)

    @cached_property
    def shown(self) -> tuple[str | Say, ...]:
        """The folders' names, for a person."""
        if self.by_name:
            return (Say("mail.attached"),)
        return tuple(str(root) for root in self._real_roots)

    @cached_property
    def _real_roots(self) -> tuple[Path, ...]:
        return tuple(root.resolve() for root in self.roots)

    def nearest(self, text: str) -> str | None:
        """A file with nearly that name, or that name and an ending, where it was looked for or at the top of a root."""
        self.asked.append(text)
        if len(self.asked) > _MOST_SUGGESTIONS:
            return None
        relative = PurePosixPath(text.replace("\\", "/"))
        if self.by_name:
            relative = PurePosixPath(relative.name or "?")
        is_inside = not relative.is_absolute() and ".." not in relative.parts and ":" not in relative.parts[0]
        for root in self.roots:
            for folder in dict.fromkeys((relative.parent if is_inside else PurePosixPath(), PurePosixPath())):
                name = _nearest(relative.name, self._listing(root / folder))
                if name:
                    return str(folder / name)
        return None


def _loosely(name: str) -> str:
    return re.sub(r"[\s_]+", "_", unicodedata.normalize("NFC", name).strip()).casefold()


def _leads_somewhere(path: Path) -> bool:
    try:
        path.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        return False
    return True


def _nearest(name: str, names: dict[str, str]) -> str | None:
    """The name that was meant; never one with other digits, which would be another order's."""
    without_ending = {fold(PurePosixPath(one).stem): one for one in names.values()}
    alike = [one for one in names.values() if _digits(one) == _digits(name) or _numbers(one) == _numbers(name)]
    return without_ending.get(fold(name)) or nearest(name, alike)


def _digits(name: str) -> list[str]:
    return sorted(sign for sign in name if sign.isdigit())


def _numbers(name: str) -> list[int]:
    return [int(digits) for digits in re.findall("[0-9]{1,18}", name)]

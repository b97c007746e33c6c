"""What kind of file a workbook really is, told by its content and never by its name."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Literal

from converter.cells import nearest
from converter.errors import Xl2JsonError, reason_of

Kind = Literal["xlsx", "xls", "ods"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_HTML = (b"<html", b"<!doctype html", b"<table")
_ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods")
MOST_BYTES = 256 * 2**20


def kind_of(path: Path) -> Kind:
    """The kind of spreadsheet at `path`.

    Raises Xl2JsonError, with a sentence that says what to do, for everything that is none: missing, empty, protected by
    a password, `.xlsb`, Word, HTML, CSV, or cut short.
    """
    head = _head(path)
    name = path.name
    if not head:
        raise Xl2JsonError("workbook.empty", name=name)
    if head.startswith(_OLE):
        return _kind_of_ole(path)
    if head.startswith(_ZIP):
        return _kind_of_zip(path)
    if head.startswith(b"%PDF"):
        raise Xl2JsonError("workbook.pdf", name=name)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_HTML) or b"<html" in start:
        raise Xl2JsonError("workbook.html", name=name)
    if b"\x00" in head:
        raise Xl2JsonError("workbook.unknown", name=name)
    raise Xl2JsonError("workbook.text", name=name)


def _head(path: Path) -> bytes:
    with opening(path):
        if path.is_dir():
            raise Xl2JsonError("workbook.folder", name=str(path))
    with opening(path), path.open("rb") as file:
        if path.stat().st_size > MOST_BYTES:
            raise Xl2JsonError("workbook.large", name=path.name, megabytes=MOST_BYTES // 2**20)
        return file.read(4096)


class opening:  # noqa: N801 - reads like a statement
    """Turns what the system says of a file that cannot be opened into a sentence."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, FileNotFoundError):
            near = _neighbour(self.path)
            key = "workbook.missing_near" if near else "workbook.missing"
            raise Xl2JsonError(key, name=str(self.path), near=near) from error
        if isinstance(error, PermissionError):
            raise Xl2JsonError("workbook.locked", name=self.path.name) from error
        if isinstance(error, OSError):
            raise Xl2JsonError("workbook.unreadable", name=self.path.name, reason=reason_of(error)) from error


def _neighbour(path: Path) -> str | None:
    """A workbook in the same folder with nearly that name."""
    with suppress(OSError):
        names = [one.name for one in path.parent.iterdir() if one.suffix.lower() in _ENDINGS]
        stems = {Path(name).stem: name for name in names}
        near = nearest(path.name, names) or stems.get(nearest(path.stem, stems) or "")
        return str(path.parent / near) if near else None
    return None


def _kind_of_ole(path: Path) -> Kind:
    with opening(path):
        content = path.read_bytes()
    if _ENCRYPTED in content:
        raise Xl2JsonError("workbook.password", name=path.name)
    if any(stream in content for stream in _WORKBOOK_STREAMS):
        return "xls"
    raise Xl2JsonError("workbook.not_a_workbook", name=path.name)


def _kind_of_zip(path: Path) -> Kind:
    try:
        with opening(path), zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            mimetype = head_of(archive, "mimetype", 100) if "mimetype" in names else b""
    except Xl2JsonError:
        raise
    except Exception as error:  # zipfile raises any kind of exception for a damaged file
        raise Xl2JsonError("workbook.damaged", name=path.name) from error
    if "xl/workbook.bin" in names:
        raise Xl2JsonError("workbook.xlsb", name=path.name)
    if "xl/workbook.xml" in names:
        return "xlsx"
    if b"opendocument.spreadsheet" in mimetype and "content.xml" in names:
        return "ods"
    raise Xl2JsonError("workbook.not_a_workbook", name=path.name)


def head_of(archive: zipfile.ZipFile, member: str, count: int) -> bytes:
    """The first bytes of a member, which may unfold to anything."""
    with archive.open(member) as file:
        return file.read(count)

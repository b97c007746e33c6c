"""The zip is, byte for byte, the one that Python's own module writes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from converter.parcel.stored import StoredZip

MEMBERS = {
    "none": [],
    "one": [("RAD-RIS-Va1-BDC-00001.pdf", b"%PDF")],
    "several": [("a.pdf", b"a"), ("b.png", bytes(70_000)), ("a folder/c.jpg", b"")],
    "a name with accents": [("pièce.pdf", b"x")],
}


def as_zipfile_writes(members: list[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return made.getvalue()


@pytest.mark.parametrize("members", MEMBERS.values(), ids=MEMBERS)
def test_it_is_what_zipfile_writes(members: list[tuple[str, bytes]], tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with StoredZip(path) as archive:
        for name, content in members:
            archive.add(name, content)
    assert path.read_bytes() == as_zipfile_writes(members)
    with zipfile.ZipFile(path) as read:
        assert read.testzip() is None


def test_what_goes_wrong_on_the_way_leaves_no_zip_that_opens(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with pytest.raises(KeyError), StoredZip(path) as archive:
        archive.add("a.pdf", b"a")
        raise KeyError
    assert not zipfile.is_zipfile(path)

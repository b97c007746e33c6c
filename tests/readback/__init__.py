"""A finished deposit in, with one thing changed; exact findings out.

    path = deposit(tmp_path, ("lignesImport[0].commande.regimeTVA", "TVA"))
    assert told(path) == [("C3", "error", "$.lignesImport[0].commande.regimeTVA", "00001", "TVA")]

The deposit holds two sound requests: 00001 with VAT, 00002 without and with its proof.
"""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from converter import Finding, convert, load_spec
from converter.jobs.verify import Verified, verify
from tests.books import DEPOSIT, FINESS, Book, a_book, a_request, write

STEM = "JSON-RIS2021001-20211130-001"
BDC = "RAD-RIS-Va1-BDC-00001.pdf"
LINE = "lignesImport[0]"
GONE = object()
Told = tuple[str, str, str | None, str | None, str | None]

spec = cache(load_spec)


def a_deposit_book() -> Book:
    book = a_book(a_request(), a_request("CMD-2", "00002", FINESS[1]))
    book["Commande"][1]["regimeTVA"] = "HT"
    book["Pièces justificatives"].append({"demande": "CMD-2", "typeFichier": "PREUVE_HT", "fichier": "preuve.pdf"})
    return book


@cache
def _made() -> tuple[bytes, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        book = write(Path(folder), a_deposit_book())
        (file,) = convert(book, spec=spec(), out=Path(folder) / "depot", deposit=DEPOSIT, loose=False).files
        assert file.zip is not None
        return Path(file.json).read_bytes(), Path(file.zip).read_bytes()


def deposit(folder: Path, *changes: tuple[str, Any], parcel: bool = True, name: str = STEM) -> Path:
    """The sound deposit but for those values, by path; GONE takes a key out. A new key is added at the end."""
    content, packed = _made()
    tree = json.loads(content)
    for path, value in changes:
        put(tree, path, value)
    json_file = folder / f"{name}.json"
    json_file.write_text(json.dumps(tree, ensure_ascii=False, indent=2), "utf-8")
    if parcel:
        (folder / f"{name}.zip").write_bytes(packed)
    return json_file


def put(tree: Any, path: str, value: Any) -> None:
    """Put `value` where `path` leads."""
    *way, last = re.findall(r"[^.\[\]]+", path)
    for step in way:
        tree = tree[int(step) if isinstance(tree, list) else step]
    key = int(last) if isinstance(tree, list) else last
    if value is GONE:
        del tree[key]
    else:
        tree[key] = value


def raw(folder: Path, content: bytes) -> Path:
    """A file of those bytes, under the name of a deposit."""
    path = folder / f"{STEM}.json"
    path.write_bytes(content)
    return path


def repack(path: Path, **changes: bytes | None) -> Path:
    """The zip beside a JSON once more, with other contents for those members (None takes one out)."""
    parcel = path.with_suffix(".zip")
    with zipfile.ZipFile(parcel) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members |= {name: content for name, content in changes.items() if content is not None}
    with zipfile.ZipFile(parcel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            if name not in changes or changes[name] is not None:
                archive.writestr(name, content)
    return path


def told(path: Path, parcel: Path | None = None) -> list[Told]:
    """What `verify` says: rule, severity, path, demande, value."""
    return [_all(one) for one in found(path, parcel).findings]


def found(path: Path, parcel: Path | None = None) -> Verified:
    return verify(path, parcel, spec=spec())


def _all(one: Finding) -> Told:
    return one.rule, one.severity, one.path, one.demande, one.value

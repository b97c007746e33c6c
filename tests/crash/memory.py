"""What a ledger and a folder hold: to be compared, and to be put back as it was."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Integer, NullPool, create_engine, inspect, select, text

from converter.ledger.open import Ledger
from converter.ledger.tables import events, files, marks, metadata, requests, suppliers

Tree = dict[str, bytes | None]
Rows = dict[str, list[Any]]
_TIMES_AND_IDS = {"id", "file", "replaces", "run"}


def tree(folder: Path) -> Tree:
    """Every file below `folder` with its bytes, hidden ones too, and every folder."""
    paths = sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in paths}


def rows_of(ledger: str) -> Rows:
    """The ledger, row for row, but for times, runs and ids: what an id points to stands in its place.

    Waits for a process that was killed to let go of the ledger; a server takes a moment to see it.
    """
    with Ledger(ledger).writing() as connection:
        return _told(connection)


def _told(connection: Connection) -> Rows:
    file_rows = connection.execute(select(files)).mappings().all()
    request_rows = connection.execute(select(requests)).mappings().all()
    number = {one["id"]: one["number"] for one in request_rows}
    name = {one["id"]: (one["folder"], one["name"], one["day"]) for one in file_rows}
    numbers = [
        {**_plain(one), "file": name.get(one["file"]), "replaces": number.get(one["replaces"])} for one in request_rows
    ]
    story = connection.execute(select(events).order_by(events.c.id)).mappings().all()
    return {
        "suppliers": sorted(map(tuple, connection.execute(select(suppliers)))),
        "files": sorted(map(_plain, file_rows), key=str),
        "requests": sorted(numbers, key=str),
        "marks": sorted((number[one.request], one.mark) for one in connection.execute(select(marks))),
        "events": [(number[one["request"]], {**_plain(one), "file": one["file"], "request": None}) for one in story],
    }


def _plain(row: Any) -> dict[str, Any]:
    """A row without its ids; of a time, whether there is one."""
    return {
        key: value is not None if key == "at" or key.endswith("_at") else value
        for key, value in row.items()
        if key not in _TIMES_AND_IDS
    }


class Memory:
    """A folder and a ledger as they stand now; `back` puts them back, as often as one likes."""

    def __init__(self, folder: Path, ledger: str) -> None:
        self.folder, self.ledger = folder, ledger
        self.kept = folder.with_name(f"{folder.name}-kept-{len(list(folder.parent.iterdir()))}")
        shutil.copytree(folder, self.kept)
        self.content = self._read()

    def back(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)
        if "://" in self.ledger:
            self._write_rows()
        else:
            for path in Path(self.ledger).parent.glob("ledger*"):
                path.unlink()
            if self.content is not None:
                Path(self.ledger).write_bytes(self.content)

    def _read(self) -> Any:
        if "://" not in self.ledger:
            path = Path(self.ledger)
            return path.read_bytes() if path.exists() else None
        engine = _engine(self.ledger)
        with engine.begin() as connection:
            if not inspect(connection).has_table("version"):
                return None
            return {
                one.name: [dict(row) for row in connection.execute(select(one)).mappings()]
                for one in metadata.sorted_tables
            }

    def _write_rows(self) -> None:
        engine = _engine(self.ledger)
        with engine.begin() as connection:
            if self.content is None:
                metadata.drop_all(connection)
                return
            names = ", ".join(one.name for one in metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            for one in metadata.sorted_tables:
                if self.content[one.name]:
                    connection.execute(one.insert(), self.content[one.name])
                if "id" in one.c and isinstance(one.c.id.type, Integer):
                    sequence = (
                        f"SELECT setval('{one.name}_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM {one.name}), false)"  # noqa: S608
                    )
                    connection.execute(text(sequence))


def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


def agree(ledger: str, outs: Sequence[Path]) -> dict[str, str]:
    """Hold the folders against the ledger: every file complete, every request once, no number twice, nothing else there.

    Returns the number of each request that waits to be deposited.
    """
    rows = rows_of(ledger)
    numbers = [one["number"] for one in rows["requests"]]
    assert len(numbers) == len(set(numbers)), "a number twice"
    claims = [one["claim"] for one in rows["files"] if one["claim"]]
    assert len(claims) == len(set(claims)), "a name twice"
    live = [one for one in rows["files"] if one["state"] != "withdrawn"]
    alive = {(one["folder"], one["name"]) for one in live}
    left = {(one["folder"], one["name"]) for one in rows["files"] if one["leftover"]} - alive
    assert not [folder for folder, _ in left if Path(folder).is_dir()]  # else it may be on another machine
    assert {one["state"] for one in live} <= {"prepared", "deposited"}
    expected: set[str] = set()
    for file in live:
        expected |= _complete(
            file, [one for one in rows["requests"] if one["file"] and one["file"][:2] == (file["folder"], file["name"])]
        )
    there = {str(out / name) for out in outs for name in (tree(out) if out.exists() else {})}
    assert there == expected, "files and ledger differ"
    waiting = [one for one in rows["requests"] if one["state"] == "prepared"]
    assert len({one["demande"] for one in waiting}) == len(waiting), "a request twice"
    return {one["demande"]: one["number"] for one in waiting}


def _complete(file: dict[str, Any], inside: list[dict[str, Any]]) -> set[str]:
    """Hold a file against what the ledger says of it; returns all paths that belong to it."""
    json_, parcel, loose = (Path(file["folder"]) / f"{file['name']}{ending}" for ending in (".json", ".zip", ""))
    content = json_.read_bytes()
    assert hashlib.sha256(content).hexdigest() == file["sha256"], f"{json_} is not what the ledger says"
    lines = json.loads(content)["lignesImport"]
    of_ledger = [one["number"] for one in sorted(inside, key=lambda one: one["line"]) if one["state"] != "withdrawn"]
    assert [line["numeroEditeur"] for line in lines] == of_ledger
    names = [piece["nomFichier"] for line in lines for piece in line["piecesJustificatives"]]
    packed = zipfile.ZipFile(io.BytesIO(parcel.read_bytes()))
    assert packed.namelist() == names
    assert {path.name: path.read_bytes() for path in loose.iterdir()} == {name: packed.read(name) for name in names}
    return {str(json_), str(parcel), str(loose), *(str(loose / name) for name in names)}

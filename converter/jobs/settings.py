"""What stays the same from month to month: `xl2json.toml`, looked for from the workbook's folder upwards.

The command line wins over the environment (`XL2JSON_…`), that over the file.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from converter.errors import Xl2JsonError
from converter.spec.model import Spec
from converter.wording import LANGUAGES, Say

FILE = "xl2json.toml"
_FOLDERS = ("out", "attachments")
_TEXTS = ("ledger", "lang")
_TABLES = ("mail",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`given`: values for the file's header, by tag; folders are absolute or relative to the working folder."""

    given: Mapping[str, str] = field(default_factory=dict)
    out: Path | None = None
    attachments: Path | None = None
    ledger: str | None = None
    lang: str | None = None


def find_settings(workbook: Path, spec: Spec, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that hold for `workbook`.

    Raises Xl2JsonError where the file cannot be read or has a key that means nothing.
    """
    tags = tuple(one.name for one in spec.header.fields if one.typed)
    values: dict[str, Any] = {}
    path = _nearest(workbook)
    if path is not None:
        values = _read(path, tags)
    for name in (*tags, *_FOLDERS, *_TEXTS):
        from_environment = environment.get(f"XL2JSON_{name.upper()}")
        if from_environment:
            values[name] = Path(from_environment) if name in _FOLDERS else from_environment
    if values.get("lang", "fr") not in LANGUAGES:
        raise Xl2JsonError("settings.lang", value=values["lang"])
    given = {name: values[name] for name in tags if name in values}
    return Settings(given=given, **{name: values.get(name) for name in (*_FOLDERS, *_TEXTS)})


def _nearest(workbook: Path) -> Path | None:
    """The settings file nearest to the workbook; that the workbook cannot be reached is told when it is opened."""
    try:
        folders = workbook.resolve().parents
        return next((folder / FILE for folder in folders if (folder / FILE).is_file()), None)
    except (OSError, RuntimeError):
        return None


def _read(path: Path, tags: tuple[str, ...]) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        line = re.search(r"at line (\d+)", str(error))
        where = Say("word.at_line", {"line": line[1]}) if line else ""
        raise Xl2JsonError("settings.unreadable", name=str(path), line=where) from error
    known = (*tags, *_FOLDERS, *_TEXTS, *_TABLES)
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise Xl2JsonError("settings.unknown", name=str(path), setting=key, known=known)
        if key in _TABLES:
            continue
        text = "; ".join(map(str, value)) if isinstance(value, list) and key in tags else value
        if not isinstance(text, str):
            raise Xl2JsonError("settings.type", name=str(path), setting=key)
        values[key] = path.parent / text if key in _FOLDERS else text
        if key == "ledger" and "://" not in text:
            values[key] = str(path.parent / text)
    return values

"""What stays the same from month to month: `xl2json.toml`, looked for from the workbook's folder upwards.

The command line wins over the environment (`XL2JSON_…`), that over the file.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from converter.errors import MisuseError, Xl2JsonError
from converter.spec.model import Spec
from converter.wording import LANGUAGES, Say

FILE = "xl2json.toml"
_FOLDERS = ("out", "attachments")
_TEXTS = ("ledger", "lang")
_MAIL = "mail"
_MOST_SIZE = 1_000_000_000
_UNITS = {"": 1, "K": 1000, "M": 1_000_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The table `mail`, which stands in `file`: what the commands `mail` take where the command line says nothing.

    `allow`: addresses and domains, none of them a reason to send anything; `move_to`: a folder of the mailbox;
    `max_mail_size`: bytes.
    """

    file: Path | None = None
    allow: tuple[str, ...] = ()
    move_to: str | None = None
    templates: Path | None = None
    max_mail_size: int | None = None

    def templates_folder(self) -> Path | None:
        """`templates`, which is there. Raises Xl2JsonError where it is not: only who uses it need know."""
        if self.templates is not None and not self.templates.is_dir():
            raise _wrong_mail(self.file, "templates", self.templates)
        return self.templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`given`: values for the file's header, by tag; folders are absolute or relative to the working folder."""

    given: Mapping[str, str] = field(default_factory=dict)
    out: Path | None = None
    attachments: Path | None = None
    ledger: str | None = None
    lang: str | None = None
    mail: MailSettings = field(default_factory=MailSettings)


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
    mail = values.get(_MAIL, MailSettings())
    return Settings(given=given, mail=mail, **{name: values.get(name) for name in (*_FOLDERS, *_TEXTS)})


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
    known = (*tags, *_FOLDERS, *_TEXTS, _MAIL)
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise Xl2JsonError("settings.unknown", name=str(path), setting=key, known=known)
        if key == _MAIL:
            values[key] = _mail(path, value, known)
            continue
        text = "; ".join(map(str, value)) if isinstance(value, list) and key in tags else value
        if not isinstance(text, str):
            raise Xl2JsonError("settings.type", name=str(path), setting=key)
        values[key] = path.parent / text if key in _FOLDERS else text
        if key == "ledger" and "://" not in text:
            values[key] = str(path.parent / text)
    return values


def _mail(path: Path, table: Any, above: tuple[str, ...]) -> MailSettings:
    """The table `mail` of the file at `path`, whose keys outside of any table are those `above`."""
    if not isinstance(table, dict):
        raise Xl2JsonError("settings.mail_table", name=str(path))
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _MAIL_KEYS:
            why = "above" if key in above else key if key in _NEVER else None
            more = Say(f"error.settings.mail.{why}") if why else ""
            raise Xl2JsonError("settings.mail_unknown", name=str(path), setting=key, why=more, known=tuple(_MAIL_KEYS))
        try:
            values[key] = _MAIL_KEYS[key](value)
        except ValueError as error:
            raise _wrong_mail(path, key, error.args[0]) from error
    if "templates" in values:
        values["templates"] = path.parent / values["templates"]
    return MailSettings(file=path, **values)


def _wrong_mail(path: Path | None, key: str, value: object) -> Xl2JsonError:
    expected = Say(f"expected.mail.{key}")
    return Xl2JsonError("settings.mail_value", name=str(path), setting=key, value=str(value), expected=expected)


def _addresses(value: Any) -> tuple[str, ...]:
    """Raises ValueError with what is wrong, as the other readers of `_MAIL_KEYS` do."""
    from converter.mail.send import Allowed  # who converts a workbook need not load what sends

    if not isinstance(value, list):
        raise ValueError(value)
    for one in value:
        try:
            Allowed((_text(one),))
        except MisuseError as error:
            raise ValueError(one) from error
    return tuple(value)


def _text(value: Any) -> str:
    if not (isinstance(value, str) and value and value.isprintable()):
        raise ValueError(value)
    return value


def _bytes(value: Any) -> int:
    size = bytes_of(str(value))
    if size is None:
        raise ValueError(value)
    return size


def bytes_of(text: str) -> int | None:
    """The bytes that a size names: a number, or one with K or M; None where it is none."""
    found = re.fullmatch(r"([0-9]{1,10})([KM]?)[ob]?", text, re.IGNORECASE)
    size = int(found[1]) * _UNITS[found[2].upper()] if found else 0
    return size if 0 < size <= _MOST_SIZE else None


_MAIL_KEYS: Mapping[str, Callable[[Any], Any]] = {
    "allow": _addresses,
    "move_to": _text,
    "templates": _text,
    "max_mail_size": _bytes,
}
_NEVER = ("send", "password")  # somebody may well look for them here, so it is told where they belong

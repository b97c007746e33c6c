"""French or English: `--lang`, `XL2JSON_LANG`, the locale, else French.

Needed before the arguments are read, for the help itself.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from contextvars import ContextVar

from converter.wording import LANGUAGES

ARGUMENTS: ContextVar[list[str]] = ContextVar("ARGUMENTS")
"""What the program was called with, for a command that must know the language once the settings are read."""


def language(arguments: list[str], environment: Mapping[str, str], from_settings: str | None = None) -> str:
    """The language to speak; `from_settings` is what `xl2json.toml` says, which the locale gives way to."""
    candidates = (_typed(arguments), environment.get("XL2JSON_LANG"), from_settings, _of_locale(environment))
    return next((one for one in candidates if one in LANGUAGES), "fr")


def without_leading_language(arguments: list[str]) -> list[str]:
    """`arguments` without a `--lang` that stands before the command or the workbook."""
    while arguments and (arguments[0] == "--lang" or arguments[0].startswith("--lang=")):
        arguments = arguments[1:] if "=" in arguments[0] else arguments[2:]
    return arguments


def _typed(arguments: list[str]) -> str | None:
    for at, argument in enumerate(arguments):
        if argument == "--lang" and at + 1 < len(arguments):
            return arguments[at + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return None


def _of_locale(environment: Mapping[str, str]) -> str | None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return environment[name][:2].lower()
    if os.name != "nt":
        return None
    name = locale.getlocale()[0] or ""
    return {"English": "en", "French": "fr"}.get(name.partition("_")[0], name[:2].lower())

"""Help and usage errors in the user's language: typer knows English only, so its texts are exchanged for ours."""

from __future__ import annotations

import difflib
import re
from typing import Any

from converter.wording import Say, catalog, say

_HEADINGS = {"Options": "help.options", "Arguments": "help.arguments", "Commands": "help.commands"}


def translated(command: Any, lang: str, path: str = "xl2json") -> Any:
    """`command` and all below it with help texts from the wording files (`help.<command>` and `help.option.<name>`)."""
    words = catalog(lang)
    command.help = words.get(f"help.command.{path}", command.help)
    command.short_help = None
    command.epilog = words.get(f"help.epilog.{path}")
    command.context_class = _context_class(command.context_class, lang)
    for parameter in command.params:
        parameter.help = words.get(f"help.option.{parameter.name}", getattr(parameter, "help", None))
    for name, child in getattr(command, "commands", {}).items():
        translated(child, lang, f"{path}-{name}")
    return command


def _context_class(base: Any, lang: str) -> Any:
    class Formatter(base.formatter_class):  # type: ignore[misc]
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, args, f"{catalog(lang)['help.usage']} ")

        def write_heading(self, heading: str) -> None:
            super().write_heading(catalog(lang)[_HEADINGS[heading]] if heading in _HEADINGS else heading)

        def write_dl(self, rows: Any, *args: Any, **more: Any) -> None:
            required, help_ = catalog(lang)["help.required"], catalog(lang)["help.option.help"]
            rows = [(term, help_ if "--help" in term else text.replace("[required]", required)) for term, text in rows]
            super().write_dl(rows, *args, **more)

    class Context(base):  # type: ignore[misc]
        formatter_class = Formatter

    return Context


def usage_sentence(error: Any, lang: str) -> str:
    """A usage error in one sentence."""
    context = getattr(error, "ctx", None)
    command = " ".join(context.command_path.split()[1:]) if context else ""
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        return str(error.format_message())
    makers = {"NoSuchOption": _no_such_option, "MissingParameter": _missing, "BadOptionUsage": _no_value}
    key, words = makers.get(kind, _other)(error, context)
    return say(Say(f"error.cli.{key}", {"command": command, **words}), lang)


def _no_such_option(error: Any, context: Any) -> tuple[str, dict[str, str]]:
    known = [name for one in context.command.params for name in one.opts] if context else []
    near = difflib.get_close_matches(error.option_name, known, 1)
    words = {"option": error.option_name, "near": near[0] if near else ""}
    return ("near_option" if near else "no_such_option"), words


def _missing(error: Any, _: Any) -> tuple[str, dict[str, str]]:
    return "missing", {"name": (error.param.metavar or error.param.name) if error.param else "?"}


def _no_value(error: Any, _: Any) -> tuple[str, dict[str, str]]:
    return "no_value", {"option": error.option_name}


def _other(error: Any, context: Any) -> tuple[str, dict[str, str]]:
    """Too many arguments, perhaps because a command was misspelt; all else in typer's own words."""
    extra = re.search(r"unexpected extra argument\S* \((.*)\)", error.format_message())
    if not extra:
        return "usage", {"reason": error.format_message()}
    first = str(context.params.get("workbook") or "") if context else ""
    commands = list(context.parent.command.commands) if context and context.parent else []
    near = difflib.get_close_matches(first, commands, 1)
    return ("near_command", {"extra": first, "near": near[0]}) if near else ("extra", {"extra": extra[1]})

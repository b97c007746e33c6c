"""Texts, paths and flags taken as they are typed.

typer has pydantic look at every value, and loading pydantic takes longer than all else that a command line needs. Ours
are texts and paths that the commands check themselves, with sentences of their own. A typer that knows nothing of
`_runtime_param` does without.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

_KINDS = (str, Path, bool)


def as_typed(command: Any) -> Any:
    """`command` and all below it, whose single texts, paths and flags are not looked at by anybody else."""
    for parameter in command.params:
        _leave(parameter)
    help_option = command.get_help_option  # typer makes it when it parses
    command.get_help_option = lambda context: _leave(help_option(context))
    for child in getattr(command, "commands", {}).values():
        as_typed(child)
    return command


def _leave(parameter: Any) -> Any:
    kind = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    if kind in _KINDS and parameter.nargs == 1 and not getattr(parameter, "multiple", False):
        parameter._runtime_param = _AsTyped(kind)
    return parameter


class _AsTyped:
    """What typer asks for a parameter's value."""

    def __init__(self, kind: type[str | Path | bool]) -> None:
        self.kind = kind

    def coerce(self, value: Any, param: Any, ctx: Any) -> str | Path | bool | None:
        return None if value is None else self.kind(value)

"""Where the Jinja templates are: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).parent


def templates_folder() -> Path:
    """The folder of the templates; the wheel carries it as `converter/_templates`."""
    packed = _PACKAGE / "_templates"
    return packed if packed.is_dir() else _PACKAGE.parent / "templates"


def specs_folder() -> Path:
    """The folder of the bundled specs."""
    return _PACKAGE / "specs"


def render(name: str, **values: Any) -> str:
    """The template `name` (a path below the templates folder) filled in with `values`.

    HTML templates escape what they are given; text and Markdown ones do not.
    """
    return render_below((templates_folder(),), name, **values)


def render_below(folders: Sequence[Path], name: str, **values: Any) -> str:
    """The same of the first of `folders` that has it."""
    return _environment(tuple(folders)).get_template(name).render(**values)  # type: ignore[no-any-return]


@cache
def _environment(folders: tuple[Path, ...]) -> Any:
    """Kept, since it remembers the templates that it has read; one that has changed since is read anew."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folders, encoding="utf-8"),
        autoescape=lambda template: template is None or ".html" in template,  # noqa: S701 - it does escape HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

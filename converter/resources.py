"""Where the Jinja templates are: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

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
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(templates_folder(), encoding="utf-8"),
        autoescape=lambda template: template is None or ".html" in template,  # noqa: S701 - it does escape HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name).render(**values)

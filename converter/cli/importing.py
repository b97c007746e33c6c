"""`xl2json import`: an order export to a workbook, and a first mapping for it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from converter.cli.options import DEFAULT_SPEC, Format, Lang, Quiet, SpecName, argument, checked, language, option
from converter.errors import MisuseError


def import_command(
    export: Annotated[Path, argument("EXPORT")],
    mapping: Annotated[Path | None, option("--mapping", metavar="M.toml")] = None,
    target: Annotated[Path | None, option("-o", "--out", metavar="OUT.xlsx")] = None,
    guess: Annotated[Path | None, option("--guess", metavar="M.toml")] = None,
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    """Write the workbook, or with `--guess` a mapping, and say what came of it."""
    from converter.cli.progress import shown
    from converter.cli.show_import import show_guessed, show_imported
    from converter.jobs.importing import guess_mapping, import_export
    from converter.jobs.settings import find_settings
    from converter.spec.load import load_spec

    checked(format_, lang)
    spec = load_spec(spec_name)
    if guess is not None:
        if mapping is not None or target is not None:
            raise MisuseError("import.both")
        speak = language(find_settings(export, spec).lang)
        with shown(speak, quiet=quiet):
            guessed = guess_mapping(export, guess, spec=spec, lang=speak)
        show_guessed(guessed, export, spec, speak, format_, quiet=quiet)
        return 0
    if mapping is None or target is None:
        raise MisuseError("import.needs")
    settings = find_settings(export, spec)
    speak = language(settings.lang)
    with shown(speak, quiet=quiet):
        imported = import_export(export, mapping, target, spec=spec, settings=settings, lang=speak)
    show_imported(imported, speak, format_, quiet=quiet)
    return imported.exit_code

"""`xl2json verify`: thin; what is shown is in `show_verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from converter.cli.options import DEFAULT_SPEC, Format, Lang, Quiet, SpecName, argument, checked, language


def verify_command(
    json_file: Annotated[Path, argument("FILE.json")],
    parcel: Annotated[Path | None, argument("FILE.zip")] = None,
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    """Hold a finished deposit against the rules."""
    from converter.cli.show import show_json
    from converter.cli.show_verify import show_verified
    from converter.jobs.verify import verify
    from converter.spec.load import load_spec

    checked(format_, lang)
    spec = load_spec(spec_name)
    verified = verify(json_file, parcel, spec=spec)
    if format_ == "json":
        show_json(verified.as_dict(language()))
    else:
        show_verified(verified, spec, language(), quiet=quiet)
    return verified.exit_code

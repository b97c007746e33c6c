"""`xl2json verify`: thin; what is shown is in `show_verify`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

from converter.cli.options import DEFAULT_SPEC, Format, Lang, Quiet, Report, SpecName, argument, checked, language


def verify_command(
    json_file: Annotated[Path, argument("FILE.json")],
    parcel: Annotated[Path | None, argument("FILE.zip")] = None,
    report: Report = None,
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    """Hold a finished deposit against the rules."""
    from converter.cli.show_report import may_write, show_and_report
    from converter.cli.show_verify import show_verified
    from converter.jobs.verify import verify
    from converter.spec.load import load_spec

    checked(format_, lang)
    may_write(report)
    spec = load_spec(spec_name)
    verified = verify(json_file, parcel, spec=spec)
    show = partial(show_verified, verified, spec, language(), quiet=quiet)
    show_and_report(report, verified, spec, language(), format_, quiet=quiet, show=show)
    return verified.exit_code

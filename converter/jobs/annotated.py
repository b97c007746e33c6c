"""The workbooks of a message, handed back with their cells marked."""

from __future__ import annotations

import traceback
from pathlib import Path

from converter.errors import Xl2JsonError
from converter.jobs.letter import Copy
from converter.jobs.outcome import BatchOutcome, Outcome
from converter.placing import place_freely
from converter.spec.model import Spec
from converter.wording import Say, say


def annotated(
    folder: Path, outcome: BatchOutcome | None, spec: Spec, lang: str
) -> tuple[tuple[Copy, ...], tuple[str, ...]]:
    """The annotated copies of the workbooks in which there is something to mend or to check, placed in `folder`, and
    the tracebacks of what the program has failed at; of `outcome`, its evidence is needed.
    """
    copies, bugs = [], []
    for one in outcome.inputs if outcome else ():
        if one.evidence is not None and any(finding.severity != "info" for finding in one.findings):
            try:
                copies.append(Copy(workbook=one.input, path=_copy(folder, one, spec, lang)))
            except Xl2JsonError:  # a workbook that can be read but not written again: the list of findings says it all
                continue
            except Exception:  # noqa: BLE001 - what one workbook brings out is no reason to leave it unanswered
                bugs.append(traceback.format_exc())
    return tuple(copies), tuple(bugs)


def _copy(folder: Path, outcome: Outcome, spec: Spec, lang: str) -> Path:
    from converter.jobs.annotate import annotation
    from converter.jobs.copies import is_kept_whole, sealed
    from converter.workbook.kept import has_macros

    source = Path(outcome.input)
    ending = ".xlsm" if is_kept_whole(source) and has_macros(source) else ".xlsx"
    content = sealed(annotation(source, outcome, spec=spec, lang=lang))
    return place_freely(folder / f"{source.stem}-{say(Say('mail.annotated'), lang)}{ending}", content)

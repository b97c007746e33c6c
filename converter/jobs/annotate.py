"""A copy of the workbook that shows what was found: cells coloured and commented, a first sheet that lists it all."""

from __future__ import annotations

from pathlib import Path

from converter.jobs.copies import Copied, check_target, is_kept_whole, notes_of, put_copy
from converter.jobs.outcome import Outcome
from converter.jobs.partial import work_of
from converter.spec.model import Spec
from converter.workbook.annotate import annotated_copy, marks_of
from converter.workbook.carried import annotated_form


def annotate(workbook: str | Path, target: str | Path, outcome: Outcome, *, spec: Spec, lang: str = "fr") -> Copied:
    """Write to `target` the annotated copy of `workbook`, of which `outcome` tells (with its evidence).

    A copy of an .ods or .xls takes the template's form. A copy that nobody has saved since is written anew. Raises
    MisuseError where `target` has the wrong ending, Xl2JsonError where it is the original or another file.
    """
    source, path = Path(workbook), Path(target)
    check_target(source, path)
    put_copy(path, annotation(source, outcome, spec=spec, lang=lang))
    return Copied(path=path, notes=notes_of(source, path))


def annotation(workbook: Path, outcome: Outcome, *, spec: Spec, lang: str) -> bytes:
    """The bytes of that copy."""
    if is_kept_whole(workbook):
        marks = marks_of(outcome.findings, lang)
        return annotated_copy(workbook, spec, (), marks, lang, todo=outcome.findings)
    assert outcome.evidence is not None
    return annotated_form(work_of(outcome.evidence, spec), outcome.findings, lang)

"""A copy of the workbook that shows what was found: cells coloured and commented, a first sheet that lists it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from converter.export import is_export
from converter.jobs.copies import Copied, check_target, is_kept_whole, notes_of, put_copy
from converter.jobs.outcome import BatchOutcome, Outcome
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


def annotate_each(
    outcome: BatchOutcome, target: str | Path, *, spec: Spec, lang: str = "fr"
) -> Iterator[tuple[Outcome, Copied]]:
    """The same for each workbook of a batch (with its evidence) of which there is something to say: `target` where the
    batch has one input, else that name with the workbook's behind it. An export, made by a program, gets no copy.
    """
    copies = copies_of([Path(one.input) for one in outcome.inputs], Path(target))
    for one in outcome.inputs:
        source = Path(one.input)
        if one.findings and one.evidence is not None and one.evidence.titles and not is_export(source, spec):
            yield one, annotate(source, copies[source], one, spec=spec, lang=lang)


def copies_of(sources: Sequence[Path], target: Path) -> dict[Path, Path]:
    """What each workbook's copy is called: `target` for a single one, else that name with the workbook's behind it, and
    a number where two are called the same.
    """
    if len(sources) == 1:
        return {sources[0]: target}
    times = Counter[str]()
    copies: dict[Path, Path] = {}
    for source in sources:
        times[source.stem.casefold()] += 1
        number = times[source.stem.casefold()]
        stem = f"{target.stem}-{source.stem}" + (f"-{number}" if number > 1 else "")
        copies[source] = target.with_stem(stem)
    return copies


def annotation(workbook: Path, outcome: Outcome, *, spec: Spec, lang: str) -> bytes:
    """The bytes of that copy."""
    if is_kept_whole(workbook):
        marks = marks_of(outcome.findings, lang)
        return annotated_copy(workbook, spec, (), marks, lang, todo=outcome.findings)
    assert outcome.evidence is not None
    return annotated_form(work_of(outcome.evidence, spec), outcome.findings, lang)

"""What `--partial` holds back, left in order: a workbook of its own, annotated, ready to be corrected and go again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from converter.cells import Raw, show, trim
from converter.errors import Xl2JsonError, reason_of
from converter.findings import Finding
from converter.jobs.outcome import Evidence
from converter.parcel.folders import Folders
from converter.placing import place_freely
from converter.request import Dossier
from converter.spec.model import Sheet, Spec
from converter.values import FAULTY
from converter.wording import Say
from converter.workbook.carried import Carried, annotated_form, carry

NAME = "a_corriger.xlsx"


def leave_work(
    evidence: Evidence, gone: Collection[str], findings: Sequence[Finding], folder: Path, *, spec: Spec, lang: str
) -> Path | None:
    """Write what is not `gone` (the keys of the requests that are done with) to `folder`; None where nothing is left.

    Rows that belong to no request stay with it, so that nothing typed is lost. Attachments that lie elsewhere are put
    beside it: no workbook may name a file outside its own folder. Nobody's file is written over: the next free name is
    taken, the same content is left alone.
    """
    if all(one.demande in gone for one in evidence.dossier.requests):
        return None
    try:
        work = work_of(evidence, spec, gone)
        bring = _Bringer(evidence.folders, folder)
        bring.attachments(work, spec)
        held = [bring.told(one, spec) for one in findings if one.demande not in gone]
        content = annotated_form(work, held, lang)
        return place_freely(folder / NAME, content)
    except OSError as error:
        raise Xl2JsonError("disk", name=str(folder / NAME), reason=reason_of(error)) from error


def work_of(evidence: Evidence, spec: Spec, gone: Collection[str] = ()) -> Carried:
    """All rows of the workbook but those of the requests in `gone`, for a workbook in the template's form."""
    keys = {sheet.name: _keys(sheet, evidence, spec, gone) for sheet in spec.sheets if sheet.rows != "file"}
    header = {
        name: "; ".join(value) if isinstance(value, tuple) else str(value)
        for name, value in evidence.dossier.header.values.items()
        if value is not None and value is not FAULTY
    }
    return carry(evidence.tables, spec, keys, header)


def _keys(sheet: Sheet, evidence: Evidence, spec: Spec, gone: Collection[str]) -> Mapping[int, Raw]:
    """The rows to keep, each with the key to write: as it was typed, or as it reads where the number is the key."""
    from converter.reshape.frames import read_keys, rows_of

    table, requests = evidence.tables.found.get(sheet.name), evidence.tables.found.get(spec.request.sheet)
    if table is None:
        return {}
    frame = rows_of(table)
    if table.key is None:
        return dict.fromkeys(frame.index)
    by_number = requests is not None and requests.key == spec.number.name
    is_number = by_number or table.key == spec.number.name
    keys, _ = read_keys(table, frame, spec, is_number)
    owners = {} if by_number or not is_number else _owners(evidence.dossier, spec)
    kept = {row: (key, owners.get(key or "", key)) for row, key in zip(frame.index, keys, strict=True)}
    typed = {
        row: raw if not is_number else kept[row][1] for row, raw in zip(frame.index, frame[table.key], strict=True)
    }
    return {row: typed[row] for row, (_, owner) in kept.items() if owner not in gone}


def _owners(dossier: Dossier, spec: Spec) -> dict[str, str]:
    """The requests by the number that was typed for them, where a sheet names them by that; none that two bear."""
    typed = [(one.value(spec.key.number), one.demande) for one in dossier.requests]
    times = Counter(number for number, _ in typed if isinstance(number, str))
    return {number: demande for number, demande in typed if times.get(number) == 1}


class _Bringer:
    """Names attachments as they are reached from `folder`; those that lie elsewhere are copied to a folder there."""

    def __init__(self, folders: Folders, folder: Path) -> None:
        self.folders, self.folder = folders, folder
        self.brought: dict[Path, str] = {}

    def attachments(self, work: Carried, spec: Spec) -> None:
        """Let the rows name their attachments so; what cannot be found keeps its name."""
        column = spec.attachment
        if column is None:
            return
        sheet = spec.block(column.block).sheet
        for row in (row for one in spec.blocks if one.sheet == sheet for row in work.rows.get(one.id, ())):
            text = trim(show(row.get(column.name)) or "")
            row[column.name] = self.name(text) or row.get(column.name)

    def told(self, finding: Finding, spec: Spec) -> Finding:
        """The finding as it holds there: which folder to look in, which file may have been meant."""
        params = dict(finding.say.params)
        if spec.attachment is None or finding.field != spec.attachment.name:
            return finding
        if params.get("folders"):
            params["folders"] = (str(self.folder.resolve()),)
        if params.get("near"):
            params["near"] = self.name(params["near"]) or params["near"]
        return replace(finding, say=Say(finding.say.key, params))

    def name(self, text: str) -> str | None:
        """How the file that `text` names is reached; None where it may not be sent or is not there."""
        path = self.folders.find(text) if text else None
        real = path.resolve() if path else None
        if real is None or not self.folders.holds(real) or not real.is_file():
            return None
        if real not in self.brought:
            self.brought[real] = self._reached(real, text)
        return self.brought[real]

    def _reached(self, real: Path, text: str) -> str:
        folder = self.folder.resolve()
        if real.is_relative_to(folder):
            return real.relative_to(folder).as_posix()
        typed = PurePosixPath(text.replace("\\", "/"))
        is_inside = not typed.is_absolute() and ".." not in typed.parts and ":" not in text
        name = PurePosixPath(Path(NAME).stem) / (typed if is_inside else real.name)
        return place_freely(self.folder / name, real.read_bytes()).relative_to(self.folder).as_posix()

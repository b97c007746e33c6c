"""What a message is answered: from the outcome to the letter, and what goes along with it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from converter.errors import MisuseError, Xl2JsonError
from converter.findings import Finding
from converter.jobs.outcome import UNREADABLE, BatchOutcome, File, printable
from converter.jobs.verify import Verified, verify
from converter.mail.compose import Enclosed, Letter, compose
from converter.mail.headers import address
from converter.mail.message import Message
from converter.mail.reply import Answer, Case, Parcel, Tone, Workbook, subject_of, written
from converter.parcel.naming import pieces
from converter.placing import free_name, place
from converter.spec.model import Spec
from converter.wording import Say, say

MAX_MAIL_SIZE = 20_000_000
"""Bytes that a provider takes, as the message travels (base64)."""
_OF_A_LETTER = 4000  # headers and boundaries
_WITHDRAWN = "D7"
_NOT_ENCLOSED = "say.file.not_enclosed"
_PERSON = re.compile(r"([^\W\d_][^\d_,]*), ?([^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*)?)(?: \([^()]*\))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The annotated copy of a workbook."""

    workbook: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A draft that was written, and the files that are too large to go with it, to be handed over otherwise."""

    draft: Path
    enclosed: tuple[Path, ...]
    named: tuple[Path, ...]


def answer_to(
    message: Message,
    outcome: BatchOutcome | None,
    copies: Sequence[Copy],
    *,
    spec: Spec,
    lang: str,
    unused: tuple[str, ...] = (),
) -> Answer:
    """What is to be told of a message, `unused` scans among it; what goes along is decided by `letter_to`."""
    names = {one.workbook: one.path.name for one in copies}
    workbooks = tuple(
        Workbook(
            name=Path(one.input).name,
            read=one.counts.read,
            held=one.counts.held,
            skipped=one.counts.skipped,
            findings=tuple(finding for finding in one.findings if finding.severity != "info"),
            copy=names.get(one.input),
        )
        for one in (outcome.inputs if outcome else ())
    )
    software = [one.software for one in outcome.deliveries if one.software] if outcome else []
    replaced = [f"{name}.json" for one in outcome.deliveries for name in one.replaced] if outcome else []
    found = [finding for one in workbooks for finding in one.findings]
    case = _case(outcome, found, has_points=bool(message.troubles or unused))
    return Answer(
        lang=lang,
        name=greeted(message.name),
        case=case,
        tone=_tone(case, has_files=bool(outcome and outcome.files)),
        workbooks=workbooks,
        troubles=message.troubles,
        parcels=tuple(map(_parcel, outcome.files)) if outcome else (),
        is_enclosed=False,
        amount=outcome.amount if outcome else Decimal(0),
        advance=outcome.advance if outcome else Decimal(0),
        kind=spec.advance.kind.in_(lang),
        software=software[0] if len(set(software)) == 1 else None,
        unused=unused,
        replaced=tuple(replaced),
        withdrawn=tuple(dict.fromkeys(one.demande for one in found if one.rule == _WITHDRAWN and one.demande)),
    )


def greeted(name: str | None) -> str | None:
    """Whom a letter greets: `Dupont, Marie` is Marie Dupont; every other name is as it is."""
    match = _PERSON.fullmatch(name or "")
    return f"{match[2]} {match[1]}" if match else name


def _case(outcome: BatchOutcome | None, found: Sequence[Finding], *, has_points: bool) -> Case:
    """What the answer is to bring about; `has_points`: something is to be checked beside what was found."""
    if outcome is None:
        return "unread"
    if outcome.ok:
        return "check" if found or has_points else "fine"
    errors = [one for one in found if one.severity == "error"]
    if errors and all(one.rule == UNREADABLE for one in errors):
        return "damaged"
    return "pieces" if errors and all(one.say.key == _NOT_ENCLOSED for one in errors) else "correct"


def _tone(case: Case, *, has_files: bool) -> Tone:
    if case == "fine":
        return "good"
    return "doubtful" if has_files or case == "check" else "bad"


def _parcel(file: File) -> Parcel:
    size = file.bytes
    with suppress(OSError):
        size += Path(file.json).stat().st_size
    return Parcel(
        json=Path(file.json).name,
        zip=Path(file.zip).name if file.zip else None,
        requests=file.requests,
        attachments=file.attachments,
        bytes=size,
    )


def letter_to(
    message: Message,
    answer: Answer,
    outcome: BatchOutcome | None,
    copies: Sequence[Copy],
    *,
    templates: Path | None,
    max_mail_size: int,
) -> tuple[bytes, tuple[Path, ...]]:
    """The draft's bytes, and the files that are too large to go with it, to be handed over otherwise.

    The annotated copies go along, and where nothing is to be mended the deposit, as far as there is room: whole or not
    at all. `message` has a sender.
    """
    room = max_mail_size - _OF_A_LETTER
    enclosed: list[Enclosed] = []
    for one in _read(copy.path for copy in copies):
        if one.travelling <= room:
            enclosed.append(one)
            room -= one.travelling
    names = {one.name for one in enclosed}
    workbooks = tuple(one if one.copy in names else replace(one, copy=None) for one in answer.workbooks)
    answer = replace(answer, workbooks=workbooks)
    named: list[Path] = []
    if outcome is not None and outcome.ok and outcome.files:
        deposit = _within(_files_of(outcome), room - _length(answer, templates))
        enclosed += deposit
        named = [] if deposit else _files_of(outcome)
        answer = replace(answer, is_enclosed=bool(deposit))
    text, html = written(answer, templates)
    letter = Letter(
        to=message.sender or "",
        name=message.name,
        subject=subject_of(message.subject, answer.lang),
        text=text,
        html=html,
        lang=answer.lang,
        answers=message.id if message.has_id else None,
        references=message.references,
    )
    return compose(letter, enclosed), tuple(named)


def _length(answer: Answer, templates: Path | None) -> int:
    """The letter's own length, quoted-printable."""
    return sum(3 * len(text.encode()) for text in written(answer, templates))


def _files_of(outcome: BatchOutcome) -> list[Path]:
    return [Path(name) for file in outcome.files for name in (file.json, file.zip) if name]


def _within(paths: Sequence[Path], room: int) -> list[Enclosed]:
    """All of these files; none where they are too large together."""
    size = sum(path.stat().st_size for path in paths)
    if size > room:
        return []
    files = list(_read(paths))
    return files if sum(one.travelling for one in files) <= room else []


def _read(paths: Iterable[Path]) -> Iterator[Enclosed]:
    return (Enclosed(name=path.name, content=path.read_bytes()) for path in paths)


def draft(
    deposit: Path,
    to: str,
    out: Path,
    *,
    spec: Spec,
    templates: Path | None = None,
    max_mail_size: int = MAX_MAIL_SIZE,
    lang: str = "fr",
) -> Drafted:
    """Write to `out` a draft that carries a deposit's JSON and zip to `to`.

    Raises MisuseError where `to` is no address or `out` no .eml; Xl2JsonError where `deposit` is none or cannot be
    read, where it names attachments and its zip is not beside it, and where something stands at `out` already.
    """
    receiver, name = address(to)
    if receiver is None:
        raise MisuseError("mail.address", value=to)
    if out.suffix.lower() != ".eml":
        raise MisuseError("mail.not_eml", name=out.name)
    if free_name(out) != out:
        raise Xl2JsonError("exists", name=str(out))
    verified = verify(deposit, spec=spec)
    if not verified.complete:
        raise Xl2JsonError("mail.not_deposit", name=deposit.name, why=verified.findings[0].say)
    if verified.parcel is None and verified.dossier is not None and pieces(verified.dossier, spec)[0]:
        raise Xl2JsonError("mail.no_zip", name=deposit.name, zip=printable(deposit.with_suffix(".zip")))
    paths = [deposit, *([verified.parcel] if verified.parcel else [])]
    enclosed = _within(paths, max_mail_size - 5 * _OF_A_LETTER)
    text, html = written(_of_deposit(verified, spec, lang, is_enclosed=bool(enclosed)), templates, "deposit")
    subject = say(Say("mail.subject_deposit", {"name": deposit.stem}), lang)
    place(out, compose(Letter(to=receiver, name=name, subject=subject, text=text, html=html, lang=lang), enclosed))
    return Drafted(draft=out, enclosed=tuple(paths) if enclosed else (), named=() if enclosed else tuple(paths))


def _of_deposit(verified: Verified, spec: Spec, lang: str, *, is_enclosed: bool) -> Answer:
    path, zip_ = Path(verified.input), verified.parcel
    size = path.stat().st_size + (zip_.stat().st_size if zip_ else 0)
    pieces = 0
    if zip_ is not None:
        with suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(zip_) as archive:
            pieces = len(archive.namelist())
    parcel = Parcel(
        json=path.name,
        zip=zip_.name if zip_ else None,
        requests=verified.counts.read,
        attachments=pieces,
        bytes=size,
    )
    return Answer(
        lang=lang,
        name=None,
        case="fine" if verified.ok else "check",
        tone="good" if verified.ok else "doubtful",
        workbooks=(),
        troubles=(),
        parcels=(parcel,),
        is_enclosed=is_enclosed,
        amount=verified.amount,
        advance=verified.advance,
        kind=spec.advance.kind.in_(lang),
        software=verified.software,
    )

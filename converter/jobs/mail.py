"""One message: taken in, converted, and answered by a draft.

message -> its own folder: `reçu/` (what it carried), the deposit, the annotated copies, `reponse.eml` -> the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePath

from converter import clock
from converter.jobs.annotated import annotated
from converter.jobs.batch import batch
from converter.jobs.examine import Mailed
from converter.jobs.identity import digest_of, folder_name, known
from converter.jobs.letter import MAX_MAIL_SIZE, Copy, answer_to, letter_to
from converter.jobs.outcome import BatchOutcome, Evidence
from converter.jobs.settings import Settings
from converter.ledger import messages
from converter.ledger.messages import Row
from converter.ledger.open import Ledger
from converter.mail.message import Attached, Message, read_message
from converter.mail.sources import Post
from converter.mail.unpack import WORKBOOKS
from converter.placing import place_freely
from converter.report.subject import Workbook as Looked
from converter.report.unused import is_scan, unused
from converter.spec.model import Spec
from converter.wording import Say

RECEIVED = "reçu"
DRAFT = "reponse.eml"
_LEAST_PICTURE = 20_000  # bytes: what is smaller is a logo, mostly


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How messages are dealt with.

    Each gets a folder of its own below `out`; `ledger` is a file or URL; `again` deals with those that were dealt with
    before; `same` is as in `convert`; `templates` is a folder whose files go before our own; `max_mail_size` is in
    bytes as the message travels; `lang` is spoken where the message does not tell; `sends` notes that the answers are
    to be sent. Of `settings` only what fills a file's header counts: no message sees the folders of its reader.
    """

    out: Path
    ledger: str | Path
    spec: Spec
    deposit: date | None = None
    partial: bool = False
    strict: bool = False
    again: bool = False
    same: bool = False
    templates: Path | None = None
    max_mail_size: int = MAX_MAIL_SIZE
    lang: str = "fr"
    sends: bool = False
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What came of a message (whose attachments are in its folder, and no longer in `message`).

    `key` is what the ledger knows it by: its id, or, where that is another message's too, with its digest.
    `outcome` is None where nothing was converted; `folder` and `draft` are None where nothing was written; `copies` are
    the annotated workbooks; `named` are files that are too large to go with the draft, which names them, and are to be
    handed over otherwise; `unanswered` says why there is no draft; `is_new` is False where the message had been dealt
    with before (then `folder` and `draft` are those of that time, as far as they are there); `is_due` where its answer
    is to be sent and no run has begun to; `begun` where one has begun and no end of it is known: told, never repeated;
    `is_impostor` where another message bore its id before, so that it was not dealt with.
    `bugs` are the tracebacks of what the program itself has failed at.
    """

    message: Message
    where: str
    key: str
    outcome: BatchOutcome | None
    folder: Path | None
    draft: Path | None
    copies: tuple[Path, ...] = ()
    named: tuple[Path, ...] = ()
    unanswered: Say | None = None
    is_new: bool = True
    is_due: bool = False
    begun: bool = False
    is_impostor: bool = False
    bugs: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether the message carried something for us: what `Post.done` is to be told."""
        return self.folder is not None

    @property
    def ok(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.message.troubles if self.outcome is None else self.outcome.ok


def read_one(post: Post, how: Reading) -> Handled:
    """Deal with one message; `Post.done` is the caller's to call.

    Faults of the message are in what is returned. Raises Xl2JsonError where the run cannot go on (ledger, disk).
    """
    message = read_message(post.content)
    ledger, digest = Ledger.at(how.ledger), digest_of(message)
    with ledger.reading() as connection:
        key, row = known(connection, message, digest)
        stands = row is not None and messages.stands(connection, row)
        is_in_thread = messages.is_any(connection, message.references)
    if row is not None and not how.again:
        return _before(message, post.where, row, stands=stands)
    if key != message.id and not how.again:
        return _impostor(message, post.where, key)
    if is_in_thread and _lacks_a_workbook(message, how.spec):
        message = replace(message, troubles=(*message.troubles, Say("mail.trouble.no_workbook")))
    handled = _deal_with(message, post.where, key, how)
    with ledger.writing() as connection:
        messages.note_handled(
            connection,
            key,
            digest=digest,
            folder=_text(handled.folder),
            draft=_text(handled.draft),
            files=[Path(file.json).stem for file in handled.outcome.files] if handled.outcome else [],
            is_due=handled.is_due,
        )
    return handled


def _lacks_a_workbook(message: Message, spec: Spec) -> bool:
    """Whether scans came that are of no use alone: in answer to us, somebody sends what we said was missing."""
    scans = [one for one in message.attachments if is_scan(one.name, spec)]
    are_some = any(one.content.startswith(b"%PDF") or len(one.content) >= _LEAST_PICTURE for one in scans)
    return are_some and not any(map(_is_workbook, message.attachments))


def _text(path: Path | None) -> str | None:
    return str(path.resolve()) if path else None


def _impostor(message: Message, where: str, key: str) -> Handled:
    """Another message than the one that bore this id before: whoever keeps the mailbox is to look at it."""
    told = replace(message, attachments=(), troubles=(Say("mail.trouble.same_id"),))
    return Handled(
        message=told, where=where, key=key, outcome=None, folder=None, draft=None, is_impostor=True
    )  # fmt: skip


def _before(message: Message, where: str, row: Row, *, stands: bool) -> Handled:
    """A message that was dealt with before; an answer that has left, or does not hold any more, is no draft."""
    folder, draft = (Path(one) if one else None for one in (row.folder, row.draft))
    is_there = draft is not None and draft.is_file() and row.sent_at is None and stands
    told = Say("mail.before") if stands else Say("mail.outdated")
    told = Say("mail.sent_before", {"at": row.sent_at}) if row.sent_at else told
    return Handled(
        message=replace(message, attachments=()),
        where=where,
        key=row.id,
        outcome=None,
        folder=folder,
        draft=draft if is_there else None,
        unanswered=told,
        is_new=False,
        is_due=row.is_due and row.claimed_at is None,
        begun=row.claimed_at is not None and row.sent_at is None,
    )


def _deal_with(message: Message, where: str, key: str, how: Reading) -> Handled:
    workbooks = [one for one in message.attachments if _is_workbook(one)]
    if not workbooks and not message.troubles:
        nothing = Say("mail.nothing")
        bare = replace(message, attachments=())
        return Handled(message=bare, where=where, key=key, outcome=None, folder=None, draft=None, unanswered=nothing)
    folder = how.out / folder_name(message)
    placed = {one: _placed(folder, one) for one in message.attachments}
    outcome = _converted(folder, message, [placed[one] for one in workbooks], how) if workbooks else None
    copies, bugs = annotated(folder, outcome, how.spec, message.language or how.lang)
    draft, named = None, tuple[Path, ...]()
    if not (unanswered := _why_unanswered(message)):
        content, named = _answer(message, outcome, copies, how)
        draft = place_freely(folder / DRAFT, content)
    return Handled(
        message=replace(message, attachments=()),
        where=where,
        key=key,
        outcome=_light(outcome),
        folder=folder,
        draft=draft,
        copies=tuple(one.path for one in copies),
        named=named,
        unanswered=unanswered,
        is_due=how.sends and draft is not None,
        bugs=(*(outcome.bugs if outcome else ()), *bugs),
    )


def _light(outcome: BatchOutcome | None) -> BatchOutcome | None:
    """Without what the copies were made of: of many messages, that would be much."""
    if outcome is None:
        return None
    return replace(outcome, inputs=tuple(replace(one, evidence=None) for one in outcome.inputs))


def _is_workbook(attached: Attached) -> bool:
    return PurePath(attached.name).suffix.lower() in WORKBOOKS and not attached.name.startswith("~$")


def _mailed(message: Message) -> Mailed:
    """By whom and when; a clock that is fast must not make all that is sent after it seem older."""
    at = min(message.date, clock.now()) if message.date else None
    return Mailed(sender=message.author.casefold() if message.author else f"message:{message.id}", at=at)


def _why_unanswered(message: Message) -> Say | None:
    if message.is_automatic:
        return Say("mail.automatic")
    return Say("mail.no_sender") if message.sender is None else None


def _placed(folder: Path, attached: Attached) -> Path:
    """Where an attachment stands; under no other name than its own, which is what the workbook knows."""
    return place_freely(folder / RECEIVED / attached.name, attached.content)


def _converted(folder: Path, message: Message, workbooks: Sequence[Path], how: Reading) -> BatchOutcome:
    """All workbooks of a message in one deposit, each read in a process that may die of it.

    Who wrote it is told by `From` alone: where answers go to (`Reply-To`) may be anybody's address.
    """
    return batch(
        workbooks,
        out=folder,
        spec=how.spec,
        deposit=how.deposit,
        partial=how.partial,
        strict=how.strict,
        jobs=1,
        ledger=how.ledger,
        same=how.same,
        evidence=True,
        settings=Settings(given=how.settings.given),
        by_path=False,
        mailed=_mailed(message),
    )


def _unused(outcome: BatchOutcome | None, spec: Spec) -> tuple[str, ...]:
    """Scans that came along and that neither a request of any workbook names nor a finding, as the one that may be
    meant: an order may have been forgotten.

    None where a workbook could not be read: it may be the one that names them.
    """
    seen = [one.evidence for one in outcome.inputs] if outcome else []
    names = [_unnamed(one, spec) for one in seen if one is not None]
    if outcome is None or not names or len(names) < len(seen):
        return ()
    near = {finding.say.params.get("near") for one in outcome.inputs for finding in one.findings}
    return tuple(sorted(set.intersection(*names) - near))


def _unnamed(evidence: Evidence, spec: Spec) -> set[str]:
    """The same of one workbook, whatever was found."""
    looked = Looked(
        dossier=evidence.dossier, tables=evidence.tables, titles=evidence.titles, folders=evidence.folders
    )  # fmt: skip
    return set(unused(looked, (), spec).files)


def _answer(
    message: Message, outcome: BatchOutcome | None, copies: Sequence[Copy], how: Reading
) -> tuple[bytes, tuple[Path, ...]]:
    """The draft, and what is too large to go with it."""
    lang = message.language or how.lang
    answer = answer_to(message, outcome, copies, spec=how.spec, lang=lang, unused=_unused(outcome, how.spec))
    return letter_to(message, answer, outcome, copies, templates=how.templates, max_mail_size=how.max_mail_size)

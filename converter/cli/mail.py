"""`xl2json mail …`: thin; what is shown is in `show_mail`, mailboxes and sending are in `mailbox`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from converter.cli.mailbox import Allow, Every, MoveTo, Send
from converter.cli.options import (
    ANY_HELP,
    DEFAULT_SPEC,
    Date,
    Format,
    Lang,
    Out,
    Partial,
    Quiet,
    Same,
    SpecName,
    Strict,
    Where,
    argument,
    checked,
    day_of,
    language,
    ledger_of,
    option,
)
from converter.errors import MisuseError

if TYPE_CHECKING:
    from converter.jobs.settings import MailSettings

mail = typer.Typer(rich_markup_mode=None, context_settings=ANY_HELP, no_args_is_help=True)

Templates = Annotated[Path | None, option("--templates", metavar="DIR")]
MaxSize = Annotated[str | None, option("--max-mail-size", metavar="20M")]


@mail.command("read")
def _read(
    sources: Annotated[list[str] | None, argument("SOURCE")] = None,
    out: Out = None,
    deposit: Date = None,
    partial: Partial = False,
    strict: Strict = False,
    again: Annotated[bool, option("--again")] = False,
    same: Same = False,
    templates: Templates = None,
    max_mail_size: MaxSize = None,
    send: Send = None,
    allow: Allow = None,
    move_to: MoveTo = None,
    every: Every = None,
    ledger: Where = None,
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> int:
    from converter.cli.mailbox import outbox_of, run, seconds_of, sources_of
    from converter.cli.show_mail import show_all
    from converter.jobs.convert import OUT
    from converter.jobs.mail import Reading, read_one
    from converter.jobs.mailbox import Work, work
    from converter.jobs.settings import find_settings
    from converter.spec.load import load_spec

    checked(format_, lang)
    if not sources:
        raise MisuseError("mail.no_source")
    spec = load_spec(spec_name)
    settings = find_settings(Path("here"), spec)
    where = ledger_of(ledger, without=False, from_settings=settings.ledger) or ""
    seconds = seconds_of(every, again=again)
    outbox = outbox_of(send, allow, settings.mail.allow)
    speak = language(settings.lang)
    reading = Reading(
        out=out or settings.out or OUT,
        ledger=where,
        spec=spec,
        deposit=day_of(deposit),
        partial=partial,
        strict=strict,
        again=again,
        same=same,
        **_letters(templates, max_mail_size, settings.mail),
        lang=speak,
        sends=outbox is not None,
        settings=settings,
    )
    places = sources_of(sources, move_to=move_to, usual=settings.mail.move_to, again=again)
    how = Work(read=lambda post: read_one(post, reading), outbox=outbox, ledger=where)
    shown: dict[str, Any] = {"lang": speak, "format_": format_, "quiet": quiet}
    if seconds is None:
        return show_all(work(places, how), **shown)
    return run(places, how, seconds, **shown)


@mail.command("draft")
def _draft(
    deposit_json: Annotated[Path, argument("DEPOSIT.json")],
    to: Annotated[str, option("--to", metavar="ADDRESS")],
    draft: Annotated[Path, option("-o", "--out", metavar="OUT.eml")],
    templates: Templates = None,
    max_mail_size: MaxSize = None,
    spec_name: SpecName = DEFAULT_SPEC,
    format_: Format = "text",
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    from converter.cli.show_mail import show_drafted
    from converter.jobs.letter import draft as write_draft
    from converter.jobs.settings import find_settings
    from converter.spec.load import load_spec

    checked(format_, lang)
    spec = load_spec(spec_name)
    settings = find_settings(Path("here"), spec)
    speak = language(settings.lang)
    how = _letters(templates, max_mail_size, settings.mail)
    made = write_draft(deposit_json, to, draft, spec=spec, lang=speak, **how)
    show_drafted(made, speak, format_, quiet=quiet)


def _letters(templates: Path | None, max_mail_size: str | None, usual: MailSettings) -> dict[str, Any]:
    """How letters are written: as typed, else as it is `usual`. Raises as `check_templates` does, before any is."""
    from converter.jobs.letter import MAX_MAIL_SIZE
    from converter.mail.reply import check_templates

    if templates is not None and not templates.is_dir():
        raise MisuseError("no_folder", name=str(templates))
    size = _size_of(max_mail_size) or usual.max_mail_size or MAX_MAIL_SIZE
    own = templates or usual.templates_folder()
    if own is not None:
        check_templates(own)
    return {"templates": own, "max_mail_size": size}


def _size_of(text: str | None) -> int | None:
    """The bytes that `--max-mail-size` names."""
    from converter.jobs.settings import bytes_of

    size = None if text is None else bytes_of(text)
    if text is not None and size is None:
        raise MisuseError("mail.size", value=text)
    return size

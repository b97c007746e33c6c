"""What came of a batch, for a person: each input's findings, then a summary by input and by deposit."""

from __future__ import annotations

from collections.abc import Iterator

from converter.cli.show import by_request, counted, file_line, plain, portal, requests_in_words, verdict, wrapped
from converter.jobs.outcome import UNREADABLE, BatchOutcome, Delivery, Outcome, advance_of
from converter.spec.model import Spec
from converter.wording import Say, say


def show_batch(outcome: BatchOutcome, spec: Spec, lang: str, *, quiet: bool) -> None:
    """Findings by input, what each input came to, the files by supplier, and what to do with them; `quiet` leaves
    errors and files.
    """
    for line in (*_findings(outcome, lang, quiet), *_summary(outcome, lang), *_files(outcome, lang)):
        print(wrapped(plain(line)))
    if outcome.mode == "convert" and not quiet:
        for one in outcome.deliveries:
            if one.files:
                print()
                print(portal(one.files, one.software, outcome.ledger, spec, lang), end="")


def findings_of(outcome: Outcome, lang: str, *, quiet: bool = False) -> Iterator[str]:
    """An input's findings under its name; nothing where there is none to show."""
    shown = [one for one in outcome.findings if one.severity == "error" or not quiet]
    if shown:
        yield f"── {outcome.input}"
        yield from by_request(shown, outcome, lang)


def _findings(outcome: BatchOutcome, lang: str, quiet: bool) -> Iterator[str]:
    for one in outcome.inputs:
        yield from findings_of(one, lang, quiet=quiet)


def _summary(outcome: BatchOutcome, lang: str) -> Iterator[str]:
    yield say(Say("text.batch.inputs", {"count": len(outcome.inputs)}), lang)
    for one in outcome.inputs:
        yield f"  {_verdict(one, lang)}"
    yield counted(outcome, lang)
    if outcome.counts.skipped:
        yield say(Say("text.batch.skipped", {"count": outcome.counts.skipped}), lang)
    if outcome.counts.held:
        yield _held(outcome, lang)


def _held(outcome: BatchOutcome, lang: str) -> str:
    """How many are held back, and how many of them for nothing but their neighbours."""
    faulty = sum(len({one.demande for one in some.blocking} & set(some.demandes)) for some in outcome.inputs)
    sound = outcome.counts.held - faulty
    if sound <= 0 or outcome.partial:
        return say(Say("text.held", {"count": outcome.counts.held}), lang)
    return say(Say("text.batch.held", {"count": outcome.counts.held, "sound": sound}), lang)


def _verdict(outcome: Outcome, lang: str) -> str:
    if any(one.rule == UNREADABLE for one in outcome.findings):
        return say(Say("text.batch.unread", {"input": outcome.input}), lang)
    if any(one.demande not in outcome.demandes for one in outcome.blocking):
        words = {"input": outcome.input, "read": requests_in_words(outcome.counts.read, lang)}
        return say(Say("text.batch.verdict_file", words), lang)
    return verdict(outcome, outcome.input, lang)


def _files(outcome: BatchOutcome, lang: str) -> Iterator[str]:
    if not outcome.files:
        yield say(Say("text.nothing_to_write" if outcome.ok else "text.batch.nothing"), lang)
        return
    yield say(Say("text.dry" if outcome.mode == "dry-run" else "text.wrote"), lang)
    several = sum(bool(one.files) for one in outcome.deliveries) > 1
    for one in outcome.deliveries:
        yield from _delivery(one, lang, several=several)
    words = {"amount": outcome.sent, "advance": advance_of(outcome.sent, outcome.share)}
    yield say(Say("text.totals", words), lang)


def _delivery(delivery: Delivery, lang: str, *, several: bool) -> Iterator[str]:
    if delivery.files and several:
        yield say(Say("text.batch.supplier", {"siret": delivery.supplier, "software": delivery.software}), lang)
    for file in delivery.files:
        yield f"  {file_line(file, lang)}"
    if delivery.withdrawn:
        yield say(Say("text.withdrawn", {"names": delivery.withdrawn}), lang)
    if delivery.last_number:
        words = {"last": delivery.last_number, "next": int(delivery.last_number) + 1}
        yield say(Say("text.numbers", words), lang)

"""`[mail]` in `xl2json.toml`: what stays the same for the commands `mail`."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter import load_spec
from converter.cli.mailbox import outbox_of, sources_of
from converter.errors import MisuseError, Xl2JsonError
from converter.jobs.settings import FILE, MailSettings, find_settings
from converter.mail.imap import Inbox
from converter.mail.message import Message
from converter.mail.send import Outbox
from converter.wording import LANGUAGES

SPEC = load_spec()
KEYS = ("allow", "move_to", "templates", "max_mail_size")
RELAY = "smtp://relay.example?from=bureau@vendeur.example"  # one that wants no password


def mail(folder: Path, text: str) -> MailSettings:
    (folder / FILE).write_text(text, "utf-8")
    return find_settings(folder / "here", SPEC, {}).mail


def refused(folder: Path, text: str) -> Xl2JsonError:
    with pytest.raises(Xl2JsonError) as caught:
        mail(folder, text)
    assert (type(caught.value), caught.value.exit_code) == (Xl2JsonError, 3)
    for lang in LANGUAGES:
        assert str(folder / FILE) in caught.value.message(lang)
        assert "\n" not in caught.value.message(lang)
    return caught.value


def may_be_answered(outbox: Outbox | None, sender: str) -> bool:
    assert outbox is not None
    what = {"name": None, "subject": "", "references": (), "date": None, "language": None, "is_automatic": False}
    return outbox.refusal(Message(id="1", sender=sender, author=sender, attachments=(), troubles=(), **what)) is None


def test_all_of_it_is_read_and_the_folder_is_relative_to_the_file(tmp_path: Path) -> None:
    text = 'allow = ["@a.fr", "Marie@b.fr"]\nmove_to = "Traités"\ntemplates = "ours"\nmax_mail_size = "10M"\n'
    assert mail(tmp_path, f"[mail]\n{text}") == MailSettings(
        file=tmp_path / FILE,
        allow=("@a.fr", "Marie@b.fr"),
        move_to="Traités",
        templates=tmp_path / "ours",
        max_mail_size=10_000_000,
    )


@pytest.mark.parametrize("text", ["", "[mail]\n", "[mail]\nallow = []\n"])
def test_what_is_not_said_is_not_set(text: str, tmp_path: Path) -> None:
    read = mail(tmp_path, text)
    assert (read.allow, read.move_to, read.templates, read.max_mail_size) == ((), None, None, None)


@pytest.mark.parametrize(("typed", "size"), [('"20M"', 20_000_000), ("20_000", 20_000), ('"500k"', 500_000)])
def test_a_size_is_a_number_or_a_text(typed: str, size: int, tmp_path: Path) -> None:
    assert mail(tmp_path, f"[mail]\nmax_mail_size = {typed}\n").max_mail_size == size


@pytest.mark.parametrize(
    ("key", "why"),
    [("allows", ""), ("move-to", ""), ("sources", ""), ("send", "send"), ("password", "password"),
     ("out", "above"), ("SIRET", "above"), ("ledger", "above")],
)  # fmt: skip
def test_an_unknown_key_is_told_with_those_that_there_are(key: str, why: str, tmp_path: Path) -> None:
    told = refused(tmp_path, f'[mail]\n{key} = "something secret"\n').say
    assert (told.key, told.params["setting"], told.params["known"]) == ("error.settings.mail_unknown", key, KEYS)
    assert (told.params["why"].key if why else told.params["why"]) == (why and f"error.settings.mail.{why}")
    assert "secret" not in str(told)


@pytest.mark.parametrize(
    ("text", "key", "read"),
    [('allow = ["@a.fr", "nobody"]', "allow", "nobody"), ('allow = "@a.fr"', "allow", "@a.fr"), ("allow = [1]", "allow", "1"),
     ('allow = [""]', "allow", ""), ('allow = ["a@b.fr, c@d.fr"]', "allow", "a@b.fr, c@d.fr"), ('allow = ["*"]', "allow", "*"),
     ("allow = true", "allow", "True"), ("move_to = 1", "move_to", "1"), ('move_to = ""', "move_to", ""),
     ("templates = []", "templates", "[]"), ('templates = ""', "templates", ""), ('max_mail_size = "many"', "max_mail_size", "many"),
     ("max_mail_size = 0", "max_mail_size", "0"), ("max_mail_size = -5", "max_mail_size", "-5"), ("max_mail_size = 2.5", "max_mail_size", "2.5"),
     ('max_mail_size = "2000M"', "max_mail_size", "2000M"), ("max_mail_size = true", "max_mail_size", "True")],
)  # fmt: skip
def test_a_wrong_value_is_told_with_what_was_read(text: str, key: str, read: str, tmp_path: Path) -> None:
    told = refused(tmp_path, f"[mail]\n{text}\n").say
    assert (told.key, told.params["setting"], told.params["value"]) == ("error.settings.mail_value", key, read)
    assert told.params["expected"].key == f"expected.mail.{key}"


@pytest.mark.parametrize("text", ['mail = "@a.fr"', "[[mail]]\n"])
def test_mail_is_a_table(text: str, tmp_path: Path) -> None:
    assert refused(tmp_path, text).say.key == "error.settings.mail_table"


def test_templates_that_are_not_there_stop_only_who_uses_them(tmp_path: Path) -> None:
    read = mail(tmp_path, '[mail]\ntemplates = "ours"\n')
    with pytest.raises(Xl2JsonError) as caught:
        read.templates_folder()
    told = caught.value.say
    assert (told.params["name"], told.params["setting"]) == (str(tmp_path / FILE), "templates")
    assert told.params["value"] == str(tmp_path / "ours")
    (tmp_path / "ours").mkdir()
    assert read.templates_folder() == tmp_path / "ours"


def test_who_is_allowed_in_the_file_may_be_answered_but_only_where_sending_is_said() -> None:
    assert outbox_of(None, None, ("@a.fr",)) is None
    assert may_be_answered(outbox_of(RELAY, None, ("@a.fr",)), "marie@a.fr")
    with pytest.raises(MisuseError):
        outbox_of(RELAY, None, ())


def test_who_is_allowed_on_the_command_line_takes_the_place_of_those_in_the_file() -> None:
    outbox = outbox_of(RELAY, ["@b.fr"], ("@a.fr",))
    assert (may_be_answered(outbox, "marie@b.fr"), may_be_answered(outbox, "marie@a.fr")) == (True, False)
    with pytest.raises(MisuseError):
        outbox_of(None, ["@b.fr"], ("@a.fr",))


@pytest.mark.parametrize(
    ("typed", "usual", "moved"),
    [(None, None, None), (None, "Traités", "Traités"), ("Faits", "Traités", "Faits"), (None, "INBOX", None)],
)
def test_messages_move_where_the_command_line_says_else_where_the_file_does(
    typed: str | None, usual: str | None, moved: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mailbox that is that folder itself is left as it is."""
    monkeypatch.setenv("XL2JSON_IMAP_PASSWORD", "x")
    inbox, _ = sources_of(["imaps://u@host/INBOX", "a.eml"], move_to=typed, usual=usual, again=False)
    assert isinstance(inbox, Inbox)
    assert inbox.move_to == moved


def test_where_nothing_can_be_moved_a_folder_in_the_file_is_no_misuse() -> None:
    assert len(sources_of(["a.eml"], move_to=None, usual="Traités", again=False)) == 1
    with pytest.raises(MisuseError):
        sources_of(["a.eml"], move_to="Traités", usual="Traités", again=False)

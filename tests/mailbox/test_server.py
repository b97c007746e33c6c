"""A server's address never holds a password, and a password is found where it is kept."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from converter.errors import MisuseError, Xl2JsonError
from converter.mail.server import IMAP, SMTP, is_mailbox, password_of, read_server


@pytest.mark.parametrize(
    ("typed", "user", "host", "port", "folder"),
    [
        ("imaps://marie@imap.cabinet.fr", "marie", "imap.cabinet.fr", 993, "INBOX"),
        ("imap://marie@imap.cabinet.fr/INBOX", "marie", "imap.cabinet.fr", 143, "INBOX"),
        ("imaps://marie@cabinet.fr@imap.cabinet.fr:1993/Commandes/S%C3%A9gur", "marie@cabinet.fr", "imap.cabinet.fr", 1993, "Commandes/Ségur"),
        ("imaps://marie%40cabinet.fr@[::1]/INBOX", "marie@cabinet.fr", "::1", 993, "INBOX"),
    ],
)  # fmt: skip
def test_a_mailbox_is_named_by_its_address(typed: str, user: str, host: str, port: int, folder: str) -> None:
    server = read_server(typed, IMAP)
    assert (server.user, server.host, server.port, server.folder) == (user, host, port, folder)
    assert is_mailbox(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "imaps://imap.cabinet.fr/INBOX",
        "imaps://marie@/INBOX",
        "imaps:marie@imap.cabinet.fr",
        "imaps://marie@imap.cabinet.fr:port/",
        "imaps://marie@imap.cabinet.fr:99999/",
        "imaps://marie@imap..fr/",
        "imaps://marie%0d%0aA1 LOGOUT@imap.cabinet.fr/",
        "imaps://marie@imap.cabinet.fr/INBOX%0d%0aA1 DELETE INBOX",
        "smtp://marie@imap.cabinet.fr",
        "imaps://marie@[::1/",
        f"imaps://marie@{'x' * 300}.fr/",
    ],
)
def test_what_is_no_mailbox_is_misuse(typed: str) -> None:
    with pytest.raises(MisuseError):
        read_server(typed, IMAP)


@pytest.mark.parametrize("typed", ["marie:S3cret", "marie%40cabinet.fr:S3cret", "marie@cabinet.fr:S3cret", ":S3cret"])
@pytest.mark.parametrize(("scheme", "kinds"), [("imaps", IMAP), ("smtp", SMTP)])
def test_a_password_in_an_address_is_refused_and_not_told_again(
    typed: str, scheme: str, kinds: tuple[str, ...]
) -> None:
    with pytest.raises(MisuseError) as raised:
        read_server(f"{scheme}://{typed}@mail.cabinet.fr", kinds)
    assert "S3cret" not in raised.value.message("fr") + raised.value.message("en") + str(raised.value)


def test_a_sending_server_may_say_whom_to_write_as() -> None:
    server = read_server("smtp://relais.cabinet.fr?from=bureau@cabinet.fr", SMTP)
    assert (server.user, server.port, server.sender) == (None, 587, "bureau@cabinet.fr")
    assert read_server("smtps://u@relais.fr", SMTP).port == 465


@pytest.mark.parametrize(("host", "here"), [("localhost", True), ("127.0.0.1", True), ("[::1]", True), ("127.0.0.1.nip.io", False), ("imap.fr", False)])  # fmt: skip
def test_only_this_machine_is_this_machine(host: str, here: bool) -> None:
    assert read_server(f"imap://u@{host}/", IMAP).is_here is here


def test_the_password_comes_from_the_environment_first() -> None:
    server = read_server("imaps://marie@imap.fr", IMAP)
    assert password_of(server, {"XL2JSON_IMAP_PASSWORD": "é: x\n", "XL2JSON_SMTP_PASSWORD": "no"}) == "é: x"


def _keyring(monkeypatch: pytest.MonkeyPatch, kept: dict[tuple[str, str], str], *, broken: bool = False) -> None:
    class KeyringError(Exception):
        pass

    def get_password(service: str, name: str) -> str | None:
        if broken:
            raise KeyringError
        return kept.get((service, name))

    module = ModuleType("keyring")
    errors = ModuleType("keyring.errors")
    vars(errors).update(KeyringError=KeyringError)
    vars(module).update(get_password=get_password, errors=errors)
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


def test_then_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    _keyring(monkeypatch, {("xl2json", "marie@imap.fr"): "kept"})
    assert password_of(read_server("imaps://marie@imap.fr", IMAP), {}) == "kept"


@pytest.mark.parametrize("case", ["nothing kept", "broken", "not installed"])
def test_without_any_it_is_said_before_anything_is_done(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _keyring(monkeypatch, {}, broken=case == "broken")
    if case == "not installed":
        monkeypatch.setitem(sys.modules, "keyring", None)  # type: ignore[arg-type]
    with pytest.raises(Xl2JsonError) as raised:
        password_of(read_server("smtp://marie@mail.fr", SMTP), {"XL2JSON_IMAP_PASSWORD": "S3cret"})
    assert raised.value.say.key == "error.mailbox.no_password"
    assert SimpleNamespace(**raised.value.say.params).variable == "XL2JSON_SMTP_PASSWORD"

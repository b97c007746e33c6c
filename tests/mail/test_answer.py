"""What a message is answered, and what it never is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from converter.errors import MisuseError, Xl2JsonError
from converter.jobs.letter import draft
from converter.mail.compose import Enclosed, Letter, compose
from converter.mail.message import read_message
from converter.spec.load import load_spec
from tests.books import PDF, a_book, a_request
from tests.mail.answers import answer, files, read, text
from tests.mail.conftest import Desk
from tests.mail.letters import a_letter, a_workbook, a_zip, sound

JSON = "JSON-RIS2021001-20211130-001.json"


def faulty() -> dict[str, bytes]:
    book = a_book()
    book["Commande"][0]["montantSegurHT"] = "31,162.00"
    return {"orders.xlsx": a_workbook(book), "CMD-1.pdf": PDF}


def test_an_answer_is_a_draft_in_the_thread(desk: Desk) -> None:
    made = answer(
        desk(a_letter(sound(), References="<a@x> <b@x>", Subject="Commandes d'été", Reply_To="bureau@vendeur.example"))
    )
    assert {
        name: made[name] for name in ("X-Unsent", "To", "Subject", "In-Reply-To", "References", "Content-Language")
    } == {
        "X-Unsent": "1",
        "To": "Marie Dupont <bureau@vendeur.example>",
        "Subject": "Re: Commandes d'été",
        "In-Reply-To": "<1@vendeur.example>",
        "References": "<a@x> <b@x> <1@vendeur.example>",
        "Content-Language": "fr",
    }
    for name in ("From", "Date", "Message-ID", "Auto-Submitted", "Cc", "Bcc"):
        assert made[name] is None


def test_a_long_thread_keeps_its_ids_whole(desk: Desk) -> None:
    ids = [f"<{'A' * 70}{n:02d}@EURPRD05.PROD.OUTLOOK.EXAMPLE>" for n in range(6)]
    handled = desk(a_letter(sound(), References=" ".join(ids)))
    assert handled.draft is not None
    head = handled.draft.read_bytes().partition(b"\r\n\r\n")[0].decode("ascii")
    assert re.sub(r"\r\n\s+", " ", head.partition("References: ")[2]).split()[:6] == ids


def test_a_message_without_an_id_is_answered_without_a_thread(desk: Desk) -> None:
    made = answer(desk(a_letter(sound(), Message_ID="none")))
    assert (made["In-Reply-To"], made["References"]) == (None, None)


@pytest.mark.parametrize(
    ("subject", "answered"),
    [("Re: x", "Re: x"), ("RE : x", "RE : x"), ("", "Votre classeur de demandes d'avance"), ("Retard", "Re: Retard")],
)
def test_its_subject_is_the_messages_own(subject: str, answered: str, desk: Desk) -> None:
    assert answer(desk(a_letter(sound(), Subject=subject)))["Subject"] == answered


def test_where_all_is_well_the_deposit_goes_along(desk: Desk) -> None:
    handled = desk(a_letter(sound()))
    made = answer(handled)
    assert handled.folder is not None
    names = (JSON, JSON.replace(".json", ".zip"))
    assert files(made) == {name: (handled.folder / name).read_bytes() for name in names}
    for kind in ("plain", "html"):
        assert all(name in text(made, kind) for name in names)


def test_a_faulty_workbook_comes_back_annotated_with_its_findings_by_cell(desk: Desk) -> None:
    made = answer(desk(a_letter(faulty())))
    assert set(files(made)) == {"orders-annoté.xlsx"}
    for kind in ("plain", "html"):
        assert "Commande!D2" in text(made, kind)
        assert "montantSegurHT" in text(made, kind)


def test_a_deposit_that_is_too_large_is_named_and_not_carried(desk: Desk) -> None:
    pieces = {f"CMD-{n}.pdf": PDF + b"%" + bytes([n]) * 400_000 + b"\n%%EOF\n" for n in (1, 2)}
    book = a_workbook(a_book(a_request(), a_request("CMD-2", "00002", "330001231")))
    content = a_letter({"orders.xlsx": book, **pieces})
    small = desk(content, max_mail_size=1_000_000)
    made = answer(small)
    assert (JSON in files(made), small.ok) == (False, True)
    assert [one.name for one in small.named] == [JSON, JSON.replace(".json", ".zip")]
    for kind in ("plain", "html"):
        assert JSON in text(made, kind)
    large = desk(content, max_mail_size=1_200_000, again=True)
    assert large.draft is not None
    assert (JSON in files(answer(large)), large.named) == (True, ())
    assert 1_000_000 < large.draft.stat().st_size <= 1_200_000


@pytest.mark.parametrize("size", [30_000, 60_000, 90_000])
def test_no_draft_is_larger_than_was_said(size: int, desk: Desk) -> None:
    handled = desk(a_letter(faulty()), max_mail_size=size)
    assert handled.draft is not None
    assert handled.draft.stat().st_size <= size


@pytest.mark.parametrize(
    ("letter", "lang"),
    [(a_letter(sound(), text="Hello, please find our orders. Thanks"), "en"), (a_letter(sound(), text="12"), "fr"),
     (a_letter(sound()).replace(b"Subject:", b"Content-Language: en\r\nSubject:"), "en")],
)  # fmt: skip
def test_it_speaks_the_messages_language(letter: bytes, lang: str, desk: Desk) -> None:
    made = answer(desk(letter))
    assert made["Content-Language"] == lang
    assert f'<html lang="{lang}">' in text(made, "html")
    assert text(made).startswith({"fr": "Bonjour", "en": "Hello"}[lang])


def test_without_a_language_of_its_own_it_speaks_the_readers(desk: Desk) -> None:
    assert answer(desk(a_letter(sound(), text="12"), lang="en"))["Content-Language"] == "en"


@pytest.mark.parametrize(
    "header",
    [
        {"Auto_Submitted": "auto-replied"},
        {"List_Id": "<l.x.fr>"},
        {"Precedence": "bulk"},
        {"From": "no-reply@x.fr"},
        {"From": "a@x.fr, b@x.fr"},
    ],
)
def test_machines_lists_and_nobody_get_a_deposit_and_no_answer(header: dict[str, str], desk: Desk) -> None:
    handled = desk(a_letter(sound(), **header), sends=True)
    assert (handled.ok, handled.draft, handled.is_due) == (True, None, False)
    assert handled.unanswered is not None
    assert handled.folder is not None
    assert (handled.folder / JSON).exists()


def test_a_scan_that_no_request_names_is_asked_about(desk: Desk) -> None:
    made = answer(desk(a_letter({**sound(), "CMD-9.pdf": PDF + b"9", "notes.txt": b"x"})))
    for kind in ("plain", "html"):
        assert "CMD-9.pdf" in text(made, kind)
        assert "notes.txt" not in text(made, kind)
        assert "CMD-1.pdf" not in text(made, kind)


def test_winmail_is_answered_with_what_to_do(desk: Desk) -> None:
    handled = desk(a_letter({"winmail.dat": b"x"}))
    made = answer(handled)
    assert (handled.ok, handled.outcome, handled.is_ours) == (False, None, True)
    assert all("winmail.dat" in text(made, kind) for kind in ("plain", "html"))


QUOTED = {ord('"'): '\\"', 13: None, 10: " "}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "{% raw %}",
    "\u202eevil",
    "a\r\nBcc: x@y.fr",
)


@pytest.mark.parametrize("value", HOSTILE)
def test_what_a_message_says_is_never_more_than_text(value: str, desk: Desk) -> None:
    book = a_book()
    book["Commande"][0]["regimeTVA"] = value.replace("\r\n", " ")
    for sheet in book:
        for row in book[sheet]:
            if "demande" in row:
                row["demande"] = value.replace("\r\n", " ")
    raw = a_letter(
        {"orders.xlsx": a_workbook(book), "<b>x.zip": a_zip({"<script>.zip": b"x"}), "CMD-1.pdf": PDF}, text="bonjour"
    )
    content = raw.replace(b"Subject: Commandes", f"Subject: {value}".encode()).replace(
        b"Marie Dupont", f'"{value.translate(QUOTED)}"'.encode()
    )
    made = answer(desk(content))
    page = text(made, "html")
    assert "<script" not in page
    assert "<img" not in page
    assert "49" not in text(made)
    assert "\u202e" not in page + text(made)
    assert made["Bcc"] is None


def test_the_same_message_gives_the_same_answer(desk: Desk, tmp_path: Path) -> None:
    content = a_letter(faulty())
    first = desk(content)
    second = desk(content, out=tmp_path / "other", ledger=tmp_path / "other.sqlite")
    assert first.draft is not None
    assert second.draft is not None
    assert first.draft.read_bytes() == second.draft.read_bytes()


def test_lines_of_a_draft_are_as_mail_wants_them() -> None:
    letter = Letter(
        to="a@x.fr", name="É" * 60, subject="é" * 200, text="From me\n" + "x" * 3000, html="<p>é</p>" * 300, lang="fr"
    )
    made = compose(letter, [Enclosed(name="dépôt.json", content=b"{}" * 9000)])
    lines = made.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert all(b"\n" not in line and b"\r" not in line for line in lines)
    assert all(line.isascii() for line in lines)
    assert read_message(made).attachments[0].content == b"{}" * 9000


def deposit(desk: Desk) -> Path:
    handled = desk(a_letter(sound()))
    assert handled.folder is not None
    return handled.folder / JSON


def test_a_draft_carries_a_deposit(desk: Desk, tmp_path: Path) -> None:
    path = deposit(desk)
    made = draft(path, "Jean Été <j@X.fr>", tmp_path / "new" / "out.eml", spec=load_spec())
    message = read(made.draft)
    assert (message["To"], message["X-Unsent"], message["From"]) == ("Jean Été <j@x.fr>", "1", None)
    assert files(message) == {one.name: one.read_bytes() for one in (path, path.with_suffix(".zip"))}
    assert (len(made.enclosed), made.named) == (2, ())


def test_a_draft_names_what_is_too_large(desk: Desk, tmp_path: Path) -> None:
    made = draft(deposit(desk), "j@x.fr", tmp_path / "out.eml", spec=load_spec(), max_mail_size=10_000, lang="en")
    assert (made.enclosed, len(made.named)) == ((), 2)
    assert files(read(made.draft)) == {}
    assert JSON in text(read(made.draft))


@pytest.mark.parametrize(
    ("to", "out", "error", "key"),
    [("nobody", "out.eml", MisuseError, "mail.address"), ("a@x.fr, b@x.fr", "out.eml", MisuseError, "mail.address"),
     ("a@x.fr\nBcc: b@x.fr", "out.eml", MisuseError, "mail.address"), ("a@x.fr", "out.txt", MisuseError, "mail.not_eml"),
     ("a@x.fr", "there.eml", Xl2JsonError, "exists")],
)  # fmt: skip
def test_a_draft_that_makes_no_sense_is_refused(
    to: str, out: str, error: type[Xl2JsonError], key: str, desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "there.eml").write_bytes(b"x")
    with pytest.raises(error) as raised:
        draft(deposit(desk), to, tmp_path / out, spec=load_spec())
    assert raised.value.say.key == f"error.{key}"


def test_what_is_no_deposit_is_not_carried(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(Xl2JsonError) as error:
        draft(tmp_path / "x.json", "a@x.fr", tmp_path / "out.eml", spec=load_spec())
    assert error.value.say.key == "error.mail.not_deposit"
    assert not (tmp_path / "out.eml").exists()


def test_a_deposit_whose_zip_is_not_beside_it_is_not_carried(desk: Desk, tmp_path: Path) -> None:
    path = deposit(desk)
    path.with_suffix(".zip").unlink()
    with pytest.raises(Xl2JsonError) as error:
        draft(path, "a@x.fr", tmp_path / "out.eml", spec=load_spec())
    assert error.value.say.key == "error.mail.no_zip"
    assert error.value.say.params["zip"] == str(path.with_suffix(".zip"))
    assert not (tmp_path / "out.eml").exists()


def test_a_deposit_that_names_no_attachments_needs_no_zip(desk: Desk, tmp_path: Path) -> None:
    path = deposit(desk)
    document = json.loads(path.read_text("utf-8"))
    document["lignesImport"][0]["piecesJustificatives"] = []
    bare = tmp_path / JSON
    bare.write_text(json.dumps(document), "utf-8")
    assert draft(bare, "a@x.fr", tmp_path / "out.eml", spec=load_spec()).enclosed == (bare,)

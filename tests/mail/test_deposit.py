"""From a message to a deposit: its own folder, its own files, and each message once."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from converter.jobs.mail import Handled
from converter.ledger import messages
from converter.ledger.open import Ledger
from tests.books import PDF, a_book, a_request
from tests.mail.answers import answer, files, found
from tests.mail.conftest import Desk
from tests.mail.letters import a_letter, a_workbook, a_zip, letter, sound

PLACE = "Pièces justificatives"


def named(*names: str) -> bytes:
    """A workbook whose requests name these files."""
    requests = [a_request(f"CMD-{n}", f"{n:05d}", f"{finess}") for n, finess in zip(range(1, 9), FINESS, strict=True)]
    book = a_book(*requests[: len(names)])
    for row, name in zip(book[PLACE], names, strict=True):
        row["fichier"] = name
    return a_workbook(book)


FINESS = ["750012346", "330001231", "210012340", "971001235", "690005673", "750000002", "750000010", "750000028"]


def tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_sound_message_becomes_a_deposit_in_a_folder_of_its_own(desk: Desk, tmp_path: Path) -> None:
    handled = desk(a_letter(sound()))
    assert (handled.is_new, handled.is_ours, handled.ok, found(handled)) == (True, True, True, [])
    (folder,) = (tmp_path / "depot").iterdir()
    assert folder == handled.folder
    assert folder.name.startswith("2021-11-29_marie@vendeur.example_")
    name = "JSON-RIS2021001-20211130-001"
    deposit = {f"{name}.json", f"{name}.zip", f"{name}/RAD-RIS-Va1-BDC-00001.pdf"}
    assert tree(folder) == {"reçu/orders.xlsx", "reçu/CMD-1.pdf", "reponse.eml", *deposit}


def test_a_message_is_dealt_with_once_unless_asked_again(desk: Desk) -> None:
    content = a_letter(sound())
    first = desk(content)
    second = desk(content)
    assert (second.is_new, second.outcome, second.folder, second.draft) == (False, None, first.folder, first.draft)
    third = desk(content, again=True)
    assert (third.is_new, third.ok, third.folder, third.draft) == (True, True, first.folder, first.draft)


def test_each_message_has_its_own_deposit(desk: Desk) -> None:
    book = a_book(a_request("CMD-2", None, FINESS[1]))
    desk(a_letter(sound()))
    second = desk(a_letter({"orders.xlsx": a_workbook(book), "CMD-2.pdf": PDF}, Message_ID="<2@x>"))
    assert second.outcome is not None
    (file,) = second.outcome.files
    assert Path(file.json).name == "JSON-RIS2021001-20211130-002.json"
    assert json.loads(Path(file.json).read_text("utf-8"))["lignesImport"][0]["numeroEditeur"] == "00002"


def test_two_workbooks_in_one_message_make_one_deposit(desk: Desk) -> None:
    both = {"a.xlsx": a_workbook(), "b.xlsx": a_workbook(a_book(a_request("CMD-2", None, FINESS[1])))}
    handled = desk(a_letter({**both, "CMD-1.pdf": PDF, "CMD-2.pdf": PDF + b"\n"}))
    assert handled.outcome is not None
    assert (handled.ok, [file.requests for file in handled.outcome.files]) == (True, [2])


def test_two_workbooks_of_one_name_are_both_read_and_nothing_is_to_be_checked(desk: Desk) -> None:
    outer = letter({"orders.xlsx": a_workbook(), "CMD-1.pdf": PDF, "CMD-2.pdf": PDF + b"\n"})
    outer.add_attachment(letter({"orders.xlsx": a_workbook(a_book(a_request("CMD-2", None, FINESS[1])))}))
    handled = desk(outer.as_bytes())
    assert handled.outcome is not None
    assert (handled.ok, handled.message.troubles, [file.requests for file in handled.outcome.files]) == (True, (), [2])


def test_a_zipped_message_is_as_good(desk: Desk) -> None:
    assert desk(a_letter({"tout.zip": a_zip({f"envoi/{name}": content for name, content in sound().items()})})).ok


def test_a_message_without_a_workbook_is_none_of_ours(desk: Desk, tmp_path: Path) -> None:
    handled = desk(a_letter({"CMD-1.pdf": PDF}))
    assert (handled.is_ours, handled.folder, handled.draft, handled.ok) == (False, None, None, True)
    assert not (tmp_path / "depot").exists()
    assert not desk(a_letter({"CMD-1.pdf": PDF})).is_new


def test_a_workbook_without_its_attachments_says_which(desk: Desk) -> None:
    handled = desk(a_letter({"orders.xlsx": a_workbook()}))
    assert found(handled) == [("P4", "error", PLACE, "C2")]
    assert set(files(answer(handled))) == {"orders-annoté.xlsx"}


@pytest.mark.parametrize(
    ("typed", "sent"),
    [("CMD-1.pdf", "cmd-1.PDF"), ("Bon signé.pdf", unicodedata.normalize("NFD", "Bon signé.pdf")), ("bon_cmd 1.pdf", "Bon CMD_1.pdf"),
     ("bons/CMD-1.pdf", "CMD-1.pdf"), ("bons\\CMD-1.pdf", "CMD-1.pdf"), ("a  b.pdf", "a b.pdf"), ("/srv/scans/CMD-1.pdf", "CMD-1.pdf")],
)  # fmt: skip
def test_a_file_is_found_by_its_name_whatever_case_and_spaces(typed: str, sent: str, desk: Desk) -> None:
    handled = desk(a_letter({"orders.xlsx": named(typed), sent: PDF}))
    assert (handled.ok, found(handled)) == (True, [])


@pytest.mark.parametrize(("typed", "sent"), [("CMD-1.pdf", "CMD1.pdf"), ("Bon signe.pdf", "Bon signé.pdf")])
def test_a_near_miss_is_an_error_that_names_the_nearest(typed: str, sent: str, desk: Desk) -> None:
    handled = desk(a_letter({"orders.xlsx": named(typed), sent: PDF}))
    assert found(handled) == [("P4", "error", PLACE, "C2")]
    assert handled.outcome is not None
    (finding,) = [one for one in handled.outcome.inputs[0].findings if one.rule == "P4"]
    assert finding.say.params["near"] == sent


def test_of_two_that_are_nearly_called_so_none_is_taken(desk: Desk) -> None:
    handled = desk(a_letter({"orders.xlsx": named("bon cmd.pdf"), "Bon_cmd.pdf": PDF, "BON CMD.pdf": PDF}))
    assert found(handled) == [("P4", "error", PLACE, "C2")]


def test_the_exact_name_goes_before_those_nearly_so(desk: Desk) -> None:
    assert desk(a_letter({"orders.xlsx": named("bon cmd.pdf"), "Bon_cmd.pdf": PDF + b"\n", "bon cmd.pdf": PDF})).ok


def test_no_message_sees_the_folders_of_its_reader(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the settings near the deposit, nor a file there, nor settings that came along."""
    (tmp_path / "depot" / "scans").mkdir(parents=True)
    (tmp_path / "depot" / "xl2json.toml").write_text('attachments = "scans"\n')
    (tmp_path / "depot" / "scans" / "secret.pdf").write_bytes(PDF)
    evil = b'out = "/tmp/evil"\nattachments = "/"\n'
    for n, typed in enumerate(("secret.pdf", "../../scans/secret.pdf", "../../../depot/scans/secret.pdf")):
        content = a_letter({"orders.xlsx": named(typed), "xl2json.toml": evil}, Message_ID=f"<{n}@x>")
        assert found(desk(content)) == [("P4", "error", PLACE, "C2")]


def test_where_files_lie_here_is_not_told(desk: Desk, tmp_path: Path) -> None:
    handled = desk(a_letter({"orders.xlsx": a_workbook()}))
    assert handled.draft is not None
    assert str(tmp_path).encode() not in handled.draft.read_bytes()


def test_what_cannot_be_read_holds_back_only_itself(desk: Desk) -> None:
    handled = desk(
        a_letter({**sound(), "b.xlsx": b"PK\x03\x04 no workbook", "c.xlsb": a_zip({"xl/workbook.bin": b"x"})})
    )
    assert [one[:2] for one in found(handled)] == [("X10", "error")] * 2
    assert handled.outcome is not None
    assert [file.requests for file in handled.outcome.files] in ([1], [])
    assert answer(handled) is not None


def test_some_requests_go_where_that_is_allowed(desk: Desk) -> None:
    book = a_book(a_request(), a_request("CMD-2", None, FINESS[1]))
    book["Commande"][1]["regimeTVA"] = "TVA"
    content = a_letter({"orders.xlsx": a_workbook(book), "CMD-1.pdf": PDF, "CMD-2.pdf": PDF + b"\n"})
    handled = desk(content, partial=True)
    assert handled.outcome is not None
    assert (handled.ok, handled.outcome.counts.written, handled.outcome.counts.held) == (False, 1, 1)
    assert set(files(answer(handled))) == {"orders-annoté.xlsx"}


def test_a_run_that_was_killed_before_it_noted_the_message_leaves_no_trace(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    content = a_letter(sound())
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(messages, "note_handled", dies)
        desk(content)
    handled = desk(content)
    assert (handled.is_new, handled.ok, found(handled)) == (True, True, [])
    assert handled.folder is not None
    assert [path.name for path in handled.folder.glob("*.json")] == ["JSON-RIS2021001-20211130-001.json"]
    assert [path.name for path in handled.folder.glob("*.eml")] == ["reponse.eml"]


def row(handled: Handled, ledger: Path) -> messages.Row:
    with Ledger(ledger).reading() as connection:
        found = messages.handled(connection, handled.message.id)
    assert found is not None
    return found


def test_an_answer_is_due_only_where_the_run_sends(desk: Desk, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    silent = desk(a_letter(sound()))
    assert (silent.is_due, row(silent, ledger).is_due) == (False, False)
    due = desk(a_letter(sound(), Message_ID="<2@x>"), sends=True)
    assert (due.is_due, row(due, ledger).is_due) == (True, True)
    again = desk(a_letter(sound(), Message_ID="<2@x>"), sends=True)
    assert (again.is_new, again.is_due, again.draft) == (False, True, due.draft)
    listed = desk(a_letter(sound(), Message_ID="<3@x>", List_Id="<l.x>"), sends=True)
    assert (listed.is_due, listed.draft) == (False, None)


def test_an_answer_that_was_sent_is_no_draft_any_more(desk: Desk, tmp_path: Path) -> None:
    desk(a_letter(sound()), sends=True)
    with Ledger(tmp_path / "ledger.sqlite").writing() as connection:
        assert messages.claim_sending(connection, "1@vendeur.example")
        messages.note_sent(connection, "1@vendeur.example")
    again = desk(a_letter(sound()), sends=True)
    assert (again.is_due, again.begun, again.draft) == (False, False, None)


def test_a_sending_whose_end_nobody_knows_is_told(desk: Desk, tmp_path: Path) -> None:
    desk(a_letter(sound()), sends=True)
    with Ledger(tmp_path / "ledger.sqlite").writing() as connection:
        assert messages.claim_sending(connection, "1@vendeur.example")
    again = desk(a_letter(sound()), sends=True)
    assert (again.is_due, again.begun) == (False, True)

"""Templates of one's own: they go before ours, a letter in both its forms, and their mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.errors import Xl2JsonError
from converter.resources import templates_folder
from tests.mail.answers import answer, text
from tests.mail.conftest import Desk
from tests.mail.letters import a_letter, sound

PLAIN, PAGE = "answer.fr.txt.j2", "answer.fr.html.j2"
ENGLISH = "Hello, please find our orders. Thanks"


def own(folder: Path, **content: str) -> Path:
    """A folder with these templates (`__` for `.`)."""
    (folder / "own").mkdir()
    for name, one in content.items():
        (folder / "own" / f"{name.replace('__', '.')}.j2").write_text(one, "utf-8")
    return folder / "own"


def refused(desk: Desk, templates: Path) -> Xl2JsonError:
    """Why a message was not answered with them."""
    with pytest.raises(Xl2JsonError) as error:
        desk(a_letter(sound()), templates=templates)
    assert error.value.exit_code == 3
    return error.value


def test_they_go_before_ours_and_the_others_stay(desk: Desk, tmp_path: Path) -> None:
    words = "Lu : {{ answer.read }}, {{ answer.workbooks[0].name }}"
    folder = own(tmp_path, answer__fr__txt=words, answer__fr__html=f"<p>{words}</p>")
    made = answer(desk(a_letter(sound()), templates=folder))
    said = [text(made, kind).strip() for kind in ("plain", "html")]
    assert said == ["Lu : 1, orders.xlsx", "<p>Lu : 1, orders.xlsx</p>"]
    english = answer(desk(a_letter(sound(), Message_ID="<2@x>", text=ENGLISH), templates=folder))
    assert text(english).startswith("Hello")


def test_the_sentences_of_both_forms_are_changed_at_once(desk: Desk, tmp_path: Path) -> None:
    ours = (templates_folder() / "email" / "answer.fr.words.j2").read_text("utf-8")
    folder = own(tmp_path, answer__fr__words=ours.replace("Cordialement", "Le bureau"))
    made = answer(desk(a_letter(sound()), templates=folder))
    assert all("Le bureau" in text(made, kind) for kind in ("plain", "html"))


@pytest.mark.parametrize(
    ("template", "what"),
    [
        ("\n{{ answer.nothing }}", "answer.nothing"),
        ("\n{{ answer.workbooks[0].size }}", "workbook.size"),
        ("\n{{ nobody }}", "nobody"),
        ("\n{% include 'no.j2' %}", "no.j2"),
    ],
)
def test_what_is_not_there_is_named_with_its_line(template: str, what: str, desk: Desk, tmp_path: Path) -> None:
    error = refused(desk, own(tmp_path, answer__fr__txt=template, answer__fr__html=""))
    assert (error.say.key, error.say.params["name"]) == ("error.mail.template", PLAIN)
    assert error.say.params["reason"].params == {"what": what}
    assert error.say.params["line"].params == {"line": 2}


@pytest.mark.parametrize("template", ["{% if %}", "{{ 1 / 0 }}", "{{ answer.read + 'x' }}", "{{ answer.read.x.y }}"])
def test_a_mistake_stops_the_run_with_the_name_of_the_template(template: str, desk: Desk, tmp_path: Path) -> None:
    error = refused(desk, own(tmp_path, answer__fr__txt=template, answer__fr__html=""))
    assert (error.say.key, error.say.params["name"]) == ("error.mail.template", PLAIN)
    assert error.say.params["line"].params == {"line": 1}


@pytest.mark.parametrize(
    ("there", "absent"), [(PLAIN, PAGE), (PAGE, PLAIN), ("deposit.en.txt.j2", "deposit.en.html.j2")]
)
def test_a_letter_in_one_of_its_forms_alone_is_refused(there: str, absent: str, desk: Desk, tmp_path: Path) -> None:
    folder = own(tmp_path)
    (folder / there).write_text("x")
    error = refused(desk, folder)
    assert error.say.key == "error.mail.half_template"
    assert (error.say.params["name"], error.say.params["other"]) == (there, absent)


def test_a_folder_without_any_that_would_be_looked_for_is_refused(desk: Desk, tmp_path: Path) -> None:
    error = refused(desk, own(tmp_path, reponse__fr__txt="x"))
    assert error.say.key == "error.mail.no_template"
    assert {PLAIN, PAGE, "frame.html.j2"} < set(error.say.params["names"])

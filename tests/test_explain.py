"""Each rule is explained in both languages; its examples are true; the pages made from it are fresh."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from converter import Finding, batch, check, load_spec
from converter.cli.main import main
from converter.codes import RULE_IDS
from converter.errors import MisuseError
from converter.explain import explain, subjects
from converter.findings import Severity
from converter.jobs.examine import Mailed
from converter.jobs.feedback import feedback
from converter.jobs.verify import verify
from converter.reshape.frames import rule_of
from converter.spec.model import Field
from converter.values import parser_of
from converter.wording import LANGUAGES, catalog
from docs.make import HERE, pages
from tests.books import DEPOSIT, FINESS, Book, a_book, write
from tests.export import KEY, csv, read
from tests.ledger.office import FIRST, NEXT_DAY, PHONE, Office, order
from tests.readback import BDC, LINE, deposit, repack
from tests.rules import ESTABLISHMENTS, MAIN, ORDER, PIECES, RADIOLOGISTS, another, treated, two

SPEC = load_spec()
PARTS = ("what", "why", "wrong", "right", "fix")
SHEETS = {one.name: SPEC.block(one.block).sheet for one in reversed(SPEC.fields) if one.typed}
EXAMPLE = re.compile(r"(\w+)\s?: (?:[«“]\s?(.*?)\s?[»”]|\((?:vide|blank)\))")
Told = list[tuple[str, Severity]]


def cells(rule: str, part: str, lang: str = "en") -> list[tuple[str, str | None]]:
    """The cells that an example types: column and value, None where it is blank."""
    found = EXAMPLE.finditer(catalog(lang)[f"explain.{rule}.{part}"])
    return [(one[1], one[2]) for one in found if one[1] in SHEETS]


def told(findings: tuple[Finding, ...]) -> Told:
    return [(one.rule, one.severity) for one in findings]


def checked(folder: Path, book: Book) -> Told:
    return told(check(write(folder, book), spec=SPEC, deposit=DEPOSIT).findings)


def typed(rule: str, part: str) -> Book:
    """A sound workbook but for the cells of that example."""
    book = a_book()
    for column, value in cells(rule, part):
        book[SHEETS[column]][0][column] = value
    return book


# ------------------------------------------------------------------------------------------- what is wrong by a cell

BY_CELL = [rule for rule in RULE_IDS if rule[0] not in "RVM" and rule not in ("D3", "B14") and cells(rule, "wrong")]


@pytest.mark.parametrize("rule", BY_CELL)
def test_the_wrong_example_raises_the_rule_and_the_right_one_does_not(rule: str, tmp_path: Path) -> None:
    assert rule in {one for one, _ in checked(tmp_path / "wrong", typed(rule, "wrong"))}
    assert cells(rule, "right")
    assert rule not in {one for one, _ in checked(tmp_path / "right", typed(rule, "right"))}


@pytest.mark.parametrize("rule", [rule for rule in BY_CELL if rule not in ("P1", "P2")])
def test_the_right_example_has_no_error_at_all(rule: str, tmp_path: Path) -> None:
    """(Those two have a row more than the sound workbook.)"""
    assert [one for one in checked(tmp_path, typed(rule, "right")) if one[1] == "error"] == []


VALUES = [
    pytest.param(rule, field, id=f"{rule} {field.name}")
    for rule in BY_CELL
    for column, _ in cells(rule, "wrong")
    for field in (
        SPEC.field(path) for path in [one.path for one in SPEC.fields if one.typed and one.name == column][:1]
    )
    if rule in (field.rule, field.check_rule, field.twice_rule) and rule not in ("B8", "B10", "P4", "S3")
]  # (the last two are decided by the folder, and by another answer)


@pytest.mark.parametrize(("rule", "field"), VALUES)
def test_a_value_alone_is_enough_for_a_field_to_speak(rule: str, field: Field) -> None:
    """The wrong value has the field say so under that rule, the right one does not."""
    assert field.form is not None
    parse = parser_of(field.form)
    wrong, right = (dict(cells(rule, part))[field.name] for part in ("wrong", "right"))
    assert rule in {rule_of(field, note) for note in parse(wrong).notes}
    assert rule not in {rule_of(field, note) for note in parse(right).notes}


def test_an_example_is_the_same_in_both_languages() -> None:
    examples = [(rule, part) for rule in RULE_IDS for part in ("wrong", "right")]
    assert [one for one in examples if cells(*one, "fr") != cells(*one, "en")] == []


# ------------------------------------------------------------------------------- what is wrong by a row, a sheet, a file


def renamed(book: Book) -> Book:
    return {"Ventes 2021" if sheet == ORDER else sheet: rows for sheet, rows in book.items()}


def without(*sheets: str) -> Book:
    book = a_book()
    for sheet in sheets:
        book[sheet].clear()
        book[sheet].append({"demande": None})
    return book


def changed(sheet: str, **values: Any) -> Book:
    book = a_book()
    book[sheet][0] |= values
    return book


def one_site_in_both() -> Book:
    book = two()
    book[ESTABLISHMENTS][1]["numérosFINESSGeos"] = FINESS[0]
    return book


def one_file_for_both() -> Book:
    book = two()
    book[PIECES][1]["fichier"] = "CMD-1.pdf"
    return book


BY_BOOK: dict[str, Callable[[], Book]] = {
    "X1": lambda: renamed(a_book()),
    "X2": lambda: changed(RADIOLOGISTS, portableRad="06 00 00 00 01"),
    "X3": lambda: another(a_book(), ORDER, demande="CMD-9"),
    "X4": lambda: another(a_book(), ORDER),
    "X5": lambda: another(a_book(), MAIN, numeroEditeur="00002"),
    "X6": lambda: without(MAIN),
    "X9": lambda: changed(ORDER, **{"Régime TVA": "TTC"}),
    "D3": lambda: treated(a_book(), numeroASP="A-2021-77"),
    "B7": lambda: without(ESTABLISHMENTS, RADIOLOGISTS),
    "B14": lambda: another(a_book(), ESTABLISHMENTS, numeroFINESSJuridique=FINESS[1], numérosFINESSGeos=FINESS[1]),
    "B15": one_site_in_both,
    "B16": lambda: another(a_book(), RADIOLOGISTS, nomRad="MARTIN"),
    "P7": one_file_for_both,
}
BY_FILE = {
    "P5": b"PK\x03\x04" + bytes(200),
    "P6": b"%PDF-1.4\n" + bytes(8_000_000) + b"\n%%EOF\n",
    "P8": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0",
}


def by_book(rule: str, folder: Path) -> Told:
    return checked(folder, BY_BOOK[rule]())


def by_file(rule: str, folder: Path) -> Told:
    """With that for its purchase order."""
    folder.mkdir(exist_ok=True)
    (folder / "CMD-1.pdf").write_bytes(BY_FILE[rule])
    return checked(folder, a_book())


# ------------------------------------------------------------------------------------- what is wrong in a finished deposit

BY_DEPOSIT: dict[str, Callable[[Path], Path]] = {
    "V1": lambda folder: deposit(folder, (f"{LINE}.commande.regimeTva", "TTC")),
    "V2": lambda folder: deposit(folder, name="JSON-RIS2021001-30112021-1"),
    "V3": lambda folder: repack(deposit(folder), **{BDC: None, "bon de commande.pdf": b"%PDF"}),
    "V4": lambda folder: deposit(folder, (f"{LINE}.numeroASP", "A-77")),
    "V5": lambda folder: deposit(folder, (f"{LINE}.numLigne", 2)),
}


def by_deposit(rule: str, folder: Path) -> Told:
    return told(verify(BY_DEPOSIT[rule](folder), spec=SPEC).findings)


# ----------------------------------------------------------------------------------------- what is wrong in a mapping

BY_MAPPING = {
    "M1": 'numérosFINESSGeos = "Client"',
    "M2": '[Commande]\ndateComande = "Date"',
    "M3": '[Commande]\nregimeTVA = { column = "TVA", value = "TTC" }',
    "M4": '[[Commande]]\ndateCommande = "Date"\n[[Commande]]\ndateCommande = "Date"',
    "M5": '["Bénéficiaires"]\ndemande = "Date"',
    "M6": '[Commande]\ndateCommande = "Date de commande"',
    "M7": '[Etablissements]\nnomClient = "Nom"',
    "M8": '[Commande]\nregimeTVA = { column = "TVA", map = { "Exonéré" = "HT", "Soumis" = "TTC" } }',
}


def by_mapping(rule: str, folder: Path) -> Told:
    export = csv(folder, "N°;Date;TVA;Nom;Nom", "CMD-1;15/11/2021;Franchise;DURAND;MARTIN")
    return told(read(export, KEY + BY_MAPPING[rule]).findings)


# -------------------------------------------------------------------------------- what is wrong beside what the ledger knows


def answered(office: Office, change: Callable[[list[Any]], Any]) -> Told:
    """The agency's answer to two requests, both accepted, but for that change to its lines."""
    path = office.folder / "answers" / f"{FIRST}.json"
    tree = json.loads((office.out / f"{FIRST}.json").read_bytes())
    for at, line in enumerate(tree["lignesImport"]):
        line |= {"numeroASP": f"A-{at}", "libelleTraitement": "Demande acceptée"}
    change(tree["lignesImport"])
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(tree), "utf-8")
    return told(feedback(path, ledger=office.ledger).findings)


def put(lines: list[Any], **values: Any) -> None:
    lines[0] |= values


def contradict(office: Office) -> Told:
    answered(office, lambda lines: None)
    return answered(office, lambda lines: put(lines, numeroASP="B-99"))


def label(text: str | None) -> Callable[[list[Any]], None]:
    return lambda lines: put(lines, numeroASP=None, libelleTraitement=text)


def changed_since(office: Office) -> Told:
    answered(office, lambda lines: None)
    return told(office.convert(order(1, phone=PHONE), order(2)).findings)


def rejected_and_unchanged(office: Office) -> Told:
    answered(office, label("Demande hors du périmètre"))
    return told(office.convert(order(1), order(2), deposit=NEXT_DAY).findings)


def by_batch(rule: str, folder: Path) -> Told:
    """Of three inputs, one is damaged, and one a copy."""
    content = write(folder, a_book(), "a.xlsx").read_bytes()
    (folder / "b.xlsx").write_bytes(content[:2000])
    (folder / "c.xlsx").write_bytes(content)
    return told(tuple(finding for one in batch([folder], out=folder / "depot").inputs for finding in one.findings))


def mailed(office: Office) -> Told:
    """A mail brings CMD-1 too."""
    outcome = batch(
        [office.book(order(1, phone=PHONE))],
        out=office.out,
        ledger=office.ledger,
        mailed=Mailed(sender="paul@x.fr", at=None),
    )
    return told(tuple(finding for one in outcome.inputs for finding in one.findings))


BY_LEDGER: dict[str, Callable[[Office], Told]] = {
    "D2": changed_since,
    "D4": rejected_and_unchanged,
    "D7": lambda office: told(
        (office.convert(order(1), order(2)), office.convert(order(1), name="autre.xlsx"))[1].findings
    ),
    "D8": mailed,
    "D5": lambda office: told(office.convert(order(9, key="CMD-1")).findings),
    "R1": lambda office: answered(office, lambda lines: put(lines, numeroEditeur=None)),
    "R2": contradict,
    "R3": lambda office: answered(
        office, lambda lines: put(lines[0]["beneficiaires"]["EtablissementsClients"], telephoneClient=PHONE)
    ),
    "R4": lambda office: answered(office, lambda lines: put(lines, numeroEditeur="00042")),
    "R5": lambda office: answered(office, lambda lines: put(lines, numeroEditeur="00002")),
    "R6": lambda office: answered(office, lambda lines: put(lines, numLigne=2)),
    "R7": lambda office: answered(office, lambda lines: lines.pop()),
    "R8": lambda office: answered(office, label(None)),
    "R9": lambda office: answered(office, label("Demande hors du périmètre")),
}


def by_ledger(rule: str, folder: Path) -> Told:
    """After two requests, CMD-1 and CMD-2, that were converted as 00001 and 00002."""
    office = Office(folder=folder, ledger=str(folder / "ledger.sqlite"))
    assert office.convert(order(1), order(2)).ok
    return BY_LEDGER[rule](office)


# ------------------------------------------------------------------------------------------------------------- all of them

RAISED: dict[str, Callable[[str, Path], Told]] = {
    **dict.fromkeys(BY_CELL, lambda rule, folder: checked(folder, typed(rule, "wrong"))),
    **dict.fromkeys(BY_BOOK, by_book),
    **dict.fromkeys(BY_FILE, by_file),
    "X10": by_batch,
    "X11": by_batch,
    **dict.fromkeys(BY_DEPOSIT, by_deposit),
    **dict.fromkeys(BY_LEDGER, by_ledger),
    **dict.fromkeys(BY_MAPPING, by_mapping),
}


@pytest.mark.parametrize("rule", RULE_IDS)
def test_each_rule_is_raised_by_its_example_with_one_of_its_severities(rule: str, tmp_path: Path) -> None:
    said = [one for one in RAISED[rule](rule, tmp_path) if one[0] == rule]
    assert said
    assert {severity for _, severity in said} <= set(RULE_IDS[rule])


@pytest.mark.parametrize("rule", BY_DEPOSIT)
def test_a_sound_deposit_raises_none_of_them(rule: str, tmp_path: Path) -> None:
    assert verify(deposit(tmp_path), spec=SPEC).findings == ()
    assert catalog("en")[f"explain.{rule}.right"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_rule_is_explained(lang: str) -> None:
    for rule in RULE_IDS:
        one = explain(rule, SPEC, lang)
        assert (one.rule, one.severities, one.anchor) == (rule, RULE_IDS[rule], rule.lower())
        assert all(getattr(one, part).endswith((".", ".json")) for part in PARTS), rule


def test_the_languages_say_it_each_in_its_own_words() -> None:
    french, english = catalog("fr"), catalog("en")
    keys = [f"explain.{rule}.{part}" for rule in RULE_IDS for part in ("what", "why", "fix")]
    assert [key for key in keys if french[key] == english[key]] == []
    assert {key: french[key] for key in french if key.endswith(".section")} == {
        key: english[key] for key in english if key.endswith(".section")
    }


def test_nothing_is_explained_that_is_no_rule() -> None:
    named = {key.split(".")[1] for key in catalog("en") if key.startswith("explain.")} - {"subject"}
    assert named == set(RULE_IDS)


@pytest.mark.parametrize(
    ("rule", "section", "sheets"),
    [
        ("B11", "§3.1, §3.2", (RADIOLOGISTS,)),  # as the field says
        ("F3", "§3.2", ("Entête fichier",)),  # a field's second rule
        ("B10", "§3.1, §3.2", (RADIOLOGISTS,)),
        ("B7", "§3.1", (ESTABLISHMENTS, RADIOLOGISTS)),  # a rule that crosses sheets
        ("S3", "§3.2, Focus", ("Entête fichier", "Scénario d'installation")),
        ("X3", None, ()),  # the workbook's own
        ("R1", "§1.2", ()),
    ],
)
def test_where_the_guide_asks_for_it_and_where_it_is_raised(
    rule: str, section: str | None, sheets: tuple[str, ...]
) -> None:
    one = explain(rule, SPEC, "fr")
    assert (one.section, one.sheets) == (section, sheets)


def test_a_section_is_given_once() -> None:
    """In the spec or in the wording, not in both."""
    in_the_spec = {rule for f in SPEC.fields for rule in (f.rule, f.check_rule, f.blank_rule, f.twice_rule) if rule}
    assert [rule for rule in RULE_IDS if rule in in_the_spec and f"explain.{rule}.section" in catalog("en")] == []


def test_the_list_has_each_rule_once_by_subject_and_number() -> None:
    listed = [one.rule for subject in subjects(SPEC, "en") for one in subject.rules]
    assert sorted(listed) == sorted(RULE_IDS)
    assert "".join(dict.fromkeys(rule[0] for rule in listed)) == "XFDCBPSRVM"
    assert [rule for rule in listed if rule[0] == "B"] == [f"B{n}" for n in range(1, 17)]


@pytest.mark.parametrize("typed", ["B11", "b11", " B 11 ", "b-11"])
def test_the_id_is_taken_in_any_case(typed: str) -> None:
    assert explain(typed, SPEC, "fr").rule == "B11"


@pytest.mark.parametrize(
    ("typed", "near"), [("B17", "B16"), ("x0", "X1"), ("b99", "B16"), ("RPPS", "B11"), ("siret", "F2"), ("", "X1")]
)
def test_an_unknown_id_names_the_nearest(typed: str, near: str) -> None:
    with pytest.raises(MisuseError) as error:
        explain(typed, SPEC, "fr")
    assert (error.value.exit_code, error.value.say.params["near"]) == (2, near)


# --------------------------------------------------------------------------------------------------------- the command


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[Any, str, str]:
    with pytest.raises(SystemExit) as exit_:
        main(["explain", *arguments])
    out, err = capsys.readouterr()
    return exit_.value.code, out, err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_command_says_all_of_a_rule(lang: str, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "b11", "--lang", lang)
    one = explain("B11", SPEC, lang)
    assert (code, err) == (0, "")
    assert [text for text in (one.title, one.section, *(getattr(one, part) for part in PARTS)) if text not in out] == []


def test_the_command_lists_all_rules(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "--lang", "fr")
    assert code == 0
    assert [rule for rule in RULE_IDS if f"{rule:<4} {catalog('fr')[f'rule.{rule}']}" not in out] == []


def test_the_command_as_json(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "X3", "--format", "json", "--lang", "en")
    document = json.loads(out)
    assert (code, list(document)) == (
        0,
        ["rule", "title", "severities", "what", "why", "section", "wrong", "right", "fix"],
    )
    assert (document["rule"], document["severities"], document["section"]) == ("X3", ["error"], None)
    assert json.loads(run(capfd, "B7", "--format", "json")[1])["sheets"] == [ESTABLISHMENTS, RADIOLOGISTS]
    assert {one["rule"] for one in json.loads(run(capfd, "--format", "json")[1])} == set(RULE_IDS)


def test_an_unknown_rule_is_misuse(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "B17", "--format", "json", "--lang", "en")
    assert (code, out) == (2, "")
    assert "B16" in err


# ------------------------------------------------------------------------------------------------------------ the pages


@pytest.mark.parametrize("name", pages())
def test_a_page_is_fresh(name: str) -> None:
    """If not: `make docs`."""
    assert (HERE / name).read_text("utf-8") == pages()[name]


def test_no_page_is_left_over() -> None:
    by_hand = {"performance.md"}
    assert {str(one.relative_to(HERE).as_posix()) for one in HERE.rglob("*.md")} == set(pages()) | by_hand


@pytest.mark.parametrize("name", pages())
def test_every_link_of_a_page_leads_somewhere(name: str) -> None:
    for target, anchor in re.findall(r"\]\(([^)#]*)#([^)]*)\)", pages()[name]):
        page = (HERE / name).parent / target if target else HERE / name
        assert f"### {anchor.upper()}\n" in page.read_text("utf-8")

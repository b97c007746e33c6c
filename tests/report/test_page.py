"""What the page says: the verdict, the figures, each finding with its surroundings, each request as it will be read."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from converter import check, convert, load_spec
from converter.jobs.feedback import feedback
from converter.jobs.report import subject_of
from converter.jobs.verify import verify
from converter.report.kinds import Note, groups
from converter.report.page import MOST_REQUESTS, page
from converter.report.subject import Subject, Value
from converter.report.unused import Unused, unused
from tests.books import DEPOSIT, FINESS, PDF, Book, a_book, a_request, many, write

SPEC = load_spec()
NAME = "JSON-RIS2021001-20211130-001"
MONTH = Path(__file__).parents[2] / "sample_workbooks" / "mois"


def checked(folder: Path, book: Book, **options: Any) -> Subject:
    return subject_of(check(write(folder, book), deposit=DEPOSIT, evidence=True, **options), SPEC)


def figures(subject: Subject) -> dict[str, Any]:
    return {one.label: one.value for one in subject.figures}


def notes(subject: Subject) -> list[Note]:
    return [note for group in groups(subject, SPEC) for kind in group.kinds for note in kind.notes]


def note(subject: Subject, rule: str) -> Note:
    (one,) = (one for one in notes(subject) if one.finding.rule == rule)
    return one


def values(subject: Subject, demande: str) -> dict[str, Value]:
    (told,) = (one for one in subject.requests if one.demande == demande)
    return {f"{section.name}.{value.name}": value for section in told.sections() for value in section.values}


def left_out(subject: Subject) -> Unused:
    assert subject.workbook
    return unused(subject.workbook, subject.findings, SPEC)


def two() -> Book:
    """Two requests, the first one's amount written so that it might be either of two."""
    book = a_book(a_request(), a_request("CMD-2", "00002", FINESS[1]))
    book["Commande"][0]["montantSegurHT"] = "31,162.00"
    return book


def test_a_check_counts_what_is_ready_and_what_is_held(tmp_path: Path) -> None:
    subject = checked(tmp_path, two())
    assert figures(subject) == {"ready": 1, "held": 1, "skipped": 0, "amount": 31162, "advance": Decimal("9348.60")}
    assert [one.state for one in subject.requests] == ["held", "ready"]
    assert (subject.tone, subject.next.key, subject.parcels) == ("bad", "report.next.correct", ())


def test_without_partial_nothing_is_written_and_all_are_held(tmp_path: Path) -> None:
    subject = subject_of(convert(write(tmp_path, two()), out=tmp_path / "out", deposit=DEPOSIT, evidence=True), SPEC)
    assert (figures(subject)["written"], figures(subject)["held"]) == (0, 2)
    assert [one.state for one in subject.requests] == ["held", "held"]


def test_a_partial_conversion_shows_the_file_and_the_lines_that_went(tmp_path: Path) -> None:
    path, out = write(tmp_path, two()), tmp_path / "out"
    done = convert(path, out=out, deposit=DEPOSIT, partial=True, evidence=True)
    subject = subject_of(done, SPEC)
    assert [one.state for one in subject.requests] == ["held", "written"]
    assert [(one.requests, one.bytes) for one in subject.parcels] == [(1, (out / f"{NAME}.zip").stat().st_size)]
    assert values(subject, "CMD-2")["lignesImport.numLigne"].text == "1"
    assert values(subject, "CMD-1")["lignesImport.numLigne"].text == "null"


def test_a_finding_has_its_cell_what_was_read_what_to_type_and_its_row(tmp_path: Path) -> None:
    one = note(checked(tmp_path, two()), "C4")
    assert (one.where, one.read, one.type_this) == ("Commande!D2", "31,162.00", "31162,00")
    assert one.grid is not None
    assert one.grid.letters == ("A", "B", "C", "D")
    assert one.grid.rows == (
        (1, ("demande", "dateCommande", "regimeTVA", "montantSegurHT")),
        (2, ("CMD-1", "15/11/2021", "TTC", "31,162.00")),
        (3, ("CMD-2", "15/11/2021", "TTC", "31162")),
    )
    assert (one.grid.row, one.grid.column) == (1, 3)


def test_a_grid_shows_the_key_and_two_columns_on_either_side(tmp_path: Path) -> None:
    book = a_book()
    book["Scénario d'installation"][0]["isDirectToMSSPro"] = "?"
    grid = note(checked(tmp_path, book), "S1").grid
    assert grid is not None
    assert (grid.letters, grid.rows[1][1][grid.column or 0]) == (("A", "H", "I", "J", "K", "L"), "?")


def test_what_is_read_is_the_cell_itself_where_the_finding_names_no_value(tmp_path: Path) -> None:
    book = a_book()
    book["Scénario d'installation"][0].update(isDirectToDMP="Non", isPFIToDMP="Non")
    assert note(checked(tmp_path, book), "S4").read == "Non"


@pytest.mark.parametrize(
    ("sheet", "column", "typed", "rule", "key"),
    [
        ("Commande", "regimeTVA", "TVA", "C3", "report.expected.choice"),
        ("Commande", "dateCommande", "31/02/2021", "C1", "report.expected.date"),
        ("Bénéficiaires", "isMandataire", "oui?", "B1", "report.expected.yesno"),
        ("Scénario d'installation", "operateurMessagerie", "zzz", "S2", "report.expected.long_choice"),
        ("Radiologues", "AM", "1234", "B12", "expected.several"),
        ("Radiologues", "RPPS", "1234", "B11", "expected.digits"),
        ("Etablissements", "nomClient", "A" * 50, "B4", "report.expected.name"),
    ],
)
def test_what_is_expected_is_the_form_of_the_column(
    sheet: str, column: str, typed: str, rule: str, key: str, tmp_path: Path
) -> None:
    book = a_book()
    book[sheet][0][column] = typed
    expected = note(checked(tmp_path, book), rule).expected
    assert expected is not None
    assert expected.key == key


def test_errors_come_first_then_by_kind(tmp_path: Path) -> None:
    book = two()
    book["Entête fichier"][0]["SIRET"] = "73282932000075"
    book["Etablissements"][0]["nomClient"] = "Clinique"
    book["Commande"][1]["regimeTVA"] = "TVA"
    found = [(kind.severity, kind.rule) for group in groups(checked(tmp_path, book), SPEC) for kind in group.kinds]
    assert found == [("error", "C3"), ("error", "C4"), ("warning", "F3"), ("info", "X7")]


def test_a_request_is_shown_as_the_agency_will_read_it_with_its_cells(tmp_path: Path) -> None:
    book = two()
    book["Radiologues"][1]["AM"] = "712345678; 812345678"
    shown = values(checked(tmp_path, book), "CMD-2")
    assert shown["commande.montantSegurHT"] == Value(name="montantSegurHT", text="31162.00", cell="Commande!D3")
    assert shown["commande.dateCommande"].text == "15/11/2021"
    assert shown["beneficiaires.isMandataire"] == Value(name="isMandataire", text="false", cell="Bénéficiaires!B3")
    assert shown["radLiberauxClients[0].AM"].text == "712345678, 812345678"
    assert shown["radLiberauxClients[0].emailRad"].text == "null"
    piece = shown["piecesJustificatives[0].nomFichier"]
    assert (piece.text, piece.cell) == ("RAD-RIS-Va1-BDC-00002.pdf", "Pièces justificatives!C3")
    assert shown["lignesImport.typeAction"] == Value(name="typeAction", text="C", cell="")


def test_a_value_that_does_not_fit_is_shown_as_it_was_read(tmp_path: Path) -> None:
    shown = values(checked(tmp_path, two()), "CMD-1")["commande.montantSegurHT"]
    assert shown == Value(name="montantSegurHT", text="31,162.00", cell="Commande!D2", wrong=True)


def test_what_was_not_used(tmp_path: Path) -> None:
    book = a_book() | {"Notes": [{"x": 1}], "Listes": [{"y": 1}], "Traitement": [{}]}
    book["Commande"][0]["remarque"] = "à rappeler"
    (tmp_path / "oubli.PDF").write_bytes(PDF)
    (tmp_path / "lettre.docx").write_bytes(b"x")
    (tmp_path / ".cache.pdf").write_bytes(PDF)
    out = left_out(checked(tmp_path, book))
    assert [one.cell for one in out.columns] == ["E1"]
    assert [(one.name, one.why) for one in out.sheets] == [
        ("Notes", "stray"),
        ("Listes", "own"),
        ("Traitement", "blank"),
    ]
    assert (out.files, out.others) == (("oubli.PDF",), 1)


def test_files_are_missed_in_every_folder_that_requests_name(tmp_path: Path) -> None:
    book, scans = a_book(), tmp_path / "scans"
    book["Pièces justificatives"][0]["fichier"] = "bons/CMD-1.pdf"
    scans.mkdir()
    write(tmp_path / "work", book)
    for path in (tmp_path / "work" / "bons" / "autre.pdf", scans / "de_trop.png"):
        path.write_bytes(PDF)
    outcome = check(tmp_path / "work" / "orders.xlsx", deposit=DEPOSIT, attachments=scans, evidence=True)
    assert left_out(subject_of(outcome, SPEC)).files == ("de_trop.png", "bons/autre.pdf")


def test_a_deposit_that_was_verified(tmp_path: Path) -> None:
    out = tmp_path / "out"
    convert(write(tmp_path, a_book()), out=out, deposit=DEPOSIT)
    path = out / f"{NAME}.json"
    path.write_text(path.read_text("utf-8").replace("31162.00", "-1.00"), "utf-8")
    subject = subject_of(verify(path), SPEC)
    one = note(subject, "C4")
    assert (one.where, one.expected) == ("$.lignesImport[0].commande.montantSegurHT", None)
    assert one.grid is not None
    assert one.grid.rows == (
        ("", ("dateCommande", "regimeTVA", "montantSegurHT")),
        ("", ("15/11/2021", "TTC", "-1.00")),
    )
    assert values(subject, "00001")["$.lignesImport[0].commande.montantSegurHT"].wrong
    assert subject.parcels[0].bytes == path.with_suffix(".zip").stat().st_size


def test_a_file_that_is_no_deposit_has_a_page_too(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("[", "utf-8")
    subject = subject_of(verify(path), SPEC)
    assert (subject.verdict.key, subject.requests) == ("report.verified.not", ())
    assert page(subject, SPEC, "fr", "30/11/2021")


def test_the_agency_s_answer(tmp_path: Path) -> None:
    where = tmp_path / "ledger.sqlite"
    convert(MONTH / "novembre_2021.xlsx", out=tmp_path, deposit=date(2021, 11, 30), ledger=where)
    subject = subject_of(feedback(MONTH / "reponses" / f"{NAME}.json", ledger=where), SPEC)
    assert figures(subject) == {"accepted": 10, "rejected": 2, "unknown": 0, "already": 0}
    rejected = [(one.demande, one.number) for one in subject.requests if one.state == "rejected"]
    assert rejected == [("CMD-2021-003", "00003"), ("CMD-2021-010", "00010")]
    assert dict(subject.requests[0].facts)["libelleTraitement"] == "Demande acceptée"


def test_of_very_many_requests_and_findings_each_kind_shows_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("converter.report.kinds.MOST_FINDINGS", 100)
    book = many(MOST_REQUESTS + 30)
    for row in book["Commande"]:
        row["montantSegurHT"] = "?"
    book["Commande"][-1]["regimeTVA"] = "?"
    subject = checked(tmp_path, book)
    kinds = [(kind.rule, kind.count, len(kind.notes)) for group in groups(subject, SPEC) for kind in group.kinds]
    assert kinds[:2] == [("C3", 1, 1), ("C4", 230, 100 // len(kinds))]
    html = page(subject, SPEC, "fr", "30/11/2021").decode()
    assert html.count('<details class="request"') == MOST_REQUESTS
    assert 'id="bounded"' in html


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_page_says_all_in_its_language(lang: str, tmp_path: Path) -> None:
    html = page(checked(tmp_path, two()), SPEC, lang, "30/11/2021").decode()
    assert f'<html lang="{lang}">' in html
    assert re.findall(r"\{[a-z_]+\}", re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.DOTALL)) == []


def test_without_evidence_the_findings_are_there_all_the_same(tmp_path: Path) -> None:
    outcome = check(write(tmp_path, two()), deposit=DEPOSIT)
    assert b'data-cell="D2"' in page(subject_of(outcome, SPEC), SPEC, "fr", "30/11/2021")

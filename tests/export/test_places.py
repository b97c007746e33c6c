"""Everything that is found later names the export's own cells."""

from __future__ import annotations

from pathlib import Path

from converter import Finding
from converter.parcel.folders import Folders
from converter.parcel.sources import gather
from converter.reshape import reshape
from converter.rules import apply_rules
from converter.workbook.tables import Tables
from tests.books import DEPOSIT, PDF, YES_NO
from tests.export import SPEC, csv, read, xlsx

MAPPING = """
["Entête fichier"]
numeroAns = { value = "RIS2021001" }
SIRET = "Siret"
["Entête demande"]
demande = "N°"
numeroEditeur = "Éditeur"
["Commande"]
dateCommande = "Date"
regimeTVA = "TVA"
montantSegurHT = "Montant"
["Bénéficiaires"]
isMandataire = { value = "Non" }
isClientUnique = "Unique"
["Etablissements"]
numeroFINESSJuridique = "EJ"
nomClient = "Client"
emailClient = "Mel"
telephoneClient = "Tel"
"numérosFINESSGeos" = { columns = ["ET 1", "ET 2"] }
["Radiologues"]
RPPS = "RPPS"
AM = { columns = ["AM 1", "AM 2"] }
nomRad = "Radiologue"
[["Pièces justificatives"]]
typeFichier = { value = "BON_COMMANDE" }
fichier = { format = "{N°}.pdf" }
[["Pièces justificatives"]]
typeFichier = { value = "PREUVE_HT" }
fichier = "Preuve"
["Scénario d'installation"]
operateurMessagerie = "MSS"
""" + "\n".join(f'{name} = {{ value = "{"Oui" if name.startswith("isDirect") else "Non"}" }}' for name in YES_NO)

COLUMNS = "N°;Éditeur;Date;TVA;Montant;Unique;EJ;Client;Mel;Tel;ET 1;ET 2;RPPS;AM 1;AM 2;Radiologue;Preuve;MSS;Siret"
SOUND = ["A", "00001", "15/11/2021", "TTC", "31162,00", "Oui", "750012346", "CLINIQUE", "a@clinique.fr", "01 42 00 00 01",
         "750012346", "", "10003456786", "751234567", "", "DURAND", "", "API_35", "73282932000074"]  # fmt: skip
NAMES = COLUMNS.split(";")


def line(**cells: str) -> str:
    """A sound line but for those cells, by their column's name."""
    return ";".join({**dict(zip(NAMES, SOUND, strict=True)), **cells}[name] for name in NAMES)


def found(tables: Tables, folder: Path) -> list[tuple[str, str | None, str | None, str | None]]:
    """All findings straight through: rule, sheet, cell, request."""
    dossier = reshape(tables, SPEC, {})
    findings: list[Finding] = [*dossier.findings, *apply_rules(dossier, SPEC, DEPOSIT)]
    findings += gather(dossier, SPEC, Folders((folder,)))
    return sorted({(one.rule, one.sheet, one.cell, one.demande) for one in findings if one.rule != "S3"})


def faults(tmp_path: Path, *lines: str) -> set[tuple[str, str | None, str | None]]:
    for name in ("A", "B", "C"):
        (tmp_path / f"{name}.pdf").write_bytes(PDF)
    own = found(read(csv(tmp_path, COLUMNS, *lines), MAPPING), tmp_path)
    assert {sheet for _, sheet, _, _ in own} <= {"orders.csv"}
    return {(rule, cell, demande) for rule, _, cell, demande in own}


def test_a_sound_export_gives_no_finding(tmp_path: Path) -> None:
    assert faults(tmp_path, line()) == set()


def test_what_is_wrong_with_a_cell_names_that_cell(tmp_path: Path) -> None:
    changes = {"Éditeur": "1", "Date": "31/11/2021", "TVA": "TVA", "Montant": "31,162.00", "Unique": "?", "EJ": "1"}
    changes |= {
        "Mel": "clinique",
        "Tel": "12",
        "ET 2": "12",
        "RPPS": "1",
        "AM 2": "22",
        "MSS": "?",
        "Client": "Clinique",
    }
    assert faults(tmp_path, line(**changes)) == {
        ("D1", "B2", "A"), ("C1", "C2", "A"), ("C3", "D2", "A"), ("C4", "E2", "A"), ("B1", "F2", "A"), ("B9", "G2", "A"),
        ("X7", "H2", "A"), ("B5", "I2", "A"), ("B6", "J2", "A"), ("B9", "L2", "A"), ("B11", "M2", "A"), ("B12", "O2", "A"),
        ("S2", "R2", "A"),
    }  # fmt: skip


def test_a_blank_cell_that_is_required_is_named(tmp_path: Path) -> None:
    assert faults(tmp_path, line(Date="", Tel="", Radiologue="", Siret="")) == {
        ("C1", "C2", "A"), ("B8", "J2", "A"), ("B10", "P2", "A"), ("F2", "S2", None),
    }  # fmt: skip


def test_a_faulty_header_is_named_in_the_export(tmp_path: Path) -> None:
    assert faults(tmp_path, "", line(Siret="73282932000075")) == {("F3", "S3", None)}


def test_a_constant_names_the_cell_of_the_key_and_a_format_its_first_column(tmp_path: Path) -> None:
    assert faults(tmp_path, line(), line(**{"N°": "Z", "Éditeur": "00002", "EJ": "330001231", "ET 1": "330001231", "RPPS": "10009999102", "AM 1": "751234568"})) == {
        ("P4", "A3", "Z"),
    }  # fmt: skip


def test_of_two_that_clash_the_later_line_is_named(tmp_path: Path) -> None:
    other = {"N°": "B", "EJ": "330001231"}
    assert faults(tmp_path, line(), line(**other)) == {
        ("D1", "B3", "B"), ("B15", "K3", "B"), ("B15", "N3", "B"),
    }  # fmt: skip


def test_rows_of_one_number_that_contradict_each_other_name_cell_and_line(tmp_path: Path) -> None:
    export = csv(tmp_path, "", COLUMNS, line(), line(Client="AUTRE"))
    (tmp_path / "A.pdf").write_bytes(PDF)
    dossier = reshape(read(export, MAPPING), SPEC, {})
    (clash,) = (one for one in dossier.findings if one.rule == "B16")
    assert (clash.cell, clash.say.params["first"]) == ("H4", 3)


def test_pieces_name_their_own_lines(tmp_path: Path) -> None:
    (tmp_path / "p.pdf").write_bytes(PDF)
    (tmp_path / "q.pdf").write_bytes(b"q")
    assert faults(tmp_path, line(TVA="HT", Preuve="p.pdf"), line(TVA="HT", Preuve="q.pdf")) == {
        ("P3", "A3", "A"), ("P5", "Q3", "A"),
    }  # fmt: skip
    dossier = reshape(
        read(csv(tmp_path, "", COLUMNS, line(TVA="HT", Preuve="p.pdf"), line(TVA="HT", Preuve="q.pdf")), MAPPING),
        SPEC,
        {},
    )
    (twice,) = (one for one in apply_rules(dossier, SPEC, DEPOSIT) if one.rule == "P3")
    assert (twice.say.params["first"], twice.cell) == (3, "A4")


def test_errors_and_numbers_of_a_spreadsheet_name_their_cells(tmp_path: Path) -> None:
    import openpyxl

    own = dict(zip(NAMES, SOUND, strict=True)) | {"EJ": 10001246, "AM 1": 51234567, "AM 2": 751234568}
    export = xlsx(tmp_path, [NAMES, list(own.values())])
    book = openpyxl.load_workbook(export)
    for cell in ("C2", "K2"):
        book.worksheets[0][cell].value, book.worksheets[0][cell].data_type = "#N/A", "e"
    book.save(export)
    (tmp_path / "A.pdf").write_bytes(PDF)
    assert found(read(export, MAPPING), tmp_path) == [
        ("X7", "Commandes", "G2", "A"), ("X7", "Commandes", "N2", "A"), ("X7", "Commandes", "O2", "A"),
        ("X8", "Commandes", "C2", "A"), ("X8", "Commandes", "K2", "A"),
    ]  # fmt: skip


def test_an_error_in_the_key_is_told_once(tmp_path: Path) -> None:
    import openpyxl

    export = xlsx(tmp_path, [NAMES, SOUND])
    book = openpyxl.load_workbook(export)
    book.worksheets[0]["A2"].value, book.worksheets[0]["A2"].data_type = "#REF!", "e"
    book.save(export)
    assert found(read(export, MAPPING), tmp_path) == [("X6", None, None, None), ("X8", "Commandes", "A2", None)]


def test_the_report_shows_the_exports_own_cells(tmp_path: Path) -> None:
    from converter.report.grids import Sheets

    tables = read(csv(tmp_path, "", COLUMNS, line(), line(**{"N°": "B", "MSS": ""})), MAPPING)
    (blank,) = (one for one in reshape(tables, SPEC, {}).findings if one.rule == "S2")
    grid = Sheets(tables).grid(blank)
    assert grid is not None
    assert grid.letters == ("A", "P", "Q", "R", "S")
    assert [(number, cells[0]) for number, cells in grid.rows] == [(2, "N°"), (3, "A"), (4, "B")]

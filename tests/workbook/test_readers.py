"""What is typed is what is read, whatever kind of workbook it was typed in (contract §1)."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

import converter
from tests.books import DEPOSIT, Book, a_book, a_request, write
from tests.workbook import Fault, Formula, Grid, grids, ods, ods_row, xls, xlsx

Writer = Callable[[Path, dict[str, Grid]], Path]
Change = Callable[[Any], None]


def by_openpyxl(path: Path, sheets: dict[str, Grid]) -> Path:
    """An .xlsx whose texts stand inside their cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for title, grid in sheets.items():
        sheet = book.create_sheet(title)
        for values in grid:
            sheet.append(values)
    book.save(path)
    return path


def with_a_stray_cell(path: Path, sheets: dict[str, Grid]) -> Path:
    """An .xlsx in which every sheet must be read the long way round: something was once typed far out."""
    xlsx(path, sheets)
    stray = b'<row r="300"><c r="XFD300" t="str"><v>.</v></c></row></sheetData>'
    return changed(path, "xl/worksheets/", lambda xml: xml.replace(b"</sheetData>", stray))


def changed(path: Path, members: str, edit: Callable[[bytes], bytes]) -> Path:
    """The zip at `path`, those of its members edited whose name begins like that."""
    with zipfile.ZipFile(path) as old:
        contents = {info.filename: old.read(info) for info in old.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in contents.items():
            new.writestr(name, edit(content) if name.startswith(members) else content)
    return path


KINDS = {
    "xlsx": xlsx,
    "xlsm": xlsx,
    "openpyxl.xlsx": by_openpyxl,
    "stray.xlsx": with_a_stray_cell,
    "xls": xls,
    "ods": ods,
}
every_kind = pytest.mark.parametrize(("ending", "kind"), KINDS.items(), ids=KINDS)


def typed(folder: Path, book: Book, kind: Writer = xlsx, ending: str = "xlsx") -> Path:
    """`book` as a workbook of that kind, its files beside it."""
    write(folder, a_book(a_request("CMD-1"), a_request("CMD-2")))
    return kind(folder / f"typed.{ending}", grids(book))


def found(path: Path) -> list[tuple[str, str, str | None, str | None, str | None]]:
    """What is found: rule, severity, sheet, cell, value."""
    findings = converter.check(path, deposit=DEPOSIT).findings
    return [(one.rule, one.severity, one.sheet, one.cell, one.value) for one in findings]


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The requests of the JSON that the workbook becomes; numbers in text, as they stand there."""
    outcome = converter.convert(path, deposit=DEPOSIT, out=path.parent / "depot")
    assert outcome.ok, outcome.findings
    lines: list[dict[str, Any]] = json.loads(Path(outcome.files[0].json).read_bytes(), parse_float=str)["lignesImport"]
    return lines


# ------------------------------------------------------------------------------------------------ one book, every kind


def a_varied_book() -> Book:
    """Sound, with a cell of every sort."""
    book = a_book(a_request("CMD-1"), a_request("CMD-2", "00002", "330001231"))
    book["Commande"][0] |= {"dateCommande": datetime(2021, 11, 15), "montantSegurHT": 31162.1}
    book["Commande"][1] |= {"dateCommande": "07/09/2021", "montantSegurHT": "1234,50"}
    book["Bénéficiaires"][0] |= {"isMandataire": False, "isClientUnique": True}
    book["Bénéficiaires"][1] |= {"isMandataire": "N", "isClientUnique": 1}
    book["Etablissements"][0] |= {"nomClient": 'L’ŒIL & <FILS> "NA"', "numérosFINESSGeos": "750012346;\n690005673"}
    book["Etablissements"][1] |= {"nomClient": "NA", "numérosFINESSGeos": 330001231}
    book["Radiologues"][1] |= {"nomRad": "0123", "RPPS": 10003456786}
    return book


@every_kind
def test_the_same_book_gives_the_same_json(ending: str, kind: Writer, tmp_path: Path) -> None:
    one, two = lines_of(typed(tmp_path, a_varied_book(), kind, ending))
    assert [line["commande"] for line in (one, two)] == [
        {"dateCommande": "15/11/2021", "regimeTVA": "TTC", "montantSegurHT": "31162.10"},
        {"dateCommande": "07/09/2021", "regimeTVA": "TTC", "montantSegurHT": "1234.50"},
    ]
    for line in (one, two):
        assert (line["beneficiaires"]["isMandataire"], line["beneficiaires"]["isClientUnique"]) == (False, True)
    establishments = [line["beneficiaires"]["EtablissementsClients"][0] for line in (one, two)]
    assert [each["nomClient"] for each in establishments] == ['L’ŒIL & <FILS> "NA"', "NA"]
    assert [each["numérosFINESSGeos"] for each in establishments] == [["750012346", "690005673"], ["330001231"]]
    radiologist = two["beneficiaires"]["radLiberauxClients"][0]
    assert (radiologist["nomRad"], radiologist["RPPS"], radiologist["emailRad"]) == ("0123", "10003456786", None)


@every_kind
def test_the_same_faults_are_found_in_the_same_cells(ending: str, kind: Writer, tmp_path: Path) -> None:
    book = a_varied_book()
    book["Entête demande"][0]["numeroEditeur"] = 1
    book["Commande"][0] |= {"dateCommande": 44515, "montantSegurHT": 12.345}
    book["Commande"][1] |= {"dateCommande": datetime(2021, 9, 5, 14, 30), "montantSegurHT": date(2021, 9, 5)}
    book["Bénéficiaires"][0]["isClientUnique"] = 2
    book["Etablissements"][1] |= {"telephoneClient": 142000001, "emailClient": None}
    assert found(typed(tmp_path, book, kind, ending)) == [
        ("X7", "info", "Entête demande", "B2", "1"),
        ("C1", "error", "Commande", "B2", "44515"),
        ("C4", "error", "Commande", "D2", "12.345"),
        ("X7", "info", "Commande", "B3", "05/09/2021 14:30:00"),
        ("C4", "error", "Commande", "D3", "05/09/2021"),
        ("B1", "error", "Bénéficiaires", "C2", "2"),
        ("B8", "error", "Etablissements", "D3", None),
        ("X7", "info", "Etablissements", "E3", "142000001"),
        ("X7", "info", "Etablissements", "F3", "330001231"),
        ("X7", "info", "Radiologues", "B3", "10003456786"),
    ]


@every_kind
def test_a_key_typed_as_a_number_and_as_text_is_the_same(ending: str, kind: Writer, tmp_path: Path) -> None:
    book = a_book(a_request("CMD-1"))
    for at, rows in enumerate(book.values()):
        for row in rows:
            if "demande" in row:
                row["demande"] = [7, 7.0, "7"][at % 3]
    path = typed(tmp_path, book, kind, ending)
    assert found(path) == []
    assert [line["numeroEditeur"] for line in lines_of(path)] == ["00001"]


@every_kind
def test_rows_and_columns_are_counted_as_the_sheet_does(ending: str, kind: Writer, tmp_path: Path) -> None:
    """A title above, a free column before and blank rows between do not shift the names of cells."""
    sheets = grids(a_book(a_request("CMD-1"), a_request("CMD-2", "00002", "330001231")))
    header, *rows = sheets["Commande"]
    rows[1][3] = -5
    blank: list[Any] = [None] * 5
    spread = [blank, blank, [None, "Les commandes"], blank, header, blank, rows[0], blank, blank, rows[1]]
    sheets["Commande"] = [row if row is blank else [None, *row] if len(row) > 2 else row for row in spread]
    write(tmp_path, a_book(a_request("CMD-1"), a_request("CMD-2")))
    path = kind(tmp_path / f"typed.{ending}", sheets)
    assert found(path) == [("C4", "error", "Commande", "E10", "-5")]


@every_kind
def test_extra_sheets_are_ignored_whatever_they_hold(ending: str, kind: Writer, tmp_path: Path) -> None:
    sheets = {"Notes": [["demande", "x"], [1, 2.5]], **grids(a_book()), "Vide": [], "Calculs": [[None, True]]}
    write(tmp_path, a_book())
    assert found(kind(tmp_path / f"typed.{ending}", sheets)) == []


# ------------------------------------------------------------------------------------------------- faults and formulas

WITH_FAULTS = {name: kind for name, kind in KINDS.items() if kind is not by_openpyxl}
WITH_FORMULAS = {name: kind for name, kind in WITH_FAULTS.items() if kind is not xls}


@pytest.mark.parametrize("shown", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?"])
@pytest.mark.parametrize(("ending", "kind"), WITH_FAULTS.items(), ids=WITH_FAULTS)
def test_a_cell_that_shows_an_error_is_x8(ending: str, kind: Writer, shown: str, tmp_path: Path) -> None:
    book = a_book()
    book["Commande"][0]["montantSegurHT"] = Fault(shown)
    book["Radiologues"][0]["emailRad"] = Fault(shown)
    assert found(typed(tmp_path, book, kind, ending)) == [
        ("X8", "error", "Commande", "D2", shown),
        ("X8", "error", "Radiologues", "E2", shown),
    ]


@pytest.mark.parametrize(("ending", "kind"), WITH_FORMULAS.items(), ids=WITH_FORMULAS)
def test_a_formula_counts_as_its_cached_value(ending: str, kind: Writer, tmp_path: Path) -> None:
    book = a_book()
    book["Commande"][0] |= {"dateCommande": Formula(date(2021, 11, 15)), "montantSegurHT": Formula(31162.1)}
    book["Commande"][0]["regimeTVA"] = Formula("TTC")
    book["Bénéficiaires"][0] |= {"isMandataire": Formula(False), "nomMandataire": Formula("")}
    path = typed(tmp_path, book, kind, ending)
    assert found(path) == []
    assert lines_of(path)[0]["commande"]["montantSegurHT"] == "31162.10"


@pytest.mark.parametrize(("ending", "kind"), WITH_FORMULAS.items(), ids=WITH_FORMULAS)
def test_a_formula_that_was_never_computed_is_x8(ending: str, kind: Writer, tmp_path: Path) -> None:
    book = a_book()
    book["Commande"][0]["montantSegurHT"] = Formula(None)
    assert found(typed(tmp_path, book, kind, ending)) == [("X8", "error", "Commande", "D2", None)]


@pytest.mark.parametrize(
    "formula",
    [
        '<f t="shared" ref="D2:D9" si="0">1+1</f>',
        '<f t="shared" si="0"/>',
        '<f t="array" ref="D2">SUM(A1:A2)</f>',
        "<f>1+1</f><v></v>",
        "<f>1+1</f><v/>",
        "<f></f>",
    ],
)
def test_every_way_to_write_a_formula_without_a_value_is_x8(formula: str, tmp_path: Path) -> None:
    path = typed(tmp_path, a_book())
    cell = f'<c r="D2">{formula}</c>'.encode()
    changed(path, "xl/worksheets/sheet3", lambda xml: xml.replace(b'<c r="D2"><v>31162</v></c>', cell))
    assert found(path) == [("X8", "error", "Commande", "D2", None)]


# ---------------------------------------------------------------------------------------------- what only .xlsx can do


def styled(folder: Path, change: Change, stray: bool) -> Path:
    """A workbook after `change` to it as openpyxl sees it; `stray`: and with something in a far corner."""
    path = write(folder, a_book())
    book = openpyxl.load_workbook(path)
    change(book)
    if stray:
        book["Commande"]["XFD300"] = "."
    book.save(path)
    return path


either_way = pytest.mark.parametrize("stray", [False, True], ids=["near", "with a stray cell"])


@either_way
@pytest.mark.parametrize(
    "form",
    ["#,##0.00", '#,##0.00\\ "€"', "[Red]#,##0.00", "#,##0.00\\ [$EUR-40C]", '0.00" dû"', '_-* #,##0.00\\ "€"_-'],
)
def test_an_amount_is_no_date_however_it_is_shown(form: str, stray: bool, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["Commande"]["D2"].number_format = form

    assert lines_of(styled(tmp_path, change, stray))[0]["commande"]["montantSegurHT"] == "31162.00"


@either_way
@pytest.mark.parametrize(
    "form",
    ["mm-dd-yy", "dd/mm/yyyy", "[$-40C]d\\ mmmm\\ yyyy;@", "yyyy\\-mm\\-dd", "d-mmm-yy", "m/d/yy h:mm", "mmm-yy"],
)
def test_a_date_is_a_date_however_it_is_shown(form: str, stray: bool, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["Commande"]["B2"].number_format = form

    path = styled(tmp_path, change, stray)
    assert lines_of(path)[0]["commande"]["dateCommande"] == "15/11/2021"
    assert found(path) == []


@either_way
def test_a_date_is_the_same_in_the_calendar_that_begins_in_1904(stray: bool, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book.epoch = CALENDAR_MAC_1904

    assert lines_of(styled(tmp_path, change, stray))[0]["commande"]["dateCommande"] == "15/11/2021"


def test_a_date_is_the_same_in_an_xls_of_the_calendar_that_begins_in_1904(tmp_path: Path) -> None:
    since_1904 = (date(2021, 11, 15) - date(1904, 1, 1)).days
    sheets = grids(a_book())
    write(tmp_path, a_book())
    path = xls(tmp_path / "typed.xls", sheets, since_1904=True)
    assert since_1904 == 43_053
    assert lines_of(path)[0]["commande"]["dateCommande"] == "15/11/2021"


@either_way
def test_what_is_hidden_is_read_like_all_else(stray: bool, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["Commande"].sheet_state = "veryHidden"
        book["Bénéficiaires"].sheet_state = "hidden"
        book["Commande"].column_dimensions["D"].hidden = True
        book["Commande"].row_dimensions[2].hidden = True
        book["Commande"]["D2"] = -5

    path = styled(tmp_path, change, stray)
    assert found(path) == [("C4", "error", "Commande", "D2", "-5")]


def test_charts_and_merged_titles_do_no_harm(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book.create_chartsheet("Courbe", 0)
        book["Commande"].insert_rows(1, 2)
        book["Commande"]["A1"] = "Les commandes de novembre"
        book["Commande"].merge_cells("A1:D2")

    assert found(styled(tmp_path, change, stray=False)) == []


def test_a_text_of_several_fonts_is_read_whole(tmp_path: Path) -> None:
    path = typed(tmp_path, a_book())
    runs = b'<si><r><t>CLIN</t></r><r><rPr><b/></rPr><t>IQUE 2</t></r><rPh sb="0" eb="1"><t>X</t></rPh></si>'
    plain = b'<si><t xml:space="preserve">CLINIQUE</t></si>'
    changed(path, "xl/sharedStrings.xml", lambda xml: xml.replace(plain, runs))
    assert lines_of(path)[0]["beneficiaires"]["EtablissementsClients"][0]["nomClient"] == "CLINIQUE 2"


def test_what_the_libraries_grumble_about_is_not_told(tmp_path: Path) -> None:
    """A workbook without a default style, as some programs write it: a warning of openpyxl would fail this test."""
    path = typed(tmp_path, a_book(), with_a_stray_cell)
    changed(path, "xl/styles.xml", lambda xml: re.sub(rb"<cellStyles.*</cellStyles>", b"", xml))
    assert found(path) == []


MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = {
    MAIN: b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}


def in_strict_form(xml: bytes) -> bytes:
    for loose, strict in STRICT.items():
        xml = xml.replace(loose, strict)
    return xml


def test_a_strict_open_xml_workbook_is_read(tmp_path: Path) -> None:
    """What Excel calls “Strict Open XML”: the same but for the names of its vocabularies."""
    path = typed(tmp_path, a_varied_book())
    assert lines_of(changed(path, "", in_strict_form)) == lines_of(typed(tmp_path, a_varied_book()))


def with_prefixes(xml: bytes) -> bytes:
    """Every tag of the main vocabulary with the prefix `x:`, as some programs write it."""
    return re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", xml).replace(b'xmlns="' + MAIN, b'xmlns:x="' + MAIN)


def test_a_workbook_with_prefixed_tags_is_read(tmp_path: Path) -> None:
    book = a_book()
    book["Commande"][0] |= {"montantSegurHT": Formula(None), "regimeTVA": Fault("#N/A")}
    path = changed(typed(tmp_path, book), "xl/worksheets/", with_prefixes)
    assert found(path) == [("X8", "error", "Commande", "C2", "#N/A"), ("X8", "error", "Commande", "D2", None)]


def test_a_workbook_whose_parts_are_named_from_the_root_is_read(tmp_path: Path) -> None:
    path = typed(tmp_path, a_book())
    changed(path, "xl/_rels/", lambda xml: xml.replace(b'Target="worksheets/', b'Target="/xl/worksheets/'))
    assert found(path) == []


# ----------------------------------------------------------------------------------------------- what only .ods can do


def an_ods(folder: Path, cell: str, xml: str) -> Path:
    """An .ods in which this XML stands for one cell, told by its own."""
    path = typed(folder, a_book(), ods, "ods")
    assert cell.encode() in changed_part(path)
    return changed(path, "content.xml", lambda content: content.replace(cell.encode(), xml.encode(), 1))


def changed_part(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read("content.xml")


AMOUNT = '<table:table-cell office:value-type="float" office:value="31162"><text:p>31162</text:p></table:table-cell>'


@pytest.mark.parametrize("kind", ['currency" office:currency="EUR', "percentage"])
def test_an_amount_of_an_ods_is_its_value_and_not_what_is_shown(kind: str, tmp_path: Path) -> None:
    cell = f'<table:table-cell office:value-type="{kind}" office:value="31162.1"><text:p>31 162 €</text:p></table:table-cell>'
    path = an_ods(tmp_path, AMOUNT, cell)
    assert lines_of(path)[0]["commande"]["montantSegurHT"] == "31162.10"


def test_a_comment_of_an_ods_is_no_part_of_its_cell(tmp_path: Path) -> None:
    comment = "<office:annotation><text:p>à vérifier</text:p></office:annotation>"
    path = an_ods(tmp_path, "<text:p>CLINIQUE</text:p>", f"{comment}<text:p>CLINIQUE</text:p>")
    assert lines_of(path)[0]["beneficiaires"]["EtablissementsClients"][0]["nomClient"] == "CLINIQUE"


def test_spaces_and_spans_of_an_ods_are_part_of_its_text(tmp_path: Path) -> None:
    spans = "<text:p>CLI<text:span>NIQUE</text:span><text:s/>DU<text:s/><text:span>LAC</text:span></text:p>"
    path = an_ods(tmp_path, "<text:p>CLINIQUE</text:p>", spans)
    assert lines_of(path)[0]["beneficiaires"]["EtablissementsClients"][0]["nomClient"] == "CLINIQUE DU LAC"


def test_a_row_that_an_ods_writes_once_for_two_is_two_rows(tmp_path: Path) -> None:
    row = ods_row(*['<table:table-cell office:value-type="string"><text:p>AUTRE</text:p></table:table-cell>'], rows=2)
    write(tmp_path, a_book())
    path = ods(tmp_path / "typed.ods", grids(a_book()), more=row)
    assert found(path) == [("X3", "error", "Commande", cell, "AUTRE") for cell in ("A3", "A4")]


def test_cells_that_an_ods_writes_once_for_several_are_several(tmp_path: Path) -> None:
    text = '<table:table-cell office:value-type="string"><text:p>Non</text:p></table:table-cell>'
    once = text.replace("office:value-type", 'table:number-columns-repeated="5" office:value-type', 1)
    path = typed(tmp_path, a_book(), ods, "ods")
    changed(path, "content.xml", lambda xml: xml.replace(text.encode() * 2, once.encode().replace(b'"5"', b'"2"')))
    assert found(path) == []
    assert lines_of(path)[0]["scenarioInstallation"]["isForHospital"] is False

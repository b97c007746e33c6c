"""The copy with the agency's answer: what is put in stands where it belongs, and all else stays as it was."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from PIL import Image as Picture

from converter.errors import Xl2JsonError
from converter.jobs.convert import check
from converter.spec.load import load_spec
from converter.workbook.annotate import Mark, Treatment, annotated_copy, losses
from converter.workbook.blank import write_blank
from converter.workbook.read import open_book
from tests.books import DEPOSIT, Book, a_book, a_request, write
from tests.workbook import Fault, Formula, grids, xlsx

SPEC = load_spec()
ANSWER = ["demande", "numeroEditeur", "numeroASP", "codeTraitement", "libelleTraitement"]
REJECTED = Treatment(demande="CMD-1", number="00001", code="R12", label="La date de commande est invalide")
ACCEPTED = Treatment(demande="CMD-1", number="00001", asp="ASP-77", label="Demande acceptée")
DATE = Mark(sheet="Commande", row=2, column=1, severity="error", text="Vérifiez la date.")


def copied(source: Path, *treatments: Treatment, marks: tuple[Mark, ...] = ()) -> Path:
    """The copy, in a folder of its own with the same attachments beside it."""
    content = annotated_copy(source, SPEC, treatments, marks)
    path = source.with_name(f"copie-{source.name}")
    path.write_bytes(content)
    return path


def rows(path: Path, sheet: str = "Traitement") -> list[list[Any]]:
    with open_book(path) as book:
        return [list(row) for row in book.rows(sheet)]


def found(path: Path) -> list[tuple[str, str, str | None, str | None]]:
    outcome = check(path, deposit=DEPOSIT)
    return [(one.rule, one.severity, one.sheet, one.cell) for one in outcome.findings]


def answered(*lines: dict[str, Any]) -> Book:
    return a_book() | {"Traitement": [dict.fromkeys(ANSWER) | line for line in lines]}


def edited(path: Path, member: str, old: bytes, new: bytes) -> Path:
    """The workbook with a change in the XML of one member."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    assert old in content[member]
    content[member] = content[member].replace(old, new, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, one in content.items():
            archive.writestr(name, one)
    return path


# ------------------------------------------------------------------------------------------------------- the treatments


def test_a_missing_sheet_is_made_in_the_templates_form(tmp_path: Path) -> None:
    copy = copied(write(tmp_path, a_book()), REJECTED)
    write_blank(SPEC, tmp_path / "blank.xlsx", "fr")
    assert rows(copy)[:3] == rows(tmp_path / "blank.xlsx")[:3]
    assert rows(copy)[3:] == [["CMD-1", "00001", "", "R12", "La date de commande est invalide"]]


def test_the_templates_own_blank_sheet_is_filled_in_below_its_header(tmp_path: Path) -> None:
    write_blank(SPEC, tmp_path / "a.xlsx", "fr", example=True)
    copy = copied(tmp_path / "a.xlsx", Treatment(demande="RADIO-2000", number="00001", asp="7"))
    assert rows(copy)[3][:3] == ["RADIO-2000", "00001", "7"]
    cell = openpyxl.load_workbook(copy)["Traitement"]["C4"]
    assert (cell.number_format, cell.fill.fgColor.rgb) == ("@", "00F2F2F2")


def test_a_sheet_without_a_cell_is_filled_in_too(tmp_path: Path) -> None:
    path = write(tmp_path, a_book())
    book = openpyxl.load_workbook(path)
    book.create_sheet("TRAITEMENT")
    book.save(path)
    assert rows(copied(path, REJECTED), "TRAITEMENT")[3][:2] == ["CMD-1", "00001"]


def test_the_row_of_the_request_is_updated_and_the_others_stay(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        answered(
            {"demande": "CMD-0", "numeroASP": "A0"},
            {"demande": " cmd-1", "numeroASP": "X"},
            {"demande": "CMD-1", "codeTraitement": "old"},
        ),
    )
    assert rows(copied(path, REJECTED))[1:] == [
        ["CMD-0", "", "A0", "", ""],
        [" cmd-1", "", "X", "", ""],
        ["CMD-1", "00001", "", "R12", "La date de commande est invalide"],
    ]


def test_a_key_typed_as_a_number_is_the_same_key(tmp_path: Path) -> None:
    path = write(tmp_path, a_book(a_request("7")) | {"Traitement": [dict.fromkeys(ANSWER) | {"demande": 7}]})
    copy = copied(path, Treatment(demande="7", number="00001", asp="A"))
    assert rows(copy)[1:] == [[7.0, "00001", "A", "", ""]]


def test_the_first_free_row_is_taken(tmp_path: Path) -> None:
    path = write(tmp_path, answered({"demande": "CMD-8"}, {}, {"demande": "CMD-9"}))
    copy = copied(path, REJECTED, Treatment(demande="CMD-2", number="00002"))
    assert [row[0] for row in rows(copy)] == ["demande", "CMD-8", "CMD-1", "CMD-9", "CMD-2"]


def test_columns_are_found_by_name_below_what_stands_above_them(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write(tmp_path, a_book()))
    page = book.create_sheet("traitement")
    page.append(["Notre suivi"])
    page.append([None, "Libellé traitement", "Note", "NUMERO_ASP", "Demande"])
    page.append([None, None, "à voir", None, None])
    book.save(tmp_path / "orders.xlsx")
    copy = copied(tmp_path / "orders.xlsx", REJECTED)
    assert rows(copy, "traitement")[1:] == [
        ["", "Libellé traitement", "Note", "NUMERO_ASP", "Demande", "numeroEditeur", "codeTraitement"],
        ["", "", "à voir", "", "", "", ""],
        ["", "La date de commande est invalide", "", "", "CMD-1", "00001", "R12"],
    ]


def test_a_sheet_of_that_name_with_other_content_gets_the_columns_at_its_right(tmp_path: Path) -> None:
    path = write(tmp_path, a_book() | {"Traitement": [{"Quoi": "autre", "Où": "ici"}]})
    assert rows(copied(path, REJECTED)) == [
        ["Quoi", "Où", *ANSWER],
        ["autre", "ici", "", "", "", "", ""],
        ["", "", "CMD-1", "00001", "", "R12", "La date de commande est invalide"],
    ]


def columns(path: Path, sheet: str) -> list[tuple[int, int]]:
    """The first and last column of each `<col>` of the sheet."""
    page = openpyxl.load_workbook(path)[sheet]
    return [(one.min, one.max) for one in page.column_dimensions.values()]


@pytest.mark.parametrize("line", [[], ["Quoi"]])
def test_a_width_laid_down_for_all_columns_is_not_laid_down_twice(tmp_path: Path, line: list[str]) -> None:
    """Excel takes a sheet for damaged where two widths overlap."""
    path = write(tmp_path, a_book())
    book = openpyxl.load_workbook(path)
    page = book.create_sheet("Traitement")
    page.append(line)
    page.merge_cells("A1:C1")
    page.column_dimensions["A"].min, page.column_dimensions["A"].max = 1, 16_384
    page.column_dimensions["A"].width = 30
    book.save(path)
    copy = copied(path, REJECTED)
    spans = sorted(columns(copy, "Traitement"))
    assert all(last < first for (_, last), (first, _) in pairwise(spans))
    assert ["CMD-1", "00001", "", "R12"] in [row[i : i + 4] for row in rows(copy) for i in range(len(row))]


def test_a_new_cell_looks_as_its_column_does(tmp_path: Path) -> None:
    path = write(tmp_path, a_book() | {"Traitement": [dict.fromkeys(ANSWER)]})
    book = openpyxl.load_workbook(path)
    look = book["Traitement"].column_dimensions["C"]
    look.min, look.max, look.number_format, look.fill = 3, 5, "@", PatternFill("solid", fgColor="EEEEEE")
    book.save(path)
    cells = openpyxl.load_workbook(copied(path, REJECTED))["Traitement"][2]
    assert [cell.fill.fgColor.rgb for cell in cells[2:]] == ["00000000", "00EEEEEE", "00EEEEEE"]


def by_number(book: Book) -> Book:
    """The same book keyed by the number throughout."""
    keyed = {}
    for sheet, lines in book.items():
        keyed[sheet] = [{k: v for k, v in line.items() if k != "demande"} for line in lines]
        for line in keyed[sheet] if sheet != "Entête fichier" else ():
            line["numeroEditeur"] = 1
    return keyed


@pytest.mark.parametrize("there", [True, False])
def test_in_a_workbook_keyed_by_number_the_number_is_the_key(tmp_path: Path, there: bool) -> None:
    book = by_number(answered({"codeTraitement": "old"}) if there else a_book())
    path = write(tmp_path, book)
    copy = copied(path, Treatment(demande="1", number="00001", code="R12"))
    assert [row for row in rows(copy) if "R12" in row] == [
        [1.0, "", "R12", ""] if there else ["00001", "00001", "", "R12", ""]
    ]
    assert {one[0] for one in found(copy)} <= {one[0] for one in found(path)}


def test_an_asp_number_is_never_taken_away_and_what_no_longer_holds_is(tmp_path: Path) -> None:
    path = write(
        tmp_path, answered({"demande": "CMD-1", "numeroASP": "A1", "codeTraitement": "R1", "libelleTraitement": "non"})
    )
    assert rows(copied(path, Treatment(demande="CMD-1", number="00002")))[1] == ["CMD-1", "00002", "A1", "", ""]


def test_an_accepted_request_is_not_sent_again_from_the_copy(tmp_path: Path) -> None:
    copy = copied(write(tmp_path, a_book()), ACCEPTED)
    assert ("D3", "info", "Traitement", "C4") in found(copy)


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("=1+1", "=1+1"),
        ("+33", "+33"),
        ("#N/A", "#N/A"),
        ("00012", "00012"),
        ("a\x00b\x1f\ud800\ufffe", "a\ufffdb\ufffd\ufffd\ufffd"),
        ("un\r\ndeux", "un\ndeux"),
        ("_x0041_", "_x0041_"),
        ("TRUE", "TRUE"),
    ],
)
def test_a_label_is_text_to_the_letter(tmp_path: Path, label: str, shown: str) -> None:
    copy = copied(write(tmp_path, a_book()), Treatment(demande="CMD-1", number="00001", label=label))
    assert rows(copy)[3][4] == shown
    cell = openpyxl.load_workbook(copy)["Traitement"]["E4"]
    assert (cell.data_type, bool(cell.quotePrefix)) == ("s", label[0] in "=+")


def test_an_endless_label_is_cut_at_what_a_cell_holds(tmp_path: Path) -> None:
    copy = copied(write(tmp_path, a_book()), Treatment(demande="CMD-1", number="00001", label="é" * 40_000))
    assert rows(copy)[3][4] == "é" * 32_767


# ------------------------------------------------------------------------------------------------------------ the marks


def test_a_marked_cell_is_coloured_and_commented(tmp_path: Path) -> None:
    path = write(tmp_path, a_book())
    warning = Mark(sheet="Bénéficiaires", row=2, column=3, severity="warning", text="Rien ici ?")
    book = openpyxl.load_workbook(copied(path, marks=(DATE, warning)))
    assert [book[s][c].fill.fgColor.rgb for s, c in (("Commande", "B2"), ("Bénéficiaires", "D2"))] == [
        "00FFC7CE",
        "00FFE0B2",
    ]
    assert book["Commande"]["B2"].comment.text.endswith("Vérifiez la date.")
    assert book["Commande"]["B2"].number_format == openpyxl.load_workbook(path)["Commande"]["B2"].number_format
    assert not [c for c in book["Commande"]["A"] if c.comment or c.fill.fill_type]


def test_several_marks_of_a_cell_are_one_comment_in_the_worst_colour(tmp_path: Path) -> None:
    warning = Mark(sheet="Commande", row=2, column=1, severity="warning", text="Et le mois.")
    cell = openpyxl.load_workbook(copied(write(tmp_path, a_book()), marks=(warning, DATE)))["Commande"]["B2"]
    assert cell.comment.text.split("\n")[1:] == ["Et le mois.", "Vérifiez la date."]
    assert cell.fill.fgColor.rgb == "00FFC7CE"


def test_a_comment_that_was_there_stays_above_and_ours_is_replaced_next_time(tmp_path: Path) -> None:
    path = write(tmp_path, a_book())
    book = openpyxl.load_workbook(path)
    book["Commande"]["B2"].comment = Comment("Vu avec Anne", "Luc")
    book.save(path)
    once = copied(path, marks=(DATE, Mark(sheet="Commande", row=2, column=2, severity="error", text="TVA ?")))
    twice = copied(once, marks=(Mark(sheet="Commande", row=2, column=1, severity="warning", text="Autre chose."),))
    page = openpyxl.load_workbook(twice)["Commande"]
    assert page["B2"].comment.text.startswith("Vu avec Anne\n")
    assert page["B2"].comment.text.endswith("Autre chose.")
    assert "Vérifiez" not in page["B2"].comment.text
    assert page["B2"].comment.author == "Luc"
    assert (page["C2"].comment, page["C2"].fill.fill_type) == (None, None)


def test_a_comment_is_as_high_as_its_text(tmp_path: Path) -> None:
    long = Mark(sheet="Commande", row=2, column=2, severity="error", text="mot " * 200)
    copy = copied(write(tmp_path, a_book()), marks=(DATE, long))
    with zipfile.ZipFile(copy) as archive:
        shapes = archive.read("xl/drawings/commentsDrawing1.vml").decode()
    heights = [int(one) for one in re.findall("height:([0-9]+)px", shapes)]
    assert min(heights) < 60
    assert max(heights) > 300


def test_a_mark_in_merged_cells_is_set_on_the_first(tmp_path: Path) -> None:
    path = write(tmp_path, a_book())
    book = openpyxl.load_workbook(path)
    book["Commande"].merge_cells("B2:C3")
    book.save(path)
    mark = Mark(sheet="Commande", row=3, column=2, severity="error", text="Ici.")
    assert openpyxl.load_workbook(copied(path, marks=(mark,)))["Commande"]["B2"].comment.text.endswith("Ici.")


# -------------------------------------------------------------------------------------------------------- what must stay


def test_formulas_stay_with_what_they_came_to(tmp_path: Path) -> None:
    sheets = grids(a_book())
    sheets["Commande"][1] = [Formula("CMD-1"), Formula(44_515), Formula("TTC"), Formula(31_162.25)]
    sheets["Bénéficiaires"][1][1:] = [Formula(False), Formula(True), Formula(""), Formula(None), "#N/A"]
    sheets["Radiologues"][1][3:] = ["A&B", Formula("<É & Cie>"), Fault("#REF!")]
    path = xlsx(tmp_path / "orders.xlsx", sheets)
    write(tmp_path, a_book(), "other.xlsx")
    copy = copied(path, REJECTED, marks=(DATE,))
    assert found(copy) == found(path)
    for sheet in sheets:
        assert rows(copy, sheet) == rows(path, sheet)
    assert openpyxl.load_workbook(copy)["Commande"]["D2"].value == "=A1"


@pytest.mark.parametrize("value", [date(2021, 11, 15), 15_112_021, -3, 0, 44_515.604_166_666_664])
def test_a_date_is_the_number_that_it_was(tmp_path: Path, value: Any) -> None:
    path = write(tmp_path, a_book())
    book = openpyxl.load_workbook(path)
    book["Commande"]["B2"] = value
    book["Commande"]["B2"].number_format = "dd/mm/yyyy"
    book.save(path)
    copy = copied(path, REJECTED)
    assert rows(copy, "Commande") == rows(path, "Commande")
    assert found(copy) == found(path)


def test_numbers_times_and_texts_are_read_the_same_from_the_copy(tmp_path: Path) -> None:
    sheets = grids(a_book())
    cells = [
        "00012",
        12,
        1.5,
        31162.1,
        1e15,
        True,
        " espaces ",
        "deux\nlignes",
        "_x005F_x0041_",
        "_x000D_",
        "=pas une formule",
        "é",
    ]
    sheets["Notes"] = [cells]
    path = xlsx(tmp_path / "orders.xlsx", sheets)
    assert rows(copied(path, REJECTED), "Notes") == rows(path, "Notes")
    book = openpyxl.load_workbook(write(tmp_path, a_book(), "b.xlsx"))
    rich = CellRichText("du ", TextBlock(InlineFont(b=True), "gras "), "et rien")
    book.create_sheet("Notes").append([timedelta(hours=30), rich])
    book.save(tmp_path / "b.xlsx")
    copy = copied(tmp_path / "b.xlsx", REJECTED)
    assert rows(copy, "Notes") == rows(tmp_path / "b.xlsx", "Notes")
    assert isinstance(openpyxl.load_workbook(copy, rich_text=True)["Notes"]["B1"].value, CellRichText)


def test_looks_menus_and_hidden_things_stay(tmp_path: Path) -> None:
    write_blank(SPEC, tmp_path / "a.xlsx", "fr", example=True)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    page = book["Commande"]
    page.conditional_formatting.add("D4:D9", CellIsRule("lessThan", ["0"], fill=PatternFill(bgColor="FF0000")))
    page.column_dimensions["C"].hidden = page.row_dimensions[9].hidden = True
    page.protection.sheet = True
    page.protection.password = "secret"  # noqa: S105
    page.auto_filter.ref = "A3:D9"
    book["Listes"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    mark = Mark(sheet="Commande", row=4, column=1, severity="error", text="Ici.")
    old, new = (
        openpyxl.load_workbook(one)
        for one in (tmp_path / "a.xlsx", copied(tmp_path / "a.xlsx", REJECTED, marks=(mark,)))
    )
    assert [(one.title, one.sheet_state) for one in new] == [(one.title, one.sheet_state) for one in old]
    for before, after in zip(old.worksheets, new.worksheets, strict=True):
        assert {k: (c.width, c.hidden, c.number_format) for k, c in after.column_dimensions.items()} == {
            k: (c.width, c.hidden, c.number_format) for k, c in before.column_dimensions.items()
        }
        assert [(d.sqref, d.formula1) for d in after.data_validations.dataValidation] == [
            (d.sqref, d.formula1) for d in before.data_validations.dataValidation
        ]
        assert [str(one.sqref) for one in after.conditional_formatting] == [
            str(one.sqref) for one in before.conditional_formatting
        ]
        assert (after.protection.sheet, after.protection.password) == (
            before.protection.sheet,
            before.protection.password,
        )
        assert (after.freeze_panes, after.auto_filter.ref, after.merged_cells.ranges) == (
            before.freeze_panes,
            before.auto_filter.ref,
            before.merged_cells.ranges,
        )
        if before.title != "Traitement":
            assert {c.coordinate: c.number_format for r in after for c in r if c.value} == {
                c.coordinate: c.number_format for r in before for c in r if c.value
            }


def test_days_that_count_from_1904_stay_the_same_days(tmp_path: Path) -> None:
    path = write(tmp_path, a_book())
    book = openpyxl.load_workbook(path)
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.save(path)
    assert rows(copied(path, REJECTED), "Commande") == rows(path, "Commande")


def test_what_openpyxl_drops_of_a_sheet_is_put_back(tmp_path: Path) -> None:
    """Menus that point to another sheet, as Excel keeps them, and the marks that numbers kept as text are meant."""
    menu = (
        b'<ignoredErrors><ignoredError sqref="A1:D9" numberStoredAsText="1"/></ignoredErrors><extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"'
        b' xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        b'<x14:dataValidation type="list"><x14:formula1><xm:f>Listes!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>C2:C9</xm:sqref></x14:dataValidation></x14:dataValidations></ext>'
        b'<ext uri="{A8765BA9-456A-4DAB-B4F3-ACF838C121DE}"><slicer/></ext></extLst></worksheet>'
    )
    path = write(tmp_path, a_book())
    edited(path, "xl/worksheets/sheet3.xml", b"</worksheet>", menu)
    copy = copied(path, REJECTED, marks=(DATE,))
    with zipfile.ZipFile(copy) as archive:
        content = archive.read("xl/worksheets/sheet3.xml")
    assert content.index(b"ignoredError ") < content.index(b"legacyDrawing") < content.index(b"Listes!$A$1:$A$3")
    assert b"slicer" not in content
    assert found(copy) == found(path)


def test_an_excel_table_and_merged_cells_do_not_stand_in_the_way(tmp_path: Path) -> None:
    path = write(tmp_path, answered({"demande": "CMD-9"}))
    book = openpyxl.load_workbook(path)
    page = book["Traitement"]
    page.add_table(Table(displayName="Reponse", ref="A1:E2"))
    page.merge_cells("A3:E3")
    book.save(path)
    copy = copied(path, REJECTED)
    assert [row[0] for row in rows(copy)] == ["demande", "CMD-9", "", "CMD-1"]
    assert list(openpyxl.load_workbook(copy)["Traitement"].tables) == ["Reponse"]


def test_macros_stay(tmp_path: Path) -> None:
    path = write(tmp_path, a_book())
    edited(path, "[Content_Types].xml", b"spreadsheetml.sheet.main", b"@@")
    edited(
        path, "[Content_Types].xml", b"vnd.openxmlformats-officedocument.@@", b"vnd.ms-excel.sheet.macroEnabled.main"
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"a macro _x005F_")
    path = path.rename(path.with_suffix(".xlsm"))
    copy = copied(path, REJECTED, marks=(DATE,))
    with zipfile.ZipFile(copy) as archive:
        assert archive.read("xl/vbaProject.bin") == b"a macro _x005F_"
        assert b"sheet.macroEnabled.main" in archive.read("[Content_Types].xml")
    assert found(copy) == found(path)
    again = copied(copy, ACCEPTED, marks=(DATE,))
    assert openpyxl.load_workbook(again, keep_vba=True)["Commande"]["B2"].comment.text.count("Vérifiez") == 1


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    path = write(tmp_path, a_book())
    assert annotated_copy(path, SPEC, [REJECTED], [DATE]) == annotated_copy(path, SPEC, [REJECTED], [DATE])


def test_without_an_answer_the_copy_holds_the_same_cells(tmp_path: Path) -> None:
    path = write(tmp_path, a_book(a_request("A", "00001"), a_request("B", "00002")))
    before = path.read_bytes()
    copy = copied(path)
    assert [rows(copy, sheet) for sheet in a_book()] == [rows(path, sheet) for sheet in a_book()]
    assert found(copy) == found(path)
    assert path.read_bytes() == before


# ------------------------------------------------------------------------------------------------- what cannot be kept


def test_what_a_copy_may_lack_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, a_book())
    assert losses(path) == ()
    book = openpyxl.load_workbook(path)
    picture = io.BytesIO()
    Picture.new("RGB", (9, 9)).save(picture, "PNG")
    book["Commande"].add_image(Image(picture), "H2")
    book["Commande"]["A1"].comment = Comment("only a comment", "Luc")
    book.save(path)
    assert losses(path) == ("pictures", "drawings")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/ctrlProps/ctrlProp1.xml", b"<a/>")
        archive.writestr("xl/threadedComments/threadedComment1.xml", b"<a/>")
    assert losses(path) == ("pictures", "drawings", "controls", "threads")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"a;b"])
def test_what_is_no_workbook_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(Xl2JsonError):
        annotated_copy(path, SPEC, [REJECTED], [])


def test_a_workbook_that_openpyxl_cannot_open_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = edited(
        write(tmp_path, a_book()), "xl/styles.xml", b"<fonts", b"<fonts><font><sz val='x'/></font></fonts><fonts"
    )
    with pytest.raises(Xl2JsonError) as error:
        annotated_copy(path, SPEC, [REJECTED], [])
    assert error.value.say.key == "error.workbook.damaged"


def test_a_workbook_beyond_all_measure_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, a_book())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/worksheets/sheet99.xml", bytes(65 * 2**20))
    with pytest.raises(Xl2JsonError) as error:
        annotated_copy(path, SPEC, [REJECTED], [])
    assert error.value.say.key == "error.workbook.large"


def test_a_menu_stays_a_menu_when_the_copy_is_copied(tmp_path: Path) -> None:
    path = write(tmp_path, a_book())
    book = openpyxl.load_workbook(path)
    menu = DataValidation("list", '"TTC,HT"')
    menu.add("C2:C9")
    book["Commande"].add_data_validation(menu)
    book.save(path)
    again = openpyxl.load_workbook(copied(copied(path, REJECTED), ACCEPTED))
    assert again["Commande"].data_validations.dataValidation[0].formula1 == '"TTC,HT"'

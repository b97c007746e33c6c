"""`--annotate`: cells coloured and commented, a list that leads to them, and nothing of it in what is sent."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from tests.annotate import BLUE, LIST, ORANGE, RED, colour, comment, examined, faulty, listed, typed
from tests.books import a_book, write
from tests.workbook import grids, ods, xls

AMOUNT, PHONE, NAME = ("Commande", "D3"), ("Etablissements", "E3"), ("Etablissements", "C3")


def annotated(folder: Path, *more: object) -> Path:
    examined("check", write(folder, faulty()), "--annotate", folder / "notes.xlsx", *more)
    return folder / "notes.xlsx"


def test_each_cell_is_coloured_by_severity_and_says_what_to_type(tmp_path: Path) -> None:
    notes = annotated(tmp_path)
    assert [colour(notes, *one) for one in (AMOUNT, PHONE, NAME)] == [RED, ORANGE, BLUE]
    assert "31162,00" in (comment(notes, *AMOUNT) or "")
    assert (colour(notes, "Commande", "D2"), comment(notes, "Commande", "D2")) == (None, None)


def test_the_first_sheet_lists_every_finding_the_gravest_first(tmp_path: Path) -> None:
    notes = annotated(tmp_path)
    book = openpyxl.load_workbook(notes)
    assert (book.sheetnames[0], book.active.title if book.active else "") == (LIST, LIST)
    assert [page.title for page in book if page.sheet_view.tabSelected] == [LIST]
    assert [(line[7], line[1], line[2], line[3], line[5]) for line in listed(notes)] == [
        ("C4", "CMD-2", *AMOUNT, "31,162.00"),
        ("B6", "CMD-2", *PHONE, "12 34"),
        ("X7", "CMD-2", *NAME, "Clinique"),
    ]
    assert [book[LIST].cell(row, 4).hyperlink.location for row in (6, 7, 8)] == [
        "'Commande'!D3",
        "'Etablissements'!E3",
        "'Etablissements'!C3",
    ]


def test_in_english_it_is_called_to_correct(tmp_path: Path) -> None:
    assert listed(annotated(tmp_path, "--lang", "en"), "To correct")[0][0] == "Error"


def test_a_link_leads_to_a_sheet_with_an_apostrophe(tmp_path: Path) -> None:
    book = a_book()
    book["Scénario d'installation"][0]["isIdRef"] = None
    examined("check", write(tmp_path, book), "--annotate", tmp_path / "notes.xlsx")
    link = openpyxl.load_workbook(tmp_path / "notes.xlsx")[LIST]["D6"].hyperlink
    assert link.location == "'Scénario d''installation'!B2"


def test_a_sound_workbook_has_nothing_to_correct(tmp_path: Path) -> None:
    assert (
        examined("convert", write(tmp_path, a_book()), "--out", tmp_path / "d", "--annotate", tmp_path / "n.xlsx") == 0
    )
    assert listed(tmp_path / "n.xlsx") == []
    assert (tmp_path / "d").is_dir()


def test_a_value_that_looks_like_a_formula_stays_text_in_the_list(tmp_path: Path) -> None:
    book = faulty()
    book["Commande"][1]["montantSegurHT"] = "=1+"
    path = write(tmp_path, book)
    made = openpyxl.load_workbook(path)
    made["Commande"]["D3"].data_type = "s"
    made.save(path)
    examined("check", path, "--annotate", tmp_path / "notes.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "notes.xlsx")[LIST]["F6"]
    assert (cell.value, cell.data_type) == ("=1+", "s")


# --------------------------------------------------------------------------------------------------- going on with the copy


def test_the_corrected_copy_gives_the_bytes_of_the_corrected_original(tmp_path: Path) -> None:
    notes = annotated(tmp_path)
    typed(notes, (*AMOUNT, "31162,00"))
    typed(tmp_path / "orders.xlsx", (*AMOUNT, "31162,00"))
    assert examined("convert", notes, "--out", tmp_path / "a") == 0
    assert examined("convert", tmp_path / "orders.xlsx", "--out", tmp_path / "b") == 0
    names = sorted(one.name for one in (tmp_path / "a").iterdir() if one.is_file())
    assert names == sorted(one.name for one in (tmp_path / "b").iterdir() if one.is_file())
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert b"xl2json" not in next((tmp_path / "a").glob("*.json")).read_bytes()


def test_annotating_the_copy_again_replaces_marks_and_list(tmp_path: Path) -> None:
    notes = annotated(tmp_path)
    typed(notes, (*AMOUNT, 31162))
    examined("check", notes, "--lang", "en", "--annotate", tmp_path / "again.xlsx")
    again = tmp_path / "again.xlsx"
    assert (colour(again, *AMOUNT), comment(again, *AMOUNT)) == (None, None)
    assert (colour(again, *PHONE), [line[7] for line in listed(again, "To correct")]) == (ORANGE, ["B6", "X7"])
    assert LIST not in openpyxl.load_workbook(again).sheetnames


def test_a_colour_of_ones_own_comes_back(tmp_path: Path) -> None:
    path = write(tmp_path, faulty())
    book = openpyxl.load_workbook(path)
    book["Commande"]["D3"].fill = PatternFill("solid", fgColor="FFFF00")
    book.save(path)
    examined("check", path, "--annotate", tmp_path / "notes.xlsx")
    assert colour(tmp_path / "notes.xlsx", *AMOUNT) == RED
    typed(tmp_path / "notes.xlsx", (*AMOUNT, 31162))
    examined("check", tmp_path / "notes.xlsx", "--annotate", tmp_path / "again.xlsx")
    assert colour(tmp_path / "again.xlsx", *AMOUNT) == "FFFF00"


def test_a_sheet_of_ones_own_by_that_name_stays(tmp_path: Path) -> None:
    path = write(tmp_path, faulty())
    book = openpyxl.load_workbook(path)
    book.create_sheet(LIST)["A1"] = "Appeler Luc"
    book.save(path)
    for source, target in ((path, "notes.xlsx"), (tmp_path / "notes.xlsx", "again.xlsx")):
        examined("check", source, "--annotate", tmp_path / target)
        made = openpyxl.load_workbook(tmp_path / target)
        assert (made[LIST]["A1"].value, len(made.sheetnames)) == ("Appeler Luc", len(book.sheetnames) + 1)


# ---------------------------------------------------------------------------------------------- where it may be written


@pytest.mark.parametrize(("name", "code"), [("orders.xlsx", 3), ("other.xlsx", 3), ("notes.ods", 2), ("notes.xlsm", 2)])
def test_nothing_is_written_where_the_copy_may_not_go(tmp_path: Path, name: str, code: int) -> None:
    source = write(tmp_path, a_book())
    (tmp_path / "other.xlsx").write_bytes(b"somebody's")
    before = {one: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()}
    assert examined("convert", source, "--out", tmp_path / "d", "--annotate", tmp_path / name) == code
    assert {one: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()} == before
    assert not (tmp_path / "d").exists()


def test_a_workbook_with_macros_is_copied_under_their_ending(tmp_path: Path) -> None:
    source = write(tmp_path, faulty()).rename(tmp_path / "orders.xlsm")
    with zipfile.ZipFile(source) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    sheet, macro = (
        b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
        b"vnd.ms-excel.sheet.macroEnabled.main",
    )
    content["[Content_Types].xml"] = content["[Content_Types].xml"].replace(sheet, macro)
    with zipfile.ZipFile(source, "w") as archive:
        for name, one in (content | {"xl/vbaProject.bin": b"a macro"}).items():
            archive.writestr(name, one)
    assert examined("check", source, "--annotate", tmp_path / "notes.xlsx") == 2
    assert examined("check", source, "--annotate", tmp_path / "notes.xlsm") == 1
    with zipfile.ZipFile(tmp_path / "notes.xlsm") as archive:
        assert archive.read("xl/vbaProject.bin") == b"a macro"
    assert examined("check", tmp_path / "notes.xlsm") == 1


def test_a_copy_that_nobody_has_saved_is_written_anew(tmp_path: Path) -> None:
    notes = annotated(tmp_path)
    typed(tmp_path / "orders.xlsx", (*AMOUNT, 31162))
    examined("check", tmp_path / "orders.xlsx", "--annotate", notes)
    assert [line[7] for line in listed(notes)] == ["B6", "X7"]


def test_a_copy_that_somebody_has_saved_is_not(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    notes = annotated(tmp_path)
    typed(notes, (*AMOUNT, 31162))
    before = notes.read_bytes()
    assert examined("check", tmp_path / "orders.xlsx", "--annotate", notes) == 3
    assert notes.read_bytes() == before


def test_in_another_folder_it_says_where_the_attachments_are(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = write(tmp_path / "in", faulty())
    examined("check", source, "--annotate", tmp_path / "out" / "notes.xlsx", "--format", "json")
    out, err = capfd.readouterr()
    assert out.startswith("{")
    assert str(tmp_path / "in") in err


@pytest.mark.parametrize("kind", [ods, xls])
def test_of_another_kind_of_workbook_the_copy_has_the_templates_form(
    tmp_path: Path, kind: Callable[[Path, dict[str, Any]], Path]
) -> None:
    write(tmp_path, faulty())
    source, notes = kind(tmp_path / f"orders.{kind.__name__}", grids(faulty())), tmp_path / "notes.xlsx"
    assert examined("check", source, "--annotate", notes) == 1
    assert [(line[7], line[2], line[3]) for line in listed(notes)] == [
        ("C4", "Commande", "D5"),
        ("B6", "Etablissements", "E5"),
        ("X7", "Etablissements", "C5"),
    ]
    assert colour(notes, "Commande", "D5") == RED
    typed(notes, ("Commande", "D5", 31162))
    assert examined("convert", notes, "--out", tmp_path / "d") == 0

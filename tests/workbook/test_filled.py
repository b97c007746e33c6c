"""Rows in, a workbook in the template's form out: what its reader reads is what the rows say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from converter.cells import Raw
from converter.errors import Xl2JsonError
from converter.spec.load import load_spec
from converter.spec.model import Spec
from converter.workbook.blank import write_blank
from converter.workbook.filled import Remark, write_filled
from converter.workbook.look import Look
from converter.workbook.read import open_book
from converter.workbook.xlsx import XlsxBook

SPEC = load_spec()


def filled(folder: Path, rows: Mapping[str, Sequence[Mapping[str, Any]]], lang: str = "fr", *remarks: Remark) -> Path:
    path = folder / "filled.xlsx"
    write_filled(SPEC, path, lang, rows, remarks)
    return path


def cells(path: Path, title: str) -> list[list[Raw]]:
    """What our own reader reads below the header, None where blank."""
    with open_book(path) as book:
        return [[None if cell == "" else cell for cell in row] for row in book.rows(title)[3:]]


def read_back(folder: Path, value: Any, block: str = "etablissements", field: str = "nomClient") -> Raw:
    """The value as it is read from that column."""
    path = filled(folder, {block: [{"demande": "A", field: value}]})
    sheet = next(one for one in SPEC.sheets if one.name == SPEC.block(block).sheet)
    at = [one.name for one in sheet.fields].index(field) + 1
    (row,) = cells(path, sheet.name)
    return row[at] if at < len(row) else None


# -------------------------------------------------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("block", "field", "value", "read"),
    [
        ("commande", "dateCommande", "15/11/2021", date(2021, 11, 15)),
        ("commande", "dateCommande", date(2021, 11, 15), date(2021, 11, 15)),
        ("commande", "dateCommande", "2021-11-15", "2021-11-15"),
        ("commande", "dateCommande", "31/02/2021", "31/02/2021"),
        ("commande", "dateCommande", "01/01/0001", "01/01/0001"),
        ("commande", "dateCommande", "01/01/1900", "01/01/1900"),
        ("commande", "dateCommande", "31/12/9999", date(9999, 12, 31)),
        ("commande", "dateCommande", "0x/11/2021", "0x/11/2021"),
        ("commande", "regimeTVA", "TTC", "TTC"),
        ("commande", "regimeTVA", "TVA", "TVA"),
        ("commande", "montantSegurHT", Decimal("31162.05"), 31162.05),
        ("commande", "montantSegurHT", 31162, 31162.0),
        ("commande", "montantSegurHT", Decimal("0.001"), 0.001),
        ("commande", "montantSegurHT", Decimal("1E+5"), 100000.0),
        ("commande", "montantSegurHT", Decimal(0), 0.0),
        ("commande", "montantSegurHT", Decimal("12345678901234567.89"), "12345678901234567.89"),
        ("commande", "montantSegurHT", Decimal("100.0000000000000000000000000000001"), "100.0000000000000000000000000000001"),
        ("commande", "montantSegurHT", Decimal("1E+400"), "1E+400"),
        ("commande", "montantSegurHT", 10**400, str(10**400)),
        ("commande", "montantSegurHT", "31 162,00 €", "31 162,00 €"),
        ("beneficiaires", "isMandataire", True, "Oui"),
        ("beneficiaires", "isMandataire", False, "Non"),
        ("beneficiaires", "isMandataire", "1", "1"),
        ("beneficiaires", "isMandataire", None, None),
        ("scenario", "operateurMessagerie", "api_35", "api_35"),
        ("etablissements", "numeroFINESSJuridique", "012345678", "012345678"),
        ("etablissements", "numérosFINESSGeos", ["012345678", "1"], "012345678; 1"),
        ("etablissements", "nomClient", {"a": 1}, '{"a": 1}'),
    ],
)  # fmt: skip
def test_a_cell_holds_what_its_column_wants_or_the_value_as_it_is(
    block: str, field: str, value: Any, read: Raw, tmp_path: Path
) -> None:
    got = read_back(tmp_path, value, block, field)
    assert (got, type(got)) == (read, type(read))


def test_every_code_shows_as_in_the_drop_down(tmp_path: Path) -> None:
    operators = SPEC.lists["operateurs"]
    rows = [{"demande": str(n), "operateurMessagerie": code} for n, code in enumerate(operators.codes)]
    read = cells(filled(tmp_path, {"scenario": rows}), "Scénario d'installation")
    assert tuple(row[3] for row in read) == operators.shown()


def test_answers_show_in_the_workbooks_language(tmp_path: Path) -> None:
    path = filled(tmp_path, {"beneficiaires": [{"demande": "A", "isMandataire": True, "isClientUnique": False}]}, "en")
    assert cells(path, "Bénéficiaires")[0][:3] == ["A", "Yes", "No"]


HARD = [
    "_x0041_", "_x005F_x0041_", "__x0041__", "_x0041_x0042_", "_x00e9_", "_xD83D_", "_X0041_", "_x41_",
    "=1+1", "+33 1", "-1", "@x", "'quoted", "#N/A", "TRUE", "12", "1E5", "15/11/2021", "0,5 %",
    "a\rb", "a\r\nb", "\r", "a\nb", "a\tb", "  outer  ", "\x01\x1f\x7f\x85", "\u2028", "]]>", "<b>&amp;</b>", "😀", "e\u0301",
]  # fmt: skip


@pytest.mark.parametrize("text", HARD)
def test_any_text_comes_back_unchanged(text: str, tmp_path: Path) -> None:
    assert read_back(tmp_path, text) == text


def test_it_comes_back_the_long_way_round_too(tmp_path: Path) -> None:
    """openpyxl is asked where something stands far out."""
    rows = [{"demande": "A", "nomClient": text} for text in HARD]
    book = XlsxBook(filled(tmp_path, {"etablissements": rows}))
    read = [row[2] for row in book._sparse("Etablissements", Look())[3:]]
    book.close()
    assert read == HARD


def test_a_cell_holds_32767_characters(tmp_path: Path) -> None:
    assert read_back(tmp_path, "é" * 32_767) == "é" * 32_767


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("filled.long", "x" * 32_768),
        ("filled.long", "😀" * 16_384),
        ("filled.long", "\r" * 5_000),
        ("filled.sign", "a\x00b"),
        ("filled.sign", "a\ud800b"),
        ("filled.sign", "a\uffffb"),
    ],
)
def test_what_no_cell_can_hold_is_refused_with_its_place(key: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(Xl2JsonError) as error:
        read_back(tmp_path, text)
    assert error.value.say.key == f"error.{key}"
    assert (error.value.say.params["where"], error.value.say.params["field"]) == ("A", "nomClient")
    assert list(tmp_path.iterdir()) == []


def test_more_rows_than_a_sheet_has_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Xl2JsonError) as error:
        filled(tmp_path, {"demande": [{}] * 1_048_574})
    assert error.value.say.key == "error.filled.rows"


# ---------------------------------------------------------------------------------------------------------------- form


def test_the_form_is_the_templates(tmp_path: Path) -> None:
    write_blank(SPEC, tmp_path / "blank.xlsx", "fr")
    blank, book = openpyxl.load_workbook(tmp_path / "blank.xlsx"), openpyxl.load_workbook(filled(tmp_path, a_month(3)))
    assert book.sheetnames == blank.sheetnames
    for title in blank.sheetnames:
        ours, theirs = book[title], blank[title]
        menus = [[(one.sqref, one.formula1) for one in page.data_validations.dataValidation] for page in (ours, theirs)]
        assert menus[0] == menus[1]
        assert [[cell.value for cell in row] for row in ours[1:3]] == [
            [cell.value for cell in row] for row in theirs[1:3]
        ]
        widths = [{at: one.width for at, one in page.column_dimensions.items()} for page in (ours, theirs)]
        assert widths[0] == widths[1]


def a_month(count: int) -> dict[str, list[dict[str, Any]]]:
    """Rows of so many requests."""
    keys = [f"{n:05d}" for n in range(1, count + 1)]
    order = {"dateCommande": "15/11/2021", "regimeTVA": "TTC", "montantSegurHT": Decimal("31162.00")}
    return {
        "demande": [{"demande": key, "numeroEditeur": key} for key in keys],
        "commande": [{"demande": key} | order for key in keys],
        "scenario": [{"demande": key, "isIdRef": True} for key in keys],
    }


def test_formats_and_drop_downs_reach_below_row_5000(tmp_path: Path) -> None:
    path = filled(tmp_path, a_month(5_200))
    assert cells(path, "Commande")[-1] == ["05200", date(2021, 11, 15), "TTC", 31162.0]
    page = openpyxl.load_workbook(path)["Commande"]
    (menu,) = page.data_validations.dataValidation
    assert str(menu.sqref) == "C4:C5203"
    for column in "ABCD":
        assert page[f"{column}5203"].style_id == page[f"{column}4"].style_id
    assert page["A5203"].number_format == "@"


def test_a_text_that_might_be_a_formula_is_marked_and_its_neighbours_are_not(tmp_path: Path) -> None:
    rows = [{"demande": "A", "nomClient": text} for text in ("=1", "X", None, "-2")]
    page = openpyxl.load_workbook(filled(tmp_path, {"etablissements": rows}))["Etablissements"]
    assert [bool(page.cell(row, 3).quotePrefix) for row in range(4, 8)] == [True, False, False, True]
    assert {page.cell(row, 3).data_type for row in (4, 5, 7)} == {"s"}


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    remark = Remark("commande", 1, "montantSegurHT", "À revoir")
    first, again = filled(tmp_path, a_month(2), "fr", remark), filled(tmp_path / "again", a_month(2), "fr", remark)
    assert first.read_bytes() == again.read_bytes()


def test_rows_of_blocks_that_share_a_sheet_lie_side_by_side(tmp_path: Path) -> None:
    spec: Spec = load_spec(Path(__file__).parents[1] / "spec" / "made_up.toml")
    rows = {
        "what": [{"dossier": "A", "colour": "RED"}, {"dossier": "B", "colour": "BLUE"}],
        "money": [{"dossier": "B", "price": Decimal("12.50"), "paid": True}],
    }
    write_filled(spec, tmp_path / "a.xlsx", "en", rows, [Remark("money", 0, "price", "too dear")])
    assert cells(tmp_path / "a.xlsx", "Order") == [["A", "RED", None, None], ["B", "BLUE", 12.5, "Yes"]]
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["Order"]["C5"].comment is not None


# ------------------------------------------------------------------------------------------------------------- remarks


def test_a_remark_stands_on_its_cell(tmp_path: Path) -> None:
    remarks = (
        Remark("commande", 1, "montantSegurHT", "Montant refusé"),
        Remark("commande", 1, "montantSegurHT", "deux\r\nlignes\x07"),
        Remark("commande", 0, "", "Toute la ligne"),
        Remark("demande", 0, "numLigne", "Sans colonne"),
    )
    book = openpyxl.load_workbook(filled(tmp_path, a_month(2), "fr", *remarks))
    assert comment(book, "Commande", "D5") == "Montant refusé\ndeux\nlignes�"
    assert comment(book, "Commande", "A4") == "Toute la ligne"
    assert comment(book, "Entête demande", "A4") == "Sans colonne"
    assert comment(book, "Commande", "D4") is None


def comment(book: Any, title: str, cell: str) -> str | None:
    found = book[title][cell].comment
    return found.text if found else None


# ------------------------------------------------------------------------------------------------------------ the file


def test_what_stands_there_is_never_overwritten(tmp_path: Path) -> None:
    path = filled(tmp_path, {})
    before = path.read_bytes()
    with pytest.raises(Xl2JsonError) as error:
        filled(tmp_path, a_month(1))
    assert error.value.say.key == "error.exists"
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["filled.xlsx"]


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_filled(SPEC, tmp_path / "a" / "b" / "c.xlsx", "fr", {})
    assert [one.name for one in (tmp_path / "a" / "b").iterdir()] == ["c.xlsx"]


def test_what_the_disk_refuses_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Xl2JsonError) as error:
        write_filled(SPEC, tmp_path / "file" / "a.xlsx", "fr", {})
    assert error.value.say.key == "error.disk"

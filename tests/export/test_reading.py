"""Whatever an export is written in, its cells are read the same; what is no export is one plain sentence."""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path

import pytest

from converter.errors import Xl2JsonError
from converter.export import is_export, read_export, read_mapping
from converter.export.delimited import MOST_BYTES
from converter.wording import LANGUAGES
from tests.books import a_book, write
from tests.export import KEY, SPEC, csv, lines, mapping, places, read, rows, told, xlsx
from tests.workbook import ods, xls

CLIENT = KEY + '[Etablissements]\nnomClient = "Client"\n'
TEXTS = ("N°;Client", "CMD-1;SACRÉ-CŒUR", "CMD-2;L’ŒIL à 3 €")
EXPECTED = [("CMD-1", "SACRÉ-CŒUR"), ("CMD-2", "L’ŒIL à 3 €")]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_encoding_delimiter_and_line_ends_are_found_out(
    encoding: str, delimiter: str, end: str, tmp_path: Path
) -> None:
    export = csv(tmp_path, *(line.replace(";", delimiter) for line in TEXTS), encoding=encoding, end=end)
    assert rows(read(export, CLIENT), "Etablissements") == EXPECTED


def test_utf_16_of_the_other_kind(tmp_path: Path) -> None:
    export = csv(tmp_path, "\ufeff" + TEXTS[0], *TEXTS[1:], encoding="utf-16-be")
    assert rows(read(export, CLIENT), "Etablissements") == EXPECTED


@pytest.mark.parametrize(("encoding", "name"), [("latin-1", "latin-1"), ("cp850", "cp850"), ("mac-roman", "macintosh")])
def test_the_mapping_says_another_encoding(encoding: str, name: str, tmp_path: Path) -> None:
    export = csv(tmp_path, "N°;Client", "CMD-1;ÉTÉ", encoding=encoding)
    text = f'[export]\nencoding = "{name}"\n{CLIENT}'
    assert rows(read(export, text), "Etablissements") == [("CMD-1", "ÉTÉ")]


def test_the_mapping_says_another_delimiter(tmp_path: Path) -> None:
    export = csv(tmp_path, "N°,Client;Note", "CMD-1,A;b", "CMD-2,C;d")
    assert rows(
        read(export, f'[export]\ndelimiter = ","\n{KEY}[Etablissements]\nnomClient = "Client;Note"'), "Etablissements"
    ) == [
        ("CMD-1", "A;b"),
        ("CMD-2", "C;d"),
    ]


def test_the_delimiter_is_not_the_comma_of_french_amounts(tmp_path: Path) -> None:
    export = csv(tmp_path, "Export, du 30 novembre, 2021", "N°;Client", *(f"CMD-{n};{n},00, {n},50" for n in range(9)))
    assert rows(read(export, CLIENT), "Etablissements")[3] == ("CMD-3", "3,00, 3,50")


def test_excels_own_first_line_tells_the_delimiter(tmp_path: Path) -> None:
    tables = read(csv(tmp_path, "sep=,", "N°,Client", "CMD-1,a;b;c"), CLIENT)
    assert rows(tables, "Etablissements") == [("CMD-1", "a;b;c")]
    assert places(tables, "Etablissements", "nomClient") == ["B3"]


def test_quoted_cells_may_hold_delimiters_quotes_and_new_lines(tmp_path: Path) -> None:
    tables = read(csv(tmp_path, "N°;Client", 'CMD-1;"a;""b""\nc"', "", "CMD-2;d"), CLIENT)
    assert rows(tables, "Etablissements") == [("CMD-1", 'a;"b"\nc'), ("CMD-2", "d")]
    assert places(tables, "Etablissements", "nomClient") == ["B2", "B5"]


def test_the_header_is_the_row_with_most_of_the_columns_named(tmp_path: Path) -> None:
    tables = read(csv(tmp_path, "Export;Client", "", "Client;n°;Autre", "A;CMD-1;x"), CLIENT)
    assert rows(tables, "Etablissements") == [("CMD-1", "A")]
    assert places(tables, "Etablissements", "nomClient") == ["A4"]


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_a_spreadsheet_of_any_kind_is_an_export(kind: str, tmp_path: Path) -> None:
    grid = [["N°", "Client"], ["CMD-1", "SACRÉ-CŒUR"], [], ["CMD-2", "B"]]
    export = spreadsheet(kind, tmp_path, grid)
    tables = read(export, CLIENT)
    assert is_export(export, SPEC)
    assert rows(tables, "Etablissements") == [("CMD-1", "SACRÉ-CŒUR"), ("CMD-2", "B")]
    place = tables.found["Etablissements"].place(3, "nomClient")
    assert (place.sheet, place.cell) == ("Commandes", "B4")


def spreadsheet(kind: str, folder: Path, grid: list[list[str]]) -> Path:
    if kind == "xlsx":
        return xlsx(folder, grid)
    save = ods if kind == "ods" else xls
    return save(folder / f"orders.{kind}", {"Commandes": grid})


def test_of_several_sheets_it_is_the_one_with_the_columns_or_the_one_that_the_mapping_names(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.worksheets[0].append(["Notes"])
    for title, client in (("Octobre", "A"), ("Novembre", "B")):
        sheet = book.create_sheet(title)
        sheet.append(["N°", "Client"])
        sheet.append(["CMD-1", client])
    book.save(tmp_path / "orders.xlsx")
    assert rows(read(tmp_path / "orders.xlsx", CLIENT), "Etablissements") == [("CMD-1", "A")]
    named = read(tmp_path / "orders.xlsx", f'[export]\nsheet = "novembre"\n{CLIENT}')
    assert rows(named, "Etablissements") == [("CMD-1", "B")]
    missing = read(tmp_path / "orders.xlsx", f'[export]\nsheet = "Novembr"\n{CLIENT}')
    assert (lines(missing.findings), missing.found) == ([("M6", 2)], {})
    assert missing.findings[0].say.params["near"] == "Novembre"


# ------------------------------------------------------------------------------------------------- what is an export


def test_what_is_an_export_and_what_is_a_workbook(tmp_path: Path) -> None:
    assert is_export(csv(tmp_path, *TEXTS), SPEC)
    assert is_export(csv(tmp_path, *TEXTS, name="orders.TSV"), SPEC)
    assert is_export(csv(tmp_path, *TEXTS, name="orders.txt"), SPEC)
    assert is_export(csv(tmp_path, *(line.replace(";", "\t") for line in TEXTS), name="orders.xls"), SPEC)
    assert not is_export(csv(tmp_path, "Bonjour", "Au revoir", name="lettre.txt"), SPEC)
    assert not is_export(write(tmp_path, a_book(), name="book.xlsx"), SPEC)
    assert not is_export(tmp_path / "none.xlsx", SPEC)
    assert not is_export(tmp_path, SPEC)


# ------------------------------------------------------------------------------------------------------ hostile files


def stopped(export: Path) -> str:
    """The sentence that the export stops the run with."""
    with pytest.raises(Xl2JsonError) as error:
        read_export(export, read_mapping(mapping(export.parent, CLIENT), SPEC), SPEC)
    assert error.value.exit_code == 3
    for lang in LANGUAGES:
        assert not re.search(r"[{}]|Traceback", error.value.message(lang))
    return error.value.say.key.removeprefix("error.")


CASES = {
    "export.empty": b"",
    "export.binary": b"N\x00;C\x00\r\n",
    "export.quotes": b'N\xc2\xb0;Client\r\nCMD-1;"A\r\nCMD-2;B\r\n',
    "export.one_column": "N° et client\r\nCMD-1\r\n".encode(),
    "export.encoding": "N°;Client\r\nCMD-1;\x81\x8d".encode("latin-1"),
    "export.wide": b"N;Client\r\n" + b";" * 100_000 + b"\r\n",
    "workbook.pdf": b"%PDF-1.4\n",
    "workbook.html": b"<html><table><tr><td>N</td></tr></table></html>",
    "workbook.damaged": b"PK\x03\x04" + bytes(100),
}


@pytest.mark.parametrize("key", CASES)
def test_what_is_no_export_is_one_sentence(key: str, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_bytes(CASES[key])
    assert stopped(tmp_path / "orders.csv") == key


@pytest.mark.parametrize("blank", [b"\xef\xbb\xbf", b"\r\n\r\n", b"  \n", b"\xff\xfe", b" ; ;\n;;\n"])
def test_a_blank_export_is_empty(blank: bytes, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_bytes(blank)
    assert stopped(tmp_path / "orders.csv") in ("export.empty", "export.one_column")


def test_utf_8_with_one_wrong_byte_is_not_taken_for_windows_signs(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_bytes("N°;Client\r\nCMD-1;ÉTÉ\r\nCMD-2;".encode() + b"\xe9\r\n")
    assert stopped(tmp_path / "orders.csv") == "export.encoding"


def test_bytes_that_are_not_in_the_encoding_named_are_a_sentence_with_their_line(tmp_path: Path) -> None:
    export = csv(tmp_path, "N;Client", "CMD-1;É", encoding="cp1252")
    with pytest.raises(Xl2JsonError) as error:
        read(export, f'[export]\nencoding = "utf-8"\n{CLIENT}')
    assert (error.value.say.key, error.value.say.params["line"]) == ("error.export.encoding", 2)


def test_a_huge_export_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "orders.csv").open("wb") as file:
        file.write(b"N;Client\r\n")
        file.truncate(200_000_000)
    assert MOST_BYTES < 200_000_000
    assert stopped(tmp_path / "orders.csv") == "export.large"


def test_too_many_cells_are_refused(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_bytes(b"N;Client\r\n" + (b";" * 9_999 + b"\r\n") * 401)
    assert stopped(tmp_path / "orders.csv") == "export.cells"


def test_a_cell_of_a_megabyte_is_refused(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_bytes(b"N;Client\r\nCMD-1;" + b"A" * 1_000_000)
    assert stopped(tmp_path / "orders.csv") == "export.quotes"


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    xlsx(tmp_path, [["N°", "Client"]])
    with zipfile.ZipFile(tmp_path / "orders.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", bytes(50_000_000))
    assert stopped(tmp_path / "orders.xlsx") == "workbook.bomb"


def test_a_file_that_is_not_there_or_a_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "m.toml").write_text(CLIENT, "utf-8")
    for name, key in (
        ("none.csv", "export.missing"),
        ("folder.csv", "export.folder"),
        ("a\0.csv", "export.unreadable"),
    ):
        assert stopped(tmp_path / name) == key


@pytest.mark.parametrize("seed", range(30))
def test_random_bytes_are_a_sentence_or_a_finding(seed: int, tmp_path: Path) -> None:
    import random

    noise = random.Random(seed)  # noqa: S311
    head = noise.choice(
        [b"", b"N\xb0;Client\r\n", b"PK\x03\x04", b"\xff\xfe", b"sep=;\n", struct.pack("<I", 0xE011CFD0)]
    )
    (tmp_path / "orders.csv").write_bytes(head + noise.randbytes(noise.randint(1, 2_000)))
    try:
        tables = read_export(tmp_path / "orders.csv", read_mapping(mapping(tmp_path, CLIENT), SPEC), SPEC)
    except Xl2JsonError:
        return
    assert tables.findings


def test_one_error_for_each_column_that_the_export_lacks_with_the_nearest(tmp_path: Path) -> None:
    text = KEY + '[Etablissements]\nnomClient = "Cliente"\nemailClient = "Cliente"\ntelephoneClient = "Fax"\n'
    tables = read(csv(tmp_path, *TEXTS), text)
    assert tables.found == {}
    assert lines(tables.findings) == [("M6", 4), ("M6", 6)]
    assert tables.findings[0].say.params["near"] == ("Client",)
    assert told(tables.findings)[0] == ("M6", "m.toml", "A4", "Cliente", None)


def test_a_column_that_is_named_and_there_twice_is_a_fault(tmp_path: Path) -> None:
    tables = read(csv(tmp_path, "N°;Client;CLIENT;Note;note", "CMD-1;A;B"), CLIENT)
    assert (lines(tables.findings), tables.found) == ([("M7", 4)], {})
    assert tables.findings[0].say.params["cells"] == ("B1", "C1")


def test_where_no_name_is_found_the_widest_of_the_first_rows_is_taken_for_the_titles(tmp_path: Path) -> None:
    tables = read(csv(tmp_path, "Export de novembre", "", "Numéro;Raison", "CMD-1;A"), CLIENT)
    assert [(one.rule, one.say.params["header"]) for one in tables.findings] == [("M6", 3), ("M6", 3)]

"""A mapping's faults are all reported, each at its line."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from converter.errors import Xl2JsonError
from converter.export import read_mapping
from converter.export.lines import Lines
from tests.export import HEADER, KEY, SPEC, lines, mapping

TEN = """\
[export]
encodage = "cp1252"

["Entête demande"]
# no key

["Comande"]
dateCommande = "Date"

["Commande"]
dateComande = "Date"
regimeTVA = { column = "TVA", value = "TTC" }
montantSegurHT = 31162

[["Bénéficiaires"]]
isMandataire = { value = "Non" }

["Etablissements"]
nomClient = { columns = ["Nom", "Prénom"] }
"numérosFINESSGeos" = { columns = "FINESS ET" }
numerosFINESSGeos = "FINESS"
"""


def faults(folder: Path, text: str) -> list[tuple[str, int]]:
    return lines(read_mapping(mapping(folder, text), SPEC).findings)


def test_a_mapping_with_ten_faults_gives_ten_findings_with_their_lines(tmp_path: Path) -> None:
    assert faults(tmp_path, TEN) == [
        ("M2", 2),
        ("M5", 4),
        ("M2", 7),
        ("M2", 11),
        ("M3", 12),
        ("M3", 13),
        ("M4", 15),
        ("M3", 19),
        ("M3", 20),
        ("M4", 21),
    ]


def test_the_line_stands_in_the_words_and_the_place_is_the_mapping(tmp_path: Path) -> None:
    for one in read_mapping(mapping(tmp_path, TEN), SPEC).findings:
        assert one.place is not None
        assert (one.sheet, one.severity, one.place.column) == ("m.toml", "error", 0)
        for lang, word in (("fr", "Ligne"), ("en", "Line")):
            assert one.message(lang).startswith(f"{word} {one.place.row}")
            assert "{field}" not in one.message(lang)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[Commande]\ndateCommande = "Date', 2),
        ('["Etablissements"]\nnumérosFINESSGeos = "FINESS"', 2),
        ("[Entête demande]\n", 1),
        ("[Commande]\n[Commande]\n", 2),
        ('[Commande]\nregimeTVA = "a"\nregimeTVA = "b"\n', 3),
        ("[Commande\n", 1),
        ("a = [", 1),
    ],
)
def test_what_is_no_toml_is_one_fault_at_its_line(text: str, line: int, tmp_path: Path) -> None:
    assert faults(tmp_path, text) == [("M1", line)]


def test_a_mapping_in_another_encoding_is_a_fault_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_bytes("[Commande]\n# été\n".encode("cp1252"))
    assert lines(read_mapping(tmp_path / "m.toml", SPEC).findings) == [("M1", 2)]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_bytes(b"\xef\xbb\xbf" + KEY.encode())
    assert read_mapping(tmp_path / "m.toml", SPEC).findings == ()


@pytest.mark.parametrize(
    "entry",
    [
        'regimeTVA = ""',
        "regimeTVA = true",
        "regimeTVA = []",
        "regimeTVA = {}",
        'regimeTVA = { column = "" }',
        "regimeTVA = { column = 3 }",
        "regimeTVA = { value = [1] }",
        'regimeTVA = { value = "" }',
        "regimeTVA = { value = 12:30:00 }",
        'regimeTVA = { value = "TTC", default = "HT" }',
        'regimeTVA = { value = "TTC", map = { "a" = "b" } }',
        'regimeTVA = { column = "TVA", map = "HT" }',
        'regimeTVA = { column = "TVA", map = {} }',
        'regimeTVA = { column = "TVA", map = { "Oui" = 1 } }',
        'regimeTVA = { column = "TVA", map = { "" = "HT" } }',
        'regimeTVA = { column = "TVA", default = [] }',
        'regimeTVA = { default = "HT" }',
        'regimeTVA = { format = "no column" }',
        'regimeTVA = { format = "{A" }',
        'regimeTVA = { format = "A}" }',
        'regimeTVA = { format = "{}" }',
        'regimeTVA = { format = "{A{B}}" }',
        "regimeTVA = { format = 1 }",
        'regimeTVA = { columns = ["A", "B"] }',
        'where = "TVA"',
        "where = {}",
        'where = { "TVA" = [] }',
        'where = { "TVA" = [1] }',
    ],
)
def test_an_entry_that_makes_no_sense_is_a_fault(entry: str, tmp_path: Path) -> None:
    assert faults(tmp_path, f"{KEY}[Commande]\n\n{entry}\n") == [("M3", 5)]


@pytest.mark.parametrize(
    "entry", ['regimeTVA = { colonne = "TVA", value = "A" }', 'where = { "A" = ["b"] }\nTVA = "A"']
)
def test_an_unknown_name_is_a_fault(entry: str, tmp_path: Path) -> None:
    assert [rule for rule, _ in faults(tmp_path, f"{KEY}[Commande]\n{entry}\n")] == ["M2"]


def test_the_name_that_may_have_been_meant_is_told(tmp_path: Path) -> None:
    (one, two) = read_mapping(mapping(tmp_path, KEY + '[Comande]\n[Commande]\ndateComande = "D"'), SPEC).findings
    assert (one.say.params["near"], two.say.params["near"]) == ("Commande", "dateCommande")


@pytest.mark.parametrize(
    "entry",
    [
        "",
        'demande = { value = "CMD-1" }',
        'demande = { column = "N°", default = "X" }',
        'demande = { column = "N°", map = { "a" = "b" } }',
        'numeroEditeur = { value = "00001" }',
    ],
)
def test_the_key_comes_from_a_column(entry: str, tmp_path: Path) -> None:
    assert [rule for rule, _ in faults(tmp_path, f'["Entête demande"]\n{entry}\n')] == ["M5"]


@pytest.mark.parametrize("key", ['demande = "N°"', 'demande = { format = "{A}-{B}" }', 'numeroEditeur = "N°"'])
def test_the_key_may_be_a_column_a_format_or_the_editors_number(key: str, tmp_path: Path) -> None:
    assert faults(tmp_path, f'["Entête demande"]\n{key}\n') == []


def test_the_key_in_another_sheet_may_only_say_the_same(tmp_path: Path) -> None:
    assert faults(tmp_path, KEY + '[Commande]\ndemande = "N°"\n') == []
    assert faults(tmp_path, KEY + '[Commande]\ndemande = "Autre"\n') == [("M5", 4)]


def test_a_sheet_with_one_row_a_request_is_no_array_and_one_with_several_may_be(tmp_path: Path) -> None:
    assert faults(tmp_path, KEY + '[[Commande]]\ndateCommande = "D"\n') == [("M4", 3)]
    assert faults(tmp_path, KEY + '[[Radiologues]]\nRPPS = "A"\n[[Radiologues]]\nRPPS = "B"\n') == []


@pytest.mark.parametrize("text", ['Commande = "x"', "export = 3", "Radiologues = [1]"])
def test_a_sheet_is_a_table(text: str, tmp_path: Path) -> None:
    assert faults(tmp_path, f"{text}\n{KEY}") == [("M3", 1)]


def test_names_match_whatever_their_case_and_accents(tmp_path: Path) -> None:
    made = read_mapping(
        mapping(tmp_path, '[EXPORT]\n["entete_DEMANDE"]\nDemande = "N°"\n[commande]\nRegime_TVA = "T"\n'), SPEC
    )
    assert made.findings == ()
    assert [(one.sheet, list(one.sources)) for one in made.entries] == [
        ("Entête demande", []),
        ("Commande", ["regimeTVA"]),
    ]


def test_one_sheet_or_column_in_two_spellings_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, KEY + "[Commande]\n[commande]\n") == [("M4", 4)]
    assert faults(tmp_path, KEY + '[Commande]\nregimeTVA = "A"\nregime-TVA = "B"\n') == [("M4", 5)]


def test_a_mapping_can_be_pickled(tmp_path: Path) -> None:
    for text in (TEN, HEADER + KEY):
        made = read_mapping(mapping(tmp_path, text), SPEC)
        assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own


def test_a_mapping_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Xl2JsonError) as error:
        read_mapping(tmp_path / "none.toml", SPEC)
    assert error.value.exit_code == 3
    with pytest.raises(Xl2JsonError):
        read_mapping(tmp_path, SPEC)


@pytest.mark.parametrize(
    "setting", ['delimiter = "#"', 'encoding = "klingon"', 'encoding = "idna"', "sheet = 3", 'where = "x"']
)
def test_a_setting_of_the_export_that_makes_no_sense_is_a_fault(setting: str, tmp_path: Path) -> None:
    assert faults(tmp_path, f"[export]\n{setting}\n{KEY}") == [("M3", 2)]


def test_deep_nesting_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    assert [rule for rule, _ in faults(tmp_path, f"a = {'[' * 5000}{']' * 5000}")] == ["M1"]


def test_lines_of_tables_keys_and_arrays() -> None:
    text = 'a."b c" = 1\n[x]\n"é" = """\nk = 3\n"""\n\n[[y]]\nk = 1\n[[y]]\nk = 2\n[y.z]\n\'q\' = 1\n'
    at = Lines(text)
    paths = [("a", "b c"), ("x",), ("x", "é"), ("x", "k"), ("y", 0, "k"), ("y", 1, "k"), ("y", 1, "z", "q"), ("none",)]
    assert [at.of(*path) for path in paths] == [1, 2, 3, 2, 8, 10, 12, 1]

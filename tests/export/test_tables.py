"""An export's rows become each sheet's rows as the mapping says."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

from converter.export import read_export, read_mapping
from tests.export import A_DAY, HEADER, KEY, SPEC, csv, mapping, places, read, rows, told, xlsx

ORDER = KEY + "[Commande]\n"
SITES = KEY + "[Etablissements]\n"
PIECES = KEY + '[["Pièces justificatives"]]\n'


def test_rows_that_share_the_key_are_one_request_in_the_order_of_the_export(tmp_path: Path) -> None:
    tables = read(csv(tmp_path, "N°;Date", "B;1", "A;2", "B;1"), ORDER + 'dateCommande = "Date"')
    assert rows(tables, "Entête demande") == [("B",), ("A",)]
    assert rows(tables, "Commande") == [("B", "1"), ("A", "2")]
    assert told(tables.findings) == []


def test_a_key_typed_as_a_number_and_as_text_is_the_same(tmp_path: Path) -> None:
    tables = read(
        xlsx(tmp_path, [["N°", "D"], [7, "x"], ["7", "x"], [7.0, "x"], [" 7 ", "x"]]), ORDER + 'dateCommande = "D"'
    )
    assert rows(tables, "Commande") == [(7, "x")]


def test_a_spreadsheets_values_keep_their_types(tmp_path: Path) -> None:
    export = xlsx(tmp_path, [["N°", "Date", "Montant"], ["A", A_DAY, 31162.5]])
    assert rows(read(export, ORDER + 'dateCommande = "Date"\nmontantSegurHT = "Montant"'), "Commande") == [
        ("A", A_DAY, 31162.5)
    ]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("Exonéré", "HT"), (" exonere ", "HT"), ("EXONÉRÉ", "HT"), ("", "TTC"), ("autre", "TTC")],
)
def test_a_map_matches_as_spelt_then_by_letters_and_the_rest_takes_the_default(
    cell: str, value: str, tmp_path: Path
) -> None:
    text = ORDER + 'regimeTVA = { column = "TVA", map = { "Exonéré" = "HT" }, default = "TTC" }'
    assert rows(read(csv(tmp_path, "N°;TVA", f"A;{cell}"), text), "Commande") == [("A", value)]


def test_what_is_spelt_so_wins_over_what_is_like_it(tmp_path: Path) -> None:
    text = ORDER + 'regimeTVA = { column = "TVA", map = { "ht" = "TTC", "HT" = "HT" } }'
    tables = read(csv(tmp_path, "N°;TVA", "A;HT", "B;ht", "C;Ht"), text)
    assert rows(tables, "Commande") == [("A", "HT"), ("B", "TTC"), ("C", "Ht")]
    assert told(tables.findings) == [("M8", "orders.csv", "B4", "regimeTVA", "C")]


def test_a_value_that_the_map_lacks_is_an_error_at_its_cell_and_a_blank_one_stays_blank(tmp_path: Path) -> None:
    text = ORDER + 'regimeTVA = { column = "TVA", map = { "Exonéré" = "HT", "Soumis" = "TTC" } }'
    tables = read(csv(tmp_path, "N°;TVA", "A;Soumi", "A;Soumi", "B;", "C;42"), text)
    assert rows(tables, "Commande")[1] == ("B", None)
    assert told(tables.findings) == [
        ("M8", "orders.csv", "B2", "regimeTVA", "A"),
        ("M8", "orders.csv", "B5", "regimeTVA", "C"),
    ]
    words = tables.findings[-2].say.params
    assert (words["known"], words["near"], words["line"]) == (("Exonéré", "Soumis"), "Soumis", 4)


def test_numbers_and_dates_of_a_spreadsheet_match_by_what_they_show(tmp_path: Path) -> None:
    text = ORDER + 'regimeTVA = { column = "TVA", map = { "20" = "TTC", "15/11/2021" = "HT" } }'
    export = xlsx(tmp_path, [["N°", "TVA"], ["A", 20.0], ["B", A_DAY]])
    assert rows(read(export, text), "Commande") == [("A", "TTC"), ("B", "HT")]


@pytest.mark.parametrize(
    ("value", "cell"),
    [('"TTC"', "TTC"), ("true", True), ("3", 3), ("1.5", 1.5), ("2021-11-15", date(2021, 11, 15))],
)
def test_a_constant_stands_in_each_row(value: str, cell: object, tmp_path: Path) -> None:
    tables = read(csv(tmp_path, "x;N°", "1;A", "2;B"), ORDER + f"regimeTVA = {{ value = {value} }}")
    assert rows(tables, "Commande") == [("A", cell), ("B", cell)]
    assert places(tables, "Commande", "regimeTVA") == ["B2", "B3"]


def test_a_format_puts_text_around_columns_and_is_blank_where_they_all_are(tmp_path: Path) -> None:
    text = PIECES + 'fichier = { format = "{{s}}/{Nom}-{Date}.pdf" }'
    tables = read(xlsx(tmp_path, [["N°", "Date", "Nom"], ["A", A_DAY, "x"], ["B", 7.0, None], ["C", None, None]]), text)
    assert rows(tables, "Pièces justificatives") == [("A", "{s}/x-15/11/2021.pdf"), ("B", "{s}/-7.pdf")]
    assert places(tables, "Pièces justificatives", "fichier") == ["C2", "C3"]


def test_columns_are_joined_and_a_value_is_found_in_its_own(tmp_path: Path) -> None:
    text = SITES + '"numérosFINESSGeos" = { columns = ["G1", "G2", "G3"] }'
    tables = read(csv(tmp_path, "N°;G1;G2;G3", "A;750012346;;330001231", "B;;;x", "C;;;"), text)
    table = tables.found["Etablissements"]
    assert rows(tables, "Etablissements") == [("A", "750012346; 330001231"), ("B", "x")]
    name = "numérosFINESSGeos"
    assert [table.place(2, name, one).cell for one in ("750012346", "330001231", "33 000 1231", None)] == [
        "B2",
        "D2",
        "D2",
        "B2",
    ]
    assert table.place(3, name).cell == "D3"


def test_numbers_that_are_joined_get_their_zeros_back_and_it_is_told(tmp_path: Path) -> None:
    text = SITES + '"numérosFINESSGeos" = { columns = ["G1", "G2"] }'
    tables = read(xlsx(tmp_path, [["N°", "G1", "G2"], ["A", 10001246, 750012346]]), text)
    assert rows(tables, "Etablissements") == [("A", "010001246; 750012346")]
    assert told(tables.findings) == [
        ("X7", "Commandes", "B2", "numérosFINESSGeos", "A"),
        ("X7", "Commandes", "C2", "numérosFINESSGeos", "A"),
    ]


def test_rows_that_come_out_alike_are_one_and_the_first_is_named(tmp_path: Path) -> None:
    text = SITES + 'nomClient = "Client"'
    tables = read(csv(tmp_path, "N°;Client", "A;X", "A;X ", "B;X", "A;Y"), text)
    assert rows(tables, "Etablissements") == [("A", "X"), ("B", "X"), ("A", "Y")]
    assert places(tables, "Etablissements", "nomClient") == ["B2", "B4", "B5"]


def test_a_row_of_which_all_that_is_mapped_is_blank_is_none_constants_and_defaults_apart(tmp_path: Path) -> None:
    text = (
        SITES
        + 'nomClient = "Client"\nemailClient = { column = "Mel", default = "a@b.fr" }\ntelephoneClient = { value = "1" }'
    )
    tables = read(csv(tmp_path, "N°;Client;Mel", "A;;", "A;X;", "B; ;", "C;;c@d.fr"), text)
    assert rows(tables, "Etablissements") == [("A", "X", "a@b.fr", "1"), ("C", None, "c@d.fr", "1")]


def test_a_sheet_of_constants_has_one_row_a_request(tmp_path: Path) -> None:
    text = PIECES + 'typeFichier = { value = "BON_COMMANDE" }\nfichier = { value = "bon.pdf" }'
    assert len(rows(read(csv(tmp_path, "N°;x", "A;1", "A;2", "B;3"), text), "Pièces justificatives")) == 2


def test_an_order_of_which_a_one_row_sheet_says_nothing_keeps_its_row(tmp_path: Path) -> None:
    """So that the blanks can be told; a row that says nothing beside one that does is none."""
    tables = read(csv(tmp_path, "N°;Date", "A;", "B;", "B;1", "B;"), ORDER + 'dateCommande = "Date"')
    assert rows(tables, "Commande") == [("A", None), ("B", "1")]
    assert told(tables.findings) == []


def test_an_array_gives_a_row_for_each_of_its_tables_in_the_order_of_the_export(tmp_path: Path) -> None:
    text = (
        PIECES
        + 'typeFichier = { value = "BON_COMMANDE" }\nfichier = { format = "{N°}.pdf" }\n'
        + '[["Pièces justificatives"]]\nwhere = { "TVA" = ["exonéré"] }\ntypeFichier = { value = "PREUVE_HT" }\nfichier = "Preuve"'
    )
    tables = read(csv(tmp_path, "TVA;Preuve;N°", "Exonéré;p.pdf;A", ";q.pdf;B", "Exonéré;;C"), text)
    assert rows(tables, "Pièces justificatives") == [
        ("A", "BON_COMMANDE", "A.pdf"),
        ("A", "PREUVE_HT", "p.pdf"),
        ("B", "BON_COMMANDE", "B.pdf"),
        ("C", "BON_COMMANDE", "C.pdf"),
    ]
    assert places(tables, "Pièces justificatives", "fichier") == ["C2", "B2", "C3", "C4"]


@pytest.mark.parametrize(
    ("values", "kept"), [('["Signée"]', "AB"), ('["signee", "Annulée"]', "ABC"), ('[""]', "D"), ('"Signée"', "AB")]
)
def test_only_rows_with_one_of_the_values_count(values: str, kept: str, tmp_path: Path) -> None:
    export = csv(tmp_path, "N°;Statut", "A;Signée", "B; SIGNÉE ", "C;Annulée", "D;")
    tables = read(export, f'[export]\nwhere = {{ "Statut" = {values} }}\n{KEY}')
    assert rows(tables, "Entête demande") == [(one,) for one in kept]


def test_filters_hold_together(tmp_path: Path) -> None:
    export = csv(tmp_path, "N°;S;T", "A;1;1", "B;1;2", "C;2;1")
    tables = read(export, f'[export]\nwhere = {{ "S" = ["1"], "T" = ["1"] }}\n{KEY}')
    assert rows(tables, "Entête demande") == [("A",)]


def test_a_filter_on_a_column_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    tables = read(csv(tmp_path, "N°;Statut", "A;x"), f'[export]\nwhere = {{ "Statuts" = ["x"] }}\n{KEY}')
    assert told(tables.findings) == [("M6", "m.toml", "A2", "Statuts", None)]


def test_two_rows_of_one_order_that_differ_are_told_at_the_later_key_with_the_first_difference(tmp_path: Path) -> None:
    text = ORDER + 'montantSegurHT = "Montant"\ndateCommande = "Date"'
    tables = read(csv(tmp_path, "N°;Date;Montant", "A;1;2", "A;1;3", "A;1;2", "A;;4"), text)
    assert rows(tables, "Commande") == [("A", "2", "1")]
    assert told(tables.findings) == [
        ("X4", "orders.csv", "A3", "demande", "A"),
        ("X4", "orders.csv", "A5", "demande", "A"),
    ]
    (first, _) = (one for one in tables.findings if one.rule == "X4")
    assert (first.value, first.say.params["other"], first.say.params["cell"]) == ("3", "2", "C2")


def test_the_sheet_of_the_requests_and_the_files_header_are_held_to_it_too(tmp_path: Path) -> None:
    text = '["Entête fichier"]\nSIRET = "S"\n["Entête demande"]\ndemande = "N°"\nnumeroEditeur = "E"\n'
    tables = read(csv(tmp_path, "N°;E;S", "A;1;1", "A;2;1", "B;3;2"), text)
    assert (rows(tables, "Entête demande"), rows(tables, "Entête fichier")) == ([("A", "1"), ("B", "3")], [("1",)])
    assert sorted(told(tables.findings)) == [
        ("X4", "orders.csv", "A3", "demande", "A"),
        ("X4", "orders.csv", "C4", "SIRET", None),
    ]


def test_a_row_without_a_key_is_told_at_its_cell_unless_it_is_blank(tmp_path: Path) -> None:
    tables = read(csv(tmp_path, "Date;N°", "1;A", " ; ", ";;", "2;", "3;  "), ORDER + 'dateCommande = "Date"')
    assert rows(tables, "Commande") == [("A", "1")]
    assert told(tables.findings) == [
        ("X3", "orders.csv", "B5", "demande", None),
        ("X3", "orders.csv", "B6", "demande", None),
    ]


def test_a_request_may_be_keyed_by_the_editors_number(tmp_path: Path) -> None:
    text = '["Entête demande"]\nnumeroEditeur = "N°"\n[Commande]\ndateCommande = "D"'
    tables = read(xlsx(tmp_path, [["N°", "D"], [1, "x"], ["00001", "x"], [2, "y"]]), text)
    assert (tables.found["Commande"].key, rows(tables, "Commande")) == ("numeroEditeur", [(1, "x"), (2, "y")])


def test_required_columns_without_a_source_are_told_once_for_each_sheet(tmp_path: Path) -> None:
    export = csv(tmp_path, "N°;D", "A;1")
    missing = {
        one.say.params["sheet"]: one.say.params["columns"]
        for one in read(export, ORDER + 'dateCommande = "D"', given=["SIRET"]).findings
        if one.rule == "X1"
    }
    assert missing["Entête fichier"] == ("numeroAns",)
    assert missing["Commande"] == ("regimeTVA", "montantSegurHT")
    assert missing["Pièces justificatives"] == ("typeFichier", "fichier")
    assert {"Etablissements", "Radiologues", "Traitement", "Entête demande"}.isdisjoint(missing)


def test_with_a_fault_of_the_mapping_there_are_no_tables(tmp_path: Path) -> None:
    tables = read(csv(tmp_path, "N°", "A"), KEY + "[Commandes]\n")
    assert (tables.found, [one.rule for one in tables.findings]) == ({}, ["M2"])


def test_an_export_with_its_header_alone_has_no_rows(tmp_path: Path) -> None:
    tables = read(csv(tmp_path, "N°;D"), HEADER + ORDER + 'dateCommande = "D"\n[Etablissements]\nnomClient = "D"')
    assert (rows(tables, "Entête demande"), rows(tables, "Commande")) == ([], [])
    assert "Etablissements" not in tables.found


def test_tables_can_be_pickled(tmp_path: Path) -> None:
    tables = read(csv(tmp_path, "N°;D", "A;1", "A;2"), ORDER + 'dateCommande = "D"')
    again = pickle.loads(pickle.dumps(tables))  # noqa: S301 - our own
    assert again == tables
    assert again.found["Commande"].place(2, "dateCommande").cell == "B2"


def test_a_place_that_no_row_gave_is_the_header(tmp_path: Path) -> None:
    tables = read(csv(tmp_path, "", "N°;D"), ORDER + 'dateCommande = "D"')
    assert tables.found["Commande"].place(2, "dateCommande").row == 2


def test_the_same_export_gives_the_same_tables(tmp_path: Path) -> None:
    export = csv(tmp_path, "N°;D", *(f"{n % 7};{n % 7}" for n in range(50)))
    plan = read_mapping(mapping(tmp_path, ORDER + 'dateCommande = "D"'), SPEC)
    assert read_export(export, plan, SPEC) == read_export(export, plan, SPEC)


def test_an_answer_is_no_number(tmp_path: Path) -> None:
    """TRUE is not 1, though a computer may take it for it."""
    export = xlsx(tmp_path, [["N°", "M"], ["A", True], ["B", 1], ["C", 1.0], ["D", True]])
    text = f'{KEY}["Bénéficiaires"]\nisMandataire = {{ column = "M", map = {{ "TRUE" = "Oui", "1" = "Non" }} }}'
    assert rows(read(export, text), "Bénéficiaires") == [("A", "Oui"), ("B", "Non"), ("C", "Non"), ("D", "Oui")]

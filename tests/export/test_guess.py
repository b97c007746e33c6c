"""A first mapping by names and contents: it loads, says what is open, and overwrites nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from converter.errors import MisuseError, Xl2JsonError
from converter.export import read_export, read_mapping
from converter.export.likeness import likeness, words
from converter.jobs.importing import guess_mapping
from converter.wording import LANGUAGES
from tests.export import A_DAY, SPEC, csv, xlsx


def guessed(export: Path, lang: str = "fr") -> dict[str, Any]:
    """The mapping that is proposed, as data."""
    path = export.parent / "guess.toml"
    path.unlink(missing_ok=True)
    guess_mapping(export, path, spec=SPEC, lang=lang)
    return tomllib.loads(path.read_text("utf-8"))


def by_column(tree: dict[str, Any]) -> dict[str, Any]:
    """Tag -> source, for all sheets."""
    return {tag: source for table in tree.values() if isinstance(table, dict) for tag, source in table.items()}


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("DATE COMMANDE", "dateCommande"),
        ("date_de_la_commande", "dateCommande"),
        ("Order date", "dateCommande"),
        ("Montant H.T.", "montantSegurHT"),
        ("Régime de TVA", "regimeTVA"),
        ("Finess juridique", "numeroFINESSJuridique"),
        ("N° FINESS géographique", "numérosFINESSGeos"),
        ("Raison sociale", "nomClient"),
        ("Courriel du client", "emailClient"),
        ("tél. client", "telephoneClient"),
        ("Num RPPS", "RPPS"),
        ("Nom du radiologue", "nomRad"),
        ("Opérateur de messagerie", "operateurMessagerie"),
        ("Mandatair", "isMandataire"),
        ("isIdRef", "isIdRef"),
        ("N° éditeur", "numeroEditeur"),
    ],
)
def test_a_column_is_known_by_its_name(name: str, tag: str, tmp_path: Path) -> None:
    tree = guessed(csv(tmp_path, f"N° de commande;{name}", "A;", "B;"))
    assert by_column(tree) == {"demande": "N° de commande", tag: name}


@pytest.mark.parametrize(
    ("texts", "tag"),
    [
        (["73282932000074"] * 2, "SIRET"),
        (["750012346", "330001231"], "numeroFINESSJuridique"),
        (["10003456786", "10009999102"], "RPPS"),
        (["15/11/2021", "2021-11-16"], "dateCommande"),
        (["HT", "TTC"], "regimeTVA"),
        (["a@clinique.fr", "b@clinique.fr"], "emailClient"),
        (["01 42 00 00 01", "05 56 00 00 02"], "telephoneClient"),
    ],
)
def test_a_column_is_known_by_what_it_holds(texts: list[str], tag: str, tmp_path: Path) -> None:
    tree = guessed(csv(tmp_path, "N° commande;Zzyx", *(f"{n};{text}" for n, text in enumerate(texts))))
    assert by_column(tree) == {"demande": "N° commande", tag: "Zzyx"}


def test_of_two_columns_that_might_be_it_none_is_taken(tmp_path: Path) -> None:
    tree = guessed(csv(tmp_path, "N° commande;Début;Zzyx", "A;15/11/2021;16/11/2021"))
    assert by_column(tree) == {"demande": "N° commande"}


def test_a_name_whose_cells_say_otherwise_is_not_believed(tmp_path: Path) -> None:
    assert "dateCommande" not in by_column(guessed(csv(tmp_path, "N° commande;Date", "A;oui", "B;non")))


def test_the_files_header_has_one_value_only(tmp_path: Path) -> None:
    tree = guessed(csv(tmp_path, "N° commande;SIRET", "A;73282932000074", "B;55210055400013"))
    assert "SIRET" not in by_column(tree)


def test_numbered_columns_are_joined(tmp_path: Path) -> None:
    export = csv(tmp_path, "N° commande;FINESS ET 2;FINESS ET 1;AM1;AM2", "A;330001231;750012346;751234567;751234568")
    tree = by_column(guessed(export))
    assert tree["numérosFINESSGeos"] == {"columns": ["FINESS ET 1", "FINESS ET 2"]}
    assert tree["AM"] == {"columns": ["AM1", "AM2"]}


def test_words_that_stand_for_a_choice_are_mapped_and_the_rest_left_open(tmp_path: Path) -> None:
    export = csv(tmp_path, "N° commande;TVA;Mandataire", "A;Exonérée;x", "B;Assujetti;-", "C;Spécial;x")
    tree = by_column(guessed(export))
    assert tree["regimeTVA"] == {"column": "TVA", "map": {"Exonérée": "HT", "Assujetti": "TTC"}}
    assert tree["isMandataire"] == {"column": "Mandataire", "map": {"x": "Oui", "-": "Non"}}
    assert '#   "Spécial" = "…"' in (tmp_path / "guess.toml").read_text("utf-8")


def test_each_kind_of_piece_has_a_table_of_its_own(tmp_path: Path) -> None:
    export = csv(tmp_path, "N° commande;Bon de commande;Attestation", "A;a.pdf;b.PDF", "B;c.jpg;")
    assert guessed(export)["Pièces justificatives"] == [
        {"typeFichier": {"value": "BON_COMMANDE"}, "fichier": "Bon de commande"},
        {"typeFichier": {"value": "PREUVE_HT"}, "fichier": "Attestation"},
    ]


def test_a_column_of_files_is_known_by_what_it_holds(tmp_path: Path) -> None:
    assert guessed(csv(tmp_path, "N° commande;Zzyx", "A;a.pdf", "B;b.pdf"))["Pièces justificatives"] == [
        {"typeFichier": {"value": "BON_COMMANDE"}, "fichier": "Zzyx"}
    ]


def test_the_titles_may_stand_further_down_and_on_another_sheet(tmp_path: Path) -> None:
    import openpyxl

    export = xlsx(tmp_path, [["Notes", "de", "novembre"]], title="Notes")
    book = openpyxl.load_workbook(export)
    sheet = book.create_sheet("Commandes")
    for row in (["Export du 30/11/2021"], [], ["N° commande", "Date", "Montant HT"], ["A", A_DAY, 31162.5]):
        sheet.append(row)
    book.save(export)
    tree = guessed(export)
    assert tree["export"] == {"sheet": "Commandes"}
    assert tree["Commande"] == {"dateCommande": "Date", "montantSegurHT": "Montant HT"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_not_found_is_asked_for_and_what_is_not_used_is_listed(lang: str, tmp_path: Path) -> None:
    guessed(csv(tmp_path, 'N° commande;Truc "à" part;Statut', "A;1;Signée", "B;2;Annulée"), lang)
    text = (tmp_path / "guess.toml").read_text("utf-8")
    question = SPEC.field("commande.dateCommande").question.in_(lang)
    assert f'# {question}\n# dateCommande = {{ value = "" }}\n' in text
    assert '#   "Truc \\"à\\" part"' in text
    assert '# where = { "Statut" = ["Signée", "Annulée"] }' in text
    assert text.startswith("# ")
    assert "--mapping" in text.partition("\n\n")[0]


@pytest.mark.parametrize("name", ["a\tb", 'quo"te', "back\\slash", "new\nline", "é\x7f", "[x]", "a.b", "#", "{x}"])
def test_whatever_a_column_is_called_the_file_loads_and_finds_it(name: str, tmp_path: Path) -> None:
    export = xlsx(tmp_path, [["N° commande", name], ["A", A_DAY], ["B", A_DAY]])
    tree = by_column(guessed(export))
    assert tree.get("dateCommande", name) == name
    plan = read_mapping(tmp_path / "guess.toml", SPEC)
    assert plan.findings == ()
    assert [one.rule for one in read_export(export, plan, SPEC).findings if one.rule != "X1"] == []


def test_an_entry_that_is_uncommented_but_not_completed_is_a_fault_and_no_value(tmp_path: Path) -> None:
    guessed(csv(tmp_path, "N° commande", "A"))
    text = (tmp_path / "guess.toml").read_text("utf-8").replace("# nomMandataire", "nomMandataire")
    (tmp_path / "guess.toml").write_text(text, "utf-8")
    assert [one.rule for one in read_mapping(tmp_path / "guess.toml", SPEC).findings] == ["M3"]


def test_a_mapping_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    export = csv(tmp_path, "N° commande", "A")
    (tmp_path / "m.toml").write_text("mine")
    with pytest.raises(Xl2JsonError) as error:
        guess_mapping(export, tmp_path / "m.toml", spec=SPEC)
    assert (error.value.say.key, error.value.exit_code) == ("error.exists", 3)
    assert (tmp_path / "m.toml").read_text() == "mine"
    with pytest.raises(MisuseError):
        guess_mapping(export, tmp_path / "m.txt", spec=SPEC)
    with pytest.raises(MisuseError):
        guess_mapping(export, export, spec=SPEC)


def test_without_titles_there_is_nothing_to_guess(tmp_path: Path) -> None:
    with pytest.raises(Xl2JsonError) as error:
        guess_mapping(xlsx(tmp_path, [[1, 2], [3, 4]]), tmp_path / "m.toml", spec=SPEC)
    assert error.value.exit_code == 3
    assert not (tmp_path / "m.toml").exists()


def test_the_same_words_in_any_order_spelling_or_case_are_the_same_name() -> None:
    assert words("N° de cde") == words("NUMÉRO COMMANDE") == words("commande (num)")
    assert likeness("Montant H.T", ["montant HT"]) == 100
    assert 88 <= likeness("Mandatair", ["mandataire"]) < 100
    assert likeness("Couleur", ["montant HT", "client"]) == 0

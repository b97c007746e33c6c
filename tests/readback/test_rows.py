"""A JSON's tree in, rows of a workbook out: nothing dropped silently, and one sentence for what is no deposit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from converter.errors import Xl2JsonError
from converter.readback.rows import left_out, rows_of
from converter.spec.load import load_spec

SPEC = load_spec()


def a_line(number: Any = "00001", **more: Any) -> dict[str, Any]:
    """One request of a deposit."""
    client = {"numeroFINESSJuridique": "750012346", "nomClient": "CLINIQUE", "numérosFINESSGeos": ["1", "2"]}
    return {
        "numLigne": 1,
        "typeAction": "C",
        "numeroASP": None,
        "numeroEditeur": number,
        "commande": {"dateCommande": "15/11/2021", "regimeTVA": "TTC", "montantSegurHT": Decimal("31162.00")},
        "beneficiaires": {"isMandataire": False, "EtablissementsClients": [client], "radLiberauxClients": []},
        "piecesJustificatives": [{"nomFichier": "a.pdf", "formatFichier": "PDF", "typeFichier": "BON_COMMANDE"}],
        "scenarioInstallation": {"isIdRef": True, "operateurMessagerie": "API_35"},
        "codeTraitement": None,
        "libelleTraitement": None,
    } | more


def a_tree(*lines: Any, **more: Any) -> dict[str, Any]:
    """A deposit of those requests (of one, where none is given)."""
    head = {"impId": None, "numeroAns": "RIS2021001", "SIRET": "73282932000074"}
    return head | {"lignesImport": list(lines or (a_line(),))} | more


def test_each_block_gets_its_rows() -> None:
    rows = rows_of(SPEC, a_tree())
    assert rows["fichier"] == [{"numeroAns": "RIS2021001", "SIRET": "73282932000074"}]
    assert rows["demande"] == [{"demande": "00001", "numeroEditeur": "00001"}]
    assert rows["commande"] == [
        {"demande": "00001", "dateCommande": "15/11/2021", "regimeTVA": "TTC", "montantSegurHT": Decimal("31162.00")}
    ]
    assert rows["etablissements"][0]["numérosFINESSGeos"] == "1; 2"
    assert rows["etablissements"][0]["emailClient"] is None
    assert rows["radiologues"] == []
    assert rows["pieces"] == [{"demande": "00001", "typeFichier": "BON_COMMANDE", "fichier": "a.pdf"}]
    assert rows["scenario"][0]["isIdRef"] is True
    assert rows["traitement"] == []


@pytest.mark.parametrize(
    "spelling", ["numerosFINESSGeos", "numérosFINESSGeos", "NumérosFinessGeos", "nume\u0301rosFINESSGeos"]
)
def test_the_finess_list_is_taken_in_either_spelling(spelling: str) -> None:
    tree = a_tree(a_line(beneficiaires={"EtablissementsClients": [{spelling: ["750012346"]}]}))
    assert rows_of(SPEC, tree)["etablissements"][0]["numérosFINESSGeos"] == "750012346"
    assert left_out(SPEC, tree) == ()


def test_the_exact_spelling_wins_and_the_other_is_told() -> None:
    client = {"numerosFINESSGeos": ["2"], "numérosFINESSGeos": ["1"]}
    tree = a_tree(a_line(beneficiaires={"EtablissementsClients": [client]}))
    assert rows_of(SPEC, tree)["etablissements"][0]["numérosFINESSGeos"] == "1"
    path = "$.lignesImport[0].beneficiaires.EtablissementsClients[0].numerosFINESSGeos"
    assert left_out(SPEC, tree) == (path,)


# ------------------------------------------------------------------------------------------------------------- the key


def test_a_request_bears_the_key_it_had() -> None:
    rows = rows_of(SPEC, a_tree(a_line("00001"), a_line("00002")), {"00002": "CMD-2"})
    assert [row["demande"] for row in rows["demande"]] == ["00001", "CMD-2"]
    assert [row["demande"] for row in rows["pieces"]] == ["00001", "CMD-2"]
    assert [row["numeroEditeur"] for row in rows["demande"]] == ["00001", "00002"]


@pytest.mark.parametrize(
    ("numbers", "keys"),
    [
        (["00001", "00001", "00001"], ["00001", "00001 (2)", "00001 (3)"]),
        ([None, "", " "], ["#1", "#2", "#3"]),
        ([" 00001", "00001"], ["00001", "00001 (2)"]),
        ([1, "1"], ["1", "1 (2)"]),
        (["#2", None], ["#2", "#2 (2)"]),
        ([["1", "2"], {"a": 1}], ["1; 2", '{"a": 1}']),
    ],
)
def test_no_two_requests_share_a_key(numbers: list[Any], keys: list[str]) -> None:
    rows = rows_of(SPEC, a_tree(*map(a_line, numbers)))
    assert [row["demande"] for row in rows["demande"]] == keys
    assert [row["demande"] for row in rows["commande"]] == keys


# ------------------------------------------------------------------------------------------- values that do not fit


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        (None, None),
        ("", ""),
        ("=1+1", "=1+1"),
        (12, "12"),
        (Decimal("1.50"), "1.50"),
        (True, "true"),
        ([], None),
        (["A", "B"], "A; B"),
        (["A", None, " ", 1, {"b": []}], 'A; null; " "; 1; {"b": []}'),
        ({"é": Decimal("1.5")}, '{"é": "1.5"}'),
    ],
)
def test_a_text_column_takes_whatever_stands_there(value: Any, raw: Any) -> None:
    tree = a_tree(a_line(beneficiaires={"nomMandataire": value}))
    assert rows_of(SPEC, tree)["beneficiaires"][0]["nomMandataire"] == raw


@pytest.mark.parametrize(("value", "raw"), [(1, "1"), ("Oui", "Oui"), (None, None), (False, False)])
def test_only_true_and_false_are_answers(value: Any, raw: Any) -> None:
    read = rows_of(SPEC, a_tree(a_line(scenarioInstallation={"isIdRef": value})))["scenario"][0]["isIdRef"]
    assert (read, type(read)) == (raw, type(raw))


@pytest.mark.parametrize(
    ("value", "raw"), [(31162, 31162), (Decimal("0.1"), Decimal("0.1")), ("31162.00", "31162.00"), (True, "true")]
)
def test_only_numbers_are_amounts(value: Any, raw: Any) -> None:
    read = rows_of(SPEC, a_tree(a_line(commande={"montantSegurHT": value})))["commande"][0]["montantSegurHT"]
    assert (read, type(read)) == (raw, type(raw))


# ---------------------------------------------------------------------------------------------- what has no column


@pytest.mark.parametrize(
    ("tree", "paths"),
    [
        (a_tree(), ()),
        (a_tree(impId=7, remarque="x"), ("$.impId", "$.remarque")),
        (a_tree(a_line(), a_line("00002", numLigne=3)), ("$.lignesImport[1].numLigne",)),
        (a_tree(a_line(), a_line("00002", numLigne=2)), ()),
        (a_tree(a_line(numLigne=None, numeroASP=""), impId=""), ()),
        (a_tree(a_line(typeAction="M")), ("$.lignesImport[0].typeAction",)),
        (a_tree(a_line(note="x", vide=None)), ("$.lignesImport[0].note",)),
        (a_tree(a_line(numeroASP="ASP1", codeTraitement="OK", libelleTraitement="Demande acceptée")), ()),
        (a_tree(a_line(**{"a\x1b[2Jb": 1})), ("$.lignesImport[0].a�[2Jb",)),
    ],
)
def test_what_a_conversion_would_not_give_again_is_told(tree: Any, paths: tuple[str, ...]) -> None:
    assert left_out(SPEC, tree) == paths


@pytest.mark.parametrize(
    ("name", "format_", "told"),
    [("a.JPEG", "JPG", False), ("a.pdf", "PNG", True), ("a.tif", "TIF", True), (3, "PDF", True)],
)
def test_a_format_that_the_name_does_not_tell_is_told(name: Any, format_: str, told: bool) -> None:
    tree = a_tree(a_line(piecesJustificatives=[{"nomFichier": name, "formatFichier": format_}]))
    assert bool(left_out(SPEC, tree)) == told
    assert rows_of(SPEC, tree)["pieces"][0]["fichier"] == str(name)


# -------------------------------------------------------------------------------------------------- the agency's answer


@pytest.mark.parametrize(
    "answer",
    [{"numeroASP": "ASP1"}, {"codeTraitement": "R12"}, {"libelleTraitement": "Pièce illisible"}, {"numeroASP": 77}],
)
def test_the_agencys_answer_goes_to_its_own_sheet(answer: dict[str, Any]) -> None:
    blank = dict.fromkeys(("numeroASP", "codeTraitement", "libelleTraitement"))
    rows = rows_of(SPEC, a_tree(a_line(numeroASP=" "), a_line("00002", **answer)), {"00002": "CMD-2"})
    told = {tag: str(value) for tag, value in answer.items()}
    assert rows["traitement"] == [{"demande": "CMD-2", "numeroEditeur": "00002"} | blank | told]


# ------------------------------------------------------------------------------------------------------ broken structure


@pytest.mark.parametrize(
    ("missing", "block"),
    [
        ("commande", "commande"),
        ("beneficiaires", "beneficiaires"),
        ("scenarioInstallation", "scenario"),
        ("piecesJustificatives", "pieces"),
    ],
)
@pytest.mark.parametrize("how", ["null", "gone"])
def test_what_is_missing_has_no_row(missing: str, block: str, how: str) -> None:
    line = a_line(**{missing: None})
    if how == "gone":
        del line[missing]
    rows = rows_of(SPEC, a_tree(line, a_line("00002")))
    assert [row["demande"] for row in rows[block]] == ["00002"]
    assert [row["demande"] for row in rows["demande"]] == ["00001", "00002"]


def test_a_deposit_without_requests_has_none() -> None:
    assert rows_of(SPEC, a_tree(lignesImport=[]))["demande"] == []


@pytest.mark.parametrize(
    ("tree", "path"),
    [
        ([], "$"),
        (None, "$"),
        ("text", "$"),
        ({}, "$.lignesImport"),
        ({"lignesImport": None}, "$.lignesImport"),
        ({"lignesImport": {}}, "$.lignesImport"),
        (a_tree(None), "$.lignesImport[0]"),
        (a_tree(a_line(), [1]), "$.lignesImport[1]"),
        (a_tree(a_line(commande=[])), "$.lignesImport[0].commande"),
        (a_tree(a_line(commande="x")), "$.lignesImport[0].commande"),
        (a_tree(a_line(piecesJustificatives={})), "$.lignesImport[0].piecesJustificatives"),
        (a_tree(a_line(piecesJustificatives=["a.pdf"])), "$.lignesImport[0].piecesJustificatives[0]"),
        (a_tree(a_line(beneficiaires={"EtablissementsClients": 1})), "$.lignesImport[0].beneficiaires.EtablissementsClients"),
    ],
)  # fmt: skip
def test_what_is_no_deposit_is_refused_with_the_place(tree: Any, path: str) -> None:
    with pytest.raises(Xl2JsonError) as error:
        rows_of(SPEC, tree)
    assert error.value.say.params["path"] == path


def test_what_nests_without_end_is_refused() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Xl2JsonError):
        rows_of(SPEC, a_tree(numeroAns=deep))
    while deep:  # or Python itself runs out of stack when it lets go
        deep = deep[0]

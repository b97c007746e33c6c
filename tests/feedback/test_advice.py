"""A label in the agency's words -> the rule that says the same, and the columns in question. The labels are made up."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest

from converter.codes import RULE_IDS
from converter.feedback.advice import Advice, advice_for, table
from converter.spec.load import load_spec

SPEC = load_spec()
COLUMNS = {one.path for one in SPEC.fields if one.typed}
IN_THE_JSON = [one.path for one in SPEC.fields if one.typed and one.json and one.block != "traitement"]


def named(label: str) -> tuple[str, list[str]] | None:
    """The rule and the columns that the label leads to."""
    advice = advice_for(label)
    return (advice.rule, [path.partition(".")[2] for path in advice.fields]) if advice else None


@pytest.mark.parametrize(
    ("label", "rule", "columns"),
    [
        ("La date de commande n'est pas au format JJ/MM/AAAA", "C1", ["dateCommande"]),
        ("DATE DE LA COMMANDE INVALIDE", "C1", ["dateCommande"]),
        ("dateCommande : format incorrect", "C1", ["dateCommande"]),
        ("La date inscrite sur le bon de commande est obligatoire", "C1", ["dateCommande"]),
        ("La date de commande est postérieure à la date de dépôt", "C2", ["dateCommande"]),
        ("Régime TVA inconnu", "C3", ["regimeTVA"]),
        ("Le montant Ségur HT doit comporter deux décimales", "C4", ["montantSegurHT"]),
        ("Le montant de la prestation dépasse le plafond autorisé", "C4", ["montantSegurHT"]),
        ("Numéro éditeur déjà utilisé", "D1", ["numeroEditeur"]),
        ("Le numéro de l’éditeur doit comporter 5 caractères", "D1", ["numeroEditeur"]),
        ("numero_editeur invalide", "D1", ["numeroEditeur"]),
        ("Les balises isMandataire et isClientUnique sont incohérentes", "B2", ["isMandataire", "isClientUnique"]),
        ("Le nom du mandataire est obligatoire", "B3", ["nomMandataire"]),
        ("courriel mandataire invalide", "B3", ["emailMandataire"]),
        ("Téléphone du mandataire manquant", "B3", ["telephoneMandataire"]),
        ("La commande ne peut être portée par un mandataire", "B1", ["isMandataire"]),
        ("Client unique : valeur attendue true ou false", "B1", ["isClientUnique"]),
        ("FINESS juridique inconnu", "B9", ["numeroFINESSJuridique"]),
        ("Le FINESS  géographique\n888888882 n'existe pas", "B9", ["numérosFINESSGeos"]),
        ("Numéro FINESS invalide", "B9", ["numeroFINESSJuridique", "numérosFINESSGeos"]),
        ("Le FINESS 888888882 fait déjà l'objet d'une autre demande", "B15", ["numérosFINESSGeos"]),
        ("FINESS géographique en double", "B13", ["numérosFINESSGeos"]),
        ("Doublon de FINESS dans la demande", "B13", ["numérosFINESSGeos"]),
        ("Demande en double", "B15", ["numérosFINESSGeos", "RPPS", "AM"]),
        ("RPPS non trouvé", "B11", ["RPPS"]),
        ("Le radiologue est déjà présent dans une autre demande", "B15", ["RPPS", "AM"]),
        ("Numéro AM incorrect", "B12", ["AM"]),
        ("Une demande a déjà été déposée pour ce bénéficiaire", "B15", ["numérosFINESSGeos", "RPPS", "AM"]),
        ("Le nom du client final doit être en majuscules", "B4", ["nomClient"]),
        ("Nom du radiologue absent", "B4", ["nomRad"]),
        ("Adresse mail du client invalide", "B5", ["emailClient"]),
        ("Le téléphone du radiologue est trop long", "B6", ["telephoneRad"]),
        ("Le nom doit être en majuscule", "B4", ["nomMandataire", "nomClient", "nomRad"]),
        ("Format de l'e-mail incorrect", "B5", ["emailMandataire", "emailClient", "emailRad"]),
        ("Aucun bénéficiaire", "B7", ["numeroFINESSJuridique", "RPPS"]),
        ("Le nom du fichier ne respecte pas la nomenclature", "P4", ["fichier", "typeFichier"]),
        ("Pièce justificative absente", "P4", ["fichier", "typeFichier"]),
        ("Le bon de commande est manquant", "P1", ["typeFichier", "fichier"]),
        ("BON_COMMANDE obligatoire", "P1", ["typeFichier", "fichier"]),
        ("La preuve du régime de TVA HT est absente", "P2", ["typeFichier", "regimeTVA"]),
        ("PREUVE_HT manquante", "P2", ["typeFichier", "regimeTVA"]),
        ("Type de fichier inconnu", "P3", ["typeFichier"]),
        ("Le format du fichier doit être PDF, PNG ou JPG", "P5", ["fichier"]),
        ("Une pièce jointe dépasse la taille maximale de 3 Mo", "P6", ["fichier"]),
        ("Le bon de commande est illisible", "P8", ["fichier"]),
        ("Code opérateur de messagerie inexistant", "S2", ["operateurMessagerie"]),
        ("Le logiciel n'est pas référencé avec le profil Mailiz", "S3", ["operateurMessagerie"]),
        ("Profil « Référentiel d'identité » requis", "S3", ["isIdRef"]),
        ("Le profil « Envoi manuel par MSS au PS demandeur » manque", "S3", ["isForHospital"]),
        ("Profil non référencé", "S3", ["isIdRef", "isForHospital", "operateurMessagerie", "isFinalClientSCM"]),
        ("isIdRef et isIdSlave ne peuvent être vrais tous les deux", "S4", ["isIdRef", "isIdSlave"]),
        ("Envoi au DMP via une PFI : valeur incorrecte", "S1", ["isPFIToDMP"]),
        ("Envoi au DMP : valeur incorrecte", "S1", ["isDirectToDMP"]),
        ("SIRET différent de celui de l'enrôlement", "F2", ["SIRET"]),
        ("Numéro de référencement ANS inconnu", "F1", ["numeroAns"]),
    ],
)
def test_a_label_leads_to_its_rule_and_its_columns(label: str, rule: str, columns: list[str]) -> None:
    assert named(label) == (rule, columns)


@pytest.mark.parametrize("path", IN_THE_JSON)
@pytest.mark.parametrize("form", ["La balise {} est incorrecte", "{} : obligatoire", "erreur_{}_KO"])
def test_a_tag_leads_to_its_own_column(path: str, form: str) -> None:
    tag = path.partition(".")[2]
    for label in (form.format(tag), form.format(tag).upper()):
        advice = advice_for(label)
        assert advice is not None
        assert advice.fields[0] == path


@pytest.mark.parametrize(
    "label",
    [
        "",
        " ",
        "Demande acceptée",
        "Erreur technique",
        "R12",
        "Format incorrect",
        "Le fournisseur n'est pas enrôlé",
        "Demande rejetée",
        "typeAction : valeur attendue C",
        "numLigne en erreur",
        "a\x00\ud800",
    ],
)
def test_a_label_that_says_nothing_of_a_column_is_not_known(label: str) -> None:
    assert advice_for(label) is None


@pytest.mark.parametrize(
    "label",
    [
        "Numéro d'éditeur déjà utilisé",
        "NUMERO D’EDITEUR DEJA UTILISE",
        "nume\u0301ro  d'e\u0301diteur de\u0301ja\u0300 utilise\u0301",
    ],
)
def test_case_accents_and_spaces_do_not_count(label: str) -> None:
    assert named(label) == ("D1", ["numeroEditeur"])


@pytest.mark.parametrize(("pattern", "advice"), table(), ids=lambda one: getattr(one, "pattern", None))
def test_an_entry_is_well_made(pattern: re.Pattern[str], advice: Advice) -> None:
    assert advice.rule in RULE_IDS
    assert advice.fields
    assert set(advice.fields) <= COLUMNS
    assert advice.text.fr != advice.text.en
    assert not any(f" {mark}" in advice.text.fr for mark in ":;?!»")
    assert "« " not in advice.text.fr
    assert pattern.pattern == " ".join(unicodedata.normalize("NFKD", pattern.pattern).lower().replace("_", " ").split())
    assert not re.search(r"[*+](?!\?)|\{\d*,\}", pattern.pattern), "no gap without a bound"


@pytest.mark.parametrize(
    "word",
    ["date ", "date commande ", "finess ", "profil ", "fichier ", "isidref ", "a", "nom du de ", "numero editeur "],
)
def test_a_long_label_takes_no_long_time(word: str) -> None:
    start = time.process_time()
    advice_for(word * 100_000)
    assert time.process_time() - start < 1

"""The second control (§1.2): the format of each request, in the order of §3.2, up to the first error."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.agency.facts import FORMATS, KINDS, OPERATORS, YES_NO

Fault = tuple[str, str]
"""What stands in codeTraitement and libelleTraitement of a rejected request."""


def first_fault(line: dict[str, Any], position: int, used: Collection[str]) -> Fault | None:
    """The first error of one request, which stands at `position` (from 1) in its file; `used` are its supplier's
    numbers so far."""
    return next(_faults(line, position, used), None)


def _faults(line: dict[str, Any], position: int, used: Collection[str]) -> Iterator[Fault]:
    yield from _head(line, position)
    if line["numeroEditeur"] in used:
        yield "E40", f"Le numeroEditeur {line['numeroEditeur']} a déjà été utilisé"
    yield from _order(line["commande"])
    yield from _beneficiaries(line["beneficiaires"])
    yield from _pieces(line)
    yield from _scenario(line["scenarioInstallation"])
    yield from (_not_null(tag) for tag in ("codeTraitement", "libelleTraitement") if line[tag] is not None)


def _head(line: dict[str, Any], position: int) -> Iterator[Fault]:
    if type(line["numLigne"]) is not int or line["numLigne"] != position:
        yield "E10", f"Le champ numLigne doit être égal à {position}"
    if line["typeAction"] != "C":
        yield "E11", "Le champ typeAction doit être égal à C"
    if line["numeroASP"] is not None:
        yield _not_null("numeroASP")
    yield from _shape(line, "numeroEditeur", "[A-Za-z0-9]{5}", "5 caractères")


def _order(order: dict[str, Any]) -> Iterator[Fault]:
    if not _is_date(order["dateCommande"]):
        yield "E02", "Le champ dateCommande n'est pas au format JJ/MM/AAAA"
    if order["regimeTVA"] not in ("TTC", "HT"):
        yield "E03", "Le champ regimeTVA doit prendre la valeur TTC ou HT"
    amount = order["montantSegurHT"]
    if not isinstance(amount, Decimal) or amount.as_tuple().exponent != -2:
        yield "E02", "Le champ montantSegurHT doit comporter 2 chiffres après le point"
    elif amount <= 0:
        yield "E03", "Le champ montantSegurHT doit être supérieur à 0"


def _beneficiaries(block: dict[str, Any]) -> Iterator[Fault]:
    yield from _booleans(block, ("isMandataire", "isClientUnique"))
    contact = ("nomMandataire", "emailMandataire", "telephoneMandataire")
    if block["isMandataire"] is True and block["isClientUnique"] is False:
        yield from _contact(block, *contact)
    else:
        yield from (_not_null(tag) for tag in contact if block[tag] is not None)
    if not block["EtablissementsClients"] and not block["radLiberauxClients"]:
        yield "E20", "EtablissementsClients et radLiberauxClients sont vides : aucun bénéficiaire"
    for one in block["EtablissementsClients"]:
        yield from _shape(one, "numeroFINESSJuridique", "[0-9][0-9A-Z][0-9]{7}", "9 caractères")
        yield from _contact(one, "nomClient", "emailClient", "telephoneClient")
        yield from _list(one, "numérosFINESSGeos", "[0-9][0-9A-Z][0-9]{7}")
    for one in block["radLiberauxClients"]:
        yield from _radiologist(one)


def _radiologist(one: dict[str, Any]) -> Iterator[Fault]:
    yield from _shape(one, "RPPS", "[0-9]{11}|[0-9]{15}", "11 ou 15 chiffres")
    yield from _list(one, "AM", "[0-9]{9}")
    yield from _name(one, "nomRad")
    yield from (fault for tag in ("emailRad",) if one[tag] is not None for fault in _text(one, tag, 150))
    yield from (fault for tag in ("telephoneRad",) if one[tag] is not None for fault in _text(one, tag, 50))


def _pieces(line: dict[str, Any]) -> Iterator[Fault]:
    pieces = line["piecesJustificatives"]
    for piece in pieces:
        yield from _piece(piece, line["numeroEditeur"])
    kinds = [piece["typeFichier"] for piece in pieces]
    if kinds.count("BON_COMMANDE") != 1:
        yield "E30", "piecesJustificatives doit contenir un et un seul typeFichier BON_COMMANDE"
    if kinds.count("PREUVE_HT") > 1 or (line["commande"]["regimeTVA"] == "HT" and "PREUVE_HT" not in kinds):
        yield "E31", "piecesJustificatives doit contenir un typeFichier PREUVE_HT quand le regimeTVA est HT"


def _piece(piece: dict[str, Any], number: str) -> Iterator[Fault]:
    yield from _text(piece, "nomFichier", 50)
    if piece["formatFichier"] not in FORMATS:
        yield "E03", "Le champ formatFichier doit prendre la valeur PDF, PNG ou JPG"
    elif piece["typeFichier"] not in KINDS:
        yield "E03", "Le champ typeFichier doit prendre la valeur BON_COMMANDE ou PREUVE_HT"
    else:
        name = f"RAD-RIS-Va1-{KINDS[piece['typeFichier']]}-{number}.{piece['formatFichier'].lower()}"
        if piece["nomFichier"] != name:
            yield "E32", f"Le champ nomFichier ne respecte pas la nomenclature : {name} est attendu"


def _scenario(block: dict[str, Any]) -> Iterator[Fault]:
    yield from _booleans(block, YES_NO[:2])
    if block["operateurMessagerie"] not in OPERATORS:
        yield "E03", "Le champ operateurMessagerie n'est pas dans la liste des valeurs permises"
    yield from _booleans(block, YES_NO[2:])


def _contact(block: dict[str, Any], name: str, email: str, phone: str) -> Iterator[Fault]:
    yield from _name(block, name)
    yield from _text(block, email, 150)
    yield from _text(block, phone, 50)


def _name(block: dict[str, Any], tag: str) -> Iterator[Fault]:
    yield from _text(block, tag, 50)
    if isinstance(block[tag], str) and any(letter.islower() for letter in block[tag]):
        yield "E02", f"Le champ {tag} doit être en majuscules"


def _text(block: dict[str, Any], tag: str, below: int) -> Iterator[Fault]:
    if not isinstance(block[tag], str) or not block[tag].strip():
        yield "E01", f"Le champ {tag} est obligatoire"
    elif len(block[tag]) >= below:
        yield "E02", f"Le champ {tag} doit comporter moins de {below} caractères"


def _shape(block: dict[str, Any], tag: str, pattern: str, words: str) -> Iterator[Fault]:
    if not isinstance(block[tag], str) or not re.fullmatch(pattern, block[tag]):
        yield "E02", f"Le champ {tag} doit comporter {words}"


def _list(block: dict[str, Any], tag: str, pattern: str) -> Iterator[Fault]:
    if not block[tag]:
        yield "E01", f"Le champ {tag} est obligatoire"
    elif not all(isinstance(one, str) and re.fullmatch(pattern, one) for one in block[tag]):
        yield "E02", f"Le champ {tag} doit contenir des numéros de 9 caractères"


def _booleans(block: dict[str, Any], tags: tuple[str, ...]) -> Iterator[Fault]:
    yield from (("E02", f"Le champ {tag} doit être un booléen") for tag in tags if type(block[tag]) is not bool)


def _is_date(text: Any) -> bool:
    if not isinstance(text, str) or not re.fullmatch("[0-9]{2}/[0-9]{2}/[0-9]{4}", text):
        return False
    try:
        return bool(datetime.strptime(text, "%d/%m/%Y"))
    except ValueError:
        return False


def _not_null(tag: str) -> Fault:
    return "E04", f"Le champ {tag} doit être égal à null"

"""The first control (§1.2): the file as a whole. One fault, and the portal refuses it."""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn

from tests.agency.facts import MODEL, MOST_LINES


class Refused(Exception):  # noqa: N818 - what the portal says
    """The whole file is refused; its text is the portal's label."""


def read(content: bytes) -> dict[str, Any]:
    """The tree of a deposited file, amounts as Decimal; raises Refused."""
    if content.startswith(b"\xef\xbb\xbf"):
        raise Refused("Le fichier n'est pas au format JSON (marque d'ordre des octets)")
    try:
        tree = json.loads(
            content.decode("utf-8"), parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_once
        )
    except (ValueError, RecursionError) as error:
        raise Refused(f"Le fichier n'est pas au format JSON ({error})") from error
    _fits(tree, MODEL, "$")
    _header(tree)
    return tree


def check_name(name: str, tree: dict[str, Any]) -> None:
    """The file's name (§3.3); raises Refused."""
    match = re.fullmatch(r"JSON-(.{10})-([0-9]{8})-([0-9]{3})\.json", name)
    if not match or match[3] == "000":
        raise Refused(f"Le nom du fichier {name} ne respecte pas la nomenclature")
    try:
        datetime.strptime(match[2], "%Y%m%d")
    except ValueError as error:
        raise Refused(f"La date du nom du fichier {name} n'existe pas") from error
    if match[1] != tree["numeroAns"]:
        raise Refused(f"Le nom du fichier {name} ne porte pas le numeroAns {tree['numeroAns']}")


def _header(tree: dict[str, Any]) -> None:
    if tree["impId"] is not None:
        raise Refused("Le champ impId doit être égal à null")
    if not (isinstance(tree["numeroAns"], str) and len(tree["numeroAns"]) == 10):
        raise Refused("Le champ numeroAns doit comporter 10 caractères")
    if not (isinstance(tree["SIRET"], str) and re.fullmatch("[0-9]{14}", tree["SIRET"])):
        raise Refused("Le champ SIRET doit comporter 14 chiffres")
    if not tree["lignesImport"]:
        raise Refused("Le fichier ne contient aucune demande")
    if len(tree["lignesImport"]) > MOST_LINES:
        raise Refused(f"Le fichier contient plus de {MOST_LINES} demandes")


def _fits(tree: Any, model: Any, path: str) -> None:
    if isinstance(model, dict):
        _object_fits(tree, model, path)
    elif isinstance(model, list):
        _list_fits(tree, model, path)
    elif isinstance(tree, dict | list):
        raise Refused(f"{path} : une valeur simple est attendue")


def _object_fits(tree: Any, model: dict[str, Any], path: str) -> None:
    if not isinstance(tree, dict):
        raise Refused(f"{path} : un objet est attendu")
    missing, extra = [key for key in model if key not in tree], [key for key in tree if key not in model]
    if missing or extra:
        raise Refused(f"{path} : balises manquantes {missing}, balises inconnues {extra}")
    for key, one in model.items():
        _fits(tree[key], one, f"{path}.{key}")


def _list_fits(tree: Any, model: list[Any], path: str) -> None:
    if not isinstance(tree, list):
        raise Refused(f"{path} : un tableau est attendu")
    for n, one in enumerate(tree):
        _fits(one, model[0], f"{path}[{n}]")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("une balise apparaît deux fois")
    return dict(pairs)


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} n'est pas un nombre")

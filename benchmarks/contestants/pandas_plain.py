"""The same JSON files made plainly with pandas and openpyxl: nothing checked, no cell's place kept, no attachment looked at.

pandas_plain.py WORKBOOK OUT AAAAMMJJ
"""

import sys
from pathlib import Path
from typing import Any

import orjson
import pandas as pd

A_FILE = 200
SHORT = {"BON_COMMANDE": "BDC", "PREUVE_HT": "HT"}
Row = dict[Any, Any]
OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE

workbook, out, day = sys.argv[1:]
sheets = pd.read_excel(workbook, sheet_name=None, dtype=str, engine="openpyxl")
for name, frame in sheets.items():
    sheets[name] = frame.astype(object).where(frame.notna(), None)

order = sheets["Commande"]
order["dateCommande"] = pd.to_datetime(order["dateCommande"]).dt.strftime("%d/%m/%Y")
order["montantSegurHT"] = [orjson.Fragment(f"{float(amount):.2f}") for amount in order["montantSegurHT"]]
for name in ("Bénéficiaires", "Scénario d'installation"):
    for column in sheets[name].columns:
        if column.startswith("is"):
            sheets[name][column] = sheets[name][column] == "Oui"
sheets["Etablissements"]["numérosFINESSGeos"] = sheets["Etablissements"]["numérosFINESSGeos"].str.split(";")
sheets["Radiologues"]["AM"] = sheets["Radiologues"]["AM"].str.split(";")

pieces = sheets["Pièces justificatives"].merge(sheets["Entête demande"], on="demande", how="left")
ending = pieces["fichier"].str.rpartition(".")[2].str.lower().replace("jpeg", "jpg")
stem = "RAD-RIS-Va1-" + pieces["typeFichier"].map(SHORT) + "-" + pieces["numeroEditeur"]
pieces["nomFichier"] = stem + "." + ending
pieces["formatFichier"] = ending.str.upper()
sheets["Pièces justificatives"] = pieces[["demande", "nomFichier", "formatFichier", "typeFichier"]]


def many(name: str) -> dict[str, list[Row]]:
    """Request -> its rows of that sheet, in their order."""
    found: dict[str, list[Row]] = {}
    for row in sheets[name].to_dict("records"):
        found.setdefault(row.pop("demande"), []).append(row)
    return found


def one(name: str) -> dict[str, Row]:
    """Request -> its row of that sheet."""
    return {demande: rows[0] for demande, rows in many(name).items()}


orders, beneficiaries, scenarios = one("Commande"), one("Bénéficiaires"), one("Scénario d'installation")
establishments, radiologists, enclosed = many("Etablissements"), many("Radiologues"), many("Pièces justificatives")
lines = [
    {
        "numLigne": at % A_FILE + 1,
        "typeAction": "C",
        "numeroASP": None,
        "numeroEditeur": request["numeroEditeur"],
        "commande": orders[key],
        "beneficiaires": beneficiaries[key]
        | {"EtablissementsClients": establishments.get(key, []), "radLiberauxClients": radiologists.get(key, [])},
        "piecesJustificatives": enclosed[key],
        "scenarioInstallation": scenarios[key],
        "codeTraitement": None,
        "libelleTraitement": None,
    }
    for at, request in enumerate(sheets["Entête demande"].to_dict("records"))
    for key in [request["demande"]]
]
header = sheets["Entête fichier"].iloc[0]
Path(out).mkdir(parents=True, exist_ok=True)
for start in range(0, len(lines), A_FILE):
    tree = {"impId": None, "numeroAns": header["numeroAns"], "SIRET": header["SIRET"]}
    data = orjson.dumps(tree | {"lignesImport": lines[start : start + A_FILE]}, option=OPTIONS)
    (Path(out) / f"JSON-{header['numeroAns']}-{day}-{start // A_FILE + 1:03d}.json").write_bytes(data)

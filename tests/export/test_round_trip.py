"""Orders flattened, shuffled, exported and imported again are the requests that the workbook itself gives."""

from __future__ import annotations

import csv
import random
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings, strategies as st

from converter import check
from converter.export import read_export, read_mapping
from converter.jobs.importing import import_export
from converter.request import Dossier
from converter.reshape import reshape
from converter.workbook.read import open_book
from converter.workbook.tables import read_tables
from tests.books import DEPOSIT, SCENARIO, Book, a_book, a_request, write
from tests.export import HEADER, SPEC
from tests.property.test_round_trip import checked, emails, lists, names, numbers, phones

MAPPING = (
    HEADER.replace("SIRET = {", 'profils = { value = "Référentiel d\'identité; Mailiz" }\nSIRET = {')
    + """
["Entête demande"]
demande = "Clé"
[Commande]
dateCommande = "Date"
regimeTVA = { column = "TVA", map = { "Soumis" = "TTC" }, default = "HT" }
montantSegurHT = "Montant"
["Bénéficiaires"]
isMandataire = { value = "Non" }
isClientUnique = { value = "Oui" }
[Etablissements]
numeroFINESSJuridique = "EJ"
nomClient = "Client"
emailClient = "Mel"
telephoneClient = "Tel"
"numérosFINESSGeos" = { columns = ["ET 1", "ET 2", "ET 3", "ET 4"] }
[Radiologues]
RPPS = "RPPS"
AM = "AM"
nomRad = "Radiologue"
[["Pièces justificatives"]]
typeFichier = { value = "BON_COMMANDE" }
fichier = { format = "{Clé}.pdf" }
["Scénario d'installation"]
operateurMessagerie = { value = "API_35" }
"""
    + "\n".join(
        f'{name} = {{ value = "{"Oui" if name in ("isDirectToDMP", "isDirectToMSSPro") else "Non"}" }}'
        for name in SCENARIO
        if name != "operateurMessagerie"
    )
)
clients = names.filter(lambda name: not name.startswith("="))  # openpyxl would make a formula of it
sites = st.fixed_dictionaries(
    {"EJ": checked("75", 9), "Client": clients, "Mel": emails, "Tel": phones, "ET": lists(checked("33", 9))}
)
radiologists = st.fixed_dictionaries({"RPPS": checked("10", 11), "AM": numbers, "Radiologue": clients})
orders = st.fixed_dictionaries(
    {
        "Date": st.dates(DEPOSIT.replace(year=2020), DEPOSIT).map(lambda day: f"{day:%d/%m/%Y}"),
        "TVA": st.sampled_from(["Soumis", "soumis ", "Exonéré", ""]),
        "Montant": st.integers(1, 10**8).map(lambda cents: f"{cents // 100},{cents % 100:02d}"),
        "sites": st.lists(sites, min_size=1, max_size=3, unique_by=lambda one: one["EJ"]),
        "radiologists": st.lists(radiologists, max_size=3, unique_by=lambda one: one["RPPS"]),
    }
)


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    drawn=st.lists(orders, min_size=1, max_size=4),
    seed=st.integers(0, 2**32),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16"]),
)
def test_a_shuffled_flat_export_gives_the_same_requests(drawn: list[dict[str, Any]], seed: int, encoding: str) -> None:
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    with tempfile.TemporaryDirectory() as there:
        folder = Path(there)
        keys = [f"CMD {n}é" for n in range(len(drawn))]
        chance.shuffle(keys)
        lines = shuffled([flat(key, order) for key, order in zip(keys, drawn, strict=True)], chance)
        export = exported(folder, lines, encoding, chance)
        (folder / "m.toml").write_text(MAPPING, "utf-8")
        tables = read_export(export, read_mapping(folder / "m.toml", SPEC), SPEC)
        assert tables.findings == ()
        straight = reshape(tables, SPEC, {})
        appearing = dict.fromkeys(line["Clé"] for line in lines)
        own = a_book(*(typed(key, drawn[keys.index(key)]) for key in appearing))
        with open_book(write(folder, own, pieces=False)) as book:
            direct = reshape(read_tables(book, SPEC), SPEC, {})
        assert values(straight) == values(direct)
        import_export(export, folder / "m.toml", folder / "imported.xlsx", spec=SPEC)
        outcome = check(folder / "imported.xlsx", spec=SPEC, deposit=DEPOSIT, evidence=True)
        assert outcome.evidence is not None
        assert values(outcome.evidence.dossier) == values(direct)


def values(dossier: Dossier) -> list[Any]:
    """Header and requests, without where they come from."""
    requests = [
        (one.demande, {block: [item.values for item in some] for block, some in one.items.items()})
        for one in dossier.requests
    ]
    return [dossier.header.values, *requests]


def flat(key: str, order: dict[str, Any]) -> list[dict[str, str]]:
    """An order's lines: the order itself on each, a site and a radiologist as long as there are any."""
    whole = {"Clé": key, "Date": order["Date"], "TVA": order["TVA"], "Montant": order["Montant"]}
    lines = []
    for n in range(max(len(order["sites"]), len(order["radiologists"]))):
        line = dict(whole)
        for site in order["sites"][n : n + 1]:
            line |= {name: site[name] for name in ("EJ", "Client", "Mel", "Tel")}
            line |= {f"ET {at}": number for at, number in enumerate(site["ET"], 1)}
        for one in order["radiologists"][n : n + 1]:
            line |= one
        lines.append(line)
    return lines


def shuffled(orders_: list[list[dict[str, str]]], chance: random.Random) -> list[dict[str, str]]:
    """All lines in any order, those of one order one after the other; some of them twice."""
    mixed = []
    while any(orders_):
        lines = chance.choice([one for one in orders_ if one])
        mixed += [lines.pop(0)] * chance.choice([1, 1, 2])
    return mixed


def exported(folder: Path, lines: list[dict[str, str]], encoding: str, chance: random.Random) -> Path:
    columns = [
        "Clé",
        "Date",
        "TVA",
        "Montant",
        "EJ",
        "Client",
        "Mel",
        "Tel",
        "ET 1",
        "ET 2",
        "ET 3",
        "ET 4",
        "RPPS",
        "AM",
        "Radiologue",
        "Note",
    ]
    chance.shuffle(columns)
    with (folder / "orders.csv").open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(
            file,
            columns,
            restval="",
            delimiter=chance.choice(";,\t"),
            quoting=chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        )
        writer.writeheader()
        for line in lines:
            writer.writerow(line | {"Note": chance.choice(["", "a;b,c\td", "deux\nlignes", 'un "mot"'])})
    return folder / "orders.csv"


def typed(key: str, order: dict[str, Any]) -> Book:
    """The same order in the sheets of the workbook."""
    book = a_request(key, None)
    vat = "TTC" if order["TVA"].strip() == "Soumis" or order["TVA"].strip() == "soumis" else "HT"
    book["Commande"][0] |= {"dateCommande": order["Date"], "regimeTVA": vat, "montantSegurHT": order["Montant"]}
    book["Etablissements"] = [
        {"demande": key, "numeroFINESSJuridique": one["EJ"], "nomClient": one["Client"], "emailClient": one["Mel"],
         "telephoneClient": one["Tel"], "numérosFINESSGeos": "; ".join(one["ET"])}
        for one in order["sites"]
    ]  # fmt: skip
    book["Radiologues"] = [
        {"demande": key, "RPPS": one["RPPS"], "AM": one["AM"], "nomRad": one["Radiologue"]}
        for one in order["radiologists"]
    ] or [{"demande": None}]
    return book

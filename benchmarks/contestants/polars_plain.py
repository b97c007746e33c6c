"""The same JSON files made plainly with polars: nothing checked, no cell's place kept, no attachment looked at.

polars_plain.py WORKBOOK OUT AAAAMMJJ
"""

import sys
from pathlib import Path

import orjson
import polars as pl

A_FILE = 200
SHORT = {"BON_COMMANDE": "BDC", "PREUVE_HT": "HT"}
OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE

workbook, out, day = sys.argv[1:]
sheets = pl.read_excel(workbook, sheet_id=0, infer_schema_length=0)


def told(sheet: str, *but: str) -> list[pl.Expr]:
    """The columns of a sheet, key and `but` left out; Oui and Non of an is… column as true and false."""
    names = [name for name in sheets[sheet].columns if name not in ("demande", *but)]
    return [pl.col(name) == "Oui" if name.startswith("is") else pl.col(name) for name in names]


def one(sheet: str, name: str, *values: pl.Expr) -> pl.DataFrame:
    """A row of `sheet` a request, as one column `name`."""
    return sheets[sheet].select("demande", pl.struct(*values).alias(name))


def many(frame: pl.DataFrame, name: str, *values: pl.Expr) -> pl.DataFrame:
    """The rows of a request as a list, in their order."""
    return frame.group_by("demande", maintain_order=True).agg(pl.struct(*values).alias(name))


def numbers(name: str) -> pl.Expr:
    return pl.col(name).str.split(";")


ending = pl.col("fichier").str.extract(r"\.(\w+)$").str.to_lowercase().replace("jpeg", "jpg")
stem = pl.format("RAD-RIS-Va1-{}-{}", pl.col("typeFichier").replace(SHORT), pl.col("numeroEditeur"))
order = [
    pl.col("dateCommande").str.to_datetime("%Y-%m-%d %H:%M:%S").dt.strftime("%d/%m/%Y"),
    pl.col("regimeTVA"),
    pl.col("montantSegurHT").cast(pl.Decimal(12, 2)),
]
requests = sheets["Entête demande"]
for table in (
    one("Commande", "commande", *order),
    one("Bénéficiaires", "bénéficiaires", *told("Bénéficiaires")),
    one("Scénario d'installation", "scenarioInstallation", *told("Scénario d'installation")),
    many(
        sheets["Etablissements"],
        "EtablissementsClients",
        *told("Etablissements", "numérosFINESSGeos"),
        numbers("numérosFINESSGeos"),
    ),
    many(
        sheets["Radiologues"], "radLiberauxClients", pl.col("RPPS"), numbers("AM"), *told("Radiologues", "RPPS", "AM")
    ),
    many(
        sheets["Pièces justificatives"].join(requests, on="demande", maintain_order="left"),
        "piecesJustificatives",
        pl.format("{}.{}", stem, ending).alias("nomFichier"),
        ending.str.to_uppercase().alias("formatFichier"),
        pl.col("typeFichier"),
    ),
):
    requests = requests.join(table, on="demande", how="left", maintain_order="left")

lines = requests.select(
    (pl.int_range(pl.len()) % A_FILE + 1).alias("numLigne"),
    pl.lit("C").alias("typeAction"),
    pl.lit(None).alias("numeroASP"),
    "numeroEditeur",
    "commande",
    pl.struct(pl.col("bénéficiaires").struct.unnest(), "EtablissementsClients", "radLiberauxClients").alias(
        "beneficiaires"
    ),
    "piecesJustificatives",
    "scenarioInstallation",
    pl.lit(None).alias("codeTraitement"),
    pl.lit(None).alias("libelleTraitement"),
)
header = sheets["Entête fichier"].row(0, named=True)
Path(out).mkdir(parents=True, exist_ok=True)
for number, part in enumerate(lines.iter_slices(A_FILE), 1):
    tree = {"impId": None, "numeroAns": header["numeroAns"], "SIRET": header["SIRET"], "lignesImport": part.to_dicts()}
    data = orjson.dumps(tree, default=lambda amount: orjson.Fragment(str(amount)), option=OPTIONS)
    (Path(out) / f"JSON-{header['numeroAns']}-{day}-{number:03d}.json").write_bytes(data)

"""Makes the sample workbooks, their attachments and their expected output anew: `python sample_workbooks/make.py`.

Run it after a change that is meant to change them, and read the difference before committing it.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from dataclasses import replace
from datetime import date
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

import openpyxl
from PIL import Image, ImageDraw

from converter import load_spec
from converter.spec.model import Example
from converter.values.checks import luhn
from converter.workbook.blank import write_blank

HERE = Path(__file__).parent
Rows = dict[str, list[dict[str, Any]]]
PDF = (HERE.parent / "converter" / "specs" / "example" / "bon_de_commande.pdf").read_bytes()
IMPORT = ("import", "commandes_novembre.csv", "--mapping", "correspondance.toml", "-o", "demandes.xlsx")
CORRECTIONS = (("Commande", "B6", "05/11/2021"), ("Radiologues", "B8", "10009999102"))  # as the README tells
YES_NO = [
    one.name for one in load_spec().block("scenario").fields if one.form is not None and one.form.kind == "yesno"
]  # fmt: skip


def checked(stem: str) -> str:
    """`stem` with its check digit; the Corsican 2A and 2B count as 21 and 22."""
    return next(
        f"{stem}{digit}" for digit in range(10) if luhn(f"{stem}{digit}".replace("A", "1").replace("B", "2"))
    )  # fmt: skip


def picture(kind: str, text: str) -> bytes:
    image = Image.new("RGB", (620, 877), "white")
    ImageDraw.Draw(image).multiline_text((60, 80), text, fill="black", font_size=28)
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


class Workbook:
    """Rows by block, and the files they name."""

    def __init__(self, header: dict[str, Any]) -> None:
        self.rows: Rows = {"fichier": [header]}
        self.files: dict[str, bytes] = {}

    def add(self, key: str, block: str, **values: Any) -> None:
        self.rows.setdefault(block, []).append({"demande": key, **values})

    def order(self, key: str, day: Any, amount: Any, vat: Any = "TTC", number: Any = None, **scenario: Any) -> None:
        self.add(key, "demande", **({"numeroEditeur": number} if number is not None else {}))
        self.add(key, "commande", dateCommande=day, regimeTVA=vat, montantSegurHT=amount)
        answers = dict.fromkeys(YES_NO, False) | {"isDirectToDMP": True, "isDirectToMSSPro": True}
        self.add(key, "scenario", **{**answers, "operateurMessagerie": "API_35", **scenario})

    def client(self, key: str, name: str, legal: str, *geos: str, **more: Any) -> None:
        email = f"contact@{re.sub('[^a-z0-9]+', '-', name.lower())}.example"
        values = {"emailClient": email, "telephoneClient": "01 42 00 00 10", **more}
        self.add(key, "etablissements", numeroFINESSJuridique=legal, nomClient=name, **values)
        self.rows["etablissements"][-1]["numérosFINESSGeos"] = "; ".join(geos or (legal,))

    def radiologist(self, key: str, name: str, rpps: Any, *numbers: str, **more: Any) -> None:
        self.add(key, "radiologues", RPPS=rpps, AM="; ".join(numbers), nomRad=name, **more)

    def carried(self, key: str, agent: bool = False, single: bool = True, **contact: Any) -> None:
        self.add(key, "beneficiaires", isMandataire=agent, isClientUnique=single, **contact)

    def piece(self, key: str, name: str, kind: str = "BON_COMMANDE", content: bytes = PDF) -> None:
        self.add(key, "pieces", typeFichier=kind, fichier=name)
        self.files[name] = content

    def write(self, path: Path) -> None:
        shutil.rmtree(path.parent, ignore_errors=True)
        rows = {block: tuple(some) for block, some in self.rows.items()}
        write_blank(replace(load_spec(), example=Example(rows=rows)), path, "fr", example=True)
        for name, content in self.files.items():
            (path.parent / name).parent.mkdir(parents=True, exist_ok=True)
            (path.parent / name).write_bytes(content)


def month() -> Workbook:
    """A dozen orders of November 2021, as different from each other as orders are."""
    book = Workbook({"numeroAns": "RIS2021001", "SIRET": "73282932000074", "profils": "Référentiel d'identité; Mailiz"})
    for n in range(1, 13):
        key = f"CMD-2021-{n:03d}"
        legal, rpps = checked(f"75{n:06d}"), checked(f"1000{n:06d}")
        am = f"7510000{n:02d}"
        ht = n in (3, 9)
        scenario = {"isIdRef": True} if n == 5 else {"operateurMessagerie": "MAI_15"} if n == 6 else {}
        book.order(key, date(2021, 11, n + 1), 9_500 + 1_234.5 * n, "HT" if ht else "TTC", **scenario)
        if n == 2:
            agent = {"nomMandataire": "LEROY", "emailMandataire": "a.leroy@groupe.example"}
            book.carried(key, agent=True, single=False, **agent, telephoneMandataire="05 56 00 00 20")
        else:
            book.carried(key, single=n not in (4, 8))
        if n == 4:  # Corsica: letters in the number
            book.client(key, "CLINIQUE D'AJACCIO", checked("2A000012"), checked("2A000034"), checked("2A000056"))
            book.client(key, "CLINIQUE DE BASTIA", checked("2B000012"), telephoneClient="04 95 00 00 40")
        elif n not in (7, 10):
            book.client(key, f"CENTRE D'IMAGERIE {'ABCDEFGHIJKL'[n - 1]}", legal)
        if n in (2, 7, 8, 10):
            book.radiologist(key, "MARTIN", rpps, am, emailRad="martin@radio.example")
        if n == 8:  # one radiologist on two rows: one item with three numbers
            book.radiologist(key, "MARTIN", rpps, f"7520000{n:02d}", f"7530000{n:02d}")
        ending = {5: "png", 6: "jpg"}.get(n, "pdf")
        text = f"BON DE COMMANDE\n{key}\nEXEMPLE"
        content = PDF if ending == "pdf" else picture("PNG" if ending == "png" else "JPEG", text)
        book.piece(key, f"bons/{key}.{ending}", content=content)
        if ht:
            book.piece(key, f"preuves/{key}.pdf", "PREUVE_HT")
    return book


def faulty() -> Workbook:
    """What goes wrong most, once each: more than twenty different rules speak."""
    book = Workbook({"numeroAns": "RIS 2021", "SIRET": "73282932000075", "profils": "Mailiz"})
    keys = [f"CMD-{n:02d}" for n in range(1, 9)]
    for n, key in enumerate(keys, 1):
        book.order(key, date(2021, 11, n), 10_000 * n, number=f"{n:05d}")
        book.carried(key)
        book.client(key, f"CLINIQUE {n}", checked(f"33{n:06d}"))
        book.piece(key, f"{key}.pdf")
    rows = book.rows
    rows["demande"][1]["numeroEditeur"] = "00001"  # D1
    rows["commande"][0]["dateCommande"] = "31/11/2021"  # C1
    rows["commande"][1]["dateCommande"] = date(2018, 11, 2)  # C2
    rows["commande"][2]["regimeTVA"] = "TVA"  # C3
    rows["commande"][3]["montantSegurHT"] = "31,162.00"  # C4
    rows["commande"][4]["regimeTVA"] = "HT"  # P2
    rows["beneficiaires"][0]["isMandataire"] = "peut-être"  # B1
    rows["beneficiaires"][1]["nomMandataire"] = "LEROY"  # B3
    rows["etablissements"][0]["nomClient"] = "Clinique du Parc"  # X7
    rows["etablissements"][1]["emailClient"] = "clinique.parc"  # B5
    rows["etablissements"][2]["telephoneClient"] = "12 34"  # B6
    rows["etablissements"][3]["telephoneClient"] = None  # B8
    rows["etablissements"][4]["numeroFINESSJuridique"] = "33000"  # B9
    book.radiologist(keys[5], "DURAND", "810003456786", "123456789")  # B11
    book.radiologist(keys[6], "DURAND", checked("1000345678"), "12345678")  # B12
    book.radiologist("CMD-99", "PERSONNE", checked("1000345678"), "123456789")  # X3
    del rows["etablissements"][7]  # B7
    rows["pieces"][2]["typeFichier"] = "FACTURE"  # P3
    rows["pieces"][3]["fichier"] = "CMD-40.pdf"  # P4
    book.files["CMD-05.pdf"] = b"Bon de commande"  # P5
    rows["scenario"][5]["isIdRef"] = True  # S3
    rows["scenario"][6]["operateurMessagerie"] = "Mailis"  # S2
    rows["scenario"][7]["isDirectToDMP"] = False  # S4
    rows["scenario"][0]["isIdSlave"] = None  # S1
    return book


COLUMNS = [
    "N° commande", "Statut", "Date de commande", "TVA", "Montant HT (€)", "Raison sociale", "FINESS EJ", "FINESS ET 1",
    "FINESS ET 2", "Courriel client", "Tél. client", "RPPS", "N° AM", "Radiologue", "Opérateur MSS", "Bon de commande",
    "Attestation", "Suivi",
]  # fmt: skip


def export_lines() -> list[list[str]]:
    """An order system's lines of a month: one for each establishment or radiologist of an order."""
    lines: list[list[str]] = []
    names = ["CENTRE D’IMAGERIE DU SACRÉ-CŒUR", "CLINIQUE DE L’ŒIL", "IRM DU PARC", "SCANNER DES DEUX RIVES"]
    for n, name in enumerate([*names, "RADIOLOGIE DE L’EST"], 1):
        key, legal = f"V21-{n:04d}", checked(f"75{n:06d}")
        vat = "Exonéré" if n == 2 else "Soumis"
        first = [key, "Annulée" if n == 5 else "Signée" if n % 2 else "Facturée", f"{n + 9:02d}/11/2021", vat]
        first += [f"{8_000 + 1_250.5 * n:.2f}".replace(".", ",")]
        last = ["MAI_15" if n == 3 else "API_35", f"bons/{key}.pdf", f"attestations/{key}.pdf" if n == 2 else ""]
        site = [name, legal, checked(f"33{n:06d}"), checked(f"34{n:06d}") if n == 1 else ""]
        site += [f"contact{n}@imagerie.example", f"01 42 00 00 {n:02d}"]
        nobody, no_site = ["", "", ""], [""] * 6
        lines.append([*first, *site, *nobody, *last, "prix en €"])
        if n == 1:  # the same order again: a radiologist, with two numbers on two lines
            rad = [[checked("1000000001"), number, "LEBŒUF"] for number in ("751000011", "751000012")]
            lines += [[*first, *no_site, *one, *last, "suite"] for one in rad]
        if n == 4:  # a second establishment
            other = ["SCANNER DE LA GARE", checked("76000004"), checked("77000004"), "", site[4], site[5]]
            lines.append([*first, *other, *nobody, *last, ""])
    return lines


def export(folder: Path) -> None:
    """The export as Excel writes a CSV in France, and its attachments; the mapping beside it is kept."""
    for name in ("bons", "attestations"):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir(parents=True)
    lines = export_lines()
    text = "".join(";".join(f'"{one}"' if ";" in one else one for one in line) + "\r\n" for line in [COLUMNS, *lines])
    (folder / "commandes_novembre.csv").write_bytes(text.encode("cp1252"))
    for path in {one for line in lines for one in line[15:17] if one}:
        (folder / path).write_bytes(PDF)
    with tempfile.TemporaryDirectory() as there:  # the workbook itself is not kept
        copy = Path(there) / "export"
        shutil.copytree(folder, copy)
        expected(copy, *IMPORT)
        shutil.rmtree(folder / "expected", ignore_errors=True)
        (folder / "expected").mkdir()
        shutil.copy(copy / "expected" / "output.txt", folder / "expected" / "output.txt")


LETTER = """Bonjour,

Veuillez trouver ci-joint nos commandes de novembre, avec les bons de commande signés.
{more}
Merci et bonne journée,
Marie Dupont
Agence de Bordeaux
"""


def by_mail(faulty: bool) -> Workbook:
    """What a sales office sends: three orders, or two with the slips that are made most."""
    book = Workbook({"numeroAns": "RIS2021001", "SIRET": "73282932000074", "profils": "Référentiel d'identité; Mailiz"})
    for n in range(1, 3 if faulty else 4):
        key = f"BX-{n + 10 * faulty:03d}"
        legal = checked(f"33{n + 10 * faulty:06d}")
        book.order(key, date(2021, 11, n + 7), 12_400 + 850.5 * n)
        book.carried(key)
        book.client(key, f"CABINET D'IMAGERIE {'ABC'[n - 1]}{' BIS' if faulty else ''}", legal)
        scan = picture("JPEG", f"BON DE COMMANDE\n{key}\nsigné le {n + 8:02d}/11/2021\nEXEMPLE")
        book.piece(key, f"Bon signé {key}.{'jpg' if n == 2 else 'pdf'}", content=scan if n == 2 else PDF)
    if faulty:
        book.rows["commande"][0]["dateCommande"] = "31/11/2021"  # C1
        book.rows["etablissements"][1]["telephoneClient"] = "12 34"  # B6
        book.rows["pieces"][1]["fichier"] = "Bon signe BX-012.jpeg"  # P4: a near miss
    return book


def message(path: Path, name: str, book: Workbook, subject: str, more: str) -> None:
    """The workbook and its files in a message as Outlook builds it: a logo, and names in two ways of writing."""
    with tempfile.TemporaryDirectory() as there:
        book.write(Path(there) / "book" / "book.xlsx")
        workbook = (Path(there) / "book" / "book.xlsx").read_bytes()
    text = LETTER.format(more=more)
    html = "".join(f"<p>{line}</p>" for line in text.splitlines() if line) + '<img src="cid:logo@vendeur">'
    related = MIMEMultipart("related", boundary=f"=_{path.stem}_related")
    related.attach(MIMEText(html, "html", "utf-8"))
    logo = MIMEImage(picture("PNG", "logo"), "png")
    logo.add_header("Content-ID", "<logo@vendeur>")
    logo.add_header("Content-Disposition", "inline", filename="image001.png")
    related.attach(logo)
    both = MIMEMultipart("alternative", boundary=f"=_{path.stem}_alternative")
    both.attach(MIMEText(text, "plain", "utf-8"))
    both.attach(related)
    whole = MIMEMultipart("mixed", boundary=f"=_{path.stem}_mixed")
    headers = {
        "From": "Marie Dupont <marie.dupont@vendeur.example>",
        "To": "depots@vendeur.example",
        "Subject": subject,
    }
    headers |= {"Date": "Mon, 29 Nov 2021 09:12:44 +0100", "Message-ID": f"<{path.stem}.20211129@vendeur.example>"}
    for one, value in headers.items():
        whole[one] = value
    whole.attach(both)
    files = {name: workbook, **book.files}
    for number, (one, content) in enumerate(files.items()):
        part = MIMEApplication(content)
        encoded = ("utf-8", "", one) if number % 2 else Header(unicodedata.normalize("NFD", one), "utf-8").encode()
        part.add_header("Content-Disposition", "attachment", filename=encoded)
        whole.attach(part)
    path.write_bytes(whole.as_bytes())


def courriel(folder: Path) -> None:
    """Two messages of a sales office, and their answers."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    message(folder / "sample.eml", "commandes novembre.xlsx", by_mail(False), "Commandes de novembre, Bordeaux", "")
    more = "Il y en a deux de plus que j'avais oubliées."
    message(folder / "a_corriger.eml", "oubliées.xlsx", by_mail(True), "RE: Commandes de novembre, Bordeaux", more)
    expected(folder, "mail", "read", "sample.eml", "a_corriger.eml", "--date", "2021-11-30")


def expected(folder: Path, *command: str) -> None:
    """Run a sample's command in its folder and keep what it prints and writes."""
    out = folder / "expected"
    shutil.rmtree(out, ignore_errors=True)
    target = () if command[0] == "import" else ("--out", "expected/depot")
    words = [sys.executable, "-m", "converter", *command, "--lang", "fr", *target]
    with tempfile.TemporaryDirectory() as data:  # a ledger of its own, empty
        environment = {**os.environ, "XDG_DATA_HOME": data, "LOCALAPPDATA": data}
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    out.mkdir(exist_ok=True)
    (out / "output.txt").write_text(done.stdout.replace("expected/depot", "depot"), "utf-8")
    print(f"{folder.name}: exit {done.returncode}")


def converter(folder: Path, *words: str) -> None:
    """Run a command in `folder`, with a ledger that is kept there."""
    environment = {**os.environ, "XL2JSON_LEDGER": str(folder / "ledger.sqlite")}
    command = [sys.executable, "-m", "converter", *words]
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


def answer(deposit: Path, reference: str, first: int, rejected: dict[str, tuple[str, str]]) -> bytes:
    """What the agency gives back for a deposit: `rejected` maps numbers to code and label, all others are accepted."""
    tree = json.loads(deposit.read_text("utf-8"))
    tree["impId"] = reference
    for asp, line in enumerate(tree["lignesImport"], first):
        code, label = rejected.get(line["numeroEditeur"], ("00", "Demande acceptée"))
        line |= {"codeTraitement": code, "libelleTraitement": label}
        if code == "00":
            line["numeroASP"] = f"{asp:09d}"
    return json.dumps(tree, ensure_ascii=False, indent=2).encode()


def answers(mois: Path) -> None:
    """The agency's two answers: to the first deposit of the month, and to what is sent again once it is corrected."""
    rejected = {
        "00003": ("12", "Le champ dateCommande ne correspond pas au bon de commande"),
        "00010": ("31", "RPPS inconnu au répertoire"),
    }
    with tempfile.TemporaryDirectory() as there:
        folder = Path(there) / "mois"
        shutil.copytree(mois, folder)
        (mois / "reponses").mkdir(exist_ok=True)
        converter(folder, "novembre_2021.xlsx", "--date", "2021-11-30")
        name = "JSON-RIS2021001-20211130-001.json"
        (mois / "reponses" / name).write_bytes(answer(folder / "depot" / name, "IMP-2021-0417", 210_417_001, rejected))
        converter(folder, "feedback", str(mois / "reponses" / name))
        book = openpyxl.load_workbook(folder / "novembre_2021.xlsx")
        for sheet, cell, value in CORRECTIONS:
            book[sheet][cell] = value
        book.save(folder / "novembre_2021.xlsx")
        converter(folder, "novembre_2021.xlsx", "--date", "2021-12-06")
        name = "JSON-RIS2021001-20211206-001.json"
        (mois / "reponses" / name).write_bytes(answer(folder / "depot" / name, "IMP-2021-0433", 210_433_001, {}))


def main() -> None:
    radio = HERE / "radio_2000"
    shutil.rmtree(radio, ignore_errors=True)
    write_blank(load_spec(), radio / "radio_2000.xlsx", "fr", example=True)
    month().write(HERE / "mois" / "novembre_2021.xlsx")
    faulty().write(HERE / "fautes" / "fautes.xlsx")
    expected(radio, "radio_2000.xlsx", "--date", "2021-11-30")
    expected(HERE / "mois", "novembre_2021.xlsx", "--date", "2021-11-30")
    answers(HERE / "mois")
    export(HERE / "export")
    courriel(HERE / "courriel")
    expected(HERE / "fautes", "check", "fautes.xlsx", "--date", "2021-11-30")


if __name__ == "__main__":
    main()

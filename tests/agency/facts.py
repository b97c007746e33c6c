"""What the guide DTJSONAVANCE-RAD-RIS-VA1 says, read a second time; nothing here is taken from `converter`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

ACCEPTED: Final = "Demande acceptée"  # §1.2
MOST_LINES: Final = 200  # §2.1
MOST_ZIP: Final = 200_000_000  # §2.1, "200 Mo"
MOST_PIECE: Final = 3 * 2**20  # §2.1, "3Mo" at its widest

# §4: the codes alone
OPERATORS: Final = frozenset((Path(__file__).parent / "operateurs.txt").read_text("utf-8").splitlines())

KINDS: Final = {"BON_COMMANDE": "BDC", "PREUVE_HT": "HT"}  # §3.3
FORMATS: Final = {"PDF": b"%PDF-", "JPG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n"}  # §3.2, and how each begins

YES_NO: Final = (
    "isIdRef",
    "isForHospital",
    "isFinalClientSCM",
    "isProSanteConnectNeeded",
    "isIdSlave",
    "isDirectToDMP",
    "isPFIToDMP",
    "isDirectToMSSPro",
    "isPFIToMSSPro",
    "isDirectToMSSCitoyen",
    "isPFIToMSSCitoyen",
)

ESTABLISHMENT: Final = dict.fromkeys(("numeroFINESSJuridique", "nomClient", "emailClient", "telephoneClient"))
RADIOLOGIST: Final = {"RPPS": None, "AM": [None], "nomRad": None, "emailRad": None, "telephoneRad": None}

LINE: Final[dict[str, Any]] = {
    **dict.fromkeys(("numLigne", "typeAction", "numeroASP", "numeroEditeur")),
    "commande": dict.fromkeys(("dateCommande", "regimeTVA", "montantSegurHT")),
    "beneficiaires": {
        **dict.fromkeys(("isMandataire", "isClientUnique", "nomMandataire", "emailMandataire", "telephoneMandataire")),
        "EtablissementsClients": [{**ESTABLISHMENT, "numérosFINESSGeos": [None]}],
        "radLiberauxClients": [RADIOLOGIST],
    },
    "piecesJustificatives": [dict.fromkeys(("nomFichier", "formatFichier", "typeFichier"))],
    "scenarioInstallation": dict.fromkeys((*YES_NO[:2], "operateurMessagerie", *YES_NO[2:])),
    "codeTraitement": None,
    "libelleTraitement": None,
}
MODEL: Final[dict[str, Any]] = {"impId": None, "numeroAns": None, "SIRET": None, "lignesImport": [LINE]}
"""The model of file that the portal hands out (§2.2): an object, a list of its one element's shape, None for a value."""

WHIMS: Final = {
    "dateCommande": "La dateCommande {} est antérieure à l'ouverture du dispositif",
    "montantSegurHT": "Le champ montantSegurHT {} dépasse le montant maximum de la prestation",
    "numeroFINESSJuridique": "Le numeroFINESSJuridique {} est inconnu du référentiel FINESS",
    "emailClient": "Le champ emailClient « {} » n'est pas une adresse valide",
    "telephoneClient": "Le champ telephoneClient « {} » n'est pas un numéro valide",
    "RPPS": "Le numéro RPPS {} est inconnu de l'annuaire",
    "nomRad": "Le champ nomRad « {} » ne correspond pas au numéro RPPS",
    "operateurMessagerie": "L'operateurMessagerie {} n'est plus référencé",
}
"""What it may say of a value that looks sound, by tag: what its own registers know and a supplier cannot."""

"""The zip beside a JSON (§2.1, §3.3): exactly the pieces that the JSON names, each of its size and kind."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

from tests.agency.facts import FORMATS, MOST_PIECE, MOST_ZIP


def zip_fault(tree: dict[str, Any], content: bytes | None) -> str | None:
    """What is wrong with the zip of a file whose structure is sound; None where nothing is."""
    named = [piece for line in tree["lignesImport"] for piece in line["piecesJustificatives"]]
    if content is None:
        return "Le fichier zip des pièces justificatives est absent" if named else None
    if len(content) > MOST_ZIP:
        return "Le fichier zip dépasse 200 Mo"
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _members_fault(archive, named)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        return f"Le fichier zip est illisible ({error})"


def _members_fault(archive: zipfile.ZipFile, named: list[dict[str, Any]]) -> str | None:
    there, wanted = sorted(archive.namelist()), sorted({str(piece["nomFichier"]) for piece in named})
    if there != wanted:
        missing, extra = sorted(set(wanted) - set(there)), sorted(set(there) - set(wanted))
        return f"Le contenu du zip ne correspond pas au JSON : absents {missing}, inattendus {extra}"
    faults = (_piece_fault(archive, piece) for piece in named)
    return next((fault for fault in faults if fault), None)


def _piece_fault(archive: zipfile.ZipFile, piece: dict[str, Any]) -> str | None:
    name = piece["nomFichier"]
    if archive.getinfo(name).file_size > MOST_PIECE:
        return f"La pièce {name} dépasse 3 Mo"
    content = archive.read(name)
    if not content:
        return f"La pièce {name} est vide"
    if not content.startswith(FORMATS.get(piece["formatFichier"], b"")):
        return f"La pièce {name} n'est pas au format {piece['formatFichier']}"
    return None

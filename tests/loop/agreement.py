"""What must hold, whatever happened: the agency's memory, the ledger and the files on the disk say the same."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.agency.facts import ACCEPTED
from tests.loop.desk import Desk, Document, file_of

LIVE = {"reserved", "prepared", "deposited", "incomplete", "bounced", "accepted", "rejected"}


def holds(desk: Desk) -> list[Document]:
    """Hold all three against each other; returns what the ledger lists."""
    entries = desk.entries()
    _no_number_twice(desk, entries)
    _one_of_each(desk, entries)
    _answers_are_known(desk, entries)
    _files_are_as_they_were(desk, entries)
    return entries


def all_is_accepted(desk: Desk) -> None:
    """The end: every request is accepted, once, and nothing else is left."""
    entries = holds(desk)
    accepted = [one for one in entries if one["state"] == "accepted"]
    assert sorted(one["demande"] for one in accepted) == sorted(desk.good)
    assert Counter(one["state"] for one in entries if one["numeroEditeur"] in _answered(desk)) == Counter(
        accepted=len(desk.agency.accepted), replaced=len(desk.agency.rejected)
    )
    assert {one["state"] for one in entries} <= {"accepted", "replaced", "withdrawn"}
    by_finess = {rows["Etablissements"][0]["numeroFINESSJuridique"]: key for key, rows in desk.good.items()}
    taken = {_finess(verdict.line): verdict for verdict in desk.agency.accepted}
    assert {by_finess[finess]: verdict.number for finess, verdict in taken.items()} == {
        one["demande"]: one["numeroEditeur"] for one in accepted
    }


def _no_number_twice(desk: Desk, entries: list[Document]) -> None:
    at_the_agency = Counter(verdict.number for verdict in desk.agency.verdicts)
    assert not [number for number, times in at_the_agency.items() if times > 1]
    in_the_ledger = Counter(one["numeroEditeur"] for one in entries)
    assert not [number for number, times in in_the_ledger.items() if times > 1]
    assert set(at_the_agency) <= set(in_the_ledger)


def _one_of_each(desk: Desk, entries: list[Document]) -> None:
    accepted = Counter(_finess(verdict.line) for verdict in desk.agency.accepted)
    assert not [finess for finess, times in accepted.items() if times > 1]
    live = Counter(one["demande"] for one in entries if one["state"] in LIVE - {"rejected", "reserved"})
    assert not [demande for demande, times in live.items() if times > 1]


def _answers_are_known(desk: Desk, entries: list[Document]) -> None:
    """What the agency said, and the ledger was shown, stands in the ledger; of the rest it knows nothing."""
    by_number = {one["numeroEditeur"]: one for one in entries}
    for verdict in desk.agency.verdicts:
        entry = by_number[verdict.number]
        if verdict.file not in desk.read:
            assert entry["numeroASP"] is None
            assert entry["state"] in ("deposited", "incomplete"), entry
        elif verdict.asp:
            assert (entry["numeroASP"], entry["state"], entry["libelleTraitement"]) == (
                verdict.asp,
                "accepted",
                ACCEPTED,
            )
        else:
            said = (entry["numeroASP"], entry["codeTraitement"], entry["libelleTraitement"])
            assert said == (None, verdict.code, verdict.label)
            assert entry["state"] in ("rejected", "replaced")


def _files_are_as_they_were(desk: Desk, entries: list[Document]) -> None:
    """Each file that was or may be deposited stands somewhere, once, with the bytes that it had."""
    lines: dict[str, list[tuple[int, str]]] = {}
    for one in entries:
        if one["state"] in ("prepared", "deposited", "incomplete", "accepted", "rejected", "replaced"):
            lines.setdefault(file_of(one), []).append((one["numLigne"], one["numeroEditeur"]))
    for name, numbers in lines.items():
        content = desk.where(name).read_bytes()
        tree = json.loads(content)
        assert [(line["numLigne"], line["numeroEditeur"]) for line in tree["lignesImport"]] == sorted(numbers), name
        assert name not in desk.agency.files or _sha(content) == _sha(desk.agency.files[name])
    assert set(desk.agency.files) <= set(lines)
    _nothing_is_left_over(desk, set(lines))


def _nothing_is_left_over(desk: Desk, known: set[str]) -> None:
    """No file lies about that a person might deposit by mistake."""
    there = {path.name for out in desk.outs for path in out.glob("*.json")}
    assert there - desk.bounced == known - desk.bounced
    for out in desk.outs:
        stems = {path.stem for path in out.glob("*.json")}
        others = {path.stem for path in out.iterdir() if not path.name.startswith((".", "a_corriger"))}
        assert others <= stems


def _answered(desk: Desk) -> set[str]:
    return {verdict.number for verdict in desk.agency.verdicts}


def _finess(line: dict[str, Any]) -> str:
    return str(line["beneficiaires"]["EtablissementsClients"][0]["numeroFINESSJuridique"])


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digests(desk: Desk) -> dict[Path, str]:
    """Every file in every folder that deposits were written to, with its SHA-256."""
    return {path: _sha(path.read_bytes()) for out in desk.outs for path in out.rglob("*") if path.is_file()}

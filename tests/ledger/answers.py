"""The agency's answer, made from a JSON that was written: these are accepted, those rejected.

answer(path, accept={"00001": "A1"}, reject={"00002": "Date invalide"})     # `path` is the deposit; returns the answer's
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path


def answer(deposit: Path, *, accept: Mapping[str, str] | None = None, reject: Mapping[str, str] | None = None) -> Path:
    """The answer to `deposit`, in the folder `answers` beside its folder; lines of neither kind come back blank."""
    accept, reject = accept or {}, reject or {}
    tree = json.loads(deposit.read_bytes())
    for line in tree["lignesImport"]:
        number = line["numeroEditeur"]
        label = "Demande acceptée" if number in accept else reject.get(number)
        line |= {"numeroASP": accept.get(number), "libelleTraitement": label}
    path = deposit.parent.parent / "answers" / deposit.name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(tree | {"impId": 1}, ensure_ascii=False), "utf-8")
    return path

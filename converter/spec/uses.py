"""What a spec file may say: the keys of each table, and the options of each rule that crosses fields.

A type is `str`, `int`, `bool`, `list`, `dict`, `Text` (a table with fr and en), or one of the markers below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from converter.wording import Text


class Ref:
    """The path of a field, `block.name`."""


class Refs:
    """A list of paths of fields."""


class BlockRefs:
    """A list of block ids."""


class BlockRef:
    """A block's id."""


TOP: Final = {
    "name": str, "version": str, "guide": str, "title": Text, "limits": dict, "names": dict, "advance": dict,
    "key": dict, "answer": dict, "lists": dict, "blocks": list, "rules": list, "example": dict,
}  # fmt: skip
OPTIONAL_TOP: Final = {"answer", "rules", "example", "lists"}

LIMITS: Final = dict.fromkeys(
    ("requests_per_file", "zip_bytes", "attachment_bytes", "attachment_safe_bytes", "last_file_number"), int
)
NAMES: Final = {"json": str, "attachment": str}
ADVANCE: Final = {"share": str, "amount": Ref, "kind": Text}
KEY: Final = {"column": str, "number": Ref, "supplier": Ref, "software": Ref, "question": Text}
ANSWER: Final = {"accepted": str, "asp": Ref, "code": Ref, "label": Ref, "block": BlockRef}
TABLES: Final[dict[str, Mapping[str, type]]] = {
    "limits": LIMITS,
    "names": NAMES,
    "advance": ADVANCE,
    "key": KEY,
    "answer": ANSWER,
}
LIST: Final = {"file": str, "codes": list, "in_names": list, "endings": list}

BLOCK: Final = {
    "id": str, "sheet": str, "rows": str, "title": Text, "fields": list, "optional": bool, "merge_by": str,
    "merge_rule": str,
}  # fmt: skip
BLOCK_NEEDS: Final = ("id", "sheet", "rows", "title", "fields")
ROWS: Final = ("file", "request", "one", "optional", "many")

FIELD: Final = {
    "name": str, "kind": str, "made": str, "holds": str, "json": bool, "required": bool, "many": bool, "rule": str,
    "check_rule": str, "blank_rule": str, "twice_rule": str, "list": str, "lengths": list, "characters": str,
    "pad": str, "check": str, "max": int, "type": str, "format": str, "value": str, "section": str, "question": Text,
}  # fmt: skip
FIELD_WORDS: Final = {
    "kind": (
        "identifier",
        "date",
        "amount",
        "yesno",
        "choice",
        "text",
        "name",
        "labels",
        "attachment",
        "email",
        "phone",
    ),
    "made": ("null", "line", "fixed", "attachment_name", "attachment_format"),
    "characters": ("digits", "alphanumeric", "finess", "filename"),
    "pad": ("any", "one", "checked", "none"),
    "check": ("siret", "finess", "rpps"),
}

RULES: Final[dict[str, dict[str, type]]] = {
    "date_window": {"field": Ref, "years": int},
    "not_both": {"fields": Refs, "at": Ref},
    "one_yes": {"fields": Refs},
    "filled_only_if": {"fields": Refs, "yes": Refs, "no": Refs},
    "any_row": {"blocks": BlockRefs},
    "single": {"field": Ref, "block": BlockRef},
    "shared": {"fields": Refs},
    "piece_needed": {"field": Ref, "code": str},
    "piece_if": {"field": Ref, "code": str, "when": Ref, "is": str},
    "once_each": {"field": Ref},
    "accepted": {"field": Ref},
    "profiles": {"field": Ref, "needs": list},
}
NEED: Final = {"field": Ref, "is": object, "profile": str}

"""The names of §3.3, from the patterns in the spec."""

from __future__ import annotations

import re
from datetime import date

from converter.request import Item, Source
from converter.spec.model import Spec


def json_name(spec: Spec, header: Item, deposit: date, number: int) -> str:
    """The JSON's name for the `number`th file of that day."""
    values = {name: value for name, value in header.values.items() if isinstance(value, str)}
    width = len(str(spec.limits.last_file_number))
    return spec.names.json.format(**values, date=f"{deposit.year:04d}{deposit:%m%d}", number=f"{number:0{width}d}")


def json_pattern(spec: Spec, software: str) -> str:
    """A regular expression for every name that a JSON for that software can have."""
    width = len(str(spec.limits.last_file_number))
    name = spec.key.software.partition(".")[2]
    parts = {"date": "[0-9]{8}", "number": f"[0-9]{{{width}}}", name: re.escape(software)}
    pattern = re.escape(spec.names.json)
    for own, part in parts.items():
        pattern = pattern.replace(re.escape(f"{{{own}}}"), part)
    return pattern


def attachment_pattern(spec: Spec) -> str:
    """A regular expression for every name that an attachment of this spec can have."""
    column, number = spec.attachment, spec.number.form
    if column is None or number is None:
        return "(?!)"
    block = spec.block(column.block)
    kinds, formats = (spec.lists[block[name or ""].list or ""] for name in (column.type, column.format))
    parts = {
        "code": "|".join(map(re.escape, kinds.in_names or kinds.codes)),
        "format": "|".join(re.escape(endings[0]) for endings in formats.endings),
        spec.number.name: f"[0-9A-Za-z]{{{number.lengths[0]}}}",
    }
    pattern = re.escape(spec.names.attachment)
    for name, choices in parts.items():
        pattern = pattern.replace(re.escape(f"{{{name}}}"), f"(?:{choices})")
    return pattern


def attachment_name(spec: Spec, source: Source, number: str) -> str:
    """An attachment's name for the request of that number."""
    return spec.names.attachment.format(code=source.code, format=source.ending, **{spec.number.name: number})

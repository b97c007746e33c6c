"""The names of §3.3, from the patterns in the spec."""

from __future__ import annotations

from datetime import date

from converter.request import Item, Source
from converter.spec.model import Spec


def json_name(spec: Spec, header: Item, deposit: date, number: int) -> str:
    """The JSON's name for the `number`th file of that day."""
    values = {name: value for name, value in header.values.items() if isinstance(value, str)}
    width = len(str(spec.limits.last_file_number))
    return spec.names.json.format(**values, date=f"{deposit.year:04d}{deposit:%m%d}", number=f"{number:0{width}d}")


def attachment_name(spec: Spec, source: Source, number: str) -> str:
    """An attachment's name for the request of that number."""
    return spec.names.attachment.format(code=source.code, format=source.ending, **{spec.number.name: number})

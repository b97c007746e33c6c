"""What will be written, to the byte, before anything is: which requests fill which file, names, sizes, limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from converter.errors import Xl2JsonError
from converter.parcel.encode import Encoder
from converter.parcel.names import attachment_name, attachment_pattern, json_name
from converter.request import Item, Request, Source
from converter.spec.model import Spec

_ZIP_END = 22  # bytes of a zip's end record; each stored entry costs 76 and twice its name beside its content
_ZIP_ENTRY = 76


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """One JSON with its zip and its folder; `stem` is their common name. `zip_bytes` is 0 where nothing is enclosed.

    `pattern` is what attachments of any plan are named like, as a regular expression.
    """

    stem: str
    json: bytes
    attachments: tuple[tuple[str, Source], ...]
    requests: int
    zip_bytes: int
    pattern: str


def plan(spec: Spec, header: Item, requests: list[Request], deposit: date, file_number: int) -> tuple[Deposit, ...]:
    """The deposits that hold `requests` in their order, as few as the limits of §2.1 allow; none for no request.

    Raises Xl2JsonError past the last file of a day (§3.3).
    """
    encoder = Encoder(spec)
    deposits = []
    for number, part in enumerate(_parts(spec, requests), file_number):
        if number > spec.limits.last_file_number:
            raise Xl2JsonError("files_used_up", last=spec.limits.last_file_number)
        attachments = tuple(attachment for request in part for attachment in _attachments(spec, request))
        name = json_name(spec, header, deposit, number)
        deposits.append(
            Deposit(
                stem=name.removesuffix(".json"),
                json=encoder.document(header, part),
                attachments=attachments,
                requests=len(part),
                zip_bytes=zip_size(attachments) if attachments else 0,
                pattern=attachment_pattern(spec),
            )
        )
    return tuple(deposits)


def _parts(spec: Spec, requests: Iterable[Request]) -> Iterator[list[Request]]:
    """`requests` cut where the next one would break a limit."""
    part: list[Request] = []
    size = _ZIP_END
    for request in requests:
        more = zip_size(_attachments(spec, request)) - _ZIP_END
        if part and (len(part) == spec.limits.requests_per_file or size + more > spec.limits.zip_bytes):
            yield part
            part, size = [], _ZIP_END
        part.append(request)
        size += more
    if part:
        yield part


def _attachments(spec: Spec, request: Request) -> list[tuple[str, Source]]:
    return [(attachment_name(spec, one, request.number or ""), one) for one in request.sources if one is not None]


def zip_size(attachments: Iterable[tuple[str, Source]]) -> int:
    """The size in bytes of a zip that stores these, uncompressed."""
    return _ZIP_END + sum(_ZIP_ENTRY + 2 * len(name.encode()) + source.size for name, source in attachments)

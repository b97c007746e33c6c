"""What will be written, to the byte, before anything is: which requests fill which file, names, sizes, limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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

    `by_request` are the attachments' names, request by request; `pattern` is what attachments of any plan are named
    like, as a regular expression.
    """

    stem: str
    json: bytes
    attachments: tuple[tuple[str, Source], ...]
    by_request: tuple[tuple[str, ...], ...]
    zip_bytes: int
    pattern: str

    @property
    def requests(self) -> int:
        """How many requests the JSON holds."""
        return len(self.by_request)


def file_names(spec: Spec, header: Item, day: date, first: int, count: int) -> tuple[str, ...]:
    """The names (without ending) of `count` files of that day, the first of them the `first`th.

    Raises Xl2JsonError past the last file of a day (§3.3).
    """
    if count and first + count - 1 > spec.limits.last_file_number:
        raise Xl2JsonError("files_used_up", last=spec.limits.last_file_number)
    return tuple(stem_of(spec, header, day, number) for number in range(first, first + count))


def stem_of(spec: Spec, header: Item, day: date, number: int) -> str:
    """The name (without ending) of the `number`th file of that day."""
    return json_name(spec, header, day, number).removesuffix(".json")


def plan(
    spec: Spec, header: Item, parts: Sequence[Sequence[Request]], names: Iterable[str], encoder: Encoder | None = None
) -> tuple[Deposit, ...]:
    """The deposits that hold these parts under these names."""
    encoder = encoder or Encoder(spec)
    return tuple(_deposit(spec, header, part, name, encoder) for part, name in zip(parts, names, strict=True))


def _deposit(spec: Spec, header: Item, part: Sequence[Request], name: str, encoder: Encoder) -> Deposit:
    by_request = [_attachments(spec, request) for request in part]
    attachments = tuple(one for some in by_request for one in some)
    return Deposit(
        stem=name,
        json=encoder.document(header, part),
        attachments=attachments,
        by_request=tuple(tuple(name for name, _ in some) for some in by_request),
        zip_bytes=zip_size(attachments) if attachments else 0,
        pattern=attachment_pattern(spec),
    )


def split(spec: Spec, requests: Iterable[Request]) -> Iterator[list[Request]]:
    """`requests` in their order, cut where the next one would break a limit of §2.1. Their numbers may be missing."""
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

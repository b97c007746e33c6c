"""A zip whose members are stored as they are: the bytes that `zipfile` would write, in one go from front to back.

`zipfile` writes each header twice, since it learns a member's length and checksum only as it goes; here they are known
beforehand. No time and no machine stand in it, so that the same files give the same zip.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from types import TracebackType

_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_ENTRY = struct.Struct("<4sBBHHHHHLLLHHHHHLL")
_END = struct.Struct("<4sHHHHLLH")
_VERSION, _UNIX, _STORED = 20, 3, 0
_TIME, _DAY = 0, 0x21  # 1 January 1980
_UTF8 = 0x800  # said of names that are not ASCII
_MODE = 0o100644 << 16


class StoredZip:
    """A zip that is being written to `path`: at most 65 535 members and 4 GB, far beyond what the agency takes."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("wb")
        self._entries: list[bytes] = []
        self._size = 0

    def add(self, name: str, content: bytes) -> None:
        """One more member, under a name that none has yet."""
        plain = name.encode()
        told = (_UTF8 * (not name.isascii()), _STORED, _TIME, _DAY, zlib.crc32(content), len(content), len(content))
        self._entries.append(
            _ENTRY.pack(b"PK\1\2", _VERSION, _UNIX, _VERSION, *told, len(plain), 0, 0, 0, 0, _MODE, self._size) + plain
        )
        self._write(_LOCAL.pack(b"PK\3\4", _VERSION, *told, len(plain), 0) + plain)
        self._write(content)

    def _write(self, part: bytes) -> None:
        self.file.write(part)
        self._size += len(part)

    def __enter__(self) -> StoredZip:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Write the directory, unless something has gone wrong, and close the file."""
        with self.file:
            if error is None:
                directory, count, start = b"".join(self._entries), len(self._entries), self._size
                self._write(directory + _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), start, 0))

"""Outlook messages (.msg) for tests, written from what the format's description says ([MS-CFB], [MS-OXMSG])."""

from __future__ import annotations

import struct
from typing import Any

Tree = dict[str, Any]
"""A storage: names of streams (bytes) and of storages below it."""

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR, _MINI, _CUTOFF = 512, 64, 4096


def a_msg(
    files: dict[str, bytes],
    *,
    headers: str = "",
    subject: str = "Commandes",
    body: str = "Bonjour",
    inner: Tree | None = None,
) -> bytes:
    """A message with these files, and one within it."""
    return compound(storage(files, headers=headers, subject=subject, body=body, inner=inner))


def storage(
    files: dict[str, bytes],
    *,
    headers: str = "",
    subject: str = "",
    body: str = "",
    inner: Tree | None = None,
    logo: str = "",
) -> Tree:
    """What a message's storage holds; of a message within another, `inner`."""
    texts = {0x001A: "IPM.Note", 0x0037: subject, 0x1000: body, 0x007D: headers}
    tree = _with_properties({pid: text for pid, text in texts.items() if text}, head=32)
    for number, (name, content) in enumerate(files.items()):
        properties: dict[int, str | bytes | int] = {0x3707: name, 0x3701: content, 0x3705: 1}
        if name == logo:
            properties |= {0x370E: "image/png", 0x3714: 4}
        tree[f"__attach_version1.0_#{number:08X}"] = _with_properties(properties, head=8)
    if inner is not None:
        below = _with_properties({0x3705: 5}, head=8)
        below["__substg1.0_3701000D"] = inner
        tree[f"__attach_version1.0_#{len(files):08X}"] = below
    return tree


def _with_properties(values: dict[int, str | bytes | int], head: int) -> Tree:
    streams: Tree = {}
    table = bytearray(head)
    for pid, value in values.items():
        if isinstance(value, int):
            table += struct.pack("<HHIII", 0x0003, pid, 6, value, 0)
            continue
        kind, content = (0x001F, value.encode("utf-16-le")) if isinstance(value, str) else (0x0102, value)
        streams[f"__substg1.0_{pid:04X}{kind:04X}"] = content
        table += struct.pack("<HHIII", kind, pid, 6, len(content) + 2 * (kind == 0x001F), 0)
    return {"__properties_version1.0": bytes(table), **streams}


def compound(tree: Tree) -> bytes:
    """A compound file (version 3) of these streams and storages."""
    return _Writer(tree).made()


class _Writer:
    def __init__(self, tree: Tree) -> None:
        self.entries: list[list[Any]] = []  # name, kind, right, child, first sector, size
        self.sectors: list[bytes] = []
        self.fat: list[int] = []
        self.mini = bytearray()
        self.minifat: list[int] = []
        self._add("Root Entry", 5)
        self.entries[0][3] = self._children(tree)

    def _add(self, name: str, kind: int) -> int:
        self.entries.append([name, kind, _FREE, _FREE, 0, 0])
        return len(self.entries) - 1

    def _children(self, tree: Tree) -> int:
        """The entries of a storage, each one's right neighbour the next; returns the first."""
        first = previous = _FREE
        for name, value in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
            at = self._add(name, 1 if isinstance(value, dict) else 2)
            if isinstance(value, dict):
                self.entries[at][3] = self._children(value)
            else:
                self.entries[at][4:] = self._stream(value), len(value)
            if previous == _FREE:
                first = at
            else:
                self.entries[previous][2] = at
            previous = at
        return first

    def _stream(self, content: bytes) -> int:
        if not content:
            return _END
        if len(content) >= _CUTOFF:
            return self._chain(content)
        first = len(self.mini) // _MINI
        self.mini += content + bytes(-len(content) % _MINI)
        count = len(self.mini) // _MINI - first
        self.minifat += [*range(first + 1, first + count), _END]
        return first

    def _chain(self, content: bytes) -> int:
        first = len(self.sectors)
        padded = content + bytes(-len(content) % _SECTOR)
        self.sectors += [padded[at : at + _SECTOR] for at in range(0, len(padded), _SECTOR)]
        self.fat += [*range(first + 1, len(self.sectors)), _END]
        return first

    def made(self) -> bytes:
        self.entries[0][4:] = (self._chain(bytes(self.mini)) if self.mini else _END), len(self.mini)
        mini = struct.pack(f"<{len(self.minifat)}I", *self.minifat)
        mini += b"\xff" * (-len(mini) % _SECTOR)
        first_mini = self._chain(mini) if mini else _END
        directory = b"".join(map(self._entry, self.entries))
        directory += self._entry(["", 0, _FREE, _FREE, 0, 0]) * (-len(self.entries) % 4)
        first_directory = self._chain(directory)
        own = 1
        while (len(self.sectors) + own) * 4 > own * _SECTOR:
            own += 1
        table = [*self.fat, *[_FAT] * own]
        table += [_FREE] * (own * _SECTOR // 4 - len(table))
        assert own <= 109
        places = [len(self.sectors) + n for n in range(own)]
        head = struct.pack("<8s16xHHHHH6xIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, own,
                           first_directory, 0, _CUTOFF, first_mini, len(mini) // _SECTOR, _END, 0, 0)[:76]  # fmt: skip
        head += struct.pack("<109I", *places, *[_FREE] * (109 - own))
        return head + b"".join(self.sectors) + struct.pack(f"<{len(table)}I", *table)

    def _entry(self, entry: list[Any]) -> bytes:
        name, kind, right, child, first, size = entry
        text = name.encode("utf-16-le")
        length = len(text) + 2 if name else 0
        return struct.pack("<64sHBBIII36xIQ", text, length, kind, 1, _FREE, right, child, first, size)

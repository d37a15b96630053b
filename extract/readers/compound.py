"""Compound files (OLE): the streams within the one file that Excel and Word wrote until 2003, and WPS still does.

Every chain of sectors is followed for as many steps as the file has sectors, and no further.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from extract.errors import UnreadableInput

_HEADER: Final = 512
_DIRECTORY_ENTRY: Final = 128
_END: Final = 0xFFFFFFFA
_MINI_LIMIT: Final = 4096
_FREE, _CHAIN_END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
# So many sectors of the table are listed in the header.
_LISTED: Final = 109
_ROOT: Final = 5
_STREAM: Final = 2
_SHIFTS: Final = range(7, 17)


class _Entry(NamedTuple):
    kind: int
    start: int
    size: int


class Compound:
    """The streams of a compound file, by the names of their own level; of equal names the first counts.

    UnreadableInput: ``malformed``.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            shift, mini_shift = struct.unpack_from("<HH", data, 30)
            directory, mini_table, extra = (struct.unpack_from("<I", data, at)[0] for at in (48, 60, 68))
        except struct.error as error:
            raise UnreadableInput("malformed", reason="the header is cut") from error
        if shift not in _SHIFTS or mini_shift >= shift:
            raise UnreadableInput("malformed", reason="sectors of no known size")
        self._size = 1 << shift
        self._mini_size = 1 << mini_shift
        self._table = self._allocation(extra)
        self._entries = self._directory(directory)
        root = next((entry for entry in self._entries.values() if entry.kind == _ROOT), None)
        if root is None:
            raise UnreadableInput("malformed", reason="its directory is cut off")
        self._mini = self._chain(root.start)
        self._mini_table = _numbers(self._chain(mini_table))

    @property
    def names(self) -> frozenset[str]:
        """The names of the streams and storages."""
        return frozenset(self._entries)

    def read(self, name: str) -> bytes:
        """A stream. UnreadableInput: ``malformed`` where there is none, or not all of it."""
        entry = self._entries.get(name)
        if entry is None or entry.kind != _STREAM:
            raise UnreadableInput("malformed", reason=f"no stream {name}")
        if entry.size >= _MINI_LIMIT:
            found = self._chain(entry.start)
        else:
            places = (sector * self._mini_size for sector in _followed(entry.start, self._mini_table))
            found = b"".join(self._mini[at : at + self._mini_size] for at in places)
        if len(found) < entry.size:
            raise UnreadableInput("malformed", reason=f"the stream {name} is cut off")
        return found[: entry.size]

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        return self._data[at : at + self._size]

    def _allocation(self, extra: int) -> list[int]:
        """Which sector follows each one."""
        listed = list(_numbers(self._data[76:_HEADER]))
        most = len(self._data) // self._size + 1
        for _ in range(most):
            if extra >= _END:
                break
            more = _numbers(self._sector(extra))
            if not more:
                break
            listed += more[:-1]
            extra = more[-1]
        table: list[int] = []
        for sector in listed[:most]:
            if sector < _END:
                table += _numbers(self._sector(sector))
        return table

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(sector) for sector in _followed(start, self._table))

    def _directory(self, start: int) -> dict[str, _Entry]:
        data = self._chain(start)
        found: dict[str, _Entry] = {}
        for at in range(0, len(data) - _DIRECTORY_ENTRY + 1, _DIRECTORY_ENTRY):
            length, kind = struct.unpack_from("<HB", data, at + 64)
            if kind:
                name = data[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
                begin, size = struct.unpack_from("<II", data, at + 116)
                found.setdefault(name, _Entry(kind, begin, size))
        return found


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _followed(start: int, table: list[int] | tuple[int, ...]) -> Iterator[int]:
    """The sectors of a chain; one that runs in circles ends where the file would."""
    sector = start
    for _ in range(len(table)):
        if sector >= len(table):
            return
        yield sector
        sector = table[sector]


def alone(name: str, stream: bytes) -> bytes:
    """A compound file of this one stream, whose header and tables are sound whatever those of the old one were."""
    sector = 512
    blocks = [stream[at : at + sector].ljust(sector, b"\0") for at in range(0, max(len(stream), _MINI_LIMIT), sector)]
    count = len(blocks)
    raw = name.encode("utf-16-le")
    entries = b""
    root = "Root Entry".encode("utf-16-le")
    whole = count * sector
    for label, kind, start, size, child in ((root, _ROOT, _CHAIN_END, 0, 1), (raw, _STREAM, 0, whole, _FREE)):
        entries += label.ljust(64, b"\0") + struct.pack("<HBBIII", len(label) + 2, kind, 1, _FREE, _FREE, child)
        entries += bytes(36) + struct.pack("<IQ", start, size)
    blocks.append(entries.ljust(sector, b"\0"))
    tables = 1
    while len(blocks) + tables > tables * (sector // 4):
        tables += 1
    links = [*range(1, count), _CHAIN_END, _CHAIN_END, *[_TABLE] * tables]
    listed = [*range(len(blocks), len(blocks) + tables)]
    if tables > _LISTED:
        raise UnreadableInput("malformed", reason="the stream is too long")
    packed = struct.pack(f"<{len(links)}I", *links)
    blocks += [packed[at : at + sector].ljust(sector, b"\xff") for at in range(0, len(packed), sector)]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<IIIIIIII", tables, count, 0, _MINI_LIMIT, _CHAIN_END, 0, _CHAIN_END, 0)
    head += struct.pack(f"<{_LISTED}I", *listed, *[_FREE] * (_LISTED - tables))
    return head + b"".join(blocks)

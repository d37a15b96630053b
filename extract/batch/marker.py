"""Which input a process is reading, told without a word: it stands in memory that two processes share."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple

_HEAD: Final = struct.Struct("=qqq")
_SIZE: Final = 8192


class Mark(NamedTuple):
    """What a process does: its inputs are counted by ``serial``; ``alone``: nothing stops it but who watches it."""

    serial: int
    alone: bool
    path: str


class Marker:
    """The mark of one process, kept in a file."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_SIZE))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _SIZE)
        self._serial = 0

    def set(self, path: str, *, alone: bool) -> None:
        """Says what is read now."""
        self._serial += 1
        name = path.encode("utf-8", "surrogatepass")[: _SIZE - _HEAD.size]
        self._memory[_HEAD.size : _HEAD.size + len(name)] = name
        self._memory[: _HEAD.size] = _HEAD.pack(self._serial, alone, len(name))

    def get(self) -> Mark:
        """What was said last."""
        serial, alone, length = _HEAD.unpack_from(self._memory)
        name = self._memory[_HEAD.size : _HEAD.size + length]
        return Mark(serial, bool(alone), name.decode("utf-8", "replace"))

    def close(self) -> None:
        """Gives the memory back."""
        self._memory.close()


class Watch:
    """Tells when a process has been at one input for too long."""

    def __init__(self, marker: Marker, seconds: float) -> None:
        self._marker = marker
        self._seconds = seconds
        self._serial = -1
        self._since = monotonic()

    def is_late(self) -> bool:
        """Whether it has; to be asked now and then."""
        mark = self._marker.get()
        if mark.serial != self._serial:
            self._serial, self._since = mark.serial, monotonic()
        return mark.alone and monotonic() - self._since > self._seconds

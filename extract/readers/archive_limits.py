"""How much is unpacked. What headers state is never believed: bytes are counted as they come."""

from __future__ import annotations

import io
from typing import Final, NamedTuple, Protocol

from extract.errors import UnreadableInput
from extract.model import Failure
from extract.readers.files import ReadOptions

_PIECE: Final = 256 * 1024
# Less than this is no bomb, however well it is packed: a text of blanks is packed a thousand to one.
_HARMLESS: Final = 1024 * 1024


class Member(NamedTuple):
    """One member of an archive: its bytes, or why there are none.

    ``path``: within the archive; empty for what is wrong with the archive itself. ``unpacked``: bytes that were
    unpacked for it, also where it failed.
    """

    path: str
    data: bytes
    failure: Failure | None = None
    unpacked: int = 0


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""


class Exhausted(UnreadableInput):
    """A limit of the whole archive is reached; nothing more of it is read."""


class Meter:
    """Counts what is unpacked of one archive of ``packed`` bytes, and ends it at the limits."""

    def __init__(self, packed: int, options: ReadOptions) -> None:
        self.unpacked = 0
        self._packed = packed
        self._options = options

    def read(self, file: Readable, packed: int | None = None) -> bytes:
        """All of a member that takes ``packed`` bytes of the archive (None: not known).

        Raises UnreadableInput: ``member_too_large``, ``ratio_too_high``; Exhausted: the latter of the whole archive,
        ``archive_too_large``.
        """
        taken = io.BytesIO()
        while piece := file.read(_PIECE):
            self.count(len(piece))
            taken.write(piece)
            self.check_member(taken.tell(), packed)
        return taken.getvalue()

    def count(self, size: int) -> None:
        """Takes note of bytes that were unpacked; Exhausted where they are too many."""
        self.unpacked += size
        if self.unpacked > self._options.max_unpacked:
            raise Exhausted("archive_too_large", limit=self._options.max_unpacked)
        self._check_ratio(self.unpacked, self._packed, Exhausted)

    def check_member(self, size: int, packed: int | None = None) -> None:
        """UnreadableInput where a member has more bytes than it may."""
        if size > self._options.max_member_bytes:
            raise UnreadableInput("member_too_large", limit=self._options.max_member_bytes)
        if packed is not None:
            self._check_ratio(size, packed, UnreadableInput)

    def _check_ratio(self, size: int, packed: int, error: type[UnreadableInput]) -> None:
        if size > _HARMLESS and size > packed * self._options.max_ratio:
            raise error("ratio_too_high", limit=self._options.max_ratio)

"""Files packed by gzip, bzip2 or xz: a tar file, or one file by itself."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Final

from extract.errors import UnreadableInput
from extract.readers import archive_tar
from extract.readers.archive_limits import Member, Meter, Readable
from extract.readers.files import ReadOptions

_OPENERS: Final[dict[str, Callable[[io.BytesIO], Readable]]] = {
    "gzip": lambda file: gzip.GzipFile(fileobj=file),
    "bzip2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
}
_ENDINGS: Final = (".gz", ".bz2", ".xz")
_BLOCK: Final = 512
_DAMAGED: Final = (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError)


class _Begun:
    """A file of which the first bytes were read already; what goes wrong in it says that the archive is damaged."""

    def __init__(self, file: Readable) -> None:
        self._file = file
        self.begin = b""
        # One call may give less than it is asked for.
        while len(self.begin) < _BLOCK and (piece := self._more(_BLOCK - len(self.begin))):
            self.begin += piece
        self._left = self.begin

    def read(self, size: int, /) -> bytes:
        if self._left:
            piece, self._left = self._left[:size], self._left[size:]
            return piece
        return self._more(size)

    def _more(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except _DAMAGED as error:
            raise UnreadableInput("archive_damaged", reason=str(error) or type(error).__name__) from error


def members(data: bytes, kind: str, name: str, options: ReadOptions) -> Iterator[Member]:
    """The members of the tar file within, or the one file, whose name is the archive's without its ending.

    Raises UnreadableInput: ``archive_damaged``, ``member_too_large``; Exhausted.
    """
    file = _Begun(_OPENERS[kind](io.BytesIO(data)))
    meter = Meter(len(data), options)
    if archive_tar.is_tar(file.begin):
        yield from archive_tar.members(file, meter)
        return
    content = meter.read(file)
    ending = next((ending for ending in _ENDINGS if name.lower().endswith(ending) and len(name) > len(ending)), "")
    yield Member(name.removesuffix(name[len(name) - len(ending) :]) if ending else name, content, None, meter.unpacked)

"""Packed files as they are fuzzed: their parts one after another, so that what is mutated is not a checksum."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from typing import Final

_MARK: Final = b"\n==> "
_END: Final = b" <==\n"
# No more is packed than this, so that a run is not spent on deflating.
_MOST: Final = 40


def laid_out(data: bytes) -> bytes:
    """The parts of a zip one after another, each behind its name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(_MARK + name.encode() + _END + archive.read(name) for name in archive.namelist())


def packed(data: bytes) -> bytes:
    """The zip of what ``laid_out`` gave, after whatever happened to it; ``data`` as it is where there are no parts."""
    if not data.startswith(_MARK):
        return data
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in data.split(_MARK)[1 : _MOST + 1]:
            name, _, content = part.partition(_END)
            # A name may be none that a zip can have; the other parts are there all the same.
            with suppress(ValueError, OverflowError):
                archive.writestr(zipfile.ZipInfo(name.decode("utf-8", "replace")), content)
    return out.getvalue()

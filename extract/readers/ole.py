"""Compound files (xls, et, doc, wps): what is in one, its streams tell, and never its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from extract.errors import UnreadableInput
from extract.readers import doc, xls
from extract.readers.compound import Compound
from extract.readers.source import Source

if TYPE_CHECKING:
    from extract.readers.files import ReadOptions

_ENCRYPTED: Final = frozenset({"EncryptedPackage", "EncryptionInfo"})


def read(data: bytes, options: ReadOptions) -> Source:
    """A workbook or a Word file of the old kind.

    UnreadableInput: ``malformed``, ``encrypted``, ``unsupported_format``, and what ``xls`` and ``doc`` raise.
    """
    file = Compound(data)
    if _ENCRYPTED & file.names:
        raise UnreadableInput("encrypted")
    for name in ("Workbook", "Book"):
        if name in file.names:
            return xls.read(name, file.read(name), options)
    if "WordDocument" in file.names:
        return doc.read(data, file, options)
    raise UnreadableInput("unsupported_format", kind="OLE")

"""Compound files (xls, et, doc, wps): what is in one, its streams tell, and never its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from extract.errors import UnreadableInput
from extract.model import Failure
from extract.readers import doc, xls
from extract.readers.compound import Compound
from extract.readers.source import Source

if TYPE_CHECKING:
    from extract.readers.files import ReadOptions

_ENCRYPTED: Final = frozenset({"EncryptedPackage", "EncryptionInfo"})
_BOOKS: Final = ("Workbook", "Book")
_WORD: Final = "WordDocument"


def read(data: bytes, options: ReadOptions, docx: bytes | Failure | None = None) -> Source:
    """A workbook or a Word file of the old kind.

    UnreadableInput: ``malformed``, ``encrypted``, ``unsupported_format``, and what ``xls`` and ``doc`` raise.
    ``docx``: as for ``doc.read``.
    """
    file = Compound(data)
    if _ENCRYPTED & file.names:
        raise UnreadableInput("encrypted")
    for name in _BOOKS:
        if name in file.names:
            return xls.read(name, file.read(name), options)
    if _WORD in file.names:
        return doc.read(data, file, options, docx)
    raise UnreadableInput("unsupported_format", kind="OLE")


def ending(data: bytes) -> str | None:
    """What LibreOffice knows the file as that ``read`` asks it to convert; None where it is not asked."""
    try:
        file = Compound(data)
        if _WORD not in file.names or file.names & {*_ENCRYPTED, *_BOOKS}:
            return None
        doc.own_text(file)
    except UnreadableInput:
        return None
    return "doc"

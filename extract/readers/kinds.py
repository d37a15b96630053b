"""What kind of file bytes are. The bytes tell it and never a name: portals export HTML as ``.xls``, CSV as ``.txt``."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Final

# First bytes of files that hold no plain text. Letters may begin a text: bytes that no text has must follow.
_MAGIC: Final = (
    (b"%PDF", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"BM", "image"),
    (b"RIFF", "image"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"{\\rtf", "rtf"),
)
_FIRST: Final = frozenset(magic[0] for magic, _ in _MAGIC)
_CONTROLS: Final = frozenset(range(9))
_WITHIN: Final = 64
# PDF files may have some bytes of another program before their first.
_PDF_WITHIN: Final = 1024
_TAR_MAGIC: Final = slice(257, 262)
# What is in a zip tells an office file: the name of a part, or the type that the first member states.
_PARTS: Final = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("xl/workbook.bin", "xlsx"))
_STATED: Final = (
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"application/vnd.oasis.opendocument.text", "odt"),
)
_NAMED: Final = tuple((part.encode(), name) for part, name in _PARTS)
_LONGEST: Final = 1 + max(len(mime) for mime, _ in _STATED)


def kind(data: bytes) -> str:
    """pdf, docx, xlsx, ods, odt, ole, rtf, image, zip, rar, 7z, gzip, bzip2, xz, tar, or else ``text``."""
    if data[:1] and data[0] in _FIRST:
        for magic, name in _MAGIC:
            if data.startswith(magic) and (not magic.isalnum() or not _CONTROLS.isdisjoint(data[:_WITHIN])):
                return _zipped(data) if name == "zip" else name
    if data[_TAR_MAGIC] == b"ustar":
        return "tar"
    if b"%PDF-" in data[:_PDF_WITHIN] and b"\0" not in data[: data.index(b"%PDF-")]:
        return "pdf"
    return "text"


def _zipped(data: bytes) -> str:
    """Which office file a zip is; ``zip`` where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = frozenset(archive.namelist())
            for part, name in _PARTS:
                if part in names:
                    return name
            if "mimetype" in names:
                with archive.open("mimetype") as file:
                    stated = file.read(_LONGEST)
                return next((name for mime, name in _STATED if stated.strip() == mime), "zip")
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError):
        # The list of its members is lost; each one has its name before it, too.
        return next((name for part, name in (*_NAMED, *_STATED) if part in data), "zip")
    return "zip"

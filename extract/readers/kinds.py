"""What kind of file bytes are. The bytes tell it and never a name: portals export HTML as ``.xls``, CSV as ``.txt``."""

from __future__ import annotations

import zlib
from typing import Final, NamedTuple

from extract.patterns import re

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
# Office's XML, and web pages saved as a message, are told by what their first bytes say.
_HEAD: Final = 4096
_XML_WITHIN: Final = 8
_OFFICE_XML: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}>(?:\s|<\?[^>]{0,200}\?>|<!--(?:(?!-->).){0,1000}-->)*+"
    rb"<(?:\w{1,20}:)?(?:Workbook|wordDocument|package)\s",
    re.DOTALL,
)
_RELATED: Final = b"multipart/related"
# Kinds of files that hold other files.
ARCHIVES: Final = frozenset({"zip", "tar", "gzip", "bzip2", "xz", "7z", "rar"})
# What is in a zip tells an office file: the name of a part, or the type that the first member states.
_PARTS: Final = ((b"word/document.xml", "docx"), (b"xl/workbook.xml", "xlsx"), (b"xl/workbook.bin", "xlsx"))
_STATED: Final = (
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"application/vnd.oasis.opendocument.text", "odt"),
)
# The end of a zip, with the size of the directory before it; empty archives have nothing else.
_END: Final = b"PK\x05\x06"
_END_SIZE: Final = slice(12, 16)
_MIMETYPE: Final = b"mimetype"
# More than any type has.
_LONGEST: Final = 256


class _Header(NamedTuple):
    """What stands before a member's name in a zip: its mark, how far it is to the name, where the name's length is."""

    mark: bytes
    to_name: int
    length: slice


_LISTED: Final = _Header(b"PK\x01\x02", 46, slice(28, 30))
_BEFORE: Final = _Header(b"PK\x03\x04", 30, slice(26, 28))
_EXTRA: Final = slice(28, 30)
_METHOD: Final = slice(8, 10)
_DEFLATED: Final = b"\x08\x00"


def kind(data: bytes) -> str:
    """pdf, docx, xlsx, ods, odt, ole, rtf, xml2003, mhtml, image, an archive's kind, or else ``text``."""
    if data[:1] and data[0] in _FIRST:
        for magic, name in _MAGIC:
            if data.startswith(magic) and (not magic.isalnum() or not _CONTROLS.isdisjoint(data[:_WITHIN])):
                return _zipped(data) if name == "zip" else name
    if data[_TAR_MAGIC] == b"ustar":
        return "tar"
    head = data[:_PDF_WITHIN]
    if b"%PDF-" in head and b"\0" not in head[: head.index(b"%PDF-")]:
        return "pdf"
    return _written(data)


def _written(data: bytes) -> str:
    """Which file a text is that is written in ASCII, or begins so: pages as a message, Office's XML; else ``text``."""
    if b"<?xml" in data[:_XML_WITHIN]:
        return "xml2003" if _OFFICE_XML.match(data, 0, _HEAD) else "text"
    if data[:1].isalpha() and _RELATED in data[:_HEAD].lower():
        return "mhtml"
    return "text"


def _zipped(data: bytes) -> str:
    """Which office file a zip is; ``zip`` where it is none.

    Its directory is searched and never read: one of a million entries would take as long as all of them.
    """
    listed = _directory(data)
    for part, name in _PARTS:
        # Where the directory is lost: each member has its name before it, too.
        if _has_member(data, part, _BEFORE) if listed is None else _has_member(listed, part, _LISTED):
            return name
    stated = _mimetype(data)
    return next((name for mime, name in _STATED if stated == mime), "zip")


def _mimetype(data: bytes) -> bytes | None:
    """What the first member of an archive says that it is; None where it is none that says so."""
    if data[_BEFORE.length] != _as_length(_MIMETYPE) or not data.startswith(_MIMETYPE, _BEFORE.to_name):
        return None
    start = _BEFORE.to_name + len(_MIMETYPE) + int.from_bytes(data[_EXTRA], "little")
    content = data[start : start + _LONGEST]
    if data[_METHOD] == _DEFLATED:
        try:
            content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, _LONGEST)
        except zlib.error:
            return None
    # Where it is stored, the next header follows.
    return content.partition(b"PK")[0].strip()


def _directory(data: bytes) -> bytes | None:
    """The list of members at the end of a zip, of which others may be stored within it; None where it is lost."""
    end = data.rfind(_END)
    if end < 0:
        return None
    start = end - int.from_bytes(data[end : end + _END_SIZE.stop][_END_SIZE], "little")
    return data[start:end] if start == end or (start >= 0 and data.startswith(_LISTED.mark, start)) else None


def _has_member(data: bytes, name: bytes, header: _Header) -> bool:
    at = data.find(name)
    while at >= 0:
        before = data[max(0, at - header.to_name) : at]
        if before.startswith(header.mark) and before[header.length] == _as_length(name):
            return True
        at = data.find(name, at + 1)
    return False


def _as_length(name: bytes) -> bytes:
    return len(name).to_bytes(2, "little")

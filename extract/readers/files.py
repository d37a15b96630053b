"""Files that are no text, each kind by its own reader; a reader and its libraries are loaded when first needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from extract.collection import uncollected
from extract.errors import UnreadableInput
from extract.model import Failure
from extract.readers.source import Source

# The module that reads a kind, by ``read(data, options)``.
_READERS: Final[dict[str, str]] = {
    "docx": "extract.readers.word",
    "image": "extract.readers.scan",
    "pdf": "extract.readers.pdf",
    "xlsx": "extract.readers.xlsx",
    "ods": "extract.readers.opendocument",
    "odt": "extract.readers.opendocument",
    "ole": "extract.readers.ole",
    "rtf": "extract.readers.rtf",
    "xml2003": "extract.readers.xml2003",
    "mhtml": "extract.readers.webpage",
}
# Kinds of which LibreOffice converts some files: the modules' ``ending`` tells which.
_CONVERTED: Final = frozenset({"ole", "rtf"})
_WORD_STREAM: Final = "WordDocument".encode("utf-16-le")
# How messages call the kinds.
_CALLED: Final = {
    "pdf": "PDF",
    "docx": "DOCX",
    "xlsx": "XLSX",
    "ods": "ODS",
    "odt": "ODT",
    "ole": "XLS, DOC, WPS, ET",
    "rtf": "RTF",
    "image": "PNG, JPEG, TIFF, BMP, GIF, WebP",
    "zip": "ZIP",
    "rar": "RAR",
    "7z": "7z",
    "gzip": "gzip",
    "bzip2": "bzip2",
    "xz": "xz",
    "tar": "tar",
}


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are read, those that are no text above all.

    ``max_unpacked_bytes``, ``max_ratio``: how much the parts of an office file may unpack to, in all and for a packed
    byte. ``max_xml_bytes``: of a part that is held in memory as a tree. ``max_sheet_cells``: how many cells a sheet may
    have up to its last one, blank ones counted. ``office_seconds``: how long LibreOffice may take for a file.
    ``max_pages``: a PDF file or a file of images with more is not read. ``max_pixels``: nor is a picture of a page with
    more.
    ``ocr_threads``: how many compute when pictures are read; what is read is the same for any number.
    ``pdf_engine``: ``pdfium``, ``pdfplumber``, or ``auto``: neither for plain pages, pdfium for others, and pdfplumber
    where pdfium does not get the text right.

    Archives have the same ``max_ratio``. ``max_member_bytes``: of one member, unpacked; ``max_unpacked``,
    ``max_members``: bytes and members of an archive and all archives within it together; ``max_depth``: of archives
    in archives (1: none).

    ``min_confidence``: rows that are less likely to be right than this get a finding.
    """

    max_unpacked_bytes: int = 128 * 1024 * 1024
    max_ratio: int = 250
    max_xml_bytes: int = 48 * 1024 * 1024
    max_sheet_cells: int = 4_000_000
    office_seconds: float = 60.0
    max_pages: int = 2000
    pdf_engine: str = "auto"
    max_member_bytes: int = 64 * 1024 * 1024
    max_unpacked: int = 1024 * 1024 * 1024
    max_members: int = 10_000
    max_depth: int = 5
    max_pixels: int = 80_000_000
    ocr_threads: int = 1
    min_confidence: float = 0.0


def read(data: bytes, kind: str, options: ReadOptions, docx: bytes | Failure | None = None) -> Source:
    """A file of a kind that ``kinds.kind`` told, text aside.

    ``docx``: what LibreOffice made of it, where it was asked before. Raises UnreadableInput: ``unsupported_format``,
    and what the kind's own reader raises.
    """
    if kind not in _READERS:
        raise UnreadableInput("unsupported_format", kind=_CALLED.get(kind, kind))
    reader: Callable[..., Source] = import_module(_READERS[kind]).read
    with uncollected():
        return reader(data, options, docx) if kind in _CONVERTED else reader(data, options)


def may_be_converted(data: bytes, kind: str) -> bool:
    """Whether ``ending`` is to be asked; this reads nothing of the file."""
    return kind in _CONVERTED and (kind != "ole" or _WORD_STREAM in data)


def ending(data: bytes, kind: str) -> str | None:
    """What LibreOffice, which is to convert a file, knows it as; None where ``read`` does not ask it."""
    told: Callable[[bytes], str | None] = import_module(_READERS[kind]).ending
    return told(data)

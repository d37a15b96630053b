"""What is fuzzed: for each target what it does with any bytes, what it begins with, and the words it is made of.

A target returns where what must be true is true, and raises where it is not. Nothing here needs atheris, so that what
was found is repeated without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final
from unittest import mock

from extract.api import extract_all, extract_bytes
from extract.readers import dashed, delimited, dump, encoding, kinds, pipes, ruled, tagged
from extract.readers.files import ReadOptions
from fuzz import loaders, seeds
from fuzz.cells import dumped
from fuzz.parts import packed
from tests.forms import office
from tests.forms.damage import ENCODINGS
from tests.hostile import pdf
from tests.scraps import SCRAPS
from tests.sound import check_sound, check_tables

# So much of a file is enough to break a reader, and little enough to be read thousands of times.
_LONGEST: Final = 16 * 1024
# A form without separators takes fifty times as long.
_SHORT: Final = 1024
# Of one shape, the shortest ones.
_MOST_SAMPLES: Final = 24
# What a file may take here; a run allows more, and holds to it the same way.
READING: Final = ReadOptions(
    max_unpacked_bytes=8 << 20,
    max_xml_bytes=4 << 20,
    max_sheet_cells=100_000,
    max_pages=8,
    max_member_bytes=1 << 20,
    max_unpacked=4 << 20,
    max_members=200,
    max_pixels=1 << 20,
)
KINDS: Final = frozenset(
    {"text", "pdf", "docx", "xlsx", "ods", "odt", "ole", "rtf", "xml2003", "mhtml", "image", *kinds.ARCHIVES}
)


@dataclass(frozen=True, slots=True)
class Target:
    """``run`` is given any bytes; ``seeds``: what it begins with; ``words``: what is put in here and there."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    words: tuple[str | bytes, ...] = ()
    longest: int = _LONGEST


# ---- files


def _read(data: bytes, only: frozenset[str]) -> None:
    """Reads a file of some kinds; what became another one by what was done to it is another target's."""
    if kinds.kind(data) not in only:
        return
    # Another program is not what is fuzzed, nor are the models that read pictures.
    with mock.patch("extract.readers.office.program", lambda: None), mock.patch("extract.readers.scan._eyes", _no_eyes):
        check_sound(extract_bytes(data, source_path="input", options=READING))


def _no_eyes(options: ReadOptions) -> None:
    raise seeds.unread_pictures(options)


def _reader(*only: str) -> Callable[[bytes], None]:
    return lambda data: _read(packed(data), frozenset(only))


def _ole(data: bytes) -> None:
    """A compound file, or the stream of a workbook, in which there is no table of sectors to go wrong first."""
    _read(data if data.startswith(b"\xd0\xcf") else office.compound({"Workbook": data}), frozenset({"ole"}))


def _pdf(data: bytes) -> None:
    """A PDF file, or what is drawn on a page of one."""
    _read(data if b"%PDF" in data[:1024] else pdf(1, data), frozenset({"pdf"}))


def _archive(data: bytes) -> None:
    """An archive and what is in it: each file once, with forms or a failure."""
    found = list(extract_all(packed(data), source_path="input", options=replace(READING, max_depth=3)))
    paths = [one.source_path for one in found]
    assert found
    assert len(set(paths)) == len(paths), paths
    check_tables(found)


def _kind(data: bytes) -> None:
    """Every kind is a known one, and is told by the bytes alone."""
    found = kinds.kind(data)
    assert found in KINDS, found
    assert kinds.kind(bytes(bytearray(data))) == found
    if found == "text":
        _text(data)


# ---- texts


def _text(data: bytes) -> None:
    _read(data, frozenset({"text"}))


def _encoded(data: bytes) -> None:
    """A text in an encoding that the first byte chooses."""
    if data:
        name = ENCODINGS[data[0] % len(ENCODINGS)]
        text = data[1:].decode("utf-8", "ignore")
        try:
            _text(text.encode(name, "ignore"))
        except LookupError:
            _text(text.encode("utf-8"))


def _cells(data: bytes) -> None:
    _text(dumped(data).encode())


def _texts(holds: Callable[[str], object]) -> Callable[[], Iterator[bytes]]:
    """The samples of one shape."""

    def found() -> Iterator[bytes]:
        suited = (data for data in seeds.samples(".txt") if len(data) <= _LONGEST and holds(encoding.decode(data).text))
        yield from (seeds.SMALL, *islice(suited, _MOST_SAMPLES))

    return found


def _plain(text: str) -> bool:
    return not any(may_be(text) for may_be in (tagged.may_be, ruled.may_be, dashed.may_be, pipes.may_be, dump.may_be))


def _parted(text: str) -> bool:
    """Whether a plain text has tabs or runs of blanks between cells."""
    return _plain(text) and ("\t" in text or "  " in text)


def _glued(text: str) -> bool:
    """Whether nothing, or no more than a blank or a line, is between cells: such a form takes long to read."""
    return _plain(text) and not _parted(text)


# What cleaning takes away or makes another: places have to follow.
_ODD: Final = ("\t", "\u3000", "\u00a0", "\u200b", "\u0301", "&lt;", "&amp;lt;", "<b>", "</p>", "\\0", "\\")
_WORDS: Final = (*SCRAPS, *_ODD)
_STROKES: Final = ("│", "─", "┌", "┬", "┼", "├", "└", "+---+", "|", "====", "----", "\\|", ":--", "|---|---|", "|===")
_TAGS: Final = (
    "<table>", "</table>", "<tr>", "<td>", "</td>", "<th>", '<td rowspan="2">', '<td colspan="3">',
    "<br/>", "<!--", "-->", "<script>", "<![CDATA[", "&nbsp;", "&#x3000;", "&amp;lt;", "<style>",
    '<meta charset="gbk">',
)  # fmt: skip
_SQL: Final = ("INSERT INTO `t` VALUES (", "');", "'',", "\\n", "\\t", '\\"', "NULL", '{"content":"', '"}', "\\u3000")
_PDF: Final = (
    "re", "l", "m", "S", "f", "BT", "ET", "Tf", "Td", "Tj", "Tm", "cm", "q", "Q", "/Type", "/Page", "/Kids",
    "/Contents", "/MediaBox", "/Rotate", "90", "/Annots", "stream", "endstream", "endobj", "xref",
    "trailer", "/Encrypt", "/ObjStm",
)  # fmt: skip

_MESSAGE: Final = ("\r\n\r\n", "--", "=E5=90=88", "quoted-printable", *_TAGS)
_XML: Final = ("ss:MergeAcross", 'ss:Index="2"', "<Row>", "<w:vMerge/>", *_WORDS)
_XLSX: Final = ('<mergeCell ref="A1:B2"/>', ' t="s"', '<row r="1">', "<v>", *_WORDS)
_DOCX: Final = ("<w:tbl>", "<w:tr>", "<w:tc>", '<w:gridSpan w:val="2"/>', "<w:vMerge/>", *_WORDS)
_OPEN: Final = ('table:number-columns-repeated="2"', "<text:p>", "<table:covered-table-cell/>", *_WORDS)
_OLE: Final = (b"\x09\x08", b"\x04\x02", b"\xfc\x00", b"\x3c\x00", b"\xe5\x00", b"\xff\xff\xff\xfe")
_ARCHIVES: Final = (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"ustar\x0000", "../", "!/")
_KINDS: Final = (b"%PDF-", b"PK\x03\x04", b"<?xml", b"mimetype", b"ustar", b"multipart/related")
_YAML: Final = ("extends: ", "identify:", "columns:", "!!python/object:", "&a", "*a", "- ", "expects: [")
_JSON: Final = ('"new":"', '"seq":', "null", '"form_index":0', "funding", "indicators", "level1", "\\ud800")

TARGETS: Final[dict[str, Target]] = {
    "text": Target(_text, _texts(_parted), _WORDS),
    "glued": Target(_text, lambda: [*seeds.unparted(), *(data[:_SHORT] for data in _texts(_glued)())], _WORDS, _SHORT),
    "encoding": Target(_encoded, lambda: [bytes([n]) + seeds.SMALL for n in range(len(ENCODINGS))], _WORDS),
    "dump": Target(_text, _texts(dump.may_be), (*_WORDS, *_SQL)),
    "delimited": Target(_text, _texts(delimited.may_be), (*_WORDS, '"', '""', ",", ";", '",\n"')),
    "pipes": Target(_text, _texts(pipes.may_be), (*_WORDS, *_STROKES)),
    "ruled": Target(_text, _texts(ruled.may_be), (*_WORDS, *_STROKES)),
    "dashed": Target(_text, _texts(dashed.may_be), (*_WORDS, *_STROKES)),
    "tagged": Target(_text, lambda: [*_texts(tagged.may_be)(), *seeds.pages()], (*_WORDS, *_TAGS)),
    "mhtml": Target(_reader("mhtml"), seeds.messages, _MESSAGE),
    "xml2003": Target(_reader("xml2003"), seeds.office_xml, _XML),
    "xlsx": Target(_reader("xlsx"), lambda: seeds.packed_files(".xlsx"), _XLSX),
    "docx": Target(_reader("docx"), lambda: seeds.packed_files(".docx"), _DOCX),
    "ods": Target(_reader("ods"), lambda: seeds.packed_files(".ods"), _OPEN),
    "odt": Target(_reader("odt"), lambda: seeds.packed_files(".odt"), _OPEN),
    "ole": Target(_ole, seeds.old_files, _OLE),
    "pdf": Target(_pdf, seeds.pdfs, _PDF),
    "archives": Target(_archive, seeds.archives, _ARCHIVES),
    "kinds": Target(_kind, seeds.beginnings, _KINDS, 4096),
    "cells": Target(_cells, lambda: seeds.random_bytes(40), longest=512),
    "profile": Target(loaders.profile, seeds.profiles, _YAML),
    "corrections": Target(loaders.corrections, loaders.said, _JSON),
    "recovery": Target(loaders.check_recovery, lambda: seeds.random_bytes(40), longest=400),
}

"""Word files of the old kind (doc, wps) and RTF, by way of LibreOffice.

What LibreOffice makes of one is held against the text that the file itself holds: where much of it is gone, or all of
its tables, a finding says so.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from extract.errors import UnreadableInput
from extract.model import Failure, Finding
from extract.readers import office, word
from extract.readers.compound import Compound
from extract.readers.source import Line, Source, drawn

if TYPE_CHECKING:
    from extract.readers.files import ReadOptions

_DOC: Final = "application/msword"
_RTF: Final = "application/rtf"
_ENCRYPTED: Final = 0x0100
_SECOND_TABLE: Final = 0x0200
# Where the header of the main stream says how long the text is, and where the table of its pieces stands.
_FLAGS_AT: Final = 0x0A
_LENGTH_AT: Final = 0x4C
_PIECES_AT: Final = 0x1A2
_NARROW: Final = 0x40000000
_CELL_END: Final = "\x07"
# A field: its code, and what it shows.
_CODE: Final = re.compile(r"\x13[^\x13-\x15]*\x14?")
_RTF_CELL: Final = re.compile(rb"\\(?:nest)?cell(?![a-z])")
# What may stand behind the end of an RTF file.
_BEHIND: Final = b"\0\r\n\t \x1a"
# So much of a text may be gone without a word: hidden and deleted text, numbers of pages.
_KEPT: Final = 0.9
_FEW: Final = 40


def read(data: bytes, file: Compound, options: ReadOptions, docx: bytes | Failure | None = None) -> Source:
    """A doc or wps file. UnreadableInput: what ``office`` and ``word`` raise, ``encrypted``.

    ``docx``: what LibreOffice made of it, where it was asked before.
    """
    text = own_text(file)
    lines = word.lines(_converted(data, "doc", options, docx), options)
    return drawn(_DOC, [lines], tuple(_lost(lines, text)))


def read_rtf(data: bytes, options: ReadOptions, docx: bytes | Failure | None = None) -> Source:
    """An RTF file. UnreadableInput: what ``office`` and ``word`` raise, ``malformed`` where its end is missing."""
    if not is_whole_rtf(data):
        raise UnreadableInput("malformed", reason="its end is cut off")
    lines = word.lines(_converted(data, "rtf", options, docx), options)
    gone = _RTF_CELL.search(data) is not None and not _has_table(lines)
    return drawn(_RTF, [lines], (Finding("table_lost"),) if gone else ())


def is_whole_rtf(data: bytes) -> bool:
    """Whether the end of an RTF file is there."""
    return data.rstrip(_BEHIND).endswith(b"}")


def _converted(data: bytes, ending: str, options: ReadOptions, docx: bytes | Failure | None) -> bytes:
    if isinstance(docx, Failure):
        raise UnreadableInput(docx.code, **docx.params)
    return office.convert_one(data, ending, options) if docx is None else docx


def own_text(file: Compound) -> str:
    """The text of the main part, as the file holds it; "" where that cannot be told.

    UnreadableInput: ``encrypted``.
    """
    main = file.read("WordDocument")
    try:
        (flags,) = struct.unpack_from("<H", main, _FLAGS_AT)
        (length,) = struct.unpack_from("<I", main, _LENGTH_AT)
        begin, size = struct.unpack_from("<II", main, _PIECES_AT)
    except struct.error:
        return ""
    if flags & _ENCRYPTED:
        raise UnreadableInput("encrypted")
    name = "1Table" if flags & _SECOND_TABLE else "0Table"
    if name not in file.names:
        return ""
    text = "".join(_pieces(main, file.read(name)[begin : begin + size]))
    return text[:length]


def _pieces(main: bytes, table: bytes) -> list[str]:
    """The pieces of the text in order, told by their table."""
    at = 0
    while table[at : at + 1] == b"\x01" and at + 3 <= len(table):
        at += 3 + int.from_bytes(table[at + 1 : at + 3], "little")
    count = (len(table) - at - 5 - 4) // 12
    if table[at : at + 1] != b"\x02" or count < 1:
        return []
    ends = struct.unpack_from(f"<{count + 1}I", table, at + 5)
    found = []
    for i in range(count):
        (place,) = struct.unpack_from("<I", table, at + 5 + 4 * (count + 1) + 8 * i + 2)
        length = max(0, ends[i + 1] - ends[i])
        if place & _NARROW:
            start = (place & ~_NARROW) // 2
            found.append(main[start : start + length].decode("cp1252", "replace"))
        else:
            found.append(main[place : place + 2 * length].decode("utf-16-le", "replace"))
    return found


def _lost(lines: Sequence[Line], text: str) -> list[Finding]:
    """Findings where less came out than the file holds."""
    if _CELL_END in text and not _has_table(lines):
        return [Finding("table_lost")]
    there = _count(_CODE.sub("", text))
    here = sum(
        _count(piece.text) for line in lines for cell in line.cells for part in cell.paragraphs for piece in part
    )
    if here < _KEPT * there - _FEW:
        return [Finding("text_lost", params={"there": there, "here": here})]
    return []


def _has_table(lines: Sequence[Line]) -> bool:
    return any(not line.free for line in lines)


def _count(text: str) -> int:
    """How many characters show."""
    return sum(c > " " for c in text)

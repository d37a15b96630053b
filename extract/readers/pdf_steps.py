"""The steps that a page of a PDF file is drawn by, as they are written."""

from __future__ import annotations

from binascii import unhexlify
from collections.abc import Mapping, Sequence
from typing import Final

from extract.patterns import re
from extract.readers.pdf_file import Unusual

_NAME: Final = rb"/[^\s/<>\[\]()%{}]*+"
_HEX: Final = rb"<((?:[0-9A-Fa-f]{2})*+)>"
_STRING: Final = rb"\(((?:[^()\\]|\\.)*+)\)"
_INNER: Final = rb"(?:[^<>\[\]()%]|<[0-9A-Fa-f\s]*+>|\((?:[^()\\]|\\.)*+\))*+"
_PAIR: Final = rb"([-+.0-9]++\s++[-+.0-9]++)"
_PLACE: Final = rb"(?:%s\s++Td\s*+)?+" % _PAIR
_COLOURS: Final = rb"(?:[-+.0-9\s]++(?:rg|RG|g|G)\s++)*+"
_CODES_AND_NUMBERS: Final = rb"\[((?:[-+.0-9\s]++|<(?:[0-9A-Fa-f]{2})*+>)*+)\]"
# Most steps write a text. With it may stand that texts begin, where it is, its font, and that texts end.
_WRITES: Final = (
    rb"((?:q\s++%s)?+BT\s++)?+%s(?:(%s)\s++([-+.0-9]++)\s++Tf\s*+%s)?+(?:%s\s*+Tj|%s\s*+TJ)(\s++ET(?:\s++Q)?+)?+(?=\s)"
    % (
        *(_COLOURS, _PLACE, _NAME, _PLACE),
        *(_HEX, _CODES_AND_NUMBERS),
    )
)
# Many draw a line with a pen of its own.
_STROKES: Final = rb"q\s++([-+.0-9]++)\s++w\s++(?:\d\s++[Jj]\s++)*+%s\s++m\s++%s\s++l\s++S\s++Q(?=\s)" % (_PAIR, _PAIR)
# Others: what to do something with, and what to do.
_DOES: Final = rb"((?:[-+.0-9\s]++|%s|<%s>|\[%s\]|\(%s\)|<<%s>>)*+)([A-Za-z'\"]++\*?+)" % (
    *(_NAME, rb"[0-9A-Fa-f\s]*+", _INNER),
    *(rb"(?:[^()\\]|\\.)*+", _INNER),
)
# Behind what is none of these nothing is looked at.
_STEP: Final = re.compile(rb"\s*+(?:%s|%s|%s|(.+))" % (_WRITES, _STROKES, _DOES), re.DOTALL)
_PART: Final = re.compile(rb"\s*+(?:%s|%s|([-+.0-9]++))\s*+|(.+)" % (_HEX, _STRING), re.DOTALL)
_ESCAPE: Final = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.))", re.DOTALL)
_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_INSTEAD: Final = re.compile(rb"/ActualText\s*+<([0-9A-Fa-f\s]*+)>")
_SAID_INSTEAD: Final = b"/ActualText"

# What a step is at each of its places. One that writes a text: what begins it, its place, font and size, its place
# where that comes last, its codes, or codes and numbers, and what ends it. One that draws a line: how wide, from where,
# to where. Another one: with what, and what to do. Or else all the rest of the page, for nothing is known of it.
PEN, FROM, TO, WITH, WHAT = range(8, 13)
Step = tuple[bytes, ...]
# A longer page is none that is read by many.
_LONGEST: Final = 2 * 1024 * 1024


def steps(content: bytes) -> Sequence[Step]:
    """The steps of a page; one that writes a text or draws a line has nothing at WHAT."""
    if len(content) > _LONGEST:
        raise Unusual
    return _STEP.findall(content.rstrip())


def instead(told: bytes) -> str | None:
    """The text that stands instead of letters, where what is told of them tells one."""
    if _SAID_INSTEAD not in told:
        return None
    found = _INSTEAD.search(told)
    if found is None:
        raise Unusual
    return bytes.fromhex(found[1].decode()).decode("utf-16")


def joined(parts: bytes) -> tuple[bytes, Mapping[int, float]]:
    """Texts in digits as one; and the numbers between them, by how many bytes stand before."""
    pieces = parts.replace(b">", b"<").split(b"<")
    back: dict[int, float] = {}
    at = 0
    is_number = True
    for piece in pieces:
        if not is_number:
            at += len(piece)
        elif piece and not piece.isspace():
            back[at // 2] = float(piece)
        is_number = not is_number
    return unhexlify(b"".join(pieces[1::2])), back


def mixed(parts: bytes) -> tuple[bytes, Mapping[int, float]]:
    """Texts as one, of which some are written as they are; and the numbers between them."""
    told = b""
    back: dict[int, float] = {}
    for digits, text, number, other in _PART.findall(parts):
        if number:
            back[len(told)] = back.get(len(told), 0.0) + float(number)
        elif other:
            raise Unusual
        else:
            told += bytes.fromhex(digits.decode()) if digits else unescaped(text)
    return told, back


def unescaped(text: bytes) -> bytes:
    """What a text between brackets is."""
    if b"\\" not in text:
        return text
    return _ESCAPE.sub(_escape, text)


def _escape(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return bytes([int(found[1], 8) & 0xFF])
    if found[2] in (b"\r\n", b"\n", b"\r"):
        return b""
    return _ESCAPED.get(found[2], found[2])

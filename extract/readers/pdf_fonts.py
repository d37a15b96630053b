"""Fonts of a PDF file, as far as texts need them: which character a code is, and how wide; never how it looks."""

from __future__ import annotations

from binascii import unhexlify
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from extract.patterns import re
from extract.readers.page_marks import BLANKS, CHINESE, NARROWER, NEAR, NOTHING, folded
from extract.readers.pdf_file import Entries, File, Unusual

_SIMPLE: Final = frozenset((b"/Type1", b"/TrueType", b"/MMType1", b"/Type3"))
_EM: Final = 1000.0
_USUAL_WIDTH: Final = 1000.0
# No letter is wider, in heights.
_WIDEST: Final = 100.0
_CLOSE: Final = 1e-6

_PAIRS: Final = re.compile(rb"beginbfchar\s*+((?:<[0-9A-Fa-f]++>\s*+<[0-9A-Fa-f]++>\s*+)*+)endbfchar")
_STRETCHES: Final = re.compile(
    rb"beginbfrange\s*+((?:<[0-9A-Fa-f]++>\s*+<[0-9A-Fa-f]++>\s*+(?:<[0-9A-Fa-f]++>|\[[^\]]*+\])\s*+)*+)endbfrange"
)
_STRETCH: Final = re.compile(
    rb"<([0-9A-Fa-f]++)>\s*+<([0-9A-Fa-f]++)>\s*+(?:<([0-9A-Fa-f]++)>|\[((?:\s*+<[0-9A-Fa-f]++>)*+)\s*+\])"
)
_HEX: Final = re.compile(rb"<([0-9A-Fa-f]++)>")
_BEGUN: Final = re.compile(rb"beginbf(?:char|range)")
_MOST_CODES: Final = 0x10000
# Digits of a code of a byte, and of a character of 16 bits.
_BYTE, _CHARACTER = 2, 4
# Characters that mean nothing, are written from right to left, or stand for several; and marks of a word's parts.
_ODD: Final = (
    *((0x00, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x0590, 0x08FF), (0x200E, 0x200F), (0x202A, 0x202E)),
    *((0xD800, 0xF8FF), (0xFB00, 0xFDFF), (0xFE70, 0xFEFE), (0xFFF0, 0x10FFFF)),
)


class Face(NamedTuple):
    """A font, by code: the character, "" for none; how far it is to the next one, and how wide it is, in heights.

    Codes that are not known for certain are left out. ``is_wide``: whether a code takes two bytes.
    """

    texts: Mapping[int, str]
    steps: Mapping[int, float]
    widths: Mapping[int, float]
    is_wide: bool


def face(file: File, raw: bytes) -> Face:
    """The font that a page names."""
    said = file.entries(raw)
    kind = said.get(b"/Subtype")
    is_wide = kind == b"/Type0"
    told = _told(file.stream(said[b"/ToUnicode"]))
    if is_wide:
        steps = _wide_steps(file, said, told)
    elif kind in _SIMPLE:
        steps = _steps(file, said, kind, told)
    else:
        raise Unusual
    texts = {code: text for code, text in zip(told, map(_character, told.values()), strict=True) if text is not None}
    # What stands in the middle of its place is as wide as that.
    full = [code for code, step in steps.items() if step != 1.0 and -NARROWER < step - 1.0 <= NEAR]
    shown = {code: 1.0 for code in full if texts.get(code, "") >= CHINESE}
    return Face(texts, steps, {**steps, **shown} if shown else steps, is_wide)


@cache
def _character(told: str) -> str | None:
    """A character as texts have it; "" for what is none, and None for one that pdfium should tell."""
    code = ord(told)
    if code in NOTHING:
        return ""
    if code in BLANKS:
        return " "
    text = folded(told)
    return None if len(text) > 1 or any(low <= code <= high for low, high in _ODD) else text


# ---- widths


def _steps(file: File, said: Entries, kind: bytes | None, codes: Iterable[int]) -> Mapping[int, float]:
    if kind == b"/Type3":
        unit = _unit(file.numbers(said[b"/FontMatrix"]))
    elif b"/FontDescriptor" in said:
        unit = 1 / _EM
    else:
        # Those that every reader has are as wide there as they are, whatever the file says.
        raise Unusual
    first, widths = file.number(said[b"/FirstChar"]), file.words(said[b"/Widths"])
    own = {code: widths[code - first] for code in codes if 0 <= code - first < len(widths)}
    # Mostly nearly all are as wide.
    known = {told: width for told in set(own.values()) if 0 <= (width := float(told) * unit) < _WIDEST}
    return {code: known[told] for code, told in own.items() if told in known}


def _unit(matrix: Sequence[float]) -> float:
    """What widths of a font are counted in whose letters the file draws; browsers draw them upside down."""
    unit, b, c, d, e, f = matrix
    if unit <= 0 or abs(abs(d) - unit) > _CLOSE or any((b, c, e, f)):
        raise Unusual
    return unit


def _wide_steps(file: File, said: Entries, codes: Iterable[int]) -> Mapping[int, float]:
    if said.get(b"/Encoding") != b"/Identity-H":
        raise Unusual
    (within,) = file.items(said[b"/DescendantFonts"])
    inner = file.entries(within)
    usual = float(file.value(inner[b"/DW"])) if b"/DW" in inner else _USUAL_WIDTH
    widths = _by_code(file, file.items(inner[b"/W"])) if b"/W" in inner else {}
    return {code: width / _EM for code in codes if 0 <= (width := widths.get(code, usual)) < _WIDEST * _EM}


def _by_code(file: File, items: Sequence[bytes]) -> Mapping[int, float]:
    """Widths by code: of codes from one on, or of all from one to another."""
    found: dict[int, float] = {}
    at = 0
    while at < len(items):
        first, second = int(items[at]), file.value(items[at + 1])
        if second[:1] == b"[":
            found.update(enumerate(file.numbers(second), first))
            at += 2
        else:
            found.update(dict.fromkeys(_stretch(first, int(second)), float(items[at + 2])))
            at += 3
    return found


def _stretch(first: int, last: int) -> range:
    if last - first > _MOST_CODES:
        raise Unusual
    return range(first, last + 1)


# ---- characters


def _told(text: bytes) -> Mapping[int, str]:
    """The character of each code; codes that stand for several are left out."""
    found: dict[int, str] = {}
    parts = _PAIRS.findall(text)
    for part in parts:
        pieces = part.replace(b">", b"<").split(b"<")
        found.update(_pairs(pieces[1::4], pieces[3::4]))
    stretches = _STRETCHES.findall(text)
    for part in stretches:
        for low, high, start, several in _STRETCH.findall(part):
            codes = _stretch(int(low, 16), int(high, 16))
            if start:
                begin = ord(_text(start))
                found.update(zip(codes, map(chr, range(begin, begin + len(codes))), strict=True))
            else:
                found.update(_pairs([b"%x" % code for code in codes], _HEX.findall(several)))
    if len(parts) + len(stretches) != len(_BEGUN.findall(text)):
        raise Unusual
    return found


def _pairs(codes: Sequence[bytes], others: Sequence[bytes]) -> Iterable[tuple[int, str]]:
    numbers = unhexlify(b"".join(codes)) if set(map(len, codes)) == {_BYTE} else [int(c, 16) for c in codes]
    if set(map(len, others)) == {_CHARACTER}:
        # Mostly each code is a character of 16 bits.
        return zip(numbers, _text(b"".join(others)), strict=True)
    return ((code, text) for code, text in zip(numbers, map(_text, others), strict=True) if len(text) == 1)


def _text(digits: bytes) -> str:
    return unhexlify(digits).decode("utf-16-be")

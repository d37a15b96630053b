"""Text as people see it: normal forms, display widths, invisible characters."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

# Characters that show nothing: zero-width spaces and joiners, direction marks, soft hyphen, BOM.
INVISIBLE: Final = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\u180e"
)
# Blanks of other widths, and what ends a line or a field for no program that writes these forms: a blank, like others.
ODD_BLANKS: Final = (
    "\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u2028\u2029"
    "\x0b\x0c\x1c\x1d\x1e\x1f\x85"
)
# What separates cells.
GAPS: Final = " \t\u00a0\u3000\r\n" + ODD_BLANKS
# What pads them; within a word, what shows nothing separates nothing.
BLANKS: Final = GAPS + INVISIBLE

# A tab that is left within a cell separates nothing, and shows as a blank.
_AS_SEEN: Final = {ord(c): None for c in INVISIBLE} | dict.fromkeys(map(ord, f"\t{ODD_BLANKS}"), " ")
# re and not regex: for a pattern this plain it takes a third of the time. No part of it can match in two ways.
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")

_SHOWN: Final = re.compile(
    rf"(?P<nothing></?[A-Za-z][^<>]{{0,2000}}>|[{INVISIBLE}]+)|(?P<entity>&(?:#\d{{1,7}}|#[xX][0-9A-Fa-f]{{1,6}}|[A-Za-z][A-Za-z0-9]{{1,31}});?)|[^<&{INVISIBLE}]+|[<&]"
)


def width(text: str) -> int:
    """Display width: 1 for an ASCII character, 2 for any other, as portals and fixed-pitch fonts count it."""
    return len(text) * 2 - len(text.encode("ascii", "ignore"))


def all_widths(texts: Sequence[str]) -> list[int]:
    """``width`` of each text."""
    return [len(text) * 2 - len(text.encode("ascii", "ignore")) for text in texts]


@lru_cache(maxsize=65536)
def squash(text: str) -> str:
    """The text to compare labels by: NFKC (brackets and digits folded), with no white space, nothing invisible."""
    return "".join(unicodedata.normalize("NFKC", text.translate(_AS_SEEN)).split())


def has_many(text: str, mark: str, fewest: int) -> bool:
    """Whether a character stands in a text so many times at least.

    Counting takes ten times as long where it stands there a few times only, as in most texts of another shape.
    """
    at = -1
    for _ in range(fewest):
        at = text.find(mark, at + 1)
        if at < 0:
            return False
    return True


def visible(text: str) -> str:
    """NFC, invisible characters dropped, odd blanks as blanks, blanks at both ends trimmed."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return text.strip()
    return unicodedata.normalize("NFC", text.translate(_AS_SEEN)).strip(BLANKS)


def plain(text: str) -> str:
    """``visible`` of a text that may hold HTML: entities resolved once, tags dropped.

    A tag is dropped before entities are resolved, so that ``&lt;3`` stays a text and never becomes a tag.
    """
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    return visible(text)


def shown(text: str, *, markup: bool = True) -> list[tuple[str, int, int]]:
    """``plain`` (``visible`` without ``markup``), piece by piece, each with its place in ``text``, half-open.

    The pieces are the texts between what shows nothing (tags, invisible characters). An entity is a piece of its own,
    whose place is the whole entity, and so are characters that the normal form makes more or fewer. Together they are
    ``plain``.
    """
    pieces: list[tuple[str, int, int]] = []
    for match in _SHOWN.finditer(text):
        start, end = match.span()
        piece = match.group()
        if match.lastgroup == "nothing" and (markup or piece[0] != "<"):
            continue
        if match.lastgroup == "entity" and markup:
            piece = html.unescape(piece).translate(_AS_SEEN)
        elif not piece.isprintable():
            piece = piece.translate(_AS_SEEN)
        if piece:
            pieces.append((piece, start, end))
    if not unicodedata.is_normalized("NFC", "".join([piece for piece, *_ in pieces])):
        pieces = _composed(pieces)
    return _trimmed(_together(pieces))


def _composed(pieces: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """The pieces in NFC: each character by itself, with the marks and letters behind it that grow together with it."""
    found: list[tuple[str, int, int]] = []
    text, start, end = "", -1, -1
    for piece, low, high in pieces:
        units = zip(piece, range(low, high), range(low + 1, high + 1), strict=True)
        for unit, first, last in units if high - low == len(piece) else [(piece, low, high)]:
            if text and _grows(text, unit[0]):
                text, end = text + unit, last
                continue
            if text:
                found.append((unicodedata.normalize("NFC", text), start, end))
            text, start, end = unit, first, last
    found.append((unicodedata.normalize("NFC", text), start, end))
    return found


def _grows(text: str, behind: str) -> bool:
    """Whether a character makes one with what stands before it, as a mark does, or a vowel sign of Hangul."""
    if unicodedata.combining(behind):
        return True
    apart = unicodedata.normalize("NFC", text) + unicodedata.normalize("NFC", behind)
    return unicodedata.normalize("NFC", text + behind) != apart


def _together(pieces: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Neighbours that stand in the text as they are put together."""
    found: list[tuple[str, int, int]] = []
    for text, start, end in pieces:
        before, first, last = found[-1] if found else ("", -1, -1)
        if last == start and last - first == len(before) and end - start == len(text):
            found[-1] = (before + text, first, end)
        else:
            found.append((text, start, end))
    return found


def _trimmed(pieces: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """The pieces without blanks at both ends."""
    while pieces:
        text, start, end = pieces[0]
        kept = text.lstrip(BLANKS)
        if kept:
            pieces[0] = (kept, start + (len(text) - len(kept) if end - start == len(text) else 0), end)
            break
        del pieces[0]
    while pieces:
        text, start, end = pieces[-1]
        kept = text.rstrip(BLANKS)
        if kept:
            pieces[-1] = (kept, start, end - (len(text) - len(kept) if end - start == len(text) else 0))
            break
        del pieces[-1]
    return pieces

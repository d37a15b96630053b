"""The text of a cell that was broken over lines, and the paragraphs of a block of running text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from extract.clean import width
from extract.interpret.prose import COUNTER
from extract.model import Cell

# What no cell and no paragraph begins with, and what none ends with.
CLOSING: Final = frozenset("，。、；：！？）》〉】〕」』”’…,;:!?)]}％%")
OPENING: Final = frozenset("（《〈【〔「『“‘([{")
_SENTENCE_END: Final = tuple("。！？!?；;")


def join_pieces(pieces: Sequence[Cell], room: int = 0) -> Cell:
    """The cell of pieces that stand below one another; ``room``: how wide a full line is, 0 where that is not known.

    A break between two ASCII words was a blank where the line had room for more, and nothing where it was full.
    """
    first = pieces[0]
    if len(pieces) == 1:
        return first
    text = "".join([piece.text for piece in pieces])
    if room:
        text = _with_blanks(pieces, room)
    parts = tuple(pieces)
    if any(piece.parts for piece in pieces):
        parts = tuple(part for piece in pieces for part in piece.parts or (piece,))
    return _new(Cell, (text, *first[1:-1], parts))


def _with_blanks(pieces: Sequence[Cell], room: int) -> str:
    text = pieces[0].text
    for before, piece in pairwise(pieces):
        last, first = before.text[-1:], piece.text[:1]
        if last.isascii() and first.isascii() and last.isalpha() and first.isalpha() and before.x1 - before.x0 < room:
            text += " "
        text += piece.text
    return text


_new: Final = tuple.__new__


def paragraphs(pieces: Sequence[Cell]) -> tuple[list[list[Cell]], list[int]]:
    """The lines of running text by paragraph, and the lines (by index) of which it is open whether one begins there.

    A line that is not full ends a paragraph. A counter begins one where the text before it has ended, unless counters
    stand within lines too: then they count sentences.
    """
    if len(pieces) < 2:
        return [list(pieces)] if pieces else [], []
    widths = [int(piece.x1 - piece.x0) for piece in pieces]
    room = max(widths)
    starts = [0]
    doubts = []
    counted = COUNTER.match(pieces[0].text) is not None
    short_ends = sum(w < room - 1 for w in widths[:-1])
    for at in range(1, len(pieces)):
        text = pieces[at].text
        before = pieces[at - 1].text
        full = widths[at - 1] + unit_width(text) > room
        if not full:
            starts.append(at)
        elif before.endswith(_SENTENCE_END):
            if COUNTER.match(text):
                starts.append(at)
            elif short_ends and not counted:
                doubts.append(at)
    ends = [*starts[1:], len(pieces)]
    return [list(pieces[a:b]) for a, b in zip(starts, ends, strict=True)], doubts


def unit_width(text: str) -> int:
    """The width of the first characters of ``text`` that a tool might not part.

    These are a word or number of ASCII characters, or a character with the closing punctuation behind it or the opening
    one before it.
    """
    at = 0
    while at < len(text) and text[at] in OPENING:
        at += 1
    if at < len(text) and text[at].isascii() and text[at] not in CLOSING:
        while at < len(text) and text[at].isascii() and text[at] not in OPENING and text[at] != " ":
            at += 1
    else:
        at += 1
    while at < len(text) and text[at] in CLOSING:
        at += 1
    return width(text[:at])

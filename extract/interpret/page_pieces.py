"""The pieces of a printed page's lines: what stands between blanks, with what each could be by itself.

Texts taken out of a PDF put a cell's lines about where they stand on the page. Within a line the order is right, and so
is the order of lines; how far a piece stands from the line's start is not exact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import regex

from extract.clean import squash, width
from extract.interpret.layout_text import unit_width
from extract.model import Cell
from extract.places import as_seen
from extract.vocabulary import FormProfile

_PIECE: Final = re.compile(r"[^\s]+")
_PAGE_NUMBER: Final = regex.compile(
    r"(?:第\d{1,4}页(?:[,，/]?共\d{1,4}页)?|共\d{1,4}页(?:[,，/]?第\d{1,4}页)?|[-—–―－]{1,2}\d{1,4}[-—–―－]{1,2}"
    r"|\d{1,4}/\d{1,4}|[Pp]age\d{1,4}(?:(?:of|/)\d{1,4})?)$"
)
_UNIT_BEFORE: Final = re.compile(r"([（(][万千]?元[）)])[\d.,]+$")
_LONGEST_NUMBER: Final = 16
# So many letters and figures may take a place more than they count for.
_FIGURES: Final = 8
# Full lines are so much shorter than the longest at most; so many of them show how long a full line is.
_UNEVEN: Final = 2
_ENOUGH: Final = 3


class Line(NamedTuple):
    """A line that is not blank: its pieces, its page (1-based), and its place down the page.

    ``y`` grows by one for each line of the source, blank ones counted.
    """

    pieces: tuple[Cell, ...]
    page: int
    y: int

    @property
    def text(self) -> str:
        """The pieces without what is between them, to compare by."""
        return squash("".join([piece.text for piece in self.pieces]))


def page_lines(lines: Sequence[str], first_line: int) -> list[Line]:
    """The lines that are neither blank nor page numbers. ``first_line``: the 1-based source line of ``lines[0]``.

    A piece's ``x0`` and ``x1`` count characters: that is how texts are laid out that are taken out of a PDF.
    """
    found: list[Line] = []
    page = 1
    for at, line in enumerate(lines):
        page += line.count("\f")
        shift = line.rfind("\f") + 1
        pieces = []
        for match in _PIECE.finditer(line):
            for start, end in _halves(match):
                cell = as_seen(Cell(line[start:end], first_line + at, start, end, 0, 0, start - shift, end - shift))
                if cell is not None:
                    pieces.append(cell)
        if pieces and not _is_page_number(pieces):
            found.append(Line(tuple(pieces), page, at))
    return found


def _halves(match: re.Match[str]) -> list[tuple[int, int]]:
    """Where the pieces of a run without blanks stand: a unit in brackets and the amount behind it are two."""
    start, end = match.span()
    unit = _UNIT_BEFORE.match(match.group())
    return [(start, start + unit.end(1)), (start + unit.end(1), end)] if unit else [(start, end)]


def _is_page_number(pieces: Sequence[Cell]) -> bool:
    text = "".join([piece.text for piece in pieces])
    return len(text) <= _LONGEST_NUMBER and _PAGE_NUMBER.match(squash(text)) is not None


def shown_width(cell: Cell) -> int:
    """The display width of a piece: how much room it takes on the page, as near as can be told."""
    return width(cell.text)


def room_of(pieces: Sequence[Cell]) -> int:
    """How wide a column of running text is: as the widest of its pieces.

    One that stands out alone may be two lines that were printed as one.
    """
    widths = sorted((shown_width(piece) for piece in pieces), reverse=True)
    if not widths:
        return 0
    if sum(own >= widths[0] - _UNEVEN for own in widths) < _ENOUGH:
        for room in widths:
            if sum(room - _UNEVEN <= own <= room for own in widths) > max(_ENOUGH, len(widths) // _ENOUGH):
                return room
    return widths[0]


def room_left(before: Cell, following: Cell, room: int) -> int:
    """How many places a line has left of ``room`` for what cannot be parted of the next line; below zero, it is full.

    Proportional letters and figures take a little more or less room than they count for here.
    """
    figures = sum(c.isascii() for c in before.text)
    return room - shown_width(before) - unit_width(following.text) - (1 + figures // _FIGURES if figures else 0)


def fragments(words: Sequence[str]) -> frozenset[str]:
    """All that a line of one of these words can hold when it is broken over lines."""
    return frozenset(word[a:b] for word in words for a in range(len(word)) for b in range(a + 1, len(word) + 1))


@lru_cache(maxsize=64)
def section_words(profile: FormProfile, name: str) -> frozenset[str]:
    """Every spelling of a section's label, squashed."""
    bare = [word for word, section in profile.bare_sections.items() if section == name]
    return frozenset([*bare, *(prefix + word for prefix in profile.section_prefixes for word in bare)])

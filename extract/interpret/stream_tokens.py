"""A text without cell boundaries as a stream of tokens: what stands between blanks, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import regex

from extract.clean import GAPS, width
from extract.model import Cell
from extract.places import as_seen, cut, join

# Dates are one piece where a tool sets blanks between figures and characters.
_DATE: Final = r"(?:19|20)\d{2} 年(?: \d{1,2} 月(?: \d{1,2} 日)?[底前初末内以]*)?"
_WORDS: Final = regex.compile(r"[^ ]+")
_PIECES: Final = regex.compile(rf"{_DATE}(?![^{regex.escape(GAPS)}])|[^{regex.escape(GAPS)}]+")
_CUT_DATES: Final = regex.compile(rf"(?:19|20)\d{{2}} 年 \d{{1,2}}$|{_PIECES.pattern}")
# A blank between a figure or letter and a character, or no blank there.
_SPACED: Final = regex.compile(r"[A-Za-z\d.] \p{Han}|\p{Han} [A-Za-z\d]")
_CLOSE: Final = regex.compile(r"[A-Za-z\d]\p{Han}|\p{Han}[A-Za-z\d]")
_ENOUGH: Final = 2


class Token(NamedTuple):
    """A piece of a line. ``at``: which piece of its line; ``last``: whether none follows there.

    ``block`` counts the runs of lines without a blank line between them.
    """

    cell: Cell
    line: int
    at: int
    last: bool
    block: int

    @property
    def text(self) -> str:
        """The text of the piece."""
        return self.cell.text


def tokens(lines: Sequence[str], first_line: int) -> list[Token]:
    """The tokens of lines. ``first_line``: the 1-based source line of ``lines[0]``."""
    found: list[Token] = []
    block = 0
    blank = False
    for number, line in enumerate(lines):
        if blank or "\f" in line:
            block += 1
        below = lines[number + 1].lstrip() if number + 1 < len(lines) else ""
        pieces = list(_pieces(line, first_line + number, _CUT_DATES if below[:1] == "月" else _PIECES))
        blank = not pieces
        found += (Token(piece, number, at, at == len(pieces) - 1, block) for at, piece in enumerate(pieces))
    return found


def _pieces(line: str, number: int, pattern: regex.Pattern[str]) -> Iterator[Cell]:
    """The pieces of a line; its places count display columns from the first one."""
    for match in pattern.finditer(line):
        whole = Cell(match.group(), number, *match.span(), 0)
        words = [cut(whole, *word.span()) for word in _WORDS.finditer(whole.text)] if " " in whole.text else [whole]
        seen = [cell for word in words if (cell := as_seen(word, markup=False)) is not None]
        if seen:
            cell = join(seen)
            x0 = width(line[: match.start()])
            yield cell._replace(x0=x0, x1=x0 + width(cell.text))


def is_spaced(lines: Sequence[str]) -> bool:
    """Whether the tool set a blank between every figure and character, which belongs to no text then."""
    spaced = sum(len(_SPACED.findall(line)) for line in lines)
    return spaced >= _ENOUGH and spaced > _ENOUGH * sum(len(_CLOSE.findall(line)) for line in lines)


def line_cell(own: Sequence[Token], *, spaced: bool = False) -> Cell:
    """Neighbouring tokens of one line as one cell, with the blanks between them that are no tool's (``spaced``)."""
    groups: list[list[Token]] = [[own[0]]]
    for before, token in pairwise(own):
        if spaced and _SPACED.match(f"{before.text[-1]} {token.text[0]}"):
            groups.append([token])
        else:
            groups[-1].append(token)
    whole = join([_with_blanks(group) for group in groups])
    return whole._replace(x1=whole.x0 + width(whole.text))


def _with_blanks(own: Sequence[Token]) -> Cell:
    first, last = own[0].cell, own[-1].cell
    text = " ".join([token.text for token in own])
    if last.end - first.start == len(text):
        return first._replace(text=text, end=last.end)
    found = [first]
    for before, token in pairwise(own):
        found += [Cell(" ", first.line, before.cell.end, token.cell.start, 0), token.cell]
    return join(found)

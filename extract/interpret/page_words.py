"""Printed words that are broken over the lines of a page: headers, and labels down the side of a section."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations, product
from math import prod
from typing import Final, NamedTuple

from extract.clean import squash
from extract.interpret.layout_text import join_pieces
from extract.interpret.page_pieces import Line
from extract.model import Cell

# What a piece is worth that is of a word with a meaning, and what one costs that is of none; what a word costs, and
# pieces of one that stand apart (a character).
_A_PIECE: Final = 1.0
_UNKNOWN: Final = 0.6
_A_WORD: Final = 0.15
_APART: Final = 0.01
_NEAR: Final = 12.0
_FAR: Final = 25.0
_MOST_PIECES: Final = 6
_FEW: Final = 3
# Lines with so many pieces are no header.
_MOST_STATES: Final = 2500
# Between two pieces of a label down the side there are no more lines than this that hold none of it.
_LINES_BETWEEN: Final = 3
# The middles of two pieces of one label are no farther apart (characters).
_OFF: Final = 6


class Word(NamedTuple):
    """A header word, put together, and what it means (None for a word of no meaning)."""

    cell: Cell
    meaning: str | None


class _Way(NamedTuple):
    worth: float
    words: tuple[Word, ...]


Meaning = Callable[[str], str | None]


def header_words(lines: Sequence[Sequence[Cell]], meaning: Meaning, *, near: bool = False) -> tuple[float, list[Word]]:
    """The words of a header in order, and how good that reading is.

    A word has at most a piece of each line, of one line two.
    Its worth is the number of pieces whose words have a meaning, less what others cost. ``near``: whether the pieces of
    a word stand near one another, because other words could be made of them.
    """
    known: dict[tuple[int, ...], _Way] = {}
    ends = tuple(map(len, lines))

    def best(at: tuple[int, ...]) -> _Way:
        if at == ends:
            return _Way(0.0, ())
        found = known.get(at)
        if found is None:
            ways = [
                _Way(gain + rest.worth, (word, *rest.words))
                for taken, gain, word in _next_words(lines, at, meaning, near=near)
                for rest in [best(taken)]
            ]
            found = known[at] = max(ways, key=lambda way: way.worth)
        return found

    if prod(end + 1 for end in ends) > _MOST_STATES:
        return 0.0, []
    way = best((0,) * len(lines))
    # Order within a line is exact; words of different lines have no order but that of their places.
    main = max(lines, key=len)[0].line

    def place(word: Word) -> float:
        own = next((piece for piece in word.cell.parts or (word.cell,) if piece.line == main), word.cell)
        return middle(own)

    return way.worth, sorted(way.words, key=place)


def _next_words(
    lines: Sequence[Sequence[Cell]], at: tuple[int, ...], meaning: Meaning, *, near: bool
) -> list[tuple[tuple[int, ...], float, Word]]:
    """The words that may come next: the places behind them, what they are worth, the words."""
    found = []
    for counts in product(*(range(min(2, len(line) - start) + 1) for line, start in zip(lines, at, strict=True))):
        total = sum(counts)
        if not total or total > _MOST_PIECES or counts.count(2) > 1:
            continue
        pieces = [
            piece for line, start, count in zip(lines, at, counts, strict=True) for piece in line[start : start + count]
        ]
        order, kind = _in_some_order(pieces, meaning)
        if kind is None and total > 1:
            continue
        cell = join_pieces(order)
        gain = _A_PIECE * total - _A_WORD - _APART * _spread(pieces, near=near) if kind is not None else -_UNKNOWN
        taken = tuple(start + count for start, count in zip(at, counts, strict=True))
        found.append((taken, gain, Word(cell, kind)))
    return found


def _in_some_order(pieces: Sequence[Cell], meaning: Meaning) -> tuple[Sequence[Cell], str | None]:
    """A word's pieces in order, and what it means.

    Lines of one word may have been printed in another order than they stand in.
    """
    kind = meaning("".join([piece.text for piece in pieces]))
    if kind is None and len({piece.line for piece in pieces}) == len(pieces) <= _FEW:
        for order in permutations(pieces):
            found = meaning("".join([piece.text for piece in order]))
            if found is not None:
                return order, found
    return pieces, kind


def middle(cell: Cell) -> float:
    """Where the middle of a cell stands, that of its pieces if it has several."""
    pieces = cell.parts or (cell,)
    return sum((piece.x0 + piece.x1) / 2 for piece in pieces) / len(pieces)


def _spread(pieces: Sequence[Cell], *, near: bool) -> float:
    middles = [(piece.x0 + piece.x1) / 2 for piece in pieces]
    apart = max(middles) - min(middles)
    return 2 * apart if near else min(apart, _NEAR) + 2 * max(apart - _FAR, 0.0)


class SideLabel(NamedTuple):
    """A label down the side of lines: its cell, and the lines (by index) its pieces are the first ones of."""

    cell: Cell
    lines: tuple[int, ...]


def side_labels(lines: Sequence[Line], words: frozenset[str]) -> list[SideLabel]:
    """The labels down the side whose text, without what is in brackets behind it, is one of ``words``."""
    found: list[SideLabel] = []
    at = 0
    while at < len(lines):
        label = _label_from(lines, at, words)
        if label is None:
            at += 1
        else:
            found.append(label)
            at = label.lines[-1] + 1
    return found


def _label_from(lines: Sequence[Line], at: int, words: frozenset[str]) -> SideLabel | None:
    """The longest label whose first piece is the first one of a line."""
    taken: list[int] = []
    text = ""
    best: tuple[int, ...] | None = None
    last = at
    while last < len(lines) and last - (taken[-1] if taken else at) <= _LINES_BETWEEN:
        first = lines[last].pieces[0]
        longer = text + squash(first.text)
        below = not taken or abs(middle(lines[taken[0]].pieces[0]) - middle(first)) <= _OFF
        if below and _may_begin(longer, words):
            text = longer
            taken.append(last)
            if _is_whole(text, words):
                best = tuple(taken)
        elif not taken:
            return None
        last += 1
    if best is None:
        return None
    return SideLabel(join_pieces([lines[i].pieces[0] for i in best]), best)


def _is_whole(text: str, words: frozenset[str]) -> bool:
    base, opened, rest = text.partition("(")
    return base in words and (not opened or rest.endswith(")"))


def _may_begin(text: str, words: frozenset[str]) -> bool:
    """Whether a text can be the beginning of a label; behind it may stand a unit in brackets."""
    base, opened, rest = text.partition("(")
    if opened:
        return base in words and (not rest or rest.rstrip(")") in ("万元", "元", "千元", "万", "千"))
    return any(word.startswith(text) for word in words)

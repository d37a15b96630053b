"""Lines whose cells have drifted off their columns, or that stand as a whole some places off, set right.

Copying and page margins move lines by a constant, and tools that place text by points round each cell by itself. Where
most cells of a block begin is where the others belong: a line is moved as a whole to where most of its cells begin at
such places, and then each cell by itself, if one is near.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from extract.interpret.layout_lines import Strip, seen, words
from extract.model import Cell

# How far a line as a whole, and a cell by itself, may stand off.
_LINE: Final = 8
_CELL: Final = 2
# A column's cells usually begin at one of so many places.
_USUAL_PLACES: Final = 2
_FAR: Final = 1000.0
# At so many places where cells begin, a column does.
_SEVERAL: Final = 3
# Columns are farther apart than this.
_APART: Final = 3


class _Token(NamedTuple):
    """Words of a line with single blanks between them.

    ``chars``: the character at each of its display columns; ``blanks``: the display columns of the blanks.
    """

    x0: int
    x1: int
    chars: list[int]
    blanks: tuple[int, ...] = ()

    def cut(self, x0: int, x1: int) -> _Token:
        """What stands between two display columns."""
        return _Token(x0, x1, self.chars[x0 - self.x0 : x1 - self.x0], tuple(x for x in self.blanks if x0 < x < x1))


def straightened(lines: Sequence[Strip]) -> list[Strip]:
    """The lines with their cells where their columns are."""
    tokens = [_tokens(line) for line in lines]
    starts = Counter(token.x0 for own in tokens for token in own)
    columns = frozenset(x for x, count in starts.items() if count >= _SEVERAL)
    tokens = [_parted(own, columns) for own in tokens]
    shifts = [_shift(own, starts) for own in tokens]
    moved = Counter(token.x0 + shift for own, shift in zip(tokens, shifts, strict=True) for token in own)
    anchors = _anchors(moved)
    return [_set_right(*each, anchors) for each in zip(lines, tokens, shifts, strict=True)]


def aligned_share(cells: Sequence[Cell]) -> float:
    """The share of a column's cells that begin, end or have their middle where most of them do.

    A middle may be half a place off. Numbers may stand at the right of a column and words at its left.
    """
    if is_exact(cells):
        return 1.0
    start, end = (Counter(places).most_common(1)[0][0] for places in ([c.x0 for c in cells], [c.x1 for c in cells]))
    middles = Counter(cell.x0 + cell.x1 for cell in cells)
    middle = max(middles, key=lambda at: middles[at] + middles[at + 1])
    fits = sum(c.x0 == start or c.x1 == end or 0 <= c.x0 + c.x1 - middle <= 1 for c in cells)
    return fits / len(cells)


def is_exact(cells: Sequence[Cell]) -> bool:
    """Whether all cells of a column begin, or all end, or all have their middle at one place."""
    start, end = cells[0].x0, cells[0].x1
    if all(cell.x0 == start for cell in cells) or all(cell.x1 == end for cell in cells):
        return True
    middles = [cell.x0 + cell.x1 for cell in cells]
    return max(middles) - min(middles) <= 1


def _tokens(line: Strip) -> list[_Token]:
    found: list[_Token] = []
    for word in words(line):
        if line.chars is None:
            chars = [at for at in range(word.start, word.end) for _ in range(1 if line.text[at] < "\x80" else 2)]
        else:
            chars = list(line.chars[word.x0 : word.x1])
        if found and word.x0 - found[-1].x1 == 1:
            last = found.pop()
            blanks = (*last.blanks, last.x1)
            found.append(_Token(last.x0, word.x1, [*last.chars, word.start - 1, *chars], blanks))
        else:
            found.append(_Token(word.x0, word.x1, chars))
    return found


def _parted(tokens: Sequence[_Token], columns: Collection[float]) -> list[_Token]:
    """The tokens, those cut that go on behind a single blank where a column begins.

    A cell that fills its column may push the next one a place on.
    """
    found: list[_Token] = []
    for token in tokens:
        start = token.x0
        for blank in token.blanks:
            if blank + 1 in columns or blank in columns:
                found.append(token.cut(start, blank))
                start = blank + 1
        found.append(token.cut(start, token.x1))
    return found


def _shift(tokens: Sequence[_Token], starts: Mapping[int, int]) -> int:
    """By how much a line is best moved so that its cells begin where other lines' cells do."""
    best, least = 0, -1.0
    for shift in sorted(range(-_LINE, _LINE + 1), key=abs):
        if tokens and tokens[0].x0 + shift < 0:
            continue
        # A line's own cells count where they stand.
        score = sum(starts.get(token.x0 + shift, 0) - (shift == 0) for token in tokens)
        if score > least + (1 if shift else 0):
            best, least = shift, float(score)
    return best


def _anchors(starts: Mapping[int, int]) -> list[int]:
    """Where columns begin: the places at which most cells begin, none too near to another."""
    near = {x: sum(starts.get(x + d, 0) for d in range(-_CELL, _CELL + 1)) for x in starts}
    found: list[int] = []
    for x in sorted(starts, key=lambda at: (-starts[at], -near[at], at)):
        if all(abs(x - other) > _APART for other in found):
            found.append(x)
    return found


def _set_right(line: Strip, tokens: Sequence[_Token], shift: int, anchors: Sequence[int]) -> Strip:
    """The line with its cells moved; no cell over the one before it."""
    places = bytearray()
    chars: list[int] = []
    for token in tokens:
        x0 = token.x0 + shift
        nearest = min(anchors, key=lambda at: abs(at - x0), default=x0)
        if abs(nearest - x0) <= _CELL:
            x0 = nearest
        blanks = max(x0 - len(places), 1 if places else 0)
        places += b" " * blanks
        chars += [token.chars[0]] * blanks
        places += line.places[token.x0 : token.x1] if line.chars is not None else _marks(token, line)
        chars += token.chars
    chars.append(tokens[-1].chars[-1] + 1 if tokens else len(line.text))
    return Strip(line.number, line.text, bytes(places), chars)


def _marks(token: _Token, line: Strip) -> bytes:
    return bytes(0x20 if line.text[at] == " " else 0x78 for at in token.chars)


class _Reference(NamedTuple):
    """Where cells of a column usually begin, end and have twice their middle."""

    starts: tuple[float, ...]
    ends: tuple[float, ...]
    middles: tuple[float, ...]


def by_nearest(
    lines: Sequence[Strip], table: Sequence[Sequence[Cell | None]], header: Sequence[Cell | None]
) -> list[list[Cell | None]]:
    """The cells of lines by column anew: in order, each in the column whose other cells stand most nearly like it.

    ``table``: the cells as cuts gave them, right for most lines. ``header``: each column's header word or None.
    """
    references = [_reference([line[col] for line in table], header[col]) for col in range(len(header))]
    columns = {start for reference in references for start in reference.starts[:1]}
    found = []
    for line, own in zip(lines, table, strict=True):
        tokens = _parted(_tokens(line), columns)
        found.append(_assigned(line, tokens, own, references) if len(tokens) <= len(own) else list(own))
    return found


def _reference(cells: Sequence[Cell | None], head: Cell | None) -> _Reference:
    found = [cell for cell in cells if cell is not None and "  " not in cell.text]
    if head is not None:
        found += head.parts or (head,)
    counts = [
        Counter(places).most_common(_USUAL_PLACES)
        for places in ([c.x0 for c in found], [c.x1 for c in found], [c.x0 + c.x1 for c in found])
    ]
    # One place that most cells share, or the two most common ones.
    starts, ends, middles = (tuple(place for place, _ in common) for common in counts)
    return _Reference(starts, ends, middles)


def _apart(token: _Token, column: _Reference) -> float:
    near = [abs(token.x0 - place) for place in column.starts]
    near += [abs(token.x1 - place) for place in column.ends]
    near += [abs(token.x0 + token.x1 - place) / 2 for place in column.middles]
    return min(near, default=_FAR)


def _assigned(
    line: Strip, tokens: Sequence[_Token], own: Sequence[Cell | None], references: Sequence[_Reference]
) -> list[Cell | None]:
    """The cheapest way to put the line's cells into columns, in order."""
    best: dict[int, tuple[float, tuple[int, ...]]] = {-1: (0.0, ())}
    for token in tokens:
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for col, reference in enumerate(references):
            before = [way for last, way in best.items() if last < col]
            if before:
                cost, cols = min(before)
                following[col] = (cost + _apart(token, reference), (*cols, col))
        best = following
    if not best:
        return list(own)
    found: list[Cell | None] = [None] * len(references)
    for token, col in zip(tokens, min(best.values())[1], strict=True):
        start, end = token.chars[0], token.chars[-1] + 1
        found[col] = seen(Cell(line.text[start:end], line.number, start, end, col, 0, token.x0, token.x1))
    return found

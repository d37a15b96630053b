"""Places in the source: a part of a cell, cells put together, a run of texts as one."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from extract.clean import BLANKS, shown
from extract.model import Cell

# tuple.__new__ and not Cell(...) or _replace: a third of the time, and a form takes hundreds of places.
_new = tuple.__new__


def pieces(cell: Cell) -> tuple[Cell, ...]:
    """The pieces of the source that a cell was put together from; the cell itself where it is whole."""
    return cell.parts or (cell,)


def cut(cell: Cell, start: int, end: int) -> Cell:
    """The cell for ``cell.text[start:end]``, placed as exactly as can be told.

    Where cleaning changed the text (entities, invisible characters), the place stays that of the whole cell.
    """
    text = cell.text[start:end]
    if not _is_placed(cell):
        return _new(Cell, (text, *cell[1:]))
    if cell.parts:
        return _cut_parts(cell, start, end)
    return _new(Cell, (text, cell.line, cell.start + start, cell.start + end, *cell[4:]))


def _is_placed(cell: Cell) -> bool:
    """Whether each character of the text has a place of its own."""
    return (_starts(cell)[-1] if cell.parts else cell.end - cell.start) == len(cell.text)


def trimmed(cell: Cell) -> Cell:
    """The cell without blanks at both ends of its text."""
    start = len(cell.text) - len(cell.text.lstrip(BLANKS))
    end = len(cell.text.rstrip(BLANKS))
    return cell if end - start == len(cell.text) else cut(cell, start, max(start, end))


def as_seen(cell: Cell, *, markup: bool = True) -> Cell | None:
    """The cell without what shows nothing (``markup``: tags too), each piece with its place; None if none is left.

    What an entity was resolved to stays: of ``&amp;lt;`` is seen ``&lt;``, however often the cell is looked at.
    """
    text = cell.text
    marked = markup and ("&" in text or "<" in text)
    if not marked and text.isprintable() and unicodedata.is_normalized("NFC", text):
        return trimmed(cell) if text.strip() else None
    held = _held(cell) if marked else text
    own = shown(held, markup=markup)
    if held != text:
        own = [(piece.translate(_FREED), low, high) for piece, low, high in own]
    if not own:
        return None
    if not _is_placed(cell):
        return cell._replace(text="".join([piece for piece, *_ in own]))
    parts = [cut(cell, low, high)._replace(text=piece) for piece, low, high in own]
    if len(parts) == 1 or cell.parts:
        return join(parts)
    return join(parts)._replace(end=parts[-1].end)


# Characters that are none of Unicode's stand for those which may not begin markup.
_HELD: Final = {ord("&"): "\ufdd0", ord("<"): "\ufdd1"}
_FREED: Final = {ord("\ufdd0"): "&", ord("\ufdd1"): "<"}


def _held(cell: Cell) -> str:
    """The text of a cell, in which what entities were resolved to begins no markup."""
    if not _FREED.keys().isdisjoint(map(ord, cell.text)):
        return cell.text
    own = [
        one if len(one.text) == one.end - one.start else one._replace(text=one.text.translate(_HELD))
        for one in pieces(cell)
    ]
    return with_parts(cell, own).text if cell.parts else own[0].text


class _Starts(NamedTuple):
    """Where each part of a cell begins within its text, and where the last one ends."""

    text: str
    parts: tuple[Cell, ...]
    at: list[int]


# Of the cell that was cut last: a long one is cut into many, and is not to be measured for each of them.
_LAST: Final = [_Starts("", (), [0])]


def _starts(cell: Cell) -> list[int]:
    known = _LAST[0]
    if known.parts is not cell.parts or known.text != cell.text:
        known = _LAST[0] = _Starts(cell.text, cell.parts, _measured(cell))
    return known.at


def _measured(cell: Cell) -> list[int]:
    """Where the parts begin: one behind the other, or with blanks between them."""
    starts = [*accumulate([len(part.text) for part in cell.parts], initial=0)]
    if starts[-1] == len(cell.text):
        return starts
    at = 0
    for nth, part in enumerate(cell.parts):
        found = cell.text.find(part.text, at)
        if found < 0 or cell.text[at:found].strip(BLANKS):
            return starts
        starts[nth], at = found, found + len(part.text)
    starts[-1] = at
    return starts


def with_parts(cell: Cell, parts: Sequence[Cell]) -> Cell:
    """The cell with other parts in the place of its own, one for one.

    The cell itself is given where it cannot be told where its parts stand in it.
    """
    starts = _starts(cell)
    if starts[-1] != len(cell.text):
        return cell
    ends = [start + len(part.text) for start, part in zip(starts, cell.parts, strict=False)]
    between = [cell.text[end:start] for end, start in zip(ends, starts[1:], strict=True)]
    text = "".join([part.text + blank for part, blank in zip(parts, between, strict=True)])
    return cell._replace(text=text, parts=tuple(parts))


def _cut_parts(cell: Cell, start: int, end: int) -> Cell:
    starts = _starts(cell)
    found = []
    for nth in range(max(0, bisect_right(starts, start) - 1), len(cell.parts)):
        at = starts[nth]
        if at >= end:
            break
        part = cell.parts[nth]
        low, high = max(start, at), min(end, at + len(part.text))
        if low < high:
            found.append(cut(part, low - at, high - at))
    if not found:
        return cell._replace(text=cell.text[start:end], parts=())
    whole = join(found)
    return whole._replace(text=cell.text[start:end])


def join(cells: Sequence[Cell], between: str = "") -> Cell:
    """One cell from several pieces in order; it stands where the first does, and has each piece as a part.

    With ``between``, the text between two pieces; the places are those of the pieces alone.
    """
    if len(cells) == 1:
        return cells[0]
    parts = tuple([piece for cell in cells for piece in cell.parts or (cell,)])
    return _new(Cell, (between.join([c.text for c in cells]), *cells[0][1:-1], parts))

"""Rows broken by a raw line break inside a cell: two source lines that are one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from extract.model import Cell, Row
from extract.places import join

_NARROWEST: Final = 3
# What no text of a cell begins with: there it is the rest of one.
NO_BEGINNING: Final = frozenset("，。、；：）)%％.")


def usual_width(rows: Sequence[Row]) -> int:
    """How many places most of the rows have, blank ones counted; 0 where no width stands out.

    Exports pad every row of a table to one width, so two pieces that make up this width together are one row.
    """
    if not rows:
        return 0
    widths = [row.width for row in rows]
    counts = sorted([(widths.count(width), width) for width in set(widths)], reverse=True)
    (count, width), *others = counts
    if width < _NARROWEST or count * 2 < len(rows) or (others and others[0][0] == count):
        return 0
    return width


def continues(row: Row) -> bool:
    """Whether a row can be the rest of a broken one: it begins at the very start of its line."""
    first = row.cells[0]
    return first.col == 0 and first.start == 0


def is_signed(cells: Sequence[Cell]) -> bool:
    """Whether all cells of a row are words with colons: 填报人：张三 | 联系电话：123456."""
    return all("：" in cell.text or ":" in cell.text for cell in cells)


def fills(first: Row, rest: Row, width: int) -> bool:
    """Whether two pieces have the usual width together."""
    return width > 0 and first.width < width and first.width + rest.width - 1 == width


def together(first: Row, rest: Row) -> Row:
    """The row of two pieces. Where the break fell inside a cell, its halves become one cell again."""
    last, head = first.cells[-1], rest.cells[0]
    shift = max(first.width - 1, last.col)
    if last.col >= shift and head.col == 0:
        whole = join([last, head])
        cells = [*first.cells[:-1], whole, *(c._replace(col=c.col + shift) for c in rest.cells[1:])]
    else:
        cells = [*first.cells, *(c._replace(col=c.col + shift) for c in rest.cells)]
    width = first.width + rest.width - 1 if first.width and rest.width else 0
    return Row(first.line, cells, width, first.page)

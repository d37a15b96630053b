"""Rows of indicators that lost the breaks between them, cut apart again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from extract.model import Cell, Row

# A row with so many cells more than there are columns is several rows.
MORE_CELLS: Final = 2
# Below more columns than this, as no table has them, trying all cuts would take too long.
_MOST_TRIED: Final = 16

# What it costs to read cells as one row.
Cost = Callable[[list[Cell]], float]


def cut_long(rows: Sequence[Row], columns: int, cost: Cost) -> Iterator[Row]:
    """The rows, those with more cells than there are ``columns`` cut into the rows that they are best explained as."""
    for row in rows:
        if len(row.cells) <= columns + MORE_CELLS or row.width == 1:
            yield row
            continue
        for start, end in pairwise(_cuts(row.cells, columns, cost)):
            yield Row(row.line, row.cells[start:end], 0, row.page)


def _cuts(cells: list[Cell], columns: int, cost: Cost) -> Iterable[int]:
    """Where a long row is cut, its two ends among them."""
    if columns > _MOST_TRIED:
        return [*range(0, len(cells), columns), len(cells)]
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(cells) + 1):
        starts = range(max(0, end - columns), end)
        best.append(min((best[start][0] + cost(cells[start:end]), start) for start in starts))
    cuts = [len(cells)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    return cuts[::-1]

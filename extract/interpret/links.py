"""Numbers before links, as text browsers print them ([1]首页) where they list the links behind the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from extract.model import Cell, Row
from extract.places import cut, join

# What stands over the list.
_LISTS: Final = ("References", "Visible links")
_NUMBER: Final = re.compile(r"\[(\d{1,4})\]")
_LISTED: Final = re.compile(r"\s{2,8}(\d{1,4})\. \S")


def listed(lines: Sequence[str]) -> int:
    """How many links are listed behind the page; 0 where there is no list."""
    start = next((lines.index(word) for word in _LISTS if word in lines), -1)
    if start < 0:
        return 0
    numbers = [int(match[1]) for line in lines[start:] if (match := _LISTED.match(line))]
    return max(numbers, default=0)


def without_numbers(rows: Sequence[Row], most: int) -> list[Row]:
    """The rows without the numbers of links, of which there are so many."""
    shown = ([cell for one in row.cells if (cell := _without(one, most)) is not None] for row in rows)
    return [row.changed(cells=cells) for row, cells in zip(rows, shown, strict=True) if cells]


def _without(cell: Cell, most: int) -> Cell | None:
    if "[" not in cell.text:
        return cell
    pieces = []
    start = 0
    for match in _NUMBER.finditer(cell.text):
        if 0 < int(match[1]) <= most:
            pieces.append((start, match.start()))
            start = match.end()
    if not start:
        return cell
    pieces.append((start, len(cell.text)))
    kept = [cut(cell, low, high) for low, high in pieces if cell.text[low:high].strip()]
    return join(kept) if kept else None

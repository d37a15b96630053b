"""Whether the cells of a table begin below the words of its header, as only a page's layout makes them.

Where runs of blanks merely separate cells, the places of cells follow the lengths of the texts before them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from extract.clean import width
from extract.model import Row

_ROW_CELLS: Final = 3
_ENOUGH_CELLS: Final = 8
# A column of labels may have no word of its own in the header.
_ALIGNED: Final = 0.75


def begins_below(header: Row, rows: Sequence[Row], lines: Sequence[str]) -> bool:
    """Whether nearly all cells of the rows begin at the display column of a header word."""
    columns = set(_starts(header, lines))
    cells = 0
    below = 0
    for row in rows:
        if row.width == 0 and len(row.cells) >= _ROW_CELLS:
            starts = _starts(row, lines)
            cells += len(starts)
            below += sum(1 for start in starts if start in columns)
    return cells >= _ENOUGH_CELLS and below >= _ALIGNED * cells


def _starts(row: Row, lines: Sequence[str]) -> list[int]:
    line = lines[row.line - 1]
    return [width(line[: cell.start]) for cell in row.cells]

"""Labels of both levels in one cell (产出指标-数量指标): the column is read as two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import regex

from extract.interpret.sections import Scanner, Sections
from extract.model import Cell, Row
from extract.places import cut

# What stands between the two.
_BETWEEN: Final = regex.compile(r"\s*(?:[-—–－~/／\\|｜>＞→_：:·、]+)\s*|\s+")
_LONGEST: Final = 40
# So many rows with such a cell show a column of them.
_FEWEST: Final = 2
_FIRST: Final = frozenset("1B")
_SECOND: Final = frozenset("2B")
# What stands over the two columns where one stood over both.
_WORDS: Final = ("一级指标", "二级指标")


def part_levels(sections: Sections, scanner: Scanner) -> None:
    """Parts the cells that hold labels of both levels, and the word over them, where no column of second ones is."""
    if len(sections.headers) != 1 or any(scanner.column(cell.text) == "level2" for cell in sections.headers[0].cells):
        return
    rows = sections.indicators
    found = [[_parts(cell, scanner) for cell in row.cells] for row in rows]
    places = Counter(
        cell.col
        for row, own in zip(rows, found, strict=True)
        for cell, parts in zip(row.cells, own, strict=True)
        if parts
    )
    if not places or places.total() < _FEWEST:
        return
    header = sections.headers[0]
    at = _over(header, places, scanner)
    if at is None:
        return
    word = header.cells[at]
    over = [word._replace(text=_WORDS[0]), word._replace(text=_WORDS[1], col=word.col + 1)]
    sections.headers[0] = header.changed(
        cells=[*header.cells[:at], *over, *_moved(header.cells[at + 1 :])], width=header.width + bool(header.width)
    )
    sections.indicators[:] = [_parted(row, own, word.col) for row, own in zip(rows, found, strict=True)]


def _parts(cell: Cell, scanner: Scanner) -> tuple[Cell, Cell] | None:
    """A cell's labels of the first and of the second level; None where it does not hold both."""
    text = cell.text
    if len(text) > _LONGEST or (match := _BETWEEN.search(text)) is None or not match.start():
        return None
    label = scanner.vocabulary.label
    first, second = label(text[: match.start()]), label(text[match.end() :]) if match.end() < len(text) else None
    if first is None or second is None or first.kind not in _FIRST or second.kind not in _SECOND:
        return None
    return cut(cell, 0, match.start()), cut(cell, match.end(), len(text))


def _over(header: Row, places: Counter[int], scanner: Scanner) -> int | None:
    """Which word of a header stands over such cells: that of their place, else the first one of the table's columns."""
    (place, count), *_ = places.most_common(1)
    if count * 2 > places.total():
        at = next((i for i, cell in enumerate(header.cells) if cell.col == place), None)
        if at is not None and scanner.column(header.cells[at].text) != "name":
            return at
    return next(
        (i for i, cell in enumerate(header.cells) if scanner.column(cell.text) not in ("", "name")),
        None,
    )


def _moved(cells: Sequence[Cell]) -> list[Cell]:
    return [cell._replace(col=cell.col + 1) for cell in cells]


def _parted(row: Row, parts: Sequence[tuple[Cell, Cell] | None], place: int) -> Row:
    """A row with its labels in two cells; one without both has what stands behind that place moved as well."""
    at, both = next(((i, own) for i, own in enumerate(parts) if own is not None), (-1, None))
    if both is None:
        behind = next((i for i, cell in enumerate(row.cells) if cell.col > place), len(row.cells))
        return row.changed(cells=[*row.cells[:behind], *_moved(row.cells[behind:])], width=row.width + bool(row.width))
    first, second = both
    own = [first, second._replace(col=first.col + 1)]
    return row.changed(cells=[*row.cells[:at], *own, *_moved(row.cells[at + 1 :])], width=row.width + bool(row.width))

"""Lines of a page layout split into the rows of their table.

Every cell of a row stands in the row's middle (or at its top, or at its bottom), so a stretch of lines is a row only if
each of its cells does. A line goes on with the next one in the same cell only if it is full. What is left are few
stretches; they are the edges of a graph whose nodes are the boundaries between lines, and a reading is a path through it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from extract.clean import width
from extract.interpret.layout_text import CLOSING, unit_width
from extract.model import Cell

# What a reading pays, in units of about one nat.
NAMELESS: Final = 15.0
VALUELESS: Final = 10.0
UNUSUAL: Final = 4.0
ENDS_FULL: Final = 3.0
ENDS_FULL_SENTENCE: Final = 1.0
BEGINS_CLOSED: Final = 30.0
WORD_WRAP: Final = 1.0
SPARE_LINE: Final = 0.2
MORE_LINES: Final = 0.5
# A column that all rows but one of so many have is a usual one.
_USUAL: Final = 10
# A section's label, and a level's label for each line, that stands where the convention does not put it.
MISPLACED: Final = 6.0
OFF_MIDDLE: Final = 1.5
# Readings that cost no more than this above the best one are told: where a level differs, and where a text does (that
# a text fills its last line, and another reading takes it to go on, costs about 3 a time).
NEAR: Final = 4.5
NEAR_NAMES: Final = 7.5

Convention = Callable[[int, int], tuple[int, ...]]
"""Lines a row has and lines a cell has -> at which of the row's lines the cell may begin."""


def floor(room: int, lines: int) -> tuple[int, ...]:
    """In the middle, the odd line below."""
    return ((room - lines) // 2,)


def ceil(room: int, lines: int) -> tuple[int, ...]:
    """In the middle, the odd line above."""
    return ((room - lines + 1) // 2,)


def top(room: int, lines: int) -> tuple[int, ...]:
    """At the top."""
    return (0,)


def bottom(room: int, lines: int) -> tuple[int, ...]:
    """At the bottom."""
    return (room - lines,)


def either(room: int, lines: int) -> tuple[int, ...]:
    """In the middle, the odd line on whichever side."""
    return ((room - lines) // 2, (room - lines + 1) // 2)


CONVENTIONS: Final[tuple[Convention, ...]] = (floor, ceil, top, bottom)


class Drawn(NamedTuple):
    """Where a cell stands: it begins at line ``first`` of the ``room`` lines it belongs to, and has ``lines`` lines."""

    first: int
    lines: int
    room: int

    def agrees(self, convention: Convention) -> bool:
        """Whether a convention draws it there."""
        return self.first in convention(self.room, self.lines)


class Stretch(NamedTuple):
    """Lines as one row.

    ``start``, ``end``: the lines, half-open. ``key``: the line its values stand on, the first with any; -1 for a
    stretch that is no row but a line between rows. ``cells``: column, first line and number of lines of each cell;
    empty for a row of one line.
    """

    start: int
    end: int
    cost: float
    key: int
    cells: tuple[tuple[int, int, int], ...] = ()


class Layout(NamedTuple):
    """The lines of a table's body.

    ``lines``: the cells of each line, one a column or None. ``columns``: those that belong to rows. ``name``: the one
    that every row has. ``rooms``: how wide each is. ``blank``: lines with nothing on them; none is within a row.
    ``usual``: columns beside the name that nearly every row has.
    """

    lines: Sequence[Sequence[Cell | None]]
    columns: tuple[int, ...]
    name: int
    rooms: dict[int, int]
    blank: frozenset[int] = frozenset()
    usual: tuple[int, ...] = ()


def usual(lines: Sequence[Sequence[Cell | None]], columns: Sequence[int]) -> tuple[int, ...]:
    """The columns that have nearly as many cells as the fullest of them has."""
    counts = {col: sum(line[col] is not None for line in lines) for col in columns}
    most = max(counts.values(), default=0)
    return tuple(col for col, count in counts.items() if count * _USUAL >= most * (_USUAL - 1) and most > 1)


def rooms(
    lines: Sequence[Sequence[Cell | None]],
    columns: Sequence[int],
    header: Sequence[Cell | None] = (),
    least: Sequence[int] = (),
) -> dict[int, int]:
    """How wide each column's text gets; a line as wide as that is full.

    A column that has a line to itself somewhere is broken there, so that its widest line is a full one. Where no line
    shows that a column is ever broken, it may be wider than all its texts: ``least`` tells how wide it is at least.
    """
    alone = {own[0] for line in lines if len(own := [col for col in columns if line[col] is not None]) == 1}
    found = {}
    for col in columns:
        widths = [cell.x1 - cell.x0 for line in lines if (cell := line[col]) is not None]
        head = header[col] if col < len(header) else None
        if head is not None:
            widths += [part.x1 - part.x0 for part in (head.parts or (head,))]
        if least and col not in alone:
            widths.append(least[col])
        found[col] = int(max(widths, default=0))
    return found


def _goes_on(before: Cell, after: Cell, room: int) -> float | None:
    """What it costs to read two pieces below one another as one cell; None where the first had room for more."""
    used = before.x1 - before.x0
    text = after.text
    if used + width(text[0]) > room:
        return 0.0
    return WORD_WRAP if used + unit_width(text) > room else None


def stretches(layout: Layout, convention: Convention) -> list[list[Stretch]]:
    """All stretches that can be rows, by the line they begin at."""
    lines, columns, name = layout.lines, layout.columns, layout.name
    present = [[col for col in columns if line[col] is not None] for line in lines]
    count = len(lines)
    joins: list[dict[int, float] | None] = [None]
    for at in range(1, count):
        before, here = lines[at - 1], lines[at]
        costs: dict[int, float] | None = {}
        for col in present[at]:
            first = before[col]
            if first is not None:
                second = here[col]
                assert second is not None
                cost = _goes_on(first, second, layout.rooms[col])
                if cost is None:
                    costs = None
                    break
                assert costs is not None
                costs[col] = cost
        joins.append(costs)
    found: list[list[Stretch]] = []
    for start in range(count):
        here_found = []
        single = _single(layout, present, joins, start)
        if single is not None:
            here_found.append(single)
        if start + 1 < count and joins[start + 1] is not None and start not in layout.blank:
            here_found += _longer(layout, present, joins, start, convention)
        found.append(here_found)
    return found


def _starts_well(layout: Layout, start: int, cols: Sequence[int]) -> bool:
    line = layout.lines[start]
    for col in cols:
        cell = line[col]
        if cell is not None and cell.text[0] in CLOSING and len(cell.text) > 1:
            return False
    return True


def _ends_full(layout: Layout, end: int) -> float:
    """What it costs that the name's text (or the text beside it) ends with a full line and more text below."""
    if end >= len(layout.lines):
        return 0.0
    cost = 0.0
    last, following = layout.lines[end - 1], layout.lines[end]
    for col in layout.columns:
        cell, below = last[col], following[col]
        if (
            cell is not None
            and below is not None
            and layout.rooms[col] >= 8
            and cell.x1 - cell.x0 + width(below.text[0]) > layout.rooms[col]
        ):
            cost += ENDS_FULL if cell.text[-1] not in "。；;" else ENDS_FULL_SENTENCE
    return cost


def _single(
    layout: Layout, present: Sequence[Sequence[int]], joins: Sequence[dict[int, float] | None], start: int
) -> Stretch | None:
    """The line ``start`` as a row of its own."""
    cols = present[start]
    if not cols:
        return Stretch(start, start + 1, 0.0 if start in layout.blank else SPARE_LINE, -1)
    cost = 0.0
    if layout.lines[start][layout.name] is None:
        cost += NAMELESS
    if len(cols) == 1:
        cost += VALUELESS
    elif layout.usual:
        cost += UNUSUAL * sum(layout.lines[start][col] is None for col in layout.usual)
    if not _starts_well(layout, start, cols):
        cost += BEGINS_CLOSED
    if start + 1 < len(joins) and joins[start + 1]:
        cost += _ends_full(layout, start + 1)
    return Stretch(start, start + 1, cost, start)


def _longer(
    layout: Layout,
    present: Sequence[Sequence[int]],
    joins: Sequence[dict[int, float] | None],
    start: int,
    convention: Convention,
) -> list[Stretch]:
    """Rows of several lines that begin at ``start``."""
    found = []
    count = len(present)
    first: dict[int, int] = {}
    size: dict[int, int] = {}
    for col in present[start]:
        first[col], size[col] = start, 1
    cost = 0.0
    for at in range(start + 1, count):
        join = joins[at]
        if join is None or at in layout.blank:
            break
        broken = False
        for col in present[at]:
            if col not in first:
                first[col], size[col] = at, 1
            elif first[col] + size[col] == at:
                size[col] += 1
                cost += join.get(col, 0.0) + (MORE_LINES if col != layout.name and layout.rooms[col] < 16 else 0.0)
            else:
                broken = True
                break
        if broken or not first:
            break
        end = at + 1
        stretch = _row(layout, first, size, start, end, convention, cost)
        if stretch is not None:
            if end < count and joins[end]:
                stretch = stretch._replace(cost=stretch.cost + _ends_full(layout, end))
            found.append(stretch)
    return found


def _row(
    layout: Layout,
    first: dict[int, int],
    size: dict[int, int],
    start: int,
    end: int,
    convention: Convention,
    cost: float,
) -> Stretch | None:
    room = end - start
    key = end
    tallest = 0
    for col, at in first.items():
        lines = size[col]
        if at - start not in convention(room, lines):
            return None
        tallest = max(tallest, lines)
        if col != layout.name:
            key = min(key, at)
        cell = layout.lines[at][col]
        if cell is not None and cell.text[0] in CLOSING and len(cell.text) > 1:
            cost += BEGINS_CLOSED
    if layout.name not in first:
        cost += NAMELESS
    elif len(first) == 1:
        cost += VALUELESS
        key = first[layout.name]
    else:
        cost += UNUSUAL * sum(col not in first for col in layout.usual)
    cost += SPARE_LINE * (room - tallest)
    return Stretch(start, end, cost, key, tuple((col, at, size[col]) for col, at in first.items()))


class Path(NamedTuple):
    """Stretches that follow one another, and what they cost together."""

    cost: float
    rows: tuple[Stretch, ...]


def paths(
    edges: Sequence[Sequence[Stretch]], start: int, end: int, most: int = 8, within: float = NEAR_NAMES
) -> list[Path]:
    """The cheapest ways from one boundary to another, best first: at most ``most``, none dearer than the best by more
    than ``within``.
    """
    ways: dict[int, list[Path]] = {end: [Path(0.0, ())]}
    for at in range(end - 1, start - 1, -1):
        here = []
        for edge in edges[at]:
            rest = ways.get(edge.end)
            if rest:
                here += [Path(edge.cost + way.cost, (edge, *way.rows)) for way in rest]
        if len(here) > 1:
            here.sort(key=_cost)
            limit = here[0].cost + within
            here = [way for way in here[:most] if way.cost <= limit]
        if here:
            ways[at] = here
    return ways.get(start, [])


def _cost(path: Path) -> float:
    return path.cost


def drawn(rows: Sequence[Stretch]) -> list[Drawn]:
    """Where the cells of rows of several lines stand, those that have room."""
    return [
        Drawn(first - row.start, lines, row.end - row.start)
        for row in rows
        for _, first, lines in row.cells
        if row.end - row.start > lines
    ]

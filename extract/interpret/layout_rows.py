"""Lines of a page layout split into the rows of their table.

Every cell of a row stands in the row's middle (or at its top, or at its bottom), so a stretch of lines is a row only if
each of its cells does. A line goes on with the next one in the same cell only if it is full. What is left are few
stretches; they are the edges of a graph whose nodes are the boundaries between lines, and a reading is a path in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from extract.interpret.layout_text import CLOSING, join_pieces, unit_width
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
# A section's label, and a level's label for each line, that stands where the convention does not put it.
MISPLACED: Final = 6.0
OFF_MIDDLE: Final = 1.5
# Readings that cost no more than this above the best one are told: where a level differs, and where a text does (that
# a text fills its last line, and another reading takes it to go on, costs about 3 a time).
NEAR: Final = 4.5
NEAR_NAMES: Final = 7.5

# Stretches that no reading within so much of the best has are left out.
PRUNED: Final = 12.0
# Columns at least so wide hold texts that may fill a line, and in those less wide a cell of several lines is unusual.
_TEXT_ROOM: Final = 8
_WIDE_ROOM: Final = 16
_SENTENCE_ENDS: Final = frozenset("。；;")
_NEVER: Final = 1e9

Convention = Callable[[int, int], tuple[int, ...]]
"""Lines a row has and lines a cell has -> at which of the row's lines the cell may begin."""


def floor(room: int, lines: int) -> tuple[int, ...]:
    """In the middle, the odd line below."""
    return ((room - lines) // 2,)


def ceil(room: int, lines: int) -> tuple[int, ...]:
    """In the middle, the odd line above."""
    return ((room - lines + 1) // 2,)


def top(_room: int, _lines: int) -> tuple[int, ...]:
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


def usual(lines: Sequence[Sequence[Cell | None]], columns: Sequence[int]) -> tuple[int, ...]:
    """The columns that every line has which has two of them: a line with one may be the rest of a broken cell."""
    found = set(columns)
    for line in lines:
        own = [col for col in columns if line[col] is not None]
        if len(own) > 1:
            found.intersection_update(own)
    return tuple(sorted(found))


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


class Path(NamedTuple):
    """Stretches that follow one another, and what they cost together."""

    cost: float
    rows: tuple[Stretch, ...]


def paths(
    edges: Sequence[Sequence[Stretch]], start: int, end: int, most: int = 8, within: float = NEAR_NAMES
) -> list[Path]:
    """The cheapest ways from one boundary to another, best first.

    At most ``most``, and none dearer than the best by more than ``within``.
    """
    cost = 0.0
    rows = []
    at = start
    while at < end and len(edges[at]) == 1:
        edge = edges[at][0]
        cost += edge.cost
        rows.append(edge)
        at = edge.end
    if at == end:
        return [Path(cost, tuple(rows))]
    if at > end or not edges[at]:
        return []
    ways: dict[int, list[Path]] = {end: [Path(0.0, ())]}
    for place in range(end - 1, at - 1, -1):
        here = []
        for edge in edges[place]:
            rest = ways.get(edge.end)
            if rest:
                here += [Path(edge.cost + way.cost, (edge, *way.rows)) for way in rest]
        if len(here) > 1:
            here.sort(key=_cost)
            limit = here[0].cost + within
            here = [way for way in here[:most] if way.cost <= limit]
        if here:
            ways[place] = here
    found = ways.get(at, [])
    return [Path(cost + way.cost, (*rows, *way.rows)) for way in found] if rows else found


def _cost(path: Path) -> float:
    return path.cost


class Layout:
    """The lines of a table's body, and the stretches of them that can be rows.

    ``lines``: the cells of each line, one a column or None. ``columns``: those that belong to rows. ``name``: the one
    that every row has. ``rooms``: how wide each is. ``blank``: lines with nothing on them; none is within a row.
    ``usual``: columns beside the name that every row has.
    """

    def __init__(
        self,
        lines: Sequence[Sequence[Cell | None]],
        columns: tuple[int, ...],
        name: int,
        rooms: dict[int, int],
        blank: frozenset[int] = frozenset(),
        usual: tuple[int, ...] = (),
    ) -> None:
        self.lines = lines
        self.columns = columns
        self.name = name
        self.rooms = rooms
        self.blank = blank
        self.usual = usual
        self._texts = [col for col in columns if rooms[col] >= _WIDE_ROOM or col == name]
        backwards = columns[::-1]
        self._present = [[col for col in backwards if line[col] is not None] for line in lines]
        self._joins = [-1.0]
        self._cuts = [0.0]
        for at in range(1, len(lines)):
            join, cut = self._between(at)
            self._joins.append(join)
            self._cuts.append(cut if join >= 0 else 0.0)
        self._joins.append(-1.0)
        self._cuts.append(0.0)
        self._singles = [self._single(at) for at in range(len(lines))]
        self._found: dict[Convention, list[list[Stretch]]] = {}

    def cell(self, stretch: Stretch, col: int) -> Cell | None:
        """The cell of a column in a row, put together."""
        lines = self.lines
        if stretch.end - stretch.start == 1:
            return lines[stretch.start][col]
        pieces = [cell for at in range(stretch.start, stretch.end) if (cell := lines[at][col]) is not None]
        return join_pieces(pieces, self.rooms.get(col, 0)) if pieces else None

    def stretches(self, convention: Convention) -> list[list[Stretch]]:
        """The stretches that are rows of a cheap enough reading, by the line they begin at."""
        found = self._found.get(convention)
        if found is None:
            found = []
            for start, single in enumerate(self._singles):
                here = [single]
                if self._joins[start + 1] >= 0:
                    self._longer(start, convention, here)
                found.append(here)
            found = self._found[convention] = _pruned(found)
        return found

    def best(self, convention: Convention) -> Path:
        """The cheapest reading of the rows alone."""
        edges = self.stretches(convention)
        return paths(edges, 0, len(edges), 1)[0]

    def _between(self, at: int) -> tuple[float, float]:
        """What it costs to read a line on with the one before it, and to end texts between them.

        The first is negative where some cell of the line before had room for more.
        """
        before, here, rooms = self.lines[at - 1], self.lines[at], self.rooms
        join = cut = 0.0
        if at in self.blank or at - 1 in self.blank:
            return -1.0, 0.0
        for col in self._present[at]:
            first = before[col]
            if first is None:
                continue
            second = here[col]
            room = rooms[col]
            used = first.x1 - first.x0
            if second is None or used + second.x1 - second.x0 <= room:
                return -1.0, 0.0
            if used + (1 if second.text[0] < "\x80" else 2) > room:
                if room >= _TEXT_ROOM:
                    cut += ENDS_FULL_SENTENCE if first.text[-1] in _SENTENCE_ENDS else ENDS_FULL
            elif used + unit_width(second.text) > room:
                join += WORD_WRAP
            else:
                return -1.0, 0.0
            if col != self.name and room < _WIDE_ROOM:
                join += MORE_LINES
        return join, cut

    def _single(self, start: int) -> Stretch:
        """The line ``start`` as a row of its own."""
        cols = self._present[start]
        if not cols:
            return Stretch(start, start + 1, 0.0 if start in self.blank else SPARE_LINE, -1)
        line = self.lines[start]
        cost = self._cuts[start + 1]
        if line[self.name] is None:
            cost += NAMELESS
        if len(cols) == 1:
            cost += VALUELESS
        else:
            for col in self.usual:
                if line[col] is None:
                    cost += UNUSUAL
        for col in self._texts:
            cost += _begins_closed(line[col])
        return Stretch(start, start + 1, cost, start)

    def _longer(self, start: int, convention: Convention, found: list[Stretch]) -> None:
        """Adds the rows of several lines that begin at ``start``."""
        present, joins = self._present, self._joins
        first = dict.fromkeys(present[start], start)
        size = dict.fromkeys(present[start], 1)
        cost = 0.0
        at = start + 1
        while joins[at] >= 0:
            cost += joins[at]
            for col in present[at]:
                if col not in first:
                    first[col], size[col] = at, 1
                elif first[col] + size[col] == at:
                    size[col] += 1
                else:
                    return
            at += 1
            if first:
                stretch = self._row(first, size, start, at, convention, cost + self._cuts[at])
                if stretch is not None:
                    found.append(stretch)

    def _row(
        self,
        first: dict[int, int],
        size: dict[int, int],
        start: int,
        end: int,
        convention: Convention,
        cost: float,
    ) -> Stretch | None:
        room = end - start
        if room not in size.values() and len(set(size.values())) == 1:
            # The same row without the lines to spare, and lines between rows, say the same.
            return None
        key = end
        tallest = 0
        name = self.name
        for col, at in first.items():
            lines = size[col]
            if at - start not in convention(room, lines):
                return None
            if lines > tallest:
                tallest = lines
            if col != name and at < key:
                key = at
            if col in self._texts:
                cost += _begins_closed(self.lines[at][col])
        if name not in first:
            cost += NAMELESS
        elif len(first) == 1:
            cost += VALUELESS
            key = first[name]
        else:
            for col in self.usual:
                if col not in first:
                    cost += UNUSUAL
        cost += SPARE_LINE * (room - tallest)
        return Stretch(start, end, cost, key, tuple((col, at, size[col]) for col, at in first.items()))


def _begins_closed(cell: Cell | None) -> float:
    """What it costs that a cell begins with closing punctuation, though it is not all there is."""
    return BEGINS_CLOSED if cell is not None and cell.text[0] in CLOSING and len(cell.text) > 1 else 0.0


def _pruned(edges: list[list[Stretch]]) -> list[list[Stretch]]:
    """The edges that are part of some reading not much dearer than the cheapest."""
    count = len(edges)
    before = [_NEVER] * (count + 1)
    before[0] = 0.0
    for at, here in enumerate(edges):
        base = before[at]
        for edge in here:
            if base + edge.cost < before[edge.end]:
                before[edge.end] = base + edge.cost
    after = [_NEVER] * (count + 1)
    after[count] = 0.0
    for at in range(count - 1, -1, -1):
        after[at] = min([edge.cost + after[edge.end] for edge in edges[at]])
    limit = after[0] + PRUNED
    return [
        [edge for edge in here if before[at] + edge.cost + after[edge.end] <= limit] for at, here in enumerate(edges)
    ]


def drawn(rows: Sequence[Stretch]) -> list[Drawn]:
    """Where the cells of rows of several lines stand, those that have room."""
    return [
        Drawn(first - row.start, lines, row.end - row.start)
        for row in rows
        for _, first, lines in row.cells
        if row.end - row.start > lines
    ]

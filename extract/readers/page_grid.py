"""The rules of a page to tables: which cells they draw, and over which rows and columns each of them spans.

Pure geometry in points from the top left, for rules that a file states as well as for those found in a picture. The
lines through all rules of a table part it into small boxes; two boxes with no rule between them belong to one cell.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

# How far apart rules may be that are one: both lines of a double border, two borders that meet.
SLACK: Final = 2.0
# How much of a rule may be missing within it, in slacks.
_GAP: Final = 2
# Shorter rules draw no table, nor do rows and columns narrower than this.
_LEAST: Final = 5.0


class Rule(NamedTuple):
    """A straight stroke: its y where it goes across, its x where it goes down, and from where to where it goes."""

    at: float
    low: float
    high: float


class GridCell(NamedTuple):
    """A cell by the rows and columns of its table, from 0; ``open_top``, ``open_bottom``: no rule ends it there."""

    row: int
    col: int
    rows: int
    cols: int
    open_top: bool = False
    open_bottom: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the lines between its columns and rows, and its cells in reading order.

    ``owners``: for each row and each column the number of the cell that is there.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[GridCell, ...]
    owners: tuple[tuple[int, ...], ...]

    @property
    def area(self) -> float:
        """How much of the page it takes."""
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])

    def at(self, x: float, y: float) -> int | None:
        """The number of the cell at a point; None outside."""
        xs, ys = self.xs, self.ys
        if not (xs[0] <= x < xs[-1] and ys[0] <= y < ys[-1]):
            return None
        return self.owners[bisect_right(ys, y) - 1][bisect_right(xs, x) - 1]

    def is_met(self, left: float, right: float, y: float) -> bool:
        """Whether a stretch at one height has a part in it."""
        return self.ys[0] <= y < self.ys[-1] and self.xs[0] <= right and left < self.xs[-1]

    def holder(self, left: float, right: float, y: float) -> int | None:
        """The number of the cell that a stretch at one height is in as a whole; None where there is none."""
        xs = self.xs
        if left < xs[0] or right >= xs[-1]:
            return None
        owners = self.owners[bisect_right(self.ys, y) - 1]
        first, last = bisect_right(xs, left) - 1, bisect_right(xs, right) - 1
        owner = owners[first]
        return owner if owner == owners[last] else None

    def edges(self, number: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a cell."""
        row, col, rows, cols, _, _ = self.cells[number]
        return self.xs[col], self.ys[row], self.xs[col + cols], self.ys[row + rows]


# By line and by stretch between two lines of the other way: whether a rule is drawn there.
Drawn = list[list[bool]]
# Row and column of a box.
Spot = tuple[int, int]

# tuple.__new__ and not GridCell(...): a third of the time.
_new = tuple.__new__


def tables(across: Sequence[Rule], down: Sequence[Rule], slack: float = SLACK) -> list[Table]:
    """The tables that rules draw, from top to bottom; a frame with nothing in it but tables is none."""
    level, upright = _merged(across, slack), _merged(down, slack)
    found = []
    for one, other in _touching(level, upright, slack):
        table = _table(one, other, slack)
        if table is not None:
            found.append(table)
    inner = [table for table in found if len(table.cells) > 1 or not any(_within(t, table) for t in found)]
    return sorted(inner, key=lambda table: (table.ys[0], table.xs[0]))


def _within(inner: Table, outer: Table) -> bool:
    return (
        inner is not outer
        and outer.xs[0] <= inner.xs[0]
        and inner.xs[-1] <= outer.xs[-1]
        and outer.ys[0] <= inner.ys[0]
        and inner.ys[-1] <= outer.ys[-1]
    )


def _merged(rules: Sequence[Rule], slack: float) -> list[Rule]:
    """The rules with those of one line put together, short ones left out."""
    found: list[Rule] = []
    for group in _clusters(sorted(rules), slack):
        if len(group) == 1:
            found += group
            continue
        length = sum(rule.high - rule.low for rule in group) or 1.0
        at = sum(rule.at * (rule.high - rule.low) for rule in group) / length if length > 1 else group[0].at
        group.sort(key=lambda rule: rule.low)
        low = high = group[0].low
        for rule in group:
            if rule.low > high + _GAP * slack:
                found.append(Rule(at, low, high))
                low = rule.low
            high = max(high, rule.high)
        found.append(Rule(at, low, high))
    return [rule for rule in found if rule.high - rule.low >= _LEAST]


def _clusters(rules: Sequence[Rule], slack: float) -> list[list[Rule]]:
    """Sorted rules by where they are drawn: no two of a cluster further apart than two slacks."""
    found: list[list[Rule]] = []
    for rule in rules:
        if found and rule.at - found[-1][-1].at <= slack and rule.at - found[-1][0].at <= 2 * slack:
            found[-1].append(rule)
        else:
            found.append([rule])
    return found


def _touching(level: Sequence[Rule], upright: Sequence[Rule], slack: float) -> list[tuple[list[Rule], list[Rule]]]:
    """The rules by table: those that meet, over others too."""
    parent = list(range(len(level) + len(upright)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    reach = [(i, y, left - slack, right + slack) for i, (y, left, right) in enumerate(level)]
    for j, (x, top, bottom) in enumerate(upright, len(level)):
        highest, lowest = top - slack, bottom + slack
        own = j
        for i, y, left, right in reach:
            if left <= x <= right and highest <= y <= lowest:
                other = parent[i]
                if other != own:
                    parent[own] = own = root(other)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, rule in enumerate(level):
        groups.setdefault(root(i), ([], []))[0].append(rule)
    for j, rule in enumerate(upright, len(level)):
        groups.setdefault(root(j), ([], []))[1].append(rule)
    found = [group for group in groups.values() if group[0] and group[1]]
    lone = [rule for group in groups.values() if not group[0] for rule in group[1]]
    for rule in lone:
        _take_side(rule, found, slack)
    return found


def _take_side(rule: Rule, found: Sequence[tuple[list[Rule], list[Rule]]], slack: float) -> None:
    """Gives an upright rule that meets no other to the table beside it that is as high.

    A cell that spans all rows of a page, begun on the one before and open to the next, has no border but its sides.
    """
    for _, upright in found:
        top, bottom = min(one.low for one in upright), max(one.high for one in upright)
        if abs(rule.low - top) <= 2 * slack and abs(rule.high - bottom) <= 2 * slack:
            upright.append(rule)
            return


def _table(level: Sequence[Rule], upright: Sequence[Rule], slack: float) -> Table | None:
    xs = _lines(upright, level, slack)
    ys = _lines(level, upright, slack)
    rows, cols = len(ys) - 1, len(xs) - 1
    if rows < 1 or cols < 1:
        return None
    # Walls: right of each box, and below it; the middle of its side tells.
    walls = _crossed(upright, xs, ys, slack)
    floors = _crossed(level, ys, xs, slack)
    _close(walls, floors)
    groups = _together(rows, cols, walls, floors)
    if _completed(groups, walls):
        _close(walls, floors)
        groups = _together(rows, cols, walls, floors)
    cells: list[GridCell] = []
    for group in groups:
        if len(group) == 1:
            cells.append(_new(GridCell, (*group[0], 1, 1, False, False)))
        else:
            cells.append(_rectangle(group))
    cells.sort()
    owners = [[0] * cols for _ in range(rows)]
    for number, cell in enumerate(cells):
        row, col, high, wide, _, _ = cell
        for r in range(row, row + high):
            owners[r][col : col + wide] = [number] * wide
    made = tuple([_opened(cell, floors) for cell in cells])
    return Table(tuple(xs), tuple(ys), made, tuple(map(tuple, owners)))


def _opened(cell: GridCell, floors: Drawn) -> GridCell:
    """A cell with what is told of the rules above and below it."""
    r, c, rows, cols, _, _ = cell
    if cols == 1:
        if floors[r][c] and floors[r + rows][c]:
            return cell
        narrow: GridCell = _new(GridCell, (r, c, rows, cols, not floors[r][c], not floors[r + rows][c]))
        return narrow
    top, bottom = not _mostly(floors[r][c : c + cols]), not _mostly(floors[r + rows][c : c + cols])
    made: GridCell = _new(GridCell, (r, c, rows, cols, top, bottom))
    return made


def _together(rows: int, cols: int, walls: Drawn, floors: Drawn) -> list[list[Spot]]:
    """The boxes that no rule parts, by row and column."""
    # By column: the boxes that the one in the row above belongs to.
    above: list[list[Spot]] = [[] for _ in range(cols)]
    found: list[list[Spot]] = []
    is_mixed = False
    for r in range(rows):
        here: list[Spot] = []
        floor = floors[r]
        for c in range(cols):
            upper = above[c]
            if c and not walls[c][r]:
                if r and not floor[c] and upper is not here:
                    # Two that were apart so far.
                    here += upper
                    upper.clear()
                    above = [here if group is upper else group for group in above]
                    is_mixed = True
            elif r and not floor[c]:
                here = upper
            else:
                here = []
                found.append(here)
            here.append((r, c))
            above[c] = here
    return [sorted(group) for group in found if group] if is_mixed else found


def _close(walls: Drawn, floors: Drawn) -> None:
    """Draws the walls that are missing, for no rule ends within a cell.

    Where a design leaves out the left border of each row's first cell, floors end where no wall is: there is one above
    and below. A wall that ends where no floor is goes on to the next one.
    """
    lines, rows = range(1, len(walls) - 1), len(floors) - 1
    for r in range(1, rows):
        for c in lines:
            if floors[r][c - 1] != floors[r][c] and not walls[c][r - 1] and not walls[c][r]:
                walls[c][r - 1] = walls[c][r] = True
    for c in lines:
        own = walls[c]
        for r in range(1, rows):
            own[r] = own[r] or (own[r - 1] and not floors[r][c - 1] and not floors[r][c])
        for r in range(rows - 1, 0, -1):
            own[r - 1] = own[r - 1] or (own[r] and not floors[r][c - 1] and not floors[r][c])


def _completed(groups: Sequence[Sequence[Spot]], walls: Drawn) -> bool:
    """Draws on the walls that end within boxes that are no rectangle together; whether there were any.

    Where such boxes meet in one row they do not in another, so there is a wall; with all of them drawn on, what is left
    together is as wide in each row.
    """
    changed = False
    for group in groups:
        if group[0][0] == group[-1][0]:
            # Boxes of one row.
            continue
        inside = set(group)
        rows, cols = {r for r, _ in group}, {c for _, c in group}
        if len(inside) == len(rows) * len(cols):
            continue
        for c in cols:
            beside = [r for r in rows if {(r, c - 1), (r, c)} <= inside]
            if any(walls[c][r] for r in rows if (r, c) in inside or (r, c - 1) in inside):
                changed = changed or any(not walls[c][r] for r in beside)
                for r in beside:
                    walls[c][r] = True
    return changed


def _lines(own: Sequence[Rule], other: Sequence[Rule], slack: float) -> list[float]:
    """Where the rules are drawn; where there is none, the ends of those that go the other way tell the border."""
    found: list[float] = []
    for at in sorted(rule.at for rule in own):
        if not found or at - found[-1] > slack:
            found.append(at)
    borders = list(found)
    outermost = (min(rule.low for rule in other), max(rule.high for rule in other))
    for rule in other:
        for end in rule[1:]:
            if _is_apart(end, found) and (end in outermost or _crosses(rule, borders, slack)):
                insort(found, end)
    return found


def _is_apart(end: float, lines: Sequence[float]) -> bool:
    at = bisect_left(lines, end - _LEAST)
    return at == len(lines) or lines[at] > end + _LEAST


def _crosses(rule: Rule, borders: Sequence[float], slack: float) -> bool:
    """Whether it does; a stroke that meets no border but the one that it begins at may belong to a text."""
    return any(rule.low + slack < at < rule.high - slack for at in borders)


def _crossed(own: Sequence[Rule], lines: Sequence[float], other: Sequence[float], slack: float) -> Drawn:
    middles = [(a + b) / 2 for a, b in pairwise(other)]
    found = [[False] * len(middles) for _ in lines]
    for where, low, high in own:
        first, end = bisect_left(middles, low - slack), bisect_right(middles, high + slack)
        for at, told in zip(lines, found, strict=True):
            if -slack <= where - at <= slack:
                told[first:end] = [True] * (end - first)
    return found


def _mostly(told: Sequence[bool]) -> bool:
    return sum(told) * 2 > len(told)


def _rectangle(group: Sequence[Spot]) -> GridCell:
    """The cell of boxes in order with no rule between them."""
    (top, left), (bottom, right) = group[0], group[-1]
    made: GridCell = _new(GridCell, (top, left, bottom + 1 - top, right + 1 - left, False, False))
    return made

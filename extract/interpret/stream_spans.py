"""The cheapest way to give the rows of a stream to its level labels, in their order, a row to each at least.

A tool that follows the page prints a label where its middle is. One that is level with a row mostly comes right before
the name of that row; one whose middle is between two rows comes between them, or apart from all rows. Labels that
follow each other without a blank line are close on the page, those with one between them are not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from extract.model import Cell
from extract.vocabulary import Label

NO, PERHAPS, SURELY = range(3)
# What the names say counts so much for a label, or against it.
HINT: Final = 0.85
_FIRST_LEVEL: Final = 0.5
# A label that shares its line with a name of another label's row.
_OTHER_LINE: Final = 3.0
# A label before its first row: for each row that it is away from there, and where the stream is one that jumps.
_NOT_FIRST: Final = 3.0
_AT_FIRST_JUMPING: Final = 1.0
# Heights are counted in lines: what a row has besides those of its name, and how exactly middles are known.
_PADDING: Final = 0.5
_EXACT: Final = 0.6
# A label right before the name of a row: one of that row alone, one whose middle it is, one of more rows, another's.
_ALONE: Final = 0.45
_MIDDLE: Final = 1.1
_ANY_ROW: Final = 1.5
_A_LINE_OFF: Final = 0.8
_MOST_OFF: Final = 3.5
_ANOTHER: Final = 4.0
# None of its rows on its page, or not all.
_OTHER_PAGE: Final = 4.0
_BOTH_PAGES: Final = 1.0
# A label elsewhere: of one row, of an odd number, of any other; and the lines that it stands before or after its
# middle.
_APART_ALONE: Final = 1.1
_APART_MIDDLE: Final = 0.6
_APART: Final = 0.35
_LEVEL_BEHIND: Final = 0.9
_OUT: Final = 0.9
_EARLY_LINE: Final = 0.35
_LATE_LINE: Final = 0.7
_MOST_LATE: Final = 2.2
# Lines between two labels that follow each other: no more where no blank line is between them, else no less.
_NEAR: Final = 1.4
_FAR: Final = 2.2
_TOO_FAR: Final = 1.0
_TOO_NEAR: Final = 1.5
_MOST_APART: Final = 2.5
_NEVER: Final = 1e9


class Printed(NamedTuple):
    """A level label of the stream, the places of its first and last token, and the rows whose names share its line.

    ``row``: the row whose name follows it at once, -1 for none. ``lines``: how many it has. ``blocks``: the runs of
    lines, without a blank one, that it begins and ends in. ``page``: which page it is on.
    """

    cell: Cell
    label: Label
    start: int
    end: int
    beside: tuple[int, ...] = ()
    row: int = -1
    lines: int = 1
    blocks: tuple[int, int] = (-1, -2)
    page: int = 0


class Named(NamedTuple):
    """A row: its name, where that begins in the stream, where its last cell stands, its lines, and its page."""

    name: str
    start: int
    end: int
    lines: int = 1
    page: int = 0


class Node(NamedTuple):
    """A second-level label with the first-level label over it; either may be None."""

    first: Printed | None
    second: Printed | None


def spot_of(label: Printed, rows: Sequence[Named]) -> int:
    """How many rows begin before a label."""
    return sum(row.start < label.start for row in rows)


def follows(before: Printed, label: Printed) -> bool:
    """Whether a label stands right behind another."""
    return before.end + 1 == label.start


class _State(NamedTuple):
    """Where the rows of the labels so far end, where those of the last first-level label begin.

    And the middles of the last labels of either level, as far as what comes depends on them.
    """

    end: int
    begin: int
    first: float = -1.0
    second: float = -1.0


class _Step(NamedTuple):
    """A label's rows, on the way from one state to another."""

    before: _State
    after: _State
    rows: range
    cost: float


class Spans:
    """All ways to give rows to labels in order."""

    def __init__(
        self,
        nodes: Sequence[Node],
        rows: Sequence[Named],
        hints: Sequence[Sequence[float]],
        moved: Collection[Printed],
        beside: float,
        by_rows: int,
        *,
        jumping: bool,
    ) -> None:
        """``moved``: labels that the stream has out of order, so that where they stand says little."""
        self.nodes = nodes
        self.rows = rows
        self.hints = hints
        self.by_rows = by_rows
        self.jumping = jumping
        self.moved = {id(label) for label in moved}
        self.edges = [0.0, *accumulate(row.lines + _PADDING for row in rows)]
        self.centres = [(a + b) / 2 for a, b in zip(self.edges, self.edges[1:], strict=False)]
        self.spots = {id(label): spot_of(label, rows) for node in nodes for label in node if label is not None}
        self._known: dict[tuple[int, int, int], float] = {}
        self.steps: list[list[_Step]] = []
        self.ahead: list[dict[_State, float]] = [{_State(0, 0): beside}]
        for k in range(len(nodes)):
            self._advance(k)
        self._look_back()

    # ---- the search

    def _advance(self, k: int) -> None:
        """Follows all ways over one label more."""
        height = len(self.rows) - (len(self.nodes) - k - 1)
        last = k == len(self.nodes) - 1
        steps: list[_Step] = []
        ahead: dict[_State, float] = {}
        for state, so_far in self.ahead[-1].items():
            inside = 0.0
            for end in range(state.end + 1, height + 1):
                inside += self.hints[k][end - 1]
                if last and end < height:
                    continue
                after, cost = self._step(k, state, end)
                steps.append(_Step(state, after, range(state.end, end), cost + inside))
                whole = so_far + cost + inside
                if whole < ahead.get(after, _NEVER):
                    ahead[after] = whole
        self.steps.append(steps)
        self.ahead.append(ahead)

    def _step(self, k: int, state: _State, end: int) -> tuple[_State, float]:
        """What comes of giving the rows up to ``end`` to a label, and what that costs."""
        first, second = self.nodes[k]
        begin = state.end
        own = second or first
        cost = self._own(own, begin, end)
        before = self.nodes[k - 1] if k else None
        following = self.nodes[k + 1] if k + 1 < len(self.nodes) else None
        if before is not None and before.second is not None and second is not None and state.second >= 0:
            cost += self._distance(before.second, second, self._middle(begin, end) - state.second)
        group = begin if before is None or first is None or before.first != first else state.begin
        if following is not None and first is not None and following.first == first:
            tracked = self._tracked(second, following.second)
            return _State(end, group, state.first, self._middle(begin, end) if tracked else -1.0), cost
        if first is not None and second is not None:
            cost += _FIRST_LEVEL * self._own(first, group, end)
            above = next((n.first for n in self.nodes[:k][::-1] if n.first != first), None)
            if above is not None and state.first >= 0:
                cost += self._distance(above, first, self._middle(group, end) - state.first)
        if following is None:
            return _State(end, 0), cost
        high = self._middle(group, end) if self._tracked(first, following.first) else -1.0
        low = self._middle(begin, end) if self._tracked(second, following.second) else -1.0
        return _State(end, 0, high, low), cost

    def _look_back(self) -> None:
        """What the rest costs at least behind each state."""
        self.behind: list[dict[_State, float]] = [dict.fromkeys(self.ahead[-1], 0.0)]
        for steps in reversed(self.steps):
            costs: dict[_State, float] = {}
            for step in steps:
                whole = step.cost + self.behind[0].get(step.after, _NEVER)
                if whole < costs.get(step.before, _NEVER):
                    costs[step.before] = whole
            self.behind.insert(0, costs)

    @property
    def cost(self) -> float:
        """What the cheapest way costs."""
        return min(self.ahead[-1].values(), default=_NEVER)

    def best(self) -> list[int]:
        """The label of each row in the cheapest way."""
        found: list[int] = []
        state = _State(0, 0)
        for k, steps in enumerate(self.steps):
            own = [step for step in steps if step.before == state]
            step = min(own, key=lambda step: step.cost + self.behind[k + 1].get(step.after, _NEVER))
            found += [k] * len(step.rows)
            state = step.after
        return found

    def others(self, limit: float) -> list[dict[int, float]]:
        """For each row, the labels that it has in ways that cost less than ``limit``, with the cheapest's cost."""
        found: list[dict[int, float]] = [{} for _ in self.rows]
        for k, steps in enumerate(self.steps):
            for step in steps:
                cost = self.ahead[k].get(step.before, _NEVER) + step.cost + self.behind[k + 1].get(step.after, _NEVER)
                if cost < limit:
                    for row in step.rows:
                        found[row][k] = min(cost, found[row].get(k, _NEVER))
        return found

    # ---- what it costs

    def _middle(self, begin: int, end: int) -> float:
        return (self.edges[begin] + self.edges[end]) / 2

    def _own(self, label: Printed | None, begin: int, end: int) -> float:
        """What it costs that a label has the rows from ``begin`` to ``end``."""
        if label is None:
            return 0.0
        key = (id(label), begin, end)
        if key not in self._known:
            self._known[key] = self._cost_of(label, begin, end)
        return self._known[key]

    def _cost_of(self, label: Printed, begin: int, end: int) -> float:
        cost = _OTHER_LINE * sum(not begin <= row < end for row in label.beside)
        at_first = _NOT_FIRST * abs(self.spots[id(label)] - begin)
        if self.by_rows == SURELY:
            return cost + at_first
        elsewhere = sum(row.page != label.page for row in self.rows[begin:end])
        cost += _OTHER_PAGE if elsewhere == end - begin else _BOTH_PAGES * elsewhere / (end - begin)
        off = self._level(label.row, begin, end) if label.row >= 0 else self._apart(label, begin, end)
        if self.by_rows == PERHAPS and id(label) not in self.moved:
            off = min(off, at_first + (_AT_FIRST_JUMPING if self.jumping else 0.0))
        return cost + off

    def _level(self, row: int, begin: int, end: int) -> float:
        """What it costs that a label stands right before the name of a row."""
        if not begin <= row < end:
            return _ANOTHER
        off = abs(self._middle(begin, end) - self.centres[row])
        if off > _EXACT:
            return min(_MOST_OFF, _ANY_ROW + _A_LINE_OFF * (off - _EXACT))
        return _ALONE if end - begin == 1 else _MIDDLE

    def _apart(self, label: Printed, begin: int, end: int) -> float:
        """What it costs that a label stands before no row's name."""
        middle = self._middle(begin, end)
        level = any(abs(middle - centre) < _EXACT for centre in self.centres[begin:end])
        cost = _APART_ALONE if end - begin == 1 else _APART_MIDDLE if level else _APART
        at = self.spots[id(label)]
        if id(label) in self.moved or not self._within_page(label, at):
            return cost
        above, below = self.centres[at - 1], self.centres[at]
        if middle > below + _EXACT:
            return cost + _OUT + _EARLY_LINE * (middle - below)
        if middle < above - _EXACT:
            return cost + min(_MOST_LATE, _OUT + _LATE_LINE * (above - middle))
        return cost + (_LEVEL_BEHIND if middle <= above + _EXACT else 0.0)

    def _within_page(self, label: Printed, at: int) -> bool:
        """Whether a label, so many rows behind the first, stands between rows of its page."""
        return 0 < at < len(self.rows) and self.rows[at - 1].page == label.page == self.rows[at].page

    def _tracked(self, label: Printed | None, after: Printed | None) -> bool:
        """Whether what the second label costs depends on the middle of the first."""
        if self.by_rows == SURELY or label is None or after is None or not follows(label, after):
            return False
        return label.row < 0 and after.row < 0

    def _distance(self, label: Printed, after: Printed, apart: float) -> float:
        """What it costs that the middles of two labels, one right behind the other, are so many lines apart."""
        gap = apart - (label.lines + after.lines) / 2
        if label.blocks[1] == after.blocks[0]:
            return min(_MOST_APART, max(0.0, _TOO_FAR * (gap - _NEAR)))
        return min(_MOST_APART, max(0.0, _TOO_NEAR * (_FAR - gap)))


def spoken(nodes: Iterable[Node], speaks: Sequence[Collection[str]]) -> list[list[float]]:
    """What the names say for each label and row. ``speaks``: the second-level names that each row's name speaks for."""
    levels = [node.second.label.level2 if node.second is not None else None for node in nodes]
    present = {level for level in levels if level}
    said = [present.intersection(names) for names in speaks]
    return [[0.0 if not own else -HINT if level in own else HINT for own in said] for level in levels]


def cheapest(ways: Sequence[Spans], close: float) -> tuple[list[Node], list[Mapping[Node, float]]]:
    """The labels of each row in the cheapest of several ways, and all that are no dearer than that by ``close``."""
    way = min(ways, key=lambda way: way.cost)
    found: list[dict[Node, float]] = [{} for _ in way.rows]
    for each in ways:
        for row, costs in enumerate(each.others(way.cost + close)):
            for k, cost in costs.items():
                found[row][each.nodes[k]] = min(cost, found[row].get(each.nodes[k], _NEVER))
    return [way.nodes[k] for k in way.best()], list(found)

"""Which rows the level labels of a printed table stand for: a label is drawn in the middle of the rows it spans.

Spans are chosen so that labels stand near their middles, and second levels under their first ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from extract.interpret.page_labels import Ground, Tag

_A_LINE: Final = 1.0
_NEARER: Final = 0.12
_OTHER_PARENT: Final = 3.0
_SPLIT_BY_PAGE: Final = 0.3
_EMPTY: Final = 2.5
_PRUNED: Final = 6.0
_BEAM: Final = 400
_MOVED: Final = 2
# A label that stands farther off has rows that are open.
_OFF_ITS_MIDDLE: Final = 0.55
# A boundary that could be moved at less than this is open.
CLEARLY: Final = 0.45


class Spans(NamedTuple):
    """For each row its first and its second label (index, -1 for none), what it cost, and the rows that are open."""

    first: list[int]
    second: list[int]
    cost: float
    open_first: frozenset[int]
    open_second: frozenset[int]


class _State(NamedTuple):
    """A way to the rows so far: what it cost, and the spans of labels chosen."""

    cost: float
    second: tuple[tuple[int, int, int], ...]
    first: tuple[tuple[int, int, int], ...]


class _Begun(NamedTuple):
    """A first level that holds from its row ``start`` on, and the way up to there."""

    first: int
    start: int
    state: _State


class Spanner:
    """Finds the rows of labels. ``hint``: what it costs that a row stands under a second-level label."""

    def __init__(
        self,
        on: Ground,
        first: Sequence[Tag],
        second: Sequence[Tag],
        parents: Mapping[str, Sequence[str]],
        hint: Callable[[int, Tag], float],
    ) -> None:
        self.on = on
        self.first = first
        self.second = second
        self.parents = parents
        self.hint = hint
        self.count = len(on.pages)
        self._cached: dict[tuple[int, int, int, int], float] = {}

    def cost(self, level: int, at: int, begin: int, end: int) -> float:
        """What it costs that label ``at`` of a level spans the rows from ``begin`` up to ``end``."""
        key = (level, at, begin, end)
        found = self._cached.get(key)
        if found is None:
            tag = (self.first, self.second)[level][at]
            found = self._place_cost(tag, begin, end)
            if level:
                found += sum(self.hint(row, tag) for row in range(begin, end))
            self._cached[key] = found
        return found

    def _place_cost(self, tag: Tag, begin: int, end: int) -> float:
        on = self.on
        if begin == end:
            return _EMPTY
        if on.top:
            return _outside(on.edges[begin] + on.padding / 2 + 0.5, tag)
        cost = _outside((on.edges[begin] + on.edges[end]) / 2, tag)
        if tag.page and on.pages[begin] != on.pages[end - 1]:
            own = [row for row in range(begin, end) if on.pages[row] == tag.page]
            if own:
                middle = (on.edges[own[0]] + on.edges[own[-1] + 1]) / 2
                cost = min(cost, _SPLIT_BY_PAGE + _outside(middle, tag))
                cost = min(cost, _SPLIT_BY_PAGE + _outside(on.edges[own[0]] + on.padding / 2 + tag.size / 2, tag))
        return cost

    def _parent_cost(self, second: int, first: int) -> float:
        one, two = self.first[first].meaning, self.second[second].meaning
        if one is None or two is None or one.level1 is None or two.level2 is None:
            return 0.0
        return 0.0 if one.level1 in self.parents.get(two.level2, (one.level1,)) else _OTHER_PARENT

    def spans(self) -> Spans:
        """The rows of each label."""
        best = self._both() if self.second and self.first else self._single(1 if self.second else 0)
        if best is None:
            nearest = [self._nearest(level) for level in (0, 1)]
            everything = frozenset(range(self.count))
            return Spans(nearest[0], nearest[1], 10.0 * self.count, everything, everything)
        first, second = self._by_row(best.first), self._by_row(best.second)
        return Spans(first, second, best.cost, self._open(0, best), self._open(1, best))

    def _by_row(self, spans: Sequence[tuple[int, int, int]]) -> list[int]:
        found = [-1] * self.count
        for at, begin, end in spans:
            found[begin:end] = [at] * (end - begin)
        return found

    def _nearest(self, level: int) -> list[int]:
        """For each row the label nearest to it."""
        labels = (self.first, self.second)[level]
        edges = self.on.edges
        if not labels:
            return [-1] * self.count
        return [
            min(range(len(labels)), key=lambda at: abs((labels[at].low + labels[at].high) / 2 - middle))
            for middle in ((a + b) / 2 for a, b in pairwise(edges))
        ]

    def _single(self, level: int) -> _State | None:
        """The spans of one level alone."""
        labels = (self.first, self.second)[level]
        if not labels:
            return _State(0.0, (), ())
        states: dict[int, tuple[float, tuple[tuple[int, int, int], ...]]] = {0: (0.0, ())}
        for at in range(len(labels)):
            after: dict[int, tuple[float, tuple[tuple[int, int, int], ...]]] = {}
            for begin, (cost, spans) in states.items():
                for end in range(begin, self.count + 1):
                    whole = cost + self.cost(level, at, begin, end)
                    if end not in after or whole < after[end][0]:
                        after[end] = (whole, (*spans, (at, begin, end)))
            states = after
        if self.count not in states:
            return None
        cost, spans = states[self.count]
        return _State(cost, spans, ()) if level else _State(cost, (), spans)

    def _both(self) -> _State | None:
        """The spans of both levels together: a first level begins where a second one does."""
        states: dict[tuple[int, int, int], _State] = {(0, -1, 0): _State(0.0, (), ())}
        for at in range(len(self.second)):
            after: dict[tuple[int, int, int], _State] = {}
            for (row, first, start), state in states.items():
                for begun in self._begun(row, first, start, state):
                    self._extend(at, row, begun, after)
            if not after:
                return None
            least = min(state.cost for state in after.values())
            near = [(key, state) for key, state in after.items() if state.cost <= least + _PRUNED]
            near.sort(key=lambda item: item[1].cost)
            states = dict(near[:_BEAM])
        ends = [
            _State(state.cost + self.cost(0, first, start, row), state.second, (*state.first, (first, start, row)))
            for (row, first, start), state in states.items()
            if row == self.count and first == len(self.first) - 1
        ]
        return min(ends, key=lambda state: state.cost, default=None)

    def _begun(self, row: int, first: int, start: int, state: _State) -> list[_Begun]:
        """The first levels that may hold from a row on."""
        ways = [_Begun(first, start, state)] if first >= 0 else []
        if first + 1 < len(self.first):
            if first >= 0:
                cost = state.cost + self.cost(0, first, start, row)
                state = _State(cost, state.second, (*state.first, (first, start, row)))
            ways.append(_Begun(first + 1, row, state))
        return ways

    def _extend(self, at: int, row: int, begun: _Begun, after: dict[tuple[int, int, int], _State]) -> None:
        """Adds the ways in which second level ``at`` spans rows from ``row`` on, under a first level."""
        state = begun.state
        cost = state.cost + self._parent_cost(at, begun.first)
        for end in range(row, self.count + 1):
            whole = cost + self.cost(1, at, row, end)
            key = (end, begun.first, begun.start)
            if key not in after or whole < after[key].cost:
                after[key] = _State(whole, (*state.second, (at, row, end)), state.first)

    def _open(self, level: int, best: _State) -> frozenset[int]:
        """The rows that could as well stand under the next label of a level, or the one before."""
        spans = (best.first, best.second)[level]
        now = self._whole_cost(best)
        found: set[int] = set()
        for at, begin, end in spans:
            if self._place_cost((self.first, self.second)[level][at], begin, end) > _OFF_ITS_MIDDLE:
                found |= {row for row in (begin - 1, begin, end - 1, end) if 0 <= row < self.count}
        for _, _, border in spans[:-1]:
            for moved in range(border - _MOVED, border + _MOVED + 1):
                other = self._moved(best, level, border, moved) if moved != border else None
                if other is not None and self._whole_cost(other) < now + CLEARLY:
                    found |= set(range(min(border, moved), max(border, moved)))
        return frozenset(found)

    def _moved(self, best: _State, level: int, border: int, moved: int) -> _State | None:
        """The spans with one border elsewhere; None where no border can be there.

        First levels begin where second ones do, so a border of both moves for both.
        """
        first, second = best.first, best.second
        if level and (not first or border in {end for _, _, end in first}):
            first = _shifted(first, border, moved)
        if level:
            second = _shifted(second, border, moved)
        elif not second or moved in {end for _, _, end in second}:
            first = _shifted(first, border, moved)
        else:
            return None
        if any(begin >= end for _, begin, end in (*first, *second)):
            return None
        return _State(0.0, second, first)

    def _whole_cost(self, state: _State) -> float:
        cost = sum(self.cost(0, *span) for span in state.first) + sum(self.cost(1, *span) for span in state.second)
        for at, begin, _ in state.second:
            over = next((first for first, a, b in state.first if a <= begin < b), None)
            if over is not None:
                cost += self._parent_cost(at, over)
        return cost


def _shifted(spans: Sequence[tuple[int, int, int]], border: int, moved: int) -> tuple[tuple[int, int, int], ...]:
    return tuple(
        (at, moved if begin == border and nth else begin, moved if end == border else end)
        for nth, (at, begin, end) in enumerate(spans)
    )


def _outside(place: float, tag: Tag) -> float:
    """What it costs that a label's rows have their middle here."""
    off = max(tag.low - place, place - tag.high, 0.0)
    return _A_LINE * off + _NEARER * abs(place - (tag.low + tag.high) / 2)

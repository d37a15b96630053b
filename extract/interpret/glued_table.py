"""A table of indicators in a text whose cells touch: the rows that explain all of it best, and how sure they are.

The rows of ``glued_rows`` are put one behind the other over the whole text. Weights decide between them: they sum to
100 or 90, and those under a first-level label that states a score, 产出指标(70分), to that score.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from extract.interpret.glued_rows import RowReader
from extract.interpret.glued_strip import Reading

_SOUND_SUMS: Final = (9000, 10000)
# What it costs that weights do not sum, of the form or of a first level.
_NO_SUM: Final = 3.0
# A place is not read on from where a cheaper way leads beyond it by more than this.
_LAGGING: Final = 5.0
_STATES: Final = 400
# A text of so many ways is no table of one form.
_MOST_EDGES: Final = 150000
# What a stretch that is no row costs.
_JUNK: Final = 11.0


class _State(NamedTuple):
    """How far the text is read, the sum of the weights so far and under the present first level, and its score."""

    at: int
    total: int
    group: int
    target: int


class _Edge(NamedTuple):
    before: _State
    after: _State
    cost: float
    reading: Reading


class Explained(NamedTuple):
    """A row of the best explanation.

    ``margin`` is how much dearer the best one without it is, ``rival`` its reading of the same stretch there, None
    where that one cuts the text elsewhere.
    """

    reading: Reading
    margin: float
    rival: Reading | None


def explain(reader: RowReader, weighted: bool) -> list[Explained]:
    """The rows that the text is best read as, in order. ``weighted``: whether the header has a column of weights."""
    end = len(reader.text)
    edges = _edges(reader, weighted)
    costs: dict[_State, float] = {_State(0, 0, 0, -1): 0.0}
    through: dict[_State, _Edge] = {}
    for edge in edges:
        cost = costs[edge.before] + edge.cost
        if cost < costs.get(edge.after, float("inf")):
            costs[edge.after] = cost
            through[edge.after] = edge
    finals = {state: costs[state] + _final(state, weighted) for state in costs if state.at == end}
    if not finals:
        return []
    last = min(finals, key=finals.__getitem__)
    best = finals[last]
    path: list[_Edge] = []
    state = last
    while state in through:
        path.append(through[state])
        state = path[-1].before
    path.reverse()
    rest: dict[_State, float] = {state: _final(state, weighted) for state in finals}
    for edge in reversed(edges):
        if edge.after in rest:
            cost = edge.cost + rest[edge.after]
            if cost < rest.get(edge.before, float("inf")):
                rest[edge.before] = cost
    return _margins(path, edges, costs, rest, best)


def _edges(reader: RowReader, weighted: bool) -> list[_Edge]:
    """All rows that may stand in the text, by the states they lead from and to, in the order of the text.

    None where there are too many for a table.
    """
    end = len(reader.text)
    waiting: dict[int, dict[_State, float]] = {0: {_State(0, 0, 0, -1): 0.0}}
    furthest: list[tuple[int, float]] = []
    edges: list[_Edge] = []
    for at in range(end):
        states = waiting.pop(at, None)
        if not states:
            continue
        cheapest = min(states.values())
        if any(beyond > at and cost + _LAGGING < cheapest for beyond, cost in furthest):
            continue
        kept = sorted(states.items(), key=lambda item: item[1])[:_STATES]
        for reading in [*reader.readings(at), *_junk(reader, at)]:
            for state, cost in kept:
                if cost > cheapest + _LAGGING:
                    break
                after, extra = _after(state, reading, weighted)
                edges.append(_Edge(state, after, reading.cost + extra, reading))
                reached = cost + reading.cost + extra
                found = waiting.setdefault(reading.end, {})
                if reached < found.get(after, float("inf")):
                    found[after] = reached
            furthest.append((reading.end, cheapest + reading.cost))
        if len(edges) > _MOST_EDGES or reader.is_spent:
            return []
        furthest = _front(furthest, at)
    return edges


def _front(reached: Sequence[tuple[int, float]], at: int) -> list[tuple[int, float]]:
    """Of the places reached beyond this one, those that no place further on is reached more cheaply than."""
    front: list[tuple[int, float]] = []
    for beyond, cost in sorted(reached, key=lambda item: (-item[0], item[1])):
        if beyond > at and (not front or cost < front[-1][1]):
            front.append((beyond, cost))
    return front


def _junk(reader: RowReader, at: int) -> list[Reading]:
    """The stretch up to the next label or seam as something that is no row."""
    strip = reader.strip
    ends = [start for start, _ in strip.strong if start > at][:1]
    ends += sorted(seam for seam in strip.lines if seam > at)[:1] or [len(reader.text)]
    return [Reading(at, min(ends), _JUNK, ())]


def _after(state: _State, reading: Reading, weighted: bool) -> tuple[_State, float]:
    """The state behind a row, and what it costs that the first level before it does not have its score."""
    total, group, target, cost = state.total, state.group, state.target, 0.0
    if not weighted:
        return _State(reading.end, 0, 0, -1), 0.0
    if reading.begins:
        cost = _group_cost(group, target)
        group, target = 0, reading.target
    if reading.is_row and reading.weight < 0:
        total = -1
    own = max(reading.weight, 0)
    return _State(reading.end, total + own if total >= 0 else -1, group + own if target >= 0 else 0, target), cost


def _group_cost(group: int, target: int) -> float:
    return _NO_SUM if target >= 0 and group != target else 0.0


def _final(state: _State, weighted: bool) -> float:
    if not weighted:
        return 0.0
    return _group_cost(state.group, state.target) + (0.0 if state.total in _SOUND_SUMS else _NO_SUM)


def _margins(
    path: Sequence[_Edge],
    edges: Sequence[_Edge],
    costs: dict[_State, float],
    rest: dict[_State, float],
    best: float,
) -> list[Explained]:
    """The rows of the best way with the distance to the best way that reads their stretch otherwise."""
    nearest: list[tuple[float, Reading | None]] = [(_JUNK, None)] * len(path)
    for edge in edges:
        behind = rest.get(edge.after)
        if behind is None:
            continue
        over = costs[edge.before] + edge.cost + behind - best
        start, end = edge.reading.start, edge.reading.end
        for i, own in enumerate(path):
            reading = own.reading
            if reading.end <= start or reading.start >= end or over >= nearest[i][0]:
                continue
            if reading.parts != edge.reading.parts:
                same = (reading.start, reading.end) == (start, end)
                nearest[i] = (over, edge.reading if same else None)
    return [Explained(edge.reading, *near) for edge, near in zip(path, nearest, strict=True)]

"""Which rows a level label of a stream stands for.

A label that spans rows stands before its first row where the stream follows the table row by row, and near the middle
of its rows where it follows the page. Labels come in the order of their rows, and every label has a row. Where that,
the lines they share with names, and what the names say leave more than one way, the rows in question are doubtful.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from extract.model import Cell
from extract.vocabulary import Label, Vocabulary

# What it costs that a label stands a row after the middle of its rows, or before it; and not before its first row.
_LATE: Final = 1.5
_EARLY: Final = 0.5
_NOT_FIRST: Final = 3.0
# A label that shares its line with a name of another label's row.
_OTHER_LINE: Final = 3.0
_HINT: Final = 0.7
_FIRST_LEVEL: Final = 0.5
# Labels that the stream has out of the standard order: each that is moved to its place there, each that stays.
_MOVED: Final = 0.6
_UNUSUAL: Final = 0.8
_USUAL: Final = ("产出指标", "成本指标", "效益指标", "满意度指标")
# Below this distance another reading is too close.
CLOSE: Final = 1.6
CLOSE_JUMPING: Final = 2.6
_NEVER: Final = 1e9
_MOST_ROWS: Final = 60


class Printed(NamedTuple):
    """A level label of the stream, the places of its first and last token, and the rows whose names share its line."""

    cell: Cell
    label: Label
    start: int
    end: int
    beside: tuple[int, ...] = ()


class Named(NamedTuple):
    """A row: its name, where that begins in the stream, and where the last cell of the row stands."""

    name: str
    start: int
    end: int


class Placed(NamedTuple):
    """The labels of a row, and by level another label that is nearly as likely."""

    first: Printed | None
    second: Printed | None
    other_first: Printed | None = None
    other_second: Printed | None = None


class _Node(NamedTuple):
    """A second-level label with the first-level label over it; either may be None."""

    first: Printed | None
    second: Printed | None


def placed(
    labels: Sequence[Printed], rows: Sequence[Named], vocabulary: Vocabulary, *, jumping: bool, solid: bool
) -> list[Placed]:
    """The labels of each row.

    ``jumping``: whether the stream goes through the rows in another order than theirs; ``solid``: whether it does not,
    and has no blank lines either.
    """
    nodes = _nodes(labels, vocabulary)
    if not rows:
        return []
    if not nodes:
        return [Placed(None, None) for _ in rows]
    if _by_rows(nodes, rows, solid=solid) == SURELY:
        return _from_spots(_without_empty(nodes, rows), rows)
    if len(nodes) > len(rows) or len(rows) > _MOST_ROWS:
        # Some label has no row, and nothing says which; or there are too many rows to try all spans.
        return _loose(nodes, rows, vocabulary)
    solvers = _orders(nodes, rows, vocabulary, solid=solid)
    ways = [(solver, solver.solve({})) for solver in solvers]
    solver, best = min(ways, key=lambda way: way[1].cost)
    chosen = [solver.nodes[k] for k in solver.of_rows(best)]
    close = CLOSE_JUMPING if jumping else CLOSE
    return [_with_others(solvers, best.cost + close, row, own) for row, own in enumerate(chosen)]


def _from_spots(nodes: Sequence[_Node], rows: Sequence[Named]) -> list[Placed]:
    """The labels of each row, where labels stand right before their first rows."""
    begins = {_spot(node.second, rows): node for node in nodes if node.second is not None}
    found: list[Placed] = []
    for row in range(len(rows)):
        node = begins.get(row)
        found.append(Placed(node.first, node.second) if node is not None else found[-1])
    return found


def _with_others(solvers: Sequence[_Spans], limit: float, row: int, own: _Node) -> Placed:
    """The labels of a row, and those that it has in other ways that are not much dearer."""
    second = _other(solvers, limit, row, {own})
    if second is None:
        return Placed(own.first, own.second)
    kin = {node for solver in solvers for node in solver.nodes if node.first == own.first}
    first = _other(solvers, limit, row, kin)
    return Placed(own.first, own.second, first and first.first, second.second)


def _other(solvers: Sequence[_Spans], limit: float, row: int, forbidden: set[_Node]) -> _Node | None:
    """The labels that a row has where these are none of its; None where that is dearer than ``limit``."""
    ways = [(solver, solver.solve({row: forbidden})) for solver in solvers]
    solver, way = min(ways, key=lambda each: each[1].cost)
    return solver.nodes[solver.of_rows(way)[row]] if way.cost < limit else None


def _nodes(labels: Sequence[Printed], vocabulary: Vocabulary) -> list[_Node]:
    """The tree's branches in the order of the stream: second-level labels with the first-level labels over them.

    A label stands under the one that the standard tree puts it under; where that is printed more than once, under the
    last one printed before it.
    """
    firsts, seconds = _sorted(labels, vocabulary)
    nodes: list[_Node] = []
    for second in seconds:
        parents = vocabulary.parents.get(second.label.level2 or "", ())
        fitting = [first for first in firsts if first.label.level1 in parents]
        before = [first for first in fitting if first.start < second.start]
        own = before[-1] if before else fitting[0] if fitting else None
        nodes.append(_Node(own, second))
    for first in firsts:
        if all(node.first is None or node.first.label != first.label for node in nodes):
            at = next((k for k, node in enumerate(nodes) if node.first and node.first.start > first.start), len(nodes))
            nodes.insert(at, _Node(first, None))
    return nodes


def _orders(nodes: Sequence[_Node], rows: Sequence[Named], vocabulary: Vocabulary, *, solid: bool) -> list[_Spans]:
    """The ways in which the labels may follow one another: as the stream has them, and in orders that trees have.

    A tree may begin with any of its first-level labels; below them, the standard order is taken.
    """
    levels = list(vocabulary.parents)
    printed = sorted({node.first for node in nodes if node.first is not None}, key=lambda first: first.start)
    as_printed = _distinct(first.label.level1 for first in printed)
    by_child = _distinct(node.first and node.first.label.level1 for node in nodes)
    usual = sorted(by_child, key=lambda name: _USUAL.index(name) if name in _USUAL else len(_USUAL))
    found = [_Spans(nodes, rows, vocabulary, solid=solid)] if by_child == as_printed or None in by_child else []
    seen = [list(nodes)] if found else []
    for heads in (as_printed, by_child, usual):

        def place(node: _Node, heads: Sequence[str | None] = heads) -> tuple[int, int]:
            name = node.first and node.first.label.level1
            level2 = node.second.label.level2 if node.second else None
            return heads.index(name) if name in heads else -1, levels.index(level2) if level2 in levels else -1

        standard = sorted(nodes, key=place)
        if standard in seen:
            continue
        seen.append(standard)
        stays = _rising([place(node) for node in nodes])
        moved = {label for k, node in enumerate(nodes) if k not in stays and (label := node.second or node.first)}
        at_rest = _rising([(heads.index(first.label.level1), 0) for first in printed])
        moved |= {first for k, first in enumerate(printed) if k not in at_rest}
        found.append(_Spans(standard, rows, vocabulary, moved, _MOVED * len(moved), solid=solid))
    if len(found) > 1 and seen[0] == list(nodes):
        stays = _rising(
            [
                (levels.index(n.second.label.level2), 0) if n.second and n.second.label.level2 in levels else (-1, 0)
                for n in nodes
            ]
        )
        found[0].beside = _UNUSUAL * (len(nodes) - len(stays))
    return found


def _distinct(names: Iterable[str | None]) -> list[str | None]:
    return list(dict.fromkeys(names))


def _rising(values: Sequence[tuple[int, int]]) -> set[int]:
    """The places of a longest stretch of values that never fall."""
    best: list[tuple[int, list[int]]] = []
    for at, value in enumerate(values):
        before = max(((count, way) for count, way in best if values[way[-1]] <= value), default=(0, []))
        best.append((before[0] + 1, [*before[1], at]))
    return set(max(best)[1]) if best else set()


def _sorted(labels: Sequence[Printed], vocabulary: Vocabulary) -> tuple[list[Printed], list[Printed]]:
    """The labels by level. One of either level is of the first where it is the parent of others, or stands twice."""
    names = [p.label.level2 for p in labels if p.label.kind == "2"]
    firsts: list[Printed] = []
    seconds: list[Printed] = []
    stated = {p.label.level1 for p in labels if p.label.kind == "1"}
    for printed in labels:
        label = printed.label
        if label.kind == "B":
            children = any(label.level1 in vocabulary.parents.get(name or "", ()) for name in names)
            again = sum(p.label == label for p in labels) > 1
            parent = any(one in stated for one in vocabulary.parents.get(label.level2 or "", ()))
            seen = any(p.label == label for p in firsts)
            is_first = not seen and (children or again or not parent)
            (firsts if is_first else seconds).append(printed)
        elif label.kind == "1":
            firsts.append(printed)
        elif label.kind == "2":
            seconds.append(printed)
    return firsts, seconds


NO, PERHAPS, SURELY = range(3)


def _by_rows(nodes: Sequence[_Node], rows: Sequence[Named], *, solid: bool) -> int:
    """Whether the stream follows the table row by row: labels stand before their first rows, the first level first.

    That is certain where a first-level label over several others stands right before the first of them.
    """
    witness = PERHAPS
    before = -1
    for k, node in enumerate(nodes):
        if node.second is None:
            return NO
        spot = _spot(node.second, rows)
        if spot < before or (k == 0 and spot != 0) or (not solid and spot in (before, len(rows))):
            return NO
        if spot and rows[spot - 1].end > node.second.start:
            return NO
        before = spot
        if spot == len(rows):
            continue
        begins = not k or nodes[k - 1].first != node.first
        if node.first is None or not begins:
            continue
        if not node.first.start < node.second.start or _spot(node.first, rows) != spot:
            return NO
        if spot and rows[spot - 1].end > node.first.start:
            return NO
        if k + 1 < len(nodes) and nodes[k + 1].first == node.first:
            witness = SURELY
    return witness


def _without_empty(nodes: Sequence[_Node], rows: Sequence[Named]) -> list[_Node]:
    """The nodes that have rows, where labels stand right before theirs."""
    spots = [_spot(node.second, rows) if node.second is not None else -1 for node in nodes]
    return [node for k, node in enumerate(nodes) if spots[k] not in (*spots[k + 1 :], len(rows))]


def _spot(label: Printed, rows: Sequence[Named]) -> int:
    """How many rows begin before a label."""
    return sum(row.start < label.start for row in rows)


def _loose(nodes: Sequence[_Node], rows: Sequence[Named], vocabulary: Vocabulary) -> list[Placed]:
    """The labels where there are more than rows: the last one before each row, all of them doubtful."""
    found = []
    for row in rows:
        own = [node for node in nodes if node.second is None or node.second.start < row.start] or list(nodes[:1])
        speaks = vocabulary.hints.speaks_for(row.name)
        hinted = [n for n in nodes if n.second is not None and n.second.label.level2 in speaks]
        node = (hinted or own)[-1]
        other = next((n for n in reversed(nodes) if n.second != node.second), node)
        found.append(Placed(node.first, node.second, other.first or node.first, other.second or node.second))
    return found


class _Solution(NamedTuple):
    """Where each label's rows begin, and what that costs."""

    starts: tuple[int, ...]
    cost: float


def _crowded(nodes: Sequence[_Node], rows: Sequence[Named]) -> Iterator[Printed]:
    """The labels that stand together with others of their level: not all of them can stand beside their rows."""
    for labels in ([node.first for node in nodes], [node.second for node in nodes]):
        own = [label for label in dict.fromkeys(labels) if label is not None]
        spots = [_spot(label, rows) for label in own]
        yield from (label for label, spot in zip(own, spots, strict=True) if spots.count(spot) > 1)


class _Spans:
    """All ways to give rows to labels in order, a row to each at least."""

    def __init__(
        self,
        nodes: Sequence[_Node],
        rows: Sequence[Named],
        vocabulary: Vocabulary,
        moved: Collection[Printed] = (),
        beside: float = 0.0,
        *,
        solid: bool,
    ) -> None:
        """``moved``: labels that the stream has out of order, so that where they stand says little."""
        self.nodes = nodes
        self.moved = {id(label) for label in (*moved, *_crowded(nodes, rows))}
        self.beside = beside
        self.rows = rows
        self.by_rows = NO if moved else _by_rows(nodes, rows, solid=solid)
        if self.by_rows == SURELY:
            self.moved = set()
        levels = {node.second.label.level2 for node in nodes if node.second is not None}
        spoken = [vocabulary.hints.speaks_for(row.name) & levels for row in rows]
        # What the names say for each label and row.
        self.hints = [
            [0.0 if not said else -_HINT if self._level(node) in said else _HINT for said in spoken] for node in nodes
        ]
        groups: list[list[int]] = []
        for k, node in enumerate(nodes):
            if groups and node.first is not None and nodes[groups[-1][-1]].first == node.first:
                groups[-1].append(k)
            else:
                groups.append([k])
        self.groups = groups

    @staticmethod
    def _level(node: _Node) -> str | None:
        return node.second.label.level2 if node.second is not None else None

    def of_rows(self, solution: _Solution) -> list[int]:
        """The label of each row."""
        ends = [*solution.starts[1:], len(self.rows)]
        return [k for k, (a, b) in enumerate(zip(solution.starts, ends, strict=True)) for _ in range(a, b)]

    def solve(self, forbidden: Mapping[int, Collection[_Node]]) -> _Solution:
        """The cheapest way, certain labels forbidden in certain rows."""
        height = len(self.rows)
        best: dict[int, _Solution] = {0: _Solution((), self.beside)}
        left = len(self.nodes)
        for group in self.groups:
            left -= len(group)
            after: dict[int, _Solution] = {}
            for start, so_far in best.items():
                for end, inner in self._group(group, start, height - left, forbidden).items():
                    cost = so_far.cost + inner.cost + self._over(group, start, end)
                    if end not in after or cost < after[end].cost:
                        after[end] = _Solution((*so_far.starts, *inner.starts), cost)
            best = after
        return best.get(height, _Solution(tuple(range(len(self.nodes))), _NEVER))

    def _group(
        self, group: Sequence[int], start: int, height: int, forbidden: Mapping[int, Collection[_Node]]
    ) -> dict[int, _Solution]:
        """The cheapest ways to give a first-level label's rows to its second-level labels, by the row they end at."""
        best: dict[int, _Solution] = {start: _Solution((), 0.0)}
        for k in group:
            after: dict[int, _Solution] = {}
            for begin, so_far in best.items():
                inside = 0.0
                for end in range(begin + 1, height + 1):
                    inside += self.hints[k][end - 1]
                    if self.nodes[k] in forbidden.get(end - 1, ()):
                        break
                    cost = so_far.cost + inside + self._own(self.nodes[k].second or self.nodes[k].first, begin, end)
                    if end not in after or cost < after[end].cost:
                        after[end] = _Solution((*so_far.starts, begin), cost)
            best = after
        return best

    def _own(self, label: Printed | None, begin: int, end: int) -> float:
        """What it costs that a label has the rows from ``begin`` to ``end``."""
        if label is None:
            return 0.0
        cost = _OTHER_LINE * sum(not begin <= row < end for row in label.beside)
        if id(label) in self.moved:
            return cost
        spot = _spot(label, self.rows)
        at_first = _NOT_FIRST * abs(spot - begin)
        if self.by_rows == SURELY:
            return cost + at_first
        middle = (begin + end) // 2 if (end - begin) % 2 == 0 else (begin + end - 1) // 2
        off = _LATE * (spot - middle) if spot > middle else _EARLY * (middle - spot)
        return cost + (min(at_first, off) if self.by_rows == PERHAPS else off)

    def _over(self, group: Sequence[int], begin: int, end: int) -> float:
        first = self.nodes[group[0]].first
        if first is None or self.nodes[group[0]].second is None:
            return 0.0
        return _FIRST_LEVEL * self._own(first, begin, end)

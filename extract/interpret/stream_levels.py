"""Which rows a level label of a stream stands for.

A label that spans rows stands before its first row where the stream follows the table row by row, and near the middle
of its rows where it follows the page. Labels come in the order of their rows, and every label has a row. Where that,
the lines they share with names, and what the names say leave more than one way, the rows in question are doubtful.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from extract.interpret.stream_spans import (
    NO,
    PERHAPS,
    SURELY,
    Named,
    Node,
    Printed,
    Spans,
    cheapest,
    spoken,
    spot_of,
)
from extract.vocabulary import Vocabulary

# Labels that the stream has out of the standard order: each that is moved to its place there, each that stays.
_MOVED: Final = 0.6
_UNUSUAL: Final = 0.8
_USUAL: Final = ("产出指标", "成本指标", "效益指标", "满意度指标")
# Below this distance another reading is too close.
CLOSE: Final = 1.6
CLOSE_JUMPING: Final = 2.75
_MOST_ROWS: Final = 60


class Placed(NamedTuple):
    """The labels of a row, and by level another label that is nearly as likely."""

    first: Printed | None
    second: Printed | None
    other_first: Printed | None = None
    other_second: Printed | None = None


def placed(
    labels: Sequence[Printed],
    rows: Sequence[Named],
    vocabulary: Vocabulary,
    *,
    jumping: bool,
    solid: bool,
    centred: bool = False,
) -> list[Placed]:
    """The labels of each row.

    ``jumping``: whether the stream goes through the rows in another order than theirs; ``solid``: whether it does not,
    and has no blank lines either; ``centred``: whether labels are known to stand in the middle of their rows.
    """
    nodes = _nodes(labels, vocabulary)
    if not rows:
        return []
    if not nodes:
        return [Placed(None, None) for _ in rows]
    if not centred and _by_rows(nodes, rows, solid=solid) == SURELY:
        return _from_spots(_without_empty(nodes, rows), rows)
    if len(nodes) > len(rows) or len(rows) > _MOST_ROWS:
        # Some label has no row, and nothing says which; or there are too many rows to try all spans.
        return _loose(nodes, rows, vocabulary)
    said = [vocabulary.hints.speaks_for(row.name) for row in rows]
    ways = []
    for order in _orders(nodes, vocabulary):
        by_rows = NO if order.moved or centred else _by_rows(order.nodes, rows, solid=solid)
        moved = () if by_rows == SURELY else (*order.moved, *_crowded(order.nodes, rows))
        hints = spoken(order.nodes, said)
        ways.append(Spans(order.nodes, rows, hints, moved, order.cost, by_rows, jumping=jumping))
    by_rows = not jumping and any(way.by_rows for way in ways)
    chosen, likely = cheapest(ways, CLOSE if by_rows else CLOSE_JUMPING)
    return [_with_others(own, costs) for own, costs in zip(chosen, likely, strict=True)]


def _from_spots(nodes: Sequence[Node], rows: Sequence[Named]) -> list[Placed]:
    """The labels of each row, where labels stand right before their first rows."""
    begins = {spot_of(node.second, rows): node for node in nodes if node.second is not None}
    found: list[Placed] = []
    for row in range(len(rows)):
        node = begins.get(row)
        found.append(Placed(node.first, node.second) if node is not None else found[-1])
    return found


def _with_others(own: Node, likely: Mapping[Node, float]) -> Placed:
    """The labels of a row, and those that it has in other ways that are not much dearer."""
    others = sorted((node for node in likely if node != own), key=lambda node: likely[node])
    if not others:
        return Placed(own.first, own.second)
    first = next((node.first for node in others if node.first != own.first), None)
    return Placed(own.first, own.second, first, others[0].second)


def _nodes(labels: Sequence[Printed], vocabulary: Vocabulary) -> list[Node]:
    """The tree's branches in the order of the stream: second-level labels with the first-level labels over them.

    A label stands under the one that the standard tree puts it under; where that is printed more than once, under the
    last one printed before it.
    """
    firsts, seconds = _sorted(labels, vocabulary)
    nodes: list[Node] = []
    for second in seconds:
        parents = vocabulary.parents.get(second.label.level2 or "", ())
        fitting = [first for first in firsts if first.label.level1 in parents]
        before = [first for first in fitting if first.start < second.start]
        own = before[-1] if before else fitting[0] if fitting else None
        nodes.append(Node(own, second))
    for first in firsts:
        if all(node.first is None or node.first.label != first.label for node in nodes):
            at = next((k for k, node in enumerate(nodes) if node.first and node.first.start > first.start), len(nodes))
            nodes.insert(at, Node(first, None))
    return nodes


class _Order(NamedTuple):
    """One way in which the labels may follow one another, those that the stream has elsewhere, and what that costs."""

    nodes: Sequence[Node]
    moved: Collection[Printed] = ()
    cost: float = 0.0


def _orders(nodes: Sequence[Node], vocabulary: Vocabulary) -> list[_Order]:
    """The ways in which the labels may follow one another: as the stream has them, and in orders that trees have.

    A tree may begin with any of its first-level labels; below them, the standard order is taken.
    """
    levels = list(vocabulary.parents)
    printed = sorted({node.first for node in nodes if node.first is not None}, key=lambda first: first.start)
    as_printed = _distinct(first.label.level1 for first in printed)
    by_child = _distinct(node.first and node.first.label.level1 for node in nodes)
    usual = sorted(by_child, key=lambda name: _USUAL.index(name) if name in _USUAL else len(_USUAL))
    found = [_Order(nodes)] if by_child == as_printed or None in by_child else []
    for heads in (as_printed, by_child, usual):

        def place(node: Node, heads: Sequence[str | None] = heads) -> tuple[int, int]:
            name = node.first and node.first.label.level1
            level2 = node.second.label.level2 if node.second else None
            return heads.index(name) if name in heads else -1, levels.index(level2) if level2 in levels else -1

        standard = sorted(nodes, key=place)
        if any(list(order.nodes) == standard for order in found):
            continue
        stays = _rising([place(node) for node in nodes])
        moved = {label for k, node in enumerate(nodes) if k not in stays and (label := node.second or node.first)}
        at_rest = _rising([(heads.index(first.label.level1), 0) for first in printed])
        moved |= {first for k, first in enumerate(printed) if k not in at_rest}
        found.append(_Order(standard, moved, _MOVED * len(moved)))
    if len(found) > 1 and list(found[0].nodes) == list(nodes):
        places = [n.second.label.level2 if n.second else None for n in nodes]
        stays = _rising([(levels.index(level2) if level2 in levels else -1, 0) for level2 in places])
        found[0] = found[0]._replace(cost=_UNUSUAL * (len(nodes) - len(stays)))
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


def _by_rows(nodes: Sequence[Node], rows: Sequence[Named], *, solid: bool) -> int:
    """Whether the stream follows the table row by row: labels stand before their first rows, the first level first.

    That is certain where a first-level label over several others stands right before the first of them.
    """
    witness = PERHAPS
    before = -1
    for k, node in enumerate(nodes):
        if node.second is None:
            return NO
        spot = spot_of(node.second, rows)
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
        if not node.first.start < node.second.start or spot_of(node.first, rows) != spot:
            return NO
        if spot and rows[spot - 1].end > node.first.start:
            return NO
        if k + 1 < len(nodes) and nodes[k + 1].first == node.first:
            witness = SURELY
    return witness


def _without_empty(nodes: Sequence[Node], rows: Sequence[Named]) -> list[Node]:
    """The nodes that have rows, where labels stand right before theirs."""
    spots = [spot_of(node.second, rows) if node.second is not None else -1 for node in nodes]
    return [node for k, node in enumerate(nodes) if spots[k] not in (*spots[k + 1 :], len(rows))]


def _loose(nodes: Sequence[Node], rows: Sequence[Named], vocabulary: Vocabulary) -> list[Placed]:
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


def _crowded(nodes: Sequence[Node], rows: Sequence[Named]) -> Iterator[Printed]:
    """The labels that stand together with others of their level: not all of them can stand beside their rows."""
    for labels in ([node.first for node in nodes], [node.second for node in nodes]):
        own = [label for label in dict.fromkeys(labels) if label is not None]
        spots = [spot_of(label, rows) for label in own]
        yield from (label for label, spot in zip(own, spots, strict=True) if spots.count(spot) > 1)

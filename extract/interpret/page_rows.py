"""The rows of a printed table: each has one line on which its operator, value or weight stands, its anchor.

A text broken over lines stands around its anchor (or begins beside it, in tables that are aligned at the top), so the
pieces of a column are dealt out to the anchors in order. Where two ways to do so are nearly as good, the row is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from extract.interpret.layout_text import CLOSING, OPENING
from extract.interpret.page_columns import Placed
from extract.interpret.page_pieces import room_left

# What it costs when a text stands a line off its anchor; when a line that is not full goes on; when a full one ends.
_A_LINE: Final = 1.0
_NOT_FULL: Final = 0.6
_A_PLACE: Final = 0.35
_MOST_OPEN: Final = 4.0
_FULL_END: Final = 0.15
_TORN: Final = 3.0
_COMMA: Final = 0.7
_UNCLOSED: Final = 0.3
_TWO_VALUES: Final = 1.6
_BROKEN_VALUE: Final = 0.3
# A text that costs less than this can be a value by itself; no value costs more than the other.
WHOLE: Final = 0.3
_ODDEST: Final = 1.5
# The pieces of one text stand on lines no farther apart than this.
_FARTHEST: Final = 3.0
_A_GAP: Final = 0.25
# From this difference on, one way is clearly better than another.
CLEARLY: Final = 0.8
_MOST_PIECES: Final = 12
_PAGE: Final = 1.5


class Anchor(NamedTuple):
    """The lines that a row's values stand on, from ``low`` to ``high``, and its page."""

    low: float
    high: float
    page: int

    def off(self, low: float, high: float) -> float:
        """How many lines something that stands from ``low`` to ``high`` is off this anchor."""
        return max(low - self.high, self.low - high, 0.0)


class Dealt(NamedTuple):
    """The pieces of each row, what it cost in all and by row, and the rows that could have more or fewer pieces."""

    rows: list[list[Placed]]
    cost: float
    costs: list[float]
    open: frozenset[int]


class Rule(NamedTuple):
    """How a column is dealt out. ``blank``: what a row without a piece costs. ``top``: texts begin at their anchors.

    ``room``: how wide a column of running text is, in display columns; 0 for a column of single values. ``odd``: what
    it costs to take a text for such a value. ``lines``: those that anchors stand on, and which row's each is.
    """

    blank: float
    room: int
    odd: Callable[[str], float]
    lines: Mapping[float, int]
    top: bool = False


def stacked(pieces: Sequence[Placed]) -> list[Placed]:
    """The pieces with their places down the table put right where neighbouring rows were printed column by column.

    There the lines go on to the right, with two pieces or more of one column before the next column begins.
    """
    lines: list[list[Placed]] = []
    for piece in pieces:
        if lines and lines[-1][0].y == piece.y:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    found: list[Placed] = []
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and _goes_on_right(lines[end - 1], lines[end]):
            end += 1
        run = [piece for line in lines[at:end] for piece in line]
        found += _unstacked(run) if end - at > 1 else run
        at = end
    return sorted(found, key=lambda piece: (piece.y, piece.col))


def _goes_on_right(above: Sequence[Placed], below: Sequence[Placed]) -> bool:
    return (
        above[0].page == below[0].page
        and below[0].col >= above[-1].col
        and (below[0].col > above[-1].col or len(below) == 1 or len(above) == 1)
    )


def _unstacked(run: Sequence[Placed]) -> list[Placed]:
    """The pieces of a run, column by column, on as many lines as the fullest column has pieces."""
    counts: dict[int, int] = {}
    for piece in run:
        counts[piece.col] = counts.get(piece.col, 0) + 1
    most = max(counts.values())
    if sum(count > 1 for count in counts.values()) < 2:
        return list(run)
    first = run[0].y
    seen: dict[int, int] = {}
    found = []
    for piece in run:
        at = seen[piece.col] = seen.get(piece.col, -1) + 1
        found.append(piece._replace(y=first + (most - counts[piece.col]) / 2 + at))
    return found


def deal(anchors: Sequence[Anchor], pieces: Sequence[Placed], rule: Rule) -> Dealt:
    """The pieces of a column dealt out to the anchors, all of them and in order."""
    count, total = len(anchors), len(pieces)
    # ahead[r][k]: least cost of the rows before r with the first k pieces; behind: of the rows from r on with the rest.
    most = float("inf") if total < count else 2 * _MOST_OPEN + 4 * _A_LINE
    texts = _texts(pieces, rule, most)
    blanks = {(at, at): rule.blank for at in range(total + 1)}
    step: list[dict[tuple[int, int], float]] = []
    for anchor in anchors:
        costs = dict(blanks)
        for text in texts:
            cost = text.cost + _A_LINE * anchor.off(text.low, text.high)
            if cost < most:
                crossing = _PAGE if text.first_page != anchor.page or text.last_page != anchor.page else 0.0
                costs[text.start, text.end] = cost + crossing
        step.append(costs)
    ahead = _forward(step)
    if total not in ahead[count]:
        return _loose(anchors, pieces, rule)
    behind = _backward(step, total)
    ends = [total]
    for row in range(count - 1, -1, -1):
        end = ends[-1]
        ends.append(
            min(
                (ahead[row][start] + cost, start)
                for (start, stop), cost in step[row].items()
                if stop == end and start in ahead[row]
            )[1]
        )
    ends.reverse()
    best = ahead[count][total]
    open_rows: set[int] = set()
    for row in range(1, count):
        for k, cost in ahead[row].items():
            if k != ends[row] and k in behind[row] and cost + behind[row][k] < best + CLEARLY:
                open_rows |= _between(ends, min(k, ends[row]), max(k, ends[row]), row)
    rows = [list(pieces[a:b]) for a, b in pairwise(ends)]
    open_rows |= _crossed(rows, anchors)
    costs_by_row = [step[row][a, b] for row, (a, b) in enumerate(pairwise(ends))]
    return Dealt(rows, best, costs_by_row, frozenset(open_rows))


def _crossed(rows: Sequence[Sequence[Placed]], anchors: Sequence[Anchor]) -> set[int]:
    """The rows of two pieces that may stand in each other's place: neighbours off their anchors, the first one left.

    What is printed column by column comes from left to right, not from the top.
    """
    found: set[int] = set()
    for at, (above, below) in enumerate(pairwise(rows)):
        if len(above) != 1 or len(below) != 1:
            continue
        (first,), (second,) = above, below
        off = anchors[at].off(first.y, first.y) >= 1 or anchors[at + 1].off(second.y, second.y) >= 1
        if off and second.y - first.y <= 1 and first.cell.x0 < second.cell.x0:
            found |= {at, at + 1}
    return found


def _between(ends: Sequence[int], first: int, last: int, row: int) -> set[int]:
    """The rows that hold the pieces from ``first`` to ``last`` now, and those on both sides of the boundary."""
    holding = {r for r, (a, b) in enumerate(pairwise(ends)) if a < last and b > first}
    return holding | {row - 1, row}


def _forward(step: Sequence[dict[tuple[int, int], float]]) -> list[dict[int, float]]:
    ahead: list[dict[int, float]] = [{0: 0.0}]
    for costs in step:
        after: dict[int, float] = {}
        for (start, end), cost in costs.items():
            before = ahead[-1].get(start)
            if before is not None and before + cost < after.get(end, float("inf")):
                after[end] = before + cost
        ahead.append(after)
    return ahead


def _backward(step: Sequence[dict[tuple[int, int], float]], total: int) -> list[dict[int, float]]:
    behind: list[dict[int, float]] = [{total: 0.0}]
    for costs in reversed(step):
        before: dict[int, float] = {}
        for (start, end), cost in costs.items():
            rest = behind[-1].get(end)
            if rest is not None and rest + cost < before.get(start, float("inf")):
                before[start] = rest + cost
        behind.append(before)
    behind.reverse()
    return behind


class _Text(NamedTuple):
    """Pieces that may be a row's text: what that costs wherever it stands, and the lines that its anchor is beside."""

    start: int
    end: int
    cost: float
    low: float
    high: float
    first_page: int
    last_page: int


def _texts(pieces: Sequence[Placed], rule: Rule, most: float) -> list[_Text]:
    """All runs of pieces that may be one row's text, for at most so much."""
    found = []
    for start in range(len(pieces)):
        joins = 0.0
        for end in range(start + 1, min(start + _MOST_PIECES, len(pieces)) + 1):
            if end - start > 1:
                before, piece = pieces[end - 2], pieces[end - 1]
                if piece.y - before.y > _FARTHEST:
                    break
                joins += _A_GAP * max(piece.y - before.y - 1, 0.0)
                joins += _join_cost(before, piece, rule.room) if rule.room else _value_cost(before, piece, rule)
                if joins > most:
                    break
            own = pieces[start:end]
            half = len(own) // 2
            low, high = own[half if len(own) % 2 else half - 1].y, own[half].y
            if rule.top:
                low = high = own[0].y
            following = pieces[end] if end < len(pieces) else None
            cost = joins + _text_cost(own, following, rule)
            found.append(_Text(start, end, cost, low, high, own[0].page, own[-1].page))
    return found


def _text_cost(own: Sequence[Placed], following: Placed | None, rule: Rule) -> float:
    """What it costs that these pieces are a text, and that it ends before the next one."""
    text = "".join([piece.cell.text for piece in own])
    if not rule.room:
        return min(rule.odd(text), _ODDEST)
    unclosed = _UNCLOSED * (text.count("（") != text.count("）"))
    return unclosed + (_end_cost(own[-1], following, rule.room) if following is not None else 0.0)


def _join_cost(before: Placed, piece: Placed, room: int) -> float:
    """What it costs that a text goes on from one line to the next: only a full line is broken."""
    if before.y == piece.y:
        return 0.2
    short = room_left(before.cell, piece.cell, room)
    if piece.cell.text[0] in CLOSING or (before.cell.text[-1] in OPENING and short <= 1):
        return 0.0
    return 0.0 if short < 0 else min(_MOST_OPEN, _NOT_FULL + _A_PLACE * short)


def _value_cost(before: Placed, piece: Placed, rule: Rule) -> float:
    """What it costs that a value goes on: hardly one whose pieces are values by themselves."""
    first, second = rule.lines.get(before.y), rule.lines.get(piece.y)
    if first is not None and second is not None:
        return _BROKEN_VALUE if first == second else _TWO_VALUES
    both = rule.odd(before.cell.text) < WHOLE and rule.odd(piece.cell.text) < WHOLE
    return _TWO_VALUES if both and piece.y - before.y > 1 else _BROKEN_VALUE


def _end_cost(last: Placed, following: Placed, room: int) -> float:
    """What it costs that a text ends here."""
    if following.cell.text[0] in CLOSING:
        return _TORN
    if last.cell.text[-1] in "，、" or last.cell.text[-1] in OPENING:
        # What an export has cut may end so.
        return _COMMA
    return _FULL_END if room_left(last.cell, following.cell, room) < 0 else 0.0


def _loose(anchors: Sequence[Anchor], pieces: Sequence[Placed], rule: Rule) -> Dealt:
    """Each piece with its nearest anchor, where no way holds together: every row is open then."""
    rows: list[list[Placed]] = [[] for _ in anchors]
    for piece in pieces:
        rows[min(range(len(anchors)), key=lambda row: anchors[row].off(piece.y, piece.y))].append(piece)
    costs = [rule.blank if not row else _MOST_OPEN for row in rows]
    return Dealt(rows, sum(costs) + _MOST_OPEN * len(anchors), costs, frozenset(range(len(anchors))))


def tangled(
    names: Sequence[Sequence[Placed]], values: Sequence[Sequence[Sequence[Placed]]], unsure: frozenset[int]
) -> set[int]:
    """The rows that may have cells of their neighbours, because lines of several rows were printed into each other.

    A row's values stand on one line, beside its name. Where one stands off the name, the row on that side of it is part
    of the tangle; where they stand on several lines, both neighbours are. So are rows next to those whose names are
    ``unsure``. ``values``: by column, then by row.
    """
    found: set[int] = set()
    for at, name in enumerate(names):
        if not name:
            continue
        own = [column[at] for column in values if column[at]]
        above = any(pieces[-1].y < name[0].y and pieces[-1].page == name[0].page for pieces in own)
        below = any(pieces[0].y > name[-1].y and pieces[0].page == name[-1].page for pieces in own)
        apart = len({pieces[0].y for pieces in own if len(pieces) == 1}) > 1
        if above or below or apart:
            found |= {at, *([at - 1] if above or apart else []), *([at + 1] if below or apart else [])}
    for order in (range(len(names)), range(len(names) - 1, -1, -1)):
        for at in order:
            if at in unsure and at - order.step in found:
                found.add(at)
    return found & set(range(len(names)))

"""Which column each piece of a printed table belongs to: by what it is, by the order in its line, and by its place.

The places of a column's pieces drift from line to line, so a piece is held against those near it and not against all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from statistics import median
from typing import Final, NamedTuple

from extract.clean import squash
from extract.interpret.kinds import Kinds
from extract.interpret.page_pieces import Line, fragments
from extract.model import Cell
from extract.vocabulary import ColumnName, Vocabulary

# What it costs to read a piece of a kind (see ``kinds``) in a column; _OTHER for kinds that are not named.
_OTHER: Final = "*"
_COSTS: Final[dict[str, dict[str, float]]] = {
    "level1": {"1": 0.0, "B": 0.1, "2": 0.8, "R": 0.8, "a": 0.3, "b": 0.9, "s": 1.6, "t": 2.4, _OTHER: 4.0},
    "level2": {"2": 0.0, "B": 0.1, "1": 0.8, "R": 1.5, "a": 0.9, "b": 0.3, "s": 1.6, "t": 2.4, _OTHER: 4.0},
    "name": {
        "t": 0.0,
        "s": 0.3,
        "u": 0.9,
        "g": 1.0,
        "d": 1.0,
        "N": 0.8,
        "m": 2.0,
        "n": 1.8,
        "o": 4.0,
        "q": 2.0,
        "a": 0.8,
        "b": 0.8,
        _OTHER: 0.9,
    },
    "operator": {"o": 0.0, "q": 0.0, "h": 0.4, "m": 2.5, "s": 2.5, _OTHER: 4.0},
    "value": {
        "n": 0.0,
        "N": 0.0,
        "d": 0.0,
        "m": 0.1,
        "g": 0.0,
        "q": 1.5,
        "s": 0.5,
        "t": 1.0,
        "u": 1.0,
        "o": 4.0,
        _OTHER: 2.0,
    },
    "unit": {"u": 0.0, "s": 0.7, "N": 1.5, "a": 1.0, "b": 1.0, _OTHER: 2.5},
    "weight": {"n": 0.0, "N": 0.6, "d": 2.0, _OTHER: 4.0},
    "score": {"n": 0.1, "N": 0.6, _OTHER: 4.0},
    "achieved": {"n": 0.1, "N": 0.1, "d": 0.1, "m": 0.2, "g": 0.1, "s": 0.6, "t": 1.0, "u": 1.2, _OTHER: 2.5},
    "direction": {"s": 0.3, _OTHER: 2.5},
    "pass": {"t": 0.6, "s": 0.6, _OTHER: 1.2},
}
# Two neighbours of one column, with a blank between them.
_SAME_COLUMN: Final = 1.0
_WIDEST_BLANK: Final = 4
# What a character off the column costs, from the second on, and the most that the place can cost.
_A_CHARACTER: Final = 0.22
_FREE: Final = 1.0
_FARTHEST: Final = 3.0
_NEIGHBOURS: Final = 6
_SURE: Final = 0.35
_ROUNDS: Final = 3
_SHORTEST_NAME: Final = 5


class Placed(NamedTuple):
    """A piece in its column, with its place down the table (lines) and its page."""

    cell: Cell
    col: int
    y: float
    page: int


class _Guide(NamedTuple):
    """Where the pieces of a column stand: by y, the coordinate that they have in common (0 left, 1 middle, 2 right)."""

    ys: list[float]
    xs: list[float]
    lefts: list[float]
    side: int

    def cost(self, cell: Cell, y: float) -> float:
        """What the place of a piece costs in this column."""
        if not self.ys:
            return 0.0
        at = bisect_left(self.ys, y)
        near = slice(max(0, at - _NEIGHBOURS // 2), at + _NEIGHBOURS // 2)
        off = min(
            abs(_coordinate(cell, self.side) - median(self.xs[near])), abs(cell.x0 - median(self.lefts[near])) + 1
        )
        return min(_FARTHEST, _A_CHARACTER * max(0.0, off - _FREE))


def _coordinate(cell: Cell, side: int) -> float:
    return (cell.x0, (cell.x0 + cell.x1) / 2, cell.x1)[side]


class ColumnReader:
    """Tells the columns of one table. ``roles``: the columns by what their header words mean, in order."""

    def __init__(self, roles: Sequence[ColumnName], kinds: Kinds, vocabulary: Vocabulary) -> None:
        self.roles = tuple(roles)
        self.kinds = kinds
        self.label_parts = _label_parts(vocabulary)
        self.operator_parts = fragments([word for word in vocabulary.operators if len(word) > 1])
        self._costs: dict[str, tuple[float, ...]] = {}

    def costs(self, text: str) -> tuple[float, ...]:
        """What it costs to read a text in each column, by what it is alone."""
        found = self._costs.get(text)
        if found is None:
            kind = self.kinds(text)
            parts: set[str] = set()
            folded = squash(text)
            parts |= {letter for letter, known in zip("ab", self.label_parts, strict=True) if folded in known}
            if text in self.operator_parts:
                parts.add("h")
            rows = [_COSTS.get(role, _COSTS["pass"]) for role in self.roles]
            found = tuple(
                min([row.get(kind, row[_OTHER]), *(row[part] for part in parts if part in row)]) for row in rows
            )
            self._costs[text] = found
        return found

    def placed(self, lines: Sequence[Line]) -> list[Placed]:
        """The pieces of the lines, each in its column."""
        found: list[Placed] = []
        guides: Mapping[tuple[int, int], _Guide] = {}
        for _ in range(_ROUNDS):
            found = [piece for line in lines for piece in self._line(line, guides)]
            guides = self._guides(found)
        return found

    def _line(self, line: Line, guides: Mapping[tuple[int, int], _Guide]) -> list[Placed]:
        """The cheapest columns for the pieces of a line, in order."""
        count = len(self.roles)
        # Least cost so far by the column of the last piece, and the columns chosen for it.
        best: dict[int, tuple[float, tuple[int, ...]]] = {-1: (0.0, ())}
        before: Cell | None = None
        for cell in line.pieces:
            own = [
                cost + (guide.cost(cell, line.y) if (guide := guides.get((line.page, col))) is not None else 0.0)
                for col, cost in enumerate(self.costs(cell.text))
            ]
            ways: dict[int, tuple[float, tuple[int, ...]]] = {}
            for col in range(count):
                options = [(cost, cols) for last, (cost, cols) in best.items() if last < col]
                if col in best and before is not None:
                    gap = cell.x0 - before.x1
                    cost, cols = best[col]
                    options.append((cost + _SAME_COLUMN + max(0.0, gap - _WIDEST_BLANK + 1), cols))
                if options:
                    cost, cols = min(options)
                    ways[col] = (cost + own[col], (*cols, col))
            best, before = ways, cell
        _, cols = min(best.values())
        return [Placed(cell, col, line.y, line.page) for cell, col in zip(line.pieces, cols, strict=True)]

    def _guides(self, found: Sequence[Placed]) -> dict[tuple[int, int], _Guide]:
        """Where the columns stand on each page, going by the pieces that are surely of their columns."""
        by_line: dict[float, list[Placed]] = {}
        for piece in found:
            by_line.setdefault(piece.y, []).append(piece)
        sure: dict[tuple[int, int], list[Placed]] = {}
        for pieces in by_line.values():
            roles = {self.roles[p.col] for p in pieces}
            telling = "value" in roles and len(pieces) > 2
            both = {"level1", "level2"} <= roles
            for piece in pieces:
                if self._is_sure(piece, telling=telling, both=both):
                    sure.setdefault((piece.page, piece.col), []).append(piece)
        return {place: _guide(pieces) for place, pieces in sure.items()}

    def _is_sure(self, piece: Placed, *, telling: bool, both: bool) -> bool:
        role = self.roles[piece.col]
        costs = self.costs(piece.cell.text)
        if costs[piece.col] > _SURE:
            return False
        if role == "name":
            return len(piece.cell.text) >= _SHORTEST_NAME
        if role in ("level1", "level2"):
            other = [costs[col] for col, name in enumerate(self.roles) if name in ("level1", "level2") and name != role]
            return both or not other or other[0] > costs[piece.col]
        return telling or role == "operator"


def _guide(pieces: Sequence[Placed]) -> _Guide:
    ys = [piece.y for piece in pieces]
    ways = []
    for side in range(3):
        xs = [_coordinate(piece.cell, side) for piece in pieces]
        middle = median(xs)
        ways.append((sum(min(abs(x - middle), 8.0) for x in xs), side, xs))
    _, side, xs = min(ways)
    return _Guide(ys, xs, [piece.cell.x0 for piece in pieces], side)


@lru_cache(maxsize=16)
def _label_parts(vocabulary: Vocabulary) -> tuple[frozenset[str], frozenset[str]]:
    """All that a line of a first-level and of a second-level label can hold."""
    first = fragments([word for word, label in vocabulary.labels.items() if label.level1])
    second = fragments([word for word, label in vocabulary.labels.items() if label.level2])
    return first, second

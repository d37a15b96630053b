"""Amounts to columns: by the equations of the form first, and by where they stand second.

Columns drift and blank cells get lost, but the order of the amounts stays. So every way to place them in order is a
candidate; mostly the distances between them leave few, and no search is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Final, NamedTuple

from extract.model import Cell

# Category and source, as in the table ``funding``.
Column = tuple[str, str]
# Where a cell stands in its row: the least and the most places before it. They differ where blanks separate the cells.
Spot = tuple[int, int]
# Where a cell stands on the page, from x to x; -1 where that is not known.
Extent = tuple[float, float]

_ZERO: Final = Decimal(0)
_MOST_PLACEMENTS: Final = 4000
# Display columns by which amounts may miss their header and still be aligned with it.
_ALIGNED: Final = 2.0
_FAR: Final = 9
# From here on, an amount stands more outside of its column than within.
_ASTRAY: Final = 6


class Figure(NamedTuple):
    """An amount in yuan, and where it stands."""

    cell: Cell
    amount: Decimal
    spot: Spot


class Head(NamedTuple):
    """A column as a header row announces it: which header row, and where there; row -1 where none does.

    ``category``, ``source``: which of the header's words, by number, name the one and the other; -1 where none does.
    """

    column: Column
    row: int = -1
    spot: Spot = (0, 0)
    extent: Extent = (-1, -1)
    category: int = -1
    source: int = -1


class Equation(NamedTuple):
    """A sum of the form: the column that holds it, the columns of its parts, and those it may hold or not."""

    whole: Column
    parts: tuple[Column, ...]
    beside: tuple[Column, ...] = ()

    def sides(self, amounts: Mapping[Column, Decimal]) -> tuple[Decimal | None, Decimal | None]:
        """The stated sum and the sum of the stated parts (a blank is zero); None where nothing is stated."""
        whole = amounts.get(self.whole)
        parts = [amounts[part] for part in self.parts if part in amounts]
        if self.beside:
            with_all = [*parts, *(amounts[part] for part in self.beside if part in amounts)]
            if with_all and whole == sum(with_all, _ZERO):
                return whole, whole
        return whole, sum(parts, _ZERO) if parts else None


@lru_cache(maxsize=1024)
def equations(
    columns: tuple[Column, ...], parts_of: tuple[tuple[str, str], ...], beside: frozenset[str] = frozenset()
) -> tuple[Equation, ...]:
    """The equations between the columns of a form.

    ``parts_of``: sources that are parts of another one that it has. ``beside``: sources that a total may hold or not.
    """
    wholes = dict(parts_of)
    categories = sorted({category for category, _ in columns})
    found: list[Equation] = []
    if "basic" in categories or "total" in categories:
        found.append(Equation(("total", "total"), (("basic", "total"), ("project", "total"))))
    for category in categories:
        sources = [source for c, source in columns if c == category]
        own = [s for s in sources if s != "total" and s not in wholes]
        if own:
            parts = tuple((category, s) for s in own if s not in beside)
            found.append(Equation((category, "total"), parts, tuple((category, s) for s in own if s in beside)))
        for whole in dict.fromkeys(wholes.values()):
            parts = tuple((category, s) for s in sources if wholes.get(s) == whole)
            if parts:
                found.append(Equation((category, whole), parts))
    return tuple(found)


class _Way(NamedTuple):
    """A way to place the amounts of a row in order: the column of each, and what has to hold then.

    ``sums``: by the numbers of the amounts, that of a sum, those of its parts, and those that it may hold or not.
    """

    columns: tuple[int, ...]
    sums: tuple[tuple[int, tuple[int, ...], tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The columns of a header and their equations, and what distances between amounts were found to mean there."""

    heads: tuple[Head, ...]
    made: tuple[Equation, ...]
    at_distances: dict[tuple[Spot, ...], list[_Way]] = field(default_factory=dict)
    columns: tuple[Column, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(head.column for head in self.heads))


class Placing(NamedTuple):
    """The column of each amount, by amount another one that is just as good, and whether all equations hold."""

    columns: tuple[int, ...]
    rivals: dict[int, int]
    sound: bool


class Placement(NamedTuple):
    """A way to place amounts: the column of each, the equations that fail, those that hold, and places that differ."""

    columns: tuple[int, ...]
    failed: int
    checked: int
    misfit: int

    def rank(self) -> tuple[int, int, int]:
        """Better placements first: equations that fail, equations that hold, places that differ."""
        return self.failed, -self.checked, self.misfit


def place(figures: Sequence[Figure], table: Table) -> Placing:
    """Where the amounts of a row belong; there must be at least as many columns as amounts."""
    heads = table.heads
    offsets = offsets_of(figures, heads)
    if offsets is None:
        gaps = tuple([_gap(before, after) for before, after in pairwise(figures)])
        near = table.at_distances.get(gaps)
        if near is None:
            near = table.at_distances[gaps] = _ways(_at_distances(gaps, heads), table)
    else:
        chosen = tuple(min(range(len(heads)), key=row.__getitem__) for row in offsets)
        near = _ways([chosen] if all(a < b for a, b in pairwise(chosen)) else [], table)
    sound = [way for way in near if _holds(way, figures)]
    if len(sound) == 1:
        return Placing(sound[0].columns, {}, sound=True)
    placements = ranked(figures, table, offsets)
    best = placements[0]
    rivals: dict[int, int] = {}
    bound = _bound(best, offsets)
    for other in placements[1:]:
        if (other.failed, other.checked) != (best.failed, best.checked) or other.misfit > bound:
            break
        for i, (column, instead) in enumerate(zip(best.columns, other.columns, strict=True)):
            if column != instead:
                rivals.setdefault(i, instead)
    return Placing(best.columns, rivals, sound=False)


def _bound(best: Placement, offsets: list[list[int]] | None) -> int:
    """By how many places a placement may differ and be as good as the best one, if it keeps the equations as well."""
    if offsets is None:
        # Where blanks got lost, others may have been lost as well.
        return 2 * best.misfit + 1 if best.misfit else 0
    # Where an amount stands off its column, so may the header: places say nothing.
    astray = any(row[column] >= _ASTRAY for row, column in zip(offsets, best.columns, strict=True))
    return _FAR * len(offsets) if astray else best.misfit


def ranked(figures: Sequence[Figure], table: Table, offsets: list[list[int]] | None) -> list[Placement]:
    """The ways to place the amounts of a row, the best first. ``offsets``: as ``offsets_of`` gives them."""
    ways = zip(range(_MOST_PLACEMENTS), combinations(range(len(table.heads)), len(figures)), strict=False)
    return sorted((judge(chosen, figures, table, offsets) for _, chosen in ways), key=Placement.rank)


def offsets_of(figures: Sequence[Figure], heads: Sequence[Head]) -> list[list[int]] | None:
    """By amount and column, how far apart the two stand on the page; None where places on a page are not known.

    A table sets its amounts to one side of their columns, or in the middle. Where they are aligned with the words above
    them, that side tells; where they are not, the room of a column, from its word to the next one, does.
    """
    if any(f.cell.x0 < 0 for f in figures) or any(h.extent[0] < 0 for h in heads):
        return None
    best: list[list[float]] | None = None
    least = _ALIGNED * len(figures)
    for share in (0.0, 1.0, 0.5):
        anchors = [h.extent[0] + (h.extent[1] - h.extent[0]) * share for h in heads]
        apart = [[abs(f.cell.x0 + (f.cell.x1 - f.cell.x0) * share - x) for x in anchors] for f in figures]
        total = sum(min(row) for row in apart)
        if total <= least:
            best, least = apart, total
    if best is not None:
        return [[min(_FAR, round(distance / _ALIGNED)) for distance in row] for row in best]
    starts = sorted({h.extent[0] for h in heads})
    rooms = dict(pairwise([*starts, float("inf")]))
    return [[_outside(f.cell, h.extent[0], rooms[h.extent[0]]) for h in heads] for f in figures]


def _outside(cell: Cell, start: float, end: float) -> int:
    """By how much of its width an amount stands outside of a column's room, in tenths, _FAR at most."""
    inside = min(cell.x1, end) - max(cell.x0, start)
    return min(_FAR, round(10 * (1 - max(0.0, inside) / max(1.0, cell.x1 - cell.x0))))


def _misfit(before: Head, after: Head, steps: int, gap: Spot) -> int:
    """By how many places the distance of two amounts differs from that of two columns, ``steps`` apart in order.

    In one header row places count. Of two rows, one may have lost blanks, so that their order may be all that counts.
    """
    places = after.spot[0] - before.spot[0], after.spot[1] - before.spot[1]
    if after.row >= 0 and after.row == before.row:
        return _differ(places, gap)
    by_order = _differ((steps, steps), gap)
    return min(by_order, _differ(places, gap)) if before.row >= 0 and after.row >= 0 else by_order


def _differ(one: Spot, other: Spot) -> int:
    """By how many places two distances differ at least."""
    return max(0, one[0] - other[1], other[0] - one[1])


def _gap(before: Figure, after: Figure) -> Spot:
    return after.spot[0] - before.spot[0], after.spot[1] - before.spot[1]


def _at_distances(gaps: tuple[Spot, ...], heads: tuple[Head, ...]) -> list[tuple[int, ...]]:
    """The ways to place amounts with these distances so that all are kept."""
    found: list[tuple[int, ...]] = [(start,) for start in range(len(heads))]
    for gap in gaps:
        found = [
            (*chosen, c)
            for chosen in found
            for c in range(chosen[-1] + 1, len(heads))
            if not _misfit(heads[chosen[-1]], heads[c], c - chosen[-1], gap)
        ]
    return found


def _ways(placements: Sequence[tuple[int, ...]], table: Table) -> list[_Way]:
    """The placements by which every equation may hold: each has its sum and a part, or neither, and one has both."""
    found: list[_Way] = []
    for chosen in placements:
        at = {table.columns[c]: i for i, c in enumerate(chosen)}
        sums = [(at.get(one.whole, -1), _numbers(at, one.parts), _numbers(at, one.beside)) for one in table.made]
        stated = tuple(one for one in sums if one[0] >= 0)
        if stated and all((parts or beside) if whole >= 0 else not parts for whole, parts, beside in sums):
            found.append(_Way(chosen, stated))
    return found


def _numbers(at: Mapping[Column, int], columns: Sequence[Column]) -> tuple[int, ...]:
    return tuple(at[column] for column in columns if column in at)


def _holds(way: _Way, figures: Sequence[Figure]) -> bool:
    """Whether amounts placed so keep every equation."""
    amounts = [figure.amount for figure in figures]
    for whole, parts, beside in way.sums:
        total = sum([amounts[i] for i in parts], _ZERO)
        if amounts[whole] == total and parts:
            continue
        if not beside or amounts[whole] != sum([amounts[i] for i in beside], total):
            return False
    return True


def judge(
    chosen: tuple[int, ...], figures: Sequence[Figure], table: Table, offsets: list[list[int]] | None
) -> Placement:
    """How well a way to place the amounts keeps the equations, and where the header says that its columns stand."""
    heads = table.heads
    amounts = {heads[c].column: f.amount for c, f in zip(chosen, figures, strict=True)}
    failed = checked = 0
    for equation in table.made:
        whole, parts = equation.sides(amounts)
        if whole is None or parts is None:
            # A sum that is blank while its parts are not, or the other way round, is no sound form.
            failed += (whole is None) != (parts is None)
            continue
        checked += 1
        failed += whole != parts
    if offsets is not None:
        return Placement(chosen, failed, checked, sum(row[c] for row, c in zip(offsets, chosen, strict=True)))
    misfit = 0
    for (one, a), (other, b) in pairwise(zip(figures, chosen, strict=True)):
        misfit += _misfit(heads[a], heads[b], b - a, _gap(one, other))
    return Placement(chosen, failed, checked, misfit)

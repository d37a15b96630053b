"""The rows that each label of the indicator tree stands for, where labels are drawn in the middle of their rows.

The labels of a level tile the rows: from where one run of rows begins, its label's place leaves one or two places where
it can end. Second-level runs nest in first-level ones, and the standard tree says which second level stands under which
first. All readings that hold to this are followed at once; the cheapest is taken, and every value that another reading
of nearly the same cost gives otherwise is told.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from extract.interpret.layout_rows import NEAR, NEAR_NAMES, OFF_MIDDLE, Convention, Path, Stretch, bottom, paths, top
from extract.model import Cell
from extract.vocabulary import Label

# What a reading pays, on the scale of layout_rows.
WRONG_PARENT: Final = 8.0
NO_SECOND_LEVEL: Final = 4.0
EMPTY_RUN: Final = 2.0
_LOOSE: Final = 3.0


class LevelLabel(NamedTuple):
    """A label of one level: the line it begins on, how many lines it has, its cell, and what it can mean."""

    first: int
    size: int
    cell: Cell
    meaning: Label | None


class SpanRow(NamedTuple):
    """A row with its labels, by index; -1 for none."""

    stretch: Stretch
    outer: int
    inner: int


class Reading(NamedTuple):
    """The best reading.

    ``others``: for rows (by the line their values stand on) that another near reading gives otherwise, what it gives.
    """

    cost: float
    rows: list[SpanRow]
    others: dict[int, list[SpanRow]]


class _Run(NamedTuple):
    """A stretch of lines under one second-level label, and where the next run begins.

    ``ways``: the rows it may be split into, best first.
    """

    label: int
    start: int
    following: int
    cost: float
    ways: list[Path]


class _Context(NamedTuple):
    """A stretch of lines under one first-level label, and where the next one begins, with all runs it may consist of.

    ``off``: what its label's place costs. ``before`` and ``after``: the least cost of the runs from its start to each
    boundary, and from there to its end.
    """

    label: int
    start: int
    following: int
    off: float
    runs: list[_Run]
    before: dict[int, float]
    after: dict[int, float]

    @property
    def cost(self) -> float:
        """The least cost of the whole context."""
        return self.off + self.after[self.start]


Hint = Callable[[Stretch, int], float]
"""A row and its second-level label -> what the row's name says against it."""


class Spans:
    """Readings of labels over lines: see the module's text.

    ``edges``: rows by the line they begin at. ``slack``: how many lines a label may stand off its run's middle.
    ``blank``: lines with nothing on them.
    """

    def __init__(
        self,
        edges: Sequence[Sequence[Stretch]],
        outer: Sequence[LevelLabel],
        inner: Sequence[LevelLabel],
        convention: Convention,
        parents: Mapping[str, tuple[str, ...]],
        slack: int = 0,
        blank: frozenset[int] = frozenset(),
    ) -> None:
        self.edges = edges
        self.outer = outer
        self.inner = inner
        self.convention = convention
        self.parents = parents
        self._contexts: list[_Context] = []
        self.slack = slack
        self.size = len(edges)
        self._blank = blank
        self._follow = self._followers()
        self._firsts = [label.first for label in inner]
        self._tree: dict[tuple[int, int], float] = {}
        self._paths: dict[tuple[int, int], list[Path]] = {}
        self._live = self._boundaries()

    def _followers(self) -> list[tuple[int, ...]]:
        """Where the next run may begin, by where one ends.

        Blank lines belong to no run. Where rows have them between, a line that only a label stands on may be one too.
        """
        found: list[tuple[int, ...]] = [(at,) for at in range(self.size + 1)]
        if self._blank:
            for at in range(self.size - 1, -1, -1):
                if at in self._blank:
                    found[at] = found[at + 1]
                elif any(edge.key < 0 for edge in self.edges[at]):
                    found[at] = (at, *found[at + 1])
        return found

    def _boundaries(self) -> list[bool]:
        """Which boundaries between lines some reading of all the lines has."""
        size = self.size
        reached = [False] * (size + 1)
        reached[0] = True
        for at in range(size):
            if reached[at]:
                for edge in self.edges[at]:
                    reached[edge.end] = True
        live = [False] * (size + 1)
        live[size] = reached[size]
        for at in range(size - 1, -1, -1):
            live[at] = reached[at] and any(live[edge.end] for edge in self.edges[at])
        return live

    def read(self) -> Reading | None:
        """The best reading; None where the labels' places allow none."""
        self._contexts = self._explored()
        return self._solved(self._contexts) if self._contexts else None

    def read_with(self, hint: Hint) -> Reading:
        """The best reading, what names say of their levels taken in; ``read`` must have found one."""
        contexts = []
        for context in self._contexts:
            runs = []
            for run in context.runs:
                ways = [
                    Path(way.cost + sum([hint(row, run.label) for row in way.rows if row.key >= 0]), way.rows)
                    for way in run.ways
                ]
                ways.sort(key=_cost)
                runs.append(run._replace(cost=ways[0].cost, ways=ways))
            contexts.append(_context(context.label, context.start, context.following, context.off, runs))
        return self._solved([context for context in contexts if context is not None])

    def _solved(self, contexts: Sequence[_Context]) -> Reading:
        """The best of the readings that the contexts make up, and what near ones give otherwise."""
        before: dict[tuple[int, int], float] = {(contexts[0].label, contexts[0].start): 0.0}
        for context in contexts:
            cost = before[context.label, context.start] + context.cost
            node = (context.label + 1, context.following)
            if cost < before.get(node, cost + 1):
                before[node] = cost
        last = (contexts[-1].label + 1, self.size)
        after = {last: 0.0}
        best: dict[tuple[int, int], _Context] = {}
        for context in reversed(contexts):
            node = (context.label, context.start)
            cost = context.cost + after[context.label + 1, context.following]
            if node not in after or cost < after[node]:
                after[node] = cost
                best[node] = context
        rows: list[SpanRow] = []
        node = (contexts[0].label, contexts[0].start)
        while node != last:
            context = best[node]
            rows += self._context_rows(context)
            node = (context.label + 1, context.following)
        only = len(best) == len(contexts) and all(_is_only_one(context) for context in contexts)
        others = {} if only else self._others(before[last], rows, contexts, before, after)
        return Reading(before[last], rows, others)

    def _explored(self) -> list[_Context]:
        """All first-level runs that are part of some reading of all the lines, in order."""
        first = self._follow[0][0]
        if not self.outer:
            context = self._context(-1, first, self.size, self.size)
            return [context] if context is not None else []
        found: list[_Context] = []
        starts = {first}
        for at, label in enumerate(self.outer):
            is_last = at + 1 == len(self.outer)
            limit = self.size if is_last else self.outer[at + 1].first
            reached: set[int] = set()
            for start in sorted(starts):
                for end, following in self._ends(label, start, limit):
                    if is_last and end != self.size:
                        continue
                    context = self._context(at, start, end, following)
                    if context is not None:
                        found.append(context)
                        reached.add(following)
            starts = reached
        alive = {(len(self.outer), self.size)}
        kept = []
        for context in reversed(found):
            if (context.label + 1, context.following) in alive:
                alive.add((context.label, context.start))
                kept.append(context)
        kept.reverse()
        return kept

    def _ends(self, label: LevelLabel, start: int, limit: int) -> list[tuple[int, int]]:
        """Where a run that begins at ``start`` can end, going by where its label stands, and where the next begins."""
        above = label.first - start
        size = label.size
        if above < 0:
            return []
        if self.slack:
            middle = start + size + 2 * above
            reach = 2 * self.slack + 1
            ends = range(max(start + above + size, middle - reach), min(middle + reach, limit) + 1)
            return [(end, following) for end in ends if self._may_end(end) for following in self._follow[end]]
        if self.convention is top or self.convention is bottom:
            rooms = range(size, limit - start + 1)
        else:
            rooms = range(max(size, size + 2 * above - 1), min(size + 2 * above + 1, limit - start) + 1)
        if not self._blank:
            live, convention = self._live, self.convention
            return [
                (start + room, start + room) for room in rooms if live[start + room] and above in convention(room, size)
            ]
        return [
            (start + room, following)
            for room in rooms
            if self._may_end(start + room) and above in self.convention(room, size)
            for following in self._follow[start + room]
        ]

    def _may_end(self, end: int) -> bool:
        return self._live[end] and end - 1 not in self._blank

    def _context(self, outer: int, start: int, end: int, following: int) -> _Context | None:
        """The runs of second-level labels between two boundaries; None where they do not tile it."""
        first = bisect_left(self._firsts, start)
        last = bisect_left(self._firsts, end)
        if first and self._firsts[first - 1] + self.inner[first - 1].size > start:
            return None
        off = self._off(self.outer[outer], start, end) if outer >= 0 and self.slack else 0.0
        runs: list[_Run] = []
        if first == last:
            run = self._run(outer, -1, start, end, following)
            return None if run is None else _context(outer, start, following, off, [run])
        starts = [start]
        for at in range(first, last):
            reached = []
            is_last = at + 1 == last
            limit = end if is_last else self._firsts[at + 1]
            for begin in starts:
                for stop, then in self._ends(self.inner[at], begin, limit):
                    if is_last and (stop, then) != (end, following):
                        continue
                    run = self._run(outer, at, begin, stop, then)
                    if run is not None:
                        runs.append(run)
                        if then not in reached:
                            reached.append(then)
            starts = reached
        return _context(outer, start, following, off, runs) if starts else None

    def _run(self, outer: int, inner: int, start: int, end: int, following: int) -> _Run | None:
        """The lines from ``start`` to ``end`` under these labels; None where they are no rows."""
        key = (start, end)
        ways = self._paths.get(key)
        if ways is None:
            ways = self._paths[key] = paths(self.edges, start, end)
        if not ways:
            return None
        cost = self._tree_cost(outer, inner)
        if inner >= 0 and self.slack:
            cost += self._off(self.inner[inner], start, end)
        if ways[0].rows and all(row.key < 0 for row in ways[0].rows):
            cost += EMPTY_RUN
        if cost:
            ways = [Path(way.cost + cost, way.rows) for way in ways]
        return _Run(inner, start, following, ways[0].cost, ways)

    def _off(self, label: LevelLabel, start: int, end: int) -> float:
        """What it costs that a label stands off the middle of its lines; nothing where it cannot."""
        if not self.slack:
            return 0.0
        return OFF_MIDDLE * max(0, abs(2 * label.first + label.size - start - end) - 1) / 2

    def _tree_cost(self, outer: int, inner: int) -> float:
        if inner < 0:
            return NO_SECOND_LEVEL if self.inner else 0.0
        if outer < 0:
            return 0.0
        known = self._tree.get((outer, inner))
        if known is None:
            known = self._tree[outer, inner] = self._parent_cost(outer, inner)
        return known

    def _parent_cost(self, outer: int, inner: int) -> float:
        first, second = self.outer[outer].meaning, self.inner[inner].meaning
        if first is None or second is None or first.level1 is None or second.level2 is None:
            return 0.0
        return 0.0 if first.level1 in self.parents.get(second.level2, (first.level1,)) else WRONG_PARENT

    def _context_rows(self, context: _Context) -> list[SpanRow]:
        rows: list[SpanRow] = []
        at = context.start
        label = -2
        while at != context.following or label == -2:
            run = min(
                [run for run in context.runs if run.start == at and run.label > label],
                key=lambda run: run.cost + context.after[run.following],
            )
            rows += [SpanRow(row, context.label, run.label) for row in run.ways[0].rows]
            at, label = run.following, run.label
        return rows

    def _others(
        self,
        best: float,
        rows: Sequence[SpanRow],
        contexts: Sequence[_Context],
        before: Mapping[tuple[int, int], float],
        after: Mapping[tuple[int, int], float],
    ) -> dict[int, list[SpanRow]]:
        """What near readings give otherwise, by the line a row's values stand on."""
        chosen = {row.stretch.key: row for row in rows if row.stretch.key >= 0}
        others: dict[int, list[SpanRow]] = {}
        # Where labels stand off their rows' middle, costs tell less.
        wide = _LOOSE if self.slack else 1.0
        limit = best + NEAR_NAMES * wide
        for context in contexts:
            outside = before[context.label, context.start] + after[context.label + 1, context.following]
            if outside + context.cost > limit:
                continue
            outside += context.off
            for run in context.runs:
                around = outside + context.before[run.start] + context.after[run.following]
                for way in run.ways:
                    if around + way.cost > limit:
                        break
                    near = around + way.cost <= best + NEAR * wide
                    for stretch in way.rows:
                        mine = chosen.get(stretch.key)
                        row = SpanRow(stretch, context.label, run.label)
                        if stretch.key < 0 or row == mine:
                            continue
                        if near or (mine is not None and (row.outer, row.inner) == (mine.outer, mine.inner)):
                            others.setdefault(stretch.key, []).append(row)
        return others


def _context(label: int, start: int, following: int, off: float, runs: Sequence[_Run]) -> _Context | None:
    """A context of those runs that are part of a way from its start to its end; None where there is no such way."""
    after = {following: 0.0}
    kept = []
    for run in reversed(runs):
        rest = after.get(run.following)
        if rest is not None:
            cost = rest + run.cost
            if run.start not in after or cost < after[run.start]:
                after[run.start] = cost
            kept.append(run)
    if start not in after:
        return None
    kept.reverse()
    before = {start: 0.0}
    for run in kept:
        cost = before[run.start] + run.cost
        if run.following not in before or cost < before[run.following]:
            before[run.following] = cost
    return _Context(label, start, following, off, kept, before, after)


def _is_only_one(context: _Context) -> bool:
    """Whether a context holds one way and no more."""
    return len({run.label for run in context.runs}) == len(context.runs) and all(
        len(run.ways) == 1 for run in context.runs
    )


def _cost(path: Path) -> float:
    return path.cost


def with_edges(reading: Reading) -> Reading:
    """The reading, with the first and the last row of every run in doubt: they may belong to the run beside it."""
    rows = [row for row in reading.rows if row.stretch.key >= 0]
    for above, below in pairwise(rows):
        if (above.outer, above.inner) != (below.outer, below.inner):
            for row, beside in ((above, below), (below, above)):
                other = SpanRow(row.stretch, beside.outer, beside.inner)
                reading.others.setdefault(row.stretch.key, []).append(other)
    return reading


def nearest(rows: Sequence[Stretch], outer: Sequence[LevelLabel], inner: Sequence[LevelLabel]) -> Reading:
    """Each row under the labels that stand nearest, its levels in doubt: for tables whose labels hold to nothing."""
    found: list[SpanRow] = []
    others: dict[int, list[SpanRow]] = {}
    at = [0, 0]
    for row in rows:
        for level, labels in enumerate((outer, inner)):
            while at[level] + 1 < len(labels) and _between(labels[at[level]], labels[at[level] + 1]) <= row.start:
                at[level] += 1
        mine = SpanRow(row, at[0] if outer else -1, at[1] if inner else -1)
        found.append(mine)
        if row.key >= 0:
            others[row.key] = [mine._replace(outer=-1, inner=-1)]
    return Reading(0.0, found, others)


def _between(label: LevelLabel, following: LevelLabel) -> float:
    return (label.first + label.size + following.first) / 2

"""Explains a row: the cheapest assignment of its cells to the columns that the header announced, in order.

The evidence is each cell's kind and the distances between neighbours; where a row begins is no evidence, since exports
lose leading blanks and add some. What a row looks like (its kinds and distances) recurs thousands of times in an
archive, so every look is explained once and remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Final, NamedTuple, get_args

from extract.model import Cell, Row, Weighed, pure
from extract.vocabulary import ColumnName

# The roles a cell can have; those from OPERATOR on are the tail of a row.
ROOT, LEVEL1, LEVEL2, NAME, OPERATOR, VALUE, UNIT, WEIGHT, DIRECTION, PASS, ACHIEVED, SCORE, ASIDE, EXTRA = range(14)
ROLES: Final = ("root", *get_args(ColumnName), "aside", "extra")
DEFAULT_COLUMNS: Final = (LEVEL1, LEVEL2, NAME, OPERATOR, VALUE, UNIT, WEIGHT)

_NEVER: Final = 9.0
# What it costs to read a cell of a kind as a role, in the order of ROLES; 0 is what the kind is made for.
_COST: Final = {
    #     root   l1     l2     name   op     value  unit   weight direct pass   achieved score aside
    "R": (0.0, _NEVER, _NEVER, 4.0, _NEVER, 6.0, _NEVER, _NEVER, 6.0, 3.0, _NEVER, _NEVER, 0.0),
    "1": (6.0, 0.0, 6.0, 5.0, _NEVER, 6.0, _NEVER, _NEVER, 6.0, 3.0, _NEVER, _NEVER, 0.0),
    "2": (6.0, 6.0, 0.0, 4.0, _NEVER, 6.0, _NEVER, _NEVER, 6.0, 3.0, _NEVER, _NEVER, 0.0),
    "B": (6.0, 0.1, 0.1, 4.0, _NEVER, 6.0, _NEVER, _NEVER, 6.0, 3.0, _NEVER, _NEVER, 0.0),
    "o": (_NEVER, _NEVER, _NEVER, _NEVER, 0.0, 6.0, _NEVER, _NEVER, 6.0, 4.0, 6.0, _NEVER, 0.0),
    "q": (_NEVER, _NEVER, _NEVER, 7.0, 0.0, 1.5, _NEVER, _NEVER, 6.0, 3.0, 3.0, _NEVER, 0.0),
    "n": (_NEVER, _NEVER, _NEVER, 6.0, _NEVER, 0.0, 7.0, 0.0, 6.0, 1.0, 0.2, 0.0, 0.0),
    "N": (_NEVER, _NEVER, _NEVER, 3.0, _NEVER, 0.4, 5.0, 1.0, 6.0, 1.0, 0.1, 3.0, 0.0),
    "m": (_NEVER, _NEVER, _NEVER, 4.0, _NEVER, 0.2, 6.0, 7.0, 6.0, 2.0, 0.1, 7.0, 0.0),
    "u": (_NEVER, 6.0, 6.0, 3.0, _NEVER, 2.5, 0.0, 8.0, 6.0, 2.0, 3.0, 8.0, 0.0),
    "g": (_NEVER, 6.0, 6.0, 2.5, _NEVER, 0.2, 2.5, _NEVER, 4.0, 1.0, 0.2, _NEVER, 0.0),
    "d": (_NEVER, _NEVER, _NEVER, 2.0, _NEVER, 0.3, 5.0, _NEVER, 6.0, 1.0, 0.3, _NEVER, 0.0),
    "s": (3.0, 3.5, 2.5, 0.5, _NEVER, 1.0, 1.0, 8.0, 1.0, 0.5, 0.5, 8.0, 0.0),
    "t": (2.5, 4.0, 3.0, 0.0, _NEVER, 2.5, 4.0, _NEVER, 4.0, 0.5, 0.7, _NEVER, 0.0),
}
# What is saved where a row has a cell for each column: a label that nobody knows is one all the same.
_ALL_THERE: Final = 1.5
# From this cost on, a cell of a kind has not that role.
_UNFIT: Final = 6.0
# What it costs that a column has no cell in this row.
_MISSING: Final = {
    LEVEL1: 0.0,
    LEVEL2: 0.0,
    NAME: 6.0,
    OPERATOR: 0.8,
    VALUE: 2.0,
    UNIT: 0.4,
    WEIGHT: 1.0,
    DIRECTION: 0.1,
    PASS: 0.1,
    ACHIEVED: 0.5,
    SCORE: 0.5,
    ASIDE: 0.5,
}
# What it costs to read two cells as one name: little where only blanks are between them within one place, more than to
# take the first for a label that is not known where a separator is.
_JOINED: Final = 3.5
_JOINED_WITHIN: Final = 1.0
_UNREAD: Final = 5.0
_MISPLACED: Final = 0.5
# A row of labels alone names a part of the tree that has no indicator.
_LABELS_ONLY: Final = 0.5
_KEPT: Final = 4
# Rows of the samples have 53 at the most.
_STATES: Final = 64
# The kinds of cells that are hardly names.
NO_NAME: Final = frozenset("oqnNmugd")
# So many cells behind the name that fit their columns tell that a row was not moved.
_ENOUGH_TAIL: Final = 3
# Below this distance between two explanations of a row, a finding says so.
CLOSE: Final = 0.5


class Reading(NamedTuple):
    """One way to read a row: the role of each cell, in order, and what it costs."""

    roles: tuple[int, ...]
    cost: float


# By the column of a row's last cell and what is remembered: the cheapest readings that end there.
_States = dict[tuple[int, int], list[tuple[float, tuple[int, ...]]]]
# Takes the cells of some roles out of a row's.
Pick = Callable[[Sequence[Cell]], tuple[Cell, ...]]


@pure
class Plan:
    """Where the cells of each role stand in a row: places in its list of cells, -1 where a role has none."""

    level1: int
    level2: int
    name: int
    operator: int
    value: int
    unit: int
    weight: int
    direction: int
    achieved: int
    score: int
    extra: int
    # The places of a name's further pieces.
    more_name: tuple[int, ...]
    # Whether anything stands behind the name.
    tail: bool
    labelled: bool
    # Whether only one of two tables side by side has something in the row.
    half: bool
    # Whether a column behind the name has no cell.
    gaps: bool
    # Whether, in such a row, a cell was read as a name that is hardly one: a number, a unit, a grade.
    odd: bool
    # Whether the row is an indicator with nothing odd about it.
    whole: bool
    # Of a row that has besides all of name, operator, value, unit and weight, a cell each, and no more: these.
    usual: Pick | None
    # Whether places told what its cells are, and not their kinds.
    placed: bool = False


@pure
class Explanation:
    """The best reading of a row, and the next one where there is one that gives other values; what the two cost."""

    best: Reading
    second: Reading | None
    plan: Plan
    weighed: Weighed

    @property
    def margin(self) -> float:
        """How much dearer the next reading is."""
        return self.weighed.margin


@pure
class Read:
    """A row with its explanation."""

    row: Row
    explanation: Explanation


class Gaps(dict[tuple[int, ...], str]):
    """By the places of a row's cells: a digit a cell, how far it is from the one before it, 9 at most."""

    def __missing__(self, places: tuple[int, ...]) -> str:
        # In rows put together anew, a cell may stand before the one before it.
        found = "0" + "".join([str(max(0, min(9, place - before))) for before, place in pairwise(places)])
        if len(self) < 65536:
            self[places] = found
        return found


class Grammar:
    """The rows under one header."""

    def __init__(self, columns: Sequence[int]) -> None:
        self.columns: tuple[int, ...] = (ROOT, *columns)
        # Shared with who explains many rows: a look-up here spares a call.
        self.known: dict[str, Explanation] = {}

    def explain(self, look: str) -> Explanation:
        """The explanation of a row's look.

        A look has a letter a cell, its kind, and behind these a digit a cell: the distance from the cell before (0 for
        the first, 9 at most).
        """
        found = self.known.get(look)
        if found is None:
            found = self._explain(look)
            if len(self.known) < 65536:
                self.known[look] = found
        return found

    def _explain(self, look: str) -> Explanation:
        count = len(look) // 2
        kinds = look[:count]
        gaps = [int(gap) for gap in look[count:]]
        states: _States = {(-1, -1): [(0.0, ())]}
        for i, kind in enumerate(kinds):
            after: _States = {}
            for (column, value_kind), readings in states.items():
                for to, cost, role in self._moves(column, value_kind, kind, gaps[i]):
                    state = (to, self._memory(value_kind, kind, role))
                    after.setdefault(state, []).extend([(c + cost, (*roles, role)) for c, roles in readings])
            states = _likely({state: sorted(readings)[:_KEPT] for state, readings in after.items()})
        finals = sorted(
            (cost + self._unfinished(column, memory, roles, kinds), roles)
            for (column, memory), readings in states.items()
            for cost, roles in readings
        )
        whole = self.columns[1:]
        named = len(kinds) == len(whole) and NAME in whole and kinds[whole.index(NAME)] not in NO_NAME
        if named and finals[0][1] != whole and any(roles == whole for _, roles in finals):
            finals = sorted((cost - (_ALL_THERE if roles == whole else 0.0), roles) for cost, roles in finals)
        straight = self._straight(kinds, gaps) if _is_forced(finals[0][1]) else None
        if straight is not None:
            finals.insert(0, (finals[0][0], straight))
        best = Reading(finals[0][1], finals[0][0])
        same = _values(best.roles, kinds)
        second = next((Reading(roles, cost) for cost, roles in finals[1:] if _values(roles, kinds) != same), None)
        if second is not None and _is_joined(best.roles, gaps):
            # Cells that stand apart may always be a label that nobody knows, and a name.
            second = Reading(second.roles, best.cost)
        half = ASIDE in self.columns and ASIDE not in best.roles and NAME in best.roles
        blank = any(role > NAME and role not in best.roles for role in self.columns)
        no_name = any(role == NAME and kind in NO_NAME for role, kind in zip(best.roles, kinds, strict=True))
        plan = _plan(best, second, half=half, gaps=blank, odd=blank and no_name)
        weighed = Weighed(best.cost, second.cost - best.cost if second else _NEVER)
        return Explanation(best, second, plan, weighed)

    def _straight(self, kinds: str, gaps: Sequence[int]) -> tuple[int, ...] | None:
        """The columns below which the cells stand if the row begins in the first; None where one does not fit there.

        Blanks that a row lost or got at its beginning move its numbers, units and signs out of their columns. Where
        only blanks are between cells, there has to be one for each column, and the first no label of the second level.
        """
        places = list(accumulate(gaps, initial=0))[1:]
        columns = self.columns[1:]
        least = _ENOUGH_TAIL
        if len(kinds) == len(columns) and kinds[0] != "2":
            places, least = list(range(len(columns))), 1
        if places[-1] >= len(columns) or len(set(places)) < len(places):
            return None
        roles = tuple(columns[at] for at in places)
        tail = [_COST[kind][role] <= CLOSE for kind, role in zip(kinds, roles, strict=True) if role > NAME]
        fit = len(tail) >= least and all(tail) and roles[: NAME - LEVEL1 + 1] == (LEVEL1, LEVEL2, NAME)
        return roles if fit and kinds[NAME - LEVEL1] not in NO_NAME else None

    @staticmethod
    def _memory(memory: int, kind: str, role: int) -> int:
        """What later cells must know of earlier ones: -1 nothing, else the kind of the operator or value read last."""
        if role in (OPERATOR, VALUE):
            return ord(kind)
        return memory

    def _moves(self, column: int, memory: int, kind: str, gap: int) -> list[tuple[int, float, int]]:
        """Where a cell can go from the column of the one before: (column, cost, role)."""
        moves: list[tuple[int, float, int]] = [(column, _UNREAD, EXTRA)]
        if column >= 0 and self.columns[column] == NAME and kind not in "R12Boqn":
            moves.append((column, (_JOINED if gap else _JOINED_WITHIN) + _COST[kind][NAME] * 0.5, NAME))
        cost = 0.0
        for to in range(column + 1, len(self.columns)):
            role = self.columns[to]
            own = _COST[kind][role]
            if own < _NEVER:
                moves.append((to, cost + own + self._fit(column, to, gap, memory, kind, role), role))
            cost += self._skip(role, memory)
            if cost > 2 * _NEVER:
                break
        return moves

    def _fit(self, column: int, to: int, gap: int, memory: int, kind: str, role: int) -> float:
        """What speaks against a cell's place in view of the one before it."""
        cost = 0.0
        if column >= 0 and gap and self.columns[column] >= OPERATOR:
            cost += _MISPLACED * min(3, abs(gap - (to - column)))
        if role == VALUE:
            if memory == ord("q") and kind in "nNm":
                cost += 2.0
            elif memory == ord("q") and kind in "st":
                # Behind 定性, any words are a grade.
                cost -= _COST[kind][VALUE] - 0.2
            elif memory == ord("o") and kind in "gst":
                cost += 1.0
            elif memory < 0 and kind in "mNgd" and OPERATOR in self.columns:
                # A value that says its own comparison, or needs none, leaves the operator's place blank.
                cost -= _MISSING[OPERATOR]
        if role == UNIT and memory in (ord("q"), ord("m"), ord("N"), ord("g"), ord("d")):
            cost += 1.5
        return cost

    @staticmethod
    def _skip(role: int, memory: int) -> float:
        """What it costs that a column is blank, in view of what was read before."""
        if role == UNIT and memory in (ord("q"), ord("m"), ord("N"), ord("g"), ord("d")):
            return 0.0
        return _MISSING.get(role, 0.0)

    def _unfinished(self, column: int, memory: int, roles: tuple[int, ...], kinds: str) -> float:
        """What it costs that columns after the last cell are blank."""
        if all(role <= LEVEL2 for role in roles) and all(kind in "R12B" for kind in kinds):
            return _LABELS_ONLY
        return sum(self._skip(role, memory) for role in self.columns[column + 1 :])


def _likely(states: _States) -> _States:
    """As many states as rows of real tables ever have, the cheapest ones, so that wide tables are read in time."""
    if len(states) <= _STATES:
        return states
    return dict(sorted(states.items(), key=lambda state: state[1])[:_STATES])


def _is_forced(roles: Sequence[int]) -> bool:
    """Whether a reading leaves a cell out, or makes one name of cells that stand apart."""
    return EXTRA in roles or roles.count(NAME) > 1


def _is_joined(roles: Sequence[int], gaps: Sequence[int]) -> bool:
    """Whether cells with a separator between them make a name."""
    return any(before == NAME == role and gap for (before, role), gap in zip(pairwise(roles), gaps[1:], strict=True))


def _plan(best: Reading, second: Reading | None, *, half: bool, gaps: bool, odd: bool, placed: bool = False) -> Plan:
    roles = best.roles
    first = {role: roles.index(role) for role in set(roles)}
    names = tuple(i for i, role in enumerate(roles) if role == NAME)
    tail = bool(first.keys() & {OPERATOR, VALUE, UNIT, WEIGHT})
    close = second is not None and second.cost - best.cost < CLOSE
    whole = NAME in first and tail and EXTRA not in first and not close and not half and not odd
    more = len(names) > 1 or not first.keys().isdisjoint((DIRECTION, ACHIEVED, SCORE))
    return Plan(
        level1=first.get(LEVEL1, -1),
        level2=first.get(LEVEL2, -1),
        name=first.get(NAME, -1),
        operator=first.get(OPERATOR, -1),
        value=first.get(VALUE, -1),
        unit=first.get(UNIT, -1),
        weight=first.get(WEIGHT, -1),
        direction=first.get(DIRECTION, -1),
        achieved=first.get(ACHIEVED, -1),
        score=first.get(SCORE, -1),
        extra=first.get(EXTRA, -1),
        more_name=names[1:],
        tail=tail,
        labelled=LEVEL1 in first or LEVEL2 in first,
        half=half,
        gaps=gaps,
        odd=odd,
        whole=whole,
        usual=_usual(first) if whole and not more else None,
        placed=placed,
    )


def _usual(first: Mapping[int, int]) -> Pick | None:
    """What takes the cells of a usual row; None where one is not there. ``first``: where each role stands."""
    at = [first.get(role, -1) for role in (NAME, OPERATOR, VALUE, UNIT, WEIGHT)]
    return itemgetter(*at) if min(at) >= 0 else None


def _values(roles: tuple[int, ...], kinds: str) -> tuple[int, ...]:
    """The roles as far as they give different values: of which level a label of either is, the rows around it tell."""
    return tuple(LEVEL1 if kind == "B" and role == LEVEL2 else role for role, kind in zip(roles, kinds, strict=True))


def fits(kind: str, role: int) -> bool:
    """Whether a cell of a kind may have a role at all."""
    return _COST[kind][role] < _UNFIT


def certain(read: Explanation, columns: Sequence[int], roles: tuple[int, ...]) -> Explanation:
    """The explanation of a row whose cells have these roles for certain. ``read``: by their kinds."""
    gaps = any(role > NAME and role not in roles for role in columns)
    best = read.best if read.best.roles == roles else Reading(roles, 0.0)
    plan = _plan(best, None, half=False, gaps=gaps, odd=False, placed=True)
    return Explanation(best, None, plan, Weighed(best.cost, _NEVER))


def complete(roles: Sequence[int]) -> bool:
    """Whether a row says what an indicator needs at least: a name and a value, an operator or a weight."""
    return NAME in roles and any(role in roles for role in (OPERATOR, VALUE, WEIGHT))


def full(roles: Sequence[int]) -> bool:
    """Whether a row says all that an indicator says, up to its weight."""
    return NAME in roles and VALUE in roles and WEIGHT in roles

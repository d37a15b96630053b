"""Columns of the indicator table whose header words are not known, told by what stands in them.

An unknown column takes the place of one that no word names, where that explains the rows much better: a column of
signs is that of the operator. Numbers alone say little; they are weights where they sum up as weights do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from extract.clean import squash
from extract.interpret.grammar import (
    DIRECTION,
    LEVEL1,
    LEVEL2,
    NAME,
    OPERATOR,
    PASS,
    ROLES,
    UNIT,
    VALUE,
    WEIGHT,
    Read,
)
from extract.model import Cell, Finding, Row

_NEEDED: Final = (LEVEL1, LEVEL2, NAME, OPERATOR, VALUE, UNIT, WEIGHT)
# By so much less the rows must cost on average.
_LEAST_GAIN: Final = 0.5
# A header with more words that mean nothing is none of ours. Each is tried as each column with all rows, which is dear.
_MOST_UNKNOWN: Final = 6
# What a table lacks that has no column for what every indicator has.
_LACKED: Final = {NAME: 6.0, VALUE: 2.0}

DIRECTIONS: Final = ("正向指标", "反向指标", "正向", "反向")

Columns = tuple[int, ...]
Cost = Callable[[Columns], Sequence[float]]
IsSum = Callable[[Columns], bool]


class Learned(NamedTuple):
    """The columns as learned, and a finding for each that was."""

    columns: Columns
    findings: list[Finding]


def unknown(header: Row, column: Callable[[str], str | None]) -> list[int]:
    """The places of the header's words of which ``column`` says nothing."""
    return [at for at, cell in enumerate(header.cells) if column(squash(cell.text)) is None]


def with_signs(columns: Columns, places: Sequence[int], cost: Cost) -> Columns:
    """The columns, one passed over (指标值类型) or of directions as the operator's where it alone holds signs.

    Not one of the ``places`` whose words are unknown.
    """
    if OPERATOR in columns:
        return columns
    passed = [at for at, role in enumerate(columns) if role in (PASS, DIRECTION) and at not in places]
    if len(passed) > _MOST_UNKNOWN:
        return columns
    return min((columns, *(_with(columns, at, OPERATOR) for at in passed)), key=lambda own: sum(cost(own)))


def with_directions(columns: Columns, reads: Sequence[Read], cost: Cost) -> Columns:
    """The columns, the operator's (指标性质) as one of directions where names were read together with such words."""
    if OPERATOR not in columns or DIRECTION in columns:
        return columns
    more = (read.row.cells[at].text for read in reads for at in read.explanation.plan.more_name)
    if not any(text in DIRECTIONS for text in more):
        return columns
    other = tuple(DIRECTION if role == OPERATOR else role for role in columns)
    return min((columns, other), key=lambda own: sum(cost(own)))


def learn(columns: Columns, header: Sequence[Cell], places: Sequence[int], cost: Cost, sums: IsSum) -> Learned:
    """Gives the unknown ``places`` of ``columns`` the roles that are missing, as far as the rows say so.

    ``cost``: what each row costs under some columns; ``sums``: whether their weights sum up soundly.
    """
    findings: list[Finding] = []
    left = list(places) if len(places) <= _MOST_UNKNOWN else []
    missing = [role for role in _NEEDED if role not in columns]
    while left and missing:
        now = cost(columns)
        tried = [(_gain(now, cost(_with(columns, at, role)), role), at, role) for at in left for role in missing]
        gain, at, role = max(tried)
        if gain < _LEAST_GAIN:
            break
        missing.remove(role)
        if role == WEIGHT and not sums(_with(columns, at, role)):
            continue
        left.remove(at)
        columns = _with(columns, at, role)
        params = {"text": header[at].text[:40], "role": ROLES[role]}
        findings.append(Finding("column_inferred", "indicators", None, ROLES[role], params, header[at]))
    return Learned(columns, findings)


def _gain(before: Sequence[float], after: Sequence[float], role: int) -> float:
    """How much less the rows cost on average: all of them, for a level those with a label, which few have."""
    gains = [one - other for one, other in zip(before, after, strict=True)]
    if role in (LEVEL1, LEVEL2):
        gains = [gain for gain in gains if abs(gain) >= _LEAST_GAIN]
    return sum(gains) / max(1, len(gains)) + _LACKED.get(role, 0.0)


def _with(columns: Columns, at: int, role: int) -> Columns:
    return (*columns[:at], role, *columns[at + 1 :])

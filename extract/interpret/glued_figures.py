"""Runs of figures without anything between them, cut into amounts, shares and scores.

All ways to cut a run are tried, within what numbers and columns allow; each has a cost that says how odd it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

import regex

_NUMBER: Final = re.compile(r"(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?")
_DASH: Final = re.compile(r"[\-—–]+")
_CENTS: Final = regex.compile(r"(?:\d{1,3}(?:,\d{3})++|(?:\G|(?<!\d))\d++)\.\d\d")
# No amount is longer than so many characters.
_LONGEST: Final = 18
_MOST_STEPS: Final = 60000
_FULL: Final = Decimal(100)
_POINT_DECIMALS: Final = 2
# Nobody spends so many times what was budgeted.
_OVERSPENT: Final = 2
# What the share of the budget that was spent weighs in a self-evaluation.
_USUAL_WEIGHTS: Final = (Decimal(10), Decimal(20))
_OF_MONEY: Final = frozenset({"budget", "executed"})
_HALF: Final = Decimal("0.5")


class Piece(NamedTuple):
    """A cell within a run of figures; ``unit`` is %, a unit of money, a dash, or ""."""

    start: int
    end: int
    amount: Decimal
    unit: str


class Cuts(NamedTuple):
    """The ways to cut a run, cheapest first, each with its cost; ``all`` says that none was left out."""

    ways: list[tuple[float, tuple[Piece, ...]]]
    all: bool


class Money(NamedTuple):
    """How a form writes amounts: a pattern for units and %, and how many decimals are cents."""

    units: re.Pattern[str]
    decimals: int


def is_one(text: str, units: re.Pattern[str]) -> bool:
    """Whether a run is one amount, share or dash."""
    if _DASH.fullmatch(text):
        return True
    match = _NUMBER.match(text)
    return match is not None and (match.end() == len(text) or units.fullmatch(text, match.end()) is not None)


def by_cents(text: str, start: int, end: int) -> Cuts | None:
    """The one way to cut a run in which every amount shows its cents; None where not all do."""
    cents = [match.span() for match in _CENTS.finditer(text, start, end)]
    if cents and cents[0][0] == start and cents[-1][1] == end and _touch(text, cents):
        return Cuts([(0.0, tuple(Piece(a, b, Decimal(text[a:b].replace(",", "")), "") for a, b in cents))], all=True)
    return None


def cuts(text: str, start: int, end: int, most: int, money: Money) -> Cuts:
    """The ways to cut a run into at most so many amounts."""
    found: list[tuple[float, tuple[Piece, ...]]] = []
    waiting: list[tuple[int, tuple[Piece, ...]]] = [(start, ())]
    steps = 0
    while waiting and steps < _MOST_STEPS:
        at, pieces = waiting.pop()
        steps += 1
        at = _skip(text, at, end)
        if at >= end:
            found.append((_odd(pieces), pieces))
        elif end - at <= _LONGEST * (most - len(pieces)):
            waiting += [
                (piece.end, (*pieces, piece))
                for piece in _pieces_at(text, at, end, money)
                if piece.unit not in ("%", "-")
            ]
    return Cuts(sorted(found, key=lambda way: way[0]), all=not waiting)


def cuts_in_columns(text: str, start: int, end: int, columns: Sequence[str], money: Money) -> Cuts:
    """The ways to cut a run into cells of the columns of a self-evaluation, in order, some of them blank."""
    best: dict[tuple[Piece, ...], float] = {}
    waiting: list[tuple[int, int, tuple[tuple[Piece, str], ...]]] = [(start, 0, ())]
    steps = 0
    while waiting and steps < _MOST_STEPS:
        at, column, row = waiting.pop()
        steps += 1
        at = _skip(text, at, end)
        if at >= end:
            cost = _row_cost(row) + 0.3 * (column - len(row))
            pieces = tuple(piece for piece, _ in row)
            best[pieces] = min(cost, best.get(pieces, cost))
            continue
        if end - at > _LONGEST * (len(columns) - column):
            continue
        for piece in _pieces_at(text, at, end, money):
            waiting += [
                (piece.end, place + 1, (*row, (piece, columns[place])))
                for place in range(column, len(columns))
                if _may_stand(piece, columns[place], row)
            ]
    return Cuts(sorted(((cost, pieces) for pieces, cost in best.items()), key=lambda way: way[0]), all=not waiting)


def _skip(text: str, at: int, end: int) -> int:
    while at < end and text[at] == " ":
        at += 1
    return at


def _may_stand(piece: Piece, name: str, row: Sequence[tuple[Piece, str]]) -> bool:
    """Whether a cell can be of a column, in view of those before it."""
    if piece.unit == "-":
        return True
    if name == "rate":
        return piece.unit in ("%", "")
    if name in ("weight", "score"):
        return not piece.unit and piece.amount <= _FULL and _decimals(piece.amount) <= _POINT_DECIMALS
    if piece.unit == "%":
        return False
    budget = max((one.amount for one, column in row if column == "budget"), default=None)
    return name != "executed" or budget is None or piece.amount <= budget * _OVERSPENT


def _touch(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    return not any(text[before[1] : after[0]].strip() for before, after in pairwise(spans))


def _pieces_at(text: str, at: int, end: int, money: Money) -> list[Piece]:
    dash = _DASH.match(text, at, end)
    if dash is not None:
        return [Piece(at, dash.end(), Decimal(0), "-")]
    longest = _NUMBER.match(text, at, end)
    found: list[Piece] = []
    if longest is None:
        return found
    for stop in range(longest.end(), at, -1):
        if not _NUMBER.fullmatch(text, at, stop) or text[stop : stop + 1] in (".", ","):
            continue
        amount = Decimal(text[at:stop].replace(",", ""))
        if _decimals(amount) > money.decimals:
            continue
        unit = money.units.match(text, stop, end)
        found.append(Piece(at, unit.end(), amount, unit[0]) if unit else Piece(at, stop, amount, ""))
    return found


def _odd(pieces: Sequence[Piece]) -> float:
    """What speaks against these being the amounts of a row: decimals of different length, many amounts."""
    decimals = {_decimals(piece.amount) for piece in pieces}
    return 0.2 * (len(decimals) - 1) + 0.4 * (len(pieces) - 1)


def _row_cost(row: Sequence[tuple[Piece, str]]) -> float:
    """How well amounts, weight, share and score of one row go together."""
    amounts: dict[str, Decimal] = {}
    cost = 0.0
    for piece, name in row:
        if piece.unit == "-":
            continue
        if name == "rate" and piece.unit != "%":
            cost += 1.0
        if name in amounts:
            cost -= 0.2 if amounts[name] == piece.amount else 0.0
            continue
        amounts[name] = piece.amount
    decimals = {_decimals(piece.amount) for piece, name in row if name in _OF_MONEY and piece.unit != "-"}
    return cost + _together(amounts) + 0.4 * max(0, len(decimals) - 1)


def _decimals(amount: Decimal) -> int:
    return -int(amount.as_tuple().exponent)


def _together(amounts: dict[str, Decimal]) -> float:
    budget, executed, rate = amounts.get("budget"), amounts.get("executed"), amounts.get("rate")
    weight, score = amounts.get("weight"), amounts.get("score")
    cost = 0.0
    if budget is not None and executed is not None:
        cost += -0.3 if executed == budget else 0.0 if executed < budget else 1.0
        if rate is not None and budget:
            cost += -0.5 if abs(executed / budget * 100 - rate) <= _unit_of(rate) else 4.0
    if weight is not None and weight not in _USUAL_WEIGHTS:
        cost += 0.7
    if weight is not None and score is not None:
        cost += 5.0 if score > weight else -0.2 if score == weight else 0.0
        if rate is not None and abs(weight * min(rate, _FULL) / 100 - score) > _HALF:
            cost += 1.5
    return cost


def _unit_of(share: Decimal) -> Decimal:
    """One of the last place of a share: what rounding may change."""
    return Decimal(1).scaleb(int(share.as_tuple().exponent))

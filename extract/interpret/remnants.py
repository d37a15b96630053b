"""What is left of values that a line break cut, where nothing says that the pieces are one: a finding on the value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from extract.clean import squash
from extract.interpret.sections import Scanner
from extract.model import Amount, Cell, Finding, Row, TableName
from extract.places import pieces

_LONGEST: Final = 40
_LONGEST_LABEL: Final = 16
# A year and a unit of money are whole, or not found at all.
_WHOLE: Final = ("fiscal_year", "amount_unit")


class _Value(NamedTuple):
    """A place that a value was read from: the value's table, row and field."""

    table: TableName
    seq: int | None
    field: str
    place: Cell


def remnants(
    rows: Sequence[Row], places: Mapping[str, Cell], amounts: Sequence[Amount], scanner: Scanner
) -> list[Finding]:
    """A finding ``rest_below`` for each value whose row ends with it while the next line begins with no label.

    A code before a name is none of them. Labels and values come in pairs, so that of an odd number of cells the first
    one is no label. ``rows``: of the head and the funding, cells told by separators. ``places``: of the form's own
    fields.
    """
    used: list[_Value] | None = None
    found = []
    for above, row in pairwise(sorted(rows, key=lambda row: row.line)):
        if (
            row.line != pieces(above.cells[-1])[-1].line + 1
            or not _is_stated(above, scanner)
            or not _is_remnant(row, scanner)
        ):
            continue
        if used is None:
            used = list(_values(places, amounts))
        last = above.cells[-1]
        rest = row.cells[0]
        if any(_holds(rest, value.place) for value in used):
            continue
        found += [
            Finding("rest_below", value.table, value.seq, value.field, {"text": rest.text[:_LONGEST]}, rest)
            for value in used
            if _holds(last, value.place) and pieces(value.place)[-1].end == pieces(last)[-1].end
        ]
    return found


def _is_stated(row: Row, scanner: Scanner) -> bool:
    """Whether a row has a value beside a label, or behind the colon of its only cell (预算单位：…)."""
    return len(row.cells) > 1 or scanner.meaning(row.cells[0].text).kind == "field"


def _is_remnant(row: Row, scanner: Scanner) -> bool:
    first, profile = row.cells[0], scanner.profile
    if len(row.cells) % 2 == 0 or first.col or scanner.meaning(first.text).kind or scanner.is_word(first.text):
        return False
    if any(sign in first.text[:_LONGEST_LABEL] for sign in ":："):
        # A label that nobody knows, and its own value.
        return False
    return squash(first.text) not in profile.funding_pass and not profile.is_furniture(first.text)


def _values(places: Mapping[str, Cell], amounts: Sequence[Amount]) -> Iterable[_Value]:
    for field, place in places.items():
        if field not in _WHOLE:
            yield _Value("documents", None, field, place)
    for seq, amount in enumerate(amounts):
        for field, place in amount.places.items():
            yield _Value("funding", seq, field, place)


def _holds(cell: Cell, place: Cell) -> bool:
    """Whether a piece of a place lies within a cell."""
    return any(
        own.line == piece.line and own.start <= piece.start and piece.end <= own.end
        for own in pieces(cell)
        for piece in pieces(place)
    )

"""Tables whose cells all stand in their header's columns: there a place tells what a cell is, whatever it says.

Exports often lose blank cells, and then kinds of texts tell more than places do. Where every row fits its header by
place, none was lost, and a label that no vocabulary knows (投入管理指标) is one all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from extract.interpret.grammar import LEVEL1, LEVEL2, NAME, NO_NAME, Grammar, Read, certain, fits
from extract.model import Row

_FEWEST_ROWS: Final = 3
# So many known labels stand where they belong, at least.
_FEWEST_LABELS: Final = 2
_LABELS: Final = "R12B"
# From this cost on, a row holds something unusual.
_DEAR: Final = 2.0


def by_place(reads: list[Read], headers: Sequence[Row], reader: Grammar, kind_of: Callable[[str], str]) -> list[Read]:
    """The rows as they were read; as their places tell where all of them stand in their header's columns.

    ``kind_of``: see ``Kinds``.
    """
    if len(headers) != 1:
        return reads
    for read in reads:
        best = read.explanation.best
        # Something unusual, or a label that stands further right than those of the first level begin.
        if best.cost >= _DEAR or (best.roles[0] == LEVEL1 and read.row.cells[0].col > 0):
            break
    else:
        return reads
    placed = _roles([read.row for read in reads], headers[0], reader.columns[1:], kind_of)
    if placed is None:
        return reads
    return [
        Read(read.row, certain(read.explanation, reader.columns, roles)) if _is_open(read, roles, kind_of) else read
        for read, roles in zip(reads, placed, strict=True)
    ]


def _is_open(read: Read, roles: tuple[int, ...], kind_of: Callable[[str], str]) -> bool:
    """Whether a row was read otherwise, or its kinds leave something open: a label alone may be of either level."""
    explanation = read.explanation
    if explanation.best.roles != roles or not explanation.plan.whole:
        return True
    labels = [cell for cell, role in zip(read.row.cells, roles, strict=True) if role in (LEVEL1, LEVEL2)]
    return len(labels) == 1 and kind_of(labels[0].text) == "B"


def _roles(
    rows: Sequence[Row], header: Row, columns: Sequence[int], kind_of: Callable[[str], str]
) -> list[tuple[int, ...]] | None:
    """The role of each cell of each row by its place; None where any row speaks against it.

    ``columns``: the roles of the header's cells, in order.
    """
    if len(header.cells) != len(columns) or len(rows) < _FEWEST_ROWS or NAME not in columns:
        return None
    role_of = {cell.col: role for cell, role in zip(header.cells, columns, strict=True)}
    if not role_of.keys() >= {row.cells[0].col for row in rows}:
        # Most tables that have lost blank cells are told by where their rows begin.
        return None
    found = []
    labels = 0
    for row in rows:
        roles = tuple([role_of.get(cell.col, -1) for cell in row.cells])
        kinds = [kind_of(cell.text) for cell in row.cells]
        if NAME not in roles and any(role > LEVEL2 for role in roles):
            return None
        if not all(_may_be(kind, role) for kind, role in zip(kinds, roles, strict=True)):
            return None
        labels += sum(kind in _LABELS and role in (LEVEL1, LEVEL2) for kind, role in zip(kinds, roles, strict=True))
        found.append(roles)
    return found if labels >= _FEWEST_LABELS else None


def _may_be(kind: str, role: int) -> bool:
    return role >= 0 and fits(kind, role) and not (role == NAME and (kind in _LABELS or kind in NO_NAME))

"""Damages to rows of cells, whatever shape they are written in: signs, digits and blanks within the cells.

They leave a form sound. ``tests.forms.damage`` has those that work on a portal's sheet and on its lines.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Final

from tests.forms.damage import ENTITIES, FULL_WIDTH, INVISIBLE, OPERATOR_SPELLINGS

Table = list[list[str]]
CellDamage = Callable[[Table, random.Random], Table]

_FIGURES: Final = re.compile(r"\d[\d.]*%?")
_AMOUNT: Final = re.compile(r"\d{4,}\.\d{2}")
_COMPARED: Final = re.compile(r"([≥≤><])(?=\d|$)")


def _some(table: Table, rng: random.Random, share: float, change: Callable[[str], str]) -> Table:
    return [[change(cell) if cell and rng.random() < share else cell for cell in row] for row in table]


def full_width(table: Table, rng: random.Random) -> Table:
    """Figures typed with the Chinese keyboard."""
    return _some(table, rng, 0.4, lambda cell: cell.translate(FULL_WIDTH) if _FIGURES.fullmatch(cell) else cell)


def invisible(table: Table, rng: random.Random) -> Table:
    """Characters that show nothing, within the words."""

    def strew(cell: str) -> str:
        at = rng.randint(0, len(cell))
        return cell[:at] + rng.choice(INVISIBLE) + cell[at:]

    return _some(table, rng, 0.3, strew)


def no_break_spaces(table: Table, rng: random.Random) -> Table:
    """No-break spaces around the words."""
    return _some(table, rng, 0.3, lambda cell: rng.choice(("\u00a0" + cell, cell + "\u00a0", f"\u00a0{cell}\u00a0")))


def entities(table: Table, rng: random.Random) -> Table:
    """Signs as HTML entities."""
    return _some(table, rng, 0.8, lambda cell: "".join(ENTITIES.get(c, c) for c in cell))


def spellings(table: Table, rng: random.Random) -> Table:
    """Operators written as people type them, alone or before a number."""
    return _some(
        table, rng, 0.6, lambda cell: _COMPARED.sub(lambda m: rng.choice(OPERATOR_SPELLINGS[m[1]]), cell, count=1)
    )


def thousands(table: Table, rng: random.Random) -> Table:
    """12,846.72 for 12846.72."""

    def grouped(cell: str) -> str:
        whole, dot, rest = cell.partition(".")
        return f"{int(whole):,}{dot}{rest}" if _AMOUNT.fullmatch(cell) else cell

    return _some(table, rng, 1.0, grouped)


CELL_DAMAGES: Final[dict[str, CellDamage]] = {
    "full-width": full_width,
    "invisible": invisible,
    "no-break-spaces": no_break_spaces,
    "entities": entities,
    "spellings": spellings,
    "thousands": thousands,
}

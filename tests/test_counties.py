"""Forms of other counties' designs come back whole, however their rows are written."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from extract.api import extract_bytes
from tests.forms.counties import DESIGNS, Table
from tests.forms.make import in_wan_yuan, make_form
from tests.forms.truth import Limits
from tests.scoring import Score, score
from tests.shapes import write_cells, write_csv, write_pipes

SHOWN: Final = 12
# Forms that have no goals, name no year and no unit, or split their money by words that nobody knows: findings say so,
# and are right.
LACKING: Final = frozenset({"jiangxi", "hebei", "chongqing-project"})

_LONG: Final = 20
# Where single blanks separate the cells, some things cannot be told: two columns of running text, which amount is gone.
OPEN: Final = frozenset({("anhui", "single"), ("self-evaluation", "single"), ("ningxia", "single")})


def padded(table: Table) -> Table:
    width = max(map(len, table))
    return [[*row, *[""] * (width - len(row))] for row in table]


def joined(table: Table, separator: str, *, blanks: bool) -> str:
    return "".join(separator.join(cell for cell in row if cell or blanks).rstrip("\t") + "\n" for row in table)


def broken(table: Table, seed: int) -> str:
    """Cells by tabs, blank ones gone; one line in five broken somewhere within a cell."""
    draw = random.Random(seed)
    lines = []
    for line in joined(table, "\t", blanks=False).split("\n"):
        at = draw.randint(8, len(line) - 4) if len(line) > _LONG and draw.random() < 0.2 else 0
        inside = at and "\t" not in line[at - 1 : at + 1]
        lines += [line[:at], line[at:]] if inside else [line]
    return "\n".join(lines)


SHAPES: Final[dict[str, Callable[[Table], str]]] = {
    "tabs": lambda t: joined(padded(t), "\t", blanks=True),
    "lost": lambda t: joined(t, "\t", blanks=False),
    "spaces": lambda t: joined(t, "  ", blanks=False),
    "csv": lambda t: write_csv(padded(t)),
    "pipes": lambda t: write_pipes(padded(t)),
    "single": lambda t: joined(t, " ", blanks=False),
    "cells": lambda t: write_cells(padded(t)),
}


def written(design: str, seed: int) -> tuple[Table, dict[str, object]]:
    kind, write = DESIGNS[design]
    rng = random.Random(seed)
    form = in_wan_yuan(
        make_form(rng, kind=kind, indicators=rng.randint(6, 14), goals=rng.randint(1, 3), limits=Limits(None, None))
    )
    if kind == "project":
        form = replace(form, unit_code="", supervising_unit=form.unit_name[:3] + "财政局")
    return write(form, rng)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("design", DESIGNS)
def test_designs(design: str, shape: str) -> None:
    total = Score()
    for seed in range(1, 6):
        table, record = written(design, seed)
        source = SHAPES[shape](table)
        score(total, [{"file": "a", "family": design} | record], extract_bytes(source.encode(), source_path="a"))
    assert not total.silent, "\n".join(map(str, total.silent[:SHOWN]))
    if (design, shape) in OPEN:
        return
    assert not total.wrong and not total.spurious, "\n".join(map(str, [*total.wrong, *total.spurious][:SHOWN]))
    if design not in LACKING:
        assert not total.alarms, "\n".join(total.alarms[:SHOWN])


@pytest.mark.parametrize("design", DESIGNS)
def test_rows_broken_in_their_middle_are_never_silently_wrong(design: str) -> None:
    total = Score()
    for seed in range(1, 9):
        table, record = written(design, seed)
        named = {"file": "a", "family": design} | record
        score(total, [named], extract_bytes(broken(table, seed).encode(), source_path="a"))
    assert sum(total.all.values()) > 400
    assert not total.silent, "\n".join(map(str, total.silent[:SHOWN]))


def test_numbers_of_columns_in_full_width_are_no_project() -> None:
    table, record = written("yunnan", 1)
    table = [["１", "２", *row[2:]] if row[0] == "1" else row for row in table]
    (form,) = extract_bytes(SHAPES["tabs"](table).encode(), source_path="a").forms
    assert form.project_name == record["project_name"]

"""Forms of other counties' designs come back whole, however their rows are written."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

import pytest

from extract.api import extract_bytes
from tests.forms.counties import Table
from tests.forms.designs import DESIGNS
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


COSTED = """部门整体支出绩效目标表
（2024年度）
部门（单位）名称\t云泽县水务局
年度主要任务\t任务名称\t主要内容\t预算金额（万元）
\t\t\t总额\t财政拨款\t其他资金
\t河道治理\t治理河道8.2公里\t310\t310\t{blank}
\t水土保持\t新增治理面积15平方公里\t180\t150\t30
{sums}年度总体目标\t完成河道治理8.2公里。
年度绩效指标\t一级指标\t二级指标\t指标内容\t指标值
\t产出指标\t数量指标\t治理河道长度\t8.2公里
\t满意度指标\t服务对象满意度指标\t群众满意度\t≥95%
"""


@pytest.mark.parametrize("blank", ["", "-", "——"])
def test_what_tasks_cost_is_no_part_of_their_contents(blank: str) -> None:
    text = COSTED.format(blank=blank, sums="\t金额合计\t\t490\t460\t30\n")
    (form,) = extract_bytes(text.encode()).forms
    assert [(task.name, task.content) for task in form.tasks] == [
        ("河道治理", "治理河道8.2公里"),
        ("水土保持", "新增治理面积15平方公里"),
    ]
    assert [(a.category, a.source, a.amount) for a in form.funding] == [
        ("total", "total", Decimal(4900000)),
        ("total", "fiscal", Decimal(4600000)),
        ("total", "other", Decimal(300000)),
    ]
    assert (form.amount_unit, form.funding_check, form.findings) == ("万元", "holds", ())


def test_tasks_with_amounts_and_no_sums_give_no_funding() -> None:
    (form,) = extract_bytes(COSTED.format(blank="", sums="").encode()).forms
    assert [task.content for task in form.tasks] == ["治理河道8.2公里", "新增治理面积15平方公里"]
    assert (form.funding, [finding.code for finding in form.findings]) == ((), ["funding_missing"])

"""All designs of counties' forms by name, and that of departments whose tasks have amounts beside them."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from tests.forms import counties
from tests.forms.counties import Written, goals_text, indicator_table, only, record_of
from tests.forms.truth import TrueForm


def shaanxi_department(form: TrueForm, rng: random.Random) -> Written:
    """部门整体支出绩效目标表: tasks with amounts and their sums, which are all that the form says of money."""
    columns = (("level1", "一级指标"), ("level2", "二级指标"), ("name", "指标内容"), ("merged", "指标值"))
    tasks = [[task.name, task.content] for task in form.tasks]
    costs = [[Decimal(rng.randint(1, 10**6)) / 100, Decimal(rng.randint(0, 9)) * 10] for _ in tasks]
    sums = [sum((cost[i] for cost in costs), Decimal(0)) for i in range(2)]
    shown = [[sums[0] + sums[1], *sums], *([first + second, first, second] for first, second in costs)]
    total, *rest = [[str(amount) for amount in amounts] for amounts in shown]
    rows = [
        ["部门整体支出绩效目标表"],
        [f"（{form.year}年度）"],
        ["部门（单位）名称", form.unit_name],
        ["年度主要任务", "任务名称", "主要内容", "预算金额（万元）"],
        ["", "", "", "总额", "财政拨款", "其他资金"],
        *(["", *task, *amounts] for task, amounts in zip(tasks, rest, strict=True)),
        ["", "金额合计", "", *total],
        ["年度总体目标", goals_text(form)],
        *indicator_table(form, columns, "年度绩效指标"),
    ]
    record = record_of(form, columns, title="部门整体支出绩效目标表", unit_code=None, amount_unit="万元")
    record["tasks"] = [{"name": task.name, "content": task.content, "content_truncated": False} for task in form.tasks]
    amounts = [(source, amount * 10000) for source, amount in zip(("total", "fiscal", "other"), shown[0], strict=True)]
    return rows, only(form, record, *(("total", source, amount) for source, amount in amounts))


Design = Callable[[TrueForm, random.Random], Written]
DESIGNS: Final[dict[str, tuple[str, Design]]] = {
    "chongqing": ("department", counties.chongqing_department),
    "hubei": ("project", counties.hubei_project),
    "anhui": ("project", counties.anhui_side_by_side),
    "hebei": ("project", counties.hebei_project),
    "hunan": ("department", counties.hunan_department),
    "guangdong": ("project", counties.guangdong_project),
    "jiangxi": ("department", counties.jiangxi_department),
    "yunnan": ("project", counties.yunnan_wide),
    "shanxi": ("project", counties.shanxi_project),
    "sichuan": ("project", counties.sichuan_project),
    "self-evaluation": ("project", counties.self_evaluation),
    "chongqing-project": ("project", counties.chongqing_project),
    "ningxia": ("project", counties.ningxia_project),
    "shaanxi": ("department", shaanxi_department),
}

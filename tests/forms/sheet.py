"""A form as cells with printed words around them, before any layout is chosen.

Damages that change words (labels, headers, operators, money) work here; the dumpers write a ``Sheet`` out as lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from tests.forms.truth import TrueForm, shown

KEYS: Final = ("level1", "level2", "name", "operator", "value", "unit", "weight")
HEAD: Final = ("一级指标", "二级指标", "三级指标", "绩效指标性质", "绩效指标值", "绩效度量单位", "权重")
SOURCE_NAMES: Final = {
    "total": "合计",
    "fiscal": "财政拨款",
    "special_account": "专户资金",
    "unit_fund": "单位资金",
    "other": "其他资金",
    "general_public_budget": "一般公共预算",
    "government_fund": "政府性基金",
    "carry_over": "上年结转",
    "central": "中央资金",
    "provincial": "省级资金",
    "county": "县级资金",
}
CATEGORY_NAMES: Final = {"total": "预算支出总额", "basic": "基本支出", "project": "项目支出"}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One indicator's cells. The labels are given in every row; a dumper leaves out what a span covers."""

    root: str
    level1: str
    level2: str
    name: str
    operator: str
    value: str
    unit: str
    weight: str

    def get(self, key: str) -> str:
        """The cell of a column."""
        text: str = getattr(self, key)
        return text


@dataclass(frozen=True, slots=True)
class Sheet:
    """All cells of a form.

    ``facts`` are rows of labels and values; ``unit_line`` is empty where one of them names the unit. ``head`` pairs
    each indicator column with its header word, in the order of the columns.
    """

    kind: str
    title: str
    year_line: str
    unit_line: str
    facts: tuple[tuple[str, ...], ...]
    funding_label: str
    columns: tuple[tuple[str, str], ...]
    category_names: tuple[tuple[str, str], ...]
    source_names: tuple[str, ...]
    amounts: tuple[str, ...]
    goals_label: str
    goals: tuple[str, ...]
    tasks_label: str
    task_head: tuple[str, str]
    tasks: tuple[tuple[str, str], ...]
    indicators_label: str
    head: tuple[tuple[str, str], ...]
    rows: tuple[SheetRow, ...]
    notes_label: str
    notes: str
    goal_tags: bool = True

    def category(self, name: str) -> str:
        """The printed word for a category of spending."""
        return dict(self.category_names)[name]


def plain_amount(amount: Decimal | None, unit: str) -> str:
    """An amount as a form prints it: two decimals in yuan, as many as needed in ten thousands."""
    if amount is None:
        return ""
    if unit == "元":
        return f"{amount:.2f}"
    text = f"{amount / 10000:.6f}".rstrip("0").rstrip(".")
    return text or "0"


def sheet_of(form: TrueForm) -> Sheet:
    """The form in the portal's own words, texts cut as its portal cuts them."""
    limits = form.limits
    project = form.kind == "project"
    root = "绩效指标" if project else "部门整体绩效情况"
    unit = f"{form.unit_code}-{form.unit_name}" if form.unit_code else form.unit_name
    facts: tuple[tuple[str, ...], ...] = ()
    if project:
        code = f"{form.project_code}-" if form.project_code else ""
        facts = (("项目名称", code + (form.project_name or "")),)
    if form.supervising_unit:
        facts = (*facts, ("主管部门", form.supervising_unit, "实施单位", unit))
    return Sheet(
        kind=form.kind,
        title=form.title,
        year_line=f"预算年度:{form.year}",
        unit_line="" if form.supervising_unit else f"预算（单位）名称：{unit}",
        facts=facts,
        funding_label=f"{'项目资金' if project else '总体资金情况'}（{form.amount_unit}）",
        columns=form.columns,
        category_names=tuple(CATEGORY_NAMES.items()),
        source_names=tuple("年度资金总额" if project and s == "total" else SOURCE_NAMES[s] for _, s in form.columns),
        amounts=tuple(plain_amount(a, form.amount_unit) for a in form.funding),
        goals_label="年度总体目标" if project else "整体绩效目标",
        goals=form.goals,
        tasks_label="年度主要任务",
        task_head=("任务名称", "主要内容"),
        tasks=tuple((t.name, shown(t.content, limits.content, limits.mark)) for t in form.tasks),
        indicators_label="年度绩效指标",
        head=tuple(zip(KEYS, HEAD, strict=True)),
        rows=tuple(
            SheetRow(
                root,
                r.level1,
                r.level2,
                shown(r.name, limits.name, limits.mark),
                r.operator,
                r.value,
                r.unit,
                r.weight,
            )
            for r in form.indicators
        ),
        notes_label="其他说明",
        notes=form.notes or "",
    )


def map_rows(sheet: Sheet, change: Callable[[SheetRow], SheetRow]) -> Sheet:
    """The sheet with every indicator row changed."""
    return replace(sheet, rows=tuple(change(r) for r in sheet.rows))


def label_starts(rows: tuple[SheetRow, ...]) -> list[tuple[bool, bool, bool]]:
    """For each row, whether its root, its first and its second level begin there, and so are printed."""
    starts = []
    before: SheetRow | None = None
    for row in rows:
        if before is None:
            starts.append((True, True, True))
        else:
            first = row.level1 != before.level1
            starts.append((row.root != before.root, first, first or row.level2 != before.level2))
        before = row
    return starts

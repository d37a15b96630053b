"""Forms as other counties print them: other words in the head, funding in other rows, other columns of indicators.

Each design is a function from a form to rows of cells (blank cells in their places) and what of the gold record it
changes; ``DESIGNS`` (``tests.forms.designs``) names them. The shapes of ``tests.shapes`` write the rows out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from tests.forms.sheet import plain_amount
from tests.forms.truth import Json, TrueForm, TrueIndicator, gold

Table = list[list[str]]
Written = tuple[Table, Json]

# What a cell of the indicator table holds, by its column.
Cell = Callable[[TrueIndicator], str]


def _merged(row: TrueIndicator) -> str:
    """Operator, value and unit in one cell, as a person writes them."""
    sign = "" if row.operator in ("定性", "=") else row.operator
    return f"{sign}{row.value}{row.unit}"


def _kind_of_value(row: TrueIndicator) -> str:
    return "定性指标" if row.operator == "定性" else "定量指标"


CELLS: Final[dict[str, Cell]] = {
    "level1": lambda r: r.level1,
    "level2": lambda r: r.level2,
    "name": lambda r: r.name,
    "operator": lambda r: r.operator,
    "value": lambda r: r.value,
    "unit": lambda r: r.unit,
    "merged": _merged,
    "weight": lambda r: r.weight,
    "direction": lambda r: "反向指标" if r.operator in ("≤", "<") else "正向指标",
    "kind": _kind_of_value,
    "blank": lambda r: "",
    "standard": lambda r: "计划标准",
    "described": lambda r: f"反映{r.name}的情况。",
    "basis": lambda r: "工作计划",
    "achieved": lambda r: r.value + r.unit,
    "score": lambda r: r.weight,
    "core": lambda r: "是",
}


def _indicator_rows(
    form: TrueForm,
    columns: Sequence[tuple[str, str]],
    *,
    repeat: bool = False,
    scores: bool = False,
    words: dict[str, str] | None = None,
) -> Table:
    """The rows under a header, labels only where they begin; ``scores``: a first-level label bears its weight."""
    rows: Table = []
    before: TrueIndicator | None = None
    for row in form.indicators:
        cells = []
        for key, _ in columns:
            text = CELLS[key](row)
            if key == "level1":
                new = repeat or before is None or row.level1 != before.level1
                total = sum(Decimal(r.weight) for r in form.indicators if r.level1 == row.level1)
                text = (words or {}).get(text, text) + (f"（{total}分）" if scores else "") if new else ""
            elif key == "level2":
                new = repeat or before is None or (row.level1, row.level2) != (before.level1, before.level2)
                text = (words or {}).get(text, text) if new else ""
            cells.append(text)
        rows.append(cells)
        before = row
    return rows


def indicator_table(form: TrueForm, columns: Sequence[tuple[str, str]], label: str = "", **how: object) -> Table:
    """Header and rows; with ``label``, a column before them that holds it in the header's row."""
    rows = [[word for _, word in columns], *_indicator_rows(form, columns, **how)]  # type: ignore[arg-type]
    return [[label if i == 0 else "", *row] for i, row in enumerate(rows)] if label else rows


def record_of(form: TrueForm, columns: Sequence[tuple[str, str]], **changes: object) -> Json:
    """The gold record, without what the columns do not show."""
    keys = {key for key, _ in columns}
    record = gold(form) | changes
    if "weight" not in keys:
        record["indicators"] = [row | {"weight": None} for row in record["indicators"]]
    record["tasks"] = []
    record["other_notes"] = None
    record["project_code"] = changes.get("project_code")
    return record


def only(form: TrueForm, record: Json, *amounts: tuple[str, str, Decimal]) -> Json:
    """The record with these amounts alone."""
    record["funding"] = [{"category": c, "source": s, "amount": str(a)} for c, s, a in amounts]
    return record


def in_wan(amount: Decimal | None) -> str:
    return plain_amount(amount, "万元")


def _money(form: TrueForm) -> tuple[Decimal, Decimal, Decimal]:
    """A total, and its two parts."""
    total = form.funding[0] or Decimal(0)
    first = (form.funding[1] or Decimal(0)).quantize(Decimal("0.01"))
    return total, first, total - first


def goals_text(form: TrueForm) -> str:
    return "\n".join(form.goals)


# ---- designs


def chongqing_department(form: TrueForm, rng: random.Random) -> Written:
    """部门整体绩效目标表: no levels; 指标名称, 指标权重, 计量单位, 指标性质, 指标值."""
    columns = (
        ("name", "指标名称"),
        ("weight", "指标权重"),
        ("unit", "计量单位"),
        ("operator", "指标性质"),
        ("value", "指标值"),
    )
    total = form.funding[0] or Decimal(0)
    rows = [
        ["部门（单位）整体绩效目标表"],
        [f"{form.year}年度"],
        ["部门（单位）名称", form.unit_name, "", "支出预算总量（万元）", in_wan(total)],
        ["当年整体绩效目标", goals_text(form)],
        *indicator_table(form, columns, "绩效指标"),
    ]
    record = record_of(form, columns, title="部门（单位）整体绩效目标表", unit_code=None, amount_unit="万元")
    for row in record["indicators"]:
        row["level1"] = row["level2"] = None
    return rows, only(form, record, ("total", "total", total))


def hubei_project(form: TrueForm, rng: random.Random) -> Written:
    """年度绩效目标表: 长期目标 and 年度目标 by name, 指标值 with its unit, 指标值确定依据."""
    columns = (
        ("level1", "一级指标"),
        ("level2", "二级指标"),
        ("name", "三级指标"),
        ("merged", "指标值"),
        ("basis", "指标值确定依据"),
    )
    total, first, second = _money(form)
    rows = [
        ["项目支出绩效目标申报表"],
        [f"（{form.year}年度）"],
        ["填报日期：", "", "单位：万元"],
        ["项目名称", form.project_name or "", "项目编码", form.project_code or ""],
        ["项目主管部门", form.supervising_unit or "", "项目执行单位", form.unit_name],
        ["项目负责人", "张三", "联系电话", "0710-3221234"],
        ["项目总预算", in_wan(total), "项目当年预算", in_wan(total)],
        ["资金来源", "资金总额", in_wan(total)],
        ["", "一般公共预算财政拨款", in_wan(first)],
        ["", "其他资金", in_wan(second)],
        ["年度绩效目标", goals_text(form)],
        ["年度绩效指标", *(word for _, word in columns)],
        *(["", *row] for row in _indicator_rows(form, columns)),
    ]
    record = record_of(
        form,
        columns,
        title="项目支出绩效目标申报表",
        unit_code=None,
        amount_unit="万元",
        project_code=form.project_code,
    )
    amounts = (("project", "total", total), ("project", "general_public_budget", first), ("project", "other", second))
    return rows, only(form, record, *amounts)


def anhui_side_by_side(form: TrueForm, rng: random.Random) -> Written:
    """中期 and 年度 beside one another; the year's counts."""
    left = (("level1", "一级指标"), ("level2", "二级指标"), ("name", "三级指标"), ("merged", "指标值"))
    right = (("level2", "二级指标"), ("name", "三级指标"), ("merged", "指标值"))
    total, first, second = _money(form)
    other = replace(
        form,
        indicators=tuple(replace(r, value=str(i + 3), operator="≥", unit="项") for i, r in enumerate(form.indicators)),
    )
    rows: Table = [
        ["项目支出绩效目标表"],
        [f"（{form.year}年度）"],
        ["项目名称", form.project_name or ""],
        ["主管部门", form.supervising_unit or "", "", "", "实施单位", form.unit_name],
        ["项目资金（万元）", "中期资金总额：", in_wan(total * 3), "", "年度资金总额：", in_wan(total)],
        ["", "其中：财政拨款", in_wan(first * 3), "", "其中：财政拨款", in_wan(first)],
        ["", "其他资金", in_wan(second * 3), "", "其他资金", in_wan(second)],
        ["总体目标", f"中期目标（{form.year}年—{form.year + 2}年）", "", "", "年度目标"],
        ["", "持续推进三年行动。", "", "", goals_text(form)],
        ["绩效指标", *(w for _, w in left), *(w for _, w in right)],
    ]
    for one, two in zip(_indicator_rows(other, left), _indicator_rows(form, right), strict=True):
        rows.append(["", *one, *two])
    record = record_of(form, left, title="项目支出绩效目标表", unit_code=None, amount_unit="万元")
    return rows, only(
        form, record, ("project", "total", total), ("project", "fiscal", first), ("project", "other", second)
    )


def hebei_project(form: TrueForm, rng: random.Random) -> Written:
    """绩效指标描述 between name and value; shares of the year between funding and goals."""
    columns = (
        ("level1", "一级指标"), ("level2", "二级指标"), ("name", "三级指标"), ("described", "绩效指标描述"),
        ("merged", "指标值"), ("basis", "指标值确定依据"),
    )  # fmt: skip
    total, first, second = _money(form)
    rows = [
        [f"{form.project_name}绩效目标表"],
        [form.unit_name, "", "", "", "单位：万元"],
        ["项目编码", form.project_code or "", "项目名称", form.project_name or ""],
        ["预算规模及资金用途", "预算数", in_wan(total), "其中：财政资金", in_wan(first), "其他资金", in_wan(second)],
        ["", "用于保障项目实施。"],
        ["资金支出计划（%）", "3月底", "6月底", "10月底", "12月底"],
        ["", "25.00", "50.00", "75.00", "100.00"],
        ["绩效目标", goals_text(form)],
        [w for _, w in columns],
        *_indicator_rows(form, columns),
    ]
    record = record_of(
        form,
        columns,
        title=f"{form.project_name}绩效目标表",
        unit_code=None,
        amount_unit="万元",
        project_code=form.project_code,
    )
    for key in ("fiscal_year", "supervising_unit", "unit_name"):
        del record[key]
    return rows, only(
        form, record, ("project", "total", total), ("project", "fiscal", first), ("project", "other", second)
    )


def hunan_department(form: TrueForm, rng: random.Random) -> Written:
    """部门整体支出: money by its source and by its use; 职能职责 before the goals."""
    columns = (
        ("level1", "一级指标"),
        ("level2", "二级指标"),
        ("name", "三级指标"),
        ("merged", "指标值及单位"),
        ("described", "评分标准"),
    )
    basic, project = form.funding[1] or Decimal(0), form.funding[5] or Decimal(0)
    total = basic + project
    rows = [
        [f"{form.year}年部门整体支出绩效目标申报表"],
        ["填报单位：（盖章）", "", "", "单位：万元"],
        ["部门名称", form.unit_name],
        ["年度预算申请", "资金总额", in_wan(total)],
        ["", "按支出性质分", "基本支出", in_wan(basic)],
        ["", "", "项目支出", in_wan(project)],
        ["部门职能职责概述", "贯彻落实国家有关方针政策和法律法规，承担本行业管理工作。"],
        ["整体绩效目标", goals_text(form)],
        *indicator_table(form, columns, "部门整体支出年度绩效指标", scores=True),
        ["其他需要说明的问题", ""],
    ]
    record = record_of(form, columns, title="部门整体支出绩效目标申报表", unit_code=None, amount_unit="万元")
    record["title"] = [record["title"], f"{form.year}年部门整体支出绩效目标申报表"]
    return rows, only(form, record, ("total", "total", total), ("basic", "total", basic), ("project", "total", project))


def guangdong_project(form: TrueForm, rng: random.Random) -> Written:
    """实施周期 and 年度 values in two columns; the year's counts."""
    columns = (
        ("level1", "一级指标"),
        ("level2", "二级指标"),
        ("name", "三级指标"),
        ("standard", "实施周期指标值"),
        ("merged", "年度指标值"),
    )
    total, first, second = _money(form)
    rows = [
        [f"{form.year}年项目支出绩效目标申报表"],
        ["项目名称", form.project_name or "", "项目类型", "其他事业发展性支出"],
        ["主管部门", form.supervising_unit or "", "实施单位", form.unit_name],
        ["项目资金（万元）", "年度资金总额", in_wan(total)],
        ["", "其中：财政拨款", in_wan(first)],
        ["", "其他资金", in_wan(second)],
        ["总体绩效目标", goals_text(form)],
        *indicator_table(form, columns, "绩效指标"),
    ]
    record = record_of(form, columns, unit_code=None, amount_unit="万元")
    record["title"] = ["项目支出绩效目标申报表", f"{form.year}年项目支出绩效目标申报表"]
    return rows, only(
        form, record, ("project", "total", total), ("project", "fiscal", first), ("project", "other", second)
    )


def jiangxi_department(form: TrueForm, rng: random.Random) -> Written:
    """部门整体支出绩效目标表: persons and posts in the head, income and spending beside one another."""
    columns = (("level1", "一级指标"), ("level2", "二级指标"), ("name", "三级指标"), ("merged", "目标值"))
    basic, project = form.funding[1] or Decimal(0), form.funding[5] or Decimal(0)
    total = basic + project
    rows = [
        ["部门整体支出绩效目标表"],
        [f"（{form.year}年度）"],
        ["部门名称", form.unit_name],
        ["联系人", "李四", "联系电话", "0797-8391234"],
        ["部门基本信息"],
        ["部门所属领域", "公共服务", "直属单位包括", "无"],
        ["内设职能部门", "办公室、业务股", "编制控制数", "32"],
        ["在职人员总数", "29", "其中：行政编制人数", "14"],
        ["当年预算情况（万元）"],
        ["收入预算合计", in_wan(total), "其中：上级财政拨款", "0"],
        ["本级财政安排", in_wan(total), "其他资金", "0"],
        ["支出预算合计", in_wan(total), "其中：人员经费", in_wan(basic)],
        ["公用经费", "0", "项目经费", in_wan(project)],
        ["年度绩效指标"],
        [w for _, w in columns],
        *_indicator_rows(form, columns),
    ]
    record = record_of(form, columns, title="部门整体支出绩效目标表", unit_code=None, amount_unit="万元")
    record["goals"] = []
    return rows, only(form, record, ("total", "total", total))


def yunnan_wide(form: TrueForm, rng: random.Random) -> Written:
    """项目支出绩效目标表（本级下达）: a column's number under each header word; labels repeated; 指标属性, 指标内容."""
    columns = (
        ("level1", "一级指标"), ("level2", "二级指标"), ("name", "三级指标"), ("operator", "指标性质"), ("value", "指标值"),
        ("unit", "度量单位"), ("kind", "指标属性"), ("described", "指标内容"),
    )  # fmt: skip
    rows = [
        ["预算05-2表"],
        [f"{form.year}年项目支出绩效目标表（本级下达）"],
        [f"部门：{form.unit_name}"],
        ["单位名称、项目名称", "项目年度绩效目标", *(w for _, w in columns)],
        [str(i + 1) for i in range(10)],
        [form.unit_name],
        *(
            [form.project_name or "" if i == 0 else "", "".join(form.goals) if i == 0 else "", *row]
            for i, row in enumerate(_indicator_rows(form, columns, repeat=True))
        ),
    ]
    record = record_of(form, columns, unit_code=None, supervising_unit=None, funding=[], goals=["".join(form.goals)])
    record["title"] = [
        "项目支出绩效目标表",
        "项目支出绩效目标表（本级下达）",
        f"{form.year}年项目支出绩效目标表（本级下达）",
    ]
    del record["amount_unit"]
    return rows, record


def shanxi_project(form: TrueForm, rng: random.Random) -> Written:
    """Level labels with hints, the operator after the value's unit, weights before the value."""
    columns = (
        ("level1", "一级指标"), ("level2", "二级指标"), ("name", "三级指标名称"), ("weight", "分值"), ("unit", "计量单位"),
        ("operator", "计算符号"), ("value", "目标值"), ("blank", "备注"),
    )  # fmt: skip
    total, first, second = _money(form)
    rows = [
        ["项目绩效目标表"],
        [f"预算年度：{form.year}", "", "金额单位：万元"],
        ["项目名称", form.project_name or "", "项目单位", form.unit_name],
        ["主管部门", form.supervising_unit or "", "项目属性", "延续项目"],
        ["资金情况", "资金总额", in_wan(total)],
        ["", "财政拨款", in_wan(first)],
        ["", "单位自筹资金", in_wan(second)],
        ["年度绩效目标", goals_text(form)],
        *indicator_table(
            form, columns, "年度绩效指标", words={"数量指标": "数量指标（必填）", "时效指标": "时效指标(工期指标)"}
        ),
    ]
    record = record_of(form, columns, title="项目绩效目标表", unit_code=None, amount_unit="万元")
    return rows, only(
        form, record, ("project", "total", total), ("project", "fiscal", first), ("project", "unit_fund", second)
    )


def sichuan_project(form: TrueForm, rng: random.Random) -> Written:
    """项目完成指标, 项目效益指标; sums in brackets counted (一) 1、; 指标值（包含数字及文字描述）."""
    columns = (
        ("level1", "一级指标"),
        ("level2", "二级指标"),
        ("name", "三级指标"),
        ("merged", "指标值（包含数字及文字描述）"),
    )
    total, first, second = _money(form)
    rows = [
        ["项目支出绩效目标申报表"],
        [f"({form.year}年度)"],
        ["项目名称", form.project_name or ""],
        ["预算单位", form.unit_name],
        ["项目资金（万元）", "年度资金总额", in_wan(total)],
        ["", "（一）财政拨款小计", in_wan(first)],
        ["", "1、一般公共预算", in_wan(first)],
        ["", "2、政府性基金", "0.00"],
        ["", "（二）自有资金小计", in_wan(second)],
        ["", "1、事业收入", in_wan(second)],
        ["", "2、经营性收入", "0.00"],
        ["", "（三）其他收入", "0.00"],
        ["总体目标", "年度目标"],
        ["", goals_text(form)],
        *indicator_table(
            form,
            columns,
            "绩效指标",
            words={"产出指标": "项目完成指标", "效益指标": "项目效益指标", "服务对象满意度指标": "满意度指标"},
        ),
    ]
    record = record_of(
        form, columns, title="项目支出绩效目标申报表", unit_code=None, amount_unit="万元", supervising_unit=None
    )
    for row in record["indicators"]:
        if row["level2"] == "服务对象满意度指标":
            row["level2"] = ["服务对象满意度指标", "满意度指标"]
    zero = Decimal("0.00")
    amounts = (
        ("total", total), ("fiscal", first), ("general_public_budget", first), ("government_fund", zero),
        ("unit_fund", second), ("business_income", second), ("operating_income", zero), ("other", zero),
    )  # fmt: skip
    return rows, only(form, record, *(("project", s, a) for s, a in amounts))


def self_evaluation(form: TrueForm, rng: random.Random) -> Written:
    """项目支出绩效自评表: budget and execution beside one another, 预期目标 and 实际完成情况, a row of sums."""
    columns = (
        ("level1", "一级指标"), ("level2", "二级指标"), ("name", "三级指标"), ("merged", "年度指标值"), ("achieved", "实际完成值"),
        ("weight", "分值"), ("score", "得分"), ("blank", "偏差原因分析及改进措施"),
    )  # fmt: skip
    total, first, second = _money(form)
    score = str(sum(Decimal(row.weight) for row in form.indicators) + 10)
    rows = [
        ["项目支出绩效自评表"],
        [f"（{form.year}年度）"],
        ["项目名称", form.project_name or ""],
        ["主管部门", form.supervising_unit or "", "实施单位", form.unit_name],
        ["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
        ["", "年度资金总额", in_wan(total), in_wan(total), in_wan(total), "10", "100.00%", "10"],
        ["", "其中：当年财政拨款", in_wan(first), in_wan(first), in_wan(first), "—", "100.00%", "—"],
        ["", "上年结转资金", "0", "0", "0", "—", "", "—"],
        ["", "其他资金", in_wan(second), in_wan(second), in_wan(second), "—", "", "—"],
        ["年度总体目标", "预期目标", "", "", "实际完成情况"],
        ["", "".join(form.goals), "", "", "已按要求完成各项任务，群众反映良好。"],
        *indicator_table(form, columns, "绩效指标"),
        ["总分", "", "", "", "", "", score, score, ""],
    ]
    record = record_of(
        form, columns, title="项目支出绩效自评表", unit_code=None, amount_unit="万元", goals=["".join(form.goals)]
    )
    zero = Decimal("0.00")
    amounts = (("total", total), ("fiscal", first), ("carry_over", zero), ("other", second))
    return rows, only(form, record, *(("project", source, amount) for source, amount in amounts))


def chongqing_project(form: TrueForm, rng: random.Random) -> Written:
    """项目支出绩效目标表: 业务主管部门, 编制单位, the year's budget in a row of the head, no levels, 是否核心指标."""
    columns = (
        ("name", "指标名称"), ("weight", "指标权重"), ("unit", "计量单位"), ("operator", "指标性质"), ("value", "指标值"),
        ("core", "是否核心指标"),
    )  # fmt: skip
    total, first, second = _money(form)
    rows = [
        [f"{form.year}年项目支出绩效目标表"],
        ["编制单位：", form.unit_name, "", "", "单位：万元"],
        ["项目名称", form.project_name or "", "业务主管部门", form.supervising_unit or ""],
        ["当年预算", in_wan(total), "本级支出", in_wan(first), "上级补助", in_wan(second)],
        ["项目概述", "为保障工作开展设立本项目。"],
        ["立项依据", "有关文件规定。"],
        ["当年绩效目标", goals_text(form)],
        *indicator_table(form, columns, "绩效指标"),
    ]
    record = record_of(form, columns, unit_code=None, amount_unit="万元")
    record["title"] = ["项目支出绩效目标表", f"{form.year}年项目支出绩效目标表"]
    for row in record["indicators"]:
        row["level1"] = row["level2"] = None
    return rows, only(form, record, ("project", "total", total), ("project", "upper_level", second))


def ningxia_project(form: TrueForm, rng: random.Random) -> Written:
    """部门预算项目支出绩效目标表: a header of amounts in the head; 指标内容, 指标符号, 指标分值."""
    columns = (
        ("level1", "一级指标"), ("level2", "二级指标"), ("name", "指标内容"), ("operator", "指标符号"), ("value", "指标值"),
        ("unit", "计量单位"), ("weight", "指标分值"), ("blank", "备注"),
    )  # fmt: skip
    total, first, second = _money(form)
    rows = [
        ["部门预算项目支出绩效目标表"],
        [f"填报单位：{form.unit_name}", "", "", f"预算年度：{form.year}", "", "单位：万元"],
        ["项目名称", form.project_name or ""],
        ["项目类别", "其他运转类"],
        ["项目起止时间", f"{form.year}年1月-12月"],
        ["预算金额（万元）", "合计", "一般公共预算", "其他资金"],
        ["", in_wan(total), in_wan(first), in_wan(second)],
        ["绩效目标", goals_text(form)],
        ["绩效指标", *(word for _, word in columns)],
        *(["", *row] for row in _indicator_rows(form, columns, repeat=True)),
    ]
    record = record_of(
        form, columns, title="部门预算项目支出绩效目标表", unit_code=None, amount_unit="万元", supervising_unit=None
    )
    amounts = (("total", total), ("general_public_budget", first), ("other", second))
    return rows, only(form, record, *(("project", source, amount) for source, amount in amounts))


# ---- one table for many projects

PLAIN: Final = (
    ("level1", "一级指标"), ("level2", "二级指标"), ("name", "三级指标"), ("operator", "指标性质"), ("value", "指标值"),
    ("unit", "度量单位"), ("weight", "权重"),
)  # fmt: skip
MERGED: Final = (("level1", "一级指标"), ("level2", "二级指标"), ("name", "三级指标"), ("merged", "指标值"))
LEADS: Final = {
    "number": "序号",
    "unit_code": "单位编码",
    "unit": "单位名称",
    "project_code": "项目编码",
    "project": "项目名称",
    "type": "项目类型",
    "amount": "资金总额",
    "fiscal": "其中：财政拨款",
    "goal": "年度绩效目标",
}
WIDE_TITLE: Final = "部门预算项目绩效目标表"


def wide_table(
    forms: Sequence[TrueForm], leads: Sequence[str], columns: Sequence[tuple[str, str]], *, repeat: bool, fill: bool
) -> Table:
    """The table of many projects. ``repeat``, ``fill``: labels, and a project's own cells, stand in every row."""
    rows: Table = [
        [WIDE_TITLE],
        ["2024年度", "", "金额单位：万元"],
        [*(LEADS[lead] for lead in leads), *(word for _, word in columns)],
    ]
    for number, form in enumerate(forms, 1):
        own = {
            "number": str(number),
            "unit_code": "301001",
            "unit": form.unit_name,
            "project_code": form.project_code or "",
            "project": form.project_name or "",
            "type": "特定目标类",
            "amount": in_wan(form.funding[0]),
            "fiscal": in_wan(form.funding[1]),
            "goal": "".join(form.goals),
        }
        for i, row in enumerate(_indicator_rows(form, columns, repeat=repeat)):
            rows.append([*(own[lead] if fill or not i else "" for lead in leads), *row])
    return rows


def wide_record(form: TrueForm, leads: Sequence[str], columns: Sequence[tuple[str, str]]) -> Json:
    """What the table says of one of its projects."""
    record = record_of(form, columns, title=WIDE_TITLE, goals=["".join(form.goals)] if "goal" in leads else [])
    for key in ("unit_code", "project_code", *(() if "unit" in leads else ("unit_name",))):
        del record[key]
    if "project_code" in leads:
        record["project_code"] = form.project_code
    amounts = [("project", source, form.funding[i]) for i, source in enumerate(("total", "fiscal"))]
    shown = [one for one, lead in zip(amounts, ("amount", "fiscal"), strict=True) if lead in leads]
    return only(form, record, *((c, s, amount) for c, s, amount in shown if amount is not None))

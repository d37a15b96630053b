"""An archive made by hand: three counties, three years, forms whose every value is known.

Of 大竹县 and 渠县 a bureau of justice, of 大竹县 one of education with a project, of 尤溪县 one of water, which writes in
ten thousands of yuan and leaves a sum blank. One target is lowered for good, one after it was raised, and one cost may be higher: that is
lower, too. 渠县 has weights that do not sum in 2023, and no indicators in 2024.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from extract.batch.run import Options, run
from tests.forms.cases import LAYOUTS, write
from tests.forms.sheet import sheet_of
from tests.forms.truth import (
    DEPARTMENT_COLUMNS,
    PROJECT_COLUMNS,
    TrueForm,
    TrueIndicator,
    TrueTask,
)

YEARS: Final = (2022, 2023, 2024)
# A content that the portal cuts: once it goes on in the goals, once nowhere.
LONG: Final = "组织开展面向全县各乡镇和街道的法治宣传教育活动，覆盖机关企业学校社区和农村的各类人群，着重讲解民法典和与生产生活有关的法律法规，提高群众依法办事的能力。"
LOST: Final = "对全县所有中小学校的校舍安全情况逐一进行排查登记，建立问题台账和整改清单，明确责任单位和完成时限，确保在秋季开学之前全部整改到位并且通过验收。"

Rows = tuple[tuple[str, str, str, str, str, str, str], ...]


def forms() -> Iterator[tuple[str, TrueForm]]:
    """Where each form lies in the archive, and what it says."""
    for at, year in enumerate(YEARS):
        yield (
            f"四川省/大竹县/{year}/司法局.txt",
            _justice("大竹县", year, 3_000_000 + 100_000 * at, ("98", "98", "95")[at]),
        )
        yield f"四川省/大竹县/{year}/教育局.txt", _education(year, at)
        yield f"四川省/大竹县/{year}/校舍维修.txt", _repairs(year, 500_000 * (at + 1))
        yield f"四川省/渠县/{year}/司法局.txt", _justice("渠县", year, 2_000_000, ("90", "92", "")[at])
        yield f"福建省/尤溪县/{year}/水利局.txt", _water(year, at)


def text(form: TrueForm) -> str:
    """The form as the portal writes it."""
    dump = write(sheet_of(form), LAYOUTS["portal"], random.Random(form.year))
    return "".join(line.text + "\n" for line in dump.lines)


def written(folder: Path) -> Path:
    """The archive as files in a folder."""
    for name, form in forms():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(form), encoding="utf-8")
    (folder / "四川省" / "说明.txt").write_text("本目录存放各县批复的绩效目标表。\n", encoding="utf-8")
    return folder


def made(folder: Path) -> Path:
    """The output of a run over the archive."""
    run(Options((str(written(folder / "in")),), folder / "out", workers=None))
    return folder / "out"


def _department(
    year: int, code: str, name: str, amounts: tuple[str | None, ...], goals: tuple[str, ...], tasks: tuple[TrueTask, ...],
    indicators: Rows, amount_unit: str = "元",
) -> TrueForm:  # fmt: skip
    """A department's form; ``amounts``: fiscal and the unit's own, of basic and then of project spending."""
    basic, own_basic, project, own_project = (None if amount is None else Decimal(amount) for amount in amounts)
    zero = Decimal(0)
    sums = [(one or zero) + (other or zero) for one, other in ((basic, own_basic), (project, own_project))]
    return TrueForm(
        kind="department",
        title="部门整体支出绩效目标批复表",
        year=year,
        unit_code=code,
        unit_name=name,
        columns=DEPARTMENT_COLUMNS,
        funding=(sum(sums, zero), sums[0], basic, None, own_basic, sums[1], project, None, own_project),
        goals=goals,
        tasks=tasks,
        indicators=tuple(TrueIndicator(*row) for row in indicators),
        amount_unit=amount_unit,
    )


def _justice(county: str, year: int, project: int, target: str) -> TrueForm:
    weights = ("50", "35") if (county, year) == ("渠县", 2023) else ("50", "40")
    rows: Rows = (
        ("产出指标", "质量指标", "矛盾纠纷调解成功率", "≥", target, "%", weights[0]),
        ("效益指标", "社会效益指标", "群众法治意识", "定性", "优良差", "", weights[1]),
    )
    return _department(
        year, "135", f"{county}司法局", ("1200000.50", None, str(project), None),
        (f"一是{LONG}",), (TrueTask("普法宣传", LONG),), rows if target else (),
    )  # fmt: skip


def _education(year: int, at: int) -> TrueForm:
    rows: Rows = (
        ("产出指标", "数量指标", "培训教师人次", "≥", ("500", "600", "550")[at], "人次", "40"),
        ("成本指标", "经济成本指标", "人均培训成本", "≤", ("2000", "2000", "2500")[at], "元", "30"),
        ("满意度指标", "服务对象满意度指标", "教师满意度", "≥", "90", "%", "20"),
    )
    return _department(
        year, "121", "大竹县教育局", ("80000000", "200000", "6000000", None),
        ("一是提升教师的教学水平。",), (TrueTask("校舍安全", LOST),), rows,
    )  # fmt: skip


def _repairs(year: int, amount: int) -> TrueForm:
    """A project."""
    return TrueForm(
        kind="project",
        title="项目支出绩效目标批复表",
        year=year,
        unit_code="121",
        unit_name="大竹县教育局",
        columns=PROJECT_COLUMNS,
        funding=(amount + Decimal("1000.25"), Decimal(amount), None, Decimal("1000.25")),
        goals=("一是完成校舍的维修。",),
        tasks=(),
        indicators=(
            TrueIndicator("产出指标", "数量指标", "维修校舍面积", "=", "1200", "平方米", "60"),
            TrueIndicator("满意度指标", "服务对象满意度指标", "师生满意度", "≥", "95", "%", "30"),
        ),
        project_code=f"51172422T{year:012d}",
        project_name="校舍维修经费",
    )


def _water(year: int, at: int) -> TrueForm:
    rows: Rows = (
        ("产出指标", "数量指标", "巡查河道次数", "≥", ("48", "52", "60")[at], "次", "60"),
        ("满意度指标", "服务对象满意度指标", "群众满意度", "≥", "90", "%", "30"),
    )
    form = _department(
        year, "302", "尤溪县水利局", ("3500000", None, "12000000", "40000"),
        ("一是加强河道的巡查。",), (TrueTask("河道巡查", "每周巡查河道一次。"),), rows, "万元",
    )  # fmt: skip
    # The grand total is left blank, and is to be worked out; what is nothing is stated.
    zero = Decimal(0)
    _, basic, fiscal, _, _, project, *rest = form.funding
    return replace(form, funding=(None, basic, fiscal, zero, zero, project, rest[0], zero, rest[2]))

"""Forms of other counties' designs come back whole, however their rows are written."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

import pytest

from extract.api import extract_bytes
from tests.forms.counties import Table
from tests.forms.designs import DESIGNS
from tests.forms.make import in_wan_yuan, make_form
from tests.forms.truth import Limits
from tests.places import check_places
from tests.scoring import Score, score
from tests.shapes import write_cells, write_csv, write_pipes
from tests.test_breaks import WEIGHED

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


@pytest.mark.parametrize("cut", ["预\n算金额（万元）", "预算金额（万\n元）", "预算金额\n（万元）"])
def test_the_word_over_what_tasks_cost_may_be_cut(cut: str) -> None:
    text = COSTED.format(blank="0", sums="\t金额合计\t\t490\t460\t30\n")
    forms = [extract_bytes(one.encode()).forms for one in (text.replace("预算金额（万元）", cut), text)]
    broken, sound = [([t[:2] for t in one.tasks], [a[:3] for a in one.funding], one.amount_unit) for (one,) in forms]
    assert broken == sound


def test_tasks_with_amounts_and_no_sums_give_no_funding() -> None:
    (form,) = extract_bytes(COSTED.format(blank="", sums="").encode()).forms
    assert [task.content for task in form.tasks] == ["治理河道8.2公里", "新增治理面积15平方公里"]
    assert (form.funding, [finding.code for finding in form.findings]) == ((), ["funding_missing"])


WHOLE_DEPARTMENT = """部门（单位）整体绩效目标表
（2024年度）
部门（单位）名称\t云泽县交通运输局
年度履职目标\t目标1：加快农村公路建设。
年度主要任务\t任务名称\t主要内容
\t公路养护\t养护公路1560公里。
预算情况\t部门预算总额（万元）\t5680.50
\t1、资金来源：（1）政府预算资金\t5600.50
\t（2）财政专户管理资金\t80.00
\t2、资金结构：（1）基本支出\t2180.50
\t（2）项目支出\t3500.00
一级指标\t二级指标\t三级指标\t指标值\t指标值说明
{rows}"""
PLACED = """投入管理指标\t工作目标管理\t履职目标相关性\t相关\t是否与职责相关
\t\t工作任务科学性\t科学\t
\t预算和财务管理\t预算编制完整性\t完整\t
产出指标\t重点工作任务完成\t公路养护里程\t≥1560公里\t
效益指标\t履职效益\t出行条件\t明显改善\t
\t满意度\t群众满意度\t≥90%\t
"""


@pytest.mark.parametrize(
    "other",
    [
        {},
        {
            "投入管理指标": "决策",
            "工作目标管理": "计划制定",
            "预算和财务管理": "财务",
            "重点工作任务完成": "公路",
            "履职效益": "便民",
        },
    ],
)
def test_labels_that_nobody_knows_are_told_by_their_columns(other: Mapping[str, str]) -> None:
    rows = PLACED
    for word, instead in other.items():
        rows = rows.replace(word, instead)
    (form,) = extract_bytes(WHOLE_DEPARTMENT.format(rows=rows).encode()).forms
    expected = [
        ("投入管理指标", "工作目标管理", "履职目标相关性", "相关"),
        ("投入管理指标", "工作目标管理", "工作任务科学性", "科学"),
        ("投入管理指标", "预算和财务管理", "预算编制完整性", "完整"),
        ("产出指标", "重点工作任务完成", "公路养护里程", "1560"),
        ("效益指标", "履职效益", "出行条件", "明显改善"),
        ("效益指标", "满意度指标", "群众满意度", "90"),
    ]
    assert [(i.level1, i.level2, i.name, i.value) for i in form.indicators] == [
        (other.get(first, first), other.get(second, second), name, value) for first, second, name, value in expected
    ]
    codes = {"level_mismatch", *(("level2_unknown",) if other else ())}
    assert {finding.code for finding in form.findings} == codes


def test_a_departments_money_behind_its_tasks() -> None:
    (form,) = extract_bytes(WHOLE_DEPARTMENT.format(rows=PLACED).encode()).forms
    assert [(a.category, a.source, a.amount) for a in form.funding] == [
        ("total", "total", Decimal(56805000)),
        ("total", "fiscal", Decimal(56005000)),
        ("total", "special_account", Decimal(800000)),
        ("basic", "total", Decimal(21805000)),
        ("project", "total", Decimal(35000000)),
    ]
    assert [task.content for task in form.tasks] == ["养护公路1560公里。"]
    assert [goal.text for goal in form.goals] == ["目标1：加快农村公路建设。"]
    assert (form.amount_unit, form.funding_check) == ("万元", "holds")


def test_of_half_a_year_and_a_year_the_year_counts() -> None:
    text = """部门整体支出绩效目标表
2024年度
部门名称\t云泽县水务局
收入（万元）\t收入总额\t6210.80
其中：财政拨款\t6010.80
其他资金\t200.00
年度目标\t完成河道疏浚120公里。
一级指标\t二级指标\t三级指标\t半年（程）指标值\t全年（程）指标值
产出指标\t数量指标\t疏浚河道\t≥60公里\t≥120公里
满意度指标\t服务对象满意度指标\t群众满意度\t≥90%\t≥92%
"""
    (form,) = extract_bytes(text.encode()).forms
    assert [(i.name, i.value) for i in form.indicators] == [("疏浚河道", "120"), ("群众满意度", "92")]
    assert [(a.source, a.amount) for a in form.funding] == [
        ("total", Decimal(62108000)),
        ("fiscal", Decimal(60108000)),
        ("other", Decimal(2000000)),
    ]
    assert (form.unit_name, form.amount_unit, form.findings) == ("云泽县水务局", "万元", ())


LABELLED = """项目支出绩效目标申报表
（2024年度）
项目名称：消防救援经费
项目执行单位：[201]云泽县消防救援大队
{label}保障灭火救援工作。
一级指标\t二级指标\t指标内容\t指标值
产出指标\t数量指标\t出警次数\t≥600次
满意度指标\t满意度指标\t群众满意度\t≥90%
年度绩效目标2：加强消防设施建设。
一级指标\t二级指标\t指标内容\t指标值
产出指标\t数量指标\t新增消火栓\t≥30个
"""


@pytest.mark.parametrize(
    "label", ["年度绩效目标：", "年度绩效目标1：", "年度绩效目标1:  ", "年度绩效目标1\t", "年度绩效目标1：\n"]
)
def test_a_label_and_its_text_in_one_cell(label: str) -> None:
    extraction = extract_bytes(LABELLED.format(label=label).encode())
    (form,) = extraction.forms
    check_places(extraction)
    assert [goal.text for goal in form.goals] == ["保障灭火救援工作。", "加强消防设施建设。"]
    assert [i.name for i in form.indicators] == ["出警次数", "群众满意度", "新增消火栓"]
    assert (form.unit_code, form.unit_name) == ("201", "云泽县消防救援大队")
    assert [finding.code for finding in form.findings] == ["funding_missing"]


def test_tasks_in_columns_that_nobody_knows_are_doubted() -> None:
    text = COSTED.replace("任务名称\t主要内容\t预算", "职能职责\t主要内容\t对应项目\t预算").replace(
        "\t310\t", "\t专项\t310\t"
    )
    (form,) = extract_bytes(text.format(blank="", sums="").encode()).forms
    assert {finding.seq for finding in form.findings if finding.code == "task_columns"} == set(range(len(form.tasks)))


GROUPED = """2024年部门预算项目支出绩效目标表
部门名称：云泽县教育局\t单位：万元
单位名称\t项目名称\t年度预算资金\t\t\t年度绩效目标\t绩效指标\t\t\t
\t\t合计\t财政拨款\t其他资金\t\t一级指标\t二级指标\t三级指标\t指标值
云泽县教育局\t营养改善计划\t560\t500\t60\t保障学生营养餐。\t产出指标\t数量指标\t受益学生\t4200人
\t\t\t\t\t\t满意度指标\t服务对象满意度指标\t学生满意度\t≥90%
云泽县第一中学\t校舍维修\t80.5\t80.5\t\t维修校舍。\t产出指标\t数量指标\t维修面积\t≥1200平方米
"""


def test_a_wide_tables_header_of_two_rows() -> None:
    extraction = extract_bytes(GROUPED.encode())
    check_places(extraction)
    assert [(f.unit_name, f.project_name, [g.text for g in f.goals]) for f in extraction.forms] == [
        ("云泽县教育局", "营养改善计划", ["保障学生营养餐。"]),
        ("云泽县第一中学", "校舍维修", ["维修校舍。"]),
    ]
    assert [[(a.source, a.amount) for a in f.funding] for f in extraction.forms] == [
        [("total", Decimal(5600000)), ("fiscal", Decimal(5000000)), ("other", Decimal(600000))],
        [("total", Decimal(805000)), ("fiscal", Decimal(805000))],
    ]
    assert [[i.name for i in f.indicators] for f in extraction.forms] == [["受益学生", "学生满意度"], ["维修面积"]]
    assert [f.findings for f in extraction.forms] == [(), ()]


@pytest.mark.parametrize("label", ["年度绩效目标", "二、年度绩效目标", "二、部门整体支出绩效目标"])
def test_parts_of_a_form_may_be_counted(label: str) -> None:
    text = WEIGHED.replace("一级指标\t", f"{label}\t做好保洁。\n三、绩效指标\n一级指标\t", 1)
    (form,) = extract_bytes(text.encode()).forms
    assert [goal.text for goal in form.goals] == ["做好保洁。"]
    assert len(form.indicators) == 5
    assert [finding.code for finding in form.findings] == ["unit_name_missing", "funding_missing"]


def test_signs_stand_in_a_column_that_is_passed_over_elsewhere() -> None:
    text = WEIGHED.replace("\t性质\t", "\t指标值类型\t")
    (form,), (known,) = (extract_bytes(one.encode()).forms for one in (text, WEIGHED))
    assert [i[:-1] for i in form.indicators] == [i[:-1] for i in known.indicators]
    assert [finding.code for finding in form.findings] == [finding.code for finding in known.findings]


def test_money_of_a_region() -> None:
    head = """专项资金绩效目标申报表
（2024年度）
专项资金名称\t农村公路养护补助资金
资金情况（万元）\t年度金额：\t560
\t其中：省级补助\t400
\t地方资金\t160
"""
    (form,) = extract_bytes((head + WEIGHED[WEIGHED.index("一级") :]).encode()).forms
    assert form.project_name == "农村公路养护补助资金"
    assert {a.source: a.amount for a in form.funding} == {
        "total": Decimal(5600000),
        "provincial": Decimal(4000000),
        "local": Decimal(1600000),
    }
    assert form.funding_check == "holds"


def test_a_row_with_a_cell_for_each_column_tells_labels_that_nobody_knows_without_places() -> None:
    text = """部门整体支出绩效目标表
2024年度
部门名称\t云泽县水务局
一级指标\t二级指标\t三级指标\t指标值
决策\t计划制定\t工作计划健全性\t健全
过程\t预算执行\t预算执行率\t≥95%
公用经费控制率\t≤100%
履职\t河道治理\t疏浚河道\t≥120公里
"""
    (form,) = extract_bytes(text.encode()).forms
    assert [(i.level1, i.level2, i.name) for i in form.indicators] == [
        ("决策", "计划制定", "工作计划健全性"),
        ("过程", "预算执行", "预算执行率"),
        ("过程", "预算执行", "公用经费控制率"),
        ("履职", "河道治理", "疏浚河道"),
    ]
    assert {finding.seq for finding in form.findings if finding.code == "level2_unknown"} == {0, 1, 2, 3}


def test_a_label_within_the_text_of_its_section_is_text() -> None:
    text = WEIGHED.replace("一级指标\t", "总体目标\t总体目标：提升水质。\n年度目标：清理河道320公里。\n一级指标\t", 1)
    (form,) = extract_bytes(text.encode()).forms
    assert [goal.text for goal in form.goals] == ["总体目标：提升水质。", "年度目标：清理河道320公里。"]


def test_a_value_is_no_name_because_a_row_is_full() -> None:
    text = """项目支出绩效目标表
2024年度
一级指标\t二级指标\t三级指标\t指标值\t备注
产出指标\t数量指标\t巡查\t12次
断面达标\t质量合格\t≥95%\t年底\t见附件
效益指标\t社会效益指标\t满意\t≥90%
"""
    (form,) = extract_bytes(text.encode()).forms
    doubted = {finding.seq for finding in form.findings if finding.table == "indicators"}
    assert "≥95%" not in {i.name for i in form.indicators}
    assert 1 in doubted


def test_dots_with_a_value_are_a_doubtful_name() -> None:
    (form,) = extract_bytes(WEIGHED.replace("清理河段", "……").encode()).forms
    assert [i.name for i in form.indicators][1] == "……"
    assert "name_unlikely" in {finding.code for finding in form.findings}

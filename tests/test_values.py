"""What a value in one cell says: operator, number and unit, in the ways in which forms write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extract import extract_bytes

FORM = """\
项目支出绩效目标表
（2025年度）
单位：万元
项目名称	河道清淤整治	实施单位	清河县水务局
项目资金总额	120
年度目标	完成河道清淤12公里。
一级指标	二级指标	三级指标	指标值
产出指标	数量指标	清淤工作量	{0}
	质量指标	验收合格率	≥100%
"""


@pytest.mark.parametrize(
    ("text", "operator", "value", "unit"),
    [
        ("10台（套）", "=", "10", "台（套）"),
        ("≥10台(套)", "≥", "10", "台(套)"),
        ("12次（季度）", "=", "12", "次（季度）"),
        ("1,500元/人·年", "=", "1,500", "元/人·年"),
        ("2次/（人·年）", "=", "2", "次/（人·年）"),
        ("≥1次/3年", "≥", "1", "次/3年"),
        ("≥5m3", "≥", "5", "m3"),
        ("≥95（%）", "≥", "95", "%"),
        (">=5.00(次)", "≥", "5.00", "次"),
        ("≥20万m³", "≥", "20", "万m³"),
        ("≥95%（含）", "≥", "95", "%"),
        ("≥90%(含90%)", "≥", "90", "%"),
        ("95%以上（含95%）", "≥", "95", "%"),
        ("（≥）85%（含）以上", "≥", "85", "%"),
        ("≥95%；", "≥", "95", "%"),
        ("100%。", "=", "100", "%"),
        ("12个月内", "≤", "12", "个月"),
        ("3 个 以上", "≥", "3", "个"),
        ("≤12个月内", "≤", "12", "个月"),
        ("12场室内", "=", "12", "场室内"),
        ("≥95%国内", "≥", "95", "%国内"),
        ("5%左右", "定性", "5%左右", None),
        ("100余人", "定性", "100余人", None),
        ("100%（全覆盖）", "定性", "100%（全覆盖）", None),
        ("10-15个", "定性", "10-15个", None),
    ],
)
def test_operator_number_and_unit_of_a_value(text: str, operator: str, value: str, unit: str | None) -> None:
    (form,) = extract_bytes(FORM.format(text).encode(), source_path="a.txt").forms
    one = form.indicators[0]
    number = Decimal(value.replace(",", "")) if operator != "定性" else None
    assert (one.operator, one.value, one.unit, one.value_number) == (operator, value, unit, number)
    assert [finding.code for finding in form.findings] == []


@pytest.mark.parametrize(
    ("text", "operator", "value"),
    [
        ("≥1/2", "≥", "1/2"),
        ("≥10个且≤15个", "≥", "10个且≤15个"),
        ("≥100余人", "≥", "100余人"),
        ("≥5天以内", "≥", "5天以内"),
    ],
)
def test_a_number_that_is_no_limit_by_itself_is_doubted(text: str, operator: str, value: str) -> None:
    (form,) = extract_bytes(FORM.format(text).encode(), source_path="a.txt").forms
    one = form.indicators[0]
    assert (one.operator, one.value, one.unit, one.value_number) == (operator, value, None, None)
    assert [(finding.code, finding.seq) for finding in form.findings] == [("operator_without_number", 0)]


def test_what_was_cut_has_no_blank_before_the_mark() -> None:
    tasks = "年度主要任务\t任务名称\t主要内容\n\t法律援助\t办好案\u3000…\n\t普法\t开展宣传活动\n年度目标"
    (form,) = extract_bytes(FORM.format("3次").replace("年度目标", tasks).encode(), source_path="a.txt").forms
    assert [(task.content, task.content_truncated) for task in form.tasks] == [
        ("办好案", True),
        ("开展宣传活动", False),
    ]

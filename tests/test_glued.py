"""Forms whose cells ran together come back: what their text tells is read right, and what it does not has a finding."""

from __future__ import annotations

from collections import Counter

import pytest

from extract.api import extract_bytes
from extract.interpret.glued_figures import by_cents
from extract.model import Form
from tests.glued import ORDERS, SAMPLES, WRITERS, samples, written
from tests.places import check_places
from tests.scoring import Score, loud, score

SHOWN = 12
# In these, a value ends its row, and nothing parts it from the next name; or the names of tasks from their contents.
OPEN_ORDERS = {"target", "weight-first"}


def scored(family: str, order: str, kind: str, seeds: range, money: str = "") -> Score:
    result = Score()
    for seed in seeds:
        source, record = written(seed, family, order, kind, money)
        extraction = extract_bytes(source.encode(), source_path="a")
        check_places(extraction)
        score(result, [{"file": str(seed), "family": family} | record], extraction)
    return result


@pytest.mark.parametrize("order", sorted(ORDERS))
@pytest.mark.parametrize("family", sorted(WRITERS))
def test_project_forms_come_back(family: str, order: str) -> None:
    result = scored(family, order, "project", range(100, 104))
    assert not result.silent, "\n".join(map(str, result.silent[:SHOWN]))
    share = sum(result.right.values()) / sum(result.all.values())
    assert share == 1.0 or (order in OPEN_ORDERS and share > 0.9), "\n".join(map(str, result.wrong[:SHOWN]))


@pytest.mark.parametrize("order", ["portal", "weighted", "weight-first"])
@pytest.mark.parametrize("family", sorted(WRITERS))
def test_department_forms_come_back(family: str, order: str) -> None:
    result = scored(family, order, "department", range(200, 203))
    assert not result.silent, "\n".join(map(str, result.silent[:SHOWN]))
    assert sum(result.right.values()) / sum(result.all.values()) > 0.97


@pytest.mark.parametrize("money", ["parts", "units"])
@pytest.mark.parametrize("family", sorted(WRITERS))
def test_parts_of_sources_and_amounts_with_units_come_back(family: str, money: str) -> None:
    result = scored(family, "weighted", "project", range(400, 404), money)
    assert not result.silent, "\n".join(map(str, result.silent[:SHOWN]))
    assert not result.wrong and not result.spurious, "\n".join(map(str, [*result.wrong, *result.spurious][:SHOWN]))


@pytest.mark.parametrize("order", ["portal", "weighted", "selfeval"])
def test_sound_forms_raise_no_alarm(order: str) -> None:
    for family in ("glued-whole", "glued-rows", "glued-table"):
        result = scored(family, order, "project", range(300, 304))
        assert not result.alarms, "\n".join(result.alarms[:SHOWN])


def read(text: str) -> Form:
    extraction = extract_bytes(text.encode(), source_path="a")
    check_places(extraction)
    assert len(extraction.forms) == 1, extraction.failure
    return extraction.forms[0]


def form_of(
    rows: str, header: str = "一级指标二级指标三级指标指标值分值", money: str = "年度资金总额:100.00其中:财政拨款100.00"
) -> Form:
    return read(
        f"项目支出绩效目标申报表(2024年度)项目名称古树名木养护经费主管部门云和县林业局实施单位云和县林业局项目资金(万元){money}"
        f"年度总体目标养护古树。年度绩效指标{header}{rows}"
    )


def indicators(form: Form) -> list[tuple[object, ...]]:
    return [
        (i.level1, i.level2, i.name, i.operator, i.value, i.unit, i.weight and str(i.weight)) for i in form.indicators
    ]


def test_a_form_in_one_line() -> None:
    form = form_of(
        "产出指标数量指标养护古树≥120株40质量指标成活率≥95%20效益指标生态效益指标水土流失面积≤3亩30满意度指标服务对象满意度指标群众满意度≥90%10"
    )
    assert form.title == "项目支出绩效目标申报表"
    assert (form.fiscal_year, form.project_name) == (2024, "古树名木养护经费")
    assert (form.supervising_unit, form.unit_name) == ("云和县林业局", "云和县林业局")
    assert [(a.source, str(a.amount)) for a in form.funding] == [("total", "1000000.00"), ("fiscal", "1000000.00")]
    assert [goal.text for goal in form.goals] == ["养护古树。"]
    assert indicators(form) == [
        ("产出指标", "数量指标", "养护古树", "≥", "120", "株", "40"),
        ("产出指标", "质量指标", "成活率", "≥", "95", "%", "20"),
        ("效益指标", "生态效益指标", "水土流失面积", "≤", "3", "亩", "30"),
        ("满意度指标", "服务对象满意度指标", "群众满意度", "≥", "90", "%", "10"),
    ]
    assert not loud(form.findings)


def test_weights_choose_between_cuts() -> None:
    """1224小时 is 12 and 24小时, or 1 and 224小时: the weights sum to 100 in one way only."""
    form = form_of(
        "产出指标数量指标值守班次≥60班1224小时响应率≥95%38效益指标社会效益指标投诉量≤3件40满意度指标服务对象满意度指标群众满意度≥90%10"
    )
    assert [(i.name, str(i.weight)) for i in form.indicators][:2] == [("值守班次", "12"), ("24小时响应率", "38")]


def test_a_score_of_the_first_level_counts() -> None:
    form = form_of(
        "产出指标(70分)数量指标值守班次≥60班3024小时响应率≥95%40满意度指标(30分)服务对象满意度指标群众满意度≥90%30"
    )
    assert [(i.name, str(i.weight)) for i in form.indicators][:2] == [("值守班次", "30"), ("24小时响应率", "40")]


def test_words_after_words_are_a_guess() -> None:
    form = form_of("产出指标质量指标经费支出合规性严格执行制度规定50满意度指标服务对象满意度指标群众满意度≥90%50")
    assert {f.seq for f in form.findings if f.code == "cut_guessed" and f.table == "indicators"} == {0}


def test_what_came_of_it_is_no_target() -> None:
    form = form_of(
        "产出指标数量指标养护古树40≥120株≥120株40质量指标成活率50≥95%93%48满意度指标服务对象满意度指标群众满意度10≥90%≥90%10总分10098",
        "一级指标二级指标三级指标分值年度指标值实际完成值得分",
        "全年预算数全年执行数分值执行率得分年度资金总额:202010100.00%10其中:本年财政拨款2020其他资金",
    )
    assert [(str(i.weight), i.value, i.achieved, str(i.score)) for i in form.indicators] == [
        ("40", "120", "≥120株", "40"),
        ("50", "95", "93%", "48"),
        ("10", "90", "≥90%", "10"),
    ]
    assert [(a.source, str(a.amount)) for a in form.funding] == [("total", "200000.00"), ("fiscal", "200000.00")]
    assert not loud(form.findings)


def test_amounts_that_nothing_parts_are_doubted() -> None:
    """1234 and 5678 may be one amount or several; no sum tells."""
    form = form_of(
        "产出指标数量指标养护古树≥120株90满意度指标服务对象满意度指标群众满意度≥90%10",
        money="年度资金总额财政拨款其他资金12345678",
    )
    assert Counter(f.code for f in form.findings if f.table == "funding")["cut_guessed"] == 1


def test_an_amount_belongs_to_the_last_word_before_it() -> None:
    """Sources whose amounts are blank stand before the one that has one."""
    form = form_of(
        "产出指标数量指标养护古树≥120株90满意度指标服务对象满意度指标群众满意度≥90%10",
        money="年度资金总额:8.50其中:本年财政拨款上年结转资金其他资金8.50",
    )
    assert [(a.source, str(a.amount)) for a in form.funding] == [("total", "85000.00"), ("other", "85000.00")]
    assert not loud(form.findings)


def test_a_number_takes_its_unit_before_a_name_takes_it() -> None:
    header = "一级指标二级指标三级指标指标值"
    form = form_of("产出指标数量指标巡查设备>29台套新增站点≥5处满意度指标服务对象满意度指标群众满意度≥90%", header)
    assert [(i.name, i.value, i.unit) for i in form.indicators][:2] == [
        ("巡查设备", "29", "台套"),
        ("新增站点", "5", "处"),
    ]


def test_a_grade_within_a_name_is_doubted() -> None:
    """户均增收长期 may be a name with its value, and what follows the next name."""
    header = "一级指标二级指标三级指标指标值"
    form = form_of("效益指标经济效益指标户均增收长期拉动消费≥5万元满意度指标服务对象满意度指标群众满意度≥90%", header)
    assert 0 in {f.seq for f in form.findings if f.code == "cut_guessed" and f.table == "indicators"}


def test_an_unknown_label_in_a_value_is_doubted() -> None:
    form = read(
        "项目支出绩效目标申报表(2024年度)项目名称养护经费立项责任人及联系人张某实施单位云和县林业局项目资金(万元)年度资金总额:1.00其中:财政拨款1.00"
        "年度总体目标养护古树。年度绩效指标一级指标二级指标三级指标指标值分值产出指标数量指标养护古树≥120株90满意度指标服务对象满意度指标群众满意度≥90%10"
    )
    assert ("documents", "project_name") in {(f.table, f.field) for f in form.findings if f.code == "cut_guessed"}


def test_two_forms_each_in_a_line() -> None:
    one = "项目支出绩效目标申报表(2024年度)项目名称{}实施单位云和县林业局项目资金(万元)年度资金总额:1.00其中:财政拨款1.00年度总体目标养护古树。一级指标二级指标三级指标指标值分值产出指标数量指标养护古树≥120株90满意度指标服务对象满意度指标群众满意度≥90%10"
    extraction = extract_bytes(f"{one.format('养护经费')}\n{one.format('巡查经费')}\n".encode(), source_path="a")
    assert [form.project_name for form in extraction.forms] == ["养护经费", "巡查经费"]
    assert [len(form.indicators) for form in extraction.forms] == [2, 2]


LINE = (
    "项目支出绩效目标申报表(2024年度)项目名称养护经费主管部门云和县林业局实施单位云和县图书馆项目资金(万元)年度资金总额:1.00其中:财政拨款1.00"
    "年度总体目标养护古树。年度绩效指标一级指标二级指标三级指标指标值分值产出指标数量指标养护古树≥120株90满意度指标服务对象满意度指标群众满意度≥90%10"
)


@pytest.mark.parametrize("above", ["各预算单位：\n", "关于下达部门预算绩效目标的通知\n（盖章有效）\n", "附件1\n"])
def test_what_stands_above_the_title_is_none_of_the_form(above: str) -> None:
    form = read(above + LINE)
    assert (form.title, form.project_name, form.unit_name, len(form.funding)) == (
        "项目支出绩效目标申报表",
        "养护经费",
        "云和县图书馆",
        2,
    )
    assert not loud(form.findings)


def test_places_are_exact_where_signs_are_entities() -> None:
    """In a line of any length: each cell stands where its own characters are."""
    line = LINE.replace("≥", "&ge;").replace("养护古树。", "养护古树\u200b，清理杂草，修剪枯枝。" * 12)
    form = read(line)
    place = form.indicators[1].places["name"]
    assert line[place.start : place.end] == "群众满意度"
    assert [(i.operator, i.value, i.unit) for i in form.indicators] == [("≥", "120", "株"), ("≥", "90", "%")]


def test_no_break_spaces_around_a_value_are_none_of_it() -> None:
    form = read(LINE.replace("养护经费", "\u00a0养护经费\u00a0"))
    assert form.project_name == "养护经费"


def test_a_short_word_for_what_came_of_it_is_no_end_of_a_target() -> None:
    form = form_of(
        "产出指标数量指标古树养护状况定性强中弱已完成5050满意度指标服务对象满意度指标群众满意度≥90%90%5050",
        "一级指标二级指标三级指标指标性质指标值度量单位实际完成值分值得分",
    )
    assert (form.indicators[0].value, form.indicators[0].achieved) == ("强中弱", "已完成")


def test_samples_are_as_they_are_written() -> None:
    for name, text, _ in samples():
        assert (SAMPLES / name).read_bytes() == text.encode(), name


@pytest.mark.parametrize("run", ["11111.112222.33", "1,234.5678.90", "0.120.34"])
def test_a_run_of_amounts_is_cut_alike_whatever_stands_before_it(run: str) -> None:
    alone, behind = by_cents(run, 0, len(run)), by_cents(f"2024{run}", 4, 4 + len(run))
    assert alone is not None
    assert behind is not None
    assert [piece.amount for piece in behind.ways[0][1]] == [piece.amount for piece in alone.ways[0][1]]
    assert [(piece.start - 4, piece.end - 4) for piece in behind.ways[0][1]] == [
        (piece.start, piece.end) for piece in alone.ways[0][1]
    ]

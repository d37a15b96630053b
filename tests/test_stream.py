"""Texts without cell boundaries: words from pieces, rows from a stream, and what it leaves open."""

from __future__ import annotations

import re

import pytest

from extract import extract_bytes
from extract.interpret.sections import Scanner
from extract.interpret.stream_head import head
from extract.interpret.stream_levels import placed
from extract.interpret.stream_spans import Named, Printed
from extract.interpret.stream_tasks import Line, tasks
from extract.interpret.stream_tokens import is_spaced, line_cell, tokens
from extract.interpret.stream_words import Lexicon, words
from extract.model import Cell, Form
from extract.profiles import default

VOCABULARY = default().general.vocabulary
HEAD = "项目支出绩效目标表\n预算年度:2023\n项目名称\n路灯亮化经费\n实施单位\n云和县图书馆\n项目资金（元）\n年度资金总额：\n300.00\n其中：财政拨款\n300.00\n年度总体目标\n办好路灯亮化。\n"
COLUMNS = "年度绩效指标\n一级指标\n二级指标\n三级指标\n指标性质\n指标值\n度量单位\n权重\n"
ROWS = "产出指标\n数量指标\n路灯点位\n≥\n30\n盏\n40\n质量指标\n路灯完好率\n≥\n95\n%\n30\n效益指标\n社会效益指标\n夜间出行方便程度\n定性\n明显增强\n20\n"


def form_of(text: str) -> Form:
    (form,) = extract_bytes(text.encode()).forms
    return form


def found(*lines: str) -> list[str]:
    return [word.text for word in words(tokens(lines, 1), Lexicon(VOCABULARY))]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("总", "体", "目", "标"), ["总体目标"]),
        (("服务对象满", "意度指标"), ["服务对象满意度指标"]),
        (("效益指 社会效益指", "标", "标"), ["效益指标", "社会效益指标"]),
        (("绩效指标 绩效指", "性质", "标值"), ["绩效指标性质", "绩效指标值"]),
        (("产出指标", "（50", "分）"), ["产出指标(50分)"]),
        (("霍山县文物管理所", "部门", "年度总体目标"), ["年度总体目标"]),
        (("路灯点位",), []),
    ],
)
def test_words_from_pieces(lines: tuple[str, ...], expected: list[str]) -> None:
    assert found(*lines) == expected


def test_blanks_that_a_tool_set_are_no_text() -> None:
    lines = ["在 2024 年 10 月以前，约 30 人", "共 3 处"]
    assert is_spaced(lines)
    assert line_cell(tokens(lines[:1], 1), spaced=True).text == "在2024年10月以前，约30人"
    assert not is_spaced(["在2024年10月以前", "共 3处，约40人"])


def test_one_cell_a_line() -> None:
    form = form_of(HEAD + COLUMNS + ROWS)
    assert [(i.level1, i.level2, i.name, i.operator, i.value, i.unit, str(i.weight)) for i in form.indicators] == [
        ("产出指标", "数量指标", "路灯点位", "≥", "30", "盏", "40"),
        ("产出指标", "质量指标", "路灯完好率", "≥", "95", "%", "30"),
        ("效益指标", "社会效益指标", "夜间出行方便程度", "定性", "明显增强", None, "20"),
    ]
    assert (form.unit_name, form.project_name, form.amount_unit) == ("云和县图书馆", "路灯亮化经费", "元")
    assert [f for f in form.findings if f.code != "profile_general"] == []


def test_columns_one_after_the_other() -> None:
    columns = "路灯点位\n路灯完好率\n夜间出行方便程度\n≥\n≥\n定性\n30\n95\n明显增强\n盏\n%\n40\n30\n20\n"
    labels = "产出指标\n数量指标\n质量指标\n效益指标\n社会效益指标\n"
    form = form_of(HEAD + COLUMNS + labels + columns)
    assert [(i.level2, i.name, i.operator, i.value, i.unit, str(i.weight)) for i in form.indicators] == [
        ("数量指标", "路灯点位", "≥", "30", "盏", "40"),
        ("质量指标", "路灯完好率", "≥", "95", "%", "30"),
        ("社会效益指标", "夜间出行方便程度", "定性", "明显增强", None, "20"),
    ]


def cell(text: str) -> Cell:
    return Cell(text, 1, 0, len(text), 0)


def printed(text: str, start: int) -> Printed:
    label = VOCABULARY.label(text)
    assert label is not None
    return Printed(cell(text), label, start, start)


def test_a_label_in_the_middle_of_its_rows_leaves_its_span_open() -> None:
    labels = [printed("产出指标", 0), printed("数量指标", 11), printed("质量指标", 31)]
    rows = [Named(f"第{i}项", 2 + 10 * i, 8 + 10 * i) for i in range(4)]
    levels = placed(labels, rows, VOCABULARY, jumping=True, solid=False)
    assert [p.second.cell.text for p in levels if p.second] == ["数量指标", "数量指标", "质量指标", "质量指标"]
    assert [p.other_second is not None for p in levels] == [False, False, True, False]


def test_a_long_table_one_cell_a_line() -> None:
    more = "".join(f"第{n}段路灯点位\n≥\n{n}\n盏\n0.1\n" for n in range(1, 101))
    form = form_of(
        HEAD + COLUMNS + "产出指标\n数量指标\n" + more + ROWS.partition("质量指标")[2].join(["质量指标", ""])
    )
    assert len(form.indicators) == 102
    assert [(i.name, i.value) for i in form.indicators[98:101]] == [
        ("第99段路灯点位", "99"),
        ("第100段路灯点位", "100"),
        ("路灯完好率", "95"),
    ]
    assert {i.level2 for i in form.indicators[:100]} == {"数量指标"}


def test_a_total_of_nothing_known_among_categories_is_doubted() -> None:
    """县级总额 in two lines is a source and a total of its own: nothing says whose."""
    head = HEAD.replace("项目支出绩效目标表", "部门整体支出绩效目标批复表").replace("项目名称\n路灯亮化经费\n", "")
    money = "总体资金情况（元）\n县级\n总额\n基本支出\n项目支出\n300.00\n100.00\n200.00\n"
    form = form_of(head[: head.index("项目资金")] + money + head[head.index("年度总体目标") :] + COLUMNS + ROWS)
    assert {f.code for f in form.findings if f.table == "funding"} >= {"layout_uneven", "funding_columns"}


def spans(labels: list[Printed], rows: list[Named], *, centred: bool = False) -> list[str]:
    levels = placed(labels, rows, VOCABULARY, jumping=True, solid=False, centred=centred)
    return [p.second.cell.text.removesuffix("指标") for p in levels if p.second]


def named(count: int, **more: int) -> list[Named]:
    return [Named(f"第{i}项", 2 + 10 * i, 8 + 10 * i, **more) for i in range(count)]


def test_a_label_before_a_name_is_of_that_row_and_one_apart_is_of_more() -> None:
    """What is level with a row comes with it; what stands between two rows comes behind all, or before them."""
    labels = [
        printed("产出指标", 60),
        printed("数量指标", 1)._replace(row=0),
        printed("质量指标", 61),
        printed("时效指标", 31)._replace(row=3),
        printed("成本指标", 62),
    ]
    assert spans(labels, named(6)) == ["数量", "质量", "质量", "时效", "成本", "成本"]


def test_labels_that_follow_each_other_are_close_unless_a_blank_line_parts_them() -> None:
    rows = named(5)
    labels = [printed("产出指标", 60), printed("数量指标", 61), printed("质量指标", 62), printed("时效指标", 63)]
    near = [label._replace(blocks=(9, 9)) for label in labels]
    far = [label._replace(blocks=(at, at)) for at, label in enumerate(near)]
    assert spans([near[0], near[1], near[2], far[3]], rows) == ["数量", "质量", "质量", "时效", "时效"]
    assert spans([near[0], far[1], near[2]._replace(blocks=(9, 3)), far[3]], rows)[:2] == ["数量", "数量"]


def test_a_label_has_rows_on_its_page() -> None:
    rows = [row._replace(page=int(at > 1)) for at, row in enumerate(named(4))]
    labels = [printed("产出指标", 0), printed("数量指标", 1), printed("质量指标", 21)._replace(page=1)]
    assert spans(labels, rows) == ["数量", "数量", "质量", "质量"]


def test_a_label_over_all_rows_among_them_tells_that_labels_are_in_the_middle() -> None:
    labels = [
        printed("产出指标", 0),
        printed("数量指标", 1)._replace(row=0),
        printed("质量指标", 21)._replace(row=2),
    ]
    rows = named(4)
    assert spans(labels, rows, centred=True) == ["数量", "质量", "质量", "质量"]
    assert spans(labels, rows)[1] == "数量"


PARTED = (
    "年度绩效指标\n\n一级指标\n\n产出指标\n\n效益指标\n满意度指标\n\n二级指标\n\n三级指标\n\n指标性质\n\n指标值\n\n度量单位\n\n权重\n\n"
    "数量指标\n\n路灯点位\n\n≥\n\n30\n\n盏\n\n30\n\n时效指标\n\n完工所需时间\n\n≤\n\n98.8\n\n工作日\n\n11\n\n"
    "路灯完好情况\n\n定性\n\n好中差\n\n≥\n\n43\n\n定性\n\n稳步提高\n\n节约用电\n\n≥\n\n85.4\n\n"
    "可持续影响\n指标\n\n路灯管护制度\n\n定性\n\n优中差\n\n服务对象满\n意度指标\n\n夜间出行群众好评率\n\n≥\n\n80.2\n\n"
    "减少路面扬尘\n生态效益指\n减少夜间事故（含摩托车和行人\n标\n的部分）\n\n"
    "1\n平方米\n\n2\n38\n\n千瓦时\n\n9\n3\n\n%\n\n6\n"
)


def test_what_goes_on_behind_all_names_by_rows() -> None:
    """Units and weights of rows that lack a cell come behind the names, row by row; no value becomes a weight."""
    form = form_of(HEAD + PARTED)
    assert [(i.name, i.operator, i.value, i.unit, str(i.weight)) for i in form.indicators] == [
        ("路灯点位", "≥", "30", "盏", "30"),
        ("完工所需时间", "≤", "98.8", "工作日", "11"),
        ("路灯完好情况", "定性", "好中差", None, "1"),
        ("减少路面扬尘", "≥", "43", "平方米", "2"),
        ("减少夜间事故（含摩托车和行人的部分）", "定性", "稳步提高", None, "38"),
        ("节约用电", "≥", "85.4", "千瓦时", "9"),
        ("路灯管护制度", "定性", "优中差", None, "3"),
        ("夜间出行群众好评率", "≥", "80.2", "%", "6"),
    ]


def test_a_code_behind_what_it_names() -> None:
    """Figures and characters of a cell in two lines: the tool has them the wrong way round."""
    form = form_of(HEAD.replace("路灯亮化经费\n", "路灯亮化经费\n511723T000000123456-\n") + COLUMNS + ROWS)
    assert (form.project_code, form.project_name) == ("511723T000000123456", "路灯亮化经费")
    assert [goal.text for goal in form.goals] == ["办好路灯亮化。"]


@pytest.mark.parametrize(("parted", "expected"), [(True, {"unit_name", "unit_code", None}), (False, set())])
def test_a_label_that_is_left_without_a_value_is_doubted(parted: bool, expected: set[str | None]) -> None:
    """Where blank lines part the stream, the value may stand among the goals."""
    words = default().general.vocabulary
    _, doubts = head([(cell("实施单位"), None)], Scanner(words), parted=parted)
    assert {doubt.field for doubt in doubts} == expected


def task_lines(*texts: str, parted: bool) -> list[Line]:
    return [Line((cell(text),), cell(text), block if parted else 0) for block, text in enumerate(texts)]


def test_tasks_that_hardly_fit_are_doubted() -> None:
    """Contents without names, in a stream whose cells may stand in any order."""
    lone = ("办好路灯亮化。", "办好夜间巡查。")
    assert all(task.close for task in tasks(task_lines(*lone, parted=True)))
    assert not any(task.close for task in tasks(task_lines("路灯亮化", *lone[:1], parted=True)))


TWO_TABLES = """\
项目支出绩效目标表
（2024年度）
项目名称
农村公路养护
主管部门
汉阴县交通运输局
资金总额（万元）
500
年度目标
养护农村公路500公里。
一级指标
二级指标
三级指标
指标值
二级指标
三级指标
指标值
产出指标
数量指标
养护里程
≥1500公里
数量指标
养护里程
≥500公里
质量指标
优良路率
≥85%
质量指标
优良路率
≥85%
"""


def test_two_tables_side_by_side_are_told_of() -> None:
    """One cell a line, nothing tells the year's from the term's."""
    (form,) = extract_bytes(TWO_TABLES.encode(), source_path="a.txt").forms
    assert [(one.table, one.seq) for one in form.findings if one.code == "tables_beside"] == [(None, None)]
    once = TWO_TABLES.replace("二级指标\n三级指标\n指标值\n二级指标", "二级指标")
    (form,) = extract_bytes(once.encode(), source_path="a.txt").forms
    assert "tables_beside" not in [one.code for one in form.findings]


@pytest.mark.parametrize("way", ["one", "all"])
def test_what_shows_nothing_separates_no_words(way: str) -> None:
    words_of = re.compile(r"(?<=[一-龥])(?=[一-龥])")
    lines = (HEAD + COLUMNS + ROWS).splitlines()
    sound = form_of("\n".join(lines))
    for at in range(len(lines)) if way == "one" else [0]:
        spoiled = [words_of.sub("\u200b", line) if way == "all" or at == n else line for n, line in enumerate(lines)]
        form = form_of("\n".join(spoiled))
        assert form.title == sound.title
        assert form.project_name == sound.project_name
        assert [goal.text for goal in form.goals] == [goal.text for goal in sound.goals]
        assert [(one.category, one.source, one.amount) for one in form.funding] == [
            (one.category, one.source, one.amount) for one in sound.funding
        ]
        assert [(one.level1, one.level2, one.name, one.value, one.unit) for one in form.indicators] == [
            (one.level1, one.level2, one.name, one.value, one.unit) for one in sound.indicators
        ]
        assert form.findings == sound.findings

"""Texts without cell boundaries: words from pieces, rows from a stream, and what it leaves open."""

from __future__ import annotations

import pytest

from extract import extract_bytes
from extract.interpret.sections import Scanner
from extract.interpret.stream_head import head
from extract.interpret.stream_levels import Named, Printed, placed
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

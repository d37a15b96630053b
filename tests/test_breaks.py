"""Rows and printed words that line breaks within cells cut, in tables with pipes; lines behind a table."""

from __future__ import annotations

import pytest

from extract.api import extract_bytes
from extract.model import Form
from extract.readers import shapes
from tests.places import check_places
from tests.test_shapes import texts

HEAD = """部门整体支出绩效目标批复表

预算年度:2024

预算单位名称：101-某局

总体资金情况（元）| 预算支出总额| 基本支出| 项目支出··
---|---|---|---··
合计| 财政拨款| 专户资金| 单位资金| 合计| 财政拨款| 专户资金| 单位资金··
300.00| 100.00| 100.00| | | 200.00| 200.00| | ··
整体绩效目标| 建成高标准农田。··
""".replace("··", "  ")
INDICATORS = """一级指标| 二级指标| 三级指标| 绩效指标性质| 绩效指标值| 绩效度量单位| 权重··
产出指标| 数量··
指标| 新增站点| ≥| 86| 个| 50··
质量指标| 资料··
完整率| ≥| 95| %| 30··
满意度指标| 服务对象满意度指标| 群众··
好评率| ≥| 90| %| 20··
""".replace("··", "  ")


def read(source: str) -> Form:
    extraction = extract_bytes(source.encode())
    check_places(extraction)
    (form,) = extraction.forms
    return form


def test_indicators_broken_within_cells() -> None:
    form = read(HEAD + "年度绩  \n效指标  \n" + INDICATORS + "其他  \n说明| 无附件。  \n")
    assert [(i.level1, i.level2, i.name, i.value, i.unit, str(i.weight)) for i in form.indicators] == [
        ("产出指标", "数量指标", "新增站点", "86", "个", "50"),
        ("产出指标", "质量指标", "资料完整率", "95", "%", "30"),
        ("满意度指标", "服务对象满意度指标", "群众好评率", "90", "%", "20"),
    ]
    assert form.other_notes == "无附件。"
    assert [goal.text for goal in form.goals] == ["建成高标准农田。"]


def test_a_broken_section_label_ends_the_goals() -> None:
    form = read(HEAD + "年度主  \n要任务| 任务名称| 主要内容  \n修渠| 修渠十公里。  \n年度绩效指标  \n" + INDICATORS)
    assert [goal.text for goal in form.goals] == ["建成高标准农田。"]
    assert [(task.name, task.content) for task in form.tasks] == [("修渠", "修渠十公里。")]


def test_a_broken_name_of_a_task() -> None:
    """Where the content above has ended, a piece of a line begins the next name; else it goes on with the content."""
    tasks = (
        "年度主要任务| 任务名称| 主要内容··\n修渠| 修渠十公里。··\n植··\n树| 植树百亩··\n并管护。··\n年度绩效指标··\n"
    )
    form = read(HEAD + tasks.replace("··", "  ") + INDICATORS)
    assert [(task.name, task.content) for task in form.tasks] == [
        ("修渠", "修渠十公里。"),
        ("植树", "植树百亩并管护。"),
    ]


def test_two_broken_words_of_the_header_of_funding() -> None:
    broken = HEAD.replace("财政拨款|", "财政  \n拨款|", 1).replace("| 单位资金  \n", "| 单位  \n资金  \n")
    found, want = (read(head + INDICATORS) for head in (broken, HEAD))
    assert [a[:3] for a in found.funding] == [a[:3] for a in want.funding]
    assert len(found.findings) == len(want.findings)


def test_broken_words_of_the_header_of_funding() -> None:
    broken = HEAD.replace("基本支出|", "基本  \n支出|")
    assert [(a.category, a.source, str(a.amount)) for a in read(broken + INDICATORS).funding] == [
        ("total", "total", "300.00"),
        ("basic", "total", "100.00"),
        ("basic", "fiscal", "100.00"),
        ("project", "total", "200.00"),
        ("project", "fiscal", "200.00"),
    ]


def test_lines_behind_a_table_are_no_indicators() -> None:
    form = read(HEAD + "年度绩效指标  \n" + INDICATORS + "\n抄送：县审计局。\n\n[下一篇](https://example.org/1)\n")
    assert [i.name for i in form.indicators] == ["新增站点", "资料完整率", "群众好评率"]
    assert form.findings == read(HEAD + "年度绩效指标  \n" + INDICATORS).findings


def test_closed_pieces_of_a_row() -> None:
    """A table padded to one width, in which each line is closed whatever it holds."""
    rows = ["| 一 | 二 | 三 | 四 |", "|----|----|----|----|", *["| a | b | c | d |"] * 3]
    source = "\n".join([*rows, "| 名 | 年度 |", "| 指标值 | 度量 |", "| 单位 | 分值 |", "| e | f | g | h |"])
    assert [texts(row) for row in shapes.read(source).rows[4:]] == [
        {0: "名", 1: "年度指标值", 2: "度量单位", 3: "分值"},
        {0: "e", 1: "f", 2: "g", 3: "h"},
    ]


def test_markdown_within_cells_of_html() -> None:
    """A blank line behind the tag says that Markdown follows; HTML has no marks."""
    source = "# 标题\n\n<table>\n<tr>\n<td>\n\n**甲**\n\n</td>\n<td>**乙**</td>\n</tr>\n</table>\n"
    assert [texts(row) for row in shapes.read(source).rows] == [{0: "标题"}, {0: "甲", 1: "**乙**"}]


def test_a_ruled_table_within_one_that_lays_out_the_page() -> None:
    inner = ["+----+----+", "| 甲 | 乙 |", "+----+----+", "| 丙 | 丁 |", "+----+----+"]
    border = "+------+-------------+"
    source = "\n".join([border, "| 左栏 | 位置        |", border, *(f"|      | {line} |" for line in inner), border])
    grid = shapes.read(source)
    assert [texts(row) for row in grid.rows] == [{0: "左栏"}, {0: "位置"}, {0: "甲", 1: "乙"}, {0: "丙", 1: "丁"}]
    for row in grid.rows:
        for cell in row.cells:
            assert grid.lines[cell.line - 1][cell.start : cell.end] == cell.text


def test_a_broken_table_within_another_gives_nothing() -> None:
    border = "+----------+----------+"
    inner = ["+---+---", "+---+---+", "| 总 | 预", " | 算 |", "+---+---", "+---+---+"]
    source = "\n".join([border, "| 左       | 右       |", border, *(f"|          | {i:<8} |" for i in inner), border])
    assert shapes.read(source).rows == []


BLANKS = """部门整体支出绩效目标批复表
预算年度:2024
预算（单位）名称：115-青石县水利局部门
总体资金情况（元） 预算支出总额 基本支出 项目支出
合计 财政拨款 专户资金 单位资金 合计 财政拨款 专户资金 单位资金
300.00 100.00 100.00 0.00 0.00 200.00 200.00 0.00 0.00
整体绩效目标 一是完成干渠清淤。
二是做到应修尽修。
部门整体支出年度绩效
指标 一级指标 二级指标 三级指标 绩效指标性质 绩效指标值 绩效度量单位 权重
产出指标 数量指标 清淤渠道长度 ≥ 36 公里 50
满意度指标 服务对象满意度指标 用水户满意程度 ≥ 95 % 40
"""


def test_a_long_label_broken_over_lines_of_single_blanks() -> None:
    form = read(BLANKS)
    assert [goal.text for goal in form.goals] == ["一是完成干渠清淤。", "二是做到应修尽修。"]
    assert [(i.level1, i.level2, i.name, i.unit) for i in form.indicators] == [
        ("产出指标", "数量指标", "清淤渠道长度", "公里"),
        ("满意度指标", "服务对象满意度指标", "用水户满意程度", "%"),
    ]


PROJECT = """项目支出绩效目标批复表
预算年度:2024
项目名称\t渠系清淤
{}
主管部门\t青石县水利局\t实施单位\t青石县渠道管理站
项目资金（元）\t年度资金总额：\t120.00
\t其中：财政拨款\t120.00
年度总体目标\t完成干渠清淤，改善灌溉条件。
年度绩效指标
一级指标\t二级指标\t三级指标\t绩效指标性质\t绩效指标值\t绩效度量单位\t权重
产出指标\t数量指标\t清淤渠道长度\t≥\t36\t公里\t90
"""


@pytest.mark.parametrize("below", ["补助资金", "补助资金\t附属单位\t青石县渠首所", "补助资金\n附属单位\t青石县渠首所"])
def test_a_name_that_may_go_on_below_is_doubtful(below: str) -> None:
    form = read(PROJECT.format(below))
    assert form.project_name == "渠系清淤补助资金"
    assert [(f.code, f.field) for f in form.findings] == [("name_goes_on", "project_name")]


def test_a_label_that_nobody_knows_is_no_rest_of_a_name() -> None:
    form = read(PROJECT.format("附属单位\t青石县渠首所"))
    assert form.project_name == "渠系清淤"
    assert not form.findings


BELOW_TITLE = PROJECT.format("").replace("\n\n", "\n").partition("\n")[2]


@pytest.mark.parametrize("parting", ["<br>", "<br/>\n", "</b><br />\n<b>"])
def test_a_title_in_two_lines_of_a_paragraph_is_whole(parting: str) -> None:
    rows = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in line.split(chr(9)))}</tr>" for line in BELOW_TITLE.splitlines()
    )
    form = read(f"<p><b>青石县水利局{parting}项目支出绩效目标批复表</b></p>\n<table>{rows}</table>\n")
    assert (form.title, form.project_name) == ("青石县水利局项目支出绩效目标批复表", "渠系清淤")


def test_a_title_in_two_lines_of_a_text_is_whole() -> None:
    form = read("青石县水利局<br>\n项目支出绩效目标批复表\n" + BELOW_TITLE)
    assert form.title == "青石县水利局项目支出绩效目标批复表"


@pytest.mark.parametrize("above", ["<p>附件1</p>\n<p>", "附件1\n<p>", "<p>附件1<br>\n", "<p>预算年度:2024<br>\n"])
def test_what_stands_above_a_title_is_no_part_of_it(above: str) -> None:
    assert read(f"{above}项目支出绩效目标批复表</p>\n" + BELOW_TITLE).title == "项目支出绩效目标批复表"


def test_a_label_broken_into_two_rows_between_pipes() -> None:
    rows = [line.split("\t") for line in PROJECT.format("").replace("\n\n", "\n").splitlines()]
    at = next(i for i, row in enumerate(rows) if row[0] == "主管部门")
    rows[at : at + 1] = [["主管"], ["部门", *rows[at][1:]]]
    form = read("\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n")
    assert (form.supervising_unit, form.unit_name) == ("青石县水利局", "青石县渠道管理站")


WEIGHED = """项目支出绩效目标表
2024年度
项目名称\t河道保洁经费\t主管部门\t云泽县水务局
一级指标\t二级指标\t三级指标\t性质\t指标值\t度量单位\t权重
产出指标\t数量指标\t巡查次数\t≥\t12\t次\t30
\t\t清理河段\t≥\t3.5\t千米\t20
\t质量指标\t断面达标率\t≥\t95\t%\t20
效益指标\t生态效益指标\t水质\t定性\t稳步提高\t\t20
满意度指标\t服务对象满意度指标\t群众满意度\t≥\t90\t%\t10
"""


@pytest.mark.parametrize(
    ("whole", "cut"), [("稳步提高\t\t20", "稳\n步提高\t20"), ("95\t%", "9\n5\t%"), ("3.5\t千米", "3.\n5\t千米")]
)
def test_a_value_cut_in_two_is_told_by_what_other_rows_have(whole: str, cut: str) -> None:
    assert WEIGHED.count(whole) == 1
    broken, sound = read(WEIGHED.replace(whole, cut)), read(WEIGHED)
    rows = [
        [(i.level2, i.name, i.operator, i.value, i.unit, i.weight) for i in form.indicators] for form in (broken, sound)
    ]
    assert rows[0] == rows[1]


@pytest.mark.parametrize(
    ("whole", "cut", "field"),
    [
        ("河道保洁经费\t主管", "河道\n保洁经费\t主管", "project_name"),
        ("云泽县水务局\n", "云泽县\n水务局\n", "supervising_unit"),
    ],
)
def test_a_value_of_the_head_is_put_together_or_doubted(whole: str, cut: str, field: str) -> None:
    assert WEIGHED.count(whole) == 1
    broken, sound = read(WEIGHED.replace(whole, cut)), read(WEIGHED)
    doubted = field in {finding.field for finding in broken.findings if finding.code in ("rest_below", "name_goes_on")}
    assert doubted or getattr(broken, field) == getattr(sound, field)
    assert "rest_below" not in {finding.code for finding in sound.findings}


def test_a_unit_in_brackets_that_are_closed_in_the_next_line() -> None:
    head = "部门整体支出绩效目标表\n2024年度\n部门名称\t云泽县水务局\t支出预算总量（万{cut}元）\t215.6\n"
    rows = WEIGHED[WEIGHED.index("一级") :]
    broken, sound = (read(head.format(cut=cut) + rows) for cut in ("\n", ""))
    assert broken.amount_unit == sound.amount_unit == "万元"
    assert [amount.amount for amount in broken.funding] == [amount.amount for amount in sound.funding]


TEMPLATE = """项目支出绩效目标表
（2024年度）
项目名称\t河道保洁经费
年度资金总额\t12.5万元
总体目标\t目标1：清理河道。
目标2：
……
绩效指标\t一级指标\t二级指标\t三级指标\t指标值
\t产出指标\t数量指标\t指标1：清理河道\t320公里
\t\t\t指标2：巡查\t150次
\t\t\t……
\t\t质量指标\t指标1：合格率\t100%
\t\t\t……\t……
\t\t时效指标\t指标1：
\t效益指标\t社会效益指标\t指标1：保障安全\t有效保障
\t\t\t...
\t满意度指标\t服务对象满意度指标\t指标1：满意度\t≥90%
"""


@pytest.mark.parametrize("text", [TEMPLATE, TEMPLATE.replace("\n\t\t\t", "\n").replace("\n\t\t", "\n")])
def test_what_a_template_leaves_unfilled_is_no_indicator(text: str) -> None:
    form = read(text)
    assert [(i.level2, i.name, i.value) for i in form.indicators] == [
        ("数量指标", "指标1：清理河道", "320"),
        ("数量指标", "指标2：巡查", "150"),
        ("质量指标", "指标1：合格率", "100"),
        ("社会效益指标", "指标1：保障安全", "有效保障"),
        ("服务对象满意度指标", "指标1：满意度", "90"),
    ]
    assert [goal.text for goal in form.goals] == ["目标1：清理河道。"]
    assert [finding.code for finding in form.findings] == ["unit_name_missing"]


@pytest.mark.parametrize("sign", [":", "：", "::", "…", "一、", "("])
def test_a_cell_that_is_a_mark_alone_breaks_nothing(sign: str) -> None:
    for text in (
        WEIGHED.replace("水质", sign),
        WEIGHED.replace("主管部门", sign),
        f"{sign}\t{sign}\n" + WEIGHED,
        WEIGHED + f"{sign}\t{sign}\n",
    ):
        assert len(read(text).indicators) >= 4

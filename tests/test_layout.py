"""Page layouts: rows and labels of small ones exactly, of printed ones in every convention, and what is none."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.api import extract_bytes
from extract.interpret.layout import LayoutReading, _in_columns, is_layout, read_layout
from extract.interpret.layout_lines import strips
from extract.model import Row
from extract.profiles import default
from tests.layouts import Content, Line, Style, faults, print_form, read_back, some_content, some_style, tells_all

VOCABULARY = default().finder

HEAD = ["部门（单位）整体支出绩效目标批复表", "", "预算年度:2025", "", "预算（单位）名称：252-开江县民政局部门", ""]


def read(lines: list[str], first: int = 1) -> LayoutReading:
    return read_layout(lines, first, VOCABULARY)


def texts(rows: list[Row]) -> list[list[tuple[int, str]]]:
    return [[(cell.col, cell.text) for cell in row.cells] for row in rows]


FLOOR = [
    *HEAD,
    "                      基本支出                                项目支出",
    "总体资金情  预算总额  合计      财政拨款  专户资金  单位资金  合计      财政拨款  专户资金  单位资",
    "况（元）                                                                                    金",
    "            60.00     10.00     10.00                         50.00     30.00               20.0",
    "                                                                                            0",
    "整体绩效目  一是做好社会救助。二是做好养老服务，做到应保",
    "标          尽保。",
    "            二是规范殡葬管理。",
    "            任务名称            主要内容",
    "年度主要任  社会救助            落实低保、特困供养政策，做到应保尽保、应",
    "务                              助尽助。",
    "            养老服务            改造县福利院。",
    "年度绩效指标",
    "一级指标    二级指标                    三级指标        绩效指标性质  绩效指标值  绩效度量单位  权重",
    "                                        低保人数        ≥            31          人            8",
    "                        数量指标        特困人员供养人  ≥            43          人            2",
    "            产出指标                    数",
    "                        质量指标        低保认定准确率  ≥            99          %             6",
    "部门整体                时效指标        救助审批时限，  ≤            5           天            7",
    "情况                                    含节假日",
    "            效益指标    社会效益指标    救助政策知晓率  ≥            90          %             6",
    "            满意度指标  服务对象满意度  群众满意度      ≥            92          %             5",
    "                        指标",
    "其他说明    无",
]


def test_a_layout_gives_the_rows_of_an_unwrapped_dump() -> None:
    rows = texts(read(FLOOR).rows)
    assert rows[3:6] == [
        [(0, "总体资金情况（元）"), (1, "预算总额"), (2, "基本支出"), (6, "项目支出")],
        [
            (2, "合计"),
            (3, "财政拨款"),
            (4, "专户资金"),
            (5, "单位资金"),
            (6, "合计"),
            (7, "财政拨款"),
            (8, "专户资金"),
            (9, "单位资金"),
        ],
        [(1, "60.00"), (2, "10.00"), (3, "10.00"), (6, "50.00"), (7, "30.00"), (9, "20.00")],
    ]
    assert rows[6:8] == [
        [(0, "整体绩效目标"), (1, "一是做好社会救助。二是做好养老服务，做到应保尽保。")],
        [(1, "二是规范殡葬管理。")],
    ]
    assert rows[8:11] == [
        [(0, "年度主要任务"), (1, "任务名称"), (2, "主要内容")],
        [(1, "社会救助"), (2, "落实低保、特困供养政策，做到应保尽保、应助尽助。")],
        [(1, "养老服务"), (2, "改造县福利院。")],
    ]
    assert rows[11] == [(0, "年度绩效指标")]
    assert rows[12] == [
        (0, "一级指标"),
        (1, "二级指标"),
        (3, "三级指标"),
        (4, "绩效指标性质"),
        (5, "绩效指标值"),
        (6, "绩效度量单位"),
        (7, "权重"),
    ]
    tail = [row[-5:] for row in rows[13:19]]
    assert [row[0] for row in tail] == [
        (3, "低保人数"),
        (3, "特困人员供养人数"),
        (3, "低保认定准确率"),
        (3, "救助审批时限，含节假日"),
        (3, "救助政策知晓率"),
        (3, "群众满意度"),
    ]
    assert rows[16][-4:] == [(4, "≤"), (5, "5"), (6, "天"), (7, "7")]
    assert rows[-1] == [(0, "其他说明"), (1, "无")]


def test_labels_stand_on_the_first_row_of_their_run() -> None:
    rows = read(FLOOR).rows
    labels = [[(c.col, c.text, c.row_span) for c in row.cells if c.col < 3] for row in rows[13:19]]
    assert labels == [
        [(0, "部门整体情况", 6), (1, "产出指标", 4), (2, "数量指标", 2)],
        [],
        [(2, "质量指标", 1)],
        [(2, "时效指标", 1)],
        [(1, "效益指标", 1), (2, "社会效益指标", 1)],
        [(1, "满意度指标", 1), (2, "服务对象满意度指标", 1)],
    ]


def test_every_place_slices_to_its_text() -> None:
    for row in read(FLOOR, first=11).rows:
        for cell in row.cells:
            for part in cell.parts or (cell,):
                assert FLOOR[part.line - 11][part.start : part.end] == part.text
            assert not cell.parts or "".join(part.text for part in cell.parts) == cell.text


def test_what_the_page_tells_is_not_doubted() -> None:
    assert read(FLOOR).doubts == ()


SMALL = (
    Line("产出指标", "数量指标", "救助低保对象的人数和户数合计", "≥", "31", "人", "8"),
    Line("产出指标", "数量指标", "供养特困人员", "≥", "43", "人", "2"),
    Line("产出指标", "数量指标", "建成养老床位", "≥", "60", "张", "2"),
    Line("产出指标", "质量指标", "低保对象认定准确率达到规定的标准要求", "≥", "99", "%", "6"),
    Line("效益指标", "社会效益指标", "政策知晓率", "定性", "优良差", "", "6"),
    Line("满意度指标", "服务对象满意度指标", "群众满意度", "≥", "92", "%", "5"),
)


@pytest.mark.parametrize("vertical", ["floor", "ceil", "top", "bottom"])
@pytest.mark.parametrize("root", ["部门整体绩效情况", ""])
def test_each_convention(vertical: str, root: str) -> None:
    content = Content(SMALL, (("社会救助", "落实政策，做到应保尽保。" * 5),), ("一是救助。", "二是养老。"), (), "无")
    style = Style(vertical=vertical, root=root, name=20, level1=10)
    reading = read(print_form(content, style))
    assert faults(content, read_back(reading.rows, reading.doubts, style))[0] == []


def test_a_run_that_may_end_on_either_row_is_doubted() -> None:
    rows = [row._replace(name=f"事项{at}") for at, row in enumerate(SMALL[:4])]
    content = Content((rows[0], rows[1]._replace(level2="质量指标"), rows[3]), (), (), (), "")
    style = Style(root="")
    reading = read(print_form(content, style))
    silent, _ = faults(content, read_back(reading.rows, reading.doubts, style))
    assert silent == []
    assert [(d.code, d.field, d.params["what"]) for d in reading.doubts] in (
        [("layout_ambiguous", "level2", "事项1")],
        [],
    )


@pytest.mark.parametrize("page", [3, 4, 5])
@pytest.mark.parametrize("form_feeds", [False, True])
def test_page_breaks_within_spans(page: int, form_feeds: bool) -> None:
    content = Content(SMALL, (), ("一是救助。",), (), "无")
    style = Style(page=page, form_feeds=form_feeds, name=20)
    reading = read(print_form(content, style))
    assert faults(content, read_back(reading.rows, reading.doubts, style))[0] == []


@pytest.mark.parametrize("change", [{"narrow": True}, {"count": True}, {"spaced": True}, {"indent": 5}, {"gap": 1}])
def test_other_tools(change: dict[str, bool | int]) -> None:
    content = Content(
        SMALL, (("“双减”落实", "落实“双减”政策，" * 6 + "做到应保尽保。"),), ("一是“救助”" * 12 + "。",), (), "无"
    )
    style = replace(Style(name=20), **change)  # type: ignore[arg-type]
    lines = print_form(content, style)
    assert is_layout(lines, VOCABULARY)
    reading = read(lines)
    assert faults(content, read_back(reading.rows, reading.doubts, style))[0] == []


def test_amounts_at_the_right_of_their_columns() -> None:
    lines = [
        *HEAD,
        "项目资金（  年度资金总额      财政拨款          专户资金          单位资金",
        "元）             15363.98         5000.00                             0.00",
        "年度总体目  一是救助。",
        "标",
        "一级指标    二级指标    三级指标  绩效指标性质  绩效指标值  绩效度量单位  权重",
        "产出指标    数量指标    救助人数  ≥            31          人            8",
        "效益指标    社会效益    知晓率    ≥            90          %             6",
    ]
    rows = texts(read(lines).rows)
    assert [(1, "15363.98"), (2, "5000.00"), (4, "0.00")] in rows


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_printed_forms_come_back_or_are_doubted(seed: int) -> None:
    rng = random.Random(seed)
    content, style = some_content(rng), some_style(rng)
    if not style.weights:
        content = replace(content, indicators=tuple(row._replace(weight="") for row in content.indicators))
    # Where a text fills its last line, no reader could be sure of its end.
    if not tells_all(content, style) or (style.spaced and style.page):
        return
    reading = read(print_form(content, style))
    silent, _ = faults(content, read_back(reading.rows, reading.doubts, style))
    assert silent == [], style


@given(st.lists(st.text(alphabet="一级指标二三 绩效值权重产出数量≥0123“”\t\u3000\f", max_size=60), max_size=30))
@settings(max_examples=200, deadline=None)
def test_any_lines_are_read(lines: list[str]) -> None:
    assert is_layout(lines, VOCABULARY) in (True, False)
    assert read(lines) == read(lines)


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_damaged_layouts_are_read(seed: int) -> None:
    rng = random.Random(seed)
    content, style = some_content(rng), some_style(rng)
    lines = print_form(content, style)
    for _ in range(rng.randint(1, 12)):
        at = rng.randrange(len(lines))
        cut = rng.randint(0, len(lines[at]))
        lines[at : at + rng.randint(0, 2)] = rng.choice(
            ([], [lines[at][cut:]], [lines[at][:cut]], [lines[at]] * 2, ["", lines[rng.randrange(len(lines))]])
        )
        if not lines:
            return
    reading = read(lines)
    for row in reading.rows:
        assert row.cells
        assert [cell.col for cell in row.cells] == sorted(cell.col for cell in row.cells)
        for cell in row.cells:
            for part in cell.parts or (cell,):
                assert lines[part.line - 1][part.start : part.end] == part.text


def spaced_dump(rng: random.Random, content: Content) -> list[str]:
    """A dump whose cells are only separated by two or three blanks."""
    rows = [["一级指标", "二级指标", "", "三级指标", "", "", "绩效指标性质", "绩效指标值", "绩效度量单位", "权重"]]
    before = ("", "")
    for row in content.indicators:
        labels = ["" if row[at] == before[at] else row[at] for at in (0, 1)]
        before = (row.level1, row.level2)
        rows.append(["", *labels, *row[2:]])
    lines = []
    for cells in rows:
        line = ""
        for cell in cells:
            line += cell + " " * rng.choice((2, 3))
        lines.append(line.rstrip())
    return [*HEAD, "年度绩效指标", *lines, "其他说明"]


@given(st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_cells_separated_by_blanks_are_no_layout(seed: int) -> None:
    rng = random.Random(seed)
    content = some_content(rng)
    assert not is_layout(spaced_dump(rng, content), VOCABULARY)


def test_tabs_are_no_layout() -> None:
    lines = [
        *HEAD,
        "年度绩效指标\t\t",
        "一级指标\t二级指标\t三级指标\t绩效指标性质\t绩效指标值",
        "产出指标\t数量指标\t人数\t≥\t31",
    ]
    assert not is_layout(lines * 3, VOCABULARY)


def moved(lines: list[str], rng: random.Random) -> list[str]:
    """Some lines two places to the right."""
    return ["  " + line if line and rng.random() < 0.1 else line for line in lines]


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_lines_that_stand_off_are_told(seed: int) -> None:
    rng = random.Random(seed)
    content = replace(some_content(rng), tasks=(), goals=(), amounts=(), notes="")
    style = replace(some_style(rng), spaced=False, page=0, weights=True, align="left")
    if not tells_all(content, style):
        return
    lines = print_form(content, style)
    reading = read(lines[:8] + moved(lines[8:-1], rng) + lines[-1:])
    silent, _ = faults(content, read_back(reading.rows, reading.doubts, style))
    assert silent == [], style


def test_one_column_that_the_header_does_not_reach_is_no_table() -> None:
    lines = ["指标 值", *[" " * 20 + "巡查次数"] * 20]
    assert not _in_columns(strips(lines, [0] * len(lines)), 2)


UNKNOWN_LABELS = """\
                      部门（单位）整体绩效目标表

                            （2024年度）

部门（单位）名称   云泽县交通运输局
年度履职目标     目标1：加快农村公路建设，改善通行条件。目标2：强化运输市场监管。
           任务名称                主要内容
年度主要任务     农村公路养护              养护县乡村公路1560公里。
           运输市场监管              查处违法违规经营行为。
           部门预算总额（万元）          5680.50
           1、资金来源：（1）政府预算资金    5680.50
           （2）财政专户管理资金         0.00
预算情况
           （3）单位资金             0.00
           2、资金结构：（1）基本支出      2180.50

           （2）项目支出             3500.00
一级指标       二级指标                三级指标          指标值       指标值说明

                               年度履职目标相关性     相关        是否与部门职责相关

           工作目标管理              工作任务科学性       科学
                               绩效指标合理性       合理

                               预算编制完整性       完整
                               预算执行率         ≥95%

投入管理指标                         预算调整率         ≤5%
           预算和财务管理
                               结转结余率         ≤5%

                               “三公经费”控制率     ≤100%
                               政府采购执行率       100%

                               绩效监控完成率       100%
           绩效管理
                               绩效自评完成率       100%
           重点工作任务完成            农村公路养护里程      ≥1560公里
产出指标
           履职目标实现              公路优良率         ≥80%

           履职效益                群众出行条件        明显改善
效益指标                           群众满意度         ≥90%
           满意度
                               从业人员满意度       ≥90%
"""


def test_labels_that_stand_within_their_rows_leave_levels_open_where_the_page_is_read_by_lines() -> None:
    (form,) = extract_bytes(UNKNOWN_LABELS.encode()).forms
    assert {f.field for f in form.findings if f.code == "labels_within"} == {"level1", "level2"}
    assert [i.name for i in form.indicators][-2:] == ["群众满意度", "从业人员满意度"]
    assert [(task.name, task.content) for task in form.tasks] == [
        ("农村公路养护", "养护县乡村公路1560公里。"),
        ("运输市场监管", "查处违法违规经营行为。"),
    ]
    assert [(a.category, a.source, str(a.amount)) for a in form.funding] == [
        ("total", "total", "56805000.00"),
        ("total", "fiscal", "56805000.00"),
        ("total", "special_account", "0.00"),
        ("total", "unit_fund", "0.00"),
        ("basic", "total", "21805000.00"),
        ("project", "total", "35000000.00"),
    ]


COSTED_PAGE = """\
                                 附件3

                    2024年部门整体支出绩效目标表

部门（单位）名称 云泽县水利局
                     主要内容                     预算金额（万元）
         任务名称
                                              总额          财政拨款 其他资金
         任务1：农村供水保障 维修养护供水工程35处，保障12.6万人饮水安全 420.5        400.5    20
年度主要任务
         任务2：河道治理    治理汉江支流河道8.2公里            310         310
         任务3：水土保持    新增治理面积15平方公里             180         150      30
         金额合计                                 910.5       860.5    50
         目标1：完成农村供水工程维修养护35处；
年度总体目标   目标2：完成河道治理8.2公里；
         目标3：新增水土流失治理面积15平方公里。

         一级指标        二级指标                     指标内容        指标值

                     数量指标                     维修养护供水工程    35处
                                              治理河道长度      8.2公里

         产出指标        质量指标                     工程验收合格率     100%
                     时效指标                     完成时间        2024年12月底前

年度绩效指标               成本指标                     供水工程维修养护成本 ≤420.5万元

                     经济效益指标                   减少水毁损失      ≥200万元
                     社会效益指标                   受益人口        12.6万人
         效益指标
                     生态效益指标                   新增水土流失治理面积 15平方公里
                     可持续影响指标                  工程使用年限      ≥10年

         满意度指标       服务对象满意度指标                群众满意度       ≥95%
"""


def test_tasks_that_a_page_mixed_into_the_goals_are_missed_aloud() -> None:
    (form,) = extract_bytes(COSTED_PAGE.encode()).forms
    codes = {(finding.code, finding.table) for finding in form.findings}
    assert form.tasks == ()
    assert {("tasks_missing", "tasks"), ("funding_missing", "funding"), ("lines_out_of_order", "goals")} <= codes

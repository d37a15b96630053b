"""Texts taken out of printed pages: header words, rows and labels that are broken over lines and stand off their places."""

from __future__ import annotations

import json
import random

import pytest

from extract.api import extract_bytes
from extract.interpret.page import is_page
from extract.interpret.page_blocks import blocks_of
from extract.interpret.page_columns import Placed
from extract.interpret.page_funding import funding
from extract.interpret.page_pieces import page_lines, room_of
from extract.interpret.page_rows import Anchor, Rule, deal, tangled
from extract.interpret.page_words import header_words, side_labels
from extract.model import Cell, Form
from extract.profiles import default
from tests.tools.pdf_layout import GOLD, SAMPLES, SPECS, Sample, printed

VOCABULARY = default().finder
PAGE = """\
                    项目支出绩效目标表
               （2025年度）
 项目名     2025年渠系清淤补助资金
  称
 主管部门    青石县水利局   实施     青石县渠道管
                    单位     理站
            年度资金总额：       120.00
项目资金（万元）  其中：财政拨款       120.00
            其他资金         0.00
年度总 完成干渠清淤，改善灌溉条件。
体目标
一级指 二级指标 三级指标   指标   指标值  度量单位
 标                性质
          清淤渠道长度   ≥   36    公里
产出指  数量指标
 标       新建量水设施   ≥   12    座
      质量指标 清淤工程一次验收合
            格率    =    100     %
效益指 社会效益 受益农户数量   ≥   480   户
 标    指标
满意度 服务对象满
指标  意度指标 用水户满意程度  ≥   95    %
"""


def form_of(text: str) -> Form:
    extraction = extract_bytes(text.encode(), source_path="page.txt")
    assert extraction.failure is None
    (form,) = extraction.forms
    return form


def test_a_page_whose_cells_drift() -> None:
    form = form_of(PAGE)
    assert (form.project_name, form.supervising_unit, form.unit_name) == (
        "2025年渠系清淤补助资金",
        "青石县水利局",
        "青石县渠道管理站",
    )
    assert [(i.level1, i.level2, i.name, i.operator, i.value, i.unit) for i in form.indicators] == [
        ("产出指标", "数量指标", "清淤渠道长度", "≥", "36", "公里"),
        ("产出指标", "数量指标", "新建量水设施", "≥", "12", "座"),
        ("产出指标", "质量指标", "清淤工程一次验收合格率", "=", "100", "%"),
        ("效益指标", "社会效益指标", "受益农户数量", "≥", "480", "户"),
        ("满意度指标", "服务对象满意度指标", "用水户满意程度", "≥", "95", "%"),
    ]
    assert [(a.source, int(a.amount)) for a in form.funding] == [("total", 1200000), ("fiscal", 1200000), ("other", 0)]
    assert [goal.text for goal in form.goals] == ["完成干渠清淤，改善灌溉条件。"]


def test_two_forms_on_pages_stay_two() -> None:
    extraction = extract_bytes((PAGE + "\f" + PAGE.replace("2025", "2026")).encode(), source_path="pages.txt")
    assert [form.fiscal_year for form in extraction.forms] == [2025, 2026]
    assert [len(form.indicators) for form in extraction.forms] == [5, 5]


def test_tables_with_separators_are_no_pages() -> None:
    assert is_page(PAGE.split("\n"))
    assert not is_page(["   一级指标\t二级指标", "   产出指标\t数量指标"])
    assert not is_page(["一级指标  二级指标", "产出指标  数量指标"])


def cells(*texts: str, line: int = 1) -> list[Cell]:
    found, at = [], 0
    for text in texts:
        found.append(Cell(text, line, at, at + len(text), 0, 0, at, at + len(text)))
        at += len(text) + 1
    return found


def test_header_words_broken_over_lines() -> None:
    lines = [cells("绩效指", "绩效指标", "绩效度", "权重"), cells("标性质", "值", "量单位", line=2)]
    _, words = header_words(lines, VOCABULARY.profile.columns.get)
    assert [(word.cell.text, word.meaning) for word in words] == [
        ("绩效指标性质", "operator"),
        ("绩效指标值", "value"),
        ("绩效度量单位", "unit"),
        ("权重", "weight"),
    ]


def test_a_label_down_the_side_with_lines_between() -> None:
    lines = page_lines(["    预算支出", "总体资  总额", "金情况", "（元）"], 1)
    (label,) = side_labels(lines, frozenset({"总体资金情况"}))
    assert label.cell.text == "总体资金情况（元）"
    assert label.lines == (1, 2, 3)


def placed(*pieces: tuple[str, float]) -> list[Placed]:
    return [Placed(Cell(text, int(y), 0, len(text), 0, 0, 0, len(text)), 0, y, 1) for text, y in pieces]


def test_texts_stand_around_their_anchors() -> None:
    anchors = [Anchor(1, 1, 1), Anchor(4, 4, 1)]
    pieces = placed(("甲乙丙丁戊己", 0), ("庚辛", 1), ("子丑寅卯辰巳", 3), ("午未申酉戌亥", 4), ("甲", 5))
    dealt = deal(anchors, pieces, Rule(6.0, 12, lambda _: 0.0, {}))
    assert [[piece.cell.text for piece in row] for row in dealt.rows] == [
        ["甲乙丙丁戊己", "庚辛"],
        ["子丑寅卯辰巳", "午未申酉戌亥", "甲"],
    ]
    assert not dealt.open


def test_a_full_line_between_two_anchors_is_open() -> None:
    anchors = [Anchor(0, 1, 1), Anchor(1, 2, 1)]
    pieces = placed(("甲乙丙丁戊己", 0), ("子丑寅卯辰巳", 1), ("午未申酉戌亥", 2))
    assert deal(anchors, pieces, Rule(6.0, 12, lambda _: 0.0, {})).open == {0, 1}


def test_pieces_that_no_way_holds_together_go_to_their_nearest_anchors() -> None:
    anchors = [Anchor(1, 2, 1), Anchor(20, 20, 1), Anchor(40, 40, 1)]
    pieces = placed(("甲乙丙丁戊己", 0), ("庚辛", 10), ("子丑寅卯辰巳", 12), ("午未申酉戌亥", 21))
    dealt = deal(anchors, pieces, Rule(6.0, 12, lambda _: 0.0, {}))
    assert [[piece.cell.text for piece in row] for row in dealt.rows] == [
        ["甲乙丙丁戊己", "庚辛"],
        ["子丑寅卯辰巳", "午未申酉戌亥"],
        [],
    ]
    assert (dealt.cost, dealt.costs) == (26.0, [4.0, 4.0, 6.0])
    assert dealt.open == {0, 1, 2}


def test_one_line_that_stands_out_is_no_measure_of_a_column() -> None:
    assert room_of(cells("甲" * 11, "乙" * 8, "丙" * 8, "丁" * 8, "戊" * 8, "己" * 4)) == 16
    assert room_of(cells("甲" * 11, "乙" * 8, "丙" * 4)) == 22


def test_amounts_broken_over_lines() -> None:
    lines = page_lines(
        [
            "                  基本支出        项目支出",
            " 预算支出总额   合计   财政拨款   合计    财政拨款",
            "  1056156   169990  169990  886166  886166",
            "    00.00    00.00   00.00   00.00   00.00",
        ],
        1,
    )
    part = funding(lines, VOCABULARY.profile)
    assert [cell.text for cell in part.rows[-1].cells] == [
        "105615600.00",
        "16999000.00",
        "16999000.00",
        "88616600.00",
        "88616600.00",
    ]
    assert not part.doubts


@pytest.mark.parametrize("line", ["改善      灌溉条件。", "                    改善灌溉条件。"])
def test_goals_whose_lines_were_printed_into_each_other_are_doubtful(line: str) -> None:
    form = form_of(PAGE.replace("体目标\n", f"体目标 {line}\n", 1))
    assert [(f.table, f.seq) for f in form.findings if f.code == "lines_out_of_order"] == [("goals", None)]


def test_a_label_that_begins_on_a_line_of_its_own_is_no_goal() -> None:
    form = form_of(PAGE.replace("一级指 二级", "年度绩效指\n 标  一级指 二级", 1))
    assert [goal.text for goal in form.goals] == ["完成干渠清淤，改善灌溉条件。"]


def test_a_label_of_tasks_that_begins_on_a_line_of_its_own_is_no_goal() -> None:
    tasks = "年度主要任\n 务      任务名称       主要内容\n        渠系清淤       清淤干渠三十公里。\n"
    found = blocks_of(page_lines(PAGE.replace("一级指 二级", tasks + "一级指 二级", 1).split("\n"), 1), VOCABULARY)
    assert found is not None
    assert [line.text for line in found.goals] == ["年度总完成干渠清淤,改善灌溉条件。", "体目标"]


TABLE = """\
一级指 二级指标 三级指标          指标   指标值  度量单位
 标                           性质
"""
ROWS = [
    ("清淤渠道长度", "≥", "36", "公里"),
    ("新建量水设施", "≤", "12", "座"),
    ("更换老旧闸门", "=", "7", "扇"),
    ("渠系巡查次数", "≥", "52", "次"),
    ("管护人员数量", "＜", "19", "人"),
    ("设施完好情况", "定性", "好中差", ""),
    ("灌溉用水效率", "＞", "61", "%"),
]


def line_of(name: str, *values: str) -> str:
    return f"      {name}".ljust(22) + "   ".join(value.ljust(4) for value in values).rstrip()


def in_disorder(rng: random.Random) -> tuple[str, int]:
    """A page two of whose rows were printed into each other, and the first of them."""
    rows = rng.sample(ROWS, len(ROWS))
    at = rng.randrange(len(rows) - 1)
    (first, *ours), (second, *theirs) = rows[at : at + 2]
    ways = [
        [line_of(first), line_of(second, *ours), line_of("", *theirs)],
        [line_of("", *ours), line_of(first, *theirs), line_of(second)],
        [line_of(first, ours[0]), line_of(second, theirs[0], *ours[1:]), line_of("", "", *theirs[1:])],
    ]
    printed_rows = [line_of(*row) for row in rows]
    printed_rows[at : at + 2] = rng.choice(ways)
    table = TABLE + "\n".join(printed_rows).replace(" " * 6, "产出指标 ", 1) + "\n"
    return PAGE[: PAGE.index("一级指")] + table, at


@pytest.mark.parametrize("seed", range(40))
def test_rows_printed_into_each_other_are_never_read_silently(seed: int) -> None:
    text, at = in_disorder(random.Random(seed))
    form = form_of(text)
    said = {f.seq for f in form.findings if f.code == "lines_out_of_order"}
    assert {at, at + 1} <= said or any(f.code == "reading_poor" for f in form.findings)


def test_rows_that_stand_in_order_have_no_such_finding() -> None:
    text = PAGE[: PAGE.index("一级指")] + TABLE + "\n".join(line_of(*row) for row in ROWS) + "\n"
    assert [f.code for f in form_of(text).findings if f.code == "lines_out_of_order"] == []
    assert [f.code for f in form_of(PAGE).findings if f.code == "lines_out_of_order"] == []


def test_a_tangle_goes_on_over_rows_whose_names_are_unsure() -> None:
    names = [placed(("甲", 0)), placed(("乙", 1)), placed(("丙", 2)), placed(("丁", 3)), placed(("戊", 4))]
    values = [[placed(("1", y)) for y in (0, 2, 2, 3, 4)]]
    assert tangled(names, values, frozenset()) == {1, 2}
    assert tangled(names, values, frozenset({3})) == {1, 2, 3}
    assert tangled(names, values, frozenset({0, 4})) == {0, 1, 2}


def test_a_value_over_several_lines_beside_a_name_is_no_tangle() -> None:
    assert tangled([placed(("甲", 1))], [[placed(("2030年", 0), ("6月", 1), ("底前", 2))]], frozenset()) == set()


@pytest.mark.parametrize("sample", SPECS, ids=lambda sample: sample.name)
def test_samples_come_from_their_seeds(sample: Sample) -> None:
    name, seed = sample.name, sample.seed
    records = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    (record,) = [record for record in records if record["file"] == f"{name}.txt"]
    assert record["indicators"] == printed(seed).record["indicators"]
    assert printed(seed).sheet.title in (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")


def test_a_name_beside_a_label_that_nobody_knows_is_doubtful() -> None:
    form = form_of(PAGE.replace("          清淤渠道长度   ≥", "     清淤渠   道长度   ≥"))
    assert [(i.level2, i.name) for i in form.indicators[:2]] == [("清淤渠", "道长度"), ("数量指标", "新建量水设施")]
    assert [(f.code, f.seq, f.field) for f in form.findings] == [
        ("level2_unknown", 0, "level2"),
        ("layout_ambiguous", 0, None),
    ]


UNKNOWN_FACTS = """\
                        附件2-1
                   省级专项资金绩效目标申报表
                      （2024年度）
专项资金名称     农村公路养护补助资金
省级主管部门     省交通运输厅
市县财政部门     云泽县财政局      市县主管部门      云泽县交通运输局
           年度金额：       560.00

资金情况（万元）   其中：省级补助     400.00

           地方资金        160.00

年度目标       养护农村公路820公里，改善群众出行条件。
           一级指标        二级指标        三级指标         指标值
                       数量指标        养护里程（公里）     820

                                   改造危桥（座）      3

绩效指标       产出指标       质量指标         路面优良率（%）     ≥85

                      时效指标         完成时限         2024   年11月底
           效益指标       社会效益指标       服务沿线群众（万人）   ≥6.5

           满意度指标      服务对象满意度指标    群众满意度（%）     ≥90
"""


def test_a_label_that_nobody_knows_is_no_part_of_the_value_above() -> None:
    (form,) = extract_bytes(UNKNOWN_FACTS.encode()).forms
    assert form.project_name == "农村公路养护补助资金"
    assert {amount.source: str(amount.amount) for amount in form.funding} == {
        "total": "5600000.00",
        "provincial": "4000000.00",
        "local": "1600000.00",
    }

"""The wide table of many projects: a document a project, in the order of the source."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from extract import extract_bytes
from extract.model import Form
from tests.forms.counties import MERGED, PLAIN, Table, wide_record, wide_table
from tests.forms.make import in_wan_yuan, make_form
from tests.forms.truth import Json, Limits
from tests.places import check_places
from tests.scoring import Score, score
from tests.shapes import write_lone_cells, write_runs_of_cells, write_unopened_cells
from tests.test_counties import SHAPES, padded

TITLE = "部门预算项目绩效目标申报表(2023年度)\n金额单位：{unit}\n"
HEADER = (
    "单位名称\t项目名称\t预算数\t年度目标\t一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t权重\t指标方向性\n"
)
ROWS = """310-水口镇部门\t912,000.50
310001-水口镇人民政府\t村道养护\t600,000.00\t养护村道三十公里。\t产出指标\t数量指标\t养护里程\t≥\t30\t公里\t60\t正向指标
效益指标\t社会效益指标\t出行便利\t定性\t优良\t\t30\t正向指标
河道保洁\t312,000.50\t一是保洁，二是巡河。\t产出指标\t质量指标\t断面达标率\t≥\t95\t%\t90\t正向指标
310002-水口镇卫生院\t设备购置\t88,000.00\t购置设备。\t成本指标\t经济成本指标\t购置单价\t≤\t8.8\t万元\t90\t反向指标
"""


def forms(unit: str = "元", rows: str = ROWS) -> tuple[Form, ...]:
    return extract_bytes((TITLE.format(unit=unit) + HEADER + rows).encode()).forms


def test_every_project_is_a_document() -> None:
    found = forms()
    assert [(f.form_index, f.unit_code, f.unit_name, f.project_name) for f in found] == [
        (0, "310001", "水口镇人民政府", "村道养护"),
        (1, "310001", "水口镇人民政府", "河道保洁"),
        (2, "310002", "水口镇卫生院", "设备购置"),
    ]
    assert {(f.title, f.fiscal_year, f.form_kind) for f in found} == {("部门预算项目绩效目标申报表", 2023, "project")}
    assert [[finding.code for finding in f.findings] for f in found] == [[], [], []]


@pytest.mark.parametrize(("unit", "factor"), [("元", 1), ("万元", 10000)])
def test_its_amount_is_the_total_of_the_project(unit: str, factor: int) -> None:
    amounts = [[(a.category, a.source, a.amount) for a in f.funding] for f in forms(unit)]
    assert amounts == [
        [("project", "total", Decimal(amount) * factor)] for amount in ("600000.00", "312000.50", "88000.00")
    ]


def test_indicators_and_goals_stay_with_their_project() -> None:
    found = forms()
    assert [[goal.text for goal in f.goals] for f in found] == [
        ["养护村道三十公里。"],
        ["一是保洁，二是巡河。"],
        ["购置设备。"],
    ]
    assert [[(i.level1, i.level2, i.name, i.direction) for i in f.indicators] for f in found] == [
        [
            ("产出指标", "数量指标", "养护里程", "正向指标"),
            ("效益指标", "社会效益指标", "出行便利", "正向指标"),
        ],
        [("产出指标", "质量指标", "断面达标率", "正向指标")],
        [("成本指标", "经济成本指标", "购置单价", "反向指标")],
    ]


def test_a_cell_too_many_before_the_labels_is_said() -> None:
    found = forms(rows="甲单位\t乙项目\t丙\t5,000.00\t目标。\t产出指标\t数量指标\t里程\t≥\t3\t公里\t90\t正向指标\n")
    assert [finding.code for finding in found[0].findings] == ["cell_unread"]


LEADS = "序号\t单位编码\t单位名称\t项目编码\t项目名称\t项目类型\t资金总额\t其中：财政拨款\t年度绩效目标\t"
PLAIN_HEADER = "一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t权重\n"


def test_a_header_of_many_words_is_one_row() -> None:
    """Sixteen cells are a header, and no form that ran together."""
    rows = (
        "1\t301001\t水口镇政府\tP001\t村道养护\t特定目标类\t6.00\t6.00\t养护村道三十公里。\t产出指标\t数量指标\t养护里程\t≥\t30\t公里\t90\n"
        "２\t301001\t水口镇政府\tP002\t河道保洁\t特定目标类\t３．００\t3.00\t全年保洁河道。\t产出指标\t质量指标\t达标率\t≥\t95\t%\t90\n"
    )
    found = extract_bytes((TITLE.format(unit="万元") + LEADS + PLAIN_HEADER + rows).encode()).forms
    assert [(f.project_code, f.project_name, [a.amount for a in f.funding]) for f in found] == [
        ("P001", "村道养护", [Decimal(60000), Decimal(60000)]),
        ("P002", "河道保洁", [Decimal(30000), Decimal(30000)]),
    ]
    assert [[i.name for i in f.indicators] for f in found] == [["养护里程"], ["达标率"]]


def test_cells_that_are_repeated_before_a_row_without_labels_are_no_labels() -> None:
    rows = (
        "水口镇政府\t村道养护\t产出指标\t数量指标\t养护里程\t≥\t30\t公里\t60\n"
        "水口镇政府\t村道养护\t新建护栏\t≥\t5\t公里\t30\n"
    )
    header = "单位名称\t项目名称\t" + PLAIN_HEADER
    (found,) = extract_bytes((TITLE.format(unit="元") + header + rows).encode()).forms
    assert [(i.level2, i.name, i.value) for i in found.indicators] == [
        ("数量指标", "养护里程", "30"),
        ("数量指标", "新建护栏", "5"),
    ]


def test_a_piece_of_a_row_is_no_units_row() -> None:
    rows = (
        "水口镇政府\t村道养护\t产出指标\t数量指标\t养护里程\t≥\t30\t公里\t60\n"
        "全镇新建的安全\n护栏里程\t≥\t5\t公里\t30\n"
    )
    header = "单位名称\t项目名称\t" + PLAIN_HEADER
    (found,) = extract_bytes((TITLE.format(unit="元") + header + rows).encode()).forms
    assert [i.name for i in found.indicators] == ["养护里程", "全镇新建的安全护栏里程"]


def test_a_project_without_a_name_is_said_of_the_one_before_too() -> None:
    rows = (
        "水口镇政府\t村道养护\t6.00\t养护村道三十公里，\t产出指标\t数量指标\t养护里程\t≥\t30\t公里\t60\n"
        "保障出行。全年巡查。\t效益指标\t社会效益指标\t出行便利\t定性\t优良\t\t30\n"
    )
    header = "单位名称\t项目名称\t资金总额\t年度绩效目标\t" + PLAIN_HEADER
    found = extract_bytes((TITLE.format(unit="元") + header + rows).encode()).forms
    assert [[i.name for i in f.indicators] for f in found] == [["养护里程"], ["出行便利"]]
    assert all("cell_unread" in [finding.code for finding in f.findings] for f in found)


# The columns before the indicators, those of the indicators, and whether labels and leading cells stand in every row.
WIDE = {
    "usual": ("unit project amount goal", PLAIN, False, False),
    "labels in every row": ("unit project amount goal", PLAIN, True, False),
    "numbered": ("number project amount goal", MERGED, False, False),
    "coded": ("unit_code unit project_code project amount goal", PLAIN, False, False),
    "no amounts": ("project goal", PLAIN, True, False),
    "all in every row": ("unit project type amount goal", PLAIN, True, True),
    "sources": ("unit project amount fiscal goal", PLAIN, False, False),
}


def written(name: str, seed: int) -> tuple[Table, list[Json]]:
    rng = random.Random(seed)
    made = [
        in_wan_yuan(make_form(rng, kind="project", indicators=rng.randint(3, 7), goals=1, limits=Limits(None, None)))
        for _ in range(3)
    ]
    forms = [replace(form, unit_code="", unit_name="大通县农牧局", year=2024, notes=None) for form in made]
    words, columns, repeat, fill = WIDE[name]
    leads = words.split()
    return wide_table(forms, leads, columns, repeat=repeat, fill=fill), [
        wide_record(form, leads, columns) for form in forms
    ]


# Rows one cell a line: where one begins and ends shows in few of them, or in none.
CELLS = {
    "lone": lambda table: write_lone_cells(padded(table)),
    "runs": lambda table: write_runs_of_cells(padded(table)),
    "unopened": lambda table: write_unopened_cells(padded(table)),
}
WRITTEN = {name: shape for name, shape in SHAPES.items() if name != "single"} | CELLS


@pytest.mark.parametrize("shape", WRITTEN)
@pytest.mark.parametrize("name", WIDE)
def test_designs(name: str, shape: str) -> None:
    total = Score()
    for seed in range(4):
        table, records = written(name, seed)
        named = [{"file": "a", "family": name, "form_index": i} | record for i, record in enumerate(records)]
        score(total, named, extract_bytes(WRITTEN[shape](table).encode(), source_path="a"))
    assert not total.wrong and not total.spurious, "\n".join(map(str, [*total.wrong, *total.spurious][:12]))
    # Where no column names the unit, a finding says that nothing does.
    assert not total.alarms or "unit" not in WIDE[name][0].split(), "\n".join(total.alarms[:12])


def test_rows_that_cannot_be_told_are_said() -> None:
    """A number of cells does nearly as well as the one that the rows have."""
    table, _ = written("numbered", 10)
    found = extract_bytes(write_unopened_cells(padded(table)).encode()).forms
    assert found
    assert all("rows_guessed" in {finding.code for finding in form.findings} for form in found)


# ---- rows that a line break cut

HEAD = "部门预算项目绩效目标表\n2024年度\t金额单位：万元\n"
WORDS = "项目名称\t一级指标\t二级指标\t三级指标\t指标值\n"
BROKEN_ROWS = """河道保洁补助项目\t产出指标\t数量指标\t巡查次数\t12次
河道保洁补助项目\t产出指标\t质量指标\t断面达标率\t≥95%
"""


@pytest.mark.parametrize(
    ("whole", "cut"),
    [
        ("项目名称\t一级", "项目名称\t一\n级"),
        ("一级指标\t二", "一级\n指标\t二"),
        ("河道保洁补助项目\t产出指标\t质量", "河道保洁补\n助项目\t产出指标\t质量"),
        ("河道保洁补助项目\t产出指标\t质量", "河道保洁补助项目\t产出指\n标\t质量"),
        ("产出指标\t质量指标", "产出指标\t质量指\n标"),
    ],
)
def test_words_labels_and_names_that_stand_elsewhere_are_put_together(whole: str, cut: str) -> None:
    text = WORDS + BROKEN_ROWS
    assert text.count(whole) == 1
    (one,) = extract_bytes((HEAD + text.replace(whole, cut)).encode()).forms
    assert one.project_name == "河道保洁补助项目"
    assert [(i.level1, i.level2, i.name, i.value) for i in one.indicators] == [
        ("产出指标", "数量指标", "巡查次数", "12"),
        ("产出指标", "质量指标", "断面达标率", "95"),
    ]


def test_a_header_word_over_an_amount_is_put_together() -> None:
    text = "单位名称\t项目名称\t资\n金总额\t一级指标\t二级指标\t三级指标\t指标值\n"
    row = "云泽县水务局\t河道保洁\t12.5\t产出指标\t数量指标\t巡查次数\t12次\n"
    (one,) = extract_bytes((HEAD + text + row).encode()).forms
    assert (one.project_name, [a.amount for a in one.funding]) == ("河道保洁", [Decimal(125000)])


def test_the_rest_of_a_number_is_no_unit_of_the_project_below() -> None:
    rows = """河道保洁\t产出指标\t数量指标\t巡查次数\t0
.2万元
设备购置\t产出指标\t数量指标\t购置台数\t12台
"""
    first, second = extract_bytes((HEAD + WORDS + rows).encode()).forms
    assert (second.unit_name, second.project_name) == (None, "设备购置")
    assert [(i.name, i.value, i.unit) for i in first.indicators] == [("巡查次数", "0.2", "万元")]


def test_a_code_is_no_sum_of_a_unit() -> None:
    words = "序号\t单位编码\t项目名称\t资金总额\t一级指标\t二级指标\t三级指标\t指标值\n"
    rows = """1\t301001\t设备购置\t3.5\t产出指标\t数量指标\t购置台数\t12台
2\t301001\t公厕
保洁经费\t12.5\t产出指标\t数量指标\t巡查次数\t12次
"""
    _, one = extract_bytes((HEAD + words + rows).encode()).forms
    assert (one.project_name, [a.amount for a in one.funding]) == ("公厕保洁经费", [Decimal(125000)])


def test_a_row_of_nothing_but_the_projects_own_cells_is_no_indicator() -> None:
    row = "云泽县水务局\t河道保洁"
    rows = f"""{row}\t产出指标\t数量指标\t巡查次数\t12次
{row}
{row}\t产出指标\t质量指标\t断面达标率\t≥95%
"""
    (one,) = extract_bytes((HEAD + "单位名称\t" + WORDS + rows).encode()).forms
    assert [i.name for i in one.indicators] == ["巡查次数", "断面达标率"]


def test_a_project_whose_unit_has_no_code_has_none_of_the_head() -> None:
    head = "部门预算项目绩效目标表\n预算单位：135-云泽县水务局\n"
    rows = "水务站\t河道保洁\t产出指标\t数量指标\t巡查次数\t12次\n"
    extraction = extract_bytes((head + "单位名称\t" + WORDS + rows).encode())
    (one,) = extraction.forms
    assert (one.unit_code, one.unit_name, "unit_code" in one.places) == (None, "水务站", False)
    check_places(extraction)


def test_amounts_of_projects_stand_under_their_headers_words() -> None:
    text = "单位名称\t项目名称\t资金总额\t一级指标\t二级指标\t三级指标\t指标值\n"
    row = "云泽县水务局\t河道保洁\t12.5\t产出指标\t数量指标\t巡查次数\t12次\n"
    (one,) = extract_bytes((HEAD + text + row).encode()).forms
    assert {field: cell.text for field, cell in one.funding[0].places.items()} == {
        "amount": "12.5",
        "amount_raw": "12.5",
        "category": "资金总额",
        "source": "资金总额",
    }


@pytest.mark.parametrize(
    ("whole", "cut"), [("小于46.4个", "小\n于46.4个"), ("稳步提高", "稳\n步提高"), ("12.5万元", "12\n.5万元")]
)
def test_a_value_that_a_line_break_cut_is_put_together(whole: str, cut: str) -> None:
    rows = f"""河道保洁\t产出指标\t数量指标\t巡查次数\t{cut}
河道保洁\t产出指标\t质量指标\t断面达标率\t稳步提高
设备购置\t产出指标\t数量指标\t购置台数\t12台
"""
    forms = [extract_bytes((HEAD + WORDS + text).encode()).forms for text in (rows, rows.replace(cut, whole))]
    broken, sound = ([(one.unit_name, [i[:-1] for i in one.indicators]) for one in own] for own in forms)
    assert broken == sound


def test_the_projects_own_cells_that_a_line_break_cut_are_put_together_above_a_row_without_labels() -> None:
    words = "序号\t单位编码\t" + WORDS
    rows = """1\t301001\t河道保洁补助项目\t产出指标\t数量指标\t巡查次数\t12次
1\t301001\t河道保
洁补助项目\t清理河段\t≥3.5千米
"""
    (one,) = extract_bytes((HEAD + words + rows).encode()).forms
    assert [(i.level2, i.name, i.value) for i in one.indicators] == [
        ("数量指标", "巡查次数", "12"),
        ("数量指标", "清理河段", "3.5"),
    ]

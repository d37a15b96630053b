"""Rows of the indicator table: explained by kinds, order and distances, whatever their leading blanks."""

from __future__ import annotations

import pytest

from extract.api import extract_bytes
from extract.interpret.form import Interpreter
from extract.model import Indicator
from extract.profiles import default
from extract.readers.text import read

HEADER = "一级指标\t二级指标\t三级指标\t绩效指标性质\t绩效指标值\t绩效度量单位\t权重\n"
FIRST = "产出指标\t数量指标\t讲座次数\t≥\t3\t次\t10\n"


def tree(text: str, header: str = HEADER) -> tuple[list[Indicator], list[str]]:
    """The indicators of rows under a header, and the codes of the findings on them."""
    interpreter = Interpreter(default().finder)
    sections = interpreter.scanner.split(read(header + text).rows)
    found = interpreter.indicators.read(sections.indicators, sections.headers)
    return found.indicators, [finding.code for finding in found.findings]


def row(text: str, header: str = HEADER) -> tuple[object, ...]:
    """Name, operator, value, unit, weight of the only row."""
    (indicator,), codes = tree(text, header)
    assert codes == []
    weight = None if indicator.weight is None else str(indicator.weight)
    return indicator.name, indicator.operator, indicator.value, indicator.unit, weight


@pytest.mark.parametrize(
    ("cells", "target"),
    [
        ("≥\t12\t场次\t5", ("≥", "12", "场次", "5")),
        ("定性\t优良差\t\t5", ("定性", "优良差", None, "5")),
        ("定性\t群众普遍认可\t\t5", ("定性", "群众普遍认可", None, "5")),
        ("\t≥95%\t\t5", ("≥", "95", "%", "5")),
        ("大于等于\t1,200\t元\t5分", ("≥", "1,200", "元", "5")),
        ("》\t95\t%\t5", ("≥", "95", "%", "5")),
        ("\t95%以上\t\t5", ("≥", "95", "%", "5")),
        ("\t5个工作日以内\t\t5", ("≤", "5", "个工作日", "5")),
        ("\t不低于90分\t\t5", ("≥", "90", "分", "5")),
        ("\t35册次\t\t5", ("=", "35", "册次", "5")),
        ("\t2024年底前\t\t5", ("定性", "2024年底前", None, "5")),
        ("\t12\t月\t5", ("=", "12", "月", "5")),
        ("＝\t１２\t月\t５", ("=", "１２", "月", "5")),
        ("≥\t95\t5", ("≥", "95", None, "5")),
        ("≥\t28.8万元\t\t5", ("≥", "28.8", "万元", "5")),
        ("≤\t475元/亩\t\t5", ("≤", "475", "元/亩", "5")),
    ],
)
def test_tails(cells: str, target: tuple[object, ...]) -> None:
    assert row(f"产出指标\t数量指标\t培训规模\t{cells}") == ("培训规模", *target)


@pytest.mark.parametrize("lead", ["", "\t", "\t\t", "\t\t\t\t\t"])
def test_a_row_without_label_belongs_to_the_last_label_above(lead: str) -> None:
    found, codes = tree(FIRST + lead + "覆盖村社\t=\t324\t个\t5\n")
    assert [(i.level1, i.level2, i.name, i.level2_basis) for i in found] == [
        ("产出指标", "数量指标", "讲座次数", "stated"),
        ("产出指标", "数量指标", "覆盖村社", "inherited"),
    ]
    assert codes == []


@pytest.mark.parametrize("lead", ["", "\t", "\t\t\t\t"])
def test_labels_are_known_wherever_they_stand(lead: str) -> None:
    found, _ = tree(FIRST + lead + "社会效益指标\t矛盾化解\t定性\t好坏\t\t5\n")
    assert (found[1].level1, found[1].level1_basis, found[1].level2) == ("效益指标", "inferred", "社会效益指标")


def test_cost_is_a_second_level_under_output_and_a_first_level_elsewhere() -> None:
    old, _ = tree(FIRST + "成本指标\t人均成本\t≤\t90\t元\t5\n")
    new, _ = tree("成本指标\t经济成本指标\t人均成本\t≤\t90\t元\t5\n" + FIRST)
    assert [(i.level1, i.level2) for i in old] == [("产出指标", "数量指标"), ("产出指标", "成本指标")]
    assert [(i.level1, i.level2) for i in new] == [("成本指标", "经济成本指标"), ("产出指标", "数量指标")]


@pytest.mark.parametrize(
    ("label", "standard"),
    [
        ("质量", "质量指标"),
        ("质量指标（20分）", "质量指标"),
        ("质 量 指 标", "质量指标"),
        ("质量指标(必填)", "质量指标"),
        ("时效指标(0-20)分", "时效指标"),
    ],
)
def test_spellings_of_labels(label: str, standard: str) -> None:
    (found,), _ = tree(f"产出\t{label}\t合格率\t≥\t95\t%\t10\n")
    assert (found.level1, found.level2, found.level2_raw) == ("产出指标", standard, label)


def test_a_comma_that_separates_no_thousands_makes_no_number() -> None:
    (found,), _ = tree("产出指标\t质量指标\t合格率\t≥\t1,5\t%\t10\n")
    assert (found.value, found.value_number) == ("1,5", None)
    (whole,), _ = tree("产出指标\t数量指标\t投入\t≥\t1,500.5\t元\t10\n")
    assert str(whole.value_number) == "1500.5"


def test_a_root_label_is_no_level() -> None:
    (found,), codes = tree("部门整体绩效情况\t" + FIRST)
    assert (found.level1, found.level2, codes) == ("产出指标", "数量指标", [])


def test_a_label_without_indicator_is_no_indicator() -> None:
    found, codes = tree("产出指标\t数量指标\n\t质量指标\t合格率\t≥\t95\t%\t10\n")
    assert ([i.name for i in found], codes) == (["合格率"], [])


@pytest.mark.parametrize(
    "broken",
    [
        "产出指标\t数量指标\t培训\n规模\t≥\t12\t次\t5",
        "产出指标\t数量指标\t培训规模\t≥\t12\t场\n次\t5",
        "产出指标\t数量指标\t培训规模\t≥\t1\n2\t次\t5",
        "产出指标\t数量指标\t培\n训规\n模\t≥\t12\t次\t5",
    ],
)
def test_broken_rows_are_put_together(broken: str) -> None:
    name, operator, value, unit, weight = row(broken)
    assert (name, operator, value, weight) == ("培训规模", "≥", "12", "5")
    assert unit in ("次", "场次")


def test_columns_in_another_order() -> None:
    header = "一级指标\t二级指标\t分值\t三级指标\t度量单位\t指标性质\t指标值\n"
    assert row("产出指标\t数量指标\t10\t培训规模\t次\t≥\t12", header) == ("培训规模", "≥", "12", "次", "10")


def test_two_readings_that_are_close_are_said() -> None:
    found, codes = tree(FIRST.replace("\n", "\t7\n"))
    assert [str(i.weight) for i in found] == ["10"]
    assert codes == ["cell_unread", "row_ambiguous"]


def test_a_cell_of_no_kind_that_fits_is_said() -> None:
    found, codes = tree(FIRST.replace("\n", "\t≥\n"))
    assert ([str(i.weight) for i in found], codes) == (["10"], ["cell_unread"])


def test_a_long_cell_with_tags_that_holds_two_values_is_the_place_of_neither() -> None:
    content = "养护公路，" + "按规定把结果向社会公布，" * 20
    text = f"100-某局\n总体资金情况（元）\t合计\n\t10.00\n年度主要任务\t任务名称\t主要内容\n\t公路养护</p> <p>{content}\n{HEADER}\n"
    (form,) = extract_bytes(text.encode()).forms
    (task,) = form.tasks
    assert (task.name, task.content) == ("公路养护", content)
    assert [(cell.line, cell.start, cell.end) for cell in task.places.values()] == [(5, 1, 5), (5, 13, 258)]


@pytest.mark.parametrize("text", ["甲\t乙 ", "甲\t 乙", " 甲\t乙", "甲 \t乙", "甲\t乙 \n", "甲\t乙\n "])
def test_a_blank_that_pads_a_cell_is_no_part_of_it(text: str) -> None:
    assert [(cell.text, cell.start, cell.end) for cell in read(text).rows[0].cells] == [
        (word, text.index(word), text.index(word) + 1) for word in "甲乙"
    ]


@pytest.mark.parametrize("blank", ["\u2003", "\u2005", "\u205f", "\x1f", "\x0b", "\x85", "\u2028"])
def test_blanks_of_other_widths_are_blanks(blank: str) -> None:
    row = read(f"{blank}河阳{blank}林场\t{blank}乙{blank}\n").rows[0]
    assert [(cell.text, cell.start, cell.end) for cell in row.cells] == [("河阳 林场", 1, 6), ("乙", 8, 9)]

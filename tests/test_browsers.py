"""What text browsers make of a form: each way to break a row, the smallest text that shows it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import pytest

from extract.api import extract_bytes
from extract.clean import width
from extract.model import Failure, Form
from extract.readers import shapes
from tests.places import check_places


def form_of(source: str) -> Form:
    """The one form of a text; all places in it slice back."""
    extraction = extract_bytes(source.encode())
    check_places(extraction)
    (form,) = extraction.forms
    return form


def drawn(*rows: str) -> str:
    """A table of box characters: lines of cells as given, borders where a row is "-"."""
    return "\n".join(rows) + "\n"


HEAD = ("项目支出绩效目标批复表", "预算年度：2024", "预算单位：101-云岭县图书馆", "项目名称：借阅经费", "")


def cells_of(*lines: str) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in shapes.read("\n".join(lines)).rows]


def test_signs_of_ascii_borders_are_text_where_borders_are_drawn() -> None:
    assert cells_of(
        "┌────────┬────────┬────────┐",
        "│年度目标│专班+网格，a|b=-│",
        "│        │专班-+网格+--+，│",
        "├────────┼────────┬────────┤",
        "│一级指标│二级指标│三级指标│",
        "└────────┴────────┴────────┘",
    ) == [["年度目标", "专班+网格，a|b=-专班-+网格+--+，"], ["一级指标", "二级指标", "三级指标"]]


def test_a_plus_is_a_joint_only_beside_a_border() -> None:
    assert cells_of(
        "+--------+--------+--------+",
        "|年度目标|推行专班+网格法。|",
        "+--------+--------+--------+",
        "|一级指标|二级指标|三级指标|",
        "+--------+--------+--------+",
    ) == [["年度目标", "推行专班+网格法。"], ["一级指标", "二级指标", "三级指标"]]


def test_columns_without_room() -> None:
    form = form_of(
        drawn(
            *HEAD,
            "┌────────┬────────┬────────┬──┬──┬──┬──┬┐",
            "│一级指标│二级指标│三级指标│性│指│单│权││",
            "│        │        │        │质│标│位│重││",
            "│        │        │        │  │值│  │  ││",
            "├────────┼────────┼────────┼──┼──┼──┼──┼┤",
            "│产出指标│数量指标│借阅册数│≥│30│册│90││",
            "├────────┼────────┼────────┼──┼──┼──┼──┼┤",
            "│        │质量指标│完好比率│≥│95│% │10││",
            "└────────┴────────┴────────┴──┴──┴──┴──┴┘",
        )
    )
    rows = [(i.level2, i.name, i.operator, i.value, i.unit, str(i.weight)) for i in form.indicators]
    assert rows == [
        ("数量指标", "借阅册数", "≥", "30", "册", "90"),
        ("质量指标", "完好比率", "≥", "95", "%", "10"),
    ]


def test_paragraphs_by_tags_in_a_cell_of_several_lines() -> None:
    form = form_of(
        drawn(
            *HEAD,
            "┌────────┬────────────────────────┐",
            "│年度目标│<p>一是办好借阅，做到底 │",
            "│        │数清。</p><p>二是修书。<│",
            "│        │/p>                     │",
            "│        │<p>三是开馆。</p>       │",
            "├────────┼────────┬───────────────┤",
            "│一级指标│二级指标│三级指标       │",
            "└────────┴────────┴───────────────┘",
        )
    )
    assert [goal.text for goal in form.goals] == ["一是办好借阅，做到底数清。", "二是修书。", "三是开馆。"]


def test_a_quoted_cell_with_tags_and_quotes() -> None:
    rows = ["项目支出绩效目标批复表,,,", "预算年度,2024,,", "预算单位,101-云岭县图书馆,,"]
    goals = '年度目标,"<p>办好""读书月""，</p><p>修书。</p>",,'
    table = ["一级指标,二级指标,三级指标,指标值", "产出指标,数量指标,册数,30", "产出指标,数量指标,人数,40"]
    form = form_of("\n".join([*rows, goals, *table]))
    assert [goal.text for goal in form.goals] == ['办好"读书月"，', "修书。"]


# A department's form, its rows as a text browser prints them on a page that has room for all of them.
FLOWED = """\
部门整体支出绩效目标批复表

预算年度：2024

预算单位：101-云岭县图书馆

总体资金情况（元） 预算支出总额 基本支出 项目支出
合计 财政拨款 专户资金 单位资金 合计 财政拨款 专户资金 单位资金
900.00 600.00 500.00 60.00 40.00 300.00 250.00 30.00 20.00
整体绩效目标

一是按月通报进度，按季盘点得失，把好立项、招标、验收三道关口，资金实行专账核算、专人管理，让群众少跑路。

二是修书。
年度主要任务 任务名称 主要内容
图书下乡借阅 按月通报进度，按季盘点得失，把好立项、招标、验收三道关口，资金实行专账核算、专人管理，让群众少跑路。
修书 修补旧书。
老档案的数字化和图书馆的总分馆建设与延时开放 按月通报进度，按季盘点得失，做到底数清
补办借阅证 换发新证
年度绩效指标
一级指标 二级指标 三级指标 绩效指标性质 绩效指标值 绩效度量单位 权重
产出指标 数量指标 图书下乡借阅册数（含跨年结转的部分与期刊报纸） ≥ 30 册 40
质量指标 按月通报进度的村组与单位的比率，按季盘点得失、把好立项、招标、验收三道关口的标段的比率 ≥ 95 % 20
旧书修补的完好比率，与上级下达的任务书的要求都保持一致 定性 优良中差 10
满意度指标 服务对象满意度指标 按月借阅图书并在网上留下意见的群众满意度 ≥ 90 % 30
其他说明 表中数据以批复口径为准，不含上年结转的资金和县外捐赠的图书、期刊与报纸，也不含税。

【打印本页】 【关闭窗口】

主办：云岭县图书馆　备案号：00000000

"""
LINKS = """\
References

   1. https://example.org/a/rather/long/address/of/a/page/that/no/label/is/as/long/as
   2. javascript:print()
"""
TASKS = ["图书下乡借阅", "修书", "老档案的数字化和图书馆的总分馆建设与延时开放", "补办借阅证"]
LEVELS = {"产出指标": "产出指标（60 分）", "满意度指标 ": "满意度指标（30 分） "}
NAMES = [
    "图书下乡借阅册数（含跨年结转的部分与期刊报纸）",
    "按月通报进度的村组与单位的比率，按季盘点得失、把好立项、招标、验收三道关口的标段的比率",
    "旧书修补的完好比率，与上级下达的任务书的要求都保持一致",
    "按月借阅图书并在网上留下意见的群众满意度",
]


def flowed(source: str, room: int, measure: Callable[[str], int]) -> str:
    """The lines wrapped as text browsers do: at the last blank that has room, words longer than a line anywhere."""
    found = []
    for line in source.splitlines():
        lines = [""]
        for word in line.split(" "):
            if lines[-1] and measure(lines[-1]) + 1 + measure(word) > room:
                lines.append("")
            lines[-1] += " " * bool(lines[-1])
            for character in word:
                if measure(lines[-1] + character) > room:
                    lines.append("")
                lines[-1] += character
        found += [f"   {piece}".rstrip() for piece in lines]
    return "\n".join(found) + "\n"


@pytest.mark.parametrize("measure", [len, width])
@pytest.mark.parametrize("room", [44, 47, 50, 61, 74, 90, 120, 400])
def test_rows_wrapped_at_the_width_of_a_page(room: int, measure: Callable[[str], int]) -> None:
    form = form_of(flowed(FLOWED, room, measure) + LINKS)
    amounts = ["900.00", "600.00", "500.00", "60.00", "40.00", "300.00", "250.00", "30.00", "20.00"]
    assert [str(amount.amount) for amount in form.funding] == amounts
    assert [goal.text[:2] + goal.text[-4:] for goal in form.goals] == ["一是少跑路。", "二是是修书。"]
    assert [task.name for task in form.tasks] == TASKS
    assert [(task.content or "")[-4:] for task in form.tasks] == ["少跑路。", "补旧书。", "到底数清", "换发新证"]
    assert [i.name for i in form.indicators] == NAMES
    tails = [(i.level2, i.operator, i.value, i.unit, str(i.weight)) for i in form.indicators]
    assert tails == [
        ("数量指标", "≥", "30", "册", "40"),
        ("质量指标", "≥", "95", "%", "20"),
        ("质量指标", "定性", "优良中差", None, "10"),
        ("服务对象满意度指标", "≥", "90", "%", "30"),
    ]
    assert (form.other_notes or "")[-4:] == "不含税。"
    assert not form.findings


def test_amounts_between_single_blanks_leave_their_columns_open() -> None:
    form = form_of(flowed(FLOWED.replace("300.00 250.00 30.00 20.00", "300.00 280.00 20.00"), 74, len))
    assert [(f.code, f.seq) for f in form.findings] == [("funding_ambiguous", 7), ("funding_ambiguous", 6)]


def test_brackets_and_further_fields_between_single_blanks() -> None:
    source = FLOWED.replace("预算单位：101-云岭县图书馆", "主管部门 云岭县文化局 实施单位 101-云岭县图书馆")
    for label, scored in LEVELS.items():
        source = source.replace(label, scored)
    form = form_of(flowed(source, 74, len))
    assert (form.supervising_unit, form.unit_code, form.unit_name) == ("云岭县文化局", "101", "云岭县图书馆")
    assert [(i.level1, i.level1_raw) for i in form.indicators][::3] == [
        ("产出指标", "产出指标（60 分）"),
        ("满意度指标", "满意度指标（30 分）"),
    ]


def test_numbers_of_links_are_no_text() -> None:
    source = FLOWED.replace("修书 修补旧书。", "[1]修书 修补[2]旧书[3]。").replace(
        "图书下乡借阅册数", "[2]图书下乡借阅册数"
    )
    form = form_of(flowed(source, 74, len) + LINKS)
    assert (form.tasks[1].name, form.tasks[1].content) == ("修书", "修补旧书[3]。")
    assert form.indicators[0].name == NAMES[0]


PUSHED = [
    ["项目名称", "借阅经费"],
    ["项目资金（元）", "年度资金总额：", "", "", "", "900.00"],
    ["", "财政拨款", "", "", "", "900.00"],
    ["", "其他资金"],
    ["年度目标", "<p>办好借阅。</p><p>修书。</p>"],
    ["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "单位", "权重", "备注"],
    ["产出指标", "数量指标", "借阅图书册数", "≥", "30", "册", "40"],
    ["", "", "修补图书册数", "≥", "3", "册", "20"],
    ["", "质量指标", "旧书修补的完好比率（不含", "≥", "95", "%", "10", "按季"],
    ["满意度指标", "服务对象满意度指标", "借阅群众满意度", "≥", "90", "%", "30"],
]
STARTS = [3, 11, 21, 33, 38, 45, 48, 53]


def laid_out(rows: Sequence[Sequence[str]]) -> str:
    """A table by characters; a cell that fills its column pushes the rest of its line a place on."""
    lines = []
    for row in rows:
        line, pushed = "", 0
        for start, cell in zip(STARTS, row, strict=False):
            if cell:
                full = len(line) >= start + pushed
                line = line.ljust(start + pushed) + " " * full + cell
                pushed += full
        lines.append(line)
    return "\n".join(lines) + "\n"


def test_a_full_column_pushes_its_line() -> None:
    head = "".join(f"   {line}\n\n" for line in HEAD[:3])
    form = form_of(head + laid_out(PUSHED))
    assert [goal.text for goal in form.goals] == ["办好借阅。", "修书。"]
    assert [(i.level2, i.name, i.operator, i.value, i.unit, str(i.weight)) for i in form.indicators] == [
        ("数量指标", "借阅图书册数", "≥", "30", "册", "40"),
        ("数量指标", "修补图书册数", "≥", "3", "册", "20"),
        ("质量指标", "旧书修补的完好比率（不含", "≥", "95", "%", "10"),
        ("服务对象满意度指标", "借阅群众满意度", "≥", "90", "%", "30"),
    ]
    assert not form.findings


FILLED = [
    ["项目支出绩效目标批复表", "", "", "", "", "", ""],
    ["预算年度", "2024", "", "", "", "", ""],
    ["预算单位", "101-云岭县图书馆", "", "", "", "", ""],
    ["项目名称", "借阅经费", "", "", "", "", ""],
    ["年度目标", "一是办好“借阅”，''\n二是修书; 三|是, 开馆。\n四是修馆。\n五是修路。", "", "", "", "", ""],
    ["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "单位", "权重"],
    ["产出指标", "数量指标", "借阅册数", "≥", "30", "册", "90"],
    ["", "质量指标", "完好比率", "≥", "95", "%", "10"],
]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_what_spreadsheets_save(separator: str, quote: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quotechar=quote, lineterminator="\n").writerows(FILLED)
    form = form_of(out.getvalue())
    assert [goal.text for goal in form.goals][::3] == ["一是办好“借阅”，''", "五是修路。"]
    assert [(i.name, i.operator, i.value, i.unit, str(i.weight)) for i in form.indicators] == [
        ("借阅册数", "≥", "30", "册", "90"),
        ("完好比率", "≥", "95", "%", "10"),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
def test_many_cells_with_breaks_of_lines(separator: str) -> None:
    def broken(cell: str) -> str:
        return f"{cell[:2]}\n{cell[2:]}" if len(cell) == 4 and "\n" not in cell and not cell.isdigit() else cell

    out = io.StringIO()
    rows = [[broken(cell) for cell in row] for row in FILLED]
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    form = form_of(out.getvalue())
    assert [(i.level2, i.name, str(i.weight)) for i in form.indicators] == [
        ("数量指标", "借阅册数", "90"),
        ("质量指标", "完好比率", "10"),
    ]


def test_a_cell_of_blanks_is_no_form() -> None:
    source = 'a,"' + " " * 40 + "\n" * 4 + '",b\n'
    assert extract_bytes(source.encode()).failure == Failure("not_a_form")


def test_a_text_in_a_cell_of_csv() -> None:
    body = "\n".join("\t".join(cell.replace("\n", "</p><p>") for cell in row) for row in FILLED)
    out = io.StringIO()
    csv.writer(out).writerows([["id", "body"], [17, body.replace("“借阅”", '"借阅"')], [18, "通知"]])
    form = form_of(out.getvalue())
    assert form.title == "项目支出绩效目标批复表"
    assert [goal.text for goal in form.goals][::3] == ["一是办好\"借阅\"，''", "五是修路。"]


COPIED = """\
项目支出
绩效目标批复表
预算年度：2024
主管
部门\t云岭县文化局\t实施单位\t101-云岭县图书馆
项目名称\t借阅经费
项目资金
（元）\t年度资金总额\t财政拨款
900.00\t900.00
年度目标\t办好借阅。
年度主
要任务\t任务
名称\t主要内容
图书下乡\t开办图书下乡
旧书
修补\t推行旧书修补
馆舍
维护\t保障开馆
年度绩
效指标
一级指标\t二级指标\t三级指标\t指标性质\t指标值\t单位\t权重
产出指标\t数量
指标\t借阅图书
册数\t≥\t30\t册\t40
\t质量指标\t旧书完好比率\t≥\t95\t%\t60
其他
说明\t无
"""


@pytest.mark.parametrize("browser", ["copied", "printed"])
def test_cells_with_breaks_of_lines(browser: str) -> None:
    source = COPIED
    if browser == "printed":
        whole = COPIED.replace("图书\n册数", "图书册数").replace("\t", " ")
        source = "".join(f"   {line.strip()}\n" for line in whole.splitlines())
    form = form_of(source)
    assert form.title == "项目支出绩效目标批复表"
    assert (form.supervising_unit, form.unit_name, form.other_notes) == ("云岭县文化局", "云岭县图书馆", "无")
    assert [str(amount.amount) for amount in form.funding] == ["900.00", "900.00"]
    assert [(i.level2, i.name, str(i.weight)) for i in form.indicators] == [
        ("数量指标", "借阅图书册数", "40"),
        ("质量指标", "旧书完好比率", "60"),
    ]
    if browser == "copied":
        # 旧书 / 修补 is named by its content; 馆舍 could end the content above.
        assert [(task.name, task.content) for task in form.tasks] == [
            ("图书下乡", "开办图书下乡"),
            ("旧书修补", "推行旧书修补馆舍"),
            ("维护", "保障开馆"),
        ]
        assert [(f.code, f.table, f.seq) for f in form.findings if f.table == "tasks"] == [
            ("layout_ambiguous", "tasks", 1)
        ]


def test_amounts_without_a_unit_are_said() -> None:
    form = form_of(COPIED.replace("（元）", ""))
    codes = [(f.code, f.table, f.field) for f in form.findings if f.code == "amount_unit_missing"]
    assert codes == [("amount_unit_missing", "documents", "amount_unit"), ("amount_unit_missing", "funding", None)]
    assert not [f for f in form_of(COPIED).findings if f.code == "amount_unit_missing"]

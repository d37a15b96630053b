"""What text browsers make of a form: each way to break a row, the smallest text that shows it."""

from __future__ import annotations

from extract.api import extract_bytes
from extract.model import Form
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

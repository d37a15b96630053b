"""Small forms that bring about one finding each, whole: where it points, and what it says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from extract.api import extract_bytes
from extract.catalogue import findings
from tests.test_corrections import FORM

TESTS: Final = Path(__file__).parent
SAMPLES: Final = TESTS.parent / "samples"
TOP: Final = FORM.partition("年度绩效指标\n")[0]
HEAD: Final = FORM.partition("一级指标")[0]
HEADER: Final = "一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t权重\n"
SECOND: Final = "\t质量指标\t走访效果\t\t良好\t\t40\n"
SIDES: Final = """一级指标\t二级指标\t三级指标\t指标值\t二级指标\t三级指标\t指标值
产出指标\t数量指标\t三年走访户数\t≥90户\t数量指标\t走访户数\t≥30户
\t\t\t\t质量指标\t走访效果\t良好
"""
# Names of one width, of which none ends as a name does.
WIDE: Final = (
    "组织开展困难群众走访慰问活动并登记在册的",
    "开展全县低保对象动态管理核查入户的户数达",
    "为特困人员购买照料护理服务和住院保险的人",
)

# Code, table, record, field, what it says, and the text that it points at.
Found = tuple[str, str, int | None, str | None, dict[str, Any], str | None]
OF_SECOND: Final = {"name": "走访效果"}

CASES: Final[dict[str, tuple[str, list[Found]]]] = {
    "nothing": (FORM, []),
    "no year": (
        FORM.replace("预算年度：2024\n", ""),
        [("fiscal_year_missing", "documents", None, "fiscal_year", {}, None)],
    ),
    "no project": (
        FORM.replace("项目名称：走访慰问\n", ""),
        [("project_missing", "documents", None, "project_name", {}, None)],
    ),
    "no goals": (
        FORM.replace("整体绩效目标\t做好民政工作。\n", ""),
        [("goals_missing", "goals", None, None, {}, None)],
    ),
    "a task without a content": (
        FORM.replace("走访困难群众", ""),
        [("task_incomplete", "tasks", None, None, {"text": "走访"}, "走访")],
    ),
    "no value": (
        FORM.replace("≥\t30", "≥\t"),
        [("value_missing", "indicators", 0, "value", {"name": "走访户数"}, "走访户数")],
    ),
    "a unit in the value and another beside it": (
        FORM.replace("≥\t30\t户", "≥\t30人以上\t户"),
        [("unit_twice", "indicators", 0, "unit", {"own": "人", "unit": "户"}, "户")],
    ),
    "no label of the first level": (
        FORM.replace("产出指标\t", "\t"),
        [
            ("level1_inferred", "indicators", 0, "level1", {"level1": "产出指标", "level2": "数量指标"}, "数量指标"),
            ("level1_inferred", "indicators", 1, "level1", {"level1": "产出指标", "level2": "质量指标"}, "质量指标"),
        ],
    ),
    "no labels": (
        FORM.replace("产出指标\t数量指标", "\t").replace("质量指标", ""),
        [
            (code, "indicators", seq, code.removesuffix("_missing"), {"name": name}, name)
            for seq, name in enumerate(("走访户数", "走访效果"))
            for code in ("level1_missing", "level2_missing")
        ],
    ),
    "no indicators": (HEAD + HEADER, [("indicators_missing", "indicators", None, None, {}, None)]),
    "no columns of levels": (
        f"{HEAD}指标名称\t指标性质\t指标值\t度量单位\t权重\n走访户数\t≥\t30\t户\t60\n走访效果\t\t良好\t\t40\n",
        [("levels_absent", "indicators", None, None, {}, None)],
    ),
    "a label in the place of a name": (
        FORM.replace("走访户数", "数量指标"),
        [("label_in_name", "indicators", 0, field, {"name": "数量指标"}, "数量指标") for field in ("name", "level2")],
    ),
    "one row twice": (
        f"{HEAD}{HEADER}产出指标\t数量指标\t走访户数\t≥\t30\t户\t50\n\t\t走访户数\t≥\t30\t户\t50\n",
        [("duplicate_indicator", "indicators", 1, None, {"name": "走访户数", "first": 0}, "走访户数")],
    ),
    "a row of a name alone": (
        FORM.replace(SECOND, "\t质量指标\t走访效果\n"),
        [
            ("row_incomplete", "indicators", None, None, OF_SECOND, "走访效果"),
            ("weight_missing", "indicators", 1, "weight", OF_SECOND, "走访效果"),
        ],
    ),
    "a date that breaks off": (
        FORM.replace("良好", "2023年7"),
        [("value_broken", "indicators", None, None, {"value": "2023年7"}, "2023年7")],
    ),
    "no name": (FORM.replace(SECOND, "\t\t\t≥\t20\t人\t40\n"), [("name_missing", "indicators", 1, "name", {}, "20")]),
    "weights that are too many": (
        FORM.replace("\t\t40\n", "\t\t60\n"),
        [("weight_sum", "indicators", None, None, {"sum": Decimal(120)}, None)],
    ),
    "names that all end at one width": (
        FORM.replace(SECOND, "".join(f"\t\t{name}\t≥\t3\t户\t{10 * (1 + at % 2)}\n" for at, name in enumerate(WIDE))),
        [
            ("cut_uncertain", "indicators", seq, "name_truncated", {"width": 40}, name)
            for seq, name in enumerate(WIDE, 1)
        ],
    ),
    "a piece of a label among the goals": (
        FORM.replace("做好民政工作。", "做好民政工作。\n年度"),
        [("goal_unlikely", "goals", 1, "text", {"text": "年度"}, "年度")],
    ),
    "tasks that ran into the goals": (
        FORM.replace(
            "民政工作。\n年度主要任务\t任务名称\t主要内容\n\t走访\t", "民政工作年度主要任务任务名称主要内容走访"
        ),
        [
            ("tasks_missing", "tasks", None, None, {}, None),
            (
                "goal_unlikely",
                "goals",
                0,
                "text",
                {"text": "做好民政工作年度主要任务任务名称主要内容走访走访困难群众"},
                "做好民政工作年度主要任务任务名称主要内容走访走访困难群众",
            ),
        ],
    ),
    "a piece of a unit's name": (
        FORM.replace("301001-河阳县民政局", "河阳"),
        [("unit_name_unlikely", "documents", None, "unit_name", {"name": "河阳"}, "河阳")],
    ),
    "a bracket in a unit's name that is not closed": (
        FORM.replace("河阳县民政局", "河阳县（民政局"),
        [("unit_name_unlikely", "documents", None, "unit_name", {"name": "河阳县（民政局"}, "河阳县（民政局")],
    ),
    "a task of one character": (
        FORM.replace("\t走访\t", "\t访\t"),
        [("task_name_unlikely", "tasks", 0, "name", {"name": "访"}, "访")],
    ),
    "an end of a sentence in a task's name": (
        FORM.replace("\t走访\t", "\t困难。走访\t"),
        [("task_name_unlikely", "tasks", 0, "name", {"name": "困难。走访"}, "困难。走访")],
    ),
    "a task's content without its beginning": (
        FORM.replace("走访困难群众", "，走访困难群众"),
        [("beginning_lost", "tasks", 0, "content", {"text": "，走访困难群众"}, "，走访困难群众")],
    ),
    "goals without their beginning": (
        FORM.replace("做好民政", "）做好民政"),
        [("beginning_lost", "goals", 0, "text", {"text": "）做好民政工作。"}, "）做好民政工作。")],
    ),
    "half an entity": (
        FORM.replace("走访困难群众", "走访困难群众&ldq\nuo;三类"),
        [("markup_left", "tasks", 0, "content", {"text": "走访困难群众&ldquo;三类"}, "走访困难群众&ldquo;三类")],
    ),
    "a quote alone": (
        FORM.replace("走访户数", "走访户数'"),
        [("markup_left", "indicators", 0, "name", {"text": "走访户数'"}, "走访户数'")],
    ),
    "values of another table in a title": (
        FORM.replace("项目支出绩", "'通知','项目支出绩"),
        [
            (
                "markup_left",
                "documents",
                None,
                "title",
                {"text": "'通知','项目支出绩效目标批复表"},
                "'通知','项目支出绩效目标批复表",
            )
        ],
    ),
    "a header among the tasks": (
        FORM.replace("\t走访\t走访困难群众", "\t名称\t主要内容\t\n\t走访\t走访困难群众").replace(
            "\t任务名称\t主要内容", ""
        ),
        [("task_name_unlikely", "tasks", 0, "name", {"name": "名称"}, "名称")],
    ),
    "an operator at the end of a name": (
        FORM.replace("走访户数\t≥", "走访户数≥\t≥"),
        [("name_unlikely", "indicators", None, None, {"name": "走访户数≥"}, "走访户数≥")],
    ),
    "a link in a unit": (
        FORM.replace("\t户\t", "\t[户](/a.html)\t"),
        [("markup_left", "indicators", 0, "unit", {"text": "[户](/a.html)"}, "[户](/a.html)")],
    ),
    "the rest of a value for a unit": (
        FORM.replace("\t户\t", "\t.5%\t"),
        [("unit_unlikely", "indicators", 0, "unit", {"unit": ".5%"}, ".5%")],
    ),
    "a line below a value behind a colon": (
        FORM.replace("河阳县民政局", "河阳县\n民政局"),
        [("rest_below", "documents", None, "unit_name", {"text": "民政局"}, "民政局")],
    ),
    "a line below the notes": (
        FORM + "其他说明\t执行率另行\n  计分\n",
        [("rest_below", "documents", None, "other_notes", {"text": "计分"}, "计分")],
    ),
    "a row of a table below the end": (
        FORM + "其他说明\t无\n产出指标\t时效指标\t走访时间\t≤\t3\t天\t5\n",
        [("row_unread", "indicators", None, None, {"text": "产出指标"}, "产出指标")],
    ),
    "a row of one of two tables side by side": (
        TOP + "年度绩效指标\n" + SIDES,
        [
            ("side_by_side", "indicators", 1, None, OF_SECOND, "走访效果"),
            (
                "row_ambiguous",
                "indicators",
                1,
                None,
                {"text": "质量指标", "role": "level2", "other": "aside"},
                "质量指标",
            ),
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_doubtful_is_said_where_it_is(case: str) -> None:
    text, expected = CASES[case]
    (form,) = extract_bytes(text.encode()).forms
    found = [
        (one.code, one.table, one.seq, one.field, dict(one.params), one.place.text if one.place else None)
        for one in form.findings
    ]
    assert found == expected


def test_a_sentence_that_ends_with_a_full_line_may_end_a_paragraph() -> None:
    last = "联合高校院所开展技术攻关。"
    line = last.replace("。", "，建成后移交属地长期管护人员。")
    text = (SAMPLES / "layout-01.txt").read_text(encoding="utf-8")
    assert text.count(f"{last}\n") == 1
    (form,) = extract_bytes(text.replace(f"{last}\n", f"{line}\n").encode()).forms
    (found,) = form.findings
    assert (found.code, found.table, found.seq, found.field) == ("layout_paragraph", "goals", 1, "text")
    assert found.params == {"before": f"校院所{line[6:]}", "behind": "推行上门公证服务，汛期实行24小时双岗值守，对发"}
    assert form.goals[1].text.startswith("稳步开展上门公证服务")


def test_every_finding_is_named_by_a_test() -> None:
    named = {code for path in TESTS.glob("test_*.py") for code in findings() if f'"{code}"' in path.read_text("utf-8")}
    assert set(findings()) - named == set()

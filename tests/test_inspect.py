from __future__ import annotations

import io
import json
from decimal import Decimal

import pytest
from rich.cells import cell_len
from rich.console import Console

from extract import extract_bytes, extract_path
from extract.messages import Speaker
from extract.model import Cell, Extraction, Failure, Finding, Form
from extract.report.inspect import as_dict, show
from extract.report.safe import safe
from tests.made import LINES, cell, extraction, failed, form
from tests.test_cli import SAMPLE, pifubiao


def shown(source: Extraction, language: str = "en", width: int = 100) -> list[str]:
    console = Console(file=io.StringIO(), width=width, highlight=False, markup=False, emoji=False)
    show(console, source, Speaker(language))
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def between(lines: list[str], first: str, last: str) -> list[str]:
    return lines[lines.index(first) + 1 : lines.index(last) - 1]


def test_the_real_sample() -> None:
    lines = shown(extract_path(SAMPLE))
    assert lines[:6] == [
        "部门（单位）整体支出绩效目标批复表",
        "大竹县司法局-2024.txt, form 1 of 1",
        "Kind         whole spending of a department",
        "Fiscal year  2024",
        "Unit         135 大竹县司法局部门",
        "Status       ok",
    ]
    assert between(lines, "Money (yuan)", "Goals") == [
        "Category          total         fiscal",
        "total     19,233,900.00",
        "basic     16,650,900.00  16,650,900.00",
        "project    2,583,000.00   2,583,000.00",
    ]
    tree = between(lines, "Indicators", "Findings")
    assert [line for line in tree if not line.startswith("    ")][1:-1] == [
        "产出指标",
        "  数量指标",
        "  质量指标",
        "  时效指标",
        "效益指标",
        "  经济效益指标",
        "  社会效益指标",
        "满意度指标",
        "  服务对象满意度指标",
    ]
    assert tree[-1] == "Sum of weights: 90"
    assert sum("[cut]" in line for line in lines) == 8
    assert sum("[recovered]" in line for line in lines) == 1
    assert lines[-2:] == ["none", ""]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_columns_stand_under_one_another_and_nothing_is_left_out(language: str, width: int) -> None:
    lines = shown(extract_path(SAMPLE), language, width)
    assert max(map(cell_len, lines)) <= width
    operators = {cell_len(line.split(mark)[0]) for line in lines for mark in (" ≥ ", " = ") if mark in line}
    assert len(operators) == 1
    section = {"en": ("Goals", "Tasks"), "zh": ("整体绩效目标", "年度主要任务")}[language]
    goals = "".join("".join(between(lines, *section)).split())
    assert goals == "".join(f"{n}.{goal.text}" for n, goal in enumerate(extract_path(SAMPLE).forms[0].goals, 1))
    text = "".join(lines)
    assert "…" not in text


def test_chinese() -> None:
    lines = shown(extraction(), "zh")
    assert lines[1] == "a.txt，第 1 张表，共 1 张"
    assert lines[2] == "类型      部门（单位）整体支出"
    assert between(lines, "年度主要任务", "年度绩效指标")[1].split() == ["普法宣传", "开展普法宣传，送法下乡［截断］"]
    assert between(lines, "资金（元）", "整体绩效目标") == ["类别              合计", "预算支出总额  1,200.50"]


def test_findings_stand_with_the_lines_they_point_at() -> None:
    both = Cell("开展普法宣传，送法下乡", 5, 8, 12, 2, parts=(cell(5, "开展普法"), cell(6, "宣传，送法下乡")))
    doubts = (
        Finding("number_not_stored", "funding", 0, "amount", {"value": "1", "stored": "2"}, cell(3, "1,200.50")),
        Finding("number_not_stored", "tasks", 0, "content", {"value": "3", "stored": "4"}, both),
        Finding("number_not_stored", None, None, None, {}, None),
    )
    lines = shown(extraction("a.txt", form(0, doubts)))
    assert lines[lines.index("Findings") + 1 :] == [
        "warning  line 3  the number 1 has more digits than its column holds; stored: 2",
        "                 3 │ 总额 1,200.50",
        "warning  line 5  the number 3 has more digits than its column holds; stored: 4",
        "                 5 │ 任务 普法宣传 开展普法",
        "                 6 │ 宣传，送法下乡",
        "warning          the number {value} has more digits than its column holds; stored: {stored}",
        "",
    ]
    assert "Status       warning" in lines


def test_several_forms_and_an_empty_one() -> None:
    lines = shown(extraction("a.txt", form(0), Form(1, "project", "general", project_name="普法")))
    assert "a.txt, form 1 of 2" in lines
    second = lines[lines.index("a.txt, form 2 of 2") - 1 :]
    assert second[:4] == ["–", "a.txt, form 2 of 2", "Kind     project", "Project  普法"]
    assert second.count("none") == 5


def test_a_source_without_a_form() -> None:
    expected = "No form in a.pdf: this kind of file is not read yet (PDF); convert it to text"
    assert shown(failed("a.pdf", "unsupported_format", {"kind": "PDF"})) == [expected]
    nothing = Extraction("a.txt", "00", None, None, [], ())
    assert shown(nothing, "zh") == ["a.txt 中没有表：文本中没有找到绩效目标批复表；请确认该文件是绩效目标表"]


def test_source_text_cannot_speak_to_the_terminal() -> None:
    evil = "a\x1b]0;title\x07b\u202ec[red]d[/red]:smile:\r\n\x9be"
    bad = Form(
        0,
        "department",
        "general",
        title=evil,
        unit_name=evil,
        other_notes=evil,
        findings=(Finding("number_not_stored", place=Cell("", 1, 0, 0, 0)),),
    )
    lines = shown(
        Extraction(evil, "00", None, None, [evil], (bad,), Failure("internal_error", {"reason": evil})), width=300
    )
    text = "\n".join(lines)
    assert not set(text) & set("\x1b\x07\x9b\u202e\r")
    assert "a]0;titlebc[red]d[/red]:smile:  e" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("普法", "普法"),
        ("a\tb\nc", "a b c"),
        ("\u200b\ufeffa\u2066b\u2069", "ab"),
        ("\x1b[31mred", "[31mred"),
        ("\ud800a\ue000", "a"),
        ("x\u3000y", "x\u3000y"),
    ],
)
def test_safe(text: str, expected: str) -> None:
    assert safe(text) == expected


def test_for_machines() -> None:
    found = json.loads(json.dumps(as_dict(extract_path(SAMPLE))))
    assert found["failure"] is None
    (only,) = found["forms"]
    assert (only["unit_code"], only["fiscal_year"]) == ("135", 2024)
    assert {row["amount"] for row in only["funding"]} == {"19233900", "16650900", "2583000"}
    assert [len(only[name]) for name in ("funding", "goals", "tasks", "indicators", "findings")] == [5, 4, 9, 22, 0]
    assert only["indicators"][0]["value_number"] == "324"
    assert len(only["provenance"]) > 200
    assert as_dict(extract_bytes(b"", source_path="e.txt"))["failure"]["code"] == "empty"


def test_numbers_for_machines_keep_their_digits() -> None:
    source = extraction()
    weight = Decimal("0.1234567891")
    first = source.forms[0].indicators[0]._replace(weight=weight, value_number=Decimal("1200000"))
    row = as_dict(extraction("a.txt", Form(0, "department", "general", indicators=(first,))))["forms"][0]["indicators"][
        0
    ]
    assert (row["weight"], row["value_number"]) == ("0.1234567891", "1200000")
    assert source.lines == LINES


def test_the_command() -> None:
    done = pifubiao("inspect", SAMPLE)
    assert done.returncode == 0
    assert [line.rstrip() for line in done.stdout.splitlines()] == shown(extract_path(SAMPLE), width=120)
    found = json.loads(pifubiao("inspect", SAMPLE, "--json").stdout)
    assert found["source_path"] == "大竹县司法局-2024.txt"


def test_the_command_on_a_file_without_a_form(tmp_path: object) -> None:
    done = pifubiao("inspect", __file__)
    assert done.returncode == 1
    assert (
        done.stdout
        == "No form in test_inspect.py: no approval table was found in this text; check that this is a performance-target table\n"
    )

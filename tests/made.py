"""Extractions made by hand, with places that are true."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal

from extract.model import Amount, Cell, Extraction, Failure, Finding, Form, Goal, Indicator, Task

LINES = [
    "单位整体支出绩效目标批复表",
    "预算年度：2024\t单位：135-司法局",
    "总额\t1,200.50",
    "整体绩效目标\t一是做好普法。",
    "任务\t普法宣传\t开展普法",
    "\t\t宣传，送法下乡",
    "产出指标\t数量指标\t宣传次数\t≥\t12\t场次\t5",
    "\t\t覆盖村社\t=\t324\t个\t85",
]


def cell(line: int, text: str) -> Cell:
    """The cell for ``text`` where it stands first in a line (1-based) of ``LINES``."""
    start = LINES[line - 1].index(text)
    return Cell(text, line, start, start + len(text), LINES[line - 1][:start].count("\t"))


def indicator(name: str, line: int, operator: str, value: str, unit: str, weight: str, basis: str) -> Indicator:
    level1, level2 = cell(7, "产出指标"), cell(7, "数量指标")
    places = {
        "level1": level1,
        "level1_raw": level1,
        "level2": level2,
        "level2_raw": level2,
        "name": cell(line, name),
        "operator": cell(line, operator),
        "value": cell(line, value),
        "value_number": cell(line, value),
        "unit": cell(line, unit),
        "weight": cell(line, weight),
    }
    return Indicator(
        "产出指标",
        "数量指标",
        name,
        "产出指标",
        "数量指标",
        basis,
        basis,
        operator,
        "stated",
        value,
        Decimal(value),
        unit,
        None,
        Decimal(weight),
        None,
        None,
        None,
        False,
        places,
    )


def form(index: int = 0, findings: tuple[Finding, ...] = ()) -> Form:
    first, second = cell(5, "开展普法"), cell(6, "宣传，送法下乡")
    content = first._replace(text="开展普法宣传，送法下乡", parts=(first, second))
    return Form(
        form_index=index,
        form_kind="department",
        form_profile="general",
        title="单位整体支出绩效目标批复表",
        fiscal_year=2024,
        unit_code="135",
        unit_name="司法局",
        amount_unit="元",
        funding=(
            Amount(
                "total",
                "total",
                Decimal("1200.5"),
                "1,200.50",
                "stated",
                {"amount": cell(3, "1,200.50"), "amount_raw": cell(3, "1,200.50")},
            ),
        ),
        goals=(Goal("一是做好普法。", {"text": cell(4, "一是做好普法。")}),),
        tasks=(
            Task("普法宣传", content.text, True, None, None, False, {"name": cell(5, "普法宣传"), "content": content}),
        ),
        indicators=(
            indicator("宣传次数", 7, "≥", "12", "场次", "5", "stated"),
            indicator("覆盖村社", 8, "=", "324", "个", "85", "inherited"),
        ),
        findings=findings,
        places={
            "title": cell(1, LINES[0]),
            "fiscal_year": cell(2, "2024"),
            "unit_code": cell(2, "135"),
            "unit_name": cell(2, "司法局"),
        },
    )


def digest(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()


def extraction(path: str = "a.txt", *forms: Form) -> Extraction:
    return Extraction(path, digest(path), "text/plain", "utf-8", LINES, forms or (form(),))


def failed(path: str, code: str = "empty", params: Mapping[str, object] | None = None) -> Extraction:
    return Extraction(path, digest(path), None, None, [], (), Failure(code, params or {}))

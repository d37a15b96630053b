"""The title, the year and the facts of a form's head, and where each stands."""

from __future__ import annotations

import pytest

from extract.api import extract_bytes
from extract.model import Cell, Form

FORM = """{title}
{facts}
一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t权重
产出指标\t数量指标\t案件数\t≥\t12\t件\t90
"""


def read(title: str = "部门整体支出绩效目标批复表", facts: str = "预算单位：135-司法局") -> Form:
    (form,) = extract_bytes(FORM.format(title=title, facts=facts).encode(), source_path="a").forms
    return form


def at(cell: Cell) -> list[tuple[str, int, int]]:
    """Each piece of a place: its text, and from where to where it stands in its line."""
    return [(piece.text, piece.start, piece.end) for piece in cell.parts or (cell,)]


@pytest.mark.parametrize(
    ("title", "places", "year"),
    [
        ("部门整体支出绩效目标批复表", [("部门整体支出绩效目标批复表", 0, 13)], None),
        ("部门整体支出绩效目标批复表（2024年度）", [("部门整体支出绩效目标批复表", 0, 13)], ("2024", 14, 18)),
        ("部门整体支出绩效目标批复表 (2024)", [("部门整体支出绩效目标批复表", 0, 13)], ("2024", 15, 19)),
        ("（2024年度）部门整体支出绩效目标批复表", [("部门整体支出绩效目标批复表", 8, 21)], ("2024", 1, 5)),
        (
            "部门整体支出（2024年度）绩效目标批复表",
            [("部门整体支出", 0, 6), ("绩效目标批复表", 14, 21)],
            ("2024", 7, 11),
        ),
        ("2024年部门整体支出绩效目标批复表", [("2024年部门整体支出绩效目标批复表", 0, 18)], ("2024", 0, 4)),
    ],
)
def test_a_year_in_brackets_is_no_part_of_the_title(
    title: str, places: list[tuple[str, int, int]], year: tuple[str, int, int] | None
) -> None:
    form = read(title)
    assert form.title == "".join(text for text, *_ in places)
    assert at(form.places["title"]) == places
    assert form.fiscal_year == (None if year is None else 2024)
    assert [at(cell) for name, cell in form.places.items() if name == "fiscal_year"] == (
        [] if year is None else [[year]]
    )


@pytest.mark.parametrize(
    ("facts", "code", "name"),
    [
        ("预算单位：135-司法局", ("135", 5, 8), ("司法局", 9, 12)),
        ("预算单位：  135-司法局", ("135", 7, 10), ("司法局", 11, 14)),
        ("预算单位\t135-司法局", ("135", 5, 8), ("司法局", 9, 12)),
        ("预算单位：司法局", None, ("司法局", 5, 8)),
        ("预算单位：2024-司法局", ("2024", 5, 9), ("司法局", 10, 13)),
        # A date and no code.
        ("预算单位：2024-1号专班", None, ("2024-1号专班", 5, 14)),
    ],
)
def test_a_unit_and_its_code_behind_their_label(
    facts: str, code: tuple[str, int, int] | None, name: tuple[str, int, int]
) -> None:
    form = read(facts=facts)
    assert (form.unit_code, form.unit_name) == (code and code[0], name[0])
    assert at(form.places["unit_name"]) == [name]
    assert [at(cell) for key, cell in form.places.items() if key == "unit_code"] == ([] if code is None else [[code]])

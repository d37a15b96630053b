"""Amounts to columns: by the equations first, by their places second."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extract.checks import FAILS, HOLDS, NOT_MADE
from extract.interpret.funding import Funding, read
from extract.model import FormKind
from extract.profiles import default
from extract.readers.text import read as read_text

DEPARTMENT = """预算支出总额\t基本支出\t\t\t\t项目支出
\t合计\t财政拨款\t专户资金\t单位资金\t合计\t财政拨款\t专户资金\t单位资金
"""
PROJECT = "年度资金总额\t\t\t财政拨款\t\t专户资金\t\t单位资金\n"


def funding(text: str, kind: FormKind = "department", unit: str | None = "元") -> Funding:
    return read(read_text(text).rows, None, kind, unit, default().finder.profile)


def amounts(found: Funding) -> dict[str, Decimal]:
    return {f"{a.category}.{a.source}": a.amount for a in found.amounts}


def codes(found: Funding) -> list[str]:
    return [finding.code for finding in found.findings]


@pytest.mark.parametrize("lead", ["", "\t", "\t\t\t"])
def test_leading_tabs_mean_nothing(lead: str) -> None:
    found = funding(DEPARTMENT + lead + "30\t10\t10\t\t\t20\t15\t\t5")
    assert amounts(found) == {
        "total.total": 30,
        "basic.total": 10,
        "basic.fiscal": 10,
        "project.total": 20,
        "project.fiscal": 15,
        "project.unit_fund": 5,
    }
    assert (codes(found), found.check) == ([], HOLDS)


def test_lost_blanks_are_settled_by_the_equations() -> None:
    found = funding(DEPARTMENT + "30\t10\t10\t20\t15\t5")
    assert amounts(found)["project.total"] == 20
    # Which of the sources 15 and 5 are, nothing tells where blanks are lost.
    doubts = {(finding.code, finding.seq) for finding in found.findings}
    assert doubts == {("funding_ambiguous", seq) for seq in (2, 4, 5)}


def test_what_equations_and_places_leave_open_is_said() -> None:
    found = funding(PROJECT + "12\t12", "project")
    assert amounts(found)["project.total"] == 12
    assert [(f.code, f.seq) for f in found.findings] == [("funding_ambiguous", 1)]


def test_places_decide_what_equations_cannot() -> None:
    assert amounts(funding(PROJECT + "12\t\t\t12", "project")) == {"project.total": 12, "project.fiscal": 12}
    assert amounts(funding(PROJECT + "12\t\t\t\t\t\t\t12", "project")) == {"project.total": 12, "project.unit_fund": 12}
    assert amounts(funding(PROJECT + "12\t\t\t\t\t12", "project")) == {
        "project.total": 12,
        "project.special_account": 12,
    }


def test_an_equation_that_fails_is_a_finding() -> None:
    found = funding(DEPARTMENT + "31\t10\t10\t\t\t20\t20")
    assert (codes(found), found.check) == (["funding_equation"], FAILS)
    assert found.findings[0].params == {"column": "total/total", "whole": Decimal(31), "parts": Decimal(30)}


def test_nothing_to_compare_is_no_check() -> None:
    assert funding("年度资金总额\t12", "project").check == NOT_MADE


def test_a_blank_sum_is_worked_out_and_says_so() -> None:
    found = funding("项目资金\t财政拨款\t8\n\t单位资金\t4", "project")
    assert [(a.source, a.amount, a.basis) for a in found.amounts] == [
        ("fiscal", Decimal(8), "stated"),
        ("unit_fund", Decimal(4), "stated"),
        ("total", Decimal(12), "inferred"),
    ]
    assert codes(found)[-1] == "funding_inferred"
    assert [part.text for part in found.amounts[-1].places["amount"].parts] == ["8", "4"]


def test_amounts_stand_under_the_words_that_name_their_columns() -> None:
    found = funding(DEPARTMENT + "12\t8\t8\t\t\t4\t4\t\t")
    assert [(a.places["category"].text, a.places["source"].text) for a in found.amounts] == [
        ("预算支出总额", "预算支出总额"),
        ("基本支出", "合计"),
        ("基本支出", "财政拨款"),
        ("项目支出", "合计"),
        ("项目支出", "财政拨款"),
    ]


def test_an_amount_beside_its_word_is_named_by_it() -> None:
    found = funding("基本支出\t8\n财政拨款\t5\n单位资金\t3")
    assert [(a.places["category"].text, a.places["source"].text) for a in found.amounts[:3]] == [
        ("基本支出", "基本支出"),
        ("基本支出", "财政拨款"),
        ("基本支出", "单位资金"),
    ]


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("12.5", "万元", "125000.00"),
        ("12.5万", "元", "125000.00"),
        ("1,200.5元", "万元", "1200.50"),
        ("１２", "元", "12.00"),
    ],
)
def test_units_of_money(text: str, unit: str, amount: str) -> None:
    found = funding(f"年度资金总额\t{text}", "project", unit)
    assert [str(a.amount) for a in found.amounts] == [amount]
    assert found.amounts[0].amount_raw == text


def test_the_unit_in_the_label_counts() -> None:
    found = funding("项目资金（万元）\t年度资金总额\t12", "project", None)
    assert (found.amount_unit, str(found.amounts[0].amount)) == ("万元", "120000.00")


def test_parts_of_a_source_are_no_parts_of_the_total() -> None:
    lines = "年度资金总额\t6.30\n(一)财政拨款小计\t6.30\n1、一般公共预算\t6.30\n2、政府性基金\t0.00"
    found = funding(lines, "project", "万元")
    assert amounts(found) == {
        "project.total": 63000,
        "project.fiscal": 63000,
        "project.general_public_budget": 63000,
        "project.government_fund": 0,
    }
    assert (codes(found), found.check) == ([], HOLDS)


def test_a_second_row_of_amounts_is_not_dropped_in_silence() -> None:
    found = funding(PROJECT + "12\t\t\t12\n7\t\t\t7", "project")
    assert codes(found) == ["cell_unread", "cell_unread"]

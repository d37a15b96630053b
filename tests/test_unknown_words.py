"""Forms with words that no profile knows: read by what stands there, and what cannot be told is doubted."""

from __future__ import annotations

import pytest

from extract import extract_bytes
from extract.catalogue import findings
from extract.model import Form
from tests.readme import SAMPLE
from tests.word_forms import GOALS, HEADER, MONEY, ROW, TASKS, form, seen

TEXT = SAMPLE.read_text(encoding="utf-8")


def only(text: str) -> Form:
    (found,) = extract_bytes(text.encode()).forms
    return found


def codes(found: Form) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.field) for finding in found.findings]


def same(found: Form, other: Form) -> bool:
    return bool(seen([found])[0][:-1] == seen([other])[0][:-1])


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("一级指标", "level1"),
        ("二级指标", "level2"),
        ("三级指标", "name"),
        ("绩效指标性质", "operator"),
        ("绩效指标值", "value"),
        ("绩效度量单位", "unit"),
        ("权重", "weight"),
    ],
)
def test_a_column_with_an_unknown_word_is_told_by_its_cells(word: str, role: str) -> None:
    whole = only(TEXT)
    found = only(TEXT.replace(word, "云泽词"))
    assert same(found, whole)
    assert codes(found) == [*codes(whole), ("column_inferred", role)]
    assert found.findings[-1].place is not None


def test_two_columns_with_unknown_words() -> None:
    found = only(form(header=HEADER.replace("绩效指标性质", "比法").replace("权重", "份量")))
    assert same(found, only(form()))
    assert sorted(codes(found)) == [("column_inferred", "operator"), ("column_inferred", "weight")]


def test_numbers_that_do_not_sum_up_are_no_weights() -> None:
    header, rows = (
        HEADER.replace("权重", "甲数"),
        (ROW.replace("100", "13"), ROW.replace("100", "7").replace("巡查", "清理")),
    )
    found = only(form(header=header, rows=rows))
    assert [one.weight for one in found.indicators] == [None, None]
    assert codes(found) == [("column_unknown", None)]


def test_of_two_columns_of_texts_either_may_be_the_names() -> None:
    header = HEADER.replace("三级指标", "事项\t甲记")
    found = only(
        form(header=header, rows=("产出指标\t数量指标\t巡查全县河道的次数\t水务局巡查工作台账\t≥\t12\t次\t100",))
    )
    assert {("column_inferred", "name"), ("column_unknown", None)} <= set(codes(found))
    assert "warning" in {findings()[finding.code].severity for finding in found.findings}


def test_a_further_column_with_an_unknown_word_is_passed_over_and_said() -> None:
    found = only(form(header=f"{HEADER}\t云泽词", rows=(f"{ROW}\t见台账",)))
    assert same(found, only(form()))
    assert codes(found) == [("column_unknown", None)]


def test_money_is_known_by_its_header() -> None:
    found = only(form(money=(MONEY[0].replace("总体资金情况", "花钱安排"), MONEY[1])))
    assert same(found, only(form()))
    assert found.findings == ()
    found = only(form(money=(MONEY[0].replace("总体资金情况（元）", "花钱安排（万元）"), MONEY[1])))
    assert [str(amount.amount) for amount in found.funding] == ["3000000.00", "1000000.00", "2000000.00"]


def test_tasks_are_known_by_their_header() -> None:
    for header in (TASKS[0].replace("年度主要任务", "全年打算"), TASKS[0].removeprefix("年度主要任务\t")):
        found = only(form(tasks=(header, TASKS[1])))
        assert same(found, only(form()))
        assert found.findings == ()


def test_words_of_tasks_in_a_text_begin_none() -> None:
    goals = (*GOALS, "二是做好以下工作内容。", "三是抓落实\t工作内容")
    assert [task.name for task in only(form(goals=goals)).tasks] == ["巡查河道"]

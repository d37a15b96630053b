"""Sections in another order than the usual one, and rows of a section whose label is not known."""

from __future__ import annotations

from itertools import permutations

import pytest

from extract import extract_bytes
from extract.model import Form
from tests.word_forms import GOALS, MONEY, ROW, TASKS, form


def only(text: str) -> Form:
    (found,) = extract_bytes(text.encode()).forms
    return found


def codes(found: Form) -> list[tuple[str, str | None, int | None]]:
    return [(finding.code, finding.table, finding.seq) for finding in found.findings]


@pytest.mark.parametrize("parts", list(permutations((MONEY, GOALS, TASKS))))
def test_sections_may_come_in_any_order(parts: tuple[tuple[str, ...], ...]) -> None:
    first, second, third = parts
    found = only(form(money=first, goals=second, tasks=third))
    assert found.findings == ()
    assert [str(amount.amount) for amount in found.funding] == ["300.00", "100.00", "200.00"]
    assert [goal.text for goal in found.goals] == ["做好水务工作。"]
    assert [task.name for task in found.tasks] == ["巡查河道"]
    assert len(found.indicators) == 1


def test_words_of_other_sections_among_tasks_begin_none() -> None:
    tasks = (*TASKS, "\t项目资金\t及时拨付项目资金", "\t总体目标\t三年建成水网")
    found = only(form(tasks=tasks))
    assert found.findings == ()
    assert [task.name for task in found.tasks] == ["巡查河道", "项目资金", "总体目标"]
    assert [goal.text for goal in found.goals] == ["做好水务工作。"]


def test_figures_below_a_label_that_is_not_known_are_told() -> None:
    money = ("花钱安排\t总数\t常年\t专项", "\t300.00\t100.00\t200.00")
    found = only(form(money=GOALS, goals=money))
    assert ("figures_in_text", "goals", None) in codes(found)
    found = only(form(money=TASKS, goals=money, tasks=()))
    assert ("figures_in_text", "tasks", None) in codes(found)


def test_a_header_of_tasks_that_is_not_known_is_told() -> None:
    found = only(form(tasks=("年度主要任务\t事项\t做法", TASKS[1])))
    assert codes(found) == [("task_header_unknown", "tasks", 0)]
    assert [task.name for task in found.tasks] == ["事项", "巡查河道"]


@pytest.mark.parametrize(
    "tasks",
    [
        ("年度主要任务\t巡查\t每月巡查全县河道", "\t清理\t每月清理全县河道"),
        ("年度主要任务\t事项\t做法",),
        ("年度主要任务\t巡查\t每月一次", "\t清理\t每季一次"),
    ],
)
def test_tasks_without_a_header_are_no_doubt(tasks: tuple[str, ...]) -> None:
    found = only(form(tasks=tasks, rows=(ROW,)))
    assert found.findings == ()
    assert len(found.tasks) == len(tasks)

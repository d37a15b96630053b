"""The rest of cut texts: from the goals of the form, and from other documents of the department."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract import recover
from extract.api import extract_bytes
from extract.batch.convert import told_table
from extract.batch.recovery import patches_of
from extract.model import Extraction
from extract.recover import Sources, TaskPatch, Told, Widths, of_group, passages, told, widths
from fuzz.loaders import check_recovery

START = "开展法律援助工作，进一步规范案件受理、指派、承办和监督流程，持续提升困难群众获得感，着力打造半小"
FORM = """部门整体支出绩效目标批复表
预算年度：2024
预算单位：{code}-司法局
整体绩效目标\t{goal}
年度主要任务\t任务名称\t主要内容
\t法律援助\t{content}
一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t权重
产出指标\t数量指标\t案件数\t≥\t12\t件\t90
"""


def read(name: str, code: str, content: str, goal: str = "做好各项工作。") -> Extraction:
    return extract_bytes(FORM.format(code=code, goal=goal, content=content).encode(), source_path=name)


def changed(*documents: Extraction) -> list[TaskPatch]:
    """What documents, in their order, tell about one another."""
    texts = [text for document in documents for text in told(document)]
    learned = Widths()
    for folder, own in widths(texts).items():
        learned.add(folder, own)
    return [patch for _, patch in patches_of([told_table(texts)], learned.limits())]


def test_the_goals_of_the_form_come_first_and_end_the_sentence() -> None:
    task = read("a", "121", START, f"<p>一是援助。{START}时法律服务圈；办好实事。再办一件。</p>").forms[0].tasks[0]
    assert task.content_truncated
    assert task.content_recovered == START + "时法律服务圈；办好实事。"
    assert task.recovery_source == "goals line 4"


def test_a_passage_that_goes_on_in_two_ways_is_not_recovered() -> None:
    task = read("a", "121", START, f"<p>{START}时服务圈。</p><p>{START}康社会。</p>").forms[0].tasks[0]
    assert (task.content_truncated, task.content_recovered) == (True, None)


def test_a_passage_may_stand_at_the_very_beginning_or_over_itself() -> None:
    whole = START + "时法律服务圈。"
    assert read("a", "121", START, f"{whole}再办一件。").forms[0].tasks[0].content_recovered == whole
    # Read from either place, it goes on in another way.
    assert list(passages("甲" * 12, "甲" * 13 + "乙。")) == [(0, 15), (1, 15)]


def test_a_passage_of_a_few_words_is_looked_for_nowhere() -> None:
    documents = read("a", "121", "加强宣传，", "加强宣传，办好实事。"), read("b", "121", "加强宣传，做好普法。")
    (task,) = documents[0].forms[0].tasks
    assert (task.content_truncated, task.content_recovered) == (True, None)
    assert changed(*documents) == []


def test_a_unit_below_finds_the_rest_with_the_unit_above() -> None:
    documents = read("a", "121001", START), read("b", "121", START + "时法律服务圈。"), read("c", "1210", "办理案件。")
    assert changed(*documents) == [
        TaskPatch("a", 0, 0, True, START + "时法律服务圈。", "b#0 tasks 0"),
    ]


def test_a_form_that_says_the_same_in_two_places_is_one_source() -> None:
    whole = START + "时法律服务圈。"
    documents = read("a", "121", START), read("b", "121", whole, f"一是援助。{whole}二是宣传。")
    assert [p.recovery_source for p in changed(*documents)] == ["b#0 tasks 0"]


@pytest.mark.parametrize(("code", "found"), [("121", True), ("121001", True), ("12", False), ("122", False)])
def test_other_documents_of_the_department(code: str, found: bool) -> None:
    documents = read("甲/a.txt", "121", START), read("甲/b.txt", code, START + "时法律服务圈。")
    made = [(p.source_path, p.seq, p.content_recovered, p.recovery_source) for p in changed(*documents)]
    assert made == ([("甲/a.txt", 0, START + "时法律服务圈。", "甲/b.txt#0 tasks 0")] if found else [])


def cut_one(text: str = START, *, truncated: bool = True, marked: bool = False, kept: str = "") -> Told:
    return Told("县/a", 0, "tasks", 0, "121", text, truncated, marked, settled=False, width=60, kept=kept)


def sources(*texts: str) -> Sources:
    """The uncut texts of other forms of the unit, as a run knows them."""
    every = [Told(f"县/{at}", 0, "goals", 0, "121", text, False, False, settled=True) for at, text in enumerate(texts)]

    def these(numbers: Sequence[int]) -> list[Told]:
        return [every[number] for number in numbers]

    return Sources(texts, these)


@pytest.mark.parametrize("few", [0, recover._FEW])
@pytest.mark.parametrize("before", ["", "一是援助。"])
def test_the_first_text_of_all_is_looked_through_from_its_first_character(few: int, before: str) -> None:
    with patch.object(recover, "_FEW", few):
        found = list(of_group([cut_one()], sources(f"{before}{START}时法律服务圈。二是宣传。"), {}))
    assert found == [TaskPatch("县/a", 0, 0, True, START + "时法律服务圈。", "县/0#0 goals 0")]


def test_what_a_person_says_of_a_cut_holds_whatever_the_folder_shows() -> None:
    text = "甲" * 30
    assert [one.content_truncated for one in of_group([cut_one(text, truncated=False)], sources(), {"县": 60})] == [
        True
    ]
    settled = cut_one(text, truncated=False, kept="content_truncated")
    assert list(of_group([settled], sources(), {"县": 60})) == []
    assert list(of_group([cut_one(text, truncated=False, marked=True)], sources(), {"县": 60})) == []


def test_what_a_form_tells_of_its_tasks() -> None:
    document = read("县/a", "121", START)
    (form,) = document.forms
    plain, goal = told(document)
    assert plain == Told("县/a", 0, "tasks", 0, "121", START, True, False, settled=False, width=2 * len(START))
    assert goal == Told("县/a", 0, "goals", 0, "121", "做好各项工作。", False, False, settled=True)
    # A person put the content and what was recovered right: the width is that of what was read.
    settled: dict[tuple[str, int | None, str], object] = {
        ("tasks", 0, "content"): "甲" * 20,
        ("tasks", 0, "content_recovered"): None,
    }
    task = form.tasks[0]._replace(content_recovered="一" * 30)
    put_right = replace(document, forms=(replace(form, tasks=(task,), settled=settled),))
    first, _ = told(put_right)
    assert (first.width, first.settled, first.kept) == (40, False, "content_recovered")
    unread = replace(document, forms=(replace(form, settled={("tasks", 0, "content"): None}),))
    assert next(iter(told(unread))).width == 0


def test_a_mark_of_a_cut_stands_in_a_line() -> None:
    document = read("县/a", "121", START + "…")
    (form,) = document.forms
    assert [one.marked for one in told(document)] == [True, True]
    # A sheet has no lines.
    (task,) = form.tasks
    places = {**task.places, "content": task.places["content"]._replace(line=0)}
    nowhere = replace(document, forms=(replace(form, tasks=(task._replace(places=places),)),))
    assert [one.marked for one in told(nowhere)] == [False, False]


def test_documents_that_disagree_recover_nothing() -> None:
    documents = [
        read("a", "121", START),
        read("b", "121", START + "时法律服务圈。"),
        read("c", "121001", START + "康社会。"),
    ]
    assert changed(*documents) == []


def test_a_limit_is_learned_from_the_documents_of_a_folder() -> None:
    cut = ["甲" * 30, "乙" * 30, "丙" * 30]
    contents = [*cut, "按时完成。", "全部办结。", "及时公开。"]
    documents = [read(f"县/{i}", str(100 + i), content) for i, content in enumerate(contents)]
    found = changed(*documents, read("别县/7", "300", "丁" * 30))
    assert [(p.source_path, p.content_truncated) for p in found] == [(f"县/{i}", True) for i in range(3)]


def test_texts_without_a_mark_are_whole_where_the_form_marks_its_cuts() -> None:
    contents = ["甲" * 30, "乙" * 30, "丙" * 30, "按时完成。", "全部办结。", "及时公开。"]
    documents = [read(f"县/{i}", str(100 + i), content) for i, content in enumerate(contents)]
    marked = read("县/7", "300", "丁" * 30 + "\n\t宣传\t" + "戊" * 20 + "…")
    assert [task.content_truncated for task in marked.forms[0].tasks] == [False, True]
    assert [p.source_path for p in changed(*documents, marked)] == ["县/0", "县/1", "县/2"]


def test_a_department_with_many_documents_is_searched_once_a_text() -> None:
    documents = [read(f"{i}", f"121{i:03}", f"办理案件第{i}号，按时办结并公开。") for i in range(300)]
    documents += [read("a", "121", START), read("b", "121999", START + "时法律服务圈。")]
    assert [(p.source_path, p.recovery_source) for p in changed(*documents)] == [("a", "b#0 tasks 0")]


@given(st.binary(min_size=10, max_size=400), st.sampled_from([0, recover._FEW]))
def test_texts_of_a_department_are_found_as_a_slow_search_finds_them(data: bytes, few: int) -> None:
    with patch.object(recover, "_FEW", few):
        check_recovery(data)

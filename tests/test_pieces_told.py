"""What a lost separator or a line break anywhere does to a form is put right, or said."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from extract.api import extract_all, extract_bytes
from extract.model import Form
from tests.test_corrections import FORM

SAMPLES: Final = Path(__file__).parent.parent / "samples"
TASKS: Final = (
    ("走访慰问", "走访困难群众走访慰问到户"),
    ("稳步开展婚姻登记", "规范婚姻登记办理。"),
    ("养老服务", "办好养老服务，改造敬老院"),
)
ROWS: Final = "".join(f"\t{name}\t{content}\n" for name, content in TASKS)
WITH_TASKS: Final = FORM.replace("\t走访\t走访困难群众\n", ROWS)


def read(text: str) -> Form:
    (form,) = extract_bytes(text.encode()).forms
    return form


def told(form: Form) -> list[tuple[str, str | None, int | None, str | None]]:
    return [(one.code, one.table, one.seq, one.field) for one in form.findings]


# ---- tasks of which blanks stand for the separator


@pytest.mark.parametrize("seqs", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)])
def test_a_blank_parts_a_name_from_the_content_that_says_it(seqs: tuple[int, ...]) -> None:
    text = WITH_TASKS
    for seq in seqs:
        name, content = TASKS[seq]
        assert text.count(f"\t{name}\t{content}\n") == 1
        text = text.replace(f"\t{name}\t{content}\n", f" {name} {content} \n")
    form = read(text)
    assert [(task.name, task.content) for task in form.tasks] == list(TASKS)
    assert told(form) == []
    assert [form.tasks[1].places[field].text for field in ("name", "content")] == list(TASKS[1])


def test_a_blank_before_a_content_that_does_not_say_the_name_is_doubted() -> None:
    text = FORM.replace("\t走访困难群众\n", "\t走访困难群众\n民政服务站 建成十处\n").replace("\t走访\t", "走访\t")
    form = read(text)
    assert ("layout_ambiguous", "tasks", 0, None) in told(form)


@pytest.mark.parametrize("name", ["1）走访", "1)走访", "（一）走访", "走访（含慰问）", "走访、慰问", "落实《条例》"])
def test_names_of_tasks_that_nothing_is_wrong_with(name: str) -> None:
    assert told(read(FORM.replace("\t走访\t", f"\t{name}\t"))) == []


# ---- the head


def test_brackets_of_two_widths_are_a_pair() -> None:
    assert told(read(FORM.replace("河阳县民政局", "河阳县民政局(本级）"))) == []


@pytest.mark.parametrize("at", range(1, 6))
def test_a_code_cut_in_two_is_put_together(at: int) -> None:
    form = read(FORM.replace("301001", f"{'301001'[:at]}\n{'301001'[at:]}"))
    assert (form.unit_code, form.unit_name) == ("301001", "河阳县民政局")
    assert told(form) == [("name_goes_on", "documents", None, "unit_name")]


@pytest.mark.parametrize("title", ["项目支出绩效目标批复表", "部门整体支出绩效目标批复表", "单位整体支出绩效自评表"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_title_cut_within_the_word_for_its_kind_is_whole(title: str, at: int) -> None:
    text = FORM.replace("项目支出绩效目标批复表", f"附件2\n{title[:at]}\n{title[at:]}")
    assert read(text).title == title


@pytest.mark.parametrize("at", range(1, 7))
def test_a_title_cut_in_or_beside_its_brackets_is_whole(at: int) -> None:
    title = "部门（单位）整体支出绩效目标批复表"
    assert read(FORM.replace("项目支出绩效目标批复表", f"{title[:at]}\n{title[at:]}")).title == title


def test_a_line_above_a_title_is_none_of_it() -> None:
    assert read(f"河阳县\n{FORM}").title == "项目支出绩效目标批复表"


def test_the_rest_of_a_name_in_a_cell_of_the_line_below_is_said() -> None:
    text = (SAMPLES / "pipes-02.txt").read_text(encoding="utf-8")
    assert text.count("服务中心部门 |") == 1
    form = read(text.replace("服务中心部门 |", "\n服务中心部门 |"))
    assert ("rest_below", "documents", None, "unit_name") in told(form)


def test_notes_below_their_label_are_said() -> None:
    assert told(read(f"{FORM}其他说明\n\t执行率另行计分。\n")) == [("rest_below", "documents", None, "other_notes")]
    assert told(read(f"{FORM}其他说明\n\t填表人：张三\n")) == []


@pytest.mark.parametrize("word", ["主要内容", "工作措施要点"])
def test_a_doubt_on_a_task_points_at_it_below_any_header(word: str) -> None:
    header, first = "年度主要任务\t任务名称\t主要内容", "\t走访\t走访困难群众\n"
    rows = "走访\t走访困难群众\n救助\t救助流浪人员\n养老\n站所\t建成敬老院\n"
    assert header in FORM
    assert first in FORM
    form = read(FORM.replace(header, f"年度主要任务\n任务名称\t{word}").replace(first, rows))
    assert [task.name for task in form.tasks] == ["走访", "救助", "站所"]
    assert [one.seq for one in form.findings if one.code == "layout_ambiguous"] == [1]


# ---- amounts


def test_an_amount_below_the_word_for_it_is_that_ones() -> None:
    amounts = "年度资金总额\t100\n财政拨款\t\n60\n其他资金\t40\n"
    cut = FORM.partition("年度预算")[0] + "项目资金（元）\t" + amounts + FORM[FORM.index("整体绩效目标") :]
    found = [(one.source, str(one.amount)) for one in read(cut).funding]
    assert found == [("total", "100.00"), ("fiscal", "60.00"), ("other", "40.00")]


def test_full_width_figures_behind_single_blanks_are_amounts() -> None:
    head = "部门整体绩效目标表\n2024年度\n部门名称 河阳县（本级）档案馆 支出预算总量（万元） ４５１０．２１\n"
    goals = "当年整体绩效目标 1.做好档案工作。\n绩效指标 指标名称 指标权重 计量单位 指标性质 指标值\n"
    form = read(f"{head}{goals}归档卷数 ４６ 卷 ≥ ４９．３\n查档次数 ５４ 次 ≥ ７９\n")
    assert (form.unit_name, form.amount_unit) == ("河阳县（本级）档案馆", "万元")
    assert [str(one.amount) for one in form.funding] == ["45102100.00"]


def test_amounts_in_cells_under_a_header_of_blanks_may_stand_under_any_word() -> None:
    head = "项目资金（元）  年度资金总额  财政拨款  专户资金  单位资金"
    rows = f"{head}\n\t100.00\t\t\t100.00\t\t\t\t\n"
    start, end = FORM.index("年度预算"), FORM.index("整体绩效目标")
    form = read(FORM[:start] + rows + FORM[end:])
    assert ("funding_ambiguous", "funding", 1, None) in told(form)


def test_a_header_of_amounts_cut_between_two_words_is_whole() -> None:
    text = (SAMPLES / "csv-03.txt").read_text(encoding="utf-8")
    assert text.count("年度资金总额\t\t\t财政拨款") == 1
    form = read(text.replace("年度资金总额\t\t\t财政拨款", "年度资金总额\n\t\t\t财政拨款"))
    assert [one.source for one in form.funding] == ["total", "fiscal"]


def test_amounts_off_the_columns_of_a_page_may_stand_under_any_word() -> None:
    text = (SAMPLES / "wan-yuan-03.txt").read_text(encoding="utf-8")
    assert text.count("年度资金总额      财政拨款          专户资金          单位资金") == 1
    form = read(
        text.replace(
            "年度资金总额      财政拨款          专户资金          单位资金", "年度资金总额 财政拨款 专户资金 单位资金"
        )
    )
    assert ("funding_ambiguous", "funding", 1, None) in told(form)


def test_a_task_before_the_header_of_the_indicators_in_one_line_is_read() -> None:
    form = read(FORM.replace("走访困难群众\n年度绩效指标\n", "走访困难群众\t年度绩效指标\t"))
    assert [(task.name, task.content) for task in form.tasks] == [("走访", "走访困难群众")]
    assert [one.name for one in form.indicators] == ["走访户数", "走访效果"]


# ---- forms run together


@pytest.mark.parametrize("between", ["", "\t", "\n"])
def test_glued_forms_in_one_line_are_several(between: str) -> None:
    """The second one begins with its title, behind the sentence that ends the first."""
    texts = [(SAMPLES / f"glued-whole-0{n}.txt").read_text(encoding="utf-8").strip() for n in (2, 3)]
    assert all(text.endswith("。") for text in texts)
    alone = [read(text) for text in texts]
    (found,) = extract_all(between.join(texts).encode(), source_path="a")
    rows = [[(form.title, form.unit_name, form.other_notes, len(form.indicators))] for form in (*alone, *found.forms)]
    assert rows[:2] == rows[2:]
    assert [told(form) for form in found.forms] == [[], []]


def test_a_glued_form_that_cannot_be_told_from_the_notes_before_it_is_said() -> None:
    first, second = ((SAMPLES / f"glued-whole-0{n}.txt").read_text(encoding="utf-8").strip() for n in (2, 3))
    (found,) = extract_all((first.removesuffix("。") + second).encode(), source_path="a")
    assert [told(form) for form in found.forms] == [[("row_unread", "indicators", None, None)]]

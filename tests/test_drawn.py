"""Tables ruled off by dashes, and those of AsciiDoc, come back cell by cell; marks of texts are read away."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.clean import squash
from extract.model import Grid
from extract.places import pieces
from extract.readers import beside, dump, inline, shapes
from tests.forms.truth import display_width
from tests.shapes import Table, escaped, wrap
from tests.test_shapes import marked_cells, plain_cells, tables, texts, words

DASHES: Final = ("-", "=")


def rule(widths: list[int], dash: str = "-") -> str:
    return "  " + " ".join(dash * width for width in widths)


def printed_line(cells: list[str], widths: list[int]) -> str:
    padded = [cell + " " * (width - display_width(cell)) for cell, width in zip(cells, widths, strict=True)]
    return "  " + " ".join(padded).rstrip()


def write_simple(table: Table, *, header: bool, dash: str = "-") -> str:
    """A row a line; with a header, dashes stand below it alone."""
    widths = [max(map(display_width, column)) + 2 for column in zip(*table, strict=True)]
    lines = [printed_line(row, widths) for row in table]
    return "\n".join(
        [lines[0], rule(widths, dash), *lines[1:], ""]
        if header
        else [rule(widths, dash), *lines, rule(widths, dash), ""]
    )


def write_multiline(table: Table, *, header: bool, room: int = 8) -> str:
    """Cells wrapped to columns of one width, a blank line between rows."""
    widths = [room + 2] * len(table[0])
    full = "  " + "-" * (sum(widths) + len(widths) - 1)
    blocks = []
    for row in table:
        cells = [wrap(cell, room) for cell in row]
        height = max(map(len, cells))
        blocks.append([printed_line([c[i] if i < len(c) else "" for c in cells], widths) for i in range(height)])
    if header:
        lines = [full, *blocks[0], rule(widths)]
        blocks = blocks[1:]
    else:
        lines = [rule(widths)]
    for block in blocks:
        lines += [*block, ""]
    return "\n".join([*lines[:-1], full if header else rule(widths), ""])


def write_asciidoc(table: Table) -> str:
    lines = [f'[cols="{",".join(["10%"] * len(table[0]))}",]', "|==="]
    for row in table:
        lines += [" ".join("|" + cell.replace("\n\n", "\n\n") for cell in row), ""]
    return "\n".join([*lines, "|==="])


def check(source: str, table: Table) -> None:
    grid = shapes.read(f"标题\n\n{source}\n说明。\n")
    assert grid.ruled
    assert (texts(grid.rows[0]), texts(grid.rows[-1])) == ({0: "标题"}, {0: "说明。"})
    rows = Grid(grid.rows[1:-1], grid.lines).rows
    assert [texts(row) for row in rows] == [
        {col: squash(cell) for col, cell in enumerate(row) if squash(cell)} for row in table
    ]
    for row in rows:
        assert row.width == len(table[0])
        for cell in row.cells:
            for piece in pieces(cell):
                raw = grid.lines[piece.line - 1][piece.start : piece.end]
                assert raw == piece.text or (raw[0] == "\\" and raw[1:] == piece.text), (piece, raw)


@given(tables(plain_cells), st.booleans(), st.sampled_from(DASHES))
def test_simple_tables(table: Table, header: bool, dash: str) -> None:
    check(write_simple(table, header=header, dash=dash), table)


@given(tables(marked_cells), st.booleans())
def test_simple_tables_of_markdown(table: Table, header: bool) -> None:
    """Their texts have escapes, of which the heading tells."""
    source = "# 章节\n\n" + write_simple([[escaped(cell) for cell in row] for row in table], header=header)
    grid = shapes.read(source)
    assert texts(grid.rows[0]) == {0: "章节"}
    assert [texts(row) for row in grid.rows[1:]] == [
        {col: squash(cell) for col, cell in enumerate(row) if squash(cell)} for row in table
    ]


@given(tables(plain_cells), st.booleans())
def test_multiline_tables(table: Table, header: bool) -> None:
    check(write_multiline(table, header=header), table)


@given(tables(plain_cells))
def test_tables_of_asciidoc(table: Table) -> None:
    check(write_asciidoc(table), table)


@pytest.mark.parametrize("quote", ["“", "”", "·", "…"])
@pytest.mark.parametrize("places", [1, 2])
def test_characters_of_unclear_width(quote: str, places: int) -> None:
    """They take one place or two, as the program has it."""
    pad = " " * (6 - places)
    source = f"----- ------ ---\n甲    {quote}{pad} 丙\n丁    戊     己\n----- ------ ---\n"
    assert [texts(row) for row in shapes.read(source).rows] == [
        {0: "甲", 1: squash(quote), 2: "丙"},
        {0: "丁", 1: "戊", 2: "己"},
    ]


def test_texts_that_do_not_keep_to_the_dashes() -> None:
    """They are no table, but what they were before."""
    source = "---- ---- ----\n一二三四五六七八九十 甲 乙\n丙 丁 戊\n---- ---- ----\n"
    assert not shapes.read(source).ruled


def test_spans_of_asciidoc() -> None:
    source = '[cols="3*"]\n|===\n2+|甲 .2+|乙\n|丙 |丁\n\na|\n戊\n\n己\n|庚 |辛\n|===\n'
    assert [texts(row) for row in shapes.read(source).rows] == [
        {0: "甲", 2: "乙"},
        {0: "丙", 1: "丁"},
        {0: "戊己", 1: "庚", 2: "辛"},
    ]


def test_asciidoc_written_by_hand() -> None:
    assert [texts(row) for row in shapes.read("|===\n|甲|乙\n|丙|丁\n|===\n").rows] == [
        {0: "甲", 1: "乙"},
        {0: "丙", 1: "丁"},
    ]


def test_attributes_of_asciidoc_open_no_cell_of_csv() -> None:
    source = '标题\n\n[cols=",,",]\n|===\n|甲 |乙 |丙\n\n|丁 |"戊 |己\n|===\n'
    assert dump.literals(source) == []


def test_broken_cells_of_org() -> None:
    source = "#+TITLE: 标题\n\n| 一级\\\\ | 二级 |\n| 指标 |      |\n|------+------|\n| 甲 | 1\\vert{}2 |\n"
    assert [texts(row) for row in shapes.read(source).rows] == [
        {0: "标题"},
        {0: "一级指标", 1: "二级"},
        {0: "甲", 1: "1|2"},
    ]


MARKS: Final = [
    (inline.light, "**一级指标**", "一级指标"),
    (inline.light, "产出**指标**", "产出指标"),
    (inline.light, "*数量*指标", "数量指标"),
    (inline.light, "**预算年度：**\\ 2024", "预算年度：2024"),
    (inline.light, "[某局](/a_b/1.html)的**[甲](x)**", "某局的甲"),
    (inline.light, '[某局]{lang="zh"}', "某局"),
    (inline.light, "`某局 </x>`__", "某局"),
    (inline.light, "`\n权\n重\n<\n.\n/x\n>\n`_\n_", "\n权\n重"),
    (inline.light, "三级\\", "三级"),
    (inline.light, "m^2^ 与 \\*甲\\* \\_ \\\\n", "m2 与 *甲* _ \\n"),
    (inline.light, "A_B_C 5*6*7 ≥**万元 [甲](乙", "A_B_C 5*6*7 ≥**万元 [甲](乙"),
    (inline.light, "*\n*8*\n*", "8"),
    (inline.org, "*一级*指标 /数量/ [[http://x/1][链接]] 元/处/年", "一级指标 数量 链接 元/处/年"),
    (inline.asciidoc, "*一级指标* __数量__指标 http://x/1[链接] 三级 +", "一级指标 数量指标 链接 三级 "),
]


@pytest.mark.parametrize(("writing", "text", "want"), MARKS)
def test_marks_show_nothing(writing: inline.Writing, text: str, want: str) -> None:
    shown: list[str] = []
    at = 0
    for hidden in writing(text):
        shown += (text[at : hidden.start], hidden.shown)
        at = hidden.end
    assert "".join([*shown, text[at:]]) == want


LINES: Final = [
    ("# 标题", "标题"),
    ("## 标题 {#id .unnumbered}", "标题"),
    ("== 标题", "标题"),
    ("* **标题**", "标题"),
    ("#+TITLE: 标题", "标题"),
    ("  * [首页](/0.html)", "首页"),
    ("**预算年度：**2024", "预算年度：2024"),
    ("= 95", "= 95"),
    ("#1楼", "#1楼"),
]


@pytest.mark.parametrize(("line", "want"), LINES)
def test_lines_beside_tables(line: str, want: str) -> None:
    row = beside.plain_row(inline.light)(line, 7)
    assert row is not None
    assert [cell.text for cell in row.cells] == [want]
    for piece in pieces(row.cells[0]):
        assert (piece.line, line[piece.start : piece.end]) == (7, piece.text)


@pytest.mark.parametrize(
    "line", ["=====", "-------", "  :PROPERTIES:", ":END:", ".. table::", '[cols="1,1"]', "|===", "  "]
)
def test_lines_that_hold_no_text(line: str) -> None:
    assert beside.plain_row(inline.light)(line, 1) is None


@given(words)
def test_without_a_way_of_writing_marks_stay(word: str) -> None:
    row = beside.plain_row(None)(f"# *{word}*", 1)
    assert row is not None
    assert row.cells[0].text == f"# *{word}*"


def test_lines_of_their_own_are_paragraphs() -> None:
    """What a break of lines in a web page becomes; in a label it is none."""
    goals = ["一是建成高标准农田一万亩。", "二是培训农技人员三百人次。"]
    rst = "\n".join(
        [
            "标题",
            "====",
            "",
            "+------+--------------------------------+",
            "| 目标 | | " + goals[0] + "   |",
            "|      | | " + goals[1] + "   |",
            "+------+--------------------------------+",
            "| 名   | 年度                           |",
            "+------+--------------------------------+",
        ]
    )
    asciidoc = f'[cols="1,1"]\n|===\n|目标 |{goals[0]} +\n{goals[1]}\n\n|一级 +\n指标 |年度\n|===\n'
    assert [cell.text for cell in shapes.read(rst).rows[1].cells] == ["目标", *goals]
    assert [[cell.text for cell in row.cells] for row in shapes.read(asciidoc).rows] == [
        ["目标", *goals],
        ["一级指标", "年度"],
    ]


def test_paragraphs_of_markdown_within_a_cell_of_html() -> None:
    source = (
        "# 标题\n\n<table><tr><td>目标</td><td>\n\n一是建成高标准\n农田。\n\n二是培训农技人员。\n\n</td></tr></table>\n"
    )
    assert [cell.text for cell in shapes.read(source).rows[1].cells] == [
        "目标",
        "一是建成高标准农田。",
        "二是培训农技人员。",
    ]

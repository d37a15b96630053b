"""Tables of random texts, printed in each shape that is read, come back cell by cell, each at its place."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.clean import squash
from extract.model import Cell, Grid, Row
from extract.places import pieces
from extract.readers import dump, shapes, text
from tests.needs import untraced
from tests.shapes import (
    Table,
    write_broken_pipes,
    write_cells,
    write_csv,
    write_insert,
    write_markdown,
    write_pipes,
    write_ruled,
)

ESCAPES = ('""', "''", "\\")

words = st.sampled_from(
    [
        "产出指标",
        "数量指标",
        "培训人次",
        "≥",
        "95",
        "12.50",
        "万元",
        "定性",
        "ab",
        "A-1",
        "x+y",
        "80%",
        "“三公”",
        "优良中差",
    ]
)
plain_cells = st.lists(words, max_size=3).map("".join)
quoted_cells = st.lists(st.one_of(words, st.sampled_from([",", '"', ";", "\n", "，", " ", "'"])), max_size=6).map(
    "".join
)
marked_cells = st.lists(st.one_of(words, st.sampled_from(["|", "*", "\\", "_", "#"])), max_size=4).map("".join)
paragraphs = st.lists(st.lists(words, min_size=1, max_size=8).map("".join), max_size=3).map("\n\n".join)


def tables(cells: st.SearchStrategy[str], *, rows: int = 4) -> st.SearchStrategy[Table]:
    """Tables with at least so many rows, of one width, the first cell of each filled."""
    return st.integers(3, 8).flatmap(
        lambda n: st.lists(
            st.tuples(words, st.lists(cells, min_size=n - 1, max_size=n - 1)).map(lambda row: [row[0], *row[1]]),
            min_size=rows,
            max_size=9,
        )
    )


def texts(row: Row) -> dict[int, str]:
    """The texts of a row by column; paragraphs of one cell put together."""
    found: dict[int, str] = {}
    for cell in row.cells:
        found[cell.col] = found.get(cell.col, "") + cell.text
    return {col: squash(value) for col, value in found.items()}


def check(grid: Grid, table: Table) -> None:
    want = [{col: squash(cell) for col, cell in enumerate(row) if squash(cell)} for row in table]
    assert [texts(row) for row in grid.rows] == want
    assert {row.width for row in grid.rows} == {len(table[0])}
    for row in grid.rows:
        for cell in row.cells:
            check_places(cell, grid.lines)


def check_places(cell: Cell, lines: Sequence[str]) -> None:
    """Each piece of a cell stands where it says, as its text or as an escape for it."""
    first, *others = pieces(cell)
    text = first.text
    for before, piece in zip([first, *others], others, strict=False):
        # Between words of Latin letters that a text was wrapped over stands a blank.
        wrapped = before.line != piece.line and re.fullmatch("[A-Za-z]{2}", text[-1] + piece.text[0])
        text += f" {piece.text}" if wrapped else piece.text
    assert text == cell.text
    for piece in pieces(cell):
        raw = lines[piece.line - 1][piece.start : piece.end]
        shown = piece.text
        assert raw == shown or (raw.startswith(ESCAPES) and raw.endswith(shown) and len(shown) == 1), (piece, raw)


@given(tables(quoted_cells), st.sampled_from(",;"), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_csv(table: Table, separator: str, end: str, all_quoted: bool) -> None:
    out = io.StringIO()
    csv.register_dialect("drawn", delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL if all_quoted else 0)
    csv.writer(out, "drawn").writerows(table)
    check(shapes.read(out.getvalue()), table)


@given(tables(quoted_cells))
def test_clipboard_of_a_spreadsheet(table: Table) -> None:
    table[-1][1] = "一\n二"
    check(shapes.read(write_csv(table, "\t")), table)


@given(tables(marked_cells), st.booleans())
def test_markdown(table: Table, outer: bool) -> None:
    check(shapes.read(write_markdown(table, outer=outer)), table)


@given(tables(plain_cells))
def test_pipes_with_trailing_empties(table: Table) -> None:
    check(shapes.read(write_pipes(table)), table)


@given(tables(plain_cells), st.data())
def test_rows_broken_inside_a_cell(table: Table, data: st.DataObject) -> None:
    table[data.draw(st.integers(1, len(table) - 1))][1] = "前半\n后半"
    check(shapes.read(write_broken_pipes(table)), table)


def test_a_row_broken_between_cells() -> None:
    lines = ["| a | b | c | d |"] * 4 + ["| e | f |", "| g | h |"]
    assert [texts(row) for row in shapes.read("\n".join(lines)).rows[4:]] == [{0: "e", 1: "f", 2: "g", 3: "h"}]


def test_a_lone_pipe_goes_on_with_no_row() -> None:
    lines = ["| a | b | c | d |"] * 4 + ["| e | f |", "|"]
    assert [texts(row) for row in shapes.read("\n".join(lines)).rows[4:]] == [{0: "e", 1: "f"}]


@given(tables(paragraphs), st.sampled_from(["+-|", "┼─│", "╬═║", "+=|"]))
def test_ruled(table: Table, strokes: str) -> None:
    check(shapes.read(write_ruled(table, strokes)), table)


def test_paragraphs_of_running_text_stay_apart() -> None:
    goals = "一是建成高标准农田一万亩并通过验收。\n\n二是培训农技人员三百人次。"
    grid = shapes.read(write_ruled([["整体目标", goals, ""], ["名称", "甲\n\n乙", ""]], "+-|"))
    assert [[cell.text for cell in row.cells] for row in grid.rows] == [
        ["整体目标", *goals.split("\n\n")],
        ["名称", "甲乙"],
    ]
    written = shapes.read('目标,"{}",,\n名称,"甲\n乙",,\na,b,c,d\n'.format(goals.replace("\n\n", "\n")))
    assert [len(row.cells) for row in written.rows] == [3, 2, 4]


def test_spans_of_ruled_tables() -> None:
    lines = [
        "+----+----+----+",
        "| 一      | 二 |",
        "+----+----+----+",
        "| 三 | 四 | 五 |",
        "|    +----+----+",
        "| 续 | 六 | 七 |",
        "+----+----+----+",
    ]
    grid = shapes.read("\n".join(lines))
    assert [texts(row) for row in grid.rows] == [{0: "一", 2: "二"}, {0: "三续", 1: "四", 2: "五"}, {1: "六", 2: "七"}]
    assert grid.rows[0].cells[0].col_span == 2


def test_another_column_of_the_page_stands_before_a_table() -> None:
    lines = [
        "      ┌────┬────┐",
        "      │名  │值  │",
        "  • 栏├────┼────┤",
        "    目│甲  │1   │",
        "      ├────┼────┤",
        "•页   │乙  │2   │",
        "      └────┴────┘",
        "完",
    ]
    grid = shapes.read("\n".join(lines))
    assert [row.line for row in grid.rows] == [3, 4, 6, 2, 4, 6, 8]
    assert [cell.text for row in grid.rows[:3] for cell in row.cells] == ["• 栏", "目", "•页"]
    assert [texts(row) for row in grid.rows[3:]] == [
        {0: "名", 1: "值"},
        {0: "甲", 1: "1"},
        {0: "乙", 1: "2"},
        {0: "完"},
    ]


def test_a_table_as_databases_print_it() -> None:
    border = "+----+----+"
    grid = shapes.read("\n".join([border, "| 名 | 值 |", border, "| 甲 | 1  |", "| 乙 | 2  |", "| 丙 | 3  |", border]))
    assert [texts(row) for row in grid.rows] == [
        {0: "名", 1: "值"},
        {0: "甲", 1: "1"},
        {0: "乙", 1: "2"},
        {0: "丙", 1: "3"},
    ]


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        # Nothing but blanks stands above, and a rule ends it.
        ("----  ----\n甲乙  12\n丙丁  34\n----  ----\n", [{0: "甲乙", 1: "12"}, {0: "丙丁", 1: "34"}]),
        # What is above is its header, and a blank line ends it.
        (
            "说明\n\n项目  金额\n----  ----\n甲乙  12\n丙丁  34\n\n后",
            [{0: "说明"}, {0: "项目", 1: "金额"}, {0: "甲乙", 1: "12"}, {0: "丙丁", 1: "34"}, {0: "后"}],
        ),
        # Nothing ends it: it is none.
        (
            "\n----  ----\n甲乙  12\n丙丁  34\n后文",
            [{0: "----", 1: "----"}, {0: "甲乙", 1: "12"}, {0: "丙丁", 1: "34"}, {0: "后文"}],
        ),
        # Some programs count “ as two columns, some as one.
        (
            "----------  ------\n项目        金额\n----------  ------\n“甲”乙丙丁  12\n丙丁        34\n“”“”        5\n----------  ------\n",
            [{0: "项目", 1: "金额"}, {0: "“甲”乙丙丁", 1: "12"}, {0: "丙丁", 1: "34"}, {0: "“”“”", 1: "5"}],
        ),
        # A text crosses the columns: it is none.
        (
            "----  ----\n项目  金额\n----  ----\n甲乙丙丁戊  12\n丙丁  34\n----  ----\n",
            [
                {0: "----", 1: "----"},
                {0: "项目", 1: "金额"},
                {0: "----", 1: "----"},
                {0: "甲乙丙丁戊", 1: "12"},
                {0: "丙丁", 1: "34"},
                {0: "----", 1: "----"},
            ],
        ),
    ],
)
def test_tables_between_dashes(source: str, rows: list[dict[int, str]]) -> None:
    assert [texts(row) for row in shapes.read(source).rows] == rows


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        # A cell that ends in two strokes goes on below only where there is as many cells.
        (
            "| 甲 | 乙 |\n|---|---|\n| 一 \\\\ | 二 |\n| 三 |\n| 四 | 五 |",
            [{0: "甲", 1: "乙"}, {0: "一\\", 1: "二"}, {0: "三"}, {0: "四", 1: "五"}],
        ),
        # Pieces that do not make up a row are rows of their own, and a rule ends them.
        (
            "| 甲 | 乙 | 丙 |\n|---|---|---|\n| 1 | 2 |\n| 3 | 4 |\n| 5 | 6 | 7 |\n|---|---|---|\n| 8 | 9 |\n| 末 |\n",
            [
                {0: "甲", 1: "乙", 2: "丙"},
                {0: "1", 1: "2"},
                {0: "3", 1: "4"},
                {0: "5", 1: "6", 2: "7"},
                {0: "8", 1: "9"},
                {0: "末"},
            ],
        ),
        # Cells that tabs part may hold pipes.
        (
            "甲|乙\t丙\t丁\t\t\n1|2\t3\t4\t\t\n5|6\t7\t8\t\t",
            [{0: "甲|乙", 1: "丙", 2: "丁"}, {0: "1|2", 1: "3", 2: "4"}, {0: "5|6", 1: "7", 2: "8"}],
        ),
        # A table amid much text.
        ("\n".join(["文"] * 20 + ["甲|乙|丙"] * 12), [{0: "文"}] * 20 + [{0: "甲", 1: "乙", 2: "丙"}] * 12),
    ],
)
def test_tables_between_pipes(source: str, rows: list[dict[int, str]]) -> None:
    assert [texts(row) for row in shapes.read(source).rows] == rows


@given(tables(plain_cells))
def test_one_cell_a_line(table: Table) -> None:
    """Rows end in blank cells, which stand in one line; other blank cells are lone pipes."""
    table = [[*row, "", ""] for row in table]
    grid = shapes.read("标题\n" + write_cells(table))
    assert [cell.text for cell in grid.rows[0].cells] == ["标题"]
    check(Grid(grid.rows[1:], grid.lines), table)


def test_one_cell_a_line_in_rows_that_are_full() -> None:
    """No blank cell ends a row: an empty line does."""
    table = [["甲", "乙", "丙", "丁"], ["一", "二", "三", "四"], ["", "", "五", "六"], ["七", "", "八", "九"]]
    grid = shapes.read("标题\n" + write_cells(table))
    assert [[texts(row).get(col, "") for col in range(4)] for row in grid.rows[1:]] == table


@given(
    tables(st.lists(st.one_of(words, st.sampled_from(["'", "\\", '"', ";", ","])), max_size=4).map("".join)),
    st.booleans(),
)
def test_text_in_a_dump(table: Table, doubled: bool) -> None:
    inner = "\r\n".join("\t".join(row) for row in table)
    source = "-- dump\n" + write_insert(inner, doubled=doubled)
    assert dump.may_be(source)
    (found,) = dump.literals(source)
    assert found.text == inner.replace("\r\n", "\n")
    lines = text.split_lines(source)
    grid = text.read(found.text)
    want = [{col: squash(cell) for col, cell in enumerate(row) if squash(cell)} for row in table]
    assert [texts(row) for row in grid.rows] == want
    for row in grid.rows:
        for cell in row.cells:
            moved = found.moved(cell)
            assert moved.text == cell.text
            check_places(moved, lines)


def test_several_literals_with_breaks_of_lines_of_their_own() -> None:
    source = "insert into t values ('甲\n乙\n丙\n丁', 2);\ninsert into t values ('一\\n二\\n三\\n四');"
    first, second = dump.literals(source)
    assert (first.text, second.text) == ("甲\n乙\n丙\n丁", "一\n二\n三\n四")
    assert first.moved(Cell("丁", 4, 0, 1, 0))[1:4] == (4, 0, 1)
    assert second.moved(Cell("四", 4, 0, 1, 0))[1:4] == (5, 32, 33)


def test_an_escape_that_stands_for_nothing_is_in_no_place() -> None:
    (found,) = dump.literals("insert into t values ('甲\\0乙\\0\\Z\\n\\0丙\n丁\n');")
    assert found.text == "甲乙\n丙\n丁\n"
    both = found.moved(Cell("甲乙", 1, 0, 2, 0))
    assert (both.text, both.start, both.end) == ("甲乙", 23, 27)
    assert [(part.text, part.start, part.end) for part in both.parts] == [("甲", 23, 24), ("乙", 26, 27)]
    assert found.moved(Cell("乙", 1, 1, 2, 0)) == Cell("乙", 1, 26, 27, 0)
    assert found.moved(Cell("丙", 2, 0, 1, 0)) == Cell("丙", 1, 35, 36, 0)


def test_strokes_within_texts_stay_as_they_are_written() -> None:
    grid = shapes.read("│一级指标│二级指标│\n│---│---│\n│产出\\│效益│数量│\n│满意度│服务│\n")
    assert [texts(row) for row in grid.rows] == [
        {0: "一级指标", 1: "二级指标"},
        {0: "产出│效益", 1: "数量"},
        {0: "满意度", 1: "服务"},
    ]
    check_places(grid.rows[1].cells[0], grid.lines)


PROSE = [
    "各股室,请于周五前报送材料,逾期不候。\n一、总体要求,略\n二、主要任务\n(一)抓好落实,强化督查\n三、其他",
    "首页 | 政务公开 | 联系我们\n部门整体支出绩效目标批复表\n正文第一段\n正文第二段\n正文第三段\n上一篇 | 下一篇",
    "a\tb\tc\nd\te\tf|g\nh\ti\tj",
    "C++ 与 +-1 的误差\n+-5% 以内\n正文",
    '他说"好"\t很好\n"三公"经费\t12\n再说"好"\t1',
    "请将材料 insert into 系统\n然后\n提交",
]


@pytest.mark.parametrize("source", PROSE)
def test_other_texts_are_read_as_before(source: str) -> None:
    assert shapes.read(source) == text.read(source)
    assert not dump.may_be(source) or dump.literals(source) == []


@settings(max_examples=300)
@given(st.text(alphabet=st.sampled_from("|+-=:,;\"'\\\n\t abx│─┼《指标"), max_size=200))
def test_any_text_gives_a_grid_whose_places_are_in_the_source(source: str) -> None:
    grid = shapes.read(source)
    for row in grid.rows:
        assert row.cells
        for cell in row.cells:
            for piece in pieces(cell):
                raw = grid.lines[piece.line - 1][piece.start : piece.end]
                assert squash(piece.text) in squash(raw), (piece, raw)
    for literal in dump.literals(f"INSERT INTO t VALUES ('{source}"):
        assert literal.text.count("\n") + 1 == len(literal.origins)


SIZE = 1_000_000
LONG: list[Callable[[int], str]] = [
    lambda n: '"' * n,
    lambda n: ',"' * (n // 2),
    lambda n: ',"""' * (n // 4) + "\n" + ",a,b\n" * 5,
    lambda n: '",\n' * (n // 3),
    lambda n: '\t"a\n' * (n // 4),
    lambda n: "|" * n,
    lambda n: "|\n" * (n // 2),
    lambda n: "||\n" * (n // 3),
    lambda n: "| a\n" * (n // 4),
    lambda n: "| a |\nb\n" * (n // 8),
    lambda n: "|-" * (n // 2),
    lambda n: "+-" * (n // 2),
    lambda n: "+--" * (n // 3),
    lambda n: "+--+\n" * (n // 5),
    lambda n: "+--+--+\n" + "|" * n + "\n+--+--+",
    lambda n: ("+--" * (n // 9) + "+\n") * 3,
    lambda n: "+--+\n" + "|+--+" * (n // 5) + "\n+--+",
    lambda n: "│" * n,
    lambda n: "INSERT INTO " + "'" * n,
    lambda n: "INSERT INTO " + "\\n'" * (n // 3),
    lambda n: "INSERT INTO " + "'\\n\\n\\n\\n'," * (n // 11),
    lambda n: "INSERT INTO '" + "\\" * n,
    lambda n: "INSERT " * (n // 7),
    lambda n: "\\n" * (n // 2),
    lambda n: "\\n\\n\\n\t" * (n // 7),
    lambda n: "{" + '"' * n,
    lambda n: "[" + "\\u" * (n // 2),
    lambda n: "<t" * (n // 2) + "<table>",
    lambda n: "<table>" + "<td>" * (n // 4),
    lambda n: "<table>" + "<td rowspan=99>" * (n // 15),
    lambda n: "<table>" + "<tr><td rowspan=9 colspan=99>" * (n // 29),
    lambda n: "<table><td>" * (n // 11),
    lambda n: "<!--<td>" * (n // 8),
    lambda n: "<script><td>" * (n // 12),
    lambda n: "<p>a</p>" * (n // 8) + "<table><td>a",
    lambda n: "<td>" + "<a\n" * (n // 3),
    lambda n: "|a|b\n|-|-\n" + "[a" * (n // 2) + "|",
    lambda n: "|a|b\n|-|-\n" + "**a" * (n // 3) + "|",
    lambda n: "|a|b\n|-|-\n" + "`a" * (n // 2) + "|",
    lambda n: "|a|b\n|-|-\n" + "\\" * n + "|",
    lambda n: "|-" + "+" * n,
    lambda n: "-- --\n" * (n // 6),
    lambda n: "-- --\n" + "a\n" * (n // 2),
    lambda n: "-- " * (n // 3),
    lambda n: "|===\n" * (n // 5),
    lambda n: "|===\n" + "|" * n + "\n|===",
    lambda n: '[cols="2*"]\n|===\n' + ".99+|" * (n // 5) + "\n|===",
    lambda n: "|-+" + "\n" * n,
]


@untraced
@pytest.mark.parametrize("made", LONG)
def test_time_grows_with_the_length_only(made: Callable[[int], str]) -> None:
    source = made(SIZE)
    start = time.process_time()
    shapes.read(source)
    if dump.may_be(source):
        dump.literals(source)
    assert time.process_time() - start < 15


@given(
    tables(st.lists(st.one_of(words, st.sampled_from(["\\", '"', "😀", "/"])), max_size=4).map("".join)), st.booleans()
)
def test_text_in_json(table: Table, ascii_only: bool) -> None:
    inner = "\r\n".join("\t".join(row) for row in table)
    source = json.dumps([{"id": 1, "body": inner}], ensure_ascii=ascii_only, indent=1)
    (found,) = dump.literals(source)
    assert found.text == inner.replace("\r\n", "\n")
    for row in text.read(found.text).rows:
        for cell in row.cells:
            moved = found.moved(cell)
            raw = "".join(source.split("\n")[p.line - 1][p.start : p.end] for p in pieces(moved))
            assert squash(json.loads(f'"{raw}"')) == squash(moved.text)


def test_text_in_a_column() -> None:
    source = "COPY t (a, b) FROM stdin;\n1\t甲\\t乙\\n丙\\\\\\n丁\\n戊\t\\N\n\\.\n"
    (found,) = dump.literals(source)
    assert found.text == "甲\t乙\n丙\\\n丁\n戊"
    assert found.moved(Cell("戊", 4, 0, 1, 0))[1:4] == (2, 16, 17)


def test_rows_wrapped_where_two_blanks_end_them() -> None:
    source = "甲| 乙| 丙  \n---|---|---  \n一| 二|\n三  \n四| 五| 六  \n七|\n八九\n十| 百  \n"
    rows = [texts(row) for row in shapes.read(source).rows]
    assert rows[1:] == [{0: "一", 1: "二", 2: "三"}, {0: "四", 1: "五", 2: "六"}, {0: "七", 1: "八九十", 2: "百"}]

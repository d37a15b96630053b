"""Tables of random texts, written as HTML within a text, come back cell by cell, each at its place."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.clean import plain, squash
from extract.model import Grid
from extract.places import pieces
from extract.readers import shapes
from tests.forms.boxes import Box, Boxes, filled
from tests.test_shapes import texts, words

cells = st.lists(
    st.one_of(words, st.sampled_from(["<", "&", ">", "|", "5 < 6", "a b", '"', "，", "**", "#"])), max_size=4
)


@st.composite
def boxes(draw: st.DrawFn) -> Boxes:
    """A table whose cells span rows and columns at random; each row has at least one cell of its own, with a text."""
    width, height = draw(st.integers(2, 6)), draw(st.integers(2, 6))
    taken: set[tuple[int, int]] = set()
    rows: Boxes = []
    for r in range(height):
        row: list[Box] = []
        for c in range(width):
            if (r, c) in taken:
                continue
            columns = draw(st.integers(1, 3))
            while columns > 1 and (c + columns > width or any((r, c + k) in taken for k in range(columns))):
                columns -= 1
            # The first column is left to every row.
            tall = draw(st.integers(1, min(3, height - r))) if c else 1
            taken |= {(r + i, c + k) for i in range(tall) for k in range(columns)}
            text = draw(words) if not row else "".join(draw(cells))
            row.append(Box((text,), tall, columns))
        rows.append(row)
    return rows


def tag(box: Box) -> str:
    rows = f' rowspan="{box.rows}"' if box.rows > 1 else ""
    return f'<td{rows} colspan="{box.columns}" style="width: 10%">' if box.columns > 1 else f"<td{rows}>"


def closed(table: Boxes) -> str:
    rows = ("<tr>" + "".join(f"{tag(b)}{html.escape(b.text)}</td>" for b in row) + "</tr>" for row in table)
    return "<table>" + "".join(rows) + "</table>"


def spread(table: Boxes) -> str:
    """As converters write it: a line a cell, sections, and a group of columns."""
    lines = ['<table class="t">', "<colgroup>", '<col style="width: 9%" />', "</colgroup>", "<tbody>"]
    for row in table:
        lines += ['<tr class="odd">', *(f"{tag(b)}{html.escape(b.text)}</td>" for b in row), "</tr>"]
    return "\n".join([*lines, "</tbody>", "</table>"])


def sloppy(table: Boxes) -> str:
    """As editors write it: upper case, tags over two lines, no closing tags, comments, tags within cells."""
    lines = ["<TABLE border=1>"]
    for row in table:
        lines.append("<TR>")
        for b in row:
            spans = f"rowspan={b.rows}\ncolspan='{b.columns}'"
            lines.append(f"<TD {spans}><P\nalign=center><SPAN lang=zh>{html.escape(b.text)}</SPAN><!-- <td> --></P>")
    return "\n".join([*lines, "</TABLE>"])


def nested(table: Boxes) -> str:
    """Within a table that only lays out the page."""
    return f"<table><tr><td>左栏</td><td>\n{spread(table)}\n</td></tr></table>"


WRITERS: Final = (closed, spread, sloppy, nested)


def check(grid: Grid, table: Boxes) -> None:
    want = [{col: squash(cell) for col, cell in enumerate(row) if squash(cell)} for row in filled(table)]
    assert [texts(row) for row in grid.rows] == want
    for row, drawn in zip(grid.rows, table, strict=True):
        assert row.width == len(filled(table)[0])
        spans = {cell.col_span for cell in row.cells}
        assert spans <= {box.columns for box in drawn}
        for cell in row.cells:
            raw = "".join(grid.lines[part.line - 1][part.start : part.end] for part in pieces(cell))
            assert squash(plain(raw)) == squash(cell.text)


@pytest.mark.parametrize("write", WRITERS)
@given(table=boxes())
def test_tables_come_back(write: Callable[[Boxes], str], table: Boxes) -> None:
    grid = shapes.read(f"标题\n{write(table)}\n说明")
    assert texts(grid.rows[0]) == {0: "标题"}
    assert texts(grid.rows[-1]) == {0: "说明"}
    rows = [row for row in grid.rows[1:-1] if texts(row) != {0: "左栏"}]
    check(Grid(rows, grid.lines), table)


def read(source: str) -> list[dict[int, str]]:
    return [texts(row) for row in shapes.read(source).rows]


def test_a_fragment_without_its_table() -> None:
    assert read("<tr><td>甲<td>乙</tr><tr><td colspan=2>丙</td></tr>") == [{0: "甲", 1: "乙"}, {0: "丙"}]


def test_attributes_with_escaped_quotes() -> None:
    assert read('<tr><td rowspan=\\"2\\">甲</td><td>乙</td></tr><tr><td>丙</td></tr>') == [
        {0: "甲", 1: "乙"},
        {1: "丙"},
    ]


def test_a_table_that_does_not_end() -> None:
    """What stands on later lines is no part of its last cell."""
    assert read("<table><tr><td>甲</td><td>乙 丙\n\n下文\n") == [{0: "甲", 1: "乙丙"}, {0: "下文"}]


def test_a_row_that_holds_a_table_gives_its_paragraphs() -> None:
    source = "<table><tr><td>甲<p>乙</p><table><tr><td>一</td><td>二</td></tr></table>丙</td></tr><tr><td>丁</td><td>戊</td></tr></table>"
    assert read(source) == [{0: "甲"}, {0: "乙"}, {0: "一", 1: "二"}, {0: "丙"}, {0: "丁", 1: "戊"}]


def test_paragraphs_beside_a_table_on_one_line() -> None:
    assert read("<h1>标题</h1><p>年度：2024</p><table><tr><td>甲</td><td>乙</td></tr></table><p>末<b>尾</b></p>") == [
        {0: "标题"},
        {0: "年度:2024"},
        {0: "甲", 1: "乙"},
        {0: "末尾"},
    ]


def test_nothing_is_shown_of_scripts_and_comments() -> None:
    source = "<style>td {x: 1}</style>\n<script>if (a<b) document.write('<td>x</td>')</script>\n<table><tr><td>甲<!-- 乙 --></td></tr></table>"
    assert read(source) == [{0: "甲"}]


def test_spans_that_are_out_of_all_bounds() -> None:
    rows = read("<table><tr><td colspan=99999 rowspan=99999>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>")
    assert [list(row.values()) for row in rows] == [["甲", "乙"], ["丙"]]


def test_a_pipe_table_beside_one_of_tags() -> None:
    source = "# 标题\n\n| 甲 | 乙 |\n|----|----|\n| 丙 | 丁 |\n\n<table>\n<tr>\n<td>戊</td>\n</tr>\n</table>\n"
    assert read(source) == [{0: "标题"}, {0: "甲", 1: "乙"}, {0: "丙", 1: "丁"}, {0: "戊"}]

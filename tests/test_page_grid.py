"""Rules on a page to cells: spans, borders that are missing or doubled, frames, tables beside one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.readers.page_grid import GridCell, Rule, tables

Spans = list[tuple[int, int, int, int]]


def rules(xs: list[float], ys: list[float], cells: Spans) -> tuple[list[Rule], list[Rule]]:
    """The four sides of each cell (row, col, rows, cols)."""
    across, down = [], []
    for row, col, rows, cols in cells:
        across += [Rule(ys[y], xs[col], xs[col + cols]) for y in (row, row + rows)]
        down += [Rule(xs[x], ys[row], ys[row + rows]) for x in (col, col + cols)]
    return across, down


@st.composite
def grids(draw: st.DrawFn) -> tuple[list[float], list[float], Spans]:
    """Lines between rows and columns, and cells that span some of them, so that each line is drawn somewhere."""
    rows, cols = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    sizes = st.floats(8, 90, allow_nan=False)
    xs, ys = [40.0], [30.0]
    for _ in range(cols):
        xs.append(xs[-1] + draw(sizes))
    for _ in range(rows):
        ys.append(ys[-1] + draw(sizes))
    taken: set[tuple[int, int]] = set()
    cells: Spans = []
    for r in range(rows):
        for c in range(cols):
            if (r, c) in taken:
                continue
            high, wide = draw(st.integers(1, min(2, rows - r))), draw(st.integers(1, min(3, cols - c)))
            while any((r + i, c + k) in taken for i in range(high) for k in range(wide)):
                high, wide = 1, wide - 1 if wide > 1 else 1
            taken |= {(r + i, c + k) for i in range(high) for k in range(wide)}
            cells.append((r, c, high, wide))
    return xs, ys, cells


@given(grids(), st.floats(-0.6, 0.6))
def test_cells_come_back_with_their_spans(grid: tuple[list[float], list[float], Spans], shift: float) -> None:
    xs, ys, cells = grid
    across, down = rules(xs, ys, cells)
    # Each border is drawn by both of its cells, a little apart.
    across = [rule._replace(at=rule.at + shift * (i % 2)) for i, rule in enumerate(across)]
    (table,) = tables(across, down)
    drawn_xs = sorted({xs[c] for _, col, _, cols in cells for c in (col, col + cols)})
    drawn_ys = sorted({ys[r] for row, _, rows, _ in cells for r in (row, row + rows)})
    assert [round(abs(a - b)) for a, b in zip(table.xs, drawn_xs, strict=True)] == [0] * len(drawn_xs)
    expected = [(drawn_ys.index(ys[r]), drawn_xs.index(xs[c]), ys[r + h], xs[c + w]) for r, c, h, w in sorted(cells)]
    assert [(cell.row, cell.col) for cell in table.cells] == [(row, col) for row, col, _, _ in expected]
    for cell, (row, col, bottom, right) in zip(table.cells, expected, strict=True):
        assert drawn_ys[row + cell.rows] == bottom
        assert drawn_xs[col + cell.cols] == right
        x, y = (drawn_xs[col] + drawn_xs[col + 1]) / 2, (drawn_ys[row] + drawn_ys[row + 1]) / 2
        assert table.cells[table.at(x, y) or 0] == cell


XS = [0.0, 50.0, 100.0, 200.0]
YS = [0.0, 20.0, 40.0, 60.0]
ALL = [(r, c, 1, 1) for r in range(3) for c in range(3)]


def test_outer_borders_may_be_missing() -> None:
    across, down = rules(XS, YS, ALL)
    inner = [rule for rule in across if rule.at in YS[1:-1]], [rule for rule in down if rule.at in XS[1:-1]]
    (table,) = tables(*inner)
    assert (table.xs, table.ys) == (tuple(XS), tuple(YS))
    assert [(cell.row, cell.col, cell.open_top, cell.open_bottom) for cell in table.cells] == [
        (r, c, r == 0, r == 2) for r, c, _, _ in ALL
    ]


def test_a_cell_cut_by_the_page_is_open_below() -> None:
    cells = [(0, 0, 2, 1), (0, 1, 1, 2), (1, 1, 1, 2)]
    across, down = rules(XS, YS[:3], cells)
    across = [rule for rule in across if (rule.at, rule.high) != (YS[2], XS[1])]
    (table,) = tables(across, down)
    assert table.cells == (
        GridCell(0, 0, 2, 1, open_bottom=True),
        GridCell(0, 1, 1, 1),
        GridCell(1, 1, 1, 1),
    )


def test_borders_that_some_rows_leave_out_are_drawn_on() -> None:
    """A row's first cell has no left border; still it is another one than the cell beside it that spans rows."""
    across, down = rules(XS, YS, [(0, 0, 3, 1), *((r, c, 1, 1) for r in range(3) for c in (1, 2))])
    down = [rule for rule in down if not (rule.at == XS[1] and rule.low > 0) and rule.high - rule.low < YS[-1]]
    (table,) = tables(across, [Rule(XS[1], 0.0, 20.0), *down])
    assert [cell[:4] for cell in table.cells] == [
        (0, 0, 3, 1),
        (0, 1, 1, 1),
        (0, 2, 1, 1),
        (1, 1, 1, 1),
        (1, 2, 1, 1),
        (2, 1, 1, 1),
        (2, 2, 1, 1),
    ]


def test_double_borders_are_one_and_frames_are_none() -> None:
    across, down = rules(XS, YS, ALL)
    across += [rule._replace(at=rule.at + 1.5) for rule in across]
    frame = rules([-20.0, 400.0], [-20.0, 300.0], [(0, 0, 1, 1)])
    (table,) = tables([*across, *frame[0]], [*down, *frame[1]])
    assert [cell[:4] for cell in table.cells] == ALL


def test_tables_beside_and_below_one_another() -> None:
    one = rules(XS, YS, ALL)
    shifts = [(300.0, 0.0), (0.0, 100.0)]
    across = one[0] + [Rule(r.at + y, r.low + x, r.high + x) for x, y in shifts for r in one[0]]
    down = one[1] + [Rule(r.at + x, r.low + y, r.high + y) for x, y in shifts for r in one[1]]
    assert [(table.xs[0], table.ys[0]) for table in tables(across, down)] == [(0.0, 0.0), (300.0, 0.0), (0.0, 100.0)]


def test_strokes_that_meet_no_other_draw_no_table() -> None:
    assert tables([Rule(10.0, 0.0, 100.0), Rule(30.0, 0.0, 100.0)], []) == []
    assert tables([Rule(10.0, 0.0, 100.0)], [Rule(300.0, 0.0, 100.0)]) == []
    # A short one that crosses a long one leaves no room for rows.
    assert tables([Rule(10.0, 0.0, 100.0)], [Rule(50.0, 7.0, 13.0)]) == []


def test_a_cell_that_spans_all_rows_of_a_page_has_its_sides_alone() -> None:
    across, down = rules(XS, YS, ALL)
    down.append(Rule(-60.0, YS[0], YS[-1]))
    (table,) = tables(across, down)
    assert table.xs[:2] == (-60.0, XS[0])
    assert table.cells[0] == (0, 0, len(YS) - 1, 1, True, True)
    assert [(row, col - 1, rows, cols) for row, col, rows, cols, _, _ in table.cells[1:]] == ALL


def test_a_rule_beside_a_table_that_is_not_as_high_is_none_of_it() -> None:
    across, down = rules(XS, YS, ALL)
    (table,) = tables(across, [*down, Rule(-60.0, YS[0], YS[-1] + 30)])
    assert table.xs == tuple(XS)


@pytest.mark.parametrize(
    ("across", "down", "cells"),
    [
        # The first cell goes on beneath the one beside it.
        ({(1, 0)}, {(1, 1)}, [(0, 0, 2, 1), (0, 1, 1, 1), (0, 2, 1, 1), (1, 1, 1, 1), (1, 2, 1, 1)]),
        # Two go on, and meet beneath the one between them.
        ({(1, 0), (1, 2)}, {(1, 1), (2, 1)}, [(0, 0, 2, 1), (0, 1, 1, 1), (0, 2, 2, 1), (1, 1, 1, 1)]),
        ({(1, 0), (1, 1)}, {(1, 1), (2, 1)}, [(0, 0, 2, 1), (0, 1, 2, 1), (0, 2, 1, 1), (1, 2, 1, 1)]),
    ],
)
def test_a_rule_that_ends_where_boxes_meet_around_a_corner_is_drawn_on(
    across: set[tuple[int, int]], down: set[tuple[int, int]], cells: Spans
) -> None:
    """``across``, ``down``: the stretches of rules, by line and by place, that are not drawn."""
    spots = [(line, at) for line in range(4) for at in range(3)]
    level = [Rule(YS[line], XS[at], XS[at + 1]) for line, at in spots if line < 3 and (line, at) not in across]
    upright = [Rule(XS[line], YS[at], YS[at + 1]) for line, at in spots if at < 2 and (line, at) not in down]
    (table,) = tables(level, upright)
    assert [cell[:4] for cell in table.cells] == cells


def test_a_stretch_is_held_by_the_cell_that_it_is_in_as_a_whole() -> None:
    (table,) = tables(*rules(XS, YS, ALL))
    stretches = [(10.0, 40.0), (60.0, 90.0), (40.0, 60.0), (-10.0, 40.0), (150.0, 210.0)]
    assert [table.holder(left, right, 30.0) for left, right in stretches] == [3, 4, None, None, None]

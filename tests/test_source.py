"""Files that are no text: their rows as lines, and where those stand in the file."""

from __future__ import annotations

import pickle
from array import array

import pytest

from extract.model import Boxes, Spot
from extract.readers.source import NOWHERE, Filled, Line, Piece, drawn

BOXES = [array("f", (10.0 * i, 0.0, 10.0 * i + 9, 12.0)) for i in range(4)]


def test_a_row_is_a_line_and_its_cells_know_where_they_stand() -> None:
    goal = Filled(0, [[Piece("数量\n指标")]], name="Sheet1!A3")
    value = Filled(2, [[Piece("≥95", BOXES[0] + BOXES[1] + BOXES[2]), Piece("%", BOXES[3])]], name="Sheet1!C3")
    source = drawn("application/x", [[Line((goal, value), width=4, page=2)]])

    assert source.lines == ["数量 指标\t\t≥95 %"]
    (row,) = source.grids[0].rows
    assert (row.line, row.width, row.page, source.grids[0].paged, source.grids[0].ruled) == (1, 4, 2, True, True)
    assert [(cell.text, cell.col, cell.page) for cell in row.cells] == [("数量 指标", 0, 2), ("≥95%", 2, 2)]
    places = [part for cell in row.cells for part in cell.parts or (cell,)]
    assert [source.lines[0][place.start : place.end] for place in places] == ["数量 指标", "≥95", "%"]
    assert source.origin is not None
    assert [source.origin.spot(place) for place in places] == [
        Spot(2, None, "Sheet1!A3"),
        Spot(2, (0.0, 0.0, 29.0, 12.0), "Sheet1!C3"),
        Spot(2, (30.0, 0.0, 39.0, 12.0), "Sheet1!C3"),
    ]
    assert len(source.origin.lines[0].boxes) == len(source.lines[0])


def test_boxes_are_a_sequence_of_boxes_and_of_none_where_nothing_stands() -> None:
    one, other = (0.0, 0.0, 9.0, 12.0), (10.0, 0.0, 19.0, 12.0)
    boxes = Boxes(BOXES[0] + NOWHERE + BOXES[1])

    assert list(boxes) == [one, None, other]
    assert [boxes[0], boxes[1], boxes[-1]] == [one, None, other]
    assert list(boxes[1:]) == [None, other]
    assert list(boxes[5:9]) == []
    assert boxes == pickle.loads(pickle.dumps(boxes))
    assert hash(boxes) == hash(Boxes(array("f", boxes.edges)))
    assert boxes != boxes[:2]
    with pytest.raises(IndexError):
        boxes[3]
    with pytest.raises(ValueError, match="stretches"):
        boxes[::2]


def test_paragraphs_of_running_text_stay_apart_in_a_row_of_few_cells() -> None:
    texts = ["完成全县水利工程建设任务，保障防汛安全。", "改善农村饮水条件，惠及群众。"]
    cell = Filled(1, [[Piece(text)] for text in texts], 3)
    source = drawn("application/x", [[Line([Filled(0, [[Piece("年度目标")]]), cell], 4)], [Line([cell], 4)]])

    assert [[made.text for made in row.cells] for grid in source.grids for row in grid.rows] == [
        ["年度目标", *texts],
        texts,
    ]
    assert [grid.rows[0].line for grid in source.grids] == [1, 2]
    assert source.grids[0].rows[0].cells[1].col_span == 3

"""OpenDocument texts and spreadsheets: tables of random boxes come back cell by cell."""

from __future__ import annotations

import pytest
from hypothesis import given

from extract.api import extract_bytes
from extract.clean import squash
from extract.readers.files import ReadOptions, read
from extract.readers.numbers import with_typed_digits
from extract.readers.source import Source
from tests.forms import office
from tests.forms.boxes import Boxes, filled
from tests.test_shapes import texts
from tests.test_tagged import boxes


def source(kind: str, body: str, styles: str = "") -> Source:
    return read(office.opendocument(kind, body, styles), "odt" if kind == "text" else "ods", ReadOptions())


def rows(found: Source) -> list[dict[int, str]]:
    return [texts(row) for grid in found.grids for row in grid.rows]


def names(found: Source) -> list[list[str | None]]:
    assert found.origin is not None
    return [[found.origin.spot(cell).locator for cell in row.cells] for grid in found.grids for row in grid.rows]


def sheet(*made: str, columns: str = "", attributes: str = "") -> str:
    return f'<table:table table:name="表" {attributes}>{columns}{"".join(made)}</table:table>'


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def cell(text: str, attributes: str = "") -> str:
    return office.open_cell(office.open_paragraph(text), attributes)


@pytest.mark.parametrize("kind", ["text", "spreadsheet"])
@given(table=boxes())
def test_tables_come_back(kind: str, table: Boxes) -> None:
    want = [{col: squash(text) for col, text in enumerate(one) if squash(text)} for one in filled(table)]
    found = source(kind, office.open_table(table))
    assert rows(found) == [one for one in want if one]
    spans = [[box.columns for box in one if squash(box.text)] for one in table]
    assert [[made.col_span for made in one.cells] for grid in found.grids for one in grid.rows] == spans


def test_cells_that_are_repeated() -> None:
    blanks = '<table:table-cell table:number-columns-repeated="3"/>'
    twice = row(cell("乙", 'table:number-columns-repeated="2"'), attributes='table:number-rows-repeated="2"')
    body = sheet(
        row(blanks, attributes='table:number-rows-repeated="1048000"'),
        row(blanks, cell("甲"), attributes=""),
        twice,
        row('<table:table-cell table:number-columns-repeated="16384"/>', attributes='table:number-rows-repeated="500"'),
    )
    found = source("spreadsheet", body)
    assert rows(found) == [{3: "甲"}, {0: "乙", 1: "乙"}, {0: "乙", 1: "乙"}]
    assert names(found) == [["表!D1048001"], ["表!A1048002", "表!B1048002"], ["表!A1048003", "表!B1048003"]]


def test_what_is_hidden_is_said_and_not_read() -> None:
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
    gone = row(cell("丁"), attributes='table:visibility="collapse"')
    body = sheet(row(cell("甲"), cell("乙"), cell("丙")), gone, columns=columns)
    dark = sheet(row(cell("暗")), attributes='table:style-name="ta2"').replace("表", "二")
    style = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    found = source("spreadsheet", body + dark, style)
    assert rows(found) == [{0: "甲", 1: "丙"}]
    assert names(found) == [["表!A1", "表!C1"]]
    assert [(one.code, one.params["sheet"]) for one in found.findings] == [
        ("hidden_cells", "表"),
        ("hidden_sheet", "二"),
    ]


def test_a_text_with_a_table_within_a_table() -> None:
    inner = office.open_table([]).replace("</table:table>", row(cell("一"), cell("二")) + "</table:table>")
    outer = sheet(row(office.open_cell(office.open_paragraph("甲") + inner), cell("丁")))
    found = source("text", office.open_paragraph("标题") + "<text:section>" + outer + "</text:section>")
    assert rows(found) == [{0: "标题"}, {0: "甲"}, {0: "一", 1: "二"}, {0: "丁"}]
    assert names(found)[2] == [
        "table[1]/row[1]/cell[1]/table[1]/row[1]/cell[1]",
        "table[1]/row[1]/cell[1]/table[1]/row[1]/cell[2]",
    ]


def test_what_a_text_does_not_show() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:p>旧</text:p></text:changed-region></text:tracked-changes>"
        "<text:p>甲<text:span>乙</text:span><office:annotation><text:p>批注</text:p></office:annotation>丙"
        '<text:s text:c="3"/>丁<text:note><text:note-citation>1</text:note-citation></text:note></text:p>'
    )
    assert rows(source("text", body)) == [{0: "甲乙丙", 1: "丁"}]


def text_box(text: str) -> str:
    drawn = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
    inner = office.open_paragraph(text)
    return f'<draw:frame xmlns:draw="{drawn}"><draw:text-box>{inner}</draw:text-box></draw:frame>'


def test_text_boxes_stand_behind_what_they_are_anchored_to() -> None:
    found = source("text", f"<text:p>甲{text_box('框')}乙</text:p>" + sheet(row(cell("丙"), cell(""))))
    assert rows(found) == [{0: "甲乙"}, {0: "框"}, {0: "丙"}]
    assert names(found)[1] == ["paragraph[1]/textbox[1]/paragraph[1]"]
    inner = office.open_cell(f"<text:p>甲<text:tab/>乙{text_box('框')}</text:p>")
    found = source("text", sheet(row(inner, cell("丙")), row(office.open_cell(text_box("独")), cell("丁"))))
    assert rows(found) == [{0: "甲乙", 1: "丙"}, {0: "框"}, {0: "独", 1: "丁"}]
    assert names(found)[1] == ["table[1]/row[1]/cell[1]/textbox[1]/paragraph[1]"]


def test_rows_in_groups_and_paragraphs_in_lists_are_read() -> None:
    header = f"<table:table-header-rows>{row(cell('头'), cell('目'))}</table:table-header-rows>"
    listed = office.open_cell("<text:list><text:list-item><text:p>项</text:p></text:list-item></text:list>")
    body = sheet(header, row(cell("甲"), listed), row(cell(" "), "<table:other/>", cell("尾")))
    for kind in ("text", "spreadsheet"):
        assert rows(source(kind, body)) == [{0: "头", 1: "目"}, {0: "甲", 1: "项"}, {1: "尾"}]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (office.opendocument("text", ""), "empty"),
        (
            office.zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a><b/></a>"}),
            "malformed",
        ),
        (office.opendocument("spreadsheet", sheet(row(cell(" ")))), "empty"),
        (office.opendocument("text", "<text:p>"), "malformed"),
        (office.opendocument("text", office.open_paragraph("甲"))[:-40], "malformed"),
        (
            office.opendocument(
                "spreadsheet", sheet(row(*[cell("甲")] * 9, attributes='table:number-rows-repeated="900000"'))
            ),
            "too_many_cells",
        ),
        (
            office.zipped(
                {
                    "mimetype": "application/vnd.oasis.opendocument.text",
                    "META-INF/manifest.xml": "<a><b:encryption-data/></a>",
                    "content.xml": b"\x00\x01",
                }
            ),
            "encrypted",
        ),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, code: str) -> None:
    failure = extract_bytes(data).failure
    assert failure is not None
    assert failure.code == code


@pytest.mark.parametrize(
    ("shown", "value", "kept"),
    [
        ("12.35", "12.345", "12.345"),
        ("1,234.57", "1234.5678", "1,234.5678"),
        ("96%", "0.955", "95.5%"),
        ("95%", "0.95", "95%"),
        ("0.33", "0.333333333333333", "0.33"),
        ("2024年", "2024.5", "2024年"),
        ("3-5", "3.5", "3-5"),
        ("12.00", "12", "12.00"),
        ("12.3", "abc", "12.3"),
        ("12.3", "nan", "12.3"),
        ("1.2.3", "1.23", "1.2.3"),
    ],
)
def test_digits_that_were_typed_are_kept(shown: str, value: str, kept: str) -> None:
    assert with_typed_digits(shown, value) == kept

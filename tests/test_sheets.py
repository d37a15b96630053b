"""Workbooks: sheets of random boxes come back cell by cell, their numbers as they show."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given

from extract.api import extract_bytes
from extract.clean import squash
from extract.readers import numbers
from extract.readers.files import ReadOptions, read
from extract.readers.sheets import address
from extract.readers.source import Source
from tests.forms import office
from tests.forms.boxes import Boxes, filled
from tests.test_shapes import texts
from tests.test_tagged import boxes


def source(sheets: dict[str, str], formats: tuple[str, ...] = (), states: dict[str, str] | None = None) -> Source:
    return read(office.workbook(sheets, formats, states), "xlsx", ReadOptions())


def rows(found: Source) -> list[dict[int, str]]:
    return [texts(row) for grid in found.grids for row in grid.rows]


@given(table=boxes())
def test_tables_come_back(table: Boxes) -> None:
    want = [{col: squash(text) for col, text in enumerate(row) if squash(text)} for row in filled(table)]
    found = source({"表": office.boxed_sheet(table)})
    assert rows(found) == [row for row in want if row]
    spans = [[box.columns for box in row if squash(box.text)] for row in table]
    assert [[cell.col_span for cell in row.cells] for grid in found.grids for row in grid.rows] == spans


def test_cells_know_their_sheet_and_their_address() -> None:
    first = office.sheet({2: office.text_cell("B2", "甲") + office.number_cell("D2", "12")})
    found = source({"Sheet1": first, "空": office.sheet({}), "二": office.sheet({1: office.text_cell("AA1", "乙")})})
    assert found.origin is not None
    assert [[row.page for row in grid.rows] for grid in found.grids] == [[1], [3]]
    assert rows(found) == [{0: "甲", 2: "12"}, {0: "乙"}]
    assert [found.origin.spot(cell).locator for grid in found.grids for row in grid.rows for cell in row.cells] == [
        "Sheet1!B2",
        "Sheet1!D2",
        "二!AA1",
    ]


def test_numbers_show_as_their_formats_say() -> None:
    formats = ("0%", "#,##0.00", 'yyyy"年"m"月"d"日"', '"≥"0')
    cells = office.number_cell("A1", "0.95", 1) + office.number_cell("B1", "1234.5", 2)
    cells += office.number_cell("C1", "45356", 3) + office.number_cell("D1", "12", 4) + office.number_cell("E1", "12.0")
    assert rows(source({"表": office.sheet({1: cells})}, formats)) == [
        {0: "95%", 1: "1,234.50", 2: "2024年3月5日", 3: "≥12", 4: "12"}
    ]


def test_hidden_sheets_are_said_and_not_read() -> None:
    sheets = {
        "明": office.sheet({1: office.text_cell("A1", "甲")}),
        "暗": office.sheet({1: office.text_cell("A1", "乙")}),
    }
    found = source(sheets, states={"暗": "hidden"})
    assert rows(found) == [{0: "甲"}]
    assert [(finding.code, finding.params) for finding in found.findings] == [("hidden_sheet", {"sheet": "暗"})]


def test_hidden_rows_and_columns_are_said_and_not_read() -> None:
    cells = {n: "".join(office.text_cell(f"{c}{n}", f"{c}{n}") for c in "ABC") for n in (1, 2, 3)}
    made = office.sheet(cells, ["A2:A3"], '<cols><col min="2" max="2" hidden="1"/></cols>')
    made = made.replace('<row r="2">', '<row r="2" hidden="1">')
    found = source({"表": made})
    assert rows(found) == [{0: "A1", 1: "C1"}, {0: "A2", 1: "C3"}]
    assert [finding.code for finding in found.findings] == ["hidden_cells"]
    assert found.origin is not None
    assert found.origin.spot(found.grids[0].rows[1].cells[0]).locator == "表!A2"


def test_rows_that_a_filter_leaves_out_are_read() -> None:
    cells = {n: office.text_cell(f"A{n}", f"A{n}") for n in (1, 2)}
    made = office.sheet(cells, after='<autoFilter ref="A1:A2"><filterColumn colId="0"/></autoFilter>')
    found = source({"表": made.replace('<row r="2">', '<row r="2" hidden="1">')})
    assert rows(found) == [{0: "A1"}, {0: "A2"}]
    assert found.findings == ()


def test_a_sheet_that_reaches_too_far_is_not_laid_out() -> None:
    far = office.sheet({1: office.text_cell("A1", "甲"), 1048576: office.text_cell("XFD1048576", "乙")})
    failure = extract_bytes(office.workbook({"表": far})).failure
    assert failure is not None
    assert (failure.code, failure.params) == ("too_many_cells", {"limit": ReadOptions().max_sheet_cells})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (office.workbook({"表": office.sheet({})}), "empty"),
        (office.workbook({"表": office.sheet({})[:-30]}), "malformed"),
        (office.zipped({"xl/workbook.xml": "<a"}), "malformed"),
        (office.workbook({"表": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "declares_entities"),
        (office.workbook({"表": office.sheet({}, after=" " * 20_000_000)}), "unpacks_too_large"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, code: str) -> None:
    failure = extract_bytes(data).failure
    assert failure is not None
    assert failure.code == code


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (12.0, "General", "12"),
        (34056896.92, "General", "34056896.92"),
        (12345678901.23, "General", "12345678901.23"),
        (0.1 + 0.2, "General", "0.3"),
        (1 / 3, "General", "0.333333333"),
        (1 / 3, "0.00", "0.33"),
        (0.95, "0%", "95%"),
        (0.955, "0%", "95.5%"),
        (0.9, "0.00%", "90.00%"),
        (7.5, "0", "7.5"),
        (1234567.0, "#,##0.00", "1,234,567.00"),
        (-5.0, "0.00_);(0.00)", "-5.00"),
        (-5.0, "0.00;[Red]0.00", "-5.00"),
        (5.0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "5.00"),
        (0.0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "0.00"),
        (0.0, "0;-0;;@", ""),
        (123456.0, '0!.0,"万元"', "12.3万元"),
        (12.0, '"≥"0"%"', "≥12%"),
        (2024.0, '0"年"', "2024年"),
        (7.0, "00", "07"),
        (0.05, ".00", "0.05"),
        (12.5, "[$¥-804]#,##0.00", "¥12.50"),
        (3.5, "# ?/?", "3.5"),
        (1e300, "0.00", "1e+300"),
    ],
)
def test_how_a_number_shows(value: float, code: str, shown: str) -> None:
    assert numbers.of_number(value, code) == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('yyyy"年"m"月"d"日"', "2024年3月5日"),
        ('[$-804]yyyy"年"m"月";@', "2024年3月"),
        ("yyyy/m/d", "2024/3/5"),
        ("yyyy-mm-dd hh:mm:ss", "2024-03-05 14:07:09"),
        ("yy.mm.dd", "24.03.05"),
        ("h:mm AM/PM", "2:07 PM"),
        ("General", "2024/3/5 14:07"),
    ],
)
def test_how_a_date_shows(code: str, shown: str) -> None:
    assert numbers.of_date(datetime.datetime(2024, 3, 5, 14, 7, 9), code) == shown


def test_addresses() -> None:
    assert [address(spot) for spot in ((0, 0), (4, 25), (9, 26), (0, 701), (0, 702))] == [
        "A1",
        "Z5",
        "AA10",
        "ZZ1",
        "AAA1",
    ]


@pytest.mark.parametrize(
    "cells",
    [
        {1: office.text_cell("A999999999", "甲")},
        {999999999: office.text_cell("A1", "甲")},
        {1: office.text_cell("ZZZ1", "甲")},
        {1: office.text_cell("甲1", "甲")},
        {1048577: '<c t="inlineStr"><is><t>甲</t></is></c>'},
    ],
)
def test_no_room_is_made_for_cells_where_no_sheet_has_one(cells: dict[int, str]) -> None:
    failure = extract_bytes(office.workbook({"表": office.sheet(cells)})).failure
    assert failure is not None
    assert (failure.code, failure.params) == ("malformed", {"reason": "a cell beyond the last one of a sheet"})


def test_yes_and_no_show_in_capitals_and_blank_cells_do_not() -> None:
    made = office.sheet({1: '<c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c>' + office.text_cell("C1", " ")})
    assert rows(source({"表": made})) == [{0: "TRUE", 1: "FALSE"}]


def test_a_cell_that_a_merged_one_covers_shows_nothing() -> None:
    cells = "".join(office.text_cell(f"{col}1", f"{col}一") for col in "ABC")
    assert rows(source({"表": office.sheet({1: cells}, merged=("A1:B1",))})) == [{0: "A一", 2: "C一"}]


def test_a_sheet_in_binary_that_reaches_too_far() -> None:
    row = bytes([0, 4]) + (1_048_575).to_bytes(4, "little")
    cell = bytes([5, 4]) + (16_383).to_bytes(4, "little")
    parts = {"xl/workbook.bin": b"", "xl/worksheets/sheet1.bin": row + cell}
    failure = extract_bytes(office.zipped(parts)).failure
    assert failure is not None
    assert failure.code == "too_many_cells"

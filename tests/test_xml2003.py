"""Office files as one file of XML, as systems fill in templates."""

from __future__ import annotations

import pytest
from hypothesis import given

from extract.api import extract_bytes
from extract.clean import squash
from extract.readers.files import ReadOptions, read
from extract.readers.kinds import kind
from extract.readers.source import Source
from tests.forms import office
from tests.forms.boxes import Boxes, filled
from tests.test_shapes import texts
from tests.test_tagged import boxes

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n'
SS = 'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
WORD = 'xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" xmlns:wx="x" xmlns:aml="y"'


def workbook(rows: str, styles: str = "", before: str = "") -> bytes:
    sheet = f'<Worksheet ss:Name="表"><Table>{before}{rows}</Table></Worksheet>'
    return f"{HEAD}<Workbook {SS}><Styles>{styles}</Styles>{sheet}</Workbook>".encode()


def cell(text: str, attributes: str = "", kind: str = "String") -> str:
    return f'<Cell {attributes}><Data ss:Type="{kind}">{text}</Data></Cell>'


def source(data: bytes) -> Source:
    assert kind(data) == "xml2003"
    return read(data, "xml2003", ReadOptions())


def rows(found: Source) -> list[dict[int, str]]:
    return [texts(row) for grid in found.grids for row in grid.rows]


def names(found: Source) -> list[str | None]:
    assert found.origin is not None
    return [found.origin.spot(cell).locator for grid in found.grids for row in grid.rows for cell in row.cells]


def test_a_workbook() -> None:
    styles = '<Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style><Style ss:ID="m"><NumberFormat ss:Format="#,##0.00"/></Style>'
    spans, money = 'ss:MergeAcross="1" ss:MergeDown="1"', 'ss:Index="3" ss:StyleID="m"'
    share = 'ss:StyleID="p"'
    made = (
        f"<Row>{cell('甲', spans)}{cell('0.95', share, 'Number')}</Row>"
        f"<Row>{cell('1234.5', money, 'Number')}</Row>"
        f'<Row ss:Index="6">{cell("乙")}{cell("2024-03-05T00:00:00.000", "", "DateTime")}</Row>'
        f'<Row ss:Hidden="1">{cell("隐")}</Row>'
    )
    found = source(workbook(made, styles))
    assert rows(found) == [{0: "甲", 2: "95.00%"}, {2: "1,234.50"}, {0: "乙", 1: "2024/3/5"}]
    assert names(found) == ["表!A1", "表!C1", "表!C2", "表!A6", "表!B6"]
    assert found.grids[0].rows[0].cells[0].col_span == 2
    assert [finding.code for finding in found.findings] == ["hidden_cells"]


@given(table=boxes())
def test_word_tables_come_back(table: Boxes) -> None:
    body = f"<wx:sect>{office.word_table(table)}</wx:sect>".replace("w:vMerge", "w:vmerge")
    data = f'<?xml version="1.0"?><w:wordDocument {WORD}><w:body>{body}</w:body></w:wordDocument>'.encode()
    want = [{col: squash(text) for col, text in enumerate(row) if squash(text)} for row in filled(table)]
    assert rows(source(data)) == [row for row in want if row]


def test_what_was_deleted_is_not_read() -> None:
    gone = '<aml:annotation w:type="Word.Deletion"><aml:content><w:r><w:t>旧</w:t></w:r></aml:content></aml:annotation>'
    new = '<aml:annotation w:type="Word.Insertion"><aml:content><w:r><w:t>新</w:t></w:r></aml:content></aml:annotation>'
    body = f"<w:p>{gone}{new}</w:p>"
    assert rows(
        source(f'<?xml version="1.0"?><w:wordDocument {WORD}><w:body>{body}</w:body></w:wordDocument>'.encode())
    ) == [{0: "新"}]


def test_a_package_of_one_file() -> None:
    inner = f'<w:document xmlns:w="z"><w:body>{office.paragraph("甲")}</w:body></w:document>'
    part = f'<pkg:part pkg:name="/word/document.xml"><pkg:xmlData>{inner}</pkg:xmlData></pkg:part>'
    data = f'<?xml version="1.0"?>\n<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">{part}</pkg:package>'
    assert rows(source(data.encode())) == [{0: "甲"}]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (workbook(""), "empty"),
        (workbook("<Row>"), "malformed"),
        (
            workbook(f'<Row ss:Index="1000000">{cell("甲", "ss:Index=" + chr(34) + "16000" + chr(34))}</Row>'),
            "too_many_cells",
        ),
        (workbook("").replace(b"<Workbook", b"<!DOCTYPE a [<!ENTITY b 'c'>]><Workbook"), "not_a_form"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, code: str) -> None:
    failure = extract_bytes(data).failure
    assert failure is not None
    assert failure.code == code

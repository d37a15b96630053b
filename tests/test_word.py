"""Word files: tables of random boxes come back cell by cell; what Word does not show does not come back."""

from __future__ import annotations

import pytest
from hypothesis import given

from extract.api import extract_bytes
from extract.clean import squash
from extract.errors import UnreadableInput
from extract.readers.files import ReadOptions, read
from extract.readers.source import Source
from tests.forms import office
from tests.forms.boxes import Boxes, filled
from tests.test_shapes import texts
from tests.test_tagged import boxes


def source(body: str) -> Source:
    return read(office.word(body), "docx", ReadOptions())


def rows(body: str) -> list[dict[int, str]]:
    return [texts(row) for grid in source(body).grids for row in grid.rows]


def names(body: str) -> list[list[str | None]]:
    found = source(body)
    assert found.origin is not None
    return [[found.origin.spot(cell).locator for cell in row.cells] for grid in found.grids for row in grid.rows]


def table(*made: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in made)}</w:tbl>"


def cell(text: str, columns: int = 1, merge: str = "") -> str:
    return office.word_cell(office.paragraph(text), columns, merge)


@given(table=boxes())
def test_tables_come_back(table: Boxes) -> None:
    want = [{col: squash(text) for col, text in enumerate(row) if squash(text)} for row in filled(table)]
    assert rows(office.word_table(table)) == [row for row in want if row]


def test_paragraphs_beside_tables_are_read_as_lines_of_a_text() -> None:
    body = (
        office.paragraph("绩效目标表") + office.paragraph("单位：甲局    年度：2024") + table(cell("甲") + cell("乙"))
    )
    assert rows(body) == [{0: "绩效目标表"}, {0: "单位:甲局", 2: "年度:2024"}, {0: "甲", 1: "乙"}]
    assert names(body) == [
        ["paragraph[1]"],
        ["paragraph[2]", "paragraph[2]"],
        ["table[1]/row[1]/cell[1]", "table[1]/row[1]/cell[2]"],
    ]


def test_lines_and_paragraphs_within_a_cell() -> None:
    wrapped = cell("数量\n指标") + cell("1") + cell("2") + cell("3")
    running = cell("目标") + office.word_cell(office.paragraph("一是做好普法。") + office.paragraph("二是做好调解。"))
    (first, second) = source(table(wrapped, running)).grids[0].rows
    assert [made.text for made in first.cells] == ["数量指标", "1", "2", "3"]
    assert [made.text for made in second.cells] == ["目标", "一是做好普法。", "二是做好调解。"]


def test_a_cell_that_goes_on_says_nothing_and_one_that_begins_nowhere_does() -> None:
    body = table(cell("甲", merge="restart") + cell("乙"), cell("影", merge="continue") + cell("丙", merge="continue"))
    assert rows(body) == [{0: "甲", 1: "乙"}, {1: "丙"}]


def test_a_row_that_holds_a_table_gives_its_paragraphs() -> None:
    inner = table(cell("一") + cell("二"))
    body = table(office.word_cell(office.paragraph("甲") + inner + office.paragraph("丙")) + cell("丁"))
    assert rows(body) == [{0: "甲"}, {0: "一", 1: "二"}, {0: "丙"}, {0: "丁"}]
    assert names(body)[1] == [
        "table[1]/row[1]/cell[1]/table[1]/row[1]/cell[1]",
        "table[1]/row[1]/cell[1]/table[1]/row[1]/cell[2]",
    ]


def test_a_row_may_begin_further_right() -> None:
    late = '<w:trPr><w:gridBefore w:val="2"/></w:trPr>' + cell("丙")
    assert rows(table(cell("甲") + cell("乙") + cell("子"), late)) == [{0: "甲", 1: "乙", 2: "子"}, {2: "丙"}]


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{office.paragraph('盒中')}</w:txbxContent>"
    both = f'<mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx>{box}</wps:txbx></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>'
    assert rows(f"<w:p><w:r><w:t>旁</w:t></w:r><w:r>{both}</w:r></w:p>") == [{0: "旁"}, {0: "盒中"}]


def test_what_word_does_not_show() -> None:
    body = (
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:ins><w:r><w:t>新</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>显</w:t></w:r></w:p>'
    )
    gone = '<w:trPr><w:del w:id="1"/></w:trPr>' + cell("删")
    assert rows(body + table(gone, cell("留"))) == [{0: "新显"}, {0: "留"}]


def test_controls_and_links_show_what_they_hold() -> None:
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{cell('乙')}</w:sdtContent></w:sdt>"
    link = "<w:p><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink></w:p>"
    whole = f"<w:sdt><w:sdtContent>{link}{table(cell('甲') + control)}</w:sdtContent></w:sdt>"
    assert rows(whole) == [{0: "链接"}, {0: "甲", 1: "乙"}]


def test_of_two_ways_to_say_a_thing_one_is_read() -> None:
    """Paragraphs, cells and rows may be said in several ways, the newer one with no text."""

    def either(one: str, other: str) -> str:
        first = f'<mc:Choice Requires="w14">{one}</mc:Choice>'
        return f"<mc:AlternateContent>{first}<mc:Fallback>{other}</mc:Fallback></mc:AlternateContent>"

    told, untold = office.paragraph("甲"), "<w:p><w:r/></w:p>"
    assert rows(either(told, office.paragraph("旧")) + either(untold, office.paragraph("乙"))) == [{0: "甲"}, {0: "乙"}]
    assert rows(table(either(cell("一"), cell("旧")) + cell("二"))) == [{0: "一", 1: "二"}]
    assert rows("<mc:AlternateContent/>" + told) == [{0: "甲"}]


def test_tabs_part_the_words_of_a_line_and_blanks_of_a_cell() -> None:
    tabbed = "<w:p><w:r><w:t>单位</w:t><w:tab/><w:t>甲局</w:t></w:r></w:p>"
    assert rows(tabbed) == [{0: "单位", 1: "甲局"}]
    assert rows(table(office.word_cell(tabbed) + cell("乙"), cell(" ") + cell(""))) == [{0: "单位甲局", 1: "乙"}]


def test_signs_of_the_symbol_font() -> None:
    run = '<w:p><w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t>95</w:t><w:noBreakHyphen/><w:t>99</w:t></w:r></w:p>'
    assert rows(run) == [{0: "≥95-99"}]
    # Of other fonts what is no letter of their own, and nothing where it is not said which.
    others = [
        ("宋体", "2265"),
        ("Wingdings", "F0B3"),
        ("宋体", "D800"),
        ("宋体", "110000"),
        ("Symbol", "甲"),
        ("Symbol", ""),
    ]
    signs = "".join(f'<w:sym w:font="{font}" w:char="{char}"/>' for font, char in others)
    assert rows(f"<w:p><w:r>{signs}<w:t>95</w:t></w:r></w:p>") == [{0: "≥95"}]


@pytest.mark.parametrize(
    ("relations", "found"),
    [
        ('<Relationship Type="x/officeDocument" Target="/word/other.xml"/>', "乙"),
        ('<Relationship Type="x/styles" Target="word/other.xml"/>', "甲"),
        ('<Relationship Type="x/officeDocument" Target="word/gone.xml"/>', "甲"),
        ('<Relationship Type="x/officeDocument"/><Relationship/>', "甲"),
    ],
)
def test_the_part_that_holds_the_text_is_the_one_that_the_file_says(relations: str, found: str) -> None:
    main = "<w:document xmlns:w='w'><w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>"
    parts = {
        "_rels/.rels": f"<Relationships>{relations}</Relationships>",
        "word/document.xml": main.format("甲"),
        "word/other.xml": main.format("乙"),
    }
    grids = read(office.zipped(parts), "docx", ReadOptions()).grids
    assert [texts(row) for grid in grids for row in grid.rows] == [{0: found}]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (office.word(""), "empty"),
        (office.zipped({"word/document.xml": "<a><b/></a>"}), "malformed"),
        (office.word("<w:p>"), "malformed"),
        (office.word(office.paragraph("甲"))[:-40], "malformed"),
        (office.zipped({"word/document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "declares_entities"),
        (office.zipped({"word/document.xml": "<a>" + " " * 20_000_000 + "</a>"}), "unpacks_too_large"),
        (office.word("<w:p>" * 3000 + "</w:p>" * 3000), "malformed"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, code: str) -> None:
    failure = extract_bytes(data).failure
    assert failure is not None
    assert failure.code == code


def test_how_much_may_be_unpacked_is_an_option() -> None:
    with pytest.raises(UnreadableInput) as caught:
        read(office.word(office.paragraph("甲" * 1000)), "docx", ReadOptions(max_unpacked_bytes=2000))
    assert caught.value.code == "unpacks_too_large"

"""Web pages: read whole as they are saved, each cell at its address, what is hidden left out."""

from __future__ import annotations

import pytest
from lxml import html

from extract.api import extract_bytes
from extract.clean import squash
from extract.model import Extraction
from extract.readers import shapes, webpage
from extract.readers.kinds import kind
from extract.schemafiles import SCHEMAS
from tests.forms.webpages import excel_page, message, portal_page
from tests.places import check_places
from tests.scoring import Score, score
from tests.test_shapes import texts
from tests.tools.cases import make_case

SAMPLES = SCHEMAS.parent / "samples"


def body(text: str) -> str:
    return text.partition("<body>")[2].partition("</body>")[0]


def read(source: str) -> list[dict[int, str]]:
    return [texts(row) for row in shapes.read(source).rows]


def table_of(rows: str) -> str:
    return f"<html><body><table>{rows}</table></body></html>"


def check_addresses(extraction: Extraction, root: html.HtmlElement) -> int:
    """Each value that stands in a table is in the cell that its address names, as lxml counts; how many there are."""
    assert extraction.origin is not None
    checked = 0
    tables = root.findall(".//table")
    for form in extraction.forms:
        groups = [form.places]
        for records in (form.funding, form.goals, form.tasks, form.indicators):
            groups += [record[-1] for record in records]
        for place in (cell for places in groups for cell in places.values()):
            for part in place.parts or (place,):
                locator = extraction.origin.spot(part).locator
                if locator is None:
                    continue
                table, row, cell = (int(step.partition("[")[2][:-1]) for step in locator.split("/"))
                rows = [r for r in tables[table - 1].iter("tr") if next(r.iterancestors("table")) is tables[table - 1]]
                found = rows[row - 1].findall("td")[cell - 1].text_content()
                assert squash(part.text) in squash(found), locator
                checked += 1
    return checked


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_forms_in_a_page_full_of_other_things(charset: str) -> None:
    cases = [make_case(7, "portal"), make_case(8, "ministry"), make_case(9, "breaks")]
    data = portal_page([body(case.html) for case in cases], charset)
    extraction = extract_bytes(data)
    total = Score()
    records = [case.record | {"file": "a", "family": "a", "form_index": i} for i, case in enumerate(cases)]
    score(total, records, extraction)
    assert (total.wrong, total.spurious, total.alarms) == ([], [], [])
    assert (extraction.media_type, extraction.encoding) == ("text/html", "utf-8" if charset == "utf-8" else "gb18030")
    assert check_places(extraction) > 100
    assert check_addresses(extraction, html.fromstring(data.decode(charset))) > 100


@pytest.mark.parametrize("design", ["office", "office-project", "nested", "styled"])
def test_a_page_saved_as_a_message(design: str) -> None:
    case = make_case(5, design)
    data = message([b"<html><frameset><frame src=a></frameset></html>", case.html.encode()])
    assert kind(data) == "mhtml"
    extraction = extract_bytes(data)
    total = Score()
    score(total, [case.record | {"file": "a", "family": "a", "form_index": 0}], extraction)
    assert (total.wrong, total.spurious, total.alarms) == ([], [], [])
    assert (extraction.media_type, len(extraction.forms)) == ("multipart/related", 1)
    assert check_places(extraction) > 50
    assert check_addresses(extraction, html.fromstring(case.html)) > 50


@pytest.mark.parametrize("design", ["guangdong", "chongqing", "self-evaluation"])
@pytest.mark.parametrize("share", [0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
def test_a_page_that_ends_within_its_table_is_said_to_be_cut_off(design: str, share: float) -> None:
    whole = (SAMPLES / f"drawn-html-{design}.html").read_bytes()
    (form,) = extract_bytes(whole).forms
    assert "source_cut_off" not in [finding.code for finding in form.findings]
    for page in (whole, message((whole,))):
        found = extract_bytes(page[: int(len(page) * share)])
        assert found.forms
        assert all("source_cut_off" in [finding.code for finding in form.findings] for form in found.forms)


def test_a_page_whose_table_only_lacks_its_end_tag_is_whole() -> None:
    whole = (SAMPLES / "drawn-html-guangdong.html").read_text(encoding="utf-8").replace("</table>", "")
    (form,) = extract_bytes(whole.encode()).forms
    assert "source_cut_off" not in [finding.code for finding in form.findings]


def test_a_message_without_a_page() -> None:
    failure = extract_bytes(message([])).failure
    assert failure is not None
    assert failure.code == "empty"


def test_a_sheet_saved_as_a_page_under_the_name_of_a_workbook() -> None:
    case = make_case(3, "inside")
    rows = case.html.partition("<table")[2].partition(">")[2].partition("</table>")[0]
    extraction = extract_bytes(excel_page(rows), source_path="表.xls")
    total = Score()
    score(total, [case.record | {"file": "a", "family": "a", "form_index": 0}], extraction)
    assert (total.wrong, total.spurious, total.alarms) == ([], [], [])
    assert extraction.media_type == "text/html"


def test_what_is_hidden_takes_no_place() -> None:
    rows = (
        "<tr><td>甲</td><td style='display:none'>影<table><tr><td>子</td></tr></table></td><td>乙</td></tr>"
        "<tr style='DISPLAY: none'><td>行<td>行</tr><tr hidden><td>行</td></tr>"
        "<tr><td>丙<span style='mso-hide:all'>暗</span></td><td><p hidden>段<p>丁</td></tr>"
    )
    source = table_of(rows) + "<div style='color:red;display : none'>没有<div>内层</div>这个</div><p>末</p>"
    assert read(source) == [{0: "甲", 1: "乙"}, {0: "丙", 1: "丁"}, {0: "末"}]
    origin = webpage.origin(shapes.read(source).lines)
    cells = [cell for row in shapes.read(source).rows for cell in row.cells]
    assert [origin.spot(cell).locator for cell in cells] == [
        "table[1]/row[1]/cell[1]",
        "table[1]/row[1]/cell[3]",
        "table[1]/row[4]/cell[1]",
        "table[1]/row[4]/cell[2]",
        None,
    ]


def test_of_a_list_what_is_chosen_is_read() -> None:
    chosen = "<select><option>≥</option><option value=2 selected='selected'>≤</option><option>=</option></select>"
    first = "<select><option>元<option>万元</select>"
    assert read(table_of(f"<tr><td>{chosen}</td><td>5</td><td>{first}</td></tr>")) == [{0: "≤", 1: "5", 2: "元"}]


def test_a_hidden_element_ends_with_its_cell_and_one_without_end_hides_nothing() -> None:
    assert read(table_of("<tr><td><b style='display:none'>甲</td><td>乙</td></tr>")) == [{1: "乙"}]
    assert read("<div hidden>" + table_of("<tr><td>甲</td><td>乙</td></tr>")) == [{0: "甲", 1: "乙"}]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<!DOCTYPE html>\n<html>", True),
        ('\n<?xml version="1.0"?>\n<!-- a -->\n<HTML xmlns="x">', True),
        ("<table><tr><td>甲</td></tr></table>", True),
        ("# 标题\n\n<table><tr><td>甲</td></tr></table>", False),
        ("绩效目标表\n<html>", False),
        ("<3 个", False),
    ],
)
def test_what_is_a_page(text: str, found: bool) -> None:
    assert webpage.is_page(text) is found

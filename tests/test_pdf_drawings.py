"""Tables on pages that are turned, drawn in colour or in parts, and characters that few fonts have: both engines agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.api import extract_bytes
from extract.readers import pdf
from extract.readers.files import ReadOptions
from tests.test_pdf import handmade
from tests.test_pdf_plain import FONT, TOLD, stream
from tests.test_shapes import texts

ENGINES = ("auto", "pdfium", "pdfplumber")
RESOURCES = "/Font << /F 3 0 R >>"
PAIRS = TOLD % (
    b"3 beginbfchar <41> <7EE9> <42> <6548> <43> <76EE> endbfchar 1 beginbfrange <61> <7A> <0061> endbfrange"
    b" 4 beginbfchar <44> <D840DC00> <45> <2010> <46> <FFFD> <47> <E123> endbfchar"
)
CELLS = [["AB", "CA"], ["abc", "xy"], ["B", "z"]]
ROWS = [{0: "绩效", 1: "目绩"}, {0: "abc", 1: "xy"}, {0: "效", 1: "z"}]
XS, YS = (20, 90, 160), (140, 110, 80, 50)


def written(cells: list[list[str]]) -> str:
    places = [(x, y, text) for y, row in zip(YS, cells, strict=False) for x, text in zip(XS, row, strict=False)]
    return "".join(f"BT /F 9 Tf 1 0 0 1 {x + 6} {y - 18} Tm ({text}) Tj ET " for x, y, text in places)


def rules() -> str:
    across = "".join(f"{XS[0]} {y} m {XS[-1]} {y} l S " for y in YS)
    return across + "".join(f"{x} {YS[0]} m {x} {YS[-1]} l S " for x in XS)


def boxes(paint: str) -> str:
    """Each cell as a box of its own, painted so, with nothing between them."""
    places = [(x, y) for y in YS[1:] for x in XS[:-1]]
    return "0.9 g " + "".join(f"{x} {y} 70 30 re {paint} " for x, y in places) + "0 g "


def made(content: str, more: tuple[bytes, ...] = (), resources: str = RESOURCES, told: bytes = PAIRS) -> bytes:
    return handmade(content, resources=resources, objects=(FONT, stream(told), *more))


def rows(data: bytes, engine: str) -> list[dict[int, str]]:
    found = pdf.read(data, ReadOptions(pdf_engine=engine))
    return [texts(row) for grid in found.grids for row in grid.rows]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("turned", ["", "/Rotate 90 ", "/Rotate 180 ", "/Rotate 270 "])
@pytest.mark.parametrize(
    "matrix", ["1 0 0 1 0 0", "0 1 -1 0 200 0", "-1 0 0 -1 300 200", "0 -1 1 0 0 200"], ids=["0", "1", "2", "3"]
)
def test_a_table_may_be_turned_and_so_may_its_page(engine: str, turned: str, matrix: str) -> None:
    # The entry of the page is as long as blanks that stand in its place.
    data = made(f"{matrix} cm {rules()}{written(CELLS)}", resources=RESOURCES + " " * 20)
    data = data.replace(
        (RESOURCES + " " * 20 + " >>").encode(), (f"{RESOURCES} >> {turned}".ljust(len(RESOURCES) + 23)).encode()
    )
    assert data.count(b"/Rotate") == bool(turned)
    assert rows(data, engine) == ROWS


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "drawn",
    [
        boxes("f"),
        boxes("B"),
        boxes("S"),
        # A line of three points with corners, and one that bends.
        "20 140 m 160 140 l 160 50 l 20 50 l 20 140 l S 20 110 m 160 110 l S 20 80 m 160 80 l S 90 140 m 90 50 l S 200 20 m 210 40 230 40 240 20 c S",
    ],
    ids=["filled", "both", "outlined", "corners"],
)
def test_cells_may_be_drawn_as_boxes(engine: str, drawn: str) -> None:
    assert rows(made(drawn + written(CELLS)), engine) == ROWS


@pytest.mark.parametrize("engine", ["auto", "pdfium"])
@pytest.mark.parametrize("matrix", ["1 0 0 1 0 0", "1 0 0 1 40 10"])
def test_a_table_may_stand_in_a_form_on_the_page(engine: str, matrix: str) -> None:
    said = f"/Type /XObject /Subtype /Form /BBox [0 0 300 200] /Matrix [{matrix}] /Resources << {RESOURCES} >>"
    inner = stream(f"{rules()}{written(CELLS)}".encode(), said.encode())
    data = made("/Fm Do", (inner,), RESOURCES + " /XObject << /Fm 5 0 R >>")
    assert rows(data, engine) == ROWS


@pytest.mark.parametrize("engine", ["auto", "pdfium"])
def test_characters_beyond_the_first_plane(engine: str) -> None:
    cells = [["ADB", "aEb"], *CELLS[1:]]
    assert rows(made(rules() + written(cells)), engine)[0] == {0: "绩𠀀效", 1: "a\u2010b"}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("lost", ["F", "G"])
def test_characters_that_cannot_be_told_are_counted(engine: str, lost: str) -> None:
    cells = [["ABCABCABC", "CA" + lost], ["abcabcabc", "xyxyxyxyxy"], ["BBBBBB", "zzzzzzz"]]
    found = pdf.read(made(rules() + written(cells)), ReadOptions(pdf_engine=engine))
    assert [(one.code, one.params["count"]) for one in found.findings] == [("damaged_text", 1)]


def test_a_file_without_a_page() -> None:
    """It is no other one behind a file that wants a password: pdfium keeps what it said last."""
    failure = extract_bytes(handmade()).failure
    locked = extract_bytes(Path(__file__).with_name("data").joinpath("encrypted.pdf").read_bytes()).failure
    assert failure is not None
    assert locked is not None
    assert (failure.code, locked.code) == ("malformed", "encrypted")
    assert extract_bytes(handmade()).failure == failure


def at(x: float, y: float, text: str) -> str:
    return f"BT /F 9 Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET "


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("cell", "text"),
    [
        # Texts beside one another, near and far, in order and not; two lines of them.
        (at(26, 122, "A") + at(36, 122, "B"), "绩效"),
        (at(26, 122, "A") + at(50, 122, "B"), "绩 效"),
        (at(36, 122, "B") + at(26, 122, "A"), "绩效"),
        (at(26, 127, "A") + at(36, 127, "B") + at(26, 114, "C") + at(36, 114, "A"), "绩效目绩"),
        # One that is a little higher, one that is drawn twice to be bold, and blanks.
        (at(26, 122, "A") + at(36, 123.5, "B"), "绩效"),
        (at(26, 122, "AB") + at(26.2, 122, "AB"), "绩效"),
        (at(26, 122, " AB "), "绩效"),
        (at(26, 122, "a b"), "a b"),
        (at(26, 122, "   ") + at(26, 114, "A"), "绩"),
        # Latin letters that a gap parts, and those that none does.
        (at(26, 122, "ab") + at(44, 122, "ab"), "ab ab"),
        (at(26, 122, "A") + at(38, 122, "ab"), "绩ab"),
    ],
)
def test_the_texts_of_a_cell_come_together_however_they_are_drawn(engine: str, cell: str, text: str) -> None:
    data = made(rules() + cell + written([["", "CA"], *CELLS[1:]]))
    found = pdf.read(data, ReadOptions(pdf_engine=engine))
    assert [cell.text for row in found.grids[0].rows for cell in row.cells] == [text, "目绩", "abc", "xy", "效", "z"]

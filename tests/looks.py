"""What stands at a place of a file, found by other means than the reader's: by other libraries, step by step.

Each look takes a row of the table ``provenance`` and gives the text that its place has, without what separates cells.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

import pdfplumber
from lxml import etree, html
from python_calamine import CalamineWorkbook

from extract.clean import squash
from extract.readers.page_marks import radicals

Place = dict[str, Any]

# Points by which a character's middle may lie outside of a box.
_NEAR: Final = 1.0
_STEPS: Final = {"table": ("table",), "row": ("tr",), "cell": ("td", "th")}


def folded(text: str) -> str:
    """A text to compare by: radicals as ideographs, without blanks and separators of thousands."""
    return squash(text.translate(radicals())).replace(",", "")


def steps(locator: str) -> list[tuple[str, int]]:
    """``table[2]/row[5]`` as names and numbers from 0."""
    return [(name, int(number) - 1) for name, _, number in (s[:-1].partition("[") for s in locator.split("/"))]


def word(data: bytes, place: Place) -> str:
    """A paragraph or a cell of a docx file."""
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
    names = {"table": "tbl", "row": "tr", "cell": "tc", "paragraph": "p"}
    at: Any = root.find("{*}body")
    for name, number in steps(place["locator"]):
        at = at.findall("{*}" + names[name])[number]
    return "".join(one.text or "" for one in at.iter("{*}t"))


@lru_cache(maxsize=8)
def _workbook(data: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(data))


def sheet(data: bytes, place: Place) -> str:
    """A cell of a workbook, as calamine finds it; a whole number without its point."""
    name, _, address = place["locator"].rpartition("!")
    letters = address.rstrip("0123456789")
    col = 0
    for letter in letters:
        col = col * 26 + ord(letter) - ord("A") + 1
    rows = _workbook(data).get_sheet_by_name(name).to_python(skip_empty_area=False)
    value = rows[int(address[len(letters) :]) - 1][col - 1]
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def open_text(data: bytes, place: Place) -> str:
    """A paragraph or a cell of an OpenDocument text."""
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("content.xml"))
    at: Any = next(root.iter("{*}text"))
    names = {"row": ("table-row",), "cell": ("table-cell", "covered-table-cell"), "paragraph": ("p", "h")}
    for name, number in steps(place["locator"]):
        wanted = names.get(name, (name,))
        at = [one for one in at.iter() if etree.QName(one).localname in wanted and _inside(one, at)][number]
    return "".join(at.itertext())


def _inside(element: Any, outer: Any) -> bool:
    """Whether no table stands between an element and one around it."""
    for one in element.iterancestors():
        if one is outer:
            return True
        if etree.QName(one).localname in ("table", "table-cell") and etree.QName(element).localname != "table-row":
            return False
    return False


@lru_cache(maxsize=8)
def _page_source(data: bytes) -> Any:
    return html.fromstring(data, parser=html.HTMLParser(encoding="utf-8"))


def web_page(data: bytes, place: Place) -> str:
    """A cell of a web page as lxml parses it; the page as a whole where the place is in no table."""
    root = _page_source(data)
    if place["locator"] is None:
        return str(root.text_content())
    (_, table), (_, row), (_, cell) = steps(place["locator"])
    found = list(root.iter("table"))[table]
    own = [one for one in found.iter("tr") if next(one.iterancestors("table")) is found][row]
    return str([one for one in own if one.tag in _STEPS["cell"]][cell].text_content())


@lru_cache(maxsize=4)
def _pdf_pages(data: bytes) -> Sequence[Sequence[tuple[float, float, str]]]:
    """The characters of each page of a PDF file with their middles, as pdfplumber finds them."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return [
            # Of what the page has, only what is within its crop box is shown.
            [
                (
                    (c["x0"] + c["x1"]) / 2 - page.cropbox[0],
                    (c["top"] + c["bottom"]) / 2 - page.cropbox[1],
                    c["text"],
                )
                for c in page.chars
            ]
            for page in pdf.pages
        ]


def pdf(data: bytes, place: Place) -> str:
    """The characters within a box of a page, in the order that the file has them."""
    x0, top, x1, bottom = place["bbox"]
    return "".join(
        text
        for x, y, text in _pdf_pages(data)[place["page"] - 1]
        if x0 - _NEAR <= x <= x1 + _NEAR and top - _NEAR <= y <= bottom + _NEAR
    )


LOOKS: Final[dict[str, Callable[[bytes, Place], str]]] = {
    "docx": word,
    "xlsx": sheet,
    "xls": sheet,
    "et": sheet,
    "ods": sheet,
    "odt": open_text,
    "html": web_page,
    "pdf": pdf,
}

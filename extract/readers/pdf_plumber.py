"""What pdfplumber tells of a page: a second opinion, for texts that pdfium does not get right."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, Final

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from extract.errors import UnreadableInput
from extract.readers.page_marks import (
    Box,
    Drawing,
    Letter,
    folded,
    is_straight,
    is_thin,
    quarter_of,
    sides,
)

# It tells on standard error what of a font it does not know, where nobody asks for that.
logging.getLogger("pdfminer").addHandler(logging.NullHandler())

_FAULTS: Final = (
    *(PdfminerException, MalformedPDFException, PDFException, PSException, ArithmeticError, AttributeError),
    *(LookupError, TypeError, ValueError, RecursionError),
)
_FEWEST_SIDES: Final = 3


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """The document; UnreadableInput: ``encrypted``, or ``malformed`` for whatever goes wrong with it or its pages."""
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            yield document
    except _FAULTS as error:
        if isinstance(error.args[0] if error.args else error, PDFPasswordIncorrect):
            raise UnreadableInput("encrypted") from error
        raise UnreadableInput("malformed", reason=str(error)) from error


def drawing(document: Any, index: int) -> Drawing:
    """What is on a page, counted from 0."""
    page = document.pages[index]
    try:
        left, up = page.mediabox[0], page.height + page.mediabox[1]

        def box_of(shape: Any) -> Box:
            return shape["x0"] - left, up - shape["bottom"], shape["x1"] - left, up - shape["top"]

        strokes: list[Box] = [box_of(line) for line in page.lines]
        fills: list[Box] = []
        for shape in page.rects:
            box = box_of(shape)
            if is_thin(box):
                strokes.append(box)
            elif shape["stroke"]:
                strokes += sides(box)
            elif shape["fill"]:
                fills.append(box)
        for curve in page.curves:
            if curve["stroke"] or is_thin(box_of(curve)):
                points = [(x - left, up - y) for x, y in curve["pts"]]
                strokes += [box for one, other in pairwise(points) if is_straight(box := _around(one, other))]
        letters = [letter for char in page.chars if (letter := _letter(char)) is not None]
        return Drawing(_shown(page), 0, letters, strokes, fills, bool(page.images))
    finally:
        page.close()


def _around(one: tuple[float, float], other: tuple[float, float]) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])


def _letter(char: Any) -> Letter | None:
    text = char["text"]
    a, b, _, _, x, y = char["matrix"]
    quarter = quarter_of(a, b)
    if not text or quarter is None or text in "\t\r\n\u200b\ufeff":
        return None
    if len(text) > 1 and text.startswith("(cid:"):
        text = "\ufffd"
    width = char["width"] if quarter % 2 == 0 else char["height"]
    blank = text.isspace()
    return Letter(" " if blank else "".join(map(folded, text)), x, y, width, char["size"], quarter)


def _shown(page: Any) -> Box:
    """The part of the page that is shown, in the page's space after it was turned."""
    x0, y0, x1, y1 = page.page_obj.mediabox
    left, bottom, right, top = page.page_obj.cropbox or page.page_obj.mediabox
    left, bottom, right, top = max(left, x0), max(bottom, y0), min(right, x1), min(top, y1)
    if page.rotation == 90:
        return bottom - y0, x1 - right, top - y0, x1 - left
    if page.rotation == 180:
        return x1 - right, y1 - top, x1 - left, y1 - bottom
    if page.rotation == 270:
        return y1 - top, left - x0, y1 - bottom, right - x0
    return left - x0, bottom - y0, right - x0, top - y0

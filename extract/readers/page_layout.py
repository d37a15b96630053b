"""Pages without rules to lines of text that keep the page's layout: what stands below one another stays so.

A display column is half as wide as a Chinese character of the page's smaller texts, so that texts have room.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Final

from extract.clean import width
from extract.readers import page_text
from extract.readers.page_tables import Page
from extract.readers.page_text import Glyph
from extract.readers.source import NOWHERE, TextLine

# Texts in the middle of a cell of two lines stand between those of the cells beside it.
_SAME_LINE: Final = 0.8
# Runs of text nearer than this, in heights of a character, are one.
_ONE_RUN: Final = 0.6
# So many heights from line to line leave a blank one between them.
_BLANK_LINE: Final = 2.2
_SMALL: Final = 10


def text_lines(page: Page, *, new_pages: int) -> Iterator[TextLine]:
    """The lines of a page; the first has a form feed for each page that begins with it (``new_pages``)."""
    lines = page_text.lines(page.spelled(), _SAME_LINE)
    if not lines:
        return
    heights = sorted(glyph.bottom - glyph.top for line in lines for glyph in line)
    column = heights[len(heights) // _SMALL] / 2 or 1.0
    left = min(line[0].x0 for line in lines)
    bottom = lines[0][0].bottom
    for line in lines:
        if line[0].top - bottom > (_BLANK_LINE - 1) * heights[len(heights) // 2]:
            yield TextLine("", array("f"), page.number)
        bottom = max(glyph.bottom for glyph in line)
        text, boxes = _laid_out(page, line, left, column)
        lead = "\f" * new_pages
        yield TextLine(lead + text, NOWHERE * len(lead) + boxes, page.number)
        new_pages = 0


def _laid_out(page: Page, line: Sequence[Glyph], left: float, column: float) -> tuple[str, array[float]]:
    """A line with as many blanks before each run of text as bring it to its place."""
    texts: list[str] = []
    boxes: array[float] = array("f")
    at = 0
    for run in page_text.runs(line, _ONE_RUN):
        placed = page.shown(page_text.placed(run))
        blanks = max(round((placed.left - left) / column) - at, 2 if texts else 0)
        texts += [" " * blanks, placed.text]
        boxes.extend(NOWHERE * blanks)
        boxes.extend(placed.boxes)
        at += blanks + width(placed.text)
    return "".join(texts), boxes

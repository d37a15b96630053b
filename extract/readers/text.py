"""Plain text to a Grid: lines to rows, rows to cells.

Cells are separated by tabs, by runs of two or more blanks, by ideographic spaces, or by a mixture. A blank cell gives
no Cell, but it counts for the places of the cells after it.

A line ends at LF, CR LF or CR. A form feed begins a page and is a blank of its line otherwise.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from extract.clean import BLANKS, INVISIBLE, ODD_BLANKS, shown
from extract.model import Cell, Grid, Row
from extract.patterns import re

# What makes the slow way necessary, beside a text that is not NFC.
_SPECIAL: Final = (
    *INVISIBLE,
    *(blank for blank in ODD_BLANKS if blank != "\f"),
    "\u00a0",
    "&",
)
# Characters that most texts have none beside: such a text is NFC, with nothing special and no wide blanks in it. To ask
# this of all characters at once takes a third of the time that looking for each of the others does.
USUAL: Final = re.compile("[\t\n -%'-~\u2010-\u2027≤≥\u3001-\u3011一-\u9fff\uff01-\uff5e]*+")
# Blanks that only pad a cell or separate two, and what stands beside a blank that does.
_PADDING: Final = ("\u3000", "\f")
# Behind the last character stands nothing.
_EDGES: Final = frozenset((*" \t\n", ""))
# A text with more blanks than this is looked at cell by cell.
_FEW_BLANKS: Final = 40
# A cell among cells separated by blanks: single blanks stay within it.
_RUN: Final = re.compile(r"\S+(?:[ \u00a0]\S+)*")
# Runs of two and three blanks are what exports put between cells; a blank cell makes a run twice as long.
_BLANKS_A_SEPARATOR: Final = 2.5


# tuple.__new__ and not Cell(...): a third of the time, and a form has hundreds of cells.
_new = tuple.__new__


def split_lines(text: str) -> list[str]:
    """The lines of a text, without their ends; places count in these lines, from 1."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def _is_padded(text: str) -> bool:
    """Whether blanks may stand beside separators of cells anywhere in the text."""
    at = -1
    for _ in range(_FEW_BLANKS + 1):
        at = text.find(" ", at + 1)
        if at < 0:
            return False
        if at == 0 or text[at - 1] in _EDGES or text[at + 1 : at + 2] in _EDGES:
            return True
    return True


def read(text: str) -> Grid:
    """The grid of a text. Rows without any text are left out; ``Row.line`` tells where the others stand."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    usual = USUAL.fullmatch(text) is not None
    paged = "\f" in text
    special = not usual and (
        any(map(text.__contains__, _SPECIAL))
        or not unicodedata.is_normalized("NFC", text)
        # A page begins with its line; within one, what breaks the page is a blank.
        or (paged and text.count("\f") > text.count("\n\f"))
    )
    padded = special or (not usual and any(map(text.__contains__, _PADDING))) or _is_padded(text)
    marked = "<" in text
    rows: list[Row] = []
    page = 1 if paged else 0
    number = 0
    for line in lines:
        number += 1
        if paged and "\f" in line:
            page += line.count("\f")
        if not line:
            continue
        parts = line.split("\t")
        width = len(parts)
        if width == 1:
            cells = _blank_separated(line, number, page, special)
            width = 1 if len(cells) == 1 else 0
        elif padded or (marked and "<" in line):
            cells = _tabbed(parts, number, page, special) if padded else _bare(parts, number, page)
        else:
            # As _bare does it; a form has some forty such lines, and a call costs as much as a cell.
            cells = []
            start = col = 0
            for part in parts:
                if part:
                    end = start + len(part)
                    cells.append(_new(Cell, (part, number, start, end, col, page, -1, -1, 1, 1, ())))
                    start = end
                start += 1
                col += 1  # noqa: SIM113 - a tuple a cell costs more
        if cells:
            rows.append(Row(number, cells, width, page))
    return Grid(rows, lines, paged)


def line_row(line: str, number: int) -> Row | None:
    """The row of one line by itself, as ``read`` reads it; None for a blank one. No pages are counted."""
    if "\t" in line:
        cells = _tabbed(line.split("\t"), number, 0, special=True)
        return Row(number, cells, line.count("\t") + 1, 0) if cells else None
    cells = _blank_separated(line, number, 0, special=True)
    return Row(number, cells, 1 if len(cells) == 1 else 0, 0) if cells else None


def _cell(text: str, line: int, start: int, col: int, page: int) -> Cell:
    return _new(Cell, (text, line, start, start + len(text), col, page, -1, -1, 1, 1, ()))


def _bare(parts: list[str], number: int, page: int) -> list[Cell]:
    """The cells of a line with tabs in a text where no blanks pad them: each part is a text, maybe marked, or blank."""
    cells: list[Cell] = []
    start = 0
    for col, part in enumerate(parts):
        if "<" in part:
            cells += _marked(part, number, start, col, page)
        elif part:
            cells.append(_cell(part, number, start, col, page))
        start += len(part) + 1
    return cells


def _tabbed(parts: list[str], number: int, page: int, special: bool) -> list[Cell]:
    """The cells of a line with tabs."""
    cells: list[Cell] = []
    start = 0
    for col, part in enumerate(parts):
        if part:
            text = part.strip(BLANKS) if part[0] <= " " or part[-1] <= " " or special or "\u3000" in part else part
            if text:
                at = start if text is part else start + part.index(text)
                if ("  " in text or "\u3000" in text) and "</" not in text:
                    cells += _pieces(text, number, at, col, page, special)
                elif special or "<" in text:
                    cells += _marked(text, number, at, col, page)
                else:
                    cells.append(_cell(text, number, at, col, page))
        start += len(part) + 1
    return cells


def _marked(text: str, number: int, start: int, col: int, page: int) -> list[Cell]:
    """A cell whose text may hold markup or invisible characters; none where nothing else is in it.

    What stands between those becomes a part of its own, so that places within the cell stay exact: long texts too may
    be cut into cells later.
    """
    pieces = shown(text)
    if not pieces:
        return []
    parts = tuple(Cell(piece, number, start + low, start + high, col, page) for piece, low, high in pieces)
    if len(parts) == 1:
        return [parts[0]]
    whole = "".join([part.text for part in parts])
    return [Cell(whole, number, parts[0].start, parts[-1].end, col, page, parts=parts)]


def _pieces(text: str, number: int, start: int, col: int, page: int, special: bool) -> list[Cell]:
    """Cells separated by blanks within one tab cell; they share its place, since blanks are the weaker separator."""
    cells: list[Cell] = []
    for match in _RUN.finditer(text):
        piece = match.group()
        cells += (
            _marked(piece, number, start + match.start(), col, page)
            if special or "<" in piece
            else [_cell(piece, number, start + match.start(), col, page)]
        )
    return cells


def _blank_separated(line: str, number: int, page: int, special: bool) -> list[Cell]:
    """The cells of a line without tabs; a longer run of blanks counts as several separators."""
    stripped = line.strip(BLANKS)
    if not stripped:
        return []
    at = line.index(stripped)
    if "  " not in stripped and "\u3000" not in stripped and "\u00a0" not in stripped:
        return (
            _marked(stripped, number, at, 0, page)
            if special or "<" in stripped
            else [_cell(stripped, number, at, 0, page)]
        )
    cells: list[Cell] = []
    col = 0
    end = 0
    for match in _RUN.finditer(stripped):
        if end:
            gap = stripped[end : match.start()]
            wide = gap.count("\u3000")
            col += max(1, wide + round((len(gap) - wide) / _BLANKS_A_SEPARATOR))
        end = match.end()
        piece = match.group()
        if special or "<" in piece:
            cells += _marked(piece, number, at + match.start(), col, page)
        else:
            cells.append(_cell(piece, number, at + match.start(), col, page))
    return cells

"""What a reader of files that are no text gives: a Grid, and lines that stand for what the file has instead.

A sheet, a Word file or a page has no lines to point at. Each row of a table and each paragraph beside tables becomes
one line here, its cells separated by tabs; the Origin tells for each place in such a line where it stands in the file:
its page, its box on the page, its address (``Sheet1!B5``, ``table[2]/row[5]/cell[3]``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from extract.model import BBox, Cell, Finding, Grid, Origin, OriginLine, Row
from extract.readers.pieces import Draft, Slice, row
from extract.readers.text import line_row

_UNPRINTED: Final = str.maketrans(dict.fromkeys("\t\r\n\x0b\x0c\x85\u2028\u2029", " "))
_LINE_ENDS: Final = str.maketrans(dict.fromkeys("\r\n\x0b\x0c\x85\u2028\u2029", " "))


class Piece(NamedTuple):
    """A text that stands in one line of its cell; ``boxes``: the place on the page of each of its characters."""

    text: str
    boxes: Sequence[BBox] = ()


class Filled(NamedTuple):
    """A cell with text: its column from 0, its paragraphs, each of one or more pieces, and how many columns it spans.

    A cell that spans rows stands in the first of them alone.
    """

    col: int
    paragraphs: Sequence[Sequence[Piece]]
    col_span: int = 1
    name: str = ""


class Line(NamedTuple):
    """A row of a table (``width``: how many columns the table has), or a paragraph beside tables (one cell, width 1).

    ``page``: from 1; 0 where the file has no pages. ``name``: what stands as its address where a cell has none.
    ``free``: it is read as a line of a text is, whose tabs and runs of blanks part cells.
    """

    cells: Sequence[Filled]
    width: int = 1
    page: int = 0
    name: str = ""
    free: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file, read. ``grids``: what is looked through for forms, each by itself; ``lines`` counts through all of them.

    ``origin`` is None for texts, whose lines and characters are their places. ``findings`` hold for every form.
    """

    media_type: str
    encoding: str | None
    grids: tuple[Grid, ...]
    lines: list[str]
    origin: Origin | None = None
    findings: tuple[Finding, ...] = ()


def drawn(media_type: str, parts: Iterable[Iterable[Line]], findings: tuple[Finding, ...] = ()) -> Source:
    """The Source of tables whose cells the file itself tells; each of ``parts`` becomes a grid of its own."""
    texts: list[str] = []
    places: list[OriginLine] = []
    grids: list[Grid] = []
    for part in parts:
        rows: list[Row] = []
        paged = False
        for line in part:
            text, place, drafts = _written(line, len(texts) + 1)
            texts.append(text)
            places.append(place)
            made = line_row(text, len(texts)) if line.free else row(texts, len(texts), drafts, line.width)
            if made is not None:
                rows.append(_on_page(made, line.page) if line.page else made)
                paged = paged or line.page > 0
        grids.append(Grid(rows, texts, paged, ruled=True))
    return Source(media_type, None, tuple(grids), texts, Origin(tuple(places)), findings)


def _written(line: Line, number: int) -> tuple[str, OriginLine, list[Draft]]:
    """A row as one line, where its cells stand, and the cells with their stretches of the line."""
    texts: list[str] = []
    boxes: list[BBox | None] = []
    starts: list[int] = []
    names: list[str] = []
    drafts: list[Draft] = []
    at = 0
    col = 0
    blank = _LINE_ENDS if line.free else _UNPRINTED
    for cell in line.cells:
        tabs = max(cell.col - col, 1 if texts else 0)
        at = _add(texts, boxes, "\t" * tabs, at)
        col = cell.col
        starts.append(at)
        names.append(cell.name or line.name)
        paragraphs = []
        for paragraph in cell.paragraphs:
            slices = []
            for piece in paragraph:
                if at > starts[-1]:
                    at = _add(texts, boxes, " ", at)
                slices.append(Slice(number, at, at + len(piece.text)))
                at = _add(texts, boxes, piece.text.translate(blank), at, piece.boxes)
            paragraphs.append(slices)
        drafts.append(Draft(cell.col, paragraphs, cell.col_span))
    place = OriginLine(line.page, tuple(starts), tuple(names), tuple(boxes) if any(boxes) else ())
    return "".join(texts), place, drafts


def _add(texts: list[str], boxes: list[BBox | None], text: str, at: int, own: Sequence[BBox] = ()) -> int:
    texts.append(text)
    boxes += own or [None] * len(text)
    return at + len(text)


def _on_page(made: Row, page: int) -> Row:
    return made._replace(page=page, cells=[_cell_on_page(cell, page) for cell in made.cells])


def _cell_on_page(cell: Cell, page: int) -> Cell:
    return cell._replace(page=page, parts=tuple(_cell_on_page(part, page) for part in cell.parts))

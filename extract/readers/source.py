"""What a reader of files that are no text gives: a Grid, and lines that stand for what the file has instead.

A sheet, a Word file or a page has no lines to point at. Each row of a table and each paragraph beside tables becomes
one line here, its cells separated by tabs; the Origin tells for each place in such a line where it stands in the file:
its page, its box on the page, its address (``Sheet1!B5``, ``table[2]/row[5]/cell[3]``).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from extract.model import BBox, Boxes, Finding, Grid, Origin, OriginLine, Row
from extract.readers import shapes
from extract.readers.pieces import Draft, Slice, row
from extract.readers.text import line_row

_UNPRINTED: Final = str.maketrans(dict.fromkeys("\t\r\n\x0b\x0c\x85\u2028\u2029", " "))
_LINE_ENDS: Final = str.maketrans(dict.fromkeys("\r\n\x0b\x0c\x85\u2028\u2029", " "))


_NO_BOXES: Final = array("f")
# The box of what stands nowhere.
NOWHERE: Final = array("f", (float("nan"),) * 4)
# tuple.__new__ and not Slice(...): a third of the time.
_new = tuple.__new__


class Piece(NamedTuple):
    """A text that stands in one line of its cell; ``boxes``: the place on the page of each of its characters.

    Four floats each: x0, top, x1, bottom; NaN for what stands nowhere.

    ``page``: from 1, where it is not the page of the row: a cell may go on with the next one.
    """

    text: str
    boxes: array[float] = _NO_BOXES
    page: int = 0


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


class TextLine(NamedTuple):
    """A line of a text that keeps the layout of a page; ``boxes``: as those of a Piece."""

    text: str
    boxes: array[float]
    page: int


class Text(NamedTuple):
    """Lines that are read as those of a text are."""

    lines: Sequence[TextLine]


class Doubt(NamedTuple):
    """A character that may be another one; ``other``: what else it may be, or "" where nothing is known.

    ``whole``: how many characters stand there is not sure either, or whether any does. ``sure``: it was read for sure,
    as long as nothing else speaks for the other one. ``read``: what it was read as, where its shape told otherwise.
    """

    text: str
    other: str
    whole: bool = False
    sure: bool = False
    read: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, read. ``grids``: what is looked through for forms, each by itself; ``lines`` counts through all of them.

    ``origin`` is None for texts, whose lines and characters are their places. ``findings`` hold for every form.
    ``doubts``: by page and box what may be another character.
    """

    media_type: str
    encoding: str | None
    grids: tuple[Grid, ...]
    lines: list[str]
    origin: Origin | None = None
    findings: tuple[Finding, ...] = ()
    doubts: Mapping[tuple[int, BBox], Doubt] = field(default_factory=dict)


def drawn(media_type: str, parts: Iterable[Iterable[Line] | Text], findings: tuple[Finding, ...] = ()) -> Source:
    """The Source of tables whose cells the file itself tells; each of ``parts`` becomes a grid of its own."""
    texts: list[str] = []
    places: list[OriginLine] = []
    grids: list[Grid] = []
    for part in parts:
        if isinstance(part, Text):
            grids.append(shapes.read("\n" * len(texts) + "\n".join([line.text for line in part.lines])))
            texts += [line.text for line in part.lines]
            places += [OriginLine(line.page, (0,), ("",), Boxes(line.boxes)) for line in part.lines]
            continue
        rows: list[Row] = []
        paged = False
        for line in part:
            number = len(texts) + 1
            written, drafts = _written(line, number)
            texts += ["".join(one.texts) for one in written]
            places += [one.place() for one in written]
            pages = {one.number: one.page for one in written} if line.page else {}
            made = line_row(texts[number - 1], number) if line.free else row(texts, number, drafts, line.width, pages)
            if made is not None:
                rows.append(_on_page(made, line.page) if line.page and line.free else made)
                paged = paged or line.page > 0
        grids.append(Grid(rows, texts, paged, ruled=True))
    return Source(media_type, None, tuple(grids), texts, Origin(tuple(places)), findings)


@dataclass(slots=True)
class _Written:
    """A line that stands for a row, or for what of a row stands on another page; ``blank``: what becomes a blank."""

    number: int
    page: int
    blank: dict[int, str]
    texts: list[str] = field(default_factory=list)
    boxes: array[float] = field(default_factory=lambda: array("f"))
    starts: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    at: int = 0
    col: int = 0

    def begin_cell(self, col: int, name: str) -> None:
        tabs = col - self.col
        if tabs < 1 and self.texts:
            tabs = 1
        if tabs > 0:
            self.texts.append("\t" * tabs)
            self.at += tabs
        self.col = col
        self.starts.append(self.at)
        self.names.append(name)

    def _fill(self, end: int) -> None:
        """Boxes for what has none of its own so far."""
        missing = end - len(self.boxes) // 4
        if missing:
            self.boxes += NOWHERE * missing

    def add_piece(self, piece: Piece) -> Slice:
        """Takes in a piece of the cell that was begun last, and tells where it stands."""
        text, boxes, _ = piece
        start = self.at
        if start > self.starts[-1]:
            self.texts.append(" ")
            start += 1
        if not text.isprintable():
            text = text.translate(self.blank)
        self.texts.append(text)
        self.at = end = start + len(text)
        if boxes:
            if len(self.boxes) != 4 * start:
                self._fill(start)
            self.boxes += boxes
        made: Slice = _new(Slice, (self.number, start, end))
        return made

    def place(self) -> OriginLine:
        if not self.boxes:
            return OriginLine(self.page, tuple(self.starts), tuple(self.names))
        self._fill(self.at)
        return OriginLine(self.page, tuple(self.starts), tuple(self.names), Boxes(self.boxes))


def _written(line: Line, number: int) -> tuple[list[_Written], list[Draft]]:
    """A row as one line and one more for each other page it stands on; the cells with their stretches of the lines."""
    blank = _LINE_ENDS if line.free else _UNPRINTED
    own = _Written(number, line.page, blank)
    found = {line.page: own}
    drafts: list[Draft] = []
    for col, contents, col_span, named in line.cells:
        name = named or line.name
        own.begin_cell(col, name)
        begun = {line.page}
        paragraphs = []
        for paragraph in contents:
            slices = []
            for piece in paragraph:
                page = piece[2]
                if not page or page == line.page:
                    slices.append(own.add_piece(piece))
                    continue
                writer = found.get(page)
                if writer is None:
                    writer = found[page] = _Written(number + len(found), page, blank)
                if page not in begun:
                    writer.begin_cell(col, name)
                    begun.add(page)
                slices.append(writer.add_piece(piece))
            paragraphs.append(slices)
        made: Draft = _new(Draft, (col, paragraphs, col_span, None))
        drafts.append(made)
    return list(found.values()), drafts


def _on_page(made: Row, page: int) -> Row:
    """A row of one line, with the page that it stands on."""
    cells = [
        cell._replace(page=page, parts=tuple([part._replace(page=page) for part in cell.parts])) for cell in made.cells
    ]
    return made.changed(cells=cells, page=page)

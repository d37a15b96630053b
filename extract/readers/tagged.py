"""Tables written as HTML within a text, as some converters leave those whose cells span.

A row of the table is a row of the grid; its cells stand in the columns that spans leave to them. A row that holds a
table of its own only lays out the page: its paragraphs are rows by themselves. So are those beside the tables; lines
there without any tag are read as in other texts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from extract.model import Origin, OriginLine, Row
from extract.readers.inline import Writing
from extract.readers.markup import Mark, marks, spans
from extract.readers.pieces import Draft, Slice, moved, row

_TABLE: Final = re.compile(r"<(?:table|t[rdh])\b", re.IGNORECASE)
# Tags that do not end a paragraph.
_INLINE: Final = frozenset(
    [
        *("a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "img", "input", "ins", "kbd", "label"),
        *("mark", "o:p", "q", "s", "small", "span", "st1", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr"),
    ]
)
_CELLS: Final = frozenset({"td", "th"})
# Columns of a table; what stands further right keeps its order and no more.
_WIDEST: Final = 256
_TALLEST: Final = 65534

Stretch = tuple[int, int]


@dataclass(slots=True)
class _Text:
    """Paragraphs, each with its stretches of the source."""

    paragraphs: list[list[Stretch]] = field(default_factory=lambda: [[]])

    def add(self, start: int, end: int) -> None:
        """Takes in a stretch; one right behind the last goes on with it."""
        last = self.paragraphs[-1]
        if last and last[-1][1] == start:
            last[-1] = (last[-1][0], end)
        elif start < end:
            last.append((start, end))

    def end_paragraph(self) -> None:
        if self.paragraphs[-1]:
            self.paragraphs.append([])


@dataclass(slots=True)
class _Cell(_Text):
    """A cell: its text, its column, how many columns it spans, where its tag ends, and its number in its row."""

    col: int = 0
    span: int = 1
    begins: int = 0
    number: int = 1


@dataclass(slots=True)
class _Row:
    """A row: its cells, whether one of them holds a table, and how many cells and rows before it are hidden."""

    start: int
    cells: list[_Cell] = field(default_factory=list)
    lays_out: bool = False
    hidden_cells: int = 0
    hidden_rows: int = 0


@dataclass(slots=True)
class _Table:
    """A table that is open: its rows, the cell that is open, and for how many rows a column is still taken.

    ``number``: its place among the tables of the text, from 1.
    """

    number: int = 1
    rows: list[_Row] = field(default_factory=list)
    cell: _Cell | None = None
    open_row: bool = False
    taken: dict[int, int] = field(default_factory=dict)
    width: int = 0
    hidden_rows: int = 0

    def begin_row(self, start: int) -> None:
        self.cell = None
        self.rows.append(_Row(start, hidden_rows=self.hidden_rows))
        self.open_row = True
        self.taken = {col: rows - 1 for col, rows in self.taken.items() if rows > 1}

    def begin_cell(self, mark: Mark) -> None:
        if not self.open_row:
            self.begin_row(mark.start)
        cells = self.rows[-1].cells
        col = cells[-1].col + cells[-1].span if cells else 0
        while col in self.taken:
            col += 1
        rows, columns = spans(mark.attributes)
        span = max(1, min(columns, _WIDEST - col))
        if col < _WIDEST and rows != 1:
            # The row itself counts, for it is taken off where the next one begins.
            self.taken |= dict.fromkeys(range(col, col + span), min(rows or _TALLEST, _TALLEST))
        number = len(cells) + 1 + self.rows[-1].hidden_cells
        self.cell = _Cell(col=col, span=span, begins=mark.end, number=number)
        cells.append(self.cell)
        self.width = max(self.width, col + span)


class _Reader:
    """Takes in the tags of a text one by one; ``outside`` is what belongs to no cell."""

    def __init__(self) -> None:
        self.outside = _Text()
        self.closed: list[_Table] = []
        self.open: list[_Table] = []
        # The end of the last tag that belongs to a table.
        self.reached = 0
        self._tables = 0

    @property
    def text(self) -> _Text:
        """Where text belongs now."""
        return (self.open[-1].cell if self.open else None) or self.outside

    def take(self, mark: Mark, source: str) -> None:
        """Takes in a tag; the text before it is in already."""
        name = mark.name
        if name in ("table", "tr", "tbody", "thead", "tfoot", "caption") or name in _CELLS:
            self.text.end_paragraph()
            self._structure(mark)
            self.reached = mark.end
        elif name in _INLINE:
            if "\n" not in source[mark.start : mark.end]:
                self.text.add(mark.start, mark.end)
        elif name:
            self.text.end_paragraph()
        elif mark.attributes:
            self._pass_over(mark, source)

    def _pass_over(self, mark: Mark, source: str) -> None:
        """Counts what is hidden, since addresses do."""
        self._tables += source.lower().count("<table", mark.start, mark.end)
        if self.open and mark.attributes == "tr":
            self.open[-1].hidden_rows += 1
        elif self.open and self.open[-1].rows and mark.attributes in _CELLS:
            self.open[-1].rows[-1].hidden_cells += 1

    def _open(self) -> None:
        self._tables += 1
        self.open.append(_Table(self._tables))

    def _structure(self, mark: Mark) -> None:
        name = mark.name
        if name == "table" and not mark.closes:
            if self.open and self.open[-1].cell is not None:
                self.open[-1].rows[-1].lays_out = True
            self._open()
            return
        if not self.open:
            if mark.closes or (name != "tr" and name not in _CELLS):
                return
            self._open()
        table = self.open[-1]
        if name == "table":
            self.closed.append(self.open.pop())
        elif name in _CELLS and not mark.closes:
            table.begin_cell(mark)
        elif name == "tr" and not mark.closes:
            table.begin_row(mark.start)
        else:
            table.cell = None
            table.open_row = table.open_row and name in _CELLS

    def end(self) -> None:
        """The end of the text: tables that are open end with the last tag of theirs, and the line it stands in."""
        self.closed += self.open
        self.open = []


def may_be(text: str) -> bool:
    """A cheap test that most texts without tables of HTML do not pass."""
    # One character is found in a twentieth of the time that two take.
    if "<" not in text or not ("t" in text or "T" in text):
        return False
    return ("<t" in text or "<T" in text) and _TABLE.search(text) is not None


def read(
    lines: Sequence[str],
    plain_row: Callable[[str, int], Row | None],
    read_rest: Callable[[Sequence[str]], list[Row]],
    writing: Writing | None = None,
) -> list[Row] | None:
    """The rows of a text with tables of HTML; None where there are none.

    ``plain_row`` reads a stretch of a line, ``read_rest`` the lines without tags; it is given all, the others blank.
    ``writing``: the marks that texts may hold.
    """
    reader, places, touched = _scanned(lines)
    found: list[tuple[int, Row]] = []
    paragraphs = reader.outside.paragraphs
    for table in reader.closed:
        for drawn in table.rows:
            touched.update(
                part.line for cell in drawn.cells for group in cell.paragraphs for part in places.slices(group)
            )
            if drawn.lays_out:
                paragraphs += [group for cell in drawn.cells for group in cell.paragraphs]
            elif (made := _row(lines, places, drawn, table.width, writing)) is not None:
                found.append((drawn.start, made))
    if not found:
        return None
    for paragraph in paragraphs:
        for part in places.slices(paragraph):
            if part.line in touched:
                made = plain_row(lines[part.line - 1][part.start : part.end], part.line)
                if made is not None:
                    found.append((places.starts[part.line - 1] + part.start, moved(made, 0, {part.line: part.start})))
    rest = ["" if i + 1 in touched else line for i, line in enumerate(lines)]
    found += ((places.starts[made.line - 1], made) for made in read_rest(rest))
    return [made for _, made in sorted(found, key=lambda one: one[0])]


def origin(lines: Sequence[str]) -> Origin:
    """The addresses of the cells of all tables: table, row and cell as a browser counts them, from 1.

    Tables are counted through the page, those within others too; what is hidden counts.
    """
    reader, places, _ = _scanned(lines)
    named: list[dict[int, str]] = [{} for _ in lines]
    for table in reader.closed:
        for at, drawn in enumerate(table.rows, 1):
            for cell in drawn.cells:
                name = f"table[{table.number}]/row[{at + drawn.hidden_rows}]/cell[{cell.number}]"
                for part in (part for group in cell.paragraphs for part in places.slices(group)):
                    named[part.line - 1][part.start] = name
                    named[part.line - 1].setdefault(part.end, "")
    return Origin(tuple(OriginLine(0, *_apart(own)) for own in named))


def _apart(names: dict[int, str]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    starts = sorted(names)
    return tuple(starts), tuple(names[start] for start in starts)


def _scanned(lines: Sequence[str]) -> tuple[_Reader, _Places, set[int]]:
    """The tables of a text; and the lines that hold tags, beside those within a line of text."""
    source = "\n".join(lines)
    places = _Places(lines)
    reader = _Reader()
    touched: set[int] = set()
    at = 0
    for mark in marks(source):
        reader.text.add(at, mark.start)
        at = mark.end
        first, last = places.line(mark.start), places.line(mark.end - 1)
        if mark.name not in _INLINE or first < last:
            touched.update(range(first, last + 1))
        reader.take(mark, source)
    _finish(reader, source, at)
    return reader, places, touched


def _finish(reader: _Reader, source: str, at: int) -> None:
    """Takes in what stands behind the last tag: of a table that is open only the rest of the line belongs to it."""
    stop = len(source)
    if reader.open:
        stop = source.find("\n", max(at, reader.reached))
        stop = len(source) if stop < 0 else stop
    reader.text.add(at, stop)
    reader.end()
    reader.outside.end_paragraph()
    reader.outside.add(stop, len(source))


class _Places:
    """Lines and columns of the offsets in a text."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.starts = [0]
        for line in lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def line(self, offset: int) -> int:
        """The line of an offset, counted from 1."""
        return bisect_right(self.starts, offset)

    def slices(self, stretches: Sequence[Stretch]) -> list[Slice]:
        """The stretches, line by line, those left out that are blank."""
        found = []
        for start, end in stretches:
            number = self.line(start)
            while number <= len(self.lines) and self.starts[number - 1] < end:
                base = self.starts[number - 1]
                low, high = max(start - base, 0), min(end - base, len(self.lines[number - 1]))
                if self.lines[number - 1][low:high].strip():
                    found.append(Slice(number, low, high))
                number += 1
        return found


def _row(lines: Sequence[str], places: _Places, drawn: _Row, width: int, writing: Writing | None) -> Row | None:
    drafts: list[Draft] = []
    first = 0
    for cell in drawn.cells:
        paragraphs = [slices for group in cell.paragraphs if (slices := places.slices(group))]
        line = paragraphs[0][0].line if paragraphs else 0
        first = first or line
        # In Markdown a blank line ends what is HTML: what follows is Markdown again.
        own = writing if line > places.line(cell.begins) + 1 else None
        if own is not None:
            paragraphs = [part for group in paragraphs for part in _parted(group)]
        drafts.append(Draft(cell.col, paragraphs, cell.span, own))
    return row(lines, first, drafts, width)


def _parted(slices: Sequence[Slice]) -> list[list[Slice]]:
    """The lines of a text of Markdown, parted where blank ones stand between them."""
    found: list[list[Slice]] = []
    for part in slices:
        if found and part.line <= found[-1][-1].line + 1:
            found[-1].append(part)
        else:
            found.append([part])
    return found

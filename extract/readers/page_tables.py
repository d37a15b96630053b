"""Pages with rules to the lines of a Source: text by cell, cells and columns over page breaks, what stands beside.

A page is read upright; where it is shown turned, the boxes of characters are those of the page as it is shown.
"""

from __future__ import annotations

import re
from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from extract.clean import squash
from extract.readers import page_text
from extract.readers.page_grid import SLACK, GridCell, Rule, Table, tables
from extract.readers.page_text import Glyph, Placed, Run
from extract.readers.source import Filled, Line, Piece

# How far apart borders of the same cell may be on two pages.
_SAME_PLACE: Final = 2 * SLACK
# A header that stands again has at least so many cells.
_FEWEST_REPEATED: Final = 3
# A table of fewer cells is a frame, or a box within a text.
_FEWEST_CELLS: Final = 4
_ONE_COLUMN: Final = 2
# A page on which one line in so many has columns of its own within a cell is not parted by its rules.
_LOOSE: Final = 3
_LONG_COLUMN: Final = 8
_LONG_COLUMNS: Final = 4
_PAGE_NUMBER: Final = re.compile(r"[-—–－·.]*第?\d{1,4}页?(?:[/,，、／|]?共?\d{1,4}页?)?[-—–－·.]*")


# tuple.__new__ and not Piece(...): a third of the time.
_new = tuple.__new__


class Page(NamedTuple):
    """A page as it is read, in points from its top left: its characters, and its rules, across and down.

    ``turned``: by how many quarters clockwise it is shown from there. ``runs``: further characters, those that were
    told together.
    """

    number: int
    width: float
    height: float
    glyphs: Sequence[Glyph]
    across: Sequence[Rule]
    down: Sequence[Rule]
    turned: int = 0
    runs: Sequence[Run] = ()

    def spelled(self) -> Sequence[Glyph]:
        """All characters, each by itself."""
        return [*self.glyphs, *_spelled(self.runs)] if self.runs else self.glyphs

    def shown(self, line: Placed) -> Placed:
        """A line with the boxes of its characters on the page as it is shown."""
        if not self.turned:
            return line
        boxes: array[float] = array("f")
        it = iter(line.boxes)
        for x0, top, x1, bottom in zip(it, it, it, it, strict=True):
            boxes.extend(self._turn(x0, top, x1, bottom))
        return line._replace(boxes=boxes)

    def _turn(self, x0: float, top: float, x1: float, bottom: float) -> tuple[float, float, float, float]:
        if self.turned == 1:
            return self.height - bottom, x0, self.height - top, x1
        if self.turned == 2:
            return self.width - x1, self.height - bottom, self.width - x0, self.height - top
        return top, self.width - x1, bottom, self.width - x0


class _Told(NamedTuple):
    """A line of text, and the page it stands on."""

    page: int
    line: Placed


@dataclass(slots=True, eq=False)
class _Cell:
    """A cell with its text; ``left``, ``right``: its borders."""

    place: GridCell
    left: float
    right: float
    paragraphs: list[list[_Told]] = field(default_factory=list)
    # Whether it went on from the page before: its text stands in a cell there.
    gone: bool = False

    @property
    def text(self) -> str:
        return squash("".join(told.line.text for paragraph in self.paragraphs for told in paragraph))

    def same_column(self, other: _Cell) -> bool:
        return abs(self.left - other.left) <= _SAME_PLACE and abs(self.right - other.right) <= _SAME_PLACE

    def goes_on(self, other: _Cell) -> bool:
        """Whether the last line of this cell goes on in the first of the other one."""
        above = [told.line for told in self.paragraphs[-1]]
        below = [told.line for told in other.paragraphs[0]]
        return page_text.goes_on(above, below, self.left, self.right)

    def take(self, other: _Cell) -> None:
        """Takes in the text of the cell that this one goes on in."""
        other.gone = True
        # Calc writes the text of a cell on each page that the cell is on.
        paragraphs = other.paragraphs if other.text != self.text else []
        if self.paragraphs and paragraphs and self.goes_on(other):
            self.paragraphs[-1] += paragraphs[0]
            paragraphs = paragraphs[1:]
        self.paragraphs += paragraphs


@dataclass(slots=True, eq=False)
class _Drawn:
    """A table of one page; ``columns``: the lines between the columns of all tables that it goes on from or in.

    ``rows``: the cells that begin in each row.
    """

    page: int
    table: Table
    cells: list[_Cell]
    rows: list[list[_Cell]]
    columns: list[float]
    # The cells at its lower edge: one that began on a page before is that one.
    last: list[_Cell]
    # How many of its first rows repeat a header.
    repeated: int = 0


@dataclass(slots=True, eq=False)
class _Beside:
    """A line of text beside tables, in the cells that wide gaps make of it."""

    page: int
    runs: list[Placed]

    @property
    def text(self) -> str:
        return squash("".join(run.text for run in self.runs))


_Block = _Drawn | _Beside
Blocks = list[_Block]


class _Entry(NamedTuple):
    """A cell with text as a row keeps it; the cell itself where it may go on on pages to come."""

    left: float
    right: float
    content: _Cell | list[list[Piece]]


class _Kept(NamedTuple):
    """What is kept of a table: its rows, whose columns are known when all tables are that it goes on in."""

    page: int
    xs: Sequence[float]
    columns: list[float]
    rows: list[list[_Entry]]


class Pages:
    """Pages that follow one another, and go on in one another.

    Of a page only what becomes lines is kept as soon as the next one is there: a file may have thousands.
    """

    def __init__(self) -> None:
        self._kept: deque[_Kept | Line] = deque()
        self._last: Blocks = []

    def __bool__(self) -> bool:
        return bool(self._kept or self._last)

    def add(self, own: Blocks) -> None:
        """Takes in the next page."""
        _join(self._last, own)
        carried = {id(cell) for block in own if isinstance(block, _Drawn) for cell in block.last}
        self._kept += [_beside(block) if isinstance(block, _Beside) else _kept(block, carried) for block in self._last]
        self._last = own

    def lines(self) -> Iterator[Line]:
        """The rows of the tables and the lines beside them, in order; page numbers left out. Then nothing is left."""
        self.add([])
        while self._kept:
            kept = self._kept.popleft()
            yield from [kept] if isinstance(kept, Line) else _rows(kept)


def is_ruled(blocks: Blocks) -> bool:
    """Whether rules part the texts of a page into cells: some of a table's columns, and its rows, are told by them."""
    for block in blocks:
        if isinstance(block, _Drawn) and len(block.cells) >= _FEWEST_CELLS and len(block.table.xs) > _ONE_COLUMN:
            runs = [line.runs for cell in block.cells for paragraph in cell.paragraphs for _, line in paragraph]
            loose = sum([count >= _FEWEST_REPEATED for count in runs])
            if loose * _LOOSE <= len(runs) and not _has_long_columns(block):
                return True
    return False


def _has_long_columns(block: _Drawn) -> bool:
    """Whether what is one row by its rules holds many lines in many columns: rules part the columns alone."""
    for row in block.rows:
        if len(row) < _LONG_COLUMNS:
            continue
        counts = [sum(map(len, cell.paragraphs)) for cell in row if cell.place.rows == 1]
        if sum([count >= _LONG_COLUMN for count in counts]) >= _LONG_COLUMNS:
            return True
    return False


def count_lines(blocks: Blocks, cells: int) -> int:
    """How many lines of a page have so many runs of text or more."""
    count = 0
    for block in blocks:
        if isinstance(block, _Beside):
            count += len(block.runs) >= cells
        else:
            lines = [told.line for cell in block.cells for paragraph in cell.paragraphs for told in paragraph]
            count += sum(line.runs >= cells for line in lines)
            count += len(lines) if _has_long_columns(block) else 0
    return count


def blocks_of(page: Page) -> Blocks:
    """What stands on a page, from top to bottom: tables, and the lines beside them."""
    found = tables(page.across, page.down)
    runs, glyphs = _dealt_runs(page.runs, found)
    within, rest = _dealt([*page.glyphs, *glyphs], found)
    blocks: list[tuple[float, _Block]] = []
    for table, own, own_runs in zip(found, within, runs, strict=True):
        cells = [_cell(page, table, n, own.get(n, []), own_runs.get(n, [])) for n in range(len(table.cells))]
        bottom = len(table.ys) - 1
        rows: list[list[_Cell]] = [[] for _ in range(bottom)]
        for cell in cells:
            rows[cell.place.row].append(cell)
        last = [cell for cell in cells if cell.place.row + cell.place.rows == bottom]
        blocks.append((table.ys[0], _Drawn(page.number, table, cells, rows, list(table.xs), last)))
    for line in _without_number(page_text.lines(rest)):
        placed = [page.shown(page_text.placed(run)) for run in page_text.runs(line)]
        blocks.append((line[0].top, _Beside(page.number, placed)))
    return [block for _, block in sorted(blocks, key=lambda one: one[0])]


def _dealt_runs(runs: Sequence[Run], found: Sequence[Table]) -> tuple[list[dict[int, list[Run]]], list[Glyph]]:
    """The runs by table and number of the cell; and the characters of those that are not in one cell as a whole."""
    within: list[dict[int, list[Run]]] = [{} for _ in found]
    rest: list[Glyph] = []
    inner = sorted(range(len(found)), key=lambda i: found[i].area)
    left = low = right = high = 0.0
    same: list[Run] = []
    for run in runs:
        _, lefts, rights, top, bottom, _ = run
        x, end, y = (lefts[0] + rights[0]) / 2, (lefts[-1] + rights[-1]) / 2, (top + bottom) / 2
        # Mostly a run is in the cell of the one before.
        if left <= x and end < right and low <= y < high:
            same.append(run)
            continue
        owner = None
        for i in inner:
            if found[i].is_met(x, end, y):
                owner = found[i].holder(x, end, y)
                break
        if owner is None:
            rest += run.glyphs()
            continue
        own = within[i].setdefault(owner, [])
        own.append(run)
        if i == inner[0]:
            same = own
            left, low, right, high = found[i].edges(owner)
    return within, rest


def _spelled(runs: Sequence[Run]) -> list[Glyph]:
    return [glyph for run in runs for glyph in run.glyphs()]


def _dealt(glyphs: Sequence[Glyph], found: Sequence[Table]) -> tuple[list[dict[int, list[Glyph]]], list[Glyph]]:
    """The characters by table and number of the cell, the innermost where tables stand in one another; and the rest."""
    within: list[dict[int, list[Glyph]]] = [{} for _ in found]
    rest: list[Glyph] = []
    inner = sorted(range(len(found)), key=lambda i: found[i].area)
    left = top = right = bottom = 0.0
    same = rest
    for glyph in glyphs:
        _, x0, y0, x1, y1 = glyph
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        # Mostly a character is in the cell of the one before.
        if left <= x < right and top <= y < bottom:
            same.append(glyph)
            continue
        for i in inner:
            owner = found[i].at(x, y)
            if owner is not None:
                own = within[i].setdefault(owner, [])
                own.append(glyph)
                if i == inner[0]:
                    same = own
                    left, top, right, bottom = found[i].edges(owner)
                break
        else:
            rest.append(glyph)
    return within, rest


def _without_number(lines: list[list[Glyph]]) -> list[list[Glyph]]:
    """The lines without the page's number, which is the first of them or the last."""
    return [
        line
        for at, line in enumerate(lines)
        if at not in (0, len(lines) - 1) or not _PAGE_NUMBER.fullmatch("".join(glyph.text for glyph in line))
    ]


def _cell(page: Page, table: Table, which: int, glyphs: Sequence[Glyph], runs: Sequence[Run]) -> _Cell:
    place = table.cells[which]
    left, right = table.xs[place.col], table.xs[place.col + place.cols]
    if not glyphs and not runs:
        return _Cell(place, left, right)
    placed = None if glyphs else page_text.placed_runs(runs)
    if placed is None:
        placed = [page_text.placed(line) for line in page_text.lines([*glyphs, *_spelled(runs)])]
    paragraphs = page_text.paragraphs(placed, left, right)
    if page.turned:
        paragraphs = [[page.shown(line) for line in paragraph] for paragraph in paragraphs]
    number = page.number
    told = [[_new(_Told, (number, line)) for line in paragraph] for paragraph in paragraphs]
    return _Cell(place, left, right, told)


# ---- page breaks


def _join(before: Sequence[_Block], own: Sequence[_Block]) -> None:
    """Cells and columns of the last table before a page break, gone on with in the first one after it."""
    above = next((block for block in reversed(before) if isinstance(block, _Drawn)), None)
    below = next((block for block in own if isinstance(block, _Drawn)), None)
    if above is None or below is None or not _continues(above.table, below.table):
        return
    _share_columns(above, below)
    heads = {block.text for block in before if isinstance(block, _Beside)}
    behind = list(before)[list(before).index(above) + 1 :]
    ahead = list(own)[: list(own).index(below)]
    # A head or a foot stands on both pages.
    feet = {block.text for block in own if isinstance(block, _Beside)}
    if all(block.text in feet for block in behind if isinstance(block, _Beside)) and all(
        block.text in heads for block in ahead if isinstance(block, _Beside)
    ):
        if not ahead:
            below.repeated = _repeated(before, below)
        _join_cells(above, below)


def _continues(one: Table, other: Table) -> bool:
    """Whether two tables have the same columns as far as both draw them: one has those of the other."""
    return _are_among(one.xs, other.xs) or _are_among(other.xs, one.xs) or _same_width(one, other)


def _are_among(some: Sequence[float], all_of: Sequence[float]) -> bool:
    return all(any(abs(x - other) <= _SAME_PLACE for other in all_of) for x in some)


def _same_width(one: Table, other: Table) -> bool:
    return abs(one.xs[0] - other.xs[0]) <= _SAME_PLACE and abs(one.xs[-1] - other.xs[-1]) <= _SAME_PLACE


def _share_columns(above: _Drawn, below: _Drawn) -> None:
    for x in below.columns:
        if all(abs(x - other) > SLACK for other in above.columns):
            above.columns.append(x)
    above.columns.sort()
    below.columns = above.columns


def _repeated(before: Sequence[_Block], below: _Drawn) -> int:
    """How many of the first rows stand in a table before too, as headers do that stand again on each page."""
    known: set[tuple[str, ...]] = set()
    for block in before:
        if isinstance(block, _Drawn):
            known.update(map(_texts, block.rows))
    count = 0
    for row in below.rows:
        texts = _texts(row)
        if texts not in known or len(texts) < _FEWEST_REPEATED:
            break
        count += 1
    return count


def _texts(row: Sequence[_Cell]) -> tuple[str, ...]:
    return tuple([text for cell in row if (text := cell.text)])


def _join_cells(above: _Drawn, below: _Drawn) -> None:
    first = below.rows[below.repeated] if below.repeated < len(below.rows) else []
    pairs = [(one, other) for one in above.last for other in first if one.same_column(other)]
    if not pairs:
        return
    opened = [
        (one, other) for one, other in pairs if one.place.open_bottom and (other.place.open_top or below.repeated > 0)
    ]
    paired = [cell for pair in pairs for cell in pair]
    # Beside a table that is narrower at its end is a place without borders.
    whole = all(any(cell is other for other in paired) for cell in (*above.last, *first) if cell.text)
    if len(opened) < len(above.last):
        joined = opened
        if not opened and whole and _is_broken(pairs, closed=True):
            joined = pairs
    elif whole and _is_broken(pairs, closed=False):
        joined = pairs
    else:
        # The border is missing as a whole: only what spans rows goes on, where one side of it is blank.
        joined = [
            (one, other)
            for one, other in opened
            if (one.place.rows > 1 or other.place.rows > 1) and not (one.text and other.text)
        ]
    bottom = len(below.table.ys) - 1
    for one, other in joined:
        one.take(other)
        if other.place.row + other.place.rows == bottom:
            below.last[below.last.index(other)] = one
            one.place = one.place._replace(open_bottom=other.place.open_bottom)


def _is_broken(pairs: Sequence[tuple[_Cell, _Cell]], *, closed: bool) -> bool:
    """Whether a page break parts one row: what stands on both sides goes on, and no cell is told anew."""
    both = [(one, other) for one, other in pairs if one.text and other.text]
    if any(not one.goes_on(other) for one, other in both):
        return False
    if closed:
        return bool(both) and not pairs[0][1].text
    return any(bool(one.text) != bool(other.text) for one, other in pairs) or bool(both)


# ---- lines


def _beside(block: _Beside) -> Line:
    cells = [Filled(col, [[Piece(run.text, run.boxes)]]) for col, run in enumerate(block.runs)]
    return Line(cells, 1 if len(cells) == 1 else 0, block.page)


def _kept(block: _Drawn, carried: set[int]) -> _Kept:
    """What becomes lines of a table; ``carried``: the cells that may go on on pages to come."""
    rows = [
        [
            _Entry(cell.left, cell.right, cell if id(cell) in carried else _pieces(cell, block.page))
            for cell in row
            if not cell.gone and (cell.paragraphs or id(cell) in carried)
        ]
        for row in block.rows[block.repeated :]
    ]
    return _Kept(block.page, block.table.xs, block.columns, rows)


def _rows(table: _Kept) -> Iterator[Line]:
    columns = _distinct(table.columns)
    nearest = {x: _nearest(columns, x) for x in table.xs}
    for row in table.rows:
        cells = []
        for left, right, content in row:
            paragraphs = content if isinstance(content, list) else _pieces(content, table.page)
            if paragraphs:
                low, high = nearest[left], nearest[right]
                cells.append(Filled(low, paragraphs, max(1, high - low)))
        if cells:
            yield Line(cells, len(columns) - 1, table.page)


def _pieces(cell: _Cell, page: int) -> list[list[Piece]]:
    return [
        [_new(Piece, (line[0], line[7], own if own != page else 0)) for own, line in paragraph]
        for paragraph in cell.paragraphs
    ]


def _distinct(columns: Sequence[float]) -> list[float]:
    found: list[float] = []
    for x in columns:
        if not found or x - found[-1] > SLACK:
            found.append(x)
    return found


def _nearest(columns: Sequence[float], x: float) -> int:
    apart = [abs(column - x) for column in columns]
    return apart.index(min(apart))

"""Tables with ruled borders: grid tables (+-----+), and the same drawn with box characters.

What stands between two borders is one row, each cell of which may go over several lines; a blank line within a cell
begins a new paragraph. Where only the header is ruled off, as databases print it, a line is a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from extract.clean import has_many
from extract.model import Cell, Row
from extract.patterns import re
from extract.places import with_parts
from extract.readers.columns import display_columns
from extract.readers.inline import Writing
from extract.readers.pieces import Draft, Slice, moved, row

# Characters that draw lines, as the ASCII ones that do: two kinds of stroke, and every way they can meet.
_UPRIGHTS: Final = {ord(c): "|" for c in "│┃┆┇┊┋║╎╏"}
_STROKES: Final = {ord(c): "-" for c in "─━┄┅┈┉═╌╍"}
_JOINTS: Final = dict.fromkeys((*range(0x250C, 0x254C), *range(0x2552, 0x2571)), "+")
# Where lines are drawn with box characters, ASCII ones belong to texts; any letter does for those.
_DRAWN: Final = _JOINTS | _STROKES | _UPRIGHTS | dict.fromkeys(map(ord, "|+-=:"), "x")
_UPRIGHT: Final = ("│", "┃", "║")
# A table has two borders with two corners each, at least.
_FEWEST_CORNERS: Final = 4
# Between two joints of a border is no stroke where a column has no room; somewhere there are two. Nothing before these
# is looked at twice: the package regex takes the square of a line's length where a lookahead or a group does that.
_BORDER: Final = re.compile(r"\s*+(?:\+[-=:]?(?![-=:]))*+\+[-=:]{2}[-=:+]*+(?<=\+)\s*$")
# A border or a tag of a table within a cell.
_NESTED: Final = re.compile(r"\|\s*+(?:(?P<joint>\+)[-=:]{2,}+|</?(?:table|t[rdh])\b)")
_TAG: Final = re.compile(r"</?(?:table|t[rdh])\b")
_BROKEN: Final = re.compile(r"\+[-=:]{2,}+|</?(?:table|t[rdh])\b")
# A border that leaves out cells which go on below it.
_PARTLY: Final = re.compile(r"(?:\+[-=:]{2,}+)+\+")
# A plus is a joint only where a border meets it; others belong to texts.
_SEPARATOR: Final = re.compile(r"\||\+(?=[-=:|])|(?<=[-=:])\+")
_FEWEST_BORDERS: Final = 2
# What begins a line that does not go on with the one above, in reStructuredText.
_OWN_LINE: Final = "| "
# A table as a database prints it has a border above, one below and one under its header.
_LINED: Final = 3

Rest = Callable[[Sequence[str]], list[Row]]


class _Line(NamedTuple):
    """A line of a table: its number, what is drawn of it, and whether it is a border from end to end."""

    number: int
    drawn: str
    border: bool


def may_be(text: str) -> bool:
    """A cheap test that most texts of other shapes do not pass."""
    if any(map(text.__contains__, _UPRIGHT)):
        return True
    return has_many(text, "+", _FEWEST_CORNERS) and ("+-" in text or "+=" in text)


def drawn(line: str) -> str:
    """The line with ASCII characters for those that draw lines; its length stays."""
    first = line.lstrip()[:1]
    return line.translate(_DRAWN) if first and ord(first) in _DRAWN and not first.isascii() else line


def upright(line: str) -> str:
    """The line with pipes for the upright strokes among box characters; its length stays."""
    return line if line.isascii() else line.translate(_UPRIGHTS)


def as_written(rows: Sequence[Row], lines: Sequence[str]) -> list[Row]:
    """Rows that were read of ``upright`` lines, with strokes in their texts as they stand in ``lines``."""
    return [
        one.changed(cells=[_written(cell, lines) if "|" in cell.text else cell for cell in one.cells])
        if any("|" in cell.text for cell in one.cells)
        else one
        for one in rows
    ]


def _written(cell: Cell, lines: Sequence[str]) -> Cell:
    if cell.parts:
        return with_parts(cell, [_written(part, lines) for part in cell.parts])
    # Of an escape, what is behind the backslash.
    raw = lines[cell.line - 1][cell.start : cell.end][-len(cell.text) :]
    return cell._replace(text=raw) if upright(raw) == cell.text else cell


def read(lines: Sequence[str], read_rest: Rest, writing: Writing | None = None) -> list[Row] | None:
    """The rows of lines with ruled tables among them; None where there are none.

    ``read_rest`` reads the lines outside of the tables; it is given all, those of the tables blank. ``writing``: the
    marks that texts may hold.
    """
    pictures = [drawn(line) for line in lines]
    borders = [bool(_BORDER.match(picture)) for picture in pictures]
    if sum(borders) < _FEWEST_BORDERS:
        return None
    # Each with the line that it is read at: other columns of a page come before the whole table.
    found: list[tuple[int, Row]] = []
    rest = list(lines)
    at = 0
    while at < len(lines):
        end = _end_of_table(lines, pictures, at) if borders[at] else at
        if end > at:
            borders[at:end] = [bool(_BORDER.match(picture)) for picture in pictures[at:end]]
            table = [_Line(i + 1, pictures[i], borders[i]) for i in range(at, end)]
            found += [(at, one) for one in _before(lines, pictures, at, end, read_rest)]
            found += [(one.line, one) for one in _table(lines, table, read_rest, writing)]
            rest[at:end] = [""] * (end - at)
        at = max(end, at + 1)
    found += [(one.line, one) for one in read_rest(rest)]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _before(lines: Sequence[str], pictures: Sequence[str], start: int, end: int, read_rest: Rest) -> list[Row]:
    """The rows of what stands before the strokes of a table, in its lines."""
    own = [line[: len(picture) - len(picture.lstrip())] for line, picture in zip(lines, pictures, strict=True)]
    if not any(part.strip() for part in own[start:end]):
        return []
    return read_rest([*[""] * start, *own[start:end]])


def _end_of_table(lines: Sequence[str], pictures: list[str], start: int) -> int:
    """The line after the table that begins with this border: the first one that no stroke begins.

    Other columns of a page may stand before the table; they are blank in the pictures of its lines then.
    """
    margin = len(pictures[start]) - len(pictures[start].lstrip())
    end = start
    while end < len(pictures):
        if pictures[end].lstrip()[:1] not in ("|", "+"):
            own = _own_part(lines[end], margin) if margin else None
            if own is None:
                break
            pictures[end] = own
        end += 1
    return end


def _own_part(line: str, margin: int) -> str | None:
    """The picture of a line from the display column on where its table begins; None where no stroke stands there."""
    for wide in (False, True):
        columns = display_columns(line, wide)
        at = columns.index(margin) if margin in columns else len(line)
        picture = drawn(line[at:])
        if picture[:1] in ("|", "+"):
            return " " * at + picture
    return None


def _table(lines: Sequence[str], table: Sequence[_Line], read_rest: Rest, writing: Writing | None) -> list[Row]:
    edges, wide = _edges(lines, table)
    if _is_lined(table):
        blocks: Iterator[list[_Line]] = ([line] for line in table if not line.border)
    else:
        blocks = _blocks(table)
    if any(_holds_one(lines[line.number - 1], line.drawn, edges, wide) for line in table):
        return _nested(lines, list(blocks), edges, wide, read_rest, writing)
    return [made for block in blocks for made in _block(lines, block, edges, wide, writing)]


def may_hold(lines: Sequence[str]) -> bool:
    """Whether a ruled table may hold one of tags."""
    return any(_TAG.search(line) for line in lines if line.lstrip()[:1] == "|")


def _holds_one(line: str, picture: str, edges: Sequence[int], wide: bool) -> bool:
    """Whether a table begins within a cell: a tag of one, or a border whose first joint is at none of the edges."""
    found = [match.start("joint") for match in _NESTED.finditer(picture)]
    if not found:
        return False
    columns = display_columns(line, wide)
    return any(at < 0 or columns[at] not in edges for at in found)


def _nested(
    lines: Sequence[str],
    blocks: Sequence[Sequence[_Line]],
    edges: Sequence[int],
    wide: bool,
    read_rest: Rest,
    writing: Writing | None,
) -> list[Row]:
    """The rows of a table that lays out the page: its cells are texts of their own, some with a table.

    None at all where a table within it is broken: converters wrap the lines of a table like those of a text.
    """
    found: list[Row] = []
    for block in blocks:
        cells: dict[int, list[Slice]] = {}
        for line in block:
            for col, _, start, end in _cells(lines[line.number - 1], line.drawn, edges, wide):
                cells.setdefault(col, []).append(Slice(line.number, start, end))
        for cell in cells.values():
            first = cell[0].line - 1
            parts = {part.line: part for part in cell}
            # A line in which a broken table leaves the cell out is a blank one of it.
            numbers = range(first + 1, cell[-1].line + 1)
            own = [lines[n - 1][parts[n].start : parts[n].end] if n in parts else "" for n in numbers]
            rows = read(own, read_rest, writing) if _is_whole(own) else None
            if rows is None and any(_BROKEN.search(line) for line in own):
                return []
            starts = {part.line - first: part.start for part in cell}
            found += [moved(row, first, starts) for row in (read_rest(own) if rows is None else rows)]
    return found


def _is_whole(lines: Sequence[str]) -> bool:
    """Whether all lines of a table that a cell holds are as wide as its borders."""
    table = [line.rstrip() for line in lines if line.lstrip()[:1] in ("+", "|")]
    return len({display_columns(line, wide=False)[-1] for line in table}) == 1


def _blocks(table: Sequence[_Line]) -> Iterator[list[_Line]]:
    """The lines between borders."""
    block: list[_Line] = []
    for line in table:
        if not line.border:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _is_lined(table: Sequence[_Line]) -> bool:
    """Whether a line is a row: only a header of one line is ruled off, and most cells of each line are filled."""
    at = [i for i, line in enumerate(table) if line.border]
    if len(at) != _LINED or at[1] - at[0] != 2 or at[2] - at[1] <= 2:
        return False
    if any(_PARTLY.search(line.drawn) for line in table if not line.border):
        return False
    body = [_SEPARATOR.split(line.drawn.strip())[1:-1] for line in table[at[1] + 1 : at[2]]]
    return all(sum(bool(cell.strip()) for cell in cells) * 2 >= len(cells) for cells in body)


def _edges(lines: Sequence[str], table: Sequence[_Line]) -> tuple[list[int], bool]:
    """The display columns where the borders have joints, and whether ambiguous characters take two columns.

    They do where that makes more lines as long as the borders.
    """
    best: tuple[int, list[int], bool] = (-1, [], False)
    for wide in (False, True):
        joints: set[int] = set()
        ends: set[int] = set()
        for line in table:
            if line.border:
                columns = display_columns(lines[line.number - 1], wide)
                joints.update(columns[i] for i, c in enumerate(line.drawn) if c == "+")
                ends.add(columns[len(line.drawn.rstrip())])
        inner = [line for line in table if not line.border]
        fit = sum(display_columns(lines[i.number - 1].rstrip(), wide)[-1] in ends for i in inner)
        if fit > best[0]:
            best = fit, sorted(joints), wide
    return best[1], best[2]


def _cells(line: str, picture: str, edges: Sequence[int], wide: bool) -> list[tuple[int, int, int, int]]:
    """The cells of a line: first column, number of columns, start and end in the line.

    Mostly there is a stroke for each edge. Where cells span columns there are fewer, where texts hold pipes there are
    more, and each edge takes the stroke that stands in its display column.
    """
    strokes = [match.start() for match in _SEPARATOR.finditer(picture)]
    plain = [i for i in strokes if picture[i] == "|"]
    if len(plain) == len(edges):
        return [(col, 1, a + 1, b) for col, (a, b) in enumerate(pairwise(plain))]
    columns = display_columns(line, wide)
    at: list[tuple[int, int]] = []
    low = 0
    for i in strokes:
        edge = min(range(low, len(edges)), key=lambda k, i=i: abs(edges[k] - columns[i]), default=-1)  # type: ignore[misc]
        if edge >= 0 and abs(edges[edge] - columns[i]) <= 1:
            at.append((edge, i))
            low = edge + 1
    return [(one, other - one, a + 1, b) for (one, a), (other, b) in pairwise(at)]


def _block(
    lines: Sequence[str], block: Sequence[_Line], edges: Sequence[int], wide: bool, writing: Writing | None
) -> list[Row]:
    """The rows between two borders: one, or more where a border leaves out cells that go on below it."""
    rows: list[dict[int, tuple[int, list[list[Slice]]]]] = [{}]
    numbers = [block[0].number]
    # The row in which the cell at a column began.
    owner: dict[int, int] = {}
    for line in block:
        cells = _cells(lines[line.number - 1], line.drawn, edges, wide)
        closed = {col for col, _, a, b in cells if _is_stroke(line.drawn[a:b])} if _PARTLY.search(line.drawn) else set()
        if closed:
            rows.append({})
            numbers.append(line.number)
            owner.update(dict.fromkeys(closed, len(rows) - 1))
        for col, span, start, end in cells:
            if col not in closed:
                paragraphs = rows[owner.get(col, 0)].setdefault(col, (span, [[]]))[1]
                text = line.drawn[start:end].strip()
                if text:
                    if writing is not None and f"{text} ".startswith(_OWN_LINE):
                        paragraphs.append([])
                    paragraphs[-1].append(Slice(line.number, start, end))
                elif not closed:
                    paragraphs.append([])
    found = []
    for number, cells_of_row in zip(numbers, rows, strict=True):
        drafts = [Draft(col, paragraphs, span, writing) for col, (span, paragraphs) in sorted(cells_of_row.items())]
        made = row(lines, number, drafts, len(edges) - 1)
        if made is not None:
            found.append(made)
    return found


def _is_stroke(text: str) -> bool:
    return len(text) > 1 and not text.strip("-=:+")

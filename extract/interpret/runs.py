"""Rows that ran together: a whole form in one line, or the header and the first indicator in one row.

Copied text and some converters lose the breaks between rows. Words that can only begin a row (titles, fields of the
head, section labels, the header of the indicator table) begin one here again. The rows of indicators behind a header
are left together; the row grammar tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from extract.clean import BLANKS, squash
from extract.interpret.sections import NOTHING, Meaning, Scanner
from extract.interpret.wide import OTHER, leading_columns
from extract.model import Cell, Row
from extract.places import cut, join, trimmed

_LONG_ROW: Final = 14
_LONG_LINE: Final = 20
_HEADER: Final = 3
# So many words of columns are a header without one of a level before them.
_LONG_HEADER: Final = 4
_ENDS_AT: Final = 3
# So many blanks may be what separates the cells of a line.
_FEWEST: Final = 5
_LONG_WORD: Final = 16
_BEGINS: Final = frozenset({"title", "field", "section", "year"})


def untangled(rows: Sequence[Row], scanner: Scanner) -> list[Row]:
    """The rows, long ones that hold a header of indicators cut into the rows that they once were."""
    found: list[Row] = []
    known = scanner.known
    for row in rows:
        cells = row.cells
        count = len(cells)
        if 1 < count < _LONG_ROW and known.get(cells[-1].text) is NOTHING:
            # Nearly every row is of this kind.
            found.append(row)
            continue
        if count == 1 and len(cells[0].text) > _LONG_LINE:
            cells = _cells(cells[0])
            count = len(cells)
            if count >= _FEWEST and _header(cells, scanner) is None and _begin(cells, scanner) >= _HEADER:
                # The head of a form alone.
                found += (Row(row.line, group, 0, row.page) for group in _head(cells, scanner))
                continue
        if count < _ENDS_AT:
            found.append(row)
            continue
        long = count >= _LONG_ROW and (count >= _LONG_LINE or len(row.cells) > 1)
        if long and _header(cells, scanner) is not None and not _is_wide(row, scanner):
            found += (Row(row.line, group, 0, row.page) for group in _groups(cells, scanner))
            continue
        last = cells[-1].text
        meaning = known.get(last) or scanner.meaning(last)
        if (
            meaning is not NOTHING
            and meaning.kind == "section"
            and not scanner.meaning(cells[-2].text).kind
            and not scanner.is_header(row)
        ):
            # The label of the next section at the end of a row of the head.
            found += (row.changed(cells=cells[:-1]), row.changed(cells=cells[-1:]))
        else:
            found.append(row)
    return found


def _cells(cell: Cell) -> list[Cell]:
    """The cells of a line that is one cell: cut at its blanks where it has many."""
    if cell.text.count(" ") < _FEWEST:
        return [cell]
    cells: list[Cell] = []
    start = 0
    for piece in cell.text.split(" "):
        if piece.strip(BLANKS):
            found = trimmed(cut(cell, start, start + len(piece)))._replace(col=len(cells))
            text = found.text
            if cells and text[0] in "(（" and text[-1] in ")）" and not text[1:5].isdigit():
                # What is in brackets belongs to the word before it: 项目资金 (万元).
                cells[-1] = join([cells[-1], found])
            else:
                cells.append(found)
        start += len(piece) + 1
    return cells


def _begin(cells: Sequence[Cell], scanner: Scanner) -> int:
    """How many of the cells begin a row."""
    return sum(scanner.meaning(cell.text).kind in _BEGINS for cell in cells)


def _is_column(text: str, scanner: Scanner) -> bool:
    """Whether a text is a word of a header, told by how it ends where no list names it."""
    return scanner.is_column(text) or (len(text) <= _LONG_WORD and scanner.profile.column(squash(text)) is not None)


def _header(cells: Sequence[Cell], scanner: Scanner) -> tuple[int, int] | None:
    """Where the header of the indicator table is, half-open: words of columns, that of a level first if it has one."""
    first: tuple[int, int] | None = None
    end = 0
    for start, cell in enumerate(cells):
        level = scanner.is_level(cell.text)
        if not level and (start < end or not scanner.is_column(cell.text)):
            continue
        end = start
        while end < len(cells) and _is_column(cells[end].text, scanner):
            end += 1
        if level and end - start >= _HEADER:
            return start, end
        if first is None and end - start >= _LONG_HEADER:
            first = start, end
    return first


def _is_wide(row: Row, scanner: Scanner) -> bool:
    """Whether a row is the header of a wide table and no more: words of columns, those of its projects first."""
    found = leading_columns(row, scanner)
    if found is None or not all(_is_column(cell.text, scanner) for cell in found[1].cells):
        return False
    # In a head that ran together, values stand among the words.
    return sum(lead.role == OTHER for lead in found[0]) * 2 < len(found[0])


def _groups(cells: Sequence[Cell], scanner: Scanner) -> Iterator[list[Cell]]:
    header = _header(cells, scanner)
    start, end = header if header is not None else (len(cells), len(cells))
    yield from _head(cells[:start], scanner)
    yield list(cells[start:end])
    rest = end
    while rest < len(cells) and not _is_notes(cells[rest], scanner):
        rest += 1
    if rest > end:
        yield list(cells[end:rest])
    if rest < len(cells):
        yield list(cells[rest:])


def _is_notes(cell: Cell, scanner: Scanner) -> bool:
    return scanner.meaning(cell.text) == Meaning("section", "notes")


def _head(cells: Sequence[Cell], scanner: Scanner) -> Iterator[list[Cell]]:
    """The cells before the header, a group from each word that begins a row."""
    group: list[Cell] = []
    # The words over the columns of goals are a row of their own.
    over_goals = False
    for cell in cells:
        word = cell.text in scanner.profile.goal_columns
        if group and (scanner.meaning(cell.text).kind in _BEGINS or word != over_goals):
            yield group
            group = []
        over_goals = word
        group.append(cell)
        if scanner.meaning(cell.text).kind in ("title", "year"):
            yield group
            group = []
    if group:
        yield group

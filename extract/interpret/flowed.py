"""Rows as a text browser prints those of a table that is too wide for it: a row a line, wrapped at the page's width.

Single blanks separate the cells. A line is broken at the last blank that has room, and a word longer than a line
anywhere. So a line can only go on with the next one where that one's first word had no room left on it, and only a
full line can end within a cell. Among the breaks that are possible, the kinds of cells tell which there were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from extract.clean import width
from extract.interpret.funding import is_amount
from extract.interpret.grammar import CLOSE, LEVEL2, NAME, WEIGHT, Grammar
from extract.interpret.indicators import IndicatorReader
from extract.interpret.prose import COUNTER
from extract.interpret.sections import Scanner, Sections
from extract.interpret.singles import words
from extract.model import Cell, Row
from extract.places import cut, join

_SENTENCE_MARKS: Final = frozenset("，。；：、！？")
_SENTENCE_END: Final = tuple("。！？!?；;")
# By how many columns a full line may miss the page's width: a character of two columns may have had no room.
_MISSED: Final = 1
# So many columns of a line may be spent on what does not show, as the blanks of blank cells.
_SPENT: Final = 4
_SEVERAL: Final = 3
# From this cost on, a line is no row by itself.
_POOR: Final = 4.0
_LONGEST_NAME: Final = 60


class Filled(NamedTuple):
    """A measure by which the page may have been filled: the widest line, and how many lines are as wide."""

    measure: Callable[[str], int]
    limit: int
    missed: int
    lines: int


class Room(NamedTuple):
    """How wide the page is, in either measure, and the source's lines."""

    ways: tuple[Filled, ...]
    lines: Sequence[str]

    @property
    def sure(self) -> bool:
        """Whether several lines are full."""
        return any(way.lines >= _SEVERAL for way in self.ways)

    def is_full(self, number: int) -> bool:
        """Whether nothing more had room on a line (1-based): a break behind it may stand within a word."""
        line = self.lines[number - 1].rstrip()
        enough = min(_SEVERAL, max(way.lines for way in self.ways))
        return any(way.measure(line) >= way.limit - way.missed for way in self.ways if way.lines >= enough)

    def goes_on(self, number: int, word: str) -> bool:
        """Whether a word that begins the line below a line (1-based) had no room on it."""
        line = self.lines[number - 1].rstrip()
        return any(way.measure(line) + 1 + way.measure(word) > way.limit - _SPENT for way in self.ways)


def room(lines: Sequence[str], first: int, last: int) -> Room:
    """The room on the page of these lines (1-based, both included): by characters, and by display columns."""
    own = [line.rstrip() for line in lines[first - 1 : last]]
    ways = []
    for measure, missed in ((len, 0), (width, _MISSED)):
        widths = [measure(line) for line in own]
        limit = max(widths, default=0)
        ways.append(Filled(measure, limit, missed, sum(w >= limit - missed for w in widths)))
    return Room(tuple(ways), lines)


def is_flowed(sections: Sections) -> bool:
    """Whether single blanks separate the words of the indicators' header, and those of the rows below it.

    Text browsers indent all of a page.
    """
    if not sections.headers or not sections.indicators:
        return False
    header = sections.headers[0]
    if header.width or any(b.start - a.end != 1 for a, b in pairwise(header.cells)):
        return False
    rows = sections.indicators
    indent = rows[0].cells[0].start
    return indent > 0 and sum(row.width == 1 and row.cells[0].start == indent for row in rows) * 2 > len(rows)


def unwrap(sections: Sections, lines: Sequence[str], scanner: Scanner, reader: IndicatorReader) -> None:
    """Puts together the rows that were broken over lines, section by section."""
    rows = [row for part in sections.by_state.values() for row in part]
    notes = sections.labels.get("notes")
    last = notes.line if notes is not None else sections.indicators[-1].line
    page = room(lines, min(row.line for row in rows), last)
    sections.funding[:] = _amounts(sections.funding, page, scanner)
    sections.goals[:] = _texts(sections.goals, page)
    sections.tasks[:] = _tasks(sections.tasks, page, scanner)
    sections.notes[:] = _texts(_beside_label(sections.notes, page, scanner), page)
    _complete_header(sections, page, scanner)
    sections.indicators[:] = _indicators(sections.indicators, page, reader, reader.grammar(sections.headers))


def _last_line(cell: Cell) -> int:
    return cell.parts[-1].line if cell.parts else cell.line


def _is_below(row: Row, before: Row) -> bool:
    """Whether a row stands in the line right below another one."""
    return bool(before.cells) and row.line == _last_line(before.cells[-1]) + 1


def _first_word(row: Row) -> str:
    return row.cells[0].text.partition(" ")[0]


def _goes_on(before: Row, row: Row, page: Room) -> bool:
    return _is_below(row, before) and page.goes_on(row.line - 1, _first_word(row))


def _amounts(rows: Sequence[Row], page: Room, scanner: Scanner) -> list[Row]:
    """The rows of the funding section; amounts that were wrapped stand in one row."""
    money = scanner.profile.money
    found: list[Row] = []
    for row in rows:
        before = found[-1] if found else None
        if (
            before is not None
            and _goes_on(before, row, page)
            and all(is_amount(cell.text, money) for cell in (*before.cells, *row.cells))
        ):
            found[-1] = Row(before.line, [*before.cells, *(c._replace(col=before.cells[0].col) for c in row.cells)], 0)
        else:
            found.append(row)
    return found


def _beside_label(notes: list[Row], page: Room, scanner: Scanner) -> list[Row]:
    """The notes, beside their label where they had no room there."""
    if len(notes) < 2 or notes[0].cells or notes[1].line != notes[0].line + 1:
        return notes
    below = notes[1]
    if scanner.profile.is_furniture(below.cells[0].text) or not page.goes_on(notes[0].line, _first_word(below)):
        return notes
    return [below, *notes[2:]]


def _texts(rows: Sequence[Row], page: Room) -> list[Row]:
    """The rows of running text; a full line goes on in the next one."""
    found: list[Row] = []
    for row in rows:
        before = found[-1] if found else None
        if before is not None and _is_below(row, before) and page.is_full(row.line - 1) and _runs_on(before, row, page):
            found[-1] = before.changed(cells=[*before.cells[:-1], join([before.cells[-1], *row.cells])])
        else:
            found.append(row)
    return found


def _runs_on(before: Row, row: Row, page: Room) -> bool:
    """Whether no paragraph ends with a full line: where the width of the page is not sure, its text has to go on."""
    if not before.cells[-1].text.endswith(_SENTENCE_END):
        return True
    return page.sure and COUNTER.match(row.cells[0].text) is None


# ---- tasks


def _tasks(rows: Sequence[Row], page: Room, scanner: Scanner) -> list[Row]:
    """The rows of the tasks: a name, and a content behind the first blank or on the lines below."""
    header = scanner.profile.task_columns
    found: list[Row] = []
    for at, row in enumerate(rows):
        if any(cell.text in header for cell in row.cells) or row.width != 1:
            found.append(row)
            continue
        after = rows[at + 1] if at + 1 < len(rows) else None
        before = found[-1] if found and found[-1].width == _TASK_WIDTH else None
        if before is not None and _is_rest(before, row, after, page):
            text = join(row.cells)
            if len(before.cells) == 1:
                found[-1] = before.changed(cells=[before.cells[0], text._replace(col=1)])
            else:
                found[-1] = before.changed(cells=[before.cells[0], join([before.cells[1], text])])
        else:
            found.append(_task(row))
    return found


_TASK_WIDTH: Final = 2


def _is_rest(before: Row, row: Row, after: Row | None, page: Room) -> bool:
    """Whether a line goes on with the task above it."""
    if not _goes_on(before, row, page):
        return False
    if len(before.cells) == 1:
        return True
    text = row.cells[0].text
    if not page.is_full(row.line - 1):
        return False
    name, blank, _ = text.partition(" ")
    # A name with its content beside it, or a lone one whose content had no room there.
    waits = after is not None and _goes_on(row, after, page) and " " not in after.cells[0].text
    return not ((blank or waits) and _is_name(name))


def _is_name(text: str) -> bool:
    return width(text) <= _LONGEST_NAME and _SENTENCE_MARKS.isdisjoint(text)


def _task(row: Row) -> Row:
    cell = join(row.cells)
    name, blank, _ = cell.text.partition(" ")
    cells = [cell]
    if blank:
        rest = len(cell.text) - len(cell.text[len(name) :].lstrip())
        cells = [cut(cell, 0, len(name)), cut(cell, rest, len(cell.text))._replace(col=1)]
    return Row(row.line, cells, _TASK_WIDTH, row.page)


# ---- indicators


def _complete_header(sections: Sections, page: Room, scanner: Scanner) -> None:
    """Puts a wrapped header together; its rest was taken for another header, or for the first row."""
    headers, rows = sections.headers, sections.indicators
    while len(headers) > 1 and (whole := _with_rest(headers[0], headers[1], page, scanner)) is not None:
        headers[:2] = [whole]
    while len(headers) == 1 and rows and (whole := _with_rest(headers[0], rows[0], page, scanner)) is not None:
        headers[0] = whole
        del rows[0]


def _with_rest(header: Row, row: Row, page: Room, scanner: Scanner) -> Row | None:
    """A header with the words of the line below it; None where it does not go on there."""
    if not _goes_on(header, row, page):
        return None
    more = _words(row)
    whole = join([header.cells[-1], more[0]])
    if page.is_full(row.line - 1) and scanner.is_column(whole.text):
        more = more[1:]
        cells = [*header.cells[:-1], whole, *more]
    else:
        cells = [*header.cells, *more]
    if not all(scanner.is_column(word.text) for word in more):
        return None
    return header.changed(cells=[cell._replace(col=i) for i, cell in enumerate(cells)])


def _words(row: Row) -> list[Cell]:
    """The words of a row, all in one place: what blanks between them stand for is not known."""
    return [word._replace(col=0) for cell in row.cells for word in words(cell)]


def _indicators(rows: Sequence[Row], page: Room, reader: IndicatorReader, grammar: Grammar) -> list[Row]:
    """The rows of the indicators, put together where that explains them better."""
    found: list[Row] = []
    for given in rows:
        whole_line = given.width > 1 or reader.vocabulary.profile.is_furniture(given.cells[0].text)
        row = given if whole_line else Row(given.line, _words(given), 1, given.page)
        before = found[-1] if found else None
        whole = None
        if before is not None and before.width == row.width == 1 and not whole_line and _goes_on(before, row, page):
            whole = _joined(before, row, page, reader, grammar)
        if whole is not None:
            found[-1] = whole
        else:
            found.append(row)
    return found


def _joined(before: Row, row: Row, page: Room, reader: IndicatorReader, grammar: Grammar) -> Row | None:
    """Two lines as one row, where that explains them better: broken between two cells, or else within one."""
    first, rest = reader.explain(before, grammar).best, reader.explain(row, grammar).best
    apart = first.cost + rest.cost
    if WEIGHT in first.roles and first.cost < CLOSE and rest.cost < _POOR:
        return None
    found: list[tuple[float, Row]] = []
    between = before.changed(cells=[*before.cells, *row.cells])
    best = reader.explain(between, grammar).best
    at = len(before.cells)
    if not best.roles[at - 1] == best.roles[at] == NAME and not (best.roles[at - 1] <= LEVEL2 and len(row.cells) > 1):
        found.append((best.cost, between))
    if page.is_full(row.line - 1):
        within = before.changed(cells=[*before.cells[:-1], join([before.cells[-1], row.cells[0]]), *row.cells[1:]])
        found.append((reader.explain(within, grammar).best.cost + CLOSE, within))
    cost, whole = min(found, key=lambda way: way[0], default=(apart, row))
    return whole if cost < apart - CLOSE else None

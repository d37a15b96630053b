"""Tables of AsciiDoc: cells behind pipes between two fences, over any lines.

    [cols="20%,80%"]
    |===
    |甲 |乙

    .2+|丙 a|
    丁
    |戊
    |===

How many cells a row has is what ``cols`` says, else how many the first line has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from extract.model import Row
from extract.readers import inline
from extract.readers.pieces import Draft, Slice, row

_FENCE: Final = re.compile(r"[|!]={3,}\s*$")
_COLS: Final = re.compile(r"\bcols=(?:\"([^\"]{1,2000})\"|(\d[\d,*<^>.a-z~%]{0,200}))")
_COPIES: Final = re.compile(r"(\d{1,3})\*")
_SPEC: Final = r"(?:(?P<span>\d{0,3}(?:\.\d{1,3})?)\+|\d{1,3}\*)?[<^>.]{0,4}[adehlmsv]?"
# A cell begins at a pipe behind a blank; where tables are written by hand, at any pipe.
_APART: Final = re.compile(rf"(?:^|(?<=\s)){_SPEC}\|")
_ANY: Final = re.compile(rf"(?:(?:^|(?<=\s)){_SPEC})?(?<!\\)\|")
_BREAK: Final = " +"
_WIDEST: Final = 256


@dataclass(slots=True)
class _Cell:
    """A cell: how many rows and columns it spans, and its paragraphs."""

    rows: int
    columns: int
    paragraphs: list[list[Slice]] = field(default_factory=lambda: [[]])


def read(lines: Sequence[str], read_rest: Callable[[Sequence[str]], list[Row]]) -> list[Row] | None:
    """The rows of lines with such tables among them; None where there are none.

    ``read_rest`` reads the lines outside of the tables; it is given all, those of the tables blank.
    """
    found: list[Row] = []
    rest = list(lines)
    at = 0
    while at < len(lines):
        end = _end(lines, at) if _FENCE.match(lines[at]) else at
        rows = _table(lines, at, end) if end > at else None
        if rows is None:
            at += 1
            continue
        found += rows
        rest[at : end + 1] = [""] * (end + 1 - at)
        at = end + 1
    if not found:
        return None
    return sorted([*found, *read_rest(rest)], key=lambda row: row.line)


def _end(lines: Sequence[str], start: int) -> int:
    """The fence that closes a table; the line of the first one where there is none."""
    fence = lines[start].rstrip()
    for i in range(start + 1, len(lines)):
        if lines[i].rstrip() == fence:
            return i
    return start


def _table(lines: Sequence[str], start: int, end: int) -> list[Row] | None:
    """The rows between two fences; None where its cells do not fill rows."""
    width = _width(lines, start)
    # Converters say how many columns there are.
    for begins in (_APART, _ANY) if width else (_ANY,):
        cells = _cells(lines, start + 1, end, begins)
        columns = width or _in_first_line(lines, start + 1, end, begins)
        rows = _rows(lines, cells, columns) if cells and columns else None
        if rows is not None:
            return rows
    return None


def _width(lines: Sequence[str], fence: int) -> int:
    """How many columns the attributes above a fence tell; 0 for none."""
    match = _COLS.search(lines[fence - 1]) if fence else None
    if match is None:
        return 0
    columns = re.split("[,;]", match[1] or match[2])
    if len(columns) == 1 and columns[0].isdigit():
        return int(columns[0])
    return sum(int(copies[1]) if (copies := _COPIES.match(column.strip())) else 1 for column in columns)


def _in_first_line(lines: Sequence[str], start: int, end: int, begins: re.Pattern[str]) -> int:
    first = next((line for line in lines[start:end] if line.strip()), "")
    return sum(1 for _ in begins.finditer(first))


def _cells(lines: Sequence[str], start: int, end: int, begins: re.Pattern[str]) -> list[_Cell]:
    """The cells in order, each with its paragraphs."""
    found: list[_Cell] = []
    for i in range(start, end):
        line = lines[i]
        at = 0
        for match in begins.finditer(line):
            if found and line[at : match.start()].strip():
                found[-1].paragraphs[-1].append(Slice(i + 1, at, match.start()))
            found.append(_Cell(*_spans(match["span"] or "")))
            at = match.end()
        if not found:
            continue
        if line[at:].strip():
            found[-1].paragraphs[-1].append(Slice(i + 1, at, len(line)))
        if not line.strip() or line.endswith(_BREAK):
            found[-1].paragraphs.append([])
    return found


def _spans(text: str) -> tuple[int, int]:
    """Rows and columns of a span (2, .3, 2.3: columns before the point)."""
    columns, _, rows = text.partition(".")
    return int(rows or 1), int(columns or 1)


def _rows(lines: Sequence[str], cells: Sequence[_Cell], width: int) -> list[Row] | None:
    """The rows that cells fill; None where they leave one unfilled."""
    if width > _WIDEST:
        return None
    found: list[Row] = []
    drafts: list[Draft] = []
    first = 0
    # For how many rows from this one on a column is taken.
    taken = [0] * width
    col = 0
    for cell in cells:
        if cell.columns > width - col:
            return None
        first = first or next((part.line for group in cell.paragraphs for part in group), 0)
        drafts.append(Draft(col, [group for group in cell.paragraphs if group], cell.columns, inline.asciidoc))
        taken[col : col + cell.columns] = [cell.rows] * cell.columns
        while col < width and taken[col]:
            col += 1
        while col == width:
            made = row(lines, first, drafts, width)
            if made is not None:
                found.append(made)
            drafts, first = [], 0
            taken = [max(0, rows - 1) for rows in taken]
            col = next((i for i, rows in enumerate(taken) if not rows), width)
    return found if not drafts else None

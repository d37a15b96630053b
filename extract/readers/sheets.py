"""Spreadsheets: each sheet a grid, its cells as the sheet shows them.

The values and the merged ranges are python-calamine's; how numbers show, what is hidden and how far a sheet reaches
is told by what reads the format (``Looks``). A merged range stands in its first row and spans its columns there.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from extract.errors import UnreadableInput
from extract.model import Finding
from extract.readers import numbers
from extract.readers.source import Filled, Line, Piece, Source, drawn

Spot = tuple[int, int]
# First and last cell of a merged range, both within it.
Range = tuple[Spot, Spot]

_LETTERS: Final = 26


@dataclass(slots=True)
class Looks:
    """How a sheet shows: the format codes of its numbers by cell, and its rows and columns that are hidden."""

    codes: dict[Spot, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its place among all of them from 1, its values row by row, its merged ranges, its looks."""

    name: str
    number: int
    values: Sequence[Sequence[Any]]
    merged: Sequence[Range]
    looks: Looks


def workbook(data: bytes, media_type: str, looks_of: Callable[[str], Looks], max_cells: int) -> Source:
    """The Source of a workbook that calamine opens. ``looks_of`` tells by its name how a sheet shows.

    Hidden sheets are left out where others are not. UnreadableInput: ``encrypted``, ``malformed``, ``empty``,
    ``too_many_cells``, and what ``looks_of`` raises.
    """
    return guarded(lambda: _read(CalamineWorkbook.from_filelike(io.BytesIO(data)), media_type, looks_of, max_cells))


def guarded(read: Callable[[], Source]) -> Source:
    """What ``read`` gives; what calamine raises becomes UnreadableInput."""
    try:
        return read()
    except PasswordError as error:
        raise UnreadableInput("encrypted") from error
    except CalamineError as error:
        raise UnreadableInput("malformed", reason=str(error)) from error
    except BaseException as error:
        # What a library written in Rust gives up on is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableInput("malformed", reason="the library for sheets gave it up") from error


def _read(book: CalamineWorkbook, media_type: str, looks_of: Callable[[str], Looks], max_cells: int) -> Source:
    metadata = [(i, one) for i, one in enumerate(book.sheets_metadata) if one.typ == SheetTypeEnum.WorkSheet]
    if not metadata:
        raise UnreadableInput("malformed", reason="no sheets")
    seen = [one for one in metadata if one[1].visible == SheetVisibleEnum.Visible]
    hidden = [one for one in metadata if one[1].visible != SheetVisibleEnum.Visible]
    sheets = []
    for i, one in seen or metadata:
        looks = looks_of(one.name)
        sheet = book.get_sheet_by_index(i)
        if sheet.total_height * sheet.total_width > max_cells:
            raise UnreadableInput("too_many_cells", limit=max_cells)
        sheets.append(Sheet(one.name, i + 1, sheet.to_python(skip_empty_area=False), _merged(sheet), looks))
    left_out = [one.name for _, one in hidden if seen]
    return source(media_type, sheets, left_out)


def _merged(sheet: CalamineSheet) -> Sequence[Range]:
    return sheet.merged_cell_ranges or ()


def source(media_type: str, sheets: Iterable[Sheet], left_out: Sequence[str]) -> Source:
    """The Source of sheets; ``left_out``: the names of hidden ones. UnreadableInput: ``empty``."""
    parts: list[list[Line]] = []
    findings: list[Finding] = []
    for sheet in sheets:
        lines = list(_lines(sheet))
        if lines:
            parts.append(lines)
            if sheet.looks.hidden_rows or sheet.looks.hidden_columns:
                findings.append(Finding("hidden_cells", params={"sheet": sheet.name}))
    if not parts:
        raise UnreadableInput("empty")
    findings += [Finding("hidden_sheet", params={"sheet": name}) for name in left_out]
    return drawn(media_type, parts, tuple(findings))


def _lines(sheet: Sheet) -> Iterator[Line]:
    """The rows of a sheet that show something."""
    columns = _Columns(sheet)
    rows = [(r, cells) for r, values in enumerate(sheet.values) if (cells := columns.row(r, values))]
    least = min((cells[0].col for _, cells in rows), default=0)
    width = max((cell.col + cell.col_span for _, cells in rows for cell in cells), default=0) - least
    for _, cells in rows:
        yield Line([cell._replace(col=cell.col - least) for cell in cells], width, sheet.number)


class _Columns:
    """The cells of a sheet's rows, in the columns that are not hidden."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._looks = sheet.looks
        height = len(sheet.values)
        width = max(map(len, sheet.values), default=0)
        # By its column, the place that each one has among those that show; hidden ones have that of the next.
        self._place = [0]
        for col in range(width):
            self._place.append(self._place[-1] + (col not in sheet.looks.hidden_columns))
        self._spans: dict[Spot, int] = {}
        self._covered: dict[int, list[tuple[int, int]]] = {}
        self._moved: dict[Spot, Spot] = {}
        for first, last in sheet.merged:
            self._merge(first, (min(last[0], height - 1), last[1]), width)

    def _merge(self, first: Spot, last: Spot, width: int) -> None:
        """Takes in a merged range: its text is that of its first cell, at the first place of it that shows."""
        (top, left), (bottom, right) = first, last
        if top > bottom or left > right or left >= width:
            return
        row = next((r for r in range(top, bottom + 1) if r not in self._looks.hidden_rows), top)
        shown = [c for c in range(left, min(right, width - 1) + 1) if c not in self._looks.hidden_columns]
        col = shown[0] if shown else left
        beyond = max(0, right - max(left, width - 1))
        self._spans[row, col] = max(1, len(shown) + beyond)
        if (row, col) != first:
            self._moved[row, col] = first
        for r in range(top, bottom + 1):
            self._covered.setdefault(r, []).append((left, right))

    def row(self, r: int, values: Sequence[Any]) -> list[Filled]:
        """The cells of a row that show something."""
        if r in self._looks.hidden_rows:
            return []
        found = []
        covered = self._covered.get(r, ())
        for c, value in enumerate(values):
            spot = (r, c)
            if value == "" and spot not in self._moved:
                continue
            if c in self._looks.hidden_columns:
                continue
            if spot not in self._spans and any(left <= c <= right for left, right in covered):
                continue
            at = self._moved.get(spot, spot)
            text = shown(self._sheet.values[at[0]][at[1]], self._looks.codes.get(at, numbers.GENERAL))
            paragraphs = [[Piece(part)] for part in text.split("\n") if part.strip()]
            if paragraphs:
                name = f"{self._sheet.name}!{address(at)}"
                found.append(Filled(self._place[c], paragraphs, self._spans.get(spot, 1), name))
        return found


def shown(value: object, code: str) -> str:
    """A value as the sheet shows it by a format code."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        date = numbers.date_of(value) if numbers.is_date(code) else None
        return numbers.of_number(value, code) if date is None else numbers.of_date(date, code)
    if isinstance(value, datetime.date | datetime.time):
        return numbers.of_date(value, code)
    return str(value)


def address(spot: Spot) -> str:
    """The address of a cell (``B5``) by its row and column from 0."""
    row, col = spot
    letters = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def code_of(number: int, own: Mapping[int, str]) -> str:
    """The format code of a number that files give to codes; ``own``: those that the file names itself."""
    return own.get(number) or numbers.BUILT_IN.get(number, numbers.GENERAL)

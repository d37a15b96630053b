"""Workbooks of the old kind (xls, et): what calamine does not tell of them is in the records of their one stream."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from extract.errors import UnreadableInput
from extract.readers.compound import alone
from extract.readers.numbers import GENERAL
from extract.readers.sheets import Looks, code_of, workbook
from extract.readers.source import Source

if TYPE_CHECKING:
    from extract.readers.files import ReadOptions

MEDIA_TYPE: Final = "application/vnd.ms-excel"
_BOF: Final = 0x0809
_EOF: Final = 0x000A
_FILE_PASS: Final = 0x002F
_SHEET: Final = 0x0085
_FORMAT: Final = 0x041E
_XF: Final = 0x00E0
_STRINGS: Final = 0x00FC
# How far a sheet reaches; room is made for all of it, and so it is said to have one cell.
_EXTENT: Final = 0x0200
_ONE_CELL: Final = {14: struct.pack("<IIHHH", 0, 1, 0, 1, 0), 10: struct.pack("<HHHHH", 0, 1, 0, 1, 0)}
_ROW: Final = 0x0208
_COLUMNS: Final = 0x007D
_FILTERED: Final = 0x009B
_NUMBERS: Final = frozenset({0x0203, 0x027E, 0x0006})
_MANY_NUMBERS: Final = 0x00BD
_TEXTS: Final = frozenset({0x00FD, 0x0204, 0x0205, 0x00D6})
_VERSION_8: Final = 0x0600
_WIDE: Final = 1
_HIDDEN_ROW: Final = 0x20
_ROW_LEVEL: Final = 0x07
_HIDDEN_COLUMNS: Final = 0x01
_COLUMNS_LEVEL: Final = 0x0700


def read(name: str, stream: bytes, options: ReadOptions) -> Source:
    """A workbook; ``stream``: that of its records, and its name. UnreadableInput: what ``sheets.workbook`` raises.

    Calamine makes room for whatever a header or a count says: it is given a file with a sound one.
    """
    sound, begins = _sound(stream)
    book = _Book(sound, begins, options.max_sheet_cells)
    # Calamine reads all sheets when it opens a book, and makes room for all cells up to the last one.
    book.hold_to_limits()
    return workbook(alone(name, sound), MEDIA_TYPE, book.looks, options.max_sheet_cells)


def _sound(stream: bytes) -> tuple[bytes, frozenset[int]]:
    """The records without what they say of the extent of sheets, and the places at which parts of the book begin."""
    found = bytearray(stream)
    begins = set()
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == _BOF:
            begins.add(at)
        elif kind == _EXTENT and at + 4 + size <= len(stream):
            one = _ONE_CELL.get(size)
            if one is None:
                raise UnreadableInput("malformed", reason="an extent of no known size")
            found[at + 4 : at + 4 + size] = one
        at += 4 + size
    return bytes(found), frozenset(begins)


class _Book:
    """What stands before the sheets: where each of them begins, and the formats of its cells."""

    def __init__(self, stream: bytes, begins: frozenset[int], max_cells: int) -> None:
        self._stream = stream
        self._sound = begins
        self._max_cells = max_cells
        self._begins: dict[str, int] = {}
        self._formats: list[int] = []
        self._own: dict[int, str] = {}
        self._wide = True
        for kind, body in _records(stream, 0):
            self._take(kind, body)

    def _take(self, kind: int, body: bytes) -> None:
        if kind == _FILE_PASS:
            raise UnreadableInput("encrypted")
        if kind == _BOF and len(body) >= 2:
            self._wide = struct.unpack_from("<H", body)[0] >= _VERSION_8
        elif kind == _SHEET and len(body) > 7:
            (begin,) = struct.unpack_from("<I", body)
            if begin not in self._sound:
                raise UnreadableInput("malformed", reason="a sheet that begins nowhere")
            self._begins[self._text(body[6:], 1)] = begin
        elif kind == _FORMAT and len(body) > 3:
            self._own[struct.unpack_from("<H", body)[0]] = self._text(body[2:], 2 if self._wide else 1)
        elif kind == _STRINGS and (len(body) < 8 or struct.unpack_from("<I", body, 4)[0] > len(self._stream)):
            raise UnreadableInput("malformed", reason="a count of texts that cannot be")
        elif kind == _XF and len(body) >= 4:
            self._formats.append(struct.unpack_from("<H", body, 2)[0])

    def _text(self, data: bytes, counted: int) -> str:
        """A text with its length before it, in so many bytes."""
        length = int.from_bytes(data[:counted], "little")
        if not self._wide:
            return data[counted : counted + length].decode("gb18030", "replace")
        # A record that ends before its text has none.
        if int.from_bytes(data[counted : counted + 1], "little") & _WIDE:
            return data[counted + 1 : counted + 1 + 2 * length].decode("utf-16-le", "replace")
        return data[counted + 1 : counted + 1 + length].decode("latin-1")

    def hold_to_limits(self) -> None:
        """UnreadableInput: ``too_many_cells``, where a sheet has."""
        for name in self._begins:
            self.looks(name)

    def looks(self, name: str) -> Looks:
        """How a sheet shows. UnreadableInput: ``too_many_cells``."""
        begin = self._begins.get(name)
        if begin is None:
            # What is not held against the limits here is not given to calamine, which knows none.
            raise UnreadableInput("malformed", reason=f"the sheet {name} is missing")
        codes = [code_of(number, self._own) for number in self._formats]
        return _Sheet(codes, self._max_cells).read(_records(self._stream, begin))


class _Sheet:
    """What the records of a sheet tell. ``codes``: the format code of each style of cells."""

    def __init__(self, codes: list[str], max_cells: int) -> None:
        self._codes = codes
        self._max_cells = max_cells
        self._looks = Looks()
        self._last = (0, 0)

    def read(self, records: Iterator[tuple[int, bytes]]) -> Looks:
        """How the sheet shows. UnreadableInput: ``too_many_cells``."""
        filtered = False
        for kind, body in records:
            if cells := _cells(kind, body):
                self._take(cells)
            elif kind == _ROW and len(body) >= 14:
                row, flags = struct.unpack_from("<H10xH", body)
                if flags & _HIDDEN_ROW and not flags & _ROW_LEVEL:
                    self._looks.hidden_rows.add(row)
            elif kind == _COLUMNS and len(body) >= 10:
                first, last, flags = struct.unpack_from("<HH4xH", body)
                if flags & _HIDDEN_COLUMNS and not flags & _COLUMNS_LEVEL:
                    self._looks.hidden_columns.update(range(first, last + 1))
            filtered = filtered or kind == _FILTERED
        if filtered:
            # A filter picks what is looked at, and takes nothing out of the table.
            self._looks.hidden_rows.clear()
        return self._looks

    def _take(self, cells: list[tuple[int, int, int]]) -> None:
        self._last = max(self._last[0], cells[0][0]), max(self._last[1], cells[-1][1])
        if (self._last[0] + 1) * (self._last[1] + 1) > self._max_cells:
            raise UnreadableInput("too_many_cells", limit=self._max_cells)
        for row, col, style in cells:
            if style < len(self._codes) and self._codes[style] != GENERAL:
                self._looks.codes[row, col] = self._codes[style]


def _cells(kind: int, body: bytes) -> list[tuple[int, int, int]]:
    """The row, the column and the style of each cell in a record; those of texts have a style that no cell has."""
    if kind in _NUMBERS and len(body) >= 6:
        return [struct.unpack_from("<HHH", body)]
    if kind in _TEXTS and len(body) >= 4:
        return [(*struct.unpack_from("<HH", body), 0xFFFF)]
    if kind == _MANY_NUMBERS and len(body) >= 6:
        row, first = struct.unpack_from("<HH", body)
        return [
            (row, first + i, struct.unpack_from("<H", body, at)[0]) for i, at in enumerate(range(4, len(body) - 7, 6))
        ]
    return []


def _records(stream: bytes, begin: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place to the end of what begins there: the workbook's own, or a sheet's; not those within."""
    at = begin
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + size]
        at += 4 + size
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        if depth <= 1:
            yield kind, body

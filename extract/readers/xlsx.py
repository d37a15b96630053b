"""Workbooks that are zips (xlsx, xlsm, and of xlsb the values): what calamine does not tell of them."""

from __future__ import annotations

import io
import posixpath
import re
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from extract.errors import UnreadableInput
from extract.readers.numbers import GENERAL
from extract.readers.packed import Parts, attribute, local
from extract.readers.sheets import Looks, Spot, code_of, workbook
from extract.readers.source import Source

if TYPE_CHECKING:
    from extract.readers.files import ReadOptions

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FOLDER: Final = "xl/"
_ADDRESS: Final = re.compile(r"([A-Za-z]{1,3})([1-9]\d{0,6})")
_NUMERIC: Final = frozenset({None, "n", "d"})
_ON: Final = frozenset({"1", "true", "on"})
_WIDEST: Final = 16384
_TALLEST: Final = 1048576
# The records of a sheet in binary: where a row begins, and those of cells, which tell their column.
_BINARY: Final = re.compile(r"xl/worksheets/[^/]*\.bin")
_ROW_BEGINS: Final = 0
_CELLS: Final = range(1, 12)
_BOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_STYLES: Final = "xl/styles.xml"


def read(data: bytes, options: ReadOptions) -> Source:
    """A workbook. UnreadableInput: what ``packed`` and ``sheets.workbook`` raise."""
    parts = Parts(data, options)
    parts.measure(_FOLDER)
    for name in sorted(parts.names):
        if _BINARY.fullmatch(name):
            _check_binary(parts.read(name), options.max_sheet_cells)
    book = _Book(parts, options.max_sheet_cells)
    return workbook(data, MEDIA_TYPE, book.looks, options.max_sheet_cells)


class _Book:
    """The parts of a workbook: its sheets by name, and the format codes of its styles."""

    def __init__(self, parts: Parts, max_cells: int) -> None:
        self._parts = parts
        self._max_cells = max_cells
        self._sheets = _sheets(parts)
        self._codes = _codes(parts.parse(_STYLES)) if _STYLES in parts.names else []

    def looks(self, name: str) -> Looks:
        """How a sheet shows."""
        part = self._sheets.get(name)
        if part is None and _BOOK not in self._parts.names:
            return Looks()
        if part is None:
            # What is not held against the limits here is not given to calamine, which knows none.
            raise UnreadableInput("malformed", reason=f"the part of the sheet {name} is missing")
        return _Sheet(self._codes, self._max_cells).read(self._parts.read(part))


def _sheets(parts: Parts) -> dict[str, str]:
    """The parts of the sheets by their names."""
    if not {_BOOK, _RELATIONS} <= parts.names:
        return {}
    targets = {
        one.get("Id"): posixpath.normpath(posixpath.join("/xl", one.get("Target") or "")).lstrip("/")
        for one in parts.parse(_RELATIONS)
    }
    found = {}
    for sheet in parts.parse(_BOOK).iter("{*}sheet"):
        target = targets.get(attribute(sheet, "id"))
        if target is not None:
            found[str(sheet.get("name"))] = target
    return found


def _codes(styles: Any) -> list[str]:
    """The format code of each style of cells."""
    own: dict[int, str] = {}
    found: list[str] = []
    for group in styles:
        if local(group) == "numFmts":
            own = {_whole(one.get("numFmtId")): one.get("formatCode") or GENERAL for one in group}
        elif local(group) == "cellXfs":
            found = [code_of(_whole(one.get("numFmtId")), own) for one in group]
    return found


class _Sheet:
    """Reads a sheet's part, element by element: nothing of it stays in memory but what is told of it."""

    def __init__(self, codes: list[str], max_cells: int) -> None:
        self._codes = codes
        self._max_cells = max_cells
        self._looks = Looks()
        self._filtered = False
        self._row = -1
        self._col = -1
        self._last: Spot = (0, 0)

    def read(self, data: bytes) -> Looks:
        """How the sheet shows. UnreadableInput: ``too_many_cells``, ``malformed``, ``declares_entities``."""
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise UnreadableInput("declares_entities")
        events = etree.iterparse(
            io.BytesIO(data),
            events=("start", "end"),
            tag=("{*}row", "{*}c", "{*}col", "{*}filterColumn"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        try:
            for event, element in events:
                self._take(event, element)
        except etree.XMLSyntaxError as error:
            raise UnreadableInput("malformed", reason=f"XML: {error}") from error
        if self._filtered:
            # A filter picks what is looked at, and takes nothing out of the table.
            self._looks.hidden_rows.clear()
        return self._looks

    def _take(self, event: str, element: Any) -> None:
        name = local(element)
        if event == "start":
            if name == "row":
                self._row = _whole(element.get("r"), self._row + 2) - 1
                _check_address(self._row < _TALLEST and len(element.get("r") or "") <= 7)
                self._col = -1
                if element.get("hidden") in _ON and not element.get("outlineLevel"):
                    self._looks.hidden_rows.add(self._row)
            return
        if name == "c":
            self._cell(element)
        elif name == "col" and element.get("hidden") in _ON and not element.get("outlineLevel"):
            first, last = _whole(element.get("min")), min(_whole(element.get("max")), _WIDEST)
            self._looks.hidden_columns.update(range(first - 1, last))
        elif name == "filterColumn":
            self._filtered = True
        elif name == "row":
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]

    def _cell(self, element: Any) -> None:
        match = _ADDRESS.fullmatch(element.get("r") or "")
        row, col = self._row, self._col + 1
        if match is not None:
            row, col = int(match[2]) - 1, 0
            for letter in match[1].upper():
                col = col * 26 + ord(letter) - ord("A") + 1
            col -= 1
        _check_address((match is not None or element.get("r") is None) and row < _TALLEST and col < _WIDEST)
        self._col = col
        if not len(element):
            return
        self._last = max(self._last[0], row), max(self._last[1], col)
        if (self._last[0] + 1) * (self._last[1] + 1) > self._max_cells:
            raise UnreadableInput("too_many_cells", limit=self._max_cells)
        style = _whole(element.get("s"))
        if element.get("t") in _NUMERIC and style < len(self._codes) and self._codes[style] != GENERAL:
            self._looks.codes[row, col] = self._codes[style]


def _whole(text: str | None, default: int = 0) -> int:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 9 else default


def _check_address(sound: bool) -> None:
    """UnreadableInput where a cell stands where no sheet has one: calamine would make room for all up to there."""
    if not sound:
        raise UnreadableInput("malformed", reason="a cell beyond the last one of a sheet")


def _check_binary(data: bytes, max_cells: int) -> None:
    """UnreadableInput where a sheet in binary reaches too far."""
    at = row = last_row = last_col = 0
    while at < len(data):
        kind, at = _varying(data, at, 2)
        size, at = _varying(data, at, 4)
        if kind == _ROW_BEGINS:
            row = int.from_bytes(data[at : at + 4], "little")
        elif kind in _CELLS:
            last_row, last_col = max(last_row, row), max(last_col, int.from_bytes(data[at : at + 4], "little"))
        if (last_row + 1) * (last_col + 1) > max_cells:
            raise UnreadableInput("too_many_cells", limit=max_cells)
        at += size


def _varying(data: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = 0
    for i in range(most):
        byte = data[at + i] if at + i < len(data) else 0
        value |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            return value, at + i + 1
    return value, at + most

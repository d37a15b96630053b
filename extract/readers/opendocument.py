"""OpenDocument files: texts (odt) and spreadsheets (ods), whose tables are of the same elements.

What a cell shows stands in the file as text; numbers are shown as ``numbers`` shows those of other spreadsheets. Notes,
comments, deleted text and what a document hides are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from extract.errors import UnreadableInput
from extract.model import Finding
from extract.readers.numbers import with_typed_digits
from extract.readers.packed import Parts, attribute, local
from extract.readers.sheets import address
from extract.readers.source import Filled, Line, Piece, Source, drawn
from extract.readers.written_text import WrittenText

if TYPE_CHECKING:
    from extract.readers.files import ReadOptions

_TYPES: Final = {
    "text": "application/vnd.oasis.opendocument.text",
    "spreadsheet": "application/vnd.oasis.opendocument.spreadsheet",
}
_CONTENT: Final = "content.xml"
_MANIFEST: Final = "META-INF/manifest.xml"
_PARAGRAPHS: Final = frozenset({"p", "h"})
_UNSEEN: Final = frozenset(
    [
        *("annotation", "annotation-end", "tracked-changes", "note", "forms", "ruby-text", "hidden-text", "shapes"),
        *("sequence-decls", "bookmark", "bookmark-start", "bookmark-end", "desc", "title", "hidden-paragraph"),
    ]
)
_HIDDEN: Final = frozenset({"collapse", "filter"})
_MOST_BLANKS: Final = 1000
_WHITE: Final = re.compile(r"[ \t\r\n]+")


class _Cell(NamedTuple):
    """A cell with something in it: its row and column from 0, its element, and how many columns it spans."""

    row: int
    col: int
    element: Any
    span: int


class _Table(NamedTuple):
    """A table: its rows that have something in them, how many columns it has, and whether some of it is hidden."""

    rows: list[list[_Cell]]
    width: int
    hides: bool


@dataclass(slots=True)
class _Count:
    paragraphs: int = 0
    tables: int = 0


def read(data: bytes, options: ReadOptions) -> Source:
    """An OpenDocument text or spreadsheet.

    UnreadableInput: what ``packed`` raises, ``encrypted``, ``empty``, ``too_many_cells``.
    """
    parts = Parts(data, options)
    manifest = parts.find(_MANIFEST)
    if manifest is not None and b"encryption-data" in manifest:
        raise UnreadableInput("encrypted")
    root = parts.parse(_CONTENT)
    body = next((one for group in root if local(group) == "body" for one in group if local(one) in _TYPES), None)
    if body is None:
        raise UnreadableInput("malformed", reason="no body")
    reader = _Reader(options.max_sheet_cells, _undisplayed(root))
    found = reader.sheets(body) if local(body) == "spreadsheet" else [list(reader.blocks(body, "", _Count()))]
    if not any(found):
        raise UnreadableInput("empty")
    return drawn(_TYPES[local(body)], found, tuple(reader.findings))


def _undisplayed(root: Any) -> frozenset[str]:
    """The names of the styles that hide a sheet or a section."""
    return frozenset(
        str(attribute(style, "name"))
        for group in root
        if local(group) == "automatic-styles"
        for style in group
        for properties in style
        if attribute(properties, "display") in ("false", "none")
    )


class _Reader:
    """Reads a document's body; ``hidden``: the styles that hide what has them."""

    def __init__(self, max_cells: int, hidden: frozenset[str]) -> None:
        self._max_cells = max_cells
        self._hidden = hidden
        self.findings: list[Finding] = []

    def sheets(self, body: Any) -> list[list[Line]]:
        """The rows of each sheet."""
        tables = [one for one in body if local(one) == "table"]
        seen = [one for one in tables if attribute(one, "style-name") not in self._hidden]
        found = []
        for number, one in enumerate(tables, 1):
            name = attribute(one, "name") or ""
            if one not in seen and seen:
                self.findings.append(Finding("hidden_sheet", params={"sheet": name}))
                continue
            lines = list(self._sheet(one, name, number))
            if lines:
                found.append(lines)
        return found

    def _sheet(self, element: Any, name: str, number: int) -> Iterator[Line]:
        table = self._table(element)
        least = min((row[0].col for row in table.rows), default=0)
        for row in table.rows:
            cells = [
                Filled(
                    cell.col - least,
                    [[Piece(text)] for text in texts],
                    cell.span,
                    f"{name}!{address((cell.row, self._columns[cell.col]))}",
                )
                for cell in row
                if (texts := _value(cell.element))
            ]
            if cells:
                yield Line(cells, table.width - least, number)
        if table.hides:
            self.findings.append(Finding("hidden_cells", params={"sheet": name}))

    def blocks(self, parent: Any, where: str, count: _Count) -> Iterator[Line]:
        """The paragraphs and the rows of the tables within an element, in order."""
        for child in parent:
            name = local(child)
            if name in _PARAGRAPHS:
                count.paragraphs += 1
                text = WrittenText()
                _inline(child, text)
                own = f"{where}paragraph[{count.paragraphs}]"
                for line in text.shown():
                    yield Line([Filled(0, [[Piece(line)]])], name=own, free=True)
                yield from self._boxes(text, own)
            elif name == "table":
                count.tables += 1
                yield from self._rows(child, f"{where}table[{count.tables}]")
            elif name not in _UNSEEN and not self._is_hidden(child):
                yield from self.blocks(child, where, count)

    def _is_hidden(self, element: Any) -> bool:
        return attribute(element, "display") == "none" or attribute(element, "style-name") in self._hidden

    def _boxes(self, text: WrittenText, name: str) -> Iterator[Line]:
        for number, box in enumerate(text.boxes, 1):
            yield from self.blocks(box, f"{name}/textbox[{number}]/", _Count())

    def _rows(self, element: Any, name: str) -> Iterator[Line]:
        """The rows of a table in a text; one that holds a table only lays out the page."""
        table = self._table(element)
        for row in table.rows:
            own = f"{name}/row[{row[0].row + 1}]"
            names = [f"{own}/cell[{self._columns[cell.col] + 1}]" for cell in row]
            if any(True for cell in row for _ in cell.element.iter("{*}table")):
                for cell, address_ in zip(row, names, strict=True):
                    yield from self.blocks(cell.element, f"{address_}/", _Count())
                continue
            filled: list[Filled] = []
            boxes: list[Line] = []
            for cell, address_ in zip(row, names, strict=True):
                text = _all_text(cell.element)
                boxes += self._boxes(text, address_)
                if lines := text.shown():
                    filled.append(Filled(cell.col, [[Piece(line)] for line in lines], cell.span, address_))
            if filled:
                yield Line(filled, table.width, name=own)
            yield from boxes

    def _table(self, element: Any) -> _Table:
        """The cells of a table that have something in them, in the columns that are not hidden."""
        hidden = _hidden_columns(element, self._max_cells)
        rows: list[list[_Cell]] = []
        number = total = width = 0
        hides = False
        # The column of the file that each column stands for that shows.
        self._columns: list[int] = []
        place: list[int] = []
        for row in _table_rows(element):
            cells, reach = _cells(row)
            repeated = _number(row, "number-rows-repeated")
            if attribute(row, "visibility") in _HIDDEN:
                hides = hides or bool(cells)
                cells = []
            while len(place) <= reach and len(place) <= self._max_cells:
                place.append(len(self._columns))
                if len(place) - 1 not in hidden:
                    self._columns.append(len(place) - 1)
            for _ in range(repeated if cells else 0):
                total += len(cells)
                if total > self._max_cells or reach > self._max_cells:
                    raise UnreadableInput("too_many_cells", limit=self._max_cells)
                made = [
                    _Cell(number, place[col], one, max(1, place[min(col + span, reach)] - place[col]))
                    for col, span, one in cells
                    if col not in hidden
                ]
                hides = hides or len(made) < len(cells)
                if made:
                    rows.append(made)
                    width = max(width, made[-1].col + made[-1].span)
                number += 1
            number += 0 if cells else repeated
        return _Table(rows, width, hides)


def _table_rows(element: Any) -> Iterator[Any]:
    """The rows of a table, also those in groups."""
    for child in element:
        name = local(child)
        if name == "table-row":
            yield child
        elif name in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _table_rows(child)


def _hidden_columns(element: Any, most: int) -> frozenset[int]:
    found: set[int] = set()
    at = 0
    for child in element.iter("{*}table-column"):
        repeated = min(_number(child, "number-columns-repeated"), most)
        if attribute(child, "visibility") in _HIDDEN:
            found.update(range(at, at + repeated))
        at += repeated
    return frozenset(found)


def _cells(row: Any) -> tuple[list[tuple[int, int, Any]], int]:
    """The cells of a row with something in them: column, columns spanned, element; and the column behind the last."""
    found: list[tuple[int, int, Any]] = []
    col = reach = 0
    for child in row:
        name = local(child)
        repeated = _number(child, "number-columns-repeated")
        if name == "table-cell":
            span = _number(child, "number-columns-spanned")
            if len(child):
                found += ((at, span, child) for at in range(col, col + min(repeated, _MOST_BLANKS)))
                reach = col + repeated - 1 + span
            elif span > 1:
                reach = col + span
        if name in ("table-cell", "covered-table-cell"):
            col += repeated
    return found, reach


def _value(cell: Any) -> list[str]:
    """The lines that a cell of a sheet shows."""
    lines = _all_text(cell).shown()
    value = attribute(cell, "value")
    if len(lines) == 1 and value is not None and attribute(cell, "value-type") in ("float", "percentage", "currency"):
        return [with_typed_digits(lines[0], value)]
    return lines


def _all_text(cell: Any) -> WrittenText:
    """The lines of all paragraphs of a cell."""
    text = WrittenText()
    for paragraph in _paragraphs(cell):
        _inline(paragraph, text)
        text.lines.append([])
    return text


def _paragraphs(element: Any) -> Iterator[Any]:
    for child in element:
        name = local(child)
        if name in _PARAGRAPHS:
            yield child
        elif name not in _UNSEEN and name != "table":
            yield from _paragraphs(child)


def _inline(element: Any, into: WrittenText) -> None:
    """Takes in what an element shows within a paragraph: its text, and behind each child the text that follows."""
    _add(element.text, into)
    for child in element:
        name = local(child)
        if name == "s":
            into.lines[-1].append(" " * min(_number(child, "c"), _MOST_BLANKS))
        elif name == "tab":
            into.lines[-1].append("\t")
        elif name == "line-break":
            into.lines.append([])
        elif name == "text-box":
            into.boxes.append(child)
        elif name not in _UNSEEN:
            _inline(child, into)
        _add(child.tail, into)


def _add(text: str | None, into: WrittenText) -> None:
    """White space of the XML is one blank, as everywhere in OpenDocument."""
    if text:
        into.lines[-1].append(_WHITE.sub(" ", text))


def _number(element: Any, name: str) -> int:
    value = attribute(element, name)
    return max(1, int(value)) if value is not None and value.isdecimal() and len(value) < 9 else 1

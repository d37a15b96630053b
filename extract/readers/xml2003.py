"""Workbooks and Word files as one file of XML: Office 2003 wrote them, and systems that fill in templates still do."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from extract.errors import UnreadableInput
from extract.readers import word
from extract.readers.numbers import BUILT_IN, GENERAL
from extract.readers.packed import attribute, local, parse
from extract.readers.sheets import Looks, Range, Sheet, source
from extract.readers.source import Source, drawn

if TYPE_CHECKING:
    from extract.readers.files import ReadOptions

_WORKBOOK: Final = "application/vnd.ms-excel"
_WORD: Final = "application/msword"
# Formats that have names in these files.
_NAMED: Final = {
    "General": GENERAL,
    "General Number": GENERAL,
    "Fixed": BUILT_IN[2],
    "Standard": BUILT_IN[4],
    "Currency": BUILT_IN[4],
    "Percent": BUILT_IN[10],
    "Short Date": BUILT_IN[14],
    "Long Date": BUILT_IN[31],
}
_ON: Final = "1"


def read(data: bytes, options: ReadOptions) -> Source:
    """A workbook or a Word file of XML.

    UnreadableInput: ``malformed``, ``declares_entities``, ``empty``, ``too_many_cells``,
    ``unpacks_too_large``.
    """
    root = parse(data, options.max_xml_bytes)
    if local(root) == "Workbook":
        return _workbook(root, options)
    body = next(root.iter("{*}body"), None)
    if body is None:
        raise UnreadableInput("malformed", reason="no body")
    return drawn(_WORD, [word.of_body(body)])


def _workbook(root: Any, options: ReadOptions) -> Source:
    codes = {
        attribute(style, "ID"): attribute(one, "Format") or GENERAL
        for style in root.iter("{*}Style")
        for one in style
        if local(one) == "NumberFormat"
    }
    codes = {key: _NAMED.get(code, code) for key, code in codes.items()}
    found = list(root.iter("{*}Worksheet"))
    hidden = [one for one in found if any(v.text != "SheetVisible" for v in one.iter("{*}Visible"))]
    seen = [one for one in found if one not in hidden] or found
    sheets = [_sheet(one, found.index(one) + 1, codes, options.max_sheet_cells) for one in seen]
    left_out = [attribute(one, "Name") or "" for one in hidden if one not in seen]
    return source(_WORKBOOK, sheets, left_out)


def _sheet(element: Any, number: int, codes: dict[str | None, str], max_cells: int) -> Sheet:
    values: list[list[Any]] = []
    merged: list[Range] = []
    looks = Looks()
    width = total = 0
    for r, row in _numbered((one for one in element.iter("{*}Row")), 0):
        if attribute(row, "Hidden") == _ON:
            looks.hidden_rows.add(r)
        cells: list[Any] = []
        for c, cell in _numbered((one for one in row if local(one) == "Cell"), 0, "MergeAcross"):
            if (r + 1) * (max(width, c) + 1) > max_cells:
                raise UnreadableInput("too_many_cells", limit=max_cells)
            across, down = _whole(cell, "MergeAcross"), _whole(cell, "MergeDown")
            if across or down:
                merged.append(((r, c), (r + down, c + across)))
            data = next((one for one in cell if local(one) == "Data"), None)
            if data is not None:
                cells += [""] * (c - len(cells))
                cells.append(_value(data))
                looks.codes[r, c] = codes.get(attribute(cell, "StyleID"), GENERAL)
        if cells:
            width = max(width, len(cells))
            values += ([] for _ in range(r - len(values)))
            values.append(cells)
            total += len(cells)
    for c, column in _numbered(element.iter("{*}Column"), 0, "Span"):
        if attribute(column, "Hidden") == _ON:
            looks.hidden_columns.update(range(c, min(c + _whole(column, "Span"), width) + 1))
    return Sheet(attribute(element, "Name") or "", number, values, merged, looks)


def _numbered(elements: Iterator[Any], at: int, spans: str = "") -> Iterator[tuple[int, Any]]:
    """Elements with their places from 0; one may state its own, and take more than one."""
    for element in elements:
        own = _whole(element, "Index")
        at = own - 1 if own > at else at
        yield at, element
        at += 1 + (_whole(element, spans) if spans else 0)


def _value(data: Any) -> Any:
    text = "".join(data.itertext())
    kind = attribute(data, "Type")
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return text


def _whole(element: Any, name: str) -> int:
    value = attribute(element, name)
    return int(value) if value is not None and value.isdecimal() and len(value) < 8 else 0

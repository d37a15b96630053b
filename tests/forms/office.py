"""Word files and workbooks written by hand: the XML that a case needs, and no more."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Final

from tests.forms.boxes import Box, Boxes

_W: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_S: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of parts, the same for the same parts; all but what states the type are deflated."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(
                zipfile.ZipInfo(name), data, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


# ---- Word


def word(body: str) -> bytes:
    """A docx file with this XML in its body."""
    return zipped({"word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>"})


def paragraph(text: str) -> str:
    """A paragraph; its lines are parted by breaks."""
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return f"<w:p><w:r>{lines}</w:r></w:p>"


def word_cell(inner: str, columns: int = 1, merge: str = "") -> str:
    """A cell of a table; ``merge``: restart or continue."""
    span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    rows = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    return f"<w:tc><w:tcPr>{span}{rows}</w:tcPr>{inner}</w:tc>"


def word_table(boxes: Boxes) -> str:
    """A table of boxes, as Word writes spans."""
    begun = {(r, c): box for r, c, box in placed(boxes)}
    height = len(boxes)
    cells: list[dict[int, str]] = [{} for _ in range(height)]
    for (r, c), box in begun.items():
        inner = "".join(map(paragraph, box.paragraphs))
        cells[r][c] = word_cell(inner, box.columns, "restart" if box.rows > 1 else "")
        for below in range(r + 1, min(r + box.rows, height)):
            cells[below][c] = word_cell("<w:p/>", box.columns, "continue")
    rows = [f"<w:tr>{''.join(row[c] for c in sorted(row))}</w:tr>" for row in cells]
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def word_file(heads: Iterable[str], boxes: Boxes) -> bytes:
    """Paragraphs, and a table under them."""
    return word("".join(map(paragraph, heads)) + word_table(boxes))


# ---- workbooks


def column(number: int) -> str:
    """The letters of a column, by its number from 0."""
    found = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def placed(boxes: Boxes) -> list[tuple[int, int, Box]]:
    """Each box with its row and column, from 0."""
    taken: set[tuple[int, int]] = set()
    found = []
    for r, row in enumerate(boxes):
        c = 0
        for box in row:
            while (r, c) in taken:
                c += 1
            taken |= {(r + i, c + k) for i in range(box.rows) for k in range(box.columns)}
            found.append((r, c, box))
            c += box.columns
    return found


def text_cell(address: str, text: str) -> str:
    """A cell with a text."""
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def number_cell(address: str, number: str, style: int = 0) -> str:
    """A cell with a number; ``style``: the place of its format among the workbook's."""
    return f'<c r="{address}" s="{style}"><v>{number}</v></c>'


def sheet(rows: Mapping[int, str], merged: Sequence[str] = (), before: str = "", after: str = "") -> str:
    """A sheet's XML: the cells of each row by its number from 1."""
    data = "".join(f'<row r="{number}">{cells}</row>' for number, cells in sorted(rows.items()))
    ranges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    merges = f"<mergeCells>{ranges}</mergeCells>" if merged else ""
    return f"<worksheet {_S}>{before}<sheetData>{data}</sheetData>{after}{merges}</worksheet>"


# Codes of numbers with one decimal and more.
DECIMALS: Final = ("0.0", "0.00", "0.000", "0.0000", "0.00000", "0.000000")


def boxed_sheet(boxes: Boxes, *, numbers: bool = False) -> str:
    """A sheet of boxes; with ``numbers`` what can be one is, in the style of ``DECIMALS`` that shows all of it."""
    rows: dict[int, str] = {}
    merged = []
    for r, c, box in placed(boxes):
        address = f"{column(c)}{r + 1}"
        plain = box.text.replace(".", "", 1).isdecimal() and not box.text.startswith("0")
        if box.text:
            decimals = len(box.text.partition(".")[2])
            made = number_cell(address, box.text, decimals) if numbers and plain else text_cell(address, box.text)
            rows[r + 1] = rows.get(r + 1, "") + made
        if box.rows > 1 or box.columns > 1:
            merged.append(f"{address}:{column(c + box.columns - 1)}{r + box.rows}")
    return sheet(rows, merged)


def workbook(sheets: Mapping[str, str], formats: Sequence[str] = (), states: Mapping[str, str] | None = None) -> bytes:
    """An xlsx file of sheets by their names.

    ``formats``: the codes of the styles from 1. ``states``: hidden sheets, by name.
    """
    names = list(sheets)
    own = "".join(f'<numFmt numFmtId="{200 + i}" formatCode="{escape(c)}"/>' for i, c in enumerate(formats))
    styles = "".join(f'<xf numFmtId="{200 + i}" applyNumberFormat="1"/>' for i in range(len(formats)))
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{i + 1}" r:id="rId{i + 1}"'
        + (f' state="{states[name]}"' if states and name in states else "")
        + "/>"
        for i, name in enumerate(names)
    )
    targets = "".join(
        f'<Relationship Id="rId{i + 1}" Type="{_R}/worksheet" Target="worksheets/sheet{i + 1}.xml"/>'
        for i in range(len(names))
    )
    return zipped(
        {
            "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_R}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook {_S} xmlns:r="{_R}"><sheets>{listed}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{targets}</Relationships>',
            "xl/styles.xml": f'<styleSheet {_S}><numFmts count="{len(formats)}">{own}</numFmts>'
            f'<cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
            **{f"xl/worksheets/sheet{i + 1}.xml": sheets[name] for i, name in enumerate(names)},
        }
    )


# ---- OpenDocument

_O: Final = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)


def opendocument(kind: str, body: str, styles: str = "") -> bytes:
    """An OpenDocument file; ``kind``: text or spreadsheet."""
    automatic = f"<office:automatic-styles>{styles}</office:automatic-styles>"
    content = f"<office:document-content {_O}>{automatic}<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": content})


def open_paragraph(text: str) -> str:
    """Its lines are parted by breaks."""
    return f"<text:p>{'<text:line-break/>'.join(map(escape, text.split(chr(10))))}</text:p>"


def open_cell(inner: str, attributes: str = "") -> str:
    """A cell of a table."""
    return f"<table:table-cell {attributes}>{inner}</table:table-cell>"


def open_table(boxes: Boxes, name: str = "表") -> str:
    """A table of boxes; those that nothing stands in where one spans are covered cells."""
    rows: list[dict[int, str]] = [{} for _ in boxes]
    for r, c, box in placed(boxes):
        for below in range(r, min(r + box.rows, len(boxes))):
            for beside in range(c, c + box.columns):
                rows[below][beside] = "<table:covered-table-cell/>"
        inner = "".join(map(open_paragraph, box.paragraphs)) if box.text else ""
        spans = f'table:number-rows-spanned="{box.rows}" table:number-columns-spanned="{box.columns}"'
        rows[r][c] = open_cell(inner, spans)
    made = "".join(f"<table:table-row>{''.join(row[c] for c in sorted(row))}</table:table-row>" for row in rows)
    return f'<table:table table:name="{name}">{made}</table:table>'


# ---- the old kinds

_SECTOR: Final = 512
_FREE, _ENDS, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SMALLEST: Final = 4096


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of streams, each filled up with zeros to the size from which it has sectors of its own."""
    padded = {name: data.ljust(_SMALLEST, b"\0") for name, data in streams.items()}
    blocks: list[bytes] = []
    table: list[int] = []

    def add(data: bytes) -> int:
        start = len(blocks)
        blocks.extend(data[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(data), _SECTOR))
        table.extend([*range(start + 1, len(blocks)), _ENDS])
        return start

    def entry(name: str, kind: int, start: int, size: int) -> bytes:
        raw = name.encode("utf-16-le")
        links = struct.pack("<III", _FREE, _FREE, _FREE)
        head = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, kind, 1) + links + bytes(36)
        return head + struct.pack("<IQ", start, size)

    starts = {name: add(data) for name, data in padded.items()}
    entries = [entry("Root Entry", 5, _ENDS, 0)]
    entries += [entry(name, 2, starts[name], len(data)) for name, data in padded.items()]
    directory = add(b"".join(entries))
    own = len(blocks)
    count = 1
    while len(table) + count > count * (_SECTOR // 4):
        count += 1
    table += [_TABLE] * count
    raw = struct.pack(f"<{len(table)}I", *table)
    blocks += [raw[at : at + _SECTOR].ljust(_SECTOR, b"\xff") for at in range(0, len(raw), _SECTOR)]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<IIIIIIII", count, directory, 0, _SMALLEST, _ENDS, 0, _ENDS, 0)
    listed = struct.pack("<109I", *range(own, own + count), *[_FREE] * (109 - count))
    return head + listed + b"".join(blocks)


def record(kind: int, *fields: int, more: bytes = b"") -> bytes:
    """A record of an old workbook: fields of two bytes, and what follows them."""
    body = struct.pack(f"<{len(fields)}H", *fields) + more
    return struct.pack("<HH", kind, len(body)) + body


def old_text(text: str, counted: int) -> bytes:
    """A text with its length before it, in so many bytes."""
    return len(text).to_bytes(counted, "little") + b"\x01" + text.encode("utf-16-le")


def old_workbook(sheets: Mapping[str, bytes], formats: Sequence[str] = (), before: bytes = b"") -> bytes:
    """An xls file of the records of sheets by their names. ``formats``: the codes of the styles from 1."""
    begin = record(0x0809, 0x0600, 0x0005, 0, 0, more=bytes(8)) + before
    begin += b"".join(record(0x041E, 200 + i, more=old_text(code, 2)) for i, code in enumerate(formats))
    begin += b"".join(record(0x00E0, 0, number, more=bytes(16)) for number in (0, *range(200, 200 + len(formats))))
    size = len(begin) + sum(12 + 2 * len(name) for name in sheets) + 4
    listed, bodies = b"", b""
    for name, records in sheets.items():
        listed += record(0x0085, more=struct.pack("<IH", size + len(bodies), 0) + old_text(name, 1))
        bodies += record(0x0809, 0x0600, 0x0010, 0, 0, more=bytes(8)) + records + record(0x000A)
    return compound({"Workbook": begin + listed + record(0x000A) + bodies})


def old_number(row: int, col: int, number: float, style: int = 0) -> bytes:
    """The record of a cell with a number; row and column from 0."""
    return record(0x0203, row, col, style, more=struct.pack("<d", number))


def old_label(row: int, col: int, text: str) -> bytes:
    """The record of a cell with a text."""
    return record(0x0204, row, col, 0, more=old_text(text, 2))

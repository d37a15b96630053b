"""Tables as a workbook: a sheet a table, and before them one that says what they are.

What a sheet cannot hold is not lost: a table with more rows goes on in further sheets, a text that is longer than a
cell may be goes on in a sheet of long texts, and a number with more digits than Excel calculates with is a text. No
text becomes a formula or a link, and a character that XML has no place for is escaped as Excel itself does it.
"""

from __future__ import annotations

import datetime
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from extract import __version__
from extract.clean import width
from extract.export.table import Column, Kind, Table, plain, spelled
from extract.messages import Speaker

# What Excel holds: rows of a sheet, the header among them; characters of a cell, as UTF-16 counts them; digits.
MOST_ROWS: Final = 1_048_576
MOST_CHARACTERS: Final = 32_767
_DIGITS: Final = 15

# Writing the time would make other bytes of the same tables.
_AUTHOR: Final = "pifubiao"
_CREATED: Final = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
# So many rows tell how wide a column is, in characters; columns of keys show their beginning.
_MEASURED: Final = 1000
_NARROWEST, _WIDEST, _KEY = 7, 48, 12
# Points of a line, of the space between rows, and of the highest row there is; so many characters of a text fill that
# in any column.
_LINE, _AIR, _HIGHEST, _LONGEST = 16, 3, 409, 2000
_A4: Final = 9
_TELLING: Final = 90
_BESIDE: Final = 3  # the button of the filter, or the margins of a text

Advance = Callable[[int], None]


def is_own(path: Path) -> bool:
    """Whether a file is a workbook as an export left it: who changes one is its last author then."""
    try:
        with zipfile.ZipFile(path) as packed:
            core = packed.read("docProps/core.xml").decode("utf-8", "replace")
    except (OSError, KeyError, zipfile.BadZipFile):
        return False
    return f"<cp:lastModifiedBy>{_AUTHOR}</cp:lastModifiedBy>" in core


class Noted(NamedTuple):
    """What stands otherwise than a reader may expect: numbers as text, long texts, and sheets that go on."""

    as_text: int
    long: int
    further: int


class _Sheet(Worksheet):  # type: ignore[misc] # its package says nothing of types
    """A sheet that holds any text: the writer takes ``<r>…</r>`` for mark-up, and lets through what XML cannot hold."""

    @staticmethod
    def _escape_control_characters(data: Any) -> Any:
        text = Worksheet._escape_control_characters(data)
        if not isinstance(text, str):
            return text
        text = text.replace("\ufffe", "_xFFFE_").replace("\uffff", "_xFFFF_")
        return f'<r><t xml:space="preserve">{escape(text)}</t></r>' if _looks_marked(text) else text

    def raise_row(self, row: int, height: int) -> None:
        """Sets how high the next row is, in points; of rows that are written already it need not be known."""
        self.set_row(row, height)
        for known in (self.row_info, self.row_sizes):
            for old in [number for number in known if number < row - 1]:
                del known[old]


def _looks_marked(text: str) -> bool:
    return text.startswith("<r>") and text.endswith("</r>")


def write(tables: Sequence[Table], path: Path, say: Speaker, advance: Advance) -> Noted:
    """Writes a workbook, in the language of ``say``; ``advance`` is told how many rows more are done.

    What waits to be written lies beside the file. OSError where the disk fails.
    """
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    try:
        book.use_zip64()
        book.set_properties({"title": say("export_title"), "author": _AUTHOR, "created": _CREATED})
        writer = _Writer(book, say, advance)
        writer.fill(tables)
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        raise OSError(str(error)) from error
    finally:
        for sheet in book.worksheets():
            sheet.row_data_fh.close()
    return writer.noted


class _Writer:
    """Fills a workbook; each sheet is written row by row, several of them at a time."""

    def __init__(self, book: Any, say: Speaker, advance: Advance) -> None:
        self._book = book
        self._say = say
        self._advance = advance
        self._formats = {kind: book.add_format({"valign": "vcenter", **_LOOKS[kind]}) for kind in Kind}
        self._header = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "indent": 1, "bg_color": "#DCE6F1", "bottom": 1}
        )
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._link = book.add_format({"valign": "vcenter", "indent": 1, "font_color": "#0563C1", "underline": 1})
        self._digits = book.add_format({"valign": "vcenter", "align": "right"})
        self._wrapped = self._formats[Kind.text]
        self._as_text: Counter[tuple[str, str]] = Counter()
        self._long: Any = None
        self._long_rows = 0
        self._longs = 0
        self._sheets: list[tuple[Table, str, int]] = []

    @property
    def noted(self) -> Noted:
        """What stands otherwise than a reader may expect."""
        further = len(self._sheets) - len({table.name for table, _, _ in self._sheets})
        return Noted(self._as_text.total(), self._longs, further)

    def fill(self, tables: Sequence[Table]) -> None:
        """Writes all sheets."""
        about = self._add(self._say("export_about"))
        for table in tables:
            self._write(table)
        self._tell(about, tables)

    def _add(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name, worksheet_class=_Sheet)
        # Printed, a sheet is as wide as a page.
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    # ---- a table

    def _write(self, table: Table) -> None:
        heads = [column.head(self._say.language) for column in table.columns]
        widths = [_width_of(column, head) for column, head in zip(table.columns, heads, strict=True)]
        rows = self._rows(table, widths)
        for number in range(max(1, -(-table.rows // (MOST_ROWS - 1)))):
            name = table.head(self._say.language) + (f" ({number + 1})" if number else "")
            sheet = self._add(name)
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)
            for at, head in enumerate(heads):
                sheet.write_string(0, at, head, self._header)
            count = self._write_rows(sheet, name, table, rows, widths)
            sheet.autofilter(0, 0, count, len(heads) - 1)
            for at, own in enumerate(widths):
                sheet.set_column(at, at, own)
            self._sheets.append((table, name, count))

    def _rows(self, table: Table, widths: list[int]) -> Iterator[tuple[Any, ...]]:
        measured = 0
        for columns in table.lists():
            rows = len(columns[0])
            if measured < _MEASURED:
                measured += rows
                for at, column in enumerate(table.columns):
                    widths[at] = max(widths[at], _needed(column, columns[at][:_MEASURED]))
            yield from zip(*columns, strict=True)
            self._advance(rows)

    def _write_rows(
        self, sheet: Any, name: str, table: Table, rows: Iterator[tuple[Any, ...]], widths: Sequence[int]
    ) -> int:
        """Writes as many rows as a sheet holds; how many these are."""
        wrapped = [at for at, column in enumerate(table.columns) if column.kind is Kind.text and not _is_key(column)]
        count = 0
        for row in rows:
            count += 1
            lines = max(map(_lines, (row[at] for at in wrapped), (widths[at] for at in wrapped)), default=1)
            if lines > 1:
                sheet.raise_row(count, min(lines * _LINE + _AIR, _HIGHEST))
            for at, value in enumerate(row):
                if value is not None:
                    self._cell(sheet, (name, count, at), table, value)
            if count == MOST_ROWS - 1:
                break
        return count

    def _cell(self, sheet: Any, place: tuple[str, int, int], table: Table, value: Any) -> None:
        name, row, at = place
        column = table.columns[at]
        look = self._formats[column.kind]
        if column.kind is Kind.text:
            self._text(sheet, place, column, value)
        elif column.kind is Kind.flag:
            sheet.write_boolean(row, at, value, look)
        elif column.kind is Kind.list:
            sheet.write_string(row, at, spelled(value), look)
        elif _fits(value):
            sheet.write_number(row, at, float(value), look)
        else:
            self._as_text[name, column.head(self._say.language)] += 1
            sheet.write_string(row, at, plain(value) if isinstance(value, Decimal) else repr(value), self._digits)

    def _text(self, sheet: Any, place: tuple[str, int, int], column: Column, text: str) -> None:
        name, row, at = place
        look = self._formats[Kind.list] if _is_key(column) else self._wrapped
        if len(text) * 2 <= MOST_CHARACTERS or _units(text) <= MOST_CHARACTERS:
            sheet.write_string(row, at, text, look)
            return
        first, *others = _pieces(text)
        sheet.write_string(row, at, first, look)
        self._longs += 1
        for number, piece in enumerate(others, 2):
            self._go_on(name, row, column, number, piece)

    def _go_on(self, name: str, row: int, column: Column, number: int, piece: str) -> None:
        """Writes the further pieces of a long text; ``row`` is 0-based, as the writer counts."""
        if self._long is None:
            self._long = self._add(self._say("export_long"))
            self._long.freeze_panes(1, 0)
            self._heads(self._long, 0, ["export_sheet", "export_row", "export_column", "export_piece", "export_text"])
            for at, own in enumerate((14, 10, 18, 8, 80)):
                self._long.set_column(at, at, own)
        self._long_rows += 1
        self._long.write_string(self._long_rows, 0, name)
        self._long.write_number(self._long_rows, 1, row + 1)
        self._long.write_string(self._long_rows, 2, column.head(self._say.language))
        self._long.write_number(self._long_rows, 3, number)
        self._long.write_string(self._long_rows, 4, piece)

    # ---- the sheet that says what the others are

    def _heads(self, sheet: Any, row: int, keys: Sequence[str]) -> None:
        for at, key in enumerate(keys):
            sheet.write_string(row, at, self._say(key) if key else "", self._header)

    def _tell(self, about: Any, tables: Sequence[Table]) -> None:
        about.hide_gridlines(2)
        for at, own in enumerate((18, 20, 18, 12, _TELLING)):
            about.set_column(at, at, own)
        about.write_string(0, 0, self._say("export_title"), self._title)
        row = 1
        for line in self._lines():
            about.write_string(row, 0, line)
            row += 1
        self._heads(about, row + 1, ["export_sheet", "export_table", "export_rows", "", "export_what"])
        row += 2
        for table, name, count in self._sheets:
            about.write_url(row, 0, f"internal:'{name}'!A1", self._link, name)
            about.write_string(row, 1, table.name, self._formats[Kind.list])
            about.write_number(row, 2, count, self._formats[Kind.whole])
            about.write_string(row, 4, table.told[self._say.language], self._wrapped)
            row += 1
        self._heads(about, row + 1, ["export_sheet", "export_column", "export_field", "export_kind", "export_what"])
        row += 2
        for table in tables:
            for column in table.columns:
                texts = self._of(table, column)
                about.raise_row(row, _LINE * _lines(texts[-1], _TELLING) + _AIR)
                for at, text in enumerate(texts):
                    about.write_string(row, at, text, self._wrapped)
                row += 1
        about.activate()

    def _of(self, table: Table, column: Column) -> tuple[str, ...]:
        language = self._say.language
        kind = self._say(f"export_kind_{column.kind}")
        return table.head(language), column.head(language), column.name, kind, column.told[language]

    def _lines(self) -> Iterator[str]:
        """What a reader should know of the whole."""
        yield self._say("export_made", version=__version__)
        yield self._say("export_note")
        for (name, head), count in self._as_text.items():
            yield self._say("export_note_digits", count=count, sheet=name, column=head)
        if self._longs:
            yield self._say("export_note_long", count=self._longs, sheet=self._say("export_long"))
        if self.noted.further:
            yield self._say("export_note_further", rows=MOST_ROWS - 1)


_LOOKS: Final[dict[Kind, dict[str, Any]]] = {
    Kind.text: {"text_wrap": True, "indent": 1},
    Kind.whole: {"num_format": "0"},
    Kind.money: {"num_format": "#,##0.00"},
    Kind.decimal: {},
    Kind.real: {},
    Kind.flag: {"align": "center", "num_format": '"TRUE";"TRUE";"FALSE"'},
    Kind.list: {"indent": 1},
}


def _fits(value: Any) -> bool:
    """Whether Excel holds a number as it is: it calculates with 15 digits."""
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") == value
    if isinstance(value, int):
        return abs(value) < 10**_DIGITS
    return len(f"{value:f}".replace(".", "").strip("-0")) <= _DIGITS


def _units(text: str) -> int:
    """The characters of a text as Excel counts them."""
    return len(text.encode("utf-16-le")) // 2


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces that a cell holds; no character is cut in two."""
    step = MOST_CHARACTERS // 2
    for start in range(0, len(text), step):
        yield text[start : start + step]


def _lines(text: str | None, room: int) -> int:
    """How many lines of a column so wide a text takes; programs other than Excel do not find out by themselves."""
    if text is None or (len(text) * 2 < room and "\n" not in text):
        return 1
    return sum(max(1, -(-width(line) // (room - _BESIDE))) for line in text[:_LONGEST].split("\n"))


def _is_key(column: Column) -> bool:
    return column.name.endswith(("_id", "_sha256"))


def _width_of(column: Column, head: str) -> int:
    """The least width of a column: that of its head, which may be broken over lines."""
    return max(_NARROWEST, min(width(head) + _BESIDE, 16), _KEY if _is_key(column) else 0)


def _needed(column: Column, values: Sequence[Any]) -> int:
    if _is_key(column):
        return _KEY
    shown = (_shown(column.kind, value) for value in values if value is not None)
    return min(_WIDEST, max((width(text) for text in shown), default=0) + _BESIDE)


def _shown(kind: Kind, value: Any) -> str:
    if kind is Kind.money:
        return f"{value:,.2f}"
    if kind is Kind.list:
        return spelled(value)
    if isinstance(value, Decimal):
        return plain(value)
    return str(value)[:_WIDEST]

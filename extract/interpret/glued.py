"""Forms whose cells ran together with nothing between them, whole in one line or a row a line.

Where words of an indicator table's header stand side by side in one cell, the text around it is cut anew: the head by
its labels, the funding by its sums, the table by what its cells look like and the order of its columns. Each cell
points at its slice of the line. What only likelihood cut has a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from extract.interpret.glued_body import BodyReader
from extract.interpret.glued_head import HeadWords, segments
from extract.interpret.glued_top import TopReader
from extract.interpret.glued_words import Lexicon, folded
from extract.interpret.indicators import IndicatorReader
from extract.interpret.sections import Scanner
from extract.model import Cell, Finding, Row
from extract.places import cut

_FEW_CELLS: Final = 3
_SHORTEST: Final = 8
_LONGEST_TITLE: Final = 80
_SENTENCE_END: Final = frozenset("。！？；")


class Unglued(NamedTuple):
    """The rows with glued ones cut, and the doubts about the cuts."""

    rows: list[Row]
    findings: list[Finding]


class _Header(NamedTuple):
    """A header within a cell: its row, its cell there, and its place in that cell's text."""

    row: int
    cell: int
    start: int
    end: int


class Ungluer:
    """Cuts the glued forms among rows, by one vocabulary."""

    def __init__(self, scanner: Scanner, indicators: IndicatorReader) -> None:
        self.scanner = scanner
        self.indicators = indicators
        self.lexicon = Lexicon(scanner.vocabulary)
        self.head_words = HeadWords(scanner)
        self.body = BodyReader(self.lexicon)

    def __call__(self, rows: Sequence[Row]) -> Unglued:
        """The rows, those of glued forms cut into the cells that they once were."""
        headers = self._headers(rows)
        if not headers:
            return Unglued(list(rows), [])
        whole = (
            [piece for row in rows for piece in self._by_cells(row)] if any(len(r.cells) > 1 for r in rows) else rows
        )
        apart, findings = self._one_each(whole, headers if whole is rows else self._headers(whole))
        if len(apart) > len(rows):
            rows, headers = apart, self._headers(apart)
        done: list[Row] = []
        at = 0
        for i, header in enumerate(headers):
            if header.row < at:
                continue
            stop = headers[i + 1].row if i + 1 < len(headers) else len(rows)
            stop = self._next_form(rows, header.row + 1, stop)
            title = self._next_form(rows, at, header.row + 1)
            begin = title if title <= header.row else at
            one = self._form(rows[begin:stop], header._replace(row=header.row - begin))
            # What stands above the title is none of the form.
            done += rows[at:begin]
            done += one.rows if one is not None else rows[begin:stop]
            findings += one.findings if one is not None else []
            at = stop
        return Unglued([*done, *rows[at:]], findings)

    def _headers(self, rows: Sequence[Row]) -> list[_Header]:
        return [
            found
            for i, row in enumerate(rows)
            if len(row.cells) <= _FEW_CELLS and (found := self._header(i, row)) is not None
        ]

    def _one_each(self, rows: Sequence[Row], headers: Sequence[_Header]) -> tuple[list[Row], list[Finding]]:
        """The rows, those of one cell that hold several forms cut at the titles behind a sentence's end.

        A finding where a second header has no such title before it: its form is read as part of the first one.
        """
        found = list(rows)
        doubts: list[Finding] = []
        for header in reversed(headers):
            cell = rows[header.row].cells[header.cell]
            text = folded(cell.text)
            second = self.lexicon.header(text, header.end)
            starts = [0]
            while second is not None:
                start = self._title_within(text, starts[-1] + 1, second[0])
                if start > 0 and len(rows[header.row].cells) == 1:
                    starts.append(start)
                else:
                    piece = cut(cell, *second)
                    doubts.append(Finding("row_unread", "indicators", None, None, {"text": piece.text[:40]}, piece))
                second = self.lexicon.header(text, second[1])
            if len(starts) > 1:
                pieces = [cut(cell, *span) for span in pairwise([*starts, len(cell.text)])]
                found[header.row : header.row + 1] = [rows[header.row].changed(cells=[piece]) for piece in pieces]
        return found, doubts

    def _by_cells(self, row: Row) -> list[Row]:
        """A row, taken apart where a cell begins with a title and holds a form of its own."""
        if not 1 < len(row.cells) <= _FEW_CELLS:
            return [row]
        starts = [
            i
            for i, cell in enumerate(row.cells)
            if i
            and self.head_words.begins_with_title(folded(cell.text[:_LONGEST_TITLE]))
            and self._header(0, row.changed(cells=[cell])) is not None
        ]
        spans = pairwise([0, *starts, len(row.cells)])
        return [row.changed(cells=row.cells[start:end]) for start, end in spans] if starts else [row]

    def _title_within(self, text: str, start: int, stop: int) -> int:
        """Where the last title begins that stands right behind the end of a sentence; -1 for nowhere."""
        for at in range(stop - 1, start - 1, -1):
            if text[at - 1] in _SENTENCE_END and self.head_words.begins_with_title(text[at : at + _LONGEST_TITLE]):
                return at
        return -1

    def has_header(self, rows: Sequence[Row]) -> bool:
        """Whether the words of a header of indicators touch in any row."""
        return any(self._header(i, row) is not None for i, row in enumerate(rows))

    def _header(self, at: int, row: Row) -> _Header | None:
        cells = row.cells
        if len(cells) > _FEW_CELLS:
            return None
        for i, cell in enumerate(cells):
            text = cell.text
            if len(text) > _SHORTEST and "指标" in text:
                text = folded(text)
                found = self.lexicon.header(text)
                if found is not None:
                    return _Header(at, i, self._first_column(text, *found), found[1])
        return None

    def _first_column(self, text: str, start: int, end: int) -> int:
        """Where the header begins: 绩效指标, the label of its section, may be the word of a column as well."""
        words = self.lexicon.columns(text, start, end)
        labelled = len(words) > 1 and words[0][2] == "name" and words[1][2] == "level1"
        return words[1][0] if labelled else start

    def _next_form(self, rows: Sequence[Row], start: int, stop: int) -> int:
        """The row of the title at which the next form begins."""
        for i in range(start, stop):
            found = segments(folded(rows[i].cells[0].text)[:_LONGEST_TITLE], self.head_words, -1)
            if found and found[0].mark is not None and found[0].mark.kind == "title":
                return i
        return stop

    def _form(self, rows: Sequence[Row], header: _Header) -> Unglued | None:
        """One form's rows, cut; None where what stands below the header is no table of indicators."""
        row = rows[header.row]
        cell = row.cells[header.cell]
        heads = self._heads(cell, header, row.page)
        columns = self.indicators.all_columns(heads)
        rest = [cut(cell, header.end, len(cell.text)), *row.cells[header.cell + 1 :]]
        body = [row.changed(cells=[piece for piece in rest if piece.text.strip()])]
        read = self.body.read([one for one in [*body, *rows[header.row + 1 :]] if one.cells], columns)
        if read is None:
            return None
        above = [*row.cells[: header.cell], cut(cell, 0, header.start)]
        top = TopReader(self.head_words)
        last = row.changed(cells=[piece for piece in above if piece.text.strip()])
        top.read([one for one in [*rows[: header.row], last] if one.cells])
        return Unglued([*top.rows, *heads, *read[0]], [*top.findings, *read[1]])

    def _heads(self, cell: Cell, header: _Header, page: int) -> list[Row]:
        """The rows of the header: a second one begins at a first level that stands behind other columns."""
        words = self.lexicon.columns(folded(cell.text), header.start, header.end)
        rows: list[list[Cell]] = [[]]
        for start, end, role in words:
            word = cut(cell, start, end)
            if role == "level1" and len(rows[-1]) > 1:
                rows.append([])
            rows[-1].append(word._replace(col=len(rows[-1])))
        return [Row(cells[0].line, cells, len(cells), page) for cells in rows]

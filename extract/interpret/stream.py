"""Texts without cell boundaries: a page printed in reading order, or one cell a line, as the rows of a form.

Nothing separates cells there but blanks and the ends of lines, cells are broken where they were full, and what spans
rows stands wherever the tool put it. The printed words are put together first (``stream_words``); they tell the
sections apart (``stream_form``). What is left are the texts and figures of the cells, and each section has its own way
to share them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from extract.interpret.kinds import Kinds
from extract.interpret.layout import LayoutReading
from extract.interpret.sections import Scanner
from extract.interpret.stream_form import HEADER_WORDS, StreamForm, Words
from extract.interpret.stream_rows import StreamRows
from extract.interpret.stream_tokens import tokens
from extract.interpret.stream_words import Lexicon, words
from extract.model import Row
from extract.vocabulary import Vocabulary

_MANY_BLANKS: Final = 40
_FEWEST_LINES: Final = 20
_LINES_A_SEPARATED: Final = 20


def may_be_stream(rows: Sequence[Row]) -> bool:
    """Whether rows may be a stream: many lines, and hardly a separator between cells."""
    if len(rows) < _FEWEST_LINES or any(row.width > 1 for row in rows):
        return False
    if any(row.cells[0].text.count(" ") >= _MANY_BLANKS for row in rows):
        # A line of so many words is a form that ran together.
        return False
    if sum(row.cells[0].start > 0 for row in rows) * 2 > len(rows):
        # Text browsers indent all lines of a page.
        return False
    return sum(row.width == 0 for row in rows) * _LINES_A_SEPARATED <= len(rows)


class StreamReader:
    """Reads streams by one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, scanner: Scanner, kinds: Kinds) -> None:
        self.words = Words(vocabulary, scanner, kinds)
        self.scanner = scanner
        self.lexicon = Lexicon(vocabulary)

    def ranges(self, rows: Sequence[Row], last: int) -> list[tuple[int, int]]:
        """The lines (1-based, half-open) of each form: one begins at a title behind the header of another."""
        starts = [1]
        titles = columns = 0
        for row in rows:
            text = row.cells[0].text
            if self.scanner.meaning(text).kind == "title":
                titles += 1
                if titles > 1 and columns >= HEADER_WORDS:
                    starts.append(row.line)
                    columns = 0
            columns += sum(map(self.scanner.is_column, text.split()))
        return list(pairwise([*starts, last + 1]))

    def read(self, lines: Sequence[str], first_line: int) -> LayoutReading | None:
        """The rows of one form; None where its header of indicators is not found. ``first_line``: 1-based."""
        stream = tokens(lines, first_line)
        found = words(stream, self.lexicon)
        form = StreamForm(self.words, lines, first_line, stream, found)
        if form.begins < 0:
            return None
        rows, doubts = form.read()
        indicators, more = StreamRows(form).read()
        return LayoutReading(rows + indicators, (*doubts, *more))

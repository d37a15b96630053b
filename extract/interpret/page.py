"""Texts that were taken out of printed pages (PDF), turned into the rows that an unwrapped dump would have.

There a cell's lines stand about where they stand on the page; what is exact is the order within lines and of lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from extract.interpret.kinds import Kinds
from extract.interpret.layout import LayoutReading
from extract.interpret.page_blocks import blocks_of, opens_form
from extract.interpret.page_funding import funding
from extract.interpret.page_parts import facts, goals, notes, plain, tasks
from extract.interpret.page_pieces import page_lines
from extract.interpret.page_table import indicator_table
from extract.interpret.sections import Scanner
from extract.model import Finding, Row

# What separates the cells of other tables.
_WIDEST_TITLE: Final = 2
_SEPARATORS: Final = ("\t", "|", "│", "┃", "║")


def is_page(lines: Sequence[str]) -> bool:
    """Whether the lines of a form may be those of a printed page."""
    if any(sign in line for sign in _SEPARATORS for line in lines):
        return False
    indented = sum(line.startswith(("   ", "\f  ")) for line in lines)
    indents = Counter(len(line) - len(line.lstrip()) for line in lines if line and not line.isspace())
    usual, count = indents.most_common(1)[0] if indents else (0, 0)
    if usual and count * 2 > indents.total():
        # Text browsers indent all lines alike.
        return False
    return indented * 4 > sum(not line.isspace() and bool(line) for line in lines)


def page_forms(rows: Sequence[Row], known: Sequence[tuple[int, int]], scanner: Scanner) -> list[tuple[int, int]]:
    """The half-open ranges of rows that are a form each, where words may be broken over lines so that few are known.

    A form begins at a title that has amounts, or facts, between it and the next header of indicators.
    """
    titles = [
        at
        for at, row in enumerate(rows)
        if len(row.cells) <= _WIDEST_TITLE and scanner.meaning(row.cells[0].text).kind == "title"
    ]
    starts = {start for start, _ in known}
    for at, end in pairwise([*titles, len(rows)]):
        if opens_form([row.cells for row in rows[at + 1 : end]], scanner.profile):
            starts.add(at)
    return list(pairwise([*sorted(starts), len(rows)]))


def read_page(lines: Sequence[str], first_line: int, kinds: Kinds) -> LayoutReading | None:
    """The logical rows of one form; None where its lines hold no indicator table that can be found."""
    vocabulary = kinds.vocabulary
    found = blocks_of(page_lines(lines, first_line), vocabulary)
    if found is None:
        return None
    profile = vocabulary.profile
    rows = plain(found.head) + facts(found.facts, profile)
    doubts: list[Finding] = []
    table = indicator_table(found.header, found.indicators, kinds, vocabulary)
    for part in (funding(found.funding, profile), goals(found.goals, profile), tasks(found.tasks, profile), table):
        rows += part.rows
        doubts += part.doubts
    rows += notes(found.notes, profile)
    return LayoutReading(rows, tuple(doubts), exact=False, free=True)

"""Rows of indicators of a ruled table: what is no row of it, and rows that line breaks within cells cut.

Converters end lines with two blanks, and where a cell had a line break they do so as well. How many cells a row has at
least is told by the header: what stands behind the levels is in every row, blank or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from extract.clean import width
from extract.interpret.broken import together
from extract.interpret.sections import Scanner, Sections
from extract.model import Row

_MARK: Final = "  "
_SENTENCE_END: Final = ("。", "！", "？", "；")


def tidy(sections: Sections, scanner: Scanner, lines: Sequence[str]) -> None:
    """Takes lines behind the table off the indicators, and puts broken rows together."""
    sections.tasks[:] = _whole_names(sections.tasks, scanner, lines)
    _cut_tail(sections.indicators)
    if sections.headers:
        sections.indicators[:] = _mended(sections.indicators, sections.headers[0], scanner, lines)


def _whole_names(rows: Sequence[Row], scanner: Scanner, lines: Sequence[str]) -> list[Row]:
    """Tasks, with a name put together whose beginning stands in a line of its own.

    That line goes on with the content above where this neither ends nor is cut.
    """
    limits = scanner.profile.cuts["task_content"]
    found: list[Row] = []
    for row in rows:
        before = found[-1] if found else None
        if before is not None and len(before.cells) == 1 < len(row.cells) and before.width <= 1:
            above = found[-2].cells[-1].text if len(found) > 1 else "。"
            ended = above.endswith(_SENTENCE_END) or any(limit - 1 <= width(above) <= limit for limit in limits)
            if ended and row.line == before.line + 1 and lines[before.line - 1].endswith(_MARK):
                found[-1] = together(before, row)
                continue
        found.append(row)
    return found


def _cut_tail(rows: list[Row]) -> None:
    """Takes off the lines of text that stand behind the last row: they are none of the table."""
    last = max((i for i, row in enumerate(rows) if len(row.cells) > 1), default=len(rows))
    if all(row.width <= 1 for row in rows[last + 1 :]):
        del rows[last + 1 :]


def _mended(rows: Sequence[Row], header: Row, scanner: Scanner, lines: Sequence[str]) -> list[Row]:
    """The rows, with those put together of which only pieces stand in a line."""
    levels = sum(scanner.is_level(cell.text) for cell in header.cells)
    least = len(header.cells) - levels
    found: list[Row] = []
    waiting: Row | None = None
    for row in rows:
        whole = together(waiting, row) if waiting is not None else row
        if waiting is not None and (whole.width > len(header.cells) + 1 or _is_label(row, scanner)):
            found.append(waiting)
            whole = row
        waiting = None
        if 0 < whole.width < least and lines[row.line - 1].endswith(_MARK):
            waiting = whole
        else:
            found.append(whole)
    return [*found, waiting] if waiting is not None else found


def _is_label(row: Row, scanner: Scanner) -> bool:
    return scanner.vocabulary.label(row.cells[0].text) is not None

"""Titles in several lines that only line breaks of HTML part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from extract.interpret.sections import Scanner
from extract.model import Cell, Row
from extract.places import join, pieces

# A break between two lines of one paragraph, with what opens or closes a font beside it.
_FONT: Final = r"(?:\s|</?(?:b|strong|span|font|big|u)\b[^<>]{0,300}>)*"
_BREAK: Final = re.compile(rf"{_FONT}<br\b[^<>]{{0,100}}>{_FONT}", re.IGNORECASE)
# A title has no more lines.
_LINES: Final = 4


def with_whole_title(rows: Sequence[Row], at: int, lines: Sequence[str], title: Row, scanner: Scanner) -> Row:
    """A title's row, its first cell together with the rows above that nothing but a break parts from it.

    ``rows``: of the whole text; ``at``: the title's place among them; ``lines``: of the source. Years, fields and
    furniture (附件1) are no part of a title.
    """
    found = title.cells[:1]
    for row in reversed(rows[max(0, at - _LINES) : at]):
        text = row.cells[0].text
        if len(row.cells) > 1 or scanner.meaning(text).kind or scanner.profile.is_furniture(text):
            break
        if not _BREAK.fullmatch(_between(row.cells[0], found[0], lines)):
            break
        found.insert(0, row.cells[0])
    return title.changed(cells=[join(found), *title.cells[1:]]) if len(found) > 1 else title


def _between(above: Cell, below: Cell, lines: Sequence[str]) -> str:
    """What stands in the source between two cells that follow one another."""
    last, first = pieces(above)[-1], pieces(below)[0]
    if last.line == first.line:
        return lines[first.line - 1][last.end : first.start]
    return "\n".join(
        [lines[last.line - 1][last.end :], *lines[last.line : first.line - 1], lines[first.line - 1][: first.start]]
    )

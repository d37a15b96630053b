"""Titles in several lines: line breaks of HTML part them, or a break cuts the words for what kind of form it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from extract.clean import squash
from extract.interpret.sections import Scanner
from extract.model import Cell, Row
from extract.places import join, pieces

# A break between two lines of one paragraph, with what opens or closes a font beside it.
_FONT: Final = r"(?:\s|</?(?:b|strong|span|font|big|u)\b[^<>]{0,300}>)*"
_BREAK: Final = re.compile(rf"{_FONT}<br\b[^<>]{{0,100}}>{_FONT}", re.IGNORECASE)
# What no title begins with: brackets around anything but a year.
_BRACKET: Final = re.compile(r"\((?!\d)")
# 部门（单位）整体支出: what a word for a kind of form has in the middle.
_ASIDE: Final = re.compile(r"\([^()]{0,10}\)")
# A title has no more lines.
_LINES: Final = 4


def with_whole_title(rows: Sequence[Row], at: int, lines: Sequence[str], title: Row, scanner: Scanner) -> Row:
    """A title's row, its first cell together with the rows above that nothing but a break parts from it.

    ``rows``: of the whole text; ``at``: the title's place among them; ``lines``: of the source. Years, fields and
    furniture (附件1) are no part of a title. A break may be any where a word for a kind of form is whole only with what
    stands above it: 部门 / 整体支出绩效目标批复表.
    """
    found = title.cells[:1]
    for row in reversed(rows[max(0, at - _LINES) : at]):
        text = row.cells[0].text
        if len(row.cells) > 1:
            break
        cut = row.cells[0].line + 1 == found[0].line and _is_cut(text, found[0].text, scanner)
        apart = scanner.meaning(text).kind or scanner.profile.is_furniture(text)
        if not cut and (apart or not _BREAK.fullmatch(_between(row.cells[0], found[0], lines))):
            break
        found.insert(0, row.cells[0])
    return title.changed(cells=[join(found), *title.cells[1:]]) if len(found) > 1 else title


def _is_cut(above: str, below: str, scanner: Scanner) -> bool:
    """Whether a word for a kind of form, or for whose it is, or what is in brackets stands in both texts."""
    whole, at = squash(above + below), len(squash(above))
    if _open(whole[:at]) > 0 > _open(whole[at:]) or _BRACKET.match(whole, at):
        return True
    whole, at = _ASIDE.sub("", whole), len(_ASIDE.sub("", whole[:at]))
    return any(
        word[:size] == whole[at - size : at] and whole.startswith(word, at - size)
        for word in (*scanner.profile.kinds, *scanner.profile.section_prefixes)
        for size in range(1, min(len(word), at + 1))
    )


def _open(text: str) -> int:
    """By how many brackets more are opened than closed in a squashed text."""
    return text.count("(") - text.count(")")


def _between(above: Cell, below: Cell, lines: Sequence[str]) -> str:
    """What stands in the source between two cells that follow one another."""
    last, first = pieces(above)[-1], pieces(below)[0]
    if last.line == first.line:
        return lines[first.line - 1][last.end : first.start]
    return "\n".join(
        [lines[last.line - 1][last.end :], *lines[last.line : first.line - 1], lines[first.line - 1][: first.start]]
    )

"""Tasks with amounts beside them: 任务名称 | 主要内容 | 预算金额（万元）, and a row of sums at their end.

Departments of some provinces state no money but this: the sums are the form's funding. What a single task costs has no
column in the tables, and is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile
from typing import Final, NamedTuple

from extract.clean import squash
from extract.interpret.broken import continues, together
from extract.interpret.funding import header_word
from extract.interpret.singles import words
from extract.model import Cell, Row
from extract.places import cut
from extract.vocabulary import FormProfile

# The header stands in one of the first rows, behind what a page may print before it.
_HEADER_ROWS: Final = 3
_BLANK: Final = frozenset("-—－–/")


class Costed(NamedTuple):
    """The rows of the tasks without their amounts, and the rows of the funding that stood among them."""

    tasks: Sequence[Row]
    funding: Sequence[Row]


def costed(rows: Sequence[Row], profile: FormProfile) -> Costed:
    """The rows of a section of tasks taken apart; as they are where no amounts stand beside the tasks."""
    top = [_parted(row) for row in rows[:_HEADER_ROWS]]
    if not any(squash(row.cells[0].text) in profile.task_columns and _is_costed(row, profile) for row in top):
        return Costed(rows, ())
    rows = _mended(rows, profile)
    at = next((i for i, row in enumerate(rows[:_HEADER_ROWS]) if _words(_parted(row), profile) is not None), None)
    if at is None:
        return Costed(rows, ())
    header = _parted(rows[at])
    first = _words(header, profile) or 0
    below = list(takewhile(lambda row: _all_money(row.cells, profile), map(_parted, rows[at + 1 :])))
    heads = [header.changed(cells=header.cells[first:]), *below]
    most = max(len(row.cells) for row in heads)
    tasks, sums = [*rows[:at], header.changed(cells=header.cells[:first])], []
    for row in rows[at + 1 + len(below) :]:
        text, amounts = _apart(row, most, profile)
        if not amounts:
            tasks.append(row)
        elif len(text) <= 1 and (not text or squash(text[0].text) in profile.sum_rows):
            sums.append(row.changed(cells=amounts))
        else:
            tasks.append(row.changed(cells=text))
    return Costed(tasks, (*heads, *sums) if sums else ())


def _is_costed(row: Row, profile: FormProfile) -> bool:
    """Whether a header of tasks ends with what is no word over them."""
    return squash(row.cells[-1].text) not in profile.task_columns


def _mended(rows: Sequence[Row], profile: FormProfile) -> Sequence[Row]:
    """The rows; a header whose last word a line break cut (预 / 算金额（万元）) is put together."""
    for at, (row, rest) in enumerate(pairwise(rows)):
        known = [squash(cell.text) in profile.task_columns for cell in row.cells]
        if (
            known[0]
            and len(known) > 1
            and len(rest.cells) == 1
            and continues(rest)
            and all(known[:-1])
            and not known[-1]
        ):
            whole = together(row, rest)
            if _words(whole, profile) is not None:
                return [*rows[:at], whole, *rows[at + 2 :]]
    return rows


def _parted(row: Row) -> Row:
    """The row; one of a single cell is cut at its blanks, which some tools put between cells."""
    return row.changed(cells=words(row.cells[0])) if len(row.cells) == 1 and " " in row.cells[0].text else row


def _words(row: Row, profile: FormProfile) -> int | None:
    """Where in a header of tasks the words over amounts begin; None where it is no such header."""
    if squash(row.cells[0].text) not in profile.task_columns:
        return None
    money = [bool(header_word(cell.text, profile)) for cell in row.cells]
    first = max((at for at, is_money in enumerate(money, 1) if not is_money), default=0)
    return first if 0 < first < len(money) else None


def _all_money(cells: Sequence[Cell], profile: FormProfile) -> bool:
    return all(header_word(cell.text, profile) for cell in cells)


def _apart(row: Row, most: int, profile: FormProfile) -> tuple[list[Cell], list[Cell]]:
    """The cells of a row up to the amounts at its end, and these; a stroke stands for a blank one."""
    cells = _parted(row).cells
    at = len(cells)
    while at and len(cells) - at < most and _is_amount(cells[at - 1].text, profile):
        at -= 1
    text = cells[:at]
    if len(row.cells) == 1 and len(text) > 1:
        # The first blank parts name and content, others stand within it.
        whole, name = row.cells[0], text[0]
        end = len(whole.text) - sum(len(cell.text) + 1 for cell in cells[at:])
        text = [name, cut(whole, len(name.text) + 1, end)]
    return text, [cell for cell in cells[at:] if not _BLANK.issuperset(cell.text)]


def _is_amount(text: str, profile: FormProfile) -> bool:
    return _BLANK.issuperset(text) or profile.money.amount.match(text) is not None

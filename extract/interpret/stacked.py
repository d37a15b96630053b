"""Labels broken over lines: 项目完成 / 指标, 总 / 体 / 目 / 标.

Narrow label columns are printed a few characters a line. Pieces that stand below one another and together are a label
of the form, while the first of them is none, are that label.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from extract.clean import squash
from extract.interpret.broken import together
from extract.interpret.funding import column_of, states_amount
from extract.interpret.sections import Scanner
from extract.model import Cell, Row
from extract.places import join, pieces

_LONGEST_PIECE: Final = 6
_MOST_PIECES: Final = 10
# So long a word before an amount is whole.
_A_WORD: Final = 4
# What can only begin a row of its own.
_BEGINS: Final = frozenset({"section", "title", "year"})
_LONGEST_TITLE_PIECE: Final = 24


def whole_labels(rows: Sequence[Row], scanner: Scanner) -> list[Row]:
    """The rows, with the pieces of broken labels put together in the row of the first piece."""
    return _stacked(_with_rest(rows, scanner), scanner)


def _with_rest(rows: Sequence[Row], scanner: Scanner) -> Sequence[Row]:
    """The rows; one whose last cell is a label only with the first one of the next line goes on there."""
    ends = []
    for at, (row, rest) in enumerate(pairwise(rows)):
        cell = rest.cells[0]
        if not cell.col and cell.start <= row.cells[0].start and _goes_on(row, rest, scanner):
            ends.append(at)
    if not ends:
        return rows
    found = list(rows)
    for at in reversed(ends):
        found[at : at + 2] = [together(found[at], found[at + 1])]
    return found


def _goes_on(row: Row, rest: Row, scanner: Scanner) -> bool:
    cells = rest.cells
    if cells[0].text[-1] in ")）" and _is_unclosed(row, rest, scanner):
        return True
    return len(cells) > 1 and len(row.cells[-1].text) <= _LONGEST_PIECE and _is_broken(row, rest, scanner)


def _is_unclosed(row: Row, rest: Row, scanner: Scanner) -> bool:
    """Whether a label, whose brackets are closed in the next line, opens them in this one: 支出预算总量（万 / 元）."""
    first, second = row.cells[-1].text, rest.cells[0].text
    if len(second) > _LONGEST_PIECE or rest.line != row.line + 1:
        return False
    open_at = max(first.rfind("("), first.rfind("（"))
    return (
        open_at > max(first.rfind(")"), first.rfind("）")) and scanner.profile.money.stated(first + second) is not None
    )


def _is_broken(row: Row, rest: Row, scanner: Scanner) -> bool:
    """Whether a label is broken over two lines, the lower of which holds the rest of the row."""
    if rest.line != row.line + 1 or rest.cells[0].col or not rest.width:
        return False
    first, second = row.cells[-1].text, rest.cells[0].text
    if second in scanner.vocabulary.suffixes and scanner.vocabulary.label(first) is not None:
        return True
    kind = scanner.meaning(first).kind
    if second[0] in "(（" and second[-1] in ")）" and kind == "section":
        return True
    if len(second) > _LONGEST_PIECE or kind not in ("", "column") or scanner.meaning(second).kind in _BEGINS:
        return False
    if _states(rest, scanner):
        return False
    whole = first + second
    if kind == "column" and squash(whole) not in scanner.profile.columns:
        return False
    if scanner.meaning(whole).kind in ("section", "field"):
        return True
    label = scanner.vocabulary.label
    if label(whole) is not None and label(first) is None and label(second) is None:
        return True
    words = scanner.profile.task_columns
    if squash(whole) in words and squash(rest.cells[1].text) in words:
        return True
    beside = (row.cells[:-1][-2:], rest.cells[1:3])
    return _is_header_word(whole, scanner) and all(
        not cells or any(_is_header_word(cell.text, scanner) for cell in cells) for cells in beside
    )


def _is_header_word(text: str, scanner: Scanner) -> bool:
    """Whether a text stands over a column of indicators, or over one of a project's own in a wide table."""
    meaning = scanner.meaning(text)
    return (
        scanner.is_level(text)
        or scanner.is_column(text)
        or meaning.kind == "field"
        or (meaning.kind == "section" and meaning.name == "goals")
        or column_of(text, scanner.profile) is not None
    )


def _stacked(rows: Sequence[Row], scanner: Scanner) -> list[Row]:
    """The rows, with labels that stand below one another, a piece a line, put together."""
    suffixes = scanner.vocabulary.suffixes
    for row in rows:
        first = row.cells[0].text
        if first in suffixes or (len(first) <= _LONGEST_PIECE and row.width <= 1 and len(row.cells) == 1):
            break
    else:
        return list(rows)
    found: list[Row] = []
    at = 0
    while at < len(rows):
        row = rows[at]
        taken = _taken(rows, at, scanner) if _may_begin(rows, at, scanner) else 0
        taken = taken or (2 if _is_broken_title(rows, at, scanner) else 0)
        if taken:
            label = join([row.cells[-1], *(rows[at + i].cells[0] for i in range(1, taken))])
            row = row.changed(cells=[*row.cells[:-1], label])
        at += max(1, taken)
        if at < len(rows) and _ends_a_label(row, rows[at], rows[at - 1].line, scanner):
            row = together(row, rows[at])
            at += 1
        found.append(row)
    return found


def _ends_a_label(row: Row, below: Row, line: int, scanner: Scanner) -> bool:
    """Whether the row below, which is more than a piece, begins with the rest of the label that a row ends in."""
    last, rest = row.cells[-1].text, below.cells[0].text
    if len(below.cells) == 1 or below.line != line + 1 or len(last) > _LONGEST_PIECE or len(rest) > _LONGEST_PIECE:
        return False
    if rest in scanner.vocabulary.suffixes:
        return _is_label(last + rest, scanner)
    alone = len(row.cells) == 1 and row.width <= 1
    if not alone or _is_label(last, scanner) or scanner.meaning(rest).kind in ("section", "field"):
        return False
    return _is_label(last + rest, scanner) or scanner.meaning(last + rest).kind == "field"


def whole_words(rows: Sequence[Row], scanner: Scanner) -> list[Row]:
    """The rows of a ruled table, those put together that a line break within a printed word (基本 / 支出) cut apart."""
    found: list[Row] = []
    line = 0
    for row in rows:
        if found and row.line == line + 1 and _is_cut_word(found[-1], row, scanner):
            found[-1] = together(found[-1], row)
        else:
            found.append(row)
        line = pieces(row.cells[-1])[-1].line
    return found


def _is_cut_word(row: Row, below: Row, scanner: Scanner) -> bool:
    last, rest = row.cells[-1], below.cells[0]
    if len(last.text) > _LONGEST_PIECE or len(rest.text) > _LONGEST_PIECE or rest.col or last.col < row.width - 1:
        return False
    if len(row.cells) > 1 and scanner.meaning(row.cells[-2].text).kind == "field":
        # What stands behind the label of a field is its value.
        return False
    words = scanner.is_word(last.text), scanner.is_word(rest.text)
    return not all(words) and not _states(below, scanner) and scanner.is_word(last.text + rest.text)


def _states(row: Row, scanner: Scanner) -> bool:
    """Whether a row begins with a whole word for an amount, and the amount."""
    return len(row.cells[0].text) >= _A_WORD and states_amount(row, scanner.profile) == 0


def _is_broken_title(rows: Sequence[Row], at: int, scanner: Scanner) -> bool:
    """Whether a line and the one below it are a title, of which the lower one alone does not say the kind of form."""
    if at + 1 == len(rows) or len(rows[at].cells[0].text) > _LONGEST_TITLE_PIECE:
        return False
    first, second = rows[at], rows[at + 1]
    if first.width > 1 or len(first.cells) > 1 or not _is_piece_of_title(second, first):
        return False
    text, rest = squash(first.cells[0].text), squash(second.cells[0].text)
    if scanner.meaning(rest).kind != "title" or scanner.meaning(text).kind:
        return False
    kinds = scanner.profile.kinds
    return not any(word in rest for word in kinds) and any(text.endswith(word) for word in kinds)


def _is_piece_of_title(row: Row, before: Row) -> bool:
    return len(row.cells) == 1 and row.width <= 1 and row.line == before.line + 1


def _may_begin(rows: Sequence[Row], at: int, scanner: Scanner) -> bool:
    """Whether a label may begin in the last cell of a row: a short text behind nothing but labels.

    It is no label itself, or one whose ending (指标) stands alone in the next row.
    """
    row = rows[at]
    last = row.cells[-1]
    if row.width > 1 or len(last.text) > _LONGEST_PIECE:
        return False
    if _is_label(last.text, scanner):
        ending = rows[at + 1].cells if at + 1 < len(rows) else []
        if len(ending) != 1 or ending[0].text not in scanner.vocabulary.suffixes:
            return False
    return all(_is_label(cell.text, scanner) for cell in row.cells[:-1])


def _taken(rows: Sequence[Row], at: int, scanner: Scanner) -> int:
    """How many rows the label that begins in a row takes up; 0 where none begins there."""
    text = rows[at].cells[-1].text
    best = 0
    for count in range(2, _MOST_PIECES + 1):
        if at + count > len(rows) or not _is_piece(rows[at + count - 1], rows[at + count - 2]):
            break
        text += rows[at + count - 1].cells[0].text
        if _is_label(text, scanner):
            best = count
    return best


def _is_piece(row: Row, before: Row) -> bool:
    cell: Cell = row.cells[0]
    return len(row.cells) == 1 and row.width <= 1 and len(cell.text) <= _LONGEST_PIECE and row.line == before.line + 1


def _is_label(text: str, scanner: Scanner) -> bool:
    return bool(scanner.section_of(squash(text).rstrip(":"))) or scanner.vocabulary.label(text) is not None

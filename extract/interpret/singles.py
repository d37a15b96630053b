"""Rows in which single blanks separate cells, as text browsers print them.

A single blank separates cells only where both sides are words of the form: header words, amounts, or the label of a
section before whatever follows it. Other blanks belong to a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import regex

from extract.clean import BLANKS, squash
from extract.interpret.funding import header_word
from extract.interpret.sections import Meaning, Scanner
from extract.model import Cell, Row
from extract.places import cut, join, trimmed

_AMOUNT: Final = regex.compile(r"[-－]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)[.．]\d{1,6}$|[-－]?\d{4,}$|[0０]$")
_LONGEST: Final = 200
# A label with a blank in its brackets is no longer than this.
_LONGEST_LABEL: Final = 20
_LONGEST_WORD: Final = 16
# What ends a sentence or a part of it.
_ENDED: Final = frozenset("，。；！？")
# So many words of columns make a header.
_HEADER: Final = 3
# Labels are broken into pieces no longer than this.
_LONGEST_PIECE: Final = 6


def apart(rows: Sequence[Row], scanner: Scanner) -> list[Row]:
    """The rows, those without stronger separators cut at the single blanks that separate cells."""
    if not any(" " in cell.text for row in rows if row.width <= 1 for cell in row.cells):
        return list(rows)
    whole = _with_whole_labels(rows, scanner)
    return [_apart(row, scanner) if row.width <= 1 else row for row in whole]


def _with_whole_labels(rows: Sequence[Row], scanner: Scanner) -> Sequence[Row]:
    """The rows; a line whose last word is a label only with the first word of the line below goes on there."""
    ends = [at for at, (row, rest) in enumerate(pairwise(rows)) if row.width <= 1 and _is_cut(row, rest, scanner)]
    if not ends:
        return rows
    found = list(rows)
    for at in reversed(ends):
        before, last = _last_word(found[at].cells[-1])
        cell = found[at + 1].cells[0]
        head, _, rest = cell.text.partition(" ")
        label = join([last, cut(cell, 0, len(head))])
        behind = cut(cell, len(cell.text) - len(rest.lstrip()), len(cell.text))
        beside = [*before, label, behind]
        if scanner.vocabulary.label(label.text) is not None:
            # A row of the tree: its cells are words.
            beside = [word for one in before for word in words(one)] + [label, *words(behind)]
        cells = [*found[at].cells[:-1], *beside, *found[at + 1].cells[1:]]
        found[at : at + 2] = [Row(found[at].line, cells, 0, found[at].page)]
    return found


def _is_cut(row: Row, rest: Row, scanner: Scanner) -> bool:
    """Whether a label stands in two lines, more words behind its lower piece."""
    head, blank, _ = rest.cells[0].text.partition(" ")
    if not blank or len(head) > _LONGEST_PIECE or rest.width > 1 or rest.line != row.line + 1:
        return False
    lead, _, last = row.cells[-1].text.rpartition(" ")
    if len(last) > _LONGEST_WORD or row.cells[0].start != rest.cells[0].start:
        return False
    if len(last) <= _LONGEST_PIECE and head in scanner.vocabulary.suffixes and scanner.vocabulary.label(last):
        return True
    # A section's label may be long (部门整体支出年度绩效 | 指标), a field's is not.
    kinds = ("section", "field") if len(last) <= _LONGEST_PIECE else ("section",)
    alone = not lead and len(row.cells) == 1
    return alone and scanner.meaning(last + head).kind in kinds and not scanner.meaning(last).kind


def _last_word(cell: Cell) -> tuple[list[Cell], Cell]:
    """A cell in two: what stands before its last word, if anything, and that word."""
    lead, _, last = cell.text.rpartition(" ")
    start = len(cell.text) - len(last)
    return ([cut(cell, 0, len(lead))] if lead else []), cut(cell, start, len(cell.text))


def _apart(row: Row, scanner: Scanner) -> Row:
    cells: list[Cell] = []
    for i, cell in enumerate(row.cells):
        cells += _cells(cell, scanner, first=not i) if " " in cell.text else (cell,)
    if scanner.meaning(cells[0].text).kind == "field":
        cells = [cells[0], *(piece for cell in cells[1:] for piece in _at_fields(cell, scanner))]
    if len(cells) == len(row.cells):
        return row
    if all(_AMOUNT.match(cell.text) for cell in cells):
        # Blank cells among the amounts are gone: no distance is known, which cells of one place say.
        return Row(row.line, cells, 0, row.page)
    return Row(row.line, [cell._replace(col=i) for i, cell in enumerate(cells)], 0, row.page)


def _cells(cell: Cell, scanner: Scanner, *, first: bool) -> list[Cell]:
    """The cells within one: a word each where all are words of the form, a label and the rest where one begins it."""
    text = cell.text
    head, _, rest = text.partition(" ")
    if len(text) <= _LONGEST:
        parts = text.split(" ")
        if _are_words(parts, scanner) or _state_amounts(parts, scanner):
            return words(cell)
    if rest and _AMOUNT.match(rest.strip()) and header_word(head, scanner.profile):
        return [trimmed(cut(cell, 0, len(head))), cut(cell, len(text) - len(rest.lstrip()), len(text))]
    if first and scanner.meaning(text).kind == "" and scanner.meaning(head).kind in ("section", "field"):
        begin = len(text) - len(rest.lstrip())
        behind = cut(cell, begin, len(text))
        if scanner.meaning(head) == Meaning("section", "indicators") and _begins_with_level(behind.text, scanner):
            # The root of the tree, and a row of it.
            return [trimmed(cut(cell, 0, len(head))), *words(behind)]
        return [trimmed(cut(cell, 0, len(head))), *_cells_of_rest(behind, scanner)]
    return [cell]


def words(cell: Cell) -> list[Cell]:
    """The words of a cell, which blanks separate; a blank in brackets separates nothing: 产出指标（40 分）."""
    found = []
    start = at = 0
    text = cell.text
    while start < len(text):
        at = text.find(" ", max(at, start))
        end = at if at >= 0 else len(text)
        inside = text[start:end]
        if at >= 0 and _is_open(inside) and 0 <= _closes(text, at) - start <= _LONGEST_LABEL:
            at += 1
            continue
        if inside.strip(BLANKS):
            found.append(trimmed(cut(cell, start, end)))
        start = at = end + 1
    return found


def _is_open(text: str) -> bool:
    return any(text.count(one) > text.count(other) for one, other in ("（）", "()"))


def _closes(text: str, start: int) -> int:
    """Where the next closing bracket stands; -1 where none does."""
    return min((at for sign in "）)" if (at := text.find(sign, start)) >= 0), default=-1)


def _at_fields(cell: Cell, scanner: Scanner) -> list[Cell]:
    """A cell of the head, cut at the labels of further fields: 县林业局 实施单位 县图书馆."""
    if " " not in cell.text:
        return [cell]
    groups: list[list[Cell]] = [[]]
    for word in words(cell):
        if scanner.meaning(word.text).kind == "field":
            groups += [[word], []]
        else:
            groups[-1].append(word)
    if len(groups) == 1:
        return [cell]
    low = cell.text.index
    found = []
    at = 0
    for group in groups:
        if group:
            start = low(group[0].text, at)
            at = low(group[-1].text, start) + len(group[-1].text)
            found.append(cut(cell, start, at))
    return found


def _begins_with_level(text: str, scanner: Scanner) -> bool:
    return scanner.vocabulary.label(text.partition(" ")[0]) is not None


def _cells_of_rest(cell: Cell, scanner: Scanner) -> list[Cell]:
    return _cells(cell, scanner, first=False) if " " in cell.text else [cell]


def _are_words(parts: Sequence[str], scanner: Scanner) -> bool:
    """Whether all are words of the form; the last one of a header may be broken, and it may have words of its own."""
    *most, last = parts
    if parts[0] == "1" and len(parts) > _HEADER and parts == [str(i + 1) for i in range(len(parts))]:
        # The numbers of the columns.
        return True
    if sum(scanner.is_column(word) for word in parts) >= _HEADER and any(map(scanner.is_level, parts)):
        return all(_may_be_label(word) for word in parts)
    if not all(_is_known(word, scanner) for word in most if word):
        return False
    return _is_known(last, scanner) or sum(scanner.is_column(word) for word in most) >= _HEADER


def heads_more(row: Row, scanner: Scanner) -> bool:
    """Whether a line has the words of a header of indicators, and among them such as are passed over or come twice."""
    parts = row.cells[0].text.split(" ") if len(row.cells) == 1 else [cell.text for cell in row.cells]
    if sum(map(scanner.is_column, parts)) < _HEADER:
        return False
    roles = [scanner.profile.column(squash(part)) for part in parts if scanner.meaning(part).kind != "section"]
    return any(role in (None, "pass") for role in roles) or len(set(roles)) < len(roles)


def _state_amounts(parts: Sequence[str], scanner: Scanner) -> bool:
    """Whether an amount stands behind a word for it, among nothing but labels and amounts."""
    if not all(_may_be_label(word) or _AMOUNT.match(word) for word in parts):
        return False
    return any(
        header_word(word, scanner.profile) and _AMOUNT.match(after) for word, after in pairwise(parts) if word and after
    )


def _may_be_label(word: str) -> bool:
    return len(word) <= _LONGEST_WORD and _ENDED.isdisjoint(word)


def _is_known(word: str, scanner: Scanner) -> bool:
    return scanner.is_word(word) or _AMOUNT.match(word) is not None or scanner.vocabulary.label(word) is not None

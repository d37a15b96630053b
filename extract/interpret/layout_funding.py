"""The funding of a page layout: header rows, spans and amounts, as logical rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Final

import regex

from extract.interpret.funding import header_word
from extract.interpret.layout_lines import Piece, Strip, crowd, filled, words
from extract.interpret.layout_parts import Part, row_of, uneven, word_cell, word_rows
from extract.interpret.layout_text import join_pieces
from extract.model import Cell, Row
from extract.vocabulary import FormProfile

_AMOUNT: Final = regex.compile(r"[-+－]?[,.]*+\d[\d,.，．]*+$|[.,]$")
# A gap between columns is no wider than this.
_WIDEST_GAP: Final = 6

Columns = Sequence[tuple[int, int]]


def funding(lines: Sequence[Strip], profile: FormProfile) -> Part:
    """The funding: the header's rows and one row of amounts; a row an amount where each has its own line."""
    if not lines:
        return Part([], [])
    by_line = [words(line) for line in lines]
    first = next((at for at, line in enumerate(by_line) if any(_AMOUNT.match(word.text) for word in line)), len(lines))
    if first in (0, len(lines)) or any(header_word(word.text, profile) for line in by_line[first:] for word in line):
        return Part(_line_by_line(lines, by_line, profile), [])
    spanning = _spanning(by_line[:first], profile)
    runs = filled(crowd([_places(line, own) for line, own in zip(lines, spanning, strict=False)]))
    plain = [[word for word in own if word not in over] for own, over in zip(by_line, spanning, strict=False)]
    label, runs, head = _header(list(zip(lines, plain, strict=False)), runs, profile)
    if head is None:
        return Part(word_rows(lines), [])
    amounts: list[list[Cell]] = [[] for _ in runs]
    found = [(line, word) for line, own in zip(lines[first:], by_line[first:], strict=True) for word in own]
    numbers = [word for _, word in found if _AMOUNT.match(word.text)]
    cols = _columns(numbers, runs)
    drifted = cols is None
    cols = _nearest(numbers, runs) if cols is None else cols
    if cols is None:
        return Part(word_rows(lines), [])
    for line, word in found:
        if _AMOUNT.match(word.text):
            col = cols.pop(0)
            amounts[col].append(word_cell(line, word, col + 1))
        else:
            label.append(word_cell(line, word, 0))
    categories = [word_cell(lines[at], word, 0) for at, own in enumerate(spanning) for word in own]
    values = [join_pieces(pieces) for pieces in amounts if pieces]
    rows = header_and_amounts(join_pieces(label) if label else None, head, values, categories, profile)
    return Part(rows, [uneven("funding", values[0])] if drifted else [])


def _spanning(header: Sequence[Sequence[Piece]], profile: FormProfile) -> list[list[Piece]]:
    """The words of each header line that stand over several columns: categories, where each has its own 合计 below."""
    totals = sum(_is_total(word.text, profile) for line in header for word in line)
    found = [[word for word in line if _spans(word.text, profile)] for line in header]
    return found if totals and any(found) else [[] for _ in header]


def _is_total(text: str, profile: FormProfile) -> bool:
    return profile.sources.get(header_word(text, profile)) == "total"


def _spans(text: str, profile: FormProfile) -> bool:
    return profile.categories.get(header_word(text, profile)) in ("basic", "project")


def _places(line: Strip, spanning: Sequence[Piece]) -> Strip:
    """The line's places with blanks where the words stand that span columns."""
    places = line.places
    for word in spanning:
        places = places[: word.x0] + b" " * (word.x1 - word.x0) + places[word.x1 :]
    return line._replace(places=places)


def _header(
    header: Sequence[tuple[Strip, Sequence[Piece]]], runs: list[tuple[int, int]], profile: FormProfile
) -> tuple[list[Cell], list[tuple[int, int]], list[Cell] | None]:
    """The label's pieces, the columns behind it, and their words; None for these where they stand in no columns."""
    found: list[list[tuple[Strip, Piece]]] = [[] for _ in runs]
    starts = [lo for lo, _ in runs]
    for line, own in header:
        for word in own:
            col = bisect_right(starts, word.x0) - 1
            if found[col] and found[col][-1][0] is line:
                return [], runs, None
            found[col].append((line, word))
    label: list[Cell] = []
    if found and not header_word("".join([word.text for _, word in found[0]]), profile):
        label = [word_cell(line, word, 0) for line, word in found[0]]
        found, runs = found[1:], runs[1:]
    if not found:
        return label, runs, None
    head = [join_pieces([word_cell(line, word, col) for line, word in pieces]) for col, pieces in enumerate(found, 1)]
    return label, runs, head


def _columns(amounts: Sequence[Piece], runs: Columns) -> list[int] | None:
    """The column of each amount; None where they do not stand alike under their header words.

    Amounts stand under the beginning, the end or the middle of their header word, or end where their column does, just
    before the next word: whichever holds for all of them.
    """
    starts = {lo: at for at, (lo, _) in enumerate(runs)}
    ends = {hi: at for at, (_, hi) in enumerate(runs)}

    def before_next(gap: int) -> Callable[[Piece], int | None]:
        def col(word: Piece) -> int | None:
            found = starts.get(word.x1 + gap)
            if found is None:
                return len(runs) - 1 if word.x1 > runs[-1][0] and word.x0 >= runs[-1][0] - gap else None
            return found - 1 if found else None

        return col

    ways: list[Callable[[Piece], int | None]] = [
        lambda word: starts.get(word.x0),
        lambda word: ends.get(word.x1),
        lambda word: next((i for i, (lo, hi) in enumerate(runs) if abs(lo + hi - word.x0 - word.x1) <= 1), None),
        *(before_next(gap) for gap in range(1, _WIDEST_GAP)),
    ]
    for way in ways:
        found = [col for word in amounts if (col := way(word)) is not None]
        if len(found) == len(amounts) and _one_a_line(found, amounts):
            return found
    return None


def _nearest(amounts: Sequence[Piece], runs: Columns) -> list[int] | None:
    """The columns, in order, that amounts of one line stand nearest to; None where there are too few columns."""
    found: list[int] = []
    at = 0
    while at < len(amounts):
        end = at + 1
        while end < len(amounts) and amounts[end].x0 > amounts[end - 1].x0:
            end += 1
        # Least distance so far, and the columns for it, by the column of the last amount.
        best: dict[int, tuple[int, list[int]]] = {-1: (0, [])}
        for word in amounts[at:end]:
            best = {
                col: (least + _apart(word, runs[col]), [*cols, col])
                for col in range(len(runs))
                for least, cols in [min((way for last, way in best.items() if last < col), default=(-1, []))]
                if least >= 0
            }
        if not best:
            return None
        found += min(best.values())[1]
        at = end
    return found


def _one_a_line(found: Sequence[int], amounts: Sequence[Piece]) -> bool:
    """Whether amounts that stand side by side are in different columns, in order."""
    return all(
        right > left or second.x0 <= first.x0
        for left, right, first, second in zip(found, found[1:], amounts, amounts[1:], strict=False)
    )


def _apart(word: Piece, run: tuple[int, int]) -> int:
    """How far an amount stands from where it would below its header word: at its beginning, its end or its middle."""
    lo, hi = run
    return min(abs(lo - word.x0), abs(hi - word.x1), abs(lo + hi - word.x0 - word.x1) // 2)


def header_and_amounts(
    label: Cell | None, head: Sequence[Cell], amounts: Sequence[Cell], categories: Sequence[Cell], profile: FormProfile
) -> list[Row]:
    """Header and amounts as rows; each category stands over its first column."""
    width = len(head) + 1
    totals = [cell.col for cell in head if _is_total(cell.text, profile)]
    top = [label] if label is not None else []
    below: list[Cell] = []
    for cell in head:
        (below if categories and header_word(cell.text, profile) not in profile.categories else top).append(cell)
    if categories and len(totals) == len(categories):
        for cell, col, end in zip(categories, totals, [*totals[1:], width], strict=True):
            top.append(cell._replace(col=col, col_span=end - col))
    else:
        for cell in categories:
            x0 = cell.x0
            top.append(cell._replace(col=min(head, key=lambda word: abs(word.x0 - x0)).col))
    top.sort(key=lambda cell: cell.col)
    return [row_of(found, width) for found in (top, below, amounts) if found]


def _line_by_line(lines: Sequence[Strip], by_line: Sequence[Sequence[Piece]], profile: FormProfile) -> list[Row]:
    """Funding with a line an amount: the section's label first, then word and amount."""
    rows: list[Row] = []
    label: list[Cell] = []
    for line, found in zip(lines, by_line, strict=True):
        own: list[Cell] = []
        for word in found:
            cell = word_cell(line, word, 1 + len(own))
            if not own and not header_word(word.text, profile) and not _AMOUNT.match(word.text):
                label.append(cell._replace(col=0))
            else:
                own.append(cell)
        if own:
            rows.append(Row(line.number, own, 3))
    if label:
        if not rows:
            return [Row(label[0].line, [join_pieces(label)], 3)]
        rows[0].cells.insert(0, join_pieces(label)._replace(row_span=len(rows)))
    return rows

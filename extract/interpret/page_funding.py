"""The funding of a printed page: header words and amounts that are broken over lines, as logical rows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations, pairwise
from statistics import median
from typing import Final

import regex

from extract.clean import squash
from extract.interpret.funding import header_word
from extract.interpret.layout_funding import header_and_amounts
from extract.interpret.layout_parts import Part
from extract.interpret.layout_text import join_pieces
from extract.interpret.page_blocks import AMOUNT
from extract.interpret.page_parts import plain
from extract.interpret.page_pieces import Line, section_words
from extract.interpret.page_words import Meaning, Word, header_words, middle, side_labels
from extract.model import Cell, Finding, Row
from extract.vocabulary import FormProfile

_WHOLE: Final = regex.compile(r"[-+]?\d[\d,]*(?:\.\d+)?$")
_BROKEN_EQUATION: Final = 5.0
_A_PLACE: Final = 0.05
_CLEARLY: Final = 0.15
_CLOSE: Final = 0.35
_MOVED: Final = 0.5
_MOST_WAYS: Final = 5000
_TOUCHING: Final = 1
_ALIKE: Final = 2.5


def funding(lines: Sequence[Line], profile: FormProfile) -> Part:
    """The funding: the header's rows and one row of amounts; a row an amount where each has its own line."""
    if not lines:
        return Part([], [])
    labels = side_labels(lines, section_words(profile, "funding"))
    label = labels[0] if labels else None
    taken = set(label.lines) if label is not None else set()
    bare = [list(line.pieces[1:] if at in taken else line.pieces) for at, line in enumerate(lines)]
    amounts = [[piece for piece in own if AMOUNT.match(piece.text)] for own in bare]
    if any(
        figures and any(header_word(p.text, profile) for p in own) for own, figures in zip(bare, amounts, strict=True)
    ):
        return Part(_line_by_line(bare, label.cell if label is not None else None, profile), [])
    words = [[piece for piece in own if not AMOUNT.match(piece.text)] for own in bare]
    found = _header([own for own in words if own], profile)
    slots = _slots([piece for own in amounts for piece in own])
    cell = label.cell._replace(col=0) if label is not None else None
    ways = _ways(slots, found[1], profile) if found is not None and slots else []
    if found is None or not ways:
        rows = plain([line._replace(pieces=tuple(own)) for line, own in zip(lines, bare, strict=True) if own])
        head = [Row(cell.line, [cell], 1)] if cell is not None else []
        place = cell or rows[0].cells[0]
        return Part([*head, *rows], [Finding("layout_uneven", "funding", None, None, {}, place)])
    categories, leaves = found
    head_cells = [word.cell._replace(col=at) for at, word in enumerate(leaves, 1)]
    values = [amount._replace(col=col + 1) for amount, col in zip(slots, ways[0][1], strict=True)]
    doubts = []
    if len(ways) > 1 and not _is_clear(ways[0][0], ways[1][0], leaves, profile):
        doubts.append(Finding("layout_uneven", "funding", None, None, {}, values[0]))
    return Part(header_and_amounts(cell, head_cells, values, [word.cell for word in categories], profile), doubts)


def _is_clear(best: float, second: float, leaves: Sequence[Word], profile: FormProfile) -> bool:
    """Whether one way to put amounts into columns is clearly better than the next, under a header that is whole."""
    sources = [profile.sources.get(word.meaning or "") for word in leaves]
    totals = [at for at, source in enumerate(sources) if source == "total"]
    groups = {tuple(sources[a:b]) for a, b in pairwise([*totals, len(sources)])}
    return len(groups) <= 1 and best <= _CLOSE and second - best >= _CLEARLY


def _header(words: Sequence[Sequence[Cell]], profile: FormProfile) -> tuple[list[Word], list[Word]] | None:
    """The words that stand over several columns, and those that stand over one each, from left to right."""
    known_texts: dict[str, str | None] = {}
    single = {*profile.categories, *profile.sources, *profile.project_total}

    def meaning(text: str) -> str | None:
        if text not in known_texts:
            two = any(text[:at] in single and text[at:] in single for at in range(2, len(text) - 1))
            # Two words that happen to make one more are two; so is one behind a total's.
            two = two or (text[:2] in single and text not in single)
            known_texts[text] = None if two else header_word(text, profile)
        return known_texts[text] or None

    worth, found = header_words(words, meaning, near=True)
    for texts in _groups(found, profile):
        # Each category has the same sources: words that only one of them has may be put together wrongly.
        other, again = header_words(words, _only(texts, meaning), near=True)
        if other > worth - _ALIKE and len(_groups(again, profile)) == 1:
            found = again
            break
    known = [word for word in found if word.meaning is not None]
    if not known:
        return None
    spanning = [word for word in known if profile.categories.get(word.meaning or "") in ("basic", "project")]
    totals = sum(profile.sources.get(word.meaning or "") == "total" for word in known)
    if not totals:
        spanning = []
    leaves = sorted((word for word in known if word not in spanning), key=lambda word: middle(word.cell))
    return sorted(spanning, key=lambda word: middle(word.cell)), leaves


def _only(texts: frozenset[str], meaning: Meaning) -> Meaning:
    """A meaning for these texts alone."""
    return lambda text: meaning(text) if squash(text) in texts else None


def _groups(words: Sequence[Word], profile: FormProfile) -> list[frozenset[str]]:
    """For each category, where they differ, the texts of its sources with all other texts that are no sources."""
    known = [word for word in words if word.meaning is not None]
    sources = [profile.sources.get(word.meaning or "") for word in known]
    texts = [squash(word.cell.text) for word in known]
    others = {text for text, source in zip(texts, sources, strict=True) if source is None}
    totals = [at for at, source in enumerate(sources) if source == "total"]
    found: list[frozenset[str]] = []
    for start, end in pairwise([*totals, len(known)]):
        own = frozenset(text for text, source in zip(texts[start:end], sources[start:end], strict=True) if source)
        if own | others not in found:
            found.append(own | others)
    return found


def _slots(pieces: Sequence[Cell]) -> list[Cell]:
    """The amounts from left to right, those broken over lines put together: pieces above one another are one."""
    found: list[list[Cell]] = []
    for piece in pieces:
        over = [own for own in found if own[-1].line != piece.line and any(_touch(other, piece) for other in own)]
        if over:
            best = min(over, key=lambda own: abs(middle(own[-1]) - middle(piece)))
            best.append(piece)
        else:
            found.append([piece])
    found.sort(key=lambda own: min(piece.x0 for piece in own))
    return [join_pieces(own) for own in found]


def _touch(above: Cell, below: Cell) -> bool:
    return below.x0 < above.x1 + _TOUCHING and above.x0 < below.x1 + _TOUCHING


def _ways(slots: Sequence[Cell], leaves: Sequence[Word], profile: FormProfile) -> list[tuple[float, tuple[int, ...]]]:
    """The ways to put the amounts into columns in order, best first: sums hold, and places are near."""
    if len(slots) > len(leaves):
        return []
    numbers = [Decimal(text) if _WHOLE.match(text := cell.text.replace(",", "")) else None for cell in slots]
    found = []
    for tried, columns in enumerate(combinations(range(len(leaves)), len(slots))):
        if tried > _MOST_WAYS:
            break
        off = _off([leaves[col].cell for col in columns], slots)
        by_col = dict(zip(columns, numbers, strict=True))
        found.append((_A_PLACE * off + _BROKEN_EQUATION * _wrong_sums(by_col, leaves, profile), columns))
    return sorted(found)[:2]


def _off(heads: Sequence[Cell], amounts: Sequence[Cell]) -> float:
    """How many characters in all amounts stand off their header words, all of them moved alike."""
    ways = []
    for side in (_left, middle, _right):
        gaps = [side(amount) - side(head) for head, amount in zip(heads, amounts, strict=True)]
        common = median(gaps)
        ways.append(sum(abs(gap - common) for gap in gaps) + _MOVED * abs(common))
    return min(ways)


def _left(cell: Cell) -> float:
    return min(piece.x0 for piece in cell.parts or (cell,))


def _right(cell: Cell) -> float:
    return max(piece.x1 for piece in cell.parts or (cell,))


def _wrong_sums(by_col: dict[int, Decimal | None], leaves: Sequence[Word], profile: FormProfile) -> int:
    """How many of the sums do not hold: the grand total's, and each category's over its sources."""
    kinds = [profile.sources.get(word.meaning or "") for word in leaves]
    totals = [at for at, kind in enumerate(kinds) if kind == "total"]
    wrong = 0
    for start, stop in pairwise([*totals, len(leaves)]):
        parts = [by_col.get(col) or Decimal(0) for col in range(start + 1, stop)]
        own = by_col.get(start)
        wrong += (own or Decimal(0)) != sum(parts)
    first = totals[0] if totals else len(leaves)
    grand = [at for at in range(first) if kinds[at] is None]
    if grand and totals:
        wrong += (by_col.get(grand[0]) or Decimal(0)) != sum(by_col.get(at) or Decimal(0) for at in totals)
    elif grand:
        wrong += (by_col.get(grand[0]) or Decimal(0)) != sum(
            value or Decimal(0) for at, value in by_col.items() if at != grand[0]
        )
    return wrong


def _line_by_line(bare: Sequence[Sequence[Cell]], label: Cell | None, profile: FormProfile) -> list[Row]:
    """Funding with a line an amount: the section's label first, then word and amount."""
    rows: list[Row] = []
    for own in bare:
        cells: list[Cell] = []
        words: list[Cell] = []
        for piece in own:
            if AMOUNT.match(piece.text):
                cells.append(piece)
            elif header_word(piece.text, profile) or not words:
                words.append(piece)
            else:
                words[-1] = join_pieces([words[-1], piece])
        found = [*words, *cells]
        if found:
            rows.append(Row(found[0].line, [cell._replace(col=at) for at, cell in enumerate(found, 1)], 3))
    if label is not None and rows:
        rows[0].cells.insert(0, label._replace(col=0, row_span=len(rows)))
    return rows

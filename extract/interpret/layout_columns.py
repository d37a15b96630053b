"""The columns of a block of a page layout: where they begin and end, and what the header calls them.

Columns are divided by rivers, display columns that are blank in every line. Where cells have drifted and two header
words share what lies between two rivers, the cut is made where the fewest lines have text, and a line whose word
stands over such a cut is cut beside the word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from extract.clean import squash
from extract.interpret.layout_lines import Strip, added, cells, crowd, filled
from extract.interpret.layout_text import join_pieces
from extract.model import Cell

# Header words are put together from at most this many neighbours (权 重).
_LONGEST_HEAD = 4
_WIDEST_GAP = 80


class Head(NamedTuple):
    """A header word: its display columns, its cell (put together over the header's lines), its meaning or None."""

    lo: int
    hi: int
    cell: Cell
    kind: str | None


class Columns(NamedTuple):
    """The columns of a block.

    ``cuts``: where each begins, and the end of the last. ``heads``: each one's header word or None. ``leaky``: the cuts
    that are not blank in every line. ``room``: how wide each is at least, as far as the columns beside it tell.
    ``gap``: no gap between columns is wider, as far as is known.
    """

    cuts: list[int]
    heads: list[Head | None]
    leaky: frozenset[int]
    room: list[int]
    gap: int


class _Column(NamedTuple):
    lo: int
    hi: int
    head: Head | None
    has_data: bool
    leaky: bool = False


def heads(head: Sequence[Strip], known: Mapping[str, str], counts: bytes | None = None) -> list[Head]:
    """The words of a header that may be broken over lines, and within a line by blanks. ``counts``: its ``crowd``."""
    runs = filled(crowd(head) if counts is None else counts)
    cuts = [0, *(lo for lo, _ in runs[1:]), runs[-1][1] + 1] if runs else [0, 1]
    by_line = [cells(line, cuts) for line in head]
    found = []
    for at, (lo, hi) in enumerate(runs):
        pieces = [cell for line in by_line if (cell := line[at]) is not None]
        cell = join_pieces(pieces)
        found.append(Head(lo, hi, cell, _meaning(cell.text, known)))
    return _neighbours_joined(found, known)


def _meaning(text: str, known: Mapping[str, str]) -> str | None:
    found = known.get(text)
    return known.get(squash(text)) if found is None else found


def _neighbours_joined(words: list[Head], known: Mapping[str, str]) -> list[Head]:
    """Words that mean something only together with the next ones, put together with them."""
    if all(word.kind for word in words):
        return words
    found: list[Head] = []
    at = 0
    while at < len(words):
        for end in range(min(at + _LONGEST_HEAD, len(words)), at + 1, -1):
            group = words[at:end]
            if any(word.kind for word in group):
                continue
            pieces = sorted((p for w in group for p in (w.cell.parts or (w.cell,))), key=lambda p: (p.line, p.start))
            cell = join_pieces(pieces)
            kind = _meaning(cell.text, known)
            if kind:
                found.append(Head(group[0].lo, group[-1].hi, cell, kind))
                at = end
                break
        else:
            found.append(words[at])
            at += 1
    return found


def columns(
    head: Sequence[Strip], body: Sequence[Strip], known: Mapping[str, str], widest_gap: int = _WIDEST_GAP
) -> Columns:
    """The columns of a block with a header.

    ``known``: squashed header words and what they mean. ``widest_gap``: no gap between columns is wider than this.
    """
    above = crowd(head)
    words = heads(head, known, above)
    counts = crowd(body)
    everything = added(above, counts)
    found: list[_Column] = []
    at = 0
    for lo, hi in filled(everything):
        inside = []
        while at < len(words) and words[at].lo < hi:
            inside.append(words[at])
            at += 1
        has_data = any(counts[lo:hi])
        if len(inside) < 2:
            found.append(_Column(lo, hi, inside[0] if inside else None, has_data))
        else:
            found += _split(lo, hi, inside, everything, counts)
    found = _pairs_merged(found)
    cuts = [0, *(column.lo for column in found[1:]), len(everything) + 1]
    leaky = frozenset(i for i, column in enumerate(found) if column.leaky)
    heads_found = [column.head for column in found]
    if leaky:
        return Columns(cuts, heads_found, leaky, [0] * len(found), widest_gap)
    gap = min([widest_gap, *(right.lo - left.hi for left, right in pairwise(found))])
    room = [right.lo - left.lo - gap for left, right in pairwise(found)]
    return Columns(cuts, heads_found, leaky, [*room, 0], gap)


def _split(lo: int, hi: int, inside: Sequence[Head], everything: bytes, counts: bytes) -> list[_Column]:
    """The columns of several header words that no river divides."""
    starts = [lo]
    for left, right in pairwise(inside):
        first, last = (left.lo + left.hi) // 2 + 1, (right.lo + right.hi) // 2
        starts.append(
            min(range(last, first - 1, -1), key=lambda x: min(everything[x - 1], everything[x]), default=right.lo)
        )
    ends = [*starts[1:], hi]
    return [_Column(a, b, word, any(counts[a:b]), a != lo) for a, b, word in zip(starts, ends, inside, strict=True)]


def _pairs_merged(found: list[_Column]) -> list[_Column]:
    """A header word beside its column's cells and not over them, put together with them."""
    if all(column.head is None or column.has_data for column in found):
        return found
    merged = list(found)
    at = 0
    while at < len(merged):
        column = merged[at]
        if column.head is not None and not column.has_data:
            sides = [i for i in (at - 1, at + 1) if 0 <= i < len(merged) and merged[i].head is None]
            if sides:
                side = min(sides, key=lambda i: merged[max(i, at)].lo - merged[min(i, at)].hi)
                first, last = min(side, at), max(side, at)
                merged[first : last + 1] = [
                    _Column(merged[first].lo, merged[last].hi, column.head, has_data=True, leaky=merged[first].leaky)
                ]
                at = first
        at += 1
    return merged


def line_cells(line: Strip, cols: Columns) -> list[Cell | None]:
    """The cells of a line, one a column or None."""
    return cells(line, _beside_words(line, cols) if cols.leaky else cols.cuts)


def _beside_words(line: Strip, cols: Columns) -> list[int]:
    """The cuts for this line: one that would go through a word goes to that end of it that leaves more of it whole."""
    cuts = list(cols.cuts)
    places = line.places
    for at in cols.leaky:
        cut = cuts[at]
        if cut >= len(places) or places[cut] == 0x20 or places[cut - 1] == 0x20:
            continue
        start = places.rfind(b" ", 0, cut) + 1
        end = places.find(b" ", cut)
        end = len(places) if end < 0 else end
        cuts[at] = max(end if cut - start > end - cut else start, cuts[at - 1])
    return cuts

"""Where the rows of a printed table are down the page, and between which bounds its level labels stand.

Row heights are told by how many lines each row's texts have; where a label stands is told by the lines that it shares
or stands between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from extract.interpret.layout_text import join_pieces
from extract.interpret.page_columns import Placed
from extract.model import Cell
from extract.vocabulary import Label, Vocabulary

# What an unknown label costs, alone and put together; a known one, so that fewer are better.
_KNOWN: Final = 0.1
_UNKNOWN: Final = 0.9
_UNKNOWN_JOINED: Final = 1.2
_MOST_PIECES: Final = 8
_FARTHEST: Final = 3.0
_USUAL: Final = 2.0
_A_LINE_APART: Final = 0.5
_ALL_KNOWN: Final = 0.3
# How far from a line's middle something may stand that is printed on it, in lines.
_ON_LINE: Final = 0.5
_OFF_LINE: Final = 0.4
# Blank room above and below a row's texts, in lines; the one that explains the labels best is taken.
PADDINGS: Final = (0.15, 0.5, 1.0, -1.0)


class Tag(NamedTuple):
    """A level label: its cell, its meaning, and the bounds of its middle (or top) in lines down the table.

    ``page``: where it stands, 0 where it is printed on both pages that its rows are on.
    """

    cell: Cell
    meaning: Label | None
    low: float
    high: float
    size: int
    page: int


class Ground(NamedTuple):
    """The rows' places down the table: where each begins and the last ends (lines), their pages, and the lines' places.

    ``lines``: pairs of a printed line's y and its place, those with a row's text only. ``before``: for lines of labels
    alone, several of them below one another, how far down their middle may be: a printer of lines may print such a
    block before the lines that stand beside it.
    """

    edges: list[float]
    pages: list[int]
    lines: list[tuple[float, float]]
    before: Mapping[float, float]
    padding: float
    top: bool


def ground(
    rows: Sequence[Sequence[Sequence[Placed]]],
    anchors: Sequence[Placed],
    labels: Sequence[float],
    padding: float,
    *,
    top: bool,
) -> Ground:
    """The ground of rows. ``rows``: for each row the pieces of its columns. ``labels``: the lines that labels are on.

    A ``padding`` below zero takes the printed lines themselves for places, where rows are higher than their texts.
    """
    if padding < 0:
        return _printed(rows, anchors, labels, top=top)
    edges = [0.0]
    by_line: dict[float, list[float]] = {}
    for columns, anchor in zip(rows, anchors, strict=True):
        most = max([len(pieces) for pieces in columns], default=1) or 1
        begin = edges[-1]
        edges.append(begin + most + padding)
        middle = begin + padding / 2 + 0.5 if top else (begin + edges[-1]) / 2
        by_line.setdefault(anchor.y, []).append(middle)
        for pieces in columns:
            for at, piece in enumerate(pieces):
                place = middle + at - (0.0 if top else (len(pieces) - 1) / 2)
                by_line.setdefault(piece.y, []).append(place)
    lines = [(y, sum(places) / len(places)) for y, places in sorted(by_line.items())]
    return Ground(edges, [anchor.page for anchor in anchors], lines, _before(labels, lines), padding, top)


def _printed(
    rows: Sequence[Sequence[Sequence[Placed]]], anchors: Sequence[Placed], labels: Sequence[float], *, top: bool
) -> Ground:
    """The ground where places are the printed lines; a row reaches to the middle between it and the next."""
    own = [
        sorted([anchor.y, *(piece.y for pieces in columns for piece in pieces)])
        for columns, anchor in zip(rows, anchors, strict=True)
    ]
    edges = [own[0][0] - 0.5]
    edges += [(above[-1] + below[0]) / 2 for above, below in pairwise(own)]
    edges.append(own[-1][-1] + 0.5)
    edges = [max(edges[: at + 1]) for at in range(len(edges))]
    lines = [(y, y) for y in sorted({y for ys in own for y in ys})]
    return Ground(edges, [anchor.page for anchor in anchors], lines, _before(labels, lines), 0.0, top)


def _before(labels: Sequence[float], lines: Sequence[tuple[float, float]]) -> dict[float, float]:
    """How far down the middle of labels may be that stand in a block of lines with nothing beside them."""
    shared = {y for y, _ in lines}
    found: dict[float, float] = {}
    block: list[float] = []
    for y in [*sorted(set(labels)), float("inf")]:
        if block and (y in shared or y - block[-1] > 1):
            below = next((place for line, place in lines if line > block[-1]), None)
            if len(block) > 1 and below is not None:
                found |= dict.fromkeys(block, below + (len(block) - 1) / 2)
            block = []
        if y not in shared:
            block.append(y)
    return found


def _bounds(y: float, lines: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Between which places a line stands that is printed at ``y``."""
    above, below = float("-inf"), float("inf")
    for line, place in lines:
        if abs(line - y) < 0.25:
            return place - _ON_LINE, place + _ON_LINE
        if line < y:
            above = place
        else:
            below = place
            break
    if above == float("-inf"):
        return below - 1.5, below - _OFF_LINE
    if below == float("inf"):
        return above + _OFF_LINE, above + 1.5
    apart = min(_OFF_LINE, max(below - above, 0.0) / 2)
    return above + apart, max(below - apart, above + apart)


def tags(pieces: Sequence[Placed], on: Ground, vocabulary: Vocabulary) -> list[Tag]:
    """The labels of one column, put together from their pieces."""
    found = []
    for group in _grouped(pieces, vocabulary):
        cell = join_pieces([piece.cell for piece in group])
        half = len(group) // 2
        if on.top:
            low, high = _bounds(group[0].y, on.lines)
        elif len(group) % 2:
            low, high = _bounds(group[half].y, on.lines)
        else:
            low, high = _bounds(group[half - 1].y, on.lines)[0], _bounds(group[half].y, on.lines)[1]
            shrink = min(0.5, (high - low) / 2)
            low, high = low + shrink, high - shrink
        if not on.top:
            high = max(high, *(on.before.get(piece.y, high) for piece in group))
        found.append(Tag(cell, vocabulary.label(cell.text), low, high, len(group), group[0].page))
    return _without_copies(found, on)


def _without_copies(found: Sequence[Tag], on: Ground) -> list[Tag]:
    """The labels, one that is printed on both sides of a page break once.

    It is kept where it stands among the rows; where it stands below or above all rows, it was cut off there.
    """
    kept: list[Tag] = []
    for tag in found:
        if kept and kept[-1].cell.text == tag.cell.text and kept[-1].page != tag.page and tag.page:
            before = kept[-1]
            border = next((on.edges[i] for i, page in enumerate(on.pages) if page == tag.page), on.edges[-1])
            if before.low < border - 0.5 <= tag.low:
                kept[-1] = before._replace(page=0)
            elif before.low >= border - 1:
                kept[-1] = tag._replace(page=0)
            else:
                kept[-1] = before._replace(low=before.low, high=max(before.high, tag.high), page=0)
            continue
        kept.append(tag)
    return kept


def _grouped(pieces: Sequence[Placed], vocabulary: Vocabulary) -> list[Sequence[Placed]]:
    best: list[tuple[float, list[Sequence[Placed]]]] = [(0.0, [])]
    for end in range(1, len(pieces) + 1):
        options = []
        for start in range(max(0, end - _MOST_PIECES), end):
            group = pieces[start:end]
            if any(b.y - a.y > _FARTHEST or a.page != b.page for a, b in pairwise(group)):
                continue
            text = "".join([piece.cell.text for piece in group])
            if vocabulary.label(text) is not None:
                cost = _KNOWN
            elif len(group) == 1:
                cost = _UNKNOWN
            else:
                cost = _UNKNOWN_JOINED + 0.1 * len(group)
            cost += _A_LINE_APART * sum(max(b.y - a.y - _USUAL, 0.0) for a, b in pairwise(group))
            if len(group) > 1 and all(vocabulary.label(piece.cell.text) is not None for piece in group):
                cost += _ALL_KNOWN
            options.append((best[start][0] + cost, start))
        cost, start = min(options)
        best.append((cost, [*best[start][1], pieces[start:end]]))
    return best[-1][1]

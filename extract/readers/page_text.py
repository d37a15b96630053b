"""Characters that stand on a page to lines, and the lines of a cell to paragraphs."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain, pairwise
from operator import itemgetter, sub
from typing import Final, NamedTuple

from extract.readers.source import NOWHERE

# All of these are in heights of a character.
_SAME_LINE: Final = 0.5
_SAME_PLACE: Final = 0.3
_BLANK: Final = 0.18
_CELLS_APART: Final = 1.6
# A gap that is a blank is so many times as wide as the usual one.
_SPREAD: Final = 2.0
_INDENT: Final = 1.4
_FULL: Final = 0.35
# How much further apart than other lines of a cell two paragraphs stand.
_APART: Final = 0.3

# What no line begins with, and what none ends with.
_CLOSING: Final = frozenset("，。、；：！？）》〉】〕」』”’…,.;:!?)]}％%")
_OPENING: Final = frozenset("（《〈【〔「『“‘([{")


# tuple.__new__ and not Placed(...): a third of the time.
_new = tuple.__new__
_left: Final = itemgetter(1)


class Glyph(NamedTuple):
    """A character and its box: x0, top, x1, bottom in points from the top left of the page as it is read."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float


class Run(NamedTuple):
    """Characters that were told together and stand close by one another on a line, from left to right.

    ``is_dense``: some stand so near one another that one may be drawn twice.
    """

    text: str
    lefts: Sequence[float]
    rights: Sequence[float]
    top: float
    bottom: float
    is_dense: bool = False

    def glyphs(self) -> list[Glyph]:
        """Its characters, each by itself."""
        top, bottom = self.top, self.bottom
        return [
            _new(Glyph, (text, x0, top, x1, bottom))
            for text, x0, x1 in zip(self.text, self.lefts, self.rights, strict=True)
        ]


class Placed(NamedTuple):
    """A line of text, and where it stands; ``boxes``: four floats a character, NaN for a blank that was put in.

    ``height``: of its characters. ``least``: how wide its first characters are that could not be parted from one
    another. ``runs``: how many parts wide gaps leave.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    height: float
    least: float
    boxes: array[float]
    runs: int = 1


def lines(glyphs: Sequence[Glyph], apart: float = _SAME_LINE) -> list[list[Glyph]]:
    """The characters by line, from top to bottom and left to right; one drawn twice is one.

    ``apart``: how far apart the middles of characters of a line may be, in heights.
    """
    found = _in_order(glyphs, apart)
    if found is not None:
        return [line for line in map(_trimmed, map(_once, found)) if line]
    found = []
    line: list[Glyph] = []
    middle = height = 0.0
    for glyph in sorted(glyphs, key=lambda glyph: glyph[2] + glyph[4]):
        _, _, top, _, bottom = glyph
        at, own = (top + bottom) / 2, bottom - top
        if line and at - middle <= apart * (own if own < height else height):
            line.append(glyph)
            if own > height:
                middle, height = at, own
        else:
            line = [glyph]
            found.append(line)
            middle, height = at, own
    ordered = [_once(sorted(line, key=_left)) for line in found]
    return [line for line in map(_trimmed, ordered) if line]


def _in_order(glyphs: Sequence[Glyph], apart: float) -> list[list[Glyph]] | None:
    """The characters by line where they stand in order already, each line at one height; None where they do not."""
    found: list[list[Glyph]] = []
    line: list[Glyph] = []
    at = height = low = high = left = 0.0
    for glyph in glyphs:
        _, x0, top, _, bottom = glyph
        if line and top == high and bottom == low:
            if x0 < left:
                return None
            line.append(glyph)
        else:
            middle, own = (top + bottom) / 2, bottom - top
            if line and middle - at <= apart * max(own, height):
                return None
            line = [glyph]
            found.append(line)
            at, height, high, low = middle, own, top, bottom
        left = x0
    return found


def _trimmed(line: list[Glyph]) -> list[Glyph]:
    """A line without blanks at its ends."""
    if line and line[0][0] != " " != line[-1][0]:
        return line
    at = [i for i, glyph in enumerate(line) if glyph.text != " "]
    return line[at[0] : at[-1] + 1] if at else []


def _once(line: list[Glyph]) -> list[Glyph]:
    if not _may_repeat(line):
        return line
    found: list[Glyph] = []
    for glyph in line:
        near = _SAME_PLACE * (glyph.bottom - glyph.top)
        if not any(
            other.text == glyph.text and glyph.x0 - other.x0 < near and abs(glyph.top - other.top) < near
            for other in found[-2:]
        ):
            found.append(glyph)
    return found


def _may_repeat(line: Sequence[Glyph]) -> bool:
    """Whether any character follows the same one, or stands two behind it."""
    texts = [glyph[0] for glyph in line]
    if len(set(texts)) == len(texts):
        return False
    first = second = ""
    for text in texts:
        if text in (first, second):
            return True
        first, second = second, text
    return False


def runs(line: Sequence[Glyph], apart: float = _CELLS_APART) -> list[list[Glyph]]:
    """A line parted where a gap is wider than so many heights; not one whose single characters are spread."""
    found: list[list[Glyph]] = [[]]
    end = line[0].x1
    for glyph in line:
        if glyph.text != " ":
            if glyph.x0 - end > apart * (glyph.bottom - glyph.top):
                found.append([])
            end = glyph.x1
        found[-1].append(glyph)
    return list(map(_trimmed, found)) if any(len(run) > 1 for run in found) else [list(line)]


def placed(line: Sequence[Glyph]) -> Placed:
    """A line with blanks between its words."""
    texts, lefts, tops, rights, bottoms = zip(*line, strict=True)
    text = "".join(texts)
    top, height = tops[0], bottoms[0] - tops[0]
    even = tops.count(top) == bottoms.count(bottoms[0]) == len(tops) == len(text) and " " not in text
    # Mostly all characters of a line are as high, and none is far from the next one.
    if even and max(map(sub, lefts[1:], rights), default=0.0) <= _BLANK * height:
        boxes = array("f", chain.from_iterable(zip(lefts, tops, rights, bottoms, strict=True)))
        least = _least(texts, lefts, rights, [height] * len(text))
        near: Placed = _new(Placed, (text, lefts[0], top, rights[-1], bottoms[0], height, least, boxes, 1))
        return near
    heights = list(map(sub, bottoms, tops))
    least = _least(texts, lefts, rights, heights)
    gaps = [(x0 - x1) / (height or 1.0) for x0, x1, height in zip(lefts[1:], rights[:-1], heights[1:], strict=True)]
    widest = max(gaps, default=0.0)
    if widest > _BLANK or len(text) != len(line) or text[0] == " " or "  " in text:
        text, boxes = _with_blanks(line, gaps)
    else:
        boxes = array("f", chain.from_iterable(zip(lefts, tops, rights, bottoms, strict=True)))
    apart = 1 if widest <= _CELLS_APART else 1 + sum([gap > _CELLS_APART for gap in gaps])
    made: Placed = _new(
        Placed, (text, lefts[0], min(tops), rights[-1], max(bottoms), max(heights), least, boxes, apart)
    )
    return made


def _with_blanks(line: Sequence[Glyph], gaps: Sequence[float]) -> tuple[str, array[float]]:
    """The text of a line and its boxes; ``gaps``: before each character but the first, in heights."""
    texts: list[str] = []
    boxes: array[float] = array("f")
    spread = _SPREAD * sorted(gaps)[len(gaps) // 2] if gaps else 0.0
    before = " "
    for glyph, gap in zip(line, [0.0, *gaps], strict=True):
        text = glyph.text
        if before != " " != text and gap > _BLANK and (gap > _CELLS_APART or _are_apart(before, text, gap > spread)):
            texts.append(" ")
            boxes.extend(NOWHERE)
        if text != " " or before != " ":
            texts.append(text)
            boxes.extend(glyph[1:] * len(text))
        before = text[-1]
    return "".join(texts), boxes


def _are_apart(before: str, text: str, wide: bool) -> bool:
    """Whether a gap is a blank: programs leave one between Chinese and Latin letters, and may spread a line."""
    if before.isascii() or text.isascii():
        return before.isascii() and text.isascii() and before.isalnum() and text.isalnum()
    return wide and before.isalnum() and text.isalnum()


def _least(texts: Sequence[str], lefts: Sequence[float], rights: Sequence[float], heights: Sequence[float]) -> float:
    """How wide the first characters are that a tool would not part."""
    at, count = 0, len(texts)
    # Mostly a Chinese character begins a line, and another one follows.
    if count == 1 or (not texts[0].isascii() and texts[0] not in _OPENING and texts[1] not in _CLOSING):
        return rights[0] - lefts[0]
    while at < count and texts[at] in _OPENING:
        at += 1
    if at < count and texts[at].isascii() and texts[at] not in _CLOSING:
        while (
            at + 1 < count
            and texts[at + 1].isascii()
            and texts[at + 1] not in _OPENING
            and texts[at + 1] != " "
            and lefts[at + 1] - rights[at] <= _BLANK * heights[at]
        ):
            at += 1
    at += 1
    while at < count and texts[at] in _CLOSING:
        at += 1
    return rights[min(at, count) - 1] - lefts[0]


def placed_runs(runs: Sequence[Run]) -> list[Placed] | None:
    """What ``placed`` gives of each of the ``lines``; None where the characters must be looked at one by one.

    So it is where runs do not stand in order, or apart, or hold blanks, or where a character may be drawn twice.
    """
    if len(runs) == 1:
        return None if runs[0].is_dense or " " in runs[0].text else [_placed_run(runs)]
    found: list[Placed] = []
    line: list[Run] = []
    for run in runs:
        text, lefts, _, top, bottom, is_dense = run
        height = bottom - top
        if is_dense or " " in text:
            return None
        if line:
            _, others, rights, high, low, _ = line[-1]
            if top == high and bottom == low:
                if lefts[0] - others[-1] < _SAME_PLACE * height or lefts[0] - rights[-1] > _BLANK * height:
                    return None
                line.append(run)
                continue
            if (top + bottom - high - low) / 2 <= _SAME_LINE * max(height, low - high):
                return None
            found.append(_placed_run(line))
        line = [run]
    found.append(_placed_run(line))
    return found


def _placed_run(line: Sequence[Run]) -> Placed:
    text, lefts, rights, top, bottom, _ = line[0]
    if len(line) > 1:
        text = "".join([run.text for run in line])
        lefts, rights = [x for run in line for x in run.lefts], [x for run in line for x in run.rights]
    count, height = len(text), bottom - top
    edges = [0.0, top, 0.0, bottom] * count
    edges[::4], edges[2::4] = lefts, rights
    least = _least(text, lefts, rights, [height] * count)
    made: Placed = _new(Placed, (text, lefts[0], top, rights[-1], bottom, height, least, array("f", edges), 1))
    return made


def paragraphs(own: Sequence[Placed], left: float, right: float) -> list[list[Placed]]:
    """The lines of a cell by paragraph; ``left``, ``right``: the cell's borders.

    A line that has room for what follows ends a paragraph; so does one with a wider space below it than others have,
    or with one below it that is indented.
    """
    if len(own) < 2:
        return [list(own)] if own else []
    limit = right - _padding(own, left, right)
    steps = [below.top - above.top for above, below in pairwise(own)]
    usual = min(steps)
    found = [[own[0]]]
    for (above, below), step in zip(pairwise(own), steps, strict=True):
        apart = step > usual + _APART * max(above.height, below.height)
        if apart or not _goes_on(above, below, limit):
            found.append([below])
        else:
            found[-1].append(below)
    return found


def goes_on(above: Sequence[Placed], below: Sequence[Placed], left: float, right: float) -> bool:
    """Whether the last line above goes on in the first one below: the parts of a cell on two pages."""
    limit = right - _padding([*above, *below], left, right)
    return _goes_on(above[-1], below[0], limit)


def _padding(own: Sequence[Placed], left: float, right: float) -> float:
    least = min(min([line[1] for line in own]) - left, right - max([line[3] for line in own]))
    return max(0.0, min(least, own[0].height))


def _goes_on(above: Placed, below: Placed, limit: float) -> bool:
    _, left, _, right, _, height, _, _, _ = above
    _, other_left, _, other_right, _, other_height, least, _, _ = below
    height = max(height, other_height)
    indented = other_left - left > _INDENT * height and right > other_right - height
    return not indented and right + least > limit - _FULL * height

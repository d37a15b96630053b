"""What is drawn on a page, as an engine tells it, to a Page: upright, in points from the top left.

An engine tells in the page's own space: y upwards, turned as the page is stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from math import atan2, pi
from typing import Final, NamedTuple

from extract.readers.page_grid import Rule, tables
from extract.readers.page_tables import Page
from extract.readers.page_text import Glyph, Run
from extract.schemafiles import SCHEMAS, read_checked

# Shapes thinner than this are rules, in points; sides further from straight than that are none.
_THIN: Final = 3.0
_STRAIGHT: Final = 0.7
# Where a character's box is from its baseline, in heights: the em box of Chinese fonts, whatever the font says.
_ABOVE: Final = 0.88
_BELOW: Final = 0.12

# How far from a quarter a text may be turned, in quarters.
_TURNED: Final = 0.1
_UNTOLD: Final = frozenset(map(chr, (0, *range(1, 32), 0x7F, 0xFFFD, 0xFFFE, 0xFFFF)))
_ANY_UNTOLD: Final = re.compile("[\x00-\x1f\x7f\ue000-\uf8ff\ufffd-\uffff]")

# Characters from here on are full-width, as wide as high; a font may tell less by this share.
CHINESE: Final = "\u2e80"
NARROWER: Final = 0.3
# Letters with less between them, in heights, have no blank there.
NEAR: Final = 0.15
# Letters that stand so near one another, in heights, may be one that is drawn twice.
REPEATED: Final = 0.31
# What is no character of a text; and blanks.
NOTHING: Final = frozenset(map(ord, "\t\r\n\u200b\ufeff"))
BLANKS: Final = frozenset(map(ord, " \u00a0\u3000"))

# So near to the page's edge nothing is printed, in points; a table that reaches it goes on beyond.
_AT_EDGE: Final = 1.0
_SEVERAL: Final = 3

# tuple.__new__ and not Glyph(...): a third of the time.
_new = tuple.__new__

# left, bottom, right, top
Box = tuple[float, float, float, float]


class Letter(NamedTuple):
    """A character: where its baseline begins, how wide and high it is, and the quarter it runs in.

    ``quarter``: 0 rightwards, 1 up, 2 leftwards, 3 down.
    """

    text: str
    x: float
    y: float
    width: float
    height: float
    quarter: int


class Written(NamedTuple):
    """Letters of quarter 0 that were told together and stand close by one another.

    Each of ``texts`` is one character. ``is_dense``: some stand so near one another that one may be drawn twice.
    """

    texts: list[str]
    lefts: list[float]
    rights: list[float]
    y: float
    height: float
    is_dense: bool = False

    def letters(self) -> list[Letter]:
        """The letters, each by itself."""
        return [
            Letter(text, left, self.y, right - left, self.height, 0)
            for text, left, right in zip(self.texts, self.lefts, self.rights, strict=True)
        ]


class Drawing(NamedTuple):
    """A page as an engine tells it; ``box``: what of the page's space is shown, ``turned``: quarters clockwise.

    ``strokes``: thin shapes and lines; ``fills``: larger shapes that are filled without an outline; ``pictures``:
    whether there are any. ``runs``: further letters.
    """

    box: Box
    turned: int
    letters: Sequence[Letter]
    strokes: Sequence[Box]
    fills: Sequence[Box]
    pictures: bool = False
    runs: Sequence[Written] = ()


@cache
def radicals() -> dict[int, str]:
    """For each radical that is a character of its own the ideograph that it looks like."""
    data = read_checked(SCHEMAS / "radicals.yaml", "radicals")
    pairs = [pair for line in data["radicals"] for pair in line.split(" ")]
    return {ord(pair[0]): pair[1] for pair in pairs}


def folded(text: str) -> str:
    """A character as texts have it: no radical, NFC."""
    code = ord(text[0])
    if 0x2E80 <= code <= 0x2FDF:
        return radicals().get(code, text)
    return unicodedata.normalize("NFC", text) if code > 0x02FF else text


def is_within(letter: Letter, clip: Box) -> bool:
    """Whether a character shows on the part of a page that may be drawn on."""
    left, bottom, right, top = clip
    return left - letter.width <= letter.x <= right and bottom - letter.height / 2 <= letter.y <= top


def count_letters(drawing: Drawing) -> int:
    """How many letters there are."""
    return len(drawing.letters) + sum([len(run.texts) for run in drawing.runs])


def damaged(drawing: Drawing) -> int:
    """How many characters could not be told: those that no font maps to Unicode, or to places that mean nothing."""
    if not _ANY_UNTOLD.search("".join([letter[0] for letter in drawing.letters])):
        return 0
    return sum([letter.text in _UNTOLD or "\ue000" <= letter.text <= "\uf8ff" for letter in drawing.letters])


def quarter_of(a: float, b: float) -> int | None:
    """The quarter that a text runs in by its matrix; None where it stands across the page, as stamps do."""
    if b == 0 and a > 0:
        return 0
    turns = atan2(b, a) / (pi / 2)
    nearest = round(turns)
    return nearest % 4 if abs(turns - nearest) <= _TURNED else None


def page(number: int, drawing: Drawing) -> Page:
    """The page, read the way most of its characters run."""
    counts = Counter([letter[5] for letter in drawing.letters])
    if drawing.runs:
        counts[0] += count_letters(drawing) - len(drawing.letters)
    quarter = counts.most_common(1)[0][0] if counts else drawing.turned
    left, bottom, right, top = drawing.box
    width, height = (right - left, top - bottom) if quarter % 2 == 0 else (top - bottom, right - left)
    place = _Upright(drawing.box, quarter)
    all_plain = quarter == 0 and len(counts) == 1
    runs: list[Run] = []
    if all_plain:
        glyphs, runs = place.plain(drawing.letters), list(map(place.run, drawing.runs))
    else:
        written = [letter for run in drawing.runs for letter in run.letters()]
        glyphs = list(map(place.glyph, [*drawing.letters, *written]))
    strokes = place.plain_boxes(drawing.strokes) if quarter == 0 else list(map(place.box, drawing.strokes))
    across, down = _rules(strokes)
    if drawing.fills and not tables(across, down):
        # Cells may be drawn as coloured boxes with nothing between them.
        edges = [side for box in drawing.fills for side in sides(place.box(box))]
        across, down = _rules([*strokes, *edges])
    return Page(number, width, height, glyphs, across, down, (drawing.turned - quarter) % 4, runs)


def runs_off(page: Page) -> bool:
    """Whether a table goes on beyond the right edge or the left one: rules across reach it, and several do."""
    edges = [rule for rule in page.across if rule.low < _AT_EDGE or rule.high > page.width - _AT_EDGE]
    return len({round(rule.at) for rule in edges}) >= _SEVERAL and bool(page.down)


class _Upright:
    """From the page's own space to the page as it is read, when text runs in a quarter."""

    def __init__(self, box: Box, quarter: int) -> None:
        self.edges = box
        self.quarter = quarter

    def point(self, x: float, y: float) -> tuple[float, float]:
        left, bottom, right, top = self.edges
        if self.quarter == 0:
            return x - left, top - y
        if self.quarter == 1:
            return y - bottom, x - left
        if self.quarter == 2:
            return right - x, y - bottom
        return top - y, right - x

    def box(self, box: Box) -> Box:
        """x0, top, x1, bottom of a box."""
        (a, b), (c, d) = self.point(box[0], box[1]), self.point(box[2], box[3])
        return min(a, c), min(b, d), max(a, c), max(b, d)

    def plain(self, letters: Sequence[Letter]) -> list[Glyph]:
        """What ``glyph`` gives of each, where page and letters are all of quarter 0."""
        left, _, _, top = self.edges
        return [
            _new(Glyph, (text, x - left, top - y - _ABOVE * height, x - left + width, top - y + _BELOW * height))
            for text, x, y, width, height, _ in letters
        ]

    def run(self, run: Written) -> Run:
        """A run, where the page is of quarter 0."""
        texts, lefts, rights, y, height, is_dense = run
        left, _, _, top = self.edges
        if left:
            lefts, rights = [x - left for x in lefts], [x - left for x in rights]
        y = top - y
        made: Run = _new(Run, ("".join(texts), lefts, rights, y - _ABOVE * height, y + _BELOW * height, is_dense))
        return made

    def plain_boxes(self, boxes: Sequence[Box]) -> list[Box]:
        """What ``box`` gives of each, where the page is of quarter 0."""
        left, _, _, top = self.edges
        return [(x0 - left, top - y1, x1 - left, top - y0) for x0, y0, x1, y1 in boxes]

    def glyph(self, letter: Letter) -> Glyph:
        text, x, y, width, height, quarter = letter
        x, y = self.point(x, y)
        above, below = _ABOVE * height, _BELOW * height
        turned = (quarter - self.quarter) % 4
        if turned == 0:
            return Glyph(text, x, y - above, x + width, y + below)
        if turned == 1:
            return Glyph(text, x - above, y - width, x + below, y)
        if turned == 2:
            return Glyph(text, x - width, y - below, x, y + above)
        return Glyph(text, x - below, y, x + above, y + width)


def _rules(strokes: Iterable[Box]) -> tuple[list[Rule], list[Rule]]:
    """The rules, across and down, among thin shapes; a dot is both."""
    across, down = [], []
    for x0, top, x1, bottom in strokes:
        if x1 - x0 >= bottom - top:
            across.append(Rule((top + bottom) / 2, x0, x1))
        if bottom - top >= x1 - x0:
            down.append(Rule((x0 + x1) / 2, top, bottom))
    return across, down


def sides(box: Box) -> list[Box]:
    """The four sides of a box."""
    x0, top, x1, bottom = box
    return [(x0, top, x1, top), (x0, bottom, x1, bottom), (x0, top, x0, bottom), (x1, top, x1, bottom)]


def is_thin(box: Box) -> bool:
    """Whether a filled shape is a rule."""
    return box[2] - box[0] <= _THIN or box[3] - box[1] <= _THIN


def is_straight(box: Box) -> bool:
    """Whether a line between two corners of a box goes across or down."""
    return box[2] - box[0] <= _STRAIGHT or box[3] - box[1] <= _STRAIGHT

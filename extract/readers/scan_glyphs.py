"""Characters that were recognised, as characters of a page: with boxes on the straight page and as it came."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from extract.model import BBox
from extract.readers.page_text import Glyph
from extract.readers.scan_image import POINTS
from extract.readers.scan_lines import Strip
from extract.readers.scan_page import Sheet
from extract.readers.scan_signs import widest_blank
from extract.readers.scan_words import Letter

# A wider stretch without ink between two characters is a blank.
_BLANK: Final = 0.6
# What fills a whole place, though its ink stands in a part of it.
_CLOSING: Final = frozenset("，。、；：！？）》〉】〕」』”’")


class Seen(NamedTuple):
    """A character as it was seen: its box on the page as it came, how sure it is, what else it may be.

    ``parted``, ``read``: as those of a Letter.
    """

    text: str
    box: BBox
    sure: float
    other: str
    parted: bool
    read: str


class Scale(NamedTuple):
    """Dots to points: ``shift`` and ``by`` move what is across, so that tables of several pages stand in one place."""

    dpi: float
    shift: float = 0.0
    by: float = 1.0

    def x(self, dots: float) -> float:
        """A place across the page."""
        return float(np.float32((dots * self.by + self.shift) * POINTS / self.dpi))

    def y(self, dots: float) -> float:
        """A place down the page."""
        return float(np.float32(dots * POINTS / self.dpi))


def glyphs(
    strip: Strip, letters: Sequence[Letter], size: float, sheet: Sheet, scale: Scale
) -> list[tuple[Glyph, Seen]]:
    """The characters of a line; ``size``: the height of a line in dots."""
    if not letters:
        return []
    height = max(strip.y1 - strip.y0, 0.9 * size)
    middle = (strip.y0 + strip.y1) / 2
    top, bottom = middle - height / 2, middle + height / 2
    found: list[tuple[Glyph, Seen]] = []
    for letter, left, right in zip(letters, *_sides(strip, letters, height, sheet), strict=True):
        last = len(found) + 1 == len(letters)
        full = max(right, left + height) if last and letter.text in _CLOSING else right
        glyph = Glyph(letter.text, scale.x(left), scale.y(top), scale.x(full), scale.y(bottom))
        box = _came(left, top, right, bottom, sheet, scale.dpi)
        other = letter.others[0][0] if letter.others else ""
        found.append((glyph, Seen(letter.text, box, letter.sure, other, letter.parted, letter.read)))
    return found


def _sides(strip: Strip, letters: Sequence[Letter], height: float, sheet: Sheet) -> tuple[list[float], list[float]]:
    """Where each character begins and ends: beside the next one, but where a blank is between them."""
    first, last = strip.cut[0], strip.cut[2]
    lefts, rights = [float(strip.x0)], []
    for one, other in pairwise(letters):
        a, b = first + one.at * (last - first), first + other.at * (last - first)
        gap = widest_blank(sheet.ink[strip.y0 : strip.y1, round(a) : round(b) + 1])
        if gap is None or gap[1] - gap[0] < _BLANK * height:
            rights.append((a + b) / 2)
            lefts.append((a + b) / 2)
        else:
            rights.append(round(a) + gap[0])
            lefts.append(round(a) + gap[1])
    rights.append(float(strip.x1))
    return lefts, [max(left, right) for left, right in zip(lefts, rights, strict=True)]


def _came(x0: float, y0: float, x1: float, y1: float, sheet: Sheet, dpi: float) -> BBox:
    """A box of the straight page on the page as it came, in points: around the same middle, as large."""
    (a, b, c), (d, e, f) = sheet.back.tolist()
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    x, y = a * x + b * y + c, d * x + e * y + f
    # A page that lies on its side has the sides of its boxes the other way round.
    wide, high = (x1 - x0, y1 - y0) if abs(a) >= abs(b) else (y1 - y0, x1 - x0)
    by = POINTS / dpi
    return (
        round((x - wide / 2) * by, 2),
        round((y - high / 2) * by, 2),
        round((x + wide / 2) * by, 2),
        round((y + high / 2) * by, 2),
    )

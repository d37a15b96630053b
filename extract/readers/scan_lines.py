"""Where the lines of text are on a straight page: within each cell that rules draw, and beside them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.readers.scan_image import Grey
from extract.readers.scan_page import Ink, Sheet

# All of these are in heights of a character.
_APART: Final = 1.3
_ONE_LINE: Final = 1.3
_TWO_LINES: Final = 1.7
_LEAST: Final = 0.4
_LEAST_CELL: Final = 0.5
_ABOVE: Final = 0.22
_BESIDE: Final = 0.3
_LONGEST: Final = 40.0
# A line with less than this of the usual depth of ink is none.
_FAINT: Final = 0.4
# How much blank paper is put around a line that is read a second time.
_WIDER: Final = 0.2


class Strip(NamedTuple):
    """A stretch of one line: the box of its ink, and the box that is cut out of the page for it, in dots."""

    x0: int
    y0: int
    x1: int
    y1: int
    cut: tuple[int, int, int, int]


def strips(sheet: Sheet) -> list[Strip]:
    """All stretches of text on a page."""
    size = line_height(sheet)
    walls = np.zeros_like(sheet.ink)
    for rule in sheet.rules:
        cv2.line(walls, (round(rule.x0), round(rule.y0)), (round(rule.x1), round(rule.y1)), 255, 2)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.bitwise_not(walls), connectivity=4)
    found: list[Strip] = []
    for i in range(1, count):
        x, y, width, height, area = (int(v) for v in stats[i])
        if min(width, height) < _LEAST_CELL * size:
            continue
        own = labels[y : y + height, x : x + width] == i
        ink: Ink = np.where(own, sheet.ink[y : y + height, x : x + width], np.uint8(0))
        outside = width * height > 1.5 * area or (width, height) == sheet.ink.shape[::-1]
        parts = _loose(ink, size) if outside else [(0, 0, width, height)]
        for left, top, right, bottom in parts:
            for strip in _lines(ink[top:bottom, left:right], size):
                found += _cut(strip, (x + left, y + top), (x, y, x + width, y + height), size, sheet)
    return _plain(found, sheet)


def _plain(found: list[Strip], sheet: Sheet) -> list[Strip]:
    """The lines without those that are much fainter than the others: stains, and what shows through the paper."""
    depths = [_depth(strip, sheet) for strip in found]
    wide = [depth for depth, strip in zip(depths, found, strict=True) if strip.x1 - strip.x0 > strip.y1 - strip.y0]
    usual = float(np.median(wide)) if wide else 0.0
    return [strip for strip, depth in zip(found, depths, strict=True) if depth >= _FAINT * usual]


def _depth(strip: Strip, sheet: Sheet) -> float:
    """How much darker the ink of a line is than the paper around it."""
    x0, y0, x1, y1 = strip.cut
    part = sheet.grey[y0:y1, x0:x1]
    ink = part[sheet.ink[y0:y1, x0:x1] > 0]
    return float(np.percentile(part, 80)) - float(np.median(ink)) if len(ink) else 0.0


def line_height(sheet: Sheet) -> float:
    """How high the ink of a line is: what most stretches of several characters measure."""
    wide = round(sheet.size)
    joined = cv2.morphologyEx(sheet.ink, cv2.MORPH_CLOSE, np.ones((1, wide), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    widths, heights = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    chosen = heights[(widths > 2.5 * heights) & (heights > 0.7 * sheet.size) & (heights < 2.2 * sheet.size)]
    return float(np.median(chosen)) if len(chosen) >= 3 else sheet.size * 1.1


def _loose(ink: Ink, size: float) -> list[tuple[int, int, int, int]]:
    """The stretches of text where no cell holds them: ink that is no further apart than characters are."""
    wide = max(round(_APART * size), 3)
    joined = cv2.morphologyEx(
        cv2.copyMakeBorder(ink, 0, 0, wide, wide, cv2.BORDER_CONSTANT, value=0),
        cv2.MORPH_CLOSE,
        np.ones((1, wide), np.uint8),
    )[:, wide:-wide]
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = [(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:]]
    return _together(boxes, size)


def _together(boxes: list[tuple[int, int, int, int]], size: float) -> list[tuple[int, int, int, int]]:
    """Boxes that are parts of one line put together: dots, accents and broken strokes with what they belong to."""
    merged = True
    while merged:
        merged = False
        boxes.sort(key=lambda box: (box[0], box[1]))
        for i, one in enumerate(boxes):
            for j in range(i + 1, len(boxes)):
                other = boxes[j]
                if other[0] > one[2] + 0.5 * size:
                    break
                both = (
                    min(one[0], other[0]),
                    min(one[1], other[1]),
                    max(one[2], other[2]),
                    max(one[3], other[3]),
                )
                tallest = max(one[3] - one[1], other[3] - other[1], 0.9 * size)
                if both[3] - both[1] <= 1.25 * tallest:
                    boxes[i] = both
                    del boxes[j]
                    merged = True
                    break
            if merged:
                break
    return boxes


def _lines(ink: Ink, size: float) -> Iterator[tuple[int, int, int, int]]:
    """The boxes of the lines of ink in a part of the page where one line stands above the other."""
    rows = np.count_nonzero(ink, axis=1)
    for top, bottom in _bands(rows, size):
        columns = np.flatnonzero(ink[top:bottom].any(axis=0))
        # A dot alone is no line of text.
        if bottom - top < _LEAST * size and columns[-1] - columns[0] < _LEAST * size:
            continue
        yield int(columns[0]), top, int(columns[-1]) + 1, bottom


def _bands(rows: NDArray[np.int64], size: float) -> list[tuple[int, int]]:
    """The stretches of rows with ink, parts of one line together, lines that touch apart."""
    filled = np.flatnonzero(np.diff(np.concatenate(([0], (rows > 0).view(np.int8), [0]))))
    runs = [(int(a), int(b)) for a, b in zip(filled[::2], filled[1::2], strict=True)]
    found: list[tuple[int, int]] = []
    for top, bottom in runs:
        if found and bottom - found[-1][0] <= _ONE_LINE * size and top - found[-1][1] < 0.45 * size:
            found[-1] = (found[-1][0], bottom)
        else:
            found.append((top, bottom))
    parted: list[tuple[int, int]] = []
    for top, bottom in found:
        parted += _parted(rows, top, bottom, size) if bottom - top > _TWO_LINES * size else [(top, bottom)]
    return parted


def _parted(rows: NDArray[np.int64], top: int, bottom: int, size: float) -> list[tuple[int, int]]:
    """A stretch as high as several lines, parted where there is least ink; left whole where it is one large line."""
    count = round((bottom - top) / (1.25 * size))
    level = float(np.percentile(rows[top:bottom], 75))
    cuts = [top]
    for k in range(1, count):
        middle = top + (bottom - top) * k / count
        low, high = max(round(middle - 0.4 * size), cuts[-1] + 1), round(middle + 0.4 * size)
        at = low + int(np.argmin(rows[low:high])) if high > low else round(middle)
        if rows[at] > 0.25 * level:
            return [(top, bottom)]
        cuts.append(at)
    return list(pairwise([*cuts, bottom]))


def _cut(
    strip: tuple[int, int, int, int],
    at: tuple[int, int],
    cell: tuple[int, int, int, int],
    size: float,
    sheet: Sheet,
) -> Iterator[Strip]:
    """A line with what is cut out for it: as much around as a line has, but nothing of what is beyond its cell."""
    x0, y0, x1, y1 = strip[0] + at[0], strip[1] + at[1], strip[2] + at[0], strip[3] + at[1]
    height = max(y1 - y0, 0.9 * size)
    middle = (y0 + y1) / 2
    above = height * (0.5 + _ABOVE)
    top, bottom = max(round(middle - above), cell[1] + 1), min(round(middle + above), cell[3] - 1)
    top, bottom = min(top, y0), max(bottom, y1)
    for left, right in _stretches(sheet.ink[y0:y1, x0:x1], round(_LONGEST * height)):
        a, b = x0 + left, x0 + right
        pad = round(_BESIDE * height)
        # Nothing of the neighbours where a line was parted.
        first = max(a - pad, cell[0] + 1, 0) if left == 0 else a
        last = min(b + pad, cell[2] - 1, sheet.ink.shape[1]) if b == x1 else b
        yield Strip(a, y0, b, y1, (min(first, a), top, max(last, b), bottom))


def _stretches(ink: Ink, longest: int) -> list[tuple[int, int]]:
    """A line that is too long, parted between characters."""
    width = ink.shape[1]
    if width <= longest:
        return [(0, width)]
    count = -(-width // longest)
    blank: NDArray[np.bool_] = ink.max(axis=0) == 0
    cuts = [0]
    for k in range(1, count):
        middle = width * k // count
        gaps = np.flatnonzero(blank[cuts[-1] + 1 : width - 1]) + cuts[-1] + 1
        cuts.append(int(gaps[np.argmin(np.abs(gaps - middle))]) if len(gaps) else middle)
    return [(a, b) for a, b in pairwise([*cuts, width]) if b > a]


def picture_of(strip: Strip, sheet: Sheet, *, wide: bool = False) -> Grey:
    """What is cut out of the page for a line, rules in it painted over; ``wide``: with more blank paper around."""
    x0, y0, x1, y1 = strip.cut
    part = sheet.grey[y0:y1, x0:x1]
    rules = sheet.ruled[y0:y1, x0:x1]
    paper = int(np.percentile(part, 80))
    painted: Grey = np.where(rules > 0, np.uint8(paper), part) if rules.any() else part
    if wide:
        by = round(_WIDER * (y1 - y0))
        painted = cv2.copyMakeBorder(painted, by, by, by, by, cv2.BORDER_CONSTANT, value=paper)
    return painted

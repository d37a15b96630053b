"""A grey page set straight, and the rules drawn on it: what is ink, what is a rule; which way is up is not told."""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.readers.scan_image import Grey

Ink = NDArray[np.uint8]

_MOST_SKEW: Final = 6.0
_NO_SKEW: Final = 0.02
_PROFILE_SIDE: Final = 1000
# Darker than what is around by so much is ink.
_DARKER: Final = 22.0
# Paper whose dots differ by more is smoothed further; and ink is darker by so many times as much as they differ.
_NOISY: Final = 4.5
_OVER_NOISE: Final = 4.0
# What is as dark as so many hundredths of all dots are not is a stroke; and its edge is darker than this share of that.
_STROKES: Final = 99.0
_EDGE: Final = 0.25
_AROUND_SHARE: Final = 40
# Beyond this the dots of a stroke differ from those of the paper beside it, and noise of one dot from the next.
_SOME_DOTS: Final = 6
# A rule is longer than any stroke of a character, and thinner than a character.
_RULE_LENGTH: Final = 1.75
_RULE_THICK: Final = 0.4
_GAP: Final = 0.6
_SPECK: Final = 0.08
# A rule that is longer than so many characters need meet no other at both of its ends.
_LONG: Final = 8


class Rule(NamedTuple):
    """A straight rule: from (x0, y0) to (x1, y1) in dots, x0 = x1 where it is upright; ``thick`` in dots."""

    x0: float
    y0: float
    x1: float
    y1: float
    thick: float

    @property
    def upright(self) -> bool:
        """Whether it goes down the page."""
        return self.x0 == self.x1

    @property
    def length(self) -> float:
        """How long it is."""
        return self.x1 - self.x0 + self.y1 - self.y0


class Sheet(NamedTuple):
    """A page set straight: its grey, its ink without rules (0, 255), its rules, and the height of its characters.

    ``back``: 2 × 3, from dots here to dots of the page as it came.
    """

    grey: Grey
    ink: Ink
    rules: tuple[Rule, ...]
    ruled: Ink
    size: float
    back: NDArray[np.float64]


def ink_of(grey: Grey) -> Ink:
    """What is darker than its surroundings: 255, else 0."""
    around = max(min(grey.shape) // _AROUND_SHARE, 15) | 1
    smooth: Grey = cv2.GaussianBlur(grey, (3, 3), 0)
    less = cv2.boxFilter(smooth, cv2.CV_32F, (around, around)) - smooth
    # What paper and noise differ by is no ink.
    noise = _noise_of(smooth)
    if noise > _NOISY:
        smooth = cv2.GaussianBlur(grey, (5, 5), 0)
        less = cv2.boxFilter(smooth, cv2.CV_32F, (around, around)) - smooth
        noise = _noise_of(smooth)
    # The edges of strokes are paler than their middles, and not theirs alone.
    edge = _EDGE * float(np.percentile(less[::2, ::2], _STROKES))
    ink: Ink = np.where(less > max(_DARKER, _OVER_NOISE * noise, edge), np.uint8(255), np.uint8(0))
    # A solid dark area is ink as well, though nothing in it is darker than what is around.
    level, solid = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    if level < 200:
        core: Ink = cv2.bitwise_and(solid, np.where(smooth < level * 0.75, np.uint8(255), np.uint8(0)))
        ink = cv2.bitwise_or(ink, core)
    return ink


def _noise_of(smooth: Grey) -> float:
    """How much paper differs from itself, as a standard deviation; most of a page is paper.

    What lies some dots away is compared, and not what is around: among much text that is darker than paper.
    """
    if smooth.shape[1] <= _SOME_DOTS:
        return 0.0
    here, there = smooth[::2, :-_SOME_DOTS:2], smooth[::2, _SOME_DOTS::2]
    return 1.4826 / 2**0.5 * float(np.median(cv2.absdiff(here, there)))


def skew_of(ink: Ink) -> float:
    """By how many degrees the page is turned: what makes rows and columns of ink sharpest."""
    step = max(1, max(ink.shape) // _PROFILE_SIDE)
    small = cv2.resize(ink, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
    best = 0.0
    for reach, fine in ((_MOST_SKEW, 0.5), (0.5, 0.1), (0.1, 0.02)):
        angles = [best + fine * k for k in range(round(-reach / fine), round(reach / fine) + 1)]
        best = max(angles, key=lambda angle: (_sharpness(small, angle), -abs(angle)))
    return best


def _sharpness(small: Ink, angle: float) -> float:
    turned = _turned(small, angle, 0)
    rows = turned.sum(axis=1, dtype=np.float64)
    columns = turned.sum(axis=0, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum() + np.square(np.diff(columns)).sum())


def _matrix(shape: tuple[int, ...], angle: float) -> NDArray[np.float64]:
    height, width = shape[:2]
    matrix: NDArray[np.float64] = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    return matrix


def _turned(image: Grey, angle: float, blank: int) -> Grey:
    height, width = image.shape
    matrix = _matrix(image.shape, angle)
    turned: Grey = cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=blank)
    return turned


def straight(grey: Grey, quarters: int = 0) -> Sheet:
    """The page set straight, after so many quarters to the left."""
    back = _back(grey.shape, quarters)
    grey = np.ascontiguousarray(np.rot90(grey, quarters))
    ink = ink_of(grey)
    angle = skew_of(ink)
    if abs(angle) > _NO_SKEW:
        height, width = grey.shape
        matrix = _matrix(grey.shape, angle)
        paper = int(np.median(grey))
        grey = cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=paper)
        back = back @ np.vstack([cv2.invertAffineTransform(matrix), [0, 0, 1]])
        ink = ink_of(grey)
    size = character_size(ink)
    rules, ruled = rules_of(ink, size)
    clean = _without_specks(cv2.bitwise_and(ink, cv2.bitwise_not(ruled)), size)
    return Sheet(grey, clean, rules, ruled, size, back[:2])


def _back(shape: tuple[int, ...], quarters: int) -> NDArray[np.float64]:
    """From dots of a page that was turned by quarters to the left to dots of the page before, 3 × 3."""
    height, width = shape
    moves = (
        [[1.0, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[0.0, -1, width], [1, 0, 0], [0, 0, 1]],
        [[-1.0, 0, width], [0, -1, height], [0, 0, 1]],
        [[0.0, 1, 0], [-1, 0, height], [0, 0, 1]],
    )
    return np.array(moves[quarters % 4])


def character_size(ink: Ink) -> float:
    """How many dots a full character is high: what the taller parts of characters measure."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    widths, heights = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    # Rules and specks aside; a character in one piece is about as wide as high.
    whole = (heights > 8) & (heights < 200) & (widths < 2 * heights) & (widths * 2 > heights)
    if whole.sum() < 5:
        return 24.0
    return float(np.percentile(heights[whole], 85))


def _without_specks(ink: Ink, size: float) -> Ink:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    least = max(_SPECK * size, 2)
    stays = (stats[:, cv2.CC_STAT_WIDTH] >= least) | (stats[:, cv2.CC_STAT_HEIGHT] >= least)
    stays &= stats[:, cv2.CC_STAT_AREA] >= max(4, least * least / 2)
    stays &= ~_of_edge(stats, ink.shape, size)
    stays[0] = False
    cleaned: Ink = np.where(stays, np.uint8(255), np.uint8(0))[labels]
    return cleaned


def _of_edge(stats: NDArray[np.int32], shape: tuple[int, ...], size: float) -> NDArray[np.bool_]:
    """What touches the edge of the picture and is no character that is cut off there: where the paper ends."""
    x, y, width, height = stats[:, 0], stats[:, 1], stats[:, 2], stats[:, 3]
    touches: NDArray[np.bool_] = (x <= 1) | (y <= 1) | (x + width >= shape[1] - 1) | (y + height >= shape[0] - 1)
    short, long = np.minimum(width, height), np.maximum(width, height)
    return touches & ((short < 0.3 * size) | (long > 2 * size))


def rules_of(ink: Ink, size: float) -> tuple[tuple[Rule, ...], Ink]:
    """The rules of a straight page, and where their ink is (255)."""
    length = max(round(_RULE_LENGTH * size), 12)
    flat, flat_runs = _along(ink, length, size, upright=False)
    upright, upright_runs = _along(ink, length, size, upright=True)
    rules = _joined(flat, upright, size)
    # What runs through characters is no rule: only ink of rules that stand.
    ruled = np.zeros_like(ink)
    for rule in rules:
        half = rule.thick / 2 + 3
        where = (
            slice(max(round(rule.y0 - half), 0), round(rule.y1 + half)),
            slice(max(round(rule.x0 - half), 0), round(rule.x1 + half)),
        )
        ruled[where] |= (upright_runs if rule.upright else flat_runs)[where]
    # The edges of a rule are paler, and not straight.
    return rules, cv2.dilate(ruled, np.ones((3, 3), np.uint8))


def _along(ink: Ink, length: int, size: float, *, upright: bool) -> tuple[list[Rule], Ink]:
    """The rules of one direction."""

    def kernel(along: int, across: int) -> NDArray[np.uint8]:
        return np.ones((along, across) if upright else (across, along), np.uint8)

    # A rule that is not quite straight goes over from one row of dots to the next.
    wider = cv2.dilate(ink, kernel(1, 3))
    runs = cv2.morphologyEx(wider, cv2.MORPH_OPEN, kernel(length, 1))
    runs = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, kernel(max(round(_GAP * size), 3), 1))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    found: list[Rule] = []
    kept = np.zeros(count, bool)
    for i in range(1, count):
        x, y, width, height, area = (int(v) for v in stats[i])
        long = height if upright else width
        even = area / long
        if even > _RULE_THICK * size + 2 or long < length:
            continue
        kept[i] = True
        found.append(_rule(labels[y : y + height, x : x + width] == i, x, y, even, upright=upright))
    where: Ink = np.where(kept, np.uint8(255), np.uint8(0))[labels]
    # What is left of a rule's edges beside it would be read as strokes.
    return found, cv2.dilate(where, kernel(1, 3))


def _rule(mask: NDArray[np.bool_], x: int, y: int, even: float, *, upright: bool) -> Rule:
    """The rule of a component."""
    weights = mask.sum(axis=0 if upright else 1)
    middle = float((weights * np.arange(len(weights))).sum() / weights.sum()) + 0.5
    long = mask.shape[0 if upright else 1]
    if upright:
        return Rule(x + middle, y, x + middle, y + long, max(even - 2, 1))
    return Rule(x, y + middle, x + long, y + middle, max(even - 2, 1))


def _joined(flat: list[Rule], upright: list[Rule], size: float) -> tuple[Rule, ...]:
    """The rules, those that meant one place at one, and ends that all but meet drawn to where they meet."""
    near = max(0.3 * size, 3)
    levels = _levels([rule.y0 for rule in flat], near)
    sides = _levels([rule.x0 for rule in upright], near)
    # Where it is drawn may be off the middle of several: as much thicker is what its ink takes.
    flat = [
        rule._replace(y0=at, y1=at, thick=rule.thick + 2 * abs(at - rule.y0))
        for rule in flat
        for at in (levels[rule.y0],)
    ]
    upright = [
        rule._replace(x0=at, x1=at, thick=rule.thick + 2 * abs(at - rule.x0))
        for rule in upright
        for at in (sides[rule.x0],)
    ]
    reach = max(0.6 * size, 4)
    while True:
        drawn = [_to_meet(rule, upright, reach) for rule in flat] + [_to_meet(rule, flat, reach) for rule in upright]
        # A stroke that goes on over several characters meets nothing, or at one end by chance.
        kept = [
            rule
            for rule, met in drawn
            if met == 2 or (met == 1 and rule.length > _LONG * size) or rule.length > 2 * _LONG * size
        ]
        if len(kept) == len(drawn):
            return tuple(sorted(kept))
        flat = [rule for rule in kept if not rule.upright]
        upright = [rule for rule in kept if rule.upright]


def _to_meet(rule: Rule, others: list[Rule], reach: float) -> tuple[Rule, int]:
    """The rule with its ends drawn to the rules across that they all but meet, and how many ends meet one."""
    met = 0
    for end in (0, 1):
        x, y = (rule.x0, rule.y0) if end == 0 else (rule.x1, rule.y1)
        if rule.upright:
            near = [o.y0 for o in others if abs(o.y0 - y) <= reach and o.x0 - reach <= x <= o.x1 + reach]
            at = min(near, key=lambda place: abs(place - y), default=None)
            rule = rule if at is None else rule._replace(**{f"y{end}": at})
        else:
            near = [o.x0 for o in others if abs(o.x0 - x) <= reach and o.y0 - reach <= y <= o.y1 + reach]
            at = min(near, key=lambda place: abs(place - x), default=None)
            rule = rule if at is None else rule._replace(**{f"x{end}": at})
        met += at is not None
    return rule, met


def _levels(values: list[float], near: float) -> dict[float, float]:
    """For each value the middle of the values that it goes with."""
    found: dict[float, float] = {}
    group: list[float] = []
    for value in [*sorted(values), float("inf")]:
        if group and value - group[-1] > near:
            middle = round(float(np.median(group)), 1)
            found |= dict.fromkeys(group, middle)
            group = []
        group.append(value)
    return found

"""Signs that are taken for one another told apart by their shapes on the page: how high and wide, with what beside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from extract.readers.scan_lines import Strip
from extract.readers.scan_page import Ink
from extract.readers.scan_words import Letter
from extract.schemafiles import SCHEMAS, read_checked

# How much of a place is blank, at the least, beside a sign of whole width; in heights of a line.
_BLANK: Final = 0.36
_TALL: Final = 9.0


class _Alone(NamedTuple):
    """A sign that stands alone is another one where its ink is so high and so wide."""

    read: str
    told: str
    higher: float
    lower: float
    narrower: float


class _Signs(NamedTuple):
    alone: tuple[_Alone, ...]
    # By the sign of either width: the half one, the whole one, and whether its blank part stands before it.
    pairs: dict[str, tuple[str, str, bool]]
    written: dict[str, str]


@cache
def _signs() -> _Signs:
    data = read_checked(SCHEMAS / "lookalikes.yaml", "lookalikes")
    alone = tuple(
        _Alone(one["read"], one["is"], one.get("higher", 0.0), one.get("lower", _TALL), one.get("narrower", _TALL))
        for one in data["alone"]
    )
    pairs = {sign: (half, whole, side == "before") for half, whole, side in data["pairs"] for sign in (half, whole)}
    return _Signs(alone, pairs, dict(data["written"]))


def told(lines: Sequence[Sequence[Letter]], strips: Sequence[Strip], ink: Ink, size: float) -> list[list[Letter]]:
    """The characters of the lines of a page, blanks left out, each with the sign and the width that its shape shows.

    The width of a sign with nothing beside it, at the end of a line, is that of most others of the page.
    """
    shown = [_put_together([letter for letter in letters if letter.text.strip()]) for letters in lines]
    widths = [_widths(letters, strip, ink, size) for letters, strip in zip(shown, strips, strict=True)]
    sure = [whole for line in widths for whole in line if whole is not None]
    usual = None if not sure else 2 * sum(sure) > len(sure)
    return [
        [_by_shape(letters[0], (strip.x1 - strip.x0) / size, (strip.y1 - strip.y0) / size)]
        if len(letters) == 1
        else [_of_width(letter, usual if whole is None else whole) for letter, whole in zip(letters, line, strict=True)]
        for letters, line, strip in zip(shown, widths, strips, strict=True)
    ]


def _put_together(letters: Sequence[Letter]) -> list[Letter]:
    """Signs that were read as several characters."""
    written = _signs().written
    found: list[Letter] = []
    for one in letters:
        letter = one
        both = written.get(found[-1].text + letter.text) if found else None
        if both is not None:
            before = found.pop()
            letter = Letter(both, (before.at + one.at) / 2, min(before.sure, one.sure))
        found.append(letter)
    return found


def _by_shape(letter: Letter, width: float, height: float) -> Letter:
    """A sign alone; what else it may be counts for it where its shape makes the same of both.

    A sign that its shape alone tells, and no reading, is not sure at all: it stands with a finding, or by another
    reading that says it.
    """

    def shape(text: str) -> str:
        for one in _signs().alone:
            if one.read == text and one.higher <= height <= one.lower and width <= one.narrower:
                return one.told
        return text

    is_now = shape(letter.text)
    chances = [(letter.text, letter.sure), *letter.others]
    was_read = is_now in dict(chances)
    sure = sum(chance for text, chance in chances if shape(text) == is_now) if was_read else 0.0
    others = tuple((text, chance) for text, chance in letter.others if shape(text) != is_now)
    read = "" if was_read else letter.text
    return letter._replace(text=is_now, sure=min(round(sure, 4), 1.0), others=others, read=read)


def _widths(letters: Sequence[Letter], strip: Strip, ink: Ink, size: float) -> list[bool | None]:
    """For each sign that there is in two widths whether it has the whole one: by the blank beside it."""
    pairs = _signs().pairs
    first, last = strip.cut[0], strip.cut[2]
    found: list[bool | None] = []
    for i, letter in enumerate(letters):
        pair = pairs.get(letter.text)
        j = i - 1 if pair is not None and pair[2] else i + 1
        if pair is None or not 0 <= j < len(letters):
            found.append(None)
            continue
        low, high = sorted((letter.at, letters[j].at))
        x0, x1 = round(first + low * (last - first)), round(first + high * (last - first))
        blank = widest_blank(ink[strip.y0 : strip.y1, x0 : x1 + 1])
        found.append(blank is not None and blank[1] - blank[0] >= _BLANK * size)
    return found


def _of_width(letter: Letter, whole: bool | None) -> Letter:
    """The sign in this width; what it may be in the other one counts for it."""
    pair = _signs().pairs.get(letter.text)
    if pair is None:
        return letter
    own = dict([(letter.text, letter.sure), *letter.others])
    sure = sum(own.get(one, 0.0) for one in pair[:2])
    others = tuple(other for other in letter.others if other[0] not in pair[:2])
    half, full, _ = pair
    text = letter.text if whole is None else (full if whole else half)
    return letter._replace(text=text, sure=min(round(sure, 4), 1.0), others=others)


def widest_blank(ink: Ink) -> tuple[int, int] | None:
    """The widest stretch of columns without ink; None where there is none."""
    blank = np.concatenate(([0], (~ink.any(axis=0)).view(np.int8), [0]))
    edges = np.flatnonzero(np.diff(blank))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return max(runs, key=lambda run: run[1] - run[0], default=None)

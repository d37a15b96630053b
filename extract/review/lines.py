"""The lines of a source with the places of values marked in them, as far as they are near any."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

# A source of so many lines is shown whole; of a longer one, so many around each that has a mark.
_WHOLE: Final = 300
_AROUND: Final = 30
# A line of so many characters is shown whole; of a longer one, so many at its ends and around each mark.
_LONG: Final = 1500
_NEAR: Final = 160
# Of what stands between two borders so many characters are shown, at its beginning and at its end.
_HEAD, _TAIL = 700, 160


class Mark(NamedTuple):
    """A place: characters of a line, from 1 and half-open from 0; ``number``: by which it is known."""

    line: int
    start: int
    end: int
    number: int


def shown(lines: Sequence[str], marks: Iterable[Mark], wanted: Iterable[int] = ()) -> list[Any]:
    """The lines as the page gets them, in order.

    ``[number, segments]`` is a line, a number alone how many lines are left out. A segment is ``[text]``,
    ``[text, marks]`` or a number: how many characters are left out. ``wanted``: lines that are shown without a mark.
    """
    by_line: dict[int, list[Mark]] = {}
    for mark in marks:
        by_line.setdefault(mark.line, []).append(mark)
    kept = _kept(len(lines), {*by_line, *wanted})
    found: list[Any] = []
    before = 0
    for number in kept:
        if number > before + 1:
            found.append(number - before - 1)
        found.append([number, segments(lines[number - 1], by_line.get(number, ()))])
        before = number
    if before < len(lines):
        found.append(len(lines) - before)
    return found


def _kept(count: int, near: Iterable[int]) -> Iterable[int]:
    """The numbers of the lines that are shown."""
    if count <= _WHOLE:
        return range(1, count + 1)
    kept: set[int] = set()
    for number in near:
        kept.update(range(max(number - _AROUND, 1), min(number + _AROUND, count) + 1))
    return sorted(kept) or range(1, _WHOLE + 1)


def segments(line: str, marks: Sequence[Mark]) -> list[Any]:
    """A line, cut where marks begin and end; of a long one what is far from all of them is left out."""
    borders = {0, len(line)}
    for mark in marks:
        borders |= {mark.start, mark.end}
    ordered = sorted(border for border in borders if border <= len(line))
    numbers: Mapping[int, list[int]] = {start: [] for start in ordered}
    for mark in marks:
        for start in ordered[bisect_left(ordered, mark.start) : bisect_left(ordered, mark.end)]:
            numbers[start].append(mark.number)
    long = len(line) > _LONG
    found: list[Any] = []
    for start, end in pairwise(ordered):
        text = line[start:end]
        if not long:
            found.append([text, numbers[start]] if numbers[start] else [text])
            continue
        head, tail = (_HEAD, _TAIL) if numbers[start] else (_NEAR, _NEAR)
        found += _cut(text, numbers[start], head, tail)
    return found


def _cut(text: str, numbers: list[int], head: int, tail: int) -> list[Any]:
    own = [numbers] if numbers else []
    if len(text) <= head + tail:
        return [[text, *own]]
    return [[text[:head], *own], len(text) - head - tail, [text[-tail:], *own]]

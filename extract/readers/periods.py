"""How many pipes a row of a stream of cells has: told by the cells, where the ends of rows show too seldom.

The right number sets cells of one kind under one another all the way down. Where a pipe opens every row, it also sets
a blank before each; else whole rows make up the stream. Numbers that do about as well, and are no multiples of the
least of them, leave the rows open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

# A row has more pipes than this, and no more than that.
NARROWEST: Final = 3
_WIDEST: Final = 80
# So many cells are looked at; so many rows they have to make.
_LOOKED_AT: Final = 6000
_FEWEST_ROWS: Final = 3
# Of a hundred rows, so many begin with a blank, and so many ends that show fit.
_OPENED: Final = 90
_FITTING: Final = 80
# Of a hundred cells, so many are of the kind of the one above.
_ALIKE: Final = 33
# Where a number has a hundred such cells, the row's own, of which it is a multiple, has so many, and a rival so many.
_PART: Final = 80
_RIVAL: Final = 80
# A text of no more characters that has no letter or figure is a sign.
_SIGN: Final = 2


class Period(NamedTuple):
    """How many pipes a row has (0: not known).

    ``opened``: the first of them opens it. ``shown``: the ends of rows show it. ``sure``: nothing speaks for another.
    """

    length: int
    opened: bool
    shown: bool
    sure: bool


_UNKNOWN: Final = Period(0, opened=True, shown=False, sure=False)


def kind_of(text: str) -> str:
    """What a cell is, by its looks: blank, a number, a sign or a text."""
    if not text:
        return " "
    if text[0].isdigit() and text.replace(",", "").replace(".", "").isdigit():
        return "n"
    return "s" if len(text) <= _SIGN and not any(map(str.isalnum, text)) else "t"


def period(kinds: str, ends: Sequence[int]) -> Period:
    """The period of cells, a letter each for what they are; ``ends``: the places of those that seem to end a row."""
    lengths = [after - before for before, after in zip([-1, *ends], ends, strict=False)]
    are_ends = _are_blank("".join([kinds[end + 1 : end + 2] for end in ends]))
    shown = _shown(lengths) if are_ends else 0
    if shown:
        return Period(shown, opened=True, shown=True, sure=True)
    likeness = _likeness(kinds[:_LOOKED_AT])
    if not likeness:
        return _UNKNOWN
    best = max(likeness, key=likeness.__getitem__)
    enough = _same_kind(kinds, best) * _PART
    length = next(one for one in likeness if best % one == 0 and _same_kind(kinds, one) * 100 >= enough)
    opened = _opened(kinds, length)
    if not opened and len(kinds) % length:
        return _UNKNOWN
    rivals = [one for one, alike in likeness.items() if alike * 100 >= likeness[length] * _RIVAL and one % length]
    return Period(length, opened, opened and are_ends and _fits(lengths, length), sure=not rivals)


def _likeness(kinds: str) -> dict[int, float]:
    """How much alike the cells are that would stand under one another, by the numbers of pipes that can be."""
    numbers = range(NARROWEST + 1, min(_WIDEST, len(kinds) // _FEWEST_ROWS) + 1)
    found = {length: _alike(kinds, length) for length in numbers}
    return {length: alike for length, alike in found.items() if alike * 100 >= _ALIKE}


def _shown(lengths: Sequence[int]) -> int:
    """The number on which the ends of rows agree, where enough of them show; else 0."""
    if len(lengths) < _FEWEST_ROWS:
        return 0
    length = Counter(lengths).most_common(1)[0][0]
    return length if length > NARROWEST and _fits(lengths, length) else 0


def _fits(lengths: Sequence[int], length: int) -> bool:
    """Whether nearly all ends that show stand whole rows apart."""
    return sum(one % length == 0 for one in lengths) * 100 >= len(lengths) * _FITTING


def _opened(kinds: str, length: int) -> bool:
    """Whether nearly all rows begin with a blank. What stands above a table is before the pipe that opens its first."""
    return _are_blank(kinds[length::length])


def _are_blank(opening: str) -> bool:
    return opening.count(" ") * 100 >= len(opening) * _OPENED


def _alike(kinds: str, length: int) -> float:
    """The share of the cells that are of the kind of the one a row above, pairs of blanks left out."""
    pairs = [one == other for one, other in zip(kinds, kinds[length:], strict=False) if one != " " or other != " "]
    return sum(pairs) / len(pairs) if pairs else 0.0


def _same_kind(kinds: str, length: int) -> float:
    """The share of the cells that are of the kind of the one a row above, where neither is blank."""
    pairs = [one == other for one, other in zip(kinds, kinds[length:], strict=False) if one != " " and other != " "]
    return sum(pairs) / len(pairs) if pairs else 0.0

"""Lines in which a cell that fills its column pushes the rest of the line a place on, as text browsers print tables.

Between two cells stands a blank at least, for which a full column has no room. Setting the columns behind it a place on
in the other lines makes room.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from extract.interpret.layout_lines import Piece, Strip, words

_BLANK: Final = 0x20


def with_room(lines: Sequence[Strip], others: Sequence[Strip] = ()) -> list[Strip] | None:
    """The lines with room behind full columns; None where no line is pushed.

    ``others``: further lines of the same table, whose cells show where columns begin.
    """
    own = [words(line) for line in lines]
    starts = Counter(word.x0 for line in [*own, *map(words, others)] for word in line)
    pushed = [_pushes(line, starts) for line in own]
    columns = sorted({at for places in pushed for at in places})
    if not columns:
        return None
    return [
        _widened(line, [at for at in columns if at not in places]) for line, places in zip(lines, pushed, strict=True)
    ]


def _pushes(line: Sequence[Piece], starts: Counter[int]) -> list[int]:
    """The columns at which the rest of a line was pushed on, as far as its cells then begin where other lines' do."""
    found: list[int] = []
    gained = 0
    for before, word in pairwise(line):
        at = word.x0 - len(found)
        if word.x0 - before.x1 == 1 and starts[at - 1] - starts[at] >= 0 and starts[at - 1] > 0:
            found.append(at - 1)
            at -= 1
        # A line's own words count where they stand.
        gained += (starts[at] > 0) - (starts[word.x0] > 1) if found else 0
    return found if gained > 0 else []


def _widened(line: Strip, columns: Sequence[int]) -> Strip:
    """The line with a blank place more before each of these columns; a cell that reaches over one stays whole."""
    places = bytearray(line.places)
    chars = list(line.chars) if line.chars is not None else _chars(line)
    for at in reversed(columns):
        if at < len(places) and places[at - 1] == _BLANK:
            places.insert(at, _BLANK)
            chars.insert(at, chars[at])
    return Strip(line.number, line.text, bytes(places), chars)


def _chars(line: Strip) -> list[int]:
    """The character at each place of a line that is measured as GBK."""
    found = [at for at, char in enumerate(line.text) for _ in range(1 if char < "\x80" else 2)]
    return [*found, len(line.text)]

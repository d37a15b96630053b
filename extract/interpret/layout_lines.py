"""Lines of a page layout by display columns, and their cells by column.

A tool that keeps a page's layout counts places in its own way: two for a Chinese character and for “ ” ≥ (as GB18030
does), or one for those that are ambiguous, or one for every character. A line is kept as bytes, a byte a place, so that
columns are found by adding up the places of all lines and cells are cut out by slicing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from extract.clean import INVISIBLE, plain
from extract.model import Cell
from extract.places import as_seen

# A byte a place: 0 for a blank, 1 for anything else.
_MARKS: Final = bytes(0 if place == 0x20 else 1 for place in range(256))
_FILLED: Final = re.compile(rb"[^\x00]+")
# Adding up more lines than this would overflow a byte.
_ADDED_AT_ONCE: Final = 250
_NOTHING: Final = frozenset(INVISIBLE + "\f")


# What Unicode calls neither wide nor full-width, beyond ASCII: the characters that tools disagree about.
_NARROW: Final = re.compile(r"[\x80-\u10ff\u1160-\u2e7f]")


class Strip(NamedTuple):
    """One line by display columns.

    ``number``: 1-based line of the source. ``places``: a byte a display column, 0x20 where it is blank. ``chars``: the
    character that stands at each display column, and the line's length behind the last; None where ``places`` is the
    line in GBK itself.
    """

    number: int
    text: str
    places: bytes
    chars: Sequence[int] | None


class Piece(NamedTuple):
    """A run of text between two cuts of a line, before it is a cell."""

    text: str
    start: int
    end: int
    x0: int
    x1: int


def gb_width(char: str) -> int:
    """Two for every character but the ASCII ones, as GB18030 counts bytes."""
    return 1 if char < "\x80" else 2


def narrow_width(char: str) -> int:
    """Two for wide characters only; those that Unicode calls ambiguous count one."""
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def char_count(_: str) -> int:
    """One for every character: tools that count characters and not places."""
    return 1


MEASURES: Final[tuple[Callable[[str], int], ...]] = (gb_width, narrow_width, char_count)


def strips(lines: Sequence[str], numbers: Sequence[int], measure: Callable[[str], int] = gb_width) -> list[Strip]:
    """The lines measured. ``numbers``: the 1-based source line of each."""
    if not lines:
        return []
    whole = "".join(lines)
    # A blank that is no space, a tab or something invisible makes a text unprintable.
    if measure is char_count and whole.isprintable():
        counted = "\n".join(lines).encode("ascii", "replace").split(b"\n")
        return [Strip(n, line, p, range(len(line) + 1)) for n, line, p in zip(numbers, lines, counted, strict=True)]
    if measure is gb_width and whole.isprintable() and unicodedata.is_normalized("NFC", whole):
        try:
            places = "\n".join(lines).encode("gbk").split(b"\n")
        except UnicodeEncodeError:
            pass
        else:
            found = [Strip(n, line, p, None) for n, line, p in zip(numbers, lines, places, strict=True)]
            if "&" in whole or "<" in whole:
                # What may be markup is cleaned cell by cell.
                return [
                    _measured(line.number, line.text, measure) if "&" in line.text or "<" in line.text else line
                    for line in found
                ]
            return found
    return [_measured(n, line, measure) for n, line in zip(numbers, lines, strict=True)]


def _measured(number: int, line: str, measure: Callable[[str], int]) -> Strip:
    places = bytearray()
    chars: list[int] = []
    for at, char in enumerate(line):
        if char == "\t":
            count, mark = 8 - len(places) % 8, b" "
        elif char in _NOTHING or unicodedata.combining(char):
            continue
        elif char.isspace():
            count, mark = (measure(char) if char == "\u3000" else 1), b" "
        else:
            count, mark = measure(char), b"x"
        places += mark * count
        chars += [at] * count
    chars.append(len(line))
    return Strip(number, line, bytes(places), chars)


def has_narrow(text: str) -> bool:
    """Whether there are characters that tools count differently."""
    return _NARROW.search(text) is not None


def full_lines(lines: Sequence[Strip]) -> int:
    """How many lines reach the last column that any of them reaches, or the one before it."""
    sizes = [len(line.places.rstrip()) for line in lines]
    last = max(sizes, default=0)
    return sum(size >= last - 1 for size in sizes)


def crowd(lines: Sequence[Strip]) -> bytes:
    """How many of the lines have something at each display column, counted up to 255."""
    if len(lines) > _ADDED_AT_ONCE:
        return added(*(crowd(lines[at : at + _ADDED_AT_ONCE]) for at in range(0, len(lines), _ADDED_AT_ONCE)))
    size = max([len(line.places) for line in lines], default=0)
    return sum([int.from_bytes(line.places.translate(_MARKS), "little") for line in lines]).to_bytes(size, "little")


def added(*counts: bytes) -> bytes:
    """Counts of lines added up, column by column; what goes beyond 255 stays there."""
    size = max(map(len, counts))
    if sum([max(part, default=0) for part in counts]) < 256:
        return sum([int.from_bytes(part, "little") for part in counts]).to_bytes(size, "little")
    return bytes(min(sum(column), 255) for column in zip(*(part.ljust(size, b"\0") for part in counts), strict=True))


def filled(counts: bytes, strays: int = 0) -> list[tuple[int, int]]:
    """The runs of display columns that are not blank in every line (but for ``strays`` of them), half-open."""
    if strays:
        counts = bytes(1 if count > strays else 0 for count in counts)
    return [match.span() for match in _FILLED.finditer(counts)]


def cells(line: Strip, cuts: Sequence[int]) -> list[Cell | None]:
    """The line's cells, one a column or None.

    ``cuts``: where each column begins, and the end of the last; no cut may fall within a word.
    """
    if line.chars is not None:
        return _cells_by_chars(line, cuts, line.chars)
    places, number = line.places, line.number
    found: list[Cell | None] = []
    at = place = 0
    low = cuts[0]
    for col, high in enumerate(cuts[1:]):
        inner = places[low:high]
        word_bytes = inner.strip()
        if word_bytes:
            x0 = low if inner[0] != 0x20 else low + len(inner) - len(inner.lstrip())
            word = word_bytes.decode("gbk")
            # Only blanks of one place stand between two cells.
            start = at + x0 - place
            at = start + len(word)
            place = x0 + len(word_bytes)
            found.append(_new(Cell, (word, number, start, at, col, 0, x0, place, 1, 1, ())))
        else:
            found.append(None)
        low = high
    return found


def _cells_by_chars(line: Strip, cuts: Sequence[int], chars: Sequence[int]) -> list[Cell | None]:
    places, text = line.places, line.text
    found: list[Cell | None] = []
    low = cuts[0]
    for col, high in enumerate(cuts[1:]):
        inner = places[low:high]
        word_places = inner.strip()
        if word_places:
            x0 = low + len(inner) - len(inner.lstrip())
            x1 = x0 + len(word_places)
            start = chars[x0]
            raw = text[start : chars[x1]].rstrip()
            found.append(seen(Cell(raw, line.number, start, start + len(raw), col, 0, x0, x1)))
        else:
            found.append(None)
        low = high
    return found


_new: Final = tuple.__new__


def seen(cell: Cell) -> Cell:
    """A cell whose line may hold markup or what shows nothing, without these; as it stood where nothing is left."""
    return as_seen(cell) or cell


def words(line: Strip) -> list[Piece]:
    """The line's words: what stands between any blanks."""
    found = []
    if line.chars is None:
        # Words and blanks are the same in the text and in its bytes, so they match one by one.
        at = place = 0
        for text, match in zip(line.text.split(), _WORD.finditer(line.places), strict=True):
            x0, x1 = match.span()
            start = at + x0 - place
            at, place = start + len(text), x1
            found.append(Piece(text, start, at, x0, x1))
        return found
    for match in _WORD.finditer(line.places):
        x0, x1 = match.span()
        start = line.chars[x0]
        raw = line.text[start : line.chars[x1]].rstrip()
        found.append(Piece(plain(raw) or raw, start, start + len(raw), x0, x1))
    return found


_WORD: Final = re.compile(rb"[^ ]+")


def whole(line: Strip, col: int = 0) -> Cell | None:
    """All that stands on the line as one cell."""
    found = cells(line, (0, len(line.places) + 1))[0]
    return found if found is None or not col else found._replace(col=col)

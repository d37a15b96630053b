"""A text whose cells touch, with its seams, and the parts that a row of indicators in it is read as."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import Final, NamedTuple

from extract.interpret.glued_words import Lexicon
from extract.interpret.grammar import LEVEL2

_NO_START: Final = frozenset("，。、；：,.;:!?)）》”’】%％/·的")
_NO_END: Final = frozenset("，、；：,;:.(（《“‘【")
_PAIRS: Final = (("(", ")"), ("《", "》"), ("“", "”"), ("【", "】"))
# What marks within a free text cost: they belong to values and sentences.
_MARK_COST: Final = {"%": 3.0, "。": 3.0, **dict.fromkeys("≥≤≧≦><=", 5.0)}
# What it costs to read over the end of a line, of a cell, over a blank.
_LINE: Final = 2.5
_CELL: Final = 6.0
_BLANK: Final = 1.0
# A figure among words, and one with a unit as values have; a label among words.
_FIGURE: Final = 1.5
_MEASURED: Final = 2.2
_LABEL: Final = 6.0


class Part(NamedTuple):
    """A cell of a row: its column's place in the header (-1 for the root label), its role and its place in the text."""

    column: int
    role: int
    start: int
    end: int


class Reading(NamedTuple):
    """One way to read a row.

    ``weight`` and ``target`` (the score that its first-level label states) are in hundredths, -1 for none. ``begins``:
    a first level begins here. ``guessed``: name and value are words that only likelihood parts. ``open``: nothing marks
    where its last cell ends and the next row begins.
    """

    start: int
    end: int
    cost: float
    parts: tuple[Part, ...]
    weight: int = -1
    target: int = -1
    begins: bool = False
    guessed: bool = False
    open: bool = False

    @property
    def is_row(self) -> bool:
        """Whether it is an indicator and not labels alone."""
        return any(part.role > LEVEL2 for part in self.parts)


class Partial(NamedTuple):
    """A row read up to ``at``.

    ``sign``: "" none, "o" comparison, "q" 定性. ``value``: "" none, "n" bare number, "m" number with a unit or an
    operator, "w" words, "d" date.
    """

    at: int
    column: int
    cost: float
    parts: tuple[Part, ...]
    sign: str = ""
    value: str = ""
    value_at: tuple[int, int] = (0, 0)
    weight: int = -1
    target: int = -1
    begins: bool = False
    guessed: bool = False
    open: bool = False


class Strip:
    """A folded text and its seams: ``lines`` where a line ends, ``cells`` where a cell ends.

    What speaks against reading a stretch as one text is counted once, up to every character.
    """

    def __init__(self, text: str, lines: frozenset[int], cells: frozenset[int], lexicon: Lexicon) -> None:
        self.text = text
        self.lines = lines
        self.cells = cells
        self.labels = [lexicon.labels_at(text, at) for at in range(len(text))]
        self.strong = [
            (at, min(label.end for label in labels if label.strong))
            for at, labels in enumerate(self.labels)
            if any(label.strong for label in labels)
        ]
        self._crossed = list(accumulate((self._seam(at) for at in range(len(text))), initial=0.0))
        self._marks = list(accumulate((_MARK_COST.get(c, 0.0) for c in text), initial=0.0))
        self._figures = list(accumulate(self._figure_costs(lexicon), initial=0.0))

    def _seam(self, at: int) -> float:
        """What it costs to cross the seam before a character, or a blank there."""
        if at in self.lines:
            return _LINE
        if at in self.cells:
            return _CELL
        text = self.text
        if text[at] == " " and not (text[at - 1 : at].isascii() and text[at + 1 : at + 2].isascii()):
            return _BLANK
        return 0.0

    def _figure_costs(self, lexicon: Lexicon) -> Iterator[float]:
        """What a figure within words costs, at its last character; more where it has a unit as values have."""
        text = self.text
        for at, character in enumerate(text):
            if not character.isdigit() or text[at + 1 : at + 2].isdigit() or text[at + 1 : at + 2] in (".", ","):
                yield 0.0
            else:
                yield _MEASURED if lexicon.units.at(text, at + 1) else _FIGURE

    def crossed(self, start: int, end: int) -> float:
        """What it costs to read this stretch as one cell in view of the seams and blanks inside it."""
        return self._crossed[end] - self._crossed[min(start + 1, end)]

    def words(self, start: int, end: int) -> float:
        """What speaks against a stretch being one free text: figures, operators, labels and seams within it."""
        text = self.text
        cost = self.crossed(start, end) + self._marks[end] - self._marks[start]
        cost += self._figures[end] - self._figures[start]
        if text[start] in _NO_START:
            cost += 4.0
        if text[end - 1] in _NO_END:
            cost += 3.0
        if text[end - 1].isdigit() and text[end : end + 1].isdigit():
            cost += 1.5
        for opening, closing in _PAIRS:
            if text.count(opening, start, end) != text.count(closing, start, end):
                cost += 4.0
        at = bisect_left(self.strong, (start, 0))
        while at < len(self.strong) and self.strong[at][0] < end:
            cost += _LABEL if self.strong[at][1] <= end else 0.0
            at += 1
        return cost

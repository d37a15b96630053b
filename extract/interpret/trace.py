"""What one reading went through, kept where somebody asked for it: the reading itself, and no second one.

A ``Recorder`` holds on to what the interpreter has in its hands anyway. ``trace_rows`` makes of it what each row of the
source was taken for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from extract.interpret import grammar
from extract.model import Cell, Form, Grid, Row

if TYPE_CHECKING:
    from extract.interpret.form import Interpreter, Parts
    from extract.interpret.layout import LayoutReading
    from extract.interpret.sections import Sections
    from extract.readers.dump import Literal


class FormRecord(NamedTuple):
    """What was read of a form, and the form that was made of it. ``number``: which form of the source it is, from 0."""

    number: int
    parts: Parts
    form: Form


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows that begin as a form does, by section, and who read them. They gave the forms ``read``; none if too little.

    ``layout``: how the page they stand on was read, where its layout was kept.
    """

    rows: Sequence[Row]
    sections: Sections
    layout: LayoutReading | None
    interpreter: Interpreter
    read: list[FormRecord] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Source:
    """One text: a file, or a ``literal`` of a dump. ``rows``: the grid's rows in the pieces that forms are found in."""

    grid: Grid
    rows: Sequence[Row]
    finder: Interpreter
    literal: Literal | None
    stretches: list[Stretch] = field(default_factory=list)


class Recorder:
    """Takes notes of how the texts of one file are read, in order."""

    def __init__(self) -> None:
        self._sources: list[Source] = []
        self._literal: Literal | None = None
        self._count = 0

    def within(self, literal: Literal) -> None:
        """The next text is this one of a dump."""
        self._literal = literal

    def begin(self, grid: Grid, rows: Sequence[Row], finder: Interpreter) -> None:
        """A text is read; forms are found in it by this interpreter."""
        self._sources.append(Source(grid, rows, finder, self._literal))
        self._literal = None

    def stretch(
        self, rows: Sequence[Row], sections: Sections, layout: LayoutReading | None, interpreter: Interpreter
    ) -> None:
        """Rows of the text begin as a form does."""
        self._sources[-1].stretches.append(Stretch(rows, sections, layout, interpreter))

    def forms(self, read: Sequence[Parts], forms: Sequence[Form]) -> None:
        """They gave these forms."""
        for parts, form in zip(read, forms, strict=True):
            self._sources[-1].stretches[-1].read.append(FormRecord(self._count, parts, form))
            self._count += 1

    @property
    def sources(self) -> Sequence[Source]:
        """The texts that were read; where those in a dump gave no form, it is the dump as a text that counts."""
        whole = [source for source in self._sources if source.literal is None]
        return whole or self._sources

    @property
    def is_dump(self) -> bool:
        """Whether texts within a dump are what was read."""
        return any(source.literal is not None for source in self.sources)


class Part(NamedTuple):
    """A cell of a row: what it is by its text alone (``kind``, a name of ``KINDS``), and as what it was read.

    ``kind`` is "" where nobody asked. ``role`` is one of ``ROLES``.
    """

    cell: Cell
    role: str
    kind: str = ""


class Other(NamedTuple):
    """The next reading of a row that gives other values: the role of each cell, and what it costs."""

    roles: tuple[str, ...]
    cost: float


class Reading(NamedTuple):
    """A row of the source and what it was taken for, one of ``WHATS``. ``form``: of which form; None for none.

    ``cost`` and ``other`` are those of rows that the row grammar explains. ``apart``: where it takes several lines for
    one row, what they cost as a row each.
    """

    what: str
    form: int | None
    parts: tuple[Part, ...]
    cost: float | None = None
    other: Other | None = None
    apart: float | None = None


class Way(NamedTuple):
    """A way to place the amounts of a row: the column of each (category and source), and what speaks for it.

    ``failed`` and ``held``: how many equations do not hold, and how many do; ``apart``: by how many places amounts and
    columns stand apart.
    """

    columns: tuple[tuple[str, str], ...]
    failed: int
    held: int
    apart: int


class Sum(NamedTuple):
    """An equation of the form: the column of the sum, those of its parts, and what the two sides state."""

    whole: tuple[str, str]
    parts: tuple[tuple[str, str], ...]
    stated: Decimal | None
    of_parts: Decimal | None

    @property
    def holds(self) -> bool | None:
        """Whether both sides are equal; None where one of them is blank."""
        if self.stated is None or self.of_parts is None:
            return None
        return self.stated == self.of_parts


class MoneyTrace(NamedTuple):
    """How the amounts of a form were placed.

    ``settled``: ``none`` (there are none), ``words`` (each amount beside its word), ``cell`` (in a column of its own),
    ``only`` (as many as there are columns), ``sums_and_places`` (one way to place them keeps both the distances and the
    equations), ``rank`` (the best of several ways). The last three have the way ``chosen``, and where there is one, the
    next: ``other``.
    """

    settled: str
    columns: tuple[tuple[str, str], ...]
    chosen: Way | None
    other: Way | None
    sums: tuple[Sum, ...]


class CutText(NamedTuple):
    """A text that was told to be cut: its row, its display width, and by what (``mark``, ``limit``, ``open``)."""

    seq: int
    width: int
    by: str


class CutTrace(NamedTuple):
    """How the cut texts of a column were told.

    ``limits``: the display widths at which its texts may be cut. ``source``: where limits come from: ``marks`` (the
    form marks its cuts, none is needed), ``known`` (of portals), ``learned`` (from these texts), ``none``.
    """

    table: str
    field: str
    limits: tuple[int, ...]
    source: str
    texts: tuple[CutText, ...]


class FormTrace(NamedTuple):
    """What was decided on a form as a whole: columns of its indicators, money, cut texts.

    ``layout``: where a page's layout was kept, the conventions by which it can be read, with their costs.
    """

    number: int
    profile: str
    columns: tuple[str, ...]
    layout: tuple[tuple[str, float], ...] | None
    money: MoneyTrace
    cuts: tuple[CutTrace, ...]


class Attempt(NamedTuple):
    """Lines that begin as a form does and are none: the sections of which they have rows, and whether a header."""

    first: int
    last: int
    sections: tuple[str, ...]
    header: bool


class Missing(NamedTuple):
    """Why a source gave no form: how near it came to each of the things that make one.

    ``titles`` and ``labels`` are lines. ``header``: the words of columns in the line that has most different ones.
    """

    titles: tuple[int, ...]
    labels: tuple[tuple[str, int], ...]
    header: tuple[str, ...]
    header_line: int | None
    attempts: tuple[Attempt, ...]


# Sections, and what a row can be beside a row of its section.
WHATS = (
    "title",
    "head",
    "funding",
    "passed",
    "goals",
    "tasks",
    "indicators",
    "notes",
    "label",
    "funding_header",
    "tasks_header",
    "indicators_header",
    "labels",
    "furniture",
    "below",
    "unread",
    "refused",
    "outside",
    "separators",
    "blank",
)
# What a cell can be read as: the roles of the row grammar, and those of the other rows.
ROLES = (
    *grammar.ROLES,
    "title",
    "year",
    "label",
    "field",
    "column",
    "amount",
    "beside",
    "text",
    "furniture",
    "unread",
)
KINDS = {
    "R": "root_label",
    "1": "level1_label",
    "2": "level2_label",
    "B": "level_label",
    "o": "operator",
    "q": "qualitative",
    "n": "number",
    "N": "number_with_word",
    "m": "operator_with_number",
    "u": "unit",
    "g": "grade",
    "d": "date",
    "s": "short_text",
    "t": "text",
}

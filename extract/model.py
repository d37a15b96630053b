"""The data model: what readers give (Grid), what interpreters make of it (Form), and what is doubtful (Finding).

Everything here is immutable and pure data. The records that occur many times in a form (Cell, Amount, Indicator, …)
are NamedTuples and not frozen dataclasses: building a frozen dataclass costs four times as much, and a form holds
several hundred of them.

A value's *place* is the Cell it was read from. A value put together from several pieces (a cell broken over lines)
has a place with ``parts``; each part is a place of its own.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal, NamedTuple, TypeVar, dataclass_transform, overload

T = TypeVar("T")

# x0, top, x1, bottom in points from the top left of a page.
BBox = tuple[float, float, float, float]


class Cell(NamedTuple):
    """One cell as a reader found it, blank cells excepted.

    ``text``: NFC, trimmed, without zero-width characters. ``line``: 1-based line of the source (0 where a format has
    no lines). ``start``/``end``: characters within that line, half-open; slicing the source line there gives the
    text as it stood. ``col``: ordinal place in its row, blank cells counted, 0-based. ``page``: 1-based, 0 where the
    source has no pages. ``x0``/``x1``: horizontal extent, display columns in text and points on a page; -1 where it
    means nothing.
    """

    text: str
    line: int
    start: int
    end: int
    col: int
    page: int = 0
    x0: float = -1
    x1: float = -1
    row_span: int = 1
    col_span: int = 1
    parts: tuple[Cell, ...] = ()


@dataclass_transform(frozen_default=True)
def pure(cls: type[T]) -> type[T]:
    """A dataclass with slots that nobody changes: types are checked for it, and no time is spent on it in a run.

    For records that are read much more often than made: a field is had in a fifth of a NamedTuple's time.
    """
    return dataclass(slots=True)(cls)


@pure
class Row:
    """One row of a grid: its cells in order, and how many places it has, blank ones counted (``width``).

    ``width`` is 0 where runs of blanks separate the cells: how many blank cells are among them is only estimated there.
    """

    line: int
    cells: list[Cell]
    width: int
    page: int = 0

    def changed(
        self,
        *,
        line: int | None = None,
        cells: list[Cell] | None = None,
        width: int | None = None,
        page: int | None = None,
    ) -> Row:
        """The row with some of its fields changed."""
        return Row(
            self.line if line is None else line,
            self.cells if cells is None else cells,
            self.width if width is None else width,
            self.page if page is None else page,
        )


@dataclass(frozen=True, slots=True)
class Grid:
    """A source as rows of cells. ``lines`` are the source's lines, to slice places from; empty for paged formats.

    ``ruled``: the cells of its tables were told by strokes or tags, and not by the places of texts on a page.
    ``guessed``: where rows of its tables begin was not told by the source for certain.
    """

    rows: list[Row]
    lines: list[str]
    paged: bool = False
    ruled: bool = False
    guessed: bool = False


# What a form is of: a department as a whole (整体支出), or one project (项目支出).
FormKind = Literal["department", "project"]
# The tables whose values may be doubted.
TableName = Literal["documents", "funding", "goals", "tasks", "indicators"]
# Those with a row for each thing that a form states.
ROWS: Final[tuple[TableName, ...]] = ("funding", "goals", "tasks", "indicators")


class Finding(NamedTuple):
    """A doubt. ``code`` is one of ``schemas/findings.yaml``, which holds severity and wording; ``params`` fill it.

    ``table``, ``seq`` and ``field`` are None where the doubt is about more than one value.
    """

    code: str
    table: TableName | None = None
    seq: int | None = None
    field: str | None = None
    params: Mapping[str, object] = {}
    place: Cell | None = None


class Amount(NamedTuple):
    """A row of the table ``funding``; ``amount`` in yuan."""

    category: str
    source: str
    amount: Decimal
    amount_raw: str | None
    basis: str
    places: Mapping[str, Cell]


# Where a header names an amount's column. A known word names it, which is read for sure, or none does.
OF_HEADER: Final = frozenset({"category", "source"})


class Goal(NamedTuple):
    """A row of the table ``goals``: one paragraph."""

    text: str
    places: Mapping[str, Cell]


class Task(NamedTuple):
    """A row of the table ``tasks``."""

    name: str | None
    content: str | None
    content_truncated: bool
    content_recovered: str | None
    recovery_source: str | None
    name_truncated: bool
    places: Mapping[str, Cell]


class Indicator(NamedTuple):
    """A row of the table ``indicators``; the columns are described in ``schemas/tables/indicators.yaml``."""

    level1: str | None
    level2: str | None
    name: str | None
    level1_raw: str | None
    level2_raw: str | None
    level1_basis: str | None
    level2_basis: str | None
    operator: str | None
    operator_basis: str | None
    value: str | None
    value_number: Decimal | None
    unit: str | None
    scale: str | None
    weight: Decimal | None
    direction: str | None
    achieved: str | None
    score: Decimal | None
    name_truncated: bool
    places: Mapping[str, Cell]


class Weighed(NamedTuple):
    """What a row costs to read as it was read, and by how much the next reading that gives other values is dearer."""

    cost: float
    margin: float


@dataclass(frozen=True, slots=True)
class Form:
    """One form, read. ``places`` holds the places of its own fields (title, fiscal_year, …).

    ``funding_check`` and ``weight_check`` say how the equations of the funding and the sum of the weights came out:
    ``holds``, ``fails``, or ``not_made`` where nothing could be compared. ``settled``: the values that a person
    corrected or confirmed, as they were read, by table, seq and field; so too the columns that said how they were
    come by.

    ``reading``: how its cells were told: ``ruled`` by strokes or tags, ``cells`` by separators, ``blanks`` by runs of
    blanks, ``layout`` and ``page`` by where texts stand, ``stream`` and ``glued`` by what they are. ``weighed``: what
    the row of each indicator costs to read.
    """

    form_index: int
    form_kind: FormKind
    form_profile: str
    title: str | None = None
    fiscal_year: int | None = None
    unit_code: str | None = None
    unit_name: str | None = None
    supervising_unit: str | None = None
    project_code: str | None = None
    project_name: str | None = None
    amount_unit: str | None = None
    other_notes: str | None = None
    funding_check: str = "not_made"
    weight_check: str = "not_made"
    funding: tuple[Amount, ...] = ()
    goals: tuple[Goal, ...] = ()
    tasks: tuple[Task, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    findings: tuple[Finding, ...] = ()
    places: Mapping[str, Cell] = field(default_factory=dict)
    settled: Mapping[tuple[str, int | None, str], object] = field(default_factory=dict)
    reading: str = ""
    weighed: tuple[Weighed, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an input gave no form; ``code`` is one of ``schemas/failures.yaml``."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class Spot(NamedTuple):
    """Where a place is in a file that has no lines: its page from 1, its box there, its address; None where none is."""

    page: int | None
    bbox: BBox | None
    locator: str | None


class Boxes(Sequence[BBox | None]):
    """The boxes of characters, kept as four floats each (``edges``); NaN is the box of what stands nowhere."""

    __slots__ = ("edges",)

    def __init__(self, edges: array[float]) -> None:
        self.edges = edges

    def __len__(self) -> int:
        return len(self.edges) // 4

    def __iter__(self) -> Iterator[BBox | None]:
        it = iter(self.edges)
        for x0, top, x1, bottom in zip(it, it, it, it, strict=True):
            yield None if x0 != x0 else (x0, top, x1, bottom)

    @overload
    def __getitem__(self, at: int) -> BBox | None: ...
    @overload
    def __getitem__(self, at: slice) -> Boxes: ...
    def __getitem__(self, at: int | slice) -> BBox | Boxes | None:
        if isinstance(at, int):
            at = range(len(self))[at]
            return next(iter(self[at : at + 1]))
        start, stop, step = at.indices(len(self))
        if step != 1:
            raise ValueError("boxes are parted at stretches alone")
        return Boxes(self.edges[4 * start : 4 * stop])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Boxes) and self.edges.tobytes() == other.edges.tobytes()

    def __hash__(self) -> int:
        return hash(self.edges.tobytes())


class OriginLine(NamedTuple):
    """Where a line stands that a reader made of a row or a paragraph.

    ``page``: 0 for none. ``starts``, ``names``: where each of its cells begins, and the address of each. ``boxes``: of
    each character on the page; empty where there is no page.
    """

    page: int = 0
    starts: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    boxes: Sequence[BBox | None] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the lines of an Extraction stand in a file that has none of its own; one entry a line."""

    lines: tuple[OriginLine, ...]

    def spot(self, place: Cell) -> Spot:
        """Where a place within a line is; its parts are not looked at."""
        if not 0 < place.line <= len(self.lines):
            return Spot(place.page or None, None, None)
        line = self.lines[place.line - 1]
        at = bisect_right(line.starts, place.start) - 1
        name = line.names[at] if at >= 0 else ""
        return Spot(line.page or None, around(line.boxes[place.start : place.end]), name or None)


def around(boxes: Iterable[BBox | None]) -> BBox | None:
    """The box around these; None where there is none."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    lefts, tops, rights, bottoms = zip(*known, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that came of one input: its forms, or the failure.

    ``lines`` are the decoded source's lines; of a file that has none (a sheet, a page) they stand for its rows and
    paragraphs, and ``origin`` tells where those are.
    """

    source_path: str
    source_sha256: str
    media_type: str | None
    encoding: str | None
    lines: list[str]
    forms: tuple[Form, ...]
    failure: Failure | None = None
    origin: Origin | None = None

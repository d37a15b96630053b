"""The lines of a source, each with what it was taken for and the values that came of it.

Readings come from the record of the reading, values from the places of the forms, as the table ``provenance`` has them:
the two are only laid on top of one another here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, NamedTuple

from extract.clean import plain
from extract.interpret.grammar import CLOSE
from extract.interpret.trace import Part, Reading
from extract.model import OF_HEADER, Cell, Extraction, Form
from extract.places import pieces
from extract.tables.build import source_pieces, to_tables

_TABLES: Final = ("funding", "goals", "tasks", "indicators")
# What rows are taken for that are in no section, as long as no value came of them.
_UNTOLD: Final = frozenset({"furniture", "unread", "passed"})
_LABELS: Final = frozenset({"level1", "level2", "level1_raw", "level2_raw"}) | OF_HEADER


class Use(NamedTuple):
    """A value that stands at a place, wholly or in part. ``of``: its row; ``seq``: None in ``documents``."""

    form: int
    table: str
    seq: int | None
    field: str
    value: Any
    of: Any
    line: int
    start: int
    end: int


class Doubt(NamedTuple):
    """A row of the table ``findings``. ``form``: on which form."""

    form: int
    table: str | None
    seq: int | None
    field: str | None
    code: str
    severity: str
    message: str
    message_zh: str
    line: int | None


class LineCell(NamedTuple):
    """The part of a cell that stands in one line: its text there, what it was read as, and the values it gave."""

    start: int
    end: int
    text: str
    role: str
    kind: str
    uses: tuple[Use, ...]
    # What the next reading of the row reads it as, where that is something else.
    instead: str = ""
    # Whether the cell begins here, and not on a line above or beside.
    begins: bool = True


@dataclass(frozen=True, slots=True)
class LineReading:
    """A row of the source as far as it stands in one line.

    ``row``: number of the row; ``lines``: all that it stands in. ``changes``: what the next reading reads otherwise,
    wherever it stands, as the roles of a cell here and there. ``apart``: what its lines cost as a row each.
    """

    row: int
    what: str
    form: int | None
    seqs: tuple[int, ...]
    lines: tuple[int, ...]
    cells: tuple[LineCell, ...]
    cost: float | None
    margin: float | None
    changes: tuple[tuple[str, str], ...] = ()
    apart: float | None = None

    def is_of(self, form: int) -> bool:
        """Whether the row belongs to a form, or some of its values do."""
        return self.form == form or any(use.form == form for cell in self.cells for use in cell.uses)

    @property
    def close(self) -> bool:
        """Whether the next reading is so near that a finding says so."""
        return self.margin is not None and self.margin < CLOSE


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the source, its readings from left to right, and the findings that point at it."""

    number: int
    text: str
    readings: tuple[LineReading, ...]
    findings: tuple[Doubt, ...] = ()
    forms: frozenset[int] = frozenset()

    @property
    def has_values(self) -> bool:
        """Whether any value points at the line."""
        return any(cell.uses for reading in self.readings for cell in reading.cells)


def lines_of(
    extraction: Extraction, readings: Sequence[Reading], doubts: Sequence[Doubt], *, is_dump: bool
) -> list[Line]:
    """All lines of a source, in order. ``is_dump``: what stands around the texts of a dump was not looked at."""
    uses = _uses(extraction)
    by_line: dict[int, list[LineReading]] = defaultdict(list)
    for row, reading in enumerate(readings):
        for number, found in _by_line(row, reading, uses).items():
            by_line[number].append(found)
    findings: dict[int | None, list[Doubt]] = defaultdict(list)
    for doubt in doubts:
        findings[doubt.line].append(doubt)
    lines = []
    for number, text in enumerate(extraction.lines, 1):
        own = by_line.get(number, [])
        own += _unplaced(number, text, own, uses)
        if not is_dump:
            own += _forgotten(number, text, own)
        lines.append(_line(number, text, own, tuple(findings.get(number, ()))))
    return lines


def _line(number: int, text: str, readings: list[LineReading], findings: tuple[Doubt, ...]) -> Line:
    if not readings:
        what = "separators" if text.strip() else "blank"
        readings = [LineReading(-1, what, None, (), (number,), (), None, None)]
    readings.sort(key=lambda reading: reading.cells[0].start if reading.cells else 0)
    forms = {use.form for reading in readings for cell in reading.cells for use in cell.uses}
    forms |= {reading.form for reading in readings if reading.form is not None}
    return Line(number, text, tuple(readings), findings, frozenset(forms))


def _unplaced(number: int, text: str, readings: Sequence[LineReading], uses: Mapping[int, _Uses]) -> list[LineReading]:
    """Values of a line whose places lie outside of all its cells, each as a row of its own."""
    if number not in uses:
        return []
    placed = {id(use) for reading in readings for cell in reading.cells for use in cell.uses}
    found = []
    for use in uses[number].all:
        if id(use) not in placed:
            cell = LineCell(use.start, use.end, plain(text[use.start : use.end]), "text", "", (use,))
            seqs = (use.seq,) if use.seq is not None else ()
            what = "head" if use.table == "documents" else use.table
            found.append(LineReading(-1, what, use.form, seqs, (number,), (cell,), None, None))
    return found


def _forgotten(number: int, text: str, readings: Sequence[LineReading]) -> list[LineReading]:
    """Words of a line that stand in no row, each stretch as a row that was not read.

    Only words that are not ASCII count: readers pass over marks, tags and the addresses of links.
    """
    found = []
    at = 0
    spans = sorted((cell.start, cell.end) for reading in readings for cell in reading.cells)
    for start, end in [*spans, (len(text), len(text))]:
        stretch = text[at:start]
        if not stretch.isascii() and any(c.isalnum() and not c.isascii() for c in plain(stretch)):
            cell = LineCell(at, start, plain(stretch), "unread", "", ())
            found.append(LineReading(-1, "unread", None, (), (number,), (cell,), None, None))
        at = max(at, end)
    return found


def _by_line(row: int, reading: Reading, uses: Mapping[int, _Uses]) -> dict[int, LineReading]:
    """A reading line by line."""
    others = reading.other.roles if reading.other is not None else ("",) * len(reading.parts)
    cells: dict[int, list[LineCell]] = defaultdict(list)
    changes: list[tuple[str, str]] = []
    for part, other in zip(reading.parts, others, strict=True):
        if other != part.role and other:
            changes.append((part.role, other))
        for at, piece in enumerate(_whole_pieces(part)):
            here = uses[piece.line].within(piece.start, piece.end) if piece.line in uses else ()
            instead = other if other != part.role else ""
            cells[piece.line].append(
                LineCell(piece.start, piece.end, piece.text, part.role, part.kind, here, instead, begins=not at)
            )
    lines = tuple(sorted(cells))
    everything = list(chain.from_iterable(cells.values()))
    what = _what(reading.what, everything)
    form = reading.form
    if form is None:
        form = next((use.form for cell in everything for use in cell.uses), None)
    margin = reading.other.cost - reading.cost if reading.other is not None and reading.cost is not None else None
    found = {}
    for number in lines:
        own = tuple(sorted(cells[number], key=lambda cell: cell.start))
        # A line with nothing but labels, or the middle of a text, is a part of what its row gave.
        seqs = _seqs(what, own) or _seqs(what, everything)
        found[number] = LineReading(
            row, what, form, seqs, lines, own, reading.cost, margin, tuple(changes), reading.apart
        )
    return found


def _whole_pieces(part: Part) -> Iterator[Cell]:
    """The pieces of a part; neighbouring ones of one line are one."""
    last: Cell | None = None
    for piece in pieces(part.cell):
        if last is not None and last.line == piece.line and last.end <= piece.start:
            last = last._replace(text=last.text + piece.text, end=piece.end)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def _what(what: str, cells: Sequence[LineCell]) -> str:
    """What a row was taken for; the values that came of it tell where nothing else does."""
    tables = [use.table for cell in cells for use in cell.uses]
    if what == "notes" and not tables and all(cell.role != "label" for cell in cells):
        return "below"
    if what in _UNTOLD and tables:
        return "head" if tables[0] == "documents" else tables[0]
    return what


def _seqs(what: str, cells: Sequence[LineCell]) -> tuple[int, ...]:
    """Which rows of its table a row of the source gave; labels that further rows inherit do not count."""
    found = {
        use.seq
        for cell in cells
        for use in cell.uses
        if use.seq is not None and use.table == what and use.field not in _LABELS
    }
    return tuple(sorted(found))


class _Uses:
    """The values that stand in a line, found by the characters they stand in."""

    def __init__(self, uses: Sequence[Use]) -> None:
        self._uses = sorted(uses, key=lambda use: (use.start, use.end))
        self._starts = [use.start for use in self._uses]
        self._longest = max((use.end - use.start for use in uses), default=0)

    @property
    def all(self) -> Sequence[Use]:
        """All of them, from left to right."""
        return self._uses

    def within(self, start: int, end: int) -> tuple[Use, ...]:
        """Those that have characters in common with a range of the line, from left to right."""
        low, high = bisect_right(self._starts, start - self._longest), bisect_left(self._starts, end)
        return tuple(use for use in self._uses[low:high] if start < use.end)


def _uses(extraction: Extraction) -> Mapping[int, _Uses]:
    """The values of all forms by the lines they stand in."""
    found: dict[int, list[Use]] = defaultdict(list)
    for form in extraction.forms:
        for table, seq, record, places in _records(form):
            for name, place in places.items():
                value = getattr(record, name, None)
                for piece in source_pieces(place, extraction.lines):
                    use = Use(form.form_index, table, seq, name, value, record, piece.line, piece.start, piece.end)
                    found[piece.line].append(use)
    return {line: _Uses(uses) for line, uses in found.items()}


def _records(form: Form) -> Iterator[tuple[str, int | None, Any, Mapping[str, Cell]]]:
    """Everything of a form that has places: table, seq, record and places."""
    yield "documents", None, form, form.places
    for table in _TABLES:
        for seq, record in enumerate(getattr(form, table)):
            yield table, seq, record, record.places


def findings_of(extraction: Extraction) -> list[Doubt]:
    """The findings on all forms, as the table ``findings`` has them."""
    tables = to_tables([extraction])
    forms = {row["document_id"]: row["form_index"] for row in tables["documents"].to_pylist()}
    return [
        Doubt(forms[row["document_id"]], *(row[name] for name in Doubt._fields[1:]))
        for row in tables["findings"].to_pylist()
    ]

"""What each row of a source was taken for, told from the record of its reading.

Rows come from where the interpreter left them: a section, the row grammar's readings, the headers. What stands in none
of them was left out on the way, and is told by what the scanner says of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from extract.clean import squash
from extract.interpret import grammar
from extract.interpret.funding import header_word, is_beside
from extract.interpret.grammar import Read
from extract.interpret.sections import Scanner
from extract.interpret.trace import KINDS, Other, Part, Reading, Recorder, Source, Stretch
from extract.interpret.wide import Lead, is_sum, leading_columns
from extract.model import Cell, Row
from extract.places import pieces

_SCANNED: Final = {"title": "title", "section": "label", "field": "field", "year": "year", "column": "column"}


def readings(recorder: Recorder) -> list[Reading]:
    """What the rows of all texts of a file were taken for, each text's in the order of its lines."""
    found: list[Reading] = []
    for source in recorder.sources:
        own = sorted(_of_source(source), key=_place)
        found += own if source.literal is None else source.literal.moved(tuple(own))
    return found


def _place(reading: Reading) -> tuple[int, int]:
    return min((piece.line, piece.start) for part in reading.parts for piece in pieces(part.cell))


class _Covered:
    """Which characters of the source belong to a reading already."""

    def __init__(self) -> None:
        self._taken: dict[int, list[tuple[int, int]]] = defaultdict(list)

    def take(self, reading: Reading) -> Reading:
        for part in reading.parts:
            for piece in pieces(part.cell):
                self._taken[piece.line].append((piece.start, piece.end))
        return reading

    def left(self, cells: Iterable[Cell]) -> list[Cell]:
        """Those of the cells of which nothing is taken."""
        return [cell for cell in cells if not any(self._is_taken(piece) for piece in pieces(cell))]

    def _is_taken(self, piece: Cell) -> bool:
        return any(start < piece.end and piece.start < end for start, end in self._taken[piece.line])


def _of_source(source: Source) -> Iterator[Reading]:
    covered = _Covered()
    for stretch in source.stretches:
        rows, scanner = stretch.rows, stretch.interpreter.scanner
        if not stretch.read:
            yield from (covered.take(Reading("refused", None, _scanned(row.cells, scanner))) for row in rows)
            continue
        for reading in _of_form(stretch):
            # The head of a page is told line by line, whatever of it was read as rows of another section.
            parts = reading.parts if reading.what != "head" else _untaken(reading.parts, covered)
            if parts:
                yield covered.take(reading._replace(parts=parts))
        # Which of the forms of a wide table a row belongs to, only its values tell.
        index = stretch.read[0].number if len(stretch.read) == 1 else None
        for row in rows:
            left = covered.left(row.cells)
            if left:
                yield covered.take(_left(left, index, stretch))
    for row in (*source.rows, *source.grid.rows):
        left = covered.left(row.cells)
        if left:
            yield covered.take(Reading("outside", None, tuple(Part(cell, "unread") for cell in left)))


def _untaken(parts: Sequence[Part], covered: _Covered) -> tuple[Part, ...]:
    return tuple(part for part in parts if covered.left([part.cell]))


def _scanned(cells: Sequence[Cell], scanner: Scanner) -> tuple[Part, ...]:
    """Cells as what the scanner says of each."""
    return tuple(Part(cell, _SCANNED.get(scanner.meaning(cell.text).kind, "unread")) for cell in cells)


def leading(stretch: Stretch) -> Sequence[Lead]:
    """The columns before those of the indicators in a table of many projects; none in the table of one form."""
    headers = stretch.sections.headers
    wide = leading_columns(headers[0], stretch.interpreter.scanner) if headers else None
    return wide[0] if wide is not None else ()


def _left(cells: Sequence[Cell], form: int | None, stretch: Stretch) -> Reading:
    """A row of a form that is in none of its sections: the page's furniture, or something that was left out."""
    scanner = stretch.interpreter.scanner
    kind = scanner.meaning(cells[0].text).kind
    if kind == "section":
        return Reading("label", form, _scanned(cells, scanner))
    if kind or scanner.profile.is_furniture(cells[0].text):
        return Reading("furniture", form, tuple(Part(cell, "furniture") for cell in cells))
    kinds = [stretch.interpreter.indicators.kinds(cell.text) for cell in cells]
    wide = leading(stretch)
    if wide and is_sum(Row(cells[0].line, list(cells), 0), wide, kinds):
        return Reading("passed", form, tuple(Part(cell, "pass") for cell in cells))
    return Reading("unread", form, tuple(Part(cell, "unread") for cell in cells))


def _of_form(stretch: Stretch) -> Iterator[Reading]:
    sections, scanner = stretch.sections, stretch.interpreter.scanner
    index = stretch.read[0].number
    labels = dict(sections.labels)
    if sections.title is not None:
        yield Reading("title", index, (Part(sections.title, "title"),))
    for row in sections.headers:
        before = len(leading(stretch))
        columns = tuple(
            Part(cell, _column(cell, scanner) if i >= before else "column") for i, cell in enumerate(row.cells)
        )
        yield Reading("indicators_header", index, (*_own_label(labels, "indicators", row), *columns))
    for name, rows in sorted(sections.by_state.items(), key=lambda item: item[0] == "head"):
        if name == "indicators":
            yield from _grammatical(stretch)
        else:
            for row in rows:
                what = _what(name, row, scanner)
                parts = (*_own_label(labels, name, row), *_parts(name if what != "furniture" else what, row, scanner))
                if parts:
                    yield Reading(what, index, parts)
    yield from (Reading("label", index, (Part(cell, "label"),)) for cell in labels.values())


def _column(cell: Cell, scanner: Scanner) -> str:
    """The column of indicators that a header word names."""
    return scanner.profile.columns.get(squash(cell.text), "pass")


def _own_label(labels: dict[str, Cell], name: str, row: Row) -> tuple[Part, ...]:
    """The label of a section, where it stands in the line of this row; it is given out once."""
    label = labels.get(name)
    if label is None or label.line != (row.cells[0].line if row.cells else row.line):
        return ()
    return (Part(labels.pop(name), "label"),)


def _what(section: str, row: Row, scanner: Scanner) -> str:
    """What a row of a section is."""
    profile = scanner.profile
    if section == "term":
        return "passed"
    if section == "funding" and not any(c.isdigit() for cell in row.cells for c in cell.text):
        return "funding_header"
    if section in ("notes", "tasks") and len(row.cells) == 1 and profile.is_furniture(row.cells[0].text):
        return "furniture"
    if section == "tasks" and all(squash(cell.text) in profile.task_columns for cell in row.cells):
        return "tasks_header"
    return section


def _parts(section: str, row: Row, scanner: Scanner) -> Iterator[Part]:
    """The cells of a row of a section that no grammar reads."""
    profile = scanner.profile
    for cell in row.cells:
        if section == "head":
            role = {"field": "field", "year": "year"}.get(scanner.meaning(cell.text).kind, "text")
        elif section == "funding" and header_word(cell.text, profile):
            role = "column"
        elif section == "funding":
            role = "beside" if is_beside(cell.text, profile) else "amount"
        elif section == "tasks" and squash(cell.text) in profile.task_columns:
            role = "column"
        elif section == "furniture":
            role = section
        else:
            role = "text"
        yield Part(cell, role)


def _grammatical(stretch: Stretch) -> Iterator[Reading]:
    """The rows that the row grammar explained."""
    kinds = stretch.interpreter.indicators.kinds
    for record in stretch.read:
        for read in record.parts.tree.reads:
            row, explanation = read.row, read.explanation
            roles = explanation.best.roles
            parts = tuple(
                Part(cell, grammar.ROLES[role], KINDS[kinds(cell.text)])
                for cell, role in zip(row.cells, roles, strict=True)
            )
            second = explanation.second
            other = None
            if second is not None:
                other = Other(tuple(grammar.ROLES[role] for role in second.roles), second.cost)
            apart = _apart(row, stretch)
            yield Reading(_row_of(read), record.number, parts, explanation.best.cost, other, apart)


def _apart(row: Row, stretch: Stretch) -> float | None:
    """What the rows cost by themselves that were put together in one; None for a row that was one."""
    lines = {piece.line for cell in row.cells for piece in pieces(cell)}
    if len(lines) == 1 or stretch.layout is not None or leading(stretch):
        return None
    reader = stretch.interpreter.indicators
    known = reader.grammar(stretch.sections.headers)
    own = [one for one in stretch.sections.indicators if one.line in lines]
    return sum(reader.explain(one, known).best.cost for one in own) if len(own) > 1 else None


def _row_of(read: Read) -> str:
    """Whether a row gave an indicator, only labels, or nothing."""
    plan = read.explanation.plan
    if plan.name >= 0 or plan.tail:
        return "indicators"
    return "labels" if plan.extra < 0 else "unread"

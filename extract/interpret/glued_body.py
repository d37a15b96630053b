"""The table of indicators below a glued header: its text cut into rows and cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from extract.interpret.glued_rows import RowReader
from extract.interpret.glued_strip import Part, Reading, Strip
from extract.interpret.glued_table import Explained, explain
from extract.interpret.glued_words import Lexicon, folded
from extract.interpret.grammar import ACHIEVED, LEVEL1, LEVEL2, NAME, OPERATOR, SCORE, UNIT, VALUE, WEIGHT
from extract.model import Cell, Finding, Row
from extract.places import cut, join
from extract.vocabulary import FormProfile

# Longer tables are no form.
_LONGEST: Final = 12000
# Figures of more characters are no cells of a row.
_FIGURES: Final = re.compile(r"[\d.,]{80}")
# A row that costs more is not well explained. Another reading closer than this is nearly as likely.
_POOR: Final = 3.0
_CLOSE: Final = 1.2
_ROW_CELLS: Final = 3
_BLANKS: Final = " |:：\t"
# What is doubtful of an indicator where the place of a cell of this role is.
_FIELDS: Final = {
    LEVEL1: ("level1",),
    LEVEL2: ("level2",),
    NAME: ("name",),
    OPERATOR: ("operator",),
    VALUE: ("value", "operator", "unit"),
    UNIT: ("unit",),
    WEIGHT: ("weight",),
    ACHIEVED: ("achieved",),
    SCORE: ("score",),
}


class BodyReader:
    """Cuts tables by one vocabulary."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._end = _end_pattern(lexicon.profile)

    def read(self, rows: Sequence[Row], columns: Sequence[int]) -> tuple[list[Row], list[Finding]] | None:
        """The rows of the table and those below it, and the doubts; None where the text is no such table.

        ``columns``: the roles of the header's columns in order. Rows whose cells stand apart are left as they are.
        """
        if _stand_apart(rows):
            return list(rows), []
        cells = [cell for row in rows for cell in row.cells if cell.text]
        if not cells or sum(len(cell.text) for cell in cells) > _LONGEST:
            return None
        whole = join(cells)
        text = folded(whole.text)
        strip_end, rest = self._ends(text)
        lines, seams = _seams(cells)
        strip = Strip(
            text[:strip_end],
            frozenset(at for at in lines if at < strip_end),
            frozenset(at for at in seams if at < strip_end),
            self.lexicon,
        )
        if not strip.text.strip() or _FIGURES.search(strip.text):
            return None
        explained = explain(RowReader(strip, columns, self.lexicon), weighted=WEIGHT in columns)
        if not _is_table(explained):
            return None
        page = rows[0].page
        found: list[Row] = []
        findings: list[Finding] = []
        for before, one in pairwise([None, *explained]):
            if one is None:
                continue
            row, doubts = _emitted(before, one, whole, page, len(columns))
            if row is not None:
                found.append(row)
            findings += doubts
        return [*found, *self._below(whole, rest, page)], findings

    def _below(self, whole: Cell, rest: Sequence[tuple[int, int]], page: int) -> Iterator[Row]:
        """The rows behind the table: a line each, the label of the notes in a cell of its own."""
        for start, end in rest:
            for piece in _by_line(cut(whole, start, end)):
                label = self._end.match(piece.text)
                at = label.end("notes") if label is not None and label.lastgroup == "notes" else 0
                cells = [
                    cell for cell in (cut(piece, 0, at), cut(piece, at, len(piece.text))) if cell.text.strip(_BLANKS)
                ]
                if cells:
                    placed = [_bare(cell)._replace(col=i) for i, cell in enumerate(cells)]
                    yield Row(piece.line, placed, len(placed), page)

    def _ends(self, text: str) -> tuple[int, list[tuple[int, int]]]:
        """Where the table ends, and the pieces behind it that are to be kept: notes and what belongs to the page."""
        match = self._end.search(text)
        if match is None:
            return len(text), []
        first = match.start()
        kept: list[tuple[int, int]] = []
        while match is not None:
            after = self._end.search(text, match.end())
            end = after.start() if after is not None and match.lastgroup != "notes" else len(text)
            if match.lastgroup == "notes":
                kept.append((match.start(), end))
                break
            if match.lastgroup == "furniture":
                kept.append((match.start(), end))
            match = after
        return first, kept


def _end_pattern(profile: FormProfile) -> re.Pattern[str]:
    """What ends a table: the row of its sums, the notes, the lines of the page."""
    sums = "|".join(sorted(map(re.escape, profile.sum_rows), key=len, reverse=True))
    notes = sorted((word for word, name in profile.bare_sections.items() if name == "notes"), key=len, reverse=True)
    furniture = "|".join(sorted(map(re.escape, profile.furniture), key=len, reverse=True))
    return re.compile(
        rf"(?<![\u4e00-\u9fff(（])(?P<sum>{sums})(?=[\d\s:|]|$)|(?P<notes>{'|'.join(map(re.escape, notes))})[:：]?"
        rf"|(?P<furniture>(?:{furniture}|注\d?)[:：])"
    )


def _stand_apart(rows: Sequence[Row]) -> bool:
    """Whether most rows have cells of their own."""
    filled = [row for row in rows if row.cells and row.cells[0].text.strip()]
    return sum(1 for row in filled if len(row.cells) >= _ROW_CELLS) * 2 > len(filled)


def _seams(cells: Sequence[Cell]) -> tuple[set[int], set[int]]:
    """Where lines and where cells end, as places in the text of all cells."""
    lines: set[int] = set()
    seams: set[int] = set()
    at = 0
    for before, cell in pairwise(cells):
        at += len(before.text)
        (seams if cell.line == before.line else lines).add(at)
    return lines, seams


def _by_line(cell: Cell) -> Iterator[Cell]:
    """The pieces of a cell, those of one line together."""
    group: list[Cell] = []
    for part in cell.parts or (cell,):
        if group and part.line != group[-1].line:
            yield join(group)
            group = []
        group.append(part)
    if group:
        yield join(group)


def _is_table(explained: Sequence[Explained]) -> bool:
    """Whether a text is a table of indicators: rows under labels, most of them well explained."""
    rows = [one.reading for one in explained if one.reading.is_row]
    good = [reading for reading in rows if reading.cost < _POOR + 2.0]
    labelled = any(part.role <= LEVEL2 for reading in rows for part in reading.parts)
    return bool(good) and labelled and len(good) * 2 >= len(explained)


def _emitted(
    before: Explained | None, one: Explained, whole: Cell, page: int, width: int
) -> tuple[Row | None, list[Finding]]:
    """A row's cells, and the doubts about it; ``before`` is the row before it."""
    reading = one.reading
    if not reading.parts:
        piece = cut(whole, reading.start, reading.end)
        place = piece._replace(parts=())
        doubt = Finding("row_unread", "indicators", None, None, {"text": piece.text[:40]}, piece)
        return None, [doubt] if place.text.strip() else []
    cells = [_cell(whole, part) for part in reading.parts]
    row = Row(cells[0].line, cells, width + 1, page)
    name = next((cell for cell, part in zip(cells, reading.parts, strict=True) if part.role == NAME), None)
    if name is None:
        return row, []
    return row, [
        Finding("cut_guessed", "indicators", None, field, {"text": name.text[:30]}, name)
        for field in _doubtful(before, one)
    ]


def _cell(whole: Cell, part: Part) -> Cell:
    return _bare(cut(whole, part.start, part.end))._replace(col=part.column + 1)


def _bare(cell: Cell) -> Cell:
    """The cell without blanks and colons around it."""
    text = cell.text.strip(_BLANKS)
    at = cell.text.index(text)
    return cut(cell, at, at + len(text)) if text != cell.text else cell


def _doubtful(before: Explained | None, one: Explained) -> list[str | None]:
    """The fields of a row that another reading gives otherwise; None for all of them."""
    reading = one.reading
    if reading.cost >= _POOR:
        return [None]
    found: dict[str | None, None] = {}
    if reading.guessed:
        found.update(dict.fromkeys(("name", "value", "operator")))
    if reading.open:
        found.update(dict.fromkeys(("value", "operator", "unit")))
    if before is not None and before.reading.open and reading.parts[0].role == NAME:
        found["name"] = None
    if one.margin < _CLOSE:
        if one.rival is None:
            return [None]
        found.update(dict.fromkeys(_differing(reading, one.rival)))
    return list(found)


def _differing(reading: Reading, rival: Reading) -> list[str]:
    """The fields of which two readings of a row take different stretches."""
    own = {part.role: (part.start, part.end) for part in reading.parts}
    other = {part.role: (part.start, part.end) for part in rival.parts}
    return [field for role, fields in _FIELDS.items() if own.get(role) != other.get(role) for field in fields]

"""The part of a glued form above its indicators: head, funding, goals and tasks, cut by their labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from extract.clean import squash
from extract.interpret.glued_head import HeadWords, Segment, segments
from extract.interpret.glued_money import holds_money, read_money
from extract.interpret.glued_prose import end_of_aim, end_of_name, sentences
from extract.interpret.glued_words import folded
from extract.model import Cell, Finding, FormKind, Row, TableName
from extract.places import cut

_FIELD_NAMES: Final = {"unit": "unit_name", "project": "project_name", "supervising_unit": "supervising_unit"}
# A value does not end so; a label that goes on may stand behind it.
_OPEN_ENDS: Final = ("及", "和", "与", "、", "（", "(")
_BLANKS: Final = " |:：\t\u00a0"
# Beside its label, an aim and what came of it are two texts.
_AIM_AND_DONE: Final = 2


class TopReader:
    """Cuts the rows above one table; ``rows`` and ``findings`` are what came of it."""

    def __init__(self, words: HeadWords) -> None:
        self.words = words
        self.profile = words.profile
        self.rows: list[Row] = []
        self.findings: list[Finding] = []
        self._state = "head"
        self._rank = -1
        self._kind: FormKind = "department"
        self._page = 0
        self._label: Cell | None = None
        # The rows of the funding section; those that need no cutting stay as they are.
        self._money: list[Row] = []
        # The texts of the goals before and behind the words for what came of them, and whether those words were there.
        self._aims: list[Cell] = []
        self._behind: list[Cell] = []
        self._done = False

    def read(self, rows: Sequence[Row]) -> None:
        """Takes in the rows of a form from its title on, up to the header of its indicators."""
        for row in rows:
            self._page = row.page
            found = [(cell, segments(folded(cell.text), self.words, self._rank)) for cell in row.cells]
            if len(row.cells) > 1 and all(_is_whole(cell, parts) for cell, parts in found):
                self._apart(row, found[0][1][0])
            else:
                for cell in row.cells:
                    for segment in segments(folded(cell.text), self.words, self._rank):
                        self._segment(cell, segment)
        self._flush()

    def _apart(self, row: Row, first: Segment) -> None:
        """Takes in a row whose cells stand apart."""
        cells = list(row.cells)
        if first.mark is not None and first.mark.kind == "section":
            self._rank = max(self._rank, first.mark.rank)
            self._section(cells[0], None, first.mark.name)
            cells = cells[1:]
        if self._state == "funding" and cells:
            self._money.append(row.changed(cells=cells))
        elif self._state == "goals":
            for cell in cells:
                for segment in segments(folded(cell.text), self.words, self._rank):
                    self._segment(cell, segment)
        elif cells:
            self.rows.append(row.changed(cells=cells))

    def _segment(self, cell: Cell, segment: Segment) -> None:
        mark = segment.mark
        value = _trimmed(cut(cell, segment.start, segment.end))
        if mark is None:
            if value is not None:
                self._text(value)
            return
        label = cut(cell, mark.start, mark.end)
        self._rank = max(self._rank, mark.rank)
        if mark.kind == "title":
            self._title(label, value)
        elif mark.kind == "field":
            self._field(label, value, mark.name, doubtful=segment.doubtful)
        elif mark.kind == "goals_column":
            self._done = self._done or mark.name == "pass"
            if value is not None:
                self._text(value)
        else:
            self._section(label, value, mark.name)

    def _title(self, label: Cell, value: Cell | None) -> None:
        self._flush()
        self._add(label)
        if any(word in squash(label.text) and kind == "project" for word, kind in self.profile.kinds.items()):
            self._kind = "project"
        if value is not None:
            self._add(value)

    def _field(self, label: Cell, value: Cell | None, name: str, *, doubtful: bool) -> None:
        self._flush()
        self._state = "head"
        if name == "project":
            self._kind = "project"
        if value is None:
            self._add(label)
            return
        self._add(label, value)
        unknown = any(word in value.text for word in self.words.unknown) or value.text.endswith(_OPEN_ENDS)
        if name in _FIELD_NAMES and (doubtful or unknown):
            self._doubt("documents", value, _FIELD_NAMES[name])

    def _section(self, label: Cell, value: Cell | None, name: str) -> None:
        self._flush()
        self._state = name
        self._add(label)
        if name == "funding":
            self._label = label
        if value is None:
            return
        if name == "tasks":
            begin = self.words.task_words(folded(value.text), 0)
            value = _trimmed(cut(value, begin, len(value.text)))
        if value is not None:
            self._text(value)

    def _text(self, value: Cell) -> None:
        """A text without a label of its own: it belongs to the part that it stands in."""
        if self._state == "funding":
            self._money.append(Row(value.line, [value], 1, self._page))
        elif self._state == "goals":
            (self._behind if self._done else self._aims).append(value)
        elif self._state == "tasks":
            self._tasks(value)
        elif self._state in ("term", "notes"):
            self.rows[-1] = self.rows[-1].changed(cells=[*self.rows[-1].cells, value])
        else:
            self._add(value)

    def _tasks(self, value: Cell) -> None:
        """Lines of tasks, a sentence each, name and content together."""
        for start, end in sentences(value.text):
            piece = cut(value, start, end)
            name = end_of_name(piece.text)
            if name:
                self._add(cut(piece, 0, name), cut(piece, name, len(piece.text)))
            else:
                self._add(piece)
            self._doubt("tasks", cut(piece, 0, name) if name else piece, None)

    def _flush(self) -> None:
        """Ends the part before: its amounts or goals are read when all of them are there."""
        if self._money:
            if any(holds_money(cell.text, self.profile) for row in self._money for cell in row.cells):
                cells = [cell for row in self._money for cell in row.cells]
                money = read_money(cells, self._label, self._kind, None, self.profile)
                self.rows += [row.changed(page=self._page) for row in money.rows]
                self.findings += money.findings
            else:
                self.rows += self._money
        goals = self._aims or self._behind[: max(1, len(self._behind) // _AIM_AND_DONE)]
        if goals and not self._aims and len(self._behind) != _AIM_AND_DONE:
            # What was aimed at and what came of it stand in one text.
            whole = goals[0]
            end = end_of_aim(whole.text) if len(self._behind) == 1 else len(whole.text)
            goals = [cut(whole, 0, end), *goals[1:]]
            self._doubt("goals", goals[0], None)
        for goal in goals:
            self._add(goal)
        self._money, self._aims, self._behind, self._done = [], [], [], False

    def _doubt(self, table: TableName, cell: Cell, field: str | None) -> None:
        self.findings.append(Finding("cut_guessed", table, None, field, {"text": cell.text[:30]}, cell))

    def _add(self, *cells: Cell) -> None:
        placed = [cell._replace(col=i) for i, cell in enumerate(cells)]
        self.rows.append(Row(placed[0].line, placed, 0 if len(placed) > 1 else 1, self._page))


def _is_whole(cell: Cell, found: Sequence[Segment]) -> bool:
    """Whether a cell is one label, or no label stands in it."""
    if len(found) != 1:
        return not found
    mark = found[0].mark
    return mark is None or not cell.text[mark.end :].strip(_BLANKS) or mark.kind == "field"


def _trimmed(cell: Cell) -> Cell | None:
    """The cell without blanks, pipes and colons around it; None where nothing else is in it."""
    text = cell.text.strip(_BLANKS)
    if not text:
        return None
    at = cell.text.index(text)
    return cut(cell, at, at + len(text)) if text != cell.text else cell

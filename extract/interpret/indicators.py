"""The indicator table: rows to a tree of indicators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from extract.clean import squash
from extract.interpret import grammar
from extract.interpret.broken import continues, fills, together, usual_width
from extract.interpret.grammar import DEFAULT_COLUMNS, EXTRA, LEVEL1, LEVEL2, NAME, OPERATOR, UNIT, VALUE, WEIGHT, Explanation, Grammar
from extract.interpret.kinds import Kinds
from extract.interpret.values import number, target
from extract.model import Cell, Finding, Indicator, Row
from extract.places import cut, join
from extract.vocabulary import Label, Vocabulary

_ROLE_OF: Final = {
    "level1": LEVEL1, "level2": LEVEL2, "name": NAME, "operator": OPERATOR, "value": VALUE, "unit": UNIT, "weight": WEIGHT,
    "direction": grammar.DIRECTION, "pass": grammar.PASS,
}
# Below this distance between two explanations of a row, a finding says so.
_CLOSE: Final = 0.5
# From this cost on, a row is not well explained as a row of its own.
_POOR: Final = 4.0
_WITNESS: Final = 2.0


class Read(NamedTuple):
    """A row with its explanation."""

    row: Row
    explanation: Explanation


class Tree(NamedTuple):
    """The indicators of a form, and what is doubtful about them."""

    indicators: list[Indicator]
    findings: list[Finding]


class IndicatorReader:
    """Reads the rows of indicator tables by one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.kinds = Kinds(vocabulary)
        self._grammars: dict[tuple[int, ...], Grammar] = {}

    def read(self, rows: Sequence[Row], headers: Sequence[Row], furniture: tuple[str, ...]) -> Tree:
        """The tree of the rows under one header (or none: the usual columns)."""
        columns = self.columns(headers[0]) if headers else DEFAULT_COLUMNS
        reader = self._grammars.get(columns)
        if reader is None:
            reader = self._grammars.setdefault(columns, Grammar(columns))
        return _TreeBuilder(self, furniture).build(self.whole_rows(rows, reader))

    def columns(self, header: Row) -> tuple[int, ...]:
        """The roles of the header's columns in order; a column with words of no meaning here is passed over."""
        words = self.vocabulary.profile.columns
        roles: list[int] = []
        cells = [squash(cell.text) for cell in header.cells]
        i = 0
        while i < len(cells):
            pair = words.get(cells[i] + cells[i + 1]) if i + 1 < len(cells) else None
            if pair != words.get(cells[i], pair):
                pair = None
            role = _ROLE_OF[pair or words.get(cells[i], "pass")]
            if role in roles:
                role = grammar.PASS
            roles.append(role)
            i += 2 if pair else 1
        return tuple(roles)

    def explain(self, row: Row, reader: Grammar) -> Explanation:
        """How a row reads under a header."""
        kinds = self.kinds
        look = []
        before = row.cells[0].col
        for cell in row.cells:
            look.append(f"{kinds(cell.text)}{min(9, cell.col - before)}")
            before = cell.col
        return reader.explain("".join(look))

    def whole_rows(self, rows: Sequence[Row], reader: Grammar) -> Iterable[Read]:
        """The rows with their explanations, broken ones put together."""
        width = usual_width(rows)
        found: list[Read] = []
        for row in rows:
            if len(row.cells) == 1 and " " in row.cells[0].text:
                row = _at_single_blanks(row)
            read = Read(row, self.explain(row, reader))
            if found and continues(row):
                before = found[-1]
                if not grammar.complete(before.explanation.best.roles) or read.explanation.best.cost >= _POOR:
                    whole = self._joined(before, read, reader, width)
                    if whole is not None:
                        found[-1] = whole
                        continue
            found.append(read)
        return found

    def _joined(self, first: Read, rest: Read, reader: Grammar, width: int) -> Read | None:
        """Two rows as one, where that explains them better."""
        if first.explanation.best.roles[-1] <= LEVEL2 and len(rest.row.cells) > 1:
            return None
        row = together(first.row, rest.row)
        explanation = self.explain(row, reader)
        apart = first.explanation.best.cost + rest.explanation.best.cost
        witness = _WITNESS if fills(first.row, rest.row, width) else 0.0
        return Read(row, explanation) if explanation.best.cost - witness < apart - _CLOSE else None


def _at_single_blanks(row: Row) -> Row:
    """A row of one cell cut at its blanks: some tools put a single one between cells."""
    cell = row.cells[0]
    cells: list[Cell] = []
    start = 0
    for piece in cell.text.split(" "):
        if piece:
            cells.append(cut(cell, start, start + len(piece))._replace(col=0))
        start += len(piece) + 1
    return Row(row.line, cells, 1, row.page)


class _Level(NamedTuple):
    """The label that rows stand under: its standard name, what stood there, where, and how it was come by."""

    name: str | None = None
    raw: str | None = None
    cell: Cell | None = None
    basis: str | None = None

    def inherited(self) -> _Level:
        return self._replace(basis="inherited") if self.basis == "stated" else self


_NO_LEVEL: Final = _Level()


class _TreeBuilder:
    """Goes down the rows of one table and keeps the labels they stand under."""

    def __init__(self, reader: IndicatorReader, furniture: tuple[str, ...]) -> None:
        self.kinds = reader.kinds
        self.vocabulary = reader.vocabulary
        self.furniture = furniture
        self.level1 = _NO_LEVEL
        self.level2 = _NO_LEVEL
        self.indicators: list[Indicator] = []
        self.findings: list[Finding] = []

    def build(self, reads: Iterable[Read]) -> Tree:
        for row, explanation in reads:
            self._row(row, explanation)
        return Tree(self.indicators, self.findings)

    def _row(self, row: Row, explanation: Explanation) -> None:
        best = explanation.best
        by_role: dict[int, Cell] = {}
        for role, cell in zip(best.roles, row.cells, strict=True):
            if role in by_role:
                by_role[role] = join([by_role[role], cell]) if role == NAME else by_role[role]
            else:
                by_role[role] = cell
        self._levels(by_role.get(LEVEL1), by_role.get(LEVEL2))
        tail = by_role.keys() & {OPERATOR, VALUE, UNIT, WEIGHT}
        name = by_role.get(NAME)
        if name is None and not tail:
            if EXTRA in by_role:
                self._unread(by_role[EXTRA])
            return
        if name is not None and not tail and len(row.cells) == 1 and name.text.startswith(self.furniture):
            return
        self._indicator(by_role)
        seq = len(self.indicators) - 1
        if EXTRA in by_role:
            self._doubt("cell_unread", None, by_role[EXTRA], seq, text=by_role[EXTRA].text)
        if explanation.margin < _CLOSE and explanation.second is not None:
            self._close(explanation, row, seq)

    def _close(self, explanation: Explanation, row: Row, seq: int) -> None:
        """A finding on each field that the next explanation would give another cell."""
        assert explanation.second is not None
        for cell, role, other in zip(row.cells, explanation.best.roles, explanation.second.roles, strict=True):
            if role != other:
                self._doubt("row_ambiguous", None, cell, seq, text=cell.text, role=grammar.ROLES[role], other=grammar.ROLES[other])
                return

    def _levels(self, first: Cell | None, second: Cell | None) -> None:
        """Takes in the labels of a row."""
        one = self.vocabulary.label(first.text) if first is not None else None
        two = self.vocabulary.label(second.text) if second is not None else None
        if first is not None and second is None and one is not None and one.level2 and self._is_second(one):
            first, second, one, two = None, first, None, one
        elif second is not None and first is None and two is not None and two.level1 and not self._is_second(two):
            first, second, one, two = second, None, two, None
        self.level1 = self.level1.inherited()
        self.level2 = self.level2.inherited()
        if first is not None:
            name = one.level1 if one is not None and one.level1 else first.text
            changed = name != self.level1.name
            self.level1 = _Level(name, first.text, first, "stated")
            if changed or second is not None:
                self.level2 = _NO_LEVEL
        if second is not None:
            name = two.level2 if two is not None and two.level2 else second.text
            self.level2 = _Level(name, second.text, second, "stated")
            parents = self.vocabulary.parents.get(name, ())
            if parents and self.level1.name not in parents:
                if first is None:
                    self.level1 = _Level(parents[0], None, second, "inferred")

    def _is_second(self, label: Label) -> bool:
        """Whether a label that can be of either level (成本指标, 满意度指标) is of the second here: where it stands under
        the first-level label that the standard tree puts it under."""
        return label.level1 is None or (label.level2 is not None and self.level1.name in self.vocabulary.parents.get(label.level2, ()))

    def _indicator(self, cells: dict[int, Cell]) -> None:
        name = cells.get(NAME)
        aim = target(cells.get(OPERATOR), cells.get(VALUE), cells.get(UNIT), self.kinds)
        places = aim.places
        level1, level2 = self.level1, self.level2
        if level1.cell is not None:
            places["level1"] = level1.cell
            if level1.raw is not None:
                places["level1_raw"] = level1.cell
        if level2.cell is not None:
            places["level2"] = level2.cell
            if level2.raw is not None:
                places["level2_raw"] = level2.cell
        weight = None
        if name is not None:
            places["name"] = name
        weighed = cells.get(WEIGHT)
        if weighed is not None:
            weight = number(weighed.text)
            if weight is None:
                measured = self.kinds.measured(weighed.text)
                weight = number(measured[0]["number"]) if measured else None
            if weight is not None:
                places["weight"] = weighed
        direction = cells.get(grammar.DIRECTION)
        if direction is not None:
            places["direction"] = direction
        self.indicators.append(
            Indicator(
                level1.name, level2.name, name.text if name is not None else None, level1.raw, level2.raw, level1.basis, level2.basis,
                aim.operator, aim.operator_basis, aim.value, aim.value_number, aim.unit, aim.scale, weight,
                direction.text if direction is not None else None, False, places,
            )
        )

    def _unread(self, cell: Cell) -> None:
        self.findings.append(Finding("row_unread", "indicators", None, None, {"text": cell.text[:40]}, cell))

    def _doubt(self, code: str, field: str | None, cell: Cell, seq: int, **params: object) -> None:
        self.findings.append(Finding(code, "indicators", seq, field, params, cell))
